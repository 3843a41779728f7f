"""Drawing for scripts/screenshots.py; imports Qt, so the environment has to be set before."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.export.figure import PanelSnapshot, render
from nnviz.gui.export.files import write_picture
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.window import render_window
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.network import NetworkPanel
from nnviz.gui.offscreen import Exhibit, frame_of
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.training.choices import starting_point
from nnviz.training.completion import Completed, complete
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS

_KINDS: dict[str, type[Panel]] = {NetworkPanel.key: NetworkPanel, **PANELS}


def runs(names: Iterable[str]) -> dict[str, Completed]:
    """Return a finished run for each name of a preset or a sample."""
    return {name: complete(_experiment(name)) for name in names}


def _experiment(name: str) -> Experiment:
    return PRESETS[name].experiment if name in PRESETS else starting_point(name)


def window_picture(done: Completed, theme: str, path: Path) -> Path:
    """Write a picture of the window with a run in it."""
    options = PictureOptions(scale=2, theme=theme, caption=False)
    with preferences.of_its_own():
        look = ThemeManager(make_application())
        look.choose(theme)
        with Exhibit(look, done) as window:
            write_picture(render_window(window, (done.problem, frame_of(done)), options), path)
    return path


def panel_picture(done: Completed, key: str, path: Path) -> Path:
    """Write a picture of a panel, as the export dialog would."""
    make_application()
    shot = PanelSnapshot(_KINDS[key], {}, done.problem, frame_of(done))
    write_picture(render(shot, PictureOptions(1600, 1000, 2)), path)
    return path
