"""Workbooks and Orange's tables, and how files are recognised by what is in them."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from nnviz import cli
from nnviz.datasets.own import workbook
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.formats import files_of, own_hash
from nnviz.datasets.own.proposal import propose
from nnviz.errors import DataError
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from tests.datasets.workbooks import cell, ods, rows_xml, xlsx

HOUSES = [
    ("Prices of 2020",),
    (),
    ("area", "rooms", "city", "price"),
    *((i % 9 * 3.5, i % 4 + 1, ["a\tb\nc", "北京"][i % 2], i * 7 % 31 + 0.1) for i in range(30)),
    ("Source: us",),
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(folder: Path, content: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def warned(path: Path) -> str:
    return "\n".join(map(str, propose(path).warnings))


def workbooks() -> dict[str, bytes]:
    notes = [("hello",), ("x",)]
    sheets = {"notes": notes, "houses": HOUSES, "empty": []}
    return {
        "xlsx": xlsx({name: rows_xml(rows) for name, rows in sheets.items()}),
        "ods": ods(sheets),
    }


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_fullest_sheet_of_a_workbook_is_a_table(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path, workbooks()[kind], f"houses.{kind}")
    found = propose(path, "price")
    assert found.sheets == ("houses", "notes")
    assert "Of 2 sheets one is read: “houses”." in warned(path)
    assert "the first “Prices of 2020”" in warned(path)
    assert "the first “Source: us”" in warned(path)
    dataset = load_own(found.data)
    assert dataset.feature_names == ("area", "rooms", "city = 北京")
    np.testing.assert_array_equal(dataset.inputs[:, 0], [row[0] for row in HOUSES[3:-1]])
    np.testing.assert_array_equal(dataset.targets[:, 0], [row[3] for row in HOUSES[3:-1]])
    experiment = starting_point(OWN, found.data)
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment
    other = replace(found.data.recipe, sheet="notes")
    with pytest.raises(DataError, match="has no rows"):
        load_own(replace(found.data, recipe=other))
    with pytest.raises(DataError, match="one column only"):
        propose(path, sheet="notes")
    with pytest.raises(DataError, match=r"no sheet “prices”.*Choose one of these: “houses”"):
        load_own(replace(found.data, recipe=replace(other, sheet="prices")))


def test_a_workbook_of_excel_97() -> None:
    found = propose(Path(__file__).parent / "files" / "houses.xls", "price")
    assert found.sheets == ("houses", "notes")
    assert found.first[0] == ("2001-01-01", "2.5", "北京", "1.5")
    assert [c.kind for c in found.data.recipe.columns] == ["date", "number", "category", "number"]
    assert load_own(found.data).rows == 20


def test_cells_of_a_sheet_are_written_as_a_table_needs_them() -> None:
    rows = [("date", "day", "a"), (45000, 45000.25, 1e-7), (45001.5, 3.0, 1e20)]
    (text,) = workbook.sheets_of(xlsx({"s": rows_xml(rows)}), "s.xlsx").values()
    assert text.split("\n") == [
        "date\tday\ta",
        "2023-03-15\t45000.25\t1e-07",
        "2023-03-16T12:00:00\t3\t1e+20",
        "",
    ]
    far = xlsx({"s": f'<row r="3">{cell("C3", 1)}{cell("D3", 2)}</row>'})
    assert [*workbook.sheets_of(far, "s.xlsx").values()] == ["\n\n1\t2\n"]  # lines are rows


def test_errors_in_a_sheet_name_its_row(tmp_path: Path) -> None:
    rows = [("a", "b"), *((i, i * i % 7) for i in range(9)), (1, 1e300)]
    path = saved(tmp_path, xlsx({"s": rows_xml(rows)}), "t.xlsx")
    with pytest.raises(DataError, match=r"in line 11 of “t.xlsx”, column “b”"):
        propose(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (xlsx({"a": "", "b": ""}), "No sheet .* has anything in it"),
        (
            xlsx({"a": f'<row r="1">{cell("A1", 1)}</row>{cell("XFD1048576", 2)}'}),
            "too large: 1,048,576 rows or more of 16,384 columns",
        ),
        (xlsx({"a": " " * 3 * 2**20}), "would have 3 MB unpacked"),
        (workbooks()["xlsx"][:900], "is damaged"),
        (workbooks()["xlsx"].replace(b"xl/_rels/w", b"xl/_relx/w"), "cannot be read|anything"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + bytes(2000), "cannot be read"),
        (b"%PDF-1.4", "is a PDF"),
        (b"<!DOCTYPE html><table>", "is a web page"),
        (b"\x80\x04\x95", "pickle, which could run a program"),
        (b"\x89PNG\r\n\x1a\n", "is a picture.*Open the folder"),
    ],
    ids=lambda value: value[:16] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_gets_a_sentence(
    tmp_path: Path, content: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 2 * 2**20)
    with pytest.raises(DataError, match=sentence) as caught:
        propose(saved(tmp_path, content, "table.xlsx"))
    assert caught.value.remedy


def test_files_are_what_is_in_them(tmp_path: Path) -> None:
    text = saved(tmp_path, "a,b\n1,2\n3,4\n5,7\n", "text.xlsx")
    assert "whatever its name ends in: Text" in warned(text)
    book = saved(tmp_path, workbooks()["xlsx"], "book.csv")
    assert "whatever its name ends in: Workbook" in warned(book)
    assert "whatever" not in warned(saved(tmp_path, workbooks()["ods"], "book.ods"))
    packed = saved(tmp_path, gzip.compress(workbooks()["ods"]), "book.ods.gz")
    assert "whatever" not in warned(packed)
    assert load_own(propose(packed).data).rows == 30


IRIS = """sepal\tpetal\tnote\tsize\tplant
continuous\tc\tstring\tsmall large\td
\t\tmeta\t\tclass
""" + "".join(
    f"{i % 7}.5\t{i % 3}\tq{i}\t{['small', 'large'][i % 2]}\t{'ab'[i % 2]}\n" for i in range(20)
)


def test_oranges_header_says_kinds_and_roles(tmp_path: Path) -> None:
    found = propose(saved(tmp_path, IRIS, "iris.tab"))
    told = [(c.name, c.role, c.kind) for c in found.data.recipe.columns]
    assert told == [
        ("sepal", "input", "number"),
        ("petal", "input", "number"),
        ("note", "ignore", "category"),
        ("size", "input", "category"),
        ("plant", "target", "category"),
    ]
    assert load_own(found.data).rows == 20
    assert propose(Path(found.data.path), "petal").data.recipe.target.name == "petal"
    roles = saved(tmp_path, IRIS.replace("\t\tmeta\t\tclass", "i\tclass\tm\t\t"), "roles.tab")
    recipe = propose(roles).data.recipe
    assert [c.role for c in recipe.columns] == ["ignore", "target", "ignore", "input", "input"]
    assert recipe.task == "regression"
    # Few different strings could be categories, but Orange's strings are no inputs.
    texts = IRIS.replace("meta", "").replace("\tq1", "\tq")
    columns = propose(saved(tmp_path, texts, "texts.tab")).data.recipe.columns
    assert columns[2].role == "ignore"
    wrong = saved(tmp_path, IRIS.replace("0.5\t0", "1e300\t0"), "wrong.tab")
    with pytest.raises(DataError, match=r"“1e300” in line 4 of “wrong.tab”, column “sepal”"):
        propose(wrong)


def test_the_command_line_trains_on_a_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, workbooks()["xlsx"], "houses.xlsx")
    recipe = saved(tmp_path, json.dumps(asdict(propose(path, "rooms").data.recipe)), "recipe.json")
    common = ["train", "--data", str(path), "--epochs", "2", "--json"]
    assert cli.main([*common, "--target", "rooms"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert cli.main([*common, "--recipe", str(recipe)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["data"] == first["data"]


def test_a_file_taken_elsewhere_is_the_same_data(tmp_path: Path) -> None:
    own = propose(saved(tmp_path, workbooks()["ods"], "houses.ods"), "price").data
    (tmp_path / "other").mkdir()
    for name, file in files_of(own).items():
        (tmp_path / "other" / name).write_bytes(file.read_bytes())
    there = replace(own, path=str(tmp_path / "other" / Path(own.path).name))
    assert own_hash(there) == own.sha256
    assert Path(there.path).parent.name == "other"
    np.testing.assert_array_equal(load_own(there).inputs, load_own(own).inputs)
