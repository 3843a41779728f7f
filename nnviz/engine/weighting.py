"""How much each sample counts where classes are of different sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def balanced_weights(labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return a weight for each sample such that all classes together count the same.

    A sample of class c weighs n / (k · n_c), for n samples in k classes of n_c samples, as
    scikit-learn's ``class_weight="balanced"``; the mean over all samples is 1.

    Parameters
    ----------
    labels
        Shape (samples,).

    Returns
    -------
    Shape (samples,).
    """
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return np.asarray(labels.size / (counts.size * counts))[place]
