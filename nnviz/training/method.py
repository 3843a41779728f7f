"""How a batch's error becomes a step of the parameters, as an Experiment asks for it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.choices import resolve
from nnviz.engine.clipping import GradientClip
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS, OptimizerState, Update
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.training import Method
from nnviz.training.experiment import Experiment, Frozen


def method_of(experiment: Experiment, network: Network) -> Method:
    """Return how training goes, at the beginning of a run."""
    choice, size = experiment.training, network.trained.size
    optimizer = OPTIMIZERS[choice.optimizer]
    values = resolve(optimizer.parameters, choice.optimizer_values, "training.optimizer")
    penalised, clipped = choice.l1 or choice.l2, choice.clip_norm or choice.clip_value
    state = optimizer.start(size, network.dtype, values)
    frozen = None
    if experiment.network.frozen:
        frozen = frozen_parameters(network, experiment.network.frozen)
        optimizer = dataclasses.replace(optimizer, update=_holding(optimizer.update, frozen))
    return Method(
        LOSSES[choice.loss],
        optimizer,
        state,
        WeightPenalty(choice.l1, choice.l2, network.weight_mask()[:size]) if penalised else None,
        GradientClip(choice.clip_norm, choice.clip_value) if clipped else None,
        frozen,
    )


def frozen_parameters(network: Network, frozen: tuple[Frozen, ...]) -> NDArray[np.intp]:
    """Return which of the network's trained parameters stay as they are, rising."""
    marked = Network(network.input_shape, network.specs, network.dtype.name)
    for place, unit, number in frozen:
        layer = marked.layers[place]
        if unit is None:
            layer.flat_parameters.fill(1.0)
        elif number is None:
            layer.weights[unit] = 1.0
            layer.biases[unit] = 1.0
        else:
            layer.weights[unit, number] = 1.0
    return np.flatnonzero(marked.trained)


def _holding(update: Update, frozen: NDArray[np.intp]) -> Update:
    """Return an optimiser's update that leaves some parameters exactly as they are.

    Whatever would move them (a gradient, a penalty, what momentum remembers), they are put back.
    """

    def held(
        parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
    ) -> None:
        kept = parameters[frozen]
        update(parameters, gradient, rate, state)
        parameters[frozen] = kept

    return held
