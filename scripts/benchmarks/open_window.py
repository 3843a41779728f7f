"""The real window, opened for measuring: fresh settings, and every panel in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QDockWidget

from benchmarks.script import Script, Steps
from nnviz.gui.app import make_application
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.main_window import MainWindow
from nnviz.gui.shell.notices import Notices
from nnviz.training.experiment import Experiment

WIDTH, HEIGHT = 1900, 1100
RIGHT = ("output", "forward", "gallery")
SETTLING = 1.0
"""Seconds for the window to be laid out, and for the training process to be warm."""


def fresh_settings(folder: str) -> None:
    """Let everything be as after a first installation, and forgotten with the folder."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


def new_window(home: str) -> MainWindow:
    """Return the window, not yet shown."""
    fresh_settings(home)
    return MainWindow(ThemeManager(make_application()), Notices())


def play(window: MainWindow, steps: Steps) -> None:
    """Do what the steps say in a window, and close it."""
    script = Script(steps)
    window.session.failed.connect(script.fail)
    try:
        script.run()
    finally:
        window.close()


def fill(window: MainWindow, experiment: Experiment) -> Steps:
    """Show the window with every panel and an experiment made ready."""
    window.show()
    window.resize(WIDTH, HEIGHT)
    yield window.ready
    show_all_panels(window)
    window.store.propose(experiment)
    window.commands.set_pace("full")
    yield SETTLING


def show_all_panels(window: MainWindow) -> None:
    """Put every dock beside the others, where none hides another."""
    bottom, right = Qt.DockWidgetArea.BottomDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    docks = {dock.key: dock for dock in window.docks if dock.key in window.panels}
    for dock in docks.values():
        dock.setFloating(False)
        window.removeDockWidget(dock)
    below: list[QDockWidget] = []
    for key, dock in docks.items():
        beside = key in RIGHT
        way = Qt.Orientation.Vertical if beside else Qt.Orientation.Horizontal
        window.addDockWidget(right if beside else bottom, dock, way)
        dock.show()
        below += [] if beside else [dock]
    _share(window, below)


def _share(window: MainWindow, below: Sequence[QDockWidget]) -> None:
    window.resizeDocks(below, [100] * len(below), Qt.Orientation.Horizontal)
    window.resizeDocks(below[:1], [round(0.3 * HEIGHT)], Qt.Orientation.Vertical)
    column = [dock for dock in window.docks if dock.key in RIGHT]
    window.resizeDocks(column, [420] * len(column), Qt.Orientation.Horizontal)


def panels_in_sight(window: MainWindow) -> list[str]:
    """Return the keys of the panels of which something can be seen."""
    return [
        key
        for key, panel in window.panels.items()
        if panel.isVisible() and not panel.visibleRegion().isEmpty()
    ]


def train_button(window: MainWindow) -> QAbstractButton:
    """Return what a person clicks to train and to pause."""
    found = window.findChild(QAbstractButton, "trainButton")
    assert isinstance(found, QAbstractButton)
    return found
