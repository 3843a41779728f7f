"""Pictures as SVG and PDF show what the PNG does, as lines and text."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from nnviz.gui.app import make_application
from nnviz.gui.export.figure import PanelSnapshot, render
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.vectors import vector_drawing
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import DARK, LIGHT, THEMES
from nnviz.gui.network import NetworkPanel
from nnviz.gui.offscreen import frame_of
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.slices import finish
from nnviz.training.completion import complete
from nnviz.training.presets import PRESETS

KINDS: dict[str, type[Panel]] = {**PANELS, NetworkPanel.key: NetworkPanel}
SVG = PictureOptions(1600, 1000, 2, kind="svg")


@pytest.fixture(scope="module")
def done():
    return complete(PRESETS["xor-2-4-1"].experiment.change("training", epochs=60))


@pytest.fixture
def shots(qapp, done):
    apply_style(make_application(), LIGHT)
    frame = frame_of(done)
    yield lambda key, view=None: PanelSnapshot(KINDS[key], view or {}, done.problem, frame)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def svg(shot, options=SVG):
    return ElementTree.fromstring(finish(vector_drawing(shot, options)))


def tag(element):
    return element.tag.rpartition("}")[2]


def grey(image):
    """Return a picture's brightness, shape (100, 160)."""
    plain = image.scaled(160, 100).convertToFormat(QImage.Format.Format_Grayscale8)
    raw = np.frombuffer(plain.constBits(), np.uint8)
    return raw.reshape(100, -1)[:, :160].astype(int)


@pytest.mark.parametrize("key", list(KINDS))
def test_svg_has_the_size_asked_and_its_words_are_text(shots, key):
    content = finish(vector_drawing(shots(key), SVG))
    root = ElementTree.fromstring(content)
    assert (root.get("width"), root.get("height")) == ("211.67mm", "132.29mm")
    words = [one.text or "" for one in root.iter() if tag(one) == "text"]
    assert any("60" in each and "XOR" in each for each in words), "the caption"
    assert "vector-effect" not in content.decode()
    names = re.findall(r' id="([^"]+)"', content.decode())
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", content.decode())) <= set(names)


@pytest.mark.parametrize("key", ["loss", "gallery", "weights", "network"])
@pytest.mark.parametrize("theme", THEMES)
def test_svg_looks_as_the_png_does(shots, key, theme):
    apply_style(make_application(), DARK if theme == LIGHT.name else LIGHT)
    options = replace(SVG, theme=theme)
    expected = grey(render(shots(key), options))
    image = QImage(1600, 1000, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(finish(vector_drawing(shots(key), options))).render(painter)
    painter.end()
    apart = np.abs(grey(image) - expected)
    assert apart.mean() < 3
    assert np.abs(expected - expected[0, 0]).mean() > 2 * apart.mean() or apart.mean() < 0.5


def test_the_frame_of_a_cell_has_its_place_and_a_pen_of_its_width(shots):
    root = svg(shots("output", {"view": "confusion"}), replace(SVG, legend=False))
    frames = [one for one in root.iter() if tag(one) == "rect" and one.get("x")]
    width, height = (float(frames[-1].get(side)) for side in ("width", "height"))
    assert width == height
    assert 40 < width < 400, "points of the sheet: half of the matrix, which has two classes"


def test_texts_are_as_long_as_here_whatever_font_a_reader_has(shots):
    texts = [one for one in svg(shots("loss")).iter() if tag(one) == "text"]
    assert texts
    for one in texts:
        font = QFont(one.get("font-family"))
        font.setPixelSize(int(float(one.get("font-size"))))
        font.setWeight(QFont.Weight(int(one.get("font-weight"))))
        length = QFontMetricsF(font).horizontalAdvance(one.text)
        assert float(one.get("textLength")) == pytest.approx(length, abs=0.01)
        assert one.get("lengthAdjust") == "spacingAndGlyphs"


def test_lines_are_outlines_in_the_sheets_own_points_and_clipped_to_their_chart(shots):
    root = svg(shots("loss"))
    paths = [one for one in root.iter() if tag(one) == "path"]
    curve = max(paths, key=lambda one: len(one.get("d")))
    places = [float(x) for x, _ in re.findall(r"([\d.]+),([\d.]+)", curve.get("d"))]
    assert 0 <= min(places) < 100 < 600 < max(places) <= 800, "not epochs"
    clips = [clip[0].get("d", "") for clip in root.iter() if tag(clip) == "clipPath"]
    boxes = [list(map(float, re.findall(r"[-\d.]+", clip))) for clip in clips if clip]
    chart = [box for box in boxes if 0 < box[0] <= min(places) and max(places) <= box[2] < 784]
    assert chart, "of the view alone"


def test_marks_are_outlines_and_only_planes_are_images(shots):
    for key, images in (("output", 1), ("loss", 0), ("weights", 0)):
        root = svg(shots(key), replace(SVG, legend=False))
        assert sum(tag(one) == "image" for one in root.iter()) == images


def test_heat_maps_of_neurons_are_where_their_boxes_are(shots):
    root = svg(shots("network"), replace(SVG, legend=False))
    assert not [one for one in root.iter() if tag(one) == "pattern"]
    images = [one for one in root.iter() if tag(one) == "image"]
    assert len(images) == 2 + 4 + 1


@pytest.mark.parametrize("key", ["loss", "activations", "network"])
def test_pdf_has_one_page_of_the_size_asked_and_no_lossy_images(shots, key):
    options = PictureOptions(1890, 1181, 300 / 96, legend=False, kind="pdf")
    content = finish(vector_drawing(shots(key), options))
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert [float(side) * 25.4 / 72 for side in box.groups()] == pytest.approx([160, 100], abs=0.2)
    assert content.count(b"/Type /Page\n") == 1
    assert b"/FontFile" in content
    assert b"DCTDecode" not in content


def test_title_is_said_in_the_file(shots):
    options = replace(SVG, title="Figure 3")
    root = svg(shots("loss"), options)
    assert next(one.text for one in root if tag(one) == "title") == "Figure 3"
    assert "Figure 3" in [(one.text or "").strip() for one in root.iter() if tag(one) == "text"]
    content = finish(vector_drawing(shots("loss"), replace(options, kind="pdf")))
    assert "Figure 3".encode("utf-16-be") in content or b"(Figure 3)" in content


@pytest.mark.parametrize("key", ["activations", "weights"])
def test_a_bar_of_nothing_is_no_hairline(shots, key):
    bars = [one for one in svg(shots(key)).iter() if tag(one) == "rect"]
    assert bars
    assert all(float(one.get("height")) > 0 for one in bars)
