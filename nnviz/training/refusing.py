"""How a refusal is written: the error, the field it is about, and what counts as a number."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral, Real
from typing import TypeGuard

from nnviz.errors import InvalidChoiceError

Refusals = Iterator[InvalidChoiceError]


def refuse(field: str, sentence: str, remedy: str = "", **values: object) -> InvalidChoiceError:
    """Return the error that shows this sentence at a field of the Experiment."""
    return InvalidChoiceError(sentence, remedy, field=field, **values)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether it is a number, True and False not among them."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether it is a whole number, True and False not among them."""
    return isinstance(value, Integral) and not isinstance(value, bool)
