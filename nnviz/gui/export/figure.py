"""A picture of a panel: title, the panel drawn anew at the size asked, legend and caption."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz import __version__
from nnviz.gui.export.caption import caption
from nnviz.gui.export.options import MM_PER_INCH, POINTS_PER_INCH, PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import palette, small_font, strong_font
from nnviz.gui.look.stylesheet import stylesheet
from nnviz.gui.look.theme import SPACE
from nnviz.gui.panel import Panel
from nnviz.gui.plain import Label
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.slices import Slices, finish
from nnviz.training.evaluation import takes_long
from nnviz.training.problem import Problem

_NO_ICONS = dict.fromkeys(("chevron-down", "chevron-up", "check"), "none")
_LESSONS = 2
"""Axes learn how wide their numbers are when first drawn, and the plot yields room after that."""

_NOT_IN_PICTURES = (QToolButton, QPushButton, QComboBox, QAbstractSpinBox, QSlider, LegendRow)
"""What only a person at the window can use; the figure has a legend of its own."""

_LEAST_PANEL = QSize(340, 200)
"""Points: a panel laid out in less room leaves parts away."""

_BAND_PIXELS = 4_000_000
"""Larger pictures are painted in bands of about so many pixels, some tens of milliseconds each. Qt
cuts lines off at the edge of a band, which changes their colours by a step or two of 255."""


@dataclass(frozen=True, eq=False)
class PanelSnapshot:
    """What a picture shows: a kind of panel, the person's settings of it, and a moment of a run."""

    kind: type[Panel]
    view: Mapping[str, Any]
    problem: Problem
    frame: Frame


def snapshot_of(panel: Panel, problem: Problem, frame: Frame) -> PanelSnapshot:
    """Return what a panel shows now; it no longer changes when training goes on."""
    return PanelSnapshot(type(panel), dict(panel.view_state()), problem, frame.still())


def render(shot: PanelSnapshot, options: PictureOptions) -> QImage:
    """Return a picture of exactly the size asked; see `drawing`."""
    return finish(drawing(shot, options))


def drawing(shot: PanelSnapshot, options: PictureOptions) -> Slices[QImage]:
    """Draw a picture of exactly the size asked, given options with a size in pixels."""
    if takes_long(shot.problem):
        yield shot.frame.inspection.prepare
    figure = Figure(shot, options)
    try:
        image = yield from figure.drawing()
        describe(image, figure.title, figure.panel.description(), shot.problem)
        return image
    finally:
        figure.deleteLater()


