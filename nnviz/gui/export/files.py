"""Places and bytes of exported files; every failure a sentence."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from nnviz.errors import StorageError
from nnviz.files import unwritten_told, write_bytes
from nnviz.gui import preferences
from nnviz.gui.plain import confirmed
from nnviz.training.history import History, column_names
from nnviz.training.problem import Problem

_LONGEST = 80
"""Characters of a folder's name, of four bytes perhaps each: systems take 255 bytes."""


def ask_for_file(parent: QWidget, title: str, name: str, kinds: Sequence[str]) -> Path | None:
    """Ask where a file is to be written, and before one is replaced; return None for nowhere.

    Parameters
    ----------
    title
        Of the system's dialog, translated.
    name
        Offered, without an ending, in the folder used last.
    kinds
        Endings it may have; what has none of them gets the first.
    """
    asked = ask_for_kind(parent, title, name, {kinds[0].upper(): kinds[0]}, kinds)
    return asked[0] if asked else None


def ask_for_kind(
    parent: QWidget,
    title: str,
    name: str,
    filters: Mapping[str, str],
    kinds: Sequence[str] = (),
) -> tuple[Path, str] | None:
    """Ask for a file as `ask_for_file` does, and for one of several kinds; return both.

    Parameters
    ----------
    filters
        The ending of each kind by its title, translated, as the system's dialog offers them.
    kinds
        Endings that a name may have; those of `filters` where there are none.
    """
    kinds = kinds or [*filters.values()]
    offered = preferences.last_folder() / f"{name}.{kinds[0]}"
    shown = {f"{kind} (*.{ending})": kind for kind, ending in filters.items()}
    picked, by = QFileDialog.getSaveFileName(parent, title, str(offered), ";;".join(shown))
    if not picked:
        return None
    path, kind = Path(picked), shown.get(by, next(iter(filters)))
    preferences.write(preferences.LAST_FOLDER, str(path.parent))
    if path.suffix[1:].lower() in kinds:
        return path, kind
    path = path.with_name(f"{path.name}.{filters[kind]}")
    # Of a name that has its ending from here the system's dialog has not asked.
    question = QCoreApplication.translate("Export", "{file} exists already. Replace it?")
    free = not os.path.lexists(path)
    is_meant = free or confirmed(parent, title, question.format(file=path.name))
    return (path, kind) if is_meant else None


def ask_to_open(parent: QWidget, title: str, known: str) -> Path | None:
    """Ask for a file to open, first of those in the filter `known`; return None for none."""
    kinds = f"{known};;{QCoreApplication.translate('Export', 'All files (*)')}"
    folder = str(preferences.last_folder())
    picked, _ = QFileDialog.getOpenFileName(parent, title, folder, kinds)
    if not picked:
        return None
    preferences.write(preferences.LAST_FOLDER, str(Path(picked).parent))
    return Path(picked)


def ask_for_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder; return None for none."""
    picked = QFileDialog.getExistingDirectory(parent, title, str(preferences.last_folder()))
    if not picked:
        return None
    preferences.write(preferences.LAST_FOLDER, picked)
    return Path(picked)


def encoded(image: QImage) -> bytes:
    """Return a picture as the content of a PNG file. Any thread may; Python's lock is let go."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise StorageError("The picture could not be made.", "Choose a smaller size.")
    return bytes(buffer.data().data())


def write_picture(image: QImage, path: Path) -> None:
    """Write a picture as `write_bytes` does."""
    write_bytes(encoded(image), path)


def write_history(history: History, problem: Problem, path: Path) -> None:
    """Write all epochs as a table, as `write_bytes` does."""
    with unwritten_told(path):
        history.write_csv(path, column_names(problem))


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder of a name, or of that and the first number that is free; see `make_folder`."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", name)[:_LONGEST].strip(" .")
    names = (name if number == 1 else f"{name} ({number})" for number in count(1))
    folder = next(place for each in names if not os.path.lexists(place := parent / each))
    make_folder(folder)
    return folder


def make_folder(folder: Path) -> None:
    """Make a folder that may exist already, and that can be written to, or say why not."""
    with unwritten_told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
