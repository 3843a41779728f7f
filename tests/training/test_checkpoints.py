"""Moments: which are kept, and that training goes on from one as if it had never stopped."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import DivergedError
from nnviz.training.callbacks import RulesState
from nnviz.training.checkpoints import (
    BUDGET,
    FEWEST,
    MOST,
    Checkpoint,
    Checkpoints,
    RetentionPolicy,
    TrainingState,
    room_for,
)
from nnviz.training.edits import SetTraining
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.images import LARGE
from nnviz.training.presets import PRESETS
from nnviz.training.records import EpochRecord
from nnviz.training.trainer import Trainer, overflow_is_checked

HOUSES = Experiment(
    DataChoice("houses", test_fraction=0.25, standardize_inputs=True, standardize_target=True),
    NetworkChoice((Dense(4, "tanh"), Dense(1, "linear"))),
    TrainingChoice("mean_squared_error", learning_rate=0.05, batch_size=20, epochs=12, seed=3),
)
PATIENT = HOUSES.change(
    "training", epochs=200, optimizer="adam", stop_when="validation_loss_rises", stop_value=3
)
PICTURES = Experiment(
    DataChoice("digits", rows=60, test_fraction=0.2),
    NetworkChoice(
        (
            Conv2D(2, (3, 3), activation="relu"),
            BatchNorm(),
            MaxPool2D((2, 2)),
            Flatten(),
            Dropout(0.25),
            Dense(10, "softmax"),
        ),
        dtype="float32",
    ),
    TrainingChoice(
        "categorical_crossentropy",
        optimizer="adam",
        learning_rate=0.01,
        batch_size=16,
        epochs=6,
        stop_when="validation_loss_rises",
        stop_value=3,
    ),
)


def dense(*between):
    layers = (Dense(6, "tanh"), *between, Dense(1, "linear"))
    return HOUSES.change("network", layers=layers)


EXPERIMENTS = {
    **{f"optimizer-{n}": HOUSES.change("training", optimizer=n) for n in OPTIMIZERS},
    **{f"schedule-{n}": HOUSES.change("training", schedule=n) for n in SCHEDULES},
    "plateau": HOUSES.change(
        "training", schedule="plateau", schedule_values={"patience": 1, "drop": 0.5}
    ),
    "plateau-full-batch": HOUSES.change(
        "training", schedule="plateau", schedule_values={"patience": 1}, batch_size=None
    ),
    "decay-full-batch": HOUSES.change("training", schedule="time_decay", batch_size=None).change(
        "data", test_fraction=0.0
    ),
    "in-order": HOUSES.change("training", shuffle=False, optimizer="momentum"),
    "full-batch": HOUSES.change("training", batch_size=None, optimizer="adam"),
    "float32": HOUSES.change("network", dtype="float32").change("training", optimizer="rmsprop"),
    "dropout": dense(Dropout(0.5)),
    "dropout-full-batch": dense(Dropout(0.5)).change("training", batch_size=None),
    "batch-norm": dense(BatchNorm()).change("training", optimizer="nesterov"),
    "penalised": HOUSES.change("training", l1=0.01, l2=0.01, clip_norm=0.5),
    "patience": PATIENT,
    "stops-by-loss": HOUSES.change("training", stop_when="train_loss", stop_value=40.0),
    "pictures": PICTURES,
    **{
        f"preset-{n}": p.experiment.change("training", epochs=4)
        for n, p in PRESETS.items()
        if p not in LARGE
    },
}


def run(trainer: Trainer, updates: int) -> list[EpochRecord]:
    """Train to the end, so many mini-batches at a time."""
    records: list[EpochRecord] = []
    with overflow_is_checked():
        while not (trainer.finished or trainer.should_stop):
            records.extend(trainer.advance(updates).records())
    return records


def until(experiment: Experiment, epoch: int) -> Trainer:
    trainer = Trainer(experiment)
    while trainer.epoch < epoch:
        trainer.advance(trainer.updates_until(1))
    return trainer


def plain(value):
    """Return a moment, or a part of one, as nested tuples that compare by their bits."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if dataclasses.is_dataclass(value):
        fields = (f.name for f in dataclasses.fields(value) if f.name != "run_id")
        return tuple((name, plain(getattr(value, name))) for name in fields)
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value


