"""Runs are told apart by every setting there is, and by no other."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from nnviz.engine.layers import (
    LAYERS,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
)
from nnviz.training import choices, layer_choices
from nnviz.training.comparison import comparable_loss, comparable_metric, differences, varying
from nnviz.training.edits import AddUnit, DeletePoint, SetTraining, SetWeight
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import PRESETS
from nnviz.training.setting import number
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS

XOR = PRESETS["xor-2-4-1"].experiment

# Everything there is to choose has an effect here: generated, noisy classes, held-out samples, and
# entries that have numbers.
FULL = Experiment(
    DataChoice("blobs", rows=90, noise=10, test_fraction=0.2),
    NetworkChoice(
        (Dense(4, "tanh"), Dense(3, "softmax")),
        "random_normal",
        {"deviation": 0.5},
        "random_uniform",
        {"limit": 0.1},
    ),
    TrainingChoice(
        "categorical_crossentropy",
        "momentum",
        {"momentum": 0.8},
        0.03,
        "step",
        {"drop": 0.5, "every": 10},
        batch_size=32,
        stop_when="train_loss",
        stop_value=0.1,
    ),
)

OTHERS: dict[str, tuple[Any, str]] = {
    "data.sample": ("moons", "data Blobs → Moons"),
    "data.rows": (1200, "rows 90 → 1,200"),
    "data.noise": (25, "added noise 10 % → 25 %"),
    "data.classes": (4, "classes 3 → 4"),
    "data.grid": ("10x6", "grid 7 × 5 → 10 × 6"),
    "data.features": (("x", "y", "x2"), "inputs x, y → x, y, x²"),
    "data.test_fraction": (0.07, "test share 20 % → 7 %"),
    "data.validation_fraction": (0.1, "validation share 0 % → 10 %"),
    "data.standardize_inputs": (True, "standardised inputs no → yes"),
    "data.standardize_target": (True, "standardised target no → yes"),
    "data.points": ((DeletePoint(3),), "points changed 0 → 1"),
    "data.seed": (42, "data seed 0 → 42"),
    "network.layers": ((Dense(8, "tanh"), Dense(3, "softmax")), "hidden units 4 → 8"),
    "network.initializer": ("random_uniform", "first weights Normal → Uniform"),
    "network.initializer_values": ({"deviation": 0.25}, "first weights: Deviation σ 0.5 → 0.25"),
    "network.bias_initializer": ("random_normal", "first biases Uniform → Normal"),
    "network.bias_values": ({"limit": 0.2}, "first biases: Limit 0.1 → 0.2"),
    "network.frozen": (((0, None, None),), "parts frozen 0 → 1"),
    "network.dtype": ("float32", "precision 64 bit → 32 bit"),
    "training.loss": ("mean_squared_error", "loss Cross-entropy → Mean squared error"),
    "training.optimizer": ("nesterov", "optimiser Momentum → Nesterov"),
    "training.optimizer_values": ({"momentum": 0.5}, "Momentum β 0.8 → 0.5"),
    "training.learning_rate": (0.3, "rate 0.03 → 0.3"),
    "training.schedule": ("exponential", "schedule Step → Exponential"),
    "training.schedule_values": ({"drop": 0.5, "every": 20}, "schedule: Every (epochs) 10 → 20"),
    "training.batch_size": (None, "batch 32 → all"),
    "training.reduction": ("sum", "gradient mean → sum"),
    "training.shuffle": (False, "shuffled yes → no"),
    "training.l1": (0.001, "L1 0 → 0.001"),
    "training.l2": (1e-5, "L2 0 → 1e−5"),
    "training.epochs": (2000, "epochs 1,000 → 2,000"),
    "training.stop_when": ("train_metric", "stop early training loss → training metric"),
    "training.stop_value": (0.01, "stop at 0.1 → 0.01"),
    "training.clip_norm": (1.0, "gradient length limit none → 1"),
    "training.clip_value": (0.5, "gradient value limit none → 0.5"),
    "training.class_weights": ("balanced", "class weights none → balanced"),
    "training.engine": ("numpy", "engine fastest → NumPy"),
    "training.seed": (1, "seed 0 → 1"),
}
"""Another value of every field, and how the difference from `FULL` is told."""


MADE_BY_HAND = {"data.file", "data.points", "network.frozen"}
"""What no form sets."""


def fields() -> set[str]:
    parts = {"data": DataChoice, "network": NetworkChoice, "training": TrainingChoice}
    return {f"{part}.{f.name}" for part, kind in parts.items() for f in dataclasses.fields(kind)}


def told(a: Experiment, b: Experiment) -> list[str]:
    return [f"{d.title} {d.texts[0]} → {d.texts[1]}" for d in differences(a, b)]


def changed(experiment: Experiment, setting: str, value: Any) -> Experiment:
    part, name = setting.split(".")
    return experiment.change(part, **{name: value})


def with_layers(*layers: LayerSpec) -> Experiment:
    return XOR.change("network", layers=layers)


# ------------------------------------------------------------------------------- nothing forgotten


def test_every_field_of_an_experiment_has_a_title() -> None:
    numbers = {setting.numbers for setting in SETTINGS.values() if setting.numbers}
    assert {*SETTINGS} | numbers == fields() - MADE_BY_HAND
    assert set(OTHERS) == fields() - {"data.file", "data.split"}  # test_own has them


def test_edits_are_counted_besides_what_they_have_come_to() -> None:
    edits = (SetTraining("l1", 0.1, epoch=3), AddUnit(0, epoch=1200))
    other = dataclasses.replace(XOR, edits=edits)
    assert told(XOR, other) == ["hidden units 4 → 5", "L1 0 → 0.1", "edits 0 → 2"]
    assert told(other, dataclasses.replace(XOR, edits=edits[:1]))
    weight, bias = SetWeight(0, 1, 0, 1.25), SetWeight(1, 0, None, -2.0)
    named = {(weight,): "w⁽¹⁾₂,₁ = 1.25", (bias,): "b⁽²⁾₁ = −2", (weight, bias): "2"}
    for edits, name in named.items():
        assert told(XOR, dataclasses.replace(XOR, edits=edits)) == [f"edits 0 → {name}"]
    assert not differences(other, other)


@pytest.mark.parametrize("setting", OTHERS)
def test_a_change_of_any_field_is_noticed_and_told(setting: str) -> None:
    value, text = OTHERS[setting]
    # Only letters have a grid.
    full = changed(FULL, "data.sample", "letters") if setting == "data.grid" else FULL
    other = changed(full, setting, value)
    # The numbers of another entry come along with it.
    assert text in told(full, other)
    assert differences(full, other)[0].setting.startswith(setting)


@pytest.mark.parametrize("setting", OTHERS)
def test_nothing_differs_from_itself(setting: str) -> None:
    there = changed(FULL, setting, OTHERS[setting][0])
    assert not differences(there, there)


@pytest.mark.parametrize("spec", LAYERS.values(), ids=list(LAYERS))
def test_every_field_of_a_layer_has_a_title(spec: type[LayerSpec]) -> None:
    assert {field.name for field in dataclasses.fields(spec)} <= set(LAYER_SETTINGS)


def test_a_preset_is_a_name_and_no_setting() -> None:
    assert not differences(XOR, dataclasses.replace(XOR, preset=""))


@pytest.mark.parametrize("one", PRESETS.values(), ids=list(PRESETS))
def test_presets_are_told_apart_both_ways(one: Any) -> None:
    for other in PRESETS.values():
        there = differences(one.experiment, other.experiment)
        back = differences(other.experiment, one.experiment)
        assert {d.setting for d in there} == {d.setting for d in back}
        assert [d.texts for d in there] == [d.texts[::-1] for d in back]
        assert all(str(d.texts[0]) != str(d.texts[1]) for d in there)


# ------------------------------------------------------------------------------- what has no effect


def test_a_default_set_by_hand_is_the_same() -> None:
    momentum = choices.with_setting(XOR, "training.optimizer", "momentum")
    by_hand = momentum.change("training", optimizer_values={"momentum": 0.9})
    assert momentum != by_hand
    assert not differences(momentum, by_hand)


def test_what_stands_for_a_number_is_told_as_that_number() -> None:
    houses = PRESETS["house-prices"].experiment
    assert told(houses, houses.change("data", rows=5)) == ["rows 100 → 5"]
    assert not differences(houses, houses.change("data", rows=100))
    assert told(houses, changed(houses, "data.sample", "sine"))[0].startswith("data ")
    tail = (Flatten(), Dense(1, "sigmoid"))
    pooled = with_layers(MaxPool2D(2), *tail)
    assert not differences(pooled, with_layers(MaxPool2D(2, (2, 2)), *tail))


def test_settings_without_effect_do_not_set_apart() -> None:
    assert not differences(XOR, XOR.change("data", noise=20.0, seed=7, classes=5, rows=50))
    never = XOR.change("training", stop_when="never")
    assert not differences(never, never.change("training", stop_value=0.5))


def test_another_entry_brings_only_the_numbers_that_are_not_as_usual() -> None:
    adam = choices.with_setting(XOR, "training.optimizer", "adam")
    assert told(XOR, adam) == ["optimiser SGD → Adam"]
    quick = adam.change("training", optimizer_values={"beta_1": 0.5})
    assert told(XOR, quick) == ["optimiser SGD → Adam", "β₁ – → 0.5"]


def test_kernels_of_one_number_and_of_two_are_the_same() -> None:
    tail = (Flatten(), Dense(1, "sigmoid"))
    assert not differences(with_layers(Conv2D(4, 3), *tail), with_layers(Conv2D(4, (3, 3)), *tail))


# ---------------------------------------------------------------------------------------- layers


def test_layers_are_told_one_by_one() -> None:
    two = layer_choices.with_layer_added(XOR, "dense")
    assert told(XOR, choices.with_activation(XOR, 0, "relu")) == [
        "hidden activation Sigmoid → ReLU"
    ]
    assert told(two, layer_choices.with_layer(two, 1, units=8)) == ["hidden 2 units 4 → 8"]
    assert told(two, choices.with_activation(two, 0, "tanh")) == [
        "hidden 1 activation Sigmoid → tanh"
    ]


def test_layers_that_come_and_go_are_told_as_a_whole() -> None:
    two = layer_choices.with_layer_added(XOR, "dense")
    assert told(XOR, two) == ["layers 2-4-1 → 2-4-4-1"]
    assert told(two, XOR) == ["layers 2-4-4-1 → 2-4-1"]
    tall = choices.with_activation(layer_choices.with_layer(two, 0, units=6), 1, "tanh")
    assert told(XOR, tall) == [
        "layers 2-4-1 → 2-6-4-1",
        "activations Sigmoid → Sigmoid, tanh, Sigmoid",
    ]


def test_several_sizes_are_told_as_a_whole() -> None:
    two = layer_choices.with_layer_added(XOR, "dense")
    wide = layer_choices.with_layer(layer_choices.with_layer(two, 0, units=8), 1, units=6)
    assert told(two, wide) == ["layers 2-4-4-1 → 2-8-6-1"]


def test_what_is_set_for_all_layers_is_told_once() -> None:
    two = layer_choices.with_layer_added(XOR, "dense")
    tanh = choices.with_activation(choices.with_activation(two, 0, "tanh"), 1, "tanh")
    assert told(two, tanh) == ["hidden activation Sigmoid → tanh"]
    assert told(two, layer_choices.with_bias(two, False)) == ["bias yes → no"]
    assert told(XOR, layer_choices.with_bias(two, False)) == [
        "layers 2-4-1 → 2-4-4-1",
        "bias yes → no",
    ]


def test_layers_of_pictures_are_told_by_their_names() -> None:
    plain = PRESETS["digits-mlp"].experiment
    pictures = PRESETS["digits-cnn"].experiment
    assert (
        "layers 64-32-10 → Conv 8 3×3 same · Max pool 2×2 · Conv 16 3×3 same · Flatten"
        " · Dropout 0.25 · 10"
    ) in told(plain, pictures)


@pytest.mark.parametrize(
    ("place", "values", "text"),
    [
        (0, {"kernel_size": 5}, "Conv kernel 3×3 → 5×5"),
        (0, {"strides": 2}, "Conv strides 1×1 → 2×2"),
        (0, {"padding": "same"}, "Conv padding valid → same"),
        (0, {"filters": 6}, "Conv filters 4 → 6"),
        (1, {"momentum": 0.9}, "Batch norm momentum 0.99 → 0.9"),
        (1, {"epsilon": 0.01}, "Batch norm epsilon 0.001 → 0.01"),
        (2, {"pool_size": 3}, "Max pool size 2×2 → 3×3"),
        (2, {"strides": 1}, "Max pool strides 2×2 → 1×1"),
        (4, {"rate": 0.25}, "Dropout rate 0.5 → 0.25"),
        (5, {"units": 2}, "output units 1 → 2"),
        (5, {"use_bias": False}, "output bias yes → no"),
    ],
)
def test_every_setting_of_a_layer_is_told(place: int, values: dict[str, Any], text: str) -> None:
    layers: tuple[LayerSpec, ...] = (
        Conv2D(4), BatchNorm(), MaxPool2D(), GlobalAveragePool2D(), Dropout(), Dense(1, "sigmoid"),
    )  # fmt: skip
    other = [*layers]
    other[place] = dataclasses.replace(layers[place], **values)
    assert told(with_layers(*layers), with_layers(*other)) == [text]


# --------------------------------------------------------------------------------- among many runs


def test_settings_that_vary_among_many_are_listed_with_all_values() -> None:
    runs = [XOR.change("training", learning_rate=rate) for rate in (0.1, 0.3, 0.1)]
    runs[2] = layer_choices.with_layer(runs[2], 0, units=8)
    found = varying(runs)
    assert [str(column.title) for column in found] == ["hidden units", "rate"]
    assert [[str(text) for text in column.texts] for column in found] == [
        ["4", "4", "8"],
        ["0.1", "0.3", "0.1"],
    ]
    assert not varying(runs[:1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.03, "0.03"),
        (1.0, "1"),
        (1e-5, "1e−5"),
        (0.12345, "0.1235"),
        (1 / 3, "0.3333"),
        (-2.5, "−2.5"),
        (1e6, "1e6"),
    ],
)
def test_numbers_are_written_shortly(value: float, text: str) -> None:
    assert str(number(value)) == text


def test_numbers_that_differ_never_read_the_same() -> None:
    near = XOR.change("training", learning_rate=0.123456)
    nearer = XOR.change("training", learning_rate=0.123457)
    assert told(near, nearer) == ["rate 0.123456 → 0.123457"]


def test_texts_are_translated_word_by_word() -> None:
    found = differences(XOR, choices.with_activation(XOR, 0, "relu"))[0]
    chinese = {"{layer} {setting}": "{layer}{setting}", "hidden": "隐藏层", "activation": "激活"}
    assert found.title.filled(lambda text: chinese.get(text, text)) == "隐藏层激活"


def test_figures_are_comparable_in_the_same_unit() -> None:
    houses = Experiment(
        DataChoice("houses", standardize_inputs=True, standardize_target=True),
        NetworkChoice((Dense(3, "relu"), Dense(1, "linear"))),
        TrainingChoice("half_mean_squared_error"),
    )
    iris = Experiment(
        DataChoice("iris"),
        NetworkChoice((Dense(3, "softmax"),)),
        TrainingChoice("categorical_crossentropy"),
    )
    other = iris.change("training", learning_rate=0.5).change("data", seed=4)
    assert comparable_loss(iris, other) and comparable_metric(iris, other)
    assert not comparable_loss(iris, houses) and not comparable_metric(iris, houses)
    whole = houses.change("training", loss="mean_squared_error")
    assert comparable_metric(houses, whole) and not comparable_loss(houses, whole)
    assert comparable_loss(houses, houses.change("data", standardize_target=False))
    sine = houses.change("data", sample="sine")
    assert comparable_metric(houses, sine) and not comparable_loss(houses, sine)
    assert comparable_loss(iris, iris.change("data", sample="digits"))
    tanh = Experiment(network=NetworkChoice((Dense(1, "tanh"),)))
    assert not comparable_loss(tanh, Experiment(network=NetworkChoice((Dense(1, "sigmoid"),))))
