"""What the training process does by the clock: paces, pauses, and how often moments are told.

The clock is a made one: it goes on while the process waits, and by what an update is said to take.
"""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz.engine.layers import Dense
from nnviz.training import condensing, server
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.completion import complete
from nnviz.training.editing import layers_between
from nnviz.training.edits import AddLayer, AddUnit, RemoveLayer, SetTraining, SetWeight
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.messages import (
    PACES,
    CheckpointsKept,
    Edited,
    EditRun,
    Order,
    Pace,
    Progress,
    Rested,
    Run,
    SetPace,
    SharedMemoryBlob,
    SnapshotWritten,
    pack,
)
from nnviz.training.records import EpochBatch
from nnviz.training.trainer import Trainer

XOR = Experiment(training=TrainingChoice(learning_rate=0.1, epochs=10_000_000))
BATCHES = Experiment(
    DataChoice("moons", rows=60),
    NetworkChoice((Dense(3, "tanh"), Dense(1, "sigmoid"))),
    TrainingChoice("binary_crossentropy", batch_size=10, epochs=10_000_000),
)
"""Six updates an epoch."""


FULL = [(0.0, SetPace(PACES["full"])), (0.0, Order.RESUME)]


class Pipe:
    """The process' end of a pipe: commands arrive at their time, and in the end it breaks.

    Parameters
    ----------
    commands
        (time, command), in order.
    end
        When it breaks.
    """

    def __init__(self, commands, end):
        self.commands, self.end = list(commands), end
        self.clock = 0.0
        self.told = []
        self.progress = Progress()
        self.seen = []

    def poll(self, timeout):
        self.seen.append((self.clock, self.progress.steps[0]))
        due = min([self.end, *(when for when, _ in self.commands[:1])])
        self.clock = max(self.clock, min(self.clock + timeout, due))
        return self.clock >= due

    def recv(self):
        if self.clock >= self.end:
            raise EOFError
        return self.commands.pop(0)[1]

    def send(self, messages):
        self.told.extend((self.clock, message) for message in messages)


@pytest.fixture
def serve(monkeypatch):
    """Serve commands for some seconds, each update taking so many; return pipe and updates."""

    def serve(experiment, commands, seconds, update_takes=0.0, room=0):
        memory = SharedMemoryBlob(4096)
        run = Run(1, experiment, memory.name, checkpoints_room=room)
        pipe = Pipe([(0.0, run), *commands], seconds)
        done = []

        class Timed(Trainer):
            def advance(self, updates):
                before = self.updates
                batch = super().advance(updates)
                pipe.clock += (self.updates - before) * update_takes
                done.append((pipe.clock, self.updates))
                return batch

        monkeypatch.setattr(server, "Trainer", Timed)
        monkeypatch.setattr(server, "time", SimpleNamespace(perf_counter=lambda: pipe.clock))
        server.serve(pipe, pipe.progress.name)
        memory.close()
        return pipe, done

    return serve


def epochs_told(pipe):
    return [
        (when, epoch)
        for when, message in pipe.told
        if isinstance(message, EpochBatch)
        for epoch in message.rows[:, 0]
    ]


STEADY = [pace for pace in PACES.values() if pace.per_second and pace.unit != "run"]


@pytest.mark.parametrize("pace", STEADY)
@pytest.mark.parametrize("experiment", [XOR, BATCHES], ids=["xor", "batches"])
def test_every_pace_is_met(serve, pace, experiment):
    seconds = 20.0 if pace.per_second <= 10 else 3.0
    start = [(0.0, SetPace(pace)), (0.0, Order.RESUME)]
    pipe, done = serve(experiment, start, seconds, update_takes=1e-6)
    count = done[-1][1] if pace.unit == "step" else epochs_told(pipe)[-1][1]
    # The first comes at once; a wait may be a few milliseconds too long, but is made up for.
    assert count == pytest.approx(seconds * pace.per_second, abs=1 + 0.01 * pace.per_second)


