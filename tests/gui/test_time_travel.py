"""Going through the time of a run in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QPushButton,
    QSpinBox,
)

from nnviz.gui.look.numbers import steady
from nnviz.gui.run.session import SessionState
from nnviz.gui.timeline.track import INTERVAL
from nnviz.training.edits import SetWeight


def act(window, name: str) -> None:
    found = window.findChild(QAction, f"action-{name}")
    assert found.isEnabled(), name
    found.trigger()


def enabled(window, name: str) -> bool:
    return window.findChild(QAction, f"action-{name}").isEnabled()


def rest(qtbot, window) -> None:
    """Wait until another epoch may be told."""
    qtbot.wait(2 * INTERVAL)


def finish(qtbot, window) -> None:
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=60_000)


def said(window) -> str:
    return window.status._sentence.accessibleName()


@pytest.fixture
def trained(qtbot, window):
    """The window after 200 epochs of XOR."""
    window.commands.open_preset("xor-2-4-1")
    window.store.propose(window.store.experiment.change("training", epochs=200))
    window.commands.set_pace("full")
    act(window, "train")
    finish(qtbot, window)
    # The moments come after the records, and are offered with the frame after that.
    qtbot.waitUntil(lambda: len(window.timeline.track.kept) == 201)
    return window


def test_before_training_there_is_nothing_to_travel_to(qtbot, window) -> None:
    window.commands.open_preset("xor-2-4-1")
    qtbot.waitUntil(lambda: window.timeline.track.newest == 0)
    assert not any(enabled(window, name) for name in ("play-back", "earlier", "now", "branch"))
    assert not window.timeline.track.isEnabled()
    assert not window.panels["network"].isAncestorOf(window.timeline), "exports leave it out"


def test_figures_and_panels_show_the_epoch_looked_at(qtbot, trained) -> None:
    window, figures = trained, trained.bar.figures
    window.timeline.track.setValue(50)
    qtbot.waitUntil(lambda: figures["epoch"].text == "50 of 200")
    history = window.recording.history
    assert figures["train"].text == steady(history.column("train_loss")[50])
    assert figures["epoch"].accessibleName() == "Epoch shown: 50 of 200"
    assert window.findChild(QSpinBox, "timeline-epoch").accessibleName() == "epoch 50 of 200"
    act(window, "later")
    qtbot.waitUntil(lambda: figures["epoch"].text == "51 of 200")
    act(window, "copy-weights")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Hidden 1, weights after epoch 51\n")
    act(window, "now")
    qtbot.waitUntil(lambda: figures["epoch"].text == "200")
    act(window, "copy-weights")
    assert copied != QGuiApplication.clipboard().text()
    assert figures["epoch"].accessibleName() == "Epoch: 200"
    assert not enabled(window, "now")


def test_ctrl_left_the_track_and_a_click_on_a_curve_choose_kept_epochs(qtbot, trained) -> None:
    act(trained, "earlier")
    assert trained.recording.shown == 199
    rest(qtbot, trained)
    qtbot.keyClick(trained.timeline.track, Qt.Key.Key_Home)
    assert trained.recording.shown == 0
    assert not enabled(trained, "earlier")
    rest(qtbot, trained)
    qtbot.keyClick(trained.timeline.track, Qt.Key.Key_End)
    assert trained.recording.shown is None
    trained.panels["loss"].epoch_chosen.emit(50)
    assert trained.recording.shown == 50
    trained.panels["loss"].epoch_chosen.emit(200)
    assert trained.recording.shown is None


def test_a_typed_epoch_is_looked_at_or_the_nearest_and_which_one_is_said(qtbot, trained) -> None:
    trained.store.propose(trained.store.experiment.change("training", epochs=1500))
    act(trained, "train")
    finish(qtbot, trained)
    qtbot.waitUntil(lambda: trained.timeline.track.kept[-1] == 1500)
    assert 700 in trained.timeline.track.kept and 701 not in trained.timeline.track.kept
    for epoch, shown, sentence in (
        (700, 700, "You look at an earlier epoch."),
        (701, 700, "Epoch 701 is not kept; you look at the nearest, 700."),
        (1500, None, "Back at the newest epoch."),
        (9999, None, "The run has come to epoch 1,500 so far, not to 9,999."),
    ):
        field = trained.findChild(QSpinBox, "timeline-epoch")
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, str(epoch))
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert trained.recording.shown == shown
        assert said(trained).startswith(sentence)


def test_a_picture_of_several_epochs_is_of_those_asked_or_nearest(
    qtbot, trained, tmp_path, monkeypatch
) -> None:
    act(trained, "save-epochs")
    asked = trained.findChild(QInputDialog, "epochs-dialog")
    assert asked.textValue() == "0, 20, 60, 100, 140, 200"
    asked.setTextValue("0, 77, 5000")
    asked.accept()
    dialog = trained.export.dialog
    assert dialog.windowTitle().endswith("at epochs 0, 77, 200")
    path = tmp_path / "both.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    dialog.findChild(QPushButton, "export-save").click()
    qtbot.waitUntil(path.exists, timeout=20_000)


def test_playing_back_comes_to_the_present_and_can_be_stopped(qtbot, trained) -> None:
    shown: list[int | None] = []
    trained.recording.shown_changed.connect(shown.append)
    act(trained, "play-back")
    assert trained.recording.shown == 0
    assert trained.travel.playback.playing
    qtbot.waitUntil(lambda: len(shown) > 3)
    act(trained, "play-back")
    assert not trained.travel.playback.playing
    here = trained.recording.shown
    assert 0 < here < 200
    act(trained, "play-back")
    assert trained.recording.shown == here
    with qtbot.waitSignal(trained.travel.playback.ended, timeout=20_000):
        pass
    assert trained.recording.shown is None
    epochs = [epoch for epoch in shown if epoch is not None]
    assert epochs == sorted(epochs)
    act(trained, "play-back")
    qtbot.mousePress(trained.timeline.track, Qt.MouseButton.LeftButton)
    assert not trained.travel.playback.playing, "a hand on the track stops it"
    qtbot.mouseRelease(trained.timeline.track, Qt.MouseButton.LeftButton)


def test_train_on_from_here_repeats_what_the_run_did(qtbot, trained) -> None:
    window = trained
    before = np.array(window.recording.history.column("train_loss"))
    window.timeline.track.setValue(120)
    act(window, "branch")
    assert window.session.state is SessionState.RUNNING
    assert "epoch 120" in said(window)
    finish(qtbot, window)
    qtbot.waitUntil(lambda: len(window.recording.history) == 201)
    assert np.array_equal(np.array(window.recording.history.column("train_loss")), before)
    assert window.recording.shown is None


def set_rate(window, rate: float) -> None:
    window.setup.edited.emit(window.store.experiment.change("training", learning_rate=rate))


def test_what_is_changed_at_an_earlier_epoch_is_changed_there(qtbot, trained) -> None:
    window = trained
    experiment, losses = window.store.experiment, window.recording.history.column("train_loss")
    for epoch, rate in ((120, 0.5), (60, 0.25)):
        window.timeline.track.setValue(epoch)
        set_rate(window, rate)
        qtbot.waitUntil(lambda: window.store.experiment.training.learning_rate == rate)  # noqa: B023
        assert window.recording.newest_epoch == epoch
        assert said(window).startswith(f"Back at epoch {epoch}: rate: {rate:g}. Undo brings back")
        qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED)
    kept, _ = window.kept.references
    assert kept.experiment == experiment
    assert np.array_equal(kept.history.column("train_loss"), losses)
    window.kept.clear()
    act(window, "train")
    finish(qtbot, window)
    qtbot.waitUntil(lambda: len(window.recording.history) == 201)
    rates = window.recording.history.column("learning_rate")
    assert (rates[60], rates[61], rates[200]) == (1.0, 0.25, 0.25)
    for name in ("", " rate: 0.25", " rate: 0.5"):  # first what was forgotten above
        assert window.findChild(QAction, "action-undo").text() == f"&Undo{name}"
        act(window, "undo")
    assert window.store.experiment == experiment
    assert np.array_equal(window.recording.history.column("train_loss"), losses)


def test_what_cannot_be_changed_at_an_earlier_epoch_leaves_the_run_as_it_is(qtbot, trained) -> None:
    window = trained
    window.kept.clear()
    window.timeline.track.setValue(50)
    with qtbot.waitSignal(window.commands.edit_refused):
        window.commands.edit(SetWeight(0, 9, 0, 1.0))
    assert "no neuron 10" in said(window)
    asked = window.store.experiment
    window.setup.edited.emit(asked.change("training", batch_size=-1))
    assert "batch" in window.setup.training.field_of("training.batch_size").message.lower()
    assert (window.recording.newest_epoch, window.recording.shown) == (200, 50)
    assert not window.kept.references and window.setup.training.experiment == asked


def test_training_on_from_an_earlier_epoch_is_undone_by_name(qtbot, trained) -> None:
    window = trained
    window.timeline.track.setValue(50)
    act(window, "branch")
    finish(qtbot, window)
    for name in ("training on from epoch 50", "Reset"):
        if name == "Reset":
            act(window, "reset")
        assert window.findChild(QAction, "action-undo").text() == f"&Undo {name}"
    act(window, "undo")
    assert window.recording.newest_epoch == 200
    window.kept.clear()
    window.travel.look_at(50)
    typed = window.setup.training.fields["training.learning_rate"].control
    typed.lineEdit().setText("0.5")
    typed.keep_text()
    act(window, "branch")
    finish(qtbot, window)
    assert window.recording.history.column("learning_rate")[49:53].tolist() == [1, 1, 0.5, 0.5]


def test_a_rate_set_meanwhile_is_undone_and_done_again_with_what_was_learned(qtbot, window) -> None:
    window.commands.open_preset("xor-2-4-1")
    window.commands.set_pace("epoch-300")
    act(window, "train")
    qtbot.waitUntil(lambda: window.recording.newest_epoch > 5, timeout=20_000)
    set_rate(window, 0.25)
    qtbot.waitUntil(lambda: last_rate(window) == 0.25, timeout=20_000)
    act(window, "train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    trained = window.recording.newest_epoch
    act(window, "undo")
    assert window.store.experiment.training.learning_rate == last_rate(window) == 1.0
    assert 5 < window.recording.newest_epoch < trained
    act(window, "redo")
    assert window.store.experiment.training.learning_rate == last_rate(window) == 0.25
    assert window.recording.newest_epoch == trained
    window.commands.set_pace("full")


def test_a_rate_that_waits_for_the_end_of_its_epoch_is_shown_and_kept_to(qtbot, window) -> None:
    window.commands.open_preset("xor-2-4-1")
    window.store.propose(window.store.experiment.change("training", batch_size=1))
    with qtbot.waitSignal(window.session.snapshot_ready, timeout=20_000):
        act(window, "step")  # within the first epoch
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED)
    with qtbot.waitSignal(window.session.state_changed):
        set_rate(window, 0.25)
    assert said(window) == "At the end of this epoch: rate: 0.25."
    form = window.setup.training
    asked = form.experiment.change("training", l2=0.5)
    assert asked.training.learning_rate == 0.25
    window.setup.edited.emit(asked)
    qtbot.waitUntil(lambda: window.session.edits == 0 and len(window.session.experiment.edits) == 2)
    assert form.experiment == asked and window.recording.newest_epoch == 0
    window.setup.edited.emit(asked.change("training", optimizer="adam"))
    assert window.store.experiment.training.learning_rate == 0.25, "another run has it too"


def last_rate(window) -> float:
    return float(window.recording.history.column("learning_rate")[-1])


def test_train_goes_on_from_the_newest_epoch_whatever_is_looked_at(qtbot, trained) -> None:
    window = trained
    window.timeline.track.setValue(50)
    act(window, "train")
    assert window.recording.shown is None
    assert "newest" in said(window)
    finish(qtbot, window)
    qtbot.waitUntil(lambda: window.recording.newest_epoch == 400)
    window.timeline.track.setValue(50)
    act(window, "step")
    assert window.recording.shown is None
    qtbot.waitUntil(lambda: window.recording.newest_epoch == 401, timeout=20_000)


def test_training_goes_on_while_one_looks_back(qtbot, window) -> None:
    window.commands.open_preset("xor-2-4-1")
    window.commands.set_pace("epoch-300")
    act(window, "train")
    qtbot.waitUntil(lambda: window.timeline.track.newest > 30, timeout=20_000)
    window.timeline.track.setValue(10)
    assert "training goes on" in said(window)
    seen = window.timeline.track.newest
    qtbot.waitUntil(lambda: window.timeline.track.newest > seen + 30, timeout=20_000)
    assert window.bar.figures["epoch"].text.startswith("10 of ")
    assert window.timeline.track.value() == 10
    act(window, "train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    assert window.recording.shown == 10, "Pause leaves one where one is"
    window.commands.set_pace("full")


def test_another_run_ends_all_travelling(qtbot, trained) -> None:
    trained.timeline.track.setValue(50)
    act(trained, "play-back")
    act(trained, "reset")
    assert not trained.travel.playback.playing
    assert trained.recording.shown is None
    qtbot.waitUntil(lambda: trained.timeline.track.newest == 0)
