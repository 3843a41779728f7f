"""The table that panels share: what it reads, paints, follows, copies and leaves out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.look.style import palette
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.table_model import LEFT, Cell, Mark, TableColumn, TableModel, shade_of

from .panel_cases import has_color

ROWS = 100
COLUMNS = [
    TableColumn(
        "name", "What it is called", side=LEFT, least=("a name of some length",), yields=True
    ),
    TableColumn("z", "The sum", "Numbers", least=("−0.000",)),
    TableColumn("a", "What comes of it", "Numbers", least=("−0.000",)),
]


class Numbers(TableModel):
    """Row and column of every cell, and a number that can be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.asked: set[int] = set()
        self.begin(COLUMNS, ROWS)

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        self.asked.update(rows)
        if column == 0:
            return [Cell(f"name {row}", mark=Mark("square", "class", 2)) for row in rows]
        number = self.number if column == 1 else 0
        return [Cell(f"{row}.{number}", 255 if row == 1 else -1) for row in rows]


@pytest.fixture
def table(qtbot: QtBot) -> DataTable:
    made = DataTable(Numbers())
    made.setPalette(palette(LIGHT))
    qtbot.addWidget(made)
    made.resize(400, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def model_of(table: DataTable) -> Numbers:
    model = table.model()
    assert isinstance(model, Numbers)
    return model


def test_only_what_is_seen_is_read(table: DataTable) -> None:
    model = model_of(table)
    model.asked.clear()
    table.refresh()
    assert 5 < len(model.asked) < 15
    table.scrollToBottom()
    assert ROWS - 1 in model.asked and ROWS // 2 not in model.asked
    assert model.index(50, 0).data() == "name 50", "what is asked for is there even so"


def test_only_what_changed_is_told(qtbot: QtBot, table: DataTable) -> None:
    model = model_of(table)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.column(), last.column())))
    table.refresh()
    assert told == []
    model.number = 7
    table.refresh()
    assert told == [(1, 1)]
    assert model.index(3, 1).data() == "3.7"


def test_moments_that_follow_each_other_fast_are_shown_when_they_rest(
    qtbot: QtBot, table: DataTable
) -> None:
    model = model_of(table)
    for number in range(1, 50):
        model.number = number
        table.show_moment()
    qtbot.waitUntil(lambda: model.index(0, 1).data() == "0.49")


def test_washes_and_marks_have_the_colours_of_the_theme(table: DataTable) -> None:
    image: QImage = table.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert has_color(image, LIGHT.class_color(2))
    place = table.visualRect(table.model().index(1, 1)).topLeft()
    at = table.viewport().mapTo(table, place)
    wash = image.pixelColor(at.x() + table.look.gap + 3, at.y() + 3)
    assert wash.blue() > wash.red() + 60, "1 is as blue as can be"
    assert list(map(shade_of, (-2.0, -1.0, 0.0, math.nan, 1.0))) == [0, 0, 128, 128, 255]


def test_a_row_that_is_followed_is_chosen_and_in_sight(qtbot: QtBot, table: DataTable) -> None:
    with qtbot.assertNotEmitted(table.chosen):
        table.follow(70)
    place = table.visualRect(table.model().index(70, 0))
    assert table.viewport().rect().contains(place)
    assert table.selected == {70}
    with qtbot.waitSignal(table.chosen) as caught:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert caught.args == [70, 0]
    table.follow(-1)
    assert not table.selected


def test_other_rows_choose_nothing(qtbot: QtBot, table: DataTable) -> None:
    table.follow(0)
    with qtbot.assertNotEmitted(table.chosen):
        model_of(table).begin(COLUMNS, 4)
    assert not table.selected


def test_chosen_rows_are_copied_as_text(qtbot: QtBot, table: DataTable) -> None:
    table.follow(3)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "\tname\tNumbers z\tNumbers a",
        "4\tname 3\t3.0\t3.0",
        "5\tname 4\t4.0\t4.0",
    ]


def test_a_name_that_is_copied_is_no_formula(qtbot: QtBot, table: DataTable) -> None:
    named = [TableColumn(title, "") for title in ("=1+1", "-0.5")]
    model_of(table).begin([COLUMNS[0], *named], 2)
    assert table.copied().splitlines()[0] == "\tname\t'=1+1\t-0.5"


def test_arrows_walk_though_the_window_has_other_use_for_them(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    table = DataTable(Numbers(), window)
    QVBoxLayout(window).addWidget(table)
    step = QShortcut(Qt.Key.Key_Right, window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.follow(0)
    with qtbot.assertNotEmitted(step.activated), qtbot.waitSignal(table.chosen) as caught:
        qtbot.keyClick(table, Qt.Key.Key_Right)
    assert caught.args == [0, 1]


def test_words_give_way_before_columns_are_scrolled(table: DataTable) -> None:
    wide = table.columnWidth(0)
    bar = table.verticalScrollBar().width()
    table.resize(table.natural_size.width() + bar - 12, 200)
    assert table.columnWidth(0) < wide
    assert table.horizontalScrollBar().maximum() == 0
    table.resize(120, 200)
    assert table.horizontalScrollBar().maximum() > 0


def test_a_picture_has_whole_rows_and_no_bars_and_says_what_it_leaves_out(qtbot: QtBot) -> None:
    table = DataTable(Numbers())
    qtbot.addWidget(table)
    table.whole = True
    table.resize(120, 200)
    table.follow(40)
    table.grab()
    assert not table.verticalScrollBar().isVisible()
    shown = [row for row in range(ROWS) if not table.isRowHidden(row)]
    assert 40 in shown
    assert table.visualRect(table.model().index(shown[-1], 0)).bottom() < table.viewport().height()
    assert table.left_out()[0] == ROWS - len(shown)
    assert table.left_out()[1] > 0


def test_screen_readers_are_told_what_a_number_is(table: DataTable) -> None:
    index = table.model().index(2, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Numbers z: 2.0"
    across = Qt.Orientation.Horizontal
    assert table.model().headerData(1, across, Qt.ItemDataRole.ToolTipRole) == "The sum"


def test_a_text_runs_on_over_columns_that_it_has_and_no_further(table: DataTable) -> None:
    before = table.grab().toImage()
    table.setSpan(2, 0, 1, 2)
    table.viewport().update()
    after, model = table.grab().toImage(), table.model()
    changed = [
        before.copy(place) != after.copy(place)
        for column in range(3)
        for place in [QRect(_corner(table, 2, column), QSize(table.columnWidth(column) - 1, 10))]
    ]
    assert changed == [False, True, False]
    assert model.index(2, 1).data() == "2.0", "which is not seen"


def _corner(table: DataTable, row: int, column: int) -> QPoint:
    across, down = table.columnViewportPosition(column), table.rowViewportPosition(row)
    return table.viewport().mapTo(table, QPoint(across, down + 4))
