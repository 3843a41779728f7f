"""Notes when a window, and then its panels, can be seen; a bare window needs nothing of nnviz."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from nnviz.gui.frame import Frame
    from nnviz.gui.main_window import MainWindow
    from nnviz.gui.panel import Panel

_PAINTED = QEvent.Type(QEvent.registerEventType())


class PaintWatch(QObject):
    """Notes when the application has first painted a window, with all that is in it.

    Parameters
    ----------
    app
        Its window is not yet shown.
    """

    painted = Signal()

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__()
        self.checkpoint = 0.0
        self._app = app
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Post an event when painting begins: it arrives when everything has been painted."""
        if event.type() is QEvent.Type.Paint:
            self._app.removeEventFilter(self)
            QCoreApplication.postEvent(self, QEvent(_PAINTED))
        return False

    def event(self, event: QEvent) -> bool:
        """Note the moment."""
        if event.type() is not _PAINTED:
            return super().event(event)
        self.checkpoint = time.perf_counter()
        self.painted.emit()
        return True


class PanelsWatch(QObject):
    """Notes when every panel in sight has been painted with the first frame.

    Parameters
    ----------
    window
        Not yet shown.
    """

    painted = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.checkpoint = 0.0
        self._window = window
        self._owners: dict[QObject, str] = {}
        self._shown: set[str] = set()
        self._done: set[str] = set()
        self._frame_shown = False
        window.opened.connect(self._follow_panels)
        window.feed.frame_shown.connect(self._take_frame)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note which panels have been painted since they were shown the frame."""
        if event.type() is QEvent.Type.Paint:
            self._done |= {self._owners[watched]} & self._shown
            QCoreApplication.postEvent(self, QEvent(_PAINTED))
        return False

    def event(self, event: QEvent) -> bool:
        """Note the moment, where all is done."""
        if event.type() is not _PAINTED:
            return super().event(event)
        panels = self._window.panels.items()
        in_sight = {key for key, panel in panels if not panel.visibleRegion().isEmpty()}
        if self._frame_shown and in_sight <= self._done and not self.checkpoint:
            self.checkpoint = time.perf_counter()
            self.painted.emit()
        return True

    @Slot()
    def _follow_panels(self) -> None:
        for key, panel in self._window.panels.items():
            for part in (panel, *panel.findChildren(QWidget)):
                self._owners[part] = key
                part.installEventFilter(self)
            panel.show_frame = self._noting(panel)  # type: ignore[method-assign,assignment]

    def _noting(self, panel: Panel) -> Callable[[Frame], None]:
        show_frame = panel.show_frame

        def show(frame: Frame) -> None:
            self._shown.add(panel.key)
            show_frame(frame)

        return show

    @Slot(object)
    def _take_frame(self, frame: Frame) -> None:
        self._frame_shown = True
        QCoreApplication.postEvent(self, QEvent(_PAINTED))
