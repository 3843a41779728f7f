"""Panels of curves and of layers: what all keep, and that curves are the run's numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from nnviz.gui.frame import Frame
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.panels.loss import loss_unit, noise_floor
from nnviz.gui.plots.marks import Tag
from nnviz.training.history import History
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord

from .panel_cases import (
    CURVES,
    EVERY,
    EXPERIMENTS,
    KEYS,
    MakePanel,
    Paints,
    colors_of,
    has_color,
    moment,
    panel_maker,
    picture,
    synthetic,
)


@pytest.fixture
def make_panel(qtbot: QtBot) -> MakePanel:
    return panel_maker(qtbot)


# --------------------------------------------------------------------------- every panel of these


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("epochs", [0, 10_000])
def test_never_shown_panel_paints_whole(
    make_panel: MakePanel, key: str, name: str, epochs: int
) -> None:
    panel = make_panel(key, name, epochs)
    for size in ((240, 130), (320, 190), (800, 500)):
        image = picture(panel, *size)
        assert len(colors_of(image)) > 12
    if key in KEYS:
        assert f"epoch {len(moment(name, epochs)[1].history) - 1}" in panel.description()
    assert panel.accessibleName()
    for button in panel.findChildren(QAbstractButton):
        named = button.objectName() and button.accessibleName() and button.toolTip()
        assert named or button.objectName() == "qt_tableview_cornerbutton"  # Qt's, and hidden
    nothing_to_draw_yet = key == "gradients" and epochs == 0
    if not nothing_to_draw_yet:
        for entry in panel.legend():
            if entry.mark != "gradient":  # its ends need not occur
                assert has_color(image, entry.color), entry.label


@pytest.mark.parametrize("key", EVERY)
def test_second_instance_paints_the_same(make_panel: MakePanel, key: str) -> None:
    first, second = make_panel(key), make_panel(key)
    second.restore_view(first.view_state())
    assert picture(first, 640, 360) == picture(second, 640, 360)


@pytest.mark.parametrize("key", [key for key in PANELS if key not in ("runs", "landscape")])
def test_an_unchanged_frame_costs_nothing(
    make_panel: MakePanel, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, frame = make_panel(key), moment("iris")[1]
    # Of the class: what is put back into an object holds it, until the collector comes.
    worker = type(panel.plot if isinstance(panel, CurvePanel) else panel)
    calls: list[object] = []
    monkeypatch.setattr(worker, "feed" if key in CURVES else "take", lambda *a: calls.append(1))
    panel.show_frame(replace(frame))
    assert not calls
    panel.show_frame(moment("iris", 3)[1])
    assert calls
    if key not in CURVES:
        panel.show_frame(replace(moment("iris", 3)[1], row=1))
        assert len(calls) == 2


@pytest.mark.parametrize("key", EVERY)
def test_a_new_run_forgets_the_old_one(make_panel: MakePanel, key: str) -> None:
    used, fresh = make_panel(key, "deep"), make_panel(key, "xor")
    problem, frame = moment("xor")
    used.begin(problem)
    used.show_frame(frame)
    assert picture(used, 470, 240) == picture(fresh, 470, 240)
    assert used.description() == fresh.description()


# -------------------------------------------------------------------------------- curves


@pytest.mark.parametrize("key", CURVES)
def test_curves_are_the_history(make_panel: MakePanel, key: str) -> None:
    panel = make_panel(key)
    history = moment("iris")[1].history
    assert panel.plot.curves
    for name in panel.plot.curves:
        x, y = panel.plot.points(name)
        expected = np.asarray(panel.column(history, name))
        assert np.isnan(expected[0]) == (key == "gradients")  # before the first step there is none
        np.testing.assert_array_equal(x, np.asarray(history.column("epoch")))
        if panel.plot.log:
            expected = np.log10(expected)
        np.testing.assert_array_equal(y, expected)
    for epoch in (0, 17, 40):
        reading = panel.plot.reading_at(epoch + 0.4)
        assert reading is not None and reading.x == epoch
        for name, value in reading.values.items():
            np.testing.assert_equal(value, panel.column(history, name)[epoch])


def test_streaming_and_arriving_at_once_give_the_same_curve(make_panel: MakePanel) -> None:
    streamed, at_once = make_panel("loss", "deep"), make_panel("loss", "deep")
    whole, growing = synthetic(9_000), History(2)
    inspection = moment("deep")[1].inspection
    for start in range(0, 9_000, 700):
        growing.extend(whole.rows()[start : start + 700])
        streamed.show_frame(Frame(growing, inspection, 0))
    at_once.show_frame(Frame(whole, inspection, 0))
    for key in at_once.plot.curves:
        drawn = zip(streamed.plot.points(key), at_once.plot.points(key), strict=True)
        for mine, other in drawn:
            np.testing.assert_array_equal(mine, other)


def test_pointer_reads_the_curves_and_leaving_ends_it(make_panel: MakePanel, qtbot: QtBot) -> None:
    panel = make_panel("loss")
    panel.resize(600, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    view = panel.plot.chart.view
    at = panel.plot.mapFromScene(view.mapViewToScene(QPointF(25, 0.1)))
    assert abs(panel.plot.chart.place(25, 0).x() - at.x()) < 1
    with qtbot.waitSignal(panel.reading_changed) as caught:
        qtbot.mouseMove(panel.plot.viewport(), at)
    assert caught.args is not None
    history = moment("iris")[1].history
    assert caught.args[0].x == 25
    assert caught.args[0].values["test_loss"] == history.column("test_loss")[25]
    qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    with qtbot.waitSignal(panel.reading_changed) as caught:
        qtbot.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert caught.args == [None]


def test_zero_on_a_log_scale_is_at_the_lower_edge_under_a_mark(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "xor")
    history = History(2)
    losses = [0.5, 0.0, 0.01, 0.0]
    for epoch, loss in enumerate(losses):
        history.append(EpochRecord(0, epoch, 0.1, loss, None, 0.5, None, (0.0, 0.0)))
    panel.log.click()
    panel.show_frame(Frame(history, moment("xor")[1].inspection, 0))
    _, y = panel.plot.points("train_loss")
    np.testing.assert_allclose(y, [np.log10(0.5), -np.inf, -2.0, -np.inf])
    low, high = panel.plot.chart.view.viewRange()[1]
    assert low <= -2.0 and np.log10(0.5) <= high
    drawn, dot = (
        panel.plot.curves["train_loss"].line.yData,
        panel.plot.curves["train_loss"].items[-1],
    )
    assert np.isfinite(drawn).all() and (drawn[[1, 3]] < low).all()
    assert dot.isVisible() and dot.at.y() == low
    assert "▼ 0" in tags(panel)
    assert len(colors_of(picture(panel, 400, 220))) > 12
    panel.log.click()
    np.testing.assert_array_equal(panel.plot.points("train_loss")[1], losses)


def test_a_frame_has_the_curves_painted(make_panel: MakePanel, qtbot: QtBot) -> None:
    panel, whole = make_panel("loss", "xor", 0), synthetic(60).rows()
    with qtbot.waitExposed(panel):
        panel.show()
    paints, history = Paints(panel), History(2)
    panel.plot.viewport().installEventFilter(paints)
    for part in np.array_split(whole, 20):
        history.extend(part)
        qtbot.wait(1)
        before = paints.count
        panel.show_frame(Frame(history, moment("xor", 0)[1].inspection, 0))
        qtbot.waitUntil(lambda before=before: paints.count > before)


@pytest.mark.parametrize("in_front", ["nothing", "past", "reading", "beyond"])
def test_on_a_screen_curves_are_drawn_as_in_a_picture(
    make_panel: MakePanel, qtbot: QtBot, in_front: str
) -> None:
    """Over what is kept of axes and levels, and under what stands in front of them."""
    panel = make_panel("gradients", "xor", 0)  # one curve lies on the other
    inspection, whole = moment("xor", 200)[1].inspection, synthetic(400).rows()
    panel.resize(420, 260)
    with qtbot.waitExposed(panel):
        panel.show()
    history, before = History(2), QImage()
    for part in np.array_split(whole, 4):
        history.extend(part)
        panel.show_frame(Frame(history, inspection, 0, past=in_front == "past"))
        if in_front == "reading":
            qtbot.keyClick(panel.plot, Qt.Key.Key_Left)
        elif in_front == "beyond":
            panel.plot.set_zoom(((0.0, 400.0), (-1.4, -1.1)))
        seen = panel.plot.grab().toImage()
        assert panel.plot.keeps == (in_front == "nothing")
        panel.plot.draw_outlines()  # as for paper: nothing is kept
        drawn = panel.plot.grab().toImage()
        panel.plot.hide()
        panel.plot.show()
        assert farthest_apart(seen, drawn) < 40
        assert seen != before
        before = seen


def farthest_apart(one: QImage, other: QImage) -> int:
    """Return the largest difference of two pictures in any colour of any pixel."""
    one, other = (each.convertToFormat(QImage.Format.Format_RGB32) for each in (one, other))
    assert one.size() == other.size()
    first, second = (np.frombuffer(each.constBits(), np.uint8).astype(int) for each in (one, other))
    return int(np.abs(first - second).max())


@pytest.mark.parametrize("sizes", [(0.0, 0.0), (0.0, 0.3)])
def test_gradients_of_exactly_zero_are_not_taken_for_none_yet(
    make_panel: MakePanel, sizes: tuple[float, float]
) -> None:
    panel, history = make_panel("gradients", "xor"), History(2)
    inspection = moment("xor")[1].inspection
    history.append(EpochRecord(0, 0, 0.1, 0.5, None, 0.5, None, (None, None)))
    panel.show_frame(Frame(history, inspection, 0))
    assert any("first step" in text for text in tags(panel))
    for epoch in range(1, 101):
        history.append(EpochRecord(0, epoch, 0.1, 0.5, None, 0.5, None, sizes))
    panel.show_frame(Frame(history, inspection, 0))
    assert tags(panel) == ["▼ 0"]
    reading = panel.plot.reading_at(50.0)
    assert reading is not None and tuple(reading.values.values()) == sizes


def tags(panel: CurvePanel) -> list[str]:
    """Return the texts that stand in a plot."""
    found = (item for item in panel.plot.scene().items() if isinstance(item, Tag))
    return [tag.toPlainText() for tag in found if tag.isVisible()]


def test_view_state_travels_to_another_instance(make_panel: MakePanel) -> None:
    first, second = make_panel("loss"), make_panel("loss")
    first.log.click()
    first.plot.set_zoom(((5.0, 20.0), (-1.0, 0.0)))
    second.restore_view(first.view_state())
    assert second.log.isChecked()
    assert second.plot.chart.view.viewRange() == [[5.0, 20.0], [-1.0, 0.0]]
    assert picture(first, 500, 300) == picture(second, 500, 300)


def test_ranges_change_in_steps(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "deep")
    panel.plot.x_end = math.inf
    whole, inspection = synthetic(1000), moment("deep")[1].inspection
    growing, ranges = History(2), set()
    for end in range(10, 1000, 10):
        growing.extend(whole.rows()[end - 10 : end])
        panel.show_frame(Frame(growing, inspection, 0))
        view = panel.plot.chart.view.viewRange()
        assert view[0][1] >= end - 1
        ranges.add(str(view))
    assert len(ranges) < 30


def test_noise_floor_follows_the_loss() -> None:
    halved, _ = moment("houses")
    variance = halved.dataset.noise_variance
    assert variance is not None
    whole = Problem(halved.experiment.change("training", loss="mean_squared_error"))
    absolute = Problem(halved.experiment.change("training", loss="mean_absolute_error"))
    assert noise_floor(halved) == variance / 2
    assert noise_floor(whole) == variance
    assert noise_floor(absolute) is None
    assert loss_unit(whole) == "(10,000 yuan)²"
    assert loss_unit(absolute) == "10,000 yuan"
    assert loss_unit(moment("iris")[0]) == "nats"


def test_accuracy_axis_is_percent_and_r_squared_is_not(make_panel: MakePanel) -> None:
    accuracy, r_squared = make_panel("accuracy"), make_panel("accuracy", "houses")
    for panel in (accuracy, r_squared):
        picture(panel, 600, 400)
    labels = [p.plot.chart.axes["left"].ticks(300).labels for p in (accuracy, r_squared)]
    assert labels[0][-1] == "100 %" and "%" not in "".join(labels[1])
    assert "%" in accuracy.description()
    assert "R²" in r_squared.description()
