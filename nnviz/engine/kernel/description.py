"""What the compiled engine is told of a network and a method: a flat description.

The tables here are in the order of the enumerations in ``kernel.c``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    Layer,
    LayerSpec,
    MaxPool2D,
    pair,
)
from nnviz.engine.layers.shaping import Dropout
from nnviz.engine.network import Network
from nnviz.engine.training import Method


def _numbered(names: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(names.split())}


def _fields(names: str, kind: type[Any]) -> list[tuple[str, Any]]:
    return [(name, kind) for name in names.split()]


LAYERS: tuple[type[LayerSpec], ...] = (
    *(Dense, Conv2D, MaxPool2D, AveragePool2D, GlobalAveragePool2D, BatchNorm, Dropout),
)
ACTIVATIONS = _numbered("sigmoid relu tanh softmax linear sign leaky_relu elu gelu softplus")
LOSSES = _numbered(
    "mean_squared_error half_mean_squared_error mean_absolute_error"
    " binary_crossentropy categorical_crossentropy perceptron"
)
OPTIMIZERS: Mapping[str, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "rmsprop": ("rho", "", "epsilon"),
    "adam": ("beta_1", "beta_2", "epsilon"),
    "adamw": ("beta_1", "beta_2", "epsilon", "weight_decay"),
}
"""Optimisers, and where in ``hyper`` each of their numbers is."""

MOST_LAYERS = 64

BLOCK, PICTURE_BLOCK = 64, 16
"""Samples that go through the network together: what the layers hold of them stays in the cache.
The gradient is summed block by block, so that these numbers are part of what decides its bits."""


def covers(layers: Sequence[LayerSpec], loss: str, optimizer: str) -> bool:
    """Return whether the compiled engine can train such a network, loss and optimiser by name."""
    return (
        {type(spec) for spec in layers} <= {*LAYERS, Flatten}
        and {spec.activation for spec in layers} <= ACTIVATIONS.keys()
        and loss in LOSSES
        and optimizer in OPTIMIZERS
        and len(layers) <= MOST_LAYERS
        and isinstance(layers[-1], Dense)
    )


class CLayer(ctypes.Structure):
    """`Layer` in ``kernel.c``."""

    _fields_ = (
        *_fields("kind activation units inputs bias c h w f oh ow", ctypes.c_int64),
        *_fields("kh kw sh sw top below left right off", ctypes.c_int64),
        *_fields("off_at parameters gradients state", ctypes.c_void_p),
        ("numbers", ctypes.c_double * 2),
    )


class CNet(ctypes.Structure):
    """`Net` in ``kernel.c``."""

    _fields_ = (
        *_fields("layers loss fused optimizer block trained steps held", ctypes.c_int64),
        ("hyper", ctypes.c_double * 4),
        *_fields("l1 l2 clip_norm clip_value", ctypes.c_double),
        *_fields("parameters gradients first second mask held_at", ctypes.c_void_p),
        *_fields("held_values layer memory", ctypes.c_void_p),
    )


PASS = np.dtype(
    _fields("x rows y scales drawn z a kept n by_rows ldx ldy ldo", np.int64)
    + _fields("scale rate", np.float64)
)
"""`Pass` in ``kernel.c``."""


def address(array: NDArray[Any]) -> int:
    """Return where an array's first number is; 0 for one without numbers."""
    return int(array.__array_interface__["data"][0]) if array.size else 0


class Description:
    """A network and a method as the compiled engine knows them.

    What it points to are the network's and the optimiser's own arrays; it keeps both alive.

    Attributes
    ----------
    net
        The structure that is handed over; the engine counts its ``steps`` itself.
    dropouts
        The network's Dropout layers.
    """

    def __init__(self, network: Network, method: Method, largest_batch: int) -> None:
        self._kept: list[object] = [network, method]
        layers = [layer for layer in network.layers if not isinstance(layer.spec, Flatten)]
        self.dropouts = [layer for layer in layers if isinstance(layer.spec, Dropout)]
        self._layers = (CLayer * len(layers))(*map(self._layer, layers))
        kinds = {type(layer.spec) for layer in layers}
        state, penalty, clip = method.state, method.penalty, method.clip
        self.net = net = CNet(
            layers=len(layers),
            loss=LOSSES[method.loss.name],
            fused=method.loss.fused_with == network.layers[-1].activation.name,
            optimizer=list(OPTIMIZERS).index(method.optimizer.name),
            block=_block(kinds, largest_batch),
            trained=network.trained.size,
            parameters=address(network.trained),
            gradients=address(network.trained_gradients),
            layer=ctypes.addressof(self._layers),
        )
        for place, name in enumerate(OPTIMIZERS[method.optimizer.name]):
            net.hyper[place] = state.values[name] if name else 0.0
        moments = [address(moment) for moment in state.moments]
        net.first, net.second = (*moments, 0, 0)[:2]
        if penalty is not None:
            net.l1, net.l2, net.mask = penalty.l1, penalty.l2, address(penalty.mask)
        if clip is not None:
            net.clip_norm, net.clip_value = clip.norm or 0.0, clip.value or 0.0
        if method.held is not None:
            values = np.empty(method.held.size, network.dtype)
            self._kept += [method.held, values]
            net.held, net.held_at = method.held.size, address(method.held)
            net.held_values = address(values)

    def _layer(self, layer: Layer[Any]) -> CLayer:
        spec = layer.spec
        told = CLayer(
            kind=LAYERS.index(type(spec)),
            activation=ACTIVATIONS[layer.activation.name],
            units=layer.units,
            inputs=layer.inputs,
            bias=spec.use_bias,
            parameters=address(layer.flat_parameters),
            gradients=address(layer.flat_gradients),
            state=address(layer.state),
            c=layer.input_shape[0],
        )
        if len(layer.input_shape) == 3:
            told.c, told.h, told.w = layer.input_shape
        if isinstance(spec, Conv2D):
            told.f, told.oh, told.ow = layer.output_shape
            (told.kh, told.kw), (told.sh, told.sw) = pair(spec.kernel_size), pair(spec.strides)
            (told.top, told.below), (told.left, told.right) = spec.pads(layer.input_shape)
        elif isinstance(spec, MaxPool2D | AveragePool2D):
            told.f, told.oh, told.ow = layer.output_shape
            (told.kh, told.kw), (told.sh, told.sw) = pair(spec.pool_size), spec.steps
        elif isinstance(spec, BatchNorm):
            told.numbers[0], told.numbers[1] = spec.momentum, spec.epsilon
        elif isinstance(spec, Dropout):
            told.numbers[0] = spec.rate
        off = getattr(spec, "off", ())
        if off:
            units = np.arange(layer.units).reshape(layer.output_shape[0], -1)[list(off)]
            rows = np.ascontiguousarray(units.ravel(), np.int64)
            self._kept.append(rows)
            told.off, told.off_at = rows.size, address(rows)
        return told


def _block(kinds: set[type[LayerSpec]], largest_batch: int) -> int:
    """Return how many samples go through the network together.

    What BatchNorm takes from a batch it takes from all of it.
    """
    if BatchNorm in kinds:
        return -(-largest_batch // 16) * 16
    return PICTURE_BLOCK if Conv2D in kinds else BLOCK
