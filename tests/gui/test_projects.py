"""Projects: what is saved into a file comes back from it, and nothing is lost on the way."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from nnviz.datasets.own.kept import private_folder
from nnviz.datasets.own.proposal import propose
from nnviz.gui import preferences
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell.data_dialog import OpenDataDialog
from nnviz.storage.project import Project, read_project, write_project
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment


@pytest.fixture
def answers(monkeypatch):
    """What the system's dialogs answer, one after the other: paths, with a kind or without."""
    waiting: list = []

    def answer(*_):
        picked = waiting.pop(0)
        return picked if isinstance(picked, tuple) else (str(picked), "")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    return waiting


@pytest.fixture(autouse=True)
def private(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


def train(qtbot, window, epochs=60, preset="xor-2-4-1") -> None:
    window.commands.open_preset(preset)
    window.store.propose(window.store.experiment.change("training", epochs=epochs))
    window.commands.set_pace("full")
    train_on(qtbot, window)


def train_on(qtbot, window) -> None:
    window.actions_["train"].trigger()
    qtbot.waitUntil(lambda: window.session.state is SessionState.RUNNING)
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=20_000)


def save(qtbot, window, path: Path, answers, key="save", kind="") -> None:
    answers.append((str(path), kind))
    window.actions_[key].trigger()
    qtbot.waitUntil(lambda: window.store.file == path and window.projects.is_saved)


def open_file(qtbot, window, path: Path) -> None:
    with qtbot.waitSignal(window.projects.used, timeout=20_000):
        window.projects.open_file(path)


def bring_back(qtbot, window) -> None:
    with qtbot.waitSignal(window.projects.is_back, timeout=20_000):
        window.actions_["bring-back"].trigger()


def shown(window) -> np.ndarray:
    return window.recording.frame.inspection.snapshot.parameters


def kept_names(window) -> list[str]:
    return [run.name for run in window.kept.references]


def told(qtbot, window, words: str) -> str:
    qtbot.waitUntil(lambda: window.banner.isVisible() and words in window.banner.sentence)
    return window.banner.sentence


def test_a_run_taken_up_from_a_file_goes_on_to_the_last_bit_with_the_runs_kept_beside_it(
    qtbot, window, tmp_path, answers
):
    window.kept.clear()
    train(qtbot, window)
    train_on(qtbot, window)
    straight = shown(window)
    window.actions_["keep-run"].trigger()
    train(qtbot, window)
    save(qtbot, window, tmp_path / "a.nnviz", answers)
    window.kept.clear()
    window.commands.open_preset("two-gaussians")
    open_file(qtbot, window, tmp_path / "a.nnviz")
    assert kept_names(window) == ["Run 1"] and window.recording.newest_epoch == 60
    assert len(window.recording.checkpoints) == 61, "its time can be travelled"
    train_on(qtbot, window)
    np.testing.assert_array_equal(shown(window), straight)


def test_one_undo_brings_back_what_was_there_before_a_project_was_opened(
    qtbot, window, tmp_path, answers
):
    window.kept.clear()
    train(qtbot, window)
    window.actions_["keep-run"].trigger()
    save(qtbot, window, tmp_path / "a.nnviz", answers)
    train(qtbot, window, epochs=30)
    window.kept.clear()
    save(qtbot, window, tmp_path / "b.nnviz", answers)
    learned = shown(window)
    open_file(qtbot, window, tmp_path / "a.nnviz")
    assert window.store.file == tmp_path / "a.nnviz" and kept_names(window)
    window.actions_["undo"].trigger()
    np.testing.assert_array_equal(shown(window), learned)
    assert window.store.file == tmp_path / "b.nnviz" and not kept_names(window)
    assert not window.isWindowModified()
    window.actions_["redo"].trigger()
    assert window.store.file == tmp_path / "a.nnviz" and kept_names(window)


def test_the_title_names_the_file_and_marks_what_it_does_not_have(qtbot, window, tmp_path, answers):
    train(qtbot, window)
    assert "a [*]b.nnviz" not in window.windowTitle()
    save(qtbot, window, tmp_path / "a [*]b.nnviz", answers)
    assert window.windowTitle().startswith("a [*][*]b.nnviz[*] — XOR")
    assert not window.isWindowModified()
    train_on(qtbot, window)
    assert window.isWindowModified()
    window.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not window.isWindowModified())
    assert read_project(tmp_path / "a [*]b.nnviz").epochs == 120
    window.actions_["keep-run"].trigger()
    assert window.isWindowModified()
    window.actions_["undo"].trigger()
    assert not window.isWindowModified()


