"""Files dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.overrides import guarded


@guarded
class FileDrops(QObject):
    """Takes a file that is dropped anywhere on a window."""

    dropped = Signal(object)
    """One file: Path."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept a drag that has a file, and take it where it is dropped."""
        if isinstance(event, QDropEvent) and (path := _file_of(event.mimeData())) is not None:
            if event.type() is QEvent.Type.DragEnter:
                event.acceptProposedAction()
                return True
            if event.type() is QEvent.Type.Drop:
                event.acceptProposedAction()
                self.dropped.emit(path)
                return True
        return super().eventFilter(watched, event)


def _file_of(data: QMimeData) -> Path | None:
    """Return the one file of this machine that is dragged."""
    urls = data.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
