"""A field for one number, which says what it cannot take and never changes what was typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from nnviz.gui.look.style import FIELD_HEIGHT, em
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.number_range import NumberRange, TwoReadingsError

_StepEnabled = QAbstractSpinBox.StepEnabledFlag
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_UNDOING = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo


@guarded
class NumberField(QAbstractSpinBox):
    """A number: typed and then entered, or stepped with arrows.

    Text that cannot be taken stays where it is, to be put right; so does text being typed while
    another value is shown from outside. Escape goes back to the value. The translated title begins
    the sentence that says which numbers it takes.
    """

    committed = Signal(float)
    """The person entered another value, and it is in range."""

    refused = Signal(str)
    """Why what was entered cannot be taken; "" when that no longer holds."""

    def __init__(self, title: str, numbers: NumberRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.numbers = numbers
        self.value = numbers.low
        """The value last shown from outside."""
        self.edited = False
        """Whether something stands in the field that was typed and not taken."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(em(self, FIELD_HEIGHT))
        # A line edit indents its text by two pixels, a combo box does not.
        self.lineEdit().setTextMargins(-2, 0, -2, 0)
        self.setAccessibleName(title)
        self.lineEdit().textEdited.connect(self.keep_text)
        self.editingFinished.connect(self.enter)

    def show_value(self, value: float) -> None:
        """Show a value; what the person types, or must put right, has precedence."""
        keep = self.edited and (value == self.value or self.hasFocus())
        self.value = value
        if not keep:
            self.write(value)

    def write(self, value: float) -> None:
        """Write a value, which need not be chosen yet: as the one under a slider's handle."""
        self.edited = False
        text = self.numbers.format(value)
        if text != self.text():
            self.lineEdit().setText(text)
        self.refused.emit("")

    @Slot()
    def keep_text(self) -> None:
        """Keep the text: it is being typed, or was refused elsewhere and is to be put right."""
        self.edited = True

    def restore(self) -> None:
        """Go back to the value from what was typed."""
        if self.edited:
            self.write(self.value)

    def set_plain(self) -> None:
        """Show no arrows."""
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setProperty("plain", True)

    # ---------------------------------------------------------------------------- Qt's own hooks

    def stepBy(self, steps: int) -> None:
        """Take a step from what stands in the field, and enter it."""
        typed = self.edited and not self._refusal()
        value = self.numbers.stepped(
            self.numbers.parse(self.text()) if typed else self.value, steps
        )
        self.write(value)
        if value != self.value:
            self.committed.emit(value)

    def stepEnabled(self) -> _StepEnabled:
        """Return in which directions there is a next value."""
        enabled = _StepEnabled.StepNone
        if self.value > self.numbers.low:
            enabled |= _StepEnabled.StepDownEnabled
        if self.value < self.numbers.high:
            enabled |= _StepEnabled.StepUpEnabled
        return enabled

    def event(self, event: QEvent) -> bool:
        """Leave keys to the window that mean nothing here.

        Those are the space bar, for no number has a space in it, and Undo where nothing is typed.
        """
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undoes = not self.edited and any(event.matches(key) for key in _UNDOING)
            if undoes or event.key() == Qt.Key.Key_Space:
                event.ignore()
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel that scrolls, unless the person is in this field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the value on Escape; then Escape is the window's again."""
        if event.key() == Qt.Key.Key_Escape and self.edited:
            self.restore()
            event.accept()
        elif event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
            if event.key() in _ENTER and not self.edited:
                self.clearFocus()  # it is taken: keys are the window's again

    # ------------------------------------------------------------------------------------ inside

    @Slot()
    def enter(self) -> None:
        """Take what was typed, or say why not; as the Enter key does."""
        if not self.edited:
            return
        refusal = self._refusal()
        if refusal:
            self.refused.emit(refusal)
            return
        value = self.numbers.parse(self.text())
        self.write(value)
        if value != self.value:
            self.committed.emit(value)

    def _refusal(self) -> str:
        """Return why the text cannot be taken, or ""."""
        numbers, text = self.numbers, self.text().strip()
        try:
            value = numbers.parse(text)
        except TwoReadingsError as error:
            said = self.tr("“{text}” can be read in two ways: write {one} or {other}.")
            return said.format(text=text, one=error.args[0], other=error.args[1])
        except (ValueError, OverflowError):
            return self.not_read(text)
        if numbers.allows(value):
            return ""
        return self.tr("{title}: choose a number from {low} to {high}.").format(
            title=self.title, low=numbers.bare(numbers.low), high=numbers.format(numbers.high)
        )

    def not_read(self, text: str) -> str:
        """Return that a text is no number."""
        if not text:
            return self.tr("{title}: write a number.").format(title=self.title)
        if self.numbers.whole:
            return self.tr("“{text}” is not a whole number.").format(text=text)
        return self.tr("“{text}” is not a number. Write it like 0.03 or 3e-2.").format(text=text)
