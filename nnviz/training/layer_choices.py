"""Layers that come and go, and what each coming and going entails for the others.

A network for pictures has two parts: layers that see pictures, and from the first Dense layer on
layers that see numbers in a row. Between them stands what makes a row of a picture, `Flatten` or
`GlobalAveragePool2D`. Functions here take and return all layers, the output's included.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from nnviz.engine.layers import (
    LAYERS,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    Shape,
)
from nnviz.engine.network import layer_shapes
from nnviz.errors import InvalidChoiceError

Layers = tuple[LayerSpec, ...]

FIRST_HIDDEN = Dense(4, "tanh")
"""The hidden layer that a network without any is given first."""

FIRST_BEHIND_PICTURES = Dense(32, "relu")
"""The hidden layer that a network for pictures is given first, behind those."""

FIRST_CONVOLUTION = Conv2D(8, (3, 3), padding="same", activation="relu")
"""The convolution that a network without any is given first."""


def addable(has_pictures: bool) -> tuple[str, ...]:
    """Return the kinds of layers that can be of use, in menu order."""
    return tuple(kind for kind, spec in LAYERS.items() if has_pictures or not spec.for_pictures)


def with_kind_added(layers: Layers, kind: str, has_pictures: bool) -> Layers:
    """Return the layers with one more of a kind, where it belongs.

    Dense and Dropout come before the output, batch normalisation behind the last layer with
    weights before it that has none yet, layers of pictures at the end of the part that sees
    pictures. What makes a row of a picture replaces what did so before.

    Raises
    ------
    InvalidChoiceError
        If there is nothing for such a layer to do.
    """
    new = _new(layers, kind)
    if isinstance(new, Flatten | GlobalAveragePool2D):
        return _with_bridge(layers, new)
    if new.for_pictures:
        place = bridge_of(layers)
        place = _first_dense(layers) if place is None else place
    elif isinstance(new, BatchNorm):
        place = _place_for_norm(layers)
    else:
        place = len(layers) - 1
    return _bridged((*layers[:place], new, *layers[place:]), has_pictures)


def without(layers: Layers, place: int, has_pictures: bool) -> Layers:
    """Return the layers without the one at a place.

    With the last layer that has to see pictures goes what made a row of them. Without what makes
    a row of pictures that remain, validation refuses the result.

    Raises
    ------
    IndexError
        If there is no such layer.
    """
    rest = (*layers[:place], *layers[place + 1 :])
    if isinstance(layers[place], Flatten):
        return rest
    if not seen_as_pictures(rest):
        rest = tuple(layer for layer in rest if not isinstance(layer, Flatten))
    return _bridged(rest, has_pictures)


def moved(layers: Layers, place: int, by: int, has_pictures: bool) -> Layers:
    """Return the layers with one moved by so many places; the output's stays the last."""
    target = min(max(place + by, 0), len(layers) - 2)
    rest = (*layers[:place], *layers[place + 1 :])
    return _bridged((*rest[:target], layers[place], *rest[target:]), has_pictures)


def fitting(layers: Layers, shape: Shape, has_pictures: bool) -> Layers:
    """Return the layers, without those of pictures where such samples cannot go through them.

    Parameters
    ----------
    layers
        Of a network that was made for other samples.
    shape
        In which the network takes a sample.
    has_pictures
        Whether samples are pictures.
    """
    try:
        layer_shapes(shape, layers)
    except InvalidChoiceError:
        has_way = False
    else:
        has_way = has_pictures
    rows = tuple(layer for layer in layers if not layer.for_pictures)
    return layers if has_way else _bridged(rows, has_pictures)


def _bridged(layers: Layers, has_pictures: bool) -> Layers:
    """Return the layers with a Flatten before the first Dense one, where pictures get there."""
    dense = _first_dense(layers)
    if not has_pictures or dense == 0 or bridge_of(layers) is not None:
        return layers
    return (*layers[:dense], Flatten(), *layers[dense:])


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