@pytest.mark.parametrize("pace", STEADY)
def test_no_unit_comes_before_its_time(serve, pace):
    _, done = serve(XOR, [(0.0, SetPace(pace)), (0.0, Order.RESUME)], 2.0)
    for when, updates in done:
        assert updates <= 1 + when * pace.per_second * (1 + 1e-9)


def test_a_network_too_slow_for_its_pace_trains_all_the_time(serve):
    start = [(0.0, SetPace(PACES["epoch-300"])), (0.0, Order.RESUME)]
    _, done = serve(BATCHES, start, 3.0, update_takes=0.002)
    assert done[-1][1] == pytest.approx(3.0 / 0.002, rel=0.01)


def snapshots_told(pipe):
    return [(when, m.updates) for when, m in pipe.told if isinstance(m, SnapshotWritten)]


def test_a_snapshot_is_told_as_soon_as_there_is_a_new_one_and_only_then(serve):
    asked = [(0.1 * i, Order.GIVE_SNAPSHOT) for i in range(40)]
    start = [(0.0, SetPace(PACES["step-1"])), (0.0, Order.RESUME)]
    pipe, _ = serve(XOR, [*start, *asked], 4.0)
    assert [updates for _, updates in snapshots_told(pipe)] == [1, 2, 3, 4]


def test_a_snapshot_does_not_wait_for_another_slice(serve):
    asked = [(0.1 * i, Order.GIVE_SNAPSHOT) for i in range(1, 20)]
    pipe, _ = serve(BATCHES, [(0.0, Order.RESUME), *asked], 2.0, update_takes=0.001)
    waits = [when - 0.1 * (i + 1) for i, (when, _) in enumerate(snapshots_told(pipe))]
    assert len(waits) == 19
    assert max(waits) <= 2 * server.SLICE


def test_records_of_a_frame_come_in_one_message(serve):
    pipe, done = serve(BATCHES, [(0.0, Order.RESUME)], 1.0, update_takes=1e-5)
    batches = [message for _, message in pipe.told if isinstance(message, EpochBatch)]
    assert len(batches) <= 1 + 1.0 / server.TELL_EVERY
    epochs = np.concatenate([batch.rows[:, 0] for batch in batches])
    untold = done[-1][1] // 6 - len(epochs)
    assert np.array_equal(epochs, 1 + np.arange(len(epochs)))
    assert untold <= 1 + server.TELL_EVERY / 6e-5


def test_records_come_before_the_moment_they_lead_to(serve):
    asked = [(0.0001 + 0.011 * i, Order.GIVE_SNAPSHOT) for i in range(100)]
    pipe, _ = serve(BATCHES, [*FULL, *asked], 1.2, update_takes=1e-5)
    known = 0
    for _, message in pipe.told:
        if isinstance(message, EpochBatch):
            known = message.rows[-1, 0]
        elif isinstance(message, SnapshotWritten):
            assert known == message.epoch


def test_what_no_more_training_follows_is_told_at_once(serve):
    slow = [(0.0, SetPace(PACES["epoch-30"])), (0.0, Order.RESUME), (0.505, Order.PAUSE)]
    pipe, _ = serve(BATCHES, slow, 1.0, update_takes=1e-5)
    times = [when for when, _ in epochs_told(pipe)]
    assert times == [pytest.approx(i / 30, abs=5e-3) for i in range(16)]


