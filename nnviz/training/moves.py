"""Where the numbers of a network are after its layers have changed: what stays, stays exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import Conv2D, Dense, Flatten, Layer, LayerSpec, Shape, pair
from nnviz.engine.network import Network
from nnviz.training.edits import AddLayer, AddUnit, Edit, RemoveLayer, RemoveUnit

Index = NDArray[np.intp]

DRAWN, ZERO = -1, -2
"""In the place of a number's former place: it is drawn anew, or starts at 0."""


@dataclass(frozen=True, eq=False)
class Move:
    """Where a layer was before an edit.

    Parameters
    ----------
    layer
        Its place.
    units, inputs
        The former number of each unit (or filter, or channel) and of each of a unit's inputs;
        `DRAWN` for those that are new.
    """

    layer: int
    units: Index
    inputs: Index


def origins(edit: Edit, layers: int) -> list[int | None]:
    """Return where each layer was before an edit of so many; None for one that is new."""
    places: list[int | None] = list(range(layers))
    if isinstance(edit, AddLayer):
        places.insert(edit.place, None)
    elif isinstance(edit, RemoveLayer):
        del places[edit.layer]
    return places


def moves_of(
    edit: Edit, old: Sequence[Shape], new: Sequence[Shape], layers: Sequence[LayerSpec]
) -> list[Move | None]:
    """Return where each of the layers was before an edit; None for those that start anew.

    Shapes are those of a sample before the first layer and after each, before and after the edit.
    """
    channels: Index = np.arange(new[0][0])
    found: list[Move | None] = []
    for place, (origin, spec) in enumerate(zip(origins(edit, len(old) - 1), layers, strict=True)):
        if origin is None or (len(old) != len(new) and old[origin] != new[place]):
            found.append(None)
            channels = np.arange(new[place + 1][0])
            continue
        if isinstance(edit, AddLayer | RemoveLayer):
            channels = np.arange(new[place][0])
        columns = _columns(spec, channels, new[place])
        channels = _units(edit, place, spec, columns, old[origin + 1])
        found.append(Move(origin, channels, columns))
    return found


def _columns(spec: LayerSpec, channels: Index, shape: Shape) -> Index:
    """Return the former number of each input of a unit, from those of the channels before."""
    if isinstance(spec, Conv2D):
        rows, columns = pair(spec.kernel_size)
        return _spread(channels, rows * columns)
    if isinstance(spec, Flatten):
        return _spread(channels, math.prod(shape[1:]))
    return channels


def _spread(channels: Index, numbers: int) -> Index:
    """Return the former numbers of as many of each channel, one channel after another."""
    spread = channels[:, np.newaxis] * numbers + np.arange(numbers)
    return np.where(channels[:, np.newaxis] < 0, DRAWN, spread).ravel()


def _units(edit: Edit, place: int, spec: LayerSpec, columns: Index, old: Shape) -> Index:
    if not isinstance(spec, Dense | Conv2D):
        return columns  # it hands on what it gets
    units: Index = np.arange(old[0])
    if isinstance(edit, AddUnit) and edit.layer == place:
        return np.append(units, DRAWN)
    if isinstance(edit, RemoveUnit) and edit.layer == place:
        return np.delete(units, edit.unit)
    return units


def sources(old: Network, new: Network, moves: Sequence[Move | None]) -> Index:
    """Return where each parameter of one network was in another, shape (parameters,).

    `DRAWN` where it is drawn; `ZERO` where it weighs what a new unit answers, so that the answer of
    the network stays the same.
    """
    # Numbered like the parameters themselves, so that the layers' own views say where each is.
    numbered = Network(old.input_shape, old.specs, "float64", np.arange(float(old.parameters.size)))
    found = Network(
        new.input_shape, new.specs, "float64", np.full(new.parameters.size, float(DRAWN))
    )
    for layer, move in zip(found.layers, moves, strict=True):
        if move is not None:
            was = numbered.layers[move.layer]
            for name, columns in _arrays(layer, move):
                _take(getattr(layer, name), getattr(was, name), move.units, columns)
    return found.parameters.astype(np.intp)


def carried(vector: FloatArray, source: Index, drawn: FloatArray | None = None) -> FloatArray:
    """Return a vector of the parameters' places after an edit, from one of those before.

    What is new is 0, or, of the parameters themselves, as it was `drawn`.
    """
    moved = np.where(source >= 0, vector[np.maximum(source, 0)], vector.dtype.type(0))
    return moved if drawn is None else np.where(source == DRAWN, drawn, moved)


def _arrays(layer: Layer[Any], move: Move) -> list[tuple[str, Index]]:
    """Return the names of a layer's arrays, with the columns they have."""
    single = np.zeros(1, np.intp)
    if layer.spec.state_count(layer.input_shape):
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        return [(name, single) for name in names]
    if not layer.weights.size:
        return []
    arrays = [("weights", move.inputs)]
    return [*arrays, ("biases", single)] if layer.biases.size else arrays


def _take(target: FloatArray, source: FloatArray, rows: Index, columns: Index) -> None:
    taken = source[np.ix_(np.maximum(rows, 0), np.maximum(columns, 0))]
    taken[:, columns < 0] = ZERO
    taken[rows < 0] = DRAWN
    target[...] = taken
