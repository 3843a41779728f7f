"""When training leaves the finite numbers: whose network is kept, and which rate to try."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import resolve
from nnviz.engine.curvature import Vector, largest_curvature
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.errors import DivergedError
from nnviz.training.checkpoints import RollbackBuffer
from nnviz.training.layer_choices import layer_title
from nnviz.training.problem import Problem

WORSE, MUCH_WORSE, LITTLE = 2.0, 10.0, 0.01
"""A loss so many times the smallest one there was is no longer worth having: so many if it is above
that of the beginning too, many more if it is not; never one that is little beside that one."""

MOST_WORK = 2e7
"""Rows times parameters up to which the curvature is worked out: well under a second."""


class SoundState:
    """The last state of a run whose loss was worth having, kept in a buffer."""

    def __init__(self, buffer: RollbackBuffer) -> None:
        self._buffer = buffer
        self._epoch, self._first, self._best = 0, math.nan, math.nan

    @property
    def known(self) -> bool:
        """Whether there is one."""
        return not math.isnan(self._best)

    def forget(self) -> None:
        """Know none, as at first."""
        self._best = math.nan

    def begin(self, epoch: int, loss: float) -> None:
        """Take the present for it, where training begins or is resumed."""
        self._buffer.update()
        self._epoch, self._first, self._best = epoch, loss, loss

    def last_sound(self, losses: NDArray[np.float64]) -> int:
        """Return after how many of the next epochs' losses the last sound one comes; 0 for none."""
        best = np.minimum(np.minimum.accumulate(losses), self._best)
        bearable = np.minimum(MUCH_WORSE * best, self._first)
        most = np.maximum(np.maximum(WORSE * best, bearable), LITTLE * self._first)
        (sound,) = (losses <= most).nonzero()
        return int(sound[-1]) + 1 if sound.size else 0

    def observe(self, epoch: int, losses: NDArray[np.float64], sound: int) -> None:
        """Look at the next epochs' losses; keep the present, the end of them, if it is sound.

        `sound` is what `last_sound` said of them, and of others that may have come behind them.
        """
        if sound == len(losses) or self.last_sound(losses) == len(losses):
            self._buffer.update()
            self._epoch = epoch
        self._best = min(self._best, float(losses.min()))

    def restore(self) -> int:
        """Make it the present; return its epoch."""
        self._buffer.restore()
        return self._epoch


def diverged(
    problem: Problem,
    network: Network,
    broken: int,
    epochs: tuple[int, int],
    rates: tuple[float, float],
) -> DivergedError:
    """Return the error that names the layer, and what to try.

    Parameters
    ----------
    problem, network
        What was asked, and the network as it is kept.
    broken
        The layer that broke first, counted from 0.
    epochs
        In which epoch that was, and of which one the network is.
    rates
        The learning rate of that epoch, and the initial rate, as last set.
    """
    stable = stable_rate(problem, network)
    advice = "Try a rate of {smaller:.2g}, a third of the last"
    if stable is not None:
        advice = (
            "Try a rate of {smaller:.2g}, half of what is stable here, as computed from the"
            " curvature of the loss"
        )
    if not problem.experiment.data.standardize_inputs:
        advice += ", or standardise the inputs"
    return DivergedError(
        "Layer “{layer}” grew beyond all numbers in epoch {epoch}, at a learning rate of {rate:g}.",
        advice + ". The network is that of epoch {kept}, before its loss grew.",
        layer=layer_title(network.specs, broken),
        epoch=epochs[0],
        kept=epochs[1],
        rate=rates[0],
        smaller=rates[1] / 3 if stable is None else min(stable / 2, rates[1] / 2),
    )


def stable_rate(problem: Problem, network: Network) -> float | None:
    """Return the largest rate that is stable where the network is, if that can be known.

    2/λ for gradient descent over the full batch, 2(1 + β)/λ with momentum β, where λ is the
    largest curvature of the loss. For other optimisers and for mini-batches there is no such
    number: None, as where it would take too long.
    """
    choice = problem.experiment.training
    whole = choice.batch_size is None or choice.batch_size >= problem.train.rows
    if choice.optimizer not in ("sgd", "momentum") or not whole:
        return None
    if problem.train.rows * network.trained.size > MOST_WORK or not network.trains_as_it_predicts:
        return None
    gradient = whole_gradient(problem, network)
    curvature = largest_curvature(gradient, network.parameters.astype(np.float64))
    if not (math.isfinite(curvature) and curvature > 0.0):
        return None
    values = resolve(OPTIMIZERS[choice.optimizer].parameters, choice.optimizer_values, "training")
    return 2.0 * (1.0 + values.get("momentum", 0.0)) / curvature


def whole_gradient(problem: Problem, network: Network) -> Callable[[Vector], Vector]:
    """Return what gives the gradient of what training makes small, over all training rows.

    From flat parameters to flat gradients, each of shape (parameters,), in float64; the network
    is only asked how it is built.
    """
    choice, loss = problem.experiment.training, LOSSES[problem.experiment.training.loss]
    twin = Network(network.input_shape, network.specs, "float64")
    x = problem.train.inputs.array().T.astype(np.float64)
    y = problem.train.targets.astype(np.float64)
    scale = loss.gradient_scale(choice.reduction, problem.outputs, problem.train.rows)
    weights = problem.sample_weights
    scales = scale if weights is None else weights * scale
    penalty = WeightPenalty(choice.l1, choice.l2, twin.weight_mask())

    def gradient(parameters: Vector) -> Vector:
        twin.parameters[...] = parameters
        twin.forward(x, training=True)
        twin.backward(loss, y, scales)
        penalty.add_gradient(twin.trained, twin.trained_gradients)
        return np.array(twin.gradients, np.float64)

    return gradient
