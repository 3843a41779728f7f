"""What panels see of a moment is what the network answers at that moment."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.layers import Dense
from nnviz.engine.network import Network
from nnviz.training.evaluation import ACTIVATION_ROWS, MOVING_ROWS, evaluator_of, quick_rows
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

HOUSES = Experiment(
    DataChoice("houses", test_fraction=0.25, standardize_inputs=True, standardize_target=True),
    NetworkChoice((Dense(4, "tanh"), Dense(3, "relu", use_bias=False), Dense(1, "linear"))),
    TrainingChoice("mean_squared_error", learning_rate=0.05, batch_size=20, epochs=20),
)
BLOBS = Experiment(
    DataChoice("blobs", rows=90, test_fraction=0.3, features=("x2", "y", "xy")),
    NetworkChoice((Dense(4, "tanh"), Dense(3, "softmax"))),
    TrainingChoice("categorical_crossentropy", learning_rate=0.1, epochs=20),
)
SINE = Experiment(
    DataChoice("sine"),
    NetworkChoice((Dense(4, "tanh"), Dense(1, "linear"))),
    TrainingChoice("mean_squared_error", epochs=5),
)


def trained(experiment: Experiment) -> tuple[Trainer, Inspection]:
    trainer = Trainer(experiment)
    for _ in trainer.steps():
        pass
    return trainer, Inspection(trainer.problem, trainer.snapshot())


def predictions(trainer: Trainer, rows: np.ndarray) -> np.ndarray:
    """Return answers in target units for rows in the data's own units, shape (rows, outputs)."""
    problem = trainer.problem
    return problem.decode_outputs(trainer.network.predict(problem.encode_inputs(rows)))


@pytest.mark.parametrize("experiment", [HOUSES, BLOBS, SINE])
def test_outputs_are_the_networks_predictions(experiment: Experiment) -> None:
    trainer, seen = trained(experiment)
    for name in ("train", "test"):
        outputs, part = seen.outputs(name), trainer.problem.parts.get(name)
        if part is None:
            assert outputs is None
            continue
        assert np.array_equal(outputs.index, part.index)
        rows = trainer.problem.dataset.inputs[part.index]
        assert np.array_equal(outputs.values, predictions(trainer, rows))


def test_confusion_counts_every_row_once_and_its_diagonal_is_the_accuracy() -> None:
    trainer, seen = trained(BLOBS)
    record = trainer.evaluate()
    for name, accuracy in (("train", record.train_metric), ("test", record.test_metric)):
        counts = seen.confusion(name)
        truth = trainer.problem.labels[trainer.problem.parts.get(name).index]
        assert np.array_equal(counts.sum(axis=1), np.bincount(truth, minlength=3))
        assert np.trace(counts) / counts.sum() == accuracy


def test_parameters_and_gradients_are_the_snapshots() -> None:
    trainer, seen = trained(HOUSES)
    for i, layer in enumerate(trainer.network.layers):
        assert np.array_equal(seen.weights(i), layer.weights)
        assert np.array_equal(seen.weight_gradients(i), layer.gradient_matrix[:, : layer.inputs])
    assert np.array_equal(seen.biases(0), trainer.network.layers[0].matrix[:, -1])
    assert seen.biases(1).size == 0
    assert seen.epoch == 20
    assert seen.layers == 3


def test_a_snapshot_is_a_copy_that_nobody_can_write() -> None:
    trainer = Trainer(HOUSES)
    steps = trainer.steps()
    next(steps)
    snapshot = trainer.snapshot()
    kept = snapshot.parameters.copy()
    next(steps)
    assert np.array_equal(snapshot.parameters, kept)
    assert not np.array_equal(trainer.network.parameters, kept)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.parameters[0] = 0.0


def test_one_rows_trace_is_its_row_of_all_traces() -> None:
    trainer, seen = trained(BLOBS)
    row = int(trainer.problem.train.index[5])
    for one, many in zip(seen.sample_trace(row), seen.activations(), strict=True):
        np.testing.assert_allclose(one.z[0], many.z[5], rtol=1e-12)
        np.testing.assert_allclose(one.a[0], many.a[5], rtol=1e-12)
    x, y = trainer.problem.dataset.inputs[row]
    assert seen.sample_inputs(row) == pytest.approx([x * x, y, x * y])


