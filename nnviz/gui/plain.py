"""Texts shown as they are: a name that looks like HTML, such as ``<b>x</b>``, is not taken for it.

Qt guesses whether the text of a label, a tool tip or a message is HTML, and what comes from a data
set or a file may look so. Hence labels, tool tips and Qt's small dialogs are made here only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import Qt as QtText  # the same namespace, with what QtGui knows of texts
from PySide6.QtWidgets import (
    QInputDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QProgressDialog,
    QToolTip,
    QWhatsThis,
    QWidget,
)

_SOON = 400
"""Milliseconds that something may take before its progress is shown."""


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


@dataclass(frozen=True)
class HelpEntry:
    """A heading, sentences, and a picture below them: where it is, its width and height; or ""."""

    title: str
    text: str
    picture: str = ""
    width: int = 0
    height: int = 0


def show_explanations(at: QPoint, parts: Sequence[HelpEntry], widget: QWidget) -> None:
    """Show explanations at a point of the screen until the person presses something."""
    pages = []
    for part in parts:
        source = escape(part.picture)
        size = f'width="{part.width}" height="{part.height}"'
        picture = f'<p><img src="{source}" {size}></p>' if source else ""
        pages.append(f"<b>{escape(part.title)}</b><p>{escape(part.text)}</p>{picture}")
    QWhatsThis.showText(at, "<hr>".join(pages), widget)


def let_point() -> None:
    """Have the next click ask for an explanation (``QEvent.WhatsThis``) of what it meets."""
    QWhatsThis.enterWhatsThisMode()


def confirmed(parent: QWidget, title: str, question: str) -> bool:
    """Ask a question; return whether the answer is yes."""
    answer = QMessageBox.question(parent, title, literal(question))
    return answer == QMessageBox.StandardButton.Yes


def text_dialog(parent: QWidget, name: str, title: str, label: str, text: str) -> QInputDialog:
    """Return a dialog, still closed, that asks for a line of text and offers one."""
    dialog = QInputDialog(parent)
    dialog.setObjectName(name)
    dialog.setWindowTitle(title)
    dialog.setLabelText(literal(label))
    dialog.setTextValue(text)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def progress_dialog(parent: QWidget, name: str, label: str, cancel: str) -> QProgressDialog:
    """Return a dialog that shows itself where something takes long."""
    dialog = QProgressDialog(literal(label), cancel, 0, 0, parent)
    dialog.setObjectName(name)
    bar = QProgressBar(dialog)
    bar.setTextVisible(False)  # for bars are thinner than a line of text
    dialog.setBar(bar)
    dialog.setMinimumDuration(_SOON)
    dialog.setValue(0)  # which starts the clock
    return dialog
