"""What of a picture an answer rests on, and what a layer makes of samples, against plain NumPy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.datasets.dataset import Dataset, pixel_names
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, LayerSpec, MaxPool2D
from nnviz.engine.network import Network
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

CONVOLUTION = (
    Conv2D(3, (3, 3), activation="tanh"),
    BatchNorm(),
    MaxPool2D((2, 2)),
    Flatten(),
    Dropout(0.4),
    Dense(10, "softmax"),
)
DENSE = (Dense(300, "tanh"), Dropout(0.4), Dense(6, "tanh"), Dense(10, "softmax"))


def untrained(*layers: LayerSpec, dataset: Dataset | None = None) -> Inspection:
    """Return a moment of a network of chance for pictures, digits if they are not given."""
    loss = "categorical" if layers[-1].units > 1 else "binary"  # type: ignore[attr-defined]
    asked = Experiment(
        DataChoice("digits", test_fraction=0.25),
        NetworkChoice(layers, "he_normal"),
        TrainingChoice(f"{loss}_crossentropy"),
    )
    problem = Problem(asked, dataset)
    network = problem.new_network()
    network.parameters[...] += 0.02 * np.random.default_rng(4).normal(size=network.parameters.size)
    return Inspection(problem, Snapshot(0, 0, network.parameters, network.gradients))


def pictures(channels: int, classes: int) -> Dataset:
    """Return 40 pictures of 5 rows and 7 columns, of colours where there are 3 channels."""
    rng = np.random.default_rng(2)
    inputs, labels = rng.uniform(0, 1, (40, channels * 35)), np.arange(40) % classes
    names = tuple(f"{name} {c}" for c in range(channels) for name in pixel_names(5, 7))
    kinds = tuple(map(str, range(classes)))
    shape = {"image_shape": (5, 7), "channels": channels}
    return Dataset("digits", "classification", inputs, labels, names, kinds, **shape)


def alike(*layers: LayerSpec, channels: int = 1, classes: int = 10) -> Inspection:
    return untrained(*layers, dataset=pictures(channels, classes))


@pytest.mark.parametrize(
    "seen",
    [untrained(*CONVOLUTION), alike(*DENSE, channels=3), alike(Dense(1, "sigmoid"), classes=2)],
    ids=["convolution", "colours", "one output"],
)
def test_saliency_is_the_difference_quotient_of_the_class_score(seen: Inspection) -> None:
    problem, row, label = seen.problem, 5, 1
    found, inputs = seen.attribution(row, label), problem.dataset.inputs[row]
    steps = 1e-5 * np.eye(inputs.size)
    unit = label if problem.outputs > 1 else 0
    above, below = (seen.trace(inputs + way)[-1].z[:, unit] for way in (steps, -steps))
    slopes = np.abs(above - below) / 2e-5
    shape = problem.dataset.image_shape
    np.testing.assert_allclose(
        found.saliency, slopes.reshape(-1, *shape).max(axis=0), rtol=1e-5, atol=1e-7
    )


def test_the_gradient_at_inputs_passes_three_channels_of_a_convolution() -> None:
    rng = np.random.default_rng(0)
    network = Network((3, 6, 6), CONVOLUTION)
    network.parameters[...] = rng.normal(size=network.parameters.size)
    network.layers[1].moving_variance[...] = 2.0
    x, delta = rng.normal(size=(4, 108)), rng.normal(size=(10, 4))
    network.forward(np.hstack([x, np.ones((4, 1))]).T)
    gradients = network.gradients.copy()
    found = network.backward_inputs(delta)
    for place in (0, 40, 107):
        step = 1e-6 * (np.arange(108) == place)
        above, below = (network.trace(x + way)[-1].z.T for way in (step, -step))
        slope = ((above - below) / 2e-6 * delta).sum(axis=0)
        np.testing.assert_allclose(found[place], slope, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(network.gradients, gradients)


@pytest.mark.parametrize(
    ("seen", "label"),
    [
        (untrained(*CONVOLUTION), None),
        (alike(*DENSE, channels=3), 4),
        (alike(Dense(1, "sigmoid"), classes=2), 0),
    ],
    ids=["convolution", "colours", "one output"],
)
def test_occlusion_is_what_covered_pictures_lose_one_by_one(
    seen: Inspection, label: int | None
) -> None:
    problem, row = seen.problem, 3
    found, inputs = seen.attribution(row, label), problem.dataset.inputs[row]
    (height, width), (rows, columns) = problem.dataset.image_shape, found.patch

    def output(picture: np.ndarray) -> float:
        answer = seen.trace(picture.reshape(1, -1))[-1].a[0]
        return answer[found.label] if answer.size > 1 else (1 - answer[0], answer[0])[found.label]

    whole = output(inputs)
    assert found.output == pytest.approx(whole)
    if label is None:
        assert found.label == seen.sample_trace(row)[-1].a.argmax()
    totals, times = np.zeros((2, height, width))
    for (top, left), fall in zip(found.corners, found.falls, strict=True):
        covered = inputs.reshape(-1, height, width).copy()
        covered[:, top : top + rows, left : left + columns] = problem.dataset.inputs.min()
        assert fall == pytest.approx(whole - output(covered))
        totals[top : top + rows, left : left + columns] += whole - output(covered)
        times[top : top + rows, left : left + columns] += 1
    assert times.min() > 0  # every pixel is covered
    np.testing.assert_allclose(found.occlusion, totals / times, atol=1e-12)
    assert rows == max(1, round(height / 4)) and columns == max(1, round(width / 4))


def test_a_picture_that_is_moved_is_the_one_explained() -> None:
    seen = untrained(*CONVOLUTION)
    other = seen.with_moved(3, tuple(seen.problem.dataset.inputs[8]))
    moved, own = other.attribution(3, 2), seen.attribution(8, 2)
    np.testing.assert_array_equal(moved.falls, own.falls)
    np.testing.assert_array_equal(moved.saliency, own.saliency)
    assert (seen.attribution(3, 2).saliency != own.saliency).any()


@pytest.mark.parametrize("layer", [0, 2], ids=["wide", "narrow"])
def test_a_layer_is_seen_along_its_principal_components(layer: int) -> None:
    seen = untrained(*DENSE)
    found = seen.projection(layer)
    answers = seen.trace(seen.problem.dataset.inputs[found.index])[layer].a
    left, lengths, axes = np.linalg.svd(answers - answers.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(found.shares, lengths[:2] ** 2 / (lengths**2).sum())
    np.testing.assert_allclose(np.abs(found.places), np.abs(left[:, :2] * lengths[:2]), atol=1e-8)
    np.testing.assert_allclose(np.abs(found.axes), np.abs(axes[:2]), atol=1e-8)
    assert len(found.index) == (200 if layer == 0 else 1000)
    np.testing.assert_allclose(found.place_of(answers[7]), found.places[7], atol=1e-8)


def test_axes_keep_their_direction_and_place_from_moment_to_moment() -> None:
    found = replace(untrained(*DENSE).projection(2), shares=np.array([0.31, 0.3]))
    back = found.aligned(found.axes[::-1] * [[-1], [1]])
    assert back.order.tolist() == [2, 1] and back.shares.tolist() == [0.3, 0.31]
    np.testing.assert_array_equal(back.places, found.places[:, ::-1] * [-1, 1])
    clear = replace(found, shares=np.array([0.5, 0.3]))  # which is the first leaves no doubt
    assert clear.aligned(found.axes[::-1]).order.tolist() == [1, 2]


def test_a_layer_that_answers_all_alike_has_no_components() -> None:
    seen, problem = untrained(*DENSE), untrained(*DENSE).problem
    for value in (0.0, np.nan):
        parameters = np.full_like(seen.snapshot.parameters, value)
        found = Inspection(problem, replace(seen.snapshot, parameters=parameters)).projection(2)
        assert not found.places.any() and np.isnan(found.shares).all()
