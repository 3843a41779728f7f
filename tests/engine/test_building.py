"""The compiled engine is built by what there is, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnviz.engine.kernel import building
from nnviz.engine.kernel.library import Library


def test_the_library_is_known_by_the_hash_of_its_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "FOLDER", tmp_path)
    (tmp_path / "kernel.c").write_text("one")
    one = building.library_path()
    (tmp_path / "kernel.c").write_text("other")
    assert building.library_path() != one
    assert building.library_path("arm64", "win32").name.startswith("_arm64-")
    assert building.library_path("arm64", "win32").suffix == ".dll"


def test_without_a_compiler_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "compilers", lambda: iter(()))
    with pytest.raises(building.BuildError, match="no C compiler"):
        building.build(tmp_path / "kernel.so")


def test_on_an_unknown_processor_nothing_is_compiled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building.platform, "machine", lambda: "riscv64")
    with pytest.raises(building.BuildError, match="riscv64"):
        building.build(tmp_path / "kernel.so")


def test_a_compiler_that_fails_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    monkeypatch.setattr(building, "compilers", lambda: iter([("false",), (str(broken),)]))
    with pytest.raises(building.BuildError, match="cannot be started"):
        building.build(tmp_path / "kernel.so")
    assert not list(tmp_path.iterdir())


def test_what_is_no_library_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "kernel.so").write_text("no library")
    with pytest.raises(OSError, match=r"kernel\.so|not a valid"):
        Library(tmp_path / "kernel.so")
