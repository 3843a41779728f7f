"""Figures of epochs that the compiled engine works out: those that NumPy's would be."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.kernel.engine import CompiledEngine
from nnviz.engine.kernel.library import Library, library
from nnviz.engine.layers import BatchNorm, Dense, Flatten
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import METRICS
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.training import Method

from .both_engines import COMPILED, Case, targets_of
from .numeric import PAIRS, Array

EPOCHS = 5
ACCURACY = METRICS["accuracy"]


def engine(network: Network, loss: str, level: str = "") -> CompiledEngine:
    opened = library()
    assert opened is not None
    state = OPTIMIZERS["sgd"].start(network.trained.size, network.dtype, {})
    method = Method(LOSSES[loss], OPTIMIZERS["sgd"], state)
    return CompiledEngine(network, method, Library(opened.path, level), 1)


def log_of(output: str, loss: str, dtype: str, rows: int, units: int) -> tuple[Array, ...]:
    """Return z, a and targets of some epochs, with answers that are beyond doubt among them."""
    rng = np.random.default_rng(rows)
    z = (rng.normal(size=(EPOCHS, units, rows)) * [[[1]], [[1]], [[9]], [[99]], [[0]]]).astype(
        dtype
    )
    a = np.empty_like(z)
    for each, into in zip(z, a, strict=True):
        ACTIVATIONS[output].function(each, into)
    case = Case((2,), (Dense(units, output),), loss, "sgd", dtype, rows, 0)
    return z, a, targets_of(case, rng, (1, *z.shape[1:]))[0].astype(dtype)


@COMPILED
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("rows", [1, 4, 13, 64, 250])
@pytest.mark.parametrize(("loss", "output"), dict(PAIRS).items())
def test_losses_and_accuracies_are_those_of_numpy(
    loss: str, output: str, rows: int, dtype: str
) -> None:
    for units in (1, 2, 10):
        z, a, y = log_of(output, loss, dtype, rows, units)
        found = engine(Network((2,), (Dense(units, output),), dtype), loss)
        close = 1e-12 if dtype == "float64" else 1e-5
        expected = LOSSES[loss].values(z, a, y)
        np.testing.assert_allclose(found.losses(z, a, y), expected, close, close)
        right = found.accuracies(a, y, 0.5)
        np.testing.assert_array_equal(right, ACCURACY.values(a, y, 0.5))


@COMPILED
def test_of_equal_outputs_the_first_counts_and_what_is_no_number_is_the_largest() -> None:
    nothing = np.nan
    a = np.array([[[1.0, 0, 2, nothing, 0], [1, 3, nothing, nothing, 1], [1, 3, 9, 5, 1]]])
    found = engine(Network((2,), (Dense(3, "linear"),)), "mean_squared_error")
    for answer in range(3):
        y = np.repeat(np.eye(3)[:, [answer]], 5, axis=1)
        right = (a[0].argmax(axis=0) == answer).mean()
        assert found.accuracies(a, y, 0.5) == ACCURACY.values(a, y, 0.5) == right
    assert not np.isfinite(found.losses(a, a, y)).any()


@COMPILED
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_sizes_of_gradients_are_those_of_numpy(dtype: str) -> None:
    layers = (BatchNorm(), Flatten(), Dense(31, "relu"), Dense(3, "linear", use_bias=False))
    network = Network((2, 3, 3), layers, dtype)
    gradients = np.random.default_rng(0).normal(size=(4, network.trained.size)).astype(dtype)
    found = engine(network, "mean_squared_error").gradient_sizes(gradients)
    np.testing.assert_allclose(found, network.gradient_sizes(gradients), 1e-6)
    assert (found[:, 1] == 0).all()


@COMPILED
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("loss", "output"), dict(PAIRS).items())
def test_figures_have_the_same_bits_in_narrow_registers(loss: str, output: str, dtype: str) -> None:
    opened = library()
    assert opened is not None
    if opened.level == "narrow":
        pytest.skip("there are no wide ones here")
    z, a, y = log_of(output, loss, dtype, 77, 3)
    network = Network((2,), (Dense(3, output),), dtype)
    narrow, wide = engine(network, loss, "narrow"), engine(network, loss, "wide")
    assert narrow.losses(z, a, y).tobytes() == wide.losses(z, a, y).tobytes()
    flat = z.ravel()[: 40 * network.trained.size].reshape(40, -1)
    assert narrow.gradient_sizes(flat).tobytes() == wide.gradient_sizes(flat).tobytes()
