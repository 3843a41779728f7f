"""What an Experiment comes to with its edits, and which edits can be.

An edit is folded into data, network and training, so that Problem, Network, Inspection and whatever
draws them know nothing of edits. What a weight was set to is no part of any Experiment: that the
Trainer does to the parameters.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Dense, LayerSpec
from nnviz.engine.network import layer_shapes
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.edits import (
    TRAINING_SETTINGS,
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
from nnviz.training.experiment import Experiment, Frozen
from nnviz.training.moves import moves_of, origins
from nnviz.training.places import check_place, require_layer, require_unit, with_units
from nnviz.training.points import parts_with_points, with_points
from nnviz.training.problem import dataset_of
from nnviz.training.setting import refuse
from nnviz.training.splits import split_of
from nnviz.training.validation import check, input_shape

FIELD = "edits"


def edited(experiment: Experiment, count: int | None = None) -> Experiment:
    """Return the Experiment that its first edits make of it; None for all of them.

    It has no edits itself: whoever begins a run with it begins with data, network and training as
    they are after them, and with new weights.

    Raises
    ------
    InvalidChoiceError
        If there is no such layer, unit or setting.
    """
    edits = experiment.edits[:count]
    folded = dataclasses.replace(experiment, edits=()) if experiment.edits else experiment
    for edit in edits:
        folded = _after(folded, edit)
    return folded


def trained_for(experiment: Experiment, epochs: int) -> Experiment:
    """Return the Experiment that asks at once for so many epochs, where that is the same run.

    It is another where rates depend on how many are asked for, or a rule may end training.
    """
    training = experiment.training
    is_other = SCHEDULES[training.schedule].spans_run or training.stop_when != "never"
    if is_other or epochs <= training.epochs:
        return experiment
    return experiment.change("training", epochs=epochs)


def check_edits(experiment: Experiment, samples: Dataset, start: int = 0) -> None:
    """Refuse edits that cannot be made one after another, those before `start` apart.

    `samples` are the experiment's, before any point was changed.

    Raises
    ------
    InvalidChoiceError
        If one cannot be.
    """
    folded = edited(experiment, start)
    latest = experiment.edits[start - 1].epoch if start else 0
    for edit in experiment.edits[start:]:
        if edit.epoch < latest:
            raise refuse(FIELD, "Edits are not in the order of their epochs.", "Sort them.")
        latest = edit.epoch
        if isinstance(edit, SetWeight):
            _check_weight(folded, samples, edit)
        folded = _after(folded, edit)
        points = folded.data.points
        check(folded, with_points(samples, points))
        if isinstance(edit, PointEdit):
            parts_with_points(split_of(folded.data, samples), samples, points)


def layer_ids(experiment: Experiment, count: int) -> tuple[int, ...]:
    """Return a number for each layer after so many edits, which it has as long as it is there."""
    ids = list(range(len(experiment.network.layers)))
    fresh = len(ids)
    for edit in experiment.edits[:count]:
        places = origins(edit, len(ids))
        ids = [fresh if place is None else ids[place] for place in places]
        fresh += None in places
    return tuple(ids)


def layers_between(experiment: Experiment, one: int, other: int) -> list[int | None] | None:
    """Return where each layer after `other` edits was after `one`, None for those that were not.

    None for the list where all are the same.
    """
    if one == other:
        return None
    before, after = layer_ids(experiment, one), layer_ids(experiment, other)
    if before == after:
        return None
    return [before.index(layer) if layer in before else None for layer in after]


def _check_weight(experiment: Experiment, samples: Dataset, edit: SetWeight) -> None:
    layers = experiment.network.layers
    check_place(layers, input_shape(experiment, samples), (edit.layer, edit.unit, edit.input))
    if edit.input is None and not layers[edit.layer].use_bias:
        raise refuse(FIELD, "This layer has no biases.", "Choose one of its weights.")
    if not math.isfinite(edit.value):
        raise refuse(FIELD, "A weight has to be a finite number.", "Type another one.")


# ------------------------------------------------------------------------------ edit by edit


def _after(experiment: Experiment, edit: Edit) -> Experiment:
    if isinstance(edit, PointEdit):
        # The same points are the same data, whenever they were made.
        points = (*experiment.data.points, dataclasses.replace(edit, epoch=0))
        return experiment.change("data", points=points)
    if isinstance(edit, SetTraining):
        return _with_training(experiment, edit)
    if isinstance(edit, Freeze):
        return _with_frozen(experiment, edit)
    layers = _layers_after(experiment, edit)
    if layers == experiment.network.layers:
        return experiment
    following = experiment.change("network", layers=layers, frozen=())
    if experiment.network.frozen:
        frozen = _frozen_after(experiment, following, edit)
        return following.change("network", frozen=frozen)
    return following


def _layers_after(experiment: Experiment, edit: Edit) -> tuple[LayerSpec, ...]:
    layers = list(experiment.network.layers)
    if isinstance(edit, AddLayer):
        require_layer(layers, edit.place)
        layers.insert(edit.place, edit.spec)
    elif isinstance(edit, RemoveLayer):
        _require_hidden(layers, edit.layer)
        del layers[edit.layer]
    elif isinstance(edit, SetActivation):
        layer = with_units(layers, edit.layer)
        layers[edit.layer] = dataclasses.replace(layer, activation=edit.activation)
    elif isinstance(edit, AddUnit | RemoveUnit | SwitchOff):
        layers[edit.layer] = _units_after(layers, edit)
    return tuple(layers)


def _units_after(layers: list[LayerSpec], edit: AddUnit | RemoveUnit | SwitchOff) -> LayerSpec:
    _require_hidden(layers, edit.layer)
    layer = with_units(layers, edit.layer)
    count = "units" if isinstance(layer, Dense) else "filters"
    units: int = getattr(layer, count)
    if isinstance(edit, AddUnit):
        return dataclasses.replace(layer, **{count: units + 1})  # type: ignore[arg-type]
    require_unit(edit.unit, units)
    others = [unit for unit in layer.off if unit != edit.unit]
    if isinstance(edit, SwitchOff):
        off = sorted([*others, edit.unit] if edit.off else others)
        return dataclasses.replace(layer, off=tuple(off))
    if units == 1:
        raise refuse(
            FIELD,
            "This is the last neuron of its layer.",
            "Remove the layer, or add another neuron first.",
        )
    off = [unit - (unit > edit.unit) for unit in others]
    return dataclasses.replace(layer, off=tuple(off), **{count: units - 1})  # type: ignore[arg-type]


def _require_hidden(layers: Sequence[LayerSpec], place: int) -> None:
    require_layer(layers, place)
    if place == len(layers) - 1:
        raise refuse(
            FIELD,
            "The output layer answers with as many numbers as the task asks for.",
            "Choose a hidden layer.",
        )


def _with_training(experiment: Experiment, edit: SetTraining) -> Experiment:
    if edit.setting not in TRAINING_SETTINGS:
        raise refuse(
            FIELD,
            "A run under way cannot follow another {setting}.",
            "Choose one of: {known}.",
            setting=edit.setting,
            known=", ".join(TRAINING_SETTINGS),
        )
    value = edit.value
    if edit.setting == "batch_size" and value is not None and value.is_integer():
        value = int(value)
    return experiment.change("training", **{edit.setting: value})


def _with_frozen(experiment: Experiment, edit: Freeze) -> Experiment:
    """Return it with a place frozen, those within it no longer apart; or with none of it."""
    place: Frozen = (edit.layer, edit.unit, edit.input)
    kept = [each for each in experiment.network.frozen if not within(each, place)]
    if not edit.frozen and any(within(place, each) for each in kept):
        raise refuse(
            FIELD,
            "This is frozen with all of its layer or neuron.",
            "Let go of the whole first.",
        )
    return experiment.change("network", frozen=(*kept, place) if edit.frozen else tuple(kept))


def within(inner: Frozen, outer: Frozen) -> bool:
    """Return whether a layer, unit or weight is part of another."""
    pairs = zip(inner, outer, strict=True)
    return all(theirs is None or mine == theirs for mine, theirs in pairs)


def _frozen_after(experiment: Experiment, following: Experiment, edit: Edit) -> tuple[Frozen, ...]:
    """Return what is frozen by its new places; layers that start anew are free."""
    old, new = (
        layer_shapes(input_shape(each, dataset_of(each.data)), each.network.layers)
        for each in (experiment, following)
    )
    moved: list[Frozen] = []
    for place, move in enumerate(moves_of(edit, old, new, following.network.layers)):
        if move is None:
            continue
        # In its new place, None stands for all as before.
        units = {None: None, **{old: new for new, old in enumerate(move.units.tolist())}}
        columns = {None: None, **{old: new for new, old in enumerate(move.inputs.tolist())}}
        moved += [
            (place, units[unit], columns[column])
            for layer, unit, column in experiment.network.frozen
            if layer == move.layer and unit in units and column in columns
        ]
    return tuple(moved)
