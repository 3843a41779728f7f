"""How sharply a loss curves: what the largest stable learning rate depends on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_STEP = 1e-5


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
