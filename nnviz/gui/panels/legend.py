"""The legend of the plots, as panels use it that still take a theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.plots import legend
from nnviz.gui.plots.legend import LegendEntry
from nnviz.gui.plots.legend import draw_mark as draw_mark
from nnviz.gui.plots.legend import small_font as small_font


class LegendRow(legend.LegendRow):
    """A row of marks and labels."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, lines: int = 0) -> None:
        super().__init__(parent, lines)

    def show_entries(  # type: ignore[override]
        self, entries: Sequence[LegendEntry], theme: Theme, firm: int | None = None
    ) -> None:
        """Show these entries."""
        super().show_entries(entries, firm)
