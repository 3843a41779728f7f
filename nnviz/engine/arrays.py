"""The engine's one array type."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
"""float32 or float64; all arrays of one network share one of the two."""
