"""The session: thread, process, order of records, and every way a run can end."""

from __future__ import annotations

import dataclasses
import gc
import os
import signal
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz.engine.layers import Dense
from nnviz.errors import DivergedError, NnvizError, ProcessError
from nnviz.gui.run import worker as worker_module
from nnviz.gui.run.diagnoser import Diagnoser
from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session, SessionState
from nnviz.gui.run.worker import TrainingWorker
from nnviz.training import evaluation, messages
from nnviz.training.completion import complete
from nnviz.training.edits import AddLayer, AddUnit, DeletePoint, RemoveUnit, SetTraining, SetWeight
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS
from nnviz.training.trainer import Trainer


def xor(epochs=100, rate=1.0, **training):
    return Experiment(
        network=NetworkChoice((Dense(4, "sigmoid"), Dense(1, "sigmoid")), "he_normal"),
        training=TrainingChoice(learning_rate=rate, epochs=epochs, **training),
    )


ENDLESS = xor(epochs=10_000_000)


def states(session):
    seen = []
    session.state_changed.connect(seen.append)
    return seen


def wait_for(qtbot, session, state):
    qtbot.waitUntil(lambda: session.state is state, timeout=20_000)


def finished(qtbot, session):
    session.train()
    wait_for(qtbot, session, SessionState.FINISHED)


def test_every_epoch_is_signalled_once_in_order_and_equals_the_trainer(qtbot, session):
    recording, records, snapshots = Recording(session), [], []
    session.snapshot_ready.connect(snapshots.append)
    session.worker.epoch_finished.connect(records.append)
    session.load(xor())
    finished(qtbot, session)
    assert not records, "nobody asked for one by one"
    session.worker.tells_each_epoch = True
    session.load(xor())
    finished(qtbot, session)

    trainer = Trainer(xor(), run_id=2)
    expected = list(trainer.steps())[1:]
    qtbot.waitUntil(lambda: len(records) == len(expected))
    assert records == expected
    assert np.array_equal(recording.frame.history.column("epoch"), np.arange(101))
    assert recording.frame.history.column("train_loss")[-1] == expected[-1].train_loss
    assert snapshots[-1].epoch == 100
    assert np.array_equal(snapshots[-1].parameters, trainer.network.parameters)


@pytest.mark.parametrize("listens", [True, False])
def test_the_process_is_told_whether_every_epoch_is_wanted(listens):
    worker, begun = TrainingWorker(), []
    worker._process = SimpleNamespace(begin=lambda run, parameters: begun.append(run), pipe=-1)
    worker.tells_each_epoch = listens
    worker.begin(messages.Run(1, xor()), 17)
    assert [run.every_epoch for run in begun] == [listens]


@pytest.mark.skipif(sys.platform == "win32", reason="its pipes cannot be waited for")
def test_what_is_told_needs_no_looking_for(qtbot, session, monkeypatch):
    """Also by a process that takes the place of one that was killed."""
    monkeypatch.setattr(worker_module, "BUSY_INTERVAL", 3_600_000)
    monkeypatch.setattr(worker_module, "IDLE_INTERVAL", 3_600_000)
    session.load(xor())
    finished(qtbot, session)
    os.kill(session.worker._process._process.pid, signal.SIGKILL)
    wait_for(qtbot, session, SessionState.FAILED)
    session.load(xor())
    finished(qtbot, session)


def test_a_convolutional_network_comes_to_the_same_bits_as_the_command_lines(qtbot, session):
    """With dropout and mini-batches in single precision, as `mnist-cnn` has them."""
    recording = Recording(session)
    asked = PRESETS["digits-cnn"].experiment.change("data", test_fraction=0.8)
    experiment = asked.change("training", epochs=1)
    session.load(experiment)
    finished(qtbot, session)
    done = complete(experiment)
    assert np.array_equal(recording.history.rows(), done.history.rows(), equal_nan=True)
    assert np.array_equal(recording.newest.snapshot.parameters, done.snapshot.parameters)


