"""A picture of a panel: title, the panel drawn anew at the size asked, legend and caption."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize
from PySide6.QtGui import QColor, QImage, QRegion
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
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import Slices, finish, portion
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import palette, small_font, strong_font
from nnviz.gui.look.stylesheet import stylesheet
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.panel import Panel
from nnviz.gui.plain import Label
from nnviz.gui.plots.legend import LegendRow
from nnviz.training.problem import Problem

_NO_ICONS = dict.fromkeys(("chevron-down", "chevron-up", "check"), "none")
_DOTS_PER_METRE = 96 / 0.0254
_LESSONS = 2
"""Axes learn how wide their numbers are when first drawn, and the plot yields room after that."""

_NOT_IN_PICTURES = (
    QToolButton,
    QPushButton,
    QComboBox,
    QAbstractSpinBox,
    QSlider,
    LegendRow,
)
"""What only a person at the window can use; the figure has a legend of its own."""

_LEAST_PANEL = QSize(340, 200)
"""Points: a panel laid out in less room leaves parts away."""

_BAND_PIXELS = 4_000_000
"""Larger pictures are painted in bands of about so many pixels, some tens of milliseconds each. Qt
cuts lines off at the edge of a band, which changes their colours by a step or two of 255."""

_SMALLER = 0.92
_LEAST_DENSITY = 0.2


@dataclass(frozen=True, eq=False)
class Shot:
    """What a picture shows: a kind of panel, the person's settings of it, and a moment of a run."""

    kind: type[Panel]
    view: Mapping[str, Any]
    problem: Problem
    frame: Frame


def shot_of(panel: Panel, problem: Problem, frame: Frame) -> Shot:
    """Return what a panel shows now; it no longer changes when training goes on."""
    return Shot(type(panel), dict(panel.view_state()), problem, frame.still())


def render(shot: Shot, options: PictureOptions) -> QImage:
    """Return a picture of exactly the size asked; see `drawing`."""
    return finish(drawing(shot, options))


def drawing(shot: Shot, options: PictureOptions, share: float = 1.0) -> Slices[QImage]:
    """Draw a picture of exactly the size asked.

    Parameters
    ----------
    shot
        What to show.
    options
        How; with a size in pixels.
    share
        Pixels of a side for each one asked: less than 1 for a preview of the same picture.
    """
    figure = Figure(shot, options)
    try:
        size = QSize(options.width, options.height)
        image = yield from figure.drawing(size, options.scale, share)
        describe(image, figure.title, figure.description, shot.problem)
        return image
    finally:
        figure.deleteLater()


