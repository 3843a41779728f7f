"""Runs, panels and pictures for the tests of panels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame
from nnviz.gui.look.style import palette
from nnviz.gui.look.theme import LIGHT, Theme, rgb
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord, Snapshot
from nnviz.training.trainer import Trainer

KEYS = ("loss", "accuracy", "activations", "weights", "gradients")
EVERY = (*KEYS, "gallery", "forward", "inspector", "runs")
CURVES = ("loss", "accuracy", "gradients")
LAYERED = ("activations", "weights")

_SIGMOID, _OUT = Dense(6, "sigmoid"), Dense(1, "sigmoid")
EXPERIMENTS = {
    "xor": Experiment(training=TrainingChoice(learning_rate=1.0, epochs=300)),
    "houses": Experiment(
        DataChoice("houses", standardize_inputs=True, standardize_target=True),
        NetworkChoice((Dense(3, "relu"), Dense(1, "linear"))),
        TrainingChoice(
            "half_mean_squared_error", learning_rate=0.3, schedule="time_decay", epochs=60
        ),
    ),
    "iris": Experiment(
        DataChoice("iris", test_fraction=0.3, standardize_inputs=True),
        NetworkChoice((Dense(8, "tanh"), Dense(3, "softmax"))),
        TrainingChoice("categorical_crossentropy", batch_size=16, learning_rate=0.05, epochs=40),
    ),
    "deep": Experiment(
        DataChoice("two-gaussians", rows=60, test_fraction=0.2),
        NetworkChoice((_SIGMOID, _SIGMOID, _SIGMOID, _SIGMOID, _OUT)),
        TrainingChoice("binary_crossentropy", learning_rate=0.5, epochs=30),
    ),
}
Moment = tuple[Problem, Frame]


def moment(name: str, epochs: int = 10_000) -> Moment:
    """Return a problem and a frame after so many epochs: always the same objects."""
    return _moment(name, epochs)


@lru_cache(maxsize=32)
def _moment(name: str, epochs: int) -> Moment:
    experiment = EXPERIMENTS[name]
    trainer, history = Trainer(experiment), History(len(experiment.network.layers))
    records = (record for record in trainer.steps() if record is not None)
    for record in itertools.islice(records, epochs + 1):
        history.append(record)
    return trainer.problem, Frame(history, Inspection(trainer.problem, trainer.snapshot()), 0)


def moments(last: Frame, count: int) -> list[Frame]:
    """Return different moments of a run, and rows; the last of them is `last`'s."""
    problem, snapshot = last.inspection.problem, last.inspection.snapshot
    rng = np.random.default_rng(8)
    factors = (*rng.uniform(0.3, 3.0, count - 1), 1.0)
    return [
        Frame(
            last.history,
            Inspection(problem, replace(snapshot, parameters=factor * snapshot.parameters)),
            row,
        )
        for factor, row in zip(factors, (*range(1, count), last.row), strict=True)
    ]


@lru_cache(maxsize=2)
def large_frame(sample: str) -> Frame:
    """Return a frame of a network that is too large to answer for all rows in every frame."""
    output = Dense(10, "softmax") if sample == "digits" else Dense(1, "sigmoid")
    asked = Experiment(
        DataChoice(sample, test_fraction=0.25),
        NetworkChoice((Dense(900, "tanh"), Dense(900, "tanh"), output)),
        TrainingChoice(f"{'categorical' if sample == 'digits' else 'binary'}_crossentropy"),
    )
    problem = Problem(asked)
    network = problem.new_network()
    snapshot = Snapshot(0, 0, network.parameters, network.gradients)
    return Frame(History(3), Inspection(problem, snapshot), 0)


MakePanel = Callable[..., Panel]
_Widget = TypeVar("_Widget", bound=QWidget)


def in_theme(widget: _Widget, theme: Theme) -> _Widget:
    """Return a widget after it has been given the palette of a theme."""
    widget.setPalette(palette(theme))
    return widget


def panel_maker(qtbot: QtBot) -> MakePanel:
    """Return a function that makes a panel showing a moment; it is closed after the test."""

    def make(key: str, name: str = "iris", epochs: int = 10_000, theme: Theme = LIGHT) -> Panel:
        panel = in_theme(PANELS[key](), theme)
        qtbot.addWidget(panel)
        problem, frame = moment(name, epochs)
        panel.begin(problem)
        panel.show_frame(frame)
        return panel

    return make


class Paints(QObject):
    """Counts how often a widget is painted, and notes which part of it the last time."""

    count, part = 0, QRect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.count, self.part = self.count + 1, event.rect()
        return False


def picture(panel: Panel, width: int, height: int) -> QImage:
    """Return the panel, which need not have been shown, at a size."""
    panel.resize(width, height)
    return panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def colors_of(image: QImage) -> np.ndarray:
    """Return the different colours of a picture, shape (colours, 3): red, green, blue."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    packed = np.unique(rows[:, : 4 * image.width()].copy().view(np.uint32))
    return np.stack([packed >> shift & 255 for shift in (16, 8, 0)], axis=1).astype(int)


def has_color(image: QImage, color: str, within: int = 12) -> bool:
    """Say whether a colour, or one that antialiasing hardly changed, is in the picture."""
    return bool((np.abs(colors_of(image) - rgb(color)).max(axis=1) <= within).any())


def table_of(panel: QWidget, name: str) -> QTableView:
    table = panel.findChild(QTableView, name)
    assert isinstance(table, QTableView)
    return table


def titles(table: QTableView) -> list[str]:
    """Return what the columns are called, with the titles of their groups."""
    model, role = table.model(), Qt.ItemDataRole.AccessibleTextRole
    across = Qt.Orientation.Horizontal
    return [str(model.headerData(i, across, role)) for i in range(model.columnCount())]


def row_texts(table: QTableView, row: int) -> list[str]:
    """Return what stands in a row."""
    model = table.model()
    return [str(model.index(row, i).data()) for i in range(model.columnCount())]


def synthetic(rows: int, layers: int = 2) -> History:
    """Return a long history whose curves have single-epoch peaks."""
    history = History(layers)
    rng = np.random.default_rng(5)
    peaks = set(rng.integers(0, rows, 40).tolist())
    for epoch in range(rows):
        loss = math.exp(-3 * epoch / rows) + (2.0 if epoch in peaks else 0.0)
        history.append(
            EpochRecord(0, epoch, 0.1, loss, loss / 2, 0.5, 0.4, tuple([loss / 10] * layers))
        )
    return history
