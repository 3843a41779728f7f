"""A person's own pictures in the window: they have all that pictures of the catalog have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

from nnviz.datasets.own.build import OWN
from nnviz.datasets.own.proposal import propose
from nnviz.engine.layers import Conv2D, Dense, Flatten, MaxPool2D
from nnviz.gui.shell.data_dialog import OpenDataDialog
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from tests.gui.test_picture_layers import colors

LAYERS = (Conv2D(4, (3, 3), activation="relu"), MaxPool2D((2, 2)), Flatten(), Dense(3, "softmax"))


def shapes(folder: Path, mode: str) -> Experiment:
    rng = np.random.default_rng(0)
    for name in ("disc", "square", "bar"):
        (folder / name).mkdir(parents=True)
        for i in range(12):
            width, height = (int(side) for side in rng.integers(16, 24, 2))
            picture = Image.new("RGB", (width, height), (200, 220, 240))
            draw = ImageDraw.Draw(picture)
            places = {"disc": (4, 4, 12, 12), "square": (4, 4, 12, 12), "bar": (2, 7, 14, 9)}
            paint = draw.ellipse if name == "disc" else draw.rectangle
            paint(places[name], fill=(120, 20, 20))
            picture.convert(mode).save(folder / name / f"{i}.png")
    start = starting_point(OWN, propose(folder).data)
    return start.change("network", layers=LAYERS).change("training", epochs=3)


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("L", 1)])
def test_a_folder_of_pictures_is_learnt_and_shown_like_a_sample(
    qtbot, window, tmp_path, mode, channels
):
    experiment = shapes(tmp_path / "mine", mode)
    window.commands.open_experiment(experiment)
    qtbot.waitUntil(lambda: window.store.experiment == experiment)
    problem = window.recording.problem
    assert problem.shapes[0][0] == channels
    window.actions_["train"].trigger()
    qtbot.waitUntil(lambda: window.recording.frame.epoch == 3, timeout=20_000)
    frame = window.recording.frame
    panel = window.panels["output"]
    views = {button.text() for button in panel.selector.findChildren(QAbstractButton)}
    assert {"Sample", "Pictures", "Saliency"} <= views
    for panel in window.panels.values():
        panel.begin(problem)
        panel.show_frame(frame)
        panel.resize(420, 300)
        assert colors(panel.grab().toImage()).size > 8, panel.key
        assert panel.description()


def test_a_folder_is_opened_like_a_file_and_among_the_recent(qtbot, window, tmp_path):
    shapes(tmp_path / "mine", "RGB")
    window.projects.open_file(tmp_path / "mine")
    qtbot.waitUntil(lambda: window.findChild(OpenDataDialog) is not None)
    dialog = window.findChild(OpenDataDialog)
    assert dialog.tabs.tabText(0) == "Classes"
    dialog.opens.click()
    qtbot.waitUntil(lambda: window.store.experiment.data.spec.title == "mine")
    assert window.recent.files[0] == str(tmp_path / "mine")
    window.recent.refresh()
    lines = [line for line in window.findChildren(QAction, "recent-file") if line.text() == "mine"]
    assert lines and all(line.isEnabled() for line in lines)
