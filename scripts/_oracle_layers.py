"""What PyTorch answers for layers and for whole convolutional networks.

Layers are written as nnviz saves them, dictionaries of Keras' names with a ``kind``; nothing of
nnviz is imported. Samples come first here, as PyTorch wants them: (batch, channels, rows, columns).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Array = NDArray[Any]
Settings = Mapping[str, Any]
Tensor = Any
Tensors = dict[str, Tensor]

STEPS = 20
RATE, MOMENTUM = 0.1, 0.9

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda z: z,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return Keras' zeros before and after a side, after TensorFlow's documentation."""
    rest = size % stride
    total = max(kernel - (rest if rest else stride), 0)
    return total // 2, math.ceil(total / 2)


def _pads(settings: Settings, size: Sequence[int]) -> list[int]:
    """Return what ``functional.pad`` takes: left, right, above, below."""
    padding = settings["padding"]
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding == "same":
        kernel, strides = settings["kernel_size"], settings["strides"]
        rows, columns = (same_padding(size[i], kernel[i], strides[i]) for i in (0, 1))
        return [*columns, *rows]
    return [padding[1], padding[1], padding[0], padding[0]]


def _conv2d(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    padded = functional.pad(x, _pads(settings, x.shape[2:]))
    z = functional.conv2d(padded, held["w"], held.get("b"), tuple(settings["strides"]))
    return ACTIVATIONS[settings["activation"]](z)


def _dense(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    return ACTIVATIONS[settings["activation"]](functional.linear(x, held["w"], held.get("b")))


def _max_pool(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    return functional.max_pool2d(x, tuple(settings["pool_size"]), tuple(settings["strides"]))


def _average_pool(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    return functional.avg_pool2d(x, tuple(settings["pool_size"]), tuple(settings["strides"]))


def _batch_norm(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    mean, variance = held["mean"], held["variance"]
    gamma, beta, epsilon = held["gamma"], held["beta"], settings["epsilon"]
    if not training:
        return functional.batch_norm(x, mean, variance, gamma, beta, False, eps=epsilon)
    # PyTorch's moving variance is of n − 1 degrees of freedom, Keras' and ours of n.
    axes = [axis for axis in range(x.ndim) if axis != 1]
    with torch.no_grad():
        mean.lerp_(x.mean(axes), 1 - settings["momentum"])
        variance.lerp_(x.var(axes, unbiased=False), 1 - settings["momentum"])
    return functional.batch_norm(x, None, None, gamma, beta, True, eps=epsilon)


def _dropout(settings: Settings, held: Tensors, x: Tensor, training: bool) -> Tensor:
    return x * held["mask"] if training else x


LAYERS: dict[str, Callable[[Settings, Tensors, Tensor, bool], Tensor]] = {
    "dense": _dense,
    "conv2d": _conv2d,
    "max_pool2d": _max_pool,
    "average_pool2d": _average_pool,
    "global_average_pool2d": lambda settings, held, x, training: x.mean((2, 3)),
    "flatten": lambda settings, held, x, training: x.flatten(1),
    "dropout": _dropout,
    "batch_norm": _batch_norm,
}

LEARNED = ("w", "b", "gamma", "beta")
"""What a gradient moves; "mean" and "variance" move by themselves, a "mask" stays."""


def layer_answer(settings: Settings, case: Mapping[str, Array]) -> dict[str, Array]:
    """Train one layer for `STEPS` steps of momentum on the mean of (output − target)² / 2.

    Parameters
    ----------
    settings
        The layer.
    case
        ``x`` (batch, …), ``target`` (batch, …), and what the layer holds, under its names above.

    Returns
    -------
    ``output`` and ``dx`` of the first step, ``d_`` and ``final_`` for everything learned or moved,
    and ``predicted``: the output in prediction afterwards.
    """
    held = {name: torch.tensor(a) for name, a in case.items() if name not in ("x", "target")}
    learned = [held[name].requires_grad_() for name in LEARNED if name in held]
    optimizer = torch.optim.SGD(learned, RATE, momentum=MOMENTUM) if learned else None
    layer, answer = LAYERS[settings["kind"]], {}
    target: Tensor = torch.tensor(case["target"])
    for step in range(STEPS if learned else 1):
        x: Tensor = torch.tensor(case["x"], requires_grad=True)
        output = layer(settings, held, x, True)
        if optimizer is not None:
            optimizer.zero_grad()
        (((output - target) ** 2).mean() / 2).backward()
        if step == 0:
            answer = {"output": output.detach().numpy(), "dx": x.grad.numpy()}
            answer |= {f"d_{n}": held[n].grad.numpy().copy() for n in LEARNED if n in held}
        if optimizer is not None:
            optimizer.step()
    with torch.no_grad():
        answer["predicted"] = layer(settings, held, torch.tensor(case["x"]), False).numpy()
    moved = [name for name in held if name != "mask"]
    return answer | {f"final_{name}": held[name].detach().numpy() for name in moved}


def run_answer(
    layers: Sequence[Settings], case: Mapping[str, Array], rate: float
) -> tuple[list[float], dict[str, Array]]:
    """Train a network for `STEPS` steps of Adam on one batch, by cross-entropy.

    Parameters
    ----------
    layers
        The last one linear: softmax is part of the loss.
    case
        ``x`` (batch, …), ``labels`` (batch,), and what layer i holds as ``{i}_w`` and so on.
    rate
        Adam's.

    Returns
    -------
    The loss before each step, and everything the layers hold afterwards.
    """
    held = {name: torch.tensor(a) for name, a in case.items() if name[0].isdigit()}
    learned = [held[name].requires_grad_() for name in held if name.split("_")[1] in LEARNED]
    optimizer = torch.optim.Adam(learned, rate)
    labels, losses = torch.tensor(case["labels"]), []
    for _ in range(STEPS):
        h: Tensor = torch.tensor(case["x"])
        for i, settings in enumerate(layers):
            own = {n.split("_")[1]: t for n, t in held.items() if n.startswith(f"{i}_")}
            h = LAYERS[settings["kind"]](settings, own, h, True)
        loss = functional.cross_entropy(h, labels)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses, {name: tensor.detach().numpy() for name, tensor in held.items()}


def layer_start(
    rng: np.random.Generator, settings: Settings, shape: Sequence[int], batch: int
) -> dict[str, Array]:
    """Return a random `layer_answer` case of a layer, for inputs of (batch, …)."""
    case = {"x": rng.normal(size=(batch, *shape)), **layer_parameters(rng, settings, shape)}
    if settings["kind"] == "dropout":
        keep = 1.0 - settings["rate"]
        case["mask"] = (rng.random((batch, *shape)) < keep) / keep
    case["target"] = rng.normal(size=output_shape(settings, case))
    return case


def output_shape(settings: Settings, case: Mapping[str, Array]) -> tuple[int, ...]:
    """Return the shape (batch, …) of what comes out of a layer."""
    held = {name: torch.tensor(array) for name, array in case.items()}
    return tuple(LAYERS[settings["kind"]](settings, held, held["x"], False).shape)


def layer_parameters(
    rng: np.random.Generator, settings: Settings, shape: Sequence[int]
) -> dict[str, Array]:
    """Return random numbers for what a layer holds."""
    if settings["kind"] == "batch_norm":
        return {
            "gamma": rng.normal(1.0, 0.3, shape[0]),
            "beta": rng.normal(0.0, 0.3, shape[0]),
            "mean": rng.normal(0.0, 0.3, shape[0]),
            "variance": rng.uniform(0.5, 2.0, shape[0]),
        }
    if settings["kind"] not in ("dense", "conv2d"):
        return {}
    outputs = settings.get("units") or settings["filters"]
    seen = (shape[0], *settings.get("kernel_size", ()))
    held: dict[str, Array] = {"w": rng.normal(0.0, math.prod(seen) ** -0.5, (outputs, *seen))}
    if settings["use_bias"]:
        held["b"] = rng.normal(0.0, 0.3, (outputs,))
    return held


def run_start(
    rng: np.random.Generator, layers: Sequence[Settings], shape: Sequence[int], batch: int
) -> dict[str, Array]:
    """Return a random `run_answer` case; the last layer is Dense."""
    case: dict[str, Array] = {"x": rng.normal(size=(batch, *shape))}
    h = case["x"]
    for i, settings in enumerate(layers):
        own = layer_parameters(rng, settings, h.shape[1:])
        case |= {f"{i}_{name}": array for name, array in own.items()}
        h = np.zeros(output_shape(settings, {"x": h, **own}))
    case["labels"] = rng.integers(0, h.shape[1], batch)
    return case


def _conv(filters: int, kernel: tuple[int, int], **others: Any) -> Settings:
    usual = {"strides": (1, 1), "padding": "valid", "activation": "linear", "use_bias": True}
    return {"kind": "conv2d", "filters": filters, "kernel_size": kernel, **usual, **others}


def _pool(kind: str, size: tuple[int, int], strides: tuple[int, int]) -> Settings:
    return {"kind": kind, "pool_size": size, "strides": strides}


LAYER_CASES: dict[str, tuple[Settings, tuple[int, ...]]] = {
    "dense": ({"kind": "dense", "units": 4, "activation": "tanh", "use_bias": True}, (5,)),
    "conv2d-valid": (_conv(3, (3, 3), activation="tanh"), (2, 6, 5)),
    "conv2d-same": (_conv(2, (3, 2), padding="same", activation="relu"), (2, 5, 6)),
    "conv2d-same-strides": (_conv(2, (4, 3), padding="same", strides=(2, 3)), (1, 7, 8)),
    "conv2d-explicit": (
        _conv(2, (3, 3), padding=(2, 1), strides=(2, 1), use_bias=False),
        (2, 4, 5),
    ),
    "max_pool2d": (_pool("max_pool2d", (2, 2), (2, 2)), (2, 6, 5)),
    "max_pool2d-overlapping": (_pool("max_pool2d", (3, 2), (1, 1)), (2, 5, 4)),
    "max_pool2d-gaps": (_pool("max_pool2d", (2, 1), (3, 2)), (1, 8, 5)),
    "average_pool2d": (_pool("average_pool2d", (2, 2), (2, 2)), (2, 5, 6)),
    "average_pool2d-overlapping": (_pool("average_pool2d", (3, 3), (1, 2)), (2, 5, 6)),
    "global_average_pool2d": ({"kind": "global_average_pool2d"}, (3, 4, 5)),
    "flatten": ({"kind": "flatten"}, (2, 3, 4)),
    "dropout": ({"kind": "dropout", "rate": 0.4}, (2, 3, 4)),
    "batch_norm": ({"kind": "batch_norm", "momentum": 0.9, "epsilon": 1e-3}, (3, 4, 5)),
    "batch_norm-flat": ({"kind": "batch_norm", "momentum": 0.8, "epsilon": 1e-2}, (6,)),
}
"""Layers and input shapes that are recorded."""

CNN: tuple[Settings, ...] = (
    _conv(4, (3, 3), activation="relu"),
    _pool("max_pool2d", (2, 2), (2, 2)),
    # No bias before the normalisation: its gradient is next to nothing but rounding, which Adam
    # would blow up.
    _conv(6, (3, 3), padding="same", activation="relu", use_bias=False),
    {"kind": "batch_norm", "momentum": 0.9, "epsilon": 1e-3},
    _pool("average_pool2d", (2, 2), (2, 2)),
    {"kind": "flatten"},
    {"kind": "dense", "units": 5, "activation": "linear", "use_bias": True},
)
CNN_SHAPE = (2, 11, 10)
CNN_RATE = 0.01
"""A small network with a layer of most kinds, followed step by step."""
