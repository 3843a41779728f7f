"""Views of the output panel, and which of them suits which data."""

from __future__ import annotations

from nnviz.datasets.images import CAPTCHA_KINDS
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.captchas import CaptchaView
from nnviz.gui.panels.outputs.confusion import ConfusionMatrix
from nnviz.gui.panels.outputs.page import SamplePage
from nnviz.gui.panels.outputs.pca import PrincipalComponents, hidden_layers
from nnviz.gui.panels.outputs.regression import FittedCurve, PredictedActual, Residuals
from nnviz.gui.panels.outputs.roc import RocCurve
from nnviz.gui.panels.outputs.saliency import SaliencyMaps
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.training.problem import Problem

_TINY_ROWS = 12
"""So few rows can be seen at once: then they come first where there is no plane to draw."""


def views_for(problem: Problem) -> list[type[OutputView]]:
    """Return the views that suit a problem, in the order of the selector: the best comes first."""
    data = problem.dataset
    is_class = data.task == "classification"
    suits: dict[type[OutputView], bool] = {
        DecisionSurface: data.is_planar,
        FittedCurve: not is_class and data.features == 1,
        CaptchaView: problem.experiment.data.sample in CAPTCHA_KINDS,
        SampleImage: is_class and data.image_shape is not None,
        SamplePage: is_class and data.image_shape is not None,
        PredictedActual: not is_class,
        Residuals: not is_class,
        ConfusionMatrix: is_class,
        RocCurve: is_class,
        SaliencyMaps: is_class and data.image_shape is not None,
        PrincipalComponents: bool(hidden_layers(problem)),
        PredictionTable: True,
    }
    # A plane whose two axes are measured in different things is not the first to be looked at.
    found = [view for view, suiting in suits.items() if suiting]
    if data.is_planar and not is_class and data.feature_names != ("x", "y"):
        found.sort(key=lambda view: view is not PredictedActual)
    elif data.rows <= _TINY_ROWS and not data.is_planar:
        found.sort(key=lambda view: view is not PredictionTable)
    return found
