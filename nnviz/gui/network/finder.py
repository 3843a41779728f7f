"""The field in which a neuron is looked for, and the menu of layers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QMenu, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.buttons import CornerButton
from nnviz.gui.overrides import guarded

_FIND = -2


@guarded
class Finder(QLineEdit):
    """A small field: "Hidden 1, 37" and Return find a neuron, "Hidden 1" a layer.

    Parameters
    ----------
    parent
        Qt parent.
    """

    asked = Signal(str)
    """What is looked for."""

    wondered = Signal(str)
    """This has been typed so far: time to `offer` what it may mean."""

    ended = Signal()
    """The field is left for another."""

    left = Signal()
    """Escape: the person is done with looking."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(8)
        completer.activated.connect(self.asked)
        self.textEdited.connect(self.wondered)
        self.setCompleter(completer)
        # Qt makes the list without a parent, and so without the window's style sheet.
        popup = completer.popup()
        assert popup is not None
        popup.setParent(self, Qt.WindowType.Popup)
        self.setClearButtonEnabled(True)
        self.returnPressed.connect(self._ask)

    def offer(self, texts: Sequence[str]) -> None:
        """Take what can be chosen from."""
        self._model.setStringList(list(texts))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let typing replace what was looked for last, but nothing that is being typed."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was looked for, unless only the list of what can be chosen has opened."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.clear()
            self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keys back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _ask(self) -> None:
        if self.text().strip():
            self.asked.emit(self.text())


class LayersButton(CornerButton):
    """Opens a menu of the layers, to look at one of them alone.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    chosen = Signal(int)
    """A layer, the inputs being 0; −1 for the whole network."""

    find_wanted = Signal()
    """The person wants to look for a neuron."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__("layers", theme, parent)
        self.menu = QMenu(self)
        self.menu.setObjectName("network-layers-menu")
        self.menu.triggered.connect(self._choose)

    def open_menu(self, titles: Sequence[str]) -> None:
        """Offer layers of these names, the inputs first."""
        self.menu.clear()
        self._add(-1, self.tr("Whole network"), "0")
        for layer, title in enumerate(titles):
            self._add(layer, title, str(layer) if 1 <= layer <= 9 else "")
        self.menu.addSeparator()
        self._add(_FIND, self.tr("Find a neuron…"), "Ctrl+F")
        room = self.menu.sizeHint()
        self.menu.popup(self.mapToGlobal(QPoint(self.width() - room.width(), -room.height())))

    def _add(self, layer: int, title: str, key: str) -> None:
        # What follows a tab stands at the right: the key that does the same in the picture.
        action = self.menu.addAction(f"{title}\t{key}" if key else title)
        names = {_FIND: "network-layer-find", -1: "network-layer-all"}
        action.setObjectName(names.get(layer, f"network-layer-{layer}"))
        action.setData(layer)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data() == _FIND:
            self.find_wanted.emit()
        else:
            self.chosen.emit(action.data())
