"""Which engine trains, and that it makes no other difference than roundings."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.kernel.library import library
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.training import engines
from nnviz.training.engines import COMPILED, NUMPY, engine_name
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import PRESETS
from nnviz.training.trainer import Trainer, overflow_is_checked

pytestmark = pytest.mark.skipif(library() is None, reason="the compiled engine is not built here")

PICTURES = Experiment(
    DataChoice("digits", rows=150, test_fraction=0.2),
    NetworkChoice(
        (
            Conv2D(5, 3, padding="same", activation="relu"),
            BatchNorm(),
            MaxPool2D(2),
            Flatten(),
            Dropout(0.3),
            Dense(10, "softmax"),
        ),
        dtype="float32",
    ),
    TrainingChoice("categorical_crossentropy", "adam", learning_rate=0.01, batch_size=32, epochs=9),
)
HOUSES = PRESETS["house-prices"].experiment.change("training", batch_size=9, epochs=40)
SPIRAL = PRESETS["two-gaussians"].experiment.change("training", epochs=300)


def by_numpy(experiment: Experiment) -> Experiment:
    return experiment.change("training", engine="numpy")


def advanced(experiment: Experiment, *updates: int) -> Trainer:
    trainer = Trainer(experiment)
    with overflow_is_checked():
        for count in updates:
            trainer.advance(count)
    return trainer


def test_the_experiment_and_what_is_installed_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_name(HOUSES) == Trainer(HOUSES).engine == COMPILED
    assert engine_name(by_numpy(HOUSES)) == Trainer(by_numpy(HOUSES)).engine == NUMPY
    monkeypatch.setattr(engines, "library", lambda: None)
    assert engine_name(HOUSES) == Trainer(HOUSES).engine == NUMPY


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_is_trained_by_the_compiled_engine(key: str) -> None:
    assert engine_name(PRESETS[key].experiment) == COMPILED


@pytest.mark.parametrize("experiment", [HOUSES, SPIRAL], ids=["houses", "gaussians"])
def test_whole_runs_agree_to_rounding(experiment: Experiment) -> None:
    trainers = [advanced(each, 10_000) for each in (experiment, by_numpy(experiment))]
    one, other = (trainer.network.parameters for trainer in trainers)
    assert trainers[0].epoch == trainers[1].epoch == experiment.training.epochs
    np.testing.assert_allclose(one, other, atol=1e-9)
    told = [np.array(trainer.evaluate().row()) for trainer in trainers]
    np.testing.assert_allclose(told[0], told[1], rtol=1e-8)


def test_a_run_with_chance_in_it_agrees_as_far_as_float32_can() -> None:
    one, other = (advanced(each, 1) for each in (PICTURES, by_numpy(PICTURES)))
    np.testing.assert_allclose(one.network.parameters, other.network.parameters, atol=1e-5)
    assert one.network.silenced() == other.network.silenced() != b""
    assert one.batch_metric == other.batch_metric
    one.advance(20)
    other.advance(20)
    assert one.network.silenced() == other.network.silenced()
    assert [g.bit_generator.state for g in one.network.generators] == [
        g.bit_generator.state for g in other.network.generators
    ]


@pytest.mark.parametrize("experiment", [PICTURES, HOUSES, SPIRAL], ids=["pictures", "rows", "full"])
@pytest.mark.parametrize("asked", [lambda e: e, by_numpy], ids=["compiled", "numpy"])
def test_numbers_do_not_depend_on_how_updates_are_shared_out(experiment, asked) -> None:
    whole = advanced(asked(experiment), 28)
    for shares in ((4,) * 7, (1,) * 28, (27, 1)):
        parts = advanced(asked(experiment), *shares)
        assert parts.network.parameters.tobytes() == whole.network.parameters.tobytes()
        assert parts.network.gradients.tobytes() == whole.network.gradients.tobytes()


def test_a_run_goes_on_where_another_engine_left_it() -> None:
    began = advanced(by_numpy(HOUSES), 50)
    trainer = Trainer(HOUSES)
    trainer.resume(began.checkpoint())
    with overflow_is_checked():
        trainer.advance(began.updates_until(3))
        began.advance(trainer.updates - began.updates)
    assert trainer.updates == began.updates
    np.testing.assert_allclose(trainer.network.parameters, began.network.parameters, atol=1e-10)


def test_frozen_weights_stay_to_the_last_bit() -> None:
    frozen = HOUSES.change("network", frozen=((0, 1, None),))
    trainer = Trainer(frozen)
    before = trainer.network.layers[0].matrix.copy()
    with overflow_is_checked():
        trainer.advance(100)
    after = trainer.network.layers[0].matrix
    assert trainer.engine == COMPILED
    assert after[1].tobytes() == before[1].tobytes()
    assert not np.array_equal(after[0], before[0])