class Figure(QWidget):
    """The sheet a picture is taken of; laid out like any window, and never shown.

    Parameters
    ----------
    shot, options
        What, and how.
    """

    def __init__(self, shot: Shot, options: PictureOptions) -> None:
        super().__init__()
        self.setObjectName("figure")
        self._theme = options.look
        dress(self, self._theme)
        self._panel = shot.kind(self)
        self._panel.bare = True
        self._panel.begin(shot.problem)
        self._panel.restore_view(shot.view)
        self._panel.show_frame(shot.frame)  # legends may depend on what is shown
        self.title = self._panel.title_for(shot.problem)
        self._caption = caption(shot.problem, shot.frame.inspection.epoch)
        self._arrange(options)
        self._shot = shot

    @property
    def description(self) -> str:
        """What is seen, in words."""
        return self._panel.description()

    def image(self, size: QSize, scale: float) -> QImage:
        """Return the sheet as a picture of this many pixels; see `drawing`."""
        return finish(self.drawing(size, scale))

    def drawing(self, size: QSize, scale: float, share: float = 1.0) -> Slices[QImage]:
        """Draw the sheet as a picture of this many pixels, `scale` pixels a point.

        Where the sheet cannot be laid out in so little room it is laid out larger and drawn with
        fewer pixels a point: small print rather than a part cut off.
        """
        self.ensurePolished()
        density = scale
        while not self._fits(size, density) and density > _LEAST_DENSITY:
            density *= _SMALLER
            yield 0.0
        yield 0.0
        self._panel.show_frame(self._shot.frame)
        for lesson in range(_LESSONS):
            yield 0.1 * lesson
            self._lay_out(density)
        yield 0.1 * _LESSONS
        _send_layout_requests()
        room = QSize(max(1, round(size.width() * share)), max(1, round(size.height() * share)))
        picture = painting(self, room, density * share, self._theme.surface)
        return (yield from portion(picture, 0.1 * _LESSONS, 1.0))

    def _fits(self, size: QSize, density: float) -> bool:
        """Lay the sheet out for so many pixels a point; say whether everything has its room."""
        width, height = _points(size.width(), density), _points(size.height(), density)
        layout = self.layout()
        assert layout is not None
        if width < layout.minimumSize().width() or height < layout.minimumHeightForWidth(width):
            return False
        self.resize(width, height)
        self._paint_nothing(density)  # tells everything within its size
        areas = (area for area in self.findChildren(QScrollArea) if not area.isHidden())
        return not any(area.verticalScrollBar().maximum() for area in areas)

    def _lay_out(self, density: float) -> None:
        """Let plots lay themselves out, in answer to events that nothing would deliver here."""
        _send_layout_requests()
        self._paint_nothing(density)

    def _paint_nothing(self, density: float) -> None:
        """Let everything within be painted, with room for one pixel: most of the time is saved."""
        pixel = QImage(1, 1, QImage.Format.Format_RGB32)
        pixel.setDevicePixelRatio(density)
        self.render(pixel)

    def _arrange(self, options: PictureOptions) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        if options.caption:
            column.addWidget(self._label(self.title, "figureTitle", self._theme.text))
        column.addWidget(self._panel, 1)
        self._panel.setMinimumSize(self._panel.minimumSize().expandedTo(_LEAST_PANEL))
        for part in self._panel.findChildren(QWidget):
            if part.objectName() == "panel-header" or isinstance(part, _NOT_IN_PICTURES):
                part.hide()
        if options.legend and (entries := self._panel.legend()):
            legend = LegendRow(self)
            legend.show_entries(entries)
            row = QHBoxLayout()
            row.setContentsMargins(SPACE, 0, SPACE, 0)  # panels have this margin of their own
            row.addWidget(legend)
            column.addLayout(row)
        if options.caption:
            column.addWidget(self._label(self._caption, "figureCaption", self._theme.muted))

    def _label(self, text: str, name: str, ink: str) -> Label:
        label = Label(text, self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setContentsMargins(SPACE, 0, SPACE, 0)
        label.setFont(strong_font() if name == "figureTitle" else small_font())
        label.setStyleSheet(f"color: {ink};")
        return label


def dress(widget: QWidget, theme: Theme) -> None:
    """Give a widget and all within a theme, whatever the application's is."""
    widget.setPalette(palette(theme))
    sheet = f"#{widget.objectName()} {{ background: {theme.surface}; }}"
    widget.setStyleSheet(stylesheet(theme, _NO_ICONS) + sheet)


def painting(
    widget: QWidget, size: QSize, density: float, background: str, in_bands: bool = True
) -> Slices[QImage]:
    """Paint a widget as a picture of this many pixels, `density` pixels a point.

    Parameters
    ----------
    widget
        What to paint; it must not change meanwhile.
    size
        Pixels.
    density
        Pixels a point.
    background
        ``#rrggbb`` of what the widget leaves free.
    in_bands
        Whether there is a pause in between; not for a widget that may change then.
    """
    image = QImage(size, QImage.Format.Format_RGB32)
    # Filled little by little: memory is slow where it is touched for the first time.
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(size.height(), size.width())
    height = _band_points(size, density) if in_bands else widget.height()
    filled = 0
    for top in range(0, widget.height(), height):
        below = min(size.height(), int((top + height) * density) + 2)
        pixels[filled:below] = QColor(background).rgb()
        filled = max(filled, below)
        image.setDevicePixelRatio(density)
        widget.render(image, QPoint(0, top), QRegion(0, top, widget.width(), height))
        # Only now: before, text given in points would have grown once more.
        image.setDevicePixelRatio(1.0)
        yield min(1.0, (top + height) / widget.height())
    image.setDotsPerMeterX(round(_DOTS_PER_METRE * density))
    image.setDotsPerMeterY(round(_DOTS_PER_METRE * density))
    return image


def _band_points(size: QSize, density: float) -> int:
    """Return how high a band of a picture is, in points."""
    return max(1, int(_BAND_PIXELS / (size.width() * density)))


def _send_layout_requests() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def describe(image: QImage, title: str, description: str, problem: Problem) -> None:
    """Write into the picture what it shows, and all that is needed to make it again."""
    image.setText("Software", f"nnviz {__version__}")
    image.setText("Title", title)
    image.setText("Description", description)
    image.setText("Experiment", json.dumps(problem.experiment.to_dict()))


def _points(pixels: int, density: float) -> int:
    """Return enough points to cover so many pixels."""
    return -int(-pixels // density)
