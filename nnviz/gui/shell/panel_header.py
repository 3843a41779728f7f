"""The slim line above a panel: its title at the left, small buttons at the right."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
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
class TabCorner(QFrame):
    """The buttons of a panel, at the right end of the tabs it shares its place with.

    It belongs to the window, as the dock does: Qt makes and deletes tabs as it likes, and nothing
    may go with them.

    Parameters
    ----------
    window
        Where the panel docks.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setObjectName("tabCorner")
        self._row = QVBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def hold(self, buttons: PanelButtons) -> None:
        """Show the buttons, also those that were shown in a header meanwhile."""
        self._row.addWidget(buttons)
        buttons.show()

    def stand(self, bar: QTabBar, room: QRect, buttons: PanelButtons) -> None:
        """Stand at the right end of the tabs, and have them give it up.

        Parameters
        ----------
        bar
            The tabs.
        room
            The panel below them, which is as wide as they could be.
        buttons
            What is held.
        """
        buttons.be_short(room.width() < _ROOMY)
        width = buttons.sizeHint().width()
        place = QRect(room.x() + room.width() - width, bar.y(), width, bar.height())
        self.setGeometry(place)
        self.show()
        self.raise_()
        bar.resize(max(place.x() - bar.x(), 0), bar.height())
