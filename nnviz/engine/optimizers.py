"""Optimisers: how parameters move along the gradient.

Parameters and gradients are one flat vector each, so a step is a handful of NumPy calls whatever
the depth of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.choices import Parameter

CHUNK = 16_384
"""Elements handled at a time, so that all of Adam's operands stay in the processor's cache."""


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
        self.chunks = [slice(i, min(i + CHUNK, size)) for i in range(0, size, CHUNK)]


Update = Callable[[FloatArray, FloatArray, float, OptimizerState], None]


@dataclass(frozen=True)
class Optimizer:
    """An optimiser.

    Parameters
    ----------
    name, title, formula
        Key in `OPTIMIZERS` (Keras' name), menu text, textbook form.
    update
        ``update(parameters, gradient, rate, state)`` moves `parameters` in place.
    moments
        Number of remembered vectors.
    parameters
        Hyper-parameters a person may set.
    """

    name: str
    title: str
    formula: str
    update: Update
    moments: int = 0
    parameters: tuple[Parameter, ...] = ()

    def start(
        self, size: int, dtype: np.dtype[np.floating], values: Mapping[str, float]
    ) -> OptimizerState:
        """Return the state of a run that begins."""
        return OptimizerState(size, dtype, self.moments, values)


def _sgd(parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState) -> None:
    for chunk in state.chunks:
        step = state.scratch[: chunk.stop - chunk.start]
        np.multiply(gradient[chunk], rate, out=step)
        np.subtract(parameters[chunk], step, out=parameters[chunk])


def _momentum(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    velocity, step = state.moments[0], state.scratch
    for chunk in state.chunks:
        v, s, p = velocity[chunk], step[: chunk.stop - chunk.start], parameters[chunk]
        np.multiply(v, state.values["momentum"], out=v)
        np.add(v, gradient[chunk], out=v)
        np.multiply(v, rate, out=s)
        np.subtract(p, s, out=p)


def _nesterov(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    beta = state.values["momentum"]
    for chunk in state.chunks:
        g, v = gradient[chunk], state.moments[0][chunk]
        s, p = state.scratch[: chunk.stop - chunk.start], parameters[chunk]
        np.multiply(v, beta, out=v)
        np.add(v, g, out=v)
        np.multiply(v, beta, out=s)
        np.add(s, g, out=s)
        np.multiply(s, rate, out=s)
        np.subtract(p, s, out=p)


def _rmsprop(
    parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState
) -> None:
    rho, epsilon = state.values["rho"], state.values["epsilon"]
    for chunk in state.chunks:
        g, m = gradient[chunk], state.moments[0][chunk]
        s, p = state.scratch[: chunk.stop - chunk.start], parameters[chunk]
        np.multiply(g, g, out=s)
        np.multiply(s, 1.0 - rho, out=s)
        np.multiply(m, rho, out=m)
        np.add(m, s, out=m)
        np.sqrt(m, out=s)
        np.add(s, epsilon, out=s)
        np.divide(g, s, out=s)
        np.multiply(s, rate, out=s)
        np.subtract(p, s, out=p)


def _adam(parameters: FloatArray, gradient: FloatArray, rate: float, state: OptimizerState) -> None:
    beta_1, beta_2 = state.values["beta_1"], state.values["beta_2"]
    # m̂ = m/(1−β₁ᵗ) and v̂ = v/(1−β₂ᵗ), folded into two scalars.
    step_size = rate / (1.0 - beta_1**state.steps)
    correction = float(1.0 / np.sqrt(1.0 - beta_2**state.steps))
    for chunk in state.chunks:
        g, m, v = gradient[chunk], state.moments[0][chunk], state.moments[1][chunk]
        s, p = state.scratch[: chunk.stop - chunk.start], parameters[chunk]
        np.multiply(m, beta_1, out=m)
        np.multiply(g, 1.0 - beta_1, out=s)
        np.add(m, s, out=m)
        np.multiply(g, g, out=s)
        np.multiply(s, 1.0 - beta_2, out=s)
        np.multiply(v, beta_2, out=v)
        np.add(v, s, out=v)
        np.sqrt(v, out=s)
        np.multiply(s, correction, out=s)
        np.add(s, state.values["epsilon"], out=s)
        np.divide(m, s, out=s)
        np.multiply(s, step_size, out=s)
        np.subtract(p, s, out=p)


_EPSILON = Parameter("epsilon", "Epsilon ε", 1e-8, 1e-12, 1.0, "Keeps the division away from zero.")
_BETA = Parameter(
    "momentum", "Momentum β", 0.9, 0.0, 0.9999, "Share of the previous step that is kept."
)

OPTIMIZERS: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", "SGD", "θ ← θ − η g", _sgd),
        Optimizer("momentum", "Momentum", "v ← β v + g;  θ ← θ − η v", _momentum, 1, (_BETA,)),
        Optimizer(
            "nesterov", "Nesterov", "v ← β v + g;  θ ← θ − η (g + β v)", _nesterov, 1, (_BETA,)
        ),
        Optimizer(
            "rmsprop",
            "RMSprop",
            "s ← ρ s + (1 − ρ) g²;  θ ← θ − η g / (√s + ε)",
            _rmsprop,
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
            2,
            (
                Parameter("beta_1", "β₁", 0.9, 0.0, 0.9999, "Memory of the gradient's mean."),
                Parameter("beta_2", "β₂", 0.999, 0.0, 0.99999, "Memory of its square."),
                _EPSILON,
            ),
        ),
    )
}
"""Every optimiser by name, in menu order."""
