"""What a person can change in a network by hand, in one table; and every edit in words."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Conv2D, Dense
from nnviz.gui.frame import Selection
from nnviz.gui.look.layer_names import kernel_place, layer_names, unit_name
from nnviz.gui.look.numbers import count, exact, short
from nnviz.gui.look.texts import phrase, translated
from nnviz.training.backward import BIAS
from nnviz.training.comparison import Compared
from nnviz.training.editing import within
from nnviz.training.edits import (
    AddLayer,
    AddPoint,
    AddUnit,
    Edit,
    Freeze,
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

_tr = partial(QCoreApplication.translate, "InspectorPanel")

Level = Literal["weight", "neuron", "layer"]
"""What an action changes."""

_WIDEST = 128
"""Neurons of a new layer at most, which has else as many as the one before it."""


@dataclass(frozen=True)
class EditAction:
    """One thing to do to the chosen weight or neuron, or to its layer.

    Parameters
    ----------
    key
        Stable name, for object names.
    text, tip
        What buttons and menus say, and one sentence more; English, the window translates.
    edit
        What it makes; of one that freezes or switches off, also what takes that back.
    hidden
        Whether it can only be done to hidden layers.
    in_inspector
        Whether it has a button there, besides its line in the picture's menu.
    """

    key: str
    level: Level
    text: str
    tip: str
    edit: type[Edit]
    hidden: bool = True
    in_inspector: bool = True

    @property
    def toggles(self) -> bool:
        """Whether doing it again takes it back."""
        return self.edit in (Freeze, SwitchOff)

    def applies(self, problem: Problem, chosen: Selection) -> bool:
        """Return whether it can be done to what is chosen."""
        if not 0 <= chosen.layer < len(problem.units) - self.hidden:
            return False
        if self.edit is AddLayer and len(problem.shapes[chosen.layer]) > 1:
            return False  # it would have to see pictures
        is_there = self.level != "weight" or chosen.source not in (None, BIAS)
        return self.edit is RemoveLayer or (is_there and has_weights(problem, chosen))

    def holds(self, problem: Problem, chosen: Selection) -> bool:
        """Return whether it is done already."""
        if self.edit is SwitchOff:
            return is_off(problem, chosen)
        return self.edit is Freeze and is_frozen(problem, *self._place(problem, chosen))

    def make(self, problem: Problem, chosen: Selection) -> Edit:
        """Return the edit that does it, or takes it back."""
        if self.edit is AddLayer:
            hidden = [
                one for one in problem.experiment.network.layers[:-1] if has_field(one, "off")
            ]
            # As many as the next layer takes, so that this keeps its weights.
            units = min(math.prod(problem.shapes[chosen.layer]), _WIDEST)
            activation = hidden[-1].activation if hidden else "tanh"
            return AddLayer(chosen.layer, Dense(units, activation))
        values: tuple[Any, ...] = self._place(problem, chosen)
        if self.edit is Freeze:
            values = (*values, *(None,) * (3 - len(values)))
        is_new = (not self.holds(problem, chosen),) if self.toggles else ()
        return self.edit(*values, *is_new)

    def _place(self, problem: Problem, chosen: Selection) -> tuple[Any, ...]:
        place = chosen.layer, unit_of(problem, chosen), chosen.source
        return place[: 1 + ("layer", "neuron", "weight").index(self.level)]


# fmt: off
EDIT_ACTIONS = {
    one.key: one
    for one in (
        EditAction("freeze-weight", "weight", "Freeze", "Training leaves this weight as it is.",
                   Freeze, hidden=False),
        EditAction("freeze-neuron", "neuron", "Freeze neuron",
                   "Training leaves the weights and the bias of this neuron as they are.",
                   Freeze, hidden=False),
        EditAction("switch-off", "neuron", "Switch off",
                   "The neuron answers 0 to everything until it is switched on again.",
                   SwitchOff),
        EditAction("remove-neuron", "neuron", "Remove neuron",
                   "Take this neuron out of its layer; all others keep their weights.",
                   RemoveUnit),
        EditAction("freeze-layer", "layer", "Freeze layer",
                   "Training leaves all weights and biases of this layer as they are.",
                   Freeze, hidden=False),
        EditAction("add-neuron", "layer", "Add a neuron",
                   "Give this layer one more neuron; it changes no answer at first.", AddUnit),
        EditAction("add-layer", "layer", "Add a layer before, keep the rest",
                   "Put a new layer before this one; layers that still fit keep their weights.",
                   AddLayer, hidden=False, in_inspector=False),
        EditAction("remove-layer", "layer", "Remove this layer, keep the rest",
                   "Take this layer away; layers that still fit keep their weights.",
                   RemoveLayer, in_inspector=False),
    )
}
# fmt: on
"""What a button or a line of a menu does; weights and activations are set besides."""

_WORDS = {
    "set_weight": "{what}: {value}",
    "freeze": "freeze {what}",
    "freeze back": "train {what} again",
    "switch_off": "switch off {what}",
    "switch_off back": "switch on {what}",
    "add_unit": "add a neuron to {what}",
    "remove_unit": "remove {what}",
    "add_layer": "add a layer before {what}",
    "remove_layer": "remove {what}",
    "set_activation": "activation of {what}: {value}",
    "set_training": "{what}: {value}",
    "add_point": "add a sample",
    "add_point drawn": "add a drawing of {what}",
    "move_point": "move sample {what}",
    "relabel_point": "another target for sample {what}",
    "delete_point": "delete sample {what}",
}
"""Edits in words; those that take something back have words of their own."""


def unit_of(problem: Problem, chosen: Selection) -> int:
    """Return the number of a neuron among those with weights of their own: of a map its filter."""
    return chosen.unit // math.prod(problem.shapes[chosen.layer + 1][1:])


def has_weights(problem: Problem, chosen: Selection) -> bool:
    """Return whether what is chosen is of a layer whose neurons have weights."""
    layers = problem.experiment.network.layers
    return chosen.layer >= 0 and isinstance(layers[chosen.layer], Dense | Conv2D)


def is_off(problem: Problem, chosen: Selection) -> bool:
    """Return whether a neuron answers 0 to everything."""
    off = getattr(problem.experiment.network.layers[chosen.layer], "off", ())
    return chosen.layer >= 0 and unit_of(problem, chosen) in off


def is_frozen(
    problem: Problem, layer: int, unit: int | None = None, source: int | None = None
) -> bool:
    """Return whether training leaves all of a layer, a unit, or one of its weights as it is."""
    place: Frozen = (layer, unit, source)
    return any(within(place, each) for each in problem.experiment.network.frozen)


def activations_of(problem: Problem, chosen: Selection) -> tuple[str, dict[str, str]]:
    """Return a layer's activation, and the titles of all by name; "" and none if it has none."""
    spec = problem.experiment.network.layers[chosen.layer]
    if chosen.layer < 0 or not has_field(spec, "activation"):
        return "", {}
    titles = {name: translated(each.title) for name, each in ACTIVATIONS.items()}
    return spec.activation, titles


