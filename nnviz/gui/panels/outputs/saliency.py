"""What of the chosen picture an answer rests on: slopes at its pixels, and what covering does."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF, Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import count, fixed, short
from nnviz.gui.look.pictures import picture_of
from nnviz.gui.look.texts import class_titles, translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.layered import in_rows
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.heat_map import PixelChart
from nnviz.gui.plots.plot import Plot, columns_for
from nnviz.gui.plots.ranges import step_up
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.saliency import Attribution

_ANSWERED = "answered"
"""Stands for the class that the network decides for."""


class SaliencyMaps(OutputView):
    """The chosen picture, the slopes of a class' score at its pixels, and what covering does."""

    name = "saliency"
    title = str(QT_TRANSLATE_NOOP("SaliencyMaps", "Saliency"))
    hint = str(
        QT_TRANSLATE_NOOP("SaliencyMaps", "Which pixels of the chosen picture the answer rests on.")
    )

    found: Attribution | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts = [PixelChart() for _ in range(3)]
        self.plot = Plot()
        self.set_content(self.plot)
        self.plot.resized.connect(self._arrange)
        self.plot.idle.idle.connect(self._say)
        tip = self.tr("The class whose output is explained.")
        self.label = self.add_choice("class", self.tr("Class"), tip)
        self.said = WrappedLabel("text", self, "output-saliency-said")
        self.column.addWidget(self.said)

    def prepare(self, problem: Problem) -> None:
        """Offer the classes."""
        answered = {_ANSWERED: self.tr("the answer")}
        self.label.offer({**answered, **class_titles(problem.dataset)}, _ANSWERED)
        self.found = None
        self.plot.idle.reset()

    def take(self, inspection: Inspection) -> None:
        """Draw the picture and both maps of it."""
        name, theme = self.label.name, self.theme
        label = None if name == _ANSWERED else int(name)
        found = self.found = inspection.attribution(self.row, label)
        top, left = found.corners[found.falls.argmax()].tolist()
        rows, columns = found.patch if found.falls.max() > 0 else (0, 0)
        frame = QRectF(left, top, columns, rows)
        said = self.tr("“{name}”: {value}").format(**self._words(inspection))
        pixels = picture_of(inspection.problem, inspection.raw_inputs(self.row), theme)
        self.charts[0].show_pixels(pixels, Names(title=said), frame)
        for chart, title, values, note in (
            (self.charts[1], self.tr("Saliency"), found.saliency, self.tr("≤ {most}")),
            (self.charts[2], self.tr("Occlusion"), found.occlusion, self.tr("±{most}")),
        ):
            most = step_up(float(np.abs(values).max()))
            names = Names(title=title, note=note.format(most=short(most)))
            chart.show_pixels(theme.diverging(values, most), names, frame)
        self.plot.idle.update()
        if self.plot.idle.due("text", READ_SECONDS):
            self._say()

    def legend(self) -> list[LegendEntry]:
        """Return what the colours of both maps and the frame say."""
        theme, occluded = self.theme, self.tr("occlusion: rises, falls")
        return [
            LegendEntry(self.tr("saliency"), theme.neutral, "gradient", theme.positive),
            LegendEntry(occluded, theme.negative, "gradient", theme.positive),
            LegendEntry(self.tr("counts most"), theme.accent, "frame"),
        ]

    def describe(self, inspection: Inspection) -> str:
        """Return on which part of the picture the output rests most."""
        said = self.tr(
            "After {epoch} epochs “{name}” rests most on the framed {patch} pixels: covered with"
            " blank paper, its output falls from {value} to {left}."
        )
        if self.found is not None and self.found.falls.max() <= 0:
            said = self.tr(
                "After {epoch} epochs the output of “{name}” does not fall below {value}, whichever"
                " {patch} pixels are covered with blank paper."
            )
        return said.format(**self._words(inspection))

    def _words(self, inspection: Inspection) -> Mapping[str, str]:
        found = self.found or inspection.attribution(self.row)
        return {
            "epoch": count(inspection.epoch),
            "name": translated(inspection.problem.dataset.class_names[found.label]),
            "value": fixed(found.output, 0.001),
            "left": fixed(found.output - float(found.falls.max()), 0.001),
            "patch": "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}".join(map(count, found.patch)),
        }

    @Slot()
    def _say(self) -> None:
        if self.inspection is not None:
            self.said.set_message(self.describe(self.inspection))

    @Slot()
    def _arrange(self) -> None:
        """Put the pictures beside and below each other as they are largest."""
        columns = columns_for(3, self.plot.width(), self.plot.height(), 1.0, math.inf)
        self.plot.arrange(in_rows(self.charts, columns))
