"""How many cores NumPy's matrix products use; decided before NumPy is imported."""

from __future__ import annotations

import os

ONE_BLAS_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""For small networks one thread is the fastest, and sums come out the same to the last bit."""


def use_one_blas_thread() -> None:
    """Make it so for this process; without effect once NumPy is imported."""
    os.environ.update(ONE_BLAS_THREAD)
