"""A person's own data and a project: where the file is found again, or put if it came along."""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nnviz.datasets.own.build import content_hash
from nnviz.datasets.own.formats import files_of, own_hash
from nnviz.datasets.own.recipe import OwnData, cleaned
from nnviz.datasets.own.sample_recipes import ArraysRecipe, PicturesRecipe, check_name
from nnviz.datasets.own.stored import damaged
from nnviz.datasets.own.text import MOST_BYTES
from nnviz.errors import DataError
from nnviz.files import write_whole

GOES_ALONG = 5 * 2**20
"""Bytes of a file that goes along with a project where nothing else is asked."""

KEPT_DAYS = 60
"""After which what came along with a project, and nobody has opened since, is removed."""

_DEEPEST = 3
"""Parts of a name: the folder of the training part, that of a class, and a picture."""


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
    """Say whether the file or folder is there, and is what it was."""
    try:
        return own_hash(own) == own.sha256
    except DataError:
        return False


def is_small(own: OwnData, most: int) -> bool:
    """Say whether data are there and have no more bytes than that."""
    try:
        return sum(file.stat().st_size for file in files_of(own).values()) <= most
    except (DataError, OSError):
        return False


def packed(own: OwnData, asked: bool | None) -> bytes:
    """Return the bytes of the files if they are to go along with a project, else nothing.

    Parameters
    ----------
    asked
        Whether the person wants them to; None for as long as they are few.
    """
    if asked is False or not is_there(own):
        return b""
    # More than the first is not read from a project either.
    if not is_small(own, MOST_BYTES - 2**20 if asked else GOES_ALONG):
        return b""
    return Path(own.path).read_bytes() if own.samples is None else _joined(own)


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
        is_folder=isinstance(own.samples, PicturesRecipe),
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
    if own.samples is not None:
        part_again(own, content, place)
    else:
        write_whole(place, [content])
        place.chmod(0o600)
    os.utime(place.parent)
    return place


def _forget_old(folder: Path) -> None:
    for each in folder.iterdir():
        with suppress(OSError):  # another window does the same
            if time.time() - each.stat().st_mtime > KEPT_DAYS * 86_400:
                shutil.rmtree(each)


def _joined(own: OwnData) -> bytes:
    """Return the files that own data are made of in one archive, nothing of it packed."""
    above = "" if isinstance(own.samples, ArraysRecipe) else f"{Path(own.path).name}/"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, file in files_of(own).items():
            archive.writestr(name.removeprefix(above), file.read_bytes())
    return stream.getvalue()


def part_again(own: OwnData, content: bytes, place: Path) -> None:
    """Write what `packed` has joined, as the folder `place` or as files beside each other there.

    Raises
    ------
    DataError
        If it is something else, or a name leads out of the folder.
    OSError
        If it cannot be written.
    """
    single, wrong = isinstance(own.samples, ArraysRecipe), "its data are not as nnviz writes them"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            # What is stored as it is cannot be more than there is.
            is_plain = all(info.compress_type == zipfile.ZIP_STORED for info in infos)
            if not is_plain or sum(info.file_size for info in infos) > len(content):
                raise damaged(place.name, wrong)
            for info in infos:
                parts = info.filename.split("/")
                if not 1 <= len(parts) <= (1 if single else _DEEPEST) or "" in parts:
                    raise damaged(place.name, wrong)
                for part in parts:
                    check_name(part)
                file = (place.parent if single else place).joinpath(*parts)
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(file, [archive.read(info)])
                file.chmod(0o600)
    except (zipfile.BadZipFile, ValueError, EOFError, RuntimeError) as error:
        raise damaged(place.name, error) from error
