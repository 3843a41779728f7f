"""Editing the network by hand: typed, clicked, chosen from a menu; told, marked and undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.edits import EDIT_ACTIONS, edit_told
from nnviz.gui.frame import Selection
from nnviz.gui.look.numbers import parse
from nnviz.gui.main_window import MainWindow
from nnviz.gui.network.figures import figure_texts
from nnviz.gui.panels.inspectors.lines import SumLine
from nnviz.training.backward import BIAS
from nnviz.training.edits import (
    TRAINING_SETTINGS,
    AddLayer,
    AddUnit,
    DeletePoint,
    Edit,
    Freeze,
    RemoveLayer,
    RemoveUnit,
    SetActivation,
    SetTraining,
    SetWeight,
    SwitchOff,
)
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

XOR = PRESETS["xor-2-3-1"].experiment


def begin(window: MainWindow, experiment: Experiment = XOR) -> None:
    """Have a run of an Experiment stand at epoch 0."""
    window.store.propose(experiment)
    window.store.restart()
    window.docks.bring_to_front("inspector")
    window.resize(1440, 900)


def made(window: MainWindow, qtbot: QtBot, do: Callable[[], object]) -> tuple[Edit, ...]:
    """Return the edits of the run once what is done has been made and is on the screen."""
    before = window.session.edits
    do()
    qtbot.waitUntil(lambda: window.session.edits > before, timeout=10_000)
    settled(window, qtbot)
    assert window.session.experiment is not None
    return window.session.experiment.edits


def edit(window: MainWindow, qtbot: QtBot, *edits: Edit) -> None:
    for each in edits:
        made(window, qtbot, partial(window.commands.edit, each))


def settled(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the inspector shows the newest edit, and what is chosen."""

    def is_shown() -> bool:
        shown, frame = window.inspector.frame, window.recording.frame
        if shown is None or window.recording.newest.snapshot.edits != window.session.edits:
            return False
        picture = window.panels["network"].network.state
        selections = {shown.selection, picture.selection}
        is_new = picture.problem is frame.inspection.problem
        return is_new and shown.inspection is frame.inspection and selections == {frame.selection}

    qtbot.waitUntil(is_shown, timeout=10_000)


def choose(window: MainWindow, qtbot: QtBot, *place: int) -> list[SumLine]:
    """Look at a neuron or weight; return what the inspector writes of it."""
    window.recording.select(Selection(*place))
    settled(window, qtbot)
    window.inspector.idle.reset()
    window.inspector.redraw()
    return list(window.inspector.table.model_.lines)


@pytest.mark.parametrize("activation", ["linear", "relu"])
def test_one_neuron_answers_180(window: MainWindow, qtbot: QtBot, activation: str) -> None:
    begin(window, PRESETS["one-neuron"].experiment)
    typed = (SetWeight(0, 0, 0, 1.2), SetWeight(0, 0, 1, 5.0), SetWeight(0, 0, None, 20.0))
    edit(window, qtbot, *typed, SetActivation(0, activation))
    lines = choose(window, qtbot, 0, 0)
    products = [line.result for line in lines if line.operator == "×"]
    assert products[:2] == ["120", "40"]
    assert {line.result for line in lines if line.kind == "total"} == {"180"}
    assert window.session.problem.experiment.network.layers[0].activation == activation
    assert window.recording.frame.inspection.sample_trace(0)[-1].a.item() == 180.0


def test_one_step_goes_from_2_to_1_95(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, PRESETS["one-step"].experiment)
    edit(window, qtbot, SetWeight(0, 0, 0, 2.0))
    *_, gradient, new, update = choose(window, qtbot, 0, 0, 0)
    assert (gradient.label, gradient.result) == ("g = ∂L/∂w", "0.5")
    assert (new.result, update.label.strip()) == ("1.95", "2 − 0.1 · 0.5")
    with qtbot.waitSignal(window.session.state_changed):
        window.commands.step()
    inspection = window.recording.frame.inspection
    assert (inspection.weights(0).item(), inspection.biases(0).item()) == (1.95, 0.0)


