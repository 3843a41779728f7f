"""A person's own data and a project: where the file is found again, or put if it came along."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nnviz.datasets.own.build import content_hash
from nnviz.datasets.own.recipe import OwnData, cleaned
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError
from nnviz.files import write_whole

GOES_ALONG = 5 * 2**20
"""Bytes of a file that goes along with a project where nothing else is asked."""

KEPT_DAYS = 60
"""After which what came along with a project, and nobody has opened since, is removed."""


class MissingFileError(DataError):
    """A person's own file that a project is about is not there. ``values``: name, path, folder."""


@dataclass(frozen=True)
class Whereabouts:
    """Where a project says its data are.

    Parameters
    ----------
    name, relative
        Of the file, and its path from the project's folder, "" where there is none.
    """

    name: str
    relative: str = ""

    @classmethod
    def of(cls, own: OwnData, project: Path) -> Whereabouts:
        """Return where data are, seen from a project's file."""
        relative = ""
        with suppress(ValueError):  # on another drive
            relative = os.path.relpath(own.path, project.parent)
        return cls(Path(own.path).name, relative)


def private_folder() -> Path:
    """Return where files that came along with projects are put: nobody else's to read."""
    home = Path.home()
    if sys.platform == "win32":
        root = Path(os.environ.get("APPDATA", home))
    elif sys.platform == "darwin":
        root = home / "Library" / "Application Support"
    else:
        root = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return root / "nnviz" / "own-data"


def is_there(own: OwnData) -> bool:
    """Say whether the file is there, and is what it was."""
    try:
        return content_hash(content_of(Path(own.path))) == own.sha256
    except DataError:
        return False


def packed(own: OwnData, asked: bool | None) -> bytes:
    """Return the file's bytes if they are to go along with a project, else nothing.

    Parameters
    ----------
    asked
        Whether the person wants them to; None for as long as they are few.
    """
    path = Path(own.path)
    if asked is False or not path.is_file() or not is_there(own):
        return b""
    return path.read_bytes() if asked or path.stat().st_size <= GOES_ALONG else b""


def found(own: OwnData, where: Whereabouts, project: Path, content: bytes) -> OwnData:
    """Return the data with the path at which they are now.

    Raises
    ------
    MissingFileError
        If they are nowhere.
    OSError
        If they came along, and cannot be put anywhere.
    """
    for path in _places(own, where, project):
        here = replace(own, path=path)
        if is_there(here):
            return here
    if content:
        here = replace(own, path=str(_unpacked(own, where, content)))
        if is_there(here):
            return here
    raise MissingFileError(
        "“{name}” is not where it was, {path}, nor beside the project in {folder}, as it was then.",
        "Put it into that folder, or choose where it is.",
        name=cleaned(where.name or Path(own.path).name),
        path="".join(filter(str.isprintable, own.path)),
        folder=str(project.parent),
    )


def chosen(own: OwnData, path: Path) -> OwnData:
    """Return the data with the path that the person says.

    Raises
    ------
    MissingFileError
        If what is there is something else.
    """
    here = replace(own, path=str(path))
    if is_there(here):
        return here
    raise MissingFileError(
        "“{file}” is another file than “{name}” was when the project was saved.",
        "Choose the one that was there, or open your data anew.",
        file=path.name,
        name=Path(own.path).name,
    )


def _places(own: OwnData, where: Whereabouts, project: Path) -> Iterator[str]:
    yield own.path
    for beside in (where.relative, where.name):
        if beside and "\0" not in beside:
            yield os.path.normpath(project.parent / beside)


def _unpacked(own: OwnData, where: Whereabouts, content: bytes) -> Path:
    """Put data that came along into the private folder, each content once; return where."""
    folder = private_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    # Its ending says how it is read; a name with a path in it would lead out of the folder.
    plain = cleaned(where.name)
    if plain != where.name or plain != Path(plain).name or plain[:1] in "." or "\\" in plain:
        ending = Path(where.name).suffix
        plain = f"data{ending}" if ending[1:].isalnum() else "data"
    place = folder / content_hash(content) / plain
    place.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(place, [content])
    place.chmod(0o600)
    os.utime(place.parent)
    return place


def _forget_old(folder: Path) -> None:
    for each in folder.iterdir():
        with suppress(OSError):  # another window does the same
            if time.time() - each.stat().st_mtime > KEPT_DAYS * 86_400:
                for file in each.iterdir():
                    file.unlink()
                each.rmdir()
