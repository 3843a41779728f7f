"""Painting of a data set in a small square: points, a curve, pictures or a histogram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from nnviz.datasets.dataset import Dataset
from nnviz.gui.look.pictures import pixels_of
from nnviz.gui.look.theme import Theme, blend, rgb
from nnviz.gui.widgets.pixels import paint_pictures
from nnviz.training.projection import principal_components

MOST_POINTS = 700
"""Points painted at most, evenly chosen: more cannot be told apart in so small a square."""

_FEW_POINTS = 150
"""Points over a coloured ground, which must stay in sight."""

_MARGIN = 0.06
_TILE_GAP = 2.0

Points = NDArray[np.float64]
Paint = Callable[[QPainter, QRectF, Dataset, Theme], None]


def picture_of(
    dataset: Dataset, theme: Theme, side: int, margin: int, ratio: float = 1.0
) -> QPixmap:
    """Return a square picture of what a data set looks like, as befits its kind.

    Side and margin are in points, of which the screen has `ratio` pixels each.
    """
    picture = _blank(theme, side, ratio)
    painter = QPainter(picture)
    place = QRectF(margin, margin, side - 2 * margin, side - 2 * margin)
    painter.setClipRect(place)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _way_to_paint(dataset)(painter, place, dataset, theme)
    if margin > 1:
        painter.setClipping(False)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), 5, 5)
    painter.end()
    return picture


def learned_picture(
    dataset: Dataset,
    theme: Theme,
    side: int,
    ratio: float,
    ground: NDArray[np.uint8] | None = None,
    corners: Points | None = None,
    line: Points | None = None,
) -> QPixmap:
    """Return a square picture of samples with what a network makes of them.

    Parameters
    ----------
    dataset, theme, side, ratio
        As in `picture_of`.
    ground, corners
        Colours of the plane of the inputs, shape (down, across, 4) from the top, and its lower left
        and upper right corner, shape (2, 2).
    line
        Ends of the fitted line, shape (2, 2): the first input and the target.
    """
    picture = _blank(theme, side, ratio)
    painter, place = QPainter(picture), QRectF(0, 0, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    points, colors = dataset.inputs.astype(np.float64), _point_colors(dataset, theme)
    keep = _some_of(dataset.rows, _FEW_POINTS)
    if ground is not None and corners is not None:
        (left, bottom), (right, top) = _placed(corners, place, False, points).tolist()
        down, across, _ = ground.shape
        image = QImage(ground.data, across, down, 4 * across, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
    if line is not None:
        points = np.column_stack([points[:, 0], dataset.targets[:, 0]])
        colors[:] = rgb(theme.positive)
    where = _placed(points, place, False)
    rim = theme.surface if ground is not None else ""
    _dots(painter, where[keep], colors[keep].tolist(), place, rim)
    if line is not None:
        painter.setPen(QPen(QColor(theme.text), 2))
        painter.drawLine(*(QPointF(x, y) for x, y in _placed(line, place, False, points).tolist()))
    painter.end()
    return picture


def _blank(theme: Theme, side: int, ratio: float) -> QPixmap:
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(theme.surface))
    return picture


def _way_to_paint(dataset: Dataset) -> Paint:
    if dataset.image_shape:
        return _paint_images
    if dataset.features > 2 and dataset.task == "regression":
        return _paint_histogram
    return _paint_points


# ---------------------------------------------------------------------------------------- points


def _paint_points(painter: QPainter, place: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Paint a curve, the plane, or for tables the plane in which the samples spread most."""
    keep, same_scale = _some_of(dataset.rows), dataset.feature_names == ("x", "y")
    if dataset.features == 1:
        points = np.column_stack([dataset.inputs[:, 0], dataset.targets.astype(np.float64)])
        _dots(
            painter, _placed(points, place, False)[keep], [rgb(theme.positive)] * len(keep), place
        )
        return
    points = dataset.inputs.astype(np.float64)
    if not dataset.is_planar:
        points, same_scale = principal_plane(dataset), True
    rim = "" if dataset.task == "classification" else blend(theme.muted, theme.surface, 0.6)
    where = _placed(points, place, same_scale)[keep]
    _dots(painter, where, _point_colors(dataset, theme)[keep].tolist(), place, rim)


