"""How sharply a loss curves: what the largest stable learning rate depends on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_STEP = 1e-5

_FLAT = 1e-4
"""Curvatures below this share of the largest one count as none."""


def largest_curvature(
    gradient: Callable[[Vector], Vector], parameters: Vector, iterations: int = 40
) -> float:
    """Return the largest eigenvalue λ of the loss's second derivatives, by power iteration.

    Gradient descent with a rate above 2/λ runs away from a minimum; with momentum β above
    2(1 + β)/λ.

    Parameters
    ----------
    gradient
        ∂L/∂θ at a θ, both of shape (parameters,).
    parameters
        The θ.
    iterations
        Two gradients each: the product of the second derivatives with a direction v is
        (∇L(θ + εv) − ∇L(θ − εv)) / 2ε.
    """
    direction = np.random.default_rng(0).standard_normal(parameters.size)
    step = _STEP * (1.0 + float(np.linalg.norm(parameters)))
    found = 0.0
    for _ in range(iterations):
        length = float(np.linalg.norm(direction))
        if not np.isfinite(length) or length == 0.0:
            break
        direction = direction / length
        ahead = gradient(parameters + step * direction)
        product = (ahead - gradient(parameters - step * direction)) / (2.0 * step)
        found = float(direction @ product)
        direction = product
    return found


def curves_down(gradient: Callable[[Vector], Vector], parameters: Vector) -> bool:
    """Return whether the loss curves downwards in some direction, as it does beside a saddle.

    All second derivatives are worked out, two gradients for each parameter, and their smallest
    eigenvalue is compared with the largest: rounding makes a flat direction no slope.

    Parameters
    ----------
    gradient, parameters
        As for `largest_curvature`; for few parameters only.
    """
    step = _STEP * (1.0 + float(np.linalg.norm(parameters)))
    steps = step * np.eye(parameters.size)
    rows = [gradient(parameters + one) - gradient(parameters - one) for one in steps]
    second = np.array(rows) / (2.0 * step)
    values = np.linalg.eigvalsh(second + second.T)
    return bool(values[0] < -_FLAT * abs(values[-1]))
