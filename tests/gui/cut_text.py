"""A pseudo-locale, and a finder of cut text: whatever widget, style or painter writes it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt, QTranslator
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QRegion,
    QTextItem,
    QTransform,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QToolTip,
    QWidget,
)

_SLACK = 1.5  # pixels at an edge that nobody misses
_SCALE = 3  # of what widgets are painted on: no screen's, so that none shows a picture it keeps

_KEPT = re.compile(r"(\{[^}]*\}|%n|%\d|<[^>]+>|\(\*[^)]*\)|\s+)")
_ACCENTS = str.maketrans("aeiouAEIOU…", "àéîôûÀÉÎÔÛ⋯")
_WORD = re.compile(r"[A-Za-z]*[aeiou][A-Za-z]*")
_NO_WORDS = re.compile(r"\S*/\S*|\S+\.\w+|nnviz|sin")  # paths, and what is never translated


class PseudoLocale(QTranslator):
    """Says every text in accented letters, 40 % longer, with Chinese glyphs; or as it is.

    An ellipsis that belongs to a text becomes another sign in both: any that is still seen stands
    for what was left out.
    """

    def __init__(self, longer: bool) -> None:
        super().__init__()
        self._longer = longer

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return pseudo(text) if self._longer else text.replace("…", "⋯")


def pseudo(text: str) -> str:
    """Return a text in the pseudo-locale; a Chinese glyph is as wide as two letters."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else _longer(part) for part in parts)


def _longer(word: str) -> str:
    return word.translate(_ACCENTS) + "学习率层网络权"[: round(0.2 * len(word) + 0.2)]


def is_english(text: str) -> bool:
    """Say whether a text has a word of at least three letters that was never translated."""
    words = _WORD.findall(_NO_WORDS.sub("", re.sub("<[^>]+>", " ", text)))
    return any(len(word) > 2 for word in words)


# ------------------------------------------------------------------------------ what is written


class _Reader(QPaintEngine):
    """Notes texts, and where their ink is, and draws nothing."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.lines: list[tuple[str, QRectF]] = []
        self._way, self._end = QTransform(), QPointF()

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def begin(self, device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def updateState(self, state: QPaintEngineState) -> None:
        self._way = state.transform() * QTransform.fromScale(1 / _SCALE, 1 / _SCALE)

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:
        text, high = item.text(), _ink(item.font().toString(), item.text())
        place = self._way.mapRect(QRectF(at.x(), at.y() + high.top(), item.width(), high.height()))
        if self.lines and (self._way.map(at) - self._end).manhattanLength() < 1.0:
            before, beside = self.lines.pop()  # letters of another font go on in it
            text, place = before + text, beside.united(place)
        self.lines.append((text, place))
        self._end = self._way.map(at + QPointF(item.width(), 0))

    def _nothing(self, *_: object) -> None:
        pass

    drawPixmap = drawImage = drawTiledPixmap = drawPath = _nothing  # noqa: N815
    drawPolygon = drawRects = drawLines = drawPoints = drawEllipse = _nothing  # noqa: N815


class _Paper(QPaintDevice):
    """A device of the size of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.reader, self._widget = _Reader(), widget

    def paintEngine(self) -> QPaintEngine:
        return self.reader

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        kind = QPaintDevice.PaintDeviceMetric
        known = {kind.PdmWidth: self._widget.width(), kind.PdmHeight: self._widget.height()}
        known |= {kind.PdmDevicePixelRatio: 1, kind.PdmDevicePixelRatioScaled: 1 << 16}
        return known.get(which, 96 if "Dpi" in which.name else 0)


@lru_cache(maxsize=4096)
def _ink(font: str, text: str) -> QRectF:
    made = QFont()
    made.fromString(font)
    return QFontMetricsF(made).tightBoundingRect(text)


