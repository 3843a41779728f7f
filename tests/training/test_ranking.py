"""Orders of samples: by certainty, loss, and what a neuron makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.layers import Conv2D, Dense, Flatten, LayerSpec
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.inspection import Inspection
from nnviz.training.ranking import certainties, excitations, losses
from nnviz.training.trainer import Trainer

PICTURES = Conv2D(3, (3, 3), activation="tanh"), Flatten(), Dense(10, "softmax")


def trained(sample: str, loss: str, *layers: LayerSpec) -> tuple[Inspection, float]:
    """Return a moment of a short run, and the loss recorded of its test samples."""
    asked = Experiment(
        DataChoice(sample, test_fraction=0.3),
        NetworkChoice(layers),
        TrainingChoice(loss, learning_rate=0.2, epochs=2),
    )
    trainer = Trainer(asked)
    *_, record = (record for record in trainer.steps() if record is not None)
    assert record.test_loss is not None
    return Inspection(trainer.problem, trainer.snapshot()), record.test_loss


@pytest.mark.parametrize(
    ("sample", "loss", "layers"),
    [
        ("digits", "categorical_crossentropy", PICTURES),
        ("iris", "mean_squared_error", (Dense(3, "softmax"),)),
        ("moons", "binary_crossentropy", (Dense(1, "sigmoid"),)),
    ],
)
def test_losses_of_samples_have_the_recorded_mean(
    sample: str, loss: str, layers: tuple[LayerSpec, ...]
) -> None:
    moment, recorded = trained(sample, loss, *layers)
    outputs = moment.outputs("test")
    assert outputs is not None
    found = losses(moment, outputs, "test")
    assert found.shape == outputs.index.shape
    assert found.mean() == pytest.approx(recorded, rel=1e-5)


def test_certain_is_who_answers_far_from_any_other_class() -> None:
    moment, _ = trained("moons", "binary_crossentropy", Dense(1, "sigmoid"))
    outputs = moment.outputs("train")
    assert outputs is not None
    far = np.abs(outputs.values[:, 0] - 0.5)
    np.testing.assert_allclose(certainties(moment, outputs), 2 * far)
    moment, _ = trained("digits", "categorical_crossentropy", *PICTURES)
    outputs = moment.outputs("train")
    assert outputs is not None
    ordered = np.sort(outputs.values, axis=1)
    np.testing.assert_allclose(certainties(moment, outputs), ordered[:, -1] - ordered[:, -2])


def test_a_map_is_excited_by_its_largest_value_a_neuron_by_its_own() -> None:
    moment, _ = trained("digits", "categorical_crossentropy", *PICTURES)
    outputs, inputs = moment.outputs("test"), moment.problem.dataset.inputs
    assert outputs is not None
    traces = moment.trace(inputs[outputs.index])
    for layer, unit, wanted in (
        (0, 2 * 36 + 7, traces[0].maps[:, 2].max(axis=(1, 2))),
        (2, 4, traces[2].a[:, 4]),
        (-1, 20, moment.problem.encode_inputs(inputs[outputs.index])[:, 20]),
    ):
        np.testing.assert_allclose(excitations(moment, outputs.index, (layer, unit)), wanted)
