"""Whatever is decided, what comes out can be trained, or is refused in a sentence."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.letters import GRIDS
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import InvalidChoiceError, UnknownNameError
from nnviz.training import choices, layer_choices
from nnviz.training.completion import complete
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.trainer import Trainer
from nnviz.training.validation import refusals

PERCEPTRON = choices.with_loss(choices.with_sample(Experiment(), "two-gaussians"), "perceptron")


def on(sample: str) -> Experiment:
    return choices.with_sample(Experiment(preset="xor-2-4-1"), sample)


def output_of(experiment: Experiment) -> tuple[int, str, str]:
    output = experiment.network.layers[-1]
    return output.units, output.activation, experiment.training.loss


def problems(experiment: Experiment) -> list[str]:
    return [str(error) for error in refusals(experiment, dataset_of(experiment.data))]


# ------------------------------------------------------------------------------ every combination


@pytest.mark.parametrize("sample", [key for key in CATALOG if not CATALOG[key].test_rows])
def test_every_loss_and_output_is_trainable_or_refused_in_a_sentence(sample: str) -> None:
    trained = 0
    for loss, activation in itertools.product(LOSSES, ACTIVATIONS):
        candidate = choices.with_loss(on(sample), loss)
        candidate = choices.with_output_activation(candidate, activation)
        refusal = choices.refusal_of(candidate)
        if refusal is not None:
            assert str(refusal).endswith("."), (loss, activation)
            assert refusal.field.split(".")[0] in {"network", "training"}
            continue
        losses = [record.train_loss for record in Trainer(one_epoch(candidate)).steps() if record]
        assert len(losses) == 2
        assert all(map(math.isfinite, losses)), (loss, activation)
        trained += 1
    assert trained >= len(LOSSES)


def one_epoch(experiment: Experiment) -> Experiment:
    # Small batches of 1,797 pictures, and outputs without bounds, want a modest rate.
    return experiment.change("training", epochs=1, learning_rate=0.01)


@pytest.mark.parametrize("sample", CATALOG)
def test_a_sample_brings_what_its_entry_proposes(sample: str) -> None:
    spec, experiment = CATALOG[sample], on(sample)
    assert problems(experiment) == []
    assert experiment.data.noise == spec.default_noise
    assert experiment.data.test_fraction == spec.test_fraction
    assert experiment.data.standardize_inputs == spec.standardize
    assert experiment.data.standardize_target == (spec.standardize and spec.task == "regression")
    assert experiment.data.rows is None
    assert experiment.preset == ""
    assert dataset_of(experiment.data).rows >= 2


@pytest.mark.parametrize("seed", range(8))
def test_no_walk_through_the_choices_ends_where_the_data_cannot_be_changed(seed: int) -> None:
    """New data never leads to a refusal, wherever the person stands."""
    draw = random.Random(seed)
    here = Experiment()
    for _ in range(40):
        candidate = random_step(here, draw)
        if choices.refusal_of(candidate) is None:
            here = candidate
        sample = draw.choice(list(CATALOG))
        assert problems(choices.with_sample(here, sample)) == []
        for changed in (
            choices.with_data(here, standardize_target=not here.data.standardize_target),
            choices.with_data(here, noise=draw.uniform(0, 50), seed=draw.randrange(100)),
            choices.with_data(here, rows=draw.randrange(10, 60)),
            choices.with_classes(here, draw.randrange(2, 10)),
        ):
            assert problems(changed) == []


def random_step(here: Experiment, draw: random.Random) -> Experiment:
    last = len(here.network.layers) - 1
    steps = (
        lambda: choices.with_sample(here, draw.choice(list(CATALOG))),
        lambda: choices.with_loss(here, draw.choice(list(LOSSES))),
        lambda: choices.with_output_activation(here, draw.choice(list(ACTIVATIONS))),
        lambda: choices.with_activation(here, draw.randint(0, last), draw.choice(["tanh", "relu"])),
        lambda: layer_choices.with_layer_added(here, "dense"),
        lambda: layer_choices.with_layer(here, draw.randint(0, last), units=draw.randint(1, 9)),
        lambda: layer_choices.with_hidden_layer_removed(here, 0) if last else here,
        lambda: here.change("training", batch_size=draw.choice([None, 1, 10, 400])),
    )
    return draw.choice(steps)()


# ------------------------------------------------------------------------------------------- data


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("houses", (1, "linear", "mean_squared_error")),
        ("circle", (1, "sigmoid", "binary_crossentropy")),
        ("iris", (3, "softmax", "categorical_crossentropy")),
        ("digits", (10, "softmax", "categorical_crossentropy")),
    ],
)
def test_a_sample_brings_the_output_of_its_task(
    sample: str, expected: tuple[int, str, str]
) -> None:
    assert output_of(on(sample)) == expected


def test_a_sample_leaves_hidden_layers_and_training_as_they_are() -> None:
    hidden = (Dense(7, "relu"), Dense(3, "elu", use_bias=False))
    before = Experiment().change("network", layers=(*hidden, Dense(1, "sigmoid")))
    before = before.change("training", optimizer="adam", learning_rate=0.02, epochs=77, l2=0.1)
    after = choices.with_sample(before, "iris")
    assert after.network.layers[:-1] == hidden
    for name in ("optimizer", "learning_rate", "epochs", "l2"):
        assert getattr(after.training, name) == getattr(before.training, name)


def test_an_unknown_sample_is_refused_with_what_comes_near() -> None:
    with pytest.raises(UnknownNameError) as caught:
        choices.with_sample(Experiment(), "spiraal")
    assert "spiral" in caught.value.values["near"]


def test_a_batch_larger_than_the_sample_becomes_the_full_batch() -> None:
    small = on("circle").change("training", batch_size=32)
    assert choices.with_sample(small, "moons").training.batch_size == 32
    assert choices.with_sample(small, "xor").training.batch_size is None
    assert choices.with_data(small, rows=20).training.batch_size is None


def test_a_loss_to_stop_at_is_forgotten_when_the_task_changes() -> None:
    start = choices.with_stop_when(on("circle"), "train_loss")
    assert start.training.stop_value > 0
    assert choices.with_sample(start, "moons").training.stop_when == "train_loss"
    assert choices.with_sample(start, "houses").training.stop_when == "never"


def test_usual_outputs_follow_the_number_of_classes() -> None:
    blobs = on("blobs")
    assert output_of(choices.with_classes(blobs, 5)) == (5, "softmax", "categorical_crossentropy")
    two = choices.with_classes(blobs, 2)
    assert output_of(two) == (1, "sigmoid", "binary_crossentropy")
    assert output_of(choices.with_classes(two, 4)) == (4, "softmax", "categorical_crossentropy")


def test_outputs_of_the_persons_own_only_change_in_number() -> None:
    own = choices.with_output_activation(on("blobs"), "sigmoid")
    assert output_of(own) == (3, "sigmoid", "binary_crossentropy")
    assert output_of(choices.with_classes(own, 6)) == (6, "sigmoid", "binary_crossentropy")


def test_an_output_that_cannot_reach_the_new_target_becomes_linear() -> None:
    raw = choices.with_data(on("houses"), standardize_target=False)
    positive = choices.with_output_activation(raw, "relu")
    assert problems(positive) == []
    assert output_of(choices.with_data(positive, standardize_target=True))[1] == "linear"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"noise": 51.0}, "data.noise"),
        ({"noise": math.nan}, "data.noise"),
        ({"rows": 1}, "data.rows"),
        ({"classes": 11}, "data.classes"),
    ],
)
def test_data_that_cannot_be_made_is_refused(values: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidChoiceError) as caught:
        choices.with_data(on("blobs"), **values)
    assert caught.value.field == field


def test_a_plane_needs_an_input() -> None:
    chosen = choices.with_features(on("circle"), ["x2", "y2"])
    assert chosen.data.features == ("x2", "y2")
    with pytest.raises(InvalidChoiceError) as caught:
        choices.with_features(chosen, [])
    assert caught.value.field == "data.features"


# ---------------------------------------------------------------------------- network and training


def test_the_perceptron_has_no_hidden_layer_and_can_be_left_again() -> None:
    assert output_of(PERCEPTRON) == (1, "sign", "perceptron")
    assert len(PERCEPTRON.network.layers) == 1
    assert problems(PERCEPTRON) == []
    assert output_of(choices.with_loss(PERCEPTRON, "mean_squared_error"))[1] == "sigmoid"
    assert output_of(choices.with_output_activation(PERCEPTRON, "tanh"))[2] == "mean_squared_error"


def test_the_perceptron_refuses_a_hidden_layer() -> None:
    refusal = choices.refusal_of(layer_choices.with_layer_added(PERCEPTRON, "dense"))
    assert refusal is not None
    assert "single layer" in str(refusal)


def test_choosing_a_sign_output_chooses_the_perceptron() -> None:
    assert choices.with_output_activation(on("two-gaussians"), "sign") == PERCEPTRON


def test_hidden_layers_come_and_go_before_the_output() -> None:
    flat = layer_choices.with_hidden_layer_removed(Experiment(), 0)
    assert [layer.units for layer in flat.network.layers] == [1]
    first = layer_choices.with_layer_added(flat, "dense")
    assert first.network.layers[:-1] == (layer_choices.FIRST_HIDDEN,)
    wide = layer_choices.with_layer(first, 0, units=6)
    twice = layer_choices.with_layer_added(wide, "dense")
    assert [layer.units for layer in twice.network.layers] == [6, 6, 1]
    with pytest.raises(IndexError):
        layer_choices.with_hidden_layer_removed(flat, 0)


def test_biases_go_in_all_layers_and_stay_away_in_new_ones() -> None:
    flat = layer_choices.with_hidden_layer_removed(layer_choices.with_bias(Experiment(), False), 0)
    layers = layer_choices.with_layer_added(flat, "dense").network.layers
    assert [layer.use_bias for layer in layers] == [False, False]


def test_a_new_entry_of_a_table_forgets_the_numbers_of_the_old() -> None:
    start = choices.with_setting(Experiment(), "training.optimizer", "adam")
    start = start.change("training", optimizer_values={"beta_1": 0.5})
    assert (
        choices.with_setting(start, "training.optimizer", "rmsprop").training.optimizer_values == {}
    )
    for name in OPTIMIZERS:
        assert problems(choices.with_setting(start, "training.optimizer", name)) == []
    for name in SCHEDULES:
        assert problems(choices.with_setting(start, "training.schedule", name)) == []


@pytest.mark.parametrize("rule", ["train_loss", "train_metric"])
def test_an_early_end_starts_at_a_value_that_can_be_reached(rule: str) -> None:
    value = choices.with_stop_when(Experiment(), rule).training.stop_value  # type: ignore[arg-type]
    assert 0 < value < 1


# ----------------------------------------------------------------------------------------- offers


def test_offers_say_why_a_loss_cannot_be_chosen_at_the_field_of_the_loss() -> None:
    offered = choices.offers(on("houses"), LOSSES, choices.with_loss, "training.loss")
    assert [name for name, refusal in offered.items() if refusal is None] == [
        "mean_squared_error",
        "half_mean_squared_error",
        "mean_absolute_error",
    ]
    for refusal in offered.values():
        assert refusal is None or refusal.field == "training.loss"


def test_offers_do_not_offer_what_the_data_refuse() -> None:
    def make(experiment: Experiment, rows: str) -> Experiment:
        return choices.with_data(experiment, rows=int(rows))

    offered = choices.offers(on("circle"), ["1", "100"], make)
    assert offered["100"] is None
    assert offered["1"] is not None
    assert offered["1"].field == "data.rows"


def test_the_three_kinds_of_cross_entropy_output_on_two_classes() -> None:
    two = on("circle")
    assert output_of(choices.with_loss(two, "categorical_crossentropy"))[:2] == (2, "softmax")
    assert output_of(choices.with_output_activation(two, "softmax"))[2] == (
        "categorical_crossentropy"
    )


def test_a_sign_output_on_numbers_is_not_sent_to_a_loss_for_classes() -> None:
    refusal = choices.refusal_of(choices.with_output_activation(on("multi-gaussian"), "sign"))
    assert refusal is not None
    assert "perceptron" not in str(refusal)


def test_reasons_hold_nobody_who_asked() -> None:
    """The frames of an error hold the window's widgets, which then go at a bad moment."""
    unmade = choices.offers(Experiment(), ("none",), lambda e, _: choices.with_features(e, ()))
    refused = choices.offers(Experiment(), LOSSES, choices.with_loss)
    reasons = [error for error in (*unmade.values(), *refused.values()) if error]
    assert len(reasons) > 1 and all(error.__traceback__ is None for error in reasons)


@pytest.mark.parametrize("grid", GRIDS)
def test_letters_are_opened_with_a_network_that_learns_them(grid) -> None:
    start = choices.starting_point("letters").change("data", grid=grid)
    assert complete(start.change("training", epochs=100)).final.train_metric >= 0.95
    iris = choices.starting_point("iris")
    assert choices.opened_from(start, "iris") == iris, "its layers are its own"
    own = choices.with_layer(start, 0, units=7)
    assert choices.opened_from(own, "iris").network.layers[0].units == 7