def test_what_crosses_the_thread_is_each_time_new_and_cannot_be_written_to(qtbot, session):
    snapshots, batches = [], []
    session.snapshot_ready.connect(snapshots.append)
    session.epochs_finished.connect(batches.append)
    FrameFeed(Recording(session, session), session, session)  # which asks for snapshots
    session.load(ENDLESS)
    session.train()
    qtbot.waitUntil(lambda: len(snapshots) > 5, timeout=20_000)  # by shared memory
    session.pause()
    wait_for(qtbot, session, SessionState.PAUSED)  # and by the pipe
    arrays = [
        array for checkpoint in snapshots for array in (checkpoint.parameters, checkpoint.gradients)
    ]
    arrays += [batch.rows for batch in batches]
    assert len(batches) > 1
    streamed = snapshots[1:-1]  # the last two may be of one epoch
    assert len({snapshot.epoch for snapshot in streamed}) == len(streamed)
    assert all(np.isfinite(snapshot.parameters).all() for snapshot in snapshots)
    assert not any(array.flags.writeable for array in arrays)


def test_pause_and_resume_lose_no_epoch(qtbot, session):
    recording = Recording(session)
    session.load(ENDLESS)
    session.train()
    qtbot.waitUntil(lambda: len(recording.frame.history) > 50, timeout=20_000)
    session.pause()
    wait_for(qtbot, session, SessionState.PAUSED)
    rested = len(recording.frame.history)
    session.train()
    qtbot.waitUntil(lambda: len(recording.frame.history) > rested + 50, timeout=20_000)
    epochs = recording.frame.history.column("epoch")
    assert np.array_equal(epochs, np.arange(len(epochs)))


def test_a_step_is_one_mini_batch(qtbot, session):
    recording = Recording(session)
    session.load(xor(batch_size=2))
    before = recording.frame.inspection.snapshot.parameters
    session.step()
    wait_for(qtbot, session, SessionState.PAUSED)
    assert len(recording.frame.history) == 1
    assert not np.array_equal(recording.frame.inspection.snapshot.parameters, before)
    with qtbot.waitSignal(session.epochs_finished):
        session.step()
    assert recording.frame.history.column("epoch")[-1] == 1


def test_after_the_end_training_goes_on_for_as_many_epochs_and_a_step_for_one_batch(qtbot, session):
    recording = Recording(session)
    session.load(xor(epochs=20))
    finished(qtbot, session)
    finished(qtbot, session)
    assert recording.frame.history.column("epoch")[-1] == 40
    session.step()
    wait_for(qtbot, session, SessionState.PAUSED)
    assert recording.frame.history.column("epoch")[-1] == 41


def test_a_slow_pace_trains_no_more_than_it_says_and_pace_and_rate_change_meanwhile(qtbot, session):
    recording = Recording(session)
    session.set_pace(PACES["step-1"])
    session.load(ENDLESS)
    session.train()
    qtbot.waitUntil(lambda: len(recording.frame.history) >= 2, timeout=20_000)
    assert len(recording.frame.history) == 2
    session.set_pace(PACES["full"])
    session.edit(SetTraining("learning_rate", 0.25))
    qtbot.waitUntil(lambda: len(recording.frame.history) > 1000, timeout=20_000)
    assert recording.frame.history.column("learning_rate")[-1] == 0.25


@pytest.mark.parametrize("again", [1, 5])
def test_loading_while_training_starts_a_clean_run(qtbot, session, again):
    recording = Recording(session)
    session.load(ENDLESS)
    for _ in range(again):
        session.train()
        session.load(ENDLESS)
    session.train()
    qtbot.waitUntil(lambda: len(recording.frame.history) > 100, timeout=20_000)
    epochs = recording.frame.history.column("epoch")
    assert np.array_equal(epochs, np.arange(len(epochs)))


def kept_by(session):
    """Return the list that all moments a session tells of are put into, run by run."""
    checkpoints = []
    session.began.connect(checkpoints.clear)
    session.checkpoints_kept.connect(checkpoints.extend)
    return checkpoints


