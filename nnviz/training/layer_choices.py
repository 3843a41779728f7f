"""Layers that come and go, and what each coming and going entails for the others.

A network for pictures has two parts: layers that see pictures, and from the first Dense layer on
layers that see numbers in a row. Between them stands what makes a row of a picture, `Flatten` or
`GlobalAveragePool2D`. Places are counted from the first layer; the output's stays the last.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any

from nnviz.engine.layers import (
    LAYERS,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
)
from nnviz.engine.network import layer_shapes
from nnviz.errors import InvalidChoiceError
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.setting import Phrase
from nnviz.training.validation import input_shape

Layers = tuple[LayerSpec, ...]

FIRST_HIDDEN = Dense(4, "tanh")
"""The hidden layer that a network without any is given first."""

FIRST_BEHIND_PICTURES = Dense(32, "relu")
"""The hidden layer that a network for pictures is given first, behind those."""

FIRST_CONVOLUTION = Conv2D(8, (3, 3), padding="same", activation="relu")
"""The convolution that a network without any is given first."""


def layer_title(layers: Sequence[LayerSpec], place: int) -> Phrase:
    """Return what a layer is called: by its kind, the last one "Output".

    Convolutions and hidden layers always have a number, others where there are several of a kind.
    """
    if place == len(layers) - 1:
        return Phrase("Output")
    layer = layers[place]
    alike = [i for i, other in enumerate(layers[:-1]) if other.kind == layer.kind]
    number = str(alike.index(place) + 1)
    if isinstance(layer, Dense):
        return Phrase("Hidden {number}", {"number": number})
    if len(alike) == 1 and not isinstance(layer, Conv2D):
        return Phrase(layer.short)
    return Phrase("{name} {number}", {"name": layer.short, "number": number})


def has_field(layer: LayerSpec, name: str) -> bool:
    """Return whether a person can set something of this name on a layer."""
    return name in layer.__dataclass_fields__


def addable(has_pictures: bool) -> tuple[str, ...]:
    """Return the kinds of layers that can be of use, in menu order."""
    return tuple(kind for kind, spec in LAYERS.items() if has_pictures or not spec.for_pictures)


def with_layers(experiment: Experiment, layers: Iterable[LayerSpec]) -> Experiment:
    """Return the experiment with these layers, nothing else changed; nothing is frozen any more."""
    return experiment.change("network", layers=tuple(layers), frozen=())


def with_layer(experiment: Experiment, index: int, **values: Any) -> Experiment:
    """Return the experiment with fields of one layer changed, nothing else."""
    layers = list(experiment.network.layers)
    if not values.keys().isdisjoint(("units", "filters")) and has_field(layers[index], "off"):
        values["off"] = ()  # which they were is not known of another number
    layers[index] = dataclasses.replace(layers[index], **values)
    return with_layers(experiment, layers)


def with_bias(experiment: Experiment, use_bias: bool) -> Experiment:
    """Return the experiment with or without biases, in all layers."""
    for place, layer in enumerate(experiment.network.layers):
        if has_field(layer, "use_bias"):
            experiment = with_layer(experiment, place, use_bias=use_bias)
    return experiment


def with_layer_added(experiment: Experiment, kind: str) -> Experiment:
    """Return the experiment with one more layer of a kind in ``LAYERS``, where it belongs.

    Dense and Dropout come before the output, batch normalisation behind the last layer with
    weights before it that has none yet, layers of pictures at the end of the part that sees
    pictures, with a Flatten where they need one. What makes a row of a picture replaces what did
    so before.

    Raises
    ------
    InvalidChoiceError
        If there is nothing for such a layer to do.
    """
    layers = experiment.network.layers
    new = _new(layers, kind)
    if isinstance(new, Flatten | GlobalAveragePool2D):
        return with_layers(experiment, _with_bridge(layers, new))
    place = len(layers) - 1
    if new.for_pictures:
        bridge = bridge_of(layers)
        place = _first_dense(layers) if bridge is None else bridge
    elif isinstance(new, BatchNorm):
        place = _place_for_norm(layers)
    return _bridged(experiment, (*layers[:place], new, *layers[place:]))


def with_hidden_layer_removed(experiment: Experiment, index: int) -> Experiment:
    """Return the experiment without a hidden layer, and what it alone needed.

    With the last layer that has to see pictures goes what made a row of them. Without what makes
    a row of pictures that remain, validation refuses the result. IndexError if there is none.
    """
    layers = experiment.network.layers
    place = range(len(layers) - 1)[index]
    rest = (*layers[:place], *layers[place + 1 :])
    if isinstance(layers[place], Flatten):
        return with_layers(experiment, rest)
    if not seen_as_pictures(rest):
        rest = tuple(layer for layer in rest if not isinstance(layer, Flatten))
    return _bridged(experiment, rest)


def with_layer_moved(experiment: Experiment, index: int, by: int) -> Experiment:
    """Return the experiment with a hidden layer further on, or further back for `by` below 0."""
    layers = experiment.network.layers
    target = min(max(index + by, 0), len(layers) - 2)
    rest = (*layers[:index], *layers[index + 1 :])
    return _bridged(experiment, (*rest[:target], layers[index], *rest[target:]))


def with_fitting_layers(experiment: Experiment) -> Experiment:
    """Return the experiment, without layers of pictures that its samples cannot go through."""
    dataset, layers = dataset_of(experiment.data), experiment.network.layers
    try:
        layer_shapes(input_shape(experiment, dataset), layers)
    except InvalidChoiceError:
        has_way = False
    else:
        has_way = dataset.image_shape is not None
    rows = tuple(layer for layer in layers if not layer.for_pictures)
    return experiment if has_way else _bridged(experiment, rows)


def _bridged(experiment: Experiment, layers: Layers) -> Experiment:
    """Return it with these layers, a Flatten before the first Dense one if pictures get there."""
    dense, has_pictures = _first_dense(layers), dataset_of(experiment.data).image_shape is not None
    if has_pictures and dense > 0 and bridge_of(layers) is None:
        layers = (*layers[:dense], Flatten(), *layers[dense:])
    return with_layers(experiment, layers)


def bridge_of(layers: Sequence[LayerSpec]) -> int | None:
    """Return where a row of numbers is made of pictures, or None."""
    bridges = (i for i, s in enumerate(layers) if isinstance(s, Flatten | GlobalAveragePool2D))
    return next(bridges, None)


def seen_as_pictures(layers: Sequence[LayerSpec]) -> bool:
    """Return whether there is a layer that has to see pictures; Flatten only ends them."""
    return any(layer.for_pictures and not isinstance(layer, Flatten) for layer in layers)


def _with_bridge(layers: Layers, new: LayerSpec) -> Layers:
    place = bridge_of(layers)
    if place is None:
        place = _first_dense(layers)
        return (*layers[:place], new, *layers[place:])
    if layers[place].kind == new.kind:
        raise InvalidChoiceError(
            "There is a {layer} already, and after it only numbers in a row.",
            "Remove it first to put it elsewhere.",
            layer=new.title,
            field=f"network.layers.{place}",
        )
    return (*layers[:place], new, *layers[place + 1 :])


def _new(layers: Layers, kind: str) -> LayerSpec:
    """Return a layer of a kind, like the last one there is, so that a row of them is easy."""
    *hidden, output = layers
    if kind == Dense.kind and not isinstance(hidden[-1] if hidden else None, Dense):
        first = FIRST_BEHIND_PICTURES if seen_as_pictures(layers) else FIRST_HIDDEN
        return dataclasses.replace(first, use_bias=output.use_bias)
    like = next((layer for layer in reversed(hidden) if layer.kind == kind), None)
    if like is not None:
        return like
    return FIRST_CONVOLUTION if kind == Conv2D.kind else LAYERS[kind]()


def _first_dense(layers: Sequence[LayerSpec]) -> int:
    return next(i for i, layer in enumerate(layers) if isinstance(layer, Dense))


def _place_for_norm(layers: Layers) -> int:
    """Return the place behind the last hidden layer with weights that is not normalised yet."""
    *hidden, output = layers
    following = (*hidden[1:], output)
    for place, layer in reversed(list(enumerate(hidden))):
        if isinstance(layer, Dense | Conv2D) and not isinstance(following[place], BatchNorm):
            return place + 1
    return len(hidden)


# ------------------------------------------------------------------------- how many hidden neurons


def hidden_units_by_rule(experiment: Experiment) -> tuple[int, ...]:
    """Return √(m + n) + α for α = 1 … 10, rounded: m numbers go into the network, n come out."""
    output = experiment.network.layers[-1]
    assert isinstance(output, Dense)
    inputs = math.prod(input_shape(experiment, dataset_of(experiment.data)))
    root = math.sqrt(inputs + output.units)
    return tuple(round(root + alpha) for alpha in range(1, 11))


def with_hidden_units(experiment: Experiment, units: int) -> Experiment:
    """Return the experiment with so many neurons in every hidden Dense layer.

    Raises
    ------
    InvalidChoiceError
        If there is no such layer.
    """
    hidden = experiment.network.layers[:-1]
    places = [place for place, layer in enumerate(hidden) if isinstance(layer, Dense)]
    if not places:
        raise InvalidChoiceError(
            "The network has no hidden layer of neurons.",
            "Add a hidden layer first.",
            field="network.layers",
        )
    for place in places:
        experiment = with_layer(experiment, place, units=units)
    return experiment
