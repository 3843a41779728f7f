"""The receptive field of a unit is where a change of the picture changes the unit."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
)
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import Problem
from nnviz.training.receptive_field import receptive_field

_END = (Flatten(), Dropout(0.5), Dense(3, "relu"), Dense(10, "softmax"))
NETWORKS: dict[str, tuple[LayerSpec, ...]] = {
    "same, overlapping": (
        Conv2D(2, (3, 2), padding="same", activation="relu"),
        BatchNorm(),
        MaxPool2D((3, 3), (2, 1)),
        Conv2D(2, (2, 2), padding=(1, 0)),
        *_END,
    ),
    "strides, left over": (Conv2D(2, (2, 3), (2, 3)), AveragePool2D((2, 1)), Dropout(0.2), *_END),
    "mean": (Conv2D(3, 3, 2, "same"), GlobalAveragePool2D(), Dense(10, "softmax")),
    "numbers": (Dense(3, "relu"), Dense(10, "softmax")),
}


def problem_of(layers: tuple[LayerSpec, ...]) -> Problem:
    training = TrainingChoice("categorical_crossentropy", batch_size=8)
    return Problem(Experiment(DataChoice("digits"), NetworkChoice(layers), training))


def changed(problem: Problem) -> list[np.ndarray]:
    """Return for every layer which pixels change which units, shape (units, rows, columns)."""
    network = problem.new_network()
    network.trained[...] = np.abs(network.trained) + 0.01  # so that no change is undone
    last = network.layers[-1].flat_parameters
    last[...] = np.linspace(0.0, 1.0, last.size)  # neither of equals, nor so far apart as to be 0
    traces = network.trace(np.vstack([np.zeros((1, 64)), 1e-3 * np.eye(64)]))
    # A product may round a row otherwise than the row above, though both are the same.
    return [(np.abs(trace.a[1:] - trace.a[0]) > 1e-14).T.reshape(-1, 8, 8) for trace in traces]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_field_is_what_changes_the_unit(name: str) -> None:
    problem = problem_of(NETWORKS[name])
    for layer, units in enumerate(changed(problem)):
        for unit, pixels in enumerate(units):
            seen = receptive_field(problem, layer, unit)
            if seen is None:
                assert not pixels.any()
                continue
            rows, columns = np.nonzero(pixels)
            ends = (range(each.min(), each.max() + 1) for each in (rows, columns))
            assert seen == tuple(ends), (layer, unit)


def test_windows_in_the_padding_see_nothing_and_tables_have_no_picture() -> None:
    problem = problem_of((Conv2D(1, 2, padding=(3, 0)), *_END))
    assert receptive_field(problem, 0, 0) is None
    assert receptive_field(problem, 0, 2 * 7) == (range(1), range(2))
    assert [receptive_field(problem, place, 0) for place in (1, 3)] == [None, (range(8), range(8))]
    table = Experiment(
        DataChoice("iris"),
        NetworkChoice((Dense(3, "softmax"),)),
        TrainingChoice("categorical_crossentropy"),
    )
    assert receptive_field(Problem(table), 0, 0) is None
