"""Plots of long runs, of the past and of kept runs: nothing lost, nothing painted in vain."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.gui.export.figure import PanelSnapshot, render
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import DARK, LIGHT, Theme
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.panels.loss import LossPanel
from nnviz.gui.plots.curve_plot import LEAST_EPOCHS
from nnviz.gui.plots.min_max_pyramid import POINTS_A_PIXEL, MinMaxPyramid
from nnviz.gui.plots.ranges import standard_deviation
from nnviz.gui.plots.reading import ReadingCard
from nnviz.storage.contents import KeptRun
from nnviz.training.condensing import EXACT_EPOCHS
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.records import SCALARS, column_of

from .panel_cases import (
    CURVES,
    EXPERIMENTS,
    has_color,
    in_theme,
    moment,
    panel_maker,
    picture,
    synthetic,
)

MakeCurves = Callable[..., CurvePanel]


@pytest.fixture
def make_panel(qtbot: QtBot) -> MakeCurves:
    return panel_maker(qtbot)  # type: ignore[return-value]


# ---------------------------------------------------------------------------- runs of any length


def assert_outlined(panel: CurvePanel, key: str, history: History) -> None:
    """Assert that what is drawn reaches every value, and nothing but values, to the pixel."""
    plot = panel.plot
    x, drawn = plot.points(key)
    assert len(x) <= POINTS_A_PIXEL * plot.pixels + 8
    (first, last), _ = plot.chart.shown
    values = np.asarray(panel.column(history, key))
    if plot.log:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log10(values)
    epochs, scale = np.asarray(history.column("epoch")), plot.pixels / (last - first)
    places, drawn_places = (epochs - first) * scale, (x - first) * scale
    seen = ~np.isnan(values) & (places >= 0) & (places <= plot.pixels)
    marked = ~np.isnan(drawn)
    for pixel in np.unique(np.floor(places[seen])):
        inside = values[seen & (places >= pixel) & (places < pixel + 1)]
        near = drawn[marked & (drawn_places > pixel - 1.01) & (drawn_places < pixel + 2.01)]
        assert near.min() <= inside.min() and inside.max() <= near.max()
    for place, value in zip(drawn_places[marked], drawn[marked], strict=True):
        start, end = np.searchsorted(places, [place - 1.01, place + 1.01])
        assert value in values[start:end]


def wild(rows: int, seed: int = 0) -> History:
    """Return a history of all sizes, with zeros, negative values, gaps long and short."""
    rng = np.random.default_rng(seed)
    table = np.exp(rng.normal(-3, 2, (rows, len(SCALARS) + 2)))
    train, test = (column_of(table, f"{part}_loss") for part in ("train", "test"))
    column_of(table, "epoch")[:] = np.arange(rows)
    train[rng.random(rows) < 0.1] = 0.0
    test[rng.random(rows) < 0.01] *= -1
    test[rng.random(rows) < 0.02] = np.nan
    for start in rng.integers(0, rows, 5):
        test[start : start + rows // 40] = np.nan
    history = History(2)
    for part in np.array_split(table, 7):
        history.extend(part)
    return history


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("rows", [3, 500, 30_001, 150_000])
def test_no_extremum_is_lost_at_any_zoom(make_panel: MakeCurves, rows: int, log: bool) -> None:
    panel, history = make_panel("loss", "deep"), wild(rows)
    panel.log.setChecked(log)
    picture(panel, 520, 260)
    panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
    rng = np.random.default_rng(rows)
    for zoom in range(12):
        if zoom:
            width = rows ** rng.uniform(0.1, 1.0)
            left = rng.uniform(-0.1, 1.0) * rows
            panel.plot.set_zoom(((left, left + width), (-8.0, 3.0)))
        for key in ("train_loss", "test_loss"):
            assert_outlined(panel, key, history)


def test_a_long_history_keeps_its_gaps_and_ends_at_its_newest_value(
    make_panel: MakeCurves,
) -> None:
    panel, history = make_panel("loss", "deep"), History(2)
    table = np.random.default_rng(1).random((100_000, len(SCALARS) + 2))
    train = column_of(table, "train_loss")
    column_of(table, "epoch")[:] = np.arange(len(table))
    train[40_000:60_000] = np.nan
    history.extend(table)
    panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
    x, y = panel.plot.points("train_loss")
    within = (x > 41_000) & (x < 59_000)
    assert within.any()
    assert np.isnan(y[within]).all()
    assert np.isfinite(y[(x < 39_000) | (x > 61_000)]).all()
    assert (x[-1], y[-1]) == (99_999, train[-1])


def test_what_is_condensed_is_outlined_to_the_pixel_too(make_panel: MakeCurves) -> None:
    panel, history = make_panel("loss", "deep"), History(2)
    epochs, edit = np.arange(1_500_000.0), 1_112_112
    for part in np.array_split(epochs, 30):
        table = np.full((len(part), len(SCALARS) + 2), 0.5)
        column_of(table, "epoch")[:] = part
        column_of(table, "learning_rate")[part >= edit] = 0.1
        history.extend(table)
    picture(panel, 520, 260)
    for _ in range(2):  # at once, and from what is kept
        panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
        x, y = panel.plot.points("learning_rate")
        assert np.all(np.diff(x) >= 0)
        (first, last), _ = panel.plot.chart.shown
        before, after = x[y == 0.5].max(), x[y == 0.1].min()
        assert before < edit <= after, "the rate falls where it was changed"
        assert after - before <= 2 * (last - first) / panel.plot.pixels
        assert len(x) <= 2 * POINTS_A_PIXEL * panel.plot.pixels


def test_ten_epochs_of_a_hundred_thousand_are_read_exactly(make_panel: MakeCurves) -> None:
    panel, history = make_panel("loss", "deep"), wild(100_000)
    picture(panel, 520, 260)
    panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
    panel.plot.set_zoom(((71_230.0, 71_240.0), (0.0, 1.0)))
    x, y = panel.plot.points("train_loss")
    assert x.tolist() == list(range(71_229, 71_241))
    np.testing.assert_array_equal(y, history.column("train_loss")[71_229:71_241])
    reading = panel.plot.reading_at(71_234.6)
    assert reading is not None and reading.x == 71_235
    assert reading.values["train_loss"] == history.column("train_loss")[71_235]


def test_an_outline_keeps_up_where_the_newest_row_does_not_stay():
    """Of a run so long that groups of epochs are kept, and the newest until it is in one."""
    rows = np.random.default_rng(0).random((9000, len(SCALARS)))
    column_of(rows, "epoch")[:] = np.arange(len(rows)) + EXACT_EPOCHS - 1000
    history, pieces, at_once = History(0), MinMaxPyramid(), MinMaxPyramid()
    for start in range(0, len(rows), 50):
        history.extend(rows[start : start + 50])
        x, column = history.column("epoch"), history.column("train_loss")
        pieces.update(column)
        pieces.points(x, (0, len(column)), 64, False)
    at_once.update(column)
    for stride in (1, 8, 64):
        found, expected = (
            outline.points(x, (0, len(column)), stride, False) for outline in (pieces, at_once)
        )
        np.testing.assert_array_equal(found, expected)
    assert (pieces.low, pieces.high) == (at_once.low, at_once.high)


@pytest.mark.parametrize("stride", [8, 64])
def test_an_outline_follows_an_epoch_that_is_recorded_anew(stride: int) -> None:
    """As after an edit: its record takes the place of the last one, at the end of a stretch."""
    rows = np.random.default_rng(0).random((192, len(SCALARS)))
    column_of(rows, "epoch")[:] = np.arange(len(rows))
    history, outline = History(0), MinMaxPyramid()
    history.extend(rows[:128])
    again = rows[127:].copy()
    column_of(again, "train_loss")[0] = 5.0
    for part in (again[:1], again[1:]):
        outline.update(history.column("train_loss"))
        outline.points(history.column("epoch"), (0, len(history)), stride, False)
        history.extend(part)
    outline.update(history.column("train_loss"))
    x, y = outline.points(history.column("epoch"), (0, len(history)), stride, False)
    assert y[(x > 127 - stride) & (x < 128)].max() == 5.0


def test_an_outline_is_of_the_scale_and_the_part_that_are_asked_for() -> None:
    history, outline = synthetic(400), MinMaxPyramid()
    x, column = history.column("epoch"), history.column("train_loss")
    outline.update(column)
    for _ in range(2):
        plain, logs = (outline.points(x, (0, 400), 16, log)[1] for log in (False, True))
        np.testing.assert_allclose(np.log10(plain), logs)
    assert outline.points(x, (0, 200), 16, False)[0].max() < 200 + 16


@pytest.mark.parametrize("log", [False, True])
def test_a_pyramid_grown_in_pieces_is_the_same(log: bool) -> None:
    whole, growing = wild(70_000), History(2)
    pieces, at_once = MinMaxPyramid(), MinMaxPyramid()
    cuts = np.sort(np.random.default_rng(3).integers(0, 70_000, 60))
    for part in np.split(whole.rows(), cuts):
        growing.extend(part)
        pieces.update(growing.column("test_loss"))
        if len(growing):  # what was drawn on the way is built upon
            pieces.points(growing.column("epoch"), (0, len(growing)), 256, log)
    at_once.update(whole.column("test_loss"))
    assert (pieces.low, pieces.high) == (at_once.low, at_once.high)
    assert pieces.low_positive == at_once.low_positive
    epochs = whole.column("epoch")
    for rows in ((0, 70_000), (5, 69_999), (33_333, 44_444)):
        for stride in (1, 4, 32, 64, 128, 256, 4096):
            mine, other = (e.points(epochs, rows, stride, log) for e in (pieces, at_once))
            np.testing.assert_array_equal(mine[0], other[0])
            np.testing.assert_array_equal(mine[1], other[1])


# ------------------------------------------------------------------------- what is painted when


def ink_in_column(image: QImage, x: int, color: str) -> int:
    """Return how many pixels of a column have this colour, but for what antialiasing rounds."""
    return sum(has_color(image.copy(x, y, 1, 1), color, within=6) for y in range(image.height()))


def test_a_plot_that_was_never_shown_has_its_axes(make_panel: MakeCurves) -> None:
    panel = make_panel("loss")
    image, box = picture(panel, 500, 260), panel.plot.chart.box.toAlignedRect()
    box.translate(panel.plot.mapTo(panel, QPoint(0, 0)))
    left = image.copy(0, box.top(), box.left() - 2, box.height())
    below = image.copy(0, box.bottom() + 2, image.width(), image.height())
    assert all(has_color(part, LIGHT.muted, within=60) for part in (left, below))
    assert has_color(image, LIGHT.grid, within=2)


def test_at_rest_words_and_curves_are_those_of_the_last_frame(
    make_panel: MakeCurves, qtbot: QtBot
) -> None:
    panel, whole = make_panel("loss", "deep"), synthetic(60, 5)
    growing, inspection = History(5), moment("deep")[1].inspection
    with qtbot.waitExposed(panel):
        panel.show()
    for row in range(60):
        growing.extend(whole.rows()[row : row + 1])
        panel.show_frame(Frame(growing, inspection, 0))
    assert panel.plot.idle.moving
    qtbot.waitUntil(lambda: not panel.plot.idle.moving)
    assert "epoch 59" in panel.accessibleDescription()
    assert panel.accessibleDescription() == panel.description()


def test_a_run_beyond_its_end_has_steps_while_it_moves_and_its_own_end_at_rest(
    make_panel: MakeCurves, qtbot: QtBot
) -> None:
    panel, whole, growing = make_panel("loss", "deep"), synthetic(160), History(2)
    inspection, end = moment("deep")[1].inspection, panel.plot.x_end
    with qtbot.waitExposed(panel):
        panel.show()
    ranges = set()
    for row in range(160):
        growing.extend(whole.rows()[row : row + 1])
        panel.show_frame(Frame(growing, inspection, 0))
        if row > end:
            ranges.add(panel.plot.chart.shown[0])
    assert len(ranges) < 10
    qtbot.waitUntil(lambda: not panel.plot.idle.moving)
    assert 159 <= panel.plot.chart.shown[0][1] < 162


# ------------------------------------------------------------------------------------ the past


def past_frame(name: str, epoch: int) -> Frame:
    problem, frame = moment(name)
    snapshot = replace(frame.inspection.snapshot, epoch=epoch)
    return Frame(frame.history, Inspection(problem, snapshot), 0, past=True)


@pytest.mark.parametrize("key", CURVES)
def test_the_past_is_marked_and_told(make_panel: MakeCurves, key: str) -> None:
    panel = make_panel(key)
    live, text = picture(panel, 500, 260), panel.description()
    frame = past_frame("iris", 17)
    panel.show_frame(frame)
    image = picture(panel, 500, 260)
    assert "epoch 17" in panel.description()
    for name in panel.plot.curves:
        assert panel.figure(name) == panel.column(frame.history, name)[17]
    chart, corner = panel.plot.chart, panel.plot.mapTo(panel, QPointF(0, 0))
    x = corner.x() + chart.place(17, 0).x()
    # Dots of the curves at that epoch cover some of the line.
    columns = [ink_in_column(image, round(x) + shift, LIGHT.accent) for shift in (-1, 0)]
    assert max(columns) > 0.6 * chart.box.height()
    assert ink_in_column(image, round(x) - 5, LIGHT.accent) < 0.3 * chart.box.height()
    after = chart.box.adjusted(chart.place(25, 0).x() - chart.box.left(), 20, 0, 0)
    after = after.translated(corner).toAlignedRect()
    for curve in panel.plot.curves.values():
        assert has_color(live.copy(after), curve.series.entry.color, within=3)
        assert not has_color(image.copy(after), curve.series.entry.color, within=3)
    panel.show_frame(moment("iris")[1])
    assert picture(panel, 500, 260) == live
    assert panel.description() == text


def shown(panel: CurvePanel, qtbot: QtBot) -> CurvePanel:
    panel.resize(600, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def place_of(panel: CurvePanel, epoch: float) -> QPoint:
    chart = panel.plot.chart
    return QPointF(chart.place(epoch, 0).x(), chart.box.center().y()).toPoint()


def test_a_click_chooses_the_epoch_under_it(make_panel: MakeCurves, qtbot: QtBot) -> None:
    panel = shown(make_panel("loss"), qtbot)
    with qtbot.waitSignal(panel.epoch_chosen) as caught:
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(panel, 23))
    assert caught.args == [23]
    with qtbot.assertNotEmitted(panel.epoch_chosen, wait=50):
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.RightButton, pos=place_of(panel, 23))


def test_enter_chooses_the_epoch_that_is_read(make_panel: MakeCurves, qtbot: QtBot) -> None:
    panel = shown(make_panel("accuracy"), qtbot)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Left)
    with qtbot.waitSignal(panel.epoch_chosen) as caught:
        qtbot.keyClick(panel.plot, Qt.Key.Key_Return)
    assert caught.args == [39]


def drag(panel: CurvePanel, start: QPoint, right: int) -> None:
    """Drag by so many pixels to the right; qtbot's own moves tell of no pressed button."""
    viewport, button = panel.plot.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, button, pos=start)
    for step in range(1, 8):
        at = QPointF(start + QPoint(right * step // 7, 0))
        globally = QPointF(viewport.mapToGlobal(at.toPoint()))
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QMouseEvent.Type.MouseMove, at, globally, none, button, keys)
        QApplication.sendEvent(viewport, event)
    QTest.mouseRelease(viewport, button, pos=start + QPoint(right, 0))


def test_a_drag_moves_what_is_under_the_pointer_along_and_chooses_nothing(
    make_panel: MakeCurves, qtbot: QtBot
) -> None:
    panel = shown(make_panel("loss"), qtbot)
    panel.plot.set_zoom(((5.0, 20.0), (0.0, 1.0)))
    start = place_of(panel, 14)
    with qtbot.assertNotEmitted(panel.epoch_chosen, wait=50):
        drag(panel, start, 70)
    there = QPointF(start + QPoint(70, 0))
    assert panel.plot.chart.value(there).x() == pytest.approx(14, abs=0.2)


def turn(panel: CurvePanel, at: QPointF, notches: int) -> None:
    """Turn the wheel with the pointer there."""
    viewport = panel.plot.viewport()
    for _ in range(abs(notches)):
        angle = QPoint(0, 120 if notches > 0 else -120)
        event = QWheelEvent(
            at,
            QPointF(viewport.mapToGlobal(at.toPoint())),
            QPoint(),
            angle,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize("log", [False, True])
def test_the_wheel_looks_at_the_epochs_under_it_and_back(
    make_panel: MakeCurves, qtbot: QtBot, log: bool
) -> None:
    panel, history = make_panel("loss", "deep"), wild(100_000)
    panel.show_frame(Frame(history, moment("deep")[1].inspection, 0))
    panel.plot.set_log(log)
    shown(panel, qtbot)
    chart = panel.plot.chart
    at = QPointF(chart.place(71_235.0, 0).x(), chart.box.center().y())
    turn(panel, at, 30)
    zoom = panel.plot.zoom
    assert zoom is not None
    (first, last), (low, high) = zoom
    assert last - first < 15 and first < 71_235 < last
    assert panel.plot.chart.value(at).x() == pytest.approx(71_235.0, abs=0.1)
    x, y = panel.plot.points("train_loss")
    told = y[np.isfinite(y)]
    assert len(x) < 20 and low <= told.min() and told.max() <= high
    with qtbot.waitSignal(panel.reading_changed) as caught:
        turn(panel, at, 60)
    assert caught.args[0].x == 71_235  # what is under the pointer is read, not what was before
    assert panel.plot.zoom is not None and np.diff(panel.plot.zoom[0])[0] >= LEAST_EPOCHS
    turn(panel, at, -90)
    assert panel.plot.zoom is None


def test_the_wheel_beside_the_left_axis_looks_at_values(
    make_panel: MakeCurves, qtbot: QtBot
) -> None:
    panel = shown(make_panel("loss"), qtbot)
    chart = panel.plot.chart
    epochs, (low, high) = chart.shown
    turn(panel, QPointF(4, chart.box.bottom()), 6)
    assert chart.shown[0] == epochs
    assert chart.shown[1][0] == pytest.approx(low)
    assert np.diff(chart.shown[1])[0] < 0.2 * (high - low)


def test_a_double_click_into_a_zoom_only_shows_everything(
    make_panel: MakeCurves, qtbot: QtBot
) -> None:
    panel = shown(make_panel("loss"), qtbot)
    panel.plot.set_zoom(((5.0, 20.0), (0.0, 1.0)))
    viewport, at = panel.plot.viewport(), place_of(panel, 12)
    wait = QApplication.doubleClickInterval() + 100
    with qtbot.assertNotEmitted(panel.epoch_chosen, wait=wait):
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert panel.plot.zoom is None
    panel.plot.set_zoom(((5.0, 20.0), (0.0, 1.0)))
    with qtbot.waitSignal(panel.epoch_chosen) as caught:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place_of(panel, 12))
    assert caught.args == [12]


# --------------------------------------------------------------------------------- kept runs

LONG_NAMES = [f"layers 64-32-10 → 64-{width}-64-10, rate 0.03 → 0.{width}" for width in range(8)]


def reference_of(slot: int, rows: int = 60, name: str = "", like: str = "iris") -> KeptRun:
    table = np.full((rows, len(SCALARS) + 2), 0.1)
    column_of(table, "epoch")[:] = np.arange(rows)
    figures = slice(SCALARS.index("train_loss"), len(SCALARS))
    random = np.random.default_rng(slot).random((rows, len(SCALARS) - 2))
    table[:, figures] = 0.2 + 0.05 * slot + random / 50
    history = History(2)
    history.extend(table)
    return KeptRun(slot, name or f"rate 0.0{slot + 1}", EXPERIMENTS[like], history)


def with_references(*references: KeptRun, name: str = "iris") -> Frame:
    return replace(moment(name)[1], references=references)


@pytest.mark.parametrize(("key", "theme"), [("loss", LIGHT), ("accuracy", DARK)])
def test_kept_runs_are_drawn_named_and_told(make_panel: MakeCurves, key: str, theme: Theme) -> None:
    panel = make_panel(key)
    before = panel.plot.chart.shown[0][1]
    references = [reference_of(0, 30), reference_of(3, 90)]
    panel.show_frame(with_references(*references))
    in_theme(panel, theme)
    image = picture(panel, 640, 360)
    entries = {entry.label: entry.color for entry in panel.legend()}
    for reference in references:
        assert entries[reference.name] == theme.reference_color(reference.slot)
        assert has_color(image, theme.reference_color(reference.slot))
        assert reference.name in panel.description()
    assert panel.plot.chart.shown[0][1] >= 89 > before
    panel.show_frame(moment("iris")[1])
    assert panel.plot.chart.shown[0][1] == before
    assert not has_color(picture(panel, 640, 360), theme.reference_color(3), within=4)


@pytest.mark.parametrize(
    ("change", "size"),
    [
        (lambda panel: None, (470, 330)),
        (lambda panel: panel.log.click(), (400, 240)),
        (lambda panel: panel.plot.set_zoom(((0.0, 900.0), (0.1, 0.4))), (400, 240)),
        (lambda panel: panel.plot.set_zoom(((0.0, 3000.0), (0.1, 0.4))), (400, 240)),
        (lambda panel: in_theme(panel, DARK), (400, 240)),
    ],
)
def test_kept_runs_follow_whatever_changes_their_look(
    make_panel: MakeCurves, change: Callable[[CurvePanel], None], size: tuple[int, int]
) -> None:
    """They are not drawn at every moment; where they are, it is as if they had just come."""
    frame = with_references(reference_of(0, 3000), reference_of(3, 90))
    before, after = make_panel("loss"), make_panel("loss")

    def drawn(panel: CurvePanel, *size: int) -> QImage:
        picture(panel, *size)
        panel.plot.redraw()
        return picture(panel, *size)

    before.show_frame(frame)
    drawn(before, 400, 240)
    for panel in (before, after):
        change(panel)
        without = drawn(panel, *size)
    after.show_frame(frame)
    assert drawn(before, *size) == drawn(after, *size) != without


def card_of(panel: CurvePanel) -> ReadingCard:
    return next(item for item in panel.plot.scene().items() if isinstance(item, ReadingCard))


def test_kept_runs_are_read_at_the_same_epoch(make_panel: MakeCurves, qtbot: QtBot) -> None:
    panel, short, long = make_panel("loss"), reference_of(0, 20), reference_of(5, 90)
    panel.show_frame(with_references(short, long))
    picture(panel, 500, 320)
    plot = panel.plot
    both = plot.reading_at(17.2)
    assert both is not None and both.x == 17
    for reference in (short, long):
        for key in ("train_loss", "test_loss"):
            assert both.runs[reference.slot][key] == reference.history.column(key)[17]
    one, none = plot.reading_at(38.0), plot.reading_at(80.4)
    assert one is not None and none is not None
    assert math.isnan(one.runs[0]["train_loss"])
    assert one.values["train_loss"] == moment("iris")[1].history.column("train_loss")[38]
    assert none.x == 80
    assert math.isnan(none.values["train_loss"])
    assert none.runs[5]["test_loss"] == long.history.column("test_loss")[80]
    for _ in range(23):  # from epoch 40 back
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.reading is not None and plot.reading.x == 17
    told = card_of(panel).toPlainText()
    assert "epoch 17" in told and long.name in told
    text = plot.curves["train_loss"].series.text
    for key in ("train_loss", "test_loss"):
        assert text(long.history.column(key)[17]) in told


@pytest.mark.parametrize(("key", "compares"), [("loss", 1), ("accuracy", 1), ("gradients", 0)])
def test_what_cannot_be_compared_is_not_drawn_but_told_with_the_reason(
    make_panel: MakeCurves, key: str, compares: int
) -> None:
    panel = make_panel(key)
    legend, iris = panel.header.legend, reference_of(1)
    panel.show_frame(with_references(iris))
    assert not [entry for entry in legend.entries if entry.reason]
    digits = EXPERIMENTS["iris"].change("data", sample="digits")
    others = reference_of(0, name="homes", like="houses"), reference_of(2, name="digits")
    others = others[0], replace(others[1], experiment=digits)  # the same loss, of other data
    panel.show_frame(with_references(*others, iris))
    assert [run.slot for run in panel.plot.runs] == [1] * compares
    notes = [entry for entry in legend.entries if entry.reason]
    assert len(notes) == compares
    for note in notes:
        assert note.label == "2 not comparable" and not note.mark
        assert "homes; digits" in note.reason and "because" in note.reason
        assert note.reason in legend.toolTip()
        assert note.reason in panel.description()
        assert note not in panel.legend(), "a picture tells what is drawn"


@pytest.mark.parametrize("size", [(240, 150), (366, 190), (470, 240), (1200, 600)])
def test_eight_long_names_find_their_place(
    make_panel: MakeCurves, qtbot: QtBot, size: tuple[int, int]
) -> None:
    panel = make_panel("loss")
    references = [reference_of(slot, name=name) for slot, name in enumerate(LONG_NAMES)]
    panel.show_frame(with_references(*references))
    image = picture(panel, *size)
    legend = panel.header.legend
    assert legend.heightForWidth(legend.width()) <= legend.height() < 0.5 * size[1]
    more = re.search(r"\+(\d+)</p>", legend.text())
    assert legend.text().count("<img") == 11 - (int(more[1]) if more else 0)
    assert more is None or size[0] <= 470
    for name in LONG_NAMES:
        assert name in legend.toolTip()
    qtbot.keyClick(panel.plot, Qt.Key.Key_Left)
    assert panel.plot.rect().contains(card_of(panel).sceneBoundingRect().toAlignedRect())
    assert picture(panel, *size) != image


def test_pictures_have_the_past_and_the_kept_runs(make_panel: MakeCurves) -> None:
    problem, _ = moment("iris")
    frame = replace(past_frame("iris", 17), references=(reference_of(2),))
    options = PictureOptions(900, 600, 2, "light", True, True)
    image = render(PanelSnapshot(LossPanel, {}, problem, frame), options)
    assert has_color(image, LIGHT.reference_color(2))
    assert has_color(image, LIGHT.accent, within=1)
    assert "epoch 17" in image.text("Description")
    assert "rate 0.03" in image.text("Description")


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e250])
def test_a_deviation_has_no_bounds(scale: float) -> None:
    values = scale * np.array([1.0, 3.0, 5.0, 7.0])
    assert standard_deviation(values) == pytest.approx(scale * math.sqrt(5.0), rel=1e-12)
    assert standard_deviation(np.zeros(3)) == standard_deviation(np.empty(0)) == 0.0
