"""See that the scripts nnviz writes do what nnviz does: ``python scripts/check_scripts.py``.

Trains presets, runs the NumPy scripts made of them each in a process of its own, and compares the
last loss and metric; with ``--torch PYTHON`` the PyTorch scripts too, by a Python that has PyTorch
(the extra ``oracle``). Exits with 1 where one differs by more than `TOLERANCES` allow.
"""

from __future__ import annotations

import argparse
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

TOLERANCES = {"float64": (1e-9, 1e-9), "float32": (0.5, 0.01)}
"""Of the loss, as a share of it (of 1 where it is less), and of the metric.

The sums of float32 come in another order, and training follows the smallest difference.
"""

CHANCE = 0.02
"""Of the metric, where PyTorch draws Dropout anew or nnviz looks at a sample of the rows."""

CHAOTIC = {"exploding-gradients": 1}
"""Epochs of presets that make a large difference of a rounding; more are not compared."""

_RUN = """
import runpy, sys
print(*map(float, runpy.run_path(sys.argv[1])["figures"]("train")))
"""


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
        all_of_it = CHAOTIC.get(key, experiment.training.epochs)
        epochs = min(all_of_it, asked.epochs or all_of_it)
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
    record, layers = done.final, done.problem.experiment.network.layers
    assert record.train_metric is not None
    chance = done.problem.judged["train"].rows < done.problem.train.rows
    chance |= kind == "pytorch" and any(isinstance(each, Dropout | BatchNorm) for each in layers)
    of_loss, of_metric = TOLERANCES[done.problem.dtype.name]
    of_metric = CHANCE if chance else of_metric * max(abs(record.train_metric), 1.0)
    is_close = abs(metric - record.train_metric) <= of_metric
    is_close &= chance or abs(loss - record.train_loss) <= of_loss * max(record.train_loss, 1.0)
    told = f"loss {loss:.12g} ({record.train_loss:.12g})"
    return f"{told}, metric {metric:.4f} ({record.train_metric:.4f}), {lines} lines", is_close


def run(done: Completed, kind: str, python: str) -> tuple[float, float, int]:
    """Return loss and metric of the training part that a script prints, and its length."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made.py")
        parts = done.problem, done.snapshot.parameters, path
        for place, content in script_files(SCRIPTS[kind], done.experiment, *parts).items():
            place.write_bytes(content)
        command = [python, "-c", _RUN, str(path)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lines = len(path.read_text().splitlines())
    loss, metric = map(float, said.splitlines()[-1].split())
    return loss, metric, lines


if __name__ == "__main__":
    sys.exit(main())
