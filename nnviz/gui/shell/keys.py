"""Which keys go to the control that has the focus, before they are the window's shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QRadioButton,
    QTabBar,
    QWidget,
)

from nnviz.gui.overrides import guarded

_ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right})
_NEEDS: tuple[tuple[type[QWidget], frozenset[Qt.Key]], ...] = (
    (QCheckBox, frozenset({Qt.Key.Key_Space})),
    (QRadioButton, frozenset({Qt.Key.Key_Space, *_ARROWS})),
    (QComboBox, frozenset({Qt.Key.Key_Space})),
    (QAbstractItemView, frozenset({Qt.Key.Key_Space, *_ARROWS})),
    (QAbstractSlider, _ARROWS),
    (QTabBar, _ARROWS),
)
"""Text fields keep their keys by themselves. Buttons do not get Space, which trains, but Return."""

_Standard = QKeySequence.StandardKey
_RETURN = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@guarded
class FocusKeys(QObject):
    """Leaves Space, ← and → to controls that could not be used without them.

    It watches only the widget that has the focus: watching all events of the application would
    cost at every frame.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the keys the control needs; press a button on Return."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _needs(watched, Qt.Key(event.key())):
                event.accept()
                return True
            if _undoes_nothing(watched, event):
                event.ignore()  # a line edit takes Undo also where nothing was typed
                return True
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return _pressed(watched, Qt.Key(event.key()))
        return False

    @Slot(QWidget, QWidget)
    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = None
        if now is not None and self._window.isAncestorOf(now):
            self._watched = now
            now.installEventFilter(self)
            now.destroyed.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._watched = None


def _needs(widget: QObject, key: Qt.Key) -> bool:
    return any(isinstance(widget, kind) and key in keys for kind, keys in _NEEDS)


def _undoes_nothing(widget: QObject, event: QKeyEvent) -> bool:
    """Say whether a key would undo or redo typing where there is none to undo or redo."""
    line = widget if isinstance(widget, QLineEdit) else widget.findChild(QLineEdit)
    if line is None:
        return False
    undoes, redoes = event.matches(_Standard.Undo), event.matches(_Standard.Redo)
    return (undoes and not line.isUndoAvailable()) or (redoes and not line.isRedoAvailable())


def _pressed(widget: QObject, key: Qt.Key) -> bool:
    if key not in _RETURN or not isinstance(widget, QAbstractButton):
        return False
    widget.click()
    return True
