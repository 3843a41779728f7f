"""What goes through the pipe to the training process: commands in, messages out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nnviz.errors import NnvizError
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.experiment import Experiment
from nnviz.training.records import EpochBatch, Snapshot


@dataclass(frozen=True)
class Pace:
    """A speed: so many mini-batches ("step") or epochs a second, or None for the fastest."""

    name: str
    title: str
    per_second: float | None
    unit: Literal["step", "epoch"] = "epoch"


PACES: dict[str, Pace] = {
    pace.name: pace
    for pace in (
        Pace("step-1", "1 step a second", 1, "step"),
        Pace("step-10", "10 steps a second", 10, "step"),
        Pace("epoch-1", "1 epoch a second", 1),
        Pace("epoch-30", "30 epochs a second", 30),
        Pace("epoch-300", "300 epochs a second", 300),
        Pace("epoch-3000", "3,000 epochs a second", 3000),
        Pace("full", "As fast as it can", None),
    )
}
"""Every pace by name: steps a second, then epochs a second, each from slow to fast."""


@dataclass(frozen=True)
class Run:
    """Begin a run, paused.

    Parameters
    ----------
    memory
        Name of the blob its snapshots go to; TrainingProcess fills it in.
    start, packed_start
        Where it begins, None for the untrained network; and the name of the blob with which
        TrainingProcess replaces that.
    checkpoints_room
        How many of its checkpoints there is room for; 0 if nobody keeps them.
    """

    run_id: int
    experiment: Experiment
    memory: str = ""
    start: Checkpoint | None = None
    packed_start: str = ""
    checkpoints_room: int = 0


@dataclass(frozen=True)
class Resume:
    """Train on (after the last epoch: as many again)."""


@dataclass(frozen=True)
class Pause:
    """Stop training until `Resume`."""


@dataclass(frozen=True)
class Step:
    """Train one mini-batch, then pause."""


@dataclass(frozen=True)
class SetRate:
    """Change the initial learning rate from the next epoch on."""

    rate: float


@dataclass(frozen=True)
class SetPace:
    """Change the speed."""

    pace: Pace


@dataclass(frozen=True)
class GiveSnapshot:
    """Write a snapshot when the current slice is over, or as soon as there is a new one."""


@dataclass(frozen=True)
class Drop:
    """Forget the run."""


@dataclass(frozen=True)
class SnapshotWritten:
    """Shared memory holds parameters and gradients; the rest of their `Snapshot` is here."""

    run_id: int
    epoch: int
    updates: int
    trained: int


@dataclass(frozen=True)
class CheckpointsKept:
    """Moments of the run, in order, for the window to keep."""

    run_id: int
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True)
class Rested:
    """Training is paused, or finished; the snapshot is where it stands."""

    run_id: int
    finished: bool
    snapshot: Snapshot


@dataclass(frozen=True)
class Failed:
    """Training cannot go on. `details` is a traceback, or "" when the error says it all."""

    run_id: int
    error: NnvizError
    details: str
    snapshot: Snapshot | None


Command = Run | Resume | Pause | Step | SetRate | SetPace | GiveSnapshot | Drop
Message = EpochBatch | CheckpointsKept | SnapshotWritten | Rested | Failed
