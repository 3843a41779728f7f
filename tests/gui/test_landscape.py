"""The loss landscape: what is asked for is worked out aside, and drawn where it belongs."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.theme import blend
from nnviz.gui.panels.landscape import RANDOM, RUN, SIDE, WEIGHTS, LandscapePanel
from nnviz.gui.panels.landscape_plot import LEVELS
from nnviz.training.backward import BIAS, place_of
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.landscape import losses_of
from nnviz.training.presets import PRESETS
from nnviz.training.trainer import Trainer, overflow_is_checked


@pytest.fixture(scope="module")
def run():
    """A short run of XOR, as a panel sees it."""
    trainer = Trainer(PRESETS["xor-2-4-1"].experiment, checkpoints_room=40)
    first = trainer.checkpoint()
    with overflow_is_checked():
        trainer.advance(400)
    kept = (first, *trainer.checkpoint_queue.take(), trainer.checkpoint())
    inspection = Inspection(trainer.problem, trainer.snapshot())
    history = History(len(trainer.problem.units))
    return trainer.problem, Frame(history, inspection, 0, checkpoints=kept)


@pytest.fixture
def panel(qtbot, run):
    """The panel, with the run; rows are worked out in this process, which is quicker."""
    problem, frame = run
    made = LandscapePanel()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    made.begin(problem)
    made.show_frame(frame)
    yield made
    made.work.cancel()


def drawn(qtbot, panel, directions):
    """Have the directions drawn, and return the landscape when all of it is known."""
    panel.selector.choose(directions)
    panel.draw()
    assert panel.work.busy
    qtbot.waitUntil(lambda: not panel.work.busy, timeout=20_000)
    return panel.landscape


def test_heights_are_losses_and_the_network_stands_on_its_own(qtbot, panel, run):
    problem, frame = run
    landscape = drawn(qtbot, panel, RUN)
    assert landscape.losses.shape == (SIDE, SIDE) and np.isfinite(landscape.losses).all()
    plane = landscape.plane
    corner = plane.origin + plane.alphas[-1] * plane.first + plane.betas[0] * plane.second
    assert landscape.losses[0, -1] == pytest.approx(losses_of(problem, [corner])[0], rel=1e-12)
    assert landscape.way[-1] == pytest.approx((0.0, 0.0), abs=1e-9)
    assert "400" in panel.said.text() and "400" in panel.description()
    another = LandscapePanel()
    qtbot.addWidget(another)
    another.bare = True
    another.begin(problem)
    another.show_frame(frame)
    another.restore_view(panel.view_state())
    assert another.landscape is landscape and not another.work.busy
    other = Trainer(PRESETS["xor-2-2-1"].experiment)  # of another number of weights
    panel.begin(other.problem)
    panel.show_frame(Frame(History(2), Inspection(other.problem, other.snapshot()), 0))
    assert panel.landscape is None and not panel.plot.isVisible()


def test_every_mark_is_in_the_legend(panel):
    assert [entry.mark for entry in panel.legend()] == ["gradient", "line", "ring", "disc"]


def test_the_mark_follows_the_network_over_the_same_heights(qtbot, panel, run):
    landscape, inspection = drawn(qtbot, panel, RANDOM), run[1].inspection
    qtbot.wait(20)
    before = panel.plot.grab().toImage()
    moved = inspection.snapshot.parameters + 0.7 * landscape.plane.first
    there = Inspection(run[0], replace(inspection.snapshot, parameters=moved))
    panel.show_frame(replace(run[1], inspection=there))
    after, box, ink = panel.plot.grab().toImage(), panel.plot.chart.box, QColor(panel.theme.text)
    for image, alpha in ((before, 0.0), (after, 0.7)):
        x = (alpha - landscape.area.left()) / landscape.area.width()
        place = round(box.left() + x * box.width()), round(box.center().y())
        assert image.pixelColor(*place) == ink
        assert (before if image is after else after).pixelColor(*place) != ink


def test_low_is_light_and_high_is_dark(qtbot, panel):
    landscape = drawn(qtbot, panel, RANDOM)
    image = panel.plot.grab().toImage()
    box, area = panel.plot.chart.box, landscape.area

    def lightness(row: int, column: int) -> float:
        x = landscape.plane.alphas[column] - area.left()
        y = landscape.plane.betas[row] - area.top()
        place = (
            box.left() + x / area.width() * box.width(),
            box.bottom() - y / area.height() * box.height(),
        )
        return image.pixelColor(*(round(one) for one in place)).lightnessF()

    inside = landscape.losses[2:-2, 2:-2]
    low = np.unravel_index(inside.argmin(), inside.shape)
    high = np.unravel_index(inside.argmax(), inside.shape)
    assert lightness(low[0] + 2, low[1] + 2) > lightness(high[0] + 2, high[1] + 2) + 0.2


def test_lines_join_what_has_the_same_loss(qtbot, panel):
    landscape = drawn(qtbot, panel, RANDOM)
    image = panel.plot.grab().toImage()
    heights = np.log10(landscape.losses)
    levels = np.linspace(heights.min(), heights.max(), LEVELS + 2)[1:-1]
    box, ink = panel.plot.chart.box, QColor(blend(panel.theme.text, panel.theme.surface, 0.25))
    misses = []
    for x, y in product(range(image.width()), range(image.height())):
        if box.contains(QPointF(x, y)) and image.pixelColor(x, y) == ink:
            up, right = (box.bottom() - y) / box.height(), (x - box.left()) / box.width()
            height = heights[round(up * (SIDE - 1)), round(right * (SIDE - 1))]
            misses.append(np.abs(height - levels).min() / (levels[1] - levels[0]))
    assert np.median(misses) < 0.15, "a quarter where they are anywhere"


def test_the_weights_that_were_clicked_last_are_the_directions(qtbot, panel, run):
    problem, frame = run
    one, other = Selection(0, 2, 1), Selection(1, 0, 3)
    for chosen in (Selection(0, 0, 0), one, Selection(1, 0), other):
        panel.show_frame(replace(frame, selection=chosen))
    landscape = drawn(qtbot, panel, WEIGHTS)
    network = problem.blank_network()
    places = [place_of(network, w.layer, w.unit, w.source) for w in (one, other)]
    assert np.flatnonzero(landscape.plane.first).tolist() == places[:1]
    assert np.flatnonzero(landscape.plane.second).tolist() == places[1:]
    assert landscape.shift == tuple(frame.inspection.snapshot.parameters[places])
    panel.show_frame(frame)  # both weights stand where the network is
    here = panel.plot.chart.place(*landscape.shift).toPoint()
    assert panel.plot.grab().toImage().pixelColor(here) == QColor(panel.theme.text)


def test_a_run_that_went_nowhere_and_a_wish_that_is_dropped(qtbot, panel, run):
    _, frame = run
    panel.show_frame(replace(frame, checkpoints=frame.checkpoints[-1:]))
    panel.draw()
    assert not panel.work.busy and "train" in panel.said.text()
    panel.show_frame(frame)
    panel.draw()
    panel.button.click()
    assert not panel.work.busy
    assert np.isnan(panel.landscape.losses).any()


def test_two_weights_have_to_be_clicked_and_a_bias_is_one(qtbot, panel):
    key = next(key for key, one in PRESETS.items() if one.experiment.data.sample == "two-points")
    trainer = Trainer(PRESETS[key].experiment)
    panel.begin(trainer.problem)
    frame = Frame(History(1), Inspection(trainer.problem, trainer.snapshot()), 0)
    panel.show_frame(replace(frame, selection=Selection(0, 0, 0)))
    panel.selector.choose(WEIGHTS)
    panel.draw()
    assert not panel.work.busy and panel.said.text().startswith("Click two weights")
    panel.show_frame(replace(frame, selection=Selection(0, 0, BIAS)))
    panel.draw()
    assert panel.work.busy
