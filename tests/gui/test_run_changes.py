"""Another run begins while the one before still moves, waits or is held: nothing of it is left."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.network import NetworkView
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.viewer import GLIDE_MILLISECONDS, Viewer
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.panels.layered import LayeredPanel
from nnviz.gui.shell.actions import Actions
from nnviz.gui.timeline import Timeline
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from tests.gui.panel_cases import EXPERIMENTS, moment


def frame_of(*units: int) -> Frame:
    """Return the first moment of a network with so many neurons in its hidden layers."""
    hidden = tuple(Dense(count, "tanh") for count in units)
    problem = Problem(
        Experiment(
            DataChoice("two-gaussians", rows=20),
            NetworkChoice((*hidden, Dense(1, "sigmoid"))),
            TrainingChoice("binary_crossentropy", epochs=10),
        )
    )
    count = problem.blank_network().parameters.size
    values = np.random.default_rng(0).normal(0.0, 0.5, count)
    snapshot = Snapshot(0, 1, values, np.zeros(count))
    return Frame(History(len(units) + 1), Inspection(problem, snapshot), 0)


def show(view: NetworkView, frame: Frame) -> None:
    view.begin(frame.inspection.problem)
    view.show_frame(frame)


BEFORE, FOCUS = (40, 30), (1, 38)
WAYS: dict[str, Callable[[Viewer], None]] = {
    "fit": lambda canvas: (canvas.zoom_in(), canvas.fit())[0],
    "open": lambda canvas: canvas.open_layer(2),
    "find": lambda canvas: (canvas._zoom(4.0, QPointF(0, 0)), canvas.focus_on(*FOCUS))[0],
}


@pytest.mark.parametrize("after", [(40, 30), (4,), (8, 40, 30), (30, 40)], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_another_network_comes_while_the_picture_glides(
    qtbot: QtBot, way: str, after: tuple[int, ...]
) -> None:
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.resize(900, 600)
    with qtbot.waitExposed(view):
        view.show()
    show(view, frame_of(*BEFORE))
    WAYS[way](view.canvas)
    assert view.canvas._way is not None
    end = view.canvas._way.end_camera
    show(view, frame_of(*after))
    same = after == BEFORE
    assert view.canvas.camera == (end if same else Camera())
    assert view.canvas.folding.opened == (2 if same and way == "open" else None)
    assert view.canvas.focus == (FOCUS if same and way == "find" else None)
    layout = view.canvas.scene.layout
    qtbot.wait(GLIDE_MILLISECONDS + 50)
    assert view.canvas.scene.layout is layout
    assert [column.units for column in layout.columns] == [2, *after, 1]
    view.grab()


def test_the_mouse_finds_no_line_of_the_network_before(qtbot: QtBot) -> None:
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.resize(900, 600)
    with qtbot.waitExposed(view):
        view.show()
    show(view, frame_of(*BEFORE))
    view.grab()
    assert len(view.canvas._picture.drawn) > 100
    show(view, frame_of(1))  # not painted yet
    for x in range(0, view.canvas.width(), 20):
        for y in range(0, view.canvas.height(), 20):
            target = view.canvas.target_at(QPointF(x, y))
            assert target is None or target[0] == "node" or target[1] < 3


def test_a_click_into_a_zoom_means_no_epoch_of_the_next_run(qtbot: QtBot) -> None:
    panel = PANELS["loss"](LIGHT)
    assert isinstance(panel, CurvePanel)
    qtbot.addWidget(panel)
    panel.resize(600, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    problem, frame = moment("iris")
    panel.begin(problem)
    panel.show_frame(frame)
    panel.plot.set_zoom(((5.0, 20.0), (0.0, 1.0)))
    framing = panel.plot.framing()
    at = QPointF(framing.place(12), framing.box.center().y()).toPoint()
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    with qtbot.assertNotEmitted(panel.epoch_chosen, wait=QApplication.doubleClickInterval() + 50):
        panel.begin(problem)
        panel.show_frame(frame)


def test_a_hand_on_the_timeline_holds_nothing_of_the_next_run(qtbot: QtBot) -> None:
    actions = Actions()
    timeline = Timeline(actions, LIGHT)
    actions.setParent(timeline)
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.height())
    timeline.begin(100)
    timeline.show_kept(np.arange(100))
    timeline.show_newest(100)
    timeline.show()
    track = timeline.track
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() // 2, 10))
    qtbot.mouseMove(track, QPoint(track.width() // 3, 10))  # is told at the next frame
    with qtbot.assertNotEmitted(timeline.epoch_chosen, wait=60):
        timeline.begin(50)
        qtbot.mouseMove(track, QPoint(track.width() // 4, 10))
    assert track.shown is None
    timeline.show_newest(30)
    assert track.scale_end == 50


@pytest.mark.parametrize("key", ["network", *PANELS])
def test_a_panel_takes_what_was_chosen_for_another_network(qtbot: QtBot, key: str) -> None:
    kind = NetworkView if key == "network" else PANELS[key]
    for before, after in itertools.permutations(EXPERIMENTS, 2):
        panel = kind(LIGHT)
        qtbot.addWidget(panel)
        problem, frame = moment(before)
        panel.begin(problem)
        panel.show_frame(frame)
        if isinstance(panel, NetworkView):
            panel.canvas.open_layer(len(problem.shapes) - 2)
            panel.canvas.focus_on(1, 2)
        if isinstance(panel, LayeredPanel):
            panel.restore_view({"layer": panel.layers[-1]})
        other = kind(LIGHT)
        qtbot.addWidget(other)
        problem, frame = moment(after)
        other.begin(problem)
        other.restore_view(panel.view_state())
        other.show_frame(frame)
        other.resize(500, 300)
        other.grab()
        assert other.description()
