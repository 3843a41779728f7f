"""The picture of the network shows the numbers there are, as they are."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnviz.engine.layers import Conv2D, Dense, Flatten
from nnviz.engine.network import Network

from .seen import (
    Pixels,
    Seen,
    blue,
    box,
    changed,
    choose_row,
    color,
    experiment,
    ink,
    like,
    middle,
    orange,
    same,
    spans,
)

XOR = experiment("xor", Dense(1, "sigmoid"))
CURVE = experiment("sine", Dense(1, "tanh"))
TABLE = experiment("concrete", Dense(1, "relu"))


@pytest.fixture
def seen(window, qtbot) -> Seen:
    return Seen(window, qtbot)


def first(weights, biases=None):
    """Return what writes the only layer's weights and biases."""

    def fill(network: Network) -> None:
        network.layers[0].weights[...] = weights
        if biases is not None:
            network.layers[0].biases[...] = np.reshape(biases, network.layers[0].biases.shape)

    return fill


def both(one, other):
    """Return what writes the weights of two layers."""

    def fill(network: Network) -> None:
        network.layers[0].weights[...] = one
        network.layers[1].weights[...] = other

    return fill


def between(picture: Pixels) -> Pixels:
    """Return what is between two columns of neurons: their edges, below all captions."""
    height, width = picture.shape[:2]
    return picture[height // 4 :, round(0.45 * width) : round(0.52 * width)]


@pytest.mark.parametrize(("weight", "shown", "other"), [(1.0, blue, orange), (-1.0, orange, blue)])
def test_weights_have_the_colour_of_their_sign(seen, weight, shown, other) -> None:
    seen.show(XOR, first([[weight, weight]]))
    edges = between(seen.picture("network"))
    assert shown(edges).any()
    assert not other(edges).any()


def test_negative_weights_are_dashed_and_positive_ones_solid(seen) -> None:
    covered = {}
    for weight in (1.0, -1.0):
        seen.show(CURVE, first([[weight]]))
        edge = between(seen.picture("network"))
        covered[weight] = float((blue(edge) | orange(edge)).any(axis=0).mean())
    assert covered[1.0] == 1.0
    assert 0.3 < covered[-1.0] < 0.95


def test_strong_weights_are_wider_than_weak_ones(seen) -> None:
    seen.show(XOR, first([[1.0, 0.25]]))
    edges = between(seen.picture("network"))
    strong, weak = (end - start for start, end in spans(ink(edges)[:, 0]))
    assert strong >= 2 * weak


def test_biases_are_there_in_the_colour_of_their_sign(seen) -> None:
    pictures = {}
    for bias in (-3.0, 0.0, 3.0):
        seen.show(TABLE, first(np.ones((1, 8)), [bias]))
        pictures[bias] = seen.picture("network")
    assert orange(pictures[-3.0]).sum() > 20 + orange(pictures[0.0]).sum()
    assert blue(pictures[3.0]).sum() > 20 + blue(pictures[0.0]).sum()
    assert orange(pictures[3.0]).sum() == orange(pictures[0.0]).sum()


def test_the_chosen_sample_and_the_plane_are_the_right_way_up(seen) -> None:
    """The input y is blue at the top, and the sample (0, 0) at the lower left of its picture."""
    seen.show(XOR, first([[0.0, 0.0]]))
    choose_row(seen.window, 0)
    seen.rest()
    picture = seen.picture("network")
    height, width = picture.shape[:2]
    corner = picture[height // 2 :, : width // 3]
    left, top, right, bottom = box(blue(corner))
    bottom = box(ink(corner)[:, left:right])[3]
    node = corner[top:bottom, left:right]
    assert middle(blue(node))[1] < 0.45 * (bottom - top)
    x, y = middle(like(node, color("text"), 30))
    assert x < 0.4 * (right - left)
    assert y > 0.6 * (bottom - top)


def test_the_largest_weight_is_told_of_every_layer(seen) -> None:
    """Nothing else changes: a hidden layer without weights hands on zeros."""
    asked = experiment("xor", Dense(2, "tanh"), Dense(1, "tanh"))
    pictures = []
    for largest in (1.0, 3.0, 3.04):
        seen.show(asked, both(0.0, [[largest, -largest]]))
        pictures.append(seen.picture("network", (1000, 600)))
    assert not same(pictures[0], pictures[1])
    assert not same(pictures[1], pictures[2]), "the second decimal is not told"


def test_inputs_have_their_own_names(seen) -> None:
    """A long name reaches farther left than a short one, at its own input's height."""
    starts = {}
    for features in (("x", "sin_x"), ("sin_x", "x")):
        seen.show(changed(XOR, "data", features=features), first([[1.0, 1.0]]))
        picture = seen.picture("network")
        height, width = picture.shape[:2]
        names = ink(picture)[:, : width // 3]
        upper, lower = names[height // 6 : height // 2], names[height // 2 : -height // 6]
        starts[features] = box(upper)[0], box(lower)[0]
    assert starts["x", "sin_x"][0] > starts["x", "sin_x"][1] + 8
    assert starts["sin_x", "x"][1] > starts["sin_x", "x"][0] + 8


def test_maps_are_the_right_way_up(seen) -> None:
    """A kernel that hands on its pixel makes a map that is the picture it was given."""
    asked = experiment(
        "digits",
        Conv2D(1, (3, 3), padding="same", activation="relu"),
        Flatten(),
        Dense(10, "softmax"),
        loss="categorical_crossentropy",
    )

    def hand_on(network: Network) -> None:
        network.layers[0].weights[0, 4] = 1.0

    problem = seen.show(asked, hand_on)
    pictures = problem.dataset.inputs.reshape(-1, *problem.dataset.image_shape)
    lower = pictures[:, 4:].sum(axis=(1, 2)) / pictures.sum(axis=(1, 2))
    choose_row(seen.window, int(lower.argmin()))
    seen.rest()
    picture = seen.picture("network", (1200, 700))
    tile, shown = [
        blue(picture)[:, start:end]
        for start, end in spans(blue(picture).any(axis=0), gap=12)
        if end - start > 20  # between them is the kernel
    ][:2]
    for part in (tile, shown):
        _, top, _, bottom = box(part)
        assert middle(part)[1] - top < 0.5 * (bottom - top)
    assert abs(middle(tile)[1] - middle(shown)[1]) < 0.1 * picture.shape[0]


def test_a_neuron_in_focus_is_told_with_its_own_sum(seen) -> None:
    asked = experiment("xor", Dense(3, "linear"), Dense(1, "linear"))
    seen.show(asked, both([[1.25, 0.0], [0.0, 2.5], [3.75, 1.0]], [[1.0, 1.0, 1.0]]))
    choose_row(seen.window, 3)
    seen.panel("network")
    told = set()
    canvas = seen.part("network-canvas")
    canvas.setFocus()
    for key in (*[Qt.Key.Key_Up] * 3, *[Qt.Key.Key_Down] * 3):  # → alone would train a step
        seen.qtbot.keyClick(canvas, key)
        told.update(seen.words("inspector").splitlines())
        told.update(seen.words("network").splitlines())
    sums = {line.split()[-1] for line in told if line.startswith("a = f(z) = z ")}
    assert {"1.25", "2.5", "4.75"} <= sums
