"""From turns of the wheel to the part of a plane that is looked at. No Qt in here."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from nnviz.gui.panels.envelope import Array
from nnviz.gui.panels.series import Range

_A_NOTCH = 1.4
"""How much closer one notch of the wheel brings: thirty reach ten epochs among a million."""

_NOTCH = 120.0
LEAST_EPOCHS = 4.0
"""Closer than this there is nothing more to see."""

_FINEST = 1e-6
"""Least span of values as a share of the largest."""

_ROOM, _ROOM_OF_FLAT = 0.06, 1e-3


def zoomed(shown: Range, at: float, turned: float) -> Range:
    """Return what is shown after the wheel has turned; what is under the pointer stays there.

    Parameters
    ----------
    shown
        Ends of the axis.
    at
        Where the pointer is, in its units.
    turned
        As the wheel tells it, 120 a notch; away from the person, which brings closer, is positive.
    """
    factor = _A_NOTCH ** (-turned / _NOTCH)
    return at + (shown[0] - at) * factor, at + (shown[1] - at) * factor


def held(shown: Range, whole: Range, least: float) -> Range:
    """Return a range moved and stretched as little as it takes to lie within the whole."""
    room = whole[1] - whole[0]
    span = min(max(shown[1] - shown[0], least), room)
    middle = sum(shown) / 2
    low = min(max(middle - span / 2, whole[0]), whole[1] - span)
    return low, low + span


def spread(shown: Range) -> Range:
    """Return a range of values, no finer than numbers on an axis can tell."""
    least = _FINEST * max(abs(shown[0]), abs(shown[1]))
    lack = max(0.0, least - (shown[1] - shown[0])) / 2
    return shown[0] - lack, shown[1] + lack


def around(curves: Iterable[Array]) -> Range | None:
    """Return a range with a little room around all finite values, None where there are none."""
    found = [values[np.isfinite(values)] for values in curves]
    found = [values for values in found if len(values)]
    if not found:
        return None
    low = min(float(values.min()) for values in found)
    high = max(float(values.max()) for values in found)
    room = _ROOM * (high - low) or _ROOM_OF_FLAT * (abs(low) or 1.0)
    return (low - room, high + room) if math.isfinite(high - low) else None
