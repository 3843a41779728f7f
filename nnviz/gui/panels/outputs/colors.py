"""Colours of answers: what a surface and its points are painted with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.theme import Theme, blend, rgb
from nnviz.training.problem import Problem

GROUND = 0.58
"""Share of a class' colour in the ground where the network is sure of it; points stand out."""

FAINTEST = 0.10
"""The share where it cannot decide between classes."""

BANDS = 8
"""Steps of a discretised regression surface."""

Colors = NDArray[np.uint8]


class AnswerColors:
    """From outputs to colours, for one problem and theme.

    Parameters
    ----------
    problem
        Says task, classes and range of targets.
    theme
        The colours.
    """

    def __init__(self, problem: Problem, theme: Theme) -> None:
        self.problem = problem
        self.theme = theme
        self.is_class = problem.dataset.task == "classification"
        self.low, self.high = self._range()
        self.table = self._table()

    @property
    def diverges(self) -> bool:
        """Whether a regression's colours are centred on zero."""
        return not self.is_class and self.low == -self.high

    def ground(self, values: FloatArray, stepped: bool = False) -> Colors:
        """Return the colours of a surface.

        Parameters
        ----------
        values
            Outputs in target units, shape (outputs, …).
        stepped
            Whether to show decisions (or bands of values) instead of shades.

        Returns
        -------
        Shape (…, 4): blue, green, red, 255, as a 32-bit QImage has them.
        """
        if self.is_class and len(values) > 1:
            return self._winners(values, stepped)
        share = np.nan_to_num((values[0] - self.low) / (self.high - self.low), nan=0.5)
        if stepped and self.is_class:
            share = np.where(values[0] > self.problem.decision_threshold, 1.0, 0.0)
        elif stepped:
            share = (np.floor(np.clip(share, 0, 0.999) * BANDS) + 0.5) / BANDS
        return np.asarray(self.table[0, np.clip(share * 255, 0, 255).astype(np.uint8)])

    def of_values(self, values: FloatArray) -> list[str]:
        """Return full colours of target values or class labels, shape (n,)."""
        if self.is_class:
            return [self.theme.class_color(int(label)) for label in values]
        # A few dozen colours are enough for the eye, and few stamps are quick to draw.
        steps = np.clip((values - self.low) / (self.high - self.low) * 32, 0, 32).astype(int)
        return ["#{2:02x}{1:02x}{0:02x}".format(*self.table[0, min(8 * s, 255)]) for s in steps]

    def _winners(self, values: FloatArray, stepped: bool) -> Colors:
        winner = values.argmax(axis=0)
        margin = np.ones(winner.shape)
        if not stepped:
            top = np.partition(values, -2, axis=0)[-2:]
            margin = (top[1] - top[0]) / (self.high - self.low)
        return np.asarray(self.table[winner, np.clip(margin * 255, 0, 255).astype(np.uint8)])

    def _range(self) -> tuple[float, float]:
        if self.is_class:
            return (-1.0, 1.0) if self.problem.plus_minus else (0.0, 1.0)
        targets = self.problem.target_values
        low, high = float(targets.min()), float(targets.max())
        if low < 0.0 < high:
            return -max(-low, high), max(-low, high)
        return (low, high) if high > low else (low - 1.0, high + 1.0)

    def _table(self) -> Colors:
        """Return 256 colours for each output (one row where there is a single scale)."""
        theme = self.theme
        if not self.is_class:
            return _ramp(self._scale_stops())[np.newaxis]
        if self.problem.outputs == 1:
            ends = (blend(theme.class_color(c), theme.surface, GROUND) for c in (0, 1))
            first, second = ends
            return _ramp((first, theme.surface, second))[np.newaxis]
        return np.stack(
            [
                _ramp((blend(color, theme.surface, FAINTEST), blend(color, theme.surface, GROUND)))
                for color in map(theme.class_color, range(self.problem.outputs))
            ]
        )

    def _scale_stops(self) -> tuple[str, ...]:
        theme = self.theme
        if self.diverges:
            return theme.negative, theme.neutral, theme.positive
        pale = blend(theme.positive, theme.surface, 0.12)
        return pale, theme.positive, blend(theme.positive, theme.text, 0.35)


def _ramp(stops: tuple[str, ...]) -> Colors:
    """Return 256 colours through the stops: blue, green, red, 255; shape (256, 4)."""
    channels = np.array([rgb(color)[::-1] for color in stops], dtype=float)
    place = np.linspace(0.0, len(stops) - 1, 256)
    table = np.full((256, 4), 255, dtype=np.uint8)
    for channel in range(3):
        table[:, channel] = np.rint(np.interp(place, np.arange(len(stops)), channels[:, channel]))
    return table
