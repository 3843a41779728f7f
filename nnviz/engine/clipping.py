"""Limits that keep a single wild batch from throwing the parameters far away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.terms import Term

_TINY = 1e-6
"""PyTorch's, so that the two agree to the last digits."""


@dataclass(frozen=True)
class GradientClip:
    """A limit of the gradient of all parameters together.

    Parameters
    ----------
    norm
        g ← g · min(1, norm / (|g| + 10⁻⁶)), which keeps the direction: PyTorch's
        ``clip_grad_norm_``, Keras' ``global_clipnorm``. None for no such limit.
    value
        Each number is kept between −value and value. None for no such limit.
    """

    norm: float | None = None
    value: float | None = None

    def apply(self, gradients: FloatArray) -> None:
        """Limit a flat gradient, in place."""
        if self.norm is not None:
            length = math.sqrt(np.dot(gradients, gradients))
            np.multiply(gradients, min(1.0, self.norm / (length + _TINY)), out=gradients)
        if self.value is not None:
            np.clip(gradients, -self.value, self.value, out=gradients)

    def explain(self, gradient: float, gradients: FloatArray) -> tuple[Term, ...]:
        """Return how `apply` changes one number of a flat gradient, which stays as it is."""
        terms = list[Term]()
        if self.norm is not None:
            length = math.sqrt(np.dot(gradients, gradients))
            numbers = {"g": gradient, "c": self.norm, "|g|": length}
            gradient *= min(1.0, self.norm / (length + _TINY))
            terms.append(Term("g", "{g} · min(1, {c} / ({|g|} + 10⁻⁶))", numbers, gradient))
        if self.value is not None:
            numbers = {"c": self.value, "g": gradient}
            gradient = min(max(gradient, -self.value), self.value)
            terms.append(Term("g", "{g}, kept within ±{c}", numbers, gradient))
        return tuple(terms)
