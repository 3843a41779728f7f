"""The same batches through either engine, and networks of every kind to send them through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.clipping import GradientClip
from nnviz.engine.kernel.engine import CompiledEngine
from nnviz.engine.kernel.library import Library, library
from nnviz.engine.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
)
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network, layer_shapes
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.training import Batch, Method, train_batches
from nnviz.errors import InvalidChoiceError

from .numeric import PAIRS, Array

COMPILED = pytest.mark.skipif(library() is None, reason="the compiled engine is not built here")
ENGINES = ["numpy", pytest.param("compiled", marks=COMPILED)]


def train(
    network: Network,
    method: Method,
    batches: Sequence[Batch],
    rate: float,
    engine: str | Library = "numpy",
) -> None:
    """Train by an engine's name, or by a library."""
    used = None
    if engine != "numpy":
        opened = library() if isinstance(engine, str) else engine
        assert opened is not None
        used = CompiledEngine(network, method, opened, max(batch.x.shape[1] for batch in batches))
    with np.errstate(all="ignore"):
        train_batches(network, method, batches, np.full(len(batches), rate), engine=used)


# ------------------------------------------------------------------------------- networks to train


@dataclass(frozen=True)
class Case:
    """A network, a method and what is trained on, all of them drawn by hypothesis."""

    shape: tuple[int, ...]
    layers: tuple[LayerSpec, ...]
    loss: str
    optimizer: str
    dtype: str
    rows: int
    seed: int
    weighted: bool = False
    penalties: tuple[float, float] = (0.0, 0.0)
    clip: GradientClip | None = None
    held: bool = False
    by_rows: bool = False


BATCHES = 3
_PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))
_HIDDEN = st.sampled_from(list(ACTIVATIONS))
_PADDING = st.sampled_from(["valid", "same"]) | st.tuples(st.integers(0, 2), st.integers(0, 2))
_OFF = st.just(()) | st.just(()) | st.just((0,))
_ANYWHERE = st.builds(BatchNorm, st.floats(0, 0.99)) | st.builds(Dropout, st.floats(0, 0.9))
_DENSE = st.builds(Dense, st.integers(1, 12) | st.integers(60, 90), _HIDDEN, st.booleans(), _OFF)
_PICTURE = (
    st.builds(Conv2D, st.integers(1, 11), _PAIR, _PAIR, _PADDING, _HIDDEN, st.booleans(), _OFF)
    | st.builds(MaxPool2D, _PAIR, st.none() | _PAIR)
    | st.builds(AveragePool2D, _PAIR, st.none() | _PAIR)
    | _ANYWHERE
)


def _fits(shape: tuple[int, ...], layers: Sequence[LayerSpec]) -> bool:
    try:
        layer_shapes(shape, layers)
    except InvalidChoiceError:
        return False
    return True


@st.composite
def cases(draw: Any) -> Case:
    """Draw a case: any layers, and everything that a method can have."""
    loss, output = draw(st.sampled_from(PAIRS))
    if draw(st.booleans()):
        shape: tuple[int, ...] = tuple(draw(st.integers(1, n)) for n in (4, 9, 9))
        found = [draw(_PICTURE) for _ in range(draw(st.integers(1, 3)))]
        layers: list[LayerSpec] = []
        for spec in found:  # what does not fit is left out
            layers += [spec] if _fits(shape, (*layers, spec)) else []
        layers.append(draw(st.sampled_from([Flatten(), GlobalAveragePool2D()])))
    else:
        shape, layers = (draw(st.integers(1, 12) | st.integers(60, 150)),), []
    layers += [draw(_DENSE | _DENSE | _ANYWHERE) for _ in range(draw(st.integers(0, 2)))]
    layers.append(Dense(draw(st.integers(1, 9)), output, draw(st.booleans())))
    return Case(
        shape,
        tuple(layers),
        loss,
        draw(st.sampled_from(list(OPTIMIZERS))),
        draw(st.sampled_from(["float64", "float32"])),
        draw(st.integers(1, 20) | st.integers(21, 150)),
        draw(st.integers(0, 2**16)),
        draw(st.booleans()),
        draw(st.just((0.0, 0.0)) | st.tuples(st.floats(0, 0.1), st.floats(0, 0.1))),
        draw(
            st.none()
            | st.builds(GradientClip, st.floats(0.01, 2.0))
            | st.builds(GradientClip, st.none(), st.floats(1e-3, 0.1))
        ),
        draw(st.booleans()),
        draw(st.booleans()),
    )


