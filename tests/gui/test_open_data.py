"""A person's own table, from the File menu to a run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from nnviz.gui.shell.open_data import OpenDataDialog
from nnviz.gui.widgets.choice_box import ChoiceBox

TABLE = "area,city,price\n" + "".join(
    f"{i * 7 % 30},{'ab'[i % 2]}<b>,{i % 9}.5\n" for i in range(40)
)


def headings(dialog):
    model = dialog.table.model()
    across = range(model.columnCount())
    return [model.headerData(i, Qt.Orientation.Horizontal).split("\n") for i in across]


def shown_dialog(qtbot, window):
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is not None)
    return window.findChild(OpenDataDialog)


def test_a_table_is_looked_at_and_opened(window, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "houses.csv"
    path.write_text(TABLE)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    before = window.store.experiment
    window.actions_["open-data"].trigger()
    dialog = shown_dialog(qtbot, window)
    assert dialog.windowTitle() == "houses.csv"
    named = [["area", "number"], ["city", "category"], ["price", "predicted"]]
    assert headings(dialog) == named
    assert dialog.table.model().index(0, 1).data() == "a<b>"
    assert "40 rows and 2 inputs" in dialog.understood.text()
    dialog.target.chosen.emit("city")
    assert not dialog.opens.isEnabled()
    qtbot.waitUntil(dialog.opens.isEnabled)
    assert headings(dialog)[1] == ["city", "predicted"]
    assert "one of 2 classes" in dialog.understood.text()
    assert window.store.experiment == before
    dialog.opens.click()
    data = window.store.experiment.data
    assert data.file.path == str(path)
    assert data.file.recipe.target.name == "city"
    assert window.recording.problem.dataset.class_names == ("a<b>", "b<b>")
    window.commands.step()
    qtbot.waitUntil(lambda: window.recording.frame.epoch is not None)
    box = window.setup.findChild(ChoiceBox, "data-sample")
    assert box.currentText() == "Own data"
    window.commands.open_sample("iris")
    assert "own" not in box.names()
    window.commands.undo()
    assert window.store.experiment.data == data
    assert box.currentText() == "Own data"


def test_what_cannot_be_opened_leaves_the_work_alone(window, qtbot, tmp_path):
    before, told = window.store.experiment, []
    window.open_data.failed.connect(told.append)
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n6,7\n")
    window.open_data.look(path)
    qtbot.waitUntil(lambda: bool(told))
    assert "Line 3 of “bad.csv” has 1 cells where the others have 2." in str(told[0])
    assert window.findChild(OpenDataDialog) is None
    path.write_text("a,b,c\n1,2,3\n3,2,4\n")
    window.open_data.look(path)
    dialog = shown_dialog(qtbot, window)
    dialog.target.chosen.emit("b")
    qtbot.waitUntil(lambda: "is the same in all rows" in dialog.understood.text())
    assert not dialog.opens.isEnabled()
    dialog.reject()
    assert window.store.experiment == before
