"""Learning-rate schedules: by what factor the rate a person set changes with the epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnviz.engine.choices import Parameter


@dataclass
class ScheduleState:
    """What a schedule remembers during one run (only "plateau" does)."""

    factor: float = 1.0
    best: float = math.inf
    waited: int = 0
    values: dict[str, float] = field(default_factory=dict)


Factor = Callable[[int, int, Mapping[str, float]], float]
Observe = Callable[[ScheduleState, float], None]


@dataclass(frozen=True)
class Schedule:
    """A learning-rate schedule: rate(epoch) = initial rate × factor(epoch).

    Parameters
    ----------
    name, title, formula
        Key in `SCHEDULES`, menu text, textbook form (η is the initial rate, e the epoch).
    factor
        ``factor(epoch, epochs, values)`` for epoch = 0, 1, …; `epochs` is the run's length.
    parameters
        Numbers a person may set.
    observe
        Called with the loss after each epoch by schedules that look at it; its
        ``state.factor`` multiplies `factor`.
    spans_run
        Whether `epochs` matters.
    """

    name: str
    title: str
    formula: str
    factor: Factor
    parameters: tuple[Parameter, ...] = ()
    observe: Observe | None = None
    spans_run: bool = False

    def start(self, values: Mapping[str, float]) -> ScheduleState:
        """Return the state of a run that begins."""
        return ScheduleState(values=dict(values))

    def rate(self, initial: float, epoch: int, epochs: int, state: ScheduleState) -> float:
        """Return the learning rate of an epoch (counted from 0)."""
        return initial * self.factor(epoch, epochs, state.values) * state.factor


def _constant(epoch: int, epochs: int, values: Mapping[str, float]) -> float:
    return 1.0


def _time_decay(epoch: int, epochs: int, values: Mapping[str, float]) -> float:
    return 1.0 / (1.0 + values["decay"] * epoch)


def _step(epoch: int, epochs: int, values: Mapping[str, float]) -> float:
    return float(values["drop"] ** (epoch // max(1, int(values["every"]))))


def _exponential(epoch: int, epochs: int, values: Mapping[str, float]) -> float:
    return float(values["gamma"] ** epoch)


def _cosine(epoch: int, epochs: int, values: Mapping[str, float]) -> float:
    # Training that goes on after its last epoch starts another half wave, as warm restarts do: a
    # rate that stayed at 0 would learn nothing for ever.
    return 0.5 * (1.0 + math.cos(math.pi * (epoch % max(1, epochs)) / max(1, epochs)))


def _observe_plateau(state: ScheduleState, loss: float) -> None:
    if loss < state.best:
        state.best, state.waited = loss, 0
        return
    state.waited += 1
    if state.waited >= int(state.values["patience"]):
        state.factor *= state.values["drop"]
        state.waited = 0


SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule
    for schedule in (
        Schedule("constant", "Constant", "η", _constant),
        Schedule(
            "time_decay",
            "Time decay",
            "η / (1 + k e)",
            _time_decay,
            (
                Parameter(
                    "decay", "Decay k", 0.001, 0.0, 10.0, "How fast the rate shrinks with epochs."
                ),
            ),
        ),
        Schedule(
            "step",
            "Step",
            "η · dropᵏ, k = ⌊e / every⌋",
            _step,
            (
                Parameter("drop", "Drop", 0.5, 0.01, 1.0, "Factor applied at each step down."),
                Parameter("every", "Every (epochs)", 100, 1, 1e6, "Epochs between two steps."),
            ),
        ),
        Schedule(
            "exponential",
            "Exponential",
            "η · γᵉ",
            _exponential,
            (Parameter("gamma", "Factor γ", 0.999, 0.1, 1.0, "Factor applied at every epoch."),),
        ),
        Schedule("cosine", "Cosine", "η (1 + cos(π e / E)) / 2", _cosine, spans_run=True),
        Schedule(
            "plateau",
            "Plateau",
            "η · factor each time the loss has not improved for “patience” epochs",
            _constant,
            (
                Parameter("drop", "Factor", 0.95, 0.01, 1.0, "Factor applied at a plateau."),
                Parameter(
                    "patience", "Patience (epochs)", 100, 1, 1e6, "Epochs without a new best loss."
                ),
            ),
            _observe_plateau,
        ),
    )
}
"""Every schedule by name, in menu order."""
