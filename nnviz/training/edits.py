"""Edits: what a person changes in a run under way, each at the end of one epoch.

An Experiment has them in the order in which they were made, and a Trainer makes them again.
Layers, units and inputs are counted from 0 in the network that an edit finds; rows are those of the
data set (``Problem.dataset``), where a point keeps its number however many others go.
"""

from __future__ import annotations

import dataclasses
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from nnviz.engine.layers.base import LayerSpec

BYTES = frozenset(range(256))

_FEW = 16
"""So many inputs are written as numbers in any case."""


@dataclass(frozen=True)
class Edit:
    """One change; subclasses are listed in ``EDITS``.

    Parameters
    ----------
    epoch
        How many epochs had been trained. The Trainer fills it in.
    """

    kind: ClassVar[str]
    """What files call it."""
    alters: ClassVar[bool] = True
    """Whether the network answers otherwise, or is asked otherwise, at the moment it is made."""

    epoch: int = field(default=0, kw_only=True)

    def to_dict(self) -> dict[str, Any]:
        """Return kind, epoch and values, ready for JSON."""
        return {"kind": self.kind, **dataclasses.asdict(self)}


class PointEdit(Edit):
    """A change of the data; those that were made are part of a ``DataChoice``."""

    def to_dict(self) -> dict[str, Any]:
        """Return kind, epoch and values, ready for JSON; the bytes of a picture as base64."""
        values = super().to_dict()
        inputs = values.get("inputs", ())
        if len(inputs) > _FEW and BYTES.issuperset(inputs):
            values["inputs"] = b64encode(bytes(map(int, inputs))).decode()
        return values


@dataclass(frozen=True)
class SetWeight(Edit):
    """A weight is typed; where `input` is None, the bias.

    The unit of a convolution is a filter, and its inputs are the numbers of a kernel, channel by
    channel, row by row.
    """

    kind: ClassVar[str] = "set_weight"
    layer: int
    unit: int
    input: int | None
    value: float


@dataclass(frozen=True)
class Freeze(Edit):
    """Training leaves a layer, a unit's weights and bias, or one weight as they are; or no more.

    None for the unit stands for all of the layer, None for the input for all of the unit.
    """

    kind: ClassVar[str] = "freeze"
    alters: ClassVar[bool] = False
    layer: int
    unit: int | None = None
    input: int | None = None
    frozen: bool = True


@dataclass(frozen=True)
class SwitchOff(Edit):
    """A hidden unit (of a convolution a filter) answers 0 to everything; or works again."""

    kind: ClassVar[str] = "switch_off"
    layer: int
    unit: int
    off: bool = True


@dataclass(frozen=True)
class AddUnit(Edit):
    """A hidden layer gets one more unit, its last.

    Its weights are drawn; with weights of 0 to the next layer it changes no answer at first.
    """

    kind: ClassVar[str] = "add_unit"
    layer: int


@dataclass(frozen=True)
class RemoveUnit(Edit):
    """A hidden layer loses a unit; those behind it have one number less."""

    kind: ClassVar[str] = "remove_unit"
    layer: int
    unit: int


@dataclass(frozen=True)
class AddLayer(Edit):
    """A layer comes before the one at a place. Layers that still fit keep their weights."""

    kind: ClassVar[str] = "add_layer"
    place: int
    spec: LayerSpec

    def to_dict(self) -> dict[str, Any]:
        """Return kind, epoch and values, ready for JSON."""
        return super().to_dict() | {"spec": layer_to_dict(self.spec)}


@dataclass(frozen=True)
class RemoveLayer(Edit):
    """A hidden layer goes. Layers that still fit keep their weights."""

    kind: ClassVar[str] = "remove_layer"
    layer: int


@dataclass(frozen=True)
class SetActivation(Edit):
    """A layer gets another activation and keeps its weights."""

    kind: ClassVar[str] = "set_activation"
    layer: int
    activation: str


@dataclass(frozen=True)
class SetTraining(Edit):
    """How the network learns changes: `setting` is one of `TRAINING_SETTINGS`."""

    kind: ClassVar[str] = "set_training"
    alters: ClassVar[bool] = False
    setting: str
    value: float | None


TRAINING_SETTINGS = ("learning_rate", "l1", "l2", "clip_norm", "clip_value", "batch_size")
"""Fields of ``TrainingChoice`` that a run under way can follow."""


@dataclass(frozen=True)
class AddPoint(PointEdit):
    """The training part gets one more sample, the last row.

    Its inputs are in the data's own columns and units, a picture's pixel by pixel; its target is in
    its own unit, or the number of a class.
    """

    kind: ClassVar[str] = "add_point"
    inputs: tuple[float, ...]
    target: float


@dataclass(frozen=True)
class MovePoint(PointEdit):
    """A sample gets other inputs, in the data's own columns and units; and a target, if given."""

    kind: ClassVar[str] = "move_point"
    row: int
    inputs: tuple[float, ...]
    target: float | None = None


@dataclass(frozen=True)
class RelabelPoint(PointEdit):
    """A sample gets another target, or class."""

    kind: ClassVar[str] = "relabel_point"
    row: int
    target: float


@dataclass(frozen=True)
class DeletePoint(PointEdit):
    """A sample leaves its part; its row stays in the data set, so that others keep their number."""

    kind: ClassVar[str] = "delete_point"
    row: int


def _by_kind(*edits: type[Edit]) -> dict[str, type[Edit]]:
    return {edit.kind: edit for edit in edits}


POINT_EDITS = _by_kind(AddPoint, MovePoint, RelabelPoint, DeletePoint)
"""Edits of the data by kind."""

EDITS = {
    **_by_kind(SetWeight, Freeze, SwitchOff, AddUnit, RemoveUnit, AddLayer, RemoveLayer),
    **_by_kind(SetActivation, SetTraining),
    **POINT_EDITS,
}
"""Every edit by its kind."""


def layer_to_dict(layer: LayerSpec) -> dict[str, Any]:
    """Return a layer's kind and settings, ready for JSON."""
    return {"kind": layer.kind, **dataclasses.asdict(layer)}


def all_to_dict(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """Return edits one by one, ready for JSON."""
    return [edit.to_dict() for edit in edits]
