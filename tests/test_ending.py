"""Ctrl+C and requests to end: the right exit code, no traceback, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import interrupt  # noqa: E402 - a script

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are watched by /proc")
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals between processes")

EXPORT = ("train", "--sample", "xor", "--epochs", "20", "--export", "out")
LONG = ("train", "--sample", "digits", "--epochs", "1000000", "--export", "out")
WINDOW = ()

Seen = Callable[[interrupt.Program, Path], bool]


def nothing(program: interrupt.Program, home: Path) -> bool:
    return True


def library(name: str) -> Seen:
    """Return what tells that a library is being loaded."""
    return lambda program, home: name in Path(f"/proc/{program.pid}/maps").read_text()


def file(name: str) -> Seen:
    return lambda program, home: (home / name).exists()


def children(program: interrupt.Program, home: Path) -> bool:
    return len(list(interrupt.processes(program.pid))) > 2


@linux
@pytest.mark.parametrize("number", interrupt.SIGNALS)
@pytest.mark.parametrize(
    ("command", "seen"),
    [
        pytest.param(EXPORT, nothing, id="at the first line"),
        pytest.param(EXPORT, library("_multiarray_umath"), id="NumPy loads"),
        pytest.param(EXPORT, library("libQt6Core"), id="Qt loads"),
        pytest.param(LONG, library("libQt6Svg"), id="before training"),
        pytest.param(EXPORT, file("out/history.csv"), id="pictures are drawn"),
        pytest.param(EXPORT, children, id="the window is drawn"),
        pytest.param(WINDOW, children, id="the window opens"),
    ],
)
def test_a_signal_leaves_nothing(
    command: tuple[str, ...], seen: Seen, number: signal.Signals
) -> None:
    def wait(program: interrupt.Program, home: Path) -> None:
        while program.poll() is None and not seen(program, home):
            time.sleep(0.002)

    end = interrupt.run(command, number, wait)
    assert (end.code, end.said, end.left) == (128 + number, interrupt.STOPPED, ())
    assert "window.png" not in end.made


def ended(code: str, *arguments: object) -> tuple[int, str]:
    """Return exit code and error output of Python code in a process that obeys signals."""
    head = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from nnviz.ending import Held, leave, obey_signals\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + code, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stderr=subprocess.PIPE,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    return done.returncode, done.stderr


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_end_as_shells_expect(name: str) -> None:
    number = signal.Signals[name]
    code = f"obey_signals(); os.kill(os.getpid(), {int(number)}); print('goes on', file=sys.stderr)"
    assert ended(code) == (128 + number, "nnviz: stopped.\n")


@posix
def test_what_is_held_is_finished_first() -> None:
    code = """obey_signals()
with Held() as held:
    with Held():
        os.kill(os.getpid(), signal.SIGTERM)
    print(held.asked, file=sys.stderr)
print("goes on", file=sys.stderr)
"""
    assert ended(code) == (143, "True\nnnviz: stopped.\n")


@posix
def test_what_was_to_be_ignored_is() -> None:
    code = """signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
obey_signals()
os.kill(os.getpid(), signal.SIGHUP)
"""
    assert ended(code) == (0, "")


@posix
def test_nothing_is_taken_apart_where_signals_would_kill() -> None:
    code = """class Last:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.SIGINT):
        kill(pid, number)
last = Last()
obey_signals()
leave(0)
"""
    assert ended(code) == (0, "")


@posix
def test_a_signal_after_the_work_still_counts() -> None:
    code = """import atexit
atexit.register(os.kill, os.getpid(), signal.SIGINT)
obey_signals()
leave(0)
"""
    assert ended(code) == (130, "nnviz: stopped.\n")


@posix
def test_a_file_that_is_being_written_is_given_up(tmp_path: Path) -> None:
    code = """from nnviz.files import write_whole
def pieces():
    yield b"begun"
    os.kill(os.getpid(), signal.SIGINT)
    yield b"never"
obey_signals()
write_whole(Path(sys.argv[1]), pieces())
"""
    (tmp_path / "a.csv").write_bytes(b"before")
    assert ended(code, tmp_path / "a.csv") == (130, "nnviz: stopped.\n")
    assert (tmp_path / "a.csv").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