def written(widget: QWidget) -> list[tuple[str, QRectF]]:
    """Return the lines of text that a widget paints, without those of its children."""
    view, paper = widget.parentWidget(), _Paper(widget)
    items = view.scene().items() if isinstance(view, QGraphicsView) and view.scene() else []
    modes = [(item, item.cacheMode()) for item in items]
    for item, mode in modes:
        item.setCacheMode(mode.NoCache)
    painter = QPainter(paper)
    painter.scale(_SCALE, _SCALE)
    QWidget.render(widget, painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    for item, mode in modes:
        item.setCacheMode(mode)
    return [(text, place) for text, place in paper.reader.lines if text.strip()]


# ------------------------------------------------------------------------------ what is wrong


def faults_of(root: QWidget, translated: bool) -> Iterator[str]:
    """Yield what is wrong in a window, or a part of it: cut, covered, outside, or in English.

    A text may be shortened where a tool tip says all of it, and anything be outside where it can
    be scrolled to.
    """
    inside = [w for w in root.findChildren(QWidget) if w.window() is root.window()]
    for widget in (root, *filter(_is_shown, inside)):
        lines, name = written(widget), _named(widget)
        for text, place in lines:
            if not _in_sight(widget, place):
                yield f"cut: {text!r} in {name}"
            elif text.endswith("…") and not _tip_at(widget, place.center()):
                yield f"shortened without a tool tip: {text!r} in {name}"
        for (one, here), (other, there) in itertools.combinations(lines, 2):
            same = (one, here) == (other, there)  # what is selected is painted twice
            if _less(here).intersects(there) and not same:
                yield f"written over each other: {one!r}, {other!r} in {name}"
        yield from _misplaced(widget)
        told = {text for text, _ in lines} | {widget.toolTip(), widget.statusTip()}
        told |= {widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()}
        yield from (f"English: {t!r} in {name}" for t in told if translated and is_english(t))


def _misplaced(parent: QWidget) -> Iterator[str]:
    found = [c for c in parent.children() if isinstance(c, QWidget) and not c.isWindow()]
    shown = [child for child in found if _is_shown(child) and not child.size().isEmpty()]
    for child in shown:
        if not _in_sight(child, QRectF(child.rect())) and _in_sight(parent, QRectF(parent.rect())):
            yield f"outside: {_named(child)}"
    for one, other in itertools.combinations(shown, 2):
        if _less(QRectF(one.geometry())).intersects(QRectF(other.geometry())):
            yield f"over each other: {_named(one)}, {_named(other)}"


def _is_shown(widget: QWidget) -> bool:
    """Say whether a widget is shown, and in no dock that others hide: Qt moves those away."""
    node: QWidget | None = widget
    while node is not None and not isinstance(node, QDockWidget):
        node = node.parentWidget()
    return widget.isVisible() and (node is None or not node.visibleRegion().isEmpty())


def _in_sight(node: QWidget, place: QRectF) -> bool:
    """Say whether all of a place in a widget is in sight, or can be scrolled to."""
    place = _less(place)
    while not place.isEmpty():
        if not _scrolled(node, QRectF(node.rect()), place).contains(place):
            return False
        parent = node.parentWidget()
        if node.isWindow() or parent is None:
            break
        place = (place & QRectF(node.rect())).translated(QPointF(node.pos()))
        node = parent
    return True


def _scrolled(node: QWidget, room: QRectF, place: QRectF) -> QRectF:
    """Return a widget's room; where it scrolls, with the place that can come into it."""
    area, both = node.parentWidget(), room.united(place)
    if not isinstance(area, QAbstractScrollArea) or area.viewport() is not node:
        return room
    if isinstance(area, QHeaderView):
        area = area.parentWidget()
    if area.horizontalScrollBar().isVisible():
        room = QRectF(both.x(), room.y(), both.width(), room.height())
    if area.verticalScrollBar().isVisible():
        room = QRectF(room.x(), both.y(), room.width(), both.height())
    return room


def _less(place: QRectF) -> QRectF:
    across, down = min(_SLACK, place.width() / 3), min(_SLACK, place.height() / 3)
    return place.adjusted(across, down, -across, -down)


def _tip_at(widget: QWidget, at: QPointF) -> str:
    """Return what is told when the mouse rests there."""
    for window in QApplication.topLevelWidgets():
        if window.windowType() == Qt.WindowType.ToolTip:
            window.close()  # Qt would leave it for a while
    spot = at.toPoint()
    asks = QHelpEvent(QEvent.Type.ToolTip, spot, widget.mapToGlobal(spot))
    QCoreApplication.sendEvent(widget, asks)
    return QToolTip.text() if QToolTip.isVisible() else ""


def _named(widget: QWidget) -> str:
    names, node = list[str](), widget
    while node is not None and len(names) < 4:
        names.append(node.objectName() or type(node).__name__)
        node = node.parentWidget()
    return f"{' < '.join(names)} {widget.geometry().getRect()}"
