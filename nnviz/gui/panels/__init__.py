"""Panels: one file each, listed in `PANELS`."""

from __future__ import annotations

from nnviz.gui.panels.accuracy import AccuracyPanel
from nnviz.gui.panels.base import Panel
from nnviz.gui.panels.gradients import GradientsPanel
from nnviz.gui.panels.loss import LossPanel
from nnviz.gui.panels.output import OutputPanel

PANELS: dict[str, type[Panel]] = {
    panel.key: panel
    for panel in (
        LossPanel,
        AccuracyPanel,
        GradientsPanel,
        OutputPanel,
    )
}
"""Every panel by its key, in the order of the View menu."""