def test_what_is_saved_within_an_epoch_is_said_to_be_of_its_beginning(
    qtbot, window, tmp_path, answers
):
    train(qtbot, window, epochs=3, preset="two-gaussians")
    window.store.propose(window.store.experiment.change("training", batch_size=8))
    train_on(qtbot, window)
    whole = window.recording.newest.snapshot.updates
    window.actions_["step"].trigger()
    qtbot.waitUntil(lambda: window.recording.newest.snapshot.updates > whole)
    with qtbot.waitSignal(window.projects.said, check_params_cb=lambda said: "epoch 3:" in said):
        answers.append(tmp_path / "a.nnviz")
        window.actions_["save"].trigger()
    train_on(qtbot, window)
    with qtbot.waitSignal(window.projects.said, check_params_cb=lambda said: "nnviz”." in said):
        window.actions_["save"].trigger()


def test_nothing_else_is_saved_over_a_project(qtbot, window, tmp_path, answers):
    train(qtbot, window)
    save(qtbot, window, tmp_path / "a.nnviz", answers)
    window.commands.open_preset("two-gaussians")
    save(qtbot, window, tmp_path / "b.nnviz", answers)
    samples = [read_project(tmp_path / f"{name}.nnviz").experiment.data.sample for name in "ab"]
    assert samples[0] != samples[1]


def test_what_is_opened_while_something_is_saved_does_not_get_its_file(
    qtbot, window, tmp_path, answers
):
    train(qtbot, window)
    answers.append(tmp_path / "a.nnviz")
    window.actions_["save"].trigger()
    window.commands.open_preset("two-gaussians")
    with qtbot.waitSignal(window.projects.used):
        pass
    assert window.store.file is None and (tmp_path / "a.nnviz").exists()


def test_a_file_is_saved_beside_the_one_that_was_opened_however_that_was(
    qtbot, window, tmp_path, monkeypatch
):
    path, offered = tmp_path / "here" / "a.nnviz", []
    path.parent.mkdir()
    write_project(path, Project(starting_point("moons")))
    open_file(qtbot, window, path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: offered.append(a[2]) or ("", ""))
    window.actions_["save-as"].trigger()
    assert offered == [str(path)]


def test_what_cannot_be_opened_or_saved_is_said_and_changes_nothing(
    qtbot, window, tmp_path, answers
):
    train(qtbot, window)
    before = shown(window)
    (tmp_path / "broken.nnviz").write_bytes(b"PK")
    window.projects.open_file(tmp_path / "broken.nnviz")
    told(qtbot, window, "“broken.nnviz” is damaged")
    answers.append(tmp_path / "nowhere" / "a.nnviz")
    window.actions_["save-as"].trigger()
    told(qtbot, window, "could not be written")
    np.testing.assert_array_equal(shown(window), before)
    assert window.store.file is None


def test_open_takes_experiments_and_tables_too(qtbot, window, tmp_path, answers):
    asked = starting_point("moons")
    (tmp_path / "a.json").write_text(json.dumps(asked.to_dict()))
    answers.append(tmp_path / "a.json")
    window.actions_["open"].trigger()
    qtbot.waitUntil(lambda: window.store.experiment == asked)
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n2,3\n" * 20)
    answers.append(tmp_path / "a.csv")
    window.actions_["open"].trigger()
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is not None, timeout=20_000)
    window.findChild(OpenDataDialog).opens.click()
    qtbot.waitUntil(lambda: window.recording.problem.dataset.rows == 40, timeout=20_000)
    assert window.recent.files[:2] == [str(tmp_path / "a.csv"), str(tmp_path / "a.json")]


def test_a_file_that_is_dropped_is_opened(qtbot, window, tmp_path):
    write_project(tmp_path / "a.nnviz", Project(starting_point("moons")))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.nnviz"))])
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), *held, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.projects.used):
        QApplication.sendEvent(window, QDropEvent(QPoint(9, 9), *held, keys))
    assert window.store.experiment == starting_point("moons")


