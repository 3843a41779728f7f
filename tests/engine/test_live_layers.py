"""Layers of random settings and shapes, asked of PyTorch on the spot where the oracle is there."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from .layer_replay import layer_run, run

pytest.importorskip("torch")
hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
oracle = pytest.importorskip("_oracle_layers")

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from(sorted(TOLERANCE))

some_cases = hypothesis.settings(max_examples=40, deadline=None, database=None, derandomize=True)


def close(found, expected, dtype: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def pairs(low: int, high: int):
    return st.tuples(st.integers(low, high), st.integers(low, high))


PICTURES = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
ROWS = st.tuples(st.integers(1, 9))
LAYERS = {
    "dense": (
        st.fixed_dictionaries(
            {
                "units": st.integers(1, 6),
                "activation": st.sampled_from(sorted(oracle.ACTIVATIONS)),
                "use_bias": st.booleans(),
            }
        ),
        ROWS,
    ),
    "conv2d": (
        st.fixed_dictionaries(
            {
                "filters": st.integers(1, 4),
                "kernel_size": pairs(1, 4),
                "strides": pairs(1, 3),
                "padding": st.one_of(st.sampled_from(("valid", "same")), pairs(0, 2)),
                "activation": st.sampled_from(sorted(oracle.ACTIVATIONS)),
                "use_bias": st.booleans(),
            }
        ),
        PICTURES,
    ),
    "max_pool2d": (
        st.fixed_dictionaries({"pool_size": pairs(1, 4), "strides": pairs(1, 4)}),
        PICTURES,
    ),
    "average_pool2d": (
        st.fixed_dictionaries({"pool_size": pairs(1, 4), "strides": pairs(1, 4)}),
        PICTURES,
    ),
    "global_average_pool2d": (st.just({}), PICTURES),
    "flatten": (st.just({}), PICTURES),
    "dropout": (st.fixed_dictionaries({"rate": st.floats(0.0, 0.9)}), st.one_of(PICTURES, ROWS)),
    "batch_norm": (
        st.fixed_dictionaries(
            {"momentum": st.floats(0.0, 0.999), "epsilon": st.floats(1e-3, 1e-1)}
        ),
        st.one_of(PICTURES, ROWS),
    ),
}


def window_fits(settings, shape) -> bool:
    window = settings.get("kernel_size") or settings.get("pool_size")
    if window is None or settings.get("padding") == "same":
        return True
    padding = settings.get("padding", "valid")
    more = (0, 0) if padding == "valid" else padding
    return all(window[i] <= shape[i + 1] + 2 * more[i] for i in (0, 1))


@pytest.mark.parametrize("kind", oracle.LAYERS)
@some_cases
@hypothesis.given(data=st.data(), batch=st.integers(2, 6), seed=SEEDS, dtype=DTYPES)
def test_forward_gradients_and_parameters_after_twenty_steps(
    kind: str, data, batch: int, seed: int, dtype: str
) -> None:
    settings_of, shapes = LAYERS[kind]
    settings, shape = {"kind": kind, **data.draw(settings_of)}, data.draw(shapes)
    hypothesis.assume(window_fits(settings, shape))
    case = oracle.layer_start(np.random.default_rng(seed), settings, shape, batch)
    case = {name: array.astype(dtype) for name, array in case.items()}
    expected = oracle.layer_answer(settings, case)
    found = layer_run(settings, case, dtype)
    assert set(found) == set(expected)
    for name, array in expected.items():
        assert found[name].dtype == dtype
        close(found[name], array, dtype)


@some_cases
@hypothesis.given(seed=SEEDS, batch=st.integers(2, 12))
def test_a_convolutional_network_follows_step_by_step(seed: int, batch: int) -> None:
    case = oracle.run_start(np.random.default_rng(seed), oracle.CNN, oracle.CNN_SHAPE, batch)
    expected, weights = oracle.run_answer(oracle.CNN, case, oracle.CNN_RATE)
    losses, held = run(oracle.CNN, case, oracle.CNN_RATE, "float64")
    close(np.array(losses), np.array(expected), "float64")
    for name, array in weights.items():
        close(held[name], array, "float64")
