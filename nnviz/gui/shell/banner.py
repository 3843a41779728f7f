"""The banner a notice appears in: quiet, in the window, and gone when it is of no more use."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.look.icons import icon, icon_size, picture
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.shell.notices import Notice


class NoticeBanner(QFrame):
    """Shows the newest notice until it is closed, or `clear` says that it is past.

    Parameters
    ----------
    theme
        Ink of the icons.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self._details = ""
        self._mark = Label(parent=self)
        self._text = Label(parent=self)
        self._text.setObjectName("noticeText")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QPushButton(self.tr("Details…"), self)
        self._more.setObjectName("noticeDetails")
        set_tool_tip(self._more, self.tr("What a developer would want to know, ready to copy."))
        self._more.clicked.connect(self._show_details)
        self._close = QToolButton(self)
        self._close.setObjectName("noticeClose")
        self._close.setAutoRaise(True)
        set_tool_tip(self._close, self.tr("Close this notice"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        row.setSpacing(SPACE)
        row.addWidget(self._mark)
        row.addWidget(self._text)
        row.addWidget(self._more)
        row.addWidget(self._close)
        self.set_theme(theme)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._text.text()

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        ratio = self.devicePixelRatioF()
        size = icon_size().width()
        self._mark.setPixmap(picture("triangle-alert", theme.error, size, ratio))
        self._close.setIcon(icon("x", theme, theme.muted))
        self._close.setIconSize(QSize(14, 14))

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._details = notice.details
        self._text.setText(notice.sentence)
        self._more.setVisible(bool(notice.details))
        self.show()

    @Slot()
    def clear(self) -> None:
        """Show none."""
        self.hide()

    @Slot()
    def _show_details(self) -> None:
        dialog = DetailsDialog(self._text.text(), self._details, self)
        dialog.open()


class DetailsDialog(QDialog):
    """The sentence of a notice, its details below, and a button that copies both.

    Parameters
    ----------
    sentence, details
        Of the notice.
    """

    def __init__(self, sentence: str, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Details"))
        self.resize(640, 400)
        self._whole = f"{sentence}\n\n{details}"
        heading = Label(sentence, self)
        heading.setWordWrap(True)
        text = QPlainTextEdit(details, self)
        text.setObjectName("noticeTrace")
        text.setReadOnly(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("noticeCopy")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE + SPACE // 2)
        column.addWidget(heading)
        column.addWidget(text)
        column.addWidget(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._whole)
