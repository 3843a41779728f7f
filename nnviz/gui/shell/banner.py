"""The banner a notice appears in: quiet, in the window, and gone when it is of no more use."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import mark
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.shell.notices import Notice
from nnviz.gui.widgets.buttons import IconButton
from nnviz.gui.widgets.text_labels import IconLabel, TwoLineLabel


@guarded
class NoticeBanner(QFrame):
    """Shows the newest notice until it is closed, or `clear` says that it is past."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self._notice = Notice("")
        self._mark = IconLabel(parent=self)
        self._text = TwoLineLabel(self)
        self._text.setObjectName("noticeText")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QPushButton(self.tr("Details…"), self)
        self._more.setObjectName("noticeDetails")
        set_tool_tip(self._more, self.tr("What a developer would want to know, ready to copy."))
        self._more.clicked.connect(self._show_details)
        self._offer = QToolButton(self)
        self._offer.setObjectName("noticeOffer")
        self._offer.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        tip = self.tr("Close this notice")
        close = IconButton("x", tip, tip, self)
        close.setObjectName("noticeClose")
        close.clicked.connect(self.clear)
        parts = (self._mark, self._text, self._offer, self._more, close)
        margins = (SPACE + SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        filled(QHBoxLayout(self), *parts, margins=margins, spacing=SPACE)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._text.whole

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._notice = notice
        self._text.set_message(notice.sentence)
        self._more.setVisible(bool(notice.details))
        self._offer.setVisible(notice.offer is not None)
        mark(self, "offers", notice.offer is not None or notice.good)
        drawing = ("info", "accent") if notice.good else ("triangle-alert", "error")
        if notice.offer is not None:
            self._offer.setDefaultAction(notice.offer)
            drawing = "history", "accent"
        self._mark.show_icon(*drawing)
        self.show()

    @Slot()
    def clear(self) -> None:
        """Show none."""
        self.hide()

    @Slot()
    def _show_details(self) -> None:
        """Show the details below the sentence, with a button that copies both."""
        heading = Label(self.sentence)
        heading.setWordWrap(True)
        text = QPlainTextEdit(self._notice.details)
        text.setObjectName("noticeTrace")
        text.setReadOnly(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        dialog = ReadingDialog("noticeDialog", self.tr("Details"), [heading, text], self)
        copy = dialog.buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("noticeCopy")
        copy.clicked.connect(self._copy)
        dialog.resize(640, 400)
        dialog.open()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n\n{self._notice.details}")