def test_as_many_rows_of_another_moment_are_traced_by_the_same_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer, seen = trained(BLOBS)
    rows, fewer = (trainer.problem.dataset.inputs[:count] for count in (7, 4))
    before = [trace.a.copy() for trace in seen.trace(rows)]
    seen.trace(fewer)
    halved = replace(seen.snapshot, parameters=seen.snapshot.parameters / 2)
    other = Inspection(trainer.problem, halved)
    monkeypatch.delattr(Network, "__init__")
    after = [trace.a.copy() for trace in other.trace(rows)]
    assert not any(map(np.array_equal, before, after))
    for trace, a in zip(seen.trace(rows), before, strict=True):
        assert np.array_equal(trace.a, a)
    other.trace(fewer)


def test_of_many_numbers_of_rows_few_have_buffers() -> None:
    problem = Problem(BLOBS)
    evaluator = evaluator_of(problem)
    made = [weakref.ref(evaluator.for_rows(problem, count)) for count in range(1, 9)]
    gc.collect()
    assert [one() is not None for one in made] == [False] * 6 + [True] * 2


@pytest.mark.parametrize("experiment", [HOUSES, BLOBS])
def test_plane_holds_the_answer_at_every_point(experiment: Experiment) -> None:
    trainer, seen = trained(experiment)
    plane, neurons = seen.plane(9), seen.neuron_planes(9)
    for i, j in ((0, 0), (8, 2), (3, 7)):
        point = np.array([[plane.x[j], plane.y[i]]])
        np.testing.assert_allclose(plane.values[:, i, j], predictions(trainer, point)[0])
        for values, trace in zip(neurons, seen.trace(point), strict=True):
            np.testing.assert_allclose(values[:, i, j], trace.a[0])
    inputs = trainer.problem.dataset.inputs
    assert plane.x[0] < inputs[:, 0].min() < inputs[:, 0].max() < plane.x[-1]
    assert plane.y[0] < inputs[:, 1].min() < inputs[:, 1].max() < plane.y[-1]


def test_curve_runs_through_the_predictions() -> None:
    trainer, seen = trained(SINE)
    x, y = seen.curve(50)
    np.testing.assert_allclose(y, predictions(trainer, x[:, np.newaxis])[:, 0])
    inputs = trainer.problem.dataset.inputs
    assert (x[0], x[-1]) == (inputs.min(), inputs.max())


def test_only_what_is_asked_for_is_computed_and_only_once() -> None:
    problem = Problem(BLOBS)
    size = problem.new_network().parameters.size
    seen = Inspection(problem, Snapshot(1, 0, np.zeros(size), np.zeros(size)))
    assert seen.plane() is seen.plane()
    assert seen.plane(8) is not seen.plane()


def test_first_rows_alone_get_the_same_answers() -> None:
    _trainer, seen = trained(BLOBS)
    every, first = seen.outputs("test"), seen.outputs("test", 7)
    assert np.array_equal(first.index, every.index[:7])
    np.testing.assert_allclose(first.values, every.values[:7], rtol=1e-12)
    assert np.array_equal(first.labels, every.labels[:7])
    assert seen.confusion("test", 7).sum() == 7
    np.testing.assert_allclose(seen.outputs("train", 5).values, seen.activations()[-1].a[:5])


def test_while_it_moves_a_large_network_answers_for_the_first_rows_only() -> None:
    for units, is_quick in ((4, False), (1024, True)):
        hidden = Dense(units, "tanh"), Dense(units, "tanh")
        asked = BLOBS.change("network", layers=(*hidden, BLOBS.network.layers[-1]))
        problem = Problem(asked)
        size = problem.blank_network().parameters.size
        moment = Inspection(problem, Snapshot(1, 0, np.zeros(size), np.zeros(size)))
        moving = moment.seen(moving=True)
        assert moment.seen(moving=False) is moment and not moment.estimated
        assert moving.estimated == is_quick
        rows = [len(seen.outputs("train").index) for seen in (moving, moment)]
        traced = [len(seen.activations()[0].a) for seen in (moving, moment)]
        assert [rows[0] < rows[1], traced[0] < traced[1]] == [is_quick] * 2
        assert (traced[0] < rows[0]) == is_quick
        assert len(moving.outputs("train").values) == rows[0]
        sides = [len(seen.plane().x) for seen in (moving, moment)]
        assert sides == [16 if is_quick else 64, 64]


