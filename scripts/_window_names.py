"""What the window is called by scripts/compare_pictures.py, which makes pictures of it.

The one file to adjust when names in nnviz/gui change; all else goes by object names.
"""

from __future__ import annotations

from PySide6.QtGui import QImage

from nnviz.gui.app import make_application
from nnviz.gui.main_window import MainWindow
from nnviz.training.experiment import Experiment

PANELS = (
    "setup",
    "network",
    "output",
    "inspector",
    "walk",
    "forward",
    "gallery",
    "loss",
    "accuracy",
    "activations",
    "runs",
    "weights",
    "gradients",
)
FRONTS = (
    ("output", "loss", "activations", "weights"),
    ("forward", "accuracy", "runs", "gradients"),
    ("gallery",),
    ("inspector",),
    ("walk",),
)
"""Panels that are brought to the front together; the others of their tabs wait behind."""

WAYS = {
    "output": r"output-view-\d+",
    "forward": r"forward-mode",
    "activations": r"activations-layer-\d+",
    "network": r"network-fill-\d+",
    "loss": r"loss-log",
}
"""Buttons of a panel that show it another way: pictures of each."""

HOVERED = ("loss-plot", "accuracy-plot", "gradients-plot", "activations-canvas", "weights-canvas")
"""Painted parts that say something about what is under the mouse."""


def new_window() -> MainWindow:
    """Return a window that was never shown."""
    from nnviz.gui.look.manager import ThemeManager
    from nnviz.gui.shell.notices import Notices

    return MainWindow(ThemeManager(make_application()), Notices())


def wear(window: MainWindow, theme: str) -> None:
    """Choose a theme."""
    window.look.choose(theme)


def propose(window: MainWindow, experiment: Experiment) -> None:
    """Ask for another run."""
    if experiment == window.store.experiment:
        window.session.load(experiment)
    else:
        window.store.propose(experiment)


def look_back(window: MainWindow, epoch: int) -> None:
    """Look at an earlier epoch."""
    window.travel.look_at(epoch)


def at_rest(window: MainWindow) -> bool:
    """Return whether all that is visible has drawn the newest."""
    return window.feed.resting


def hurry(window: MainWindow) -> None:
    """Train as fast as can be."""
    window.commands.set_pace("full")


def exported(window: MainWindow, key: str, theme: str) -> QImage:
    """Return a panel as the export dialog would write it, with legend and caption."""
    from nnviz.gui.export.figure import render, snapshot_of
    from nnviz.gui.export.options import PictureOptions

    problem, frame = window.recording.problem, window.recording.frame
    assert problem is not None and frame is not None
    options = PictureOptions(1200, 800, 2, theme)
    return render(snapshot_of(window.panels[key], problem, frame), options)
