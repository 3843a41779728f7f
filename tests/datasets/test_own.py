"""A person's own tables: what is understood of a file, what it becomes, and what is refused."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz import cli
from nnviz.datasets.own import build, shape, table, text
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.proposal import Proposal, propose
from nnviz.datasets.own.recipe import OwnColumn, OwnData, Recipe
from nnviz.datasets.own.text import guessed_encoding
from nnviz.errors import DataError, NnvizError, UnknownNameError
from nnviz.training.choices import starting_point
from nnviz.training.comparison import comparable_loss, differences
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.reading import recipe_of

CITIES = "{0},{1},{2}\n{3},100,300\n{4},80,280\n{3},90,290\n{4},70,265\n"


def saved(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def look(folder: Path, content: str | bytes, target: str = "") -> Proposal:
    return propose(saved(folder, content), target)


def warned(proposal: Proposal) -> str:
    return "\n".join(map(str, proposal.warnings))


# ----------------------------------------------------------------------------------- as written


@pytest.mark.parametrize(
    ("codec", "expected", "words"),
    [
        ("utf-8", "utf-8", ("Größe", "Fläche", "Preis", "Köln", "Zürich")),
        ("utf-8-sig", "utf-8", ("城市", "面积", "价格", "北京", "上海")),
        ("utf-16", "utf-16", ("城市", "面积", "价格", "北京", "上海")),
        ("cp1252", "cp1252", ("Größe", "Fläche", "Preis", "Köln", "Zürich")),
        ("cp1252", "cp1252", ("nom", "âge", "prix", "Renée", "José")),
        ("gbk", "gb18030", ("城市", "面积", "价格", "北京", "上海")),
        ("gb18030", "gb18030", ("姓名", "性别", "分数", "张三", "李四")),
        ("big5", "big5", ("城市", "面積", "價格", "臺北", "高雄")),
        ("shift_jis", "cp932", ("都市", "めんせき", "価格", "とうきょう", "おおさか")),
        ("euc_kr", "cp949", ("도시", "면적", "가격", "서울", "부산")),
        ("cp1251", "cp1251", ("город", "площадь", "цена", "Москва", "Казань")),
        ("cp1250", "cp1250", ("město", "obyvatelé", "výška", "Plzeň", "Ústí")),
        ("euc_jp", "euc_jp", ("都市", "めんせき", "価格", "とうきょう", "おおさか")),
    ],
)
def test_encodings_are_recognised(
    tmp_path: Path, codec: str, expected: str, words: tuple[str, ...]
) -> None:
    found = look(tmp_path, CITIES.format(*words).encode(codec))
    assert found.data.recipe.encoding == expected
    assert [column.name for column in found.data.recipe.columns] == [*words[:3]]
    dataset = load_own(found.data)
    shown = sorted(words[3:])[1]  # of two values, the second says all
    assert dataset.feature_names == (f"{words[0]} = {shown}", words[1])
    assert dataset.target_name == words[2]


SENTENCES = {
    "cp1252": (
        "Das Mädchen läuft über die Straße und hört Musik.",
        "L'été dernier, nous sommes allés à la plage près de la forêt.",
        "El niño comió una manzana más grande que su cabeza.",
        "Søren og Åse bor på en øy nær sjøen.",
        "crème brûlée à côté",
        "São Paulo e Brasília",
        "20 °C, 7 £, 5 €",
        "5 µg/l",
        "0.3 µm, 2 m²",
    ),
    "cp1250": (
        "Příliš žluťoučký kůň úpěl ďábelské ódy.",
        "Zażółć gęślą jaźń, bo w nocy było zimno.",
        "A győri szűcs különös szavakat mond.",
    ),
    "cp1251": ("Мама мыла раму, а папа читал газету.", "Это хорошая книга.", "пол: м или ж"),
    "gb18030": (
        "神经网络通过反向传播算法学习权重。",
        "这家餐厅的服务态度非常差，不推荐。",
        "品种：山鸢尾，变色鸢尾",
    ),
    "big5": (
        "神經網路透過反向傳播演算法學習權重。",
        "這家餐廳的服務態度非常差，不推薦。",
        "台積電、鴻海、聯發科",
    ),
    "cp932": ("今日は天気がいいので、公園を散歩します。", "商品：りんご、バナナ", "番号とﾃｽﾄ"),
    "euc_jp": (
        "今日は天気がいいので、公園を散歩します。",
        "商品：りんご、バナナ",
        "田中、佐藤、鈴木",
    ),
    "cp949": ("오늘은 날씨가 좋아서 공원을 산책했습니다.", "상품: 사과, 바나나", "맑음과 흐림"),
}


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [(encoding, sentence) for encoding, all_ in SENTENCES.items() for sentence in all_],
)
def test_sentences_are_read_in_their_encoding(encoding: str, sentence: str) -> None:
    table = f'a,text\n1,"{sentence}"\n2,"{sentence}"\n'
    assert guessed_encoding(table.encode(encoding), "table.csv") == encoding


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "   "])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, newline: str) -> None:
    rows = [("a", "b", "c"), ("1", "2.5", "3"), ("4", "-5e1", ".5"), ("7", "8", "9.0")]
    text = newline.join(separator.join(row) for row in rows)
    dataset = load_own(look(tmp_path, text).data)
    np.testing.assert_array_equal(dataset.inputs, [[1, 2.5], [4, -50], [7, 8]])
    np.testing.assert_array_equal(dataset.targets, [[3], [0.5], [9]])


@pytest.mark.parametrize(
    ("text", "signs", "numbers"),
    [
        ("a;b\n1,5;2\n2,25;3\n", (",", ""), [1.5, 2.25]),
        ("a;b\n1.234,5;2\n2,25;3\n", (",", "."), [1234.5, 2.25]),
        ('a,b\n"1,5",2\n"2,25",3\n', (",", ""), [1.5, 2.25]),
        ('a,b\n"1,234.5",2\n"12",3\n', (".", ","), [1234.5, 12]),
        ("a\tb\n1.5\t2\n2.25\t3\n", (".", ""), [1.5, 2.25]),
        ("a,b\n1'234.5,2\n12,3\n", (".", "'"), [1234.5, 12]),
        ('a,b\n"$1,234.50",2\n-$12.25,3\n', (".", ","), [1234.5, -12.25]),
        ("a;b\n3.664.088;2\n599.664;3\n", (",", "."), [3664088, 599664]),
        ("a;b\n3.664.088;2,5\n599.664;3,5\n", (",", "."), [3664088, 599664]),
        ("a;b\n1.664;2\n59.5;3\n", (".", ""), [1.664, 59.5]),
        ("a;b\n1.234,5 €;2\n2,25 €;3\n", (",", "."), [1234.5, 2.25]),
        ("a;b\n1\u00a0234,5;2\n-2\u202f345,25;3\n", (",", ""), [1234.5, -2345.25]),
        ("a,b\n5%,2\n12.5 %,3\n", (".", ""), [5, 12.5]),
        ("a,b\n\u22125.5,2\n12.5,3\n", (".", ""), [-5.5, 12.5]),
    ],
)
def test_decimals_and_thousands(
    tmp_path: Path, text: str, signs: tuple[str, str], numbers: list[float]
) -> None:
    found = look(tmp_path, text)
    assert (found.data.recipe.decimal, found.data.recipe.thousands) == signs
    assert load_own(found.data).inputs[:, 0].tolist() == numbers


@pytest.mark.parametrize(
    ("text", "layout", "names"),
    [
        ("1,2\n3,4\n", (0, 0, 0), ["column 1", "column 2"]),
        ("area,price\nm²,euro\n1,2\n3,4\n", (2, 0, 0), ["area m²", "price euro"]),
        ("Prices of 2020\n\na,b\n1,2\n3,4\n5,7\n", (1, 2, 0), ["a", "b"]),
        ("a,b,c\n1,2,3\n4,5,6\nTotal,7,9\nSource: us\n\n", (1, 0, 2), ["a", "b", "c"]),
        ("a,b,c\n1,2,3\n4,5,6\n\nNote,,\n", (1, 0, 1), ["a", "b", "c"]),
        ('a,a,""\n1,2,3\n3,4,5\n', (1, 0, 0), ["a", "a (2)", "column 3"]),
        ('"two\nlines",b\n1,2\n\n3,4\n', (1, 0, 0), ["two lines", "b"]),
        ("a\u202eb\x07,<b>\n1,2\n3,4\n", (1, 0, 0), ["a b", "<b>"]),
        # As spreadsheets and banks write them: other lines have as many cells as rows have.
        ("Prices;;;\n;;;\na;b;c;d\n1;2;3;4\n2;3;4;5\n1;3;4;6\n", (1, 2, 0), [*"abcd"]),
        ("Of;2020;;\na;b;c;d\n1;2;3;4\n2;3;4;5\n3;4;5;6\n", (1, 1, 0), [*"abcd"]),
        ("a;b;c;d\n1;2;3;4\n2;3;4;5\n\nSum:;;7;\nRows;2;;\n;;;\n", (1, 0, 3), [*"abcd"]),
        ("a,b,c,d\n1,2,3,4\n2,3,,\n", (1, 0, 0), [*"abcd"]),
        ("month,sales\n1,2\n2,4\nTotal,6\n", (1, 0, 1), ["month", "sales"]),
        ("length,,kind\ncm,mm,\n1,2,x\n3,4,y\n", (2, 0, 0), ["length cm", "mm", "kind"]),
        # Names may be numbers.
        ("kind,2019,2020,2021\nx,5,3,4\ny,2,4,3\n", (1, 0, 0), ["kind", "2019", "2020", "2021"]),
        ("1,2,3\n4,5,6\n", (0, 0, 0), ["column 1", "column 2", "column 3"]),
        ("kind,2019,2\n1,5,3\n2,4,3\n", (1, 0, 0), ["kind", "2019", "2"]),
    ],
)
def test_headers_and_lines_around_the_table(
    tmp_path: Path, text: str, layout: tuple[int, int, int], names: list[str]
) -> None:
    found = look(tmp_path, text)
    recipe = found.data.recipe
    assert (recipe.header, recipe.skip, recipe.skip_end) == layout
    assert [column.name for column in recipe.columns] == names
    assert load_own(found.data).rows == (3 if recipe.skip else 2)
    assert ("outside the table" in warned(found)) == bool(recipe.skip or recipe.skip_end)


@pytest.mark.parametrize("gap", ["?", ""])
def test_rows_without_their_numbers_are_rows(tmp_path: Path, gap: str) -> None:
    found = look(tmp_path, f"a,b,c\n{gap},x,p\n2,y,q\n3,y,p\n4,x,q\n")
    assert [column.name for column in found.data.recipe.columns] == ["a", "b", "c"]
    assert load_own(found.data).rows == 4
    found = look(tmp_path, f"1,2,{gap},{gap}\n2,3,4,5\n3,4,5,8\n")
    assert (found.data.recipe.skip, found.data.recipe.header) == (0, 0)


R_ROWS = (("Mazda RX4", 21.0, 6), ("Datsun 710", 22.8, 4), ("Valiant", 18.1, 6))


@pytest.mark.parametrize(
    "written",
    [
        '"mpg" "cyl"\n' + "".join(f'"{name}" {x} {y}\n' for name, x, y in R_ROWS),
        "mpg cyl\n" + "".join(f"{i} {x} {y}\n" for i, (_, x, y) in enumerate(R_ROWS, 1)),
        '"mpg" "cyl"\n' + "".join(f'"{3 * i}" {x} {y}\n' for i, (_, x, y) in enumerate(R_ROWS)),
        "mpg\tcyl\n" + "".join(f"{name}\t{x}\t{y}\n" for name, x, y in R_ROWS),
        '"mpg" "cyl"\n' + "".join(f'"{n}" {x:.2f} {y}\n'.replace(".", ",") for n, x, y in R_ROWS),
    ],
)
def test_names_of_rows_may_have_no_heading(tmp_path: Path, written: str) -> None:
    found = look(tmp_path, written)
    columns = [(column.name, column.role) for column in found.data.recipe.columns]
    assert columns == [("rownames", "ignore"), ("mpg", "input"), ("cyl", "target")]
    np.testing.assert_array_equal(load_own(found.data).inputs[:, 0], [21.0, 22.8, 18.1])
    exact = propose(tmp_path / "table.csv", recipe=found.data.recipe, exact=True)
    assert exact.data == found.data


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Cars of, Europe\na,b,c\n1,2,3\n4,5,7\n", ["a", "b", "c"]),
        ("Cars of, Europe\n1,5,3\n4,5,7\n2,9,1\n3,3,8\n", ["column 1", "column 2", "column 3"]),
        ("Cars\na,b\n1,2\n4,5\n", ["a", "b"]),
    ],
)
def test_a_title_above_a_table_is_no_heading(
    tmp_path: Path, written: str, names: list[str]
) -> None:
    assert [c.name for c in look(tmp_path, written).data.recipe.columns] == names


def test_words_that_recur_are_no_names(tmp_path: Path) -> None:
    rows = "".join(f"{'abc'[i % 3]},{'xy'[i % 2]},{'pqr'[i // 2 % 3]}\n" for i in range(12))
    assert look(tmp_path, rows).data.recipe.header == 0
    assert look(tmp_path, f"a,kind,way\n{rows}").data.recipe.header == 1
    rows = "1,x,2\n2,y,3\n"
    assert look(tmp_path, f"a,b,c\n{rows}a,b,c\n{rows}").data.recipe.header == 1


# --------------------------------------------------------------------------------- what it becomes

PEOPLE = "id,sex,age,weight,junk,class\n" + "".join(
    f"{i + 1},{'m' if i % 2 else 'f'},{i * i % 17 if i != 3 else '?'},{i % 5}.5,x,"
    f"{'yes' if i % 3 else 'no'}\n"
    for i in range(30)
)


def test_roles_kinds_and_gaps(tmp_path: Path) -> None:
    found = look(tmp_path, PEOPLE)
    roles = {c.name: (c.role, c.kind) for c in found.data.recipe.columns}
    assert roles["id"] == ("ignore", "identifier")
    assert roles["junk"] == ("ignore", "category")
    assert roles["sex"] == ("input", "category")
    assert roles["class"] == ("target", "category")
    told = warned(found)
    assert "Ignored, the same in all rows: “junk”" in told
    assert "Ignored, identifiers or free text: “id”" in told
    assert "filled in: “age”" in told
    dataset = load_own(found.data)
    assert dataset.class_names == ("no", "yes")
    assert dataset.feature_names == ("sex = m", "age", "weight")
    np.testing.assert_array_equal(dataset.inputs[3], [1, np.nan, 3.5])
    dropping = replace(
        found.data.recipe,
        columns=tuple(replace(c, missing="drop") for c in found.data.recipe.columns),
    )
    left = load_own(replace(found.data, recipe=dropping))
    assert left.rows == 29
    np.testing.assert_array_equal(left.inputs, np.delete(dataset.inputs, 3, axis=0))
    assert propose(Path(found.data.path), recipe=dropping).left == 29
    number = look(tmp_path, PEOPLE, "age")
    assert number.data.recipe.task == "regression"
    assert load_own(number.data).rows == 29  # nothing is invented for a target
    with pytest.raises(UnknownNameError, match="Did you mean weight"):
        look(tmp_path, PEOPLE, "wieght")


def test_categories_are_capped_and_gaps_are_one_of_them(tmp_path: Path) -> None:
    words = [f"w{i % 26:02}" for i in range(26 * 4)] + ["w00"] * 30 + ["", "NA"]
    text = "word,y\n" + "".join(f"{word},{i}.5\n" for i, word in enumerate(words))
    dataset = load_own(look(tmp_path, text).data)
    names = dataset.feature_names
    assert names == (*(f"word = w{i:02}" for i in range(20)), "word = other", "word = missing")
    np.testing.assert_array_equal(dataset.inputs.sum(axis=1), 1)
    assert dataset.inputs.sum(axis=0).tolist() == [34, *[4] * 19, 24, 2]


def test_doubtful_tables_are_warned_of(tmp_path: Path) -> None:
    rows = [(i, i * 7 % 10, i * 3 % 11) for i in range(40)]
    text = "a,b,copy,y\n" + "".join(f"{a * a % 13},{b},{2 * c + 1}.0,{c}.5\n" for a, b, c in rows)
    assert "These give “y” away: “copy”." in warned(look(tmp_path, text))
    text = "a,code,y\n" + "".join(
        f"{i * i % 13},{'ab'[i % 2]},{['no', 'yes'][i % 2]}\n" for i in range(40)
    )
    assert "“code”" in warned(look(tmp_path, text))
    assert "“code”" in warned(look(tmp_path, text.replace("3,b,", "3,,", 1)))
    days = "".join(
        f"2024-{1 + i // 28}-{1 + i % 28},{i * i % 7},{i * 7 % 41}.5\n" for i in range(40)
    )
    assert "away" not in warned(look(tmp_path, f"a,b,y\n{days}"))
    squares = "".join(f"{i * 7 % 40},{i * 7 % 40 * i * 7 % 40},{i * i}.5\n" for i in range(40))
    assert "away" not in warned(look(tmp_path, f"a,b,y\n{squares}"))
    squares = "".join(f"{i % 7},{(i + 1) ** 2},{i * 0.5 + 0.25}\n" for i in range(40))
    assert "These give “y” away: “b”." in warned(look(tmp_path, f"a,b,y\n{squares}"))
    assert "too few to test them: “rare”" in warned(look(tmp_path, f"{text}3,a,rare\n"))
    assert "stand among numbers: “unknown”" in warned(look(tmp_path, f"{text}unknown,a,no\n"))
    wide = ",".join(f"c{i}" for i in range(300))
    numbers = "\n".join(",".join(str((i + 3) * r * r % 19) for i in range(300)) for r in range(9))
    assert "many for 9 rows" in warned(look(tmp_path, f"{wide}\n{numbers}\n"))


def test_signs_of_money_are_read_whatever_else_is_in_the_column(tmp_path: Path) -> None:
    rows = "".join(f"${i}.50,{i * i % 7}\n" for i in range(40))
    found = look(tmp_path, f"a,y\n{rows}unknown,3\nNA,4\n")
    assert "“unknown”" in warned(found)
    inputs = load_own(found.data).inputs[:, 0]
    assert inputs[:40].tolist() == [i + 0.5 for i in range(40)]
    assert np.isnan(inputs[40:]).all()
    with pytest.raises(DataError, match=r"“\$1\?” in line 42 .* is not a number"):
        propose(saved(tmp_path, f"a,y\n{rows}$1?,3\n"), "", found.data.recipe)


def test_no_column_of_too_many_words_is_proposed_as_target(tmp_path: Path) -> None:
    rows = [f"{i % 9}.5,{i % 7}.5,w{i % 110}" for i in range(330)]
    assert look(tmp_path, "\n".join(["a,b,label", *rows])).data.recipe.target.name == "b"


# ------------------------------------------------------------------------------- what is refused

TABLE = "a,b\n1,2\n3,4\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ('"', "no rows"),
        ("a,b\n", "no rows"),
        ("a\n1\n2\n", "one column only"),
        ("a,b\n1,2\n3\n5,6\n7,8\n", "Line 3 .* has 1 cells where the others have 2"),
        ("a,b\n1,2\n3,4,5\n5,6\n", "Line 3 .* has 3 cells"),
        ('a,b\n1,2\n3,"4\n5,6\n', "line 3 .* has no end"),
        ('a,b\n1,x "2\n3,4\nn.k.,6"\n7,"8\n', "line 5 .* has no end"),
        ("姓名,分数\n张三李四王五,1\n".encode() * 5 + b"\xff,2\n", "Line 11 .*encoding utf-8"),
        ("id,a\n,2\n,3\n,5\n", "the others are the same in all rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "not a table written as text"),
        (b"PK\x03\x04" + bytes(50), "is damaged"),
        ('[{"a": 1, "b": 2}, {"a": 2, "b": 3}]', "is JSON, not a table"),
        (gzip.compress(TABLE.encode() * 50)[:30], "cannot be unpacked: it ends too early"),
        (b"\x1f\x8b\x08broken", "cannot be unpacked"),
        (gzip.compress(bytes(2**21)), "larger than 1 MB"),
        ("a,b\n1,2\n3,1e308\n4,5\n", "“1e308” in line 3 .*column “b”, is too large"),
        ("a,b\n1,2\n3,-1e999\n4,5\n", "“-1e999” in line 3"),
        (f"a,b\n1,2\n3,{'9' * 5000}\n4,5\n", "“9999.* in line 3 .*is too large"),
        ("a,b\n?,\n1,\n2,?\n", "Choose a table with more columns|0 would be left"),
        ("a,b\n1,5\n2,5\n", "the same in all rows"),
        ("a,b\n" + "1,2\n" * 1001, "too large: 1,001 rows or more of 2 columns"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "bytes",
)
def test_bad_files_get_a_sentence(
    tmp_path: Path, content: str | bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 1000)
    monkeypatch.setattr(text, "MOST_BYTES", 2**20)
    with pytest.raises(DataError, match=sentence) as caught:
        look(tmp_path, content)
    assert caught.value.remedy


def test_names_of_files_are_cleaned_in_sentences(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n1,2\n3\n5,6\n7,8\n", "x\u202ey\x1b{0}.csv")
    with pytest.raises(DataError, match=r"“x y \{0\}.csv” has 1 cells"):
        propose(path)
    with pytest.raises(DataError, match=r"“x y \{0\}.csv” cannot be read"):
        propose(tmp_path / "x\u202ey\x1b{0}.csv" / "x\u202ey\x1b{0}.csv")


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    locked = saved(tmp_path, TABLE, "locked.csv")
    locked.chmod(0)
    for path, sentence in (
        (tmp_path, "has 0 sub-folders with pictures"),
        (tmp_path / "pipe", "not a file"),
        (Path("/dev/zero"), "not a file"),
        (tmp_path / "none.csv", "No such file"),
        (Path("a\0b"), "cannot be read"),
        *([(locked, "Permission denied")] if os.geteuid() else []),
    ):
        with pytest.raises(DataError, match=sentence):
            propose(path)
    packed = saved(tmp_path, gzip.compress(TABLE.encode()), "table.csv.gz")
    assert load_own(propose(packed).data).rows == 2


def test_a_recipe_is_checked_against_the_file(tmp_path: Path) -> None:
    found = look(tmp_path, "a,b,c\n1,x,2\n3,inf,4\n5,y,6\n")
    recipe = found.data.recipe

    def refused(sentence: str, **changes: Any) -> None:
        with pytest.raises(DataError, match=sentence):
            load_own(replace(found.data, recipe=replace(recipe, **changes)))

    a, b, c = recipe.columns
    refused(
        "“x” in line 2 .*column “b”, is not a number", columns=(a, replace(b, kind="number"), c)
    )
    refused("“inf” in line 3", columns=(a, replace(b, kind="number"), c), missing=("x", "y"))
    refused("other columns .*“c”", columns=(a, b, replace(c, name="d")))
    refused("other columns .*“c”", columns=(a, replace(b, role="target")))
    refused("one column only|other columns", separator=";")
    refused("Of the 3 rows .* 0 would be left: “c” is missing in 3", missing=("2", "4", "6"))
    refused("one column has to be the target", columns=(a, b))
    refused("one column has to be an input", columns=(c,))
    refused("same name", columns=(a, a, c))
    refused("same sign", thousands=".")
    saved(tmp_path, b"a,b,c\n1,\xff\xfe,2\n")
    with pytest.raises(DataError, match="no longer what it was"):
        load_own(replace(found.data, recipe=replace(recipe, skip_end=0, header=1, skip=1)))


# ----------------------------------------------------------------------------------- in Experiments


@pytest.mark.parametrize(
    ("target", "task"), [("class", "classification"), ("weight", "regression")]
)
def test_the_command_line_trains_on_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, task: str
) -> None:
    path = saved(tmp_path, PEOPLE, "people.csv")
    common = ["train", "--epochs", "20", "--json"]
    assert cli.main([*common, "--data", str(path), "--target", target]) == 0
    out, told = capsys.readouterr()
    figures = json.loads(out.splitlines()[-1])
    assert "30 rows" in told
    assert ("train_accuracy" in figures) == (task == "classification")
    recipe = tmp_path / "recipe.json"
    asked = [*common, "--data", str(path), "--target", target, "--write-recipe", str(recipe)]
    assert cli.main(asked) == 0
    assert json.loads(recipe.read_text("utf-8")) == figures["data"]["recipe"]
    capsys.readouterr()
    assert cli.main([*common, "--data", str(path), "--recipe", str(recipe)]) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    other = saved(tmp_path, PEOPLE.replace("weight", "mass"), "other.csv")
    assert cli.main([*common, "--data", str(other), "--recipe", str(recipe)]) == 1
    assert "other columns than “other.csv” has: “mass”" in capsys.readouterr().err
    wrong = saved(tmp_path, recipe.read_text("utf-8").replace('"utf-8"', '"utf8"'), "wrong.json")
    assert cli.main([*common, "--data", str(path), "--recipe", str(wrong)]) == 1
    assert "“wrong.json” is no recipe that can be used. “recipe.enc" in capsys.readouterr().err
    experiment = starting_point(OWN, propose(path, target).data).change("training", epochs=20)
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment
    written = saved(tmp_path, json.dumps(experiment.to_dict()), "experiment.json")
    assert cli.main([*common, "--experiment", str(written)]) == 0
    third = json.loads(capsys.readouterr().out.splitlines()[-1])
    for one in (figures, again, third):
        for figure in ("seconds", "epochs_per_second"):
            del one[figure]
    assert figures == again == third
    path.unlink()
    load_own.cache_clear()
    dataset_of.cache_clear()
    build._alive.clear()  # as in another process
    assert cli.main([*common, "--experiment", str(written)]) == 1
    assert "people.csv” cannot be read: No such file" in capsys.readouterr().err


def test_experiments_on_two_files_are_of_other_data(tmp_path: Path) -> None:
    one = starting_point(OWN, propose(saved(tmp_path, PEOPLE, "one.csv"), "weight").data)
    two = starting_point(OWN, propose(saved(tmp_path, PEOPLE, "two.csv"), "age").data)
    assert [str(found.title) for found in differences(one, two)] == ["own data"]
    assert one.data.spec.title == "one.csv"
    assert comparable_loss(one, one)
    assert one.data.spec != two.data.spec


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"encoding": "rot13"}, "Invalid enum value"),
        ({"separator": ",,"}, "Invalid enum value"),
        ({"header": "1"}, "Expected `?int"),
        ({"header": -1}, "so many lines of a header"),
        ({"skip": 10**12}, "so many lines to skip"),
        ({"skip_end": 101}, "so many lines to skip"),
        ({"more": 1}, "unknown field"),
        ({"columns": []}, "one column has to be the target"),
        ({"columns": [{"name": "a", "role": "boss"}]}, "Invalid enum value"),
    ],
)
def test_damaged_recipes_are_refused(change: dict[str, Any], sentence: str) -> None:
    columns = [{"name": "a"}, {"name": "b", "role": "target"}]
    expected = Recipe((OwnColumn("a"), OwnColumn("b", "target")))
    assert recipe_of({"columns": columns}) == expected
    with pytest.raises(DataError, match=sentence):
        recipe_of({"columns": columns, **change})
    values = starting_point("xor").to_dict()
    values["data"]["file"] = {"path": "a", "sha256": "", "recipe": {"columns": columns, **change}}
    with pytest.raises(NnvizError):
        Experiment.from_dict(values)
    values["data"]["file"]["recipe"] = {"columns": columns}
    with pytest.raises(DataError, match="has to be one for the sample “own”"):
        Experiment.from_dict(values)
    values["data"]["sample"] = OWN
    assert Experiment.from_dict(values).data.file == OwnData("a", "", expected)


# -------------------------------------------------------------------------------- how it is read


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab,;"\n ', max_size=40), st.sampled_from((7, 2**22)))
def test_lines_are_counted_as_a_reader_of_cells_would(body: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shape, "_BLOCK", block)
        counted = shape.even_shape(f"{body}\n".encode(), ",", 1000)
    if counted is not None:
        rows = [cells for _, cells in table.Text("t", f"{body}\n", ",").rows()]
        # A row of one empty cell is left out as an empty line.
        given_rows = [cells for cells in rows if len(cells) > 1 or cells[0].strip()]
        assert {len(cells) for cells in rows} <= {counted[1]}
        assert counted[1] == 1 or counted[0] == len(given_rows)


def test_reading_tells_how_far_it_is_and_can_be_ended(tmp_path: Path) -> None:
    path, told = saved(tmp_path, PEOPLE), list[float]()
    propose(path, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert any(0.2 < share < 0.8 for share in told)

    def end(done: float) -> None:
        if done > 0.2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        propose(path, progress=end)
