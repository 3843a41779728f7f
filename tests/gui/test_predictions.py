"""Rows that are none of the data, typed or of a file; and the data's own, the worst first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyqtgraph import TextItem
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from nnviz.datasets.own.build import OWN
from nnviz.datasets.own.proposal import propose
from nnviz.gui.export.report_tables import data_tables
from nnviz.gui.export.weights import weights_text
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.network.answers import answer_text
from nnviz.gui.network.sample_activations import expected
from nnviz.gui.panels.forward import ForwardPanel
from nnviz.gui.panels.inspectors.charts import MapChart
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.panels.outputs.base import PlotView
from nnviz.gui.panels.outputs.confusion import ConfusionMatrix
from nnviz.gui.panels.outputs.regression import FittedCurve, PredictedActual, Residuals
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.setup.preview import DataPreview
from nnviz.gui.widgets.number_field import NumberField
from nnviz.storage.predictions import predictions_csv
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import answers
from nnviz.training.prediction import read_rows
from nnviz.training.problem import Problem
from nnviz.training.ranking import losses
from nnviz.training.trainer import Trainer

from .test_output_panels import column_of, frame_of, panel_of, shown

CITIES = ("Bonn", "Köln", "Ulm")
TABLE = "area,city,heated,price\n" + "".join(
    f"{20 + i * 7 % 60},{CITIES[i % 3]},{('no', 'yes')[i * 5 % 7 > 2]},{i % 9}.5\n"
    for i in range(40)
)
NEW = "city,area,heated,price\nUlm,50.5,no,3.5\nParis,20,no,1\nBonn,20,yes,\nKöln,70,yes,90\n"


@pytest.fixture
def own(tmp_path: Path) -> Experiment:
    (tmp_path / "houses.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "new.csv").write_text(NEW, encoding="utf-8")
    return starting_point(OWN, propose(tmp_path / "houses.csv").data)


def frame_on(experiment: Experiment, epochs: int = 2) -> Frame:
    trainer, history = Trainer(experiment.change("training", epochs=epochs)), History(3)
    history.append(trainer.evaluate())
    while not trainer.finished:
        history.extend(trainer.advance(50).rows)
    row = int(trainer.problem.train.index[0])
    return Frame(history, Inspection(trainer.problem, trainer.snapshot()), row)


def list_rows(view: PredictionTable, name: str, worst: bool = False) -> None:
    """Choose what the table lists."""
    box = view.findChild(QComboBox, "output-table-rows")
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    view.findChild(QAbstractButton, "output-table-worst").setChecked(worst)


def test_the_largest_errors_come_first_in_units_of_the_target(qtbot: QtBot) -> None:
    frame = frame_of("houses", 100)
    view, problem = shown(qtbot, PredictionTable, frame), frame.inspection.problem
    list_rows(view, "test", worst=True)
    predicted = frame.inspection.trace(problem.dataset.inputs)[-1].a
    errors = np.abs(problem.decode_outputs(predicted) - problem.dataset.targets)[:, 0]
    test = problem.parts["test"].index
    assert view.model.rows.tolist() == sorted(test, key=lambda row: -errors[row])
    assert "all" in view.rows.names() and view.rows.currentText() == "test"
    list_rows(view, "all", worst=False)
    assert view.model.rows.tolist() == problem.rows.tolist()
    with qtbot.waitSignal(view.row_chosen) as chosen:
        view.table.selectRow(2)
    assert chosen.args == [2]


def test_of_classes_the_largest_losses_come_first_and_follow_the_run(qtbot: QtBot) -> None:
    first, later = frame_of("iris", 3), frame_of("iris", 60)
    panel = panel_of(qtbot, first)
    panel.restore_view({"view": "table", "views": {"table": {"rows": "train", "worst": True}}})
    orders = []
    for frame in (first, replace(later, row=first.row)):
        panel.show_frame(frame)
        outputs = frame.inspection.outputs("train")
        loss = dict(zip(outputs.index, losses(frame.inspection, outputs, "train"), strict=True))
        orders.append(panel.current.model.rows.tolist())
        assert orders[-1] == sorted(outputs.index.tolist(), key=lambda row: -loss[row])
    assert orders[0] != orders[1]


def test_a_word_is_chosen_and_the_sample_moves_there(qtbot: QtBot, own: Experiment) -> None:
    frame = frame_on(own)
    panel, wanted = panel_of(qtbot, frame, (600, 300), ForwardPanel), []
    panel.move_wanted.connect(wanted.append)
    panel.restore_view({"mode": "what-if"})
    problem = frame.inspection.problem
    city = problem.dataset.categories[0]
    box = panel.findChild(QComboBox, f"forward-words-{city.start}")
    assert [box.itemText(i) for i in range(box.count())] == list(CITIES)
    inputs = problem.dataset.inputs[frame.row]
    assert box.currentText() == CITIES[city.shown_in(inputs)]
    other = (city.shown_in(inputs) + 1) % 3
    box.setCurrentIndex(other)
    box.activated.emit(other)
    expected = inputs.copy()
    expected[city.start : city.start + 3] = np.eye(3)[other]
    assert wanted == [tuple(expected.tolist())]
    panel.show_frame(replace(frame, inspection=frame.inspection.with_moved(frame.row, wanted[0])))
    assert box.currentText() == CITIES[other]


@pytest.mark.parametrize("typed", ["123456.7", "5.12345"])
def test_what_is_typed_stays_as_it_is_and_a_refusal_ends(qtbot: QtBot, typed: str) -> None:
    frame = frame_of("iris")
    panel = panel_of(qtbot, frame, (700, 300), ForwardPanel)
    panel.move_wanted.connect(
        lambda to: panel.show_frame(
            replace(frame, inspection=frame.inspection.with_moved(frame.row, to))
        )
    )
    panel.restore_view({"mode": "what-if"})
    field = panel.findChild(NumberField, "forward-number-1")
    for text in (typed, "wide"):
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "“wide” is not a number" in panel.what_if.answer.accessibleName()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == typed
    assert "before" in panel.what_if.answer.accessibleName()


def test_a_date_is_typed_and_shown_as_a_date(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    days = (f"{1 + i % 28}.{1 + i % 12}.2024,{i % 7},{i % 5}.5" for i in range(60))
    path.write_text("\n".join(["day,staff,sales", *days]))
    frame = frame_on(starting_point(OWN, propose(path).data))
    panel, moved = panel_of(qtbot, frame, (600, 300), ForwardPanel), []
    panel.move_wanted.connect(moved.append)
    panel.restore_view({"mode": "what-if"})
    field = panel.findChild(NumberField, "forward-number-0")
    row = frame.row
    assert field.text() == f"2024-{1 + row % 12:02}-{1 + row % 28:02}"
    for text in ("2.1.1970", "soon"):
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [inputs[0] for inputs in moved] == [1.0]
    assert "“soon” is not a date. Write it like 2" in panel.what_if.answer.accessibleName()
    table = shown(qtbot, PredictionTable, frame)
    cell = table.model.index(row, column_of(table, "day"))
    assert cell.data() == f"2024-{1 + row % 12:02}-{1 + row % 28:02}"


def test_a_date_that_is_predicted_is_shown_as_a_date(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "harvests.csv"
    days = (f"{i % 7},{i % 5}.5,{1 + i % 28}.{1 + i % 12}.2024" for i in range(60))
    path.write_text("\n".join(["rain,sun,harvested", *days]))
    frame = frame_on(starting_point(OWN, propose(path, "harvested").data))
    problem, row = frame.inspection.problem, frame.row
    actual = f"2024-{1 + row % 12:02}-{1 + row % 28:02}"
    assert answer_text(problem, expected(problem, row)) == actual
    assert answer_text(problem, float("nan"))  # of a run that has diverged
    table = shown(qtbot, PredictionTable, frame)
    told = "predicted", "actual", "error"
    cells = [table.model.index(row, column_of(table, name)).data() for name in told]
    assert cells[1] == actual
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", cells[0])
    assert re.fullmatch(r"[−\d.,]+", cells[2])
    panel = panel_of(qtbot, frame, (600, 300), ForwardPanel)
    panel.restore_view({"mode": "what-if"})
    assert cells[0] in panel.what_if.answer.accessibleName()


def read_at(view: PlotView, side: str) -> tuple[str, ...]:
    """Return what is written at the ticks of a chart's axis."""
    axis = view.chart.axes[side]
    size = axis.size()
    labels: tuple[str, ...] = axis.ticks(size.width() if side == "bottom" else size.height()).labels
    return labels


