"""From a file to its text: what can be read at all, and in which encoding."""

from __future__ import annotations

import gzip
import os
import re
import stat
import zlib
from pathlib import Path

from nnviz.datasets.own.encodings import likely_encoding
from nnviz.datasets.own.recipe import Encoding, cleaned
from nnviz.errors import DataError
from nnviz.files import unreadable

MOST_BYTES = 200 * 2**20
"""Of a table, unpacked: read with its cells it takes several times as much memory."""

_GZIP = b"\x1f\x8b"
_MARKS: dict[bytes, Encoding] = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}

_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_FEW_LETTERS = 10
_LOOKED_AT = 2**16
_REMEDY = "Save the table as CSV in UTF-8, and open that file."


def content_of(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where it is a gzip.

    Raises
    ------
    DataError
        If it is no file, may not be read, is damaged, empty or too large.
    """
    name = cleaned(path.name)
    try:
        # A pipe or a device could keep the program waiting for ever: it is not even opened.
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(
                "“{name}” is not a file, but a folder or a device.", "Choose a file.", name=name
            )
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise _too_large(name)
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise unreadable(name, error) from error
    if content.startswith(_GZIP):
        content = _unpacked(path)
    if len(content) > MOST_BYTES:
        raise _too_large(name)
    if not content.strip():
        raise DataError("“{name}” is empty.", "Choose a file with a table in it.", name=name)
    return content


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(MOST_BYTES + 1)
    except EOFError as error:
        problem = "it ends too early"
        cause: Exception = error
    except (OSError, zlib.error) as error:
        problem, cause = "its compressed data are damaged", error
    raise DataError(
        "“{name}” cannot be unpacked: {problem}.",
        "Copy or download it again.",
        name=cleaned(path.name),
        problem=problem,
    ) from cause


def _too_large(name: str) -> DataError:
    return DataError(
        "“{name}” is larger than {most:,} MB.",
        "Take a part of its rows or columns.",
        name=name,
        most=MOST_BYTES // 2**20,
    )


def decoded(content: bytes, encoding: Encoding, name: str) -> str:
    """Return the text, lines ending in a line feed.

    Raises
    ------
    DataError
        If it is not written so, or is no text.
    """
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(
            "Line {line} of “{name}” is not text in the encoding {encoding}.",
            "Choose another encoding, or save the file in UTF-8.",
            line=content.count(b"\n", 0, error.start) + 1,
            name=name,
            encoding=encoding,
        ) from error
    if "\0" in text:
        raise _no_text(name)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def guessed_encoding(content: bytes, name: str) -> Encoding:
    """Return the encoding the content is most likely written in.

    Raises
    ------
    DataError
        If it is no text.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    if 0 in content[:_LOOKED_AT]:
        raise _no_text(name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _likely(content, name)
    return "utf-8"


def _likely(content: bytes, name: str) -> Encoding:
    """Return which encoding makes the most sense of the lines that are not plain ASCII."""
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    telling = b"\n".join(lines[:1000])
    if len(telling) > _LOOKED_AT:
        telling = telling[: telling.rfind(b"\n", 0, _LOOKED_AT) + 1] or telling
    letters = [letter for letter in telling.decode("utf-8", "replace") if not letter.isascii()]
    wrong = letters.count("\ufffd")
    if len(letters) - wrong >= max(_FEW_LETTERS, 4 * wrong):
        return "utf-8"  # but for some damage; reading says where
    found = likely_encoding(telling.replace(b"\r", b""))
    if found is None and _CONTROLS.search(content):
        raise _no_text(name)
    return found or "utf-8"  # in which it says where it is wrong


def _no_text(name: str) -> DataError:
    return DataError("“{name}” is not a table written as text.", _REMEDY, name=name)
