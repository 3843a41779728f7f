"""The history keeps what it is given and gives it back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from nnviz.storage.runs import history_of
from nnviz.training import history as history_module
from nnviz.training.condensing import EXACT_EPOCHS, Condenser
from nnviz.training.history import BLOCK, Column, History, column_names
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import SCALARS, EpochRecord, column_of


def record(epoch: int, *, test: bool) -> EpochRecord:
    value = 1 / (3 + epoch)  # no finite decimal: a CSV that rounds is caught
    test_loss, test_metric = (2 * value, 0.5) if test else (None, None)
    norms = (value, 7) if epoch else (None, None)  # before the first step there is none
    return EpochRecord(1, epoch, 0.1, value, test_loss, -value, test_metric, norms)


@pytest.mark.parametrize("test", [True, False])
def test_csv_gives_back_every_digit(tmp_path: Path, test: bool) -> None:
    history, records = History(2), [record(epoch, test=test) for epoch in range(5)]
    for one in records:
        history.append(one)
    path = tmp_path / "history.csv"
    names = column_names(Problem(PRESETS["xor-2-4-1"].experiment))
    history.write_csv(path, names)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == names
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3", "4"]
    for row, one in zip(rows, records, strict=True):
        values = [float(cell) if cell else None for cell in row.values()]
        expected = [None if np.isnan(value) else value for value in one.row()]
        assert values == expected


@pytest.mark.parametrize(
    ("preset", "called"),
    [
        ("house-prices", ["train_loss_half_mean_squared_error", "test_r_squared"]),
        ("two-gaussians", ["validation_loss_binary_crossentropy", "train_accuracy"]),
        ("digits-cnn", ["gradient_rms_layer_1_conv2d", "gradient_rms_layer_6_dense"]),
    ],
)
def test_columns_name_loss_metric_and_layers(preset: str, called: list[str]) -> None:
    experiment = PRESETS[preset].experiment
    names = column_names(Problem(experiment))
    assert set(called) < set(names)
    assert len(names) == len(SCALARS) + len(experiment.network.layers)
    assert names[:2] == ["epoch", "learning_rate"]


def test_grows_without_losing_anything() -> None:
    history = History(2)
    for epoch in range(1, 3001):
        history.append(record(epoch, test=True))
    assert len(history) == 3000
    assert np.array_equal(history.column("epoch"), np.arange(1, 3001))
    assert np.array_equal(history.column("train_loss"), 1 / (4 + np.arange(3000)))
    assert np.array_equal(history.gradient_norms(0), history.column("train_loss"))
    assert set(history.gradient_norms(1)) == {7.0}


# -------------------------------------------------------------------------------------- long runs


def long_rows(epochs: int) -> np.ndarray:
    rows = np.random.default_rng(0).random((epochs, len(SCALARS) + 2))
    column_of(rows, "epoch")[:] = np.arange(epochs)
    column_of(rows, "test_loss")[:] = np.nan
    return rows


def grown(rows: np.ndarray, seed: int = 0) -> History:
    """Return a history of rows that came in messages of any length."""
    history, rng, done = History(2), np.random.default_rng(seed), 0
    while done < len(rows):
        count = int(rng.choice([1, 7, 300, 40_000]))
        history.extend(rows[done : done + count])
        done += count
    return history


LONG = long_rows(EXACT_EPOCHS + 70_001)


def test_a_long_run_is_exact_at_first_and_kept_in_groups_then() -> None:
    history = grown(LONG)
    kept, epochs = history.rows(), np.asarray(history.column("epoch"))
    assert np.array_equal(kept[: EXACT_EPOCHS + 1], LONG[: EXACT_EPOCHS + 1], equal_nan=True)
    assert (np.diff(epochs) > 0).all()
    assert np.array_equal(kept[-1], LONG[-1], equal_nan=True), "the newest is always there"
    first = EXACT_EPOCHS + 64 * 100
    group = kept[(epochs > first) & (epochs <= first + 64)][:, 1:]
    whole = LONG[first + 1 : first + 65, 1:]
    np.testing.assert_array_equal(group[0], whole.min(axis=0))
    np.testing.assert_allclose(group[1], whole.mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(group[2], whole.max(axis=0))
    np.testing.assert_array_equal(group[3], whole[-1])


def test_groups_do_not_depend_on_how_rows_came() -> None:
    one, other = grown(LONG, 1), grown(LONG, 2)
    np.testing.assert_allclose(one.rows(), other.rows(), rtol=1e-12)
    again = History(2)
    again.extend(one.rows())
    assert np.array_equal(again.rows(), one.rows(), equal_nan=True), "as a saved run comes back"


def test_a_run_opened_within_a_group_keeps_that_epoch_and_goes_on_in_the_same_groups() -> None:
    pause, end = EXACT_EPOCHS + 1000, EXACT_EPOCHS + 1024  # which is the end of the group
    process, window = Condenser(), History(2)
    window.extend(*process.take(LONG[: pause + 1]))
    opened, process = history_of(window.rows()), Condenser(pause)  # another one, with the file
    opened.extend(*process.take(LONG[pause + 1 : -5]))
    straight = grown(LONG[:-5]).rows()
    rows, epochs = opened.rows(), opened.rows()[:, 0]
    group = (epochs > EXACT_EPOCHS + 960) & (epochs <= end)
    others = np.isin(straight[:, 0], epochs[~group])
    np.testing.assert_allclose(rows[~group], straight[others], rtol=1e-12)
    assert (~others).sum() == 4 and group.sum() == 5
    kept, low, mean, high, last = rows[group][:, 1:]
    rest = LONG[pause + 1 : end + 1, 1:]
    np.testing.assert_array_equal([kept, last], LONG[[pause, end], 1:])
    np.testing.assert_array_equal([low, high], [rest.min(axis=0), rest.max(axis=0)])
    np.testing.assert_allclose(mean, rest.mean(axis=0), rtol=1e-12)


def test_a_long_run_of_which_groups_are_missing_keeps_what_there_is() -> None:
    rows, history = LONG[EXACT_EPOCHS + 1 :: 1000], History(2)
    history.extend(rows)
    assert np.array_equal(history.rows(), rows, equal_nan=True)


def test_a_copy_stays_as_it_was_while_the_run_goes_on() -> None:
    history = grown(LONG[: EXACT_EPOCHS + 1000])
    copied, column = history.copy(), history.column("train_loss")
    before = copied.rows()
    history.extend(LONG[EXACT_EPOCHS + 1000 :])
    assert np.array_equal(copied.rows(), before, equal_nan=True)
    assert column[-1] == column_of(LONG, "train_loss")[EXACT_EPOCHS + 999] == column[:][-1]


def test_an_epoch_at_which_a_moment_is_kept_is_exact() -> None:
    history = grown(LONG)
    epoch = EXACT_EPOCHS + 2**15
    row = history.row_of(epoch)
    assert history.column("epoch")[row] == epoch
    assert history.column("train_loss")[row] == column_of(LONG, "train_loss")[epoch]
    assert history.row_of(epoch + 3) == row, "not one of a group's figures"
    branch = history.until(epoch + 3)
    branch.extend(LONG[int(branch.column("epoch")[-1]) + 1 :])
    assert (np.diff(branch.column("epoch")[:]) > 0).all()


def test_a_run_of_any_length_takes_some_ten_megabytes() -> None:
    history, rows = History(2), LONG[: 2**16].copy()
    for epoch in range(0, 2**22, 2**16):
        rows[:, 0] = np.arange(epoch, epoch + len(rows))
        history.extend(rows)
    assert history.column("epoch")[-1] == 2**22 - 1
    assert history.nbytes < 32 * 2**20, "four times as long is 2.5 MB more"


def test_a_file_says_which_rows_are_of_groups(tmp_path: Path) -> None:
    history = History(2)
    history.extend(LONG[EXACT_EPOCHS - 2 : EXACT_EPOCHS + 67])
    history.write_csv(tmp_path / "long.csv", [f"c{i}" for i in range(len(SCALARS) + 2)])
    with (tmp_path / "long.csv").open(newline="", encoding="utf-8") as file:
        told = [row["numbers_of"] for row in csv.DictReader(file)]
    assert told == ["epoch"] * 3 + ["group"] * 3 + ["epoch"] * 2


def test_columns_cannot_be_written_and_do_not_change_under_the_reader() -> None:
    history = History(2)
    history.append(record(0, test=False))
    column = history.column("train_loss")
    for values in (column[:], np.asarray(column)):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0
    history.append(record(1, test=False))
    assert len(column) == 1
    with pytest.raises(IndexError):
        column[1]


# --------------------------------------------------------------------------------- in blocks


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Make blocks of 16 rows, so that a test crosses many."""
    monkeypatch.setattr(history_module, "BLOCK", 16)
    return 16


