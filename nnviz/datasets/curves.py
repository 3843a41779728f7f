"""Regressions along a line: one input, one output."""

from __future__ import annotations

import numpy as np

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.drawing import amount, count
from nnviz.datasets.spec import SampleOptions, SampleSpec

_ROWS = 200


def make_sine(options: SampleOptions) -> Dataset:
    """Return y = sin x + N(0, noise) with x uniform in [-6, 6].

    ``noise_variance`` is the mean square of the noise drawn.
    """
    rng = np.random.default_rng(options.seed)
    x = rng.uniform(-6.0, 6.0, (count(options, _ROWS), 1))
    noise = rng.standard_normal(x.shape) * amount(options)
    return Dataset(
        name="sine",
        task="regression",
        inputs=x,
        targets=np.sin(x) + noise,
        feature_names=("x",),
        target_name="y",
        noise_variance=float(np.mean(noise**2)),
    )


SINE = SampleSpec(
    key="sine",
    title="Noisy Sine",
    description=(
        "A sine curve with noise. See how hidden neurons bend a line into waves, and how too "
        "many of them begin to follow the noise."
    ),
    group="curve",
    task="regression",
    make=make_sine,
    options=("rows", "noise", "seed"),
    default_rows=_ROWS,
    default_noise=10.0,
    origin="Generated: y = sin x with normal noise.",
)
