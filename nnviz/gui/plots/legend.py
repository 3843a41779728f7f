"""The slim row of marks above a plot: what is drawn how."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainterPath, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.style import small_font
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.training.problem import PartName

_UNLIMITED = 10**6
_LONG, _SHORT = 16, 5
"""Heights of a line that a name may take, where there is room and where there is little."""

_FINER = 4
"""Pixels, in one of the window's, that marks have: so many can a picture for print ask for."""

_WIDTHS, _SIDE = {"line": 14, "dashed": 16, "dotted": 15, "gradient": 32, "halves": 20}, 10
"""Pixels across the marks that are no square, and of the square."""

_SPACE, _BETWEEN = 2 * "\N{NO-BREAK SPACE}", 4 * "\N{NO-BREAK SPACE}"
"""Between a mark and its name, and between entries."""

# Drawings in a box `_SIDE` high; {color} and {end} are the entry's colours.
_MARKS = {
    "line": '<path d="M0 5h14" stroke="{color}" stroke-width="2"/>',
    "dashed": '<path d="M0 5h16" stroke="{color}" stroke-width="2" stroke-dasharray="4.4 2.8"/>',
    "dotted": '<path d="M0 5h15" stroke="{color}" stroke-width="2" stroke-dasharray="2 3"/>',
    "disc": '<circle cx="5" cy="5" r="4" fill="{color}"/>',
    "ring": '<circle cx="5" cy="5" r="4" fill="none" stroke="{color}" stroke-width="1.6"/>',
    "square": '<rect width="10" height="10" rx="2" fill="{color}"/>',
    "frame": '<path d="M1 1h8v8h-8z" fill="none" stroke="{color}" stroke-width="1.5"/>',
    "flake": '<path d="M5 0v10M.7 2.5l8.6 5M.7 7.5l8.6-5" stroke="{color}" stroke-width="1.4"/>',
    "cross": '<path d="M1 1l8 8M1 9l8-8" stroke="{color}" stroke-width="1.6"/>',
    "tick": '<path d="M5 1v8" stroke="{color}" stroke-width="1.5"/>',
    "halves": '<rect y=".5" width="9" height="9" rx="1.5" fill="{color}"/>'
    '<rect x="10" y=".5" width="9" height="9" rx="1.5" fill="{end}"/>',
    "gradient": '<linearGradient id="g"><stop offset="0" stop-color="{color}"/>{middle}'
    '<stop offset="1" stop-color="{end}"/></linearGradient>'
    '<rect y="1" width="32" height="8" rx="2" fill="url(#g)"/>',
}

PART_MARKS: dict[PartName, str] = {"train": "line", "validation": "dotted", "test": "dashed"}
"""How the curve of each part of the data is drawn."""


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: how something is drawn, and what it is.

    Parameters
    ----------
    label
        What it is, already translated.
    color
        ``#rrggbb``.
    mark
        ``"line"``, ``"dashed"``, ``"dotted"``, ``"disc"``, ``"ring"``, ``"square"``,
        ``"frame"``, ``"tick"``, ``"flake"``, ``"cross"``, one of pyqtgraph's symbols,
        ``"halves"``: a square of ``color`` beside one of ``color_end``, or ``"gradient"``: a
        diverging bar from ``color`` to ``color_end``; empty for none.
    color_end
        Second colour of halves and of a gradient.
    reason
        What the tooltip says in place of the label, where that is only a word.
    """

    label: str
    color: str
    mark: str = "line"
    color_end: str = ""
    reason: str = ""


@lru_cache(maxsize=256)
def mark_html(entry: LegendEntry, middle: str = "") -> str:
    """Return an entry's mark for a rich text; `middle` is the colour halfway along a gradient."""
    if not entry.mark:
        return ""
    color, end, width = entry.color, entry.color_end, _WIDTHS.get(entry.mark, _SIDE)
    between = "" if middle in (color, end) else f'<stop offset=".5" stop-color="{middle}"/>'
    drawn = _MARKS.get(entry.mark) or _symbol(entry.mark)
    size = f'width="{_FINER * width}" height="{_FINER * _SIDE}" viewBox="0 0 {width} {_SIDE}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>'
    source = b64encode(svg.format(color=color, end=end, middle=between).encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" width={width} height={_SIDE}'
        ' style="vertical-align: middle">'
    )


