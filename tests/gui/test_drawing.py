"""A pad in the sample's place: what is drawn is answered at once, and can become a sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.gui.panels.forward import ForwardPanel
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.run.session import SessionState
from nnviz.training.edits import AddPoint
from nnviz.training.inspection import Inspection

from .test_output_panels import frame_of, panel_of, picture, shown

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
ONE = [(0.5, 0.2), (0.5, 0.8)]


def stroke(view, places, button=LEFT):
    """Draw from place to place, in shares of the pad from its upper left corner."""
    ground, ((left, right), (low, high)) = view.plot.viewport(), view.picture.shown
    points = [
        view.picture.place(left + x * (right - left), high - y * (high - low)).toPoint()
        for x, y in places
    ]
    QTest.mousePress(ground, button, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(ground, point)
    QTest.mouseRelease(ground, button, pos=points[-1])


def drawing(qtbot, sample, size=(330, 420)):
    """Return a view in which one draws, and what it asks of others."""
    view = shown(qtbot, SampleImage, frame_of(sample), size)
    with qtbot.waitExposed(view):
        view.show()
    moves, edits = [], []
    view.move_wanted.connect(moves.append)
    view.edit_wanted.connect(edits.append)
    view.drawing.switch.click()
    view.grab()
    return view, moves, edits


def told(view):
    return view.drawing._invitation.isVisible(), view.picture.names.bottom.strip()


@pytest.mark.parametrize("size", [(330, 420), (244, 247)])
def test_what_is_drawn_is_answered_and_taken_back(qtbot, size):
    view, moves, edits = drawing(qtbot, "digits", size)
    parts = view.drawing
    assert told(view) == (True, "") and not parts.add.isEnabled()
    axis = view.bars.axes["left"]
    assert axis.ticks(axis._length()).labels == tuple("9876543210")
    pad, seen = view.picture.box, view.drawing.seen.box
    assert pad.width() > 130 > 1.7 * seen.width() and pad.height() == pytest.approx(pad.width())
    blank = picture(view)
    stroke(view, ONE)
    asked = view.inspection.with_moved(view.row, moves[-1])
    answer = asked.sample_trace(view.row)[-1].a[0]
    assert np.array_equal(view.outputs, answer) and answer.argmax() == view.decided
    assert told(view) == (False, f"predicted {view.decided}")
    drawn = picture(view)
    assert drawn != blank
    stroke(view, [(0.1, 0.5), (0.9, 0.5)])
    two = moves[-1]
    stroke(view, [(0.9, 0.5), (0.1, 0.5)], RIGHT)
    assert moves[-1] not in (two, None)
    parts.eraser.click()
    stroke(view, ONE)
    parts.eraser.click()
    undo = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    claim = QKeyEvent(QEvent.Type.ShortcutOverride, *undo)
    claim.ignore()
    QApplication.sendEvent(parts.eraser, claim)
    assert claim.isAccepted()  # it is not the window's Undo
    QTest.keyClick(parts.eraser, *undo)
    parts.undo.click()
    assert moves[-1] == two
    parts.undo.click()
    assert picture(view.plot) == drawn.copy(view.plot.geometry())
    parts.clear.click()
    assert moves[-1] is None and told(view) == (True, "")
    parts.undo.click()
    assert parts.label.name == str(view.decided)  # until one says what it is
    parts.label.setCurrentIndex(7)
    parts.label.activated.emit(7)
    stroke(view, [(0.2, 0.2)])
    parts.undo.click()
    parts.add.click()
    assert edits == [AddPoint(asked.moved[1], 7.0)]
    stroke(view, [(0.2, 0.2)], Qt.MouseButton.MiddleButton)
    parts.switch.click()
    assert moves[-1] is None
    count = len(moves)
    stroke(view, ONE)
    assert len(moves) == count


def test_a_letter_is_corrected_pixel_by_pixel(qtbot):
    view, moves, _ = drawing(qtbot, "letters-abc")
    letter = view.problem.dataset.inputs[0]
    assert told(view)[1].startswith("predicted") and not view.drawing.add.isEnabled()
    assert view.drawing.seen not in view.plot.charts
    before = picture(view)
    stroke(view, [(0.05, 0.05)])
    assert np.flatnonzero(np.array(moves[-1]) != letter).tolist() == [0]
    assert picture(view) != before and view.drawing.add.isEnabled()
    view.drawing.undo.click()
    assert moves[-1] is None
    stroke(view, [(0.05, 0.95)])
    view.show_moment(view.inspection, 1)
    moment = Inspection(view.problem, view.inspection.snapshot)
    view.show_moment(moment, 1)  # another letter that is chosen takes its place
    assert np.array_equal(view.drawing.pad.ink.ravel(), view.problem.dataset.inputs[1])
    assert view.drawing.label.name == "1"


def test_a_drawing_is_seen_everywhere_and_stays_until_a_sample_is_chosen(qtbot, window):
    session, recording, panels = window.session, window.recording, window.panels
    window.commands.open_preset("digits-softmax")
    window.docks.bring_to_front("output")

    def rest():
        qtbot.waitUntil(lambda: window.feed.resting, timeout=10_000)

    def sees(inputs):
        rest()
        frame = recording.frame
        return np.array_equal(frame.inspection.raw_inputs(frame.row), inputs)

    rest()
    view = panels["output"].current
    view.drawing.switch.click()
    rest()
    stroke(view, ONE)
    mine = view.drawing.inputs
    assert sees(mine) and "another picture" in panels["network"].bar.sentence.accessibleName()
    window.commands.new_start()  # another run
    assert sees(mine) and view.drawing.inputs == mine
    answers = [view.outputs.copy()]
    window.commands.step()
    qtbot.waitUntil(lambda: recording.newest_epoch > 0 or session.state is SessionState.PAUSED)
    rest()
    answers.append(view.outputs.copy())
    assert not np.array_equal(*answers) and sees(mine)
    rows = session.problem.rows.size
    view.drawing.label.show_value("4")
    view.drawing.add.click()
    qtbot.waitUntil(lambda: session.edits == 1, timeout=10_000)
    assert sees(mine) and recording.frame.inspection.moved is None
    assert session.problem.labels[recording.frame.row] == 4 and recording.frame.row == rows
    assert "drawing of 4" in window.actions_["undo"].text()
    assert not view.drawing.add.isEnabled() and "predicted" in view.verdict()
    recording.show(0)
    assert sees(mine)  # also of a network that has not seen it
    recording.show(None)
    window.commands.undo()
    qtbot.waitUntil(lambda: session.problem.rows.size == rows, timeout=10_000)
    assert sees(mine) and view.drawing.inputs == mine
    recording.choose_row(5)
    rest()
    assert view.drawing.inputs is None and not sees(mine)


def test_the_table_of_the_forward_pass_has_the_drawing_in_the_samples_place(qtbot):
    frame, drawn = frame_of("digits"), np.linspace(0, 1, 64)
    moved = replace(frame, inspection=frame.inspection.with_moved(0, tuple(drawn.tolist())))
    panel = panel_of(qtbot, frame, (900, 400), ForwardPanel, show=True)
    before = picture(panel)
    panel.show_frame(moved)
    qtbot.waitUntil(lambda: picture(panel) != before)
    model, kinds = panel.samples, [source.kind for source in panel.samples.sources]
    cells = {kind: model.cell(0, place) for place, kind in enumerate(kinds)}
    assert not cells["true"].text and not cells["mark"].text
    assert cells["decided"].text and cells["decided"].ink == "text"
    assert model.cell(1, kinds.index("true")).text
    answer = moved.inspection.sample_trace(0)[0].a[0, -1]
    assert float(cells["a"].text) == pytest.approx(answer, abs=0.001)
    panel.show_frame(frame)
    qtbot.waitUntil(lambda: bool(model.cell(0, kinds.index("true")).text))


def test_nobody_draws_in_an_export(qtbot):
    frame = frame_of("digits")
    panel = panel_of(qtbot, frame)
    view = panel.current
    view.drawing.switch.setChecked(True)
    state = panel.view_state()
    other = panel_of(qtbot, frame)
    other.bare = other.current.bare = True
    other.begin(frame.inspection.problem)
    other.restore_view(state)
    drawn = frame.inspection.with_moved(0, tuple(np.linspace(0, 1, 64).tolist()))
    other.show_frame(replace(frame, inspection=drawn))
    assert not other.current.drawing.is_on and other.current.drawing.switch.isHidden()
    assert "the drawing" in other.description() and "actual" not in other.current.verdict()
