"""A run from its first epoch to its last, for those who do not watch: command line and scripts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from nnviz.training.checkpoints import Checkpoint, CheckpointQueue, Checkpoints
from nnviz.training.editing import layers_between
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord, Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

UPDATES_AT_ONCE = 256
"""Mini-batches between two looks at the progress: many, for records of many epochs are cheaper."""


@dataclass(frozen=True, eq=False)
class Completed:
    """A finished run.

    Parameters
    ----------
    experiment, problem
        What was asked, and data and network as its edits left them.
    history
        Scalars of every epoch, the untrained network's first.
    snapshot, final
        The final parameters, and loss and metric of exactly those. Their epoch is not the last one
        where the best ones were put back.
    seconds
        What training took, without loading the data.
    checkpoint
        Where training could go on.
    kept
        Moments of the run, from the untrained network to that one; none where nobody asked.
    """

    experiment: Experiment
    problem: Problem
    history: History
    snapshot: Snapshot
    final: EpochRecord
    seconds: float
    checkpoint: Checkpoint
    kept: Checkpoints = field(default_factory=Checkpoints)

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return int(self.history.column("epoch")[-1])

    @property
    def epochs_per_second(self) -> float:
        """How fast it was."""
        return self.epochs / self.seconds if self.seconds > 0 else 0.0


def complete(
    experiment: Experiment,
    watch: Callable[[EpochRecord], None] | None = None,
    keep: bool = False,
) -> Completed:
    """Train until the experiment's last epoch, or until its stop rule is met.

    `watch` is called with the record of every epoch trained; moments are kept if `keep` says so.

    Raises
    ------
    InvalidChoiceError
        If the experiment cannot be.
    DivergedError
        If training leaves the finite numbers.
    """
    trainer, kept = Trainer(experiment), Checkpoints()
    if keep:
        kept.add(trainer.checkpoint())
        trainer.checkpoint_queue = CheckpointQueue(kept.room)
    history, edits = History(len(trainer.network.layers)), 0
    started = time.perf_counter()
    with overflow_is_checked():
        history.append(trainer.evaluate())
        while not trainer.finished and not trainer.should_stop:
            batch = trainer.advance(UPDATES_AT_ONCE)
            layers = layers_between(experiment, edits, batch.edits)
            history, edits = history.with_layers(layers) if layers else history, batch.edits
            history.extend(batch.rows)
            for checkpoint in trainer.checkpoint_queue.take():
                kept.add(checkpoint)
            if watch is not None:
                for record in batch.records():
                    watch(record)
        seconds = time.perf_counter() - started
        # The snapshot first: it holds the last batch's gradients, which panels draw.
        snapshot = trainer.snapshot()
        final = trainer.evaluate()
    last = trainer.checkpoint()
    if keep:
        kept.add(last)
    return Completed(experiment, trainer.problem, history, snapshot, final, seconds, last, kept)