def trained(qtbot, session):
    """Train 20 epochs; return the moments kept of them."""
    checkpoints = kept_by(session)
    session.load(xor(epochs=20))
    finished(qtbot, session)
    return checkpoints


def records_after(session):
    rows = []
    session.epochs_finished.connect(lambda batch: rows.extend(batch.records()))
    return rows


def test_checkpoints_of_a_run_are_kept_from_epoch_0_to_where_it_rests(qtbot, session):
    checkpoints = kept_by(session)
    session.load(xor(epochs=2003))
    assert [checkpoint.epoch for checkpoint in checkpoints] == [0]
    finished(qtbot, session)
    epochs = [checkpoint.epoch for checkpoint in checkpoints]
    assert epochs[:100] == list(range(100))
    assert epochs[-1] == 2003
    assert np.all(np.diff(epochs) > 0)
    trainer = Trainer(xor(epochs=2003))
    for checkpoint in checkpoints:
        while trainer.epoch < checkpoint.epoch:
            trainer.advance(trainer.updates_until(1))
        assert np.array_equal(checkpoint.parameters, trainer.network.parameters)
        assert not checkpoint.parameters.flags.writeable


@pytest.mark.parametrize("while_running", [False, True])
def test_a_branch_goes_on_from_its_checkpoint_as_the_run_did(qtbot, session, while_running):
    checkpoints, branched, snapshots = kept_by(session), [], []
    session.load(xor(epochs=60, batch_size=2) if not while_running else ENDLESS)
    session.train()
    if while_running:
        qtbot.waitUntil(lambda: len(checkpoints) > 40, timeout=20_000)
    else:
        wait_for(qtbot, session, SessionState.FINISHED)
    session.branched.connect(branched.append)
    session.snapshot_ready.connect(snapshots.append)
    old, seen = {checkpoint.epoch: checkpoint for checkpoint in checkpoints}, states(session)
    session.branch(checkpoints[20])
    assert session.state is SessionState.PAUSED
    assert branched == [20]
    assert [snapshot.epoch for snapshot in snapshots] == [20]
    assert np.array_equal(snapshots[0].parameters, checkpoints[20].parameters)

    records = records_after(session)
    checkpoints.clear()
    session.train()
    if while_running:
        qtbot.waitUntil(lambda: len(checkpoints) > 10, timeout=20_000)
        session.pause()
        wait_for(qtbot, session, SessionState.PAUSED)
    else:
        wait_for(qtbot, session, SessionState.FINISHED)
        assert records[-1].epoch == 60
    assert [record.epoch for record in records[:20]] == list(range(21, 41))
    assert {checkpoint.run_id for checkpoint in checkpoints} == {2}
    for checkpoint in checkpoints[:10]:
        assert np.array_equal(checkpoint.parameters, old[checkpoint.epoch].parameters)
    assert SessionState.FAILED not in seen


def test_a_branch_takes_the_rate_of_its_checkpoint_or_the_one_set_after_it(qtbot, session):
    checkpoints = trained(qtbot, session)
    session.branch(checkpoints[5])
    session.edit(SetTraining("learning_rate", 0.25))
    records = records_after(session)
    finished(qtbot, session)
    assert [record.epoch for record in records] == list(range(6, 21))
    assert {record.learning_rate for record in records} == {0.25}

    session.branch(checkpoints[3])
    records.clear()
    finished(qtbot, session)
    assert {record.learning_rate for record in records} == {1.0}

    session.branch(checkpoints[-1])
    records.clear()
    finished(qtbot, session)
    assert [record.epoch for record in records] == list(range(21, 41)), "for as many again"


def test_a_branch_can_be_stepped_and_left_for_another(qtbot, session):
    checkpoints = trained(qtbot, session)
    for start in (checkpoints[0], checkpoints[12], checkpoints[4]):
        session.branch(start)
        assert (session.state is SessionState.IDLE) == (start.epoch == 0)
        with qtbot.waitSignal(session.epochs_finished, timeout=20_000) as told:
            session.step()
        assert told.args[0].rows[:, 0].tolist() == [start.epoch + 1]


