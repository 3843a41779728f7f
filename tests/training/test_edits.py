"""Edits are part of the run: made again, taken up again or saved, the numbers are the same."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from nnviz.engine.layers import BatchNorm, Dense, Dropout, Flatten
from nnviz.engine.network import Network
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import DataError, InvalidChoiceError
from nnviz.storage.project import Project, read_project, write_project
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.completion import complete
from nnviz.training.editing import edited, layers_between, trained_for
from nnviz.training.edits import (
    EDITS,
    AddLayer,
    AddPoint,
    AddUnit,
    DeletePoint,
    Edit,
    Freeze,
    MovePoint,
    RelabelPoint,
    RemoveLayer,
    RemoveUnit,
    SetActivation,
    SetTraining,
    SetWeight,
    SwitchOff,
)
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun
from nnviz.training.trainer import Trainer

MOONS = Experiment(
    DataChoice("moons", rows=60, test_fraction=0.2, standardize_inputs=True),
    NetworkChoice(
        (Dense(5, "tanh"), BatchNorm(), Dense(4, "relu"), Dropout(0.3), Dense(1, "sigmoid"))
    ),
    TrainingChoice(
        loss="binary_crossentropy",
        optimizer="adam",
        learning_rate=0.01,
        schedule="plateau",
        batch_size=16,
        l2=0.01,
        epochs=9,
    ),
)
XOR = PRESETS["xor-2-4-1"].experiment.change("training", epochs=9)
LETTERS = PRESETS["letters-abc"].experiment

EXAMPLES: dict[str, tuple[Edit, ...]] = {
    "set_weight": (SetWeight(0, 1, 0, 0.75), SetWeight(2, 3, None, -2.0)),
    "freeze": (Freeze(0), Freeze(2, 1), Freeze(2, 2, 3), Freeze(0, frozen=False), Freeze(1)),
    "switch_off": (SwitchOff(0, 2), SwitchOff(2, 0), SwitchOff(0, 2, off=False)),
    "add_unit": (AddUnit(0), AddUnit(2)),
    "remove_unit": (RemoveUnit(0, 1), RemoveUnit(2, 3)),
    "add_layer": (AddLayer(1, Dense(5, "tanh")), AddLayer(4, Dropout(0.2))),
    "remove_layer": (RemoveLayer(1), RemoveLayer(2)),
    "set_activation": (SetActivation(0, "relu"), SetActivation(2, "sigmoid")),
    "set_training": (
        SetTraining("learning_rate", 0.02),
        SetTraining("l1", 0.001),
        SetTraining("batch_size", None),
        SetTraining("clip_norm", 1.0),
        SetTraining("batch_size", 8.0),
    ),
    "add_point": (AddPoint((0.5, 2.0), 1.0), AddPoint((-0.5, 0.0), 0.0)),
    "move_point": (MovePoint(3, (1.0, 1.0)), MovePoint(7, (2.0, 0.5))),
    "relabel_point": (RelabelPoint(3, 1.0), RelabelPoint(4, 0.0)),
    "delete_point": (DeletePoint(3), DeletePoint(9)),
}


def weights_of(trainer: Trainer, layer: int) -> np.ndarray:
    return trainer.network.layers[layer].weights


def live(experiment: Experiment, edits: tuple[Edit, ...]) -> tuple[Trainer, RecordedRun]:
    """Return a trainer edited on the way, in the middle of an epoch or not, and all there is."""
    trainer = Trainer(experiment, checkpoints_room=100)
    run = Recorder(trainer)
    for place, edit in enumerate(edits):
        run.advance(trainer.updates_until(1) + place % 2)
        trainer.edit(edit)
    run.to_the_end()
    return trainer, run.recorded()


class Recorder:
    """Keeps a trainer's records, their layers as they are now, and its checkpoints."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.edits = trainer, trainer.edits
        self.history = History(len(trainer.network.layers))
        self.history.append(trainer.evaluate())
        self.checkpoints = {0: trainer.checkpoint()}

    def advance(self, updates: int) -> None:
        trainer = self.trainer
        batch = trainer.advance(updates)
        layers = layers_between(trainer.experiment, self.edits, batch.edits)
        self.history = self.history if layers is None else self.history.with_layers(layers)
        self.edits = batch.edits
        self.history.extend(batch.rows)
        self.checkpoints |= {one.epoch: one for one in trainer.checkpoint_queue.take()}

    def to_the_end(self, updates: int = 1000) -> None:
        while not (self.trainer.finished or self.trainer.should_stop):
            self.advance(updates)

    def recorded(self) -> RecordedRun:
        kept = [self.checkpoints[epoch] for epoch in sorted(self.checkpoints)]
        snapshot = self.trainer.snapshot()
        return RecordedRun(self.trainer.experiment, self.history, tuple(kept), snapshot)


