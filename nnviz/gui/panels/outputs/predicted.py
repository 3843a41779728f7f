"""Predicted against actual: on the ideal line every answer would be right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.chart import Chart
from nnviz.gui.panels.outputs.facts import fit
from nnviz.gui.panels.outputs.marks import paint_marks, radius_for
from nnviz.gui.panels.outputs.scales import Axes, Scale
from nnviz.gui.panels.outputs.words import figure, fit_text
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

MARGIN = 0.06
MOVING_MARKS = 500
"""Of each part; more would take more time than a frame has."""

PARTS: tuple[PartName, ...] = ("train", "test")


class PredictedActual(Chart):
    """One mark a sample: across what is true, up what the network says.

    The axes span the range of the targets and stay, so that pictures of different epochs can be
    laid side by side. Answers beyond it lie on the edge.
    """

    name = "predicted"
    title = str(QT_TRANSLATE_NOOP("PredictedActual", "Predicted"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PredictedActual", "Predicted against actual: on the diagonal every answer is right."
        )
    )
    grid = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._places: dict[PartName, NDArray[np.float64]] = {}
        self._rows: dict[PartName, NDArray[np.intp]] = {}
        self._outside = 0

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether a number is predicted."""
        return problem.dataset.task == "regression"

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Come first where the plane's two axes are measured in different things."""
        return problem.dataset.is_planar and problem.dataset.feature_names != ("x", "y")

    def prepare(self, problem: Problem) -> None:
        """Fix both axes to the range of the targets."""
        self._places, self._rows, self._outside = {}, {}, 0
        self.mark_radius = radius_for(problem.dataset.rows)
        targets = problem.target_values
        low, high = float(targets.min()), float(targets.max())
        room = MARGIN * (high - low) or 1.0
        name = translated(problem.dataset.target_name)
        unit = translated(problem.dataset.target_unit)
        actual = self.tr("actual {name} ({unit})") if unit else self.tr("actual {name}")
        predicted = self.tr("predicted {name} ({unit})") if unit else self.tr("predicted {name}")
        self.set_scales(
            Scale(low - room, high + room, actual.format(name=name, unit=unit)),
            Scale(low - room, high + room, predicted.format(name=name, unit=unit)),
            square=True,
        )

    def take(self, inspection: Inspection) -> None:
        """Place the marks; answers out of range go to the edge they left by."""
        low, high = self._home_range()
        self._outside = 0
        for part in PARTS:
            outputs = inspection.outputs(part, self.most_rows)
            if outputs is None:
                continue
            truth = inspection.problem.dataset.targets[outputs.index].astype(np.float64)
            answers = np.clip(np.nan_to_num(outputs.values), low, high)
            self._outside += int(np.count_nonzero(answers != outputs.values))
            self._places[part] = np.hstack([truth, answers]).astype(np.float64)
            self._rows[part] = outputs.index

    def _home_range(self) -> tuple[float, float]:
        scale = self.home[1]
        return scale.low, scale.high

    def points(self) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
        """Return all marks."""
        if not self._places:
            return super().points()
        return np.vstack(list(self._places.values())), np.hstack(list(self._rows.values()))

    def paint_live(self, painter: QPainter, axes: Axes) -> None:
        """Draw the ideal line, then the marks, test above train."""
        low, high = self._home_range()
        ends = axes.to_pixels(np.array([[low, low], [high, high]])).tolist()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.second), 1.5))
        painter.drawLine(QLineF(QPointF(*ends[0]), QPointF(*ends[1])))
        painter.setClipRect(axes.rect.adjusted(-6, -6, 6, 6))
        for part, places in self._places.items():
            if self.hurried:
                places = places[:MOVING_MARKS]
            colors = [self.theme.curve] * len(places)
            ring = part == "test"
            pixels = axes.to_pixels(places)
            paint_marks(painter, pixels, colors, self.theme, self.mark_radius, ring)

    def legend(self) -> list[LegendEntry]:
        """Return the ideal line and the marks of both parts."""
        entries = [
            LegendEntry(self.tr("ideal"), self.theme.second, "line"),
            LegendEntry(self.tr("train"), self.theme.curve, "disc"),
        ]
        if self.problem is not None and self.problem.test is not None:
            entries.append(LegendEntry(self.tr("test"), self.theme.curve, "ring"))
        return entries

    def headline(self) -> str:
        """Return the fit."""
        return fit_text(self.inspection, self.most_rows) if self.inspection is not None else ""

    def description(self) -> str:
        """Return how well predictions and truth agree."""
        found = fit(self.inspection, most=self.most_rows) if self.inspection is not None else None
        if found is None or self.inspection is None or self.problem is None:
            return self.tr("Predicted against actual, before the network has answered.")
        return self.tr(
            "After {epoch} epochs the predictions of {rows} training samples have R² {r2} and a"
            " root mean squared error of {rmse}; {outside} answers lie beyond the axes and are"
            " drawn on their edge."
        ).format(
            epoch=self.inspection.epoch,
            rows=self.problem.train.rows,
            r2=figure(found.r_squared),
            rmse=figure(found.rmse),
            outside=self._outside,
        )
