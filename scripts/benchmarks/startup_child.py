"""A process that opens one window, says how long that took, and ends.

``python -m benchmarks.startup_child`` opens nnviz as the command does, or a bare window with one
plot.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnviz.gui.main_window import MainWindow


def main(task: dict[str, Any]) -> int:
    """Open the window that the task names, and print the seconds since the process was spawned."""
    open_window = _bare if task["what"] == "bare" else _nnviz
    checkpoints = open_window(task["home"])
    print(
        json.dumps({name: checkpoint - task["spawned"] for name, checkpoint in checkpoints.items()})
    )
    return 0


def _bare(home: str) -> dict[str, float]:
    """Open PySide6's main window with pyqtgraph's plot of one curve."""
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication, QMainWindow

    from benchmarks.paint_watch import PaintWatch

    app = QApplication([])
    window = QMainWindow()
    plot = pg.PlotWidget()
    plot.plot([index * index for index in range(100)])
    window.setCentralWidget(plot)
    window.resize(1440, 900)
    watch = PaintWatch(app)
    watch.painted.connect(window.close)
    window.show()
    app.exec()
    return {"painted": watch.checkpoint}


def _nnviz(home: str) -> dict[str, float]:
    """Open nnviz by its command line."""
    from nnviz import cli, cli_open
    from nnviz.threads import use_one_blas_thread

    use_one_blas_thread()

    app = cli_open.window_module()
    from benchmarks.open_window import fresh_settings
    from benchmarks.paint_watch import PaintWatch, PanelsWatch

    fresh_settings(home)
    watches: list[PaintWatch | PanelsWatch] = []

    def watched(*arguments: Any) -> MainWindow:
        from PySide6.QtCore import QCoreApplication

        from nnviz.gui.main_window import MainWindow

        window = MainWindow(*arguments)
        running = QCoreApplication.instance()
        assert running is not None
        watches.extend((PaintWatch(running), PanelsWatch(window)))
        watches[1].painted.connect(window.close)
        return window

    vars(app)["MainWindow"] = watched
    cli.main([])
    return {
        "painted": watches[0].checkpoint,
        "ready": watches[1].checkpoint,
        "end": time.perf_counter(),
    }


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
