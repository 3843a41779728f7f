"""What is dropped on the window: files, a folder, or cells of a table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.overrides import guarded

_KINDS = QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop


@guarded
class FileDrops(QObject):
    """Takes what is dropped anywhere on a window, but what its fields take themselves."""

    dropped = Signal(object)
    """Files of this machine, or text, which may be a table's: QMimeData."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what may be dropped, and take it."""
        if event.type() not in _KINDS or not isinstance(event, QDropEvent):
            return False
        given = event.mimeData()
        if not files_of(given) and (given.hasUrls() or not given.hasText()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # nothing is taken away where it was
        event.accept()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(given)
        return True


def files_of(data: QMimeData) -> list[Path]:
    """Return the files of this machine that are dragged or were copied."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
