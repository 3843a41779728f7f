"""The slim line above a panel: its title at the left, small buttons at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.look.icons import icon
from nnviz.gui.look.style import small_font
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip

HEIGHT = 29
"""Of the line, and of the tabs that stand in its place."""

_BUTTON = 22
_ROOMY = 300


class PanelButtons(QWidget):
    """The small buttons of a panel.

    Parameters
    ----------
    key
        Key of the panel, for object names.
    theme
        Ink of the icons.
    movable
        Whether the panel can be taken off and closed, besides being saved as a picture.
    """

    save_clicked = Signal()
    float_clicked = Signal()
    close_clicked = Signal()

    def __init__(
        self, key: str, theme: Theme, movable: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._buttons: list[tuple[QToolButton, str]] = []
        self._float: QToolButton | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, SPACE // 2, 0)
        self._row.setSpacing(0)
        if key != "setup":
            save = self._add("save", "image-down", self.tr("Save this panel as a picture"))
            save.clicked.connect(self.save_clicked)
        if movable:
            loose = self._float = self._add(
                "float", "picture-in-picture-2", self.tr("Take off, or put back")
            )
            loose.clicked.connect(self.float_clicked)
            close = self._add("close", "x", self.tr("Close; the View menu brings it back"))
            close.clicked.connect(self.close_clicked)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        for button, drawing in self._buttons:
            button.setIcon(icon(drawing, theme, theme.muted))

    def be_short(self, short: bool) -> None:
        """Leave out what dragging the title does too, where titles need the room."""
        if self._float is not None:
            self._float.setHidden(short)

    def _add(self, name: str, drawing: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{name}-{self._key}")
        set_tool_tip(button, tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(_BUTTON, _BUTTON)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)
        self._buttons.append((button, drawing))
        return button


class PanelHeader(QFrame):
    """Title and buttons of a panel that does not share its place with others.

    Parameters
    ----------
    key, title
        Of the panel.
    buttons
        Its buttons.
    """

    def __init__(
        self, key: str, title: str, buttons: PanelButtons, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panelHeader")
        self.setFixedHeight(HEIGHT)
        self._title = Label(title, self)
        self._title.setObjectName("panelTitle")
        self._title.setFont(small_font())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE + SPACE // 2, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self._title)
        self._row.addStretch()
        self.hold(buttons)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)

    def hold(self, buttons: PanelButtons) -> None:
        """Show the buttons, also those that were shown with tabs meanwhile."""
        self._row.addWidget(buttons)
        buttons.be_short(False)
        buttons.show()


@guarded
class TabCorner(QObject):
    """The buttons of the panel in front, at the right end of the tabs it shares its place with.

    The tabs are made and moved by Qt, so this watches them: whenever they are given a place, they
    give up its right end.

    Parameters
    ----------
    bar
        The tabs.
    """

    def __init__(self, bar: QTabBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._box = QFrame(bar.parentWidget())
        self._box.setObjectName("tabCorner")
        self._row = QVBoxLayout(self._box)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._shown: PanelButtons | None = None
        bar.destroyed.connect(self._box.deleteLater)
        bar.installEventFilter(self)

    def show_buttons(self, buttons: PanelButtons) -> None:
        """Show the buttons of another panel."""
        if self._shown is not buttons:
            if self._shown is not None and self._shown.parent() is self._box:
                self._shown.hide()
            self._shown = buttons
            self._row.addWidget(buttons)
        buttons.be_short(False)
        buttons.show()
        self._make_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the tabs."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._make_room()
        elif event.type() is QEvent.Type.Hide:
            self._box.hide()
        return False

    def _make_room(self) -> None:
        if self._shown is None or self._shown.parent() is not self._box:
            return
        if not self._bar.isVisible():
            return
        left, right = self._bar.x(), self._bar.x() + self._bar.width()
        if self._box.isVisible() and self._box.x() == right:
            right += self._box.width()
        self._shown.be_short(right - left < _ROOMY)
        width = self._shown.sizeHint().width()
        self._box.setGeometry(right - width, self._bar.y(), width, self._bar.height())
        self._box.show()
        self._box.raise_()
        if self._bar.width() != right - width - left:
            self._bar.resize(right - width - left, self._bar.height())
