"""A whole run, as it can be put away and taken up again."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.records import Snapshot


@dataclass(frozen=True, eq=False)
class RecordedRun:
    """What was asked, every epoch's figures, and the moments that are kept; none of it grows.

    Parameters
    ----------
    experiment
        What was asked.
    history
        Its last epoch is that of the newest checkpoint.
    checkpoints
        Rising epochs, at least one. Training goes on from the newest, to the last bit as if it had
        never stopped.
    result
        The network the run came to: the newest checkpoint's, or the best one that it went back to.
    """

    experiment: Experiment
    history: History
    checkpoints: tuple[Checkpoint, ...]
    result: Snapshot

    @property
    def epochs(self) -> int:
        """How many were trained."""
        return self.checkpoints[-1].epoch

    @classmethod
    def of(
        cls, experiment: Experiment, history: History, kept: Checkpoints, newest: Snapshot
    ) -> RecordedRun:
        """Return a run as it is now, up to its newest checkpoint.

        A run under way is a little further than that, and so may one be that was paused within an
        epoch; it could not be taken up there.

        Parameters
        ----------
        experiment, history, kept
            Of the run; at least one checkpoint.
        newest
            The network it has come to.
        """
        checkpoints = tuple(kept)
        last = checkpoints[-1]
        if not (newest.went_back and newest.trained == last.epoch):
            newest = last.snapshot()
        return cls(experiment, history.until(last.epoch), checkpoints, newest)
