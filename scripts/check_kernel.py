"""Look closely at the compiled engine: ``python scripts/check_kernel.py [networks | …]``.

``networks``   thousands of random networks against the NumPy engine
``compilers``  every compiler that is here makes the same bits
``sanitize``   no access outside a buffer, nothing undefined (GCC or Clang with sanitizers)
``presets``    every preset from its first epoch to its last by both engines

Without a word it does all of it, which takes some minutes. It ends with 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from nnviz.engine.kernel import building  # noqa: E402
from nnviz.training.completion import complete  # noqa: E402
from nnviz.training.experiment import Experiment  # noqa: E402
from nnviz.training.presets import PRESETS  # noqa: E402
from nnviz.training.trainer import Trainer, overflow_is_checked  # noqa: E402

TESTS = ("tests/engine/test_kernel.py", "tests/engine/test_records.py")
GUARDED = (
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"),
    *("-O1", "-DGUARDED", "-g1"),
)
CHAOTIC = {"exploding-gradients"}
"""Presets that magnify a rounding until nothing but the first epochs can be compared."""


def pytest(*arguments: str, **environment: str) -> bool:
    """Run tests in a process of their own; return whether all passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode == 0


def networks() -> bool:
    """Train 5,000 random networks by both engines."""
    return pytest(*TESTS, "-k", "any_network", NNVIZ_KERNEL_EXAMPLES="5000")


def compilers() -> bool:
    """Compile with all there are; each has to make the bits that the tests have in them."""
    right = True
    with tempfile.TemporaryDirectory() as folder:
        for compiler in dict.fromkeys(building.compilers()):
            path = Path(folder, f"kernel{building.library_path().suffix}")
            building.compile_with(compiler, path)
            print(*compiler, flush=True)
            right &= pytest(*TESTS, "-k", "bits", NNVIZ_KERNEL=str(path))
    return right


def sanitize() -> bool:
    """Run the tests with buffers that are guarded on both sides."""
    compiler = next((name for name in ("gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        print("There is neither GCC nor Clang here: nothing was looked at.")
        return True
    names = ("libasan.so", "libclang_rt.asan-x86_64.so")
    found = (
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in names
    )
    runtime = next(path for path in found if Path(path).is_absolute())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kernel.so")
        building.compile_with((compiler,), path, GUARDED)
        return pytest(
            *TESTS,
            "-s",  # what the sanitizer says would be captured
            NNVIZ_KERNEL=str(path),
            NNVIZ_KERNEL_EXAMPLES="300",
            LD_PRELOAD=runtime,
            ASAN_OPTIONS="detect_leaks=0",
        )


def presets() -> bool:
    """Compare whole runs: parameters of float64, first update and final metric of float32."""
    right = True
    for key, sentence in filter(None, map(_difference, PRESETS)):
        print(f"{key}: {sentence}", flush=True)
        right &= not sentence.startswith("WRONG")
    return right


def _difference(key: str) -> tuple[str, str] | None:
    experiment = PRESETS[key].experiment
    by_numpy = experiment.change("training", engine="numpy")
    if Trainer(experiment).engine == "numpy":
        return key, "WRONG: the compiled engine does not train it"
    is_double = experiment.network.dtype == "float64"
    first = _relative(*(_after_first_update(each) for each in (experiment, by_numpy)))
    if first > (1e-12 if is_double else 1e-5):
        return key, f"WRONG: {first:.1e} after one update"
    runs = [complete(each) for each in (experiment, by_numpy)]
    ends = [run.final.train_metric or 0.0 for run in runs]
    whole = _relative(*(run.snapshot.parameters for run in runs))
    told = f"{first:.1e} after one update, {whole:.1e} at the end, metric {ends[0]:.4f}"
    wrong = whole > 1e-9 if is_double else abs(ends[0] - ends[1]) > 0.01
    return key, f"{'WRONG: ' if wrong and key not in CHAOTIC else ''}{told} and {ends[1]:.4f}"


def _after_first_update(experiment: Experiment) -> np.ndarray:
    trainer = Trainer(experiment)
    with overflow_is_checked():
        trainer.advance(1)
    return trainer.network.parameters


def _relative(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30))


CHECKS = {check.__name__: check for check in (networks, compilers, sanitize, presets)}


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    chosen = parser.parse_args(arguments).checks or list(CHECKS)
    unknown = [name for name in chosen if name not in CHECKS]
    if unknown:
        parser.error(f"there is no check “{unknown[0]}”")
    failed = list(_failed(chosen))
    print(f"Wrong: {', '.join(failed)}" if failed else "All is right.")
    return int(bool(failed))


def _failed(chosen: list[str]) -> Iterator[str]:
    for name in chosen:
        print(f"--- {name}", flush=True)
        if not CHECKS[name]():
            yield name


if __name__ == "__main__":
    sys.exit(main())
