"""scripts/run.py and scripts/test.py from the outside: what they start, install and say."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """Import the commands' shared part, in an empty checkout where nothing really happens."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    module = importlib.import_module("_bootstrap")
    (tmp_path / "scripts").mkdir()
    for name in (module.RUN_LOCK, module.TEST_LOCK):
        (tmp_path / "scripts" / name).write_text(name)
    (tmp_path / "pyproject.toml").write_text("[project]")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "OUTPUT", tmp_path / "nnviz-output")
    monkeypatch.setattr(module, "ENGINE", tmp_path / "kernel")
    monkeypatch.setattr(module, "_has_compiler", lambda: True)
    monkeypatch.setattr(module._system, "missing_needs", lambda **where: [])
    monkeypatch.setattr(module._display, "problem", lambda: "")
    yield module
    for name in ("_bootstrap", "_system", "_display"):
        sys.modules.pop(name, None)


@pytest.fixture
def commands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every command of an installation is added to instead of being run."""
    done: list[str] = []

    def pretend(command: list[str], sentence: str) -> None:
        done.append(" ".join(command))
        if "venv" in command:
            bootstrap.venv_python().parent.mkdir(parents=True)
            bootstrap.venv_python().touch()

    monkeypatch.setattr(bootstrap, "_must", pretend)
    return done


def test_first_start_installs_and_the_second_does_nothing(
    bootstrap: ModuleType, commands: list[str]
) -> None:
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 3  # the environment, what is locked, the package
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 3


def test_test_tools_are_added_to_the_same_environment(
    bootstrap: ModuleType, commands: list[str]
) -> None:
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    bootstrap.ensure_environment(bootstrap.TEST_LOCK, screen=False)
    assert len(commands) == 5
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 5


def test_a_compiler_is_installed_where_the_system_has_none(
    bootstrap: ModuleType,
    commands: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(bootstrap, "_has_compiler", lambda: False)
    monkeypatch.setattr(bootstrap, "_run_quietly", lambda command: tried.append(command[-1]))
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert [Path(path).name for path in tried] == ["requirements-compiler.lock"]
    assert "NumPy trains" in capsys.readouterr().out  # for nothing was really built here


def test_another_source_of_the_engine_is_compiled_anew(
    bootstrap: ModuleType, commands: list[str]
) -> None:
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    bootstrap.ENGINE.mkdir()
    (bootstrap.ENGINE / "kernel.c").write_text("other")
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 5


@pytest.mark.parametrize("changed", ["scripts/requirements.lock", "pyproject.toml"])
def test_changed_file_installs_anew(
    bootstrap: ModuleType, commands: list[str], changed: str
) -> None:
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    (bootstrap.ROOT / changed).write_text("changed")
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 5


def test_environment_of_another_python_is_made_anew(
    bootstrap: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    bootstrap.venv_python().unlink()
    bootstrap.venv_python().parent.rmdir()
    bootstrap.ensure_environment(bootstrap.RUN_LOCK, screen=False)
    assert len(commands) == 6


def test_failure_is_a_sentence_and_an_exit_code(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess([], returncode=1)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda command, **options: failed)
    assert bootstrap.run([]) == 1
    assert "Making the environment failed." in capsys.readouterr().err


def test_arguments_reach_nnviz_and_pytest(
    bootstrap: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bootstrap.ROOT)
    monkeypatch.setattr(bootstrap.os, "environ", dict(bootstrap.os.environ))
    monkeypatch.setattr(bootstrap, "_hand_over", lambda arguments: arguments)
    assert bootstrap.run(["train", "--sample", "iris"]) == [
        *("-m", "nnviz", "train", "--sample", "iris")
    ]
    assert bootstrap.test(["-k", "loss"]) == ["-m", "pytest", "-k", "loss"]
    assert bootstrap.test([])[:3] == ["-m", "pytest", "--numprocesses=auto"]
    assert bootstrap.os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_without_display_the_pictures_and_their_folder_are_named(
    bootstrap: ModuleType,
    commands: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def pretend(arguments: list[str], environment: dict[str, str]) -> int:
        assert arguments[:3] == ["-m", "nnviz", "train"]
        assert environment["QT_QPA_PLATFORM"] == "offscreen"
        bootstrap.OUTPUT.mkdir()
        (bootstrap.OUTPUT / "window.png").touch()
        return 0

    monkeypatch.setattr(bootstrap._display, "problem", lambda: "There is no display.")
    monkeypatch.setattr(bootstrap, "_python", pretend)
    assert bootstrap.run([]) == 0
    said = capsys.readouterr().out
    assert "There is no display." in said
    assert f"Wrote 1 pictures to {bootstrap.OUTPUT}" in said
    assert "window.png" in said


def test_foreign_packages_stay_out(bootstrap: ModuleType) -> None:
    assert bootstrap._clean({"PYTHONPATH": "/x", "PIP_USER": "1", "HOME": "/"}) == {"HOME": "/"}


@pytest.mark.parametrize("name", ["run.py", "test.py"])
def test_old_python_can_parse_the_entry_files(name: str) -> None:
    source = (SCRIPTS / name).read_text("ascii")
    kinds = {type(node) for node in ast.walk(ast.parse(source))}
    newer = {ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match}
    assert not kinds & newer
    assert "__future__" not in source
    assert "->" not in source
