"""How the number fields of settings step and write: by what their ranges are."""

from __future__ import annotations

from nnviz.engine.choices import Parameter
from nnviz.gui.widgets.number_range import NumberRange, Step, even_steps, log_steps
from nnviz.training.setting import Range

_MANY = 2000
"""Whole numbers of a range that arrows do not walk one by one."""

_LEAST = 1e-4
"""First step above zero."""


def number_range(numbers: Range) -> NumberRange:
    """Return what a field takes: shares in even steps, what spans powers of ten by those."""
    if numbers.whole:
        few = numbers.high - numbers.low < _MANY
        step: Step = even_steps(1) if few else log_steps((1, 2, 5), max(1, numbers.low))
    elif numbers.high <= 1:
        step = even_steps(0.01 if numbers.high == 1 else 0.05)
    else:
        step = log_steps(smallest=numbers.low or _LEAST)
    return NumberRange(numbers.low, numbers.high, numbers.whole, step)


def seed_range(numbers: Range) -> NumberRange:
    """Return what the field of a seed takes: seeds are names, and the next one is as good."""
    return NumberRange(numbers.low, numbers.high, whole=True, grouped=False)


def percent_range(numbers: Range, factor: float) -> NumberRange:
    """Return what a field takes that shows per cent: a value times this factor."""
    return NumberRange(numbers.low, numbers.high, step=even_steps(5), suffix="%", factor=factor)


def parameter_range(parameter: Parameter) -> NumberRange:
    """Return what the field of a number takes that comes with the entry of a table."""
    low, high = parameter.low, parameter.high
    is_share = high <= 1 and parameter.default >= 0.1
    return NumberRange(
        low, high, step=even_steps(0.01) if is_share else log_steps(smallest=low or _LEAST)
    )
