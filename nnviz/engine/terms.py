"""How an update comes about, for one parameter: line by line, with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Term(NamedTuple):
    """One line: what a symbol becomes, by a formula of numbers.

    In the formula the symbols of `numbers` stand in braces, such as ``"{θ} − {η} · {g}"``; the
    parameter is θ, its gradient g, before and after anything is done to either.
    """

    symbol: str
    formula: str
    numbers: Mapping[str, float]
    value: float

    @property
    def symbols(self) -> str:
        """The formula as a textbook has it."""
        return self.formula.format(**{symbol: symbol for symbol in self.numbers})

    def written(self, write: Callable[[float], str]) -> str:
        """Return the formula with its numbers; negative ones in brackets."""
        texts = {symbol: write(number) for symbol, number in self.numbers.items()}
        negative = {symbol for symbol, number in self.numbers.items() if number < 0}
        return self.formula.format(
            **{
                symbol: f"({text})" if symbol in negative else text
                for symbol, text in texts.items()
            }
        )


class Element(NamedTuple):
    """One parameter that is about to be moved, as an optimiser sees it.

    Parameters
    ----------
    parameter, gradient, rate
        θ, the gradient as the optimiser is given it, and the learning rate.
    moments
        What the optimiser remembers of this parameter so far, a number for each of its vectors.
    values
        Its hyper-parameters by name.
    step
        The number of the step, from 1.
    """

    parameter: float
    gradient: float
    rate: float
    moments: tuple[float, ...]
    values: Mapping[str, float]
    step: int
