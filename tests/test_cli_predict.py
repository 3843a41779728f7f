"""`nnviz predict`: a table and a network come in, a table with answers goes out."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from nnviz.cli import main
from nnviz.datasets.own.build import OWN
from nnviz.datasets.own.proposal import propose
from nnviz.storage.project import read_project
from nnviz.storage.spreadsheet import no_formula
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.inspection import Inspection
from nnviz.training.prediction import read_rows
from nnviz.training.problem import Problem

SIZES = ("small", "medium", "large")
CITIES = ("Bonn", "Köln", "Ulm")
FILLED = "Values are missing and filled in:"


def table(rows: int = 40) -> str:
    lines = ["area,city,heated,price"]
    for i in range(rows):
        area = "" if i == 5 else str(20 + i * 7 % 60)
        city = "" if i == 6 else CITIES[i % 3]
        lines.append(f"{area},{city},{('no', 'yes')[i * 5 % 7 > 2]},{i % 9}.5")
    return "\n".join(lines) + "\n"


@pytest.fixture
def own(tmp_path: Path) -> Experiment:
    """An experiment on a person's own table."""
    path = tmp_path / "houses.csv"
    path.write_text(table(), encoding="utf-8")
    return starting_point(OWN, propose(path).data).change("training", epochs=3)


def read(path: Path, delimiter: str = ",") -> list[list[str]]:
    return [*csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=delimiter)]


def saved(experiment: Experiment, path: Path) -> Inspection:
    """Train an experiment on the command line and save the run; return its end."""
    asked = path.with_suffix(".json")
    asked.write_text(json.dumps(experiment.to_dict()))
    assert main(["train", "--experiment", str(asked), "--save", str(path)]) == 0
    run = read_project(path).run
    assert run is not None and run.epochs == experiment.training.epochs
    return Inspection(Problem(run.experiment), run.result)


def predict(experiment: Path, data: Path, output: Path) -> int:
    options = ("--experiment", experiment, "--data", data, "--output", output)
    return main(["predict", *map(str, options)])


def test_a_date_is_predicted_in_days_and_answered_as_a_date(tmp_path: Path) -> None:
    days, out = np.datetime64("2024-01-01") + np.arange(60), tmp_path / "out.csv"
    table, run = tmp_path / "orders.csv", tmp_path / "run.nnviz"
    rows = zip(days, days + np.arange(60) * 7 % 30, strict=True)
    table.write_text("sent,arrived\n" + "".join(f"{sent},{come}\n" for sent, come in rows))
    found = propose(table)
    assert "“arrived” is predicted in days since 1970-01-01." in map(str, found.warnings)
    moment = saved(starting_point(OWN, found.data).change("training", epochs=3), run)
    assert moment.problem.dataset.target_unit == "days"
    assert predict(run, table, out) == 0
    header, *answered = read(out)
    given = moment.problem.dataset.inputs
    known = moment.problem.decode_outputs(moment.trace(given)[-1].a)[:, 0]
    dates = np.datetime64("1970-01-01") + np.rint(known).astype(int)
    assert header[-1] == "prediction"
    assert [row[-1] for row in answered] == [str(date) for date in dates]


def test_a_saved_run_has_all_its_epochs_to_look_at(own: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "run.nnviz"
    moment = saved(own, path)
    run = read_project(path).run
    assert run is not None
    assert [checkpoint.epoch for checkpoint in run.checkpoints] == [0, 1, 2, 3]
    first, last = run.checkpoints[0], run.checkpoints[-1]
    assert (last.parameters == moment.snapshot.parameters).all()
    assert (first.parameters != last.parameters).any()


def test_a_saved_run_answers_for_rows_in_other_columns_and_signs(
    own: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = saved(own, tmp_path / "run.nnviz")
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text("about;Heated;area;city\nx;yes;50,5;Ulm\ny;no;;\nz;no;20;Paris\n")
    assert predict(tmp_path / "run.nnviz", new, out) == 0
    header, *rows = read(out, ";")
    assert header == ["about", "Heated", "area", "city", "prediction", "note"]
    # Columns: area, one each for the cities, none at all, and heated.
    median = np.median(moment.problem.dataset.inputs[moment.problem.train.index, 0])
    given = np.array([[50.5, 0, 0, 1, 0, 1], [median, 0, 0, 0, 1, 0]])
    known = moment.problem.decode_outputs(moment.trace(given)[-1].a)[:, 0]
    written = [float(row[4].replace(",", ".")) for row in rows[:2]]
    np.testing.assert_allclose(written, known, rtol=1e-8)
    assert "," in rows[0][4] and "." not in rows[0][4]
    assert rows[0][:4] == ["x", "yes", "50,5", "Ulm"] and rows[0][5] == ""
    assert rows[1][5] == f"{FILLED} “area”, “city”."
    assert rows[2][4] == ""
    assert "Line 4, column “city”: “Paris” is in no row" in rows[2][5]
    told = capsys.readouterr()
    assert rows[2][5] in told.err and rows[1][5] in told.err
    assert "2 of 3 rows are answered, 1 of them with values filled in" in told.out


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("area;city;heated\n1.050,5;Ulm;no\n20,5;Ulm;no\n", [1050.5, 20.5]),
        ('area,city,heated\n"1,050.5",Ulm,no\n20.5,Ulm,no\n', [1050.5, 20.5]),
        ("area,city,heated\n1,Ulm,no,,\n2,Ulm,no,\n", [1, 2]),
        ("a report\n" * 40 + "city\theated\tarea\nUlm\tno\t7\nUlm\tno\t8\n", [7, 8]),
    ],
)
def test_a_table_is_read_as_it_is_written(
    own: Experiment, tmp_path: Path, text: str, areas: list[float]
) -> None:
    (tmp_path / "new.csv").write_text(text)
    rows = read_rows(tmp_path / "new.csv", Problem(own))
    assert rows.inputs[:, 0].tolist() == areas and not rows.problems


