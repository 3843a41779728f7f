"""A list to choose one name from; what cannot be chosen says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QPalette, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from nnviz.errors import InvalidChoiceError
from nnviz.gui.look.style import FIELD_HEIGHT, em, small_font
from nnviz.gui.look.texts import message
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip

_NAME = Qt.ItemDataRole.UserRole
_HINT = _NAME + 1
_TEXT_LEFT, _ARROW_WIDTH, _NARROW = 8, 18, 30
"""Pixels left of a title, of the arrow, and beside both up to which the arrow may give way."""


_LEAST = 3
"""Width of a list beside a picture, where there is little, in heights of a line."""


@dataclass(frozen=True)
class Entry:
    """One line of a list: what is saved, and what is shown, translated; a hint as tool tip."""

    name: str
    title: str
    hint: str = ""


@guarded
class ChoiceBox(QComboBox):
    """A combo box that knows names, not indices, and leaves the wheel to the panel."""

    chosen = Signal(str)
    """The person chose another name."""

    def __init__(self, entries: Iterable[Entry] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._hint = ""
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(1)
        self.setFixedHeight(em(self, FIELD_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(30)
        # The usual delegate of combo boxes paints the chosen line past the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.activated.connect(self._emit)
        self.fill(entries)

    @property
    def name(self) -> str:
        """The name last shown."""
        return self._name

    def names(self) -> list[str]:
        """Return all names, headings left out."""
        items = (self._items.item(row) for row in range(self._items.rowCount()))
        return [item.data(_NAME) for item in items if item.data(_NAME) is not None]

    def fill(self, entries: Iterable[Entry]) -> None:
        """Replace all lines."""
        self._items.clear()
        for entry in entries:
            self.add(entry)

    def add_heading(self, title: str) -> None:
        """Append a line that cannot be chosen and names those below it."""
        heading = QStandardItem(title)
        heading.setEnabled(False)
        heading.setFont(small_font())
        self._items.appendRow(heading)

    def add(self, entry: Entry) -> None:
        """Append a line."""
        item = QStandardItem(entry.title)
        item.setData(entry.name, _NAME)
        item.setData(entry.hint, _HINT)
        set_tool_tip(item, entry.hint)
        self._items.appendRow(item)

    def item(self, name: str) -> QStandardItem:
        """Return the line of a name.

        Raises
        ------
        KeyError
            If there is none.
        """
        index = self.findData(name)
        if index < 0:
            raise KeyError(name)
        return self._items.item(index)

    def show_value(self, name: str) -> None:
        """Show a name as chosen; nothing is emitted."""
        self._name = name
        self.setCurrentIndex(self.findData(name))
        self._show_hint()

    def show_offers(self, offers: Mapping[str, InvalidChoiceError | None]) -> None:
        """Disable what is refused; its tooltip is then the reason."""
        for name, refusal in offers.items():
            item = self.item(name)
            item.setEnabled(refusal is None)
            set_tool_tip(item, message(refusal) if refusal else item.data(_HINT))

    def set_hint(self, hint: str) -> None:
        """Set what the tooltip says before the chosen line's own hint."""
        self._hint = hint
        self._show_hint()

    def showPopup(self) -> None:
        """Open the list, wide enough for its titles though the box may be narrow."""
        view = self.view()
        bar = view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(view.sizeHintForColumn(0) + bar + 16)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the title up to the arrow, with an ellipsis where it is too long.

        Qt's own label stops early and cuts letters, which a narrow column cannot afford.
        """
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter, place = QStylePainter(self), self.rect().adjusted(_TEXT_LEFT, 0, -_ARROW_WIDTH, 0)
        if self.fontMetrics().horizontalAdvance(self.currentText()) > place.width() < _NARROW:
            option.subControls &= ~QStyle.SubControl.SC_ComboBoxArrow
            place = self.rect().adjusted(_TEXT_LEFT, 0, 0, 0)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        title = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel: a list under the pointer must not change in passing."""
        event.ignore()

    @Slot(int)
    def _emit(self, index: int) -> None:
        name = self.itemData(index)
        if name is not None and name != self._name:
            self.chosen.emit(name)

    def _show_hint(self) -> None:
        index = self.currentIndex()
        own = self.itemData(index, _HINT) if index >= 0 else ""
        lines = (self.currentText() if own else "", own or "", self._hint)
        set_tool_tip(self, "\n".join(line for line in lines if line))


@guarded
class ViewChoice(ChoiceBox):
    """A small list beside a picture. It shows at once what is chosen: nobody refuses it.

    Its width is in heights of a line, 0 for as much as there is; it gives way where there is less.
    """

    _wide = 0

    def __init__(
        self, name: str, title: str, parent: QWidget, width: float = 0.0, tip: str = ""
    ) -> None:
        super().__init__(parent=parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.set_hint(tip or title)
        if width:
            self._wide = em(self, width)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            self.setMinimumWidth(min(em(self, _LEAST), self._wide))
            self.setMaximumWidth(self._wide)
        self.setFont(small_font())
        self.setFixedHeight(self.fontMetrics().height() + 4)  # as small buttons
        self.chosen.connect(self.show_value)

    def sizeHint(self) -> QSize:
        """Ask for the width that is meant."""
        size = super().sizeHint()
        return QSize(self._wide, size.height()) if self._wide else size

    def offer(self, titles: Mapping[str, str], otherwise: str = "") -> None:
        """Offer names with their titles, and keep the chosen one if it is among them."""
        self.fill(Entry(*each) for each in titles.items())
        self.show_value(self.name if self.name in titles else otherwise)
