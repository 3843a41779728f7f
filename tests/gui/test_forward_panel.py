"""The forward pass: z and a of every sample as the engine has them, and sums that come out."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import exact, fixed, parse
from nnviz.gui.panels.forward import MODES, SAMPLES, ForwardPanel
from nnviz.gui.panels.inspectors.lines import step_for, sum_lines
from nnviz.gui.panels.inspectors.terms import NeuronSum
from nnviz.gui.panels.samples.columns import ALL, Source, cell_text
from nnviz.gui.panels.samples.model import Numbers, rows_of
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

from .panel_cases import colors_of, picture, row_texts, table_of, titles

SIZE = (340, 420)
XOR = PRESETS["xor-2-3-1"].experiment
DIGITS = Experiment(
    DataChoice("digits", test_fraction=0.25),
    NetworkChoice((Dense(64, "relu"), Dense(10, "softmax"))),
    TrainingChoice("categorical_crossentropy", "adam", batch_size=256, learning_rate=0.01),
)
IRIS = Experiment(
    DataChoice("iris", test_fraction=0.3, standardize_inputs=True),
    NetworkChoice((Dense(8, "tanh"), Dense(3, "softmax"))),
    TrainingChoice("categorical_crossentropy", learning_rate=0.05),
)
EXPERIMENTS = {
    "xor": XOR,
    "letters": PRESETS["letters-abc"].experiment,
    "houses": PRESETS["house-prices"].experiment,
    "gaussians": PRESETS["two-gaussians"].experiment,
    "digits": DIGITS,
    "iris": IRIS,
}


@lru_cache(maxsize=32)
def frame_of(name: str, epochs: int = 3, row: int = 0) -> Frame:
    trainer = Trainer(EXPERIMENTS[name])
    history = History(len(EXPERIMENTS[name].network.layers))
    records = (record for record in trainer.steps() if record is not None)
    for record in itertools.islice(records, epochs + 1):
        history.append(record)
    return Frame(history, Inspection(trainer.problem, trainer.snapshot()), row)


def by_hand() -> Frame:
    """XOR 2-3-1 with weights one can reckon with."""
    problem = Problem(XOR)
    flat = np.array([1, -2, 0.5, 3, 1, -1, -1, 0.5, 0.25, 2, -4, 1, 0.125])
    history = History(2)
    return Frame(history, Inspection(problem, Snapshot(0, 0, flat, np.zeros_like(flat))), 2)


def panel_of(qtbot: QtBot, frame: Frame, size: tuple[int, int] = SIZE) -> ForwardPanel:
    panel = ForwardPanel()
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    panel.grab()
    return panel


def press(panel: ForwardPanel, name: str) -> None:
    (button,) = (b for b in panel.findChildren(QAbstractButton, name) if not b.isHidden())
    button.click()


def place_of(table: QTableView, title: str, row: int) -> QPoint:
    """Return the middle of a cell in the viewport."""
    index = table.model().index(row, titles(table).index(title))
    table.scrollTo(index)
    place: QRect = table.visualRect(index)
    return place.center()


def click(qtbot: QtBot, table: QTableView, title: str, row: int) -> None:
    at = place_of(table, title, row)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


# ------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_numbers_are_the_traces_of_their_samples(name: str) -> None:
    inspection = frame_of(name).inspection
    rows = rows_of(inspection.problem, 0)[-5:]
    numbers = Numbers(inspection, rows)
    for line, row in enumerate(rows.tolist()):
        assert numbers.inputs[line] == pytest.approx(inspection.sample_inputs(row))
        for layer, trace in enumerate(inspection.sample_trace(row)):
            for kind, expected in (("z", trace.z[0]), ("a", trace.a[0])):
                sources = [Source(kind, layer, unit) for unit in range(expected.size)]
                found = [float(numbers.of(source)[line]) for source in sources]
                assert found == pytest.approx(expected.tolist(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["houses", "iris"])
def test_standardised_numbers_are_led_back_to_real_units(qtbot: QtBot, name: str) -> None:
    """What is written comes out when it is reckoned after: of each input, and of the answer."""
    frame = frame_of(name, 50, row=4)
    problem, last = frame.inspection.problem, len(frame.inspection.problem.units) - 1

    def written(layer: int, sign: str) -> list[tuple[list[float], float]]:
        lines = sum_lines(NeuronSum(frame, layer, 0), 12)
        return [
            ([*map(parse, re.findall(r"−?[\d.]+", line.label))], parse(line.result))
            for line in lines
            if line.result and sign in line.label
        ]

    inputs, answers = written(0, "÷"), written(last, "×")
    assert len(inputs) == min(problem.dataset.features, 3)
    assert len(answers) == int(name == "houses")
    for (value, mean, scale), said in inputs:
        assert said == pytest.approx((value - mean) / scale, abs=2e-3)
    for (mean, scale, output), said in answers:
        assert said == pytest.approx(mean + scale * output, abs=0.05)
    panel = panel_of(qtbot, frame)
    assert panel.samples.columns[0].detail == "standardised"
    assert "÷" in panel.samples.tip(4, 0)


@pytest.mark.parametrize("name", ["xor", "digits"])
def test_numbers_taken_as_they_are_are_not_called_standardised(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    lines = sum_lines(NeuronSum(frame, 0, 0), 12)
    assert not any("÷" in line.label for line in lines)
    panel = panel_of(qtbot, frame)
    assert not any("standardised" in column.detail for column in panel.samples.columns)


# ------------------------------------------------------------------------------ how it is written


def test_numbers_are_short_and_columns_of_them_have_digits_enough() -> None:
    values = (0.5, -0.0001, -12.3456, 123.456, -4321.0, math.nan, -math.inf)
    assert [*map(cell_text, values)] == ["0.500", "0", "−12.35", "123.5", "−4,321", "–", "−∞"]
    for column, text in (([0, 1], "1"), ([120.5, 3.0], "3.00"), ([2e-6], "2.000e−6")):
        assert fixed(column[-1], step_for(column)) == text


# ------------------------------------------------------------------------------ the panel


def test_the_table_has_every_neuron_and_the_answers(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, by_hand())
    table = table_of(panel, "forward-table")
    assert titles(table) == [
        *("Input x", "Input y"),
        *(f"Hidden 1 {kind}{index}" for index in "₁₂₃" for kind in "za"),
        *("Output z", "Output a", "Answer predicted", "Answer actual", "Answer Right or wrong"),
    ]
    model = table.model()
    shown = row_texts(table, 2)
    assert shown[:5] == ["1", "0", "1.500", "0.818", "2.000"]
    assert shown[-3:] in (["0", "1", "✗"], ["1", "1", "✓"])
    assert str(model.headerData(2, Qt.Orientation.Vertical)) == "3"
    tip = str(model.index(2, 3).data(Qt.ItemDataRole.ToolTipRole))
    assert tip.startswith("a of Hidden 1, neuron 1") and tip.endswith("0.8175745")


def test_clicks_choose_sample_and_neuron_and_open_the_arithmetic(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    table = table_of(panel, "forward-table")
    with qtbot.waitSignal(panel.row_chosen) as caught:
        click(qtbot, table, "Hidden 1 a₃", 3)
    assert caught.args == [3]
    assert panel.view_state() == {"mode": SAMPLES, "layer": ALL, "neuron": [0, 2]}
    heads = table.verticalHeader()
    at = QPoint(6, heads.sectionViewportPosition(1) + 5)
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == [1]
    assert panel.neuron == (0, 2), "a row's number is no neuron's"
    click(qtbot, table, "Output z", 0)
    at = place_of(table, "Output z", 0)
    with qtbot.waitSignal(panel.panel_wanted) as caught:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == ["inspector"]
    assert panel.view_state() == {"mode": SAMPLES, "layer": ALL, "neuron": [1, 0]}
    assert "Output" in panel.description()


def test_a_neuron_chosen_before_the_table_is_seen_is_marked_in_it(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, replace(frame_of("xor"), selection=Selection(1, 0)))
    table = table_of(panel, "forward-table")
    assert [titles(table)[i] for i in sorted(panel.table.marked)] == ["Output z", "Output a"]
    assert titles(table)[table.currentIndex().column()] == "Output z"


def test_arrows_walk_and_return_opens_the_arithmetic(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    table = table_of(panel, "forward-table")
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert caught.args == [1]
    for expected in ((0, 0), (0, 0), (0, 0), (0, 1)):  # an input, then z and a of each
        qtbot.keyClick(table, Qt.Key.Key_Right)
        assert panel.neuron == expected
    with qtbot.waitSignal(panel.panel_wanted):
        qtbot.keyClick(table, Qt.Key.Key_Return)


def test_one_layer_at_a_time_where_there_are_many(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("iris"))

    def layers() -> set[str]:
        return {title.rsplit(" ", 1)[0] for title in titles(table_of(panel, "forward-table"))}

    assert layers() & {"Hidden 1", "Output"} == {"Hidden 1"}
    press(panel, "forward-layer-2")
    assert layers() & {"Hidden 1", "Output"} == {"Output"}
    press(panel, "forward-layer-0")
    assert layers() >= {"Hidden 1", "Output"}


def test_sample_far_down_is_listed_and_scrolled_to(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("gaussians", row=900))
    with qtbot.waitExposed(panel):
        panel.show()
    table = table_of(panel, "forward-table")
    last = table.model().rowCount() - 1
    assert str(table.model().headerData(last, Qt.Orientation.Vertical)) == "901"
    assert [index.row() for index in table.selectionModel().selectedRows()] == [last]
    qtbot.waitUntil(
        lambda: table.viewport().rect().contains(table.visualRect(table.currentIndex()))
    )


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(200, 160), (900, 600)])
def test_every_run_is_drawn_and_described(
    qtbot: QtBot, name: str, mode: str, size: tuple[int, int]
) -> None:
    frame = frame_of(name, row=1)
    panel = panel_of(qtbot, frame, size)
    panel.restore_view({"mode": mode, "neuron": [1, 0]})
    assert len(colors_of(picture(panel, *size))) > 8
    shown = frame.inspection.sample_trace(1)[1].z[0, 0]
    assert f"z = {exact(float(shown))} " in panel.description()


@pytest.mark.parametrize(
    ("before", "state", "after"),
    [
        ("xor", {"mode": "nonsense", "layer": 9, "neuron": [7, 7]}, (SAMPLES, (0, 0))),
        ("digits", {"layer": 1, "neuron": [0, 63]}, (SAMPLES, (0, 0))),
    ],
)
def test_choice_that_does_not_exist_is_given_up(
    qtbot: QtBot, before: str, state: dict[str, object], after: tuple[str, tuple[int, int]]
) -> None:
    panel, frame = panel_of(qtbot, frame_of(before)), frame_of("xor")
    panel.restore_view(state)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    assert (panel.mode, panel.neuron) == after


@pytest.mark.parametrize("name", ["xor", "digits"])
@pytest.mark.parametrize("mode", MODES)
def test_a_picture_has_nothing_to_press_and_is_the_same_again(
    qtbot: QtBot, name: str, mode: str
) -> None:
    frame, made = frame_of(name, row=1), []
    for state in ({"mode": mode, "layer": -1, "neuron": [0, 1]}, {}):
        panel = ForwardPanel()
        qtbot.addWidget(panel)
        panel.bare = True
        panel.resize(800, 600)
        panel.begin(frame.inspection.problem)
        panel.restore_view(state or made[0].view_state())
        panel.show_frame(frame)
        made.append(panel)
    first, second = (picture(panel, 800, 600) for panel in made)
    assert first == second
    assert len(colors_of(first)) > 12
    buttons = [one for one in panel.findChildren(QAbstractButton) if one.isVisibleTo(panel)]
    assert not any(button.isEnabled() for button in buttons)  # corners of tables are not


# ------------------------------------------------------------------------------ while it moves


def on_screen(widget: QWidget) -> QImage:
    """Return the pixels of a window that are there without asking it to paint once more."""
    return widget.screen().grabWindow(widget.winId()).toImage()


@pytest.mark.parametrize("name", ["xor", "digits", "houses"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(340, 420), (700, 260)])
def test_what_did_not_change_was_rightly_left_as_it_was(
    qtbot: QtBot, name: str, mode: str, size: tuple[int, int]
) -> None:
    frame = frame_of(name)
    problem, snapshot = frame.inspection.problem, frame.inspection.snapshot
    panel = panel_of(qtbot, frame, size)
    panel.restore_view({"mode": mode, "layer": ALL, "neuron": [0, 1]})
    with qtbot.waitExposed(panel):
        panel.show()
    bar, rng = table_of(panel, "forward-table").horizontalScrollBar(), np.random.default_rng(6)
    for step, row in enumerate((1, 1, 2, 0)):
        parameters = snapshot.parameters * (1.0 if step == 3 else rng.uniform(0.5, 2.0))
        moment = Snapshot(0, snapshot.epoch, parameters.astype(problem.dtype), snapshot.gradients)
        panel.show_frame(Frame(frame.history, Inspection(problem, moment), row))
        bar.setValue(37 * step)
    fresh = panel_of(qtbot, frame, size)
    fresh.restore_view({"mode": mode, "layer": ALL, "neuron": [0, 1]})
    with qtbot.waitExposed(fresh):
        fresh.show()
    table_of(fresh, "forward-table").horizontalScrollBar().setValue(bar.value())
    qtbot.waitUntil(lambda: on_screen(panel) == on_screen(fresh))
