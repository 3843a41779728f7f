"""What curves are at one epoch: the numbers themselves, and the card that says them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.chart import Chart
from nnviz.gui.plots.curve import Curve, RunCurves
from nnviz.gui.plots.legend import LegendEntry, mark_html
from nnviz.gui.plots.marks import Tag
from nnviz.training.condensing import nearest_exact_row
from nnviz.training.history import Column

_WIDEST_NAME = 13
"""Of a name in a reading, in heights of a line."""


@dataclass(frozen=True)
class Reading:
    """What the curves are at the epoch `x`: numbers by key, NaN where the run has none.

    `runs` has the same of every kept run, by its slot.
    """

    x: float
    values: Mapping[str, float]
    runs: Mapping[int, Mapping[str, float]] = field(default_factory=dict)


def values_at(x: float, curves: Mapping[str, Curve]) -> dict[str, float]:
    """Return the numbers of curves at exactly this x, NaN where there is none."""
    return {key: curve.value_at(x) for key, curve in curves.items()}


def nearest(x: Column, value: float) -> float:
    """Return the epoch nearest to a value, the earlier of two, of those whose numbers are exact.

    The column of epochs is not empty.
    """
    return x[nearest_exact_row(x, x.place(value), value)]


CardRow = tuple[LegendEntry | None, tuple[str, ...]]
"""A curve's mark and name, and its values there; without an entry, the values' headings."""


def card_rows(
    reading: Reading,
    curves: Mapping[str, Curve],
    runs: Sequence[RunCurves],
    headings: tuple[str, ...],
) -> list[CardRow]:
    """Return a line a curve, then a line a kept run; none for what has no number there."""
    own = [(curve.series, reading.values[key]) for key, curve in curves.items()]
    rows: list[CardRow] = [(s.entry, (s.text(v),)) for s, v in own if math.isfinite(v)]
    told = [run for run in runs if any(map(math.isfinite, reading.runs[run.slot].values()))]
    if told:
        rows.append((None, headings))
    for run in told:
        values = reading.runs[run.slot].items()
        rows.append((run.entry, tuple(run.curves[k].series.text(v) for k, v in values)))
    return rows


@guarded
class ReadingCard(Tag):
    """A small card with a headline, then a line a curve, beside the place that is read."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart, margin=SPACE / 2)
        self.setZValue(10)

    def show_rows(self, x: float, headline: str, rows: Sequence[CardRow]) -> None:
        """Say these things beside an x; the last give way where height is lacking."""
        chart = self._chart
        theme, metrics = chart.theme, QFontMetricsF(chart.font_used)
        plot = chart.scene().views()[0]
        most = max(1, int((plot.height() - SPACE) // (metrics.height() + 2)) - 1)
        if len(rows) > most:
            rows = [*rows[: most - 1], (None, (f"+{len(rows) - most + 1}",))]
        box, at = chart.box, chart.place(x, 0).x()
        room = max(at - box.left(), box.right() - at) - 6 * metrics.height()
        room = min(max(room, 4 * metrics.height()), _WIDEST_NAME * metrics.height())
        told = "".join(_row_html(row, metrics, room, theme.muted) for row in rows)
        style = f"color:{theme.text};font-size:{chart.font_used.pixelSize()}px"
        self.prepareGeometryChange()
        self.fill, self.border = pg.mkBrush(theme.raised), pg.mkPen(theme.border)
        self.setHtml(
            f"<div style='{style}'><font color={theme.muted}>{escape(headline)}</font>"
            f"<table cellspacing=0 cellpadding=0 style='{style}'>{told}</table></div>"
        )
        size, gap = self.textItem.boundingRect(), metrics.height() / 2
        fits_right = at + gap + size.width() <= box.right() or box.right() - at >= at - box.left()
        left = at + gap if fits_right else at - gap - size.width()
        top = min(box.top() + metrics.height() + 6, plot.height() - size.height())
        left = max(0.0, min(left, plot.width() - size.width()))
        self.setPos(chart.mapFromScene(round(left), round(max(0.0, top))))


def _row_html(row: CardRow, metrics: QFontMetricsF, room: float, quiet: str) -> str:
    entry, values = row
    cells = "".join(f"<td align=right>&nbsp;&nbsp;{escape(value)}</td>" for value in values)
    if entry is None:
        return f"<tr style='color:{quiet}'><td></td>{cells}</tr>"
    name = metrics.elidedText(entry.label, Qt.TextElideMode.ElideRight, room)
    return f"<tr><td>{mark_html(entry)}&nbsp;{escape(name)}</td>{cells}</tr>"
