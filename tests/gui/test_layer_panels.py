"""Panels that show layer by layer: every weight and activation is where it belongs."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Selection
from nnviz.gui.look.numbers import short
from nnviz.gui.look.theme import DARK, LIGHT, Theme
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.weights import BINS
from nnviz.training.evaluation import ACTIVATION_ROWS, traced_rows
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

from .panel_cases import (
    EXPERIMENTS,
    LAYERED,
    MakePanel,
    in_theme,
    large_frame,
    moment,
    moments,
    panel_maker,
    picture,
)


@pytest.fixture
def make_panel(qtbot: QtBot) -> MakePanel:
    return panel_maker(qtbot)


def test_histograms_hold_every_weight(make_panel: MakePanel) -> None:
    panel = make_panel("weights")
    problem, frame = moment("iris")
    first = problem.new_network()
    for layer in range(2):
        weights, now = frame.inspection.weights(layer), panel.histograms[layer]
        counts, _ = np.histogram(weights, bins=now.edges)
        np.testing.assert_array_equal(now.counts, counts)
        assert len(now.counts) == BINS
        start, _ = np.histogram(first.layers[layer].weights, bins=now.edges)
        np.testing.assert_array_equal(panel.first_histograms[layer].counts, start)
        np.testing.assert_array_equal(panel.biases[layer], frame.inspection.biases(layer))


def test_heat_map_has_the_samples_by_class(make_panel: MakePanel) -> None:
    panel = make_panel("activations")
    problem, frame = moment("iris")
    labels = problem.labels[problem.train.index]
    order = np.argsort(labels, kind="stable")
    for layer, trace in enumerate(frame.inspection.activations()):
        np.testing.assert_array_equal(panel.values[layer], trace.a[order])
        assert panel.histograms[layer].counts.sum() == trace.a.size


def test_a_cell_of_the_heat_map_has_the_colour_of_its_activation(make_panel: MakePanel) -> None:
    panel = make_panel("activations", "xor")
    panel.selector.findChild(QToolButton, "activations-layer-1").click()
    image = picture(panel, 800, 500)
    chart, corner = panel.charts(0)[0], panel.plot.pos()
    values = panel.values[0]
    samples, neurons = values.shape
    for sample, neuron in itertools.product(range(samples), range(neurons)):
        # A corner of the cell: its middle may have a number written on it.
        place = chart.place(sample + 0.12, neurons - neuron - 0.2).toPoint() + corner
        expected = LIGHT.diverging(values[sample : sample + 1, neuron], panel.largest(0))[0, :3]
        assert QColor(image.pixel(place)).getRgb()[:3] == tuple(int(c) for c in expected)


@pytest.mark.parametrize("key", LAYERED)
def test_a_layer_that_is_chosen_is_drawn_once_into_its_room(
    make_panel: MakePanel, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make_panel(key, "iris")
    panel.resize(800, 500)
    panel.show()
    drawn, draw = [], panel.draw

    def noted(layer: int) -> None:
        drawn.append((layer, panel.charts(layer)[0].size()))
        draw(layer)

    monkeypatch.setattr(panel, "draw", noted)
    panel.selector.findChild(QToolButton, f"{key}-layer-1").click()
    assert drawn == [(0, panel.charts(0)[0].size())]


def test_clicking_a_sample_chooses_its_row(make_panel: MakePanel, qtbot: QtBot) -> None:
    panel = make_panel("activations", "xor")
    picture(panel, 800, 500)
    place = panel.charts(1)[0].place(3.9, 0.5).toPoint()
    with qtbot.waitSignal(panel.row_chosen) as caught:
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == [2]  # rows by class: 0, 3, 1, 2


@pytest.mark.parametrize("key", LAYERED)
def test_pointer_is_told_what_is_there(
    make_panel: MakePanel, qtbot: QtBot, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make_panel(key, "xor")
    panel.resize(800, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, *_: told.append(text))
    box = panel.charts(0)[0].box
    for place in (box.center(), box.topLeft() - QPointF(3, 3)):
        qtbot.mouseMove(panel.plot.viewport(), place.toPoint())
    problem, frame = moment("xor")
    if key == "activations":
        neuron, sample = (int(word) - 1 for word in re.findall(r"\d+", told[0])[:2])
        row = problem.train.index.tolist().index(sample)
        value = float(frame.inspection.activations()[0].a[row, neuron])
        assert told[0] == f"neuron {neuron + 1}, sample {sample + 1}: {short(value)}"
    else:
        assert re.match(r"\d weights from .* to .*, \d at epoch 0$", told[0])
    assert told[-1] == ""


def test_charts_stand_where_they_stood_after_an_edit(qtbot: QtBot) -> None:
    problem, frame = moment("deep")
    for height in range(108, 138, 4):
        panel = PANELS["activations"]()
        qtbot.addWidget(panel)
        panel.resize(300, height)
        with qtbot.waitExposed(panel):
            panel.show()
        charts = []
        for _ in range(2):  # the second time as when samples are added
            panel.begin(problem)
            panel.show_frame(frame)
            charts.append(panel.plot.charts)
        assert charts[0] == charts[1], height
        panel.grab()
        assert min(chart.size().height() for chart in panel.plot.charts) > 38, height


@pytest.mark.parametrize("key", LAYERED)
def test_layer_can_be_chosen_and_travels(make_panel: MakePanel, key: str) -> None:
    first, second = make_panel(key, "deep"), make_panel(key, "deep")
    everything = picture(first, 470, 240)
    button = first.selector.findChild(QToolButton, f"{key}-layer-5")
    assert button.text() == "Out"
    button.click()
    assert first.shown_layers() == [4]
    only = picture(first, 470, 240)
    assert only != everything
    second.restore_view(first.view_state())
    assert picture(second, 470, 240) == only
    problem, frame = moment("xor")  # that has no such layer
    first.begin(problem)
    first.show_frame(frame)
    assert first.shown_layers() == [0, 1]
    first.restore_view({"layer": 9})
    assert first.shown_layers() == [0, 1]


@pytest.mark.parametrize("key", LAYERED)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_what_is_kept_between_moments_never_shows(
    make_panel: MakePanel, qtbot: QtBot, key: str, theme: Theme
) -> None:
    panel, frames = make_panel(key, "deep", theme=theme), moments(moment("deep")[1], 4)
    panel.resize(470, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    for frame, width in zip(frames, (700, 560, 470, 470), strict=True):
        panel.resize(width, 300)
        panel.show_frame(frame)
        panel.plot.grab()
    qtbot.waitUntil(lambda: not panel.idle.moving)  # until then axes may be longer than they need
    shown = panel.plot.grab().toImage()  # without the button that has the focus
    fresh = make_panel(key, "deep", theme=theme)
    picture(fresh, 470, 300)
    for frame in frames:
        fresh.show_frame(frame)  # axes remember how far they had to reach
        fresh.plot.grab()
    # Only now it keeps anything. Letters are a little paler in what is kept than on their ground.
    with qtbot.waitExposed(fresh):
        fresh.show()
    anew = fresh.plot.grab().toImage()
    qtbot.waitUntil(lambda: panel.accessibleDescription() == panel.description())
    pixels = [np.frombuffer(one.constBits(), np.uint8) for one in (shown, anew)]
    assert np.abs(np.subtract(*pixels, dtype=int)).max() <= 1  # translucent edges are rounded


def test_classes_lie_below_their_samples_at_any_size_and_in_any_theme(
    make_panel: MakePanel,
) -> None:
    panel = make_panel("activations", "deep")
    for theme, size in ((LIGHT, (700, 240)), (LIGHT, (470, 400)), (DARK, (470, 400))):
        in_theme(panel, theme)
        image = picture(panel, *size)
        for layer in panel.layers:
            chart = panel.charts(layer)[0]
            below = chart.place(0.5, 0.0).toPoint() + panel.plot.pos() + QPoint(0, 3)
            assert image.pixelColor(below).name() == theme.class_color(0)


def test_each_layer_tells_how_far_its_weights_spread(make_panel: MakePanel) -> None:
    panel = make_panel("weights")
    picture(panel, 600, 300)
    for frame in moments(moment("iris")[1], 3):
        panel.show_frame(frame)
        for layer in range(2):
            deviation = float(f"{frame.inspection.weights(layer).std():.2g}")
            assert panel.charts(layer)[0].names.note == f"σ {short(deviation)}"


def test_an_axis_of_shares_stays_while_it_moves_where_it_is_little_too_long(
    make_panel: MakePanel, qtbot: QtBot
) -> None:
    own = make_panel("activations", "deep")
    picture(own, 600, 400)
    frames = moments(moment("deep")[1], 40)

    def end(panel: QWidget) -> float:
        return panel.charts(0)[1].shown[1][1]

    ends = []
    for frame in frames:
        own.show_frame(frame)  # nobody sees it: it does not move
        ends.append(end(own))
    pairs = list(itertools.permutations(range(len(frames)), 2))
    near = next(p for p in pairs if ends[p[1]] < ends[p[0]] < 1.5 * ends[p[1]])
    far = next(p for p in pairs if ends[p[0]] > 2.0 * ends[p[1]])
    for (first, second), stays in ((near, True), (far, False)):
        panel = make_panel("activations", "deep")
        panel.resize(600, 400)
        with qtbot.waitExposed(panel):
            panel.show()
        for number in (first, second):
            panel.show_frame(frames[number])
        assert panel.idle.moving
        assert end(panel) == (ends[first] if stays else ends[second])
        qtbot.waitUntil(lambda panel=panel: not panel.idle.moving)
        assert end(panel) == ends[second]


def test_a_large_network_shows_fewer_samples_while_it_moves(make_panel: MakePanel, qtbot) -> None:
    panel, last = make_panel("activations"), large_frame("digits")
    with qtbot.waitExposed(panel):
        panel.show()
    panel.begin(last.inspection.problem)
    for frame, moving in zip(moments(last, 3), (False, True, True), strict=True):
        panel.show_frame(frame)
        samples = traced_rows(last.inspection.problem) if moving else ACTIVATION_ROWS
        assert panel.values[2].shape == (samples, 10)
        assert panel.histograms[2].counts.sum() == samples * 10
    qtbot.waitUntil(lambda: panel.values[2].shape == (ACTIVATION_ROWS, 10))
    assert panel.accessibleDescription() == panel.description()


@pytest.mark.parametrize("key", LAYERED)
def test_a_choice_among_ten_layers_has_room_in_the_least_window(qtbot: QtBot, key: str) -> None:
    panel = PANELS[key]()
    qtbot.addWidget(panel)
    layers = (*[Dense(2, "tanh")] * 10, Dense(1, "sigmoid"))
    asked = EXPERIMENTS["xor"]
    panel.begin(Problem(replace(asked, network=replace(asked.network, layers=layers))))
    assert panel.findChild(QWidget, f"{key}-layer-11") is not None
    # Two of them and a plot stand side by side, where the window is no wider than 940.
    assert panel.minimumSizeHint().width() <= 240


@pytest.mark.parametrize("key", ["weights", "inspector", "activations"])
@pytest.mark.parametrize("parameter", [1.7e308, -1e308])
@pytest.mark.parametrize("name", ["xor", "houses"])
def test_parameters_at_the_end_of_all_numbers_are_drawn(
    make_panel: MakePanel, key: str, parameter: float, name: str
) -> None:
    problem, frame = moment(name)
    panel = make_panel(key, name)
    panel.resize(420, 420)
    now = frame.inspection.snapshot
    beyond = np.full_like(now.parameters, parameter)
    inspection = Inspection(problem, replace(now, parameters=beyond))
    with np.errstate(over="ignore", invalid="ignore"):
        for chosen in (None, Selection(len(problem.units) - 1, 0), Selection(0, 0, 0)):
            panel.show_frame(replace(frame, inspection=inspection, selection=chosen))
            panel.grab()  # which fails where drawing does
            assert panel.description()