# ------------------------------------------------------------------------------------ training on


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_training_on_from_a_checkpoint_is_never_having_stopped(name):
    experiment = EXPERIMENTS[name]
    whole = Trainer(experiment)
    expected = run(whole, 10_000)
    middle = (len(expected) + 1) // 2
    checkpoint = pickle.loads(pickle.dumps(until(experiment, middle).checkpoint()))
    assert checkpoint.epoch == middle

    resumed = Trainer(experiment)
    resumed.advance(6)  # forgotten, be it amid an epoch
    resumed.resume(checkpoint)
    assert plain(resumed.checkpoint()) == plain(checkpoint)
    assert run(resumed, 3) == expected[middle:]
    assert plain(resumed.checkpoint()) == plain(whole.checkpoint())
    assert np.array_equal(resumed.network.parameters, whole.network.parameters)
    assert np.array_equal(resumed.network.gradients, whole.network.gradients)


@pytest.mark.parametrize("experiment", [HOUSES, PATIENT, EXPERIMENTS["stops-by-loss"]])
def test_the_end_is_a_checkpoint_to_train_on_from_too(experiment):
    whole = Trainer(experiment)
    run(whole, 100)
    resumed = Trainer(experiment)
    resumed.resume(whole.checkpoint())
    assert (resumed.finished, resumed.should_stop) == (whole.finished, whole.should_stop)
    whole.extend()
    resumed.extend()
    assert run(resumed, 5) == run(whole, 100)
    assert plain(resumed.checkpoint()) == plain(whole.checkpoint())


def test_a_checkpoint_of_an_extended_run_no_longer_asks_the_stop_rule():
    whole = Trainer(HOUSES.change("training", stop_when="train_loss", stop_value=1e9))
    run(whole, 100)
    assert whole.epoch == 1
    whole.extend()
    whole.advance(whole.updates_until(2))
    resumed = Trainer(whole.experiment)
    resumed.resume(whole.checkpoint())
    records = run(resumed, 100)
    assert [record.epoch for record in records] == list(range(4, 13))
    assert records == run(whole, 100)[:9]


def test_a_rate_changed_on_the_way_is_part_of_the_checkpoint():
    whole = until(HOUSES, 4)
    whole.edit(SetTraining("learning_rate", 0.01))
    whole.advance(whole.updates_until(1))
    resumed = Trainer(whole.experiment)
    resumed.resume(whole.checkpoint())
    assert resumed.learning_rate == 0.01
    assert run(resumed, 9) == run(whole, 9)


def test_a_checkpoint_amid_an_epoch_is_the_end_of_the_last_one():
    trainer = until(HOUSES, 2)
    expected = plain(trainer.checkpoint())
    trainer.advance(1)
    assert plain(trainer.checkpoint()) == expected
    assert trainer.checkpoint().snapshot().updates == trainer.updates - 1


def test_a_checkpoint_stays_as_it_is_and_cannot_be_written_to():
    trainer = until(PICTURES, 2)
    checkpoint = trainer.checkpoint()
    expected = plain(checkpoint)
    run(trainer, 10)
    assert plain(checkpoint) == expected
    for each in (checkpoint, pickle.loads(pickle.dumps(checkpoint))):
        patience = each.state.rules.patience
        arrays = [each.parameters, each.gradients, each.state.optimizer, each.state.order]
        assert not any(array.flags.writeable for array in (*arrays, patience.parameters))


def test_orders_take_no_more_room_than_they_need():
    assert until(HOUSES, 1).checkpoint().state.order.dtype == np.uint8
    assert until(HOUSES.change("data", rows=400), 1).checkpoint().state.order.dtype == np.uint16
    assert until(HOUSES.change("training", shuffle=False), 1).checkpoint().state.order is None


