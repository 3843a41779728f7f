"""The experiment store, and what the frame feed shows to whom."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import Dense
from nnviz.errors import InvalidChoiceError
from nnviz.gui.run import frame_feed
from nnviz.gui.run.experiment_store import UNDO_DEPTH, ExperimentStore
from nnviz.gui.run.frame_feed import BUDGET, FrameFeed
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import SessionState
from nnviz.training.experiment import Experiment, NetworkChoice, TrainingChoice
from nnviz.training.messages import PACES

XOR = Experiment(training=TrainingChoice(epochs=50))


@pytest.fixture
def store(qtbot):
    return ExperimentStore(XOR)


def rate(value):
    return XOR.change("training", learning_rate=value)


def test_a_possible_proposal_is_taken_over_and_told(qtbot, store):
    with qtbot.waitSignal(store.changed) as changed:
        assert store.propose(rate(0.5))
    assert changed.args == [rate(0.5)]
    assert store.experiment == rate(0.5)


def test_an_impossible_proposal_changes_nothing_and_names_its_field(qtbot, store):
    softmax = dataclasses.replace(XOR, network=NetworkChoice((Dense(1, "softmax"),)))
    with qtbot.waitSignal(store.refused) as refused, qtbot.assertNotEmitted(store.changed):
        assert not store.propose(softmax)
    assert isinstance(refused.args[0], InvalidChoiceError)
    assert refused.args[0].field == "network.layers.0.activation"
    assert store.experiment == XOR


def test_proposing_what_is_there_starts_no_new_run(qtbot, store):
    with qtbot.assertNotEmitted(store.changed):
        assert store.propose(dataclasses.replace(XOR))


def test_undo_and_redo_walk_through_experiments(store):
    for value in (0.2, 0.3):
        store.propose(rate(value))
    store.undo()
    assert store.experiment == rate(0.2)
    store.undo()
    store.undo()
    assert store.experiment == XOR
    store.redo()
    store.redo()
    store.redo()
    assert store.experiment == rate(0.3)


def test_a_new_proposal_forgets_what_was_undone(store):
    store.propose(rate(0.2))
    store.undo()
    store.propose(rate(0.4))
    store.redo()
    assert store.experiment == rate(0.4)


def test_undo_goes_back_a_hundred_steps_and_no_more(store):
    for step in range(1, 2 * UNDO_DEPTH + 1):
        store.propose(rate(step / 100))
    for _ in range(2 * UNDO_DEPTH):
        store.undo()
    assert store.experiment == rate(UNDO_DEPTH / 100)


def test_a_rate_set_while_running_asks_for_no_new_run_and_can_be_undone(qtbot, store):
    store.propose(dataclasses.replace(rate(0.2), preset="xor-2-4-1"))
    with qtbot.waitSignal(store.amended), qtbot.assertNotEmitted(store.changed):
        store.amend(dataclasses.replace(rate(0.7), preset="xor-2-4-1"), None)
    assert store.experiment == dataclasses.replace(rate(0.7), preset="xor-2-4-1")
    store.undo()
    assert store.experiment == dataclasses.replace(rate(0.2), preset="xor-2-4-1")


class Watcher(QWidget):
    """A view that writes down what it was shown."""

    def __init__(self):
        super().__init__()
        self.problems, self.frames = [], []

    def begin(self, problem):
        self.problems.append(problem)

    def show_frame(self, frame):
        self.frames.append((len(frame.history), frame.inspection.epoch, frame.row))


def watched(qtbot, session, *views):
    """Show some views what there is to see; return who does it."""
    recording = Recording(session, session)
    feed = FrameFeed(recording, session)
    for view in views:
        qtbot.addWidget(view)
        feed.add_view(view)
        view.show()
    return recording, feed


def test_only_visible_views_are_shown_frames_and_catch_up_when_shown(qtbot, session):
    seen, hidden = Watcher(), Watcher()
    _, feed = watched(qtbot, session, seen, hidden)
    hidden.hide()
    session.load(XOR)
    session.train()
    qtbot.waitUntil(lambda: session.state is SessionState.FINISHED, timeout=20_000)
    qtbot.waitUntil(lambda: seen.frames[-1][:2] == (51, 50))
    assert len(seen.problems) == 1
    assert hidden.frames == []
    hidden.show()
    feed.refresh()
    qtbot.waitUntil(lambda: hidden.frames == [(51, 50, 0)])
    assert len(hidden.problems) == 1


def test_a_view_is_shown_each_moment_once(qtbot, session):
    view = Watcher()
    recording, feed = watched(qtbot, session, view)
    session.load(XOR)
    qtbot.waitUntil(lambda: len(view.frames) == 1)
    feed.refresh()
    qtbot.waitUntil(lambda: feed.resting)
    assert len(view.frames) == 1
    recording.choose_row(2)
    qtbot.waitUntil(lambda: view.frames[-1] == (1, 0, 2))


@pytest.mark.parametrize("row", [-1, 4, 200])
def test_a_row_that_only_an_older_run_has_is_not_chosen(qtbot, session, row):
    recording = Recording(session, session)
    recording.choose_row(row)  # before there is any run
    session.load(XOR)
    qtbot.waitUntil(lambda: recording.frame is not None)
    first = recording.frame.row
    recording.choose_row(row)
    assert recording.frame.row == first


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now


class Worker(Watcher):
    """A view that takes its time over every frame."""

    def __init__(self, clock, seconds):
        super().__init__()
        self.clock, self.seconds = clock, seconds

    def show_frame(self, frame):
        super().show_frame(frame)
        self.clock.now += self.seconds


@pytest.mark.parametrize(
    ("shares", "least", "most"),
    [((0.3, 0.3, 0.3), 60, 70), ((0.8, 0.8, 0.8), 18, 26), ((0.1, 3.0), 28, 70)],
    ids=["all fit a frame", "they take turns", "one dearer than a whole frame"],
)
def test_views_are_drawn_as_often_as_a_frame_has_time(
    qtbot, monkeypatch, session, shares, least, most
):
    clock = Clock()
    monkeypatch.setattr(frame_feed, "time", clock)
    views = [Worker(clock, share * BUDGET) for share in shares]
    recording, feed = watched(qtbot, session, *views)
    session.load(XOR)
    qtbot.waitUntil(lambda: all(view.frames for view in views))
    for change in range(60):
        with qtbot.waitSignal(feed.frame_shown):
            recording.choose_row(change % 4)
    assert all(least <= len(view.frames) <= most for view in views)


def test_a_view_that_fails_does_not_keep_others_from_being_drawn(qtbot, session):
    class Faulty(Watcher):
        def show_frame(self, frame):
            raise RuntimeError("cannot draw")

    views = [Faulty(), Watcher()]
    _, feed = watched(qtbot, session, *views)
    with qtbot.captureExceptions() as raised:
        session.load(XOR)
        qtbot.waitUntil(lambda: len(views[1].frames) > 0)
    assert {str(error) for _, error, _ in raised} == {"cannot draw"}
    qtbot.waitUntil(lambda: feed.resting)


def test_a_frame_now_and_then_is_told_as_that_and_never_as_none(qtbot, session):
    _, feed = watched(qtbot, session, Watcher())
    told = []
    feed.rates.connect(told.append)
    session.set_pace(PACES["step-1"])
    session.load(XOR)
    session.train()
    # Figures come twice a second: of each two, one is of half a second in which nothing was drawn.
    qtbot.waitUntil(lambda: len(told) >= 8 and told[-4] > 0.0, timeout=30_000)
    assert all(frames > 0.0 for frames in told[-4:])