def test_recent_files_are_listed_newest_first_and_those_that_have_gone_cannot_be_chosen(
    qtbot, window, tmp_path, answers
):
    window.actions_["clear-recent"].trigger()
    for name in ("a & b", "c"):
        write_project(tmp_path / f"{name}.nnviz", Project(starting_point("moons")))
        open_file(qtbot, window, tmp_path / f"{name}.nnviz")
    open_file(qtbot, window, tmp_path / "a & b.nnviz")
    (tmp_path / "c.nnviz").unlink()
    menu = window.menus["recent"]
    menu.aboutToShow.emit()
    lines = [line for line in menu.actions() if line.objectName() == "recent-file"]
    assert [line.text() for line in lines] == ["a && b.nnviz", "c.nnviz"]
    assert [line.isEnabled() for line in lines] == [True, False]
    assert "not there any more" in lines[1].toolTip()
    with qtbot.waitSignal(window.projects.used):
        lines[0].trigger()
    preferences.write(preferences.RECENT, '{"nonsense": 1}')
    window.recent.refresh()
    assert not window.recent.files and not menu.menuAction().isEnabled()


# ---------------------------------------------------------------------------------- two windows


def test_a_file_that_another_window_has_open_can_be_looked_at_and_saved_under_another_name(
    qtbot, tmp_path, opened, answers
):
    first, second = opened(), opened()
    train(qtbot, first)
    save(qtbot, first, tmp_path / "a.nnviz", answers)
    open_file(qtbot, second, tmp_path / "a.nnviz")
    told(qtbot, second, "another window")
    assert second.recording.newest_epoch == 60
    train_on(qtbot, second)
    save(qtbot, second, tmp_path / "b.nnviz", answers)
    assert read_project(tmp_path / "a.nnviz").epochs == 60
    answers.append(tmp_path / "a.nnviz")
    second.actions_["save-as"].trigger()
    told(qtbot, second, "another window")
    first.close()
    save(qtbot, second, tmp_path / "a.nnviz", answers, "save-as")
    second.close()
    assert not list(tmp_path.glob(".*")), "no lock stays behind"


def test_a_file_whose_other_window_has_gone_belongs_to_the_one_that_saves_into_it(
    qtbot, tmp_path, opened, answers
):
    path = tmp_path / "a.nnviz"
    first, second = opened(), opened()
    train(qtbot, first)
    save(qtbot, first, path, answers)
    open_file(qtbot, second, path)
    first.close()
    answers.append(path)  # once: something else might be there now
    for _ in range(2):
        train_on(qtbot, second)
        second.actions_["save"].trigger()
        qtbot.waitUntil(lambda: second.projects.is_saved)
    assert (tmp_path / ".a.nnviz.lock").exists()


def test_what_was_saved_is_not_offered_again_and_what_was_not_is_with_its_file(
    qtbot, tmp_path, opened, answers
):
    first = opened()
    train(qtbot, first)
    first.actions_["keep-run"].trigger()
    save(qtbot, first, tmp_path / "a.nnviz", answers)
    first.close()
    second = opened()
    assert not second.banner.isVisible()
    open_file(qtbot, second, tmp_path / "a.nnviz")
    train_on(qtbot, second)
    learned = shown(second)
    second.close()
    third = opened()
    assert "120" in third.banner.sentence
    bring_back(qtbot, third)
    np.testing.assert_array_equal(shown(third), learned)
    assert third.store.file == tmp_path / "a.nnviz" and third.isWindowModified()
    assert kept_names(third) == ["Run 1"]


def test_what_a_project_takes_the_place_of_can_be_had_back_after_the_window(
    qtbot, tmp_path, opened
):
    path = tmp_path / "a.nnviz"
    write_project(path, Project(starting_point("moons")))
    first = opened()
    train(qtbot, first)
    learned = shown(first)
    open_file(qtbot, first, path)
    first.close()
    second = opened()
    assert "XOR" in second.banner.sentence
    bring_back(qtbot, second)
    np.testing.assert_array_equal(shown(second), learned)


def test_a_network_that_was_only_built_can_be_had_back(qtbot, opened):
    first = opened()
    first.actions_["add-hidden-layer"].trigger()
    asked = first.store.experiment
    first.close()
    second = opened()
    bring_back(qtbot, second)
    assert second.store.experiment == asked