def state(trainer: Trainer) -> dict[str, Any]:
    """Return all that a trainer has come to, to be compared to the last bit."""
    kept = trainer.checkpoint()
    rules = dataclasses.replace(kept.state.rules, patience=None)
    order = None if kept.state.order is None else kept.state.order.tolist()
    arrays = (kept.parameters, kept.gradients, kept.state.optimizer)
    return {
        "arrays": [array.tobytes() for array in arrays],
        "rest": (kept.epoch, kept.edits, kept.state.steps, kept.state.chances, order),
        "rules": [getattr(rules, field.name) for field in dataclasses.fields(rules)],
    }


def same_rows(one: History, other: History) -> bool:
    return np.array_equal(one.rows(), other.rows(), equal_nan=True)


def resumed(experiment: Experiment, checkpoint: Checkpoint) -> Trainer:
    trainer = Trainer(experiment)
    trainer.resume(checkpoint)
    Recorder(trainer).to_the_end()
    return trainer


# ------------------------------------------------------------------------------- the same numbers


def test_there_is_an_example_of_every_edit() -> None:
    assert set(EXAMPLES) == set(EDITS)
    assert all(edit.kind == kind for kind, edits in EXAMPLES.items() for edit in edits)


@pytest.mark.parametrize("kind", EDITS)
def test_what_was_done_live_is_done_again_to_the_last_bit(kind: str, tmp_path: Any) -> None:
    trainer, run = live(MOONS, EXAMPLES[kind])
    asked = Experiment.from_dict(json.loads(json.dumps(trainer.experiment.to_dict())))
    assert asked == trainer.experiment
    assert 0 < asked.edits[0].epoch < asked.edits[-1].epoch < trainer.epoch
    for updates in (1, 7, 1000):
        again = Recorder(Trainer(asked, checkpoints_room=100))
        again.to_the_end(updates)
        assert state(again.trainer) == state(trainer)
        assert same_rows(again.history, run.history)
    assert same_rows(complete(asked).history, run.history)
    assert all(state(resumed(asked, one)) == state(trainer) for one in run.checkpoints)
    write_project(tmp_path / "run.nnviz", Project(run.experiment, run))
    saved = read_project(tmp_path / "run.nnviz").run
    assert saved.experiment == asked
    assert same_rows(saved.history, run.history)
    assert all(state(resumed(asked, one)) == state(trainer) for one in saved.checkpoints)


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_one_after_another_are_done_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    every = [edit for edits in EXAMPLES.values() for edit in edits]
    trainer = Trainer(MOONS.change("training", epochs=12), checkpoints_room=100)
    run, taken = Recorder(trainer), 0
    while not trainer.finished:
        run.advance(int(rng.integers(1, 6)))
        try:
            trainer.edit(every[rng.integers(len(every))])
            taken += 1
        except InvalidChoiceError:  # the network is another by now
            continue
    assert taken > 5
    again = Recorder(Trainer(trainer.experiment))
    again.to_the_end(int(rng.integers(1, 20)))
    assert state(again.trainer) == state(trainer)
    assert same_rows(again.history, run.history)
    for one in list(run.checkpoints.values())[:: 1 + seed]:
        assert state(resumed(trainer.experiment, one)) == state(trainer)


