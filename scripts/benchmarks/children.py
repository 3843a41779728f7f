"""Processes that measure: each is new, has its own settings, and is gone when its time is up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.others import usage, wait_for_calm
from nnviz.threads import ONE_BLAS_THREAD

CALM_WITHIN = 5.0
"""Seconds to wait for a machine that is busy with other things."""

SCRIPTS = Path(__file__).resolve().parent.parent

_COMPILED = tempfile.TemporaryDirectory(prefix="nnviz-compiled-")


class ChildError(Exception):
    """A measuring process failed or took too long; the text says which, and what it printed."""


def run_child(module: str, task: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """Run a module of `benchmarks` as a program, and return what it found.

    ``others`` is added: the share of the machine that other processes took meanwhile, where the
    system tells; a display that is drawn by a process is one of them.

    Parameters
    ----------
    module
        Name in this package; it takes the task as JSON in its only argument and prints what it
        found as JSON in its last line.
    task
        What to do. ``blas`` is the number of its BLAS threads, one without it; ``spawned`` is
        added: the moment it was started, on `time.perf_counter`'s clock, which all processes share.
    timeout
        Seconds after which it is ended, with all that it has started.

    Raises
    ------
    ChildError
        If it fails or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="nnviz-live-") as home:
        environment = _environment(Path(home), int(task.get("blas", 1)))
        wait_for_calm(CALM_WITHIN)
        before = usage()
        started = {**task, "home": home, "spawned": time.perf_counter()}
        command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(started)]
        with subprocess.Popen(
            command,
            cwd=SCRIPTS,  # Python looks there first
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            output = _output(child, task, timeout)
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    after = usage()
    if before is not None and after is not None:
        found["others"] = before.others_until(after)
    return found


def _output(child: subprocess.Popen[str], task: Mapping[str, Any], timeout: float) -> str:
    try:
        output, errors = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        _end(child)
        _, errors = child.communicate()
        raise ChildError(f"{task} took longer than {timeout:.0f} s:\n{errors}") from error
    finally:
        _end(child)
    if child.returncode or not output.strip():
        raise ChildError(f"{task} ended with {child.returncode}:\n{errors}")
    return output


def _end(child: subprocess.Popen[str]) -> None:
    """End the process, where it has not ended, and the training process it may have left."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # nobody is left
    else:
        child.kill()


def _environment(home: Path, blas_threads: int) -> dict[str, str]:
    """Return this process's environment, but with settings and logs of its own.

    Compiled modules are kept from one process to the next, as an installed program has them.
    """
    paths = [str(SCRIPTS), str(SCRIPTS.parent), os.environ.get("PYTHONPATH", "")]
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": _COMPILED.name,
        **dict.fromkeys(ONE_BLAS_THREAD, str(blas_threads)),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }
