"""Buttons: an icon, a word in the row above a picture, and several words of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon, icon_size
from nnviz.gui.look.style import FIELD_HEIGHT, em, small_font
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.choice_box import Entry, ViewChoice

_AIR, _EDGES, _LIST = 4, 6, 32
"""Pixels at either side of the text, where there is room; those it needs, both sides together; and
those of a list, with its arrow."""


@guarded
class IconButton(QToolButton):
    """A tool button without words; its width and its icon's side are in heights of a line.

    It takes the focus when clicked, so that a number being typed elsewhere is entered first.
    """

    def __init__(
        self,
        icon_name: str,
        text: str,
        tip: str,
        parent: QWidget | None = None,
        width: float = 1.5,
        icon_side: float = 0.9,
    ) -> None:
        super().__init__(parent)
        self.setIcon(icon(icon_name, "muted"))
        self.setProperty("bare", True)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedSize(em(self, width), em(self, FIELD_HEIGHT))
        side = em(self, icon_side)
        self.setIconSize(QSize(side, side))

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than the icon."""
        return self.iconSize()


def action_button(action: QAction, parent: QWidget) -> QToolButton:
    """Return a tool button for an action of the window, called after it."""
    button = QToolButton(parent)
    button.setObjectName(action.objectName().replace("action-", "button-"))
    button.setDefaultAction(action)
    button.setIconSize(QSize(icon_size()))
    return button


@guarded
class SmallButton(QToolButton):
    """A button with a word on it, as high as a line of small text, outlined or not."""

    stays = False
    """Whether it stays pressed until it is pressed again."""

    def __init__(
        self, text: str, tip: str, parent: QWidget | None = None, outlined: bool = True
    ) -> None:
        super().__init__(parent)
        self.setFont(small_font())
        self.setText(text)
        self.setAccessibleName(text)
        set_tool_tip(self, tip)
        self.setCheckable(self.stays)
        self.setProperty("small", True)
        self.setProperty("outlined", outlined)
        self.setFixedHeight(self.fontMetrics().height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return room for the text and some air around it."""
        return super().sizeHint() + QSize(2 * _AIR, 0)

    def minimumSizeHint(self) -> QSize:
        """Return room for the text alone: of ten layers all can be chosen where it is narrow."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(text + _EDGES, super().sizeHint().height())


class ToggleButton(SmallButton):
    """A small button that stays pressed."""

    stays = True


@guarded
class SegmentedControl(QWidget):
    """Toggle buttons called ``name-0``, ``name-1``, … of which one is pressed.

    Whoever knows how much room there is has it `fit`: a list stands for buttons that have too
    little.
    """

    chosen = Signal(int)
    """The person chose: the position of the choice."""

    def __init__(self, name: str, parent: QWidget | None = None, outlined: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._outlined = outlined
        self._row = filled(QHBoxLayout(self), spacing=1)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._room: int | None = None
        self._list = ViewChoice(f"{name}-list", "", self)
        self._list.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._list.hide()
        self._list.chosen.connect(self._on_listed)
        self._row.addWidget(self._list)

    @property
    def current(self) -> int:
        """Position of the choice, -1 before there is any."""
        return self._group.checkedId()

    def fill(self, choices: Sequence[tuple[str, str]], current: int = 0) -> None:
        """Offer choices, each a short text and a tool tip, in place of those before."""
        buttons = self._group.buttons()  # they stay: a new one is styled when it is shown
        for old in buttons[len(choices) :]:
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        for position, (text, tip) in enumerate(choices):
            if position < len(buttons):
                buttons[position].setText(text)
                set_tool_tip(buttons[position], tip)
            else:
                self._add(text, tip, position)
            self._group.button(position).setAccessibleName(tip)
        self._list.fill(Entry(str(i), *choice) for i, choice in enumerate(choices))
        self._list.setAccessibleName(self.accessibleName())
        width_of = self._list.fontMetrics().horizontalAdvance
        self._list.setFixedWidth(_LIST + max((width_of(text) for text, _ in choices), default=0))
        self.choose(current)
        self._show_parts()

    def _add(self, text: str, tip: str, position: int) -> None:
        button = ToggleButton(text, tip, self, self._outlined)
        button.setObjectName(f"{self.objectName()}-{position}")
        self._group.addButton(button, position)
        self._row.addWidget(button)
        button.show()  # the layout would only do so later, and count no room for it until then

    def fits(self, room: int) -> bool:
        """Return whether so many pixels are enough for all words."""
        buttons = self._group.buttons()
        return sum(button.minimumSizeHint().width() + 1 for button in buttons) <= room

    def fit(self, room: int) -> None:
        """Take up no more than so many pixels."""
        if room != self._room:
            self._room = room
            self._show_parts()

    def _show_parts(self) -> None:
        listed = self._room is not None and not self.fits(self._room)
        if self._room is not None:
            self.setMaximumWidth(max(self._room, self._list.maximumWidth()))
        self._list.setVisible(listed)
        for button in self._group.buttons():
            button.setVisible(not listed)

    def minimumSizeHint(self) -> QSize:
        """Return room for the list, if that may stand for the buttons."""
        least = super().minimumSizeHint()
        if self._room is not None:
            least.setWidth(min(least.width(), self._list.minimumSizeHint().width()))
        return least

    @Slot(str)
    def _on_listed(self, name: str) -> None:
        self.choose(int(name))
        self.chosen.emit(int(name))

    def choose(self, position: int) -> None:
        """Select a choice; nothing is signalled."""
        self._list.show_value(str(position))
        button = self._group.button(position)
        if button is not None:
            button.setChecked(True)