@pytest.mark.parametrize("edit", [AddUnit(0), SetWeight(0, 0, 0, 5.0), SetTraining("l1", 0.1)])
def test_a_run_that_keeps_its_best_network_is_done_again(edit: Edit) -> None:
    """After an edit of the network or the data, no network of before can be the best."""
    asked = MOONS.change("training", stop_when="validation_loss_rises", stop_value=2, epochs=60)
    trainer = Trainer(asked, checkpoints_room=100)
    run = Recorder(trainer)
    run.advance(trainer.updates_until(4))
    epoch = trainer.edit(edit).epoch
    run.to_the_end()
    trainer.edit(SetWeight(0, 1, 1, 0.5))  # at rest, where its best network may be shown
    run.to_the_end()
    assert trainer.network_epoch == trainer.epoch
    again = Recorder(Trainer(trainer.experiment, checkpoints_room=100))
    again.to_the_end(3)
    assert state(again.trainer) == state(trainer)
    assert same_rows(again.history, run.history)
    best = trainer.checkpoint().state.rules.patience
    assert best is not None
    assert best.epoch >= epoch or not edit.alters


@pytest.mark.parametrize("rule", [{}, {"stop_when": "validation_loss_rises", "stop_value": 2}])
def test_edits_after_the_last_epoch_are_done_again(rule: dict[str, Any]) -> None:
    asked = MOONS.change("training", schedule="cosine", epochs=20, **rule)
    trainer = Trainer(asked, checkpoints_room=100)
    run = Recorder(trainer)
    run.to_the_end()
    ends = [trainer.epoch]
    for edit in (SetWeight(0, 1, 0, 0.5), AddUnit(0), SwitchOff(2, 1)):
        trainer.extend()
        run.advance(trainer.updates_until(7))
        trainer.edit(edit)
        run.to_the_end()
        ends.append(trainer.epoch)
    assert ends[1:] == [ends[0] + 20 * (i + 1) for i in range(3)]
    again = Recorder(Trainer(trainer.experiment, checkpoints_room=100))
    again.to_the_end(3)
    assert state(again.trainer) == state(trainer)
    assert same_rows(again.history, run.history)
    assert complete(trainer.experiment).epochs == ends[-1]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_what_was_trained_on_is_asked_for_where_that_is_the_same_run(schedule: str) -> None:
    asked = MOONS.change("training", schedule=schedule, epochs=6, batch_size=40)
    run = Recorder(trainer := Trainer(asked, checkpoints_room=100))
    run.to_the_end()
    trainer.extend()
    run.advance(trainer.updates_until(2))
    trainer.edit(AddUnit(0))
    run.to_the_end()
    trainer.extend()
    run.advance(trainer.updates_until(3))
    longer = trained_for(trainer.experiment, trainer.epoch)
    same = schedule != "cosine"
    assert (longer == trainer.experiment, longer.training.epochs) == (not same, 15 if same else 6)
    for rule in ("loss_below", "validation_loss_rises") if same else ():
        stops = trainer.experiment.change("training", stop_when=rule, stop_value=1)
        assert trained_for(stops, 15) is stops
    again = Recorder(Trainer(longer))
    again.to_the_end(5)
    assert again.trainer.epoch == (15 if same else 12)
    assert same_rows(again.history, run.history.until(again.trainer.epoch))


@pytest.mark.parametrize(
    "edits",
    [
        (Freeze(0), Freeze(0, frozen=False)),
        (SetTraining("l1", 0.5), SetTraining("l1", 0.0)),
    ],
)
def test_an_edit_taken_back_at_once_leaves_no_trace(edits: tuple[Edit, ...]) -> None:
    """Chance, order, schedule and the optimiser's memory go on as they would have."""
    plain, trainer = Recorder(Trainer(MOONS)), Trainer(MOONS)
    plain.to_the_end()
    run = Recorder(trainer)
    run.advance(trainer.updates_until(3))
    for edit in edits:
        trainer.edit(edit)
    run.to_the_end()
    assert state(trainer)["arrays"] == state(plain.trainer)["arrays"]
    assert same_rows(run.history, plain.history)


def test_the_record_of_an_edits_epoch_is_of_the_network_that_trains_on() -> None:
    trainer, run = live(MOONS, (SetWeight(4, 0, None, 3.0),))
    (at,) = (one for one in run.checkpoints if one.epoch == 1)
    assert at.edits == 1
    assert not at.gradients.any()
    there = Trainer(trainer.experiment)
    there.resume(at)
    assert run.history.column("train_loss")[1] == there.evaluate().train_loss
    assert run.history.gradient_norms(4)[1] > 0  # of the step before, which it says as well
    assert run.history.column("epoch").tolist() == list(range(10))


