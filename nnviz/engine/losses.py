"""Losses: what training makes small, and their gradients.

A loss owns its gradient. Where an output activation and a loss belong together (softmax with
cross-entropy, sigmoid with binary cross-entropy, sign with the perceptron's loss) the pair is
*fused*: value and gradient are written in terms of z, which is exact where a has rounded to 0 or 1.
That happens here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnviz.engine.arrays import FloatArray

Values = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
Gradient = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], None]


@dataclass(frozen=True)
class Loss:
    """A loss, averaged over samples.

    Parameters
    ----------
    name, title, formula
        Key in `LOSSES` (Keras' name), menu text, textbook form.
    values
        ``values(z, a, y)`` returns the loss of outputs a = f(z) for targets y, all of shape
        (…, outputs, batch): one for each batch, shape (…). A log of many epochs is judged at
        once; `value` is for a single batch.
    gradient
        ``gradient(z, a, y, out)`` writes n · ∂L/∂a, that is, the gradient of the *sum* over the
        n samples; the network divides by n where a mean is wanted. When `fused_with` is the
        output activation's name it writes n · ∂L/∂z instead.
    tasks
        What it can be used for.
    fused_with, fused_gradient
        Output activation whose derivative is already in `gradient`; that activation is required.
        And what ∂L/∂z is then, for one output of one sample, as a textbook writes it.
    unit_power
        A loss in squared target units has 2, in target units 1, without units 0.
    output_activations
        Names it is defined for; empty when any will do.
    averages_outputs
        Whether the mean runs over outputs too (as Keras' and PyTorch's do), or over samples only.
    """

    name: str
    title: str
    formula: str
    values: Values
    gradient: Gradient
    tasks: tuple[str, ...]
    fused_with: str = ""
    fused_gradient: str = ""
    unit_power: int = 0
    output_activations: tuple[str, ...] = ()
    averages_outputs: bool = True

    def value(self, z: FloatArray, a: FloatArray, y: FloatArray) -> float:
        """Return the loss of one batch, all of shape (outputs, batch)."""
        return float(self.values(z, a, y))

    def gradient_scale(self, reduction: str, outputs: int, batch: int) -> float:
        """Return what `gradient` is multiplied by: PyTorch's ``reduction`` "mean" or "sum".

        "mean_twice" divides the mean by the number of samples once more, as code does that takes
        the mean in the loss's gradient and again in the layer's.
        """
        if reduction == "mean":
            return 1.0 / batch
        if reduction == "mean_twice":
            return 1.0 / batch / batch
        return float(outputs) if self.averages_outputs else 1.0


def _mean(values: FloatArray) -> FloatArray:
    """Return the mean over outputs and batch, the same however many batches are stacked."""
    flat = values.reshape(*values.shape[:-2], -1)
    return np.asarray(np.add.reduce(flat, axis=-1) / flat.shape[-1])


def _mse(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    difference = a - y
    return _mean(np.multiply(difference, difference, out=difference))


def _mse_gradient(z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray) -> None:
    np.subtract(a, y, out)
    np.multiply(out, 2.0 / a.shape[0], out)


def _half_mse(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(0.5 * _mse(z, a, y))


def _half_mse_gradient(z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray) -> None:
    np.subtract(a, y, out)
    if a.shape[0] > 1:
        np.multiply(out, 1.0 / a.shape[0], out=out)


def _mae(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    return _mean(np.abs(a - y))


def _mae_gradient(z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray) -> None:
    np.subtract(a, y, out)
    np.sign(out, out=out)
    np.multiply(out, 1.0 / a.shape[0], out=out)


def _binary_crossentropy(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    # −[y ln s(z) + (1−y) ln(1−s(z))] = ln(1 + eᶻ) − y z = ln(1 + e^−|z|) + max(z, 0) − y z, exact
    # for any z; in this form NumPy is seven times faster than with logaddexp.
    terms = np.abs(z)
    np.negative(terms, out=terms)
    np.exp(terms, out=terms)
    np.log1p(terms, out=terms)
    terms += np.maximum(z, 0.0)
    terms -= y * z
    return _mean(terms)


def _binary_crossentropy_gradient(
    z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray
) -> None:
    np.subtract(a, y, out)
    if a.shape[0] > 1:
        np.multiply(out, 1.0 / a.shape[0], out=out)


def _categorical_crossentropy(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    # −Σ y ln softmax(z) = ln Σ eᶻ − Σ y z, with the largest z taken out so that nothing overflows.
    top = z.max(axis=-2, keepdims=True)
    log_sum = np.log(np.exp(z - top).sum(axis=-2, keepdims=True)) + top
    return _mean(log_sum - (y * z).sum(axis=-2, keepdims=True))


def _categorical_crossentropy_gradient(
    z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray
) -> None:
    np.subtract(a, y, out)


def _perceptron(z: FloatArray, a: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(z.shape[-2] * _mean(np.maximum(-y * z, 0.0)))


def _perceptron_gradient(z: FloatArray, a: FloatArray, y: FloatArray, out: FloatArray) -> None:
    # The perceptron rule: only misclassified samples move the weights, each by its target.
    # A sample on the border itself (y z = 0) counts as misclassified: from zero weights nothing
    # would ever start otherwise.
    np.multiply(y, z, out=out)
    np.less_equal(out, 0.0, out=out)
    np.multiply(out, y, out=out)
    np.negative(out, out=out)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "mean_squared_error",
            "Mean squared error",
            "(1/n) Σ (ŷ − y)²",
            _mse,
            _mse_gradient,
            ("regression", "classification"),
            unit_power=2,
        ),
        Loss(
            "half_mean_squared_error",
            "Half mean squared error",
            "(1/2n) Σ (ŷ − y)²",
            _half_mse,
            _half_mse_gradient,
            ("regression", "classification"),
            unit_power=2,
        ),
        Loss(
            "mean_absolute_error",
            "Mean absolute error",
            "(1/n) Σ |ŷ − y|",
            _mae,
            _mae_gradient,
            ("regression",),
            unit_power=1,
        ),
        Loss(
            "binary_crossentropy",
            "Binary cross-entropy",
            "−(1/n) Σ [y ln ŷ + (1 − y) ln(1 − ŷ)]",
            _binary_crossentropy,
            _binary_crossentropy_gradient,
            ("classification",),
            fused_with="sigmoid",
            fused_gradient="ŷ − y",
            output_activations=("sigmoid",),
        ),
        Loss(
            "categorical_crossentropy",
            "Cross-entropy",
            "−(1/n) Σ Σ y ln ŷ",
            _categorical_crossentropy,
            _categorical_crossentropy_gradient,
            ("classification",),
            fused_with="softmax",
            fused_gradient="ŷ − y",
            output_activations=("softmax",),
            averages_outputs=False,
        ),
        Loss(
            "perceptron",
            "Perceptron loss",
            "(1/n) Σ max(0, −y z)",
            _perceptron,
            _perceptron_gradient,
            ("classification",),
            fused_with="sign",
            fused_gradient="−y if y · z ≤ 0 else 0",
            output_activations=("sign",),
            averages_outputs=False,
        ),
    )
}
"""Every loss by name, in menu order."""
