"""The charting kit by itself: what stands where, in which colour, and what lies outside."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem
from pytestqt.qtbot import QtBot

from nnviz.datasets.own.kinds import date_of
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import palette
from nnviz.gui.look.theme import DARK, LIGHT, rgb
from nnviz.gui.plots.axis import NumberAxis
from nnviz.gui.plots.bars import Bars, Histogram, histogram
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.dates import date_ticks
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.marks import EdgeMarks, Tag
from nnviz.gui.plots.plot import Plot, columns_for
from nnviz.gui.plots.points import Points
from nnviz.gui.plots.ranges import linear_ticks, log_ticks
from nnviz.gui.plots.still_plot import StillPlot

from .panel_cases import has_color


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    plot = Plot([Chart()])
    qtbot.addWidget(plot)
    plot.setPalette(palette(LIGHT))
    plot.resize(400, 300)
    return plot


def drawn(plot: Plot) -> QImage:
    return plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def color_at(plot: Plot, chart: Chart, x: float, y: float) -> str:
    image = drawn(plot)
    return QColor(image.pixel(chart.place(x, y).toPoint())).name()


def around(image: QImage, chart: Chart, x: float, y: float) -> QImage:
    """Return what is drawn within some pixels of a point."""
    place = chart.place(x, y).toPoint()
    return image.copy(place.x() - 20, place.y() - 20, 41, 41)


def test_discs_are_train_rings_are_test_and_a_click_finds_the_row(plot: Plot) -> None:
    (chart,) = plot.charts
    points = Points(chart, size=16)
    chart.set_ranges((0, 4), (0, 4))
    places = np.array([[1.0, 1.0], [3.0, 3.0]])
    rows = np.array([7, 12])
    colors = [LIGHT.class_color(0), LIGHT.class_color(1)]
    points.set_data(places, rows, colors, np.array([False, True]))
    assert color_at(plot, chart, 1, 1) == colors[0]
    assert color_at(plot, chart, 3, 3) == LIGHT.surface
    ring = drawn(plot)
    assert has_color(ring, colors[1])
    assert points.row_at(chart.place(1, 1) + QPointF(5, 5)) == 7
    assert points.row_at(chart.place(3, 3)) == 12
    assert points.row_at(chart.place(2, 2)) is None
    points.choose(7)
    assert has_color(around(drawn(plot), chart, 1, 1), LIGHT.text)
    assert not has_color(around(ring, chart, 1, 1), LIGHT.text)
    assert not has_color(around(drawn(plot), chart, 3, 3), LIGHT.text)


def test_a_chart_is_settled_when_it_is_laid_out_and_not_before(plot: Plot) -> None:
    chart = Chart()
    chart.set_ranges((0, 4), (0, 2))
    assert chart.view.viewRange() != [[0, 4], [0, 2]]
    plot.arrange([[chart]])
    drawn(plot)
    assert chart.view.viewRange() == [[0, 4], [0, 2]]


def test_what_lies_beyond_the_axis_is_told_with_an_arrow(plot: Plot) -> None:
    (chart,) = plot.charts
    edges = EdgeMarks(chart)
    chart.set_ranges((0, 10), (0, 1))
    drawn(plot)
    x = np.arange(10.0)
    for low, high, told in ((0.1, 0.9, []), (-5.25, 0.9, ["▼ −5.25"]), (0.0, 40.0, ["▲ 40"])):
        edges.show_beyond(x, np.linspace(low, high, 10), short)
        tags = [item for item in plot.scene().items() if isinstance(item, Tag)]
        assert [tag.toPlainText() for tag in tags if tag.isVisible()] == told


def test_a_tag_that_had_no_room_stands_in_one_line_where_it_has(plot: Plot) -> None:
    (chart,) = plot.charts
    chart.set_ranges((0, 10), (0, 1))
    plot.resize(1, 300)
    drawn(plot)
    tag = Tag(chart)
    tag.show_at("◀ z = −6.058", 0.0, 0.5, (0.5, 1.2))
    plot.resize(400, 300)
    drawn(plot)
    tag.show_at("◀ z = −6.058", 0.0, 0.5, (0.5, 1.2))
    assert tag.isVisible()
    assert tag.textItem.boundingRect().height() < 2 * QFontMetricsF(chart.font_used).height()


def test_bars_have_their_heights_and_colours(plot: Plot) -> None:
    (chart,) = plot.charts
    bars = chart.add(Bars())
    counts = histogram(np.array([-1.5, -1.4, 0.5, 1.9, 9.0]), -2, 2, 4)
    assert counts.counts.tolist() == [2, 0, 1, 2]
    chart.set_ranges((-2, 2), (0, 4), lane=7)
    bars.restyle(LIGHT.negative, LIGHT.positive, LIGHT.muted, LIGHT.text)
    bars.set_data(counts, counts.counts.astype(float))
    assert color_at(plot, chart, -1.5, 1.9) == LIGHT.negative
    assert color_at(plot, chart, -1.5, 2.1) != LIGHT.negative
    assert color_at(plot, chart, 0.5, 0.9) == LIGHT.positive
    assert color_at(plot, chart, -0.5, 0.2) == LIGHT.surface


def test_bars_have_an_outline_above_and_strokes_below_them(plot: Plot) -> None:
    (chart,) = plot.charts
    bars = chart.add(Bars())
    chart.set_ranges((-2, 2), (0, 4), lane=7)
    bars.restyle(LIGHT.negative, LIGHT.positive, LIGHT.muted, LIGHT.text)
    counts = Histogram(-2.0, 2.0, np.array([1, 2]))
    bars.set_data(counts, np.array([0.0, 3.0]))
    bars.set_outline(counts)
    bars.set_rug(np.array([-2.0, 0.75, 2.0, 5.0, np.nan]), 7)
    image = drawn(plot)

    def column(x: float) -> list[str]:
        top, bottom = (round(chart.place(0, y).y()) for y in (3.9, 0))
        across = int(chart.place(x, 0).x())
        return [QColor(image.pixel(across, y)).name() for y in range(top, bottom + 7)]

    assert LIGHT.muted in column(-1.0) and LIGHT.muted in column(1.0)
    assert column(1.0).index(LIGHT.muted) < column(-1.0).index(LIGHT.muted), "the higher count"
    assert LIGHT.positive in column(1.0)[column(1.0).index(LIGHT.muted) :]
    strokes = [column(x).count(LIGHT.text) for x in (-2.0 + 1e-6, 0.75, 2.0 - 1e-2, 1.5)]
    assert strokes == [6, 6, 6, 0], "within the lane, at both ends too, and nowhere else"


def test_strokes_side_by_side_are_told_apart_on_a_fine_screen(qtbot: QtBot) -> None:
    chart = Chart()
    plot, bars = StillPlot([chart]), chart.add(Bars())
    chart.moving.append(bars)
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    chart.set_ranges((-2, 2), (0, 4), lane=7)
    bars.restyle(LIGHT.negative, LIGHT.positive, LIGHT.muted, LIGHT.text)
    bars.set_rug(0.1 + np.arange(3) * chart.pixel.width(), 7)
    plot.grab()  # it is laid out
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(LIGHT.surface)
    painter = QPainter(image)
    painter.scale(2, 2)
    painter.setTransform(bars.sceneTransform(), True)
    bars.draw(painter)
    painter.end()
    y = round(2 * chart.place(0, 0).y() + 8)
    inked = [x for x in range(600) if image.pixelColor(x, y).name() == LIGHT.text]
    assert np.diff(inked).tolist() == [2, 2]


@pytest.mark.parametrize("size", [50, 20_001])
def test_every_value_counts_in_a_histogram(size: int) -> None:
    values = np.random.default_rng(0).normal(size=size).astype(np.float32)
    values[:3] = -np.inf, np.inf, np.nan
    found = histogram(values, -2.0, 2.0, 20).counts
    inside = np.clip(values[2:].astype(float), -2.0, 1.99)
    expected = np.histogram(inside[1:], 20, (-2.0, 2.0))[0] + np.eye(1, 20, dtype=int)[0] * 2
    expected[-1] += 1
    assert found.sum() == size
    assert np.abs(found - expected).max() <= 1  # at the edges of bins, where both round


def test_a_heat_map_has_its_first_row_at_the_top_and_numbers_where_there_is_room(
    plot: Plot,
) -> None:
    (chart,) = plot.charts
    chart.labelled = frozenset()
    chart.set_ranges((0, 2), (0, 2))
    cells = chart.add(HeatMap())
    colors = [LIGHT.class_color(label) for label in range(4)]
    cells.set_cells(np.array([rgb(c) for c in colors], np.uint8).reshape(2, 2, 3))
    corners = [(0.2, 1.8), (1.2, 1.8), (0.2, 0.8), (1.2, 0.8)]
    assert [color_at(plot, chart, *place) for place in corners] == colors
    plain = drawn(plot)
    cells.set_cells(cells.image, lambda row, column: (f"{row}{column}", LIGHT.surface))
    assert drawn(plot) != plain
    many = np.zeros((30, 30, 3), np.uint8)
    plane = QRectF(0, 0, 2, 2)
    cells.set_cells(many, lambda row, column: ("1", LIGHT.surface), plane)
    tiny = drawn(plot)
    cells.set_cells(many, area=plane)
    assert drawn(plot) == tiny, "in a small cell nothing is written"
    cells.set_cells(np.array([[0xFF112233, 0xFF445566]], dtype=np.uint32))  # as pixels
    assert color_at(plot, chart, 0.5, 0.5) == "#112233"
    assert color_at(plot, chart, 1.5, 0.5) == "#445566"
    cells.set_cells(many, area=QRectF(1, 1, 1, 1))
    assert color_at(plot, chart, 0.5, 0.5) == LIGHT.surface


def test_a_square_chart_has_units_of_one_length(qtbot: QtBot) -> None:
    plot = Plot([Chart(square=True)])
    qtbot.addWidget(plot)
    (chart,) = plot.charts
    for width, height in ((500, 200), (200, 500)):
        plot.resize(width, height)
        chart.set_ranges((0, 3), (0, 2))
        drawn(plot)
        across, up = chart.place(1, 0) - chart.place(0, 0), chart.place(0, 0) - chart.place(0, 1)
        assert across.x() == pytest.approx(up.y(), rel=0.02)


def test_a_plot_follows_its_palette(plot: Plot) -> None:
    assert color_at(plot, plot.charts[0], 0.5, 0.53) == LIGHT.surface
    plot.setPalette(palette(DARK))
    assert plot.charts[0].theme is DARK
    assert color_at(plot, plot.charts[0], 0.5, 0.53) == DARK.surface


def test_names_and_numbers_have_room_and_give_way_in_a_small_chart(plot: Plot) -> None:
    (chart,) = plot.charts
    chart.set_names(Names("epoch", "loss"))
    chart.set_ranges((0, 100_000), (0, 4_000_000))
    drawn(plot)
    assert chart.box.left() > 50 and chart.box.top() > 12
    assert 400 - chart.box.right() > 10, "half of the last number stands beyond the axis"
    plot.setMinimumSize(10, 10)
    plot.resize(70, 40)
    drawn(plot)
    assert chart.narrow and chart.box.left() < 30 and chart.box.top() < 8


def test_ticks_are_round() -> None:
    assert linear_ticks(0.0, 0.4, 4, 0.0).labels == ("0", "0.1", "0.2", "0.3", "0.4")
    assert linear_ticks(0.0, 3.0, 10, 1.0).labels == ("0", "1", "2", "3")
    assert log_ticks(-7.0, 1.0, 4).labels == ("1e−6", "0.0001", "0.01", "1")
    assert log_ticks(-1.0, 0.0, 4).labels == ("0.1", "0.2", "0.5", "1")
    assert log_ticks(0.0, 0.01, 3).labels == ("1.00", "1.01", "1.02")
    assert log_ticks(307.5, 308.5, 4).labels == ("5e307",)  # 1e309 is no number
    assert log_ticks(308.1, 308.2, 4).labels == ()


@pytest.mark.parametrize(
    ("first", "last", "most", "labels"),
    [
        ("2024-01-01", "2024-01-03", 4, ["2024-01-01", "2024-01-02", "2024-01-03"]),
        ("2024-01-10", "2024-02-20", 4, ["2024-01-18", "2024-02-01", "2024-02-15"]),
        ("2024-01-01", "2024-12-28", 4, ["2024-01", "2024-04", "2024-07", "2024-10"]),
        ("2023-11-02", "2025-02-03", 2, ["2024", "2025"]),
        ("1950-03-01", "2024-01-01", 4, ["1960", "1980", "2000", "2020"]),
        ("1950-03-01", "2024-01-01", 2, ["1960", "2020"]),  # 2000 alone tells no length
        ("2024-02-01", "2024-11-30", 1, ["2024-07"]),
    ],
)
def test_ticks_of_dates_are_at_the_start_of_days_months_and_years(
    first: str, last: str, most: int, labels: list[str]
) -> None:
    ticks = date_ticks(date_of(first), date_of(last), most)
    assert list(ticks.labels) == labels
    starts = [f"{label}-01-01"[:10] for label in labels]
    assert list(ticks.places) == [date_of(start) for start in starts]


@pytest.mark.parametrize("side", ["left", "bottom"])
def test_dates_at_an_axis_do_not_touch(side: str) -> None:
    axis, metrics = NumberAxis(side), QFontMetricsF(QFont())
    axis.is_dates = True
    apart = 0.1 * metrics.height() if side == "left" else metrics.horizontalAdvance("00")
    for days in (3.0, 5.0, 8.0, 40.0, 400.0, 40_000.0):
        for length in range(60, 400, 6):
            ticks = axis.ticks(length, (19_723.0, 19_723.0 + days))
            written = map(metrics.horizontalAdvance, ticks.labels)
            taken = metrics.height() if side == "left" else max(written, default=0.0)
            pitch = np.diff(ticks.places) * length / days
            assert len(ticks.labels) < 2 or min(pitch) > taken + apart, (days, length, ticks)


@pytest.mark.parametrize("high", [0.4, 0.499, 0.7, 0.99, 1.25, 3.0, 8.0, 600.0])
def test_an_axis_with_room_for_two_numbers_has_two(high: float) -> None:
    axis, line = NumberAxis("left"), QFontMetricsF(QFont()).height()
    for lines in (1.5, 2.0, 2.5, 3.5, 8.0):
        ticks = axis.ticks(lines * line, (-0.02 * high, high))
        assert ticks.labels[0] == "0" and len(ticks.labels) >= 2
        assert min(np.diff(ticks.places)) / high * lines > 0.6, "they would touch"


@pytest.mark.parametrize("high", [499_000.0, 800_000.0, 990_000.0])
def test_long_numbers_below_an_axis_do_not_touch(high: float) -> None:
    axis, metrics = NumberAxis("bottom"), QFontMetricsF(QFont())
    for length in range(60, 400, 20):
        ticks = axis.ticks(length, (100_000.0, high))
        taken = metrics.horizontalAdvance("800,000")
        pitch = np.diff(ticks.places) * length / (high - 100_000.0)
        assert len(ticks.labels) < 2 or min(pitch) > taken


@pytest.mark.parametrize("side", ["left", "bottom"])
@pytest.mark.parametrize("lines", [3.0, 5.0, 7.0, 20.0])
def test_names_that_would_touch_are_left_out_but_the_first(side: str, lines: float) -> None:
    axis, metrics = NumberAxis(side), QFontMetricsF(QFont())
    names = [str(digit) for digit in range(10)]
    axis.set_names(names[::-1] if side == "left" else names)
    ticks = axis.ticks(length := lines * metrics.height())
    assert (ticks.labels[-1] if side == "left" else ticks.labels[0]) == "0"
    taken = 0.7 * metrics.height() if side == "left" else metrics.horizontalAdvance("0")
    assert min(np.diff(ticks.places)) * length / 10 > taken
    assert len(ticks.labels) == 10 or lines < 10


def test_few_charts_stand_side_by_side_where_they_can() -> None:
    assert columns_for(4, 400, 200, 1.5, 60) == 4
    assert columns_for(4, 200, 200, 1.0, 60) == 2
    assert columns_for(5, 100, 900, 1.5, 60) == 1


def met(plot: Plot) -> list[QGraphicsItem]:
    """Return what Qt meets in all of a plot's plane, as when it paints."""
    return plot.scene().items(plot.scene().sceneRect())


def test_what_was_taken_out_of_a_plot_is_not_met_in_it_again(plot: Plot) -> None:
    """pyqtgraph's texts take another place before Qt is told, which then has to look for them."""
    tag = Tag(plot.charts[0])
    tag.show_at("wide " * 10, 0.5, 0.5, (0.5, 0.5))
    assert tag in met(plot)
    tag.setPlainText("x")
    tag.setPos(200, 150)
    assert tag in met(plot)
    plot.scene().removeItem(tag)
    assert tag not in met(plot)


def test_a_plot_that_was_closed_is_whole(plot: Plot) -> None:
    chart = plot.charts[0]
    plot.close()
    plot.setPalette(palette(DARK))
    assert chart in met(plot) and chart.theme == DARK
