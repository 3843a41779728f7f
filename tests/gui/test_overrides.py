"""An error in a method that Qt calls comes out of it as an error, and never ends the program."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from types import FunctionType

import pytest
from PySide6.QtCore import QAbstractListModel, QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

import nnviz.gui
from nnviz.gui.overrides import guarded, is_guarded
from nnviz.gui.plots.curve_plot import CurvePlot


def is_of_qt(owner: type) -> bool:
    return owner.__module__.startswith(("PySide6.", "Shiboken"))


def unguarded(owner: type) -> list[str]:
    """Return the methods, inherited ones too, that replace one of Qt's and are not guarded."""
    qts = [base for base in owner.__mro__ if is_of_qt(base)]
    return [
        f"{owner.__module__}.{owner.__qualname__}.{name}"
        for name in dir(owner)
        if not name.startswith("__")
        and isinstance(method := inspect.getattr_static(owner, name), FunctionType)
        and any(inspect.isroutine(getattr(qt, name, None)) for qt in qts)
        and not is_guarded(method)
    ]


def below(owner: type) -> Iterator[type]:
    for derived in owner.__subclasses__():
        yield derived
        yield from below(derived)


def test_every_override_of_the_window_is_guarded() -> None:
    for module in pkgutil.walk_packages(nnviz.gui.__path__, "nnviz.gui."):
        importlib.import_module(module.name)
    of_window = {c for c in below(Shiboken.Object) if c.__module__.startswith("nnviz.gui.")}
    assert len(of_window) > 100
    assert not sorted(name for owner in of_window for name in unguarded(owner))


def test_what_pyqtgraph_makes_a_plot_of_is_guarded(qtbot) -> None:
    canvas = CurvePlot()
    qtbot.addWidget(canvas)
    scene = canvas.scene()
    parts = {type(canvas), type(scene), *map(type, scene.items())}
    assert len(parts) > 4
    assert not sorted(name for part in parts for name in unguarded(part))


def test_an_override_that_is_not_guarded_is_seen() -> None:
    class Mixin:
        def sizeHint(self): ...

    class Careless(Mixin, QWidget):
        def paintEvent(self, event): ...
        def own(self): ...

    class Model(QAbstractListModel):
        def rowCount(self, parent): ...

    assert [name.split(".")[-1] for name in unguarded(Careless)] == ["paintEvent", "sizeHint"]
    assert [name.split(".")[-1] for name in unguarded(Model)] == ["rowCount"]
    assert not unguarded(guarded(Careless)) + unguarded(guarded(Model))
    assert not is_guarded(Careless.own)


def test_a_guarded_method_keeps_arguments_answer_and_error() -> None:
    @guarded
    class Counting(QObject):
        def event(self, event, *, half=False):
            """Say more than was said."""
            return 7 // event / (2 if half else 1)

    assert Counting().event(1) == 7
    assert Counting().event(1, half=True) == 3.5
    assert Counting.event.__doc__ == "Say more than was said."
    with pytest.raises(ZeroDivisionError):
        Counting().event(0)


PAINTING = """
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget
from nnviz.gui.overrides import guarded

def raise_in_python():
    raise KeyError("made in Python")

gone = QWidget.__new__(QWidget)
BREAKING = {
    "IndexError": lambda: [][1],
    "KeyError": raise_in_python,
    "ValueError": lambda: int("x"),
    "ZeroDivisionError": lambda: 1 // 0,
    "TypeError": lambda: len(1),
    "RuntimeError": lambda: gone.width(),
}

@guarded
class Picture(QWidget):
    def __init__(self, where, name):
        super().__init__()
        self.where, self.name = where, name
    def paintEvent(self, event):
        painter = QPainter(self)
        self.reach("paint")
    def resizeEvent(self, event):
        self.reach("resize")
    def event(self, event):
        return super().event(event)
    def reach(self, where):
        if where == self.where:
            BREAKING[self.name]()

def seen(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__

application = QApplication([])
for name in [*BREAKING] * 3:
    print(name, seen(Picture("paint", name).grab), seen(Picture("resize", name).grab))
"""


def test_an_error_below_a_call_from_python_through_qt_is_an_error() -> None:
    """Without the guard, Python ends here with a segmentation fault."""
    done = subprocess.run(
        [sys.executable, "-c", PAINTING], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 18
    assert all(name == painting == resizing for name, painting, resizing in lines), done.stdout
