"""What a person can change in a network by hand, in one table; and every edit as a sentence."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Conv2D, Dense, LayerSpec
from nnviz.gui.frame import Selection
from nnviz.gui.look.layer_names import kernel_place, layer_names, unit_name
from nnviz.gui.look.numbers import count, exact, short
from nnviz.gui.look.texts import phrase, translated
from nnviz.training.backward import BIAS
from nnviz.training.comparison import Compared
from nnviz.training.editing import within
from nnviz.training.edits import (
    AddLayer,
    AddUnit,
    Edit,
    Freeze,
    PointEdit,
    RemoveLayer,
    RemoveUnit,
    SetActivation,
    SetTraining,
    SetWeight,
    SwitchOff,
)
from nnviz.training.experiment import Frozen
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import has_field
from nnviz.training.problem import Problem
from nnviz.training.settings import SETTINGS

_tr = partial(QCoreApplication.translate, "Edits")

Level = Literal["weight", "neuron", "layer"]
"""What an action changes."""

_WIDEST = 128
"""Neurons of a new layer at most, which has else as many as the one before it."""


@dataclass(frozen=True)
class EditAction:
    """One thing to do to the chosen weight, neuron or layer.

    Parameters
    ----------
    key
        Stable name, for object names.
    text, tip
        What buttons and menus say, and one sentence more; English, the window translates.
    make
        The edit that does it. Of a toggle it is the one that takes it back, where it holds.
    applies
        Whether it can be done to what is chosen.
    holds
        Whether it is done already; None where it can be done again and again.
    in_inspector
        Whether it has a button there, besides its line in the picture's menu.
    """

    key: str
    level: Level
    text: str
    tip: str
    make: Callable[[Problem, Selection], Edit]
    applies: Callable[[Problem, Selection], bool]
    holds: Callable[[Problem, Selection], bool] | None = None
    in_inspector: bool = True


def unit_of(problem: Problem, chosen: Selection) -> int:
    """Return the number of a neuron among those with weights of their own: of a map its filter."""
    return chosen.unit // math.prod(problem.shapes[chosen.layer + 1][1:])


def is_frozen(
    problem: Problem, layer: int, unit: int | None = None, source: int | None = None
) -> bool:
    """Return whether training leaves all of a layer, a unit, or one of its weights as it is."""
    place: Frozen = (layer, unit, source)
    return any(within(place, each) for each in problem.experiment.network.frozen)


def is_off(problem: Problem, chosen: Selection) -> bool:
    """Return whether a neuron answers 0 to everything."""
    return _is_hidden(problem, chosen) and unit_of(problem, chosen) in _spec(problem, chosen).off


def has_weights(problem: Problem, chosen: Selection) -> bool:
    """Return whether what is chosen is, or is part of, a layer whose neurons have weights."""
    return chosen.layer >= 0 and isinstance(_layers(problem)[chosen.layer], Dense | Conv2D)


def activations_of(problem: Problem, chosen: Selection) -> tuple[str, dict[str, str]]:
    """Return a layer's activation, and the titles of all by name; "" and none if it has none."""
    spec = _layers(problem)[chosen.layer] if chosen.layer >= 0 else None
    if spec is None or not has_field(spec, "activation"):
        return "", {}
    titles = {name: translated(each.title) for name, each in ACTIVATIONS.items()}
    return spec.activation, titles


def actions_for(problem: Problem, chosen: Selection, *levels: Level) -> list[EditAction]:
    """Return what can be done to a selection, on these levels."""
    actions = (one for one in EDIT_ACTIONS.values() if one.level in levels)
    return [one for one in actions if one.applies(problem, chosen)]


def _layers(problem: Problem) -> tuple[LayerSpec, ...]:
    return problem.experiment.network.layers


def _spec(problem: Problem, chosen: Selection) -> Dense | Conv2D:
    spec = _layers(problem)[chosen.layer]
    assert isinstance(spec, Dense | Conv2D)
    return spec


def _is_place(problem: Problem, chosen: Selection) -> bool:
    return 0 <= chosen.layer < len(_layers(problem)) - 1


def _is_hidden(problem: Problem, chosen: Selection) -> bool:
    return _is_place(problem, chosen) and has_weights(problem, chosen)


def _takes_layer(problem: Problem, chosen: Selection) -> bool:
    return has_weights(problem, chosen) and len(problem.shapes[chosen.layer]) == 1


