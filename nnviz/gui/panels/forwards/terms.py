"""The arithmetic of one neuron: z = Σ w · x + b, a = f(z), and how a step moves w and b."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.arrays import FloatArray
from nnviz.gui.frame import Frame
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.records import Snapshot


@dataclass(frozen=True)
class LastStep:
    """How the last step of training moved one number.

    Parameters
    ----------
    index
        Of the weight; −1 for the bias.
    now
        What it is since.
    gradient
        ∂L/∂w of the last batch.
    rate
        η, where the optimiser's step is η · gradient; None where it is another.
    """

    index: int
    now: float
    gradient: float
    rate: float | None

    @property
    def before(self) -> float:
        """What it was, so that before − η · gradient = now."""
        return self.now + (self.rate or 0.0) * self.gradient


@dataclass(frozen=True, eq=False)
class NeuronSum:
    """Everything that makes a neuron's z and a for one sample.

    Parameters
    ----------
    layer, unit, row
        Which neuron, and for which row of the data set.
    weights, values
        Shape (inputs,).
    bias
        None where the layer has none.
    layer_z
        z of all neurons of the layer, as the network computes them.
    a
        f(z).
    activation
        f.
    steps
        Of the largest weight and of the bias; empty where there is no gradient.
    snapshot
        Whose network it is.
    """

    layer: int
    unit: int
    row: int
    weights: FloatArray
    values: FloatArray
    bias: float | None
    layer_z: FloatArray
    a: float
    activation: Activation
    steps: tuple[LastStep, ...]
    snapshot: Snapshot

    @property
    def symbol(self) -> str:
        """What the neuron is given: x from the inputs, a from a layer before it."""
        return "x" if self.layer == 0 else "a"

    @property
    def z(self) -> float:
        """The sum of all products, and of the bias."""
        return float(self.layer_z[self.unit])

    @property
    def place(self) -> tuple[int, int, int]:
        """Which neuron it is of, and for which row."""
        return self.layer, self.unit, self.row

    @cached_property
    def products(self) -> FloatArray:
        """Every w · x, shape (inputs,), as exact as can be."""
        return self.weights.astype(np.float64) * self.values.astype(np.float64)

    def largest(self, most: int) -> tuple[list[int], float]:
        """Return which terms to show, and the sum of the others.

        All in their order where there are few; else the largest first. One term by itself takes no
        more room than to say that there is one more.
        """
        products = self.products
        if products.size <= most + 1:
            return list(range(products.size)), 0.0
        order = np.argsort(-np.abs(products), kind="stable")
        return order[:most].tolist(), math.fsum(products[order[most:]].tolist())

    def shares(self) -> tuple[float, float] | None:
        """Return eᶻ and Σ eᶻ of a softmax, where they are numbers one can write."""
        if not self.activation.couples_units or np.abs(self.layer_z).max() > 20:
            return None
        powers = np.exp(self.layer_z.astype(np.float64))
        return float(powers[self.unit]), float(powers.sum())


def neuron_sum(frame: Frame, layer: int, unit: int) -> NeuronSum:
    """Return the arithmetic of a neuron for the chosen sample of a frame."""
    inspection, row = frame.inspection, frame.row
    traces = inspection.sample_trace(row)
    values = inspection.sample_inputs(row) if layer == 0 else traces[layer - 1].a[0]
    biases = inspection.biases(layer)
    experiment = inspection.problem.experiment
    return NeuronSum(
        layer,
        unit,
        row,
        inspection.weights(layer)[unit],
        values,
        float(biases[unit]) if biases.size else None,
        traces[layer].z[0],
        float(traces[layer].a[0, unit]),
        ACTIVATIONS[experiment.network.layers[layer].activation],
        _steps(frame, layer, unit),
        inspection.snapshot,
    )


def _steps(frame: Frame, layer: int, unit: int) -> tuple[LastStep, ...]:
    inspection = frame.inspection
    if not inspection.snapshot.gradients.any():
        return ()  # before the first step, where all are 0, and where a run went back
    rate = step_rate(inspection.problem.experiment, frame.history, inspection.epoch)
    weights, gradients = inspection.weights(layer)[unit], inspection.weight_gradients(layer)[unit]
    index = int(np.abs(weights).argmax())
    steps = [LastStep(index, float(weights[index]), float(gradients[index]), rate)]
    biases = inspection.biases(layer)
    if biases.size:
        gradient = float(inspection.bias_gradients(layer)[unit])
        steps.append(LastStep(-1, float(biases[unit]), gradient, rate))
    return tuple(steps)


def step_rate(experiment: Experiment, history: History, epoch: int) -> float | None:
    """Return η of the last step where that step was η · gradient and nothing else; else None."""
    choice = experiment.training
    # Within an epoch of mini-batches a schedule may be one epoch further than its last record.
    certain = choice.batch_size is None or choice.schedule == "constant"
    if choice.optimizer != "sgd" or not certain:
        return None
    epochs = history.column("epoch")
    place = epochs.place(epoch)
    if place >= len(epochs) or epochs[place] != epoch:
        return None
    return history.column("learning_rate")[place]
