"""Stepping through the passes: on the picture, in the panel, by keys, by itself and in exports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.engine.layers.normalization import BatchNormLayer
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.numbers import parse
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.main_window import MainWindow
from nnviz.gui.network import NetworkPanel
from nnviz.gui.panels.inspectors.sum_table import SumTable
from nnviz.gui.panels.walk import WalkPanel
from nnviz.gui.panels.walks.lines import in_words, made_lines, stage_lines, words_of
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.plot import Plot
from nnviz.gui.shell import walk_through
from nnviz.training.backward import BIAS
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer
from nnviz.training.walk import Stage

from .panel_cases import EXPERIMENTS, has_color, picture

CASES = {
    **{name: EXPERIMENTS[name] for name in ("xor", "houses", "iris")},
    "pictures": Experiment(
        DataChoice("digits", rows=40),
        NetworkChoice(
            (Conv2D(2, 3, activation="tanh"), MaxPool2D(), Flatten(), Dropout(0.4), Dense(10))
        ),
        TrainingChoice(batch_size=16),
    ),
    "norm": Experiment(
        DataChoice("iris", standardize_inputs=True),
        NetworkChoice((Dense(4, "tanh"), BatchNorm(), Dense(3, "softmax"))),
        TrainingChoice("categorical_crossentropy", batch_size=16),
    ),
}


def frame_at(name: str, kind: str, layer: int, batch: bool = False) -> Frame:
    """Return a frame of a run at a stage."""
    trainer = Trainer(CASES[name])
    trainer.advance(3)
    kept = (trainer.checkpoint(),)
    history = History(len(CASES[name].network.layers))
    inspection = Inspection(trainer.problem, trainer.snapshot())
    frame = Frame(history, inspection, 1, checkpoints=kept, walk=WalkPlace(0, batch))
    if batch:
        frame = replace(frame, row=int(frame.walked().rows[2]))
    place = frame.walked().stages.index(Stage(kind, layer))
    return replace(frame, walk=WalkPlace(place, batch))


def shown(qtbot: QtBot, kind: type[WalkPanel | NetworkPanel], frame: Frame) -> QWidget:
    panel = kind()
    qtbot.addWidget(panel)
    panel.resize(420, 520)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    return panel


# ---------------------------------------------------------------------- the panel


def test_no_bar_comes_and_goes_with_the_height_of_the_lines(qtbot: QtBot) -> None:
    """Lines are smaller where it is narrow: with a bar they fitted, without it they did not."""
    panel = shown(qtbot, WalkPanel, frame_at(next(iter(CASES)), "inputs", -1, False))
    panel.show()
    for height in (900, 60):
        panel.resize(300, height)
        bars = panel.findChild(QScrollArea).verticalScrollBar()
        assert bars.isVisible()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("batch", [False, True])
def test_every_stage_has_its_lines_and_they_come_out(qtbot: QtBot, name: str, batch: bool) -> None:
    frame = frame_at(name, "inputs", -1, batch)
    panel, walk = shown(qtbot, WalkPanel, frame), frame.walked()
    for place, stage in enumerate(walk.stages):
        panel.show_frame(replace(frame, walk=WalkPlace(place, batch)))
        assert panel.heading.accessibleName().startswith(f"{place + 1} of {len(walk.stages)} · ")
        chosen = Selection(stage.layer, walk.unit(stage, -2, 0))
        lines = stage_lines(frame, walk, stage, chosen)
        assert lines
        for line in (line for line in lines if line.operator == "×" and line.result):
            product = parse(line.left) * parse(line.right)
            assert parse(line.result) == pytest.approx(product, rel=0.02, abs=1e-4)
        if stage.kind == "delta":
            told = lines[-1].result or words_of(lines)[-1].rpartition(" = ")[2]
            delta = walk.layers[stage.layer].delta[chosen.unit, walk.column]
            assert parse(told) == pytest.approx(delta, rel=1e-3)
        elif stage.kind in ("sum", "activation") and not in_words(lines[-1]):
            built = walk.layers[stage.layer]
            array = built.z if stage.kind == "sum" else built.a
            value = array[chosen.unit, walk.column]
            if stage.kind == "sum":
                added = sum(parse(line.result) for line in lines[:-1])
                assert added == pytest.approx(value, rel=1e-2, abs=1e-3)
            assert parse(lines[-1].result) == pytest.approx(value, rel=1e-2, abs=1e-4)
        elif stage.kind == "update" and isinstance(walk.layers[stage.layer], BatchNormLayer):
            new = {line.label[0]: line.result for line in lines if line.label[0] in "γβ"}
            for symbol, source in (("γ", 0), ("β", BIAS)):
                term = walk.step.terms(stage.layer, chosen.unit, source, walk.passes)[-1]
                assert parse(new[symbol]) == pytest.approx(term.value, rel=1e-3)


def test_words_say_whose_numbers_they_are_and_who_is_out(qtbot: QtBot) -> None:
    panel = shown(qtbot, WalkPanel, frame_at("pictures", "activation", 3, batch=True))
    said = [label.text() for label in panel.findChildren(QLabel)]
    assert any(text.startswith("The next mini-batch of 16, as training") for text in said)
    walk = panel.frame.walked()
    out = int((walk.layers[3].mask[:, walk.column] == 0).sum())
    assert any(f"{out} of 18 numbers are set to 0" in text for text in said)
    panel = shown(qtbot, WalkPanel, frame_at("iris", "delta", 1, batch=True))
    assert "δ = (ŷ − y) · 1/16 = " in panel.ways.text(), "the mean over 16 samples"
    for kind, name in (("sum", "Output"), ("gradient", "Hidden 1, neuron 3 → Output")):
        frame = replace(frame_at("xor", kind, 1), selection=Selection(1, 0, 2))
        assert shown(qtbot, WalkPanel, frame).name.accessibleName() == name
    alone = frame_at("pictures", "activation", 1)
    (way,) = words_of(made_lines(alone.walked(), 1, 4))
    *numbers, most = (parse(x) for x in way[len("a = max(") :].replace(") =", ",").split(", "))
    assert len(numbers) == 4 and most == pytest.approx(max(numbers), rel=0.05)


@pytest.mark.parametrize(
    ("name", "kind", "layer", "pattern"),
    [
        ("xor", "activation", 0, r"a = 1 / \(1 \+ e\^−?[\d.]+\) = 0\.\d+"),
        ("xor", "loss", 1, r"L = \(?−?[\d.]+\)?² = [\d.]+"),
        ("norm", "activation", 1, r"a = \S+ · \(\S+ − \S+\) / √\(\S+ \+ 0\.001\) \+ \S+ = \S+"),
    ],
)
def test_numbers_stand_in_the_formula(
    qtbot: QtBot, name: str, kind: str, layer: int, pattern: str
) -> None:
    panel = shown(qtbot, WalkPanel, frame_at(name, kind, layer))
    assert re.search(pattern, panel.ways.text()), panel.ways.text()
    assert not re.search(r"[zŷ]", panel.ways.text())


def test_a_hidden_error_is_the_sum_of_what_comes_back(qtbot: QtBot) -> None:
    frame = frame_at("iris", "delta", 0, batch=True)
    walk = frame.walked()
    lines = stage_lines(frame, walk, Stage("delta", 0), Selection(0, 1))
    note, *products, total, _ = lines
    assert "1/16" in note.label and len(products) == len(walk.layers[1].delta)
    back = walk.layers[1].weights[:, 1] @ walk.layers[1].delta[:, walk.column]
    assert parse(total.result) == pytest.approx(back, rel=1e-3)
    added = sum(parse(line.result) for line in products)
    assert added == pytest.approx(back, rel=0.05, abs=1e-4)


@pytest.mark.parametrize("size", [(265, 515), (264, 315)])
def test_all_of_a_stage_is_in_reach_with_its_numbers(qtbot: QtBot, size: tuple[int, int]) -> None:
    panel = shown(qtbot, WalkPanel, frame_at("iris", "sum", 0))
    panel.resize(*size)
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.width() < size[0])
    assert "…" not in panel.plot.charts[0].names.note
    for chart in panel.plot.charts:
        (left, right), (low, high) = chart.shown
        line = chart.line_height
        assert chart.box.width() >= 1.9 * line * (right - left), "numbers have room"
        assert chart.box.height() >= 1.1 * line * (high - low)
        assert chart.sceneBoundingRect().bottom() <= panel.plot.height()
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    assert bar.maximum() + bar.pageStep() >= panel.plot.geometry().bottom()
    for key, place in ((Qt.Key.Key_PageDown, bar.maximum()), (Qt.Key.Key_Home, 0)):
        qtbot.keyClick(panel, key)
        assert bar.value() == min(place, bar.pageStep())


def test_a_stage_after_one_that_scrolled_is_not_cut(qtbot: QtBot) -> None:
    frames = [frame_at("pictures", kind, 0) for kind in ("sum", "activation")]
    panel = shown(qtbot, WalkPanel, frames[0])
    panel.resize(265, 440)
    panel.show()
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    panel.show_frame(frames[1])
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    for chart in panel.plot.charts:
        assert chart.sceneBoundingRect().bottom() <= panel.plot.height() + 1


def test_while_it_trains_only_numbers_are_drawn_anew_and_each_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for kind, name in ((SumTable, "fit"), (HeatMap, "set_cells"), (Plot, "arrange")):
        work = getattr(kind, name)

        def noted(self, *values, work=work, name=name, **named):
            done.append(name)
            return work(self, *values, **named)

        monkeypatch.setattr(kind, name, noted)
    frame = frame_at("xor", "sum", 0)
    panel, walk = shown(qtbot, WalkPanel, frame), frame.walked()
    panel.show()
    matrices = len(walk.matrices(walk.at(1), 0, (9, 9)))
    moments = []
    for _ in range(2):
        inspection = Inspection(frame.inspection.problem, frame.inspection.snapshot)
        moments.append(replace(frame, inspection=inspection))
    panel.show_frame(moments[0])  # the first after a rest
    done.clear()
    panel.show_frame(moments[1])
    assert panel.idle.moving
    assert done == ["set_cells"] * matrices
    panel.show_frame(replace(moments[1], walk=WalkPlace(0)))
    assert "fit" in done, "other lines need other room"


def test_a_cut_matrix_says_which_rows_and_columns_it_shows(qtbot: QtBot) -> None:
    panel = shown(qtbot, WalkPanel, frame_at("pictures", "sum", 4))
    note = panel.plot.charts[0].names.note
    assert re.fullmatch(r"1 … 10, 1 … \d+ of 10 × 18|1 … \d+ of 10 × 18", note), note


@pytest.mark.parametrize(("kind", "layer"), [("sum", 0), ("activation", 1)])
def test_a_window_is_moved_over_its_map_by_hand_and_by_keys(
    qtbot: QtBot, kind: str, layer: int
) -> None:
    frame = frame_at("pictures", kind, layer)
    panel = shown(qtbot, WalkPanel, frame)
    panel.show()
    _, rows, columns = frame.walked().layers[layer].output_shape
    made = ("z", "a")
    target = next(one for one in panel.plot.charts if one.names.title.startswith(made))
    at = target.place(1.5, rows - 0.5).toPoint()  # in the first row, the second place
    with qtbot.waitSignal(panel.selected) as told:
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    assert told.args == [Selection(layer, 1)]
    panel.show_frame(replace(frame, selection=Selection(layer, 1)))
    before = picture(panel, 420, 520)
    with qtbot.waitSignal(panel.selected) as told:
        qtbot.keyClick(panel, Qt.Key.Key_Down)
    assert told.args == [Selection(layer, 1 + columns)]
    panel.show_frame(replace(frame, selection=told.args[0]))
    assert picture(panel, 420, 520) != before
    with qtbot.assertNotEmitted(panel.selected, wait=10):
        panel.show_frame(replace(frame, selection=Selection(layer, 0)))
        qtbot.keyClick(panel, Qt.Key.Key_Up)


# ---------------------------------------------------------------------- the picture


def column_of(image: QImage, panel: NetworkPanel, layer: int) -> QImage:
    left, top, right, bottom = panel.network.columns[layer].box
    corner = panel.network.mapTo(panel, QPoint(int(left) - 12, int(top) - 12))
    return image.copy(corner.x(), corner.y(), int(right - left) + 24, int(bottom - top) + 24)


def test_the_picture_shows_numbers_as_they_come_and_gradients_on_the_way_back(
    qtbot: QtBot,
) -> None:
    def seen(*stage: object) -> tuple[NetworkPanel, QImage]:
        panel = shown(qtbot, NetworkPanel, frame_at("iris", *stage))
        return panel, picture(panel, 800, 500)

    panel, start = seen("inputs", -1)
    _, summed = seen("sum", 0)
    _, active = seen("activation", 0)
    _, graded = seen("gradient", 1)
    for layer, changes in ((0, False), (1, True), (2, False)):
        same = column_of(start, panel, layer) == column_of(summed, panel, layer)
        assert same != changes or layer == 0, "the inputs are no longer emphasised"
    assert column_of(summed, panel, 1) != column_of(active, panel, 1)
    assert column_of(start, panel, 2) == column_of(active, panel, 2), "its numbers are yet to come"
    assert has_color(column_of(summed, panel, 1), LIGHT.accent)
    assert not has_color(column_of(summed, panel, 2), LIGHT.accent), "it is not emphasised"
    assert column_of(graded, panel, 2) != column_of(active, panel, 2)


def test_the_answer_and_the_legend_follow_the_stage(qtbot: QtBot) -> None:
    panel = shown(qtbot, NetworkPanel, frame_at("iris", "sum", 1))
    assert panel.network.state.answered is None
    assert "Output: z" in panel.description()
    panel.show_frame(frame_at("iris", "loss", 1))
    assert panel.network.state.answered is not None
    assert "positive weight" in " ".join(entry.label for entry in panel.legend())
    frame = frame_at("xor", "gradient", 0, batch=True)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    assert any(entry.label.startswith("∂L/∂w") for entry in panel.legend())
    gradients = frame.walked().layers[0].weight_gradients
    strengths = panel.network.state.every.strengths[: gradients.size]
    np.testing.assert_allclose(strengths, gradients.ravel() / np.abs(gradients).max())
    panel.show_frame(replace(frame, walk=None))
    assert panel.network.state.walk is None
    assert "positive weight" in " ".join(entry.label for entry in panel.legend())


# ---------------------------------------------------------------------- the window


@pytest.fixture
def walking(qtbot: QtBot, window: MainWindow) -> Iterator[MainWindow]:
    window.commands.open_preset("xor-2-4-1")
    window.session.settle()
    qtbot.waitUntil(lambda: window.recording.frame.checkpoint is not None)
    window.actions_["walk"].trigger()
    yield window
    window.walk.stop()


def stage_of(window: MainWindow) -> int:
    return window.recording.walk.stage


def test_keys_go_from_stage_to_stage_and_escape_ends_it(qtbot: QtBot, walking: MainWindow) -> None:
    bar = walking.findChild(QWidget, "walk-bar")
    assert bar.isVisible() and not walking.docks["walk"].isHidden()
    updates = walking.recording.frame.inspection.snapshot.updates
    walking.activateWindow()
    walking.panels["network"].network.setFocus()
    for key, stage in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        qtbot.keyClick(QApplication.focusWidget() or walking, key)
        qtbot.waitUntil(lambda stage=stage: stage_of(walking) == stage)
    assert walking.recording.frame.inspection.snapshot.updates == updates, "nothing is trained"
    assert "Hidden 1: z" in bar.findChild(QLabel, "walk-bar-stage").accessibleName()
    walking.actions_["walk-end"].trigger()
    assert stage_of(walking) == len(walking.recording.frame.walked().stages) - 1
    assert not walking.actions_["walk-on"].isEnabled()
    qtbot.keyClick(QApplication.focusWidget() or walking, Qt.Key.Key_Escape)
    assert walking.recording.walk is None
    assert bar.isHidden() and walking.docks["walk"].isHidden()
    assert walking.actions_["step"].shortcut().toString() == "Right"


def test_the_tab_before_comes_back_and_keys_go_to_the_picture(
    qtbot: QtBot, walking: MainWindow
) -> None:
    walking.walk.stop()
    walking.docks.bring_to_front("inspector")
    inspector = walking.docks["inspector"].panel
    qtbot.waitUntil(inspector.isVisible)
    walking.activateWindow()
    inspector.findChild(QWidget, "inspector-lines").setFocus()
    walking.actions_["walk"].trigger()
    qtbot.waitUntil(walking.docks["walk"].panel.isVisible)
    assert QApplication.focusWidget() is walking.panels["network"].network
    walking.walk.stop()
    qtbot.waitUntil(inspector.isVisible)


def test_the_batch_is_chosen_and_training_ends_it(qtbot: QtBot, walking: MainWindow) -> None:
    walking.findChild(QToolButton, "walk-of-1").click()
    assert walking.recording.frame.walked().is_batch
    walking.actions_["walk-on"].trigger()
    walking.recording.choose_row(2)
    assert stage_of(walking) == 1, "another sample, the same stage"
    for go_on in (walking.actions_["step"].trigger, walking.session.train):
        go_on()
        qtbot.waitUntil(lambda: walking.recording.walk is None)
        walking.session.pause()
        walking.session.settle()
        walking.actions_["walk"].trigger()
        assert walking.recording.walk is not None


def test_stages_play_by_themselves_and_a_window_slides(
    qtbot: QtBot, walking: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_through, "INTERVALS", (0, 0, 0))
    walking.commands.open_preset("digits-cnn")
    walking.session.settle()
    qtbot.waitUntil(lambda: walking.recording.frame.checkpoint is not None)
    assert walking.recording.walk is None, "another run"
    walking.actions_["walk"].trigger()
    walking.findChild(QToolButton, "walk-pace-2").click()
    places = set()
    walking.recording.changed.connect(lambda: places.add(walking.recording.frame.selection))
    walking.actions_["walk-play"].trigger()
    last = len(walking.recording.frame.walked().stages) - 1
    qtbot.waitUntil(lambda: stage_of(walking) == last and not walking.walk.playing)
    assert {place.layer for place in places if place} == {0, 1, 2}, "convolutions and the pooling"
