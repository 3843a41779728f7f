"""Another run begins while the one before still moves, waits or is held: nothing of it is left."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnviz.gui.network import NetworkPanel
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.panels.forward import ForwardPanel
from nnviz.gui.panels.layered import LayeredPanel
from nnviz.gui.shell.actions import Actions
from nnviz.gui.timeline import Timeline
from tests.gui.panel_cases import EXPERIMENTS, moment

PRESS, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
MOVE, NO_KEYS = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize("kind", [*PANELS.values(), NetworkPanel])
def test_nothing_pressed_before_the_first_run_does_harm(qtbot: QtBot, kind: type[Panel]) -> None:
    pressed, fresh = kind(), kind()
    for panel in (pressed, fresh):
        qtbot.addWidget(panel)
        panel.resize(640, 420)
    pressed.show()
    for button in pressed.findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled():
            button.click()
    pressed.restore_view(fresh.view_state())
    for panel in (pressed, fresh):
        problem, frame = moment("iris")
        panel.begin(problem)
        panel.show_frame(frame)
    assert pressed.description() == fresh.description()


def test_a_click_into_a_zoom_means_no_epoch_of_the_next_run(qtbot: QtBot) -> None:
    panel = PANELS["loss"]()
    assert isinstance(panel, CurvePanel)
    qtbot.addWidget(panel)
    panel.resize(600, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    problem, frame = moment("iris")
    panel.begin(problem)
    panel.show_frame(frame)
    panel.plot.set_zoom(((5.0, 20.0), (0.0, 1.0)))
    chart = panel.plot.chart
    at = QPoint(round(chart.place(12, 0).x()), round(chart.box.center().y()))
    qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    with qtbot.assertNotEmitted(panel.epoch_chosen, wait=QApplication.doubleClickInterval() + 50):
        panel.begin(problem)
        panel.show_frame(frame)


def test_a_hand_on_the_timeline_holds_nothing_of_the_next_run(qtbot: QtBot) -> None:
    actions = Actions()
    timeline = Timeline(actions)
    actions.setParent(timeline)
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.height())
    timeline.track.begin(100)
    timeline.track.show_kept(np.arange(100))
    timeline.track.show_newest(100)
    timeline.show()
    track = timeline.track
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() // 2, 10))
    qtbot.mouseMove(track, QPoint(track.width() // 3, 10))  # is told at the next frame
    with qtbot.assertNotEmitted(timeline.track.epoch_chosen, wait=60):
        timeline.track.begin(50)
        qtbot.mouseMove(track, QPoint(track.width() // 4, 10))
    # A button that stays down would be so for every later test.
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert track.shown is None
    timeline.track.show_newest(30)
    assert track.scale.end == 50


@pytest.mark.parametrize("key", ["network", *PANELS])
def test_a_panel_takes_what_was_chosen_for_another_network(qtbot: QtBot, key: str) -> None:
    kind = NetworkPanel if key == "network" else PANELS[key]
    chance = random.Random(0)
    for before, after in itertools.permutations(EXPERIMENTS, 2):
        panel = kind()
        qtbot.addWidget(panel)
        problem, frame = moment(before)
        panel.begin(problem)
        panel.show_frame(frame)
        if isinstance(panel, NetworkPanel):
            panel.network.expand_layer(len(problem.shapes) - 2)
            layer = chance.randrange(len(problem.shapes))
            panel.network.focus_on((layer, math.prod(problem.shapes[layer]) - 1))
        if isinstance(panel, ForwardPanel):
            panel.restore_view({"neuron": [len(problem.shapes) - 2, 0]})
        if isinstance(panel, LayeredPanel):
            panel.restore_view({"layer": panel.layers[-1]})
        other = kind()
        qtbot.addWidget(other)
        problem, frame = moment(after)
        other.begin(problem)
        other.restore_view(panel.view_state())
        other.show_frame(frame)
        other.resize(500, 300)
        other.grab()
        assert other.description()


def touch(panel: Panel) -> None:
    """Move the mouse over every part of a panel, press, ask for tool tips, and type."""
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for part, at, there in spots(panel):
        for kind, cause in ((MOVE, none), (PRESS, button), (RELEASE, button)):
            down = button if kind is PRESS else none
            event = QMouseEvent(kind, QPointF(at), QPointF(there), cause, down, NO_KEYS)
            QApplication.sendEvent(part, event)
    for part, at, there in spots(panel):
        QApplication.sendEvent(part, QHelpEvent(QEvent.Type.ToolTip, at, there))
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
            QTest.keyClick(part, key)


def spots(panel: Panel) -> Iterator[tuple[QWidget, QPoint, QPoint]]:
    """Yield parts of a panel and points of them, there and on the screen.

    The last comes first: it is what only the run before may have. What pops up lets all be painted.
    """
    for part in reversed(panel.findChildren(QWidget)):
        if isValid(part) and part.isEnabled() and not part.visibleRegion().isEmpty():
            across, down = range(part.width() - 4, 0, -45), range(part.height() - 4, 0, -45)
            for at in itertools.starmap(QPoint, itertools.product(across, down)):
                if isValid(part):
                    yield part, at, part.mapToGlobal(at)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize("key", ["network", *PANELS])
def test_a_hand_finds_nothing_of_the_run_before(qtbot: QtBot, key: str) -> None:
    panel = (NetworkPanel if key == "network" else PANELS[key])()
    qtbot.addWidget(panel)
    panel.resize(500, 320)
    with qtbot.waitExposed(panel):
        panel.show()
    runs = {name: moment(name) for name in ("xor", "deep", "houses", "iris")}
    for (before, after), known in itertools.product(itertools.permutations(runs, 2), (False, True)):
        problem, frame = runs[before]
        panel.begin(problem)
        panel.show_frame(frame)
        panel.grab()
        problem, frame = runs[after]
        panel.begin(problem)
        if known:
            panel.show_frame(frame)
        touch(panel)  # nothing of the new run is painted
