"""Kinds of columns: dates, ordinal categories, gaps; and what is seen of each column."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnviz.datasets.own import build, strays, table
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.kinds import completed, date_of, date_order, scale_of
from nnviz.datasets.own.proposal import Proposal, propose
from nnviz.datasets.own.recipe import Recipe
from nnviz.errors import DataError, InvalidChoiceError
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

DAY = float(datetime.date(2024, 2, 1).toordinal() - datetime.date(1970, 1, 1).toordinal())


def look(folder: Path, content: str, recipe: Recipe | None = None, target: str = "") -> Proposal:
    path = folder / "table.csv"
    path.write_text(content, "utf-8")
    return propose(path, target, recipe)


@pytest.mark.parametrize(
    "cells",
    [
        ("2024-02-01", "2024-12-31"),
        ("2024-02-01T00:00:00Z", "2024-12-31 23:59:59.5"),
        ("1.2.2024", "31.12.2024"),
        ("01.02.24", "31.12.24"),
        ("2/1/24 12:00 AM", "12/31/24 11:59:59 p.m."),
        ("2/1/2024", "12/31/2024"),
        ("01/02/2024", "31/12/2024"),
        ("2024/2/1", "2024/12/31"),
        ("2024年2月1日", "2024年12月31日"),
        ("2024-02", "2024-12"),
        ("2024年2月", "2024年12月"),
    ],
)
def test_dates_are_recognised_and_become_days(tmp_path: Path, cells: tuple[str, str]) -> None:
    assert date_of(cells[0], date_order(cells) or "ymd") == DAY
    rows = "".join(f"{cells[i % 2]},{i * i % 7},{i % 5}.5\n" for i in range(12))
    found = look(tmp_path, f"when,a,y\n{rows}")
    column = found.data.recipe.columns[0]
    assert (column.kind, column.role) == ("date", "input")
    dataset = load_own(found.data)
    assert dataset.inputs[0, 0] == DAY
    assert dataset.times is not None
    np.testing.assert_array_equal(dataset.times, dataset.inputs[:, 0])
    assert found.columns[0].kind == "date"
    assert not found.warnings
    assert found.columns[0].labels[0] == "2024-02-01"
    assert found.columns[0].labels[1][:7] == "2024-12"


@pytest.mark.parametrize("days", [("01.02.2024", "31.12.2024"), ("1.2.24", "31.12.24")])
def test_dates_with_the_sign_of_thousands_are_no_numbers(
    tmp_path: Path, days: tuple[str, str]
) -> None:
    rows = "".join(f"{days[i % 2]};1.23{i * 7 % 10},5;{i % 5}\n" for i in range(10))
    found = look(tmp_path, f"when;price;y\n{rows}")
    assert found.data.recipe.thousands == "."
    assert [column.kind for column in found.data.recipe.columns[:2]] == ["date", "number"]
    assert load_own(found.data).inputs[0, :2].tolist() == [DAY, 1230.5]


@pytest.mark.parametrize(
    "cells",
    [
        ("31.2.2024",),
        ("2024-13-01",),
        ("1-2.2024",),
        ("13/13/2024",),
        ("2024-02-01 25:00",),
        ("24-2-1",),
        ("2/1/2024 13:00 PM",),
        ("1.5", "2.5"),
        ("12:30",),
        ("13/1/2024", "1/13/2024"),
        ("٢٠٢٤-01-01",),
    ],
)
def test_what_is_no_date(cells: tuple[str, ...]) -> None:
    assert date_order(cells) is None


def test_years_stay_years_and_columns_called_so_have_a_time(tmp_path: Path) -> None:
    rows = "".join(f"{1990 + i % 30},{i * i % 7},{i % 5}.5\n" for i in range(40))
    found = look(tmp_path, f"Year,a,y\n{rows}")
    assert [(c.kind, c.dates) for c in found.data.recipe.columns[:1]] == [("date", "y")]
    assert load_own(found.data).inputs[1, 0] == 1991
    assert found.columns[0].labels == ("1990", "2019")
    assert look(tmp_path, f"a,b,y\n{rows}").data.recipe.columns[0].kind == "number"


@pytest.mark.parametrize(
    ("words", "order"),
    [
        (["high", "low", "medium"], ("low", "medium", "high")),
        (["XL", "S", "M"], ("S", "M", "XL")),
        (["100-200", "20-30", "<10"], ("<10", "20-30", "100-200")),
        (["高", "低", "中"], ("低", "中", "高")),
        (["3rd", "1st", "2nd"], ("1st", "2nd", "3rd")),
        (["red", "low"], ()),
        (["1 a", "1 b"], ()),
    ],
)
def test_orders_of_words_are_guessed(words: list[str], order: tuple[str, ...]) -> None:
    assert scale_of(words) == order
    assert completed(["z"], ["z", *words])[1:] == (order or tuple(sorted(words)))


SIZES = "size,word,y\n" + "".join(
    f"{['low', 'medium', ' high', ''][i % 4]},{'ab'[i // 2 % 2]},{i % 5}.5\n" for i in range(24)
)


def test_ordinal_categories_are_one_input(tmp_path: Path) -> None:
    found = look(tmp_path, SIZES)
    column, word, _ = found.data.recipe.columns
    assert (column.kind, column.order) == ("ordinal", ("low", "medium", "high"))
    dataset = load_own(found.data)
    assert dataset.feature_names == ("size", "word = b")
    np.testing.assert_array_equal(dataset.inputs[:4, 0], [0, 1, 2, np.nan])
    assert (found.columns[0].counts, found.columns[0].labels) == ((6, 6, 6), column.order)
    recipe = found.data.recipe
    other = (
        replace(column, order=("high", "low")),
        replace(word, kind="ordinal"),
        recipe.columns[2],
    )
    again = look(tmp_path, SIZES, replace(recipe, columns=other)).data.recipe
    assert [c.order for c in again.columns] == [("high", "low", "medium"), ("a", "b"), ()]
    with pytest.raises(DataError, match=r"“medium” in line 3 .*is not in the order"):
        load_own(replace(found.data, recipe=replace(recipe, columns=other)))
    classes = look(tmp_path, SIZES, target="size")
    assert load_own(classes.data).class_names == ("low", "medium", "high")


PEOPLE = "id,when,age,sex,y\n" + "".join(
    f"p{i},{2000 + i % 9}-0{1 + i % 7}-11,{'' if i % 6 == 1 else i * i % 17},"
    f"{'m' if i % 4 else 'NA' if i % 8 else 'f'},{'' if i == 7 else i % 5}.5\n".replace(",.5", ",")
    for i in range(40)
)


def test_what_is_seen_of_columns(tmp_path: Path) -> None:
    found = look(tmp_path, PEOPLE)
    seen = {column.name: column for column in found.columns}
    assert [(c.kind, c.missing, c.left) for c in found.columns] == [
        ("identifier", 0, 39),
        ("date", 0, 39),
        ("number", 7, 33),
        ("category", 5, 34),
        ("number", 1, 39),
    ]
    assert (found.rows, found.left) == (40, 39)
    assert seen["sex"].labels == ("m", "f")
    assert seen["sex"].counts == (30, 5)
    assert sum(seen["age"].counts) == 33
    assert all(len(column.counts) <= 20 for column in found.columns)
    columns = [replace(c, missing="drop") for c in found.data.recipe.columns]
    recipe = replace(found.data.recipe, columns=tuple(columns))
    again = look(tmp_path, PEOPLE, recipe)
    assert again.left == load_own(again.data).rows == 28
    assert [column.left for column in again.columns] == [28] * 5


def test_a_look_anew_keeps_what_was_chosen_by_name(tmp_path: Path) -> None:
    text = "a;b;c\n" + "".join(f"{i % 7},5;{i * i % 5};{'xy'[i % 2]}\n" for i in range(30))
    first = look(tmp_path, text).data.recipe
    assert [column.kind for column in first.columns] == ["number", "number", "category"]
    a, b, c = first.columns
    points = replace(first, decimal=".", columns=(a, replace(b, kind="category"), c))
    path = tmp_path / "table.csv"
    with pytest.raises(DataError, match="“0,5” in line 2"):
        propose(path, recipe=points)
    anew = propose(path, recipe=points, chosen={"b", "c"}).data.recipe
    assert [column.kind for column in anew.columns] == ["category", "category", "category"]
    other = propose(path, "a", first).data.recipe
    assert [column.role for column in other.columns] == ["target", "input", "input"]
    headless = propose(path, recipe=replace(first, header=0, decimal=",")).data.recipe
    assert [column.name for column in headless.columns] == ["column 1", "column 2", "column 3"]
    with pytest.raises(DataError, match="other columns"):
        propose(path, recipe=replace(first, header=0), exact=True)
    ignored = replace(first, columns=(replace(a, kind="identifier"), b, c))
    assert propose(path, recipe=ignored).data.recipe.columns[0] == a


def test_only_the_commonest_categories_become_inputs(tmp_path: Path) -> None:
    text = "w,y\n" + "".join(f"{'aaabbcd'[i % 7]},{i % 5}.5\n" for i in range(70))
    recipe = replace(look(tmp_path, text).data.recipe, categories=2)
    names = load_own(look(tmp_path, text, recipe).data).feature_names
    assert names == ("w = a", "w = b", "w = other")
    with pytest.raises(DataError, match="so many categories"):
        replace(recipe, categories=0)


def test_of_many_rows_fewer_categories_become_inputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (table, build, strays):
        monkeypatch.setattr(module, "MOST_CELLS", 1000)
    text = "w,y\n" + "".join(f"w{i % 15},{i % 5}.5\n" for i in range(90))
    found = look(tmp_path, text)
    assert found.data.recipe.categories == 5
    assert "the 5 commonest words are inputs" in str(found.warnings[-1])
    assert load_own(found.data).features == 6
    # Where there is no room for words at all, numbers are left to learn from.
    wide = "w,a,y\n" + "".join(f"{'abc'[i % 3]},{i * i % 7}.5,{i % 5}.5\n" for i in range(330))
    found = look(tmp_path, wide)
    assert load_own(found.data).feature_names == ("a",)
    assert "Ignored, since there are too many rows" in str(found.warnings[-1])
    assert "“w”" in str(found.warnings[-1])


# --------------------------------------------------------------------------- in the Problem


def dated(folder: Path, **values: object) -> Experiment:
    experiment = starting_point(OWN, look(folder, PEOPLE).data)
    return experiment.change("data", test_fraction=0.25, **values)


def test_gaps_are_filled_by_the_training_rows_alone(tmp_path: Path) -> None:
    experiment = dated(tmp_path)
    problem = Problem(experiment)
    raw, age = problem.given.inputs, problem.dataset.feature_names.index("age")
    gaps = np.isnan(raw[:, age])
    known = raw[problem.train.index, age]
    assert gaps[problem.held_out].any()
    median = np.median(known[~np.isnan(known)])
    assert (problem.dataset.inputs[gaps, age] == median).all()
    assert not np.isnan(problem.train.inputs.array()).any()
    assert problem.followed_by(experiment.change("network", dtype="float32")).samples is (
        problem.samples
    )
    changed = [
        problem.followed_by(experiment.change("data", seed=seed)).dataset.inputs[gaps, age]
        for seed in range(5)
    ]
    assert len({tuple(values) for values in changed}) > 1


def test_the_newest_rows_are_the_test(tmp_path: Path) -> None:
    problem = Problem(dated(tmp_path, split="time", validation_fraction=0.25))
    times = problem.given.times
    assert times is not None
    assert problem.validation is not None
    assert problem.test is not None
    ends = [(times[p.index].min(), times[p.index].max()) for p in problem.parts.values()]
    assert ends[0][1] <= ends[1][0] <= ends[1][1] <= ends[2][0]
    assert [part.rows for part in problem.parts.values()] == [19, 10, 10]
    read = Experiment.from_dict(problem.experiment.to_dict())
    assert read == problem.experiment
    with pytest.raises(InvalidChoiceError, match="none are the newest"):
        Problem(starting_point("iris").change("data", split="time"))
    # A column that is ignored still says when a row was.
    found = look(tmp_path, PEOPLE)
    columns = [
        replace(c, role="ignore") if c.name == "when" else c for c in found.data.recipe.columns
    ]
    recipe = replace(found.data.recipe, columns=tuple(columns))
    dataset = load_own(look(tmp_path, PEOPLE, recipe).data)
    assert "when" not in dataset.feature_names
    np.testing.assert_array_equal(dataset.times, times)


@pytest.mark.parametrize("row", [40, 15_000])
def test_a_few_words_among_numbers_and_dates_are_missing_values(tmp_path: Path, row: int) -> None:
    rows = [
        [f"2024-01-{1 + i % 28:02}", f"{i % 7}.5", f"{i % 5}", f"{i % 9}.5"] for i in range(row)
    ]
    rows += [["unknown", "n.k.", "red", "1.5"]] + [
        [*rows[0][:2], word, "2.5"] for word in ("green", "blue", "grey", "red")
    ]
    found = look(tmp_path, "when,a,b,y\n" + "".join(",".join(cells) + "\n" for cells in rows))
    assert [c.kind for c in found.data.recipe.columns] == ["date", "number", "category", "number"]
    assert found.data.recipe.missing[-2:] == ("unknown", "n.k.")
    assert "stand among numbers: “unknown”, “n.k.”" in "\n".join(map(str, found.warnings))
    assert [column.missing for column in found.columns] == [1, 1, 0, 0]
