"""Count how many faults the tests catch: ``python scripts/faults.py [--only NAME …] [--seen]``.

Makes a copy of the project and in it, one after another, the small faults listed in ``_faults.py``;
runs the tests nearest to each, and says which faults none of them noticed. A net for changes that
rewrite what draws: it is to catch as many after as before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from _bootstrap import TEST_ENVIRONMENT
from _fault import Fault
from _faults import FAULTS

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("nnviz", "resources", "tests", "scripts", "pyproject.toml")
SECONDS = 400
"""A fault that makes its tests hang that long is caught."""


def main() -> int:
    """Try the faults asked for; return the exit status: 0 if all of them were caught."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these faults")
    parser.add_argument(
        "--check", action="store_true", help="only look whether every line is there"
    )
    parser.add_argument("--seen", action="store_true", help="only tests that ask the real window")
    asked = parser.parse_args()
    faults = [fault for fault in FAULTS if not asked.only or fault.name in asked.only]
    lost = [fault for fault in faults if _places(ROOT, fault) != 1]
    for fault in lost:
        print(f"lost      {fault.name}: its line is not once in {fault.file}")
    if asked.check or lost or not faults:
        return 1 if lost or not faults else 0
    with TemporaryDirectory(prefix="nnviz-faults-") as folder:
        missed = _try_all(faults, Path(folder), asked.seen)
    print(f"{len(faults) - len(missed)} of {len(faults)} faults caught.")
    return 1 if missed else 0


def _try_all(faults: Iterable[Fault], copy: Path, seen: bool) -> list[Fault]:
    """Try faults in a copy of the project; return those that no test noticed."""
    ignored = shutil.ignore_patterns("__pycache__", ".*cache")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy2(source, copy / name)
    missed = []
    for fault in faults:
        started = time.monotonic()
        by = _caught_by(fault, copy, seen)
        seconds = f"{time.monotonic() - started:4.0f} s"
        if by:
            print(f"caught    {seconds}  {fault.name}: by {by}", flush=True)
        else:
            missed.append(fault)
            print(f"NOT       {seconds}  {fault.name}: {fault.sentence}", flush=True)
    return missed


def _caught_by(fault: Fault, copy: Path, seen: bool) -> str:
    """Return which test fails because of a fault in the copy, or "" if none does."""
    path, tests = copy / fault.file, _tests(fault, copy, seen)
    right = path.read_text(encoding="utf-8")
    while tests:
        path.write_text(right.replace(fault.line, fault.wrong), encoding="utf-8")
        try:
            failed = _first_failure(copy, tests)
        finally:
            path.write_text(right, encoding="utf-8")
        # What fails without the fault too has not noticed it.
        if not failed or "::" not in failed or not _first_failure(copy, [failed]):
            return failed
        print(f"          {failed} fails without a fault", flush=True)
        tests += ["--deselect", failed]
    return ""


def _tests(fault: Fault, copy: Path, seen: bool) -> list[str]:
    """Return the files of tests of a fault that there are."""
    names = (name for name in fault.tests if not seen or name.startswith("test_seen"))
    files = (f"tests/gui/{name}.py" for name in names)
    return [file for file in files if (copy / file).exists()]


def _first_failure(copy: Path, tests: list[str]) -> str:
    """Return the first of these tests that fails, "" if all pass."""
    # Bytecode is known by its source's size and second, which a fault may leave as they were.
    environment = {
        **os.environ,
        **TEST_ENVIRONMENT,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"nothing being finished after {SECONDS} s"
    if done.returncode == 0:
        return ""
    lines = done.stdout.splitlines()
    failed = (line for line in lines if line.startswith(("FAILED ", "ERROR ")))
    return next(failed, f"pytest's exit code {done.returncode}").split(" - ")[0].split(" ", 1)[-1]


def _places(root: Path, fault: Fault) -> int:
    """Return how often a fault's line is in its file."""
    path = root / fault.file
    return path.read_text(encoding="utf-8").count(fault.line) if path.exists() else 0


if __name__ == "__main__":
    sys.exit(main())
