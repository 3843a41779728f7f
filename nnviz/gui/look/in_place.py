"""Arrays that Qt reads as they lie in memory: an object for each row would cost far more."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import shiboken6
from numpy.typing import NDArray

_Kind = TypeVar("_Kind")


def first_of(array: NDArray[Any], kind: type[_Kind]) -> _Kind:
    """Return the first row of an array as one of Qt's objects, from which on Qt reads the others.

    A row has the numbers of such an object in its order; the array is in one piece, and is kept as
    long as Qt reads it.
    """
    return cast(_Kind, shiboken6.wrapInstance(array.__array_interface__["data"][0], kind))