@pytest.mark.parametrize("epochs", [3, 400, 20_000])
def test_a_run_of_any_length_takes_as_long_at_its_pace(serve, epochs):
    run = BATCHES.change("training", epochs=epochs)
    start = [(0.0, SetPace(PACES["run-10"])), (0.0, Order.RESUME)]
    pipe, _ = serve(run, start, 12.0, update_takes=1e-6)
    told = dict(map(reversed, epochs_told(pipe)))
    assert max(told) == epochs
    for epoch in (epochs, epochs // 2 + 1):
        assert told[epoch] == pytest.approx(10.0 * epoch / epochs, abs=10.0 / (6 * epochs) + 0.05)


def test_a_run_takes_as_long_at_its_pace_whatever_is_changed_within_it(serve):
    run, smaller = BATCHES.change("training", epochs=400), SetTraining("batch_size", 1.0)
    start = [(0.0, SetPace(PACES["run-10"])), (0.0, Order.RESUME), (5.0, EditRun(smaller))]
    pipe, _ = serve(run, start, 12.0, update_takes=1e-6)
    assert epochs_told(pipe)[-1] == (pytest.approx(10.0, abs=0.1), 400)


def test_a_pace_for_a_run_that_is_chosen_within_an_epoch_counts_what_is_done(serve):
    one = BATCHES.change("training", epochs=1)
    start = [(0.0, SetPace(PACES["run-10"])), (0.0, Order.RESUME)]
    pipe, _ = serve(one, [*start, (5.5, SetPace(PACES["run-10"]))], 20.0, update_takes=1e-6)
    assert epochs_told(pipe) == [(pytest.approx(5.5 + 10.0 / 6, abs=0.1), 1)], "two steps"


def test_an_epoch_longer_than_a_slice_keeps_its_pace(serve):
    start = [(0.0, SetPace(PACES["epoch-30"])), (0.0, Order.RESUME)]
    pipe, _ = serve(BATCHES, start, 3.0, update_takes=0.004)
    assert len(epochs_told(pipe)) == pytest.approx(90, abs=1)


def test_after_a_hold_up_training_does_not_rush(serve):
    slow = Pace("slow", "", 100)
    commands = [(0.0, SetPace(slow)), (0.0, Order.RESUME), (1.0, Order.PAUSE), (6.0, Order.RESUME)]
    pipe, _ = serve(XOR, commands, 7.0)
    later = [when for when, _ in epochs_told(pipe) if when >= 6.0]
    assert len(later) == pytest.approx(100, abs=3)


@pytest.mark.parametrize("name", ["step-1", "epoch-1", "epoch-300"])
def test_pause_is_obeyed_at_once_at_any_pace(serve, name):
    commands = [(0.0, SetPace(PACES[name])), (0.0, Order.RESUME), (2.5, Order.PAUSE)]
    pipe, done = serve(BATCHES, commands, 10.0, update_takes=1e-5)
    rested = [when for when, message in pipe.told if isinstance(message, Rested)]
    assert rested == [pytest.approx(2.5, abs=1e-3)]
    assert done[-1][0] <= rested[0]


def test_another_pace_counts_at_once(serve):
    commands = [
        (0.0, SetPace(PACES["step-1"])),
        (0.0, Order.RESUME),
        (2.1, SetPace(PACES["epoch-30"])),
    ]
    pipe, _ = serve(XOR, commands, 4.1)
    faster = [when for when, _ in epochs_told(pipe) if when >= 2.1]
    assert faster[0] == 2.1
    assert len(faster) == pytest.approx(60, abs=2)


@pytest.mark.parametrize("takes", [2e-5, 1e-3, 0.1])
def test_flat_out_looks_at_its_commands_within_a_slice_or_an_update(serve, takes):
    commands = [(0.0, SetPace(PACES["full"])), (0.0, Order.RESUME), (3.0001, Order.PAUSE)]
    pipe, done = serve(BATCHES, commands, 5.0, update_takes=takes)
    (rested,) = (when for when, message in pipe.told if isinstance(message, Rested))
    assert rested - 3.0001 <= max(2 * server.SLICE, takes)
    assert done[-1][1] == pytest.approx(rested / takes, rel=0.01)


def test_a_slow_pace_still_learns_how_much_to_do_at_once(serve):
    """Many updates an epoch are not asked for one by one."""
    start = [(0.0, SetPace(PACES["epoch-30"])), (0.0, Order.RESUME)]
    many = BATCHES.change("training", batch_size=1)
    _, done = serve(many, start, 1.0, update_takes=1e-5)
    assert len(done) < done[-1][1] / 20


# --------------------------------------------------------------------------- shows that it goes on


@pytest.mark.parametrize("pace", [Pace("slow", "", 0.1), PACES["step-1"], PACES["full"]])
def test_it_shows_at_least_once_a_second_that_it_goes_on(serve, pace):
    start = [(0.0, SetPace(pace)), (30.0, Order.RESUME), (60.0, Order.PAUSE)]
    pipe, _ = serve(BATCHES, start, 90.0, update_takes=0.1)
    times, steps = np.transpose(pipe.seen)
    moved = times[1:][np.diff(steps) > 0]
    assert max(np.diff([0.0, *moved, 90.0])) <= server.LONGEST_WAIT + 0.11


def test_every_mini_batch_shows(serve):
    pipe, done = serve(BATCHES, FULL, 1.0, update_takes=1e-5)
    assert pipe.progress.steps[0] >= done[-1][1] > 10_000


def test_every_command_is_counted(serve):
    pipe, _ = serve(XOR, [*FULL, (1.0, Order.PAUSE), (1.5, Order.STEP)], 2.0, update_takes=1e-3)
    assert pipe.progress.answered[0] == 5


# ----------------------------------------------------------------------------------- moments told


def checkpoints_told(pipe):
    return [
        (when, checkpoint)
        for when, message in pipe.told
        if isinstance(message, CheckpointsKept)
        for checkpoint in message.checkpoints
    ]


def test_a_short_run_tells_every_epoch_there_is_room_for(serve):
    pipe, _ = serve(XOR.change("training", epochs=900), FULL, 1.0, update_takes=2e-5, room=1000)
    assert [checkpoint.epoch for _, checkpoint in checkpoints_told(pipe)] == list(range(1, 901))


def test_checkpoints_come_no_more_often_than_they_may_in_the_long_run(serve):
    pipe, _ = serve(XOR, FULL, 12.0, update_takes=1e-3, room=10_000)
    told = checkpoints_told(pipe)
    assert [checkpoint.epoch for _, checkpoint in told[:2499]] == list(range(1, 2500))
    share = sum(when >= 8.0 for when, _ in told) * server.CHECKPOINT_SECONDS / 4.0
    assert 0.4 <= share <= 1.1
    assert np.all(np.diff([checkpoint.epoch for _, checkpoint in told]) > 0)


def test_what_is_told_makes_an_even_timeline(serve):
    pipe, done = serve(BATCHES, FULL, 10.0, update_takes=2e-4, room=200)
    store = Checkpoints(200)
    for _, checkpoint in checkpoints_told(pipe):
        store.add(checkpoint)
    assert 100 < len(store) <= 200
    assert max(np.diff(store.epochs)) <= 16 * done[-1][1] / 6 / 200


@pytest.mark.parametrize("command", [Order.STEP, Order.RESUME])
def test_where_training_rests_is_told_though_it_is_not_on_the_grid(serve, command):
    experiment = XOR.change("training", epochs=101)
    pipe, _ = serve(experiment, FULL, 3.0, room=8)
    told = [checkpoint.epoch for _, checkpoint in checkpoints_told(pipe)]
    assert told[-1] == 101
    assert told[-2] % 16 == 0
    assert isinstance(pipe.told[-1][1], Rested)
    # Trained on, it is a run like any other; nothing is told twice.
    pipe, _ = serve(experiment, [*FULL, (2.0, command)], 3.0, room=8)
    again = [checkpoint.epoch for _, checkpoint in checkpoints_told(pipe)]
    assert again[: len(told)] == told
    assert again[len(told)] > 101


# -------------------------------------------------------------------------------- long runs


@pytest.fixture
def few_exact(monkeypatch):
    """Keep every epoch up to 1,024, and groups of 16 and more beyond."""
    monkeypatch.setattr(condensing, "EXACT_EPOCHS", 2**10)
    monkeypatch.setattr(condensing, "GROUPS", 2**6)


LONG = Experiment(
    network=NetworkChoice((Dense(3, "tanh"), Dense(2, "tanh"), Dense(1, "sigmoid"))),
    training=TrainingChoice(learning_rate=0.1, epochs=5000),
)


def window_history(pipe, history, experiment):
    """Return the history that the window makes of what is told; it has those layers at first."""
    edits = 0
    for _, message in pipe.told:
        if isinstance(message, Edited):
            experiment = message.experiment
        elif isinstance(message, EpochBatch):
            layers = layers_between(experiment, edits, message.edits)
            history = history.copy() if layers is None else history.with_layers(layers)
            edits = message.edits
            history.extend(message.rows, message.settled)
    return history, experiment


def begun(experiment):
    """Return the history of an untrained network."""
    history = History(len(experiment.network.layers))
    history.append(Trainer(experiment).evaluate())
    return history


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (SetTraining("learning_rate", 0.3), SetTraining("learning_rate", 0.2)),
        (SetWeight(0, 1, 0, 2.0), AddUnit(0)),
        (RemoveLayer(1), AddLayer(1, Dense(2, "tanh"))),
    ],
    ids=["none", "rate", "network", "layers"],
)
def test_a_long_run_is_condensed_on_the_way_as_the_command_line_does(serve, few_exact, edits):
    commands = [(0.213 + 0.1 * i, EditRun(edit)) for i, edit in enumerate(edits)]
    pipe, _ = serve(LONG, [*FULL, *commands], 2.0, update_takes=1e-4)
    told, asked = window_history(pipe, begun(LONG), LONG)
    assert len(asked.edits) == len(edits)
    assert told.column("epoch")[-1] == 5000
    assert len(told) < 1800
    np.testing.assert_allclose(told.rows(), complete(asked).history.rows(), rtol=1e-12)