def test_charts_of_dates_have_dates_at_their_axes(qtbot: QtBot, tmp_path: Path) -> None:
    path, start = tmp_path / "orders.csv", np.datetime64("2023-03-01")
    rows = [(start + 4 * i, start + 4 * i + i * 7 % 30) for i in range(60)]
    path.write_text("sent,arrived\n" + "".join(f"{sent},{come}\n" for sent, come in rows))
    frame = frame_on(starting_point(OWN, propose(path).data))
    sides = {FittedCurve: ("bottom", "left"), PredictedActual: ("bottom", "left")}
    for kind, dated in (*sides.items(), (Residuals, ("bottom",))):
        view = shown(qtbot, kind, frame, (400, 300))
        for side in ("bottom", "left"):
            labels = read_at(view, side)
            are_dates = [bool(re.fullmatch(r"202\d(-\d\d){0,2}", label)) for label in labels]
            assert labels and all(one == (side in dated) for one in are_dates), (kind, labels)
        assert ("days" in view.chart.names.left) == (kind is Residuals)
        assert "days" not in view.chart.names.bottom
    other = shown(qtbot, PredictedActual, frame_on(starting_point("auto-mpg")))
    view.begin(other.problem)  # another run in the same window
    assert not any("-" in label for label in read_at(view, "bottom"))


