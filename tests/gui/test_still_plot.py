"""What stands still in a plot is kept as a picture, and what moves is drawn at each moment."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.look.theme import DARK, LIGHT
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.still_plot import Moving, StillPlot

from .panel_cases import in_theme


@guarded
class Block(pg.GraphicsObject):
    """A part of the plane in a colour, which counts how often it is drawn."""

    def __init__(self, color: str, box: QRectF) -> None:
        super().__init__()
        self.color, self.box, self.drawn = color, box, 0

    def boundingRect(self) -> QRectF:
        return self.box

    def draw(self, painter: QPainter, *_: object) -> None:
        self.drawn += 1
        painter.fillRect(self.box, QColor(self.color))

    paint = draw


@guarded
class MovingBlock(Moving, Block):
    draw = Block.draw


class Kept:
    """A plot with a still block at the left half, and a moving one in the lower half."""

    def __init__(self, qtbot: QtBot, is_below: bool = False) -> None:
        self.chart = Chart()
        self.still = self.chart.add(Block("#ff0000", QRectF(0, 0, 0.5, 1)))
        self.moving = self.chart.add(MovingBlock("#0000ff", QRectF(0, 0, 1, 0.5)))
        self.moving.is_below = is_below
        self.chart.moving.append(self.moving)
        self.plot = StillPlot([self.chart])
        qtbot.addWidget(self.plot)
        self.plot.resize(300, 200)

    def color_at(self, x: float, y: float) -> str:
        """Return the colour at a point of the chart's plane."""
        image = self.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return image.pixelColor(self.chart.place(x, y).toPoint()).name()


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(("is_below", "seen"), [(False, "#0000ff"), (True, "#ff0000")])
def test_what_moves_is_above_or_below(qtbot: QtBot, shown: bool, is_below: bool, seen: str) -> None:
    kept = Kept(qtbot, is_below)
    kept.moving.setZValue(-1 if is_below else 1)
    if shown:
        with qtbot.waitExposed(kept.plot):
            kept.plot.show()
    assert kept.color_at(0.25, 0.25) == seen
    assert kept.color_at(0.75, 0.25) == "#0000ff"
    assert kept.color_at(0.25, 0.75) == "#ff0000"
    assert kept.color_at(0.75, 0.75) == LIGHT.surface


def test_each_of_several_moments_is_drawn(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()
    for _ in range(3):
        drawn = kept.moving.drawn
        kept.moving.update()
        qtbot.waitUntil(lambda drawn=drawn: kept.moving.drawn > drawn)


def test_what_stands_still_is_drawn_once_while_the_rest_moves(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()
    qtbot.waitUntil(lambda: kept.moving.drawn > 0)
    qtbot.wait(20)
    still, moved = kept.still.drawn, kept.moving.drawn
    for color in ("#00ff00", "#ffff00", "#00ffff"):
        kept.moving.color = color
        kept.moving.update()
        qtbot.waitUntil(lambda now=moved: kept.moving.drawn > now)
        moved = kept.moving.drawn
        assert kept.still.drawn == still
        assert kept.color_at(0.75, 0.25) == color


def test_a_change_of_what_stood_still_is_seen(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()

    def is_seen(x: float, y: float, color: str) -> None:
        qtbot.waitUntil(lambda: kept.color_at(x, y) == color)

    is_seen(0.25, 0.75, "#ff0000")
    kept.still.color = "#00ff00"
    kept.still.update()
    is_seen(0.25, 0.75, "#00ff00")
    kept.chart.set_ranges((0.0, 0.5), (0.0, 1.0))
    is_seen(0.45, 0.75, "#00ff00")
    before = kept.plot.grab().toImage()
    kept.chart.set_names(Names(bottom="weight"))
    qtbot.waitUntil(lambda: kept.plot.grab().toImage() != before)
    kept.still.hide()
    is_seen(0.25, 0.75, LIGHT.surface)
    in_theme(kept.plot, DARK)
    is_seen(0.25, 0.75, DARK.surface)
    kept.moving.hide()
    is_seen(0.25, 0.25, DARK.surface)


def test_a_plot_that_ends_within_a_pixel_leaves_nothing_of_what_was_there(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    kept.plot.resize(301, 201)
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()
    screen = QImage(302, 202, QImage.Format.Format_RGB32)
    screen.fill("#ff00ff")
    painter = QPainter(screen)
    painter.translate(0.5, 0.5)
    kept.plot.viewport().render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    assert {screen.pixelColor(*at).name() for at in ((290, 201), (301, 20))} == {LIGHT.surface}


def test_the_ground_is_below_what_comes_to_move_below(qtbot: QtBot) -> None:
    kept = Kept(qtbot, is_below=True)
    kept.moving.hide()
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()
    assert kept.color_at(0.75, 0.25) == LIGHT.surface
    kept.moving.show()
    assert kept.color_at(0.75, 0.25) == "#0000ff"
    kept.moving.hide()
    assert kept.color_at(0.75, 0.25) == LIGHT.surface


def test_a_picture_of_more_pixels_than_the_screen_has_is_as_sharp(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    kept.chart.set_names(Names(bottom="weight"))
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()

    def picture(ratio: int) -> QImage:
        image = QImage(kept.plot.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        kept.plot.viewport().render(image)
        image.setDevicePixelRatio(1)
        return image

    screen = picture(1)
    below = QRect(0, 360, 600, 40)  # where nothing moves
    assert picture(2).copy(below) != screen.scaled(screen.size() * 2).copy(below)
    qtbot.wait(20)
    assert picture(1) == screen
    drawn = kept.still.drawn
    assert picture(1) == screen
    assert kept.still.drawn == drawn  # it is kept again


def test_another_theme_is_seen_at_once(qtbot: QtBot) -> None:
    kept = Kept(qtbot)
    with qtbot.waitExposed(kept.plot):
        kept.plot.show()
    assert kept.color_at(0.25, 0.75) == "#ff0000"
    kept.plot.restyled.connect(lambda: setattr(kept.still, "color", "#00ff00"))
    in_theme(kept.plot, DARK)
    assert kept.color_at(0.25, 0.75) == "#00ff00"
