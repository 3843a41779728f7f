"""Layers, units and weights by their numbers: whether there is such a one.

They are counted from 0 here, and from 1 in what people read.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine.layers import Conv2D, Dense, LayerSpec, Shape
from nnviz.engine.network import layer_shapes
from nnviz.training.experiment import Frozen
from nnviz.training.setting import refuse

FIELD = "network.layers"


def check_place(layers: Sequence[LayerSpec], inputs: Shape, place: Frozen) -> None:
    """Refuse a layer without weights, or a unit or an input of one that it does not have.

    Raises
    ------
    InvalidChoiceError
        If it is not there.
    """
    layer, unit, number = place
    require_layer(layers, layer)
    shapes, spec = layer_shapes(inputs, layers), layers[layer]
    count = spec.parameter_count(shapes[layer])
    if not count:
        raise refuse(FIELD, "{layer} has no weights.", "Choose another layer.", layer=spec.title)
    if unit is None:
        return
    bias, units = with_units(layers, layer).use_bias, shapes[layer + 1][0]
    require_unit(unit, units)
    if number is not None:
        _require(
            number, count // units - bias, "There is no weight {number}: this neuron has {count}."
        )


def require_layer(layers: Sequence[LayerSpec], place: int) -> None:
    """Refuse a place where there is no layer.

    Raises
    ------
    InvalidChoiceError
        If there is none.
    """
    _require(place, len(layers), "There is no layer {number}: the network has {count}.")


def require_unit(unit: int, units: int) -> None:
    """Refuse the number of a unit that a layer of so many does not have.

    Raises
    ------
    InvalidChoiceError
        If there is none.
    """
    _require(unit, units, "There is no neuron {number}: the layer has {count}.")


def with_units(layers: Sequence[LayerSpec], place: int) -> Dense | Conv2D:
    """Return a layer whose units have weights of their own.

    Raises
    ------
    InvalidChoiceError
        If there is none at this place.
    """
    require_layer(layers, place)
    layer = layers[place]
    if not isinstance(layer, Dense | Conv2D):
        raise refuse(
            FIELD,
            "{layer} has no neurons of its own.",
            "Choose a layer with weights.",
            layer=layer.title,
        )
    return layer


def _require(place: int, count: int, sentence: str) -> None:
    if not 0 <= place < count:
        raise refuse(FIELD, sentence, "Choose another one.", number=place + 1, count=count)