def test_a_divergence_is_told_with_the_layer_and_one_can_go_back_and_on_slower(qtbot, session):
    checkpoints = kept_by(session)
    session.load(
        Experiment(
            data=DataChoice(sample="houses"),
            network=NetworkChoice((Dense(3, "linear"), Dense(1, "linear"))),
            training=TrainingChoice(learning_rate=1e-9, epochs=10_000_000),
        )
    )
    session.train()
    qtbot.waitUntil(lambda: len(checkpoints) > 10, timeout=20_000)
    snapshots = []
    session.snapshot_ready.connect(snapshots.append)
    with qtbot.waitSignal(session.failed, timeout=20_000) as failure:
        session.edit(SetTraining("learning_rate", 1.0))
    error, details = failure.args
    assert isinstance(error, DivergedError)
    assert str(error).startswith(("Layer “Hidden 1”", "Layer “Output”"))
    assert details == ""
    assert np.isfinite(snapshots[-1].parameters).all()
    assert session.state is SessionState.FAILED
    calm = next(each for each in reversed(checkpoints) if each.state.rules.base_rate == 1e-9)
    assert calm.epoch <= checkpoints[-1].epoch < error.values["epoch"]
    assert np.isfinite(checkpoints[-1].parameters).all()
    session.branch(calm)
    records = records_after(session)
    session.train()
    qtbot.waitUntil(lambda: len(records) > 10, timeout=20_000)
    assert records[0].epoch == calm.epoch + 1
    assert session.state is SessionState.RUNNING


def test_a_process_that_is_killed_or_fails_is_told_and_replaced(qtbot, session):
    session.load(ENDLESS)
    session.train()
    qtbot.waitSignal(session.epochs_finished, timeout=20_000).wait()
    process = session.worker._process._process
    with qtbot.waitSignal(session.failed, timeout=20_000) as failure:
        os.kill(process.pid, signal.SIGKILL)
    assert isinstance(failure.args[0], ProcessError)
    session.load(ENDLESS)
    with qtbot.waitSignal(session.failed, timeout=20_000) as failure:
        session.train()
        session.edit("not an edit")
    assert isinstance(failure.args[0], ProcessError)
    assert "Traceback" in failure.args[1], "a fault in the process arrives with it"
    session.load(xor())
    finished(qtbot, session)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
@pytest.mark.parametrize("resting", [False, True], ids=["training", "paused"])
def test_a_stopped_process_is_told_ended_and_replaced(qtbot, session, resting):
    checkpoints, snapshots = kept_by(session), []
    session.snapshot_ready.connect(snapshots.append)
    session.load(ENDLESS)
    session.train()
    qtbot.waitUntil(lambda: len(checkpoints) > 10, timeout=20_000)
    if resting:
        session.pause()
        wait_for(qtbot, session, SessionState.PAUSED)
    child = session.worker._process._process.pid
    with qtbot.waitSignal(session.failed, timeout=20_000) as failure:
        os.kill(child, signal.SIGSTOP)
        session.train()
    assert "stood still" in str(failure.args[0])
    assert session.state is SessionState.FAILED
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert snapshots[-1].epoch >= (checkpoints[-1].epoch if resting else 0)

    session.branch(checkpoints[5])
    records = records_after(session)
    session.train()
    qtbot.waitUntil(lambda: len(records) > 10, timeout=20_000)
    assert records[0].epoch == 6


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals")
def test_a_process_stopped_while_it_rests_and_woken_before_it_is_needed_is_kept(qtbot, session):
    session.load(ENDLESS)
    session.step()
    wait_for(qtbot, session, SessionState.PAUSED)
    child = session.worker._process._process.pid
    os.kill(child, signal.SIGSTOP)
    qtbot.wait(4000)  # longer than a running one may stand still
    assert session.state is SessionState.PAUSED
    os.kill(child, signal.SIGCONT)
    with qtbot.waitSignal(session.epochs_finished, timeout=20_000):
        session.train()
    assert session.worker._process._process.pid == child


