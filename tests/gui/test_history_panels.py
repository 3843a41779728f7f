"""Panels of curves and of layers: what all keep, and that curves are the run's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import DARK, LIGHT, rgb
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.panels.gradients import GradientsPanel
from nnviz.gui.panels.loss import LossPanel, loss_unit, noise_floor
from nnviz.training.history import History
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord

from .panel_cases import (
    CURVES,
    EVERY,
    EXPERIMENTS,
    KEYS,
    MakePanel,
    colors_of,
    has_color,
    in_theme,
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
    image = picture(panel, 800, 500)
    assert len(colors_of(image)) > 12
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


@pytest.mark.parametrize("key", EVERY)
def test_theme_changes_the_picture_and_back(make_panel: MakePanel, key: str) -> None:
    panel = make_panel(key)
    light = picture(panel, 470, 240)
    in_theme(panel, DARK)
    dark = picture(panel, 470, 240)
    assert QColor(light.pixel(1, 1)).name() == LIGHT.surface
    assert QColor(dark.pixel(1, 1)).name() == DARK.surface
    assert not has_color(dark, LIGHT.surface, within=4)
    in_theme(panel, LIGHT)
    assert picture(panel, 470, 240) == light


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("size", [(320, 190), (240, 130), (1600, 1000)])
def test_any_size_is_painted(make_panel: MakePanel, key: str, size: tuple[int, int]) -> None:
    panel = make_panel(key, "deep")
    image = picture(panel, *size)
    assert (image.width(), image.height()) == size
    assert len(colors_of(image)) > 12


@pytest.mark.parametrize("key", KEYS)
def test_an_unchanged_frame_costs_nothing(
    make_panel: MakePanel, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make_panel(key)
    worker = panel.plot if isinstance(panel, CurvePanel) else panel
    calls: list[object] = []
    monkeypatch.setattr(worker, "feed" if key in CURVES else "read", lambda *a: calls.append(a))
    panel.show_frame(moment("iris")[1])
    assert not calls
    panel.show_frame(moment("iris", 3)[1])
    assert calls


@pytest.mark.parametrize("key", KEYS)
def test_description_names_the_epoch(make_panel: MakePanel, key: str) -> None:
    text = make_panel(key).description()
    assert "epoch 40" in text
    assert text.endswith(".")


@pytest.mark.parametrize("key", KEYS)
def test_controls_have_names_and_say_what_they_do(make_panel: MakePanel, key: str) -> None:
    panel = make_panel(key)
    assert panel.accessibleName()
    for button in panel.findChildren(QAbstractButton):
        assert button.objectName() and button.accessibleName() and button.toolTip()


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
    assert isinstance(panel, CurvePanel)
    history = moment("iris")[1].history
    assert panel.plot.curves
    for name in panel.plot.curves:
        x, y = panel.plot.points(name)
        expected = np.asarray(panel.column(history, name))
        np.testing.assert_array_equal(x, history.column("epoch"))
        if panel.plot.log:
            with np.errstate(divide="ignore"):
                expected = np.where(expected > 0, np.log10(expected), np.nan)
        np.testing.assert_array_equal(y, expected)


def test_streaming_and_arriving_at_once_give_the_same_curve(make_panel: MakePanel) -> None:
    streamed, at_once = make_panel("loss", "deep"), make_panel("loss", "deep")
    assert isinstance(streamed, LossPanel) and isinstance(at_once, LossPanel)
    whole, growing = synthetic(9_000), History(2)
    inspection = moment("deep")[1].inspection
    columns = [
        "epoch",
        "learning_rate",
        "train_loss",
        "test_loss",
        "train_metric",
        "test_metric",
    ]
    for row, values in enumerate(zip(*(whole.column(c) for c in columns), strict=True)):
        growing.append(EpochRecord(0, int(values[0]), *values[1:], (0.1, 0.1)))
        if row % 700 == 0:
            streamed.show_frame(Frame(growing, inspection, 0))
    streamed.show_frame(Frame(growing, inspection, 0))
    at_once.show_frame(Frame(whole, inspection, 0))
    for key in at_once.plot.curves:
        for mine, other in zip(
            streamed.plot.points(key),
            at_once.plot.points(key),
            strict=True,
        ):
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("key", CURVES)
@pytest.mark.parametrize("epoch", [0, 17, 40])
def test_reading_is_exact(make_panel: MakePanel, key: str, epoch: int) -> None:
    panel = make_panel(key)
    assert isinstance(panel, CurvePanel)
    reading = panel.plot.reading_at(epoch + 0.4)
    assert reading is not None
    assert reading.x == epoch
    history = moment("iris")[1].history
    for name, value in reading.values.items():
        assert value == panel.column(history, name)[epoch]


def test_pointer_reads_the_curves_and_leaving_ends_it(make_panel: MakePanel, qtbot: QtBot) -> None:
    panel = make_panel("loss")
    assert isinstance(panel, LossPanel)
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


def test_train_is_solid_and_test_is_dashed(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "deep")
    assert isinstance(panel, LossPanel)
    history, table = History(2), np.full((200, 8), 0.1)
    table[:, 0] = np.arange(200)
    table[:, 2], table[:, 3] = 0.7, 0.3
    history.extend(table)
    panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
    image, chart = picture(panel, 600, 320), panel.plot.chart
    gaps = []
    for loss in (0.7, 0.3):
        start, end = (chart.place(epoch, loss).toPoint() + panel.plot.pos() for epoch in (20, 120))
        strip = [image.copy(x, start.y() - 1, 1, 3) for x in range(start.x(), end.x())]
        gaps.append(sum(not has_color(part, LIGHT.curve, 60) for part in strip) / len(strip))
    assert gaps[0] == 0 and 0.2 < gaps[1] < 0.6


def test_log_scale_leaves_out_what_has_no_logarithm(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "xor")
    assert isinstance(panel, LossPanel)
    history = History(2)
    losses = [0.5, 0.0, 0.01, 0.0]
    for epoch, loss in enumerate(losses):
        history.append(EpochRecord(0, epoch, 0.1, loss, None, 0.5, None, (0.0, 0.0)))
    panel.log.click()
    panel.show_frame(Frame(history, moment("xor")[1].inspection, 0))
    _, y = panel.plot.points("train_loss")
    np.testing.assert_allclose(y, [np.log10(0.5), np.nan, -2.0, np.nan])
    low, high = panel.plot.chart.view.viewRange()[1]
    assert low <= -2.0 and np.log10(0.5) <= high
    assert len(colors_of(picture(panel, 400, 220))) > 12
    panel.log.click()
    np.testing.assert_array_equal(panel.plot.points("train_loss")[1], losses)


def test_log_scale_of_nothing_positive_is_drawn(make_panel: MakePanel) -> None:
    panel = make_panel("gradients", "xor", 0)
    assert isinstance(panel, GradientsPanel)
    assert not any(np.isfinite(panel.plot.points(key)[1]).any() for key in panel.plot.curves)
    assert "not been trained" in panel.description()
    assert len(colors_of(picture(panel, 400, 220))) > 12


def test_view_state_travels_to_another_instance(make_panel: MakePanel) -> None:
    first, second = make_panel("loss"), make_panel("loss")
    assert isinstance(first, LossPanel) and isinstance(second, LossPanel)
    first.log.click()
    first.plot.set_zoom(((5.0, 20.0), (-1.0, 0.0)))
    second.restore_view(first.view_state())
    assert second.log.isChecked()
    assert second.plot.chart.view.viewRange() == [[5.0, 20.0], [-1.0, 0.0]]
    assert picture(first, 500, 300) == picture(second, 500, 300)


def test_double_click_shows_everything_again(make_panel: MakePanel, qtbot: QtBot) -> None:
    panel = make_panel("accuracy")
    assert isinstance(panel, CurvePanel)
    panel.plot.set_zoom(((5.0, 20.0), (0.5, 1.0)))
    panel.show()
    qtbot.mouseDClick(panel.plot.viewport(), Qt.MouseButton.LeftButton)
    assert panel.plot.zoom is None
    (left, right), _ = panel.plot.chart.view.viewRange()
    assert left <= 0 and right >= 40


def test_ranges_change_in_steps(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "deep")
    assert isinstance(panel, LossPanel)
    panel.plot.x_end = math.inf
    whole, inspection = synthetic(1000), moment("deep")[1].inspection
    growing, ranges = History(2), set()
    for row in range(1000):
        growing.append(
            EpochRecord(0, row, 0.1, whole.column("train_loss")[row], 0.5, 0.5, 0.5, (1.0, 1.0))
        )
        if row % 10 == 0:
            panel.show_frame(Frame(growing, inspection, 0))
            view = panel.plot.chart.view.viewRange()
            assert view[0][1] >= row
            ranges.add(str(view))
    assert len(ranges) < 30


def test_learning_rate_has_an_axis_of_its_own(make_panel: MakePanel) -> None:
    panel = make_panel("loss", "houses")
    assert isinstance(panel, LossPanel)
    image = picture(panel, 640, 360)
    plot = panel.plot
    right = plot.chart.axes["right"]
    assert right.isVisible()
    rates = np.asarray(moment("houses")[1].history.column("learning_rate"))
    assert rates.max() <= right.range[1] < 10 * rates.max()
    # Its last value is drawn as high as the axis has it.
    share = (rates[-1] - right.range[0]) / (right.range[1] - right.range[0])
    box = plot.chart.box.translated(plot.mapTo(panel, QPointF(0, 0)))
    column, heights = image.copy(round(box.right()) - 18, 0, 8, 360), range(round(box.bottom()))
    # A curve is all of that colour where an antialiased letter has but a pixel of it.
    wrong = [np.abs(colors_of(column.copy(0, y, 8, 1)) - rgb(LIGHT.second)).max() for y in heights]
    rows = [y for y in heights if wrong[y] <= 12]
    assert abs(np.mean(rows) - (box.bottom() - share * box.height())) < 3


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
    assert isinstance(accuracy, CurvePanel) and isinstance(r_squared, CurvePanel)
    for panel in (accuracy, r_squared):
        picture(panel, 600, 400)
    labels = [p.plot.chart.axes["left"].ticks(300).labels for p in (accuracy, r_squared)]
    assert labels[0][-1] == "100 %" and "%" not in "".join(labels[1])
    assert "%" in accuracy.description()
    assert "R²" in r_squared.description()
