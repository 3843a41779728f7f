"""What training reports: scalars every epoch, arrays when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.arrays import FloatArray


@dataclass(frozen=True)
class EpochRecord:
    """The scalars of one epoch.

    Parameters
    ----------
    run_id
        Which run it belongs to; answers of an earlier run are dropped.
    epoch
        Number of epochs done; 0 is the untrained network.
    learning_rate
        Rate used in this epoch.
    train_loss, test_loss
        A regression's are in the target's own units (squared for squared errors). The training
        figures are taken over the epoch's batches as each was met, as Keras does; the test
        figures after the epoch. Test values are None where there is no test part.
    train_metric, test_metric
        Accuracy (0 to 1) or R².
    gradient_norms
        Per layer, the root mean square of the last batch's gradient.
    """

    run_id: int
    epoch: int
    learning_rate: float
    train_loss: float
    test_loss: float | None
    train_metric: float
    test_metric: float | None
    gradient_norms: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The arrays of one moment: flat, read-only copies.

    Parameters
    ----------
    run_id, epoch
        Where it belongs.
    parameters, gradients
        Shape (parameters,); laid out as ``Network`` lays them out.
    """

    run_id: int
    epoch: int
    parameters: FloatArray
    gradients: FloatArray

    def __post_init__(self) -> None:
        self.parameters.setflags(write=False)
        self.gradients.setflags(write=False)