# ----------------------------------------------------------------------------- kept while training


@pytest.mark.parametrize("updates", [1, 7, 10_000])
@pytest.mark.parametrize(
    "name",
    [
        "full-batch",
        "decay-full-batch",
        "plateau-full-batch",
        "dropout-full-batch",
        "in-order",
        "plateau",
        "dropout",
        "patience",
    ],
)
def test_keeping_checkpoints_changes_no_number_and_keeps_what_was(name, updates):
    experiment = EXPERIMENTS[name].change("training", epochs=60)
    keeping, retention, kept = Trainer(experiment, checkpoints_room=16), RetentionPolicy(16), []
    assert run(keeping, updates) == run(Trainer(experiment), 10_000)
    expected, epoch = [], retention.next_after(0)
    while epoch <= keeping.epoch:
        expected.append(epoch)
        epoch = retention.next_after(epoch)
    kept = keeping.checkpoint_queue.take()
    assert [checkpoint.epoch for checkpoint in kept] == expected
    assert keeping.checkpoint_queue.take() == ()
    for checkpoint in kept[:: len(kept) // 4]:
        assert plain(checkpoint) == plain(until(experiment, checkpoint.epoch).checkpoint())


@pytest.mark.parametrize("rows", [None, 20])
def test_checkpoints_before_a_divergence_are_kept(rows):
    experiment = HOUSES.change("data", standardize_inputs=False, standardize_target=False)
    experiment = experiment.change(
        "training", learning_rate=1.0, epochs=500, batch_size=rows, shuffle=False
    )
    trainer = Trainer(experiment, checkpoints_room=1000)
    with overflow_is_checked(), pytest.raises(DivergedError) as caught:
        while True:
            trainer.advance(100)
    epochs = [checkpoint.epoch for checkpoint in trainer.checkpoint_queue.take()]
    assert epochs == list(range(1, caught.value.values["epoch"]))
    assert not trainer.checkpoint_queue.wants(trainer.epoch)


def test_fewer_checkpoints_when_they_come_too_often():
    trainer = Trainer(EXPERIMENTS["full-batch"].change("training", epochs=60), checkpoints_room=40)
    for advanced in (3, 10):  # the first quarter of the room is kept in full whatever happens
        trainer.advance(advanced)
        for _ in range(3):
            trainer.checkpoint_queue.widen()
    run(trainer, 1000)
    epochs = [checkpoint.epoch for checkpoint in trainer.checkpoint_queue.take()]
    assert epochs == [*range(1, 14), 16, 24, 32, 40, 48, 56]


def test_nobody_who_keeps_checkpoints_no_checkpoints():
    trainer = Trainer(HOUSES)
    run(trainer, 100)
    assert trainer.checkpoint_queue.take() == ()
    assert not trainer.checkpoint_queue.wants(trainer.epoch)


# --------------------------------------------------------------------------------- which are kept


def checkpoint_at(epoch: int, numbers: int = 3) -> Checkpoint:
    rules = RulesState(0.1, 1.0, np.inf, 0, False, True, None)
    state = TrainingState(np.zeros((0, numbers)), epoch, (), None, rules)
    return Checkpoint(1, epoch, np.full(numbers, float(epoch)), np.zeros(numbers), state)


def filled(room: int, epochs: int) -> Checkpoints:
    """Return a store that was given what a Trainer would have sent it, epoch 0 first."""
    checkpoints, retention, epoch = Checkpoints(room), RetentionPolicy(room), 0
    while epoch <= epochs:
        checkpoints.add(checkpoint_at(epoch))
        epoch = retention.next_after(epoch)
    return checkpoints


@pytest.mark.parametrize("room", [4, 5, 24, 37, 1000])
@pytest.mark.parametrize("epochs", [3, 30, 1_000, 1_000_000])
def test_dense_at_the_start_then_even_and_never_more_than_there_is_room(room, epochs):
    kept = filled(room, epochs).epochs
    assert len(kept) <= room
    dense = min(room // 4, epochs + 1)
    assert kept[:dense].tolist() == list(range(dense))
    strides = set(np.diff(kept[dense + 1 :]).tolist())
    assert len(strides) <= 1
    assert not strides or strides.pop().bit_count() == 1
    if epochs > 4 * room:
        assert len(kept) >= room // 2
    assert epochs - kept[-1] <= 8 * epochs / room + 1


@pytest.mark.parametrize("room", [4, 24, 100])
def test_a_store_that_is_given_every_epoch_is_as_even_and_has_the_newest(room):
    checkpoints = Checkpoints(room)
    for epoch in range(2001):
        checkpoints.add(checkpoint_at(epoch))
        *others, newest = checkpoints.epochs.tolist()
        assert newest == epoch
        assert len(checkpoints) <= room
        assert others[: room // 4] == list(range(min(room // 4, epoch)))
        assert len(set(np.diff(others[room // 4 :]).tolist())) <= 1
    assert len(checkpoints) > room // 2


def test_the_newest_is_kept_until_there_is_a_newer_one():
    checkpoints = filled(24, 1000)
    before = checkpoints.epochs.tolist()
    checkpoints.add(checkpoint_at(1003))
    checkpoints.add(checkpoint_at(1005))
    assert checkpoints.epochs.tolist() == [*before, 1005]


def test_nearest_and_at():
    checkpoints = Checkpoints(24)
    for epoch in (0, 1, 2, 6, 10):
        checkpoints.add(checkpoint_at(epoch))
    asked = (-5, 0, 2, 3, 4, 5, 8, 9, 10, 99)
    assert [checkpoints.nearest(epoch).epoch for epoch in asked] == [
        0,
        0,
        2,
        2,
        2,
        6,
        6,
        10,
        10,
        10,
    ]
    assert checkpoints.at(6).epoch == 6
    assert checkpoints.at(7) is None
    assert checkpoints.at(11) is None
    assert [checkpoint.epoch for checkpoint in checkpoints] == [0, 1, 2, 6, 10]
    with pytest.raises(LookupError):
        Checkpoints(24).nearest(0)


def test_a_branch_shares_what_was_before_and_grows_by_itself():
    checkpoints = filled(24, 1000)
    epochs = checkpoints.epochs.tolist()
    branch = checkpoints.until(epochs[-3] + 1)
    assert branch.epochs.tolist() == epochs[:-2]
    assert branch.at(epochs[-3]) is checkpoints.at(epochs[-3])
    branch.add(checkpoint_at(epochs[-3] + 5))
    assert checkpoints.epochs.tolist() == epochs
    assert branch.room == checkpoints.room


def test_one_of_an_earlier_epoch_replaces_what_came_after():
    checkpoints = filled(24, 10)
    checkpoints.add(checkpoint_at(5))
    assert checkpoints.epochs.tolist() == list(range(6))


def test_a_store_makes_room_by_the_size_of_its_first_checkpoint():
    checkpoints = Checkpoints()
    checkpoints.add(checkpoint_at(0, 100_000))
    assert checkpoints.room == room_for(checkpoint_at(0, 100_000).nbytes)
    assert checkpoints.nbytes == checkpoint_at(0, 100_000).nbytes > 1_600_000


def test_room_follows_the_budget_within_reason():
    assert room_for(1000) == MOST
    assert room_for(BUDGET // 500) == 500
    assert room_for(BUDGET // 10) == FEWEST
    assert room_for(BUDGET) == 4
    assert room_for(10 * BUDGET) == 4


def test_what_is_said_of_memory_is_true():
    experiment = PICTURES.change("network", layers=(Dense(300, "relu"), Dense(10, "softmax")))
    checkpoint = Trainer(experiment).checkpoint()
    told = len(pickle.dumps(checkpoint, pickle.HIGHEST_PROTOCOL))
    assert told <= checkpoint.nbytes <= 1.01 * told
