"""Backward, number by number: what is told of a gradient and of a step is what training does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.backward import BIAS, Backward, place_of
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer, overflow_is_checked

HOUSES = Experiment(
    DataChoice("houses", test_fraction=0.25, standardize_inputs=True, standardize_target=True),
    NetworkChoice((Dense(4, "tanh"), Dense(3, "softplus"), Dense(1, "linear"))),
    TrainingChoice(learning_rate=0.05, batch_size=20, epochs=12, seed=3),
)
IRIS = Experiment(
    DataChoice("iris"),
    NetworkChoice((Dense(5, "tanh"), Dense(3, "softmax"))),
    TrainingChoice("categorical_crossentropy", batch_size=32, class_weights="balanced"),
)
PICTURES = Experiment(
    DataChoice("digits", rows=40),
    NetworkChoice(
        (
            Conv2D(2, (3, 3), (2, 1), "same", activation="tanh"),
            BatchNorm(),
            Flatten(),
            Dropout(0.25),
            Dense(10, "softmax"),
        )
    ),
    TrainingChoice("categorical_crossentropy", "adam", learning_rate=0.01, batch_size=16),
)


def trained(experiment: Experiment, **training: object) -> Experiment:
    return experiment.change("training", **training)


EXPERIMENTS = {
    **{f"optimizer-{name}": trained(HOUSES, optimizer=name) for name in OPTIMIZERS},
    **{f"schedule-{name}": trained(HOUSES, schedule=name) for name in SCHEDULES},
    "full-batch": trained(HOUSES, batch_size=None, optimizer="momentum"),
    "in-order": trained(HOUSES, shuffle=False, reduction="sum"),
    "penalised": trained(HOUSES, optimizer="adamw", l1=0.01, l2=0.02),
    "clipped": trained(HOUSES, l2=0.01, clip_norm=0.05),
    "clipped-values": trained(HOUSES, clip_value=0.01),
    "classes": IRIS,
    "not fused": trained(IRIS, loss="mean_squared_error"),
    "pictures": PICTURES,
    "float32": PICTURES.change("network", dtype="float32"),
}


def places(experiment: Experiment) -> Iterator[tuple[int, int, int]]:
    """Yield a weight and a bias of every layer that has any: layer, neuron and input."""
    for layer, spec in enumerate(experiment.network.layers):
        if isinstance(spec, Dense):
            yield from ((layer, spec.units - 1, source) for source in (1, BIAS))
        elif isinstance(spec, Conv2D):  # a neuron of the second map
            yield from ((layer, 40, source) for source in (5, BIAS))


@pytest.mark.parametrize("updates", [0, 6])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_last_term_is_what_training_makes_of_a_parameter(name: str, updates: int) -> None:
    """At an epoch's end and, of mini-batches, within the third epoch.

    The terms are NumPy's own; the compiled engine agrees with them to rounding.
    """
    experiment, is_double = trained(EXPERIMENTS[name], engine="numpy"), name != "float32"
    trainer, free = Trainer(experiment), trained(experiment, l1=0, l2=0)
    unchanged = Trainer(trained(free, clip_norm=None, clip_value=None))
    with overflow_is_checked():
        trainer.advance(updates or trainer.updates_until(2))
        checkpoint = trainer.checkpoint()
        step = Inspection(trainer.problem, trainer.snapshot()).next_step(checkpoint)
        unchanged.resume(checkpoint)
        unchanged.advance(trainer.updates - checkpoint.state.steps + 1)
        trainer.advance(1)
    tolerance = {"rtol": 1e-12 if is_double else 1e-5, "atol": 1e-14 if is_double else 1e-7}
    for place in places(experiment):
        flat, terms = place_of(trainer.network, *place), step.terms(*place)
        assert terms[-1].symbol == "θ"
        np.testing.assert_allclose(terms[-1].value, trainer.network.parameters[flat], **tolerance)
        if name not in ("penalised", "clipped", "clipped-values"):
            assert terms[0].value == trainer.network.gradients[flat], "to the last bit"
        elif not updates:
            assert terms[0].value == unchanged.network.gradients[flat]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_gradient_is_the_sum_of_its_products_and_the_slope_of_the_loss(name: str) -> None:
    experiment, is_double = EXPERIMENTS[name], name != "float32"
    trainer = Trainer(experiment)
    trainer.advance(trainer.updates_until(1))
    inspection = Inspection(trainer.problem, trainer.snapshot())
    step = inspection.next_step(trainer.checkpoint())
    for passes, place in itertools.product(
        (inspection.sample_backward(3), step.backward), places(experiment)
    ):
        gradient, (inputs, delta) = passes.gradient(*place), passes.factors(*place)
        assert inputs.shape == delta.shape
        tolerance = {"rtol": 1e-12 if is_double else 1e-4, "atol": 1e-15 if is_double else 1e-6}
        np.testing.assert_allclose((inputs * delta).sum(), gradient, **tolerance)
        told = passes.difference_quotient(*place)
        assert told == pytest.approx(gradient, rel=1e-6 if is_double else 1e-3, abs=1e-8)


@pytest.mark.parametrize("name", ["optimizer-sgd", "classes", "not fused", "pictures"])
def test_delta_is_the_slope_times_what_comes_back(name: str) -> None:
    trainer = Trainer(EXPERIMENTS[name])
    passes = Inspection(trainer.problem, trainer.snapshot()).sample_backward(7)
    for layer, built in enumerate(passes.network.layers):
        upstream, activation = passes.upstream(layer), built.activation
        if upstream is None:
            assert LOSSES[passes.loss.name].fused_gradient == "ŷ − y"
            upstream = built.a - passes.targets
        elif activation.couples_units:
            upstream = built.a * (upstream - (upstream * built.a).sum())
        else:
            upstream *= activation.slope(built.z)
        np.testing.assert_allclose(built.delta, upstream, rtol=1e-12, atol=1e-16)


def test_the_gradient_of_an_input_is_the_slope_of_the_loss() -> None:
    trainer = Trainer(HOUSES)
    passes = Inspection(trainer.problem, trainer.snapshot()).sample_backward(0)
    found, losses = passes.upstream(-1), []
    for step in (1e-6, -1e-6):
        x = passes._x.copy()
        x[1] += step
        network = trainer.problem.blank_network()
        network.parameters[...] = trainer.network.parameters
        losses.append(Backward(trainer.problem, network, x, passes.targets).value)
    assert found[1, 0] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-6)


def test_the_next_batch_has_the_rows_that_training_takes() -> None:
    trainer = Trainer(IRIS)
    step = Inspection(trainer.problem, trainer.snapshot()).next_step(trainer.checkpoint())
    encoded = trainer.problem.encode_inputs(trainer.problem.dataset.inputs[step.rows])
    assert len(set(step.rows.tolist())) == 32
    np.testing.assert_array_equal(step.backward.inputs(0), encoded.T)
    assert step.rows.tolist() != trainer.problem.train.index[:32].tolist(), "they are shuffled"


@pytest.mark.parametrize("loss", [loss for loss in LOSSES.values() if loss.fused_with])
def test_fused_losses_say_their_gradient(loss) -> None:
    assert loss.fused_gradient
