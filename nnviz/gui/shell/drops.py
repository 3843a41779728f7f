"""What is dropped on the window: a file, a folder, or cells of a table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.overrides import guarded

_KINDS = QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop


@guarded
class Drops(QObject):
    """Hands on what is dropped anywhere in a window, but what its fields take themselves."""

    def __init__(self, window: QWidget, take: Callable[[QMimeData], None]) -> None:
        super().__init__(window)
        self._take = take
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what may be dropped, and take it."""
        if event.type() not in _KINDS or not isinstance(event, QDropEvent):
            return False
        given = event.mimeData()
        if not (given.hasUrls() or given.hasText()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # nothing is taken away where it was
        event.accept()
        if event.type() is QEvent.Type.Drop:
            self._take(given)
        return True
