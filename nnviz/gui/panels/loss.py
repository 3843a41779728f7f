"""Loss of train and test over epochs, and the learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.losses import LOSSES
from nnviz.gui.look.numbers import short
from nnviz.gui.look.texts import translated
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.curves import CurvePanel
from nnviz.gui.plots.chart import Names
from nnviz.gui.plots.curve import Series
from nnviz.gui.widgets.buttons import ToggleButton
from nnviz.training.comparison import comparable_loss
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem

_FLOOR_SHARES = {"mean_squared_error": 1.0, "half_mean_squared_error": 0.5}
"""Loss of the best possible model, in variances of the noise."""


def noise_floor(problem: Problem) -> float | None:
    """Return the loss no model can beat except by memorising, in target units; None if unknown."""
    variance = problem.dataset.noise_variance
    share = _FLOOR_SHARES.get(problem.experiment.training.loss)
    return None if variance is None or share is None else share * variance


def loss_unit(problem: Problem) -> str:
    """Return the unit of the loss, such as "(10,000 yuan)²"; empty where it has none."""
    loss = LOSSES[problem.experiment.training.loss]
    if problem.dataset.task != "regression":
        return translated("nats") if "crossentropy" in loss.name else ""
    unit = translated(problem.dataset.target_unit) if problem.dataset.target_unit else ""
    if loss.unit_power < 2 or not unit:
        return unit
    return f"{unit}²" if unit.isalpha() else f"({unit})²"


class LossPanel(CurvePanel):
    """How wrong the network is, epoch by epoch, and how big its steps are."""

    key = "loss"
    title = str(QT_TRANSLATE_NOOP("LossPanel", "Loss"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "LossPanel",
            "How wrong the network is after each epoch; solid for training samples, dotted for "
            "those it is chosen by, dashed for those held out. The learning rate has the second "
            "axis.",
        )
    )

    compared = ("train_loss", "test_loss")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss and learning rate over epochs"))
        tip = self.tr(
            "Draw the loss by powers of ten, so that small improvements late in training show too"
        )
        self.log = ToggleButton(self.tr("log"), tip, self)
        self.log.setObjectName("loss-log")
        self.log.setAccessibleName(self.tr("Logarithmic loss"))
        self.log.toggled.connect(self._on_log)
        self.header.add(self.log)

    def series(self, problem: Problem) -> list[Series]:
        """Return the parts there are, and the rate."""
        rate = LegendEntry(self.tr("learning rate"), self.theme.second, "line")
        series = [Series("learning_rate", rate, right=True)]
        parts = self.entries_of_parts(problem)
        return [*(Series(f"{part}_loss", parts[part]) for part in parts), *series]

    def name_axes(self, problem: Problem) -> None:
        """Name the loss with its unit, and mark the noise floor."""
        loss = translated(LOSSES[problem.experiment.training.loss].title)
        unit = loss_unit(problem)
        name = self.tr("{loss}, {unit}").format(loss=loss, unit=unit) if unit else loss
        self.plot.set_names(Names(self.tr("epoch"), name, self.tr("learning rate")))
        floor = noise_floor(problem)
        if floor is not None and floor > 0:
            text = self.tr("noise floor {value}").format(value=short(floor))
            self.plot.set_levels([(floor, text)])

    def comparable(self, experiment: Experiment, other: Experiment) -> bool:
        """Say whether both losses are the same function of the same data."""
        return super().comparable(experiment, other) and comparable_loss(experiment, other)

    def left_out(self, names: str) -> str:
        """Return why kept runs of these names are not drawn."""
        return self.tr(
            "Not drawn, because their loss is another function or of other targets: {names}."
        ).format(names=names)

    def view_state(self) -> Mapping[str, Any]:
        """Return zoom and scale."""
        return {**super().view_state(), "log": self.log.isChecked()}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over zoom and scale."""
        self.log.setChecked(bool(state.get("log", False)))
        super().restore_view(state)

    @Slot(bool)
    def _on_log(self, log: bool) -> None:
        self.plot.set_log(log)