class Figure(QWidget):
    """The sheet a picture is taken of; laid out like any window, and never shown.

    Parameters
    ----------
    shot, options
        What, and how; with a size in pixels.
    """

    def __init__(self, shot: PanelSnapshot, options: PictureOptions) -> None:
        super().__init__()
        self.setObjectName("figure")
        self._shot, self._options = shot, options
        ground = f"#figure {{ background: {options.look.surface}; }}"
        self.setPalette(palette(options.look))
        self.setStyleSheet(stylesheet(options.look, _NO_ICONS) + ground)
        self.panel = shot.kind(self)
        self.panel.bare = True
        self.panel.begin(shot.problem)
        self.panel.restore_view(shot.view)
        self.panel.show_frame(shot.frame)  # legends may depend on what is shown
        self._hand_palette_down()  # and have its colours; a panel may have made parts until now
        self.title = options.title or self.panel.title_for(shot.problem)
        """What stands above the picture."""
        self.ground = options.look.surface
        """``#rrggbb`` of the sheet."""
        self._arrange()

    def drawing(self) -> Slices[QImage]:
        """Draw the sheet; see `drawing` above."""
        return (yield from self.painted((yield from self.settled())))

    def turn_to(self, frame: Frame) -> None:
        """Show another moment of the same problem, whose epoch the title tells too."""
        self._shot = replace(self._shot, frame=frame)
        self.panel.show_frame(frame)
        title = QCoreApplication.translate("Figure", "{title} · epoch {epoch}")
        texts = {
            "figureTitle": title.format(title=self.title, epoch=count(frame.epoch)),
            "figureCaption": caption(self._shot.problem, frame.inspection.epoch),
        }
        for label in self._words():
            label.setText(texts[label.objectName()])

    def hold_words(self) -> None:
        """Leave title and caption the height they have, however short they become."""
        for label in self._words():
            label.setFixedHeight(label.height())

    def _words(self) -> list[Label]:
        found = (self.findChild(Label, name) for name in ("figureTitle", "figureCaption"))
        return [label for label in found if label is not None]

    def painted(self, density: float) -> Slices[QImage]:
        """Draw the sheet as it is laid out, so many pixels a point."""
        options = self._options
        from nnviz.gui.plots.plot import Plot  # the plotting library loads after the first paint

        for plot in self.findChildren(Plot):
            plot.widen_pens(density)
        size = QSize(options.width, options.height)
        image = yield from painting(self, size, density, self.ground)
        _tell_dots(image, options.scale)  # of the paper it is meant for, however small its print
        return image

    def settled(self) -> Slices[float]:
        """Lay the sheet out; return how many pixels a point has.

        Where the sheet cannot be laid out in so little room it is laid out larger and drawn with
        fewer pixels a point: small print rather than a part cut off.
        """
        options, column = self._options, self._column
        self.ensurePolished()
        least = column.minimumSize()
        density = min(options.density, options.width / least.width())
        height = least.height()
        if column.hasHeightForWidth():
            height = column.minimumHeightForWidth(int(options.width / density))
        density = min(density, options.height / height)
        for power in (0.5, 1.0):  # a larger sheet is wider too: seldom has it to be so much higher
            self._lay_out(density)
            yield None
            density *= self._share_in_view() ** power
        self.panel.show_frame(self._shot.frame)
        for _ in range(_LESSONS):
            self._lay_out(density)
            yield None
        _send_layout_requests()
        return density

    def _share_in_view(self) -> float:
        """Return the share of the sheet's height that is enough where nothing may be scrolled."""
        areas = [area for area in self.findChildren(QScrollArea) if not area.isHidden()]
        hidden = max((area.verticalScrollBar().maximum() for area in areas), default=0)
        return self.height() / (self.height() + hidden)

    def _lay_out(self, density: float) -> None:
        """Let plots lay themselves out, in answer to events that nothing would deliver here."""
        self._hand_palette_down()
        width, height = self._options.width, self._options.height
        self.resize(ceil(width / density), ceil(height / density))
        _send_layout_requests()
        pixel = QImage(1, 1, QImage.Format.Format_RGB32)  # painting only this saves the time
        pixel.setDevicePixelRatio(density)
        self.render(pixel)

    def _hand_palette_down(self) -> None:
        """Give all parts there are by now the figure's palette: below a sheet Qt does not."""
        for part in self.findChildren(QWidget):
            part.setPalette(self.palette())
            if part.property("ink"):  # of which the sheet says another colour
                part.style().polish(part)

    def _arrange(self) -> None:
        options, shot = self._options, self._shot
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        if options.caption:
            title = self._label(self.title, "figureTitle")
            title.setFont(strong_font())
            column.addWidget(title)
        column.addWidget(self.panel, 1)
        self.panel.setMinimumSize(self.panel.minimumSize().expandedTo(_LEAST_PANEL))
        for part in self.panel.findChildren(QWidget):
            if part.objectName() == "panel-header" or isinstance(part, _NOT_IN_PICTURES):
                part.hide()
            elif isinstance(part, QScrollArea):
                part.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if options.legend and (entries := self.panel.legend()):
            legend = LegendRow(self)
            legend.show_entries(entries)
            margins = (SPACE, 0, SPACE, 0)  # panels have this margin of their own
            column.addLayout(filled(QHBoxLayout(), legend, margins=margins))
        if options.caption:
            text = caption(shot.problem, shot.frame.inspection.epoch)
            below = self._label(text, "figureCaption")
            below.setFont(small_font())
            column.addWidget(below)

    def _label(self, text: str, name: str) -> Label:
        label = Label(text, self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setContentsMargins(SPACE, 0, SPACE, 0)
        return label


def painting(
    widget: QWidget, size: QSize, density: float, background: str, band: int = _BAND_PIXELS
) -> Slices[QImage]:
    """Paint a widget as a picture of so many pixels, `density` of them a point.

    Parameters
    ----------
    widget
        It must not change meanwhile.
    size, density
        Of the picture.
    background
        ``#rrggbb`` of what the widget leaves free.
    band
        Pixels after which there is a pause.
    """
    image = QImage(size, QImage.Format.Format_RGB32)
    height = max(1, int(band / (size.width() * density)))  # points
    for top in range(0, ceil(size.height() / density), height):
        strip = QRect(0, top, ceil(size.width() / density), height)
        image.setDevicePixelRatio(density)
        painter = QPainter(image)
        painter.fillRect(strip, QColor(background))
        painter.end()
        widget.render(image, strip.topLeft(), QRegion(strip))
        # Only now: before, text given in points would have grown once more.
        image.setDevicePixelRatio(1.0)
        yield None
    _tell_dots(image, density)
    return image


def _tell_dots(image: QImage, scale: float) -> None:
    """Write into the picture how large it is on paper, of so many pixels a point."""
    dots = round(POINTS_PER_INCH * scale / MM_PER_INCH * 1000)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)


def describe(image: QImage, title: str, description: str, problem: Problem) -> None:
    """Write into the picture what it shows, and all that is needed to make it again."""
    image.setText("Software", f"nnviz {__version__}")
    image.setText("Title", title)
    image.setText("Description", description)
    image.setText("Experiment", json.dumps(problem.experiment.to_dict()))


def _send_layout_requests() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
