"""What the window remembers between two starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from nnviz.training.messages import PACES

T = TypeVar("T", str, QByteArray)

SYSTEM = "system"
"""The theme choice that follows the desktop."""


@dataclass(frozen=True)
class Preference(Generic[T]):
    """One thing that is remembered.

    Parameters
    ----------
    name
        Key in the settings file; a slash makes a group.
    kind
        Python type of the value; whatever the file holds that is not of it reads as the default.
    default
        Value of a fresh installation.
    choices
        The only values it may have, or () for any.
    """

    name: str
    kind: type[T]
    default: T
    choices: tuple[T, ...] = ()


THEME = Preference("window/theme", str, SYSTEM, (SYSTEM, "light", "dark"))
TEXT_SIZE = Preference("window/text-size", str, "100", ("90", "100", "125", "150", "200"))
"""Percent of the usual size."""
GEOMETRY = Preference("window/geometry", QByteArray, QByteArray())
DOCKS = Preference("window/docks", QByteArray, QByteArray())
PACE = Preference("training/pace", str, "run-10", tuple(PACES))
LAST_FOLDER = Preference("files/last-folder", str, "")
"""Where the last file was saved."""
RECENT = Preference("files/recent", str, "[]")
"""Paths of the files opened and saved last, newest first, as JSON."""
OFFERED = Preference("files/offered", str, "")
"""The run of an earlier window that was offered last."""
EXPORT_OPTIONS = Preference("export/options", str, "")
"""How pictures are drawn, as JSON."""

_own: dict[str, Any] | None = None


@contextmanager
def of_its_own() -> Iterator[None]:
    """Let the program neither read nor change what the person's window remembers.

    Within this context settings begin with their defaults, and are forgotten with it.
    """
    global _own
    _own = {}
    try:
        yield
    finally:
        _own = None


def read(setting: Preference[T]) -> T:
    """Return what is remembered, or the default where nothing valid is."""
    where = QSettings().value if _own is None else _own.get
    value = where(setting.name, setting.default)
    if not isinstance(value, setting.kind):
        return setting.default
    if setting.choices and value not in setting.choices:
        return setting.default
    return value


def write(setting: Preference[T], value: T) -> None:
    """Remember a value."""
    if _own is None:
        QSettings().setValue(setting.name, value)
    else:
        _own[setting.name] = value


def last_folder() -> Path:
    """Return the folder file dialogs open in: the last one used, or the person's documents."""
    remembered = read(LAST_FOLDER)
    if remembered and Path(remembered).is_dir():
        return Path(remembered)
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(documents) or Path.home())
