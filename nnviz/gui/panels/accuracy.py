"""Accuracy, or R² of a regression, of train and test over epochs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.numbers import exact, fixed, percent
from nnviz.gui.look.texts import not_defined, translated
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.curve import Series
from nnviz.gui.plots.ranges import Bounds, Range
from nnviz.training.problem import Problem

LOWEST_R_SQUARED = -1.0
"""A model this bad needs no exact place on the axis; the readout still says it."""


def _share_range(bounds: Bounds) -> Range:
    return -0.02, 1.03


def _r_squared_range(bounds: Bounds) -> Range:
    if bounds.low >= 0:
        return -0.02, 1.03
    return max(LOWEST_R_SQUARED, float(np.floor(2 * bounds.low) / 2)) - 0.03, 1.03


def _percent(share: float) -> str:
    return percent(share, 0.0001 if 0 < share < 1 else 0.01)


def largest_class_share(problem: Problem) -> float:
    """Return the accuracy of always answering the most frequent class of the training part."""
    counts = np.bincount(problem.labels[problem.train.index])
    return float(counts.max() / counts.sum())


class AccuracyPanel(CurvePanel):
    """How often the network is right, or how much of the target's variance it explains."""

    key = "accuracy"
    title = str(QT_TRANSLATE_NOOP("AccuracyPanel", "Accuracy"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "AccuracyPanel",
            "How many answers are right, or for numbers how much of their spread is explained.",
        )
    )

    compared = ("train_metric", "test_metric")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Accuracy or R² over epochs"))

    def title_for(self, problem: Problem) -> str:
        """Return the name of the problem's metric."""
        return translated(problem.metric.title)

    def series(self, problem: Problem) -> list[Series]:
        """Return the parts there are."""
        text = exact if self._regresses(problem) else _percent
        found = []
        for part, entry in self.entries_of_parts(problem).items():
            truth = problem.judged[part].targets.T
            if np.isnan(problem.metric.value(truth, truth)):
                said = self.tr("{part}: {figure}").format(part=entry.label, figure=not_defined())
                entry = replace(entry, label=said)
            found.append(Series(f"{part}_metric", entry, text=text))
        return found

    def name_axes(self, problem: Problem) -> None:
        """Name the metric, and mark what knowing nothing achieves."""
        left = self.plot.chart.axes["left"]
        if self._regresses(problem):
            self.plot.fit, left.write = _r_squared_range, fixed
            name = self.tr("R², share of variance explained")
            references = [(0.0, self.tr("always the mean"))]
        else:
            self.plot.fit, left.write = _share_range, percent
            name = self.tr("{metric}, share of samples right").format(
                metric=translated(problem.metric.title)
            )
            share = largest_class_share(problem)
            text = self.tr("always the largest class {share}")
            references = [(share, text.format(share=percent(share, 0.01)))]
        self.plot.set_names(Names(self.tr("epoch"), name))
        self.plot.set_levels(references)

    def left_out(self, names: str) -> str:
        """Return why kept runs of these names are not drawn."""
        return self.tr("Not drawn, because they are of other data: {names}.").format(names=names)

    @staticmethod
    def _regresses(problem: Problem) -> bool:
        return problem.dataset.task == "regression"
