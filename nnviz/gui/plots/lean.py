"""Imports pyqtgraph without having PySide make all of Qt's classes and enumerations at once."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets


class _Mirror(ModuleType):
    """Stands for pyqtgraph's own copy of a module of Qt: names are looked up when they are used."""

    def __init__(self, real: ModuleType) -> None:
        super().__init__(real.__name__.replace("PySide6", "pyqtgraph.Qt"))
        self._real = real

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        setattr(self, name, found)
        return found


def import_pyqtgraph() -> None:
    """Import it, where nobody has: 40 % sooner.

    pyqtgraph copies all that `dir` lists in three modules of Qt; PySide makes what a name stands
    for when it is first asked for, six hundred enumerations among them. They list nothing
    meanwhile.
    """
    if "pyqtgraph" in sys.modules:
        return
    listed = {module: vars(module).get("__dir__") for module in (QtCore, QtGui, QtWidgets)}
    for module in listed:
        mirror = _Mirror(module)
        sys.modules[mirror.__name__] = mirror
        vars(module)["__dir__"] = list
    try:
        import pyqtgraph  # noqa: F401
    finally:
        for module, before in listed.items():
            if before is None:
                del vars(module)["__dir__"]
            else:
                vars(module)["__dir__"] = before
