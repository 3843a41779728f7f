"""What a panel is shown: the run so far, and one moment of it."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.training.history import History
from nnviz.training.inspection import Inspection


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything there is to see at one redraw.

    Parameters
    ----------
    history
        Scalars of every epoch so far.
    inspection
        The newest moment: parameters and all that follows from them.
    row
        The chosen sample: a row of the data set.
    """

    history: History
    inspection: Inspection
    row: int
