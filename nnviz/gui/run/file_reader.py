"""A person's files are looked at in a process of its own, while the window goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Union

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.errors import NnvizError, ProcessError
from nnviz.gui.slices import Slices, Work
from nnviz.training.messages import Progress, unpack
from nnviz.training.pool import Pool

if TYPE_CHECKING:  # bring the readers of files, which are not needed to begin with
    from nnviz.datasets.own.proposed import Proposal, Unread
    from nnviz.training.own_reading import ReadRequest

_LONGEST_WAIT = 0.05
"""Seconds until the next look at how far it has come."""

Found = Union["Proposal", "Unread"]
Take = Callable[["Found | NnvizError"], None]


class FileReader(QObject):
    """Looks at one file at a time; what is asked for later takes the place of what was before.

    What has been read is kept, so that the data set can be opened without reading it once more.
    """

    advanced = Signal(int)
    """Percent that are read."""

    ended = Signal()
    """Nothing is being read any more: it was found, refused or no longer wanted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Pool(1)
        self._thread: ThreadPoolExecutor | None = None
        self._work: Work | None = None
        self._take: Take | None = None
        self._found: Found | None = None

    def ask(self, wanted: ReadRequest, take: Take) -> None:
        """Have a file looked at, and `take` called with what was found, or why it was not."""
        if self._work is None or self._thread is None:
            self._thread = ThreadPoolExecutor(1, "files")
            self._work = Work(self, self._thread)
            self._work.advanced.connect(self.advanced)
            self._work.ended.connect(self.ended)
            self._work.done.connect(self._finish)
            self._work.failed.connect(self._fail)
        self._work.cancel()
        self._take = take
        self._work.start(self._looking(wanted, self._thread))

    @Slot()
    def cancel(self) -> None:
        """Want nothing any more; a process under way is ended."""
        if self._work is not None:
            self._work.cancel()

    @Slot()
    def close(self) -> None:
        """Let process and thread end; both are there again when something is asked for."""
        self.cancel()
        if self._thread is not None:
            self._renew(self._thread)
            self._thread.shutdown(wait=False)
            self._thread = self._work = None

    @Slot()
    def _finish(self) -> None:
        if self._take is not None and self._found is not None:
            self._take(self._found)

    @Slot(object)
    def _fail(self, error: NnvizError) -> None:
        if self._take is not None:
            self._take(error)

    def _looking(self, wanted: ReadRequest, thread: ThreadPoolExecutor) -> Slices[str]:
        from nnviz.datasets.own.build import keep_loaded
        from nnviz.datasets.own.proposed import Proposal, Unread
        from nnviz.training.own_reading import read_aside

        progress = Progress()
        future: Future[str] | None = None
        try:
            future = self._pool.submit(read_aside, (wanted, progress.name))
            while not future.done():
                yield progress.steps[0]
                yield partial(wait, [future], _LONGEST_WAIT)
            read = yield partial(unpack, future.result())
        except BrokenExecutor as error:
            self._renew(thread)
            raise ProcessError(
                "The process that reads “{name}” ended unexpectedly; the system may be short of"
                " memory.",
                "Close other programs, or take a part of the file.",
                name=wanted.path.name,
            ) from error
        finally:
            if future is not None and not future.done():
                self._renew(thread)
            progress.close()
        if isinstance(read, tuple):
            read, dataset = read
            keep_loaded(read.data, replace(dataset))  # whose arrays nobody may write
        assert isinstance(read, (Proposal, Unread))
        self._found = read
        return ""

    def _renew(self, thread: ThreadPoolExecutor) -> None:
        """End the process; it may take a moment to notice, for which the window does not wait."""
        before, self._pool = self._pool, Pool(1)
        thread.submit(before.close)
