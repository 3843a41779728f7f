"""Orders in which samples are worth looking at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.losses import LOSSES
from nnviz.training.answers import Outputs
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows, answers
from nnviz.training.problem import PartName
from nnviz.training.saliency import class_outputs

_ROWS = 128
"""Rows whose activations are in memory at a time."""


def samples_in_order(
    inspection: Inspection,
    part: PartName,
    actual: str,
    answer: str,
    order: str,
    neuron: tuple[int, int] | None = None,
) -> NDArray[np.intp]:
    """Return the judged rows of a part that are asked for, in order: numbers in the data set.

    Only those that the moment answers for, where it has to.

    Parameters
    ----------
    actual, answer
        The label of a class, or "" for all; the answer may also be ``"right"`` or ``"wrong"``.
    order
        ``"uncertain"`` for the least certain first, ``"worst"`` for the largest loss,
        ``"excites"`` for the largest activation of the neuron, "" for that of the data.
    """
    problem = inspection.problem
    outputs = inspection.outputs(part) if answer or order else None
    index = problem.judged[part].index if outputs is None else outputs.index
    labels = problem.labels[index]
    kept = labels == (int(actual) if actual else labels)
    ranks: NDArray[np.number] = index
    if outputs is not None and answer.isdigit():
        kept &= outputs.labels == int(answer)
    elif outputs is not None and answer:
        kept &= (outputs.labels == labels) == (answer == "right")
    if outputs is not None and order == "uncertain":
        ranks = certainties(inspection, outputs)
    elif outputs is not None and order == "worst":
        ranks = -losses(inspection, outputs, part)
    elif order == "excites" and neuron is not None:
        ranks = -excitations(inspection, index, neuron)
    places = np.flatnonzero(kept)
    return np.asarray(index[places[np.argsort(ranks[places], kind="stable")]])


def worst_first(inspection: Inspection, parts: Sequence[PartName]) -> NDArray[np.intp]:
    """Return the judged rows of parts that the moment answers for, the largest errors first.

    Of a regression these are differences from the target, else losses.
    """
    rows, errors = list[NDArray[np.intp]](), list[FloatArray]()
    for part in parts:
        outputs = inspection.outputs(part)
        if outputs is not None:
            rows.append(outputs.index)
            errors.append(mistakes(inspection, outputs, part))
    found = np.concatenate(rows)
    return np.asarray(found[np.argsort(-np.concatenate(errors), kind="stable")])


def worst_new_first(inspection: Inspection, rows: NewRows) -> NDArray[np.intp]:
    """Return the places of other rows, the largest errors first, then those of unknown answers."""
    problem = inspection.problem
    outputs, targets = answers(problem, inspection.snapshot.parameters, rows.inputs), rows.targets
    if problem.dataset.task == "regression":
        errors = np.abs(outputs[:, 0] - targets)
    else:
        labels = np.nan_to_num(targets).astype(np.intp)[:, np.newaxis]
        shares = np.take_along_axis(class_outputs(problem, outputs), labels, axis=1)[:, 0]
        errors = np.where(np.isnan(targets), np.nan, -shares)
    return np.argsort(-errors, kind="stable")  # what is no number comes last


def mistakes(inspection: Inspection, outputs: Outputs, part: PartName) -> FloatArray:
    """Return how wrong each row is, shape (rows,): by its loss, or in units of the target."""
    problem = inspection.problem
    if problem.dataset.task != "regression":
        return losses(inspection, outputs, part)
    return np.asarray(np.abs(outputs.values[:, 0] - problem.target_values[outputs.index, 0]))


def certainties(inspection: Inspection, outputs: Outputs) -> FloatArray:
    """Return by how much the largest output of each row exceeds the second, shape (rows,)."""
    values = outputs.values
    if values.shape[1] == 1:
        values = np.hstack([2 * inspection.problem.decision_threshold - values, values])
    second, best = np.partition(values, -2, axis=1)[:, -2:].T
    return np.asarray(best - second)


def losses(inspection: Inspection, outputs: Outputs, part: PartName) -> FloatArray:
    """Return the loss of each row, shape (rows,), as far as the digits of the outputs say."""
    problem, a = inspection.problem, outputs.values.T
    loss, z = LOSSES[problem.experiment.training.loss], a
    if loss.fused_with in ("softmax", "sigmoid"):
        z = np.log(np.maximum(a, np.finfo(a.dtype).tiny))
    if loss.fused_with == "sigmoid":
        z = z - np.log(np.maximum(1 - a, np.finfo(a.dtype).epsneg))
    y = problem.judged[part].targets[:, : a.shape[1]]
    return loss.values(*(each.T[:, :, np.newaxis] for each in (z, a, y)))


def excitations(
    inspection: Inspection, index: NDArray[np.intp], place: tuple[int, int]
) -> FloatArray:
    """Return a neuron's activation for rows of the data set, shape (rows,): of a map its largest.

    The place is its layer, −1 for the inputs, and its unit.
    """
    (layer, unit), problem, found = place, inspection.problem, []
    area = int(np.prod(problem.shapes[layer + 1][1:])) if layer >= 0 else 1
    units = slice(unit // area * area, (unit // area + 1) * area)
    for start in range(0, len(index), _ROWS):
        rows = problem.dataset.inputs[index[start : start + _ROWS]]
        values = inspection.trace(rows)[layer].a if layer >= 0 else problem.encode_inputs(rows)
        found.append(values[:, units].max(axis=1))
    return np.concatenate(found)
