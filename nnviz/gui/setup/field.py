"""One line of a form: a label, its control, and beneath them what is wrong, if anything."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.themed import Ink, Sentence

LABEL_WIDTH = 96


def object_name(path: str) -> str:
    """Return the object name of a control from the path of its setting."""
    return path.replace(".", "-").replace("_", "-")


class Field(QWidget):
    """A labelled control that can be refused.

    Parameters
    ----------
    path
        Dotted path of the setting, as `InvalidChoiceError.field` names it.
    title
        Label, translated; "" when the control bears its own.
    control
        What the person sets.
    hint
        Tooltip, translated: what the setting does to learning.
    theme
        Colours.
    stacked
        Whether the label stands above the control and not beside it.
    label_width
        Pixels of a label beside the control.
    """

    def __init__(
        self,
        path: str,
        title: str,
        control: QWidget,
        hint: str,
        theme: Theme,
        stacked: bool = False,
        label_width: int = LABEL_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        name = object_name(path)
        self.path = path
        self.parts: dict[str, QWidget] = {}
        self._from_outside = False
        self.control = control
        self._hint = hint
        self.setObjectName(f"{name}-field")
        control.setObjectName(name)
        self.label = Ink(title, theme, "text")
        self.detail = Ink("", theme, "muted", "small")
        self.detail.setObjectName(f"{name}-detail")
        self.detail.hide()
        self.note = Sentence(theme)
        self.note.setObjectName(f"{name}-message")
        self._lay_out(title, stacked, label_width)
        self._describe(title, hint)
        for number in self.numbers():
            number.refused.connect(self.show_message)

    def numbers(self) -> list[NumberField]:
        """Return the number fields of the control."""
        own = [self.control] if isinstance(self.control, NumberField) else []
        return own + self.control.findChildren(NumberField)

    @property
    def message(self) -> str:
        """The sentence shown beneath, or ""."""
        return self.note.text()

    def hold(self) -> None:
        """Let what stands in the number fields stand, to be put right."""
        for number in self.numbers():
            number.hold_text()

    def refuse(self, sentence: str, path: str = "") -> None:
        """Say why what stands here was refused.

        Parameters
        ----------
        sentence
            Translated.
        path
            The setting at fault, where the field holds several.
        """
        self.show_message(sentence)
        self._from_outside = True
        only = self.parts.get(path.rpartition(".")[2])
        if only is not None:
            self._outline(False)
            _mark(only, True)

    def release(self) -> None:
        """Take away a refusal that came from outside."""
        if self._from_outside:
            self.show_message("")

    @Slot(str)
    def show_message(self, sentence: str) -> None:
        """Show a sentence beneath the control, with a red outline; "" takes both away."""
        self._from_outside = False
        if sentence == self.message:
            return
        self.note.say(sentence)
        self.control.setAccessibleDescription(sentence or self._hint)
        self._outline(bool(sentence))
        if sentence:
            QAccessible.updateAccessibility(QAccessibleEvent(self.control, QAccessible.Event.Alert))

    def _outline(self, refused: bool) -> None:
        for widget in (self.control, *self.control.findChildren(QWidget)):
            _mark(widget, refused)

    def _lay_out(self, title: str, stacked: bool, label_width: int) -> None:
        line = QVBoxLayout() if stacked else QHBoxLayout()
        line.setSpacing(SPACE // 2 if stacked else 0)
        if title:
            self.label.setBuddy(self.control)
            line.addLayout(self._named())
            if not stacked:
                self.label.setFixedWidth(label_width)
                self.detail.setFixedWidth(label_width)
                self.label.setWordWrap(True)
                self.label.setContentsMargins(0, 0, max(0, label_width - LABEL_WIDTH + 4), 0)
        line.addWidget(self.control, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(line)
        layout.addWidget(self.note)

    def _named(self) -> QVBoxLayout:
        """Return the label, and below it room for a detail."""
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch()
        column.addWidget(self.label)
        column.addWidget(self.detail)
        column.addStretch()
        return column

    def widen_label(self, width: int) -> None:
        """Give label and detail more room, beside a control that needs little."""
        self.label.setFixedWidth(width)
        self.detail.setFixedWidth(width)

    def show_detail(self, text: str) -> None:
        """Write something small below the label; "" takes it away."""
        self.detail.setText(text)
        self.detail.setVisible(bool(text))

    def _describe(self, title: str, hint: str) -> None:
        set_tool_tip(self.label, hint)
        for control in (self.control, *self.numbers()):
            if not control.toolTip():
                set_tool_tip(control, hint)
        if not self.control.accessibleName():
            own = self.control.text() if isinstance(self.control, QAbstractButton) else ""
            self.control.setAccessibleName(title or own)
        self.control.setAccessibleDescription(hint)


def _mark(widget: QWidget, refused: bool) -> None:
    """Set the property that the style sheet outlines."""
    if bool(widget.property("refused")) == refused:
        return
    widget.setProperty("refused", refused)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def discard(field: Field) -> None:
    """Take a field out of its form at once, so that its name is free, and delete it later.

    Later, because it may be its own button that asks for it.
    """
    for number in field.numbers():
        number.blockSignals(True)  # or text being typed would be entered on the way out
    field.hide()
    field.setParent(None)
    field.deleteLater()
