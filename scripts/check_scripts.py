"""See that the scripts nnviz writes do what nnviz does: ``python scripts/check_scripts.py``.

Trains presets, runs the NumPy scripts made of them each in a process of its own, and compares the
last loss and metric; with ``--torch PYTHON`` the PyTorch scripts too, by a Python that has PyTorch
(the extra ``oracle``). Exits with 1 where one differs by more than `TOLERANCES` allow.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nnviz.engine.layers import BatchNorm, Dropout
from nnviz.errors import NnvizError
from nnviz.storage.scripts.kinds import SCRIPTS, script_files
from nnviz.training.completion import Completed, complete
from nnviz.training.presets import PRESETS

TOLERANCES = {"float64": (1e-5, 1e-3), "float32": (0.5, 0.01)}
"""Of the loss, as a share of it, which scripts print with six digits; and of the metric.

The sums of float32 come in another order, and training follows the smallest difference.
"""

_SAID = re.compile(r"^train: loss (\S+), (?:accuracy|R²) (\S+?)(%?)$", re.MULTILINE)


def main() -> int:
    """Check the presets asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="*", default=[*PRESETS], help="all where none is named")
    parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")
    parser.add_argument("--epochs", type=int, help="fewer than the presets ask for")
    asked = parser.parse_args()
    pythons = {"numpy": sys.executable, **({"pytorch": asked.torch} if asked.torch else {})}
    failed = 0
    for key in asked.presets:
        experiment = PRESETS[key].experiment
        epochs = min(experiment.training.epochs, asked.epochs or experiment.training.epochs)
        try:
            done = complete(experiment.change("training", epochs=epochs))
        except NnvizError as error:
            print(f"{key:26} {error}")
            continue
        for kind, python in pythons.items():
            told, is_close = compared(done, kind, python)
            failed += not is_close
            print(f"{key:26} {kind:8} {told}{'' if is_close else '  DIFFERS'}", flush=True)
    return int(failed > 0)


def compared(done: Completed, kind: str, python: str) -> tuple[str, bool]:
    """Return what nnviz and a script come to, and whether that is the same."""
    loss, metric, lines = run(done, kind, python)
    theirs = (done.final.train_loss, done.final.train_metric)
    of_loss, of_metric = TOLERANCES[done.problem.dtype.name]
    chance = kind == "pytorch" and any(
        isinstance(layer, Dropout | BatchNorm) for layer in done.problem.experiment.network.layers
    )
    sampled = done.problem.judged["train"].rows < done.problem.train.rows
    of_metric = max(of_metric, 0.02 if chance or sampled else 0)
    is_close = abs(metric - theirs[1]) <= of_metric
    if not (chance or sampled):
        is_close &= abs(loss - theirs[0]) <= of_loss * max(abs(theirs[0]), 1e-3)
    told = f"loss {loss:.6g} ({theirs[0]:.6g}), metric {metric:.4f} ({theirs[1]:.4f})"
    return f"{told}, {lines} lines", is_close


def run(done: Completed, kind: str, python: str) -> tuple[float, float, int]:
    """Return loss and metric of the training part that a script prints, and its length."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.py")
        parts = done.problem, done.snapshot.parameters, path
        for place, content in script_files(SCRIPTS[kind], done.experiment, *parts).items():
            place.write_bytes(content)
        said = subprocess.run([python, path], capture_output=True, text=True, check=True).stdout
        lines = len(path.read_text().splitlines())
    found = _SAID.search(said)
    assert found is not None, said
    return float(found[1]), float(found[2]) / (100 if found[3] else 1), lines


if __name__ == "__main__":
    sys.exit(main())
