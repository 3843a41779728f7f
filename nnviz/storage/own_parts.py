"""Own data of several files, or in a folder, as one file that goes along with a project."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from nnviz.datasets.own.formats import files_of
from nnviz.datasets.own.recipe import OwnData
from nnviz.datasets.own.sample_recipes import ArraysRecipe, check_name
from nnviz.errors import DataError
from nnviz.files import write_whole

_DEEPEST = 3
"""Parts of a name: the folder of the training part, that of a class, and a picture."""


def joined(own: OwnData) -> bytes:
    """Return the files that own data are made of in one archive, nothing of it packed.

    Raises
    ------
    DataError, OSError
        If they cannot be read.
    """
    above = "" if isinstance(own.samples, ArraysRecipe) else f"{Path(own.path).name}/"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, file in files_of(own).items():
            archive.writestr(name.removeprefix(above), file.read_bytes())
    return stream.getvalue()


def part_again(own: OwnData, content: bytes, place: Path) -> None:
    """Write what `joined` has made, as the folder `place` or as files beside each other there.

    Raises
    ------
    DataError
        If it is something else.
    OSError
        If it cannot be written.
    """
    single = isinstance(own.samples, ArraysRecipe)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            # What is stored as it is cannot be more than there is.
            is_plain = all(info.compress_type == zipfile.ZIP_STORED for info in infos)
            if not is_plain or sum(info.file_size for info in infos) > len(content):
                raise _damaged()
            for info in infos:
                parts = info.filename.split("/")
                if not 1 <= len(parts) <= (1 if single else _DEEPEST) or "" in parts:
                    raise _damaged()
                for part in parts:
                    check_name(part)
                file = (place.parent if single else place).joinpath(*parts)
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(file, [archive.read(info)])
                file.chmod(0o600)
    except (zipfile.BadZipFile, ValueError, EOFError, RuntimeError) as error:
        raise _damaged() from error


def _damaged() -> DataError:
    return DataError(
        "The data that came along with the project are damaged.",
        "Open the project where the data themselves are, or take another copy of it.",
    )
