"""What a panel is shown: the run so far, one moment of it, and the runs it is compared with."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from nnviz.engine.layers import Conv2D, Dense
from nnviz.storage.contents import KeptRun
from nnviz.training.backward import BIAS
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows
from nnviz.training.problem import Problem
from nnviz.training.walk import Walk, walk_of


@dataclass(frozen=True)
class Selection:
    """A neuron that the person chose to look at, or one of its weights.

    Parameters
    ----------
    layer, unit
        The neuron's layer, from 0, and its place there; the inputs are layer −1.
    source
        The number of the input that the weight is for, or `BIAS`; None for the neuron itself.
    """

    layer: int
    unit: int
    source: int | None = None

    def fits(self, problem: Problem) -> bool:
        """Return whether a problem's network has it."""
        if not -1 <= self.layer < len(problem.units):
            return False
        if not 0 <= self.unit < math.prod(problem.shapes[self.layer + 1]):
            return False
        if self.source is None:
            return True
        spec = problem.experiment.network.layers[self.layer]
        if self.layer < 0 or not isinstance(spec, Dense | Conv2D):
            return False
        count = spec.parameter_count(problem.shapes[self.layer]) // spec.output_shape(
            problem.shapes[self.layer]
        )[0] - int(spec.use_bias)
        return (BIAS if spec.use_bias else 0) <= self.source < count


@dataclass(frozen=True)
class WalkPlace:
    """How far the person has stepped through the passes: of a sample, or of the next mini-batch."""

    stage: int = 0
    of_batch: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything there is to see at one redraw.

    Parameters
    ----------
    history
        Scalars of every epoch so far.
    inspection
        The moment shown: parameters and all that follows from them.
    row
        The chosen sample: a row of the data set.
    past
        Whether that moment is not the newest there is: an earlier one chosen on the timeline, or
        the best one, to which the run went back.
    references
        Other runs to compare with.
    selection
        The neuron or weight that is looked at closely, or None.
    checkpoints
        The run's moments that are kept, in order, of networks of the same layers.
    walk
        The stage of the passes that is looked at; None where nobody steps through them.
    hovered
        The neuron that the pointer is on, or None.
    experiment
        What was asked of the run, its edits included; None where it is the problem's.
    new_rows
        Rows of another file that the network answers for, or None.
    """

    history: History
    inspection: Inspection
    row: int
    past: bool = False
    references: tuple[KeptRun, ...] = ()
    selection: Selection | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    walk: WalkPlace | None = None
    hovered: Selection | None = None
    experiment: Experiment | None = None
    new_rows: NewRows | None = None

    def walked(self, moving: bool = False) -> Walk:
        """Return the passes that can be stepped through, from the first stage to the last.

        While moments follow each other, without the next step: see `Inspection.next_step`.
        """
        of_batch = self.walk is not None and self.walk.of_batch
        checkpoint = None if moving else self.checkpoint
        return walk_of(self.inspection, self.row, checkpoint, of_batch)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The one of the moment's epoch, from which training went on, or will."""
        kept, snapshot = self.checkpoints, self.inspection.snapshot
        place = bisect_right(kept, snapshot.epoch, key=lambda one: one.epoch)
        moment = snapshot.epoch, snapshot.edits
        last = kept[max(place - 1, 0) : place]
        return next((one for one in last if (one.epoch, one.edits) == moment), None)

    @property
    def epoch(self) -> int:
        """The epoch whose figures are to be shown.

        Of a run under way that is the newest recorded, which may be younger than the arrays.
        """
        if self.past or not len(self.history):
            return self.inspection.epoch
        return int(self.history.column("epoch")[-1])

    def still(self) -> Frame:
        """Return the same for a picture: its history no longer grows, all it shows is exact."""
        return replace(self, history=self.history.copy(), inspection=self.inspection.at_once())
