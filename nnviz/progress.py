"""A progress bar for a person at a terminal; silent where nobody watches."""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import TextIO

from nnviz.training.records import EpochRecord

_EVERY = 0.1
"""Seconds between two drawings: the eye wants no more, and training goes on meanwhile."""

_CLEAR_LINE = "\r\x1b[K"


class ProgressBar:
    """One line that is redrawn in place, and wiped when the work is over or interrupted.

    Parameters
    ----------
    total
        How many epochs, or whatever is counted, there will be.
    stream
        Where it is drawn, if that is a terminal.
    """

    def __init__(self, total: int, stream: TextIO) -> None:
        self.visible = stream.isatty()
        self._total = total
        self._stream = stream
        self._began = self._drawn = time.monotonic()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.visible:
            self._stream.write(_CLEAR_LINE)
            self._stream.flush()

    def show(self, record: EpochRecord) -> None:
        """Take note of an epoch; draw if the last drawing is old enough."""
        now = time.monotonic()
        if now - self._drawn < _EVERY:
            return
        speed = record.epoch / (now - self._began)
        self.draw(
            record.epoch,
            f" {record.epoch:,} of {self._total:,} epochs"
            f"  loss {record.train_loss:.4g}  {speed:,.0f}/s",
        )

    def draw(self, done: int, tail: str) -> None:
        """Draw so much of the bar, and what stands behind it."""
        self._drawn = time.monotonic()
        room = max(shutil.get_terminal_size().columns - len(tail) - 3, 0)
        self._stream.write(f"{_CLEAR_LINE}{self._bar(done, min(room, 40))}{tail}")
        self._stream.flush()

    def _bar(self, epoch: int, width: int) -> str:
        done = round(width * min(epoch / self._total, 1.0))
        return f"[{'#' * done}{'.' * (width - done)}]"