def test_a_window_that_is_closed_at_once_has_saved(qtbot, tmp_path, opened, answers):
    window = opened()
    train(qtbot, window)
    answers.append(tmp_path / "a.nnviz")
    window.actions_["save"].trigger()
    window.close()
    assert read_project(tmp_path / "a.nnviz").epochs == 60


# ------------------------------------------------------------------------------------- own data


def own(folder: Path) -> Experiment:
    path = folder / "houses.csv"
    path.write_text("area,price\n" + "".join(f"{i},{i % 7}.5\n" for i in range(40)))
    return starting_point("own", propose(path).data)


def test_own_data_go_along_to_where_their_file_is_not(qtbot, window, tmp_path, answers):
    asked = own(tmp_path)
    window.commands.open_experiment(asked)
    qtbot.waitUntil(lambda: window.store.experiment == asked)
    save(qtbot, window, tmp_path / "a.nnviz", answers)
    (tmp_path / "houses.csv").unlink()
    window.commands.open_preset("xor-2-4-1")
    open_file(qtbot, window, tmp_path / "a.nnviz")
    assert window.recording.problem.dataset.rows == 40
    assert Path(window.store.experiment.data.file.path).name == "houses.csv"


def test_data_are_learned_and_go_along_as_they_were_opened_whatever_became_of_their_file(
    qtbot, opened, tmp_path, answers
):
    window = opened()
    window.commands.set_pace("full")
    asked, path = own(tmp_path).change("training", epochs=5), tmp_path / "a.nnviz"
    window.commands.open_experiment(asked)
    kept = private_folder() / asked.data.file.sha256 / "houses.csv"
    qtbot.waitUntil(lambda: kept.exists() and window.store.experiment == asked)
    (tmp_path / "houses.csv").write_text("area,price\n1,2\n")
    train_on(qtbot, window)
    save(qtbot, window, path, answers)
    shutil.rmtree(private_folder())
    window.commands.open_preset("xor-2-4-1")
    open_file(qtbot, window, path)
    assert window.recording.problem.dataset.rows == 40


def test_saved_again_a_project_has_its_data_or_has_not_as_before(
    qtbot, opened, tmp_path, answers, monkeypatch
):
    asked, window, other = own(tmp_path), opened(), opened()
    for most, kind, along in ((10**6, "without", False), (9, "with", True)):
        monkeypatch.setattr("nnviz.storage.own_files.GOES_ALONG", most)
        path = tmp_path / f"{kind}.nnviz"
        window.commands.open_experiment(asked)
        qtbot.waitUntil(lambda: window.store.experiment == asked)
        save(qtbot, window, path, answers, "save-as", f"Project {kind} its data (*.nnviz)")
        window.commands.open_preset("xor-2-4-1")
        open_file(qtbot, other, path)
        other.actions_["add-hidden-layer"].trigger()
        other.actions_["save"].trigger()
        qtbot.waitUntil(lambda: other.projects.is_saved)
        assert ("data.bin" in zipfile.ZipFile(path).namelist()) == along


def test_a_project_that_has_its_data_is_not_replaced_by_one_without_them(
    qtbot, window, tmp_path, answers
):
    asked, path = own(tmp_path), tmp_path / "a.nnviz"
    window.commands.open_experiment(asked)
    qtbot.waitUntil(lambda: window.store.experiment == asked)
    save(qtbot, window, path, answers, kind="Project with its data (*.nnviz)")
    before = path.read_bytes()
    shutil.rmtree(private_folder())
    (tmp_path / "houses.csv").unlink()
    window.actions_["save"].trigger()
    told(qtbot, window, "cannot go along")
    assert path.read_bytes() == before


def test_data_that_did_not_go_along_are_found_beside_the_project_or_asked_for(
    qtbot, window, tmp_path, answers
):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    asked = own(here)
    window.commands.open_experiment(asked)
    qtbot.waitUntil(lambda: window.store.experiment == asked)
    kind = "Project without its data (*.nnviz)"
    save(qtbot, window, here / "a.nnviz", answers, "save-as", kind)
    for name in ("a.nnviz", "houses.csv"):
        (here / name).rename(there / name)
    window.commands.open_preset("xor-2-4-1")
    open_file(qtbot, window, there / "a.nnviz")
    assert window.store.experiment.data.file.path == str(there / "houses.csv")
    window.commands.open_preset("xor-2-4-1")
    shutil.rmtree(private_folder())  # where few data are kept as they were
    (there / "houses.csv").rename(tmp_path / "moved.csv")
    (tmp_path / "other.csv").write_text("area,price\n1,2\n")
    answers += [tmp_path / "other.csv", tmp_path / "moved.csv"]
    with qtbot.waitSignal(window.projects.used):
        window.projects.open_file(there / "a.nnviz")
    assert window.store.experiment.data.file.path == str(tmp_path / "moved.csv")


