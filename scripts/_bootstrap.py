"""From a bare Python to a running nnviz: what scripts/run.py and scripts/test.py share.

Standard library only, and idempotent: once all is installed, a start costs some file reads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import _display
import _system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"  # contains all of RUN_LOCK
COMPILER_LOCK = "requirements-compiler.lock"
ENGINE = ROOT / "nnviz" / "engine" / "kernel"
OUTPUT = ROOT / "nnviz-output"
OFFSCREEN_JOB = ("train", "--preset", "xor-2-4-1", "--export", str(OUTPUT))

# One BLAS thread: the networks are small, and threads that wait for each other cost more than
# they bring. A fixed language and scale: a test's picture must not depend on whose machine it is.
TEST_ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "1",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}

# Of the whole suite, a file at a time to each processor: what a file sets up once stays of use.
WHOLE_SUITE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")


def run(arguments: Sequence[str]) -> int:
    """Open the window, or do the main job offscreen where there is no display."""
    return _in_sentences(lambda: _run(arguments))


def test(arguments: Sequence[str]) -> int:
    """Run the test suite; return pytest's exit code."""
    return _in_sentences(lambda: _test(arguments))


def _in_sentences(job: Callable[[], int]) -> int:
    try:
        return job()
    except _system.SetupError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # what shells say of a program ended by Ctrl+C


def _run(arguments: Sequence[str]) -> int:
    ensure_environment(RUN_LOCK, screen=not _display.problem())
    problem = _display.problem()  # again: now the library that can ask an X server is there
    if arguments or not problem:
        return _hand_over(["-m", "nnviz", *arguments])
    return _offscreen_job(problem)


def _offscreen_job(problem: str) -> int:
    print(f"{problem} So no window can open here: nnviz trains a sample offscreen instead.")
    print(f"The pictures of the window and of every panel go to {OUTPUT}", flush=True)
    started = _newest(OUTPUT)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    code = _python(["-m", "nnviz", *OFFSCREEN_JOB], environment)
    if code == 0:
        new = [path.name for path in _pictures(OUTPUT) if path.stat().st_mtime_ns > started]
        print(f"\nWrote {len(new)} pictures to {OUTPUT}:\n    " + "\n    ".join(new))
    return code


def _pictures(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.png"))


def _newest(folder: Path) -> int:
    return max((path.stat().st_mtime_ns for path in _pictures(folder)), default=0)


def _test(arguments: Sequence[str]) -> int:
    ensure_environment(TEST_LOCK, screen=False)
    os.chdir(ROOT)
    os.environ.update(TEST_ENVIRONMENT)
    return _hand_over(["-m", "pytest", *(arguments or WHOLE_SUITE)])


def ensure_environment(lock: str, screen: bool) -> None:
    """Make sure that ``.venv`` has everything in the lock file, and the package itself.

    Parameters
    ----------
    lock
        Name of the lock file in this folder.
    screen
        Whether a real window is to be opened, which takes more system libraries.

    Raises
    ------
    SetupError
        If the person has to do something first, or an installation failed.
    """
    usable = _is_usable()
    _system.provide(_system.missing_needs(screen=screen, new_environment=not usable))
    stamp = VENV / f"{lock}.stamp"
    if usable and stamp.is_file() and stamp.read_text() == _wanted(lock):
        return
    if not usable:
        _make_environment()
    _install(lock)


def venv_python() -> Path:
    """Return the environment's own interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _is_usable() -> bool:
    """Say whether ``.venv`` was made by this Python, in this place, and to the end."""
    made = VENV / "made-by.stamp"
    return venv_python().exists() and made.is_file() and made.read_text() == _maker()


def _maker() -> str:
    # An environment that was moved, or whose Python was replaced, looks whole and is not.
    return f"{sys.version_info.major}.{sys.version_info.minor}\n{sys.base_prefix}\n{VENV}\n"


def _wanted(lock: str) -> str:
    """Return the stamp's text: it changes whenever something would have to be installed."""
    digest = hashlib.sha256()
    source = sorted([*ENGINE.glob("*.c"), *ENGINE.glob("*.h")])  # compiled by the installation
    for path in (ROOT / "scripts" / lock, ROOT / "pyproject.toml", *source):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_environment() -> None:
    print(f"Making {VENV}", flush=True)
    _must([sys.executable, "-m", "venv", "--clear", str(VENV)], "Making the environment failed.")
    (VENV / "made-by.stamp").write_text(_maker())


def _install(lock: str) -> None:
    print(f"Installing what scripts/{lock} lists; the first time takes a few minutes", flush=True)
    pip = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check"]
    if not sys.stdout.isatty():
        pip.append("--quiet")  # a log has no use for progress bars; a person waiting has
    sentence = "Installing failed. A missing network connection is the usual reason."
    locked = str(ROOT / "scripts" / lock)
    exactly = [*pip, "--require-hashes", "--only-binary=:all:"]
    _must([*exactly, "-r", locked], sentence)
    if not _has_compiler():
        print("Installing a C compiler into the environment, for the compiled engine", flush=True)
        compiler = str(ROOT / "scripts" / COMPILER_LOCK)
        _run_quietly([*exactly, "-r", compiler])  # where there is none for this system, NumPy does
    # Without isolation the build uses the locked build tool instead of downloading one.
    _must([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], sentence)
    if not list(ENGINE.glob("_*-*")):
        print("The compiled engine was not built, so NumPy trains, many times slower.", flush=True)
    for satisfied in {lock, RUN_LOCK}:
        (VENV / f"{satisfied}.stamp").write_text(_wanted(satisfied))


def _has_compiler() -> bool:
    """Say whether the system has a C compiler that can build the engine."""
    names = () if sys.platform == "win32" else ("cc", "gcc", "clang")
    return any(map(shutil.which, names))


def _run_quietly(command: Sequence[str]) -> None:
    subprocess.run(command, env=_clean(os.environ.copy()), stderr=subprocess.DEVNULL, check=False)


def _must(command: Sequence[str], sentence: str) -> None:
    if subprocess.run(command, env=_clean(os.environ.copy()), check=False).returncode != 0:
        raise _system.SetupError(f"{sentence} The lines above say more.")


def _clean(environment: dict[str, str]) -> dict[str, str]:
    """Leave out what would lead another Python's packages into the environment."""
    foreign = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    return {name: value for name, value in environment.items() if name not in foreign}


def _python(arguments: Sequence[str], environment: dict[str, str]) -> int:
    command = [str(venv_python()), *arguments]
    return subprocess.run(command, env=_clean(environment), check=False).returncode


def _hand_over(arguments: Sequence[str]) -> int:
    """Become the program, so that signals and the exit code need no passing on."""
    if os.name == "posix":
        sys.stdout.flush()
        python = str(venv_python())
        os.execve(python, [python, *arguments], _clean(os.environ.copy()))
    return _python(arguments, os.environ.copy())  # Windows' exec returns to the shell at once