def _symbol(mark: str) -> str:
    """Return the drawing of one of pyqtgraph's symbols."""
    # The plotting library loads after the first paint.
    from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

    outline: QPainterPath = Symbols[mark]
    points = (outline.elementAt(place) for place in range(outline.elementCount()))
    corners = (f"{9 * point.x + 5:.2f},{9 * point.y + 5:.2f}" for point in points)
    return f'<polygon points="{" ".join(corners)}" fill="{{color}}"/>'


@guarded
class LegendRow(Themed, Label):
    """Marks and names side by side; what does not fit in one line goes on in the next.

    Where it may take only so many lines (0: any number) and these are too short for all, names are
    shortened, and what has no place even so is counted at the end. The tool tip tells everything.
    """

    def __init__(self, parent: QWidget | None = None, lines: int = 0) -> None:
        self.entries: tuple[LegendEntry, ...] = ()
        self._firm, self._lines = 0, lines
        self._fitted: dict[int, list[str]] = {}
        super().__init__(parent=parent)
        self.setObjectName("legend")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setFont(small_font())
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWordWrap(True)  # only then is Qt's label as high as its width makes it
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def show_entries(self, entries: Sequence[LegendEntry], firm: int | None = None) -> None:
        """Show these entries, of which so many of the first keep their whole names; None: all."""
        firm = len(entries) if firm is None else firm
        if (tuple(entries), firm) == (self.entries, self._firm):
            return
        self.entries, self._firm = tuple(entries), firm
        labels = ", ".join(entry.label for entry in entries)
        self.setAccessibleName(labels)
        if firm == len(entries) and not any(entry.reason for entry in entries):
            set_tool_tip(self, labels)
        else:
            self.setToolTip(self._told(entries))
        self.restyle()

    def set_lines(self, lines: int) -> None:
        """Let it take so many lines."""
        if lines != self._lines:
            self._lines = lines
            self.restyle()

    def restyle(self) -> None:
        """Write it anew."""
        self._fitted.clear()
        self._write()

    def _write(self) -> None:
        style = f"color: {self.theme.muted}; line-height: {self._line}px; white-space: nowrap"
        self.setText(f'<p style="{style}">{"<br>".join(self._fit(self.width()))}</p>')
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it to the new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._write()

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return max(1, len(self._fit(width))) * self._line

    def sizeHint(self) -> QSize:
        """Return the height of a line; width is what there is."""
        return QSize(0, self._line)

    def minimumSizeHint(self) -> QSize:
        """Return the height of a line."""
        return self.sizeHint()

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 4

    def _told(self, entries: Sequence[LegendEntry]) -> str:
        """Return a tool tip with a line an entry, for where their names are cut."""
        lines = (escape(e.reason) or self._written(e, _UNLIMITED)[0] for e in entries)
        return "<br>".join(lines)

    def _fit(self, width: int) -> list[str]:
        """Return the lines that have room: layouts ask for many widths, again and again."""
        if width not in self._fitted:
            self._fitted[width] = self._new_lines(width)
        return self._fitted[width]

    def _new_lines(self, width: int) -> list[str]:
        everything, rows = len(self.entries), list[str]()
        trials = (everything, _LONG), *((n, _SHORT) for n in range(everything, -1, -1))
        for shown, longest in trials:
            rows = self._rows(width, shown, longest * self._line)
            if not self._lines or len(rows) <= self._lines:
                break
        return rows

    def _rows(self, width: int, shown: int, longest: int) -> list[str]:
        """Return lines with the first entries, and how many more there are."""
        rows, taken = list[str](), 0
        gap = self.fontMetrics().horizontalAdvance(_BETWEEN)
        more = [LegendEntry(f"+{len(self.entries) - shown}", "", "")]
        for place, entry in enumerate([*self.entries[:shown], *more[: len(self.entries) - shown]]):
            text, wide = self._written(entry, width if place < self._firm else min(width, longest))
            if rows and taken + gap + wide <= width:
                rows[-1] += _BETWEEN + text
                taken += gap + wide
            else:
                rows.append(text)
                taken = wide
        return rows

    def _written(self, entry: LegendEntry, longest: int) -> tuple[str, int]:
        """Return a mark with a name, together no longer than so many pixels, and their width."""
        metrics, mark = self.fontMetrics(), mark_html(entry, self.theme.neutral)
        before = _WIDTHS.get(entry.mark, _SIDE) + metrics.horizontalAdvance(_SPACE) if mark else 0
        name = metrics.elidedText(entry.label, Qt.TextElideMode.ElideRight, longest - before)
        text = f"{mark}{_SPACE if mark else ''}{escape(name)}"
        return text, before + metrics.horizontalAdvance(name)
