"""The engine's side of a comparison of layers with an oracle; samples first, as there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnviz.engine.layers import LAYERS, LayerSpec
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, with_ones
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.training import Batch, Method

from .both_engines import train
from .numeric import Array

MOMENTUM = {"momentum": 0.9}
ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
STEPS = 20


def spec_of(settings: Mapping[str, Any]) -> LayerSpec:
    """Return a layer from what a file would hold."""
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in settings.items()
        if name != "kind"
    }
    return LAYERS[settings["kind"]](**values)


def held_by(layer, gradients: bool = False) -> dict[str, Array]:
    """Return views of what a layer holds, or of its gradient, under the oracle's names."""
    if layer.spec.kind == "batch_norm":
        if gradients:
            return {"gamma": layer.gamma_gradient, "beta": layer.beta_gradient}
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        return {name.removeprefix("moving_"): getattr(layer, name)[:, 0] for name in names}
    if not layer.weights.size:
        return {}
    weights = layer.weight_gradients if gradients else layer.weights
    biases = layer.bias_gradients if gradients else layer.biases
    held = {"w": weights.reshape(len(weights), layer.input_shape[0], *kernel_of(layer))}
    return held | ({"b": biases[:, 0]} if biases.size else {})


def kernel_of(layer) -> tuple[int, ...]:
    """Return rows and columns of a convolution's kernels; nothing of a dense layer."""
    return tuple(getattr(layer.spec, "kernel_size", ()))


def columns_of(x: Array, dtype: str) -> Array:
    """Return samples (batch, …) as a network takes them: (numbers + 1, batch)."""
    return with_ones(x.reshape(len(x), -1), np.dtype(dtype)).T


def give_mask(layer, mask: Array) -> None:
    """Make a dropout layer silence what the oracle silenced."""
    layer._draw = lambda: np.copyto(layer.mask, mask.reshape(len(mask), -1).T)


def layer_run(
    settings: Mapping[str, Any], case: Mapping[str, Array], dtype: str
) -> dict[str, Array]:
    """Return what ``layer_answer`` of scripts/_oracle_layers.py returns."""
    network = Network(case["x"].shape[1:], [spec_of(settings)], dtype)
    (layer,) = network.layers
    for name, view in held_by(layer).items():
        view[...] = case[name]
    if "mask" in case:
        give_mask(layer, case["mask"])
    x, batch = columns_of(case["x"], dtype), len(case["x"])
    target = case["target"].reshape(batch, -1).T.astype(dtype)
    optimizer = OPTIMIZERS["momentum"]
    state = optimizer.start(network.trained.size, network.dtype, MOMENTUM)
    answer: dict[str, Array] = {}
    for step in range(STEPS if network.trained.size else 1):
        output, dx = network.forward(x, True), np.empty_like(x[:-1], order="C")
        layer.delta[...] = (output - target) / target.size
        layer.backward_activation()
        layer.backward_parameters()
        layer.backward_input(dx)
        if step == 0:
            answer = {"output": output.T.reshape(case["target"].shape).copy()}
            answer["dx"] = dx.T.reshape(case["x"].shape)
            answer |= {f"d_{n}": g.copy() for n, g in held_by(layer, gradients=True).items()}
        state.steps += 1
        optimizer.update(network.trained, network.trained_gradients, 0.1, state)
    answer["predicted"] = network.forward(x).T.reshape(case["target"].shape)
    return answer | {f"final_{name}": view for name, view in held_by(layer).items()}


def run(
    layers: Sequence[Mapping[str, Any]],
    case: Mapping[str, Array],
    rate: float,
    dtype: str,
    engine: str = "numpy",
) -> tuple[list[float], dict[str, Array]]:
    """Return what ``run_answer`` of scripts/_oracle_layers.py returns."""
    last = {**layers[-1], "activation": "softmax"}
    specs = [spec_of(settings) for settings in (*layers[:-1], last)]
    network = Network(case["x"].shape[1:], specs, dtype)
    held = {
        f"{i}_{name}": view
        for i, layer in enumerate(network.layers)
        for name, view in held_by(layer).items()
    }
    for name, view in held.items():
        view[...] = case[name]
    x, labels = columns_of(case["x"], dtype), case["labels"]
    y = np.ascontiguousarray(np.eye(network.outputs, dtype=dtype)[:, labels])
    loss, optimizer = LOSSES["categorical_crossentropy"], OPTIMIZERS["adam"]
    state = optimizer.start(network.trained.size, network.dtype, ADAM)
    z, a = np.empty((2, STEPS, *y.shape), dtype)
    batches = [Batch(x, y, 1 / len(labels), z[step], a[step]) for step in range(STEPS)]
    train(network, Method(loss, optimizer, state), batches, rate, engine)
    return [loss.value(z[step], a[step], y) for step in range(STEPS)], held
