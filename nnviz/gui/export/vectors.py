"""Pictures of lines and text instead of pixels: SVG and PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import filterfalse
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPoint, QPointF, QRectF, QSizeF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageSize,
    QPainter,
    QPdfWriter,
    QRegion,
    QTransform,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from nnviz import __version__
from nnviz.gui.export.figure import Figure, PanelSnapshot
from nnviz.gui.export.options import MM_PER_INCH, POINTS_PER_INCH, PictureOptions
from nnviz.gui.plots.plot import Plot
from nnviz.gui.slices import Slices

_SVG = "http://www.w3.org/2000/svg"
_GROUP = f"{{{_SVG}}}g"
_NAMES = re.compile(r'( id="|url\(#)')
_PAIR = re.compile(r"(-?[\d.]+(?:e[-+]?\d+)?),(-?[\d.]+(?:e[-+]?\d+)?)")
_SIDES = ("x", "y", "width", "height")
_ALONE = QWidget.RenderFlag(0)


def vector_drawing(shot: PanelSnapshot, options: PictureOptions) -> Slices[bytes]:
    """Draw a picture as the content of a file of the kind asked, given a size in pixels."""
    figure = Figure(shot, options)
    try:
        return (yield from vectors_of(figure, options))
    finally:
        figure.deleteLater()


def vectors_of(figure: Figure, options: PictureOptions) -> Slices[bytes]:
    """Draw a figure of these options as the content of a file.

    What is an image on the screen too (a plane of colours, an input, a legend's marks) is one in
    the file. The network has no more edges than the picture of it at rest: the strongest 4,000.
    """
    density = yield from figure.settled()
    for plot in figure.findChildren(Plot):
        plot.draw_outlines()
    sheet = QSizeF(options.width / density, options.height / density)
    mm = MM_PER_INCH / options.dpi
    page = QSizeF(options.width * mm, options.height * mm)
    if options.kind == "pdf":
        return _pdf(figure, sheet, page)
    parts = list(_parts(figure))
    yield None
    return bytes((yield lambda: _svg(figure.title, figure.ground, parts, sheet, page)))


def _pdf(figure: Figure, sheet: QSizeF, page: QSizeF) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QPdfWriter(buffer)
    device.setResolution(POINTS_PER_INCH)  # as a screen's: text keeps the places it has there
    device.setTitle(figure.title)
    device.setCreator(f"nnviz {__version__}")
    exact = QPageSize.SizeMatchPolicy.ExactMatch  # or it may become one of Qt's usual sizes
    device.setPageSize(QPageSize(page, QPageSize.Unit.Millimeter, matchPolicy=exact))
    device.setPageMargins(QMarginsF())
    painter = QPainter(device)
    painter.scale(device.width() / sheet.width(), device.height() / sheet.height())
    painter.fillRect(QRectF(QPointF(), sheet), QColor(figure.ground))
    figure.render(painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())


def _parts(figure: Figure) -> Iterator[tuple[QRectF, str]]:
    """Draw each widget for itself, parents first, as Qt does; tell where it is.

    For Qt writes clips into an SVG without regard to where on the sheet a widget is.
    """
    for widget in figure.findChildren(QWidget):
        if widget.isVisibleTo(figure) and not widget.size().isEmpty():
            buffer = QBuffer()
            # The older version, which Qt takes without being asked, has no clips.
            device = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
            device.setOutputDevice(buffer)
            device.setSize(widget.size())
            painter = QPainter(device)
            # Not its own method: a plot has another of this name.
            QWidget.render(widget, painter, QPoint(), QRegion(), _ALONE)
            painter.end()
            place = QRectF(widget.mapTo(figure, QPoint()), QSizeF(widget.size()))
            yield place, buffer.data().toStdString()


def _svg(
    title: str, ground: str, parts: list[tuple[QRectF, str]], sheet: QSizeF, page: QSizeF
) -> bytes:
    """Return parts put together. Any thread may."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    wide, high = f"{sheet.width():.2f}", f"{sheet.height():.2f}"
    root = ElementTree.Element(f"{{{_SVG}}}svg", version="1.1", viewBox=f"0 0 {wide} {high}")
    root.set("width", f"{page.width():.2f}mm")
    root.set("height", f"{page.height():.2f}mm")
    ElementTree.SubElement(root, f"{{{_SVG}}}title").text = title
    ElementTree.SubElement(root, f"{{{_SVG}}}rect", width=wide, height=high, fill=ground)
    for number, (place, content) in enumerate(parts):
        part = ElementTree.fromstring(_NAMES.sub(rf"\g<1>part{number}-", content))
        _scale_pens(part)
        _fit_texts(part)
        if part.find(f"{_GROUP}//*") is not None:
            _put(root, part, place, f"part{number}")
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)  # type: ignore[no-any-return]


