"""The engine answers what PyTorch and scikit-learn answered when the cases were recorded.

scripts/record_reference_cases.py wrote the file; neither package is needed here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import METRICS, decide
from nnviz.engine.optimizers import OPTIMIZERS

from .both_engines import ENGINES
from .numeric import PAIRS, SMOOTH, Array, gradient_at_z, terms
from .replay import network_run, optimizer_path

FILE = Path(__file__).resolve().parent.parent / "reference" / "cases.npz"
TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
STEPS = 20

with np.load(FILE, allow_pickle=False) as stored:
    CASES: dict[str, Array] = dict(stored)


def paths(kind: str) -> list[str]:
    """Return the recorded cases of a kind, such as ``"loss/mean_squared_error/relu/sum"``."""
    return sorted({key.rpartition("/")[0] for key in CASES if key.startswith(f"{kind}/")})


def case(path: str, dtype: str = "float64") -> dict[str, Array]:
    """Return a case's arrays by their names; the numbers in `dtype`."""
    found = {
        key.rpartition("/")[2]: array
        for key, array in CASES.items()
        if key.rpartition("/")[0] == path
    }
    return {
        key: array.astype(dtype) if array.dtype == np.float64 and array.ndim else array
        for key, array in found.items()
    }


def values_of(arrays: dict[str, Array]) -> dict[str, float]:
    """Return an optimiser's hyper-parameters."""
    return {
        key.removeprefix("value_"): float(array)
        for key, array in arrays.items()
        if key.startswith("value_")
    }


def assert_close(found: Array | float, expected: Array | float, dtype: str) -> None:
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def test_nothing_in_the_tables_is_without_a_case() -> None:
    assert FILE.stat().st_size < 300_000
    assert {path.split("/")[1] for path in paths("activation")} == set(SMOOTH)
    assert {path.split("/")[1] for path in paths("optimizer")} == set(OPTIMIZERS)
    expected = {f"loss/{loss}/{f}/{r}" for loss, f in PAIRS for r in ("mean", "sum")}
    assert expected == set(paths("loss"))
    assert str(CASES["versions/torch"])
    assert str(CASES["versions/scikit-learn"])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("path", paths("activation"))
def test_activation(path: str, dtype: str) -> None:
    activation, arrays = ACTIVATIONS[path.split("/")[1]], case(path, dtype)
    a = activation(arrays["z"])
    gradient = arrays["upstream"].copy()
    activation.backward(arrays["z"], a, gradient, np.empty_like(a))
    assert_close(a, arrays["a"], dtype)
    assert_close(gradient, arrays["dz"], dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("path", paths("loss"))
def test_loss(path: str, dtype: str) -> None:
    _, loss_name, activation_name, reduction = path.split("/")
    loss, activation = LOSSES[loss_name], ACTIVATIONS[activation_name]
    arrays = case(path, dtype)
    z, y = arrays["z"], arrays["y"]
    outputs = z.shape[0]
    # Over several outputs PyTorch's mean of the perceptron's loss, written by hand there, is over
    # outputs too; ours is over samples, as the perceptron has but one output.
    factor = outputs if loss_name == "perceptron" and reduction == "mean" else 1
    value = loss.value(z, activation(z), y) * (terms(loss, z) if reduction == "sum" else 1)
    assert_close(value, float(arrays["value"]) * factor, dtype)
    found = gradient_at_z(loss, z, activation, y, reduction)
    assert_close(found, arrays["dz"] * factor, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("path", paths("optimizer"))
def test_twenty_steps_of_an_optimizer(path: str, dtype: str) -> None:
    arrays = case(path, dtype)
    found = optimizer_path(
        path.split("/")[1],
        values_of(arrays),
        float(arrays["rate"]),
        arrays["start"],
        arrays["gradients"],
    )
    assert len(found) == STEPS
    assert found.dtype == dtype
    assert_close(found, arrays["path"], dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("path", paths("network"))
@pytest.mark.parametrize("engine", ENGINES)
def test_whole_run_of_a_network(path: str, dtype: str, engine: str) -> None:
    arrays = case(path)
    settings = {**arrays, "values": values_of(arrays)}
    losses, final = network_run(arrays, settings, STEPS, dtype, engine)
    # PyTorch's "sum" is the shown mean times the number of terms.
    count = terms(LOSSES[str(arrays["loss"])], arrays["y"]) if arrays["reduction"] == "sum" else 1
    assert_close(np.array(losses) * count, arrays["losses"], dtype)
    assert_close(final, arrays["final"], dtype)
    assert losses[-1] < losses[0]


def test_metrics() -> None:
    arrays = case("metric")
    truth, decided = np.eye(4)[:, arrays["truth"]], np.eye(4)[:, arrays["decided"]]
    assert METRICS["accuracy"].value(decided, truth) == float(arrays["accuracy"])
    counts = np.zeros((4, 4), dtype=int)
    np.add.at(counts, (decide(truth), decide(decided)), 1)
    assert np.array_equal(counts, arrays["confusion"])
    r_squared = METRICS["r_squared"].value
    found = r_squared(arrays["guess"][np.newaxis], arrays["y"][np.newaxis])
    assert found == pytest.approx(float(arrays["r_squared"]), rel=1e-12)
