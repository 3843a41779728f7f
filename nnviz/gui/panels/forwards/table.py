"""The table of samples: z and a of every neuron, a row a sample."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from nnviz.engine.arrays import FloatArray
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.forwards.columns import ALL, Column, Group, groups_of, shown_groups
from nnviz.gui.panels.forwards.fitting import NOTE, PICTURE_ROW, Content
from nnviz.gui.panels.forwards.numbers import exact
from nnviz.gui.panels.forwards.painting import Picture, paint_table
from nnviz.gui.panels.forwards.places import HEAD, Places
from nnviz.gui.panels.forwards.values import Values, input_scale, read, rows_of
from nnviz.gui.panels.forwards.view import View, cell_at
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.outputs.picture import thumbnail
from nnviz.gui.panels.sheet import Sheet
from nnviz.gui.plain import show_tool_tip
from nnviz.training.problem import Problem

Neuron = tuple[int, int]

_WALKS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@guarded
class SamplesTable(QAbstractScrollArea):
    """A row a sample, columns by layers; the samples' numbers and the heads stay when it scrolls.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    row_chosen = Signal(int)
    """The person chose a sample: its row in the data set."""

    neuron_chosen = Signal(int, int)
    """The person chose a neuron: layer and unit."""

    opened = Signal()
    """The person wants to see the arithmetic of what is chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.problem: Problem | None = None
        self.places: Places | None = None
        self.values: Values | None = None
        self.neuron: Neuron = (0, 0)
        self.whole = False
        """Set for a picture, which cannot be scrolled: as much as fits is shown."""
        self._layer = ALL
        self._groups: tuple[Group, ...] = ()
        self._lines: list[int] = []
        self._in_test: list[bool] = []
        self._given: FloatArray = np.empty(0)
        self._frame: Frame | None = None
        self._seen = (0, 0)
        self._unplaced = False
        """Whether the chosen line has not yet been brought into sight, for want of room."""
        self._pictures: dict[int, QPixmap] = {}
        self._cells = QFont()
        self.setObjectName("forward-table")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("z and a of every layer, sample by sample"))
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._sheet = Sheet()
        self.set_theme(theme)

    # ------------------------------------------------------------------ content

    def begin(self, problem: Problem) -> None:
        """Take over the samples of a problem; there are no numbers yet."""
        self.problem, self._frame, self.values = problem, None, None
        self._groups = groups_of(problem)
        self._lines = rows_of(problem, 0).tolist()
        held_out = set(problem.test.index.tolist()) if problem.test is not None else set()
        self._in_test = [row in held_out for row in self._lines]
        self._given = input_scale(problem)
        self._pictures.clear()
        self.horizontalScrollBar().setValue(0)
        self.verticalScrollBar().setValue(0)
        self.arrange()

    def show_frame(self, frame: Frame) -> None:
        """Take over a moment."""
        moved = self._frame is None or self._frame.row != frame.row
        self._frame = frame
        if moved:
            self._list_row(frame.row)
            self._scroll_to(self.chosen)
        self._read()
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self._pictures.clear()
        self.setStyleSheet(f"QAbstractScrollArea::corner {{ background: {theme.surface}; }}")
        self.viewport().update()

    def show_layer(self, layer: int) -> None:
        """Show the columns of one layer, or of all."""
        if layer != self._layer:
            self._layer = layer
            self.horizontalScrollBar().setValue(0)
            self.arrange()

    def choose_neuron(self, neuron: Neuron) -> None:
        """Mark a neuron; nothing is signalled."""
        if neuron != self.neuron:
            self.neuron = neuron
            self._scroll_to_neuron()
        self.viewport().update()

    @property
    def chosen(self) -> int:
        """Line of the chosen sample, −1 where there is none."""
        row = self._frame.row if self._frame is not None else -1
        return self._lines.index(row) if row in self._lines else -1

    @property
    def samples(self) -> int:
        """How many samples are listed."""
        return len(self._lines)

    def columns(self) -> list[Column]:
        """Return the columns that are laid out, from left to right and top to bottom."""
        if self.places is None:
            return []
        return [column for block in self.places.blocks for column, _ in block.columns]

    def _list_row(self, row: int) -> None:
        """List the chosen sample, which may be far down in the data."""
        if self.problem is None:
            return
        lines = rows_of(self.problem, row).tolist()
        if lines != self._lines:
            self._lines = lines
            test = self.problem.test
            self._in_test[-1] = test is not None and bool((test.index == lines[-1]).any())

    def _read(self) -> None:
        """Compute the numbers of the lines that are seen."""
        if self._frame is None or self.places is None:
            return
        first, last = self._visible()
        self._seen = (first, last)
        rows = np.array(self._lines[first:last], dtype=np.intp)
        self.values = read(self._frame.inspection, rows, self._given)

    # ------------------------------------------------------------------ arrangement

    def natural_height(self, width: int) -> int:
        """Return the height at which nothing is hidden, in a width."""
        return 0 if self.problem is None else self._content(self.problem).natural_height(width)

    def fits_in(self, width: int, height: int) -> bool:
        """Say whether all columns of all layers can be seen without scrolling across."""
        if self.problem is None:
            return True
        places, _ = self._content(self.problem).fit(QSize(width, height))
        return not places.scrolls or places.width <= width

    def arrange(self) -> None:
        """Lay the table out in the room there is."""
        if self.problem is None:
            return
        self.places, self._cells = self._content(self.problem).fit(self.size())
        self._set_bars()
        if self._unplaced:
            self._scroll_to(self.chosen)
        self._read()
        self.viewport().update()

    def _content(self, problem: Problem) -> Content:
        groups = shown_groups(self._groups, self._layer)
        return Content(problem, groups, self._lines, self.font(), self.whole)

    def _set_bars(self) -> None:
        assert self.places is not None
        policy = Qt.ScrollBarPolicy
        wanted = policy.ScrollBarAsNeeded
        if self.whole or not self.places.scrolls:
            wanted = policy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(wanted)
        self.setVerticalScrollBarPolicy(wanted)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        width, height = self.viewport().width(), self.viewport().height()
        across.setRange(0, max(0, self.places.width - width) if self.places.scrolls else 0)
        across.setPageStep(width)
        across.setSingleStep(24)
        # Whole rows: a row half under the head would be hard to read.
        step = self.places.row_height
        hidden = max(0, self.places.height - height) if self.places.scrolls else 0
        down.setRange(0, -(-hidden // step) * step)
        down.setPageStep(max(1, (height - HEAD) // step) * step)
        down.setSingleStep(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the table out anew."""
        super().resizeEvent(event)
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Compute what came into sight."""
        if dy:
            self._read()
        self.viewport().update()

    def _visible(self) -> tuple[int, int]:
        """Return the first and one past the last line that is seen."""
        assert self.places is not None
        if not self.places.scrolls:
            return self._window()
        top, height = self._top(), self.places.row_height
        first = top // height
        last = -(-(top + self.viewport().height() - HEAD) // height)
        return min(first, self.samples), min(max(last, first + 1), self.samples)

    def _window(self) -> tuple[int, int]:
        """Return the lines of a picture that cannot show all: the chosen one is among them."""
        assert self.places is not None
        first = 0 if self.chosen < self.places.rows else self.chosen - self.places.rows + 1
        return first, min(first + self.places.rows, self.samples)

    def _top(self) -> int:
        """Return how far it is scrolled down, in whole rows."""
        height = self.places.row_height if self.places is not None else 1
        return self.verticalScrollBar().value() // height * height

    def _scroll_to(self, line: int) -> None:
        """Bring a line into sight, into the middle where it is far off."""
        if self.places is None or not self.places.scrolls or line < 0:
            return
        height, room = self.places.row_height, self.viewport().height() - HEAD
        self._unplaced = room < 2 * height
        if not self._top() <= line * height <= self._top() + room - height:
            self.verticalScrollBar().setValue(line * height - (room // height // 2) * height)

    def _scroll_to_neuron(self) -> None:
        if self.places is None or not self.places.scrolls or not self.isVisible():
            return
        block, bar = self.places.blocks[0], self.horizontalScrollBar()
        places = [p for c, p in block.columns if c.is_neuron and (c.layer, c.unit) == self.neuron]
        if places:
            low = places[-1].right - self.viewport().width() + 2
            bar.setValue(min(max(bar.value(), low), places[0].x - block.columns[0][1].x))

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every block, and say what there was no room for."""
        painter = QPainter(self.viewport())
        if self.places is None:
            painter.fillRect(self.viewport().rect(), QColor(self.theme.surface))
            return
        picture, view = self._picture(), self._view()
        plan = (self.places, view, self._cells.key(), self.values is None)
        self._sheet.lay(self.viewport(), painter, self.theme.surface, plan)
        paint_table(painter, picture, self.places, view, self._sheet)
        if self.whole and self.note():
            painter.setFont(small_font(self.font()))
            painter.setPen(QColor(self.theme.muted))
            at = QRect(2, self.places.height + 2, self.width() - 4, NOTE)
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, self.note())

    def note(self) -> str:
        """Return what a picture leaves out, or nothing."""
        if self.places is None or self.problem is None:
            return ""
        shown, rows = self._seen[1] - self._seen[0], self.problem.dataset.rows
        if self.places.missing:
            text = self.tr("{shown} of {rows} samples; {count} more columns have no room here")
            return text.format(shown=shown, rows=rows, count=self.places.missing)
        return self.tr("{shown} of {rows} samples").format(shown=shown, rows=rows) * (shown < rows)

    def _picture(self) -> Picture:
        return Picture(
            self.values,
            self._seen[0],
            self._lines,
            self.chosen,
            self.neuron,
            self._in_test,
            self.theme,
            self._cells,
            self._thumbnail,
        )

    def _view(self) -> View:
        return View(
            self.horizontalScrollBar().value(),
            self._top(),
            self.viewport().rect(),
            self.devicePixelRatioF(),
            *self._seen,
        )

    def _thumbnail(self, row: int) -> QPixmap:
        assert self.problem is not None
        if row not in self._pictures:
            height, ratio = PICTURE_ROW - 4, self.devicePixelRatioF()
            self._pictures[row] = thumbnail(self.problem, row, self.theme, height, ratio)
        return self._pictures[row]

    # ------------------------------------------------------------------ choosing

    def cell_at(self, at: QPoint) -> tuple[int, Column | None]:
        """Return line and column at a point of the viewport; −1 in a head or below everything."""
        return (-1, None) if self.places is None else cell_at(self.places, self._view(), at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sample under the pointer, and the neuron whose z or a it is."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        line, column = self.cell_at(event.position().toPoint())
        if column is not None and column.is_neuron:
            self.neuron_chosen.emit(column.layer, column.unit)
        if line >= 0:
            self.row_chosen.emit(self._lines[line])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the arithmetic of the cell that the first of the two clicks chose."""
        _line, column = self.cell_at(event.position().toPoint())
        if column is not None and column.is_neuron:
            self.opened.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the arrows, which walk in the table, from the window's shortcuts."""
        asks = event.type() is QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() in _WALKS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from sample to sample and from neuron to neuron; Return opens the arithmetic."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() in _WALKS:
            down, across = _WALKS[Qt.Key(event.key())]
            self._walk(down, across)
        else:
            super().keyPressEvent(event)

    def _walk(self, down: int, across: int) -> None:
        if down:
            line = min(max(self.chosen + down, 0), self.samples - 1)
            self.row_chosen.emit(self._lines[line])
            return
        neurons = list(dict.fromkeys((c.layer, c.unit) for c in self.columns() if c.is_neuron))
        place = neurons.index(self.neuron) + across if self.neuron in neurons else 0
        self.neuron_chosen.emit(*neurons[min(max(place, 0), len(neurons) - 1)])

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what is under the pointer, with more digits than fit a cell."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tool_tip(event.globalPos(), self.explain(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def explain(self, at: QPoint) -> str:
        """Return what is at a point of the viewport."""
        line, column = self.cell_at(at)
        if column is None or not column.tip:
            return self.tr("Choose a row to see this sample everywhere.") if line >= 0 else ""
        if line < 0 or self.values is None or column.kind in ("picture", "mark", "decided", "true"):
            return column.tip
        value = self.values.number(column, line - self._seen[0])
        return self.tr("{what}\n{value}").format(what=column.tip, value=exact(value))
