"""The forward pass: z and a of every sample as the engine has them, and sums that come out."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
import pytest
from nnviz.gui.panels.forwards.numbers import cell, decimals_for, subscript, written
from nnviz.gui.panels.forwards.places import Room, lay_out, lay_out_whole
from nnviz.gui.panels.forwards.table import SamplesTable
from nnviz.gui.panels.forwards.values import input_scale, read, rows_of
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.export.figure import Shot, render
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import DARK, LIGHT, Theme, blend
from nnviz.gui.panels.forward import ARITHMETIC, SAMPLES, ForwardPanel
from nnviz.gui.panels.forwards.columns import ALL, Column, groups_of
from nnviz.gui.panels.forwards.lines import step_lines, sum_lines
from nnviz.gui.panels.forwards.terms import neuron_sum
from nnviz.gui.panels.outputs.words import figure
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

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
    "published": PRESETS["house-prices-published"].experiment,
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


def panel_of(
    qtbot: QtBot, frame: Frame, size: tuple[int, int] = SIZE, theme: Theme = LIGHT
) -> ForwardPanel:
    panel = ForwardPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    panel.grab()
    return panel


def press(panel: ForwardPanel, name: str) -> None:
    button = panel.findChild(QAbstractButton, name)
    assert button is not None
    button.click()


def place_of(table: SamplesTable, kind: str, layer: int, unit: int, line: int) -> QPoint:
    """Return the middle of a cell of a table that is not scrolled."""
    assert table.places is not None
    for block in table.places.blocks:
        for column, place in block.columns:
            if (column.kind, column.layer, column.unit) == (kind, layer, unit):
                top = dict(table._view().rows(block, table.places))[line]
                return QRect(place.x, top, place.width, table.places.row_height).center()
    raise AssertionError("no such column")


# ------------------------------------------------------------------------------ the numbers


def test_xor_by_hand() -> None:
    frame = by_hand()
    values = read(frame.inspection, np.arange(4), input_scale(frame.inspection.problem))
    z = [values.number(Column("z", "", "", 0, unit), 2) for unit in range(3)]
    assert z == pytest.approx([1 * 1 - 2 * 0 + 0.5, 3 + 0 - 1, -1 + 0 + 0.25])
    a = [1 / (1 + math.exp(-number)) for number in z]
    assert [values.number(Column("a", "", "", 0, u), 2) for u in range(3)] == pytest.approx(a)
    out = 2 * a[0] - 4 * a[1] + a[2] + 0.125
    assert values.number(Column("z", "", "", 1, 0), 2) == pytest.approx(out)
    assert values.number(Column("a", "", "", 1, 0), 2) == pytest.approx(1 / (1 + math.exp(-out)))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_cells_are_the_traces_of_their_samples(name: str) -> None:
    inspection = frame_of(name).inspection
    rows = rows_of(inspection.problem, 0)[-5:]
    values = read(inspection, rows, input_scale(inspection.problem))
    for line, row in enumerate(rows.tolist()):
        assert values.inputs[line] == pytest.approx(inspection.sample_inputs(row))
        for layer, trace in enumerate(inspection.sample_trace(row)):
            for kind, expected in (("z", trace.z[0]), ("a", trace.a[0])):
                columns = [Column(kind, "", "", layer, u) for u in range(expected.size)]
                found = [values.number(column, line) for column in columns]
                assert found == pytest.approx(expected.tolist(), rel=1e-5, abs=1e-6)


def test_answers_agree_with_the_outputs_of_the_run() -> None:
    inspection = frame_of("iris", 20).inspection
    outputs = inspection.outputs("train")
    assert outputs is not None
    rows = outputs.index[:10]
    values = read(inspection, rows, input_scale(inspection.problem))
    for line, row in enumerate(rows.tolist()):
        assert values.label(Column("decided", "", ""), line) == outputs.labels[line]
        assert values.label(Column("true", "", ""), line) == inspection.problem.labels[row]


def test_regression_compares_in_the_targets_own_unit() -> None:
    inspection = frame_of("houses", 50).inspection
    values = read(inspection, np.array([7]), input_scale(inspection.problem))
    predicted, expected, error = (
        values.number(Column(kind, "", ""), 0) for kind in ("predicted", "expected", "error")
    )
    assert expected == inspection.problem.dataset.targets[7, 0]
    assert error == pytest.approx(predicted - expected)


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("most", [0, 1, 3, 12])
def test_terms_rest_and_bias_add_up_to_z(name: str, most: int) -> None:
    frame = frame_of(name, row=1)
    for layer, spec in enumerate(EXPERIMENTS[name].network.layers):
        for unit in (0, spec.units - 1):
            neuron = neuron_sum(frame, layer, unit)
            shown, rest = neuron.largest(most)
            total = sum(float(neuron.products[i]) for i in shown) + rest + (neuron.bias or 0.0)
            assert total == pytest.approx(neuron.z, rel=1e-5, abs=1e-5)
            assert neuron.z == frame.inspection.sample_trace(1)[layer].z[0, unit]
            assert (neuron.bias is None) == (not spec.use_bias)


def test_lines_say_the_sum() -> None:
    frame = by_hand()
    lines = sum_lines(frame.inspection.problem, neuron_sum(frame, 0, 0), 12)
    assert lines[0].label == "z = w₁·x₁ + w₂·x₂ + b"
    terms = [line for line in lines if line.kind == "term"]
    assert [(t.label, t.left, t.right, t.result) for t in terms] == [
        ("x₁", "1", "1", "1.0000"),
        ("x₂", "−2", "0", "0.0000"),
        ("b", "", "", "0.5000"),
    ]
    assert [line.result for line in lines[-2:]] == ["1.5000", "0.8176"]


def test_largest_terms_come_first_and_the_rest_is_summed() -> None:
    frame = frame_of("digits")
    neuron = neuron_sum(frame, 1, 4)
    shown, rest = neuron.largest(12)
    sizes = np.abs(neuron.products)
    assert sizes[shown].tolist() == sorted(sizes, reverse=True)[:12]
    left_out = np.delete(neuron.products, shown)
    assert rest == pytest.approx(left_out.sum())
    lines = sum_lines(frame.inspection.problem, neuron, 12)
    assert any(line.label == "… 52 more terms sum to" for line in lines)


def test_layer_without_bias_has_none_in_its_sum() -> None:
    frame = frame_of("letters")
    problem, neuron = frame.inspection.problem, neuron_sum(frame, 1, 2)
    assert neuron.bias is None
    lines = [*sum_lines(problem, neuron, 12), *step_lines(problem, neuron)]
    assert not any(line.label == "b" for line in lines)
    assert lines[0].label == "z = w₁·a₁ + w₂·a₂ + … + w₅·a₅"


def test_softmax_shows_its_quotient() -> None:
    neuron = neuron_sum(frame_of("iris"), 1, 0)
    shares = neuron.shares()
    assert shares is not None
    assert shares[0] / shares[1] == pytest.approx(neuron.a)


# ------------------------------------------------------------------------------ the last step


@pytest.mark.parametrize("name", ["xor", "iris", "houses", "letters"])
def test_last_step_leads_from_the_parameters_before_to_those_now(name: str) -> None:
    epochs = 4
    frame = frame_of(name, epochs)
    trainer = Trainer(EXPERIMENTS[name])
    steps = trainer.steps()
    done, batches = 0, trainer.updates_until(1)
    for _ in range(epochs * batches):  # the record of epoch 0, and all batches but the last
        record = next(steps)
        done += record is not None
    before = Inspection(trainer.problem, trainer.snapshot())
    for layer in range(before.layers):
        for step in neuron_sum(frame, layer, 0).steps:
            biases, weights = before.biases(layer), before.weights(layer)[0]
            expected = biases[0] if step.index < 0 else weights[step.index]
            assert step.rate is not None
            assert step.before == pytest.approx(float(expected), rel=1e-12, abs=1e-12)


def test_step_of_another_optimiser_is_only_a_gradient() -> None:
    frame = frame_of("digits")
    neuron = neuron_sum(frame, 1, 0)
    assert [step.rate for step in neuron.steps] == [None, None]
    index = neuron.steps[0].index
    assert index == np.abs(neuron.weights).argmax()
    assert neuron.steps[0].gradient == frame.inspection.weight_gradients(1)[0, index]
    assert neuron.steps[1].gradient == frame.inspection.bias_gradients(1)[0]
    lines = step_lines(frame.inspection.problem, neuron)
    assert "Adam" in lines[0].label
    assert lines[1].label.startswith("∂L/∂w")


def test_there_is_no_step_before_the_first() -> None:
    frame = frame_of("xor", 0)
    neuron = neuron_sum(frame, 0, 0)
    assert neuron.steps == ()
    assert [line.kind for line in step_lines(frame.inspection.problem, neuron)] == ["note"]


# ------------------------------------------------------------------------------ how it is written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.500"),
        (-0.0001, "0.000"),
        (-9.9996, "−10.00"),
        (123.456, "123.5"),
        (-4321.0, "−4321"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
    ],
)
def test_cells_are_short(value: float, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [([0, 1], "1"), ([0.25], "0.2500"), ([120.5, 3.0], "3.00"), ([2e-6], "2.00e−06")],
)
def test_columns_have_digits_enough(values: list[float], text: str) -> None:
    assert written(values[-1], decimals_for(values)) == text


def test_index() -> None:
    assert subscript(120) == "₁₂₀"


# ------------------------------------------------------------------------------ where it is


def widths(groups: tuple, each: int = 40) -> dict[Column, int]:
    return {column: each for group in groups for column in group.columns}


def test_table_is_in_one_line_stacked_or_scrolls() -> None:
    groups = groups_of(Problem(XOR))
    natural = widths(groups)
    wide = lay_out(groups, natural, 4, Room(900, 200, 20))
    assert len(wide.blocks) == 1 and not wide.scrolls
    narrow = lay_out(groups, natural, 4, Room(340, 420, 20))
    assert len(narrow.blocks) > 1 and not narrow.scrolls
    assert narrow.height <= 420 and narrow.width <= 340
    low = lay_out(groups, natural, 4, Room(340, 150, 20))
    assert len(low.blocks) == 1 and low.scrolls
    for places in (wide, narrow, low):
        columns = [column for block in places.blocks for column, _ in block.columns]
        assert columns == [column for group in groups for column in group.columns]


def test_z_and_a_of_a_neuron_stay_together() -> None:
    groups = groups_of(frame_of("digits", 0).inspection.problem)
    places = lay_out(groups, widths(groups), 2, Room(300, 100_000, 20))
    for block in places.blocks:
        kinds = [column.kind for column, _ in block.columns if column.is_neuron]
        assert kinds == ["z", "a"] * (len(kinds) // 2)


def test_picture_shows_what_fits_and_counts_the_rest() -> None:
    groups = groups_of(frame_of("digits", 0).inspection.problem)
    natural = widths(groups)
    places = lay_out_whole(groups, natural, 200, Room(400, 300, 20))
    shown = sum(len(block.columns) for block in places.blocks)
    assert places.height <= 300 and places.rows >= 1
    assert shown + places.missing == len(natural)


# ------------------------------------------------------------------------------ the panel


def test_click_chooses_sample_and_neuron(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    at = place_of(panel.table, "a", 0, 2, 3)
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == [3]
    assert panel.neuron == (0, 2)
    assert panel.mode == SAMPLES


def test_click_on_a_number_chooses_the_sample_alone(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    at = place_of(panel.table, "z", 0, 0, 1)
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(6, at.y()))
    assert caught.args == [1]
    assert panel.neuron == (0, 0)


def test_double_click_opens_the_arithmetic(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    at = place_of(panel.table, "z", 1, 0, 0)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.mode == ARITHMETIC
    assert panel.sum.neuron is not None
    assert (panel.sum.neuron.layer, panel.sum.neuron.unit) == (1, 0)


def test_arrows_walk(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert caught.args == [1]
    for expected in ((0, 1), (0, 2), (1, 0), (1, 0)):
        qtbot.keyClick(panel.table, Qt.Key.Key_Right)
        assert panel.neuron == expected
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert panel.mode == ARITHMETIC


def test_steppers_choose_layer_neuron_and_sample(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor", row=1))
    press(panel, "forward-mode-1")
    press(panel, "forward-step-neuron-next")
    assert panel.neuron == (0, 1)
    press(panel, "forward-step-layer-next")
    assert panel.neuron == (1, 0)
    with qtbot.waitSignal(panel.row_chosen) as caught:
        press(panel, "forward-step-sample-previous")
    assert caught.args == [0]


def test_one_layer_at_a_time_where_there_are_many(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("iris"))
    assert {column.layer for column in panel.table.columns() if column.is_neuron} == {0}
    press(panel, "forward-layer-2")
    assert {column.layer for column in panel.table.columns() if column.is_neuron} == {1}
    press(panel, "forward-layer-0")
    assert {column.layer for column in panel.table.columns() if column.is_neuron} == {0, 1}


def test_sample_far_down_is_listed_and_scrolled_to(qtbot: QtBot) -> None:
    frame = frame_of("gaussians", row=900)
    panel = panel_of(qtbot, frame)
    press(panel, "forward-mode-0")
    panel.grab()
    table = panel.table
    assert table.chosen == table.samples - 1
    assert table.values is not None
    assert 900 in table.values.rows
    assert table.values.rows.size < 40  # only what is seen is computed


def test_same_moment_is_not_read_again(qtbot: QtBot) -> None:
    frame = frame_of("xor")
    panel = panel_of(qtbot, frame)
    before = panel.table.values
    panel.show_frame(Frame(frame.history, frame.inspection, frame.row))
    assert panel.table.values is before
    panel.show_frame(Frame(frame.history, frame.inspection, frame.row + 1))
    assert panel.table.values is not before


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("mode", [SAMPLES, ARITHMETIC])
@pytest.mark.parametrize("size", [(200, 160), (470, 240), (900, 600)])
def test_every_run_is_drawn_and_described(
    qtbot: QtBot, name: str, mode: str, size: tuple[int, int]
) -> None:
    frame = frame_of(name, row=1)
    panel = panel_of(qtbot, frame, size)
    panel.restore_view({"mode": mode, "neuron": [1, 0]})
    assert inked(panel.grab().toImage())
    shown = frame.inspection.sample_trace(1)[1].z[0, 0]
    assert f"z = {figure(float(shown), 6)} " in panel.description()


def inked(image: QImage) -> bool:
    """Say whether there is text or colour below the head of the panel."""
    pixels = np.frombuffer(
        image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32
    ).reshape(image.height(), -1)
    return bool(np.unique(pixels[60:]).size > 8)


def test_theme_changes_at_once(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    light = panel.grab().toImage().pixelColor(2, SIZE[1] - 3).name()
    panel.set_theme(DARK)
    image = panel.grab().toImage()
    assert light == LIGHT.surface
    assert image.pixelColor(2, SIZE[1] - 3).name() == DARK.surface
    at = place_of(panel.table, "input", -1, 0, 2) + panel.table.pos()
    wanted = blend(DARK.positive, DARK.surface, 0.5)
    corner = image.pixelColor(at - QPoint(5, 8))  # an input of 1 has the full colour
    assert corner.name() == wanted


def test_second_instance_is_the_same_picture(qtbot: QtBot) -> None:
    frame = frame_of("xor", row=2)
    panel = panel_of(qtbot, frame)
    for state in ({"mode": ARITHMETIC, "layer": -1, "neuron": [1, 0]}, {"mode": SAMPLES}):
        panel.restore_view(state)
        second = ForwardPanel(LIGHT)
        qtbot.addWidget(second)
        second.restore_view(panel.view_state())
        second.resize(*SIZE)
        second.begin(frame.inspection.problem)
        second.show_frame(frame)
        assert second.view_state() == panel.view_state()
        assert second.grab().toImage() == panel.grab().toImage()


def test_foreign_view_is_survived(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"))
    panel.restore_view({"mode": "nonsense", "layer": 9, "neuron": [7, 7]})
    assert panel.view_state() == {"mode": SAMPLES, "layer": -1, "neuron": [0, 0]}


def test_choice_that_no_longer_exists_is_given_up(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("digits"))
    panel.restore_view({"mode": ARITHMETIC, "layer": 1, "neuron": [0, 63]})
    frame = frame_of("xor")
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    assert panel.neuron == (0, 0)
    assert panel.mode == ARITHMETIC


@pytest.mark.parametrize("name", ["xor", "digits", "letters"])
@pytest.mark.parametrize("mode", [SAMPLES, ARITHMETIC])
def test_export_has_nothing_to_press(qtbot: QtBot, name: str, mode: str) -> None:
    frame = frame_of(name, row=1)
    state = {"mode": mode, "layer": -1, "neuron": [0, 1]}
    image = render(
        Shot(ForwardPanel, state, frame.inspection.problem, frame),
        PictureOptions(800, 600, 2, theme="light"),
    )
    assert (image.width(), image.height()) == (800, 600)
    assert inked(image)
    panel = ForwardPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.bare = True
    panel.begin(frame.inspection.problem)
    panel.restore_view(state)
    panel.show_frame(frame)
    panel.grab()
    assert not any(button.isVisibleTo(panel) for button in panel.findChildren(QAbstractButton))


# ------------------------------------------------------------------------------ while it moves


def on_screen(widget: QWidget) -> QImage:
    """Return the pixels of a window that are there without asking it to paint once more."""
    return widget.screen().grabWindow(widget.winId()).toImage()


@pytest.mark.parametrize("name", ["xor", "digits", "iris", "houses"])
@pytest.mark.parametrize("mode", [SAMPLES, ARITHMETIC])
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
    table, rng = panel.table, np.random.default_rng(6)
    for step, row in enumerate((1, 1, 2, 0)):
        table.horizontalScrollBar().setValue(37 * step)
        parameters = snapshot.parameters * (1.0 if step == 3 else rng.uniform(0.5, 2.0))
        moment = Snapshot(0, snapshot.epoch, parameters.astype(problem.dtype), snapshot.gradients)
        panel.show_frame(Frame(frame.history, Inspection(problem, moment), row))
        qtbot.waitUntil(lambda: on_screen(panel) == panel.grab().toImage())
    fresh = panel_of(qtbot, frame, size)
    fresh.restore_view({"mode": mode, "layer": ALL, "neuron": [0, 1]})
    fresh.table.horizontalScrollBar().setValue(table.horizontalScrollBar().value())
    for part, other in ((table, fresh.table), (panel.sum, fresh.sum)):
        if not part.isHidden():
            seen = on_screen(panel).copy(part.geometry())
            assert seen == fresh.grab().toImage().copy(other.geometry())


def test_description_is_right_once_the_picture_rests(qtbot: QtBot) -> None:
    frame = frame_of("xor")
    panel = panel_of(qtbot, frame)
    with qtbot.waitExposed(panel):
        panel.show()
    for row in (1, 2, 3):
        panel.show_frame(Frame(frame.history, frame.inspection, row))
    qtbot.waitUntil(lambda: panel.accessibleDescription() == panel.description())
    assert "sample 4" in panel.accessibleDescription()
