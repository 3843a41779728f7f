"""The engine's one array type, and what is asked of such arrays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
"""float32 or float64; all arrays of one network share one of the two."""


def largest(values: FloatArray) -> float:
    """Return the largest absolute value; 0 of none at all, or where some are infinite."""
    if not values.size:
        return 0.0
    found = max(float(values.max()), -float(values.min()))
    return found if math.isfinite(found) else 0.0
