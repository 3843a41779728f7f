"""What sets the layers of networks apart.

Networks of the same layers are compared layer by layer: "hidden 1 units 4 → 8". Where layers come
and go, or several have other sizes, they are told as a whole: "layers 2-4-1 → 2-8-8-1".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, LayerSpec, pair, shape_text
from nnviz.training.experiment import Experiment
from nnviz.training.layer_settings import LAYER_SETTINGS
from nnviz.training.problem import dataset_of
from nnviz.training.shapes import input_shape
from nnviz.training.wording import Compared, Phrase, compared, said

Layers = tuple[LayerSpec, ...]
Cell = tuple[int, str]
"""Place of a layer, and the name of one of its fields."""


def _same(value: Any) -> Any:
    return value


_SIZES = ("units", "filters")
_PLAIN = (*_SIZES, "kernel_size", "pool_size", "rate")
"""Fields that are told of a layer in any case; others where they are not as usual."""

_TOGETHER = {"activation": "hidden activation", "use_bias": "bias"}
"""Fields that people set for all layers alike, and what they are then called."""


def layer_columns(setting: str, experiments: Sequence[Experiment]) -> list[Compared]:
    """Return the settings of layers with their values in each Experiment.

    Parameters
    ----------
    setting
        Path of the layers.
    experiments
        Of the runs.
    """
    networks = [experiment.network.layers for experiment in experiments]
    if len({tuple(layer.kind for layer in layers) for layers in networks}) > 1:
        return _as_wholes(setting, experiments)
    cells = [(place, name) for place, spec in enumerate(networks[0]) for name in _fields(spec)]
    found: list[Compared] = []
    for name in _TOGETHER:
        alike = [cell for cell in cells if cell[1] == name and _joins(cell, networks[0])]
        if len(alike) > 1 and all(len({_value(net, c) for c in alike}) == 1 for net in networks):
            found.append(_column(f"{setting}.{name}", said(_TOGETHER[name]), networks, alike[0]))
            cells = [cell for cell in cells if cell not in alike]
    single = {cell: _single(setting, networks, cell) for cell in cells}
    sizes = [cell for cell in cells if cell[1] in _SIZES and single[cell].varies]
    if len(sizes) > 1:
        found.insert(0, _shapes(setting, experiments))
        single = {cell: told for cell, told in single.items() if cell not in sizes}
    return [*found, *single.values()]


def _joins(cell: Cell, layers: Layers) -> bool:
    """Return whether people set a field for all layers; the output's activation is apart."""
    return cell[1] == "use_bias" or cell[0] < len(layers) - 1


def _fields(layer: LayerSpec) -> list[str]:
    return [field.name for field in dataclasses.fields(layer)]


def _value(layers: Layers, cell: Cell) -> Any:
    place, name = cell
    value = getattr(layers[place], name)
    if LAYER_SETTINGS[name].many and value is not None and not isinstance(value, str):
        return pair(value)  # a side or two are the same as two
    return value


def _single(setting: str, networks: Sequence[Layers], cell: Cell) -> Compared:
    place, name = cell
    title = _title(networks[0], place, LAYER_SETTINGS[name].brief)
    return _column(f"{setting}.{place}.{name}", title, networks, cell)


def _column(setting: str, title: Phrase, networks: Sequence[Layers], cell: Cell) -> Compared:
    values = [_value(layers, cell) for layers in networks]
    return compared(setting, title, values, LAYER_SETTINGS[cell[1]].written)


def _title(layers: Layers, place: int, setting: str) -> Phrase:
    """Return "hidden 2 units": the number only where there are several such layers."""
    if place == len(layers) - 1:
        return Phrase("{layer} {setting}", {"layer": "output", "setting": setting})
    kind = layers[place].kind
    alike = [i for i, other in enumerate(layers[:-1]) if other.kind == kind]
    name = "hidden" if kind == Dense.kind else layers[place].short
    words = {"layer": name, "setting": setting}
    if len(alike) == 1:
        return Phrase("{layer} {setting}", words)
    return Phrase("{layer} {number} {setting}", {**words, "number": str(alike.index(place) + 1)})


# ------------------------------------------------------------------------------- as a whole


def _as_wholes(setting: str, experiments: Sequence[Experiment]) -> list[Compared]:
    """Return shape, activations and biases of networks that do not have the same layers."""
    networks = [experiment.network.layers for experiment in experiments]
    functions = [_in_turn(layers) for layers in networks]
    biases = [_has_biases(layers) for layers in networks]
    return [
        _shapes(setting, experiments),
        compared(f"{setting}.activation", said("activations"), functions, _functions),
        compared(f"{setting}.use_bias", said("bias"), biases, said),
    ]


def _shapes(setting: str, experiments: Sequence[Experiment]) -> Compared:
    return compared(setting, said("layers"), [_shape(e) for e in experiments], _same)


def _shape(experiment: Experiment) -> Phrase:
    """Return "2-4-1"; of a network for pictures "Conv 8 3×3 · Max pool 2×2 · Flatten · 10"."""
    layers = experiment.network.layers
    if all(isinstance(layer, Dense) for layer in layers):
        inputs = input_shape(experiment, dataset_of(experiment.data))
        sizes = (str(_value(layers, (place, "units"))) for place in range(len(layers)))
        return Phrase("-".join((shape_text(inputs), *sizes)))
    words: dict[str, str] = {}
    gaps = []
    for place, layer in enumerate(layers):
        name = "" if isinstance(layer, Dense) else layer.short
        words |= {f"layer_{place}": name, f"size_{place}": _sizes(layer)}
        gaps.append(
            " ".join(f"{{{gap}_{place}}}" for gap in ("layer", "size") if words[f"{gap}_{place}"])
        )
    return Phrase(" · ".join(gaps), words)


def _sizes(layer: LayerSpec) -> str:
    """Return a layer's numbers, those that are as usual left out but for the first."""
    told = []
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        if field.name in _PLAIN or (field.name not in _TOGETHER and value != field.default):
            told.append(str(LAYER_SETTINGS[field.name].written(value)))
    return " ".join(told)


def _in_turn(layers: Layers) -> tuple[str, ...]:
    """Return the activations from first to last, each as often as it changes."""
    having = (layer.activation for layer in layers if "activation" in _fields(layer))
    return tuple(name for name, _ in groupby(having))


def _functions(names: tuple[str, ...]) -> Phrase:
    words = {f"function_{i}": ACTIVATIONS[name].title for i, name in enumerate(names)}
    return Phrase(", ".join(f"{{{gap}}}" for gap in words), words)


def _has_biases(layers: Layers) -> str:
    having = {layer.use_bias for layer in layers if "use_bias" in _fields(layer)}
    return "some" if len(having) > 1 else ("yes" if having.pop() else "no")