@pytest.mark.parametrize(("source", "number"), [(1, 1), (BIAS, None)])
def test_a_value_is_typed(window: MainWindow, qtbot: QtBot, source: int, number: int) -> None:
    begin(window)
    choose(window, qtbot, 0, 2, source)
    field = window.inspector.controls.field
    passes = window.recording.frame.inspection.sample_backward(0)
    assert parse(field.text()) == pytest.approx(passes.parameter(0, 2, source), rel=1e-6)
    window.panels["network"].weight_typed.emit("1")
    qtbot.keyClicks(field, ".25")
    edits = made(window, qtbot, lambda: qtbot.keyClick(field, Qt.Key.Key_Return))
    assert edits == (SetWeight(0, 2, number, 1.25),)
    assert field.text() == "1.25"
    field.lineEdit().setText("much")
    field.keep_text()
    field.enter()
    assert "much" in window.inspector.controls.message.text()


def test_a_value_is_typed_before_the_inspector_has_seen_the_run(
    window: MainWindow, qtbot: QtBot
) -> None:
    begin(window)
    choose(window, qtbot, 1, 0, 0)
    begin(window, PRESETS["one-neuron"].experiment)
    inspector, problem = window.inspector, window.recording.frame.inspection.problem
    assert inspector.problem is not problem
    window.panels["network"].weight_typed.emit("7")
    assert inspector.problem is problem
    assert inspector.controls.field.isHidden(), "in the new run none is chosen"
    window.recording.select(Selection(0, 0, 0))
    window.panels["network"].weight_typed.emit("7")
    qtbot.waitUntil(lambda: window.feed.resting)
    assert inspector.controls.field.text() == "7", "the feed's turn takes nothing away"


@pytest.mark.parametrize("action", EDIT_ACTIONS.values(), ids=list(EDIT_ACTIONS))
def test_buttons_and_menu_make_the_same_edit(window: MainWindow, qtbot: QtBot, action) -> None:
    chosen = Selection(0, 1, 0) if action.level == "weight" else Selection(0, 1)
    button = window.inspector.findChild(QToolButton, f"inspector-{action.key}")
    assert (button is not None) == action.in_inspector
    for is_menu in (True, False)[: 1 + action.in_inspector]:
        begin(window)
        choose(window, qtbot, *vars(chosen).values())
        wanted = action.make(window.session.problem, chosen)
        if is_menu:
            line = menu(window).findChild(QAction, f"edit-{action.key}")
            assert not line.isChecked()
            edits = made(window, qtbot, line.trigger)
        else:
            edits = made(window, qtbot, button.click)
        assert edits == (wanted,)
        assert action.holds(window.session.problem, chosen) == action.toggles
        assert button is None or button.isChecked() == action.toggles
    if action.toggles:
        made(window, qtbot, button.click)
        assert not action.holds(window.session.problem, chosen)


def menu(window: MainWindow, at: QPointF | None = None) -> QMenu:
    """Return the menu of what is at a point of the picture; without one, by the Menu key."""
    network = window.panels["network"].network
    place = network.rect().center() if at is None else at.toPoint()
    reason = QContextMenuEvent.Reason
    event = QContextMenuEvent(
        reason.Keyboard if at is None else reason.Mouse, place, network.mapToGlobal(place)
    )
    for old in network.findChildren(QMenu, "network-edit-menu"):
        old.setObjectName("old")
    QApplication.sendEvent(network, event)
    found = network.findChild(QMenu, "network-edit-menu")
    found.close()
    return found


def test_a_right_click_says_what_it_is_on(window: MainWindow, qtbot: QtBot) -> None:
    begin(window)
    window.recording.select(None)
    settled(window, qtbot)
    network = window.panels["network"].network
    x = network.state.layout.columns[1].x
    captions = (QPointF(x, y) for y in range(network.height()))
    caption = next(p for p in captions if network.interaction._written_at(p)[1] == 1)
    start, end = (network.place_of(unit) for unit in ((0, 0), (1, 0)))
    for at, title, key in (
        (network.place_of((1, 1)), "Hidden 1, neuron 2", "remove-neuron"),
        ((start + end) / 2, "x → Hidden 1, neuron 1", "value"),
        (caption, "Hidden 1", "remove-layer"),
    ):
        shown = menu(window, at)
        assert shown.actions()[1].text() == title
        assert shown.findChild(QAction, f"edit-{key}") is not None


