"""One line of a form: a label, its control, and beneath them what is wrong, if anything."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em, mark
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.text_labels import WrappedLabel, small

LABEL_WIDTH = 6.0
"""Heights of a line of text that a label beside its control is wide."""


def object_name(path: str) -> str:
    """Return the object name of a control from the path of its setting."""
    return path.replace(".", "-").replace("_", "-")


class Field(QWidget):
    """A labelled control that can be refused.

    Its path is the one that `InvalidChoiceError.field` names. Title and hint, what the setting does
    to learning, are translated; the title is "" when the control bears its own. The label is beside
    the control, so many heights of a line wide, or where they are stacked above it.
    """

    def __init__(
        self,
        path: str,
        title: str,
        control: QWidget,
        hint: str,
        stacked: bool = False,
        label_width: float = LABEL_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        name = object_name(path)
        self.path = path
        self.control = control
        self.parts: dict[str, QWidget] = {}
        """Of a field that holds several settings, the controls by the last piece of a path."""
        self._hint = hint
        self._from_outside = False
        self.label = Label(title, self)
        self.detail = small(Label("", self))
        for label, text in ((self.label, title), (self.detail, "")):
            if not text:
                label.hide()
        self.error = WrappedLabel("error", self)
        control.setObjectName(name)
        named = {"field": self, "detail": self.detail, "message": self.error}
        for part, widget in named.items():
            widget.setObjectName(f"{name}-{part}")
        self._lay_out(title, stacked)
        for label in () if stacked else (self.label, self.detail):
            label.setFixedWidth(em(self, label_width))
            label.setWordWrap(True)
        self._describe(title)
        for number in self.numbers():
            number.refused.connect(self.show_message)

    def numbers(self) -> list[NumberField]:
        """Return the number fields of the control."""
        own = [self.control] if isinstance(self.control, NumberField) else []
        return own + self.control.findChildren(NumberField)

    def show_detail(self, text: str) -> None:
        """Write something small below the label; "" takes it away."""
        self.detail.setText(text)
        self.detail.setVisible(bool(text))

    def discard(self) -> None:
        """Leave the form at once, so that the name is free; delete it later.

        Later, because it may be its own button that asks for it.
        """
        for number in self.numbers():
            number.blockSignals(True)  # or text being typed would be entered on the way out
        self.hide()
        self.setParent(None)
        self.deleteLater()

    # -------------------------------------------------------------------------------- refusing

    @property
    def message(self) -> str:
        """The sentence shown beneath, or ""."""
        return self.error.text()

    def keep_text(self) -> None:
        """Let what stands in the number fields stand, to be put right."""
        for number in self.numbers():
            number.keep_text()

    def refuse(self, sentence: str, path: str = "") -> None:
        """Say why what stands here was refused; of several settings, which is at fault."""
        self.show_message(sentence)
        self._from_outside = True
        only = self.parts.get(path.rpartition(".")[2])
        if only is not None:
            self._outline(False)
            mark(only, "refused", True)

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
        self.error.set_message(sentence)
        self.control.setAccessibleDescription(sentence or self._hint)
        self._outline(bool(sentence))
        if sentence:
            from PySide6.QtGui import QAccessible, QAccessibleEvent  # of many enumerations

            QAccessible.updateAccessibility(QAccessibleEvent(self.control, QAccessible.Event.Alert))

    def _outline(self, refused: bool) -> None:
        for widget in (self.control, *self.control.findChildren(QWidget)):
            mark(widget, "refused", refused)

    # ---------------------------------------------------------------------------------- building

    def _lay_out(self, title: str, stacked: bool) -> None:
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        line = QBoxLayout(way)
        line.setSpacing(SPACE // 2 if stacked else 0)
        if title:
            self.label.setBuddy(self.control)
            line.addLayout(filled(QVBoxLayout(), None, self.label, self.detail, None))
        line.addWidget(self.control, 1)
        filled(QVBoxLayout(self), line, self.error, spacing=SPACE // 2)

    def _describe(self, title: str) -> None:
        set_tool_tip(self.label, self._hint)
        for control in (self.control, *self.numbers()):
            if not control.toolTip():
                set_tool_tip(control, self._hint)
        if not self.control.accessibleName():
            own = self.control.text() if isinstance(self.control, QAbstractButton) else ""
            self.control.setAccessibleName(title or own)
        self.control.setAccessibleDescription(self._hint)
