"""The one charting kit: charts on pyqtgraph's views, axes and items. It knows nothing of runs.

A `Plot` is a widget with one `Chart` or several; what is drawn are pyqtgraph's items, added to a
chart: its own, or those of this kit (`Bars`, `HeatMap`, `Points`). `CurvePlot` is the plot of
curves over epochs.
"""