def test_a_moment_that_moves_follows_other_inputs() -> None:
    _trainer, moment = trained(BLOBS)
    inputs = tuple(moment.raw_inputs(0) + 1.0)
    moved = moment.with_moved(0, inputs).seen(moving=True)
    assert tuple(moved.raw_inputs(0)) == inputs
    assert tuple(moment.seen(moving=True).raw_inputs(0)) != inputs


def test_checkpoints_of_one_run_do_not_disturb_each_other() -> None:
    problem = Problem(BLOBS)
    size = problem.blank_network().parameters.size
    rng = np.random.default_rng(3)
    checkpoints = [
        Inspection(problem, Snapshot(1, epoch, rng.standard_normal(size), np.zeros(size)))
        for epoch in (0, 1)
    ]
    before = [(seen.outputs("test").values.copy(), seen.plane(9).values) for seen in checkpoints]
    layers = [[trace.a.copy() for trace in seen.activations()] for seen in checkpoints]
    assert not np.array_equal(before[0][0], before[1][0])
    for seen, (answers, plane), kept in zip(checkpoints, before, layers, strict=True):
        again = Inspection(problem, seen.snapshot)
        assert np.array_equal(again.outputs("test").values, answers)
        assert np.array_equal(again.plane(9).values, plane)
        for trace, a in zip(seen.activations(), kept, strict=True):
            assert np.array_equal(trace.a, a)


def test_what_checkpoints_share_goes_with_their_problem() -> None:
    problem = Problem(BLOBS)
    size = problem.blank_network().parameters.size
    Inspection(problem, Snapshot(1, 0, np.zeros(size), np.zeros(size))).plane(8)
    shared = weakref.ref(evaluator_of(problem))
    assert shared() is not None
    del problem
    gc.collect()
    assert shared() is None


def test_small_networks_answer_for_every_row_large_ones_for_some() -> None:
    assert quick_rows(Problem(BLOBS)) == MOVING_ROWS
    wide = replace(BLOBS, network=NetworkChoice((Dense(300), Dense(300), Dense(3, "softmax"))))
    assert 32 <= quick_rows(Problem(wide)) <= ACTIVATION_ROWS


@pytest.mark.parametrize("scaled", [True, False])
def test_a_linear_neuron_is_readable_in_real_units(scaled: bool) -> None:
    """The same answers as the network's, and near the least squares' slopes."""
    trainer = Trainer(
        PRESETS["linear-regression"].experiment.change("data", standardize_target=scaled)
    )
    with overflow_is_checked():
        trainer.advance(200)
    problem, seen = trainer.problem, Inspection(trainer.problem, trainer.snapshot())
    formula, inputs = seen.formula(), problem.dataset.inputs
    assert formula is not None
    answers = inputs @ formula.slopes + formula.intercept
    np.testing.assert_allclose(answers, predictions(trainer, inputs)[:, 0], rtol=1e-12)
    rows = np.column_stack([inputs, np.ones(len(inputs))])
    exact = np.linalg.lstsq(rows, problem.dataset.targets[:, 0], rcond=None)[0]
    assert [*formula.slopes, formula.intercept] == pytest.approx(exact, rel=0.05)
    assert Inspection(*_untrained("mlp")).formula() is None


def _untrained(key: str) -> tuple[Problem, Snapshot]:
    trainer = Trainer(PRESETS[key].experiment)
    return trainer.problem, trainer.snapshot()


def test_of_many_rows_those_are_answered_for_whose_metric_is_recorded() -> None:
    many = DataChoice("checkerboard", rows=10_000, test_fraction=0.2)
    trainer = Trainer(Experiment(many, training=TrainingChoice("binary_crossentropy", epochs=3)))
    record = [one for one in trainer.steps() if one is not None][-1]
    seen, problem = Inspection(trainer.problem, trainer.snapshot()), trainer.problem
    for part, metric in (("train", record.train_metric), ("test", record.test_metric)):
        counts = seen.confusion(part)
        assert counts.sum() == problem.judged[part].rows
        assert counts.trace() / counts.sum() == metric
