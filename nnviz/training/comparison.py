"""What sets runs apart: the settings in which their Experiments differ, in words.

Compared is what was in force. A number that was left at its default and one that was set to it are
the same; settings that have no effect, such as the noise of measured data, set nothing apart.
They are named in the order of ``SETTINGS``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.choices import Parameter
from nnviz.engine.layers import Dense, LayerSpec, pair, shape_text
from nnviz.training.editing import edited
from nnviz.training.edits import SetWeight
from nnviz.training.experiment import Experiment
from nnviz.training.problem import activations_in_turn, dataset_of
from nnviz.training.setting import Phrase, Setting, exactly, number, raised, subscript, whole
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS, default_of, value_at
from nnviz.training.validation import input_shape

NOTHING = object()
"""Stands for the value of a setting that has no effect."""


@dataclass(frozen=True)
class Compared:
    """A setting with its value in each of several runs, and whether they are not all the same."""

    setting: str
    title: Phrase
    texts: tuple[Phrase, ...]
    varies: bool


def compared(
    setting: str,
    title: Phrase,
    values: Sequence[Any],
    text: Callable[[Any], Phrase],
    usual: Any = NOTHING,
) -> Compared:
    """Return a setting with its values, one a run, as texts.

    A value is `NOTHING` where the setting has no effect. One that is `usual` is as good as none: it
    does not set a run apart from one without.
    """
    filled = [usual if value is NOTHING else value for value in values]
    varies = any(value != filled[0] for value in filled)
    texts = tuple(Phrase("–") if value is NOTHING else text(value) for value in values)
    if varies and all(str(text) == str(texts[0]) for text in texts):
        texts = tuple(map(exactly, values))
    return Compared(setting, title, texts, varies)


def differences(a: Experiment, b: Experiment) -> list[Compared]:
    """Return the settings in which `b` differs from `a`, those that say most first."""
    return varying((a, b))


def varying(experiments: Sequence[Experiment]) -> list[Compared]:
    """Return the settings that are not the same in all of these, each with its value in each.

    They are those that edits have come to; of what was changed by hand it is told how much.
    """
    now = [edited(experiment) for experiment in experiments]
    columns = columns_of(now)
    by_hand: dict[tuple[str, str], list[tuple[Any, ...]]] = {
        ("data.points", "points changed"): [experiment.data.points for experiment in now],
        ("network.frozen", "parts frozen"): [experiment.network.frozen for experiment in now],
        ("edits", "edits"): [experiment.edits for experiment in experiments],
    }
    for (path, title), changes in by_hand.items():
        texts, varies = tuple(map(_by_hand, changes)), len(set(changes)) > 1
        columns.append(Compared(path, Phrase(title), texts, varies))
    files = [experiment.data.file for experiment in now]
    if all(files):
        texts = tuple(Phrase("{name}", {"name": e.data.spec.title}) for e in now)
        columns.append(Compared("data.file", Phrase("own data"), texts, len(set(files)) > 1))
    return [found for found in columns if found.varies]


def columns_of(experiments: Sequence[Experiment]) -> list[Compared]:
    """Return every setting with what it is in each of these, which have no edits."""
    return [found for setting in SETTINGS.values() for found in _columns(setting, experiments)]


def _by_hand(changes: Sequence[Any]) -> Phrase:
    """Return how many there are; a single typed weight by name, for nothing else tells of it."""
    if len(changes) != 1 or not isinstance(one := changes[0], SetWeight):
        return whole(len(changes))
    symbol, source = "b", ""
    if one.input is not None:
        symbol, source = "w", f",{subscript(one.input + 1)}"
    place = f"{raised(one.layer + 1)}{subscript(one.unit + 1)}{source}"
    return Phrase(f"{symbol}{place} = {number(one.value)}")


def _columns(setting: Setting, experiments: Sequence[Experiment]) -> list[Compared]:
    """Return a setting, and the numbers that come with its entries, with the values in each."""
    path = setting.path
    if path == "network.layers":
        return layer_columns(path, experiments)
    values = [value_at(e, path) if setting.applies(e) else NOTHING for e in experiments]
    if setting.stands_for is not None:
        values = _spelled_out(values, [setting.stands_for(e) for e in experiments])
    usual = default_of(path)
    column = compared(path, Phrase(setting.brief), values, setting.written, usual)
    return [column, *(_numbers(setting, values, experiments) if setting.numbers else ())]


def _spelled_out(values: Sequence[Any], meant: Sequence[Any]) -> list[Any]:
    """Return values, None by what it stands for; none at all where nobody has chosen one."""
    if all(value is None or value is NOTHING for value in values):
        return [NOTHING] * len(values)
    return [m if value is None else value for value, m in zip(values, meant, strict=True)]


def _numbers(
    setting: Setting, names: Sequence[Any], experiments: Sequence[Experiment]
) -> list[Compared]:
    """Return each number of the chosen entries with what is in force in each Experiment."""
    entries = [{p.name: p for p in setting.table[name].parameters} for name in names]
    given = [value_at(experiment, setting.numbers) for experiment in experiments]
    parameters = {name: p for entry in entries for name, p in entry.items()}
    return [
        compared(
            f"{setting.numbers}.{name}",
            _title(setting, parameter),
            [
                values.get(name, entry[name].default) if name in entry else NOTHING
                for entry, values in zip(entries, given, strict=True)
            ],
            number,
            parameter.default,
        )
        for name, parameter in parameters.items()
    ]


def _title(setting: Setting, parameter: Parameter) -> Phrase:
    if setting.plain:
        return Phrase(parameter.title)
    words = {"setting": setting.brief, "number": parameter.title}
    return Phrase("{setting}: {number}", words)


def comparable_metric(one: Experiment, other: Experiment) -> bool:
    """Say whether both runs are measured by the same metric, accuracy or R²."""
    return _task(one) == _task(other)


def comparable_loss(one: Experiment, other: Experiment) -> bool:
    """Say whether the losses of both runs are the same function, in the same unit."""
    if one.training.loss != other.training.loss or not comparable_metric(one, other):
        return False
    if _task(one) != "regression" and one.network.plus_minus != other.network.plus_minus:
        return False
    same_sample = one.data.spec == other.data.spec
    # Only a regression's loss is in the unit of its target; whatever is asked of the same
    # sample, its target keeps its unit.
    return same_sample or _task(one) != "regression" or _unit(one) == _unit(other)


def _task(experiment: Experiment) -> str:
    return experiment.data.spec.task


def _unit(experiment: Experiment) -> str:
    return dataset_of(experiment.data).target_unit


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
    """Return the settings of layers with their values in each Experiment."""
    networks = [experiment.network.layers for experiment in experiments]
    if len({tuple(layer.kind for layer in layers) for layers in networks}) > 1:
        return _as_wholes(setting, experiments)
    cells = [(place, name) for place, spec in enumerate(networks[0]) for name in _fields(spec)]
    found: list[Compared] = []
    for name in _TOGETHER:
        alike = [cell for cell in cells if cell[1] == name and _joins(cell, networks[0])]
        if len(alike) > 1 and all(len({_value(net, c) for c in alike}) == 1 for net in networks):
            found.append(_column(f"{setting}.{name}", Phrase(_TOGETHER[name]), networks, alike[0]))
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
    if LAYER_SETTINGS[name].many and isinstance(value, int):
        return pair(value)  # a side is the same as two
    return value


def _single(setting: str, networks: Sequence[Layers], cell: Cell) -> Compared:
    place, name = cell
    title = _layer_title(networks[0], place, LAYER_SETTINGS[name].brief)
    return _column(f"{setting}.{place}.{name}", title, networks, cell)


def _column(setting: str, title: Phrase, networks: Sequence[Layers], cell: Cell) -> Compared:
    values = [_value(layers, cell) for layers in networks]
    if cell[1] == "strides":
        # Where it is None, which it is of pools only, they move on by their own size.
        sizes = [getattr(layers[cell[0]], "pool_size", None) for layers in networks]
        values = _spelled_out(values, [size and pair(size) for size in sizes])
    return compared(setting, title, values, LAYER_SETTINGS[cell[1]].written)


def _layer_title(layers: Layers, place: int, setting: str) -> Phrase:
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
    functions = [activations_in_turn(layers) for layers in networks]
    biases = [_has_biases(layers) for layers in networks]
    return [
        _shapes(setting, experiments),
        compared(f"{setting}.activation", Phrase("activations"), functions, _functions),
        compared(f"{setting}.use_bias", Phrase("bias"), biases, Phrase),
    ]


def _shapes(setting: str, experiments: Sequence[Experiment]) -> Compared:
    return compared(setting, Phrase("layers"), [_shape(e) for e in experiments], _same)


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


def _functions(names: tuple[str, ...]) -> Phrase:
    words = {f"function_{i}": ACTIVATIONS[name].title for i, name in enumerate(names)}
    return Phrase(", ".join(f"{{{gap}}}" for gap in words), words)


def _has_biases(layers: Layers) -> str:
    having = {layer.use_bias for layer in layers if "use_bias" in _fields(layer)}
    return "some" if len(having) > 1 else ("yes" if having.pop() else "no")
