"""The card that shows what the chosen data look like, with the facts beside the picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.datasets.dataset import Dataset
from nnviz.gui.look.style import application_font, small_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.data_picture import paint_data
from nnviz.gui.setup.themed import Themed

SIDE = 116
_LINE = 17
_MOST_CLASSES = 4


@dataclass(frozen=True)
class Facts:
    """What is written beside the picture.

    Parameters
    ----------
    train_rows, test_rows
        Rows on each side of the split.
    inputs
        Number of the network's inputs.
    """

    train_rows: int
    test_rows: int
    inputs: int


@guarded
class DataPreview(QWidget, Themed):
    """A picture of the data, their number, and what the colours mean."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._dataset: Dataset | None = None
        self._facts = Facts(0, 0, 0)
        self._picture: QPixmap | None = None
        self.setObjectName("data-preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(SIDE)
        self.setAccessibleName(self.tr("Picture of the data"))

    def sizeHint(self) -> QSize:
        """Return the height of the square; as wide as the form."""
        return QSize(2 * SIDE, SIDE)

    def set_theme(self, theme: Theme) -> None:
        """Paint again in other colours."""
        self._picture = None
        super().set_theme(theme)

    def show_data(self, dataset: Dataset, facts: Facts, description: str = "") -> None:
        """Show a data set; the picture is painted anew only if it is another one."""
        if dataset is not self._dataset:
            self._dataset, self._picture = dataset, None
        self._facts = facts
        set_tool_tip(self, description)
        self.setAccessibleDescription(" ".join((*self._lines(dataset), description)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture's square, and the facts right of it."""
        if self._dataset is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._square(self._dataset))
        painter.setPen(QPen(QColor(self.theme.border), 1))
        painter.drawRoundedRect(QRectF(0.5, 0.5, SIDE - 1, SIDE - 1), 5, 5)
        self._paint_facts(painter, self._dataset)

    def _square(self, dataset: Dataset) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self.theme.surface))
            painter = QPainter(self._picture)
            paint_data(painter, QRectF(6, 6, SIDE - 12, SIDE - 12), dataset, self.theme)
            painter.end()
        return self._picture

    # ------------------------------------------------------------------------------------- facts

    def _lines(self, dataset: Dataset) -> tuple[str, ...]:
        facts = self._facts
        rows = self.tr("{count} samples").format(count=f"{dataset.rows:,}")
        split = (
            self.tr("{train} train · {test} test").format(
                train=f"{facts.train_rows:,}", test=f"{facts.test_rows:,}"
            )
            if facts.test_rows
            else self.tr("all for training")
        )
        inputs = self.tr("1 input") if facts.inputs == 1 else self.tr("{count} inputs")
        return rows, split, inputs.format(count=facts.inputs)

    def _paint_facts(self, painter: QPainter, dataset: Dataset) -> None:
        rows, *others = self._lines(dataset)
        self._write(painter, 0, rows, self.theme.text, application_font())
        for line, text in enumerate(others, 1):
            self._write(painter, line, text, self.theme.muted, small_font())
        if dataset.task == "classification":
            self._paint_classes(painter, dataset)
        else:
            self._paint_target(painter, dataset)

    def _paint_classes(self, painter: QPainter, dataset: Dataset) -> None:
        """Paint a dot and a name for each class, as many as fit."""
        names = dataset.class_names
        fits = len(names) <= 3
        shown = names if fits else names[:2]
        top = 3
        for number, name in enumerate(shown):
            self._paint_class(painter, top + number, number, name)
        if not fits:
            self._paint_other_classes(painter, top + 2, len(names))

    def _paint_class(self, painter: QPainter, line: int, label: int, name: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.class_color(label)))
        y = self._top(line)
        painter.drawEllipse(QRectF(self._left(), y + _LINE / 2 - 4, 8, 8))
        self._write(painter, line, translated(name), self.theme.text, small_font(), 14)

    def _paint_other_classes(self, painter: QPainter, line: int, count: int) -> None:
        """Paint the dots of the classes that have no line of their own, and how many they are."""
        painter.setPen(Qt.PenStyle.NoPen)
        y = self._top(line) + _LINE / 2 - 4
        for place, label in enumerate(range(2, count)):
            painter.setBrush(QColor(self.theme.class_color(label)))
            painter.drawEllipse(QRectF(self._left() + 11 * place, y, 8, 8))

    def _paint_target(self, painter: QPainter, dataset: Dataset) -> None:
        """Paint the target's name, and its range with the colours of the points if they have."""
        name = translated(dataset.target_name)
        unit = translated(dataset.target_unit) if dataset.target_unit else ""
        title = self.tr("{name} ({unit})").format(name=name, unit=unit) if unit else name
        self._write(painter, 3, title, self.theme.text, small_font())
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        ends = self.tr("{low} to {high}").format(low=f"{low:.3g}", high=f"{high:.3g}")
        ends = ends.replace("-", "−")
        self._write(painter, 4, ends, self.theme.muted, small_font())
        if dataset.is_planar:
            self._paint_ramp(painter)

    def _paint_ramp(self, painter: QPainter) -> None:
        theme = self.theme
        bar = QRectF(self._left(), self._top(5) + 5, self.width() - self._left(), 6)
        ramp = QLinearGradient(bar.topLeft(), bar.topRight())
        for place, color in enumerate((theme.negative, theme.neutral, theme.positive)):
            ramp.setColorAt(place / 2, QColor(color))
        painter.setPen(QPen(QColor(blend(theme.muted, theme.surface, 0.2)), 0.5))
        painter.setBrush(ramp)
        painter.drawRoundedRect(bar, 3, 3)

    def _write(
        self, painter: QPainter, line: int, text: str, color: str, font: QFont, indent: int = 0
    ) -> None:
        left = self._left() + indent
        place = QRectF(left, self._top(line), self.width() - left, _LINE)
        painter.setFont(font)
        painter.setPen(QColor(color))
        fitting = QFontMetrics(font).elidedText(
            text, Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, fitting)

    def _left(self) -> int:
        return SIDE + SPACE + SPACE // 2

    def _top(self, line: int) -> int:
        """Return where a line of the facts begins; the legend stands a little apart."""
        return 2 + line * _LINE + (6 if line >= 3 else 0)
