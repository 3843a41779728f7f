"""Arrays in files, NumPy's and IDX: what their headers say, checked before memory is taken."""

from __future__ import annotations

import hashlib
import io
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnviz.datasets.own.recipe import cleaned
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError

MOST_ARRAY_BYTES = 400 * 2**20
"""Of one array: as inputs of a network it takes several times as much memory."""

NPY, NPZ = b"\x93NUMPY", b"PK\x03\x04"

_IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

DAMAGED = (
    ValueError,
    KeyError,
    TypeError,
    OSError,
    EOFError,
    RuntimeError,  # of an archive with a password, or packed in a way Python does not know
    SyntaxError,
    tokenize.TokenError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What Python's readers raise over damaged archives and headers."""


@dataclass(frozen=True)
class StoredArray:
    """An array as its header describes it; `read` takes the memory."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Callable[[], NDArray[Any]]


def is_idx(content: bytes) -> bool:
    """Return whether a file begins like those of MNIST: two zeros, a type, and how many axes."""
    return len(content) > 4 and content[:2] == b"\0\0" and content[2] in _IDX_TYPES


def is_npz(content: bytes) -> bool:
    """Return whether a file is an archive of nothing but NumPy's arrays."""
    names = member_sizes(content)
    return bool(names) and all(name.endswith(".npy") for name in names)


def member_sizes(content: bytes) -> dict[str, int]:
    """Return how many bytes each member of a zip has, unpacked; none where it is no sound zip."""
    if not content.startswith(NPZ):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {info.filename: info.file_size for info in archive.infolist()}
    except DAMAGED:
        return {}


def stored_arrays(path: Path, content: bytes) -> dict[str, StoredArray]:
    """Return the arrays of a file by name; a file of one array has that under its own name.

    Raises
    ------
    DataError
        If a header is damaged, asks for objects or for too much memory, or data are missing.
    """
    name = path.name
    if content.startswith(NPZ):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                infos = [one for one in archive.infolist() if one.filename.endswith(".npy")]
        except DAMAGED as error:
            raise damaged(name, error) from error
        if len({info.filename for info in infos}) < len(infos):
            raise damaged(name, "it has two arrays of the same name")
        found = {}
        for info in infos:
            key = cleaned(info.filename.removesuffix(".npy"))
            opened = partial(_member, content, info.filename)
            found[key] = npy_array(key, name, info.file_size, opened)
        return found
    if content.startswith(NPY):
        return {name: npy_array(name, name, len(content), partial(io.BytesIO, content))}
    if is_idx(content):
        return {name: _idx(name, content)}
    raise array_error(
        "“{name}” has no arrays that can be read.",
        "Choose a file of NumPy (.npy, .npz) or one like MNIST's (IDX).",
        name=name,
    )


def array_error(sentence: str, remedy: str, **values: object) -> DataError:
    """Return an error about arrays and files, whose names are cleaned of what cannot be seen."""
    shown = {key: cleaned(one) if isinstance(one, str) else one for key, one in values.items()}
    return DataError(sentence, remedy, **shown)


def damaged(name: str, problem: object) -> DataError:
    """Return the error for a file that is not as its kind has to be."""
    return DataError(
        "“{name}” is damaged: {problem}.",
        "Copy, download or save it again.",
        name=cleaned(name),
        problem=cleaned(str(problem), 200).rstrip(".") or "it ends too early",
    )


def _member(content: bytes, name: str) -> IO[bytes]:
    return zipfile.ZipFile(io.BytesIO(content)).open(name)


def npy_array(name: str, file: str, size: int, opened: Callable[[], IO[bytes]]) -> StoredArray:
    """Return what the header of an array says, which has to agree with its bytes.

    Raises
    ------
    DataError
        As `stored_arrays`.
    """
    try:
        with opened() as stream:
            version = npy.read_magic(stream)
            header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, _, dtype = header(stream)
            start = stream.tell()
    except DAMAGED as error:
        raise damaged(file, error) from error
    if dtype.hasobject:
        raise array_error(
            "“{array}” in “{name}” holds Python objects, which could run a program when read.",
            "Save it as numbers or text: array.astype(float), or array.astype(str).",
            array=name,
            name=file,
        )
    _check_size(name, file, shape, dtype, size - start)

    def read() -> NDArray[Any]:
        try:
            with opened() as stream:
                return np.asarray(npy.read_array(stream, allow_pickle=False))
        except DAMAGED as error:
            raise damaged(file, error) from error

    return StoredArray(name, shape, dtype, read)


def _idx(name: str, content: bytes) -> StoredArray:
    axes = content[3]
    start = 4 + 4 * axes
    if not 1 <= axes <= 4 or len(content) < start:
        raise damaged(name, f"it has {axes} axes, or ends within its header")
    shape, dtype = struct.unpack(f">{axes}I", content[4:start]), np.dtype(_IDX_TYPES[content[2]])
    _check_size(name, name, shape, dtype, len(content) - start)
    read = partial(np.frombuffer, content, dtype, offset=start)
    return StoredArray(name, shape, dtype, lambda: read().reshape(shape))


def _check_size(
    array: str, file: str, shape: tuple[int, ...], dtype: np.dtype[Any], size: int
) -> None:
    wanted = math.prod(shape) * dtype.itemsize
    values = {"array": array, "name": file, "wanted": wanted, "size": size}
    if wanted > MOST_ARRAY_BYTES:
        raise array_error(
            "“{array}” in “{name}” would take {megabytes:,} MB of memory.",
            "Take a part of it, or save it in a smaller type: {most:,} MB are the most.",
            **values,
            megabytes=wanted // 2**20,
            most=MOST_ARRAY_BYTES // 2**20,
        )
    if wanted != size:
        raise array_error(
            "“{array}” in “{name}” should have {wanted:,} bytes by its header, and has {size:,}.",
            "Copy, download or save it again.",
            **values,
        )


def hash_of(contents: Iterable[tuple[str, bytes]]) -> str:
    """Return what tells files, by their names, from any others; of one file its own SHA-256."""
    found = [(name, hashlib.sha256(content).hexdigest()) for name, content in contents]
    if len(found) == 1:
        return found[0][1]
    return hashlib.sha256("".join(f"{name}\0{one}\n" for name, one in found).encode()).hexdigest()


def contents_of(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return the content of the file, and of those beside it that a recipe names."""
    first = content_of(path)
    if first.startswith(NPZ):
        return {path.name: first}
    return {
        name: first if name == path.name else content_of(path.with_name(name)) for name in names
    }


def all_stored(path: Path, contents: Mapping[str, bytes]) -> dict[str, StoredArray]:
    """Return the arrays of some files in one folder."""
    found: dict[str, StoredArray] = {}
    for name, content in contents.items():
        found |= stored_arrays(path.with_name(name), content)
    return found