def table(first: int, rows: int, layers: int = 2, sign: float = 1.0) -> np.ndarray:
    """Return rows whose numbers tell where they are from; test columns are empty."""
    epochs = np.arange(first, first + rows, dtype=float)
    made = np.stack(
        [epochs] + [sign * (epochs + 0.01 * i) for i in range(len(SCALARS) - 1 + layers)], axis=1
    )
    made[:, SCALARS.index("learning_rate")] = 0.25
    made[:, SCALARS.index("test_loss")] = np.nan
    return made


def filled(*parts: np.ndarray) -> History:
    history = History(2)
    for part in parts:
        history.extend(part)
    return history


def same(history: History, expected: np.ndarray) -> bool:
    return len(history) == len(expected) and np.array_equal(
        history.rows(), expected, equal_nan=True
    )


@pytest.mark.parametrize("sizes", [[5, 11, 16, 1, 40, 3], [100], [1] * 50, [16, 16, 16], [0, 7, 0]])
def test_rows_come_back_however_they_came(small_blocks: int, sizes: list[int]) -> None:
    whole = table(0, sum(sizes))
    history = filled(*np.split(whole, np.cumsum(sizes)[:-1]))
    assert same(history, whole)
    for index, name in enumerate(SCALARS):
        assert np.array_equal(np.asarray(history.column(name)), whole[:, index], equal_nan=True)
    assert list(history.gradient_norms(1)) == whole[:, -1].tolist()