def test_where_only_gaps_are_filled_in_there_is_a_note_too(
    own: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "asked.json").write_text(json.dumps(own.to_dict()))
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text("area,city,heated\n,Ulm,no\n5,Ulm,no\n")
    assert predict(tmp_path / "asked.json", new, out) == 0
    assert [row[-1] for row in read(out)] == ["note", f"{FILLED} “area”.", ""]
    assert f"nnviz: {FILLED} “area”.\n" in capsys.readouterr().err


def test_an_experiment_is_trained_first_and_classes_have_probabilities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = starting_point("iris").change("training", epochs=2)
    names = Problem(asked).dataset.feature_names
    (tmp_path / "asked.json").write_text(json.dumps(asked.to_dict()))
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text(",".join([*names[::-1], "prediction"]) + "\n1,4,3,6,0\n0.2,1.4,3.5,5.1,\n")
    assert predict(tmp_path / "asked.json", new, out) == 0
    assert "it is trained" in capsys.readouterr().err
    header, *rows = read(out)
    classes = Problem(asked).dataset.class_names
    assert header[5:] == ["prediction (2)", *(f"probability of {name}" for name in classes)]
    for row in rows:
        shares = [float(cell) for cell in row[6:]]
        assert sum(shares) == pytest.approx(1.0)
        assert row[5] == classes[int(np.argmax(shares))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,heated\n1,no\n", "has no column called “city”"),
        ("area,city,heated\n", "has no rows"),
        ("area,city,heated\nbig,Ulm,no\n", "Line 2, column “area”: “big” is no number"),
        ("area,city,heated\n1e31,Ulm,no\n", "“1e31” is no number to calculate with."),
        ("area,city,heated\n1,Ulm,\n", "Line 2, column “heated”: the value is missing."),
        ("\n\narea,city,heated\n1,Ulm\n", "Line 4 has 2 cells where the table has 3 columns."),
        ('area,city,heated\n1,Ulm,"no\n2,Ulm,no\n', "A cell in line 2 of “new.csv” has no end."),
        ("", "is empty"),
    ],
)
def test_a_table_that_cannot_be_answered_for_says_why(
    own: Experiment, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "asked.json").write_text(json.dumps(own.to_dict()))
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text(text)
    assert predict(tmp_path / "asked.json", new, out) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_answers_are_not_written_under_the_name_of_a_workbook(
    own: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "asked.json").write_text(json.dumps(own.to_dict()))
    out = tmp_path / "out.XLSX"
    assert predict(tmp_path / "asked.json", tmp_path / "houses.csv", out) == 1
    assert "Let --output end in .csv." in capsys.readouterr().err and not out.exists()


def test_the_rows_of_a_table_are_the_inputs_that_were_made_of_them(
    own: Experiment, tmp_path: Path
) -> None:
    problem = Problem(own)
    rows = read_rows(tmp_path / "houses.csv", problem)
    filled = np.flatnonzero([row[0] == "" for row in rows.cells])
    kept = np.setdiff1d(np.arange(40), filled)
    np.testing.assert_array_equal(rows.inputs[kept], problem.dataset.inputs[kept])
    np.testing.assert_array_equal(rows.targets, problem.dataset.targets[:, 0])
    assert rows.fits(problem) and not rows.problems


def test_dates_and_ordered_words_are_read_as_in_the_table_that_was_learned_from(
    tmp_path: Path,
) -> None:
    rows = (f"{1 + i % 28}.{1 + i % 12}.2024,{SIZES[i % 3]},{i % 7}.5" for i in range(60))
    path, new = tmp_path / "sizes.csv", tmp_path / "new.csv"
    path.write_text("\n".join(["day,size,price", *rows]))
    problem = Problem(starting_point(OWN, propose(path, "price").data))
    size, day = (problem.dataset.feature_names.index(name) for name in ("size", "day"))
    assert problem.dataset.categories[0].is_ordinal
    median = np.median(problem.dataset.inputs[problem.train.index, size])
    known = read_rows(path, problem)
    np.testing.assert_array_equal(known.inputs, problem.dataset.inputs)
    new.write_text("size,day\nlarge,2024-01-01\n,1.1.2024\nhuge,1.1.2024\nsmall,soon\n")
    found = read_rows(new, problem)
    assert found.inputs[:2, size].tolist() == [2.0, median]
    assert found.inputs[0, day] == found.inputs[1, day]
    assert "“huge” is in no row" in str(found.problems[2])
    assert "“soon” is not a date." in str(found.problems[3])


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "-x", "＝1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_quoted(cell: str) -> None:
    assert no_formula(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3.25", "-1,234.5", "-1e-9", "-12%", "-", "a=1", ""])
def test_numbers_and_words_are_written_as_they_are(cell: str) -> None:
    assert no_formula(cell) == cell


def test_formulas_among_words_and_names_are_quoted_in_the_file(
    own: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "asked.json").write_text(json.dumps(own.to_dict()))
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text("=a,area,city,heated\n=1+1,-5,Ulm,no\n")
    assert predict(tmp_path / "asked.json", new, out) == 0
    header, row = read(out)
    assert header[0] == "'=a" and row[:2] == ["'=1+1", "-5"]
    assert re.fullmatch(r"-?[\d.]+(e-?\d+)?", row[4])
