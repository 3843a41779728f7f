"""What a sample is trained with at first: the same in the window and on the command line."""

from __future__ import annotations

from nnviz.engine.layers import Dense
from nnviz.training.choices import with_sample
from nnviz.training.experiment import Experiment, NetworkChoice, TrainingChoice

STARTING_POINT = Experiment(
    network=NetworkChoice((Dense(8, "tanh"), Dense(4, "tanh"), Dense(1, "sigmoid"))),
    training=TrainingChoice(optimizer="adam", learning_rate=0.01, batch_size=32, epochs=500),
)
"""A network and a training that learn something on every sample of the catalog.

A preset's own settings are made for its own data: XOR's rate of 1 makes any regression diverge.
"""


def starting_point(key: str) -> Experiment:
    """Return the experiment that a sample is opened with.

    Parameters
    ----------
    key
        A key of ``CATALOG``.

    Raises
    ------
    UnknownNameError
        If there is no such sample.
    """
    return with_sample(STARTING_POINT, key)


def opened_from(experiment: Experiment, key: str) -> Experiment:
    """Return the experiment that opening a sample leads to from here.

    What the person set goes with them to the next sample; what a preset set does not, nor a full
    batch that is only full because the sample has so few rows.
    """
    if experiment.preset:
        return starting_point(key)
    training = starting_point(experiment.data.sample).training
    if experiment.training.batch_size is training.batch_size is None:
        usual = STARTING_POINT.training.batch_size
        experiment = experiment.change("training", batch_size=usual)
    return with_sample(experiment, key)
