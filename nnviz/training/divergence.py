"""What is said when training leaves the finite numbers."""

from __future__ import annotations

from nnviz.errors import DivergedError
from nnviz.training.experiment import Experiment


def diverged(
    experiment: Experiment, broken: int, epoch: int, rate: float, base_rate: float
) -> DivergedError:
    """Return the error that names the layer, and what to try.

    Parameters
    ----------
    experiment
        What was asked.
    broken
        The layer that broke first, counted from 0.
    epoch, rate
        In which epoch, and at which learning rate.
    base_rate
        The initial rate, as last set.
    """
    return DivergedError(
        "The output layer grew beyond all numbers in epoch {epoch}, at a learning rate of {rate:g}."
        if broken == len(experiment.network.layers) - 1
        else "Hidden layer {layer} grew beyond all numbers in epoch {epoch},"
        " at a learning rate of {rate:g}.",
        "Try a rate of {smaller:g}. The last finite state is kept."
        if experiment.data.standardize_inputs
        else "Try a rate of {smaller:g}, or standardise the inputs. The last finite state is kept.",
        layer=broken + 1,
        epoch=epoch,
        rate=rate,
        smaller=base_rate / 10,
    )
