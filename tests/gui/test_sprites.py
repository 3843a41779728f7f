"""What is drawn many times over is where it would be if it were drawn once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from nnviz.gui.look.theme import LIGHT
from nnviz.gui.network.sprites import Sprites


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_pictures_reach_from_edge_to_edge_of_their_frames(qapp, ratio: float, smooth: bool) -> None:
    camera = QTransform.fromScale(1.95, 1.95)
    rects = [QRectF(3.3 + 0.27 * i, 2.2 + 11.37 * i, 8.0, 8.0) for i in range(6)]
    screen = QImage(150, 300, QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    screen.fill(Qt.GlobalColor.black)
    sprites, painter = Sprites(), QPainter(screen)
    sprites.ratio = ratio
    painter.setTransform(camera, True)
    strengths = np.full((len(rects), 3, 3), 0.5)
    sprites.pictures(painter, LIGHT, camera, "column", rects, strengths, smooth)
    painter.end()
    seen = np.frombuffer(screen.constBits(), np.uint32).reshape(300, 150) & 0xFFFFFF > 0
    expected = np.zeros_like(seen)
    for box in map(camera.mapRect, rects):
        edges = (box.top(), box.bottom(), box.left(), box.right())
        top, bottom, left, right = (round(edge * ratio) for edge in edges)
        expected[top:bottom, left:right] = True
    assert np.array_equal(seen, expected)


def test_other_pictures_take_the_place_of_those_kept(qapp) -> None:
    screen = QImage(8, 8, QImage.Format.Format_RGB32)
    sprites, painter = Sprites(), QPainter(screen)
    sprites.ratio = 1.0
    for strength in (1.0, -1.0, -1.0, 0.0):
        screen.fill(Qt.GlobalColor.black)
        strengths, rects = np.full((1, 2, 2), strength), [QRectF(0, 0, 8, 8)]
        sprites.pictures(painter, LIGHT, QTransform(), "column", rects, strengths)
        assert screen.pixelColor(4, 4).getRgb() == tuple(LIGHT.diverging(np.array(strength)))
    painter.end()
