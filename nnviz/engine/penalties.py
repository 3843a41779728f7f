"""Penalties that keep weights small: L1 and L2."""

from __future__ import annotations

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.engine.terms import Term


class WeightPenalty:
    """l1·Σ|w| + l2/2·Σw² over the weights; biases are left alone.

    It joins a batch's gradient as it is, whether that is a mean or a sum, so that with plain SGD
    an `l2` is what PyTorch calls ``weight_decay``.

    Parameters
    ----------
    l1, l2
        Strengths, at least 0.
    mask
        ``Network.weight_mask()``: flat, 1 at weights and 0 at biases.
    """

    def __init__(self, l1: float, l2: float, mask: FloatArray) -> None:
        self.l1, self.l2 = l1, l2
        self.mask = mask
        self._scratch = np.empty_like(mask)

    def value(self, parameters: FloatArray) -> float:
        """Return the penalty of flat `parameters`."""
        weights = parameters * self.mask
        return self.l1 * float(np.abs(weights).sum()) + 0.5 * self.l2 * float(weights @ weights)

    def add_gradient(self, parameters: FloatArray, gradients: FloatArray) -> None:
        """Add l1·sign(w) + l2·w to flat `gradients`; sign(0) is 0."""
        if self.l2:
            self._add(self.l2, parameters, gradients)
        if self.l1:
            np.sign(parameters, out=self._scratch)
            self._add(self.l1, self._scratch, gradients)

    def explain(self, place: int, parameter: float, gradient: float) -> tuple[Term, ...]:
        """Return how `add_gradient` changes the gradient of one parameter, by its flat place."""
        if not self.mask[place]:
            return ()
        terms, g = list[Term](), gradient
        for symbol, strength, of, slope in (
            ("λ₂", self.l2, "{θ}", parameter),
            ("λ₁", self.l1, "sign({θ})", float(np.sign(parameter))),
        ):
            if strength:
                numbers = {"g": g, symbol: strength, "θ": parameter}
                g += strength * slope
                terms.append(Term("g", f"{{g}} + {{{symbol}}} · {of}", numbers, g))
        return tuple(terms)

    def _add(self, strength: float, direction: FloatArray, gradients: FloatArray) -> None:
        np.multiply(direction, self.mask, out=self._scratch)
        np.multiply(self._scratch, strength, out=self._scratch)
        np.add(gradients, self._scratch, out=gradients)