def test_gradients_follow_the_layers_that_stay() -> None:
    plain, run = Recorder(Trainer(XOR)), live(XOR, (AddLayer(0, Dense(4, "tanh")),))[1]
    plain.to_the_end()
    assert np.isnan(run.history.gradient_norms(0)[:2]).all()
    kept, was = run.history.gradient_norms(2), plain.history.gradient_norms(1)
    assert np.array_equal(kept[:2], was[:2], equal_nan=True)


# -------------------------------------------------------------------------------- what edits do


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_is_frozen_stays_exactly_and_moves_again_when_let_go(optimizer: str) -> None:
    asked = MOONS.change("training", optimizer=optimizer, l1=0.01, l2=0.1)
    trainer = Trainer(asked)
    trainer.advance(trainer.updates_until(2))
    for edit in (Freeze(0, 1), Freeze(2, 0, 3), Freeze(1)):
        trainer.edit(edit)
    trainer.make_edits()

    def frozen() -> bytes:
        first, norm, second, *_ = trainer.network.layers
        values = (first.weights[1], first.biases[1], norm.flat_parameters, second.weights[0, 3])
        return b"".join(value.tobytes() for value in values)

    before, free = frozen(), weights_of(trainer, 2).copy()
    trainer.advance(trainer.updates_until(3))
    assert frozen() == before
    assert (np.delete(free, 3, 1)[0] != np.delete(weights_of(trainer, 2), 3, 1)[0]).all()
    trainer.edit(Freeze(0, 1, frozen=False))
    trainer.advance(trainer.updates_until(1))
    assert frozen() != before


@pytest.mark.parametrize("layers", [(Dense(3, "tanh"), Dense(1, "sigmoid"))])
def test_a_network_with_a_unit_switched_off_is_the_one_without_it(layers: Any) -> None:
    asked = XOR.change("network", layers=(Dense(4, "tanh"), Dense(1, "sigmoid")))
    off, gone = Trainer(asked), Trainer(asked)
    unit = weights_of(off, 0)[2].copy()
    off.edit(SwitchOff(0, 2))
    gone.edit(RemoveUnit(0, 2))
    for _ in range(2):
        for trainer in (off, gone):
            trainer.advance(trainer.updates_until(3))
        assert gone.network.specs == layers
        assert np.array_equal(weights_of(off, 0)[2], unit)
        assert np.allclose(np.delete(weights_of(off, 0), 2, 0), weights_of(gone, 0), rtol=1e-12)
        rows = off.problem.dataset.inputs
        assert np.allclose(off.network.predict(rows), gone.network.predict(rows), rtol=1e-12)


@pytest.mark.parametrize("preset", ["letters-abc", "digits-cnn"])
def test_new_neurons_change_no_answer_and_others_keep_their_numbers(preset: str) -> None:
    asked = PRESETS[preset].experiment
    trainer = Trainer(asked)
    rows = trainer.problem.encode_inputs(trainer.problem.dataset.inputs[:3])
    answer, before = trainer.network.predict(rows), trainer.network.parameters.copy()
    trainer.edit(AddUnit(0))
    trainer.make_edits()
    assert np.allclose(trainer.network.predict(rows), answer, rtol=1e-5, atol=1e-7)
    assert weights_of(trainer, 0)[-1].any()
    units = len(weights_of(trainer, 0))
    trainer.edit(RemoveUnit(0, units - 1))
    trainer.make_edits()
    assert trainer.network.parameters.tobytes() == before.tobytes()


