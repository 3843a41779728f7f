"""The experiment store, and what the frame feed shows to whom."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import Dense
from nnviz.errors import InvalidChoiceError
from nnviz.gui.frame import Frame
from nnviz.gui.run import frame_feed
from nnviz.gui.run.experiment_store import UNDO_DEPTH, ExperimentStore
from nnviz.gui.run.frame_feed import BUDGET, SLICE, FrameFeed
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import SessionState
from nnviz.training.experiment import Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.messages import PACES
from nnviz.training.trainer import Trainer, overflow_is_checked

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


def test_a_frame_knows_the_kept_moment_it_shows():
    trainer = Trainer(Experiment(training=TrainingChoice(epochs=40)), checkpoints_room=100)
    with overflow_is_checked():
        trainer.advance(40)
    kept = trainer.checkpoint_queue.take()[::3]
    moment = Inspection(trainer.problem, kept[0].snapshot())
    frame = Frame(History(2), moment, 0, checkpoints=kept)

    def found(epoch, edits=0):
        snapshot = replace(moment.snapshot, epoch=epoch, edits=edits)
        return replace(frame, inspection=Inspection(trainer.problem, snapshot)).checkpoint

    assert [found(one.epoch) for one in kept] == [*kept]
    assert [found(one.epoch + 1) for one in kept] == [None] * len(kept)
    assert found(kept[0].epoch - 1) is found(kept[0].epoch, edits=1) is None
    assert replace(frame, checkpoints=()).checkpoint is None


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


class Training(QObject):
    """A session that trains for ever, as far as a feed asks."""

    state_changed = Signal(object)
    state, awaits_snapshot = SessionState.RUNNING, False

    def ask_snapshot(self):
        """Have nothing new to tell."""

    def pause(self):
        self.state = SessionState.PAUSED
        self.state_changed.emit(self.state)


@pytest.fixture
def training_window(qtbot, monkeypatch, session):
    """Return what makes a window that trains, with pictures and texts of these costs."""
    made = []

    def make(pictures, texts):
        made.append(TrainingWindow(qtbot, monkeypatch, session, pictures, texts))
        return made[-1]

    yield make
    for window in made:
        window.clock.now += 1.0
        window.training.pause()
        qtbot.waitUntil(lambda feed=window.feed: feed.resting)
        shiboken6.delete(window.feed)  # its last look would be for views that are gone


class TrainingWindow:
    """A window whose clock is a made one: it trains, and there is something new at every frame."""

    def __init__(self, qtbot, monkeypatch, session, pictures, texts):
        self.qtbot, self.clock, self.training = qtbot, Clock(), Training()
        self.session = session
        monkeypatch.setattr(frame_feed, "time", self.clock)
        self.pictures = [Worker(self.clock, cost) for cost in pictures]
        self.texts = [Worker(self.clock, cost) for cost in texts]
        self.recording, self.read = Recording(session, session), []
        self.feed = FrameFeed(self.recording, self.training, session)
        self.feed.frame_read.connect(self.read.append)
        for view in (*self.texts, *self.pictures):
            qtbot.addWidget(view)
            self.feed.add_view(view, is_read=view in self.texts)
            view.show()
        session.load(XOR)
        qtbot.waitUntil(lambda: all(view.frames for view in (*self.pictures, *self.texts)))
        self.frames(30)

    def frames(self, count, news=None):
        """Go on for some frames, and return how often pictures and texts were drawn in them."""
        for view in (*self.pictures, *self.texts):
            view.frames.clear()
        self.read.clear()
        for _ in range(count):
            begun = self.clock.now
            with self.qtbot.waitSignal(self.feed.frame_shown):
                (news or self.recording.changed.emit)()
            self.clock.now = max(self.clock.now, begun + 1 / 60)
        views = self.pictures, self.texts
        return tuple([len(view.frames) for view in kind] for kind in views)


class Turns(QObject):
    """Writes down what views took that were shown before the window had its turn again."""

    def __init__(self, window):
        super().__init__(window.feed)
        self.took, self._is_new = [], True
        for view in window.pictures:
            view.show_frame = partial(self._show, view, view.show_frame)

    def _show(self, view, show, frame):
        if self._is_new:
            self.took.append([])
            self._is_new = False
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))
        self.took[-1].append(view.seconds)
        show(frame)

    def event(self, event):
        self._is_new = True
        return super().event(event)


@pytest.mark.parametrize(
    ("costs", "drawn"),
    [((0.001,) * 8, 118), ((0.003,) * 3, 104), ((0.004,) * 4, 50)],
    ids=["much room", "little room", "no room"],
)
def test_pictures_are_drawn_at_every_frame_and_what_is_read_ten_times_a_second(
    training_window, costs, drawn
):
    window = training_window(costs, (0.003, 0.002, 0.002))
    pictures, texts = window.frames(120)
    assert all(drawn <= each <= 120 for each in pictures), pictures
    assert all(15 <= each <= 22 for each in (*texts, len(window.read))), texts


def test_of_what_is_read_one_has_its_turn_in_a_frame(training_window):
    window, together = training_window((0.001,) * 4, (0.002,) * 3), []
    for _ in range(60):
        _, texts = window.frames(1)
        together.append(sum(texts) + len(window.read))
    assert set(together) == {0, 1}, "so that frames take as long as each other"
    assert sum(together) >= 36


def test_views_are_painted_together_as_long_as_the_mouse_may_wait(training_window):
    window = training_window((0.001,) * 5 + (0.006,) + (0.0015,) * 2, ())
    turns = Turns(window)
    window.frames(6)
    assert all(len(turn) == 1 or sum(turn) <= SLICE for turn in turns.took)
    assert [0.006] in turns.took
    assert len(turns.took) <= 3 * 6
    assert len(turns.took) < sum(map(len, turns.took)) / 2


def test_each_view_of_a_new_run_is_painted_by_itself(qtbot, training_window):
    window = training_window((0.001,) * 4, ())
    turns = Turns(window)
    window.session.load(XOR.change("training", epochs=60))
    qtbot.waitUntil(lambda: all(len(view.problems) == 2 for view in window.pictures))
    assert [len(turn) for turn in turns.took[:4]] == [1] * 4


def test_a_view_that_took_long_for_once_is_drawn_as_before(training_window):
    window = training_window((0.002,) * 3, ())
    window.pictures[1].seconds = 0.5  # another program had its turn
    window.frames(1)
    window.pictures[1].seconds = 0.002
    assert window.frames(20)[0] == [20] * 3


def test_a_view_that_has_become_dearer_or_cheaper_is_known_to_be(training_window):
    window = training_window((0.0015,) * 4, ())
    window.pictures[1].seconds = 0.009
    window.frames(12)
    drawn, _ = window.frames(20)
    assert drawn[1] <= 12 and sum(drawn) >= 55, drawn
    window.pictures[1].seconds = 0.0015
    window.frames(12)
    assert window.frames(20)[0] == [20] * 4


def test_what_a_person_does_is_read_at_once(training_window):
    window = training_window((0.001,), (0.001,))
    row = iter(range(100))
    _, texts = window.frames(12, lambda: window.recording.choose_row(next(row) % 4))
    assert texts == [len(window.read)] == [12]


def test_what_a_person_does_waits_no_longer_to_be_read_than_to_be_seen(training_window):
    window = training_window((0.004,) * 4, (0.003,))
    row = iter(range(100))
    pictures, texts = window.frames(20, lambda: window.recording.choose_row(next(row) % 4))
    assert min(pictures) >= 8
    assert texts[0] >= 8


def test_what_is_no_view_is_read_however_long_views_wait_for_their_turns(training_window):
    window = training_window((0.1,) * 10, (0.1,))
    pictures, _ = window.frames(20)
    assert max(pictures) <= 3
    assert len(window.read) == 20, "a frame takes a tenth of a second"


def test_where_training_rests_the_newest_is_read_at_once(qtbot, training_window):
    window = training_window((0.001,), (0.001,))
    window.frames(12, lambda: window.recording.choose_row(1))
    assert window.frames(1)[1] == [0]
    assert not window.feed.resting
    window.training.pause()
    qtbot.waitUntil(lambda: window.feed.resting)
    assert len(window.texts[0].frames) == len(window.read) == 1


def test_the_rate_that_is_told_is_that_of_pictures(training_window):
    window, told = training_window((0.001,) * 2, (0.001,) * 3), []
    window.feed.rates.connect(told.append)
    window.frames(90)
    assert told[-1] == pytest.approx(60, rel=0.05)


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