def test_answers_beyond_a_chart_of_dates_are_told_as_dates(qtbot: QtBot, tmp_path: Path) -> None:
    path, start = tmp_path / "orders.csv", np.datetime64("2023-03-01")
    rows = (f"{start + 4 * i},{start + 4 * i + i * 7 % 30}\n" for i in range(60))
    path.write_text("".join(["sent,arrived\n", *rows]))
    frame = frame_on(starting_point(OWN, propose(path).data))
    known = frame.inspection
    wild = replace(known.snapshot, parameters=9 * known.snapshot.parameters)
    far = replace(frame, inspection=Inspection(known.problem, wild))
    date, days = r"[▲▼] \d{4}-\d\d-\d\d", r"[▲▼] −?[\d,.]+"
    for kind, shows, pattern in ((PredictedActual, far, date), (Residuals, frame, days)):
        view = shown(qtbot, kind, shows, (400, 300))
        across, (low, high) = view.home
        if kind is Residuals:  # which are within the axis until a part is looked at
            view.restore_view({"zoom": [*across, low / 50, high / 50]})
        items = view.plot.scene().items()
        tags = [item for item in items if isinstance(item, TextItem) and item.isVisible()]
        said = [tag.toPlainText() for tag in tags]
        assert said and all(re.fullmatch(pattern, one) for one in said), said


def test_a_surface_of_dates_and_its_scale_have_dates(qtbot: QtBot, tmp_path: Path) -> None:
    path, start = tmp_path / "harvests.csv", np.datetime64("2023-03-01")
    rows = (f"{start + 5 * i},{i * i % 7}.5,{start + 4 * i}" for i in range(60))
    path.write_text("\n".join(["sown,sun,harvested", *rows]))
    frame = frame_on(starting_point(OWN, propose(path, "harvested").data))
    view = shown(qtbot, DecisionSurface, frame, (400, 300))
    read = {side: " ".join(read_at(view, side)) for side in ("bottom", "left", "right")}
    assert "202" in read["bottom"] and "202" in read["right"] and "202" not in read["left"]
    assert next(entry.label for entry in view.legend()) == "harvested"
    chart = MapChart()
    chart.show_neuron(frame, Selection(0, 0), moving=False)
    assert (chart.axes["bottom"].is_dates, chart.axes["left"].is_dates) == (True, False)


