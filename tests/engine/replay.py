"""The engine's side of a comparison with an oracle: the same runs, on nnviz.engine alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, with_ones
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.training import Batch, Method

from .both_engines import train
from .numeric import Array


def optimizer_path(
    name: str, values: Mapping[str, float], rate: float, start: Array, gradients: Array
) -> Array:
    """Return the parameters after each step, shape (steps, size)."""
    parameters = start.copy()
    state = OPTIMIZERS[name].start(parameters.size, parameters.dtype, values)
    path = []
    for gradient in gradients:
        state.steps += 1
        OPTIMIZERS[name].update(parameters, gradient, rate, state)
        path.append(parameters.copy())
    return np.array(path)


def network_run(
    case: Mapping[str, Array],
    settings: Mapping,
    steps: int,
    dtype: str = "float64",
    engine: str = "numpy",
) -> tuple[list[float], Array]:
    """Return the loss before each step, and the final w0, b0, w1, … one after another.

    `case` and `settings` are those of scripts/record_reference_cases.py's ``network_answer``.
    """
    activations = [str(name) for name in settings["activations"]]
    layers = [Dense(case[f"w{i}"].shape[0], name) for i, name in enumerate(activations)]
    network = Network(case["x"].shape[0], layers, dtype)
    for i, layer in enumerate(network.layers):
        layer.matrix[...] = np.hstack((case[f"w{i}"], case[f"b{i}"]))
    loss, optimizer = LOSSES[str(settings["loss"])], OPTIMIZERS[str(settings["optimizer"])]
    penalty = WeightPenalty(float(settings["l1"]), float(settings["l2"]), network.weight_mask())
    state = optimizer.start(network.parameters.size, network.dtype, settings["values"])
    x, y = with_ones(case["x"].T, network.dtype).T, np.ascontiguousarray(case["y"], dtype)
    scale = loss.gradient_scale(str(settings["reduction"]), *y.shape)
    z, a = np.empty((2, steps, *y.shape), dtype)
    batches = [Batch(x, y, scale, z[step], a[step]) for step in range(steps)]
    method = Method(loss, optimizer, state, penalty)
    train(network, method, batches, float(settings["rate"]), engine)
    losses = [loss.value(z[step], a[step], y) for step in range(steps)]
    final = [
        part.ravel()
        for layer in network.layers
        for part in (layer.weights, layer.matrix[:, layer.inputs :])
    ]
    return losses, np.concatenate(final)