@dataclass(frozen=True)
class Outcome:
    """What a run of a case ends with: z and a of each batch, its gradient, the parameters."""

    z: Array
    a: Array
    gradients: Array
    parameters: Array


def outcome(case: Case, engine: str | Library, spoil: float | None = None) -> Outcome:
    """Train three batches of a case and look at the first one again; perhaps with a spoiled input.

    Samples and first weights depend on the case alone.
    """
    rng, dtype = np.random.default_rng(case.seed), np.dtype(case.dtype)
    network = Network(case.shape, case.layers, case.dtype)
    network.initialize(rng, "glorot_uniform", {})
    network.parameters[...] += rng.normal(0.0, 0.05, network.parameters.size)
    state = network.parameters[network.trained.size :]
    state[...] = np.abs(state)  # variances are among them
    x = np.ones((BATCHES, network.inputs + 1, case.rows), dtype)
    x[:, :-1] = rng.normal(size=(BATCHES, network.inputs, case.rows))
    if spoil is not None:
        x[:, 0, case.rows // 2] = spoil
    y = targets_of(case, rng, (BATCHES, network.outputs, case.rows)).astype(dtype)
    z, a = np.zeros((2, BATCHES + 1, *y.shape[1:]), dtype)
    gradients = np.zeros((BATCHES, network.trained.size), dtype)
    loss = LOSSES[case.loss]
    scale: Any = loss.gradient_scale("mean", network.outputs, case.rows)
    if case.weighted:
        scale = (scale * rng.random(case.rows)).astype(dtype)
    seen = [np.ascontiguousarray(each.T).T if case.by_rows else each for each in x]
    batches = [Batch(seen[i], y[i], scale, z[i], a[i], gradients[i]) for i in range(BATCHES)] + [
        Batch(seen[0], None, 0.0, z[-1], a[-1])
    ]
    optimizer = OPTIMIZERS[case.optimizer]
    train(network, _method(case, network, rng), batches, 0.01 / (1 + optimizer.moments), engine)
    return Outcome(z, a, gradients, network.parameters)


def targets_of(case: Case, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    if case.loss == "categorical_crossentropy":
        labels = rng.integers(shape[1], size=(shape[0], shape[2]))
        return np.ascontiguousarray(np.moveaxis(np.eye(shape[1])[labels], 2, 1))
    drawn = rng.random(shape)
    return np.where(drawn < 0.5, -1.0, 1.0) if case.loss == "perceptron" else drawn


def _method(case: Case, network: Network, rng: np.random.Generator) -> Method:
    optimizer, size = OPTIMIZERS[case.optimizer], network.trained.size
    values = {each.name: each.default for each in optimizer.parameters}
    if "epsilon" in values:  # else they make a whole step of a gradient that is all rounding
        values["epsilon"] = 0.01
    held = np.flatnonzero(rng.random(size) < 0.2) if case.held else None
    if held is not None:
        moves = optimizer.update

        def update(parameters: Array, gradient: Array, rate: float, state: Any) -> None:
            kept = parameters[held]
            moves(parameters, gradient, rate, state)
            parameters[held] = kept

        optimizer = replace(optimizer, update=update)
    penalty = None
    if any(case.penalties):
        penalty = WeightPenalty(*case.penalties, network.weight_mask()[:size])
    state = optimizer.start(size, network.dtype, values)
    return Method(LOSSES[case.loss], optimizer, state, penalty, case.clip, held)
