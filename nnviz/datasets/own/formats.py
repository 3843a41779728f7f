"""Which kinds of files and folders a person can bring, and how each is recognised: by its content.

What is a table in the end (text, a sheet of a workbook) is read as `table` and `build` do, other
kinds become a `Dataset` by a recipe of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.array_choice import inputs_of
from nnviz.datasets.own.arrays import arrays_dataset
from nnviz.datasets.own.doubts import Note
from nnviz.datasets.own.orange import columns_in, is_orange, plain_text
from nnviz.datasets.own.pictures import contents_of_pictures, picture_files, pictures_dataset
from nnviz.datasets.own.recipe import Encoding, OwnColumn, OwnData, cleaned
from nnviz.datasets.own.sample_recipes import ArraysRecipe, SampleRecipe
from nnviz.datasets.own.stored import (
    NPY,
    NPZ,
    contents_of,
    damaged,
    hash_of,
    is_idx,
    is_npz,
    member_sizes,
)
from nnviz.datasets.own.table import Progress
from nnviz.datasets.own.text import content_of, decoded, guessed_encoding
from nnviz.datasets.own.workbook import is_workbook, sheet_text, sheets_of
from nnviz.errors import DataError

Family = Literal["table", "arrays", "pictures"]
"""By which kind of recipe a file is read: `Recipe`, `ArraysRecipe`, `PicturesRecipe`."""


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Parameters
    ----------
    suffixes
        How names of such files usually end; they decide nothing.
    is_so
        Whether a file's content, unpacked where it was a gzip, is of this kind.
    """

    title: str
    suffixes: tuple[str, ...]
    family: Family
    is_so: Callable[[bytes], bool]


TEXT = Format("Text", (".csv", ".tsv", ".txt", ".tab", ".data", ".dat"), "table", lambda _: True)
FOLDER = Format("Folders of pictures", (), "pictures", lambda _: False)

FORMATS: tuple[Format, ...] = (
    Format("Workbook", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), "table", is_workbook),
    Format("NumPy archive", (".npz",), "arrays", is_npz),
    Format("NumPy", (".npy",), "arrays", lambda content: content.startswith(NPY)),
    Format("IDX", ("-ubyte", ".idx"), "arrays", is_idx),
    FOLDER,
    TEXT,
)
"""All of them, in the order in which they are tried."""

