"""What an installation needs: the lock files, the wheel, and the two commands' own logic."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import nnviz

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MACHINES = [
    {"python_version": minor, "python_full_version": f"{minor}.0", "sys_platform": platform}
    for minor in ("3.10", "3.11", "3.12", "3.13", "3.14")
    for platform in ("linux", "darwin", "win32")
]

# --------------------------------------------------------------------------------- the lock files


def locked(name: str) -> list[Requirement]:
    """Return the entries of a lock file, each one line or several joined by backslashes."""
    text = (SCRIPTS / name).read_text("utf-8").replace("\\\n", " ")
    lines = (line for line in text.splitlines() if line and not line.lstrip().startswith("#"))
    return [Requirement(re.sub(r"--hash=\S+", "", line)) for line in lines]


def wanted(*extras: str) -> list[str]:
    project = PROJECT["project"]
    of_extras = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [*project["dependencies"], *of_extras, *PROJECT["build-system"]["requires"]]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ()), ("requirements-test.lock", ("test",))]
)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: " ".join(m.values()))
def test_lock_has_one_version_of_everything_wanted(
    lock: str, extras: tuple[str, ...], machine: dict[str, str]
) -> None:
    here = [entry for entry in locked(lock) if not entry.marker or entry.marker.evaluate(machine)]
    pins = {canonicalize_name(entry.name): str(entry.specifier) for entry in here}
    assert len(pins) == len(here), "two versions for one machine"
    for requirement in map(Requirement, wanted(*extras)):
        pin = pins[canonicalize_name(requirement.name)]
        assert pin.startswith("==")
        assert requirement.specifier.contains(pin.removeprefix("==")), requirement


def test_test_lock_contains_the_run_lock() -> None:
    run, test = (
        {str(entry) for entry in locked(f"requirements{kind}.lock")} for kind in ("", "-test")
    )
    assert run < test


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_every_locked_file_is_known_by_its_hash(lock: str) -> None:
    text = (SCRIPTS / lock).read_text("utf-8").replace("\\\n", " ")
    assert not [line for line in text.splitlines() if "==" in line and "--hash=sha256:" not in line]


def test_versions_of_qt_known_to_break_are_not_allowed() -> None:
    qt = next(r for r in map(Requirement, wanted()) if r.name == "PySide6-Essentials")
    assert not any(map(qt.specifier.contains, ("6.11.0", "6.11.1", "6.12.0")))


def test_version_is_said_once_more_only_in_the_changelog() -> None:
    assert nnviz.__version__ == PROJECT["project"]["version"]
    assert f"## [{nnviz.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


# -------------------------------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def unpacked_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip would and return the folder it is unpacked in."""
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("wheel")
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    target = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def contents(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_has_every_resource_and_module(unpacked_wheel: Path) -> None:
    installed = contents(unpacked_wheel / "nnviz")
    assert {f"_resources/{name}" for name in contents(ROOT / "resources")} <= installed
    assert contents(ROOT / "nnviz") <= installed


def test_wheel_has_nothing_but_the_package(unpacked_wheel: Path) -> None:
    info = f"nnviz-{nnviz.__version__}.dist-info"
    assert {path.name for path in unpacked_wheel.iterdir()} == {"nnviz", info}
    assert "nnviz = nnviz.__main__:main" in (unpacked_wheel / info / "entry_points.txt").read_text()


def test_installed_package_finds_its_own_resources(unpacked_wheel: Path, tmp_path: Path) -> None:
    code = "from nnviz.resources import resource; print(resource('datasets'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked_wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == unpacked_wheel / "nnviz" / "_resources" / "datasets"


# ---------------------------------------------------------------------------- run.py and test.py


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Import helpers of the two commands afresh, by name."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module
    for name in ("_bootstrap", "_system", "_display"):
        sys.modules.pop(name, None)


@pytest.fixture
def system(script: Any, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the helper that looks at the machine, on a Debian that lacks everything."""
    module: ModuleType = script("_system")
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module, "has_library", lambda soname: False)
    monkeypatch.setattr(module, "has_font", lambda: False)
    monkeypatch.setattr(module, "has_venv", lambda: False)
    monkeypatch.setattr(module, "is_root", lambda: False)
    monkeypatch.setattr(module, "is_known", lambda package: "t64" not in package)
    monkeypatch.setattr(module.shutil, "which", lambda program: f"/usr/bin/{program}")
    return module


def test_everything_missing_is_said_in_one_command(system: ModuleType) -> None:
    with pytest.raises(system.SetupError) as error:
        system.provide(system.missing_needs(screen=True, new_environment=True))
    command = str(error.value).splitlines()[-1].strip()
    assert command.startswith("sudo apt-get install -y --no-install-recommends python3.")
    for package in ("libglib2.0-0", "libgl1", "libxcb-cursor0", "fonts-dejavu-core"):
        assert f" {package}" in command


def test_command_fetches_the_lists_where_apt_knows_nothing(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "is_known", lambda package: False)
    advice = system.advice(system.missing_needs(screen=False, new_environment=True))
    assert advice.startswith("sudo apt-get update && sudo apt-get install -y")
    assert " python3-venv libglib2.0-0 " in advice


def test_command_does_without_sudo_where_there_is_none(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda program: None)
    assert system.advice([system.FONT]).startswith("su -c 'apt-get install -y")


def test_renamed_package_goes_by_its_new_name(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "is_known", lambda package: True)
    assert system.package_name(system.OFFSCREEN[0]) == "libglib2.0-0t64"


def test_screen_takes_more_than_offscreen(system: ModuleType) -> None:
    offscreen = system.missing_needs(screen=False, new_environment=False)
    screen = system.missing_needs(screen=True, new_environment=False)
    assert set(screen) - set(offscreen) == set(system.SCREEN)


def test_nothing_missing_asks_for_nothing(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "has_library", lambda soname: True)
    monkeypatch.setattr(system, "has_font", lambda: True)
    missing = system.missing_needs(screen=True, new_environment=False)
    assert missing == []
    system.provide(missing)


def test_other_systems_are_told_the_names_of_the_libraries(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda program: None)
    with pytest.raises(system.SetupError, match="libxcb-cursor") as error:
        system.provide(system.missing_needs(screen=True, new_environment=False))
    assert "apt-get" not in str(error.value)


@pytest.mark.parametrize(
    ("known", "results", "commands"),
    [
        (True, [True], ["install"]),
        (True, [False, True, True], ["install", "update", "install"]),
        (False, [True, True], ["update", "install"]),
    ],
)
def test_root_installs_and_fetches_lists_only_when_needed(
    system: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    known: bool,
    results: list[bool],
    commands: list[str],
) -> None:
    done: list[str] = []
    monkeypatch.setattr(system, "is_root", lambda: True)
    monkeypatch.setattr(system, "is_known", lambda package: known)
    monkeypatch.setattr(
        system, "_apt", lambda command: (done.append(command[1]), results[len(done) - 1])[1]
    )
    system.provide([system.FONT])
    assert done == commands


def test_failed_installation_is_said_with_its_command(
    system: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "is_root", lambda: True)
    monkeypatch.setattr(system, "_apt", lambda command: False)
    with pytest.raises(system.SetupError, match="fonts-dejavu-core"):
        system.provide([system.FONT])


@pytest.fixture
def display(script: Any, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the helper that looks for a display, on a Linux without one."""
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    module: ModuleType = script("_display")
    monkeypatch.setattr(module.sys, "platform", "linux")
    return module


def test_no_display_is_said(display: ModuleType) -> None:
    assert "There is no display" in display.problem()


def test_display_that_does_not_answer_is_said(
    display: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr(display, "_x11_answers", lambda: False)
    assert "DISPLAY is :4711" in display.problem()


def test_display_that_answers_is_no_problem(
    display: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(display, "_x11_answers", lambda: True)
    assert not display.problem()


@pytest.mark.parametrize(("platform", "shown"), [("offscreen", False), ("vnc:size=800x600", True)])
def test_platform_chosen_by_the_person_is_respected(
    display: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str, shown: bool
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert bool(display.problem()) is not shown


def test_other_systems_have_a_display(display: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display.sys, "platform", "darwin")
    assert not display.problem()