def _dots(
    painter: QPainter, where: Points, colors: Sequence[Sequence[int]], place: QRectF, rim: str = ""
) -> None:
    """Paint discs, large if they are few; a rim shows those whose colour is near the paper's."""
    share = place.width() / 112.0
    count = np.sqrt(len(where))
    # The second is for pictures as small as icons, where a share of little would be nothing.
    radius = max(share * np.clip(24.0 / count, 2.0, 5.0), np.clip(5.0 / count, 0.6, 2.4))
    painter.setPen(QPen(QColor(rim), 0.6) if rim and share > 0.5 else Qt.PenStyle.NoPen)
    for (x, y), color in zip(where, colors, strict=True):
        painter.setBrush(QColor(*color))
        painter.drawEllipse(QPointF(x, y), float(radius), float(radius))


def _point_colors(dataset: Dataset, theme: Theme) -> NDArray[np.integer]:
    """Return red, green, blue of every row: its class, or where its target lies in the range."""
    if dataset.task == "classification":
        table = np.array([rgb(theme.class_color(k)) for k in range(len(dataset.class_names))])
        return np.asarray(table[dataset.targets.astype(np.intp)])
    targets = dataset.targets[:, 0].astype(np.float64)
    middle = (targets.min() + targets.max()) / 2
    return theme.diverging(targets - middle, float(np.ptp(targets) / 2) or 1.0)[:, :3]


@lru_cache(maxsize=4)
def principal_plane(dataset: Dataset) -> Points:
    """Return the samples in the plane of their two first principal components, (rows, 2).

    Columns are standardised first, so that units do not decide.
    """
    centred = dataset.inputs - dataset.inputs.mean(axis=0)
    scaled = centred / np.where(centred.std(axis=0) > 0, centred.std(axis=0), 1.0)
    return np.asarray(scaled @ principal_components(scaled).T)


def _placed(points: Points, place: QRectF, same_scale: bool, among: Points | None = None) -> Points:
    """Return points in the square's pixels, y upwards, with a margin around those it is among."""
    among = points if among is None else among
    low, high = among.min(axis=0), among.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    if same_scale:
        span = np.full(2, span.max())
    inner = 1 - 2 * _MARGIN
    share = (points - (low + high) / 2) / span * inner + 0.5
    x = place.left() + share[:, 0] * place.width()
    y = place.bottom() - share[:, 1] * place.height()
    return np.column_stack([x, y])


def _some_of(rows: int, most: int = MOST_POINTS) -> NDArray[np.intp]:
    if rows <= most:
        return np.arange(rows)
    return np.linspace(0, rows - 1, most).astype(np.intp)


# ---------------------------------------------------------------------------- pictures, histogram


def _paint_images(painter: QPainter, place: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Paint samples as tiles of ink, class by class."""
    across = 2 if dataset.rows <= 4 else 6
    rows = _first_of_classes(dataset, across * across)
    side, largest = (place.width() - (across - 1) * _TILE_GAP) / across, dataset.inputs.max()
    ends, blank = (0.0, float(largest) or 1.0), blend(theme.muted, theme.surface, 0.12)
    tiles = [pixels_of(dataset, dataset.inputs[row], ends, blank, theme.text) for row in rows]
    corners = (divmod(number, across) for number in range(len(tiles)))
    step, left, top = side + _TILE_GAP, place.left(), place.top()
    boxes = [QRectF(left + x * step, top + y * step, side, side) for y, x in corners]
    paint_pictures(painter, theme, boxes, np.array(tiles))


def _first_of_classes(dataset: Dataset, count: int) -> NDArray[np.intp]:
    """Return `count` rows, taking the classes in turn: first of each, and so on."""
    labels = dataset.targets.astype(np.intp)
    rank = np.zeros(dataset.rows, dtype=np.intp)
    for label in range(len(dataset.class_names)):
        own = np.flatnonzero(labels == label)
        rank[own] = np.arange(own.size)
    return np.lexsort((labels, rank))[:count]


def _paint_histogram(painter: QPainter, place: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Paint how the targets are distributed."""
    bins = 14
    counts, _ = np.histogram(dataset.targets, bins=bins)
    width = place.width() / bins
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(blend(theme.positive, theme.surface, 0.75)))
    for number, count in enumerate(counts):
        height = (place.height() - 4) * float(count) / float(counts.max())
        bar = QRectF(place.left() + number * width, place.bottom() - height, width - 1, height)
        painter.drawRect(bar)
