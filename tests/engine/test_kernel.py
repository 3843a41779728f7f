"""The compiled engine: it does what the NumPy engine does, and always to the same bits."""

from __future__ import annotations

import ctypes
import hashlib
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.kernel import description
from nnviz.engine.kernel.description import covers
from nnviz.engine.kernel.library import Library, library
from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
)
from nnviz.engine.losses import LOSSES
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.training import Batch, Method

from .both_engines import COMPILED, Case, cases, outcome, train
from .numeric import PAIRS, Array

EXAMPLES = int(os.environ.get("NNVIZ_KERNEL_EXAMPLES", "300"))
"""Networks that are drawn; ``scripts/check_kernel.py`` asks for more."""

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
CANCELS = 10.0
"""So many times that where there is a BatchNorm: what it takes away of a gradient may be nearly all
of it, and the next layer magnifies the rest. Compared with float64, both engines are off there."""


def size_of(array: Array) -> float:
    return float(np.abs(array).max(initial=0.0)) + 1e-30


def test_every_entry_of_the_tables_is_known_to_the_compiled_engine() -> None:
    assert set(description.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(description.LOSSES) == set(LOSSES)
    assert set(description.OPTIMIZERS) == set(OPTIMIZERS)
    assert {*description.LAYERS, Flatten} == set(LAYERS.values())


def test_what_the_compiled_engine_does_not_know_it_does_not_cover() -> None:
    class Other(Dense):
        pass

    known = (Dense(2, "relu"), Dense(1))
    assert covers(known, "mean_squared_error", "sgd")
    assert not covers((Other(3), *known), "mean_squared_error", "sgd")
    assert not covers((Dense(2, "softsign"), Dense(1)), "mean_squared_error", "sgd")
    assert not covers(known, "hinge", "sgd")
    assert not covers(known, "mean_squared_error", "lion")


@COMPILED
@settings(max_examples=EXAMPLES, deadline=None)
@given(case=cases())
def test_any_network_is_trained_as_numpy_trains_it(case: Case) -> None:
    numpy, compiled = outcome(case, "numpy"), outcome(case, "compiled")
    tolerance = TOLERANCE[case.dtype]
    if case.dtype == "float32" and any(isinstance(spec, BatchNorm) for spec in case.layers):
        tolerance *= CANCELS
    for found, expected in (
        (compiled.z[0], numpy.z[0]),
        (compiled.a[0], numpy.a[0]),
        (compiled.gradients[0], numpy.gradients[0]),
    ):
        # What is nearly nothing may be the rest of numbers near 1 that cancel.
        assert np.abs(found - expected).max() <= tolerance * max(size_of(expected), 0.1)
    if case.dtype == "float64":  # later ones, where roundings may have been magnified
        error = np.abs(compiled.parameters - numpy.parameters).max()
        assert error <= 1e-6 * size_of(numpy.parameters)
        assert np.abs(compiled.z[-1] - numpy.z[-1]).max() <= 1e-5 * size_of(numpy.z[-1])


@COMPILED
@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_narrow_registers_give_the_bits_of_wide_ones(case: Case) -> None:
    opened = library()
    assert opened is not None
    if opened.level == "narrow":
        pytest.skip("there are no wide ones here")
    narrow = outcome(case, Library(opened.path, "narrow"))
    wide = outcome(case, opened)
    for name in ("z", "a", "gradients", "parameters"):
        assert getattr(narrow, name).tobytes() == getattr(wide, name).tobytes()


@COMPILED
@pytest.mark.parametrize("spoil", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "layers",
    [
        *((Dense(5, name), Dense(3, "linear")) for name in ACTIVATIONS),
        (Conv2D(3, 2, activation="relu"), MaxPool2D((2, 2), 1), Flatten(), Dense(3, "linear")),
        *((spec, Flatten(), Dense(3, "linear")) for spec in (AveragePool2D(), BatchNorm())),
        (GlobalAveragePool2D(), Dense(3, "linear")),
    ],
    ids=lambda layers: f"{layers[0].kind}-{layers[0].activation}",
)
def test_what_is_not_finite_arrives_where_numpy_has_it(
    layers: tuple[LayerSpec, ...], dtype: str, spoil: float
) -> None:
    shape = (4,) if isinstance(layers[0], Dense) else (2, 4, 4)
    case = Case(shape, layers, "mean_squared_error", "adam", dtype, 13, 1)
    numpy, compiled = outcome(case, "numpy", spoil), outcome(case, "compiled", spoil)
    for name in ("z", "a", "gradients", "parameters"):
        expected, found = getattr(numpy, name), getattr(compiled, name)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected), name)
        np.testing.assert_array_equal(np.isinf(found), np.isinf(expected), name)


@COMPILED
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_a_loss_keeps_what_is_not_finite(loss: str, output: str) -> None:
    case = Case((3,), (Dense(4, "tanh"), Dense(2, output)), loss, "sgd", "float64", 9, 2)
    for spoil in (np.nan, np.inf):
        numpy, compiled = outcome(case, "numpy", spoil), outcome(case, "compiled", spoil)
        np.testing.assert_array_equal(np.isnan(compiled.gradients), np.isnan(numpy.gradients))
        np.testing.assert_array_equal(np.isnan(compiled.a), np.isnan(numpy.a))


