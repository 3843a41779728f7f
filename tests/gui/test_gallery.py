"""The gallery shows every activation, and what the layers do with them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QScrollArea, QSlider
from pytestqt.qtbot import QtBot

from nnviz.engine.activations import ACTIVATIONS
from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.panels.activation_chart import BINS, marks_of, strip_color, values_at
from nnviz.gui.panels.gallery import GalleryPanel

from .panel_cases import has_color, large_frame, moment, moments, picture


def gallery(qtbot: QtBot, name: str = "iris") -> GalleryPanel:
    problem, frame = moment(name)
    panel = GalleryPanel()
    qtbot.addWidget(panel)
    panel.resize(700, 600)
    panel.begin(problem)
    panel.show_frame(frame)
    return panel


def test_every_activation_can_be_chosen_by_its_title_and_says_its_formula(qtbot: QtBot) -> None:
    panel = gallery(qtbot)
    box = panel.findChild(QComboBox, "gallery-function")
    titles = [box.itemText(i) for i in range(box.count())]
    assert titles[1:] == [activation.title for activation in ACTIVATIONS.values()]
    tips = [box.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(1, box.count())]
    for activation, tip in zip(ACTIVATIONS.values(), tips, strict=True):
        assert activation.formula in tip.replace("&lt;", "<").replace("&gt;", ">")
    assert [chart.names.title for chart in panel.plot.charts] == titles[1:]


def test_charts_of_the_layers_are_marked(qtbot: QtBot) -> None:
    panel = gallery(qtbot)
    notes = {c.activation.name: c.names.note for c in panel.plot.charts if c.names.note}
    assert notes == {"tanh": "Hidden 1", "softmax": "Output"}
    assert has_color(picture(panel, 700, 600), strip_color(LIGHT), 2)


def test_marks_move_with_the_moments_on_the_screen(qtbot: QtBot) -> None:
    panel = gallery(qtbot)
    with qtbot.waitExposed(panel):
        panel.show()
    frames = moments(moment("iris")[1], 4)
    seen = []
    for frame in frames:
        panel.show_frame(frame)
        seen.append(panel.plot.grab().toImage())
    assert all(one != other for one, other in itertools.combinations(seen, 2))

    def filled() -> int:
        image = panel.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return int((np.frombuffer(image.constBits(), np.uint32) == color).sum())

    color = QColor(strip_color(LIGHT)).rgb()
    marked = filled()
    panel.begin(moment("xor")[0])
    qtbot.waitUntil(lambda: filled() < marked / 4)


def test_marks_are_the_current_z() -> None:
    inspection = moment("iris")[1].inspection
    marks = marks_of(inspection, 7)
    trace, one = inspection.activations()[0], inspection.sample_trace(7)[0]
    mark = marks["tanh"]
    assert mark.counts.sum() == trace.z.size
    assert mark.counts.size == BINS
    np.testing.assert_allclose(mark.dots, np.stack([one.z[0], np.tanh(one.z[0])], axis=1))


def test_of_very_many_z_some_stand_for_all_while_they_move() -> None:
    inspection = large_frame("digits").inspection
    rest, moving = (marks_of(inspection, 7, moves)["tanh"].counts for moves in (False, True))
    assert moving.sum() == pytest.approx(rest.sum(), rel=0.02)
    np.testing.assert_allclose(moving / moving.sum(), rest / rest.sum(), atol=0.03)
    assert (moving != rest).any()


def test_softmax_is_the_first_share_of_three() -> None:
    function, slope = values_at(ACTIVATIONS["softmax"], np.array([0.0, 2.0]))
    expected = np.exp([0.0, 2.0]) / (np.exp([0.0, 2.0]) + 2)
    np.testing.assert_allclose(function, expected)
    np.testing.assert_allclose(slope, expected * (1 - expected))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_close_up_reads_function_and_slope(qtbot: QtBot, name: str) -> None:
    panel = gallery(qtbot)
    panel.restore_view({"enlarged": name})
    panel.findChild(QSlider, "gallery-z").setValue(150)
    function, slope = values_at(ACTIVATIONS[name], np.array([1.5]))
    assert panel.reading.accessibleName() == (
        f"z = 1.50   f(z) = {fixed(float(function[0]), 1e-4)}"
        f"   f′(z) = {fixed(float(slope[0]), 1e-4)}"
    )
    assert fixed(float(function[0]), 1e-4) in panel.description()
    assert any(ACTIVATIONS[name].derivative_formula in e.label for e in panel.legend())


def test_a_click_enlarges_and_then_tries_a_z(qtbot: QtBot) -> None:
    panel = gallery(qtbot)
    with qtbot.waitExposed(panel):
        panel.show()
    tanh = next(chart for chart in panel.plot.charts if chart.activation.name == "tanh")

    def click(chart, z: float) -> None:
        at = chart.place(z, 0.5).toPoint()
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)

    click(tanh, 0.0)
    assert panel.view_state()["enlarged"] == "tanh"
    assert panel.findChild(QComboBox, "gallery-function").currentText() == "tanh"
    qtbot.waitUntil(lambda: panel.plot.charts[0].box.width() > 400)
    qtbot.wait(QApplication.doubleClickInterval() + 50)
    click(panel.plot.charts[0], -2.0)
    assert panel.view_state()["z"] == pytest.approx(-2.0, abs=0.05)
    panel.restore_view({})
    assert panel.view_state()["enlarged"] == ""
    assert len(panel.plot.charts) == len(ACTIVATIONS)


def test_a_picture_of_the_close_up_has_no_slider(qtbot: QtBot) -> None:
    panel = GalleryPanel()
    qtbot.addWidget(panel)
    panel.bare = True
    state = {"enlarged": "tanh", "z": -0.7}
    problem, frame = moment("iris")
    panel.begin(problem)
    panel.restore_view(state)
    panel.show_frame(frame)
    image = picture(panel, 800, 600)
    assert has_color(image, LIGHT.curve) and has_color(image, strip_color(LIGHT))
    assert panel.findChild(QSlider, "gallery-z").isHidden()
    assert panel.view_state() == state


def test_curves_are_as_thick_where_there_are_more_pixels(qtbot: QtBot) -> None:
    panel = gallery(qtbot)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.enlarge("sigmoid")
    panel.plot.charts[0].line.hide()
    place = panel.plot.charts[0].place(-4.5, 0.5)

    def thickness(ratio: int) -> float:
        image = QImage(panel.plot.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        panel.plot.viewport().render(image)
        inks = [image.pixelColor(round(place.x() * ratio), y) for y in range(image.height())]
        return sum(max(ink.blue() - ink.red() - 20, 0) for ink in inks) / ratio

    assert thickness(2) == pytest.approx(thickness(1), rel=0.15)


@pytest.mark.parametrize("size", [(780, 560), (400, 640), (320, 260), (1400, 260)])
def test_charts_are_nearly_square_and_can_be_read_or_scrolled_to(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    panel = gallery(qtbot)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.resize(*size)
    area = panel.findChild(QScrollArea, "gallery-scroll")

    def boxes() -> list[QRectF]:
        return [chart.mapRectToScene(chart.rect()) for chart in panel.plot.charts]

    qtbot.waitUntil(lambda: all(0.5 < box.width() / box.height() < 1.8 for box in boxes()))
    assert all(box.width() >= 90 and box.height() >= 100 for box in boxes())
    assert max(box.right() for box in boxes()) <= area.viewport().width() + 1
