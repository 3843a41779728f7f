"""Texts shown as they are: a name that looks like HTML, such as ``<b>x</b>``, is not taken for it.

Qt guesses whether the text of a label, a tool tip or a message is HTML, and what comes from a data
set or a file may look so. Hence labels, tool tips and questions are made here only.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import Qt as QtText  # the same namespace, with what QtGui knows of texts
from PySide6.QtWidgets import QLabel, QMessageBox, QToolTip, QWidget


class Label(QLabel):
    """A label whose text is never HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class _Tipped(Protocol):
    """A widget, an action or a line of a list."""

    def setToolTip(self, tip: str, /) -> None: ...


def literal(text: str) -> str:
    """Return what has Qt show a text as it is, in places where it guesses what it is."""
    if not QtText.mightBeRichText(text):
        return text
    return QtText.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)


def set_tool_tip(thing: _Tipped, text: str) -> None:
    """Have a thing explain itself by a text when the pointer rests on it."""
    thing.setToolTip(literal(text))


def show_tool_tip(at: QPoint, text: str, widget: QWidget) -> None:
    """Show a text at a point of the screen while the pointer stays in the widget; "" hides it."""
    QToolTip.showText(at, literal(text), widget)


def confirmed(parent: QWidget, title: str, question: str) -> bool:
    """Ask a question; return whether the answer is yes."""
    answer = QMessageBox.question(parent, title, literal(question))
    return answer == QMessageBox.StandardButton.Yes
