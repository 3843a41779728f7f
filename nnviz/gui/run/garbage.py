"""Garbage is collected in the window's thread only, while another thread runs Python.

Python's collector runs in whichever thread happens to allocate. In the worker's thread it would
destroy widgets and timers that belong to the window's, whose events then reach freed memory.
(Known since the first Qt bindings; the remedy is Kovid Goyal's, from calibre.)
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL = 500
"""Milliseconds between two looks at whether a collection is due."""


class GarbageCollector(QObject):
    """Takes Python's collector over from creation until `release`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect_if_due)
        self._timer.start(INTERVAL)

    def settle(self) -> None:
        """Leave all there is now out of collections: looking through a whole window takes long."""
        gc.freeze()

    def release(self) -> None:
        """Give it back, once no other thread runs Python any more."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    @Slot()
    def _collect_if_due(self) -> None:
        """Collect the oldest generation that is over its threshold, as Python itself would."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
