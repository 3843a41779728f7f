"""Kill processes while they save, and train on from what was saved; write what came of it.

    python scripts/fuzz_saving.py [--kills 500] [--seed 0] [--write]

Prints a table; with --write it goes into docs/reliability.md. Needs a system that has fork.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.errors import NnvizError
from nnviz.storage.project import Project, read_project, write_project
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun
from nnviz.training.trainer import Trainer, overflow_is_checked

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"

OTHER_OPTIMIZERS_FOR = ("xor-2-4-1", "letters-abc", "digits-cnn")

_ROOM = 12
"""Checkpoints of a run."""

_UPDATES = 40
"""Trained before a run is saved, and after; where an epoch has more, an epoch and some."""


def learned(experiment: Experiment) -> tuple[RecordedRun, np.ndarray, int]:
    """Return a run as it is put away, what it comes to if it goes on, and after how many updates.

    A run is taken up at its newest checkpoint, so that is where both go on from.
    """
    trainer = Trainer(experiment, checkpoints_room=_ROOM)
    history, kept = History(len(trainer.network.layers)), Checkpoints(_ROOM)
    updates = max(_UPDATES, trainer.updates_until(1) + 3)
    with overflow_is_checked():
        history.append(trainer.evaluate())
        kept.add(trainer.checkpoint())
        history.extend(trainer.advance(updates).rows)
        for checkpoint in trainer.checkpoint_queue.take():
            kept.add(checkpoint)
        run = RecordedRun.of(experiment, history, kept, trainer.snapshot())
        # The trainer that has never stopped, to where another one comes from the checkpoint.
        more = updates + (trainer.snapshot().updates - run.checkpoints[-1].state.steps)
        trainer.advance(updates)
    return run, trainer.network.parameters.copy(), more


def goes_on(experiment: Experiment, path: Path) -> bool:
    """Say whether a run that is saved, read and trained on equals one that never stopped."""
    run, straight, updates = learned(experiment)
    write_project(path, Project(experiment, run))
    back = read_project(path).run
    assert back is not None
    trainer = Trainer(experiment)
    trainer.resume(back.checkpoints[-1])
    with overflow_is_checked():
        trainer.advance(updates)
    return bool(np.array_equal(trainer.network.parameters, straight))


def killed(path: Path, old: Project, new: Project, after: float) -> str:
    """Return what a process leaves that is killed so many seconds after it began to save."""
    write_project(path, old)
    child = os.fork()
    if not child:
        write_project(path, new)
        signal.pause()
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        found = read_project(path)
    except (NnvizError, OSError) as error:
        return f"lost: {error}"
    return {old.epochs: "old", new.epochs: "new"}.get(found.epochs, "lost: neither")


def table(kills: Counter[str], same: Counter[str], names: list[str]) -> str:
    """Return the figures in Markdown."""
    lost = sum(count for outcome, count in kills.items() if outcome.startswith("lost"))
    return "\n".join(
        [
            "| tried | times | came out otherwise |",
            "|---|---:|---:|",
            f"| killed while saving: {kills['old']:,} old, {kills['new']:,} new"
            f" | {kills.total():,} | {lost:,} |",
            f"| saved, read and trained on: {len(names)} runs of {len(PRESETS)} tutorials and"
            f" {len(OPTIMIZERS)} optimisers | {same.total():,} | {same['other']:,} |",
        ]
    )


def main() -> int:
    """Do as many as asked for; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="into docs/reliability.md")
    arguments = parser.parse_args()
    asked = {key: preset.experiment for key, preset in PRESETS.items()}
    for key in OTHER_OPTIMIZERS_FOR:
        for name in OPTIMIZERS:
            asked[f"{key}, {name}"] = asked[key].change("training", optimizer=name)
    kills, same = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path, chance = Path(folder, "a.nnviz"), random.Random(arguments.seed)
        runs = [learned(asked[key])[0] for key in ("xor-2-4-1", "digits-cnn")]
        projects = [Project(run.experiment, run) for run in runs]
        assert len({project.epochs for project in projects}) == 2
        begun = time.perf_counter()
        write_project(path, projects[1])
        took = time.perf_counter() - begun
        for _ in range(arguments.kills):
            pair = chance.sample(projects, 2)
            outcome = killed(path, pair[0], pair[1], chance.uniform(0, 2 * took))
            kills[outcome] += 1
            if outcome.startswith("lost"):
                print(outcome)
        for name, experiment in asked.items():
            equal = goes_on(experiment, path)
            same["same" if equal else "other"] += 1
            if not equal:
                print(f"{name} goes on otherwise")
    text = table(kills, same, [*asked])
    print(text)
    if arguments.write:
        from benchmarks.report import write_between_markers

        write_between_markers(DOCUMENT, text, "saving")
    return int(same["other"] > 0 or any(outcome.startswith("lost") for outcome in kills))


if __name__ == "__main__":
    sys.exit(main())
