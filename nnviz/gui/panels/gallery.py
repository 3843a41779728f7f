"""The activation gallery: every function and its derivative, and where the layers stand on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QRect, Qt, Slot
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.frame import Frame
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.galleries.card import ActivationCard
from nnviz.gui.panels.galleries.close_up import PER_UNIT, CloseUp
from nnviz.gui.panels.galleries.shapes import LayerMarks, marks_of
from nnviz.gui.panels.legend import LegendRow
from nnviz.gui.panels.outputs.words import fixed
from nnviz.gui.look.numbers import percent
from nnviz.gui.widgets.idle import SAY_SECONDS, IdleTimer
from nnviz.training.choices import has_field
from nnviz.training.inspection import ACTIVATION_ROWS, Inspection, quick_rows
from nnviz.training.problem import Problem

LEAST_WIDTH, LEAST_HEIGHT = 148, 132
TALLEST = 260
ROOMY = 360
BAR = 12
"""Room kept for the scroll bar."""


@guarded
class GalleryPanel(Panel):
    """Small multiples of every activation; one can be enlarged.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    key = "gallery"
    title = str(QT_TRANSLATE_NOOP("GalleryPanel", "Gallery"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "GalleryPanel",
            "Every activation function with its derivative, and where the neurons stand on it.",
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("Every activation function and its derivative"))
        self.marks_row = LegendRow(theme, self)
        self.scroll_area = QScrollArea(self)
        self.scroll_area.setObjectName("gallery-scroll")
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.board = QWidget()
        self.board.setObjectName("gallery-board")
        self.scroll_area.setWidget(self.board)
        self.cards = {
            name: ActivationCard(activation, theme, self.board)
            for name, activation in ACTIVATIONS.items()
        }
        for card in self.cards.values():
            card.clicked.connect(self._on_card)
        self.close_up = CloseUp(theme, self)
        self.close_up.left.connect(self.show_all)
        self.close_up.hide()
        self._enlarged = ""
        self.rest = IdleTimer(self)
        self.rest.idle.connect(self._on_rest)
        self._inspection: Inspection | None = None
        self._row = -1
        self._marks: dict[str, list[LayerMarks]] = {}
        self.setAutoFillBackground(True)
        self.setMinimumSize(200, 160)
        self.set_theme(theme)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Mark the functions that the layers of this run use."""
        self._inspection, self._row, self._marks = None, -1, {}
        self.rest.reset()
        used: dict[str, list[int]] = {}
        for number, layer in enumerate(problem.experiment.network.layers, 1):
            if has_field(layer, "activation"):
                used.setdefault(layer.activation, []).append(number)
        for name, card in self.cards.items():
            card.set_layers(tuple(used.get(name, ())))
            card.set_marks(())
        self.close_up.set_marks(())
        self._show_legend()

    def show_frame(self, frame: Frame) -> None:
        """Move the marks to the newest z; nothing is done when nothing is new."""
        if frame.inspection is self._inspection and frame.row == self._row:
            return
        self._inspection, self._row = frame.inspection, frame.row
        self.rest.update()
        self._take(frame.inspection)

    def _take(self, inspection: Inspection) -> None:
        """Move the marks; of a large network by fewer samples while they move."""
        most = quick_rows(inspection.problem) if self.rest.moving else ACTIVATION_ROWS
        self._marks = marks_of(inspection, self._row, min(most, ACTIVATION_ROWS))
        if self._enlarged:
            self.close_up.set_marks(self._marks.get(self._enlarged, []))
        else:
            for name, card in self.cards.items():
                card.set_marks(self._marks.get(name, ()))
        if self.rest.due("description", SAY_SECONDS):
            self.setAccessibleDescription(self.description())

    @Slot()
    def _on_rest(self) -> None:
        if self._inspection is not None:
            self._take(self._inspection)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        for widget in (self, self.board, self.scroll_area.viewport()):
            palette = widget.palette()
            palette.setColor(palette.ColorRole.Window, QColor(theme.surface))
            widget.setPalette(palette)
            widget.setAutoFillBackground(True)
        for card in self.cards.values():
            card.set_theme(theme)
        self.close_up.set_theme(theme)
        self._show_legend()

    def legend(self) -> list[LegendEntry]:
        """Return function, derivative, and the marks of the current layers."""
        strip = blend(self.theme.curve, self.theme.surface, 0.45)
        return [
            LegendEntry(self.tr("f(z)"), self.theme.curve, "line"),
            LegendEntry(self.tr("f′(z)"), self.theme.second, "dashed"),
            LegendEntry(self.tr("current z"), strip, "square"),
            LegendEntry(self.tr("chosen sample"), self.theme.text, "disc"),
        ]

    def description(self) -> str:
        """Return where the layers stand on their activations, or what the close-up reads."""
        if self._enlarged:
            function, slope = self.close_up.reading()
            return self.tr(
                "{title} at z = {z}: the value is {function}, the slope {slope}."
            ).format(
                title=translated(ACTIVATIONS[self._enlarged].title),
                z=fixed(self.close_up.z, 2),
                function=fixed(function, 4),
                slope=fixed(slope, 4),
            )
        first = min((m for ms in self._marks.values() for m in ms), key=_number, default=None)
        if first is None:
            return self.tr(
                "{count} activation functions and their derivatives for z from −5 to 5."
            ).format(count=len(ACTIVATIONS))
        return self.tr(
            "{count} activation functions and their derivatives; the z of layer {number} have mean"
            " {mean} and deviation {deviation}, {beyond} of them beyond ±5."
        ).format(
            count=len(ACTIVATIONS),
            number=first.number,
            mean=fixed(first.mean, 2),
            deviation=fixed(first.deviation, 2),
            beyond=percent(first.beyond),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return which function is enlarged, and the z that is tried."""
        return {"enlarged": self._enlarged, "z": self.close_up.z}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Enlarge the same function at the same z."""
        self.close_up.slider.setValue(round(float(state.get("z", 1.0)) * PER_UNIT))
        name = state.get("enlarged", "")
        if name in ACTIVATIONS:
            self.enlarge(name)
        else:
            self.show_all()

    # ------------------------------------------------------------------ enlarging

    def enlarge(self, name: str) -> None:
        """Show one activation large."""
        self._enlarged = name
        self.close_up.show_activation(ACTIVATIONS[name])
        self.close_up.set_marks(self._marks.get(name, []))
        self.scroll_area.hide()
        self.close_up.show()
        self._arrange()

    @Slot()
    def show_all(self) -> None:
        """Go back to the small multiples."""
        self._enlarged = ""
        for name, card in self.cards.items():
            card.set_marks(self._marks.get(name, ()))
        self.close_up.hide()
        self.scroll_area.show()
        self._arrange()

    @Slot()
    def _on_card(self) -> None:
        card = self.sender()
        if isinstance(card, ActivationCard):
            self.enlarge(card.activation.name)
            self.close_up.slider.setFocus()

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        area = self.rect().adjusted(SPACE, SPACE // 2, -SPACE, -SPACE // 2)
        height = self.marks_row.heightForWidth(area.width())
        self.marks_row.setGeometry(area.left(), area.top(), area.width(), height)
        # The close-up names its two curves itself; where room is short that has to do.
        named = self.bare or (bool(self._enlarged) and area.height() < ROOMY)
        self.marks_row.setVisible(not named)
        below = area if named else area.adjusted(0, height + 4, 0, 0)
        self.close_up.setGeometry(below)
        # The scroll bar lies in the margin, so that cards end where all else ends.
        self.scroll_area.setGeometry(below.adjusted(0, 0, SPACE, 0))
        self._arrange_cards(below)

    def _arrange_cards(self, area: QRect) -> None:
        """Choose the number of columns that shows most without scrolling, and place the cards."""
        count = len(self.cards)
        columns, width, height = grid_for(count, area.width(), area.height())
        step_x, step_y = width + SPACE, height + SPACE
        for i, card in enumerate(self.cards.values()):
            card.setGeometry(i % columns * step_x, i // columns * step_y, width, height)
        lines = -(-count // columns)
        self.board.resize(columns * step_x - SPACE, lines * step_y - SPACE)
        self.scroll_area.verticalScrollBar().setSingleStep(step_y // 4)

    def _show_legend(self) -> None:
        self.marks_row.show_entries(self.legend(), self.theme)


def grid_for(count: int, width: int, height: int) -> tuple[int, int, int]:
    """Return columns, card width and card height for so many cards in an area.

    All of them without scrolling where there is room; otherwise cards of the least height, and the
    area scrolls.
    """
    most = max(1, min(count, (width + SPACE) // (LEAST_WIDTH + SPACE)))
    fitting = []
    for columns in range(1, most + 1):
        lines = -(-count // columns)
        card_height = (height - (lines - 1) * SPACE) // lines
        card_width = (width - (columns - 1) * SPACE) // columns
        if card_height >= LEAST_HEIGHT:
            holes = columns * lines - count
            fitting.append((holes, abs(card_width - card_height), columns))
    if fitting:
        _holes, _slimness, columns = min(fitting)
        lines = -(-count // columns)
        card_width = (width - (columns - 1) * SPACE) // columns
        return columns, card_width, min((height - (lines - 1) * SPACE) // lines, TALLEST)
    room = width - BAR
    return most, (room - (most - 1) * SPACE) // most, LEAST_HEIGHT


def _number(mark: LayerMarks) -> int:
    return mark.number