def _is_weight(problem: Problem, chosen: Selection) -> bool:
    return has_weights(problem, chosen) and chosen.source not in (None, BIAS)


def _frozen_place(level: Level, problem: Problem, chosen: Selection) -> Frozen:
    unit = None if level == "layer" else unit_of(problem, chosen)
    return chosen.layer, unit, chosen.source if level == "weight" else None


def _is_frozen(level: Level, problem: Problem, chosen: Selection) -> bool:
    return is_frozen(problem, *_frozen_place(level, problem, chosen))


def _freeze(level: Level, problem: Problem, chosen: Selection) -> Edit:
    place = _frozen_place(level, problem, chosen)
    return Freeze(*place, frozen=not _is_frozen(level, problem, chosen))


def _switch_off(problem: Problem, chosen: Selection) -> Edit:
    return SwitchOff(chosen.layer, unit_of(problem, chosen), off=not is_off(problem, chosen))


def _remove_unit(problem: Problem, chosen: Selection) -> Edit:
    return RemoveUnit(chosen.layer, unit_of(problem, chosen))


def _add_layer(problem: Problem, chosen: Selection) -> Edit:
    """Return one with a number for each that the layer after it takes, so that it keeps its own."""
    hidden = [layer for layer in _layers(problem)[:-1] if isinstance(layer, Dense)]
    activation = hidden[-1].activation if hidden else "tanh"
    units = min(math.prod(problem.shapes[chosen.layer]), _WIDEST)
    return AddLayer(chosen.layer, Dense(units, activation))


# fmt: off
EDIT_ACTIONS = {
    one.key: one
    for one in (
        EditAction("freeze-weight", "weight", "Freeze", "Training leaves this weight as it is.",
                   partial(_freeze, "weight"), _is_weight, partial(_is_frozen, "weight")),
        EditAction("freeze-neuron", "neuron", "Freeze neuron",
                   "Training leaves the weights and the bias of this neuron as they are.",
                   partial(_freeze, "neuron"), has_weights, partial(_is_frozen, "neuron")),
        EditAction("switch-off", "neuron", "Switch off",
                   "The neuron answers 0 to everything until it is switched on again.",
                   _switch_off, _is_hidden, is_off),
        EditAction("remove-neuron", "neuron", "Remove neuron",
                   "Take this neuron out of its layer; all others keep their weights.",
                   _remove_unit, _is_hidden),
        EditAction("freeze-layer", "layer", "Freeze layer",
                   "Training leaves all weights and biases of this layer as they are.",
                   partial(_freeze, "layer"), has_weights, partial(_is_frozen, "layer")),
        EditAction("add-neuron", "layer", "Add a neuron",
                   "Give this layer one more neuron; it changes no answer at first.",
                   lambda problem, chosen: AddUnit(chosen.layer), _is_hidden),
        EditAction("add-layer", "layer", "Add a layer before, keep the rest",
                   "Put a new layer before this one; layers that still fit keep their weights.",
                   _add_layer, _takes_layer, in_inspector=False),
        EditAction("remove-layer", "layer", "Remove this layer, keep the rest",
                   "Take this layer away; layers that still fit keep their weights.",
                   lambda problem, chosen: RemoveLayer(chosen.layer), _is_place,
                   in_inspector=False),
    )
}
# fmt: on
"""What can be done by a button or a line of a menu; weights and activations are set besides."""


# ------------------------------------------------------------------------------ in words


def name_of(problem: Problem, chosen: Selection) -> str:
    """Return what is looked at: "Hidden 1, neuron 2", or "x → Hidden 1, neuron 2"."""
    layer, source = chosen.layer + 1, chosen.source
    target = unit_name(problem, layer, chosen.unit)
    if source is None:
        return target
    if source == BIAS:
        return _tr("bias of {neuron}").format(neuron=target)
    if len(problem.shapes[layer]) == 3:
        said = _tr("kernel of {neuron}: {place}")
        return said.format(neuron=target, place=kernel_place(problem, chosen.layer, source))
    arrow = QCoreApplication.translate("NetworkPanel", "{source} → {target}")
    return arrow.format(source=unit_name(problem, chosen.layer, source), target=target)


