"""The arithmetic of one neuron: z = Σ w · x + b, a = f(z), and how a step moves w and b."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Conv2D, pair
from nnviz.gui.frame import Frame
from nnviz.gui.look.texts import translated
from nnviz.training.backward import Backward


class LastStep(NamedTuple):
    """How the last step of training moved one number: before − rate · gradient = now.

    The place is of the weight, −1 for the bias. The gradient is ∂L/∂w of the last batch, the rate η
    where the optimiser's step is η · gradient; None where it is another.
    """

    place: int
    now: float
    gradient: float
    rate: float | None

    @property
    def before(self) -> float:
        """What it was."""
        return self.now + (self.rate or 0.0) * self.gradient


class NeuronSum:
    """Everything that makes a neuron's z and a for the chosen sample of a frame.

    Weights, the values they weigh, and products have shape (inputs,); `layer_z` is z of all neurons
    of the layer, as the network computes them. The bias is None where the layer has none. Instead
    of the chosen sample it may be the one in a column of some `passes`.
    """

    def __init__(
        self,
        frame: Frame,
        layer: int,
        unit: int,
        passes: Backward | None = None,
        column: int = 0,
    ) -> None:
        inspection, row = frame.inspection, frame.row
        self.frame, self.problem = frame, inspection.problem
        self.layer, self.unit, self.row = self.place = layer, unit, row
        self.raw = inspection.raw_inputs(row)
        """The sample's inputs in the data's own columns and units, shape (features,)."""
        traces, biases = inspection.sample_trace(row), inspection.biases(layer)
        specs, shapes = self.problem.experiment.network.layers, self.problem.shapes
        spec = specs[layer]
        self.kernel = pair(spec.kernel_size) if isinstance(spec, Conv2D) else None
        """Rows and columns of the kernel that a neuron of a map shares with the others."""
        self.thing = unit // math.prod(shapes[layer + 1][1:])
        """Which of the layer's weights and biases are the neuron's."""
        self.is_off = self.thing in getattr(spec, "off", ())
        """Whether it is switched off, and answers 0 whatever z is."""
        self.weights = inspection.weights(layer)[self.thing]
        if self.kernel is not None:
            self.values = inspection.sample_backward(row).given(layer, unit)[:, 0]
        else:
            self.values = inspection.sample_inputs(row) if layer == 0 else traces[layer - 1].a[0]
        self.bias = float(biases[self.thing]) if biases.size else None
        self.layer_z = traces[layer].z[0]
        self.z, self.a = float(self.layer_z[unit]), float(traces[layer].a[0, unit])
        self.activation = ACTIVATIONS[spec.activation]
        if passes is not None:
            built = passes.network.layers[layer]
            self.values, self.layer_z = passes.given(layer, unit)[:, column], built.z[:, column]
            self.z, self.a = float(self.layer_z[unit]), float(built.a[unit, column])
        self.products = self.weights.astype(np.float64) * self.values.astype(np.float64)

    @property
    def symbol(self) -> str:
        """What the neuron is given: x from the inputs, a from a layer before it."""
        return "x" if self.layer == 0 else "a"

    def name_of(self, source: int) -> str:
        """Return what the input is called that a weight is for; nothing where it has no name."""
        is_input = self.layer == 0 and self.kernel is None
        return translated(self.problem.input_names[source]) if is_input else ""

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

    def steps(self) -> list[LastStep]:
        """Return how the largest weight and the bias moved; nothing where there is no gradient.

        So it is before the first step, where all gradients are 0, and where a run went back.
        """
        inspection, unit = self.frame.inspection, self.thing
        if not inspection.snapshot.gradients.any():
            return []
        index, rate = int(np.abs(self.weights).argmax()), step_rate(self.frame)
        gradient = inspection.weight_gradients(self.layer)[unit, index]
        steps = [LastStep(index, float(self.weights[index]), float(gradient), rate)]
        if self.bias is not None:
            gradient = inspection.bias_gradients(self.layer)[unit]
            steps.append(LastStep(-1, self.bias, float(gradient), rate))
        return steps


def step_rate(frame: Frame) -> float | None:
    """Return η of the last step where that step was η · gradient and nothing else; else None."""
    choice, epoch = frame.inspection.problem.experiment.training, frame.inspection.epoch
    # Within an epoch of mini-batches a schedule may be one epoch further than its last record.
    certain = choice.batch_size is None or choice.schedule == "constant"
    epochs = frame.history.column("epoch")
    place = epochs.place(epoch)
    recorded = place < len(epochs) and epochs[place] == epoch
    if choice.optimizer != "sgd" or not certain or not recorded:
        return None
    return frame.history.column("learning_rate")[place]
