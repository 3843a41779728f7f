"""Views of the output panel: one file each, listed in `OUTPUT_VIEWS`."""

from __future__ import annotations

from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.confusion import ConfusionMatrix
from nnviz.gui.panels.outputs.curve import FittedCurve
from nnviz.gui.panels.outputs.predicted import PredictedActual
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.training.problem import Problem

OUTPUT_VIEWS: tuple[type[OutputView], ...] = (
    DecisionSurface,
    FittedCurve,
    SampleImage,
    PredictedActual,
    ConfusionMatrix,
    PredictionTable,
)
"""Every view, in the order the selector offers them."""


def views_for(problem: Problem) -> list[type[OutputView]]:
    """Return the views that suit a problem, best first."""
    suiting = [view for view in OUTPUT_VIEWS if view.suits(problem)]
    return sorted(suiting, key=lambda view: not view.leads(problem))
