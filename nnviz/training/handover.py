"""What another process has made is handed over without a copy: large arrays stay where they are."""

from __future__ import annotations

import mmap
import os
import pickle
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

_ALIGNED = 64
"""Bytes: where an array begins NumPy calculates fastest."""

_COUNT = struct.Struct("<q")


class Handover:
    """A private file for one object, which may be as large as it will.

    It has a name only until the other process begins to write it, so that nothing is left behind
    by whoever is ended meanwhile.

    Raises
    ------
    OSError
        If there is no file to be had.
    """

    def __init__(self) -> None:
        self._handle, self.name = tempfile.mkstemp(prefix="nnviz-")

    def receive(self) -> object:
        """Return what was given. Its arrays are views of the file, and cannot be written to."""
        # It is mapped as long as there is an array on it.
        view = memoryview(mmap.mmap(self._handle, 0, access=mmap.ACCESS_READ))
        (count,) = _COUNT.unpack_from(view)
        sizes = struct.unpack_from(f"<{count}q", view, _COUNT.size)
        start, parts = _aligned((1 + count) * _COUNT.size), []
        for size in sizes:
            parts.append(view[start : start + size])
            start = _aligned(start + size)
        return pickle.loads(parts[0], buffers=parts[1:])

    def close(self) -> None:
        """Let go of the file; what was received stays."""
        os.close(self._handle)
        _remove(self.name)


def give(content: object, name: str) -> None:
    """Write an object that can be pickled into the file another process has made for it.

    Raises
    ------
    OSError
        If there is no room.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(content, 5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    with Path(name).open("r+b") as file:
        _remove(name)
        file.write(struct.pack(f"<{1 + len(parts)}q", len(parts), *map(len, parts)))
        for part in parts:
            file.seek(_aligned(file.tell()))
            file.write(part)


def _aligned(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _remove(name: str) -> None:
    # Where open files cannot be removed, the last one who has it does.
    with suppress(FileNotFoundError, PermissionError):
        Path(name).unlink()