def test_a_run_that_was_left_asks_where_its_data_are(qtbot, tmp_path, opened, answers):
    first, asked = opened(), own(tmp_path)
    first.commands.open_experiment(asked)
    qtbot.waitUntil(lambda: first.store.experiment == asked)
    first.close()
    shutil.rmtree(private_folder())
    (tmp_path / "houses.csv").rename(tmp_path / "moved.csv")
    second = opened()
    answers.append(tmp_path / "moved.csv")
    bring_back(qtbot, second)
    assert second.recording.problem.dataset.rows == 40


def test_a_missing_file_is_named_with_both_places(qtbot, window, tmp_path, answers):
    path = tmp_path / "a.nnviz"
    write_project(path, Project(own(tmp_path)), with_data=False)
    (tmp_path / "houses.csv").unlink()
    before = window.store.experiment
    answers.append("")
    window.projects.open_file(path)
    sentence = told(qtbot, window, "houses.csv")
    assert str(tmp_path / "houses.csv") in sentence and sentence.count(str(tmp_path)) == 2
    assert window.store.experiment == before and not answers


# ---------------------------------------------------------------------------------- arrangement


def test_panels_are_arranged_as_they_were(qtbot, window, tmp_path, answers):
    train(qtbot, window)
    window.docks.arrange()
    log = window.panels["loss"].log
    window.docks["weights"].close()
    window.docks["inspector"].raise_()
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.docks["loss"])
    was_log = log.isChecked()
    log.setChecked(not was_log)
    qtbot.waitUntil(lambda: window.docks["inspector"].panel.isVisible())
    save(qtbot, window, tmp_path / "a.nnviz", answers)
    window.docks.arrange()
    log.setChecked(was_log)
    open_file(qtbot, window, tmp_path / "a.nnviz")
    assert window.docks["weights"].isHidden()
    assert window.dockWidgetArea(window.docks["loss"]) is Qt.DockWidgetArea.RightDockWidgetArea
    qtbot.waitUntil(lambda: window.docks["inspector"].panel.isVisible())
    qtbot.waitUntil(lambda: log.isChecked() != was_log)
    window.docks.arrange()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"docks": {"loss": {"area": "middle"}}},
        {"docks": {"loss": 3}},
        {"docks": {"loss": {"area": "left", "place": 0, "shown": 1}}},
    ],
)
def test_an_arrangement_that_cannot_be_is_ignored_with_a_word(qtbot, window, tmp_path, spoiled):
    path = tmp_path / "a.nnviz"
    write_project(path, Project(starting_point("moons"), views={"loss": {"log": "?"}, "x": {}}))
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read("experiment.json"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("experiment.json", json.dumps({**about, **spoiled}))
    before = window.docks.places()
    with qtbot.waitSignal(window.projects.said, check_params_cb=lambda said: "stay" in said):
        window.projects.open_file(path)
    assert window.docks.places() == before
    assert window.store.experiment == starting_point("moons")


@pytest.mark.parametrize("number", [-7, 99, 2**70, -1e300])
def test_numbers_that_no_panel_has_change_none(qtbot, window, tmp_path, answers, number):
    train(qtbot, window)
    path = tmp_path / "a.nnviz"
    save(qtbot, window, path, answers)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts["experiment.json"])
    for view in about["views"].values():
        old = {key: value for key, value in view.items() if type(value) in (int, float)}
        view.update({key: type(value)(number) for key, value in old.items()})
    parts["experiment.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    window.commands.open_preset("xor-2-4-1")
    open_file(qtbot, window, path)
    for key in ("activations", "weights", "landscape", "gallery", "forward"):
        dock = window.docks[key]
        dock.show(), dock.raise_()
        qtbot.waitUntil(lambda dock=dock: dock.panel.isVisible() and window.feed.resting)
