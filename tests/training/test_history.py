"""The history keeps what it is given and gives it back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from nnviz.training.history import SCALARS, History
from nnviz.training.records import EpochRecord


def record(epoch: int, *, test: bool) -> EpochRecord:
    value = 1 / (3 + epoch)  # no finite decimal: a CSV that rounds is caught
    return EpochRecord(
        1, epoch, 0.1, value, 2 * value if test else None, -value, 0.5 if test else None, (value, 7)
    )


@pytest.mark.parametrize("test", [True, False])
def test_csv_gives_back_every_digit(tmp_path: Path, test: bool) -> None:
    history, records = History(2), [record(epoch, test=test) for epoch in range(5)]
    for one in records:
        history.append(one)
    path = tmp_path / "history.csv"
    history.write_csv(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*SCALARS, "gradient_norm_1", "gradient_norm_2"]
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3", "4"]
    for row, one in zip(rows, records, strict=True):
        values = [float(cell) if cell else None for cell in row.values()]
        expected = [None if np.isnan(value) else value for value in one.row()]
        assert values == expected


def test_grows_without_losing_anything() -> None:
    history = History(2)
    for epoch in range(3000):
        history.append(record(epoch, test=True))
    assert len(history) == 3000
    assert np.array_equal(history.column("epoch"), np.arange(3000))
    assert np.array_equal(history.column("train_loss"), 1 / (3 + np.arange(3000)))
    assert np.array_equal(history.gradient_norms(0), history.column("train_loss"))
    assert set(history.gradient_norms(1)) == {7.0}


def test_views_cannot_be_written_and_do_not_change_under_the_reader() -> None:
    history = History(2)
    history.append(record(0, test=False))
    column = history.column("train_loss")
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0
    history.append(record(1, test=False))
    assert len(column) == 1


@pytest.mark.parametrize("test", [True, False])
def test_knows_whether_there_are_test_figures(test: bool) -> None:
    history = History(2)
    assert not history.has_test
    history.append(record(0, test=test))
    assert history.has_test == test