def test_keys_in_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    begin(window)
    network = window.panels["network"].network
    choose(window, qtbot, 0, 1)
    edits = made(window, qtbot, lambda: qtbot.keyClick(network, Qt.Key.Key_Delete))
    assert edits == (RemoveUnit(0, 1),)
    assert window.recording.frame.selection is None
    choose(window, qtbot, 0, 1, 0)
    qtbot.keyClicks(network, "7")
    assert window.inspector.controls.field.text() == "7"
    window.inspector.controls.field.restore()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (SetWeight(0, 1, 0, 1.2), "weight x → Hidden 1, neuron 2: {} → 1.2"),
        (SetWeight(1, 0, None, -2.0), "bias of Output: {} → −2"),
        (Freeze(0, 1, 1), "freeze weight y → Hidden 1, neuron 2"),
        (Freeze(0, frozen=False), "train Hidden 1 again"),
        (SwitchOff(0, 2, off=False), "switch on Hidden 1, neuron 3"),
        (AddLayer(1, Dense(3)), "add a layer before Output"),
        (SetActivation(0, "relu"), "activation of Hidden 1: ReLU"),
        (SetTraining("batch_size", 4.0), "batch: 4"),
        (DeletePoint(2), "delete sample 3"),
    ],
)
def test_edits_in_words(window: MainWindow, what: Edit, told: str) -> None:
    begin(window)
    head, _, tail = told.partition("{}")
    words = edit_told(what, Problem(XOR), window.recording.newest)
    assert words.startswith(head) and words.endswith(tail)


def test_undo_names_what_it_takes_back_and_comes_back_to_it(window, qtbot) -> None:
    begin(window)
    edit(window, qtbot, SetWeight(0, 0, 0, 3.0), SetWeight(0, 0, 1, 4.0))
    undo, redo = (window.actions_[key] for key in ("undo", "redo"))
    assert undo.text().startswith("&Undo weight y → Hidden 1, neuron 1: ")
    said = window.status.findChild(QWidget, "statusSentence").accessibleName()
    assert said.startswith("At epoch 0: weight y → Hidden 1, neuron 1: ")
    undo.trigger()
    qtbot.waitUntil(lambda: window.session.edits == 1)
    weights = window.recording.newest.weights(0)[0]
    assert weights[0] == 3.0 and weights[1] != 4.0, "at epoch 0, too"
    assert redo.text().endswith("→ 4") and "weight x" in undo.text()
    redo.trigger()
    assert window.recording.newest.weights(0)[0].tolist() == [3.0, 4.0]
    changed = window.setup.about.changes
    qtbot.waitUntil(lambda: changed.text() == "Changed: edits 0 → 2.")
    window.store.propose(window.store.experiment.change("training", epochs=77))
    assert undo.text() == "&Undo epochs 5,000 → 77"


@pytest.mark.parametrize("first", [SetTraining("l2", 0.1), Freeze(0)])
def test_after_an_undo_the_next_edit_is_made(window, qtbot, first: Edit) -> None:
    """Of an edit that changes no answer a checkpoint is the first to tell."""
    begin(window)
    with qtbot.waitSignal(window.session.state_changed):
        window.commands.step()
    edit(window, qtbot, first)
    window.actions_["undo"].trigger()
    assert (window.session.edits, window.session.experiment.edits) == (0, ())
    edits = made(window, qtbot, lambda: window.commands.edit(SetWeight(0, 0, 0, 3.0)))
    assert edits == (SetWeight(0, 0, 0, 3.0, epoch=1),)
    assert window.recording.newest.weights(0)[0, 0] == 3.0


@pytest.mark.parametrize("name", TRAINING_SETTINGS)
def test_a_run_follows_settings_of_training(window, qtbot, name: str) -> None:
    begin(window)
    value = 2 if name == "batch_size" else 0.5
    asked = XOR.change("training", **{name: value})
    with qtbot.waitSignal(window.store.begun):  # no run is under way
        window.setup.edited.emit(asked)
    begin(window)
    with qtbot.waitSignal(window.session.state_changed):
        window.commands.step()
    edits = made(window, qtbot, lambda: window.setup.edited.emit(asked))
    assert edits == (SetTraining(name, float(value), epoch=1),)
    assert window.store.experiment == asked
    window.commands.keep_run()
    assert [run.experiment.edits for run in window.kept.references] == [edits]
    window.kept.clear()
    with qtbot.waitSignal(window.store.begun):
        window.setup.edited.emit(asked.change("training", optimizer="adam"))


