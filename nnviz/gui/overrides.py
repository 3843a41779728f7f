"""Errors on their way through Qt: what every class that overrides a Qt method must do with them.

A Python method that Qt calls cannot hand an error to its caller, for there is C++ in between: Qt's
binding keeps the error until the next call from Python ends (`grab`, `resize`, `super().event`).
On Python 3.10 and 3.11 an error made in C, such as an IndexError or `int("x")`, is then not a
whole object yet, and the binding ends the program with a segmentation fault. Once an `except` has
seen it, it is whole.

On any Python the error holds the frames it came through, and so a painter that is still at work
there; when what it paints on goes first, Qt crashes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from traceback import walk_tb
from types import FunctionType, MethodDescriptorType, TracebackType
from typing import Any, TypeVar

from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

_Class = TypeVar("_Class", bound=type)


def guarded(owner: _Class) -> _Class:
    """Have every method of a class that overrides one of Qt's let errors out whole.

    Methods inherited from Python classes, mixins and pyqtgraph's among them, are guarded where
    they are defined. What overrides Qt is looked up in Qt's classes: they know their methods.

    Returns
    -------
    type
        The same class.
    """
    ours = [base for base in owner.__mro__ if not _is_of_qt(base)]
    qts = [base for base in owner.__mro__ if _is_of_qt(base)]
    for base in ours:
        for name, method in list(vars(base).items()):
            if not isinstance(method, FunctionType) or is_guarded(method):
                continue
            if any(isinstance(vars(qt).get(name), MethodDescriptorType) for qt in qts):
                setattr(base, name, _guard(method))
    return owner


def is_guarded(method: Callable[..., Any]) -> bool:
    """Say whether errors come whole out of a method."""
    return "guarded" in vars(method)


def _is_of_qt(base: type) -> bool:
    return base.__module__.split(".")[0] in ("PySide6", "Shiboken")


def _guard(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def guard(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except BaseException as error:  # which makes the error whole
            _end_painting(error.__traceback__)
            raise

    vars(guard)["guarded"] = True
    return guard


def _end_painting(trace: TracebackType | None) -> None:
    """End the painters begun in the frames of an error; those that Qt lends it ends itself."""
    for frame, _ in walk_tb(trace):
        for thing in frame.f_locals.values():
            if isinstance(thing, QPainter) and Shiboken.ownedByPython(thing) and thing.isActive():
                thing.end()
