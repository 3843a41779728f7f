"""Garbage is collected in the window's thread only, while another thread runs Python.

Python's collector runs in whichever thread happens to allocate. In the worker's thread it would
destroy widgets and timers that belong to the window's, whose events then reach freed memory.
(Known since the first Qt bindings; the remedy is Kovid Goyal's, from calibre.)
"""

from __future__ import annotations

import gc
from typing import ClassVar
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500
"""Milliseconds between two looks at whether a collection is due."""


class GarbageCollector(QObject):
    """Takes Python's collector over from creation until `release`.

    Where several have it, the last gives it back: a window that another follows is closed after
    that has been made.
    """

    _in_charge: ClassVar[WeakSet[GarbageCollector]] = WeakSet()
    _was_enabled: ClassVar[bool]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not self._in_charge:
            GarbageCollector._was_enabled = gc.isenabled()
        self._in_charge.add(self)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start(INTERVAL)

    def settle(self) -> None:
        """Leave all there is now out of collections: looking through a whole window takes long."""
        gc.freeze()

    def release(self) -> None:
        """Give it back, once no other thread runs Python any more."""
        self._timer.stop()
        gc.unfreeze()
        self._in_charge.discard(self)
        if self._was_enabled and not self._in_charge:
            gc.enable()


def collect_if_due() -> None:
    """Collect the oldest generation that is over its threshold, as Python itself would."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if thresholds[generation] and counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return
