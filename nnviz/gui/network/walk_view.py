"""What the picture shows while somebody steps through the passes: a stage, as plain arrays."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.gui.look.color_scales import ColorScale
from nnviz.gui.network.sample_activations import Mask, SampleActivations
from nnviz.training.walk import Walk


@dataclass(frozen=True, eq=False)
class WalkView:
    """The network at one stage of a forward and a backward pass.

    Parameters
    ----------
    activations
        All numbers of the forward pass, which cards tell.
    painted
        Those that are on the neurons: NaN where nothing is computed yet; and on the edges, which
        are gradients on the way back.
    scales
        How they become colours.
    symbols
        What the numbers of each column are: x, z, a, δ, or nothing.
    column
        Where the stage is.
    is_backward, answered
        Whether it is on the way back, and whether the outputs are known.
    silenced
        What Dropout has silenced so far.
    """

    activations: SampleActivations
    painted: SampleActivations
    scales: tuple[ColorScale, ...]
    symbols: tuple[str, ...]
    column: int
    is_backward: bool
    answered: bool
    silenced: Mask


def walk_view(
    shown: SampleActivations, walk: Walk, place: int, scales: tuple[ColorScale, ...]
) -> WalkView:
    """Return the view of a stage; `shown` and `scales` are those of the network as a whole."""
    layers, column, stages = walk.layers, walk.column, walk.stages[: place + 1]
    activations = copy.copy(shown)
    activations.values = (shown.values[0], *(layer.a[:, column] for layer in layers))
    activations.sums = tuple(layer.z[:, column] for layer in layers)
    painted, symbols = copy.copy(activations), [""] * (len(layers) + 1)
    painted.values = tuple(walk.values(place))
    for stage in stages:
        named = {"inputs": "x", "sum": "z", "activation": "a", "delta": "δ"}
        symbols[stage.layer + 1] = named.get(stage.kind, symbols[stage.layer + 1])
    if is_backward := "δ" in symbols:
        graded = walk.reached(place, "gradient")
        known = [float(layer in graded) for layer in range(len(layers))]
        pairs = list(zip(layers, known, strict=True))
        painted.weights = tuple(layer.weight_gradients * one for layer, one in pairs)
        painted.biases = tuple(layer.bias_gradients.ravel() * one for layer, one in pairs)
        painted.compared = painted.weights
    own = ColorScale(0.0, None)
    return WalkView(
        activations,
        painted,
        tuple(own if s in ("z", "δ") else scale for s, scale in zip(symbols, scales, strict=True)),
        tuple(symbols),
        stages[-1].layer + 1,
        is_backward,
        np.isfinite(painted.values[-1]).all() and symbols[-1] != "z",
        {
            number: layer.mask[:, column] == 0
            for number, layer in enumerate(layers, 1)
            if isinstance(layer, DropoutLayer) and number - 1 in walk.reached(place, "activation")
        },
    )
