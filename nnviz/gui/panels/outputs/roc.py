"""The ROC curve: what a class' rate of hits costs in false alarms, for every threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.engine.metrics import area_under
from nnviz.gui.look.texts import part_name, score_text, translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import LineView
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.curve import DASHES
from nnviz.gui.plots.legend import PART_MARKS
from nnviz.gui.plots.line import Line
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.training.inspection import Inspection
from nnviz.training.measures import roc_of
from nnviz.training.problem import PARTS, PartName, Problem

_HOME = (-0.01, 1.01)


class RocCurve(LineView):
    """True over false positive rate: of the second of two classes, or the chosen sample's class."""

    name = "roc"
    title = str(QT_TRANSLATE_NOOP("RocCurve", "ROC"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "RocCurve",
            "True against false positive rate for every threshold; of more than two classes, that"
            " of the chosen sample against the rest.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart.square = True
        self.areas: dict[PartName, float] = {}
        """The area under the curve of each part there is; NaN where there is no curve."""
        self._line.setData(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        self._curves = {part: self.chart.add(Line(antialias=True)) for part in PARTS}
        self.plot.idle.idle.connect(self._show_legend)

    def prepare(self, problem: Problem) -> None:
        """Span all rates; there is no curve yet."""
        self.areas = {}
        for curve in self._curves.values():
            curve.clear()
        self.plot.idle.reset()
        across, up = self.tr("false positive rate"), self.tr("true positive rate")
        self.set_home(_HOME, _HOME, Names(across, up))

    def mark(self, problem: Problem) -> None:
        """Take over colours: what was held out is dashed."""
        self._line.setPen(pg.mkPen(self.theme.second))
        for part, curve in self._curves.items():
            curve.setPen(pg.mkPen(self.theme.curve, width=1.7, dash=DASHES.get(PART_MARKS[part])))

    def take(self, inspection: Inspection) -> None:
        """Draw the curve of each part."""
        problem = inspection.problem
        names = problem.dataset.class_names
        label = 1 if len(names) == 2 else int(problem.labels[self.row])
        title = self.tr("“{name}” against the rest").format(name=translated(names[label]))
        self.chart.set_names(replace(self.chart.names, title=title))
        for part, curve in self._curves.items():
            outputs = inspection.outputs(part)
            if outputs is not None:
                false, true = roc_of(problem, outputs, label)
                curve.setData(false, true, connect="finite")
                self.areas[part] = area_under(false, true)
        self.plot.idle.update()
        if self.plot.idle.due("legend", READ_SECONDS):
            self._show_legend()

    def legend(self) -> list[LegendEntry]:
        """Return the parts with the areas under their curves, and the line of chance."""
        text = self.tr("{part}, AUC {area}")
        if self.inspection is not None and self.inspection.estimated:
            text = self.tr("{part}, AUC ≈ {area}")
        entries = []
        for part, area in self.areas.items():
            named = text.format(part=part_name(part), area=score_text(area))
            entries.append(LegendEntry(named, self.theme.curve, PART_MARKS[part]))
        return [*entries, LegendEntry(self.tr("chance"), self.theme.second, "line")]

    def describe(self, inspection: Inspection) -> str:
        """Return how right the answers are, and how well they are ranked."""
        areas = ", ".join(entry.label for entry in self.legend()[:-1])
        return self.tr("{right} {areas}.").format(right=super().describe(inspection), areas=areas)
