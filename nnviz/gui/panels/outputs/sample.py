"""One picture and what the network takes it for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import BODY_SIZE, SPACE, Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.picture import picture_of
from nnviz.gui.panels.outputs.words import fixed, score_text
from nnviz.gui.panels.segments import Pill
from nnviz.gui.panels.sheet import Sheet
from nnviz.training.inspection import Inspection
from nnviz.training.problem import PartName, Problem

PARTS: tuple[PartName, ...] = ("train", "test")
TALLEST_BAR = 34.0
THINNEST_BAR = 4.0
READABLE = 20.0
WIDE = 1.25


@dataclass(frozen=True)
class _Place:
    """Where a class has its line: all of it, the width of the name, and where the bar grows."""

    row: QRectF
    name: float
    track: QRectF


@guarded
class SampleImage(OutputView):
    """The chosen sample as a picture, and a bar for every class."""

    name = "sample"
    title = str(QT_TRANSLATE_NOOP("SampleImage", "Sample"))
    hint = str(
        QT_TRANSLATE_NOOP("SampleImage", "The chosen picture and what the network takes it for.")
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.outputs: NDArray[np.floating] = np.empty(0)
        self.decided = -1
        self._picture: QImage | None = None
        self._pictured = -1
        self._names: list[str] = []
        self._sheet = Sheet()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.back = self._button(
            "output-sample-back", "‹", self.tr("Go to the sample before (left arrow).")
        )
        self.on = self._button("output-sample-on", "›", self.tr("Go to the next sample (right)."))
        self.only_wrong = self._button(
            "output-sample-wrong",
            self.tr("Wrong"),
            self.tr("Go through the samples that the network takes for another class."),
        )
        self.only_wrong.setCheckable(True)
        self.back.clicked.connect(self.go_back)
        self.on.clicked.connect(self.go_on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say whether samples are pictures of classes."""
        shape, task = problem.dataset.image_shape, problem.dataset.task
        return shape is not None and task == "classification"

    def switches(self) -> list[QAbstractButton]:
        """Return the ways through the samples."""
        return [self.only_wrong, self.back, self.on]

    def prepare(self, problem: Problem) -> None:
        """Forget the last sample."""
        self.outputs, self.decided, self._picture = np.empty(0), -1, None
        self._pictured = -1
        self._names = [translated(name) for name in problem.dataset.class_names]

    def take(self, inspection: Inspection) -> None:
        """Look at the chosen sample's answer."""
        answer = inspection.sample_trace(self.row)[-1].a
        self.outputs = answer[0]
        self.decided = int(inspection.problem.decide(answer)[0])
        if self.row != self._pictured:
            self._pictured = self.row
            self._picture = picture_of(inspection.problem, self.row, self.theme)

    def recolor(self) -> None:
        """Ink the picture anew."""
        if self.problem is not None and self.row >= 0:
            self._picture = picture_of(self.problem, self.row, self.theme)

    # ------------------------------------------------------------------ going through samples

    @Slot()
    def go_on(self) -> None:
        """Choose the next sample."""
        self._go(+1)

    @Slot()
    def go_back(self) -> None:
        """Choose the sample before."""
        self._go(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the samples."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: +1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._go(step)

    def _go(self, step: int) -> None:
        rows = self.rows()
        if not rows.size:
            return
        ahead = rows[rows > self.row] if step > 0 else rows[rows < self.row][::-1]
        self.row_chosen.emit(int(ahead[0] if ahead.size else rows[0 if step > 0 else -1]))

    def rows(self) -> NDArray[np.intp]:
        """Return the rows to go through: all, or those the network has wrong."""
        if self.problem is None:
            return np.empty(0, dtype=np.intp)
        if self.inspection is None or not self.only_wrong.isChecked():
            return np.arange(self.problem.dataset.rows)
        wrong = []
        for part in PARTS:
            outputs = self.inspection.outputs(part)
            if outputs is not None:
                wrong.append(outputs.index[outputs.labels != self.problem.labels[outputs.index]])
        return np.sort(np.concatenate(wrong))

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, then the bars beside or below it."""
        painter = QPainter(self)
        if self._picture is None or self.problem is None:
            painter.fillRect(self.rect(), QColor(self.theme.surface))
            return
        box, area = self._areas(self._picture)
        places = self._places(area)
        self._sheet.lay(self, painter, self.theme.surface, (self._names, places))
        look = (self._pictured, box.getRect())
        self._sheet.keep(
            "picture", look, box.toAlignedRect(), partial(self._paint_picture, box=box)
        )
        for label, place in enumerate(places):
            strong = label in (self._truth(), self.decided)
            draw = partial(self._paint_name, label=label, place=place, strong=strong)
            self._sheet.keep(label, strong, place.row.toAlignedRect(), draw)
        self._sheet.paint(painter)
        self._paint_verdict(painter, box)
        painter.setFont(self.small_font())
        for label, place in enumerate(places):
            self._paint_bar(painter, label, place)

    def _areas(self, picture: QImage) -> tuple[QRectF, QRectF]:
        """Return where picture and bars go: side by side where there is the width."""
        area = QRectF(self.rect()).adjusted(SPACE, SPACE, -SPACE, -SPACE)
        caption = 2 * QFontMetricsF(self.font()).height()
        if area.width() > WIDE * area.height():
            room = min(area.width() * 0.45, (area.height() - caption))
        else:
            room = min(area.height() * 0.45 - caption, area.width())
        pixel = max(1.0, min(room / picture.width(), room / picture.height()))
        pixel = float(int(pixel))  # whole pixels are crisp
        size = (pixel * picture.width(), pixel * picture.height())
        if area.width() > WIDE * area.height():
            spare = max(0.0, area.height() - size[1] - caption) / 2
            box = QRectF(area.left(), area.top() + spare, *size)
            bars = area.adjusted(box.width() + 3 * SPACE, 0, 0, 0)
            wanted = min(area.height(), max(size[1], READABLE * self._classes()))
            top = box.center().y() - wanted / 2
            bars.setTop(max(area.top(), min(top, area.bottom() - wanted)))
            bars.setHeight(wanted)
        else:
            box = QRectF(area.center().x() - size[0] / 2, area.top(), *size)
            bars = area.adjusted(0, size[1] + caption + SPACE, 0, 0)
        return box, bars

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        assert self._picture is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(box, self._picture)
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_verdict(self, painter: QPainter, box: QRectF) -> None:
        font = self.font()
        font.setPixelSize(BODY_SIZE)
        painter.setFont(font)
        right = self.decided == self._truth()
        painter.setPen(QColor(self.theme.text if right else self.theme.error))
        metrics = QFontMetricsF(font)
        # Under the picture's middle, or moved in where a long sentence would leave the panel.
        width = metrics.horizontalAdvance(self.verdict()) + 2
        left = min(box.center().x() - width / 2, self.width() - SPACE - width)
        words = QRectF(max(float(SPACE), left), box.bottom() + 6, width, metrics.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self.verdict())

    def _places(self, area: QRectF) -> list[_Place]:
        """Return where the name and the bar of every class go."""
        metrics = QFontMetricsF(self.small_font())
        name = min(max(map(metrics.horizontalAdvance, self._names)), area.width() * 0.3)
        value = metrics.horizontalAdvance("0.000")
        step = min(TALLEST_BAR + 6, area.height() / len(self._names))
        thick = max(THINNEST_BAR, min(TALLEST_BAR, step - 5))
        room = area.width() - name - value - 4 * SPACE
        places = []
        for label in range(len(self._names)):
            row = QRectF(area.left(), area.top() + label * step, area.width(), step)
            left = area.left() + name + SPACE
            track = QRectF(left, row.center().y() - thick / 2, room, thick)
            places.append(_Place(row, name, track))
        return places

    def _paint_name(self, painter: QPainter, label: int, place: _Place, strong: bool) -> None:
        """Draw a class' name, and the track its bar grows in."""
        theme, row = self.theme, place.row
        painter.setFont(self.small_font())
        painter.setPen(QColor(theme.text if strong else theme.muted))
        box = QRectF(row.left(), row.top(), place.name, row.height())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, side, self._names[label])
        painter.fillRect(place.track, QColor(blend(theme.neutral, theme.surface, 0.5)))

    def _paint_bar(self, painter: QPainter, label: int, place: _Place) -> None:
        """Draw how sure the network is of a class."""
        theme, row, track = self.theme, place.row, place.track
        is_true, is_decided = label == self._truth(), label == self.decided
        bar = QRectF(track.topLeft(), track.size())
        bar.setWidth(track.width() * self.share(label))
        color = theme.positive if is_true else theme.negative
        if not (is_true or is_decided):
            color = blend(theme.second, theme.surface, 0.6)
        painter.fillRect(bar, QColor(color))
        painter.setPen(QColor(theme.text if is_true or is_decided else theme.muted))
        values = QRectF(track.right() + SPACE, row.top(), 200, row.height())
        painter.drawText(values, Qt.AlignmentFlag.AlignVCenter, fixed(self._output_of(label), 3))
        if is_true:
            painter.setPen(QPen(QColor(theme.text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(track)

    def _classes(self) -> int:
        return len(self.problem.dataset.class_names) if self.problem is not None else 0

    def _truth(self) -> int:
        return int(self.problem.dataset.targets[self.row]) if self.problem is not None else -1

    def _output_of(self, label: int) -> float:
        """Return the output that speaks for a class; a single output speaks for the second."""
        if len(self.outputs) > 1:
            return float(self.outputs[label])
        low = -1.0 if self.problem is not None and self.problem.plus_minus else 0.0
        return float(self.outputs[0]) if label == 1 else 1.0 + low - float(self.outputs[0])

    def share(self, label: int) -> float:
        """Return how full a class' bar is, 0 to 1."""
        low = -1.0 if self.problem is not None and self.problem.plus_minus else 0.0
        share = (self._output_of(label) - low) / (1.0 - low)
        return min(max(share, 0.0), 1.0)

    # ------------------------------------------------------------------ words

    def verdict(self) -> str:
        """Return what the network says of the sample, and what it is."""
        if self.problem is None or self.decided < 0:
            return ""
        names = [translated(name) for name in self.problem.dataset.class_names]
        if self.decided == self._truth():
            return self.tr("decided {decided} ✓").format(decided=names[self.decided])
        return self.tr("decided {decided} ✗, expected {true}").format(
            decided=names[self.decided], true=names[self._truth()]
        )

    def legend(self) -> list[LegendEntry]:
        """Return what the bars' colours say."""
        return [
            LegendEntry(self.tr("true class"), self.theme.positive, "square"),
            LegendEntry(self.tr("wrongly decided"), self.theme.negative, "square"),
        ]

    def headline(self) -> str:
        """Return the share of right answers."""
        return score_text(self.inspection, self.most_rows) if self.inspection is not None else ""

    def description(self) -> str:
        """Return what the network takes the sample for."""
        if self.problem is None or self.inspection is None:
            return self.tr("A sample, before the network has answered.")
        names = [translated(name) for name in self.problem.dataset.class_names]
        return self.tr(
            "After {epoch} epochs the network takes sample {row} for “{decided}” with an output"
            " of {value}; it is “{true}”."
        ).format(
            epoch=self.inspection.epoch,
            row=self.row + 1,
            decided=names[self.decided],
            value=fixed(self._output_of(self.decided), 3),
            true=names[self._truth()],
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return whether only wrong ones are gone through."""
        return {"only_wrong": self.only_wrong.isChecked()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over which samples are gone through."""
        self.only_wrong.setChecked(bool(state.get("only_wrong", False)))

    def _button(self, name: str, text: str, tip: str) -> Pill:
        button = Pill(text, tip, self)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setCheckable(False)
        button.hide()  # until the panel gives it a place
        return button
