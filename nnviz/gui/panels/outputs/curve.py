"""The fitted curve: one input, one number predicted from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.chart import Chart
from nnviz.gui.panels.outputs.facts import fit
from nnviz.gui.panels.outputs.marks import paint_marks, polygon, radius_for
from nnviz.gui.panels.outputs.scales import Axes, Scale
from nnviz.gui.panels.outputs.words import figure, fit_text, target_label
from nnviz.gui.panels.segments import Pill
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Part, Problem

MARGIN = 0.08
CURVE_POINTS = 240


class FittedCurve(Chart):
    """The samples, and the network's answer at every input between them."""

    name = "curve"
    title = str(QT_TRANSLATE_NOOP("FittedCurve", "Curve"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "FittedCurve", "The network's answer for every input, drawn through the samples."
        )
    )
    grid = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._curve: NDArray[np.float64] = np.empty((0, 2))
        self.show_test = Pill(
            self.tr("Test"), self.tr("Show the samples the network never learns from."), self
        )
        self.show_test.setObjectName("output-curve-show-test")
        self.show_test.setChecked(True)
        self.show_test.hide()  # until the panel gives it a place
        self.show_test.toggled.connect(self._switched)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether a number is predicted from one input."""
        return problem.dataset.features == 1 and problem.dataset.task == "regression"

    def switches(self) -> list[QAbstractButton]:
        """Return the switch of the test samples, where there are any."""
        return [self.show_test] if self.problem is not None and self.problem.test else []

    def prepare(self, problem: Problem) -> None:
        """Fix the axes to the data: they must not jump while the curve finds its way."""
        self._curve = np.empty((0, 2))
        self.mark_radius = radius_for(problem.dataset.rows)
        name = translated(problem.dataset.feature_names[0])
        self.set_scales(
            _scale(problem.dataset.inputs, name, 0.02),
            _scale(problem.target_values, target_label(problem), MARGIN),
        )

    def take(self, inspection: Inspection) -> None:
        """Compute the curve."""
        self._curve = np.stack(inspection.curve(CURVE_POINTS), axis=1).astype(np.float64)

    def points(self) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
        """Return all samples that are shown."""
        if self.problem is None:
            return super().points()
        rows = self.problem.train.index
        if self.problem.test is not None and self.show_test.isChecked():
            rows = np.concatenate([rows, self.problem.test.index])
        return self._places(self.problem, rows), rows

    def paint_still(self, painter: QPainter, axes: Axes) -> None:
        """Draw the samples."""
        if self.problem is None:
            return
        self._paint_part(painter, axes, self.problem.train, ring=False)
        if self.problem.test is not None and self.show_test.isChecked():
            self._paint_part(painter, axes, self.problem.test, ring=True)

    def paint_on_top(self, painter: QPainter, axes: Axes) -> None:
        """Draw the curve above its samples."""
        if not len(self._curve):
            return
        places = axes.to_pixels(self._curve)
        # Far outside the picture the painter's arithmetic would overflow.
        np.clip(places[:, 1], -4000, 4000, out=places[:, 1])
        painter.setClipRect(axes.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.curve), 2.0))
        painter.drawPolyline(polygon(places))

    def _paint_part(self, painter: QPainter, axes: Axes, part: Part, ring: bool) -> None:
        assert self.problem is not None
        places = axes.to_pixels(self._places(self.problem, part.index))
        colors = [self.theme.second] * part.rows
        paint_marks(painter, places, colors, self.theme, self.mark_radius, ring)

    def _places(self, problem: Problem, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.hstack([problem.dataset.inputs[rows], problem.target_values[rows]]).astype(float)

    def legend(self) -> list[LegendEntry]:
        """Return the curve and the samples of both parts."""
        entries = [
            LegendEntry(self.tr("network"), self.theme.curve, "line"),
            LegendEntry(self.tr("train"), self.theme.second, "disc"),
        ]
        if self.switches() and self.show_test.isChecked():
            entries.append(LegendEntry(self.tr("test"), self.theme.second, "ring"))
        return entries

    def headline(self) -> str:
        """Return the fit."""
        return fit_text(self.inspection, self.most_rows) if self.inspection is not None else ""

    def description(self) -> str:
        """Return how far the curve is from the samples."""
        found = fit(self.inspection, most=self.most_rows) if self.inspection is not None else None
        if found is None or self.inspection is None:
            return self.tr("The samples, before the network has answered.")
        return self.tr(
            "After {epoch} epochs the network's curve explains the training samples with"
            " R² {r2}; it is {rmse} off in the root mean square."
        ).format(epoch=self.inspection.epoch, r2=figure(found.r_squared), rmse=figure(found.rmse))

    def view_state(self) -> Mapping[str, Any]:
        """Return zoom and switch."""
        return {**super().view_state(), "test": self.show_test.isChecked()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take zoom and switch over."""
        super().restore_view(state)
        self.show_test.setChecked(bool(state.get("test", True)))

    @Slot(bool)
    def _switched(self, _on: bool) -> None:
        self.redraw_still()
        self.marks_changed.emit()


def _scale(values: NDArray[np.floating], label: str, margin: float) -> Scale:
    low, high = float(values.min()), float(values.max())
    room = margin * (high - low) or 1.0
    return Scale(low - room, high + room, label)