def test_a_unit_that_goes_takes_its_moments_and_its_frozen_weights_with_it() -> None:
    trainer = Trainer(MOONS)
    for edit in (Freeze(2, 1, 4), Freeze(2, 0, 1), Freeze(0, 4)):
        trainer.edit(edit)
    trainer.advance(trainer.updates_until(2))
    before, moments = trainer.network, trainer.checkpoint().state.optimizer
    trainer.edit(RemoveUnit(0, 1))
    trainer.make_edits()
    assert {*trainer.problem.experiment.network.frozen} == {(2, 1, 3), (0, 3, None)}
    first, *_ = before.layers
    kept = [np.delete(m[: first.flat_parameters.size].reshape(5, 3), 1, 0) for m in moments]
    now = trainer.checkpoint().state.optimizer
    assert np.array_equal(now[:, :12], np.reshape(kept, (2, 12)))
    norm, following = trainer.network.layers[1], trainer.network.layers[2]
    assert np.array_equal(following.weights, np.delete(before.layers[2].weights, 1, 1))
    assert np.array_equal(norm.moving_mean, np.delete(before.layers[1].moving_mean, 1, 0))


def test_layers_that_come_and_go_leave_those_that_fit_their_numbers() -> None:
    trainer = Trainer(PRESETS["digits-softmax"].experiment)
    trainer.edit(Freeze(len(trainer.network.layers) - 1, 2))
    trainer.make_edits()
    before = weights_of(trainer, -1).copy()
    trainer.edit(AddLayer(0, Dense(64, "relu")))
    trainer.make_edits()
    assert np.array_equal(weights_of(trainer, -1), before)
    assert trainer.problem.experiment.network.frozen == ((1, 2, None),)
    trainer.edit(AddLayer(0, Flatten()))  # it sees pictures from now on
    trainer.edit(RemoveLayer(1))
    trainer.edit(RemoveLayer(0))
    trainer.make_edits()
    assert np.array_equal(weights_of(trainer, -1), before)
    assert trainer.problem.experiment.network.frozen == ((0, 2, None),)


def test_points_change_neither_split_nor_scaling_nor_other_rows() -> None:
    problem, added = Problem(MOONS), MOONS.data.rows
    row = int(problem.train.index[0])
    edits = (
        AddPoint((0.5, 9.0), 1.0),
        MovePoint(row, (3.0, 3.0)),
        DeletePoint(int(problem.train.index[4])),
        DeletePoint(int(problem.test.index[1])),
        RelabelPoint(added, 0.0),
    )
    after = Problem(edited(dataclasses.replace(MOONS, edits=edits)))
    assert after.input_scaler.mean.tolist() == problem.input_scaler.mean.tolist()
    assert after.train.index.tolist() == [*np.delete(problem.train.index, 4), added]
    assert after.test.index.tolist() == np.delete(problem.test.index, 1).tolist()
    assert after.dataset.inputs[[added, row]].tolist() == [[0.5, 9.0], [3.0, 3.0]]
    assert after.dataset.targets[added] == 0
    others = np.delete(np.arange(added), row)
    assert np.array_equal(after.dataset.inputs[others], problem.dataset.inputs[others])


def test_the_effective_experiment_begins_with_what_was_edited() -> None:
    edits = (SetTraining("learning_rate", 0.5), AddUnit(0), AddLayer(0, Dense(2, "relu")))
    asked = edited(dataclasses.replace(XOR, edits=edits))
    assert not asked.edits
    assert asked.training.learning_rate == 0.5
    assert [layer.units for layer in Network(2, asked.network.layers).layers] == [2, 5, 1]
    assert edited(dataclasses.replace(XOR, edits=edits), 0) == XOR


