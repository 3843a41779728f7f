"""What is dropped on the window: a file, a folder, or cells of a table."""

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
    """One file or folder: Path."""

    cells_dropped = Signal(object)
    """Text, which may be a table's: QMimeData."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what may be dropped, and take it."""
        if event.type() not in _KINDS or not isinstance(event, QDropEvent):
            return False
        given = event.mimeData()
        path = file_of(given)
        if path is None and (given.hasUrls() or not given.hasText()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # nothing is taken away where it was
        event.accept()
        if event.type() is QEvent.Type.Drop and path is not None:
            self.dropped.emit(path)
        elif event.type() is QEvent.Type.Drop:
            self.cells_dropped.emit(given)
        return True


def file_of(data: QMimeData) -> Path | None:
    """Return the one file of this machine that is dragged or was copied."""
    urls = data.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