def test_no_memory_to_share_fails_with_a_sentence_and_training_goes_on_when_there_is(
    qtbot, session, tmp_path, monkeypatch
):
    checkpoints = trained(qtbot, session)
    session.branch(checkpoints[5])
    with monkeypatch.context() as nowhere:
        nowhere.setattr(messages, "_FOLDERS", (str(tmp_path / "none"),))
        with qtbot.waitSignal(session.failed, timeout=20_000) as failure:
            session.train()
    assert "share memory" in str(failure.args[0])
    assert session.state is SessionState.FAILED
    session.branch(checkpoints[5])
    finished(qtbot, session)


# ------------------------------------------------------------------------------- edits of a run

EDITS_OF_ALL_SORTS = (
    AddUnit(0),
    SetTraining("learning_rate", 0.5),
    AddLayer(1, Dense(40, "tanh")),  # more parameters than the shared memory was made for
    SetWeight(2, 0, 1, 1.5),
    DeletePoint(2),
)


def edit(qtbot, session, what):
    with qtbot.waitSignal(session.edits_made, timeout=20_000):
        session.edit(what)


@pytest.mark.parametrize("running", [False, True], ids=["at rest", "running"])
def test_edits_of_a_run_are_seen_recorded_and_done_again(qtbot, session, running):
    recording, trained, before = Recording(session), 0, []
    recording.edited.connect(lambda asked, run: before.append(run))
    session.set_pace(PACES["epoch-300"])
    session.load(xor(epochs=4_000 if not running else 10_000_000))
    for what in EDITS_OF_ALL_SORTS:
        if running or what is EDITS_OF_ALL_SORTS[2]:
            session.train()
            trained += 4
            qtbot.waitUntil(lambda: recording.newest_epoch >= trained, timeout=20_000)  # noqa: B023
        if not running:
            session.pause()
            qtbot.waitUntil(lambda: session.state is not SessionState.RUNNING, timeout=20_000)
        edit(qtbot, session, what)
    made = len(EDITS_OF_ALL_SORTS)  # epochs with an edit may come before the snapshot with it
    qtbot.waitUntil(lambda: recording.frame.inspection.snapshot.edits == made, timeout=20_000)
    if running:
        qtbot.waitUntil(lambda: len(recording.frame.inspection.weights(1)) == 40, timeout=20_000)
        session.pause()
    wait_for(qtbot, session, SessionState.PAUSED)
    run, frame = recording.recorded(), recording.frame
    assert [type(each) for each in run.experiment.edits] == [type(e) for e in EDITS_OF_ALL_SORTS]
    assert session.problem is frame.inspection.problem is recording.problem
    assert frame.inspection.weights(1).shape == (40, 5)
    assert frame.history.layers == 3
    assert before[-1].experiment.edits == run.experiment.edits[:4]
    assert before[-1].checkpoints[-1].edits == 4

    again = Trainer(run.experiment.change("training", epochs=run.epochs))
    while not again.finished:
        again.advance(10)
    last = run.checkpoints[-1]
    assert last.edits == again.edits == 5
    assert np.array_equal(last.parameters, again.network.parameters)
    assert np.array_equal(last.state.optimizer, again.checkpoint().state.optimizer)
    assert frame.history.column("train_loss")[run.epochs] == again.evaluate().train_loss

    session.restore(run)
    assert session.experiment == run.experiment
    assert recording.recorded().experiment == run.experiment
    recording.show(0)
    assert recording.frame.history.layers == recording.frame.inspection.layers
    first = recording.checkpoints.nearest(0)
    session.branch(first)
    assert session.experiment.edits == run.experiment.edits[: first.edits]
    assert recording.history.layers == len(session.problem.experiment.network.layers)
    session.restore(before[-1])
    assert recording.recorded().result.edits == 4