# -------------------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (SetWeight(0, 9, 0, 1.0), "no neuron 10"),
        (SetWeight(0, 0, 2, 1.0), "no weight 3"),
        (SetWeight(1, 0, 0, 1.0), "no neurons of its own"),
        (SetWeight(0, 0, 0, float("nan")), "finite"),
        (Freeze(3), "no weights"),
        (SwitchOff(4, 0), "output layer"),
        (AddUnit(4), "output layer"),
        (AddUnit(7), "no layer 8"),
        (RemoveUnit(0, -1), "no neuron 0"),
        (RemoveLayer(4), "output layer"),
        (AddLayer(5, Dense(2)), "no layer 6"),
        (AddLayer(0, dataclasses.replace(LETTERS.network.layers[0], units=0)), "Neurons cannot"),
        (SetActivation(0, "softmax"), "belongs at the output"),
        (SetTraining("epochs", 3), "epochs"),
        (SetTraining("learning_rate", -1.0), "Learning rate"),
        (SetTraining("batch_size", 2.5), "whole number"),
        (AddPoint((1.0,), 0.0), "2 finite numbers"),
        (AddPoint((1.0, 1.0), 2.0), "no class 2"),
        (DeletePoint(60), "no point in row 60"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(edit: Edit, says: str) -> None:
    trainer = Trainer(MOONS)
    before = state(trainer)
    with pytest.raises(InvalidChoiceError, match=says) as caught:
        trainer.edit(edit)
    assert str(caught.value).count(".") >= 2, "a sentence and a remedy"
    with pytest.raises(InvalidChoiceError):
        Trainer(dataclasses.replace(MOONS, edits=(edit,)))
    assert state(trainer) == before
    assert trainer.experiment == MOONS


def test_the_last_of_a_kind_cannot_go() -> None:
    trainer = Trainer(XOR.change("network", layers=(Dense(1, "tanh"), Dense(1, "sigmoid"))))
    with pytest.raises(InvalidChoiceError, match="last neuron"):
        trainer.edit(RemoveUnit(0, 0))
    for row in range(3):
        trainer.edit(DeletePoint(row))
    with pytest.raises(InvalidChoiceError, match="last point"):
        trainer.edit(DeletePoint(3))
    with pytest.raises(InvalidChoiceError, match="no point in row 1"):
        trainer.edit(MovePoint(1, (0.0, 0.0)))
    unsorted = (AddUnit(0, epoch=3), AddUnit(0, epoch=2))
    with pytest.raises(InvalidChoiceError, match="order"):
        Trainer(dataclasses.replace(XOR, edits=unsorted))


def test_a_drawing_is_a_sample_like_others_and_none_of_them_is_copied() -> None:
    asked = PRESETS["mnist-softmax"].experiment
    problem, row = Problem(asked), 30_000
    drawings = [tuple(float((k * i) % 256) for i in range(784)) for k in (1, 2)]
    points = [AddPoint(drawing, 7.0) for drawing in drawings]
    one = problem.followed_by(asked.change("data", points=tuple(points[:1])))
    both = one.followed_by(asked.change("data", points=tuple(points)))
    assert both.dataset.inputs.dtype == np.uint8
    np.testing.assert_array_equal(both.dataset.inputs[row:], drawings)
    assert both.train.index[-2:].tolist() == [row, row + 1] and both.labels[-1] == 7
    assert np.shares_memory(one.dataset.inputs, both.dataset.inputs)
    for name, part in problem.judged.items():  # nor is the loss of other rows from then on
        assert both.judged[name].inputs is part.inputs
    np.testing.assert_array_equal(both.dataset.inputs[:row], problem.dataset.inputs)
    other = one.followed_by(asked.change("data", points=(points[0], AddPoint(drawings[0], 1.0))))
    np.testing.assert_array_equal(both.dataset.inputs[-1], drawings[1])
    np.testing.assert_array_equal(other.dataset.inputs[row:], [drawings[0]] * 2)
    for value in (0.5, 256.0, -1.0):
        with pytest.raises(InvalidChoiceError, match="whole number"):
            Trainer(asked, 1, problem).edit(AddPoint((value,) * 784, 7.0))


def test_drawings_are_made_again_by_what_a_file_says_in_few_letters() -> None:
    letter = np.random.default_rng(0).integers(0, 2, (2, 30)).astype(float).tolist()
    edits = [AddPoint(tuple(letter[0]), 2.0), MovePoint(1, tuple(letter[1]))]
    trainer, _ = live(LETTERS.change("training", epochs=5), tuple(edits))
    text = json.dumps(trainer.experiment.to_dict(), indent=1)
    assert len(text.splitlines()) < 150
    read = Experiment.from_dict(json.loads(text))
    assert read == trainer.experiment
    again = Recorder(Trainer(read))
    again.to_the_end()
    assert state(again.trainer) == state(trainer)
    packed = json.loads(text)
    packed["edits"][0]["inputs"] = "(no base64)"
    with pytest.raises(DataError, match="base64"):
        Experiment.from_dict(packed)
