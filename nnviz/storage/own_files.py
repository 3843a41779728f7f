"""A person's own data and a project: where the file is found again, or put if it came along."""

from __future__ import annotations

import io
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from nnviz.datasets.own.build import content_hash
from nnviz.datasets.own.formats import files_of, own_hash
from nnviz.datasets.own.kept import kept_copy, plain_name, private_folder
from nnviz.datasets.own.recipe import OwnData, cleaned
from nnviz.datasets.own.sample_recipes import ArraysRecipe, PicturesRecipe, check_name
from nnviz.datasets.own.stored import damaged
from nnviz.datasets.own.text import MOST_BYTES
from nnviz.errors import DataError, StorageError
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


def keep(own: OwnData) -> None:
    """Keep few data as they are now: what is learned of them outlives a change of their file.

    Raises
    ------
    OSError
        If they cannot be put anywhere.
    """
    kept = kept_copy(own)
    if is_there(kept):
        os.utime(Path(kept.path).parent)
        return
    is_small_enough = is_small(own, GOES_ALONG) and private_folder() not in Path(own.path).parents
    if is_small_enough and (content := packed(own, None)):
        _unpacked(own, Path(own.path).name, content, own.sha256)


def packed(own: OwnData, asked: bool | None) -> bytes:
    """Return the bytes of the files if they are to go along with a project, else nothing.

    Parameters
    ----------
    asked
        Whether the person wants them to; None for as long as they are few.

    Raises
    ------
    StorageError
        If the person wants them to, and they cannot.
    """
    here = own if asked is False or is_there(own) else kept_copy(own)
    # More than the first is not read from a project either.
    may_go = asked is not False and is_small(here, MOST_BYTES - 2**20 if asked else GOES_ALONG)
    if may_go and is_there(here):
        return Path(here.path).read_bytes() if own.samples is None else _joined(here)
    if asked:
        raise StorageError(
            "“{name}” cannot go along: it is not what it was when it was opened, or too large.",
            "Put back what was there, or save the project as another one, without its data.",
            name=cleaned(Path(own.path).name),
        )
    return b""


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
        place = _unpacked(own, where.name, content, content_hash(content))
        here = replace(own, path=str(place))
        if is_there(here):
            return here
    if is_there(kept := kept_copy(own)):
        os.utime(Path(kept.path).parent)
        return kept
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


def _unpacked(own: OwnData, name: str, content: bytes, key: str) -> Path:
    """Put data into the private folder, under a key that tells them from others; return where."""
    folder = private_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _forget_old(folder)
    place = folder / key / plain_name(name)
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
