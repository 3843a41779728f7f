"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nnviz.ending import Held
from nnviz.errors import DataError, StorageError

_DAY = 86_400.0


def write_whole(path: Path, pieces: Iterable[bytes], *, at_the_end: bool = False) -> None:
    """Write a file, or leave what was there as it was, whatever happens meanwhile.

    Parameters
    ----------
    path
        Of the file; where it is a link, the file it points to is replaced.
    pieces
        What is to be in it, one after the other.
    at_the_end
        Whether it is written also where the program has been asked to end meanwhile.

    Raises
    ------
    OSError
        If the folder is missing, may not be written, or has no room, or the file is protected.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    # Beside it, for a file can be moved in one step only within its own file system.
    part = target.with_name(f".nnviz-{secrets.token_hex(8)}.part")
    with Held() as held:
        try:
            with part.open("xb") as file:
                for piece in pieces:
                    if held.asked and not at_the_end:
                        return
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            with suppress(OSError):  # no file was there, or its file system knows no rights
                shutil.copymode(target, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def remove_left_parts(folder: Path) -> None:
    """Remove what processes left that were killed while they wrote a file there, a day ago."""
    for part in folder.glob(".nnviz-*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _DAY:
                part.unlink()


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file, whole or not at all; a `StorageError` says why it cannot be written."""
    with unwritten_told(path):
        write_whole(path, [content])


@contextmanager
def unwritten_told(path: Path) -> Iterator[None]:
    """Make a `StorageError` of what the system says when something cannot be written."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            "{file} could not be written: {reason}.",
            "Choose another folder, or make room in this one.",
            file=str(path),
            reason=(error.strerror or str(error)).rstrip("."),
        ) from error


@contextmanager
def unread_told(path: Path) -> Iterator[None]:
    """Make a `DataError` of what the system says when something cannot be read."""
    try:
        yield
    except OSError as error:
        raise unreadable(str(path), error) from error


def unreadable(name: str, error: OSError | ValueError) -> DataError:
    """Return the error for a file or folder that the system does not give; its name is cleaned."""
    return DataError(
        "“{name}” cannot be read: {reason}.",
        "Choose another one.",
        name="".join(filter(str.isprintable, name)),
        reason=getattr(error, "strerror", None) or str(error),
    )
