"""Rows that are no part of the data, and what a network answers to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnviz.datasets.dataset import Category, Dataset
from nnviz.datasets.own.doubts import Note, filled_in
from nnviz.datasets.own.recipe import cleaned
from nnviz.engine.arrays import FloatArray
from nnviz.errors import DataError
from nnviz.training.problem import Problem


@dataclass(frozen=True, eq=False, repr=False)
class NewRows:
    """Rows that are no part of the data: what was in the file, and what the network is given.

    Parameters
    ----------
    name
        Of the file, as it can be shown.
    header, cells
        Names of all columns, and all cells as text, each row as long as the header.
    lines
        Where in the file each row is, counted from 1.
    inputs
        In the data's own columns and units, shape (rows, features); not a number in rows with a
        problem.
    targets
        What is known of the answers, as numbers or labels, shape (rows,); else not a number.
    problems
        Why some of the rows cannot be answered for.
    filled
        In which columns values were missing and filled in, of rows where there are any.
    separator, decimal
        As the file has them.
    dataset
        The data that they are rows for.
    """

    name: str
    header: tuple[str, ...]
    cells: Sequence[list[str]]
    lines: Sequence[int]
    inputs: FloatArray
    targets: FloatArray
    problems: Mapping[int, DataError]
    filled: Mapping[int, Sequence[str]]
    separator: str
    decimal: str
    dataset: Dataset

    def fits(self, problem: Problem) -> bool:
        """Return whether a problem's rows are of the same columns."""
        mine, other = self.dataset, problem.dataset
        return mine is other or all(
            getattr(mine, name) == getattr(other, name)
            for name in ("feature_names", "categories", "target_name", "class_names")
        )

    def shown(self, row: int, column: str) -> str:
        """Return what a row has in a column that there has to be, as it can be shown."""
        return cleaned(self.cells[row][places_of(self.header, self.dataset)[column]])

    def filling(self, row: int | None = None) -> Note | None:
        """Return the sentence that names what was filled in, of a row or of all; or None."""
        rows = self.filled.values() if row is None else [self.filled.get(row, ())]
        return filled_in(name for found in rows for name in found)

    @property
    def has_targets(self) -> bool:
        """Whether the answer to any row is known."""
        return not bool(np.isnan(self.targets).all())


def answers(problem: Problem, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
    """Return outputs in target units for rows in the data's own units, shape (rows, outputs).

    They are not numbers where an input is none.
    """
    network, is_known = problem.blank_network(parameters), ~np.isnan(inputs).any(axis=1)
    found = np.full((len(inputs), network.outputs), np.nan)
    if is_known.any():
        outputs = network.predict(problem.encode_inputs(inputs[is_known]))
        found[is_known] = problem.decode_outputs(outputs)
    return found


def gives_probabilities(problem: Problem) -> bool:
    """Return whether outputs for classes are between 0 and 1, and 1 together."""
    output = problem.experiment.network.layers[-1]
    return getattr(output, "activation", "") == ("sigmoid" if problem.outputs == 1 else "softmax")


def places_of(names: Sequence[str], data: Dataset) -> dict[str, int]:
    """Return where the columns are that there have to be; -1 for nowhere."""
    wanted = [f.name if isinstance(f, Category) else data.feature_names[f] for f in data.fields]
    known = {name.casefold(): place for place, name in reversed([*enumerate(names)])}
    known |= {name: place for place, name in enumerate(names)}
    return {name: known.get(name, known.get(name.casefold(), -1)) for name in wanted}
