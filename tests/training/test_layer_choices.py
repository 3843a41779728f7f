"""Layers that come and go bring what they need and leave nothing behind."""

from __future__ import annotations

import itertools

import pytest

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
from nnviz.errors import InvalidChoiceError
from nnviz.training import choices, layer_choices
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import FIRST_BEHIND_PICTURES, FIRST_CONVOLUTION, addable

PICTURES = ("digits", "letters-abc")


def opened(sample: str) -> Experiment:
    """Return a sample with nothing but an output layer."""
    experiment = choices.with_sample(Experiment(), sample)
    return experiment.change("network", layers=experiment.network.layers[-1:])


def kinds(experiment: Experiment) -> list[str]:
    return [layer.kind for layer in experiment.network.layers]


def grown(sample: str, *added: str) -> Experiment:
    experiment = opened(sample)
    for kind in added:
        experiment = layer_choices.with_layer_added(experiment, kind)
    return experiment


def test_first_convolution_brings_its_flatten() -> None:
    layers = grown("digits", "conv2d").network.layers
    assert layers[:-1] == (FIRST_CONVOLUTION, Flatten())


def test_layers_of_pictures_come_before_those_of_numbers() -> None:
    experiment = grown("digits", "dense", "conv2d", "max_pool2d", "conv2d", "dense")
    assert kinds(experiment) == [
        *("conv2d", "max_pool2d", "conv2d", "flatten"),
        *("dense", "dense", "dense"),
    ]


def test_global_average_takes_the_place_of_flatten_and_back() -> None:
    averaged = layer_choices.with_layer_added(grown("digits", "conv2d"), "global_average_pool2d")
    assert kinds(averaged) == ["conv2d", "global_average_pool2d", "dense"]
    assert kinds(layer_choices.with_layer_added(averaged, "flatten")) == [
        "conv2d",
        "flatten",
        "dense",
    ]
    with pytest.raises(InvalidChoiceError, match="There is a Flatten already"):
        layer_choices.with_layer_added(grown("digits", "conv2d"), "flatten")


def test_norm_stands_behind_weights_and_dropout_before_the_output() -> None:
    experiment = grown("digits", "conv2d", "batch_norm", "dropout")
    assert kinds(experiment) == ["conv2d", "batch_norm", "flatten", "dropout", "dense"]


def test_hidden_layer_behind_pictures_is_wide_enough_for_them() -> None:
    layers = grown("digits", "conv2d", "dense").network.layers
    assert layers[2] == FIRST_BEHIND_PICTURES


@pytest.mark.parametrize("sample", [*PICTURES, "xor", "iris"])
def test_whatever_is_added_or_removed_can_be_trained_or_says_why(sample: str) -> None:
    offered = addable(sample in PICTURES)
    assert set(offered) == set(LAYERS) if sample in PICTURES else len(offered) == 3
    for added in itertools.product(offered, repeat=2):
        experiment = opened(sample)
        for kind in added:
            make = choices.offers(experiment, [kind], layer_choices.with_layer_added)
            if make[kind] is None:
                experiment = layer_choices.with_layer_added(experiment, kind)
        assert choices.refusal_of(experiment) is None, added
        for place, layer in enumerate(experiment.network.layers[:-1]):
            if not isinstance(layer, Flatten):
                left = layer_choices.with_hidden_layer_removed(experiment, place)
                assert choices.refusal_of(left) is None, (added, place)


def test_last_layer_of_pictures_takes_flatten_along() -> None:
    experiment = grown("digits", "conv2d", "max_pool2d")
    without_pool = layer_choices.with_hidden_layer_removed(experiment, 1)
    assert kinds(without_pool) == ["conv2d", "flatten", "dense"]
    assert kinds(layer_choices.with_hidden_layer_removed(without_pool, 0)) == ["dense"]


def test_without_flatten_the_refusal_names_the_layer_and_both_shapes() -> None:
    bare = layer_choices.with_hidden_layer_removed(grown("digits", "conv2d"), 1)
    refusal = choices.refusal_of(bare)
    assert refusal is not None
    assert refusal.field == "network.layers.1"
    assert all(text in str(refusal) for text in ("Dense", "10", "8×8×8", "Flatten"))


def test_layers_move_within_the_hidden_ones() -> None:
    experiment = grown("digits", "conv2d", "max_pool2d")
    assert kinds(layer_choices.with_layer_moved(experiment, 1, -1))[:2] == ["max_pool2d", "conv2d"]
    assert layer_choices.with_layer_moved(experiment, 0, -1).network == experiment.network
    assert kinds(layer_choices.with_layer_moved(experiment, 2, 5))[-1] == "dense"


@pytest.mark.parametrize(
    "hidden",
    [
        (FIRST_CONVOLUTION, MaxPool2D(), Flatten(), Dense(8, "relu")),
        (Conv2D(4, (5, 5)), GlobalAveragePool2D()),
        (AveragePool2D(), AveragePool2D(), AveragePool2D(), Flatten()),
        (Dropout(0.1), Dense(8, "tanh"), BatchNorm()),
    ],
)
@pytest.mark.parametrize("start", PICTURES)
@pytest.mark.parametrize("target", ["digits", "letters-abc", "xor", "houses"])
def test_another_sample_keeps_what_fits(hidden, start: str, target: str) -> None:
    experiment = opened(start)
    output = experiment.network.layers[-1]
    moved = choices.with_sample(experiment.change("network", layers=(*hidden, output)), target)
    assert choices.refusal_of(moved) is None
    needs_pictures = any(layer.for_pictures for layer in moved.network.layers)
    assert not needs_pictures or target in PICTURES
    kept = [layer for layer in hidden if not layer.for_pictures]
    assert [layer for layer in moved.network.layers[:-1] if not layer.for_pictures] == kept


def test_another_sample_forgets_what_it_has_no_use_for() -> None:
    experiment = grown("digits").change("training", class_weights="balanced")
    experiment = choices.with_stop_when(experiment, "validation_loss_rises")
    moved = choices.with_sample(experiment, "xor")
    assert moved.training.stop_when == "never"
    assert choices.refusal_of(moved) is None
    assert choices.with_sample(experiment, "houses").training.class_weights == "none"