def test_the_facts_of_data_and_a_report_tell_dates(qtbot: QtBot, tmp_path: Path) -> None:
    path, start = tmp_path / "orders.csv", np.datetime64("2023-03-01")
    path.write_text(
        "sent,rain,arrived\n"
        + "".join(f"{start + i},{i % 9}.5,{start + 2 * i}\n" for i in range(60))
    )
    experiment = starting_point(OWN, propose(path, "arrived").data)
    preview = DataPreview()
    qtbot.addWidget(preview)
    preview.show_data(experiment.data)
    told = preview.accessibleDescription()
    assert "2023-03-01 to 2023-06-27" in told and "days" not in told
    *_, columns = data_tables(Problem(experiment))
    rows = {name: rest for name, *rest in columns.rows}
    assert rows["arrived"][0] == "2023-03-01" and rows["arrived"][3] == "2023-06-27"
    assert rows["sent"][0] == "2023-03-01" and rows["sent"][3] == "2023-04-29"
    assert rows["sent"][1] == "2023-03-30" and rows["sent"][2].endswith(" days")
    assert rows["rain"][0] == "0.5"


def test_a_typed_row_has_a_share_for_every_class(qtbot: QtBot) -> None:
    frame = frame_of("iris", 60)
    panel = panel_of(qtbot, frame, (700, 300), ForwardPanel)
    panel.restore_view({"mode": "what-if"})
    output = frame.inspection.sample_trace(frame.row)[-1].a[0]
    names = frame.inspection.problem.dataset.class_names
    told = panel.what_if.shares.accessibleName()
    best = int(output.argmax())
    assert told.startswith(f"{names[best]} {100 * output[best]:.1f} %".replace(".0 %", " %"))
    assert all(name in told for name in names)


def test_the_walk_of_a_moved_sample_ends_with_the_answer() -> None:
    frame = replace(frame_of("iris"), walk=WalkPlace())
    moved = replace(frame, inspection=frame.inspection.with_moved(0, (1.0, 2.0, 3.0, 4.0)))
    kinds = [stage.kind for stage in moved.walked().stages]
    assert kinds == ["inputs", "sum", "activation", "sum", "activation"]
    assert "loss" in [stage.kind for stage in frame.walked().stages]


def test_rows_of_a_file_are_answered_for_in_the_table(
    qtbot: QtBot, own: Experiment, tmp_path: Path
) -> None:
    frame = frame_on(own)
    problem = frame.inspection.problem
    new = read_rows(tmp_path / "new.csv", problem)
    panel, moved = panel_of(qtbot, frame, (600, 400), OutputPanel), []
    panel.move_wanted.connect(moved.append)
    panel.show_frame(replace(frame, new_rows=new))
    view = panel.current
    assert isinstance(view, PredictionTable) and view.rows.currentText() == "new.csv"
    known = answers(problem, frame.inspection.snapshot.parameters, new.inputs)[:, 0]
    model, place = view.table.model(), column_of(view, "predicted")
    told = [model.index(row, place).data().replace("−", "-") for row in range(4)]
    assert [float(told[row]) for row in (0, 2, 3)] == pytest.approx(known[[0, 2, 3]], abs=0.051)
    assert told[1] == "—"
    assert "Paris" in model.index(1, place).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(0, column_of(view, "area")).data() == "50.50"
    assert [model.index(row, column_of(view, "city")).data() for row in (0, 3)] == ["Ulm", "Köln"]
    assert model.index(1, column_of(view, "city")).data() == "Paris"  # as the file has it
    assert model.index(2, column_of(view, "actual")).data() == ""
    heads = [model.headerData(row, Qt.Orientation.Vertical) for row in range(4)]
    assert heads == ["2", "3", "4", "5"]
    view.table.selectRow(1)
    assert not moved  # nothing is known of it
    view.table.selectRow(3)
    assert moved == [tuple(new.inputs[3].tolist())]
    view.findChild(QAbstractButton, "output-table-worst").click()
    assert view.model.rows.tolist() == [3, 0, 1, 2]
    there = frame.inspection.with_moved(frame.row, moved[0])
    panel.show_frame(replace(frame, inspection=there, new_rows=new))
    assert view.table.currentIndex().row() == 0
    assert "\t70\tKöln\tyes" in view.table.copied()


