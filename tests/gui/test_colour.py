"""Pictures in colour, windows over them, and what Dropout and BatchNorm do: as panels show them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnviz.datasets.dataset import COLORS
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.pictures import picture_of
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.network.panel import NetworkPanel
from nnviz.gui.panel import Panel
from nnviz.gui.panels.inspector import InspectorPanel
from nnviz.gui.panels.walk import WalkPanel
from nnviz.gui.widgets.data_picture import picture_of as sample_picture
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.receptive_field import receptive_field
from nnviz.training.trainer import Trainer
from nnviz.training.walk import Stage

ASKED = Experiment(
    DataChoice("coloured-shapes", rows=60),
    NetworkChoice(
        (
            Conv2D(3, 3, 2, padding="same", activation="relu"),
            BatchNorm(),
            MaxPool2D(),
            Conv2D(4, 2, activation="tanh"),
            Flatten(),
            Dense(8, "tanh"),
            Dropout(0.5),
            Dense(9, "softmax"),
        )
    ),
    TrainingChoice("categorical_crossentropy", "adam", learning_rate=0.01, batch_size=20),
)


@lru_cache(maxsize=1)
def frame() -> Frame:
    """Return the moment after two epochs, with a checkpoint and what Dropout silenced last."""
    trainer = Trainer(ASKED)
    trainer.advance(trainer.updates_until(2))
    snapshot = replace(trainer.snapshot(), silenced=trainer.network.silenced())
    inspection, history = Inspection(trainer.problem, snapshot), History(8)
    return Frame(history, inspection, 4, checkpoints=(trainer.checkpoint(),))


def shown(qtbot: QtBot, kind: type[Panel], moment: Frame, size: tuple[int, int]) -> Panel:
    panel = kind()
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.begin(moment.inspection.problem)
    panel.show_frame(moment)
    panel.grab()  # everything has its place then
    return panel


def test_colours_are_the_samples_own_wherever_it_is_drawn(qtbot: QtBot) -> None:
    moment, problem = frame(), frame().inspection.problem
    data = problem.dataset
    wanted = data.inputs[4].reshape(3, 16, 16).transpose(1, 2, 0)
    seen = picture_of(problem, data.inputs[4], LIGHT).astype(int)
    assert np.abs(seen - wanted).max() <= 1  # the set spans nearly all bytes
    panel = shown(qtbot, NetworkPanel, moment, (900, 500))
    image, (left, top, wide, high) = panel.network.grab().toImage(), panel.network.columns[0].tile
    for row, column in ((0, 0), (3, 12), (8, 8), (15, 15)):
        at = round(left + (column + 0.5) * wide / 16), round(top + (row + 0.5) * high / 16)
        found = image.pixelColor(*at).getRgb()[:3]
        assert np.abs(np.subtract(found, wanted[row, column])).max() <= 1
    tiles = sample_picture(data, LIGHT, 112, 4).toImage()
    pixels = [tiles.pixelColor(x, y) for x in range(8, 104, 4) for y in range(8, 104, 4)]
    assert {"red", "green", "blue"} <= {_strongest(one) for one in pixels}


def _strongest(color: QColor) -> str:
    shares = dict(zip(("red", "green", "blue"), color.getRgb(), strict=False))
    name = max(shares, key=shares.__getitem__)
    return name if shares[name] > 1.5 * sorted(shares.values())[1] else ""


@pytest.mark.parametrize(("layer", "unit"), [(0, 2 * 64 + 9), (3, 5), (5, 1)])
def test_what_a_unit_depends_on_is_outlined_on_the_input(qtbot: QtBot, layer, unit) -> None:
    chosen = replace(frame(), selection=Selection(layer, unit))
    rows, columns = receptive_field(chosen.inspection.problem, layer, unit)
    panel = shown(qtbot, NetworkPanel, frame(), (900, 500))
    left, top, wide, _ = panel.network.columns[0].tile
    place = QRectF(left, top, wide, wide).adjusted(-4, -4, -2, 4).toRect()
    without = _pixels(panel, place)
    panel.show_frame(chosen)
    down, right = np.nonzero((_pixels(panel, place) != without).any(axis=2))
    found = np.array([right.min(), right.max(), down.min(), down.max()]) - 4.0
    asked = np.array([columns.start, columns.stop, rows.start, rows.stop]) * wide / 16
    assert np.abs(found - asked).max() < 3.5  # the outline and its rim


def _pixels(panel: NetworkPanel, place: QRect) -> np.ndarray:
    image = panel.network.grab(place).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)


def test_the_sum_of_a_window_goes_over_all_colours_and_maps(qtbot: QtBot) -> None:
    moment = frame()
    walk = moment.walked()
    for layer, names in ((0, COLORS), (3, ("map",))):
        chosen = Selection(layer, 7)
        window = walk.window(layer, 7)
        assert len(window.patch) == 3
        built = walk.layers[layer]
        bias = built.biases[7 // math.prod(built.output_shape[1:]), 0]
        assert (window.patch * window.kernel).sum() + bias == pytest.approx(
            float(built.z[7, 0]), abs=1e-9
        )
        panel = shown(qtbot, InspectorPanel, replace(moment, selection=chosen), (400, 700))
        titles = [chart.names.title for chart in panel.plot.charts]
        assert titles[0].removeprefix("given: ").startswith(names)
        assert titles[2:] == ["window x", "kernel w", "x · w"]
    place = walk.stages.index(Stage("sum", 0))
    stepping = replace(moment, walk=WalkPlace(place), selection=Selection(0, 7))
    panel = shown(qtbot, WalkPanel, stepping, (400, 700))
    assert panel.plot.charts[0].names.title.removeprefix("given: ") in COLORS


def test_pooling_says_which_place_won_and_normalisation_what_it_does(qtbot: QtBot) -> None:
    moment = frame()
    inspection = moment.inspection
    pool = shown(qtbot, InspectorPanel, replace(moment, selection=Selection(2, 5)), (400, 700))
    a = inspection.sample_trace(4)[2].a[0, 5]
    words = " ".join(line.label for line in pool.table.model_.lines)
    assert "max(" in words and len(pool.plot.charts) == 3
    window = moment.walked().window(2, 5)
    assert window.patch[0][window.winner] == pytest.approx(a) == window.patch.max()
    chosen = replace(moment, selection=Selection(1, 70))  # of the second map
    norm = shown(qtbot, InspectorPanel, chosen, (400, 700))
    before, after = (trace.a[:, 64:128] for trace in inspection.activations()[:2])
    for chart, values, title in zip(
        norm.plot.charts, (before, after), ("before", "after"), strict=True
    ):
        assert chart.names.title == title
        mean, spread = (f"{abs(each(values)):.2f}" for each in (np.mean, np.std))
        assert mean in chart.names.note and spread in chart.names.note


def test_what_dropout_silences_fades_in_training_and_step_by_step_only(qtbot: QtBot) -> None:
    moment = frame()
    out = np.frombuffer(moment.inspection.snapshot.silenced, bool)
    assert out.size == 8 and 0 < out.sum() < 8
    panel = shown(qtbot, NetworkPanel, moment, (900, 500))
    assert np.array_equal(_faded(panel), out)
    at_rest = Inspection(
        moment.inspection.problem, replace(moment.inspection.snapshot, silenced=b"")
    )
    panel.show_frame(replace(moment, inspection=at_rest))
    assert not _faded(panel).any()
    stepping = replace(moment, inspection=at_rest, walk=WalkPlace(0, of_batch=True))
    walk = stepping.walked()
    place = walk.stages.index(Stage("activation", 6))
    panel.show_frame(replace(stepping, walk=WalkPlace(place, of_batch=True)))
    assert np.array_equal(_faded(panel), walk.layers[6].mask[:, walk.column] == 0)
    panel.show_frame(replace(stepping, walk=WalkPlace(place - 1, of_batch=True)))
    assert not _faded(panel).any()  # it is not its turn yet


def test_dropout_of_maps_fades_their_places_and_no_kernel(qtbot: QtBot) -> None:
    layers = (Dropout(0.5), *ASKED.network.layers)
    for place in (0, 3):  # of the picture, and of what was pooled
        kept = (*ASKED.network.layers[:place], Dropout(0.5), *ASKED.network.layers[place:6])
        trainer = Trainer(ASKED.change("network", layers=(*kept, layers[-1])))
        trainer.advance(1)
        silenced = trainer.network.silenced()
        moment = Inspection(trainer.problem, replace(trainer.snapshot(), silenced=silenced))
        panel = shown(qtbot, NetworkPanel, Frame(History(8), moment, 4), (1200, 700))
        column = panel.network.columns[place + 1]
        assert column.kind == "maps"
        seen = range(math.prod(column.grid))
        expected = np.frombuffer(silenced, bool)[seen]
        assert np.array_equal(_faded(panel, place + 1, seen), expected)


def _faded(panel: NetworkPanel, layer: int = 7, units: range = range(8)) -> np.ndarray:
    """Return which numbers of a Dropout have the ground's colour."""
    network = panel.network
    image, ground = network.grab().toImage(), QColor(LIGHT.surface)
    places = [network.place_of((layer, unit)).toPoint() for unit in units]
    return np.array([image.pixelColor(place) == ground for place in places])
