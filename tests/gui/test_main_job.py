"""The main job in the real window: open, choose a sample, train, watch, export.

Everything is reached as a person or a lesson reaches it: by menu entries and buttons, under their
object names.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from nnviz import cli
from nnviz.datasets.catalog import CATALOG
from nnviz.gui.look.numbers import count, percent, steady
from nnviz.gui.look.theme import LIGHT, rgb
from nnviz.gui.run.session import SessionState
from nnviz.gui.widgets.number_field import NumberField
from nnviz.training.completion import complete
from nnviz.training.diagnosis import RULES, Finding
from nnviz.training.images import LARGE
from nnviz.training.presets import PRESETS


def choose(window, name):
    action = window.findChild(QAction, name)
    assert action is not None, f"no menu entry {name}"
    action.trigger()


def train_for(window, epochs):
    """Ask for a short run; everything else stays as it was opened."""
    assert window.store.propose(window.store.experiment.change("training", epochs=epochs))


def train_to_the_end(qtbot, window):
    choose(window, "action-train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: window.feed.resting, timeout=20_000)


def on_the_command_line(*arguments):
    """Return the run that ``nnviz train`` makes of these arguments."""
    return complete(cli._experiment(cli._parser().parse_args(["train", *arguments])))


def assert_same_bits(window, done):
    """Compare every figure of every epoch, and every parameter."""
    frame = window.recording.frame
    assert window.store.experiment == done.problem.experiment
    assert frame.history.rows().tobytes() == done.history.rows().tobytes()
    assert frame.inspection.snapshot.parameters.tobytes() == done.snapshot.parameters.tobytes()
    assert frame.inspection.snapshot.gradients.tobytes() == done.snapshot.gradients.tobytes()


def colors(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return np.unique(pixels[:, : image.width()] & 0xFFFFFF)


def has_color(image, color):
    red, green, blue = rgb(color)
    return (red << 16 | green << 8 | blue) in colors(image)


@pytest.mark.parametrize("key", CATALOG)
def test_every_sample_opens_trains_and_shows_in_every_panel(qtbot, window, key):
    choose(window, f"sample-{key}")
    qtbot.waitUntil(lambda: window.store.experiment.data.sample == key)  # some are large
    assert window.findChild(QAction, f"sample-{key}").isChecked()
    assert CATALOG[key].title in window.windowTitle()
    asked = window.store.experiment.with_seed(7).change("training", epochs=3)
    assert window.store.propose(asked)
    train_to_the_end(qtbot, window)
    assert_same_bits(window, on_the_command_line("--sample", key, "--seed", "7", "--epochs", "3"))

    frame = window.recording.frame
    assert frame.history.column("epoch")[-1] == 3
    assert np.isfinite(frame.history.column("train_loss")).all()
    for panel in window.panels.values():
        if panel.isVisible():
            assert colors(panel.grab().toImage()).size > 8, panel.key
        assert panel.description()


@pytest.mark.parametrize("key", [key for key in PRESETS if PRESETS[key] not in LARGE])
def test_every_preset_trains_to_the_command_lines_numbers(qtbot, window, key):
    choose(window, f"preset-{key}")
    assert window.store.experiment == PRESETS[key].experiment
    train_to_the_end(qtbot, window)
    assert_same_bits(window, on_the_command_line("--preset", key))
    assert len(window.recording.frame.history) == PRESETS[key].experiment.training.epochs + 1


def test_after_an_early_stop_every_figure_is_of_the_network_shown(qtbot, window):
    choose(window, "sample-moons")
    experiment = window.store.experiment.change("data", noise=30.0, validation_fraction=0.2)
    waits = {"stop_when": "validation_loss_rises", "stop_value": 30.0, "learning_rate": 0.05}
    assert window.store.propose(experiment.change("training", **waits))
    train_to_the_end(qtbot, window)
    problem, frame = window.recording.current()
    losses = np.asarray(frame.history.column("validation_loss"))
    best, last = int(losses[1:].argmin()) + 1, len(losses) - 1
    assert (frame.epoch, frame.inspection.epoch, frame.past) == (best, best, True)
    assert last == best + 30
    said = window.status.findChild(QWidget, "statusSentence").accessibleName()
    assert f"after epoch {last}." in said
    assert f"of epoch {best}, where the validation loss" in said
    test = frame.inspection.outputs("test")
    right = (test.labels == problem.labels[test.index]).mean()
    assert figure(window, "metric") == percent(right)
    assert figure(window, "epoch") == f"{best} of {last}"
    assert figure(window, "validation") == steady(losses[best])
    shown = window.bar.figures["validation"]
    assert shown.isVisible() == (shown.accessibleName() not in window.bar.figures["test"].toolTip())
    told = window.findChild(QSpinBox, "timeline-epoch").accessibleName()
    assert told == f"epoch {best} of {last}"
    choose(window, "action-keep-run")
    (run,) = window.recording.frame.references
    assert (run.epoch, run.row) == (best, best)
    assert figure(window, "train") == steady(frame.history.column("train_loss")[best])
    window.kept.clear()


def test_a_layer_that_died_is_told_with_what_to_try(qtbot, window):
    dead = PRESETS["house-prices-published"].experiment.change("training", learning_rate=1.0)
    assert window.store.propose(dead)
    train_to_the_end(qtbot, window)
    sentence = window.status.findChild(QWidget, "statusSentence")
    assert sentence.accessibleName().startswith("No neuron of layer “Hidden 1” answers any sample")
    history = window.recording.frame.history
    learns = [history.gradient_norms(layer)[-1] > 0 for layer in (0, 1)]
    assert learns == [False, True] and "the output's bias" in sentence.accessibleName()
    choose(window, "preset-house-prices")
    train_to_the_end(qtbot, window)
    assert sentence.accessibleName().startswith("Finished all epochs")


def test_why_a_run_does_not_learn_is_told_while_it_trains_and_put_right_by_a_button(qtbot, window):
    choose(window, "preset-zero-weights")
    window.commands.set_pace("epoch-1")
    sentence = window.status.findChild(QWidget, "statusSentence")
    remedy = window.status.findChild(QPushButton, "statusRemedy")
    choose(window, "action-train")
    qtbot.waitUntil(lambda: sentence.accessibleName().startswith("All neurons"), timeout=20_000)
    assert window.session.state is SessionState.RUNNING
    choose(window, "action-train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    assert sentence.accessibleName().startswith("All neurons of layer “Hidden 1”")
    assert "at random" in remedy.toolTip() and remedy.isVisible()
    asked, trained = window.store.experiment, window.recording.newest_epoch
    remedy.click()
    assert window.store.experiment.network.initializer == "glorot_normal"
    assert window.session.state is SessionState.RUNNING and not remedy.isVisible()
    assert [run.experiment for run in window.recording.frame.references] == [asked]
    choose(window, "action-undo")
    assert (window.store.experiment, window.recording.newest_epoch) == (asked, trained)
    window.kept.clear()
    window.commands.set_pace("full")


def test_a_run_that_needs_more_epochs_trains_on(qtbot, window):
    choose(window, "preset-perceptron")
    train_to_the_end(qtbot, window)
    asked, done = window.store.experiment, window.recording.newest_epoch
    rule = next(rule for rule in RULES if rule.name == "unfinished")
    window.commands.apply_remedy(Finding(rule, {"epochs": done}))
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=20_000)
    assert window.recording.newest_epoch > done, "what was learned is not thrown away"
    assert window.store.experiment is asked and not window.recording.frame.references


def figure(window, key):
    return window.findChild(QWidget, f"figure-{key}").findChild(QLabel, "figureValue").text()


def test_opening_what_is_open_begins_anew(qtbot, window):
    choose(window, "preset-perceptron")
    choose(window, "action-step")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    choose(window, "preset-perceptron")
    assert window.session.state is SessionState.IDLE
    assert len(window.recording.frame.history) == 1


def test_leaving_a_trained_run_asks_nothing_and_says_how_to_have_it_again(qtbot, window):
    choose(window, "preset-xor-2-4-1")
    train_for(window, 20)
    train_to_the_end(qtbot, window)
    trained = window.recording.frame.inspection.snapshot.parameters
    said = window.status.findChild(QWidget, "statusSentence")
    choose(window, "sample-spiral")
    assert said.accessibleName().startswith("Undo brings back what had been learned.")
    choose(window, "sample-moons")
    assert "Undo" not in said.accessibleName(), "nothing had been trained"
    choose(window, "action-undo")
    choose(window, "action-undo")
    assert "back" in said.accessibleName()
    assert np.array_equal(window.recording.frame.inspection.snapshot.parameters, trained)


def enter(window, name, text):
    """Type into a number field without pressing Enter."""
    field = window.findChild(NumberField, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field.lineEdit(), text)
    return field


@pytest.fixture
def endless(qtbot, window):
    """A run that goes on until it is told otherwise, in a window that has the focus."""
    choose(window, "preset-xor-2-4-1")
    train_for(window, 10_000_000)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    choose(window, "action-train")
    qtbot.waitUntil(lambda: len(window.recording.frame.history) > 20, timeout=20_000)
    return window


def rate_now(window):
    return window.recording.frame.history.column("learning_rate")[-1]


def test_a_rate_set_during_a_run_holds_in_it_and_after_reset(qtbot, endless):
    window = endless
    field = enter(window, "training-learning-rate", "0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rate_now(window) == 0.25, timeout=20_000)
    choose(window, "action-train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    epochs = len(window.recording.frame.history)
    QTest.keyClick(enter(window, "training-learning-rate", "0.5"), Qt.Key.Key_Return)
    assert window.session.state is SessionState.PAUSED
    choose(window, "action-step")
    qtbot.waitUntil(lambda: len(window.recording.frame.history) == epochs + 1, timeout=20_000)
    assert rate_now(window) == 0.5, "the paused run goes on with it"
    choose(window, "action-reset")
    assert rate_now(window) == 0.5
    assert window.session.problem.experiment == window.store.experiment


def test_pausing_leaves_alone_what_is_typed_and_training_enters_it(qtbot, endless):
    window = endless
    field = enter(window, "training-epochs", "123")
    QTest.mouseClick(window.bar.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    assert field.text() == "123"
    assert window.store.experiment.training.epochs == 10_000_000
    QTest.mouseClick(window.bar.train, Qt.MouseButton.LeftButton)
    assert window.store.experiment.training.epochs == 123
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=20_000)
    assert window.recording.frame.history.column("epoch")[-1] == 123


@pytest.mark.parametrize("action", ["action-train", "action-step", "action-reset"])
def test_nothing_starts_while_a_field_holds_what_cannot_be(qtbot, endless, action):
    window = endless
    choose(window, "action-train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    epochs = len(window.recording.frame.history)
    enter(window, "training-epochs", "-3")
    choose(window, action)
    assert window.session.state is SessionState.PAUSED
    assert len(window.recording.frame.history) == epochs
    assert window.findChild(QWidget, "training-epochs-message").text()
    assert "outlined in red" in window.status.findChild(QWidget, "statusSentence").text()


@pytest.mark.parametrize("name", ["preset-perceptron", "sample-sine", "action-undo"])
def test_opening_or_undoing_forgets_what_cannot_be(qtbot, endless, name):
    window = endless
    field = enter(window, "training-epochs", "-3")
    window.findChild(NumberField, "training-learning-rate").setFocus()
    assert field.text() == "-3"
    choose(window, name)
    assert field.text() == count(window.store.experiment.training.epochs)
    assert window.findChild(QWidget, "training-epochs-message").text() == ""
    choose(window, "action-train")
    assert window.session.state is SessionState.RUNNING


def test_switching_data_while_training_starts_clean(qtbot, window):
    train_for(window, 10_000_000)
    choose(window, "action-train")
    qtbot.waitUntil(lambda: len(window.recording.frame.history) > 20, timeout=20_000)
    for key in ("spiral", "iris", "houses", "digits"):
        choose(window, f"sample-{key}")
        choose(window, "action-train")
    qtbot.waitUntil(lambda: len(window.recording.frame.history) > 3, timeout=20_000)
    epochs = window.recording.frame.history.column("epoch")
    assert np.array_equal(epochs, np.arange(len(epochs)))
    assert window.recording.problem.dataset.name == "digits"


def test_everything_is_exported_from_the_menu_and_reads_back(qtbot, window, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: str(tmp_path))
    choose(window, "preset-two-gaussians")
    train_for(window, 30)
    train_to_the_end(qtbot, window)
    choose(window, "action-export-all")
    dialog = window.findChild(QWidget, "export-dialog")
    qtbot.waitUntil(dialog.isVisible)
    with qtbot.waitSignal(window.export.said, timeout=60_000):
        dialog.findChild(QPushButton, "export-save").click()

    (folder,) = tmp_path.iterdir()
    assert folder.name == "Two Gaussians 2-8-4-1 epoch 30"
    pictures = {path.stem: QImage(str(path)) for path in folder.glob("*.png")}
    assert set(pictures) == {*window.panels, "window"}
    for name, picture in pictures.items():
        assert not picture.isNull(), name
        assert colors(picture).size > 16, name
    assert has_color(pictures["loss"], LIGHT.curve)
    experiment = json.loads(pictures["loss"].text("Experiment"))
    assert experiment["preset"] == "two-gaussians"
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    history = window.recording.frame.history
    assert [float(row["train_loss_binary_crossentropy"]) for row in rows] == history.column(
        "train_loss"
    ).tolist()


def test_the_train_button_and_its_neighbours_have_names_for_screen_readers(window):
    for action in ("train", "step", "reset"):
        buttons = [
            button
            for button in window.findChildren(QToolButton) + window.findChildren(QPushButton)
            if action in button.objectName()
        ]
        assert buttons, action
        assert all(button.accessibleName() or button.text() for button in buttons)
