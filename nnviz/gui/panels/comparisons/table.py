"""The table of runs: names stay when figures and settings are scrolled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolButton, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.engine.losses import LOSSES
from nnviz.gui.look.icons import icon
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.comparisons.columns import RunColumn
from nnviz.gui.panels.comparisons.lines import CURRENT, RunLine
from nnviz.gui.panels.comparisons.painting import Sheet
from nnviz.gui.panels.comparisons.places import (
    END,
    HEAD,
    STAR,
    Place,
    Places,
    lay_out,
    lay_out_whole,
)
from nnviz.gui.panels.legend import small_font
from nnviz.gui.plain import set_tool_tip, show_tool_tip

NOTE_GAP = 8
"""Between the lines and the note below them."""

_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)


@guarded
class RunsTable(QAbstractScrollArea):
    """A line a run.

    Parameters
    ----------
    theme
        Colours to start with.
    parent
        Qt parent.
    """

    forget_wanted = Signal(int)
    """The person wants a run no more: its slot."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.whole = False
        """Set for a picture: nothing scrolls, nothing can be pressed."""
        self.note = ""
        """What stands below the lines."""
        self.lines: Sequence[RunLine] = ()
        self.columns: Sequence[RunColumn] = ()
        self.tips: Sequence[str] = ()
        self.places = Places(self.font())
        self._buttons: dict[int, QToolButton] = {}
        self.setObjectName("runs-table")
        self.setAccessibleName(self.tr("Runs compared, a line each"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.set_theme(theme)

    # ------------------------------------------------------------------ content

    def show_runs(
        self, lines: Sequence[RunLine], columns: Sequence[RunColumn], tips: Sequence[str]
    ) -> None:
        """Show runs; what does not change is not drawn again.

        Parameters
        ----------
        lines, columns
            The runs, and what is told of them.
        tips
            What is said of each line where the pointer rests on its name.
        """
        if (lines, columns) == (self.lines, self.columns):
            return
        slots = [line.slot for line in lines if line.slot != CURRENT]
        self.lines, self.columns, self.tips = lines, columns, tips
        if [*self._buttons] != slots and not self.whole:
            self._make_buttons(slots)
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        self.setStyleSheet(f"QAbstractScrollArea::corner {{ background: {theme.surface}; }}")
        for button in self._buttons.values():
            button.setIcon(icon("x", theme, theme.muted))
            button.setStyleSheet(self._button_style())
        self.viewport().update()

    def natural_size(self) -> QSize:
        """Return the size in which all can be read."""
        places = lay_out_whole(self.columns, [line.name for line in self.lines], self.font())
        width = places.width + STAR
        height = HEAD + places.row * len(self.lines)
        return QSize(width, height + self._note_height(width))

    def _note_height(self, width: int) -> int:
        if not self.note:
            return 0
        room, flags = QRect(0, 0, width, 1000), Qt.TextFlag.TextWordWrap
        metrics = QFontMetrics(small_font(self.font()))
        return metrics.boundingRect(room, flags, self.note).height() + 2 * NOTE_GAP

    def _make_buttons(self, slots: Sequence[int]) -> None:
        for button in self._buttons.values():
            button.hide()
            button.deleteLater()
        self._buttons = {slot: self._button(slot) for slot in slots}

    def _button(self, slot: int) -> QToolButton:
        button = QToolButton(self.viewport())
        button.setObjectName(f"runs-forget-{slot}")
        button.setProperty("slot", slot)
        button.setStyleSheet(self._button_style())
        button.setIcon(icon("x", self.theme, self.theme.muted))
        button.setIconSize(QSize(12, 12))
        button.setFixedSize(18, 18)
        set_tool_tip(button, self.tr("Forget this run: its curves leave the plots."))
        button.clicked.connect(self._forget)
        button.show()
        return button

    def _button_style(self) -> str:
        theme = self.theme
        return (
            "QToolButton { background: transparent; border: 1px solid transparent; padding: 0;"
            " border-radius: 4px; }"
            f"QToolButton:hover {{ background: {theme.accent_soft}; }}"
            f"QToolButton:focus {{ border-color: {theme.accent}; }}"
        )

    @Slot()
    def _forget(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.forget_wanted.emit(button.property("slot"))

    # ------------------------------------------------------------------ arrangement

    def arrange(self) -> None:
        """Lay the columns out in the room there is."""
        names = [line.name for line in self.lines]
        if self.whole:
            self.places = lay_out_whole(self.columns, names, self.font())
        else:
            self.places = lay_out(self.columns, names, self.font(), self._width)
        self._set_bars()
        self._place_buttons()
        self.viewport().update()

    @property
    def _width(self) -> int:
        """Up to where something is written."""
        star = STAR if any(column.foreign for column in self.columns) else 0
        return self.viewport().width() - (END if self._buttons else 0) - star

    def _set_bars(self) -> None:
        """Scroll by whole columns and lines: half a number would be another number."""
        policy = Qt.ScrollBarPolicy
        wanted = policy.ScrollBarAlwaysOff if self.whole else policy.ScrollBarAsNeeded
        self.setHorizontalScrollBarPolicy(wanted)
        self.setVerticalScrollBarPolicy(wanted)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, 0 if self.whole else self.places.most_scrolled(self._width))
        across.setPageStep(max(1, len(self._columns_seen())))
        fitting = max(1, (self.viewport().height() - HEAD) // self.places.row)
        down.setRange(0, 0 if self.whole else max(0, len(self.lines) - fitting))
        down.setPageStep(fitting)

    def _columns_seen(self) -> list[Place]:
        width = self.places.width if self.whole else self._width
        return self.places.seen(self.horizontalScrollBar().value(), width)

    def _lines_seen(self) -> dict[int, int]:
        """Return the top of each line in sight."""
        first, row = self.verticalScrollBar().value(), self.places.row
        last = len(self.lines) if self.whole else first + self.verticalScrollBar().pageStep()
        places = range(first, min(last, len(self.lines)))
        return {place: HEAD + (place - first) * row for place in places}

    def _place_buttons(self) -> None:
        tops = self._lines_seen()
        for place, line in enumerate(self.lines):
            button = self._buttons.get(line.slot)
            if button is None:
                continue
            drop = (self.places.row - button.height()) // 2
            button.move(self.viewport().width() - END + 3, tops.get(place, 0) + drop)
            button.setVisible(place in tops)
            button.setAccessibleName(self.tr("Forget {run}").format(run=line.name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the columns out anew."""
        super().resizeEvent(event)
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Draw what came into sight."""
        self._place_buttons()
        self.viewport().update()

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the heads, a line a run, and below them what there is to do."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.viewport().rect()
        painter.fillRect(area, QColor(self.theme.surface))
        if not self.lines:
            return
        seen, tops = self._columns_seen(), self._lines_seen()
        shown = [(self.columns[place.index], place) for place in seen]
        is_marked = any(column.strong for column, _ in shown)
        corner = self.tr("bold: the best") if is_marked else ""
        sheet = Sheet(painter, self.theme, self.places, area.width(), small_font(self.font()))
        sheet.paint_heads(shown, corner)
        for place, top in tops.items():
            sheet.paint_line(self.lines[place], top)
            for column, where in shown:
                sheet.paint_cell(column, place, where, top)
        bottom = HEAD + self.places.row * len(tops)
        # Half a line cannot be read; the tooltips say it too.
        if self._note_height(area.width()) <= area.height() - bottom + NOTE_GAP or self.whole:
            sheet.paint_note(self.note, area.adjusted(0, bottom + NOTE_GAP, 0, 0))

    # ------------------------------------------------------------------ reading

    def event(self, event: QEvent) -> bool:
        """Keep the arrows, which scroll, from the window's shortcuts."""
        asks = event.type() is QEvent.Type.ShortcutOverride
        if asks and isinstance(event, QKeyEvent) and event.key() in _ARROWS:
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what is under the pointer, in full."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            show_tool_tip(event.globalPos(), self.explain(event.pos()), self)
            return True
        return super().viewportEvent(event)

    def explain(self, at: QPoint) -> str:
        """Return what is at a point of the viewport."""
        tops = self._lines_seen()
        row = next((p for p, top in tops.items() if 0 <= at.y() - top < self.places.row), None)
        if row is None and at.y() >= HEAD:
            return ""
        if at.x() < self.places.name:
            return "" if row is None else self.tips[row]
        seen = self._columns_seen()
        index = next((p.index for p in seen if p.left - 4 <= at.x() <= p.right + 4), None)
        if index is None:
            return ""
        column = self.columns[index]
        if row is None:
            return column.tip
        told = self.tr("{run}\n{what}: {value}").format(
            run=self.lines[row].name, what=column.title, value=column.texts[row]
        )
        return told if row not in column.foreign else f"{told}\n{self._foreign(row)}"

    def _foreign(self, row: int) -> str:
        """Return why a figure cannot be compared with that of the first line."""
        mine, other = self.lines[0].experiment, self.lines[row].experiment
        if mine.data.sample != other.data.sample:
            title = translated(CATALOG[other.data.sample].title)
            return self.tr("Not comparable with this run: of other data, {data}.").format(
                data=title
            )
        title = translated(LOSSES[other.training.loss].title)
        return self.tr("Not comparable with this run: another loss function, {loss}.").format(
            loss=title
        )
