"""Colours of answers: what a surface and its points are painted with."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.look.units import target_label
from nnviz.gui.panel import LegendEntry
from nnviz.gui.plots.points import Points
from nnviz.training.problem import Problem

GROUND = 0.58
"""Share of a class' colour in the ground where the network is sure of it; points stand out."""

FAINTEST = 0.10
"""The share where it cannot decide between classes."""

BANDS = 8
"""Steps of a discretised regression surface."""

_ROOMY = 6.0
"""Marks smaller than this need a darker outline to be told from their ground."""

Colors = NDArray[np.uint8]


class AnswerColors:
    """From outputs to colours, for one problem and theme."""

    def __init__(self, problem: Problem, theme: Theme) -> None:
        self.problem, self.theme = problem, theme
        self.is_class = problem.dataset.task == "classification"
        self.low, self.high = self._range()
        self.table = np.stack([_ramp(stops) for stops in self._stops()])
        """256 colours for each output; one row where there is a single scale."""

    @property
    def ends(self) -> tuple[str, str]:
        """The colours of a regression's lowest and highest value."""
        (stops,) = self._stops()
        return stops[0], stops[-1]

    def ground(self, values: FloatArray, stepped: bool = False) -> Colors:
        """Return the colours of a surface, shape (…, 4): red, green, blue, 255.

        Values are outputs in target units, shape (outputs, …). In steps they are decisions, or
        bands of values, instead of shades.
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
        # A few dozen colours are enough for the eye, and few are quick to draw.
        steps = np.clip((values - self.low) / (self.high - self.low) * 32, 0, 32).astype(int)
        return ["#{:02x}{:02x}{:02x}".format(*self.table[0, min(8 * s, 255)][:3]) for s in steps]

    def mark(
        self,
        points: Points,
        places: NDArray[np.float64],
        rows: NDArray[np.intp],
        tested: NDArray[np.bool_],
    ) -> None:
        """Have points show rows at places, shape (rows, 2), with the colours of what is true."""
        truth = self.problem.target_values[rows].ravel()
        symbols, outlines = ["o"], None
        if self.is_class:
            symbols = [self.theme.class_symbol(int(label)) for label in truth]
        else:
            ink = self.theme.surface if points.size > _ROOMY else self.theme.second
            outlines = ink, self.theme.text
        points.set_data(places, rows, self.of_values(truth), tested, symbols, outlines)

    def _winners(self, values: FloatArray, stepped: bool) -> Colors:
        winner = values.argmax(axis=0)
        if stepped:
            return np.asarray(self.table[winner, 255])
        second, best = np.sort(values, axis=0)[-2:]
        margin = np.nan_to_num((best - second) * (255 / (self.high - self.low)))
        return np.asarray(self.table[winner, np.clip(margin, 0, 255).astype(np.uint8)])

    def _range(self) -> tuple[float, float]:
        if self.is_class:
            return (-1.0, 1.0) if self.problem.plus_minus else (0.0, 1.0)
        targets = self.problem.target_values
        low, high = float(targets.min()), float(targets.max())
        if low < 0.0 < high:
            return -max(-low, high), max(-low, high)
        return (low, high) if high > low else (low - 1.0, high + 1.0)

    def _stops(self) -> list[tuple[str, ...]]:
        """Return the colours that each output's scale goes through."""
        theme = self.theme
        if self.is_class:
            colors = [theme.class_color(label) for label in range(max(2, self.problem.outputs))]
            grounds = [blend(color, theme.surface, GROUND) for color in colors]
            if self.problem.outputs == 1:
                return [(grounds[0], theme.surface, grounds[1])]
            faint = (blend(color, theme.surface, FAINTEST) for color in colors)
            return list(zip(faint, grounds, strict=True))
        if self.low == -self.high:
            return [(theme.negative, theme.neutral, theme.positive)]
        return [(theme.neutral, theme.positive, blend(theme.positive, theme.text, 0.35))]


def truth_entries(problem: Problem, theme: Theme) -> list[LegendEntry]:
    """Return the marks of the classes, or the scale of the targets."""
    if problem.dataset.task == "regression":
        low, high = AnswerColors(problem, theme).ends
        return [LegendEntry(target_label(problem), low, "gradient", high)]
    return [
        LegendEntry(
            translated(name),
            theme.class_color(label),
            theme.class_symbol(label).replace("o", "square"),
        )
        for label, name in enumerate(problem.dataset.class_names)
    ]


def finer(values: FloatArray, factor: int) -> FloatArray:
    """Return a grid with `factor` times as many points a side, interpolated linearly.

    Decisions drawn from it have smooth borders, at a fraction of the network's work. The shape of
    values is (outputs, side, side).
    """
    side = values.shape[-1]
    places = np.linspace(0, side - 1, factor * side)
    weights = np.stack([np.interp(places, range(side), one) for one in np.eye(side)])
    return np.asarray(weights.T @ values @ weights)


def _ramp(stops: tuple[str, ...]) -> Colors:
    """Return 256 colours through the stops: red, green, blue, 255; shape (256, 4)."""
    return np.asarray(pg.ColorMap(None, list(stops)).getLookupTable(nPts=256, alpha=True))