_AS_CSV = "Open it in a spreadsheet, and save that as CSV."
_UNPACK = "Unpack it, and open what is in it."
_FOLDER = "Open the folder that has a folder of pictures for each class."
_REFUSED: tuple[tuple[str, str, tuple[bytes, ...]], ...] = (
    ("a picture", _FOLDER, (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")),
    ("a PDF", "Copy its table into a spreadsheet, and save that as CSV.", (b"%PDF",)),
    (
        "an archive",
        _UNPACK,
        (NPZ, b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"),
    ),
    ("a web page", _AS_CSV, (b"<!DOCTYPE html", b"<!doctype html", b"<html", b"<HTML")),
    ("XML", _AS_CSV, (b"<?xml",)),
    ("JSON", "Save its table as CSV.", (b'{"', b"{\n", b"[{", b"[[", b"[\n")),
    (
        "Python's pickle, which could run a program when read",
        "Save arrays with np.savez, tables as CSV.",
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    ),
    ("a Parquet file", "Save the table as CSV.", (b"PAR1",)),
    ("an HDF5 file", "Save the arrays with np.savez.", (b"\x89HDF",)),
)
"""What people try as well: what it is, what helps, how it begins."""


def format_of(path: Path, content: bytes) -> Format:
    """Return of which kind a file with this content is; of a folder there is none.

    Raises
    ------
    DataError
        If it is of another kind.
    """
    if path.is_dir():
        return FOLDER
    if content.startswith(NPZ) and not member_sizes(content):
        raise damaged(path.name, "its archive has no end")
    found = next(one for one in FORMATS if one.is_so(content))
    if found is TEXT:
        for title, remedy, beginnings in _REFUSED:
            if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(beginnings):
                raise DataError(
                    "“{name}” is {title}, not a table written as text.",
                    remedy,
                    name=cleaned(path.name),
                    title=title,
                )
    return found


def patterns(*families: Family) -> str:
    """Return what names of files of these families look like, as file dialogs want it."""
    ends = (end for kind in FORMATS if kind.family in families for end in kind.suffixes)
    return " ".join(f"*{end} *{end}.gz" for end in ends)


def file_for(path: Path) -> Path:
    """Return a path, or of a folder as MNIST comes in the file of its pictures to learn from."""
    found = [*path.glob("*images[-.]idx*")] if path.is_dir() else []
    return max(found, default=path)  # “train” comes after “t10k” and “test”


def file_meant(paths: Sequence[Path]) -> Path:
    """Return the file to be opened of some that were chosen together.

    Raises
    ------
    DataError
        If it is more than one.
    """
    paths = [*dict.fromkeys(paths)]
    ends = tuple(end for kind in FORMATS if kind.family == "arrays" for end in kind.suffixes)
    are_arrays = all(path.name.removesuffix(".gz").endswith(ends) for path in paths)
    together = are_arrays and len({path.parent for path in paths}) == 1
    meant = paths[0] if len(paths) == 1 else inputs_of(paths) if together else None
    if meant is None:
        raise DataError(
            "These are {count:,} files; one is opened at a time.",
            "Put tables into one file, pictures into a folder for each class.",
            count=len(paths),
        )
    return meant


def misnamed(path: Path, found: Format) -> list[Note]:
    """Return what to say where a file's name ends like those of another kind."""
    name = path.name.lower().removesuffix(".gz")
    others = [one for one in FORMATS if one.suffixes and name.endswith(one.suffixes)]
    if not others or found in others or found is FOLDER:
        return []
    sentence = "The file is read as what it is, whatever its name ends in: {title}."
    return [Note(sentence, {"title": found.title})]


# ------------------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class TableText:
    """The text of a table and how it was found: its encoding, the sheet it is of, and all sheets.

    `columns` are what the file says itself of its columns; none where it says nothing.
    """

    text: str
    encoding: Encoding
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: tuple[OwnColumn, ...] = ()


def table_text(
    content: bytes, name: str, encoding: Encoding | None = None, sheet: str = ""
) -> TableText:
    """Return the text of a table: of a workbook its sheet, of Orange's without types and roles.

    The encoding is guessed where there is None, and the fullest sheet is taken where "" is asked.

    Raises
    ------
    DataError
        If it cannot be read so.
    """
    if is_workbook(content):
        sheets = sheets_of(content, name)
        text = sheet_text(content, name, sheet)
        return TableText(text, "utf-8", sheet or next(iter(sheets)), tuple(sheets))
    encoding = encoding or guessed_encoding(content, name)
    text = decoded(content, encoding, name)
    if is_orange(text):
        return TableText(plain_text(text), encoding, columns=columns_in(text))
    return TableText(text, encoding)


# ------------------------------------------------------------------------------- other samples


class ReadSamples(NamedTuple):
    """The data set of arrays or pictures, the hash of their files, and what was left out."""

    dataset: Dataset
    sha256: str
    left_out: list[str]


def read_samples(path: Path, recipe: SampleRecipe, progress: Progress | None = None) -> ReadSamples:
    """Return what arrays or pictures make by a recipe.

    Raises
    ------
    DataError
        If they do not fit the recipe, or cannot be read.
    """
    if isinstance(recipe, ArraysRecipe):
        contents = contents_of(path, recipe.names)
        dataset = arrays_dataset(path, recipe, contents)
        return ReadSamples(dataset, hash_of(contents.items()), [])
    return ReadSamples(*pictures_dataset(path, recipe, progress))


# ------------------------------------------------------------------------------- taken along


def files_of(own: OwnData) -> dict[str, Path]:
    """Return the files that own data are made of, by their names beside or below `own.path`.

    Written under these names into another folder they are the same data.

    Raises
    ------
    DataError
        If a folder cannot be read.
    """
    path = Path(own.path)
    if own.samples is None:
        return {path.name: path}
    if isinstance(own.samples, ArraysRecipe):
        names = {path.name} if content_of(path).startswith(NPZ) else {path.name, *own.samples.names}
        return {name: path.with_name(name) for name in sorted(names)}
    return {f"{path.name}/{name}": file for name, file in picture_files(path, own.samples).items()}


def own_hash(own: OwnData) -> str:
    """Return the hash of own data as they now are: `OwnData.sha256`, if they are what they were.

    Raises
    ------
    DataError
        If they are not there, or cannot be read.
    """
    path = Path(own.path)
    if own.samples is None:
        return hash_of([(path.name, content_of(path))])
    if isinstance(own.samples, ArraysRecipe):
        return hash_of(contents_of(path, own.samples.names).items())
    return hash_of(contents_of_pictures(path, own.samples))
