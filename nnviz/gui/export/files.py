"""Names and bytes of exported files; every failure a sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from nnviz.errors import NnvizError
from nnviz.files import write_whole
from nnviz.gui.export.options import KINDS
from nnviz.training.history import History, column_names
from nnviz.training.problem import Problem

_PICTURES = {".bmp", ".eps", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".svg", ".tif", ".webp"}
_TABLES = {".csv", ".json", ".npz", ".ods", ".parquet", ".tsv", ".xls", ".xlsx"}
_KNOWN = _PICTURES | _TABLES | {".tiff", ".ico"}
"""Endings that promise a certain kind of file; all others are part of a name."""

_LONGEST = 80
"""Characters of a folder's name, of four bytes perhaps each: systems take 255 bytes."""


class ExportError(NnvizError):
    """A picture or table that cannot be written."""


def picture_path(name: str | Path, kinds: Sequence[str] = KINDS) -> Path:
    """Return the path, with the first kind's ending where there is none; refuse other kinds."""
    sentence = "Pictures are saved as PNG, SVG or PDF, not {ending}."
    if len(kinds) == 1:
        sentence = "The window is saved as PNG, not {ending}."
    return _with_ending(name, [f".{kind}" for kind in kinds], sentence)


def table_path(name: str | Path) -> Path:
    """Return the path with ``.csv``, as `picture_path` does."""
    return _with_ending(name, [".csv"], "Tables are saved as CSV, not {ending}.")


def _with_ending(name: str | Path, endings: Sequence[str], sentence: str) -> Path:
    text = str(name).strip()
    path = Path(text).expanduser()
    if not path.name or text.endswith(("/", "\\")):
        raise ExportError("The file has no name.", "Type one after the folder.")
    given = path.suffix.lower()
    if given in endings:
        return path
    if given in _KNOWN:
        better = path.stem + endings[0]
        raise ExportError(sentence, "Call it {better}.", ending=given, better=better)
    return path.with_name(path.name + endings[0])


def encoded(image: QImage) -> bytes:
    """Return a picture as the content of a PNG file. Any thread may; Python's lock is let go."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise ExportError("The picture could not be made.", "Choose a smaller size.")
    return bytes(buffer.data().data())


def write_picture(image: QImage, path: Path) -> None:
    """Write a picture as `write_bytes` does."""
    write_bytes(encoded(image), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file, whole or not at all; an `ExportError` says why it cannot be written."""
    with _written(path):
        write_whole(path, [content])


def write_history(history: History, problem: Problem, path: Path) -> None:
    """Write all epochs as a table, as `write_bytes` does."""
    with _written(path):
        history.write_csv(path, column_names(problem))


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Make a sentence of what the system says when a file cannot be written."""
    require_folder(path.parent)
    try:
        yield
    except OSError as error:
        raise ExportError(
            "{file} could not be written: {reason}.",
            "Choose another folder, or make room in this one.",
            file=str(path),
            reason=(error.strerror or str(error)).rstrip("."),
        ) from error


def require_folder(folder: Path) -> None:
    """Refuse a folder that is missing, or no folder, by an `ExportError`."""
    if os.path.isdir(folder):  # noqa: PTH112 - unlike pathlib's, says no to impossible names
        return
    place = str(folder)
    if os.path.lexists(folder):
        raise ExportError("{folder} is a file.", "Choose a folder.", folder=place)
    raise ExportError("There is no folder {folder}.", "Create it, or choose another.", folder=place)


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder of a name, or of that and the first number that is free; see `make_folder`."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", name)[:_LONGEST].strip(" .")
    names = (name if number == 1 else f"{name} ({number})" for number in count(1))
    folder = next(place for each in names if not os.path.lexists(place := parent / each))
    make_folder(folder)
    return folder


def make_folder(folder: Path) -> None:
    """Make a folder that may exist already; an `ExportError` says why it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            "The folder {folder} could not be made: {reason}.",
            "Choose another folder.",
            folder=str(folder),
            reason=error.strerror or str(error),
        ) from error


def require_writable(folder: Path) -> None:
    """Refuse a folder that may not be written to, by an `ExportError`."""
    if not os.access(folder, os.W_OK | os.X_OK):
        sentence = "The folder {folder} may not be written to."
        raise ExportError(sentence, "Choose another folder.", folder=str(folder))
