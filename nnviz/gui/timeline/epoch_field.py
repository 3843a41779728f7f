"""The epoch looked at, in words; and the place where another one is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSpinBox, QWidget

from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import small_font
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip

_MOST = 2**31 - 1
_AROUND = 12
"""Pixels that frame and padding need beside the text."""


@guarded
class EpochField(QSpinBox):
    """Says which epoch is looked at, and takes another: Enter looks at it, Escape forgets it.

    What is being typed stays, whatever is shown meanwhile.
    """

    _shown = 0

    entered = Signal(int)
    """The person typed this epoch; it need not be kept, nor be there at all."""

    stepped = Signal(int)
    """The person wants the kept epoch so many after the one shown, or before it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline-epoch")
        self.setFont(small_font())
        self.setFrame(False)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLocale(QLocale(QLocale.Language.English))  # as all other numbers are written
        self.setGroupSeparatorShown(True)
        self.setKeyboardTracking(False)
        self.setRange(0, _MOST)
        set_tool_tip(
            self,
            self.tr(
                "The epoch that all panels show, of those trained so far. Type another one, and "
                "Enter looks at it, or at the nearest that is kept."
            ),
        )
        self._template, self._typed = "{shown}", False
        self.lineEdit().textEdited.connect(self._mark_typed)

    def show_epoch(self, epoch: int, template: str) -> None:
        """Show an epoch in a text with a gap for it: "epoch {shown} of 200"."""
        self._shown, self._template = epoch, template
        if not self._typed:
            self._write()

    def textFromValue(self, value: int) -> str:
        """Return the epoch shown where Qt does not count as far."""
        shown = self._shown
        return count(shown) if value == _MOST < shown else super().textFromValue(value)

    def width_for(self, text: str) -> int:
        """Return how wide the field must be for a text."""
        return self.fontMetrics().horizontalAdvance(text) + _AROUND

    def stepBy(self, steps: int) -> None:
        """Ask for an epoch after or before."""
        self._forget()
        self.stepped.emit(steps)

    def event(self, event: QEvent) -> bool:
        """Leave the space bar to the window: no number has a space in it."""
        is_space = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if is_space and event.type() is QEvent.Type.ShortcutOverride:
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed, or forget it; then keys are the window's again."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._typed and self.hasAcceptableInput():
                self.interpretText()
                self.entered.emit(self.value())
            self.clearFocus()
        elif event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the number, so that typing replaces it."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # a click would place the cursor after this

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was typed and not entered."""
        self._forget()
        super().focusOutEvent(event)

    @Slot()
    def _mark_typed(self) -> None:
        self._typed = True

    def _forget(self) -> None:
        self._typed = False
        self._write()

    def _write(self) -> None:
        before, after = self._template.split("{shown}")
        if (before, after) != (self.prefix(), self.suffix()):
            self.setPrefix(before)
            self.setSuffix(after)
        self.setValue(min(self._shown, _MOST))
        if self._shown > _MOST:
            self.setPrefix(before)  # has it write the text anew: the value stays
        self.lineEdit().setModified(False)
        if self.hasFocus():
            self.selectAll()
