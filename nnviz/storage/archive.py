"""The zip that a project is: parts of known names, not compressed, arrays without pickle.

What a file says it holds is no larger than the file, and nothing in it can be executed. NumPy's own
``numpy.load`` opens the arrays.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnviz.datasets.own.stored import DAMAGED, damaged, npy_array

Stack = NDArray[Any] | Sequence[NDArray[Any]]
"""An array, or arrays of one shape that are to be one."""

ABOUT, PARAMETERS, DATA = "experiment.json", "parameters.safetensors", "data.bin"
"""Parts that are no arrays."""

_NAME = re.compile(r"[a-z]+(_[a-z]+)*(@[0-9]{1,6})?\.npy")
_MOST_BYTES = 2**31
"""Of a file: more than any run that the window keeps."""
_AT_ONCE = 2**18
"""About how many bytes are copied at once: 25 MB in one go, or a thousand small arrays one by one,
would keep the interpreter's lock from the window, in which a run is saved by another thread."""
_OTHERS = (ABOUT, PARAMETERS, DATA)


def pieces(parts: Iterable[tuple[str, bytes | Stack]]) -> Iterator[bytes]:
    """Yield a zip piece by piece: all of it at once would take the parts' memory again.

    Parameters
    ----------
    parts
        Names, with bytes as they are to be, or with arrays, whose names get their ending.
    """
    stream = _Stream()
    with zipfile.ZipFile(cast(IO[bytes], stream), "w") as archive:
        for name, content in parts:
            if isinstance(content, bytes):
                archive.writestr(zipfile.ZipInfo(name), content)
            else:
                for _ in _write(archive, name, content):
                    yield stream.take()
            yield stream.take()
    yield stream.take()


def _write(archive: zipfile.ZipFile, name: str, arrays: Stack) -> Iterator[None]:
    """Write arrays of one shape as a single one, without making it: a part for each `next`."""
    first = np.asarray(arrays[0])
    shape = (len(arrays), *first.shape)
    head = {"descr": npy.dtype_to_descr(first.dtype), "fortran_order": False, "shape": shape}
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        npy.write_array_header_1_0(file, head)
        step = max(1, _AT_ONCE // max(1, first.nbytes))
        for start in range(0, len(arrays), step):
            file.write(np.ascontiguousarray(arrays[start : start + step]).data)
            yield


class _Stream:
    """What a zip is written to; it hands on what has been written since it was last asked."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes | memoryview) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def flush(self) -> None:
        """Do nothing: everything is at hand."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def opened(path: Path) -> zipfile.ZipFile:
    """Return the archive, whose parts have names that there are, each once.

    Raises
    ------
    OSError, DataError
        If it cannot be read, or nnviz has not written it.
    """
    with path.open("rb"):  # what is wrong with reading it at all is another error
        pass
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise damaged(path.name, error) from error
    infos = archive.infolist()
    names = {info.filename for info in infos}
    known = all(name in _OTHERS or _NAME.fullmatch(name) for name in names)
    plain = known and all(
        info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size
        for info in infos
    )
    if not plain or len(names) < len(infos) or sum(i.file_size for i in infos) > _MOST_BYTES:
        archive.close()
        raise damaged(path.name, "its parts are not as nnviz writes them")
    return archive


def arrays_of(archive: zipfile.ZipFile) -> dict[str, NDArray[Any]]:
    """Return all arrays of an archive by name."""
    found = {}
    for info in archive.infolist():
        if info.filename not in _OTHERS:
            name, read = info.filename.removesuffix(".npy"), partial(archive.open, info)
            found[name] = npy_array(name, name_of(archive), info.file_size, read).read()
    return found


def content_of_part(archive: zipfile.ZipFile, name: str, most: int = _MOST_BYTES) -> bytes:
    """Return what is in a part; of one that is not there, nothing.

    Raises
    ------
    DataError
        If it is damaged, or larger than `most`.
    """
    if name not in archive.namelist():
        return b""
    try:
        if archive.getinfo(name).file_size > most:
            raise damaged(name_of(archive), f"{name} is too large")
        return archive.read(name)
    except DAMAGED as error:
        raise damaged(name_of(archive), error) from error


def name_of(archive: zipfile.ZipFile) -> str:
    """Return the name of the file that an archive is."""
    return Path(archive.filename or "").name
