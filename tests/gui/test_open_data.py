"""A person's own table, from the File menu, a drop or the clipboard to a run."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressDialog,
    QPushButton,
)

from nnviz.gui.shell.data_dialog import OpenDataDialog
from nnviz.gui.widgets.choice_box import ChoiceBox

TABLE = "area,city,price\n" + "".join(
    f"{i * 7 % 30},{'ab'[i % 2]}<b>,{i % 9}.5\n" for i in range(40)
)


def headings(dialog):
    model = dialog.table.model()
    across = range(model.columnCount())
    return [model.headerData(i, Qt.Orientation.Horizontal).split("\n") for i in across]


def shown_dialog(qtbot, window):
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is not None, timeout=20_000)
    return window.findChild(OpenDataDialog)


def opened(qtbot, window, accept):
    """Do what opens a file; return what is then open."""
    before = window.store.experiment
    accept()
    qtbot.waitUntil(lambda: window.store.experiment != before)
    return window.store.experiment


def looked_at_anew(qtbot, dialog):
    assert not dialog.opens.isEnabled()
    qtbot.waitUntil(lambda: dialog.opens.isEnabled() or bool(dialog.error.text()))


@pytest.fixture
def told(window):
    errors = []
    window.open_data.failed.connect(errors.append)
    yield errors
    window.open_data.failed.disconnect(errors.append)


@pytest.fixture
def dialog(window, qtbot, tmp_path):
    path = tmp_path / "houses.csv"
    path.write_text(TABLE)
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    yield dialog
    if window.findChild(OpenDataDialog) is not None:
        dialog.reject()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete: the next test finds none


def choose(dialog, row, what, name):
    """Choose in the table of columns, as a person does with the mouse."""
    table = dialog.columns
    dialog.tabs.setCurrentWidget(table)
    index = table.content.index(row, what)
    table.scrollTo(index)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center()
    )
    box = table.findChild(QComboBox)
    box.setCurrentIndex(box.findData(name))
    box.hidePopup()
    box.activated.emit(box.currentIndex())


def test_a_table_is_looked_at_and_opened(window, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "houses.csv"
    path.write_text(TABLE)
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *words: asked.append(words) or (str(path), "")
    )
    before = window.store.experiment
    window.actions_["open-data"].trigger()
    dialog = shown_dialog(qtbot, window)
    assert {"*.nnviz", "*.csv.gz", "*.xlsx", "*.npz"} <= {*re.split(r"[\s()]", asked[0][3])}
    assert dialog.windowTitle() == "houses.csv"
    named = [["area", "number"], ["city", "category"], ["price", "predicted"]]
    assert headings(dialog) == named
    assert dialog.table.model().index(0, 1).data() == "a<b>"
    assert "40 rows and 2 inputs" in dialog.understood.text()
    dialog.target.chosen.emit("city")
    looked_at_anew(qtbot, dialog)
    assert headings(dialog)[1] == ["city", "predicted"]
    assert "one of 2 classes" in dialog.understood.text()
    assert window.store.experiment == before
    path.unlink()  # what has been read is not read a second time
    data = opened(qtbot, window, lambda: QTest.keyClick(dialog, Qt.Key.Key_Return)).data
    assert data.file.path == str(path)
    assert data.file.recipe.target.name == "city"
    assert window.recording.problem.dataset.class_names == ("a<b>", "b<b>")
    path.write_text(TABLE)
    window.commands.step()
    qtbot.waitUntil(lambda: window.recording.frame.epoch is not None)
    box = window.setup.findChild(ChoiceBox, "data-sample")
    assert box.currentText() == "houses.csv"
    window.commands.open_sample("iris")
    assert "own" not in box.names()
    window.commands.undo()
    assert window.store.experiment.data == data
    assert box.currentText() == "houses.csv"
    qtbot.waitUntil(lambda: len(multiprocessing.active_children()) == 1)  # that which trains


def test_no_button_has_a_drawing_of_the_style_which_is_dark_on_dark(dialog):
    assert all(button.icon().isNull() for button in dialog.buttons.buttons())


def test_what_was_understood_is_changed_and_seen_at_once(window, qtbot, dialog):
    choose(dialog, 0, 2, "ignore")
    looked_at_anew(qtbot, dialog)
    assert headings(dialog)[0] == ["area", "ignored"]
    assert "40 rows and 1 input," in dialog.understood.text()
    dialog.task.chosen.emit("category")
    looked_at_anew(qtbot, dialog)
    assert "one of 9 classes" in dialog.understood.text()
    assert headings(dialog)[0] == ["area", "ignored"]  # what the person chose stays
    skip = dialog.form.fields["skip_end"]
    skip.setFocus()
    skip.lineEdit().setText("10")
    skip.lineEdit().textEdited.emit("10")
    QTest.keyClick(skip, Qt.Key.Key_Return)
    looked_at_anew(qtbot, dialog)
    assert "30 rows" in dialog.understood.text()
    dialog.form.fields["separator"].chosen.emit(";")
    looked_at_anew(qtbot, dialog)
    assert "has one column only" in dialog.error.text()
    assert not dialog.opens.isEnabled()
    dialog.form.fields["separator"].chosen.emit(",")
    looked_at_anew(qtbot, dialog)
    assert dialog.error.text() == ""


def test_selected_columns_are_changed_together(window, qtbot, tmp_path):
    path = tmp_path / "wide.csv"
    rows = "".join(f"{i * i % 7},{i % 5},{i * i % 11},{i % 3},{i % 4}\n" for i in range(40))
    path.write_text(f"a,b,c,d,e\n{rows}")
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    table = dialog.columns
    dialog.tabs.setCurrentWidget(table)
    for row, what, key in (
        (1, 0, Qt.KeyboardModifier.NoModifier),
        (3, 2, Qt.KeyboardModifier.ShiftModifier),  # which opens what can be chosen
    ):
        place = table.visualRect(table.content.index(row, what)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, key, place)
    box = table.findChild(QComboBox)
    box.setCurrentIndex(box.findData("ignore"))
    box.hidePopup()
    box.activated.emit(box.currentIndex())
    looked_at_anew(qtbot, dialog)
    assert [c.role for c in dialog.recipe.columns] == ["input", *["ignore"] * 3, "target"]
    dialog.reject()


def test_a_change_of_decimals_can_be_taken_back(window, qtbot, tmp_path):
    path = tmp_path / "germany.csv"
    path.write_text("a;b\n" + "".join(f"{i}.00{i % 7},5;{i * i % 5},25\n" for i in range(1, 40)))
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    before = dialog.recipe
    assert (before.decimal, before.thousands) == (",", ".")
    dialog.form.fields["decimal"].chosen.emit(".")
    looked_at_anew(qtbot, dialog)
    assert dialog.recipe.decimal == "."
    dialog.form.fields["decimal"].chosen.emit(",")
    looked_at_anew(qtbot, dialog)
    assert (dialog.recipe, dialog.error.text()) == (before, "")
    dialog.reject()


def test_a_recipe_that_cannot_be_is_refused_at_once(window, qtbot, dialog):
    choose(dialog, 0, 2, "ignore")
    looked_at_anew(qtbot, dialog)
    choose(dialog, 1, 2, "ignore")
    assert "one column has to be an input" in dialog.error.text()
    assert dialog.opens.isEnabled()  # as before


def test_what_is_pasted_is_kept_in_a_private_file(window, qtbot, told):
    QGuiApplication.clipboard().setText("x\ty\n" + "".join(f"{i}\t{i * i}\n" for i in range(30)))
    window.setFocus()
    window.actions_["paste-data"].trigger()
    dialog = shown_dialog(qtbot, window)
    assert headings(dialog) == [["x", "number"], ["y", "predicted"]]
    path = Path(opened(qtbot, window, dialog.accept).data.file.path)
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    assert path.is_relative_to(home)
    assert path.name == "pasted.csv"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    QGuiApplication.clipboard().setText(" ")
    window.actions_["paste-data"].trigger()
    assert "no table to be pasted" in str(told[-1])


def test_a_field_takes_what_is_pasted_into_it(window, qtbot):
    QGuiApplication.clipboard().setText("12")
    line = window.setup.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    with qtbot.assertNotEmitted(window.actions_["paste-data"].triggered):
        QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "12"
    QTest.keyClick(line, Qt.Key.Key_Escape)


def drop(window, *paths):
    given = QMimeData()
    given.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none, place = Qt.KeyboardModifier.NoModifier, window.centralWidget().geometry().center()
    entered = QDragEnterEvent(place, actions, given, button, none)
    QApplication.sendEvent(window.centralWidget(), entered)
    assert entered.isAccepted()
    QApplication.sendEvent(window, QDropEvent(place.toPointF(), actions, given, button, none))


def test_a_file_is_dropped_on_the_window(window, qtbot, tmp_path):
    path = tmp_path / "dropped.csv"
    path.write_text(TABLE)
    drop(window, path)
    dialog = shown_dialog(qtbot, window)
    assert dialog.windowTitle() == "dropped.csv"
    dialog.reject()


def test_several_files_are_opened_where_they_belong_together(window, qtbot, tmp_path, told):
    tables = [tmp_path / "a.csv", tmp_path / "b.csv"]
    drop(window, *tables)
    assert "These are 2 files" in str(told[-1])
    arrays = {"y_train.npy": np.arange(30) % 3, "x_train.npy": np.eye(30)}
    for name, array in arrays.items():
        np.save(tmp_path / name, array)
    drop(window, *(tmp_path / name for name in arrays))
    dialog = shown_dialog(qtbot, window)
    assert dialog.windowTitle() == "x_train.npy"
    assert "one of 3 classes" in dialog.understood.text()
    dialog.reject()


def test_what_is_not_opened_is_not_said_to_be_opened_any_more(window, qtbot, tmp_path, told):
    sentence = window.status.findChild(QLabel, "statusSentence")
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 9)
    before = sentence.accessibleName()
    drop(window, tmp_path / "noise.csv")
    assert sentence.accessibleName() == "Opening “noise.csv” …"
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert sentence.accessibleName() == before
    drop(window, tmp_path / "table.csv")
    shown_dialog(qtbot, window).reject()
    assert sentence.accessibleName() == before


def test_which_arrays_are_inputs_and_targets_is_chosen(window, qtbot, tmp_path):
    path, rows = tmp_path / "arrays.npz", np.arange(30)
    wide = np.random.default_rng(0).random((30, 4))
    np.savez(path, x=wide[:, :2], y=rows % 3, other=wide, heights=rows / 7, few=rows[:9])
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    assert (dialog.inputs.currentText(), dialog.target.name) == ("x  (30×2)", "y")
    numbers = dialog.table.model().index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert numbers & Qt.AlignmentFlag.AlignRight
    columns = ["column 1", "column 2"]
    assert dialog.target.names() == ["y", "other", "heights", *columns]
    for box, name in ((dialog.inputs, "other"), (dialog.target, "heights")):
        box.chosen.emit(name)
        looked_at_anew(qtbot, dialog)
    assert "30 rows and 4 inputs, from which “heights” is predicted as a number" in (
        dialog.understood.text()
    )
    dialog.inputs.chosen.emit("few")
    looked_at_anew(qtbot, dialog)
    assert "no targets that belong to them" in dialog.error.text()
    for box, name in ((dialog.inputs, "other"), (dialog.target, "column 2"), (dialog.task, "x")):
        box.chosen.emit(name if name != "x" else "number")
        looked_at_anew(qtbot, dialog)
    kept = opened(qtbot, window, dialog.accept).data.file.samples
    assert (kept.inputs, kept.targets, kept.column, kept.task) == ("other", "", 1, "regression")
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is None)
    window.open_data.look_again()
    dialog = shown_dialog(qtbot, window)
    assert (dialog.inputs.name, dialog.target.name) == ("other", "column 2")
    dialog.reject()


def test_a_file_that_is_open_is_looked_at_again(window, qtbot, dialog):
    choose(dialog, 0, 2, "ignore")
    looked_at_anew(qtbot, dialog)
    opened(qtbot, window, dialog.accept)
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is None)
    window.commands.add_hidden_layer()
    asked = window.store.experiment
    again = window.setup.findChild(QPushButton, "data-look-again")
    assert again.isVisibleTo(window.setup)
    again.click()
    dialog = shown_dialog(qtbot, window)
    assert headings(dialog)[0] == ["area", "ignored"]
    choose(dialog, 0, 2, "input")
    looked_at_anew(qtbot, dialog)
    now = opened(qtbot, window, dialog.accept)
    assert now.network.layers == asked.network.layers
    assert now.data.file.recipe.columns[0].role == "input"
    window.commands.open_sample("xor")
    assert not again.isVisibleTo(window.setup)


def test_looked_at_again_the_newest_rows_are_still_held_out(window, qtbot, tmp_path):
    path = tmp_path / "dated.csv"
    path.write_text("day,x,y\n" + "".join(f"2024-01-{i + 1:02},{i % 5},{i}.5\n" for i in range(30)))
    window.open_data.look(path)
    opened(qtbot, window, shown_dialog(qtbot, window).accept)
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is None)
    asked = window.store.experiment
    opened(qtbot, window, lambda: window.store.propose(asked.change("data", split="time")))
    window.open_data.look_again()
    dialog = shown_dialog(qtbot, window)
    row = [name for name, *_ in headings(dialog)].index("x")
    choose(dialog, row, 2, "ignore")
    looked_at_anew(qtbot, dialog)
    assert opened(qtbot, window, dialog.accept).data.split == "time"


def test_what_cannot_be_opened_leaves_the_work_alone(window, qtbot, tmp_path, told):
    before = window.store.experiment
    path = tmp_path / "bad.csv"
    path.write_bytes(bytes(range(256)))
    window.open_data.look(path)
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "“bad.csv” is not a table written as text" in str(told[0])
    assert window.findChild(OpenDataDialog) is None
    path.write_text("a,b,c\n1,2,3\n3,2,4\n")
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    dialog.target.chosen.emit("b")
    looked_at_anew(qtbot, dialog)
    assert "is the same in all rows" in dialog.error.text()
    dialog.reject()
    assert window.store.experiment == before


def test_reading_can_be_cancelled(window, qtbot, tmp_path, told):
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n2,1\n" * 100_000)
    before = window.store.experiment
    window.open_data.look(path)
    qtbot.waitUntil(lambda: len(multiprocessing.active_children()) == 2)
    window.findChild(QProgressDialog).canceled.emit()
    qtbot.waitUntil(lambda: len(multiprocessing.active_children()) == 1, timeout=20_000)
    assert window.findChild(OpenDataDialog) is None
    assert told == []
    assert window.store.experiment == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
def test_a_process_that_is_killed_becomes_a_sentence(window, qtbot, dialog):
    for child in multiprocessing.active_children():
        if child.name != "nnviz training":
            os.kill(child.pid, signal.SIGKILL)
    dialog.form.fields["header"].committed.emit(0)
    qtbot.waitUntil(lambda: bool(dialog.error.text()))
    assert "ended unexpectedly" in dialog.error.text()
    dialog.form.fields["header"].committed.emit(1)
    looked_at_anew(qtbot, dialog)
    assert dialog.error.text() == ""


def test_a_table_that_cannot_be_read_so_is_shown_and_put_right(window, qtbot, tmp_path):
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1,2\n2,1\n" * 6 + "3\n4,5,6\n7,8,9\n")
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    assert "Line 14 of “ragged.csv” has 1 cells where the others have 2." in dialog.error.text()
    assert dialog.table.model().index(1, 0).data() == "2"
    assert not dialog.opens.isEnabled()
    dialog.form.fields["skip_end"].committed.emit(3)
    looked_at_anew(qtbot, dialog)
    assert "12 rows" in dialog.understood.text()
    dialog.reject()


def test_pictures_of_a_folder_are_brought_to_another_size(window, qtbot, tmp_path, monkeypatch):
    for name, ink in (("dark", 20), ("light", 230)):
        (tmp_path / "inks" / name).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("RGB", (40, 40), (ink + number, ink, ink))
            picture.save(tmp_path / "inks" / name / f"{number}.png")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "inks"))
    window.actions_["open-pictures"].trigger()
    dialog = shown_dialog(qtbot, window)
    assert "8 pictures of " in dialog.understood.text()
    assert not dialog.target.isVisibleTo(dialog)
    dialog.pictures.fields["side"].committed.emit(8)
    looked_at_anew(qtbot, dialog)
    dialog.pictures.fields["channels"].chosen.emit("1")
    looked_at_anew(qtbot, dialog)
    assert "8 pictures of 8×8 pixels" in dialog.understood.text()
    opened(qtbot, window, dialog.accept)
    assert window.recording.problem.dataset.picture_shape == (1, 8, 8)
    window.setup.findChild(QPushButton, "data-look-again").click()
    dialog = shown_dialog(qtbot, window)
    assert "8 pictures of 8×8 pixels" in dialog.understood.text()
    dialog.reject()
