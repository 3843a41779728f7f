"""The arithmetic of one neuron: z = Σ w · x + b and a = f(z)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnviz.engine.layers.convolution import Conv2DLayer
from nnviz.gui.frame import Frame
from nnviz.gui.look.texts import translated
from nnviz.training.backward import Backward


class NeuronSum:
    """Everything that makes a neuron's z and a for the chosen sample of a frame.

    Weights, the values they weigh, and products have shape (inputs,); `layer_z` is z of all neurons
    of the layer, as the network computes them. The bias is None where the layer has none. Instead
    of the chosen sample it may be the one in a column of some `passes`.
    """

    def __init__(
        self, frame: Frame, layer: int, unit: int, passes: Backward | None = None, column: int = 0
    ) -> None:
        inspection, self.layer, self.unit = frame.inspection, layer, unit
        passes = passes or inspection.sample_backward(frame.row)
        self.problem, built = inspection.problem, passes.network.layers[layer]
        self.raw = inspection.raw_inputs(frame.row)
        """The sample's inputs in the data's own columns and units, shape (features,)."""
        self.is_map = isinstance(built, Conv2DLayer)
        """Whether its layer makes maps, whose neurons share their weights."""
        thing = unit // math.prod(self.problem.shapes[layer + 1][1:])
        self.is_off = thing in getattr(built.spec, "off", ())
        """Whether it is switched off, and answers 0 whatever z is."""
        biases = inspection.biases(layer)
        self.weights = inspection.weights(layer)[thing]
        self.bias = float(biases[thing]) if biases.size else None
        self.values, self.layer_z = passes.given(layer, unit)[:, column], built.z[:, column]
        self.z, self.a = float(self.layer_z[unit]), float(built.a[unit, column])
        self.activation = built.activation
        self.products = self.weights.astype(np.float64) * self.values.astype(np.float64)

    @property
    def symbol(self) -> str:
        """What the neuron is given: x from the inputs, a from a layer before it."""
        return "x" if self.layer == 0 else "a"

    def name_of(self, source: int) -> str:
        """Return what the input is called that a weight is for; nothing where it has no name."""
        is_input = self.layer == 0 and not self.is_map
        return translated(self.problem.input_names[source]) if is_input else ""

    def largest(self, most: int, kept: Sequence[int] = ()) -> tuple[list[int], float]:
        """Return which terms to show, and the sum of the others.

        All in their order where there are few; else the largest first, or those that are `kept`.
        One term by itself takes no more room than to say that there is one more.
        """
        products = self.products
        if products.size <= most + 1:
            return list(range(products.size)), 0.0
        shown = kept or np.argsort(-np.abs(products), kind="stable")[:most].tolist()
        return [*shown], math.fsum(np.delete(products, shown).tolist())

    def shares(self) -> tuple[float, float] | None:
        """Return eᶻ and Σ eᶻ of a softmax, where they are numbers one can write."""
        if not self.activation.couples_units or np.abs(self.layer_z).max() > 20:
            return None
        powers = np.exp(self.layer_z.astype(np.float64))
        return float(powers[self.unit]), float(powers.sum())