def test_values_that_were_missing_are_in_brackets_and_told(
    qtbot: QtBot, own: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text("area,city,heated\n50.5,Ulm,no\n,Ulm,no\n,Paris,no\n")
    frame = frame_on(own)
    problem = frame.inspection.problem
    panel = panel_of(qtbot, frame, (600, 400), OutputPanel)
    panel.show_frame(replace(frame, new_rows=read_rows(tmp_path / "new.csv", problem)))
    model, gaps = panel.current.model, "Values are missing and filled in: “area”."
    area, city = (column_of(panel.current, name) for name in ("area", "city"))
    cells = [model.index(row, area).data() for row in range(3)]
    assert cells[0] == "50.50" and cells[2] == ""  # there is no answer to it
    median = np.median(problem.dataset.inputs[problem.train.index, 0])
    assert cells[1].startswith("(") and float(cells[1].strip("()")) == pytest.approx(median)
    assert model.index(1, city).data() == "Ulm"
    up, tip = Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
    tips = [model.index(row, area).data(tip) for row in range(3)]
    tips += [model.headerData(row, up, tip) for row in range(3)]
    assert [gaps in text for text in tips] == 2 * [False, True, False]


def test_gaps_of_the_data_themselves_are_in_brackets(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "flats.csv"
    rows = ("" if i in (0, 5) else f"{20 + i * 7 % 60}" for i in range(40))
    path.write_text("".join(["area,rent\n", *(f"{a},{i}.5\n" for i, a in enumerate(rows))]))
    frame = frame_on(starting_point(OWN, propose(path, "rent").data))
    table = shown(qtbot, PredictionTable, frame)
    column = column_of(table, "area")
    texts = [table.model.index(row, column).data() for row in range(40)]
    assert [row for row, text in enumerate(texts) if text.startswith("(")] == [0, 5]
    gaps, up, tip = "filled in: “area”.", Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
    assert gaps in table.model.index(0, column_of(table, "predicted")).data(tip)
    assert gaps in table.model.headerData(5, up, tip)
    assert not table.model.headerData(6, up, tip) and gaps not in table.model.index(6, 0).data(tip)
    moved = replace(frame, row=5, inspection=frame.inspection.with_moved(5, (33.0,)))
    assert shown(qtbot, PredictionTable, moved).model.index(5, column).data() == "33"


def test_words_of_a_file_are_copied_and_exported_as_no_formulas(
    qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    lines = (f"{i % 9 / 2},{('@a', 'b')[i % 2]},{('=no', 'yes')[i % 3 > 1]}" for i in range(40))
    path.write_text("\n".join(["=size,kind,+answer", *lines]))
    frame = frame_on(starting_point(OWN, propose(path).data))
    matrix = shown(qtbot, ConfusionMatrix, frame)
    matrix.findChild(QShortcut).activated.emit()
    counts = QGuiApplication.clipboard().text()
    table = shown(qtbot, PredictionTable, frame).table.copied()
    weights = weights_text(frame.inspection)
    for text, words in ((counts, ["=no"]), (table, ["=size", "@a", "=no"]), (weights, ["=size"])):
        cells = [cell for line in text.splitlines() for cell in line.split("\t")]
        assert all(f"'{word}" in cells and word not in cells for word in words), text


def test_of_rows_with_the_same_inputs_the_chosen_one_stays_chosen(
    qtbot: QtBot, own: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text("city,area,heated\n" + "Ulm,50,no\n" * 3 + "Ulm,60,no\n")
    frame = frame_on(own)
    new = read_rows(tmp_path / "new.csv", frame.inspection.problem)
    panel = panel_of(qtbot, frame, (600, 400), OutputPanel)
    panel.move_wanted.connect(
        lambda to: panel.show_frame(
            replace(frame, inspection=frame.inspection.with_moved(frame.row, to), new_rows=new)
        )
    )
    panel.show_frame(replace(frame, new_rows=new))
    table, lines = panel.current.table, []
    for _ in range(4):
        qtbot.keyClick(table, Qt.Key.Key_Down)
        lines.append(table.currentIndex().row())
    assert lines == [0, 1, 2, 3]
    worst = panel.current.findChild(QAbstractButton, "output-table-worst")
    assert worst.isHidden()  # nobody knows the right answers
    panel.show_frame(frame)
    assert not worst.isHidden()


def test_a_file_is_predicted_walked_and_saved(window, qtbot, own, tmp_path, monkeypatch):
    window.commands.open_experiment(own)
    recording, view = window.recording, window.panels["output"]
    qtbot.waitUntil(lambda: bool(recording.problem and recording.problem.dataset.categories))
    save, told = window.actions_["save-predictions"], []
    assert not save.isEnabled()
    window.predictions.failed.connect(told.append)
    picked = str(tmp_path / "new.csv"), ""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: picked)
    window.actions_["predict-file"].trigger()
    qtbot.waitUntil(save.isEnabled)
    qtbot.waitUntil(lambda: isinstance(view.current, PredictionTable))
    rows = recording.frame.new_rows
    assert len(rows.problems) == 1
    view.current.table.selectRow(0)
    moved = recording.frame.inspection.moved
    assert moved is not None and moved[1] == tuple(rows.inputs[0].tolist())
    out = tmp_path / "out.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    view.current.findChild(QAbstractButton, "output-table-save").click()
    qtbot.waitUntil(out.exists)
    moment = recording.frame.inspection
    written = predictions_csv(rows, moment.problem, moment.snapshot.parameters)
    assert out.read_bytes() == written
    said: list[str] = []
    window.predictions.said.connect(said.append)
    (tmp_path / "gaps.csv").write_text("area,city,heated\n50.5,Ulm,no\n,Ulm,no\n")
    window.predictions.look(tmp_path / "gaps.csv")
    qtbot.waitUntil(lambda: recording.frame.new_rows is not rows)
    whole = "The network answers for 2 rows of “gaps.csv”."
    assert said[-1] == f"{whole} Values are missing and filled in: “area”."
    rows = recording.frame.new_rows
    (tmp_path / "new.csv").write_text("a,b\n1,2\n")
    window.actions_["predict-file"].trigger()
    qtbot.waitUntil(lambda: bool(told))
    assert "has no column called" in str(told[0])
    assert recording.frame.new_rows is rows  # what was shown is still there
    window.commands.open_sample("iris")
    qtbot.waitUntil(lambda: not save.isEnabled())
    window.commands.undo()
    qtbot.waitUntil(save.isEnabled)


def test_a_row_is_typed_in_where_what_if_is(window, qtbot):
    said = []
    window.predictions.said.connect(said.append)
    window.commands.open_sample("iris")
    window.actions_["predict-row"].trigger()
    forward = window.panels["forward"]
    assert forward.mode == "what-if"
    qtbot.waitUntil(forward.what_if.isVisible)
    assert "Step through" in said.pop()
    window.commands.open_sample("digits")
    window.actions_["predict-row"].trigger()
    assert "drawn" in said[0]
