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