def test_what_cannot_be_is_said_where_the_person_is(window, qtbot) -> None:
    begin(window, XOR.change("network", layers=(Dense(1, "sigmoid"), XOR.network.layers[-1])))
    choose(window, qtbot, 0, 0)
    said = window.inspector.controls.message
    with qtbot.waitSignal(window.commands.edit_refused):
        window.inspector.controls.buttons["remove-neuron"].click()
    assert "last neuron" in said.text() and said.isVisible()
    edit(window, qtbot, Freeze(0, 0))
    assert not said.isVisible()
    with qtbot.waitSignal(window.session.state_changed):
        window.commands.step()
    window.travel.look_at(0)
    edit(window, qtbot, Freeze(1))
    assert window.recording.newest_epoch == 0, "at an earlier epoch the run goes on from there"
    assert [one.epoch for one in window.session.experiment.edits] == [0, 0]


def test_what_is_frozen_or_off_is_marked(window: MainWindow, qtbot: QtBot) -> None:
    begin(window)
    panel, seen = window.panels["network"], []
    for each in (None, Freeze(0, 0), SwitchOff(0, 1), Freeze(1, 0, 2)):
        if each is not None:
            edit(window, qtbot, each)
        choose(window, qtbot, 0, 1)
        seen.append(panel.network.grab().toImage())
    assert all(one != other for one, other in pairwise(seen))
    assert {"frozen", "switched off"} <= {entry.label for entry in panel.legend()}
    assert window.inspector.name.accessibleName().endswith("— switched off")
    told = [(line.label, line.result) for line in choose(window, qtbot, 0, 1)]
    assert {(f"{x} = 0, for it is switched off", "0") for x in "aδ"} <= {*told}


def test_steps_are_told_of_the_edited_network_alone(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, XOR.change("training", optimizer="adam", batch_size=1))
    for each in (AddUnit(0), AddLayer(1, Dense(2, "tanh")), RemoveLayer(0)):
        for edited in (False, True):
            if edited:
                edit(window, qtbot, each)
            for _ in range(2):
                with qtbot.waitSignal(window.session.state_changed):
                    window.commands.step()
                settled(window, qtbot)
        panel = window.panels["network"]
        qtbot.waitUntil(lambda: {"Update-to-weight ratio"} <= titles_of(panel))  # noqa: B023


def titles_of(panel) -> set[str]:
    return {one.title for layer in panel.network.state.figures for one in layer}


def test_curves_end_at_the_figures_of_the_edited_network(window: MainWindow, qtbot: QtBot) -> None:
    begin(window)
    window.docks.bring_to_front("loss")
    plot = window.panels["loss"].plot
    qtbot.waitUntil(lambda: bool(plot.curves))
    for value in (5.0, -5.0):
        edit(window, qtbot, SetWeight(1, 0, 0, value))
        loss = window.recording.history.column("train_loss")[-1]
        qtbot.waitUntil(lambda: loss in [c.drawn[1][-1] for c in plot.curves.values()])  # noqa: B023
        with qtbot.waitSignal(window.session.state_changed):
            window.commands.step()


def test_of_an_edited_network_no_gradient_is_told(window: MainWindow, qtbot: QtBot) -> None:
    begin(window)

    def told() -> set[str]:
        figures = figure_texts(window.recording.frame, None, moving=False)
        return {one.title for layer in figures for one in layer}

    with qtbot.waitSignal(window.session.state_changed):
        window.commands.step()
    gradient = {"Gradient", "Update-to-weight ratio"}
    assert gradient <= told()
    edit(window, qtbot, AddUnit(0))
    assert told() == {"Saturated neuron"}


def test_time_before_an_edit_is_of_the_network_of_then(window, qtbot) -> None:
    begin(window)
    for each in (RemoveUnit(0, 0), AddLayer(1, Dense(2, "tanh"))):
        with qtbot.waitSignal(window.session.state_changed):
            window.commands.step()
        edit(window, qtbot, each)
    choose(window, qtbot, 2, 0)
    shapes = {}
    for epoch in window.recording.checkpoints.epochs.tolist():
        window.travel.look_at(epoch)
        settled(window, qtbot)
        for panel in window.panels.values():
            panel.begin(window.recording.frame.inspection.problem)
            panel.show_frame(window.recording.frame)
            assert panel.description()
        shapes[epoch] = window.inspector.problem.units
    assert shapes == {0: (3, 1), 1: (2, 1), 2: (2, 2, 1)}
    track = window.timeline.track
    assert [epoch for epoch, _ in track.edits] == [1, 2]
    assert "epoch 1: remove Hidden 1, neuron 1" in track._hint(track._x(1) + 8)
    marked = track.grab().toImage()
    track.show_edits(())
    assert track.grab().toImage() != marked
