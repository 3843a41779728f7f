"""How fast training runs: flat out, or slowly enough for the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Pace:
    """A speed.

    Parameters
    ----------
    name, title
        Key in `PACES`, and what the window shows.
    per_second
        So many units a second, or None for as fast as the machine can.
    unit
        ``"step"`` (one mini-batch) or ``"epoch"``.
    """

    name: str
    title: str
    per_second: float | None
    unit: Literal["step", "epoch"] = "epoch"


PACES: dict[str, Pace] = {
    pace.name: pace
    for pace in (
        Pace("step-1", "1 step a second", 1, "step"),
        Pace("step-10", "10 steps a second", 10, "step"),
        Pace("epoch-1", "1 epoch a second", 1),
        Pace("epoch-30", "30 epochs a second", 30),
        Pace("epoch-300", "300 epochs a second", 300),
        Pace("epoch-3000", "3,000 epochs a second", 3000),
        Pace("full", "As fast as it can", None),
    )
}
"""Every pace by name: steps a second, then epochs a second, each from slow to fast."""
