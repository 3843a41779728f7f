"""Colours as eyes see them, whatever kind of colour blindness they have."""

from __future__ import annotations

import numpy as np

from nnviz.gui.look.theme import rgb

EYES = {
    "anybody": np.eye(3),
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
"""Linear red, green and blue as such eyes see them: Machado, Oliveira and Fernandes, 2009."""

_TO_CONES = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
_TO_LAB = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
"""Björn Ottosson's Oklab, in which distances are about as large as they look."""


def apart(one: str, other: str, eyes: str) -> float:
    """Return how different two colours look; 0.02 can just be told apart side by side."""
    return float(np.linalg.norm(_oklab(one, eyes) - _oklab(other, eyes)))


def luminance(color: str) -> float:
    """Return a colour's luminance, as contrasts are made of."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ _linear(color)) + 0.05


def _linear(color: str) -> np.ndarray:
    share = np.array(rgb(color)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _oklab(color: str, eyes: str) -> np.ndarray:
    seen = np.clip(np.array(EYES[eyes]) @ _linear(color), 0, 1)
    return np.array(_TO_LAB) @ np.cbrt(np.array(_TO_CONES) @ seen)
