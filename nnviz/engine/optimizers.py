"""Optimisers: how parameters move along the gradient.

Parameters and gradients are one flat vector each, so a step is a handful of NumPy calls whatever
the depth of the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.choices import Parameter
from nnviz.engine.terms import Element, Term

CHUNK = 16_384
"""Elements handled at a time, so that all of Adam's operands stay in the processor's cache."""


FADING_STEPS = 64
"""After so many steps moments that have all but faded are set to zero.

The gradient of a dead ReLU is exactly zero, so its moments shrink with every step until they are
subnormal numbers, with which a processor computes a hundred times more slowly: Adam's step took
three times as long once a quarter of the moments had got there.
"""

_FADED = 2.0**24
"""In units of the smallest normal number: 2e-31 in float32, far below any optimiser's epsilon."""


class Piece(NamedTuple):
    """A stretch of the flat vectors, seen as views of equal length."""

    parameters: FloatArray
    gradient: FloatArray
    scratch: FloatArray
    first: FloatArray = np.empty(0)
    second: FloatArray = np.empty(0)


class OptimizerState:
    """Moments an optimiser keeps between steps, and scratch memory.

    Parameters
    ----------
    size
        Number of parameters.
    dtype
        Of the parameters.
    moments
        How many vectors of that size the optimiser remembers.
    values
        Its hyper-parameters by name.
    """

    def __init__(
        self, size: int, dtype: np.dtype[np.floating], moments: int, values: Mapping[str, float]
    ) -> None:
        self.moments = np.zeros((moments, size), dtype)
        self.scratch = np.empty(min(size, CHUNK), dtype)
        self.values = dict(values)
        self.steps = 0
        self._bounds = [(i, min(i + CHUNK, size)) for i in range(0, size, CHUNK)]
        self._faded = _FADED * float(np.finfo(dtype).tiny)
        self._of: tuple[FloatArray, FloatArray] | None = None
        self._pieces: list[Piece] = []

    def next_step(self) -> None:
        """Count a step, and clear faded moments when it is time."""
        self.steps += 1
        if self.steps % FADING_STEPS == 0:
            for moment in self.moments:
                moment[np.abs(moment) < self._faded] = 0.0

    def pieces(self, parameters: FloatArray, gradient: FloatArray) -> list[Piece]:
        """Return both vectors and the moments in pieces that fit the cache.

        The views are made once: a run has the same two vectors from its first step to its last,
        and for a small network slicing them anew would cost as much as the arithmetic.
        """
        if self._of is None or self._of[0] is not parameters or self._of[1] is not gradient:
            self._of = (parameters, gradient)
            self._pieces = [
                Piece(
                    parameters[start:stop],
                    gradient[start:stop],
                    self.scratch[: stop - start],
                    *(moment[start:stop] for moment in self.moments),
                )
                for start, stop in self._bounds
            ]
        return self._pieces


Update = Callable[[FloatArray, FloatArray, float, OptimizerState], None]
Explain = Callable[[Element], tuple[Term, ...]]


@dataclass(frozen=True)
class Optimizer:
    """An optimiser.

    Parameters
    ----------
    name, title, formula
        Key in `OPTIMIZERS` (Keras' name), menu text, textbook form.
    update
        ``update(parameters, gradient, rate, state)`` moves `parameters` in place.
    explain
        ``explain(element)`` says how `update` will move one parameter; the last term is the new θ.
    moments
        Number of remembered vectors.
    parameters
        Hyper-parameters a person may set.
    """

    name: str
    title: str
    formula: str
    update: Update
    explain: Explain
    moments: int = 0
    parameters: tuple[Parameter, ...] = ()

    def start(
        self, size: int, dtype: np.dtype[np.floating], values: Mapping[str, float]
    ) -> OptimizerState:
        """Return the state of a run that begins."""
        return OptimizerState(size, dtype, self.moments, values)


def _sgd(parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState) -> None:
    for p, g, s, *_ in state.pieces(parameters, gradient):
        np.multiply(g, rate, s)
        np.subtract(p, s, p)


def _explain_sgd(e: Element) -> tuple[Term, ...]:
    return (_moved(e, "{g}", {"g": e.gradient}, e.gradient),)


