"""Each optimiser is its formula, written out here a second time, one number at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from nnviz.engine import optimizers
from nnviz.engine.choices import resolve
from nnviz.engine.optimizers import OPTIMIZERS, Optimizer
from nnviz.engine.terms import Element, Term
from nnviz.errors import InvalidChoiceError

RATE = 0.05
Values = Mapping[str, float]
Gradients = list[float]


def sgd(gradients: Gradients, v: Values) -> Iterator[float]:
    for g in gradients:
        yield RATE * g


def momentum(gradients: Gradients, v: Values) -> Iterator[float]:
    velocity = 0.0
    for g in gradients:
        velocity = v["momentum"] * velocity + g
        yield RATE * velocity


def nesterov(gradients: Gradients, v: Values) -> Iterator[float]:
    velocity = 0.0
    for g in gradients:
        velocity = v["momentum"] * velocity + g
        yield RATE * (g + v["momentum"] * velocity)


def rmsprop(gradients: Gradients, v: Values) -> Iterator[float]:
    square = 0.0
    for g in gradients:
        square = v["rho"] * square + (1 - v["rho"]) * g * g
        yield RATE * g / (math.sqrt(square) + v["epsilon"])


def adam(gradients: Gradients, v: Values) -> Iterator[float]:
    mean = square = 0.0
    for t, g in enumerate(gradients, 1):
        mean = v["beta_1"] * mean + (1 - v["beta_1"]) * g
        square = v["beta_2"] * square + (1 - v["beta_2"]) * g * g
        unbiased = square / (1 - v["beta_2"] ** t)
        yield RATE * mean / (1 - v["beta_1"] ** t) / (math.sqrt(unbiased) + v["epsilon"])


FORMULAS = {f.__name__: f for f in (sgd, momentum, nesterov, rmsprop, adam)} | {"adamw": adam}
SETTINGS = [
    ("sgd", {}),
    ("momentum", {}),
    ("momentum", {"momentum": 0.5}),
    ("nesterov", {}),
    ("nesterov", {"momentum": 0.3}),
    ("rmsprop", {}),
    ("rmsprop", {"rho": 0.99, "epsilon": 1e-3}),
    ("adam", {}),
    ("adam", {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-2}),
    ("adamw", {}),
    ("adamw", {"weight_decay": 0.5}),
]


def run(optimizer: Optimizer, start: np.ndarray, gradients: np.ndarray, values: Values):
    """Return the parameters after one step for each row of gradients."""
    parameters = start.copy()
    state = optimizer.start(
        parameters.size, parameters.dtype, resolve(optimizer.parameters, values, "")
    )
    for gradient in gradients:
        state.steps += 1
        before = gradient.copy()
        optimizer.update(parameters, gradient, RATE, state)
        assert np.array_equal(gradient, before)  # panels draw the gradient afterwards
    return parameters


def test_every_optimizer_is_tested() -> None:
    assert set(FORMULAS) == set(OPTIMIZERS) == {name for name, _ in SETTINGS}


@pytest.mark.parametrize(("name", "values"), SETTINGS)
def test_steps_follow_the_formula(name: str, values: Values) -> None:
    rng = np.random.default_rng(1)
    start, gradients = rng.normal(size=5), rng.normal(size=(20, 5))
    optimizer = OPTIMIZERS[name]
    found = run(optimizer, start, gradients, values)
    resolved = resolve(optimizer.parameters, values, "")
    expected = start.copy()
    for i, column in enumerate(gradients.T):
        for step in FORMULAS[name](column.tolist(), resolved):
            expected[i] *= 1 - RATE * resolved.get("weight_decay", 0.0)
            expected[i] -= step
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def reckoned(term: Term) -> float:
    """Return what comes out where somebody reckons the written formula after."""
    text = term.written(lambda number: f"{number!r}").replace("−", "-").replace("·", "*")
    text = re.sub(r"√(\(?[\d.e-]+\)?)", r"math.sqrt(\1)", text)
    return float(eval(text.replace("^", "**").replace("²", "**2")))


@pytest.mark.parametrize(("name", "values"), SETTINGS)
def test_what_is_explained_is_what_is_done(name: str, values: Values) -> None:
    rng = np.random.default_rng(4)
    optimizer, parameters = OPTIMIZERS[name], rng.normal(size=3)
    resolved = resolve(optimizer.parameters, values, "")
    state = optimizer.start(3, parameters.dtype, resolved)
    for step in range(1, 5):
        gradient, before = rng.normal(size=3), state.moments[:, 1].tolist()
        theta, g = float(parameters[1]), float(gradient[1])
        terms = optimizer.explain(Element(theta, g, RATE, tuple(before), resolved, step))
        state.steps += 1
        optimizer.update(parameters, gradient, RATE, state)
        assert terms[-1].value == pytest.approx(float(parameters[1]), rel=1e-12)
        for term in terms:
            assert reckoned(term) == pytest.approx(term.value, rel=1e-12)
            assert "{" not in term.symbols


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_chunks_make_no_difference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    start, gradients = rng.normal(size=23), rng.normal(size=(6, 23))
    whole = run(OPTIMIZERS[name], start, gradients, {})
    monkeypatch.setattr(optimizers, "CHUNK", 7)
    assert np.array_equal(run(OPTIMIZERS[name], start, gradients, {}), whole)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32_and_near(name: str) -> None:
    rng = np.random.default_rng(3)
    start, gradients = rng.normal(size=9), rng.normal(size=(20, 9))
    found = run(OPTIMIZERS[name], start.astype("f4"), gradients.astype("f4"), {})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, run(OPTIMIZERS[name], start, gradients, {}), atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_descends_a_bowl(name: str) -> None:
    parameters = np.array([3.0, -2.0])
    optimizer = OPTIMIZERS[name]
    state = optimizer.start(2, parameters.dtype, resolve(optimizer.parameters, {}, ""))
    for _ in range(2000):
        state.steps += 1
        optimizer.update(parameters, parameters * (1.0, 10.0), 0.01, state)
    assert np.abs(parameters).max() < 0.02


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_numbers_out_of_range_are_refused_with_their_range(optimizer: Optimizer) -> None:
    for parameter in optimizer.parameters:
        for wrong in (parameter.low - 1, parameter.high + 1, math.nan):
            with pytest.raises(InvalidChoiceError) as caught:
                resolve(optimizer.parameters, {parameter.name: wrong}, "training.optimizer")
            assert caught.value.field == "training.optimizer"
            assert f"{parameter.high:g}" in str(caught.value)
    with pytest.raises(InvalidChoiceError, match="no setting “pace”"):
        resolve(optimizer.parameters, {"pace": 1.0}, "training.optimizer")
