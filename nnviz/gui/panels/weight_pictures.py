"""The weights with which a first layer looks at pictures, as pictures themselves."""

from __future__ import annotations

import math

import numpy as np

from nnviz.engine.layers import Conv2D, pair
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.layer_names import layer_names, output_titles
from nnviz.gui.look.pictures import kernels_picture
from nnviz.gui.panels.layered import LayerChart
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.ranges import Ends, farthest, step_up
from nnviz.gui.plots.tiles import TilesChart
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem

_MOST = 0.99
"""Share of the weights that are within the scale: a few large ones would make all others pale."""


def looking_layer(problem: Problem) -> int | None:
    """Return the layer whose weights lie over the pixels of pictures; None where none's do."""
    layers = problem.experiment.network.layers
    first = next((i for i, spec in enumerate(layers) if has_field(spec, "use_bias")), None)
    if problem.dataset.image_shape is None or first is None:
        return None
    return first if math.prod(problem.shapes[first]) == problem.dataset.features else None


class WeightPictures(TilesChart, LayerChart):
    """A picture a neuron or kernel: of colour pictures in their colours, grey where it is 0."""

    largest = 1.0
    """The size of a weight that has the full colour; beyond it the colour stays."""

    def show_weights(self, frame: Frame, layer: int, ends: Ends | None) -> None:
        """Show the weights of a layer, and which neuron is chosen; an animation has `ends`."""
        problem, weights = frame.inspection.problem, frame.inspection.weights(layer)
        specs, chosen = problem.experiment.network.layers, frame.selection
        shape, spec = problem.dataset.picture_shape, specs[layer]
        if isinstance(spec, Conv2D):
            shape = (shape[0], *pair(spec.kernel_size))
        is_output = layer == len(specs) - 1 and len(weights) == len(output_titles(problem))
        names = output_titles(problem) if is_output else [*map(str, range(1, len(weights) + 1))]
        self._layer, self._map = layer, problem.shapes[layer + 1][1:]
        here = chosen is not None and chosen.layer == layer
        place = chosen.unit // math.prod(self._map) if chosen is not None and here else -1
        self.set_names(Names(title=layer_names(specs)[layer]))
        largest = step_up(float(np.quantile(np.abs(weights), _MOST)))
        self.largest = farthest(ends, "pictures", largest)
        pictures = kernels_picture(weights.reshape(-1, *shape), self.largest)
        self.show_pictures(pictures, names, place)

    def neuron_of(self, picture: int) -> Selection:
        """Return the neuron of a picture; of a map, the one in its middle."""
        units = np.arange(math.prod(self._map)).reshape(self._map) + picture * math.prod(self._map)
        return Selection(self._layer, int(units[tuple(side // 2 for side in self._map)]))