def test_what_is_told_of_a_long_run_is_as_much_as_is_kept_of_it(serve, few_exact):
    pipe, _ = serve(LONG, FULL, 2.0, update_takes=1e-4)
    batches = [message for _, message in pipe.told if isinstance(message, EpochBatch)]
    late = [batch for batch in batches if batch.rows[0, 0] > 2**11]
    assert len(late) > 10
    assert all(len(batch.rows) < 60 for batch in late), "of about 200 epochs"
    newest = [batch.rows[-1, 0] for batch in batches]
    assert all(0 < later - one <= 240 for one, later in pairwise(newest)), "it is always there"


def test_every_epoch_of_a_long_run_is_told_where_somebody_listens(serve, few_exact):
    with_all = Run(2, LONG, SharedMemoryBlob(4096).name, every_epoch=True)
    pipe, _ = serve(LONG, [(0.0, with_all), *FULL], 2.0, update_takes=1e-4)
    assert [epoch for _, epoch in epochs_told(pipe)] == list(range(1, 5001))


@pytest.mark.parametrize("edits", [0, 1])
def test_a_long_run_taken_up_again_keeps_what_there_was(serve, few_exact, edits):
    """In the middle of a group, whose first part nobody knows any more."""
    trainer, history = Trainer(LONG), begun(LONG)
    while trainer.epoch < 2500:
        history.extend(trainer.advance(100).rows)
    history.extend(trainer.advance(7).rows)
    memory, start = SharedMemoryBlob(4096), pack(trainer.checkpoint())
    again = Run(2, LONG, memory.name, packed_start=start.name)
    edit = [(0.0, EditRun(SetWeight(0, 1, 0, 2.0)))] * edits
    pipe, _ = serve(LONG, [(0.0, again), *edit, *FULL], 2.0, update_takes=1e-4)
    restored = History(3)
    restored.extend(history.rows())
    told, asked = window_history(pipe, restored, LONG)
    whole = complete(asked).history
    rows, expected, epochs = told.rows(), whole.rows(), told.column("epoch")[:]
    before, after = epochs < 2507, epochs > 2528
    np.testing.assert_array_equal(rows[before], history.rows()[:-1])
    np.testing.assert_allclose(rows[after], expected[whole.column("epoch")[:] > 2528], rtol=1e-12)
    row = int(np.flatnonzero(epochs == 2507)[0])
    losses = complete(asked.change("training", epochs=2507)).history.column("train_loss")
    assert told.column("train_loss")[row] == losses[-1], "where it rested is exact"
    assert np.isfinite(rows[1:, -3:]).all(), "gradients too"
