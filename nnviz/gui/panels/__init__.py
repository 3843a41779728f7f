"""Panels: one file each, listed in `PANELS`."""

from __future__ import annotations

from nnviz.gui.panel import Panel
from nnviz.gui.panels.accuracy import AccuracyPanel
from nnviz.gui.panels.activations import ActivationsPanel
from nnviz.gui.panels.forward import ForwardPanel
from nnviz.gui.panels.gallery import GalleryPanel
from nnviz.gui.panels.gradients import GradientsPanel
from nnviz.gui.panels.inspector import InspectorPanel
from nnviz.gui.panels.landscape import LandscapePanel
from nnviz.gui.panels.loss import LossPanel
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.panels.runs import RunsPanel
from nnviz.gui.panels.walk import WalkPanel
from nnviz.gui.panels.weights import WeightsPanel

PANELS: dict[str, type[Panel]] = {
    panel.key: panel
    for panel in (
        OutputPanel,
        InspectorPanel,
        WalkPanel,
        LossPanel,
        AccuracyPanel,
        ActivationsPanel,
        WeightsPanel,
        GradientsPanel,
        LandscapePanel,
        GalleryPanel,
        ForwardPanel,
        RunsPanel,
    )
}
"""Every panel by its key, in the order of the View menu."""