def _put(root: ElementTree.Element, part: ElementTree.Element, place: QRectF, name: str) -> None:
    """Put a part in its place, and let nothing of it be seen beyond."""
    defs = ElementTree.SubElement(root, f"{{{_SVG}}}defs")
    clip = ElementTree.SubElement(defs, f"{{{_SVG}}}clipPath", id=name)
    box = {"width": f"{place.width():g}", "height": f"{place.height():g}"}
    ElementTree.SubElement(clip, f"{{{_SVG}}}rect", box)
    # A group, and no picture within the picture, which not every program knows.
    group = ElementTree.SubElement(root, _GROUP, {"clip-path": f"url(#{name})"})
    group.set("transform", f"translate({place.x():g},{place.y():g})")
    group.extend(one for one in part if one.tag in (_GROUP, f"{{{_SVG}}}defs"))


def _scale_pens(part: ElementTree.Element) -> None:
    """Let lines be as wide as they are on the sheet, at any size of it.

    A pen of so many pixels is written by Qt with an attribute that not every program knows, and
    that means pixels of the reader's screen. So their transforms are put into the lines.
    """
    for group in part.iter(_GROUP):
        if len(group) and all(one.get("vector-effect") == "non-scaling-stroke" for one in group):
            a, b, c, d, e, f = map(float, group.attrib["transform"][len("matrix(") : -1].split(","))
            by = QTransform(a, b, c, d, e, f)
            if by.isScaling():  # then there are but outlines
                _move(group, by)
    for one in part.iter():
        one.attrib.pop("vector-effect", None)
        for empty in filterfalse(len, one.findall(_GROUP)):
            one.remove(empty)


def _fit_texts(part: ElementTree.Element) -> None:
    """Let texts be as long as here also where the reader's computer has another font."""
    for one in part.iter():
        if one.tag == f"{{{_SVG}}}text" and one.text:
            font = QFont(one.attrib["font-family"])
            font.setPixelSize(max(1, round(float(one.attrib["font-size"]))))
            font.setWeight(QFont.Weight(int(one.attrib["font-weight"])))
            one.set("textLength", f"{QFontMetricsF(font).horizontalAdvance(one.text):.2f}")
            one.set("lengthAdjust", "spacingAndGlyphs")


def _move(group: ElementTree.Element, by: QTransform) -> None:
    for one in group:
        if one.tag == f"{{{_SVG}}}rect":
            sides = QRectF(*(float(one.attrib[name]) for name in _SIDES))
            box = by.mapRect(sides)
            moved = box.x(), box.y(), box.width(), box.height()
            for name, side in zip(_SIDES, moved, strict=True):
                one.set(name, f"{side:.2f}")
            continue
        name = "d" if "d" in one.attrib else "points"
        one.set(name, _PAIR.sub(lambda pair: _moved(pair, by), one.attrib[name]))
    del group.attrib["transform"]


def _moved(pair: re.Match[str], by: QTransform) -> str:
    point = by.map(QPointF(float(pair[1]), float(pair[2])))
    return f"{point.x():.2f},{point.y():.2f}"
