"""The decision surface: the plane coloured by the network's answer, with the samples on it."""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.chart import Chart
from nnviz.gui.panels.outputs.colors import AnswerColors, finer
from nnviz.gui.panels.outputs.facts import fit, score
from nnviz.gui.panels.outputs.marks import paint_marks, radius_for
from nnviz.gui.panels.outputs.scales import ROOM_UP, Axes, Scale
from nnviz.gui.panels.outputs.words import figure, fit_text, score_text, target_label
from nnviz.gui.panels.segments import Pill
from nnviz.training.evaluation import rows_within
from nnviz.training.inspection import QUICK_WORK, Inspection, plane_limits
from nnviz.training.problem import Part, Problem

FINE, COARSE, COARSEST = 64, 40, 16
"""Grid points a side; fewer where the network is so large that the finer grid costs frames."""

MANY_PARAMETERS = 1500
FINER = 3
ROOMY_RADIUS = 3.0
BAR_WIDTH = 10.0


class DecisionSurface(Chart):
    """What the network answers at every point of the plane."""

    name = "surface"
    title = str(QT_TRANSLATE_NOOP("DecisionSurface", "Surface"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "DecisionSurface", "The answer at every point of the plane: see where a border runs."
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._colors: AnswerColors | None = None
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self.show_test = self._switch(
            "output-show-test",
            self.tr("Test"),
            self.tr("Show the samples the network never learns from."),
            True,
        )
        self.discretise = self._switch(
            "output-discretise",
            self.tr("Decide"),
            self.tr("Show the decision instead of shades: every point gets its class' colour."),
            False,
        )

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether samples are points of a plane."""
        return problem.dataset.is_planar

    def switches(self) -> list[QAbstractButton]:
        """Return the two switches; without a test part only one."""
        without_test = self.problem is not None and self.problem.test is None
        return [self.discretise] if without_test else [self.show_test, self.discretise]

    # ------------------------------------------------------------------ data

    def prepare(self, problem: Problem) -> None:
        """Set the axes to the plane's margins and take the points' places."""
        names = [translated(name) for name in problem.dataset.feature_names]
        (low_x, low_y), (high_x, high_y) = plane_limits(problem)
        self._colors = AnswerColors(problem, self.theme)
        self._image = None
        self.mark_radius = radius_for(problem.dataset.rows)
        self.right_room = 0.0 if self._colors.is_class else 46.0
        # Only where both axes measure the same thing does a circle have to look round.
        same_unit = problem.dataset.feature_names == ("x", "y")
        self.set_scales(Scale(low_x, high_x, names[0]), Scale(low_y, high_y, names[1]), same_unit)

    def take(self, inspection: Inspection) -> None:
        """Colour the grid."""
        if self._colors is None:
            return
        values = inspection.plane(self._resolution(inspection)).values
        stepped = self.discretise.isChecked()
        if stepped:
            values = finer(values, FINER)
        pixels = np.ascontiguousarray(self._colors.ground(values, stepped))
        # QImage looks into the array without owning it, so the array has to live as long.
        self._pixels = pixels
        side = pixels.shape[0]
        self._image = QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_RGB32)

    def _resolution(self, inspection: Inspection) -> int:
        """Return the grid points a side: of a large network few while it moves."""
        side = FINE if inspection.snapshot.parameters.size <= MANY_PARAMETERS else COARSE
        if not self.hurried:
            return side
        return max(COARSEST, min(side, isqrt(rows_within(inspection.problem, QUICK_WORK))))

    def recolor(self) -> None:
        """Colour grid and points anew."""
        if self.problem is not None:
            self._colors = AnswerColors(self.problem, self.theme)
        if self.inspection is not None:
            self.take(self.inspection)
        super().recolor()

    def points(self) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
        """Return all samples that are shown."""
        if self.problem is None:
            return super().points()
        rows = self.problem.train.index
        if self.problem.test is not None and self.show_test.isChecked():
            rows = np.concatenate([rows, self.problem.test.index])
        return self.problem.dataset.inputs[rows], rows

    # ------------------------------------------------------------------ drawing

    def paint_live(self, painter: QPainter, axes: Axes) -> None:
        """Stretch the grid over the plane; its outer points lie on the outer edges."""
        if self._image is None or self.problem is None:
            return
        (low_x, low_y), (high_x, high_y) = plane_limits(self.problem)
        corners = axes.to_pixels(np.array([[low_x, high_y], [high_x, low_y]]))
        (left, top), (right, bottom) = corners.tolist()
        half = np.array([right - left, bottom - top]) / (2 * (self._image.width() - 1))
        target = QRectF(left, top, right - left, bottom - top)
        target.adjust(-half[0], -half[1], half[0], half[1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(0, target.top() + target.bottom())
        painter.scale(1, -1)
        painter.drawImage(target, self._image)

    def paint_still(self, painter: QPainter, axes: Axes) -> None:
        """Draw the points, test above train, and the colour bar."""
        if self.problem is None or self._colors is None:
            return
        self._paint_part(painter, axes, self.problem.train, ring=False)
        if self.problem.test is not None and self.show_test.isChecked():
            self._paint_part(painter, axes, self.problem.test, ring=True)
        if not self._colors.is_class:
            painter.setClipping(False)
            self._paint_bar(painter, axes)

    def _paint_part(self, painter: QPainter, axes: Axes, part: Part, ring: bool) -> None:
        assert self.problem is not None and self._colors is not None
        places = axes.to_pixels(self.problem.dataset.inputs[part.index])
        truth = self.problem.dataset.targets[part.index].astype(np.float64).ravel()
        colors = self._colors.of_values(truth)
        ink = "" if self._colors.is_class else self._outline(ring)
        paint_marks(painter, places, colors, self.theme, self.mark_radius, ring, ink)

    def _outline(self, ring: bool) -> str:
        """Return the line around a value, which alone may be as pale as its ground."""
        crowded = self.mark_radius < ROOMY_RADIUS
        return self.theme.text if ring else self.theme.second if crowded else self.theme.surface

    def _paint_bar(self, painter: QPainter, axes: Axes) -> None:
        """Draw the scale of a regression's colours, in target units, beside the plane."""
        assert self._colors is not None
        colors, font = self._colors, self.small_font()
        bar = QRectF(axes.rect.right() + 10, axes.rect.top(), BAR_WIDTH, axes.rect.height())
        column = np.ascontiguousarray(colors.table[0, ::-1])
        image = QImage(column.data, 1, 256, 4, QImage.Format.Format_RGB32)
        painter.drawImage(bar, image)
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.drawRect(bar)
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(font)
        line = QFontMetricsF(font).height()
        scale = Scale(colors.low, colors.high)
        ticks = scale.ticks(bar.height(), ROOM_UP)
        for value, text in zip(ticks.places, ticks.labels, strict=True):
            at = bar.bottom() - (value - scale.low) / scale.span * bar.height()
            at = min(max(at, bar.top() + line / 2), bar.bottom() - line / 2)
            box = QRectF(bar.right() + 4, at - line / 2, 60, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    # ------------------------------------------------------------------ words

    def legend(self) -> list[LegendEntry]:
        """Return classes (or the colour scale), and what discs and rings are."""
        if self.problem is None:
            return []
        entries = self._color_entries(self.problem)
        entries.append(LegendEntry(self.tr("train"), self.theme.muted, "disc"))
        if self.problem.test is not None and self.show_test.isChecked():
            entries.append(LegendEntry(self.tr("test"), self.theme.muted, "ring"))
        return entries

    def _color_entries(self, problem: Problem) -> list[LegendEntry]:
        if problem.dataset.task == "regression":
            ends = AnswerColors(problem, self.theme).ends
            return [LegendEntry(target_label(problem), ends[0], "gradient", ends[1])]
        names = problem.dataset.class_names
        return [
            LegendEntry(translated(name), self.theme.class_color(label), "square")
            for label, name in enumerate(names)
        ]

    def headline(self) -> str:
        """Return the share of right answers, or the fit."""
        if self.inspection is None or self.problem is None:
            return ""
        if self.problem.dataset.task == "regression":
            return fit_text(self.inspection, self.most_rows)
        return score_text(self.inspection, self.most_rows)

    def description(self) -> str:
        """Return how many points lie on ground of their own colour."""
        if self.inspection is None:
            return self.tr("The plane of the samples, before the network has answered.")
        shown = score(self.inspection, most=self.most_rows) if self._is_class() else None
        if shown is not None:
            return self.tr(
                "After {epoch} epochs {right} of {total} training points lie where the network"
                " answers with their own class."
            ).format(epoch=self.inspection.epoch, right=shown.right, total=shown.total)
        found = fit(self.inspection, most=self.most_rows)
        assert found is not None  # every problem has a training part
        return self.tr(
            "After {epoch} epochs the network's answer over the plane fits the training points"
            " with R² {r2}, {rmse} off in the root mean square."
        ).format(epoch=self.inspection.epoch, r2=figure(found.r_squared), rmse=figure(found.rmse))

    def _is_class(self) -> bool:
        return self.problem is not None and self.problem.dataset.task == "classification"

    # ------------------------------------------------------------------ switches

    def view_state(self) -> Mapping[str, Any]:
        """Return zoom and switches."""
        return {
            **super().view_state(),
            "test": self.show_test.isChecked(),
            "discretise": self.discretise.isChecked(),
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take zoom and switches over."""
        super().restore_view(state)
        self.show_test.setChecked(bool(state.get("test", True)))
        self.discretise.setChecked(bool(state.get("discretise", False)))

    def _switch(self, name: str, text: str, tip: str, on: bool) -> Pill:
        switch = Pill(text, tip, self)
        switch.setObjectName(name)
        switch.setChecked(on)
        switch.hide()  # until the panel gives it a place
        switch.toggled.connect(self._switched)
        return switch

    @Slot(bool)
    def _switched(self, _on: bool) -> None:
        if self.inspection is not None:
            self.take(self.inspection)
        self.redraw_still()
        self.marks_changed.emit()
