"""What was learned can be had back: by Undo, and after the window has gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget

from nnviz.gui.app import Windows
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import BODY_SIZE, LIGHT
from nnviz.gui.run.autosave import MOST_LEFT
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell.notices import Notices
from nnviz.storage.project import read_project


def act(window, key) -> None:
    window.findChild(QAction, f"action-{key}").trigger()


def enabled(window, key) -> bool:
    return window.findChild(QAction, f"action-{key}").isEnabled()


def train(qtbot, window, epochs=60) -> np.ndarray:
    """Train XOR so long; return the parameters it came to."""
    window.commands.open_preset("xor-2-4-1")
    window.store.propose(window.store.experiment.change("training", epochs=epochs))
    window.commands.set_pace("full")
    act(window, "train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=20_000)
    return shown(window)


def shown(window) -> np.ndarray:
    return window.recording.frame.inspection.snapshot.parameters


# ------------------------------------------------------------------------------------ undo and redo


def other_features(window) -> None:
    experiment = window.store.experiment
    window.store.propose(experiment.change("data", features=("x", "y", "xy")))


THROWS_AWAY = {
    "a layer": lambda window: act(window, "add-hidden-layer"),
    "a seed": lambda window: act(window, "new-start"),
    "an input": other_features,
    "another sample": lambda window: window.commands.open_sample("moons"),
    "another tutorial": lambda window: window.commands.open_preset("two-gaussians"),
    "reset": lambda window: act(window, "reset"),
}


@pytest.mark.parametrize("throws_away", THROWS_AWAY.values(), ids=THROWS_AWAY.keys())
def test_undo_brings_the_trained_network_back_and_redo_leaves_it_again(qtbot, window, throws_away):
    learned, asked = train(qtbot, window), window.store.experiment
    losses = window.recording.history.rows()
    throws_away(window)
    assert window.recording.newest_epoch == 0
    act(window, "undo")
    assert window.store.experiment == asked
    assert window.session.state is SessionState.FINISHED
    np.testing.assert_array_equal(shown(window), learned)
    np.testing.assert_array_equal(window.recording.history.rows(), losses)
    assert len(window.recording.checkpoints) == 61, "its time can be travelled"
    act(window, "redo")
    assert window.recording.newest_epoch == 0


def test_a_network_that_is_back_learns_on_as_if_it_had_never_been_away(qtbot, window):
    train(qtbot, window, epochs=120)
    straight = read_parameters(window, 120)
    train(qtbot, window, epochs=60)
    act(window, "new-start")
    act(window, "undo")
    act(window, "train")  # as many again
    qtbot.waitUntil(lambda: window.recording.newest_epoch == 120, timeout=20_000)
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED)
    np.testing.assert_array_equal(read_parameters(window, 120), straight)


def read_parameters(window, epoch) -> np.ndarray:
    checkpoint = window.recording.checkpoints.at(epoch)
    assert checkpoint is not None
    return checkpoint.parameters


def test_a_run_under_way_comes_back_paused_at_its_newest_moment(qtbot, window):
    window.commands.open_preset("xor-2-4-1")
    window.store.propose(window.store.experiment.change("training", epochs=10_000_000))
    act(window, "train")
    qtbot.waitUntil(lambda: window.recording.newest_epoch > 2_000, timeout=20_000)
    act(window, "new-start")
    act(window, "undo")
    assert window.session.state is SessionState.PAUSED
    back = window.recording.newest_epoch
    assert back > 0 and window.recording.checkpoints.epochs[-1] == back
    act(window, "train")
    qtbot.waitUntil(lambda: window.recording.newest_epoch > back, timeout=20_000)
    act(window, "train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED)


def test_undo_after_training_on_from_an_earlier_epoch_brings_the_run_back(qtbot, window):
    learned = train(qtbot, window)
    window.travel.look_at(20)
    act(window, "branch")
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=20_000)
    window.kept.clear()
    act(window, "undo")
    np.testing.assert_array_equal(shown(window), learned)


# -------------------------------------------------------------------------------- the next start


def files(tmp_path) -> list[Path]:
    return sorted((tmp_path / "autosave").glob("*.nnviz"))


def test_a_closed_window_offers_its_run_at_the_next_start(qtbot, tmp_path, opened):
    first = opened()
    assert not enabled(first, "bring-back") and not first.banner.isVisible()
    learned = train(qtbot, first)
    first.close()
    second = opened()
    assert "XOR" in second.banner.sentence and "60" in second.banner.sentence
    second.banner.findChild(QToolButton, "noticeOffer").click()
    qtbot.waitUntil(lambda: not enabled(second, "bring-back"))
    np.testing.assert_array_equal(shown(second), learned)
    assert second.store.experiment.training.epochs == 60
    assert not second.banner.isVisible() and not enabled(second, "bring-back")
    act(second, "undo")
    assert second.recording.newest_epoch == 0


def test_an_offer_is_made_once_and_stays_in_the_menu(qtbot, opened):
    window = opened()
    train(qtbot, window)
    window.close()
    opened().close()
    third = opened()
    assert not third.banner.isVisible() and enabled(third, "bring-back")


def test_all_that_windows_left_can_be_brought_back_one_after_the_other(qtbot, opened):
    for epochs in (30, 60):
        window = opened()
        train(qtbot, window, epochs)
        window.close()
    last = opened()
    for epochs in (60, 30):
        act(last, "bring-back")
        qtbot.waitUntil(lambda epochs=epochs: last.recording.newest_epoch == epochs)
    assert not enabled(last, "bring-back")


def test_what_rests_is_saved_at_once_though_the_window_may_crash(qtbot, tmp_path, opened):
    window = opened()
    learned = train(qtbot, window)
    qtbot.waitUntil(lambda: bool(files(tmp_path)))
    (file,) = files(tmp_path)
    np.testing.assert_array_equal(read_project(file).run.result.parameters, learned)
    other = opened()
    assert not enabled(other, "bring-back"), "its window is there"


def test_a_long_run_is_saved_again_and_again(qtbot, tmp_path, opened, monkeypatch):
    monkeypatch.setattr("nnviz.gui.run.autosave.EVERY", 0.0)
    monkeypatch.setattr("nnviz.gui.run.autosave._LOOK", 10)
    window = opened()
    window.store.propose(window.store.experiment.change("training", epochs=10_000_000))
    window.commands.set_pace("full")
    act(window, "train")
    qtbot.waitUntil(lambda: bool(files(tmp_path)), timeout=20_000)
    (file,) = files(tmp_path)
    before = read_project(file).epochs
    qtbot.waitUntil(lambda: read_project(file).epochs > before, timeout=20_000)
    act(window, "train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED)


def test_only_the_last_few_are_kept_and_what_cannot_be_read_is_not_offered(qtbot, tmp_path, opened):
    window = opened()
    train(qtbot, window)
    window.close()
    (file,) = files(tmp_path)
    for number in range(MOST_LEFT + 1):
        copy = file.with_stem(f"older-{number}")
        copy.write_bytes(file.read_bytes())
        os.utime(copy, (1, number + 1))
    broken = file.with_stem("newest")
    broken.write_bytes(b"PK")
    os.utime(broken, (time.time() + 60,) * 2)
    second = opened()
    assert "60" in second.banner.sentence
    assert [path.stem for path in files(tmp_path)] == sorted(
        [file.stem, *(f"older-{number}" for number in range(2, MOST_LEFT + 1))]
    )


def test_a_folder_that_cannot_be_written_is_told_once_and_nobody_is_stopped(
    qtbot, tmp_path, opened
):
    (tmp_path / "autosave").write_text("in the way")
    window = opened()
    train(qtbot, window)
    qtbot.waitUntil(window.banner.isVisible)
    assert "cannot be saved by itself" in window.banner.sentence
    assert window.session.state is SessionState.FINISHED


def test_a_run_whose_file_has_gone_is_said_to_be(qtbot, tmp_path, opened):
    window = opened()
    train(qtbot, window)
    window.close()
    second = opened()
    for file in files(tmp_path):
        file.unlink()
    act(second, "bring-back")
    assert "cannot be brought back" in second.banner.sentence


HOLDS = """
import sys, time
from PySide6.QtCore import QLockFile
lock = QLockFile(sys.argv[1])
print(lock.tryLock(0), flush=True)
time.sleep(60)
"""


def test_a_lock_of_a_window_that_was_killed_holds_nothing(qtbot, tmp_path, opened):
    window = opened()
    train(qtbot, window)
    window.close()
    (file,) = files(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, file.with_suffix(".lock")], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"True\n"
        assert not enabled(opened(), "bring-back")
        other.kill()
    assert "60" in opened().banner.sentence


def kept_names(window) -> list[str]:
    return [run.name for run in window.kept.references]


def test_what_is_kept_or_forgotten_is_undone_in_its_turn(qtbot, window):
    window.kept.clear()
    train(qtbot, window)
    asked = window.store.experiment
    act(window, "keep-run")
    act(window, "new-start")
    window.kept.clear()
    act(window, "undo")
    assert kept_names(window) == ["Run 1"] and window.store.experiment != asked
    act(window, "redo")
    assert kept_names(window) == []
    act(window, "undo")
    window.kept.remove(0)
    act(window, "undo")
    assert kept_names(window) == ["Run 1"]
    act(window, "undo")
    assert window.store.experiment == asked and window.recording.newest_epoch == 60
    act(window, "undo")
    assert kept_names(window) == [] and window.store.experiment == asked


# ------------------------------------------------------------------- another window in its place


@pytest.fixture
def windows(qtbot, qapp, tmp_path):
    windows = Windows(ThemeManager(qapp), Notices(), tmp_path)
    with qtbot.waitSignal(windows.window.ready, timeout=20_000):
        windows.window.show()
    yield windows
    windows.window.close()
    windows.window.deleteLater()
    apply_style(qapp, LIGHT)


def test_text_has_another_size_at_once_and_nothing_is_lost(qtbot, qapp, windows):
    first = windows.window
    train(qtbot, first)
    act(first, "keep-run")
    rows, asked = first.recording.history.rows(), first.store.experiment
    height = first.bar.train.height()
    first.findChild(QAction, "text-size-150").trigger()
    qtbot.waitUntil(lambda: windows.window is not first, timeout=20_000)
    second = windows.window
    qtbot.waitSignal(second.ready, timeout=20_000).wait()
    assert not second.banner.isVisible(), "what it goes on with is not offered as left"
    assert qapp.font().pixelSize() == round(1.5 * BODY_SIZE)
    assert second.bar.train.height() > 1.4 * height
    np.testing.assert_array_equal(second.recording.history.rows(), rows)
    assert second.store.experiment == asked
    sentence = second.status.findChild(QWidget, "statusSentence").accessibleName()
    assert sentence.startswith("Finished all epochs")
    assert [run.experiment for run in second.recording.frame.references] == [asked]
    for deed in ("undo", "keep-run", "undo"):  # one step each
        act(second, deed)
        assert bool(second.recording.frame.references) == (deed == "keep-run")
    assert enabled(second, "undo"), "what was set before the first window went"
    second.look.choose("dark")
    assert qapp.font().pixelSize() == round(1.5 * BODY_SIZE), "another theme changes no size"


def test_a_project_stays_open_in_another_size_of_text(qtbot, windows, tmp_path, monkeypatch):
    path = tmp_path / "a.nnviz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    first = windows.window
    train(qtbot, first)
    act(first, "save")
    qtbot.waitUntil(lambda: first.projects.is_saved)
    first.findChild(QAction, "text-size-150").trigger()
    qtbot.waitUntil(lambda: windows.window is not first, timeout=20_000)
    second = windows.window
    qtbot.waitSignal(second.ready, timeout=20_000).wait()
    assert second.store.file == path and not second.isWindowModified()
    assert not second.banner.isVisible(), "no other window has it"
    assert (tmp_path / ".a.nnviz.lock").exists(), "and none may take it"


def test_a_run_under_way_rests_in_another_size_of_text(qtbot, windows):
    first = windows.window
    first.commands.set_pace("epoch-300")
    act(first, "train")
    qtbot.waitUntil(lambda: first.recording.newest_epoch > 5, timeout=20_000)
    for percent in ("150", "100"):  # the second before the window with the first is there
        first.look.choose_text_size(percent)
    qtbot.waitUntil(lambda: windows.window is not first, timeout=20_000)
    second = windows.window
    qtbot.waitUntil(lambda: second.recording.newest_epoch > 5, timeout=20_000)
    assert second.session.state is SessionState.PAUSED