def actions_for(problem: Problem, chosen: Selection, *levels: Level) -> list[EditAction]:
    """Return what can be done to a selection, on these levels."""
    actions = (one for one in EDIT_ACTIONS.values() if one.level in levels)
    return [one for one in actions if one.applies(problem, chosen)]


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
    values: dict[str, Any] = dataclasses.asdict(edit)
    layer, key, value = values.get("layer", values.get("place")), edit.kind, ""
    what = "" if layer is None else layer_names(problem.experiment.network.layers)[layer]
    if values.get("unit") is not None:
        source = BIAS if isinstance(edit, SetWeight) and edit.input is None else values.get("input")
        across = math.prod(problem.shapes[values["layer"] + 1][1:])
        chosen = Selection(values["layer"], values["unit"] * across, source)
        what = name_of(problem, chosen)
        if source not in (None, BIAS):
            what = _tr("weight {name}").format(name=what)
        if isinstance(edit, SetWeight):
            value = exact(edit.value)
            if before is not None and source is not None:
                place = before.place_of(chosen.layer, chosen.unit, source)
                was = short(float(f"{before.snapshot.parameters[place]:.3g}"))
                value = _tr("{before} → {value}").format(before=was, value=value)
    elif isinstance(edit, SetTraining):
        setting, new = SETTINGS[f"training.{edit.setting}"], edit.value
        if new is not None and edit.setting == "batch_size":
            new = int(new)
        what, value = translated(setting.brief), phrase(setting.written(new))
    elif isinstance(edit, SetActivation):
        value = translated(ACTIVATIONS[edit.activation].title)
    elif "row" in values:
        what = count(values["row"] + 1)
    elif isinstance(edit, AddPoint) and problem.dataset.image_shape:
        what, key = translated(problem.dataset.class_names[int(edit.target)]), f"{key} drawn"
    if not values.get("frozen", values.get("off", True)):
        key = f"{key} back"
    return translated(_WORDS[key]).format(what=what, value=value)


def changes_told(found: Sequence[Compared]) -> str:
    """Return in which settings two Experiments differ: "rate 0.03 → 0.3"; "" where in none."""
    if len(found) < 2:
        return "".join(map(change_told, found))
    tr = partial(QCoreApplication.translate, "KeptRuns")
    text = tr("{first}, {second}") if len(found) == 2 else tr("{first} and {count} more")
    first, second = change_told(found[0]), change_told(found[1])
    return text.format(first=first, second=second, count=len(found) - 1)


def change_told(one: Compared) -> str:
    """Return a setting in which two Experiments differ: "rate 0.03 → 0.3"."""
    text = QCoreApplication.translate("KeptRuns", "{setting} {before} → {after}")
    before, after = map(phrase, one.texts)
    return text.format(setting=phrase(one.title), before=before, after=after)
