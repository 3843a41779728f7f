"""Data under the hand: points are edited in their picture, samples and neurons are looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QSlider

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.spec import SampleOptions
from nnviz.gui.frame import Selection
from nnviz.gui.panels.forward import ForwardPanel
from nnviz.gui.panels.outputs.regression import FittedCurve
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.run.session import SessionState
from nnviz.gui.setup.preview import DataPreview
from nnviz.gui.widgets.number_field import NumberField
from nnviz.training.choices import with_sample, with_setting
from nnviz.training.edits import AddPoint, DeletePoint, MovePoint, RelabelPoint
from nnviz.training.points import with_points
from nnviz.training.problem import Problem

from .test_output_panels import experiment, frame_of, panel_of, picture, shown

LEFT = Qt.MouseButton.LeftButton


def editing(qtbot, kind, sample):
    """Return a view of a sample with its editor on, and the list that takes what is wanted."""
    view = shown(qtbot, kind, frame_of(sample, epochs=1), (500, 500))
    with qtbot.waitExposed(view):
        view.show()
    view.editor.switch.setChecked(True)
    view.grab()  # lays it out
    wanted = []
    view.edit_wanted.connect(wanted.append)
    return view, wanted


def place_of(view, row):
    """Return where a point is, in pixels of the plot."""
    problem = view.problem
    y = problem.target_values[row, 0] if isinstance(view, FittedCurve) else None
    x, y = (problem.dataset.inputs[row, 0], y) if y is not None else problem.dataset.inputs[row]
    return view.chart.place(float(x), float(y)).toPoint()


def drag(view, start, by):
    ground = view.plot.viewport()
    QTest.mousePress(ground, LEFT, pos=start)
    for step in (1, 2, 3):
        QTest.mouseMove(ground, start + step * by / 3)
    QTest.mouseRelease(ground, LEFT, pos=start + by)


@pytest.mark.parametrize(
    ("kind", "sample", "spot", "target"),
    [
        (DecisionSurface, "xor", (0.5, 0.5), 1.0),
        (DecisionSurface, "houses", (-0.02, -0.02), 77.0),
        (FittedCurve, "sine", (0.5, 0.97), None),
    ],
)
def test_a_hand_adds_moves_relabels_and_deletes_points(qtbot, kind, sample, spot, target):
    view, wanted = editing(qtbot, kind, sample)
    box, ground, upward = view.chart.box, view.plot.viewport(), target is None
    view.editor.kind.show_value("1")
    view.editor.target.show_value(77.0)
    (left, right), (low, high) = view.home
    x, y = left + (right - left) * abs(spot[0]), low + (high - low) * abs(spot[1])
    empty = view.chart.place(x, y).toPoint()
    QTest.mouseMove(ground, empty)
    assert ground.cursor().shape() is Qt.CursorShape.CrossCursor
    QTest.mouseClick(ground, LEFT, pos=empty)
    added = wanted.pop()
    assert isinstance(added, AddPoint) and box.contains(empty.toPointF())
    assert added.inputs == pytest.approx((x,) if upward else (x, y), abs=0.02 * (right - left))
    assert added.target == pytest.approx(y if upward else target, abs=0.05)
    across = view.problem.dataset.inputs[:, 0]
    row = int(np.argsort(across)[-1])  # at the right, with room at its left
    QTest.mouseMove(ground, place_of(view, row))
    assert ground.cursor().shape() is Qt.CursorShape.OpenHandCursor
    with qtbot.waitSignal(view.row_chosen) as chosen:
        drag(view, place_of(view, row), QPoint(-20, 12))
    (moved,) = wanted
    row = chosen.args[0]
    was, pixel = view.problem.dataset.inputs[row], view.chart.pixel
    assert isinstance(moved, MovePoint) and moved.row == row
    assert moved.inputs[0] == pytest.approx(was[0] - 20 * pixel.width(), abs=2 * pixel.width())
    assert (moved.target is not None) == upward
    at, app = place_of(view, row) + QPoint(-20, 12), QApplication.instance()
    app.sendEvent(ground, QContextMenuEvent(QContextMenuEvent.Mouse, at, ground.mapToGlobal(at)))
    (menu,) = view.findChildren(QMenu)
    offered = [type(action.data()) for action in menu.actions()]
    assert offered == [RelabelPoint] * (not upward) + [DeletePoint]
    menu.close()
    view.show_moment(view.inspection, row)
    QTest.keyClick(view.plot, Qt.Key.Key_Delete)
    QTest.keyClick(view.plot, Qt.Key.Key_Left)
    nudged = wanted.pop()
    assert wanted[1:] == [DeletePoint(row)] and (nudged.target is not None) == upward
    assert nudged.inputs[0] == pytest.approx(was[0] - (right - left) / 100, rel=1e-3)
    assert nudged.inputs[1:] == pytest.approx(was[1:], rel=1e-3)
    view.editor.switch.setChecked(False)
    QTest.mouseClick(ground, LEFT, pos=empty)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Left):
        QTest.keyClick(view.plot, key)
    assert len(wanted) == 2


def samples_told(window):
    return [label.text() for label in window.setup.findChild(DataPreview).findChildren(QLabel)]


def test_points_are_edited_at_any_time_and_everything_follows(qtbot, window):
    session, recording, store = window.session, window.recording, window.store
    window.commands.open_preset("xor-2-4-1")
    window.docks.bring_to_front("output")
    qtbot.waitUntil(lambda: window.feed.resting and window.panels["output"].current is not None)
    view = window.panels["output"].current

    def made(count, rows):
        qtbot.waitUntil(lambda: session.edits == count, timeout=10_000)
        qtbot.waitUntil(lambda: window.feed.resting, timeout=10_000)
        assert session.problem.rows.size == rows
        assert recording.frame.inspection.problem is session.problem
        assert f"{rows} samples" in samples_told(window)

    view.edit_wanted.emit(AddPoint((0.5, 0.5), 1.0))  # before the first epoch
    made(1, 5)
    assert recording.frame.row == 4
    view.edit_wanted.emit(DeletePoint(4))
    made(2, 4)
    assert recording.frame.row == 3
    session.train()
    view.edit_wanted.emit(MovePoint(2, (1.0, 0.1)))  # while it trains
    made(3, 4)
    qtbot.waitUntil(lambda: session.state is SessionState.FINISHED, timeout=20_000)
    recording.show(0)
    assert recording.frame.row == 3
    view.edit_wanted.emit(DeletePoint(1))  # of the newest epoch, whichever was looked at
    made(4, 3)
    assert recording.shown is None
    recording.choose_row(2)
    recording.choose_row(1)
    assert recording.frame.row == 0
    session.train()
    qtbot.waitUntil(lambda: session.state is SessionState.FINISHED, timeout=20_000)
    store.undo()
    assert session.problem.rows.size == 4
    view.edit_wanted.emit(DeletePoint(9))
    qtbot.waitUntil(lambda: "no point in row 9" in window.status._sentence.accessibleName())


def test_other_samples_forget_points_and_what_was_moved_may_have_another_target():
    asked = experiment("moons").change("data", points=(DeletePoint(7), AddPoint((0.0, 0.0), 1.0)))
    assert with_setting(asked, "data.seed", 5).data.points == ()
    assert with_setting(asked, "data.test_fraction", 0.1).data.points == asked.data.points
    assert Problem(with_sample(asked, "houses")).dataset.name == "houses"
    curve = load_sample("sine", SampleOptions())
    moved = with_points(curve, [MovePoint(3, (0.5,), 2.0), MovePoint(4, (0.5,))])
    assert moved.targets[3:5, 0].tolist() == [2.0, curve.targets[4, 0]]


# ------------------------------------------------------------------------------ what if, and maps


def test_a_moved_sample_is_asked_about_where_it_is_and_the_data_stay():
    inspection = frame_of("houses").inspection
    moved = inspection.with_moved(3, (120.0, 5.0))
    there = inspection.trace(np.array([[120.0, 5.0]]))[-1].a
    assert np.allclose(moved.sample_trace(3)[-1].a, there)
    assert np.allclose(moved.sample_backward(3).network.layers[-1].a.T, there)
    assert not np.allclose(inspection.sample_trace(3)[-1].a, there)
    assert np.array_equal(moved.sample_inputs(2), inspection.sample_inputs(2))
    assert np.array_equal(moved.outputs("train").values, inspection.outputs("train").values)


def test_sliders_and_the_ring_move_the_sample(qtbot):
    frame = frame_of("houses")
    panel, wanted = panel_of(qtbot, frame, (600, 300), ForwardPanel), []
    panel.move_wanted.connect(wanted.append)
    panel.restore_view({"mode": "what-if"})
    panel.findChild(QSlider, "forward-input-0").setValue(200)
    inputs = frame.inspection.problem.dataset.inputs
    assert wanted[-1] == pytest.approx((inputs[:, 0].max(), inputs[frame.row, 1]), rel=1e-3)
    panel.show_frame(replace(frame, inspection=frame.inspection.with_moved(0, wanted[-1])))
    assert "(moved)" in panel.what_if.answer.accessibleName()
    panel.what_if.back.click()
    assert wanted[-1] is None
    number = panel.findChild(NumberField, "forward-number-1")
    for typed in ("12.5", "much"):
        number.selectAll()
        qtbot.keyClicks(number, typed)
        qtbot.keyClick(number, Qt.Key.Key_Return)
    assert wanted[-1][1] == 12.5 and "“much”" in panel.what_if.answer.accessibleName()
    pictures = panel_of(qtbot, frame_of("digits"), kind=ForwardPanel)
    pictures.restore_view({"mode": "what-if"})
    assert pictures.mode != "what-if"
    surface = shown(qtbot, DecisionSurface, frame)
    surface.move_wanted.connect(wanted.append)
    drag(surface, place_of(surface, frame.row), QPoint(9, 9))
    assert wanted[-1][0] > inputs[frame.row, 0] and wanted[-1][1] < inputs[frame.row, 1]


def test_a_moved_sample_is_seen_everywhere_until_another_is_chosen(qtbot, window):
    window.commands.open_preset("xor-2-4-1")
    window.panels["output"].move_wanted.emit((0.5, 0.25))
    qtbot.waitUntil(lambda: window.feed.resting)
    bar = window.panels["network"].bar
    assert "moved" in bar.sentence.accessibleName() and "0.25" in bar.sentence.accessibleName()
    assert window.recording.frame.inspection is window.recording.frame.inspection
    window.recording.choose_row(1)
    assert window.recording.frame.inspection.moved is None


def test_the_map_of_the_neuron_under_the_pointer_is_in_the_output_panel(qtbot, window):
    window.commands.open_preset("xor-2-4-1")
    qtbot.waitUntil(lambda: window.feed.resting)
    network, panel = window.panels["network"].network, window.panels["output"]
    QTest.mouseMove(network, network.place_of((1, 1)).toPoint())
    qtbot.waitUntil(lambda: window.recording.frame.hovered == Selection(0, 1))
    qtbot.waitUntil(lambda: "Hidden 1, neuron 2" in [entry.label for entry in panel.legend()])
    QApplication.sendEvent(network, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: "Hidden 1, neuron 2" not in [entry.label for entry in panel.legend()])


@pytest.mark.parametrize(("kind", "sample"), [(DecisionSurface, "moons"), (SampleImage, "digits")])
def test_a_neurons_map_is_another_picture_and_never_in_an_export(qtbot, kind, sample):
    frame = frame_of(sample)
    view = shown(qtbot, kind, frame)
    before = picture(view)
    for neuron in (Selection(0, 0), Selection(0, 3)):
        view.show_moment(frame.inspection, frame.row, neuron)
        assert picture(view) != before
    view.show_moment(frame.inspection, frame.row)
    assert picture(view) == before
    panel = panel_of(qtbot, frame)
    panel.bare = True
    panel.show_frame(replace(frame, hovered=Selection(0, 0)))
    assert panel.current.hovered is None