def _moved(e: Element, direction: str, numbers: Mapping[str, float], value: float) -> Term:
    """Return the term θ − η · direction, where `numbers` make the direction, which is `value`."""
    numbers = {"θ": e.parameter, "η": e.rate, **numbers}
    return Term("θ", f"{{θ}} − {{η}} · {direction}", numbers, e.parameter - e.rate * value)


def _momentum(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    beta = state.values["momentum"]
    for p, g, s, v, _ in state.pieces(parameters, gradient):
        np.multiply(v, beta, v)
        np.add(v, g, v)
        np.multiply(v, rate, s)
        np.subtract(p, s, p)


def _velocity(e: Element) -> Term:
    beta, v, g = e.values["momentum"], e.moments[0], e.gradient
    return Term("v", "{β} · {v} + {g}", {"β": beta, "v": v, "g": g}, beta * v + g)


def _explain_momentum(e: Element) -> tuple[Term, ...]:
    v = _velocity(e)
    return v, _moved(e, "{v}", {"v": v.value}, v.value)


def _nesterov(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    beta = state.values["momentum"]
    for p, g, s, v, _ in state.pieces(parameters, gradient):
        np.multiply(v, beta, v)
        np.add(v, g, v)
        np.multiply(v, beta, s)
        np.add(s, g, s)
        np.multiply(s, rate, s)
        np.subtract(p, s, p)


def _explain_nesterov(e: Element) -> tuple[Term, ...]:
    v, beta, g = _velocity(e), e.values["momentum"], e.gradient
    numbers = {"g": g, "β": beta, "v": v.value}
    return v, _moved(e, "({g} + {β} · {v})", numbers, g + beta * v.value)


def _rmsprop(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    # What is remembered is s/(1−ρ): one call fewer, and the factor goes into two scalars.
    rho = state.values["rho"]
    factor = math.sqrt(1.0 - rho)
    step_size, epsilon = rate / factor, state.values["epsilon"] / factor
    for p, g, s, m, _ in state.pieces(parameters, gradient):
        np.multiply(g, g, s)
        np.multiply(m, rho, m)
        np.add(m, s, m)
        np.sqrt(m, s)
        np.add(s, epsilon, s)
        np.divide(g, s, s)
        np.multiply(s, step_size, s)
        np.subtract(p, s, p)


def _average(symbol: str, of: str, e: Element, moment: int, beta: tuple[str, float]) -> Term:
    """Return a moving average of g or g², of which a moment is kept without its factor 1 − β."""
    name, share = beta
    before = e.moments[moment] * (1.0 - share)
    new = e.gradient if of == "{g}" else e.gradient**2
    formula = f"{{{name}}} · {{{symbol}}} + (1 − {{{name}}}) · {of}"
    numbers = {name: share, symbol: before, "g": e.gradient}
    return Term(symbol, formula, numbers, share * before + (1.0 - share) * new)


def _explain_rmsprop(e: Element) -> tuple[Term, ...]:
    s, epsilon = _average("s", "{g}²", e, 0, ("ρ", e.values["rho"])), e.values["epsilon"]
    numbers = {"g": e.gradient, "s": s.value, "ε": epsilon}
    size = math.sqrt(s.value) + epsilon
    return s, _moved(e, "{g} / (√{s} + {ε})", numbers, e.gradient / size)


def _adam(parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState) -> None:
    # What is remembered is m/(1−β₁) and v/(1−β₂); these factors and those of m̂ = m/(1−β₁ᵗ) and
    # v̂ = v/(1−β₂ᵗ) go into two scalars. Three calls fewer: Adam is bound by memory.
    beta_1, beta_2 = state.values["beta_1"], state.values["beta_2"]
    factor = math.sqrt((1.0 - beta_2) / (1.0 - beta_2**state.steps))
    step_size = rate * (1.0 - beta_1) / (1.0 - beta_1**state.steps) / factor
    epsilon = state.values["epsilon"] / factor
    for p, g, s, m, v in state.pieces(parameters, gradient):
        np.multiply(m, beta_1, m)
        np.add(m, g, m)
        np.multiply(g, g, s)
        np.multiply(v, beta_2, v)
        np.add(v, s, v)
        np.sqrt(v, s)
        np.add(s, epsilon, s)
        np.divide(m, s, s)
        np.multiply(s, step_size, s)
        np.subtract(p, s, p)


def _unbiased(average: Term, name: str, beta: tuple[str, float], step: int) -> Term:
    """Return what an average is without the zeros it began with."""
    symbol, share = beta
    formula = f"{{{average.symbol}}} / (1 − {{{symbol}}}^{{t}})"
    numbers = {average.symbol: average.value, symbol: share, "t": float(step)}
    return Term(name, formula, numbers, average.value / (1.0 - share**step))


def _explain_adam(e: Element) -> tuple[Term, ...]:
    beta_1, beta_2 = ("β₁", e.values["beta_1"]), ("β₂", e.values["beta_2"])
    m, v = _average("m", "{g}", e, 0, beta_1), _average("v", "{g}²", e, 1, beta_2)
    m_hat, v_hat = _unbiased(m, "m̂", beta_1, e.step), _unbiased(v, "v̂", beta_2, e.step)
    numbers = {"m̂": m_hat.value, "v̂": v_hat.value, "ε": e.values["epsilon"]}
    size = math.sqrt(v_hat.value) + e.values["epsilon"]
    moved = _moved(e, "{m̂} / (√{v̂} + {ε})", numbers, m_hat.value / size)
    return m, v, m_hat, v_hat, moved


def _adamw(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    # The decay is not part of the gradient, so that v̂ does not even it out.
    np.multiply(parameters, 1.0 - rate * state.values["weight_decay"], out=parameters)
    _adam(parameters, gradient, rate, state)


def _explain_adamw(e: Element) -> tuple[Term, ...]:
    decay, theta = e.values["weight_decay"], e.parameter
    numbers = {"η": e.rate, "λ": decay, "θ": theta}
    smaller = Term("θ", "(1 − {η} · {λ}) · {θ}", numbers, (1.0 - e.rate * decay) * theta)
    return smaller, *_explain_adam(e._replace(parameter=smaller.value))


_EPSILON = Parameter("epsilon", "Epsilon ε", 1e-8, 1e-12, 1.0, "Keeps the division away from zero.")
_BETA = Parameter(
    "momentum", "Momentum β", 0.9, 0.0, 0.9999, "Share of the previous step that is kept."
)

_ADAM = (
    Parameter("beta_1", "β₁", 0.9, 0.0, 0.9999, "Memory of the gradient's mean."),
    Parameter("beta_2", "β₂", 0.999, 0.0, 0.99999, "Memory of its square."),
    _EPSILON,
)

OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", "SGD", "θ ← θ − η g", _sgd, _explain_sgd),
        Optimizer(
            "momentum",
            "Momentum",
            "v ← β v + g;  θ ← θ − η v",
            _momentum,
            _explain_momentum,
            1,
            (_BETA,),
        ),
        Optimizer(
            "nesterov",
            "Nesterov",
            "v ← β v + g;  θ ← θ − η (g + β v)",
            _nesterov,
            _explain_nesterov,
            1,
            (_BETA,),
        ),
        Optimizer(
            "rmsprop",
            "RMSprop",
            "s ← ρ s + (1 − ρ) g²;  θ ← θ − η g / (√s + ε)",
            _rmsprop,
            _explain_rmsprop,
            1,
            (
                Parameter("rho", "Memory ρ", 0.9, 0.0, 0.9999, "How long past gradients count."),
                _EPSILON,
            ),
        ),
        Optimizer(
            "adam",
            "Adam",
            "m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − η m̂ / (√v̂ + ε)",
            _adam,
            _explain_adam,
            2,
            _ADAM,
        ),
        Optimizer(
            "adamw",
            "AdamW",
            "θ ← (1 − η λ) θ, then Adam",
            _adamw,
            _explain_adamw,
            2,
            (
                *_ADAM,
                Parameter(
                    "weight_decay",
                    "Decay λ",
                    0.01,
                    0.0,
                    1.0,
                    "Share of every weight that is taken away at each step, times the rate.",
                ),
            ),
        ),
    )
}
"""Every optimiser by name, in menu order."""