def test_an_edit_that_cannot_be_leaves_the_run_as_it_is(qtbot, session):
    recording = Recording(session)
    session.load(xor(epochs=30))
    with qtbot.waitSignal(session.edit_refused, timeout=20_000) as refusal:
        session.edit(RemoveUnit(0, 9))
    assert "no neuron 10" in str(refusal.args[0])
    finished(qtbot, session)
    trainer = Trainer(xor(epochs=30))
    assert [*trainer.steps()][-1].train_loss == recording.history.column("train_loss")[-1]
    assert session.experiment == xor(epochs=30)


def test_a_run_with_edits_is_shown_again_as_it_went(qtbot, session):
    """From its experiment alone; the views follow as they did the first time."""
    edits = (AddLayer(0, Dense(3, "tanh"), epoch=5), DeletePoint(1, epoch=5), AddUnit(1, epoch=30))
    asked, problems = dataclasses.replace(xor(epochs=30), edits=edits), []
    recording = Recording(session)
    session.problem_changed.connect(problems.append)
    session.load(asked)
    finished(qtbot, session)
    done = complete(asked)
    assert np.array_equal(recording.history.rows(), done.history.rows(), equal_nan=True)
    assert [len(each.experiment.network.layers) for each in problems] == [3, 3]
    assert recording.frame.inspection.weights(1).shape == (5, 3)


def test_a_large_network_is_looked_at_aside_while_training_may_begin(qtbot, session, monkeypatch):
    monkeypatch.setattr(evaluation, "LONG_WORK", 0.0)  # whatever it is, it takes long
    recording, told = Recording(session), []
    diagnoser = Diagnoser(recording, session.background)
    session.state_changed.connect(diagnoser.show_state)
    diagnoser.found.connect(told.append)
    session.load(xor(rate=1e-6))
    assert recording.frame is not None
    assert not len(recording.history), "its record is calculated"
    finished(qtbot, session)
    assert recording.history.column("epoch").tolist() == list(range(101)), "it came first"
    assert recording.history.column("train_loss")[0] == Trainer(xor()).evaluate().train_loss

    first, checkpoint = recording.frame.inspection, recording.frame.checkpoint
    assert first.seen(moving=False) is not first
    assert first.next_step(checkpoint) is None
    still = recording.frame.still().inspection
    qtbot.waitUntil(lambda: recording.frame.inspection is not first)
    now = recording.frame.inspection
    qtbot.waitUntil(lambda: now.next_step(checkpoint) is not None)
    assert now.seen(moving=False) is now
    assert still.seen(moving=False) is still, "a picture waits for nothing"
    qtbot.waitUntil(lambda: bool(told))
    assert "rate" in str(told[0])


def test_what_fails_aside_is_told_and_what_waits_is_done_then(qtbot, session):
    done = []

    def fail() -> None:
        raise NnvizError("It cannot be.", "Leave it.")

    with qtbot.captureExceptions() as errors:
        for kind, compute in (("first", fail), ("second", lambda: 1), ("third", lambda: 2)):
            session.background.ask(kind, compute, done.append)
        session.background.drop("third")
        qtbot.waitUntil(lambda: done == [1])
    assert [str(error) for _, error, _ in errors] == ["It cannot be. Leave it."]


def test_another_run_does_not_get_the_record_of_the_one_before(qtbot, session, monkeypatch):
    monkeypatch.setattr(evaluation, "LONG_WORK", 0.0)
    recording = Recording(session)
    session.load(xor())
    session.load(xor(seed=5))
    finished(qtbot, session)
    assert len(recording.history) == 101
    loss = Trainer(xor(seed=5)).evaluate().train_loss
    assert recording.history.column("train_loss")[0] == loss


def test_garbage_is_the_windows_until_the_last_of_them_is_closed(qtbot):
    gc.enable()
    first, second = Session(), Session()  # as when text is to have another size
    first.close()
    assert not gc.isenabled(), "a thread that destroys widgets crashes the second"
    second.close()
    assert gc.isenabled()