EXACT = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "softplus": lambda z: np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0),
}


@COMPILED
@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(("dtype", "wide", "most"), [("float64", "g", 600.0), ("float32", "d", 80)])
def test_functions_err_by_three_units_in_the_last_place_at_most(
    name: str, dtype: str, wide: str, most: float
) -> None:
    """Of numbers whose exponential is a normal number; compared in a wider type."""
    if np.finfo(wide).nmant <= np.finfo(dtype).nmant:
        pytest.skip("this system has no wider numbers")
    rng, opened = np.random.default_rng(0), library()
    assert opened is not None
    spread = np.concatenate([rng.normal(0, size, 32_000) for size in (0.01, 1.0, 5.0, 30.0)])
    z = np.clip(spread, -most, most).astype(dtype)
    found = np.empty_like(z)
    opened.function("function", dtype)(
        ctypes.c_int64(description.ACTIVATIONS[name]),
        ctypes.c_void_p(z.ctypes.data),
        ctypes.c_void_p(found.ctypes.data),
        ctypes.c_int64(z.size),
    )
    expected = EXACT[name](z.astype(wide))
    unit = np.spacing(np.abs(expected).astype(dtype)).astype(wide)
    assert (np.abs(found.astype(wide) - expected) / unit).max() <= 3.0


# ---------------------------------------------------------------------- the same bits, always


def plain(number: int, count: int, low: float, high: float) -> Array:
    """Return numbers of few digits: exact in both types, whoever computes them."""
    steps = (np.arange(number, number + count) * 7919 + 104_729) % 1009
    return low + (high - low) * steps / 1024


_SGD, _ADAM, _MSE = "sgd", "adam", "mean_squared_error"
_BCE, _CE = "binary_crossentropy", "categorical_crossentropy"
_CNN = (
    Conv2D(8, 3, activation="relu"),
    MaxPool2D(2),
    Conv2D(16, 3, activation="relu"),
    MaxPool2D(2),
    Flatten(),
)
_SOFTMAX = Dense(10, "softmax")
WORKLOADS = {
    "xor": ((2,), (Dense(4, "sigmoid"), Dense(1, "sigmoid")), _MSE, _SGD, 4),
    "plane": ((2,), (Dense(4, "tanh"), Dense(2, "tanh"), Dense(1, "tanh")), _MSE, _SGD, 10),
    "full": ((2,), tuple(Dense(units, "sigmoid") for units in (8, 4, 1)), _BCE, _SGD, 1000),
    "digits": ((64,), (Dense(32, "relu"), _SOFTMAX), _CE, _SGD, 32),
    "mnist": ((784,), (Dense(128, "relu"), Dense(64, "relu"), _SOFTMAX), _CE, _ADAM, 64),
    "pictures": ((1, 28, 28), (*_CNN, _SOFTMAX), _CE, _ADAM, 64),
}
PRINTS = {
    "xor": "81b7b2d9c6bb125c",
    "plane": "724833b59b5fc2ad",
    "full": "e95da07c0b9c70c5",
    "digits": "e94ea97355ee6061",
    "mnist": "e08b9503dd7763cf",
    "pictures": "4d66c019f1c3a24e",
}
"""Of the parameters after 300 updates: the same on every processor and by every compiler."""


@COMPILED
@pytest.mark.parametrize("name", WORKLOADS)
def test_parameters_after_300_updates_have_always_the_same_bits(name: str) -> None:
    shape, layers, loss, optimizer, rows = WORKLOADS[name]
    dtype = "float32" if rows in (32, 64) else "float64"
    network = Network(shape, layers, dtype)
    network.parameters[...] = plain(0, network.parameters.size, -0.25, 0.25)
    x = np.ones((network.inputs + 1, rows), dtype)
    x[:-1] = plain(5, network.inputs * rows, -1.0, 1.0).reshape(-1, rows)
    targets = np.arange(rows) % max(2, network.outputs)
    y = np.eye(network.outputs)[:, targets] if network.outputs > 1 else targets[np.newaxis]
    chosen = OPTIMIZERS[optimizer]
    values = {each.name: each.default for each in chosen.parameters}
    method = Method(LOSSES[loss], chosen, chosen.start(network.trained.size, network.dtype, values))
    batch = Batch(
        x,
        np.ascontiguousarray(y, dtype),
        LOSSES[loss].gradient_scale("mean", network.outputs, rows),
    )
    train(network, method, [batch] * 300, 0.5 if optimizer == "sgd" else 0.001, "compiled")
    assert np.isfinite(network.parameters).all()
    assert hashlib.sha256(network.parameters.tobytes()).hexdigest()[:16] == PRINTS[name]


@COMPILED
def test_a_case_has_other_bits_with_other_samples() -> None:
    """What says that runs are equal can tell them apart."""
    case = Case((3,), (Dense(2, "linear"),), "mean_squared_error", "sgd", "float64", 5, 0)
    first, other = outcome(case, "compiled"), outcome(replace(case, seed=1), "compiled")
    assert first.parameters.tobytes() != other.parameters.tobytes()
