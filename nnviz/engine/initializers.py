"""How weights start: their random distributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import Parameter

Sampler = Callable[[np.random.Generator, tuple[int, int], Mapping[str, float]], NDArray[np.float64]]


@dataclass(frozen=True)
class Initializer:
    """A distribution to draw a layer's first weights from.

    Parameters
    ----------
    name, title, formula
        Key in `INITIALIZERS` (Keras' name), menu text, textbook form.
    sample
        ``sample(rng, (fan_out, fan_in), values)`` returns float64 of that shape.
    parameters
        Numbers a person may set.
    """

    name: str
    title: str
    formula: str
    sample: Sampler
    parameters: tuple[Parameter, ...] = ()


def _normal(deviation: Callable[[int, int], float]) -> Sampler:
    def sample(
        rng: np.random.Generator, shape: tuple[int, int], values: Mapping[str, float]
    ) -> NDArray[np.float64]:
        fan_out, fan_in = shape
        return rng.normal(0.0, deviation(fan_in, fan_out), shape)

    return sample


def _uniform(limit: Callable[[int, int], float]) -> Sampler:
    def sample(
        rng: np.random.Generator, shape: tuple[int, int], values: Mapping[str, float]
    ) -> NDArray[np.float64]:
        fan_out, fan_in = shape
        bound = limit(fan_in, fan_out)
        return rng.uniform(-bound, bound, shape)

    return sample


def _zeros(
    rng: np.random.Generator, shape: tuple[int, int], values: Mapping[str, float]
) -> NDArray[np.float64]:
    return np.zeros(shape)


def _random_uniform(
    rng: np.random.Generator, shape: tuple[int, int], values: Mapping[str, float]
) -> NDArray[np.float64]:
    return rng.uniform(-values["limit"], values["limit"], shape)


def _random_normal(
    rng: np.random.Generator, shape: tuple[int, int], values: Mapping[str, float]
) -> NDArray[np.float64]:
    return rng.normal(0.0, values["deviation"], shape)


INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer
    for initializer in (
        Initializer(
            "glorot_normal",
            "Xavier normal",
            "N(0, 2 / (fan_in + fan_out))",
            _normal(lambda fan_in, fan_out: float(np.sqrt(2.0 / (fan_in + fan_out)))),
        ),
        Initializer(
            "glorot_uniform",
            "Xavier uniform",
            "U(−l, l), l = √(6 / (fan_in + fan_out))",
            _uniform(lambda fan_in, fan_out: float(np.sqrt(6.0 / (fan_in + fan_out)))),
        ),
        Initializer(
            "he_normal",
            "He normal",
            "N(0, 2 / fan_in)",
            _normal(lambda fan_in, fan_out: float(np.sqrt(2.0 / fan_in))),
        ),
        Initializer(
            "he_uniform",
            "He uniform",
            "U(−l, l), l = √(6 / fan_in)",
            _uniform(lambda fan_in, fan_out: float(np.sqrt(6.0 / fan_in))),
        ),
        Initializer(
            "random_uniform",
            "Uniform",
            "U(−l, l)",
            _random_uniform,
            (
                Parameter(
                    "limit",
                    "Limit",
                    0.5,
                    0.0,
                    100.0,
                    "Weights start anywhere between minus and plus this number.",
                ),
            ),
        ),
        Initializer(
            "random_normal",
            "Normal",
            "N(0, σ²)",
            _random_normal,
            (
                Parameter(
                    "deviation",
                    "Deviation σ",
                    1.0,
                    0.0,
                    100.0,
                    "Standard deviation of the first weights: larger ones saturate sigmoids.",
                ),
            ),
        ),
        Initializer("zeros", "Zeros", "0", _zeros),
    )
}
"""Every initialiser by name, in menu order."""
