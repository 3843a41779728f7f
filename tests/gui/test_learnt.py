"""What a network learnt is seen: first weights as pictures, saliency, and a layer's components."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Conv2D, Dense, Flatten, LayerSpec, MaxPool2D
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.pictures import in_color
from nnviz.gui.look.theme import DARK, LIGHT, Theme, rgb
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.outputs.pca import PrincipalComponents
from nnviz.gui.panels.outputs.saliency import SaliencyMaps
from nnviz.gui.plots.plot import Plot
from nnviz.gui.widgets.choice_box import ChoiceBox
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer

from .panel_cases import colors_of, in_theme, moment, moments

NETWORKS: dict[str, tuple[LayerSpec, ...]] = {
    "softmax": (Dense(10, "softmax"),),
    "kernels": (Conv2D(6, (3, 2), activation="relu"), Flatten(), Dense(10, "softmax")),
    "shapes": (Conv2D(4, (3, 3), activation="relu"), Flatten(), Dense(9, "softmax")),
    "pooled": (MaxPool2D((2, 2)), Flatten(), Dense(5, "tanh"), Dense(10, "softmax")),
}


@lru_cache(maxsize=4)
def digits(name: str, epochs: int = 3, sample: str = "digits") -> Frame:
    """Return a frame of a network for digits, or other pictures, that has trained a little."""
    asked = Experiment(
        DataChoice(sample, test_fraction=0.25),
        NetworkChoice(NETWORKS[name], "he_normal"),
        TrainingChoice("categorical_crossentropy", optimizer="adam", learning_rate=0.01),
    )
    trainer, history = Trainer(asked), History(len(NETWORKS[name]))
    for record in itertools.islice(filter(None, trainer.steps()), epochs + 1):
        history.append(record)
    row = int(trainer.problem.train.index[0])
    return Frame(history, Inspection(trainer.problem, trainer.snapshot()), row)


def shown(qtbot: QtBot, key: str, frame: Frame, theme: Theme = LIGHT, **view: object) -> Panel:
    panel = in_theme(PANELS[key](), theme)
    qtbot.addWidget(panel)
    panel.resize(560, 420)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.begin(frame.inspection.problem)
    panel.restore_view(view)
    panel.show_frame(frame)
    return panel


def grabbed(widget: Plot) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("name", "shape"), [("softmax", (8, 8)), ("kernels", (3, 2))])
def test_first_weights_are_pictures_with_one_scale_of_colours(
    qtbot: QtBot, name: str, shape: tuple[int, int], theme: Theme
) -> None:
    frame = digits(name)
    panel = shown(qtbot, "weights", frame, theme)
    panel.findChild(QAbstractButton, "weights-pictures").click()
    image, (chart,) = grabbed(panel.plot), panel.plot.charts
    pictures = frame.inspection.weights(0).reshape(-1, *shape)
    largest = chart.largest
    assert largest / 1.5 < np.quantile(np.abs(pictures), 0.99) <= largest
    assert panel.header.legend.entries[0].label == f"weight, −{largest:g} to {largest:g}"
    wanted = theme.diverging(pictures, largest)[..., :3].reshape(len(pictures), -1, 3)
    colors = np.array([image.pixelColor(x, y).getRgb()[:3] for x, y in places(panel, shape)])
    np.testing.assert_array_equal(colors.reshape(wanted.shape), wanted)


def places(panel: Panel, shape: tuple[int, int]) -> list[tuple[int, int]]:
    """Return where the middles of the pixels of all pictures are, found by asking for pictures."""
    (chart,) = panel.plot.charts

    def ask(x: int, y: int) -> int | None:
        return chart.picture_at(chart.value(panel.plot.mapToScene(x, y)))

    inside = {ask(x, y): (x, y) for x in range(0, 560, 12) for y in range(0, 420, 12)}
    middles = []
    for number in sorted(inside.keys() - {None}):
        (x, y), ends = inside[number], []
        for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            steps = itertools.count(1)
            far = next(n for n in steps if ask(x + n * right, y + n * down) != number) - 1
            ends.append((x + far * right) if right else (y + far * down))
        wide, high = (ends[1] - ends[0] + 1) / shape[1], (ends[3] - ends[2] + 1) / shape[0]
        for row, column in np.ndindex(shape):
            middles.append(
                (int(ends[0] + (column + 0.5) * wide), int(ends[2] + (row + 0.5) * high))
            )
    return middles


def test_a_click_on_weights_chooses_the_neuron_which_is_marked(qtbot: QtBot) -> None:
    for name, wanted in (
        ("softmax", Selection(0, 4)),
        ("kernels", Selection(0, 4 * 42 + 3 * 7 + 3)),
    ):
        frame = digits(name)
        panel = shown(qtbot, "weights", frame, pictures=True)
        assert tuple(rgb(LIGHT.accent)) not in set(map(tuple, colors_of(grabbed(panel.plot))))
        middles = places(panel, (1, 1))
        with qtbot.waitSignal(panel.selected) as chosen:
            at = QPoint(*middles[4])
            qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert chosen.args == [wanted]
        panel.show_frame(replace(frame, selection=wanted))
        assert tuple(rgb(LIGHT.accent)) in set(map(tuple, colors_of(grabbed(panel.plot))))
        assert str(frame.epoch) in panel.description()


def test_first_kernels_of_colour_pictures_are_in_colour(qtbot: QtBot) -> None:
    frame = digits("shapes", 1, "coloured-shapes")
    panel = shown(qtbot, "weights", frame, pictures=True)
    (chart,), weights = panel.plot.charts, frame.inspection.weights(0).reshape(-1, 3, 3, 3)
    colors = set(map(tuple, colors_of(grabbed(panel.plot))))
    wanted = in_color(weights, -chart.largest, chart.largest).reshape(-1, 3)
    assert set(map(tuple, wanted.tolist())) <= colors
    assert "red, green, blue" in panel.header.legend.entries[0].label


def test_the_legend_leaves_most_of_the_height_to_the_picture(qtbot: QtBot) -> None:
    frame = digits("shapes", 1, "coloured-shapes")
    panel = shown(qtbot, "output", frame, view="pca")
    for size in ((240, 260), (330, 420)):
        panel.resize(*size)
        qtbot.waitUntil(lambda: panel.findChild(PrincipalComponents).chart.box.height() > 90)


def test_weights_are_no_pictures_where_they_are_not_of_pixels(qtbot: QtBot) -> None:
    for frame in (digits("pooled"), moment("iris")[1]):
        panel = shown(qtbot, "weights", frame, pictures=True)
        assert panel.findChild(QAbstractButton, "weights-pictures").isHidden()
        assert len(panel.plot.charts) == 2
        assert panel.header.legend.entries[0].label == "weights"


def test_a_panel_without_a_run_offers_no_pictures_yet(qtbot: QtBot) -> None:
    panel = PANELS["weights"]()
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.findChild(QAbstractButton, "weights-pictures").isVisible()


def test_saliency_tells_which_patch_a_class_rests_on(qtbot: QtBot) -> None:
    frame = digits("kernels")
    panel = shown(qtbot, "output", frame, view="saliency")
    view, box = panel.findChild(SaliencyMaps), panel.findChild(ChoiceBox, "output-saliency-class")
    answered = frame.inspection.attribution(frame.row)
    said = panel.findChild(QLabel, "output-saliency-said")
    for label in (None, (answered.label + 1) % 10):
        found = frame.inspection.attribution(frame.row, label)
        if label is not None:
            box.setCurrentIndex(box.findText(str(label)))
            box.activated.emit(box.currentIndex())
        fall = found.falls.max()
        words = f"“{found.label}”", *(fixed(v, 0.001) for v in (found.output, found.output - fall))
        assert fall > 0
        qtbot.waitUntil(lambda words=words: all(word in said.text() for word in words))
        colors = set(map(tuple, colors_of(grabbed(view.plot))))
        for values in (found.saliency, found.occlusion):
            chart = view.charts[1 if values is found.saliency else 2]
            most = float(chart.names.note.strip("≤± "))
            assert np.abs(values).max() <= most
            shades = theme_shades(values, most)
            assert shades <= colors
    inked = frame.inspection.raw_inputs(frame.row).reshape(8, 8)
    y, x = np.unravel_index(inked.argmax(), inked.shape)
    at = view.charts[0].place(x + 0.5, 7.5 - y).toPoint()
    assert grabbed(view.plot).pixelColor(at).lightness() < 80
    moved = frame.inspection.with_moved(frame.row, tuple(np.zeros(64)))
    panel.show_frame(replace(frame, inspection=moved))
    qtbot.waitUntil(lambda: "does not fall below" in said.text())
    assert grabbed(view.plot).pixelColor(at).name() == LIGHT.surface


def theme_shades(values: np.ndarray, most: float) -> set[tuple[int, ...]]:
    return set(map(tuple, LIGHT.diverging(values, most)[..., :3].reshape(-1, 3).tolist()))


def test_components_do_not_point_as_those_of_other_data(qtbot: QtBot) -> None:
    """A picture may be asked for before the window shows the data that are open by then."""
    (_, before), (_, frame) = moment("iris"), moment("houses")
    state = shown(qtbot, "output", before, view="pca").view_state()
    panel = shown(qtbot, "output", frame, view="pca")
    places = panel.findChild(PrincipalComponents).found.places
    panel.restore_view(state)
    panel.show_frame(frame)
    np.testing.assert_array_equal(panel.findChild(PrincipalComponents).found.places, places)


@pytest.mark.parametrize("name", ["iris", "houses"])
def test_components_of_a_hidden_layer_are_not_mirrored_and_a_click_chooses(
    qtbot: QtBot, name: str
) -> None:
    problem, frame = moment(name)
    panel = shown(qtbot, "output", frame, view="pca")
    view, before = panel.findChild(PrincipalComponents), None
    assert view.layer.names() == ["0"]
    assert "PC 1" in view.chart.names.bottom and "% of variance" in view.chart.names.left
    row = int(problem.held_out[0]) if problem.held_out.size else 0
    for one in moments(frame, 6):
        panel.show_frame(replace(one, row=row))
        places = view.found.places
        assert before is None or ((before * places).sum(axis=0) > 0).all()
        before = places
        trace = one.inspection.sample_trace(row)[0].a[0]
        assert view.points.is_on_ring(view.chart.place(*view.found.place_of(trace)))
    state = panel.view_state()
    axes = -np.array(state["views"]["pca"]["axes"][0])
    mirrored = {**state["views"]["pca"], "axes": {0: axes.tolist()}}
    panel.restore_view({**state, "views": {"pca": mirrored}})
    np.testing.assert_allclose(view.found.places, -before)  # as an export is handed them
    row = int(view.found.index[3])
    with qtbot.waitSignal(panel.row_chosen) as chosen:
        at = view.chart.place(*view.found.places[3]).toPoint()
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    near = view.found.places - view.found.places[3]
    assert np.hypot(*near[view.found.index.tolist().index(chosen.args[0])]) < 0.2, row
