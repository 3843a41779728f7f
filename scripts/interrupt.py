"""Interrupt nnviz at any moment and see what is left: ``python scripts/interrupt.py``.

Each command is first run to its end, and then as often as asked, with Ctrl+C and ``kill`` in turn
at moments spread evenly over that time. It must end with 130 or 143, say that it stopped, and leave
no process, no shared memory, no temporary file and no picture or table that is not whole.
Needs Linux, where one can see when a program begins to obey signals.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIGNALS = (signal.SIGINT, signal.SIGTERM)
STOPPED = b"nnviz: stopped.\n"
PATIENCE = 30.0
"""Seconds after which a program that goes on has not obeyed."""

GRACE = 5.0
"""Seconds for a child to notice that nobody needs it any more."""

COMMANDS: Mapping[str, Sequence[str]] = {
    "export": ("train", "--sample", "xor", "--epochs", "3000", "--export", "out"),
    "train": ("train", "--sample", "moons", "--epochs", "1500"),
    "window": (),
}


FOLDERS = ("tmp", "config", "data", "state", "run")
"""What a program may write to; the first and the last must be empty in the end."""

Program = subprocess.Popen[bytes]


@dataclass(frozen=True)
class End:
    """How a program ended.

    Parameters
    ----------
    code
        Exit code.
    said
        What it wrote to its standard error.
    seconds
        From when it obeyed signals on.
    left
        What it left behind that is not its work.
    made
        Names of the files it exported.
    """

    code: int
    said: bytes
    seconds: float
    left: tuple[str, ...]
    made: tuple[str, ...]

    def is_right(self, number: int) -> bool:
        """Say whether it is as it should be after a signal, or before it came."""
        ends = ((128 + number, STOPPED), (0, b""))
        return (self.code, self.said) in ends and not self.left


def main() -> int:
    """Interrupt every command asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tries", type=int, default=200, metavar="N", help="of each command")
    parser.add_argument("--only", choices=list(COMMANDS), metavar="COMMAND")
    asked = parser.parse_args()
    wrong = 0
    for name in [asked.only] if asked.only else COMMANDS:
        wrong += interrupt_often(name, asked.tries)
    return 1 if wrong else 0


def interrupt_often(name: str, tries: int) -> int:
    """Interrupt one command so often; print and return how often that went wrong."""
    # A window stays open: it is seen to be at rest after a few seconds.
    span = 6.0 if name == "window" else run(COMMANDS[name]).seconds
    wrong = stopped = 0
    for count in range(tries):
        number, moment = SIGNALS[count % 2], span * count / tries
        end = run(COMMANDS[name], number, partial(rest, seconds=moment))
        stopped += end.code == 128 + number
        if not end.is_right(number):
            wrong += 1
            print(f"{name} {number.name} after {moment:.3f} s: {end}", flush=True)
    print(f"{name}: {wrong} of {tries} wrong, {stopped} stopped on the way, {span:.1f} s")
    return wrong


def run(
    command: Sequence[str],
    number: signal.Signals | None = None,
    wait: Callable[[Program, Path], None] | None = None,
) -> End:
    """Run nnviz to its end.

    Parameters
    ----------
    command
        What it is to do.
    number
        A signal to send it, or None.
    wait
        Called when it has begun to obey signals, with its folder; the signal is sent on return.
    """
    before = shared_memory()
    with tempfile.TemporaryDirectory(prefix="nnviz-interrupt-") as home:
        program = start(command, Path(home))
        wait_until_it_obeys(program.pid)
        began = time.monotonic()
        if wait is not None:
            wait(program, Path(home))
        if number is not None:
            send(program, number)
        try:
            _, said = program.communicate(timeout=PATIENCE + (0 if number else 100))
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)  # its code is then wrong
            _, said = program.communicate()
        seconds = time.monotonic() - began
        left = wait_for_none(lambda: processes(program.pid) | (shared_memory() - before))
        left |= junk(Path(home))
        made = sorted(path.name for path in Path(home).glob("out/*"))
        return End(program.returncode, said, seconds, tuple(sorted(left)), tuple(made))


def start(command: Sequence[str], home: Path) -> Program:
    """Start nnviz in a process group and with folders of its own."""
    for name in FOLDERS:
        (home / name).mkdir(mode=0o700)
    folders = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("config", "data", "state")}
    environment = {
        **os.environ,
        **folders,
        "XDG_RUNTIME_DIR": str(home / "run"),
        "TMPDIR": str(home / "tmp"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "nnviz", *command],
        cwd=home,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Who starts this script in the background may have told all of it to ignore Ctrl+C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )


def wait_until_it_obeys(pid: int) -> None:
    """Return as soon as a process takes the request to end itself."""
    bit = 1 << (signal.SIGTERM - 1)
    while not caught_signals(pid) & bit:
        time.sleep(0.0002)


def caught_signals(pid: int) -> int:
    """Return the set of signals that a process takes itself."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("SigCgt:")[2].split()[0], 16)


def rest(program: Program, home: Path, seconds: float) -> None:
    """Wait some seconds, or until a program has ended."""
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def send(program: Program, number: signal.Signals) -> None:
    """Send a signal as it comes in life: Ctrl+C to the whole group, ``kill`` to one process."""
    if program.poll() is None:
        (os.killpg if number is signal.SIGINT else os.kill)(program.pid, number)


# --------------------------------------------------------------------------------- what is left


def wait_for_none(find: Callable[[], set[str]]) -> set[str]:
    """Return what is still found after a grace period; other programs come and go, too."""
    deadline = time.monotonic() + GRACE
    while (left := find()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


def processes(group: int) -> set[str]:
    """Return what runs in a process group."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(status[2]) == group and status[0] != "Z":
                found.add(f"process {folder.name}: {(folder / 'cmdline').read_text()}")
        except OSError:
            continue  # it has ended meanwhile
    return found


def shared_memory() -> set[str]:
    """Return the names of shared memory that nobody uses."""
    names = {path.name for path in Path("/dev/shm").glob("psm_*")}
    if not names:
        return names
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            text = maps.read_text()
        except OSError:
            continue  # ended meanwhile, or another's
        names -= {name for name in names if name in text}
    return names


def junk(home: Path) -> set[str]:
    """Return files and folders that are neither whole pictures and tables nor settings and log."""
    found = {*(home / "tmp").iterdir(), *(home / "run").iterdir()}
    found |= {path for path in home.iterdir() if path.name not in (*FOLDERS, "out")}
    if (home / "out").exists():
        out = set((home / "out").iterdir()) or {home / "out"}  # a folder without anything in it
        found |= {path for path in out if not is_whole(path)}
    return set(map(str, found))


def is_whole(path: Path) -> bool:
    """Say whether a picture or table ends as such do."""
    last = b"IEND\xaeB`\x82" if path.suffix == ".png" else b"\r\n"
    return path.name.endswith((".png", "history.csv")) and path.read_bytes().endswith(last)


if __name__ == "__main__":
    sys.exit(main())