def state_told(problem: Problem, chosen: Selection) -> str:
    """Return whether what is chosen is switched off or frozen, or ""."""
    if not has_weights(problem, chosen):
        return ""
    if chosen.source is None and is_off(problem, chosen):
        return _tr("switched off")
    source = None if chosen.source == BIAS else chosen.source
    frozen = is_frozen(problem, chosen.layer, unit_of(problem, chosen), source)
    return _tr("frozen") if frozen else ""


def edit_told(edit: Edit, problem: Problem, before: Inspection | None = None) -> str:
    """Return an edit in words: "weight x → Hidden 1, neuron 2: 0.31 → 1.2".

    Parameters
    ----------
    problem
        That of the moment before it.
    before
        That moment, where its weights are known: then it is told what a weight was.
    """
    words: dict[str, Any] = {
        name: value for name, value in dataclasses.asdict(edit).items() if name != "spec"
    }
    words |= {"what": _place_told(edit, problem), "row": count(words.get("row", 0) + 1)}
    if isinstance(edit, SetWeight):
        words |= {"value": exact(edit.value), "before": _weight_before(edit, before)}
    elif isinstance(edit, SetTraining):
        setting, value = SETTINGS[f"training.{edit.setting}"], edit.value
        if value is not None and edit.setting == "batch_size":
            value = int(value)
        words |= {"setting": translated(setting.brief), "value": phrase(setting.written(value))}
    elif isinstance(edit, SetActivation):
        words["activation"] = translated(ACTIVATIONS[edit.activation].title)
    return _sentence(edit, bool(words.get("before"))).format(**words)


def _sentence(edit: Edit, knows_before: bool) -> str:
    """Return the words for an edit, with gaps."""
    if isinstance(edit, SetWeight):
        biased = edit.input is None
        if knows_before:
            return (
                _tr("{what}: {before} → {value}")
                if biased
                else _tr("weight {what}: {before} → {value}")
            )
        return _tr("{what}: {value}") if biased else _tr("weight {what}: {value}")
    if isinstance(edit, Freeze):
        return _tr("freeze {what}") if edit.frozen else _tr("train {what} again")
    if isinstance(edit, SwitchOff):
        return _tr("switch off {what}") if edit.off else _tr("switch on {what}")
    return {
        "add_unit": _tr("add a neuron to {what}"),
        "remove_unit": _tr("remove {what}"),
        "add_layer": _tr("add a layer before {what}"),
        "remove_layer": _tr("remove {what}"),
        "set_activation": _tr("activation of {what}: {activation}"),
        "set_training": _tr("{setting}: {value}"),
        "add_point": _tr("add a point"),
        "move_point": _tr("move sample {row}"),
        "relabel_point": _tr("another target for sample {row}"),
        "delete_point": _tr("delete sample {row}"),
    }[edit.kind]


def _place_told(edit: Edit, problem: Problem) -> str:
    if isinstance(edit, PointEdit | SetTraining):
        return ""
    layer: int = edit.place if isinstance(edit, AddLayer) else vars(edit)["layer"]
    unit, source = getattr(edit, "unit", None), getattr(edit, "input", None)
    if unit is None:
        return layer_names(_layers(problem))[layer]
    if isinstance(edit, SetWeight) and source is None:
        source = BIAS
    across = math.prod(problem.shapes[layer + 1][1:])
    return name_of(problem, Selection(layer, unit * across, source))


def _weight_before(edit: SetWeight, before: Inspection | None) -> str:
    if before is None:
        return ""
    if edit.input is None:
        value = before.biases(edit.layer)[edit.unit]
    else:
        value = before.weights(edit.layer)[edit.unit, edit.input]
    return short(float(f"{value:.3g}"))


def changes_told(found: Sequence[Compared]) -> str:
    """Return in which settings two Experiments differ: "rate 0.03 → 0.3"; "" where in none."""
    if not found:
        return ""
    told = [
        QCoreApplication.translate("KeptRuns", "{setting} {before} → {after}").format(
            setting=phrase(each.title), before=phrase(each.texts[0]), after=phrase(each.texts[1])
        )
        for each in found[:2]
    ]
    if len(found) == 1:
        return told[0]
    text = QCoreApplication.translate("KeptRuns", "{first}, {second}")
    if len(found) > 2:
        text = QCoreApplication.translate("KeptRuns", "{first} and {count} more")
    return text.format(first=told[0], second=told[1], count=len(found) - 1)
