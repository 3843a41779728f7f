"""Something too large for the pipe, handed to another process."""

from __future__ import annotations

import pickle
from multiprocessing.shared_memory import SharedMemory


class Parcel:
    """An object in memory that two processes share.

    A pipe would make the sender wait until the other end reads; where that one waits, too, both
    would wait for ever.

    Parameters
    ----------
    content
        What can be pickled.
    """

    def __init__(self, content: object) -> None:
        data = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
        self._memory = SharedMemory(create=True, size=len(data))
        assert self._memory.buf is not None
        self._memory.buf[: len(data)] = data
        self.name = self._memory.name
        """By which the other process finds it."""

    def close(self) -> None:
        """Free the memory; the other process must have opened it, or it never will."""
        self._memory.close()
        self._memory.unlink()


def open_parcel(name: str) -> object:
    """Return what is in a parcel of another process."""
    memory = SharedMemory(name)
    try:
        assert memory.buf is not None
        return pickle.loads(memory.buf)
    finally:
        memory.close()
