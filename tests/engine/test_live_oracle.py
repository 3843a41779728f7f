"""Random cases, asked of PyTorch and scikit-learn on the spot where the oracle extra is there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import METRICS
from nnviz.engine.optimizers import OPTIMIZERS

from .numeric import PAIRS, SMOOTH, gradient_at_z, targets_for, terms
from .replay import network_run, optimizer_path

pytest.importorskip("torch")
sklearn_metrics = pytest.importorskip("sklearn.metrics")
hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "record_reference_cases.py"
sys.path.insert(0, str(SCRIPT.parent))  # it imports a neighbour
spec = importlib.util.spec_from_file_location("record_reference_cases", SCRIPT)
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 12))
SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from(sorted(TOLERANCE))

# No database and no deadline: a run leaves nothing behind, and is not timed. Derandomised, so that
# a test suite that passed passes again.
some_cases = hypothesis.settings(max_examples=15, deadline=None, database=None, derandomize=True)


def close(found, expected, dtype: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("name", SMOOTH)
@some_cases
@hypothesis.given(shape=SHAPES, seed=SEEDS, dtype=DTYPES)
def test_activation(name: str, shape: tuple[int, int], seed: int, dtype: str) -> None:
    rng = np.random.default_rng(seed)
    z, upstream = (rng.normal(0, 5, shape).astype(dtype) for _ in range(2))
    a, dz = oracle.activation_answer(name, z, upstream)
    activation, gradient = ACTIVATIONS[name], upstream.copy()
    found = activation(z)
    activation.backward(z, found, gradient, np.empty_like(z))
    close(found, a, dtype)
    close(gradient, dz, dtype)


@pytest.mark.parametrize(("loss_name", "activation_name"), PAIRS)
@some_cases
@hypothesis.given(
    shape=SHAPES, seed=SEEDS, dtype=DTYPES, reduction=st.sampled_from(("mean", "sum"))
)
def test_loss(loss_name, activation_name, shape, seed: int, dtype: str, reduction: str) -> None:
    loss, activation = LOSSES[loss_name], ACTIVATIONS[activation_name]
    if loss_name == "perceptron":
        shape = (1, shape[1])  # it has but one output
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 3, shape).astype(dtype)
    y = targets_for(rng, loss, activation, shape).astype(dtype)
    value, dz = oracle.loss_answer(loss_name, activation_name, z, y, reduction)
    count = terms(loss, z) if reduction == "sum" else 1
    close(loss.value(z, activation(z), y) * count, value, dtype)
    close(gradient_at_z(loss, z, activation, y, reduction), dz, dtype)


@pytest.mark.parametrize("name", OPTIMIZERS)
@some_cases
@hypothesis.given(seed=SEEDS, rate=st.floats(1e-4, 0.1), share=st.floats(0.0, 0.99), dtype=DTYPES)
def test_twenty_steps_of_an_optimizer(
    name: str, seed: int, rate: float, share: float, dtype: str
) -> None:
    rng = np.random.default_rng(seed)
    values = {parameter.name: parameter.default for parameter in OPTIMIZERS[name].parameters}
    for memory in ("momentum", "rho", "beta_1", "beta_2"):
        if memory in values and not (name == "nesterov" and share == 0.0):  # PyTorch refuses that
            values[memory] = share
    start = rng.normal(size=7).astype(dtype)
    gradients = rng.normal(size=(20, 7)).astype(dtype)
    expected = oracle.optimizer_answer(name, values, rate, start, gradients)
    close(optimizer_path(name, values, rate, start, gradients), expected, dtype)


@pytest.mark.parametrize("name", oracle.NETWORKS)
@some_cases
@hypothesis.given(seed=SEEDS, batch=st.integers(1, 20))
def test_whole_run_of_a_network(name: str, seed: int, batch: int) -> None:
    settings = oracle.NETWORKS[name]
    case = oracle.network_start(np.random.default_rng(seed), settings, batch)
    expected, weights = oracle.network_answer(case, settings)
    losses, final = network_run(case, settings, oracle.STEPS)
    count = terms(LOSSES[settings["loss"]], case["y"]) if settings["reduction"] == "sum" else 1
    close(np.array(losses) * count, expected, "float64")
    close(final, np.concatenate([array.ravel() for array in weights]), "float64")


@some_cases
@hypothesis.given(seed=SEEDS, rows=st.integers(2, 60), classes=st.integers(2, 6))
def test_metrics(seed: int, rows: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    truth, decided = rng.integers(0, classes, (2, rows))
    one_hot = np.eye(classes)
    found = METRICS["accuracy"].value(one_hot[:, decided], one_hot[:, truth])
    assert found == sklearn_metrics.accuracy_score(truth, decided)
    y, guess = rng.normal(size=(2, 1, rows))
    expected = sklearn_metrics.r2_score(y[0], guess[0])
    assert METRICS["r_squared"].value(guess, y) == pytest.approx(expected, rel=1e-10)
