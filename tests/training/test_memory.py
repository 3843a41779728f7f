"""What training keeps in memory, counted in bytes."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import STORED_BYTES, Inputs, Problem
from nnviz.training.trainer import Trainer, overflow_is_checked

ROWS, PIXELS = 70_000, 784

EXPERIMENT = Experiment(
    DataChoice(test_fraction=0.2),
    NetworkChoice((Dense(16, "relu"), Dense(10, "softmax")), dtype="float32"),
    TrainingChoice("categorical_crossentropy", "adam", learning_rate=0.001, batch_size=64),
)


def pictures(dtype: str, rows: int = ROWS) -> Dataset:
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 256, (rows, PIXELS), dtype=np.uint8)
    return Dataset(
        "pictures",
        "classification",
        inputs if dtype == "uint8" else inputs.astype(dtype),
        rng.integers(0, 10, rows),
        tuple(f"pixel {i}" for i in range(PIXELS)),
        tuple("0123456789"),
        image_shape=(28, 28),
    )


@pytest.mark.parametrize(
    ("dtype", "standardize"), [("uint8", False), ("float32", False), ("float32", True)]
)
def test_a_large_set_is_in_memory_once(dtype: str, standardize: bool) -> None:
    """Beyond the data itself: half its size as float32 at the most, at any time."""
    experiment = EXPERIMENT.change("data", standardize_inputs=standardize)
    tracemalloc.start()
    try:
        dataset = pictures(dtype)
        own = ROWS * PIXELS * 4
        alone = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        with overflow_is_checked():
            trainer = Trainer(experiment, problem=Problem(experiment, dataset))
            trainer.advance(trainer.updates_until(1))
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert trainer.epoch == 1
    assert kept <= 1.5 * own
    assert peak - alone <= 0.5 * own


@pytest.mark.parametrize("standardize", [False, True])
def test_inputs_prepared_batch_by_batch_are_the_stored_ones(
    standardize: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = EXPERIMENT.change("data", standardize_inputs=standardize)
    dataset = pictures("float64", rows=300)
    trainers = []
    for limit in (STORED_BYTES, 0):
        monkeypatch.setattr("nnviz.training.problem.STORED_BYTES", limit)
        trainers.append(Trainer(experiment, problem=Problem(experiment, dataset)))
    tables = [trainer.advance(20).rows for trainer in trainers]
    assert len(tables[0]) == 5
    assert tables[0].tobytes() == tables[1].tobytes()
    assert trainers[0].network.parameters.tobytes() == trainers[1].network.parameters.tobytes()


def test_stored_inputs_cannot_be_written() -> None:
    raw = np.arange(6.0).reshape(3, 2)
    inputs = Inputs(raw, np.array([2, 0]), lambda rows: rows, 2, np.dtype(np.float64))
    assert inputs.array().tolist() == [[4.0, 5.0, 1.0], [0.0, 1.0, 1.0]]
    with pytest.raises(ValueError, match="read-only"):
        inputs.array()[0, 0] = 1.0
