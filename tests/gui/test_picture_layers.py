"""Networks for pictures in the real window: rows to set them, the picture of their maps, panels.

Everything is reached under its object name, as lessons do.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
)
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.run.session import SessionState
from nnviz.gui.setup.layer_row import ROWS
from nnviz.gui.widgets.choice_box import ChoiceBox
from nnviz.gui.widgets.number_field import NumberField

CONV = Conv2D(8, (3, 3), padding="same", activation="relu")
HIDDEN = {
    "asked for": (CONV, MaxPool2D(), Flatten()),
    "all between": (CONV, BatchNorm(), MaxPool2D(), Dropout(0.25), Flatten(), Dense(12, "relu")),
    "means": (CONV, AveragePool2D(), Conv2D(20, (2, 2), (2, 2)), GlobalAveragePool2D()),
    "pooled first": (MaxPool2D(), Flatten(), Dropout(0.5)),
    "numbers only": (Dense(6, "tanh"), BatchNorm(), Dropout(0.2)),
}


def opened(window, sample="digits", hidden=()):
    """Open a sample with these hidden layers."""
    trigger(window, f"sample-{sample}")
    experiment = window.store.experiment
    layers = (*hidden, experiment.network.layers[-1])
    experiment = experiment.change("network", layers=layers).change("training", epochs=2)
    if experiment != window.store.experiment:
        assert window.store.propose(experiment)


def trigger(window, name):
    action = window.findChild(QAction, name)
    assert action is not None, f"no entry {name}"
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def find(window, name, kind=QWidget):
    found = window.setup.findChildren(kind, name)
    assert len(found) == 1, f"{len(found)} widgets called {name}"
    return found[0]


def choose(window, box, name):
    combo = find(window, box, ChoiceBox)
    combo.activated.emit(combo.findData(name))


def layers(window):
    return window.store.experiment.network.layers


def colors(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return np.unique(pixels[:, : image.width()] & 0xFFFFFF)


def trained(qtbot, window):
    trigger(window, "action-train")
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: window.feed.resting, timeout=20_000)


def network_of(qtbot, window):
    """Return the picture once it shows the network that was asked for, which takes a moment."""
    network = window.panels["network"].network
    asked = window.store.experiment
    qtbot.waitUntil(
        lambda: network.state is not None and network.state.problem.experiment == asked,
        timeout=20_000,
    )
    return network


# --------------------------------------------------------------------------------- opens and trains


@pytest.mark.parametrize("sample", ["digits", "letters-abc"])
@pytest.mark.parametrize("name", HIDDEN)
def test_network_trains_and_shows_in_every_panel(qtbot, window, sample, name):
    opened(window, sample, HIDDEN[name])
    trained(qtbot, window)
    frame = window.recording.frame
    assert np.isfinite(frame.history.column("train_loss")).all()
    for panel in window.panels.values():
        panel.begin(frame.inspection.problem)
        panel.show_frame(frame)
        panel.resize(420, 300)
        assert colors(panel.grab().toImage()).size > 8, panel.key
        assert panel.description()


# ------------------------------------------------------------------------------------ setting rows


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_has_a_row_and_is_offered_for_pictures(window, kind):
    opened(window, hidden=(GlobalAveragePool2D(),) if kind == "flatten" else ())
    assert kind in ROWS
    before = len(layers(window))
    trigger(window, f"network-add-{kind.replace('_', '-')}")
    assert kind in [layer.kind for layer in layers(window)]
    assert len(layers(window)) >= before
    place = next(i for i, layer in enumerate(layers(window)) if layer.kind == kind)
    find(window, f"layer-{place + 1}-remove", QAbstractButton).click()
    assert len(layers(window)) <= before


def test_other_samples_are_offered_only_what_fits(window):
    opened(window, "iris")
    names = [action.objectName() for action in window.setup.network.layers.kinds.actions()]
    assert names == ["network-add-dense", "network-add-dropout", "network-add-batch-norm"]


def test_row_says_the_shape_that_leaves_the_layer(window):
    opened(window, hidden=HIDDEN["asked for"])
    shown = [find(window, f"network-layers-{i}-detail", QLabel).text() for i in range(3)]
    assert shown == ["8×8×8", "8×4×4", "128"]
    names = [find(window, f"network-layers-{i}-field").label.text() for i in range(3)]
    assert names == list(layer_names(layers(window))[:3]) == ["Conv 1", "Max pool", "Flatten"]


@pytest.mark.parametrize("key", ["weights", "activations"])
@pytest.mark.parametrize("kinds", ["asked for", "means"])
def test_selectors_setup_and_charts_call_layers_the_same(qtbot, window, key, kinds):
    opened(window, hidden=HIDDEN[kinds])
    network_of(qtbot, window)
    panel, row = window.panels[key], find(window, "network-layers-0-field")
    qtbot.waitUntil(lambda: panel.problem is window.recording.problem, timeout=20_000)
    names = [layer_names(layers(window))[place] for place in panel.layers]
    listed = panel.findChild(QComboBox, f"{key}-layer-list")  # which may stand for the buttons
    shown = [listed.itemText(place) for place in range(listed.count())]
    assert shown == ["All", *names[:-1], "Out"]
    assert row.label.text() == "Conv 1"
    assert find(window, "layer-1-filters").accessibleName() == "Conv 1: Filters"


def test_settings_of_layers_are_set_in_their_rows(window):
    opened(window, hidden=HIDDEN["asked for"])
    find(window, "layer-1-filters", NumberField).committed.emit(5.0)
    choose(window, "layer-1-kernel-size", "5x5")
    choose(window, "layer-1-strides", "2x2")
    choose(window, "layer-1-padding", "valid")
    choose(window, "layer-1-activation", "tanh")
    assert layers(window)[0] == Conv2D(5, (5, 5), (2, 2), "valid", "tanh")
    assert find(window, "network-layers-0-detail", QLabel).text() == "5×2×2"
    opened(window, hidden=HIDDEN["all between"])
    choose(window, "layer-3-pool-size", "4x4")
    find(window, "layer-4-rate", NumberField).committed.emit(0.4)
    assert layers(window)[2:4] == (MaxPool2D((4, 4)), Dropout(0.4))
    trigger(window, "layer-3-up")
    assert [layer.kind for layer in layers(window)[1:3]] == ["max_pool2d", "batch_norm"]


def test_impossible_shape_is_refused_at_the_row_with_both_shapes(window):
    opened(window, hidden=(MaxPool2D((4, 4)), CONV, Flatten()))
    before = window.store.experiment
    choose(window, "layer-2-padding", "valid")
    assert window.store.experiment == before
    said = find(window, "network-layers-1-message", QLabel).text()
    assert all(word in said for word in ("Conv2D", "3×3", "1×2×2"))


# ----------------------------------------------------------------------------- training's additions


def test_limits_of_the_gradient_exclude_each_other(window):
    opened(window)
    choose(window, "training-clip-choice", "clip_norm")
    assert window.store.experiment.training.clip_norm == 1.0
    choose(window, "training-clip-choice", "clip_value")
    training = window.store.experiment.training
    assert (training.clip_norm, training.clip_value) == (None, 1.0)
    find(window, "training-clip-number", NumberField).committed.emit(0.3)
    assert window.store.experiment.training.clip_value == 0.3


def test_what_needs_a_test_part_or_classes_is_offered_only_with_them(window):
    opened(window)
    choose(window, "training-stop-when", "validation_loss_rises")
    choose(window, "training-class-weights", "balanced")
    training = window.store.experiment.training
    assert (training.stop_when, training.stop_value) == ("validation_loss_rises", 20.0)
    assert training.class_weights == "balanced"
    for sample, name, choice in (
        ("xor", "stop-when", "validation_loss_rises"),
        ("houses", "class-weights", "balanced"),
    ):
        opened(window, sample)
        item = find(window, f"training-{name}", ChoiceBox).item(choice)
        assert not item.isEnabled()
        assert item.toolTip()


# ------------------------------------------------------------------------------------- the picture


def test_columns_stand_for_their_layers(qtbot, window):
    opened(window, hidden=HIDDEN["all between"])
    network = network_of(qtbot, window)
    columns = network.columns
    kinds = [column.kind for column in columns]
    assert kinds == ["image", "maps", "maps", "maps", "maps", "strip", "neurons", "neurons"]
    assert all(a.box[2] < b.box[0] for a, b in itertools.pairwise(columns))
    # A line for each weight of the Dense layers, and none where there are bands.
    assert network.state.every.edges.total == 128 * 12 + 12 * 10


def test_maps_have_the_colours_of_the_samples_activations_or_show_kernels(qtbot, window):
    opened(window, hidden=HIDDEN["asked for"])
    trained(qtbot, window)
    network, panel = network_of(qtbot, window), window.panels["network"]
    network.fit()
    inspection, row = window.recording.frame.inspection, window.recording.frame.row
    values = inspection.sample_trace(row)[0].a[0]
    sample = network.grab().toImage()
    shown = len(network.columns[1].shown)
    assert shown >= 5
    for unit in range(0, 64 * shown, 37):
        found = sample.pixelColor(network.place_of((1, unit)).toPoint()).getRgb()
        wanted = network.theme.diverging(values[unit : unit + 1], np.abs(values).max())[0]
        assert np.abs(np.subtract(found, wanted)).max() <= 2
    panel.findChild(QAbstractButton, "network-fill-1").click()
    assert network.grab().toImage() != sample
    panel.findChild(QAbstractButton, "network-fill-0").click()
