"""What's This: the word under the pointer, explained from the glossary in Qt's own pop-up."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QPoint, Slot
from PySide6.QtGui import QCursor, QHelpEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QTabBar,
    QWidget,
)

from nnviz.glossary import GlossaryEntry, term_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import HelpEntry, Label, let_point, show_explanations
from nnviz.resources import resource

DRAWN_AT = 10
"""Size of the letters in the pictures of formulas."""

LARGER = 1.2
"""How much larger than text formulas are: their small letters are small."""

_NAMES = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
_HEAD = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt" viewBox=')
"""How the pictures begin."""

_ASKED = (QEvent.Type.QueryWhatsThis, QEvent.Type.WhatsThis)


@runtime_checkable
class Titled(Protocol):
    """A widget that draws more than one thing that has a title, such as a plot."""

    def titles_at(self, place: QPoint) -> Iterable[str]:
        """Return what is at a place of the widget, the nearest first."""


@guarded
class WhatsThis(QObject):
    """Answers what a title, a value, a column or a panel means.

    Only while the pointer asks are the application's events looked at.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def ask(self) -> None:
        """Explain what is under the pointer; where that is no word, let the person point at one."""
        place = QCursor.pos()
        widget = QApplication.widgetAt(place)
        if widget is None or widget.window() is not self._window or not self.explain(widget, place):
            self.point()

    @Slot()
    def point(self) -> None:
        """Let the person point at something to have it explained."""
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        let_point()

    def explain(self, widget: QWidget, place: QPoint) -> bool:
        """Explain what is at a place of the screen; say whether it could be."""
        found = terms_at(widget, place)
        if found:
            show_explanations(place, [_entry(term, widget) for term in found], widget)
        return bool(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer what is asked about a widget, until the pointer asks no more."""
        if event.type() is QEvent.Type.LeaveWhatsThisMode:
            app = QApplication.instance()
            assert app is not None
            app.removeEventFilter(self)
        if event.type() not in _ASKED or not isinstance(event, QHelpEvent):
            return False
        if not isinstance(watched, QWidget):
            return False
        if event.type() is QEvent.Type.WhatsThis:
            known = self.explain(watched, event.globalPos())
        else:
            known = bool(terms_at(watched, event.globalPos()))
        event.setAccepted(known)
        return True


def terms_at(widget: QWidget, place: QPoint) -> list[GlossaryEntry]:
    """Return what is at a place of the screen, the nearest thing that has a word.

    Two terms where a value and its title both have one: the activation "ReLU", and what an
    activation is.
    """
    above: QWidget | None = widget
    while above is not None:
        found = [term_of(title) for title in _titles(above, place)]
        known = list(dict.fromkeys(term for term in found if term is not None))
        if known:
            return known
        above = above.parentWidget()
    return []


def _titles(widget: QWidget, place: QPoint) -> Iterator[str]:
    """Yield what is written on a widget at a place of the screen, then its names."""
    here = widget.mapFromGlobal(place)
    if isinstance(widget, QTabBar):
        yield widget.tabText(widget.tabAt(here))
    elif isinstance(widget, QHeaderView):
        section = widget.logicalIndexAt(widget.viewport().mapFromGlobal(place))
        yield _written(widget.model().headerData(section, widget.orientation()))
    elif isinstance(widget, QAbstractItemView):
        index = widget.indexAt(widget.viewport().mapFromGlobal(place))
        yield _written(index.data())
        yield _written(index.siblingAtColumn(0).data())
    elif isinstance(widget, Titled):
        yield from widget.titles_at(here)
    elif isinstance(widget, Label | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QComboBox):
        yield widget.currentText()
    yield widget.accessibleName()
    yield widget.windowTitle()


def _written(data: object) -> str:
    return data if isinstance(data, str) else ""


def _entry(term: GlossaryEntry, widget: QWidget) -> HelpEntry:
    """Return a term with the picture of its formula, in the ink and size of a widget's text."""
    if not term.tex:
        return HelpEntry(term.title, term.text)
    drawn = resource("glossary", "formulas", f"{term.key}.svg").read_text(encoding="utf-8")
    scale = LARGER * widget.fontInfo().pixelSize() / DRAWN_AT
    found = _HEAD.search(drawn)
    assert found is not None
    width, height = (scale * float(side) for side in found.groups())
    # As many pixels as the screen has there: Qt would leave out lines where it has to shrink one.
    fine = widget.devicePixelRatioF()
    ink = widget.palette().color(QPalette.ColorRole.ToolTipText).name()
    size = f'width="{fine * width:.0f}" height="{fine * height:.0f}"'
    drawn = _HEAD.sub(f'<svg {_NAMES} fill="{ink}" {size} viewBox=', drawn, 1)
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    return HelpEntry(term.title, term.text, source, round(width), round(height))
