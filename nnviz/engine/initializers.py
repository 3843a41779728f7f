"""How weights start: their random distributions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.choices import Parameter, resolve

Shape = tuple[int, int]
Draw = Callable[[np.random.Generator, float, Shape], NDArray[np.float64]]
Spread = Callable[[int, int, Mapping[str, float]], float]


@dataclass(frozen=True)
class Initializer:
    """A distribution to draw a layer's first weights from.

    The normal ones are not truncated, unlike Keras' of the same names: the tutorials' are not.

    Parameters
    ----------
    name, title, formula
        Key in `INITIALIZERS` (Keras' name), menu text, textbook form.
    draw
        ``draw(rng, spread, shape)`` returns float64 of that shape.
    spread
        ``spread(fan_in, fan_out, values)``: the deviation of a normal distribution, the limit of a
        uniform one.
    parameters
        Numbers a person may set.
    """

    name: str
    title: str
    formula: str
    draw: Draw
    spread: Spread
    parameters: tuple[Parameter, ...] = ()

    def sample(
        self,
        rng: np.random.Generator,
        shape: Shape,
        values: Mapping[str, float],
        fans: Shape | None = None,
    ) -> NDArray[np.float64]:
        """Return first values, float64.

        Parameters
        ----------
        rng
            Source of chance.
        shape
            Of the result.
        values
            Every one of `parameters` by name.
        fans
            (fan_out, fan_in) of the layer; None when that is the shape itself, as for weights.
        """
        fan_out, fan_in = fans or shape
        return self.draw(rng, self.spread(fan_in, fan_out, values), shape)


def _normal(rng: np.random.Generator, spread: float, shape: Shape) -> NDArray[np.float64]:
    return rng.normal(0.0, spread, shape)


def _uniform(rng: np.random.Generator, spread: float, shape: Shape) -> NDArray[np.float64]:
    return rng.uniform(-spread, spread, shape)


def _zeros(rng: np.random.Generator, spread: float, shape: Shape) -> NDArray[np.float64]:
    # No draw at all: what zeros start from must not move the draws of other layers.
    return np.zeros(shape)


INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer
    for initializer in (
        Initializer(
            "glorot_normal",
            "Xavier normal",
            "N(0, 2 / (fan_in + fan_out))",
            _normal,
            lambda fan_in, fan_out, values: math.sqrt(2.0 / (fan_in + fan_out)),
        ),
        Initializer(
            "glorot_uniform",
            "Xavier uniform",
            "U(−l, l), l = √(6 / (fan_in + fan_out))",
            _uniform,
            lambda fan_in, fan_out, values: math.sqrt(6.0 / (fan_in + fan_out)),
        ),
        Initializer(
            "he_normal",
            "He normal",
            "N(0, 2 / fan_in)",
            _normal,
            lambda fan_in, fan_out, values: math.sqrt(2.0 / fan_in),
        ),
        Initializer(
            "he_uniform",
            "He uniform",
            "U(−l, l), l = √(6 / fan_in)",
            _uniform,
            lambda fan_in, fan_out, values: math.sqrt(6.0 / fan_in),
        ),
        Initializer(
            "random_uniform",
            "Uniform",
            "U(−l, l)",
            _uniform,
            lambda fan_in, fan_out, values: values["limit"],
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
            _normal,
            lambda fan_in, fan_out, values: values["deviation"],
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
        Initializer("zeros", "Zeros", "0", _zeros, lambda fan_in, fan_out, values: 0.0),
    )
}
"""Every initialiser by name, in menu order."""


def initializer_values(name: str, chosen: Mapping[str, float]) -> dict[str, float]:
    """Return an initialiser's numbers, defaults filled in."""
    return resolve(INITIALIZERS[name].parameters, chosen, "network.initializer")
