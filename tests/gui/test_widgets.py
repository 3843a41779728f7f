"""The widgets that Qt lacks: how numbers step and are typed, choices side by side, short labels."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from nnviz.gui.look.style import apply_style, window_sheet
from nnviz.gui.look.theme import DARK, LIGHT, Theme, theme_of
from nnviz.gui.widgets.buttons import IconButton, SegmentedControl, ToggleButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import (
    NumberRange,
    Step,
    TwoReadingsError,
    even_steps,
    log_steps,
)
from nnviz.gui.widgets.text_labels import ElidedLabel, IconLabel

# ------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("value", "up", "expected"),
    [
        (0.03, True, 0.1),
        (0.03, False, 0.01),
        (0.05, True, 0.1),
        (0.05, False, 0.03),
        (1.0, True, 3.0),
        (0.1, False, 0.03),
        (0.0, True, 1e-4),
        (1e-4, False, 0.0),
    ],
)
def test_logarithmic_steps(value: float, up: bool, expected: float) -> None:
    assert log_steps((1, 3), 1e-4)(value, up) == pytest.approx(expected)


def test_steps_lead_to_a_multiple_or_rung_and_back() -> None:
    step, value = log_steps((1, 2, 5), 1), 1.0
    for _ in range(20):
        higher = step(value, True)
        assert higher > value
        assert step(higher, False) == pytest.approx(value)
        value = higher
    even = even_steps(5)
    assert (even(12.5, True), even(12.5, False)) == (15, 10)
    assert (even(15, True), even(15, False)) == (20, 10)


def test_a_share_is_shown_and_stepped_in_per_cent() -> None:
    share = NumberRange(0, 0.9, step=even_steps(5), suffix="%", factor=100)
    assert share.format(1 / 6) == "16.67 %"
    assert share.parse("35") == share.parse("35%") == 0.35
    assert (share.stepped(1 / 6, 1), share.stepped(0.9, 1)) == (0.2, 0.9)


def test_numbers_in_fields_are_written_as_everywhere() -> None:
    assert NumberRange(1, 1e7, whole=True).format(12300) == "12,300"
    assert NumberRange(0, 1e7, whole=True, grouped=False).format(12300) == "12300"
    assert NumberRange(0, 1000).format(2.5e-7) == "2.5e−7"


@pytest.mark.parametrize(
    ("step", "value", "expected"),
    [(even_steps(5), 8, [10.0]), (even_steps(5), 10, []), (lambda v, _: v * 2, 1 / 3, [2 / 3])],
    ids=["to a bound", "at the bound", "from the value, not from its rounded text"],
)
def test_arrows_step(qtbot: QtBot, step: Step, value: float, expected: list[float]) -> None:
    number, said = NumberField("Share", NumberRange(0, 10, step=step)), list[float]()
    qtbot.addWidget(number)
    number.committed.connect(said.append)
    number.show_value(value)
    number.stepUp()
    assert said == expected


@pytest.mark.parametrize("text", ["", "x", "1e", "inf", "nan", "0x10", "1_000", "–"])
def test_text_that_is_no_number(text: str) -> None:
    with pytest.raises(ValueError):
        NumberRange(0, 1).parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3e-2", 0.03),
        (" .5 ", 0.5),
        ("−1", -1.0),
        ("0,03", 0.03),
        ("１２，５", 12.5),
        ("０．０３", 0.03),
        ("1,5e3", 1500.0),
        ("1,000.5", 1000.5),
        ("1,000,000", 1e6),
        ("0,125", 0.125),
    ],
)
def test_text_that_is_a_number(text: str, value: float) -> None:
    assert NumberRange(0, 1).parse(text) == value


def test_commas_of_whole_numbers_part_thousands() -> None:
    rows = NumberRange(1, 1e6, whole=True)
    assert rows.parse("1,000") == 1000
    with pytest.raises(TwoReadingsError) as asked:
        rows.parse("1.000")
    assert asked.value.args == ("1", "1000")
    for text in ("1,5", "0,03", "10,00"):
        with pytest.raises(ValueError):
            rows.parse(text)


@pytest.mark.parametrize(
    ("text", "one", "other"), [("1,000", "1.000", "1000"), ("-25,125", "-25.125", "-25125")]
)
def test_a_comma_that_can_mean_two_things_is_asked_about(
    qtbot: QtBot, text: str, one: str, other: str
) -> None:
    number, said = NumberField("Rate", NumberRange(-1e6, 1e6)), list[str]()
    qtbot.addWidget(number)
    number.refused.connect(said.append)
    qtbot.keyClicks(number.lineEdit(), text)
    number.enter()
    assert one in said[-1] and other in said[-1]
    assert number.text() == text
    for shown in (1500.0, 1234567.0):
        assert number.numbers.parse(number.numbers.format(shown)) == shown


def test_enter_leaves_the_field_and_undo_is_the_windows_where_nothing_is_typed(
    qtbot: QtBot,
) -> None:
    number = NumberField("Rate", NumberRange(0, 10))
    qtbot.addWidget(number)
    number.show()
    number.setFocus()
    undo = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    )
    number.event(undo)
    assert not undo.isAccepted()
    number.lineEdit().selectAll()
    qtbot.keyClicks(number.lineEdit(), "3")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert (number.text(), number.hasFocus()) == ("3", False)


# ------------------------------------------------------------------------------------------- others


def test_one_of_several_is_chosen_by_a_press(qtbot: QtBot) -> None:
    control = SegmentedControl("layer")
    qtbot.addWidget(control)
    control.fill([("1", "Hidden 1"), ("2", "Hidden 2"), ("Out", "Output")], current=2)
    said: list[int] = []
    control.chosen.connect(said.append)
    control.choose(1)
    assert (control.current, said) == (1, [])
    button = control.findChild(QToolButton, "layer-0")
    assert button.accessibleName() == button.toolTip() == "Hidden 1"
    button.click()
    assert (control.current, said) == (0, [0])
    control.fill([("a", "A")])
    assert control.current == 0


def test_other_words_come_onto_the_buttons_that_are_there(qtbot: QtBot) -> None:
    control = SegmentedControl("layer")
    qtbot.addWidget(control)
    control.fill([("1", "Hidden 1"), ("Out", "Output")])
    control.show()
    first, second = control.findChildren(QToolButton)
    control.fill([("1", "First"), ("2", "Second"), ("Out", "Output")], current=2)
    assert control.findChildren(QToolButton)[:2] == [first, second]
    assert [(b.text(), b.toolTip()) for b in (first, second)] == [("1", "First"), ("2", "Second")]
    assert (second.accessibleName(), control.current) == ("Second", 2)
    control.fill([("Only", "One")])
    assert [b for b in control.findChildren(QToolButton) if b.isVisible()] == [first]
    assert (first.text(), control.current) == ("Only", 0)


def test_a_list_stands_for_words_without_room(qtbot: QtBot) -> None:
    words = [("Sample", "One"), ("Pictures", "Many"), ("Confusion", "Which for which")]
    control = SegmentedControl("view")
    qtbot.addWidget(control)
    control.fill(words, current=1)
    control.show()
    listed, button = control.findChild(QComboBox), control.findChild(QToolButton, "view-2")
    for room, whole in ((400, True), (90, False), (400, True), (90, False)):
        control.fit(room)
        assert (listed.isVisible(), button.isVisible()) == (not whole, whole)
        assert control.minimumSizeHint().width() < 60  # nor does it keep its panel from shrinking
    assert listed.currentText() == "Pictures"
    assert [listed.itemText(place) for place in range(3)] == [word for word, _ in words]
    with qtbot.waitSignal(control.chosen) as chosen:
        listed.setCurrentIndex(2)
        listed.activated.emit(2)
    assert chosen.args == [control.current] == [2]
    control.fill(words[:1])
    assert not listed.isVisible()  # now there is room


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_the_pointer_is_over_does_not_look_chosen(qtbot: QtBot, theme: Theme) -> None:
    grounds = set()
    for hovered, chosen in ((False, False), (True, False), (False, True)):
        button = ToggleButton("log", "By powers of ten.")
        qtbot.addWidget(button)
        button.setStyleSheet(window_sheet(theme))
        button.setChecked(chosen)
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, hovered)
        grounds.add(button.grab().toImage().pixelColor(4, 4).name())
    assert len(grounds) == 3


def test_the_first_text_that_has_room_is_shown(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.show()
    whole, brief = "2 – 4 – 1 · 17 parameters", "17 parameters"
    label.set_texts(whole, brief)
    room = label.fontMetrics().horizontalAdvance(whole)
    label.resize(room, 20)
    assert label.text() == whole and not label.toolTip()
    label.resize(room - 1, 20)
    assert label.text() == brief
    assert "2 – 4" in label.toolTip() and "2 – 4" in label.accessibleName()
    label.resize(label.fontMetrics().horizontalAdvance("17 par"), 20)
    assert label.text().startswith("17") and label.text().endswith("…")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_has_no_ground_of_its_own_is_in_the_theme_too(
    qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    apply_style(qapp, theme)
    try:
        area, button = QScrollArea(), IconButton("x", "Remove", "Remove this.")
        qtbot.addWidget(area)
        area.setStyleSheet(window_sheet(theme))
        area.setWidget(button)
        with qtbot.waitExposed(area):
            area.show()
        assert theme_of(area) is theme_of(area.viewport()) is theme_of(button) is theme
        mark = IconLabel(parent=area)
        mark.show_icon("x", "text")
        mark.show()
        before = mark.pixmap().toImage()
        other = DARK if theme is LIGHT else LIGHT
        apply_style(qapp, other)
        area.setStyleSheet(window_sheet(other))
        assert mark.pixmap().toImage() != before
    finally:
        apply_style(qapp, LIGHT)