def test_a_column_is_read_like_an_array(small_blocks: int) -> None:
    column, values = (
        filled(table(3, 70)).column("train_metric"),
        column_of(table(3, 70), "train_metric"),
    )
    assert isinstance(column, Column)
    rng = np.random.default_rng(1)
    for row in (0, 15, 16, 69, -1, -70):
        assert column[row] == values[row]
    for start, stop in rng.integers(-80, 80, (200, 2)).tolist():
        assert np.array_equal(column[start:stop], values[start:stop])
        assert np.array_equal(column[start:stop:3], values[start:stop:3])
    for count in (0, 1, 5, 60):
        rows = np.sort(rng.integers(0, 70, count))
        assert np.array_equal(column.take(rows), values[rows])
    assert column.tolist() == values.tolist()
    for value in rng.uniform(0, 80, 50):
        assert column.place(value) == np.searchsorted(values, value)
    for row in (70, -71):
        with pytest.raises(IndexError):
            column[row]


def test_a_column_that_never_changes_takes_hardly_any_memory() -> None:
    history = filled(table(0, BLOCK + 5))
    whole = history._blocks[0]
    rate, loss, test = (SCALARS.index(n) for n in ("learning_rate", "train_loss", "test_loss"))
    assert whole.columns[rate].strides == whole.columns[test].strides == (0,)
    assert whole.columns[loss].strides == (8,)
    assert same(history, table(0, BLOCK + 5))


@pytest.mark.parametrize("length", [1, 15, 16, 17, 40, 48])
def test_a_copy_shares_what_is_written_and_goes_its_own_way(small_blocks: int, length: int) -> None:
    parent = filled(table(0, length))
    child = parent.copy()
    assert all(a is b for a, b in zip(parent._blocks, child._blocks, strict=True))
    parent.extend(table(length, 20))
    assert same(child, table(0, length))
    child.extend(table(length, 30, sign=-1.0))
    grandchild = child.copy()
    grandchild.extend(table(length + 30, 2))
    child.extend(table(length + 30, 2, sign=-1.0))
    assert same(parent, table(0, length + 20))
    assert same(child, np.concatenate([table(0, length), table(length, 32, sign=-1.0)]))
    assert np.array_equal(grandchild.rows()[:-2], child.rows()[:-2], equal_nan=True)
    assert np.array_equal(grandchild.rows()[-2:], table(length + 30, 2), equal_nan=True)


@pytest.mark.parametrize("epoch", [-1, 0, 14, 15, 16, 31, 37, 49, 60])
def test_a_branch_never_writes_into_its_parent(small_blocks: int, epoch: int) -> None:
    parent, whole = filled(table(0, 50)), table(0, 50)
    before = parent.column("train_loss")
    branch = parent.until(epoch)
    kept = min(max(epoch + 1, 0), 50)
    assert same(branch, whole[:kept])
    branch.extend(table(kept, 40, sign=-1.0))
    parent.extend(table(50, 9))
    assert same(parent, table(0, 59))
    assert same(branch, np.concatenate([whole[:kept], table(kept, 40, sign=-1.0)]))
    assert np.array_equal(before, column_of(whole, "train_loss"))


def test_a_branch_of_a_sealed_block_goes_on() -> None:
    parent = filled(table(0, BLOCK))
    branch = parent.until(99)
    changed = table(100, 3)
    changed[:, SCALARS.index("learning_rate")] = 0.5
    branch.extend(changed)
    assert branch.column("learning_rate")[98:102].tolist() == [0.25, 0.25, 0.5, 0.5]
    assert set(parent.column("learning_rate")) == {0.25}


def test_the_row_of_an_epoch_is_the_nearest() -> None:
    history = filled(table(0, 10), table(20, 10))
    assert [history.row_of(epoch) for epoch in (0, 9, 20, 29)] == [0, 9, 10, 19]
    assert [history.row_of(epoch) for epoch in (-5, 14, 15, 16, 99)] == [0, 9, 10, 10, 19]
    with pytest.raises(IndexError, match="no epoch"):
        History(1).row_of(3)


def test_csv_of_many_blocks_is_whole(tmp_path: Path, small_blocks: int) -> None:
    path = tmp_path / "history.csv"
    filled(table(0, 5000)).write_csv(path, ["epoch", "learning_rate", "train_loss"])
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(5000))
    assert float(rows[4321]["train_loss"]) == 4321.01
