"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnviz.files import write_whole


def failing() -> Iterator[bytes]:
    yield b"begun"
    raise OSError(28, "No space left on device")


def test_all_pieces_are_written(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", [b"one, ", b"two"])
    assert (tmp_path / "a").read_bytes() == b"one, two"


@pytest.mark.parametrize("before", [b"before", None])
def test_a_failure_leaves_what_was_there(tmp_path: Path, before: bytes | None) -> None:
    if before is not None:
        (tmp_path / "a").write_bytes(before)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", failing())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == (
        {} if before is None else {"a": before}
    )


def test_a_link_goes_on_pointing_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "a")
    except OSError as error:
        pytest.skip(f"this system makes no links: {error}")
    write_whole(tmp_path / "link", [b"after"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"after"


@pytest.mark.skipif(os.name != "posix", reason="needs rights of files")
def test_rights_stay(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "a").chmod(0o640)
    write_whole(tmp_path / "a", [b"after"])
    write_whole(tmp_path / "new", [b"after"])
    (tmp_path / "usual").write_bytes(b"")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["a"] == 0o640
    assert modes["new"] == modes["usual"]


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"before")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "a", [b"after"])
    assert (tmp_path / "a").read_bytes() == b"before"


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 255)
    write_whole(path, [b"x"])
    assert path.read_bytes() == b"x"
