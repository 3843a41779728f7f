"""The frame feed: shows visible views what has changed, as much of it as a frame has time for.

A few views are shown and then painted together, as many as take a slice of time; before the next
few the window looks after the mouse and the keyboard. Pictures are due at every frame, what is read
ten times a second. What does not fit a frame comes in the next one, first what is overdue longest.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnviz.gui.frame import Frame
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session, SessionState
from nnviz.gui.run.speed import Speedometer
from nnviz.training.problem import Problem

FRAME_INTERVAL = 16
"""Milliseconds a frame: sixty a second."""

PATIENCE = 3
"""Milliseconds that a frame waits for its snapshot: without one, half the views would stand still
in it, and all move in the next."""

BUDGET = 0.010
"""Seconds of a frame for views: more would be taken from training, on a machine with two cores."""

SPARE = 0.002
"""Seconds that a frame may take longer where those before it left as much: what is read is not due
at every frame, and pictures need not wait for it."""

SLICE = 0.004
"""Seconds of views that are painted together: each time, the screen is waited for, and what is
around them looked through. The mouse waits no longer, unless for a view that takes longer."""

READ_INTERVAL = 0.092
"""Seconds after which what is read is due again; with the wait for the next frame a tenth of a
second. What changes faster cannot be read."""

_SELDOM = 0.03
"""Seconds from frame to frame from which on all that is due to be read has its turn in each."""

RATE_INTERVAL = 0.5
"""Seconds after which the speed is told anew."""

_MEASURED = 5
"""Measurements whose median a view is believed to cost: now and then another program had its turn
while the view did."""


class View(Protocol):
    """What the feed shows frames to."""

    def begin(self, problem: Problem) -> None:
        """Prepare for a run."""

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment."""

    def isVisible(self) -> bool:
        """Whether anybody can see it."""


@dataclass
class _Seen:
    """What a view has seen, when, and the seconds it took the last times; whether it is read.

    The `cost` is their median, or 0 where nothing is known of it.
    `generation` counts what is new, `acts` what the person has done.
    """

    is_read: bool
    run: int = -1
    problem: Problem | None = None
    generation: int = -1
    acts: int = -1
    time: float = -math.inf
    took: deque[float] = field(default_factory=lambda: deque(maxlen=_MEASURED))
    cost: float = 0.0

    def note(self, seconds: float) -> None:
        """Take note of what it took this time."""
        self.took.append(seconds)
        self.cost = median(self.took)


@dataclass
class _Showing:
    """A frame on its way to the screen: of what it is the newest, and whose turn it is.

    It `reads` where `frame_read` is due. The `slice` are views painted together, shown from `since`
    on. A view that has a new run or an edited one to prepare for `begins`, which takes longer than
    a frame does.
    """

    frame: Frame
    run: int
    generation: int
    acts: int
    since: float
    reads: bool
    slice: list[_Seen] = field(default_factory=list)
    begins: bool = False
    is_first: bool = True


class FrameFeed(QObject):
    """Hands frames to visible views."""

    frame_shown = Signal(object)
    """A Frame has been shown and painted by as many views as it had time for."""

    frame_read = Signal(object)
    """A Frame for what is read and no view, as often as views that are; it waits for no turn."""

    rates = Signal(float)
    """How often a second each picture was drawn; each view, where all are read."""

    def __init__(
        self, recording: Recording, session: Session, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recording, self._session = recording, session
        self._views: dict[View, _Seen] = {}
        self._read = _Seen(is_read=True)
        self._generation = 0
        self._waiting: list[View] = []
        self._showing: _Showing | None = None
        self._drawn = self._visible = self._pictures = 0
        # Of what is drawn: a frame a second is neither 0 in one half of it nor 2 in the other.
        self._speed = Speedometer()
        self._since = time.perf_counter()
        self._begun = self._spare = 0.0
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._painted = QTimer(self, interval=0, singleShot=True)
        self._painted.timeout.connect(self._next)
        recording.changed.connect(self._change)
        session.state_changed.connect(self._take_state)

    @property
    def resting(self) -> bool:
        """Whether every visible view has drawn the newest, and nothing is under way."""
        return self._showing is None and not self._outdated() and not self._is_late(self._read)

    def add_view(self, view: View, is_read: bool = False) -> None:
        """Show frames to this view from now on, whenever it is visible.

        What `is_read`, not looked at, is shown them ten times a second while it trains, and at once
        where training rests or the person has done something.
        """
        self._views[view] = _Seen(is_read)
        self.refresh()

    @Slot()
    def _change(self) -> None:
        self._generation += 1
        self.refresh()

    @Slot(object)
    def _take_state(self, state: SessionState) -> None:
        self._speed.clear()
        self._since = time.perf_counter()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Bring views up to date as soon as a frame is due."""
        if self._showing is None:
            wait = self._until_next()
            if not self._timer.isActive() or self._timer.remainingTime() > wait:
                self._timer.start(wait)

    def _until_next(self) -> int:
        """Return the milliseconds until the next frame is due."""
        return max(0, FRAME_INTERVAL - round(1e3 * (time.perf_counter() - self._begun)))

    @Slot()
    def _tick(self) -> None:
        """Begin a frame; stop the timer when there is nothing to draw."""
        running = self._session.state is SessionState.RUNNING
        if running and self._session.awaits_snapshot and self._may_wait():
            self._timer.start(PATIENCE)
            return
        if running:
            self._session.ask_snapshot()
            self._measure()
        frame, due = self._recording.frame, self._due()
        self._waiting, reads = [view for view in due if view is not None], None in due
        if frame is not None and due:
            recording, self._begun = self._recording, time.perf_counter()
            now = recording.run, self._generation, recording.acts
            self._showing = _Showing(frame, *now, self._begun, reads)
            self._next()
        elif running:
            self._timer.start(FRAME_INTERVAL)

    def _may_wait(self) -> bool:
        """Whether the snapshot that was asked for can still be in this frame."""
        return time.perf_counter() - self._begun < 1e-3 * (FRAME_INTERVAL + PATIENCE)

    def _outdated(self) -> list[View]:
        """Return visible views that have not seen the newest."""
        visible = [view for view in self._views if view.isVisible()]
        self._pictures = sum(not self._views[view].is_read for view in visible)
        self._visible = self._pictures or len(visible)
        return [view for view in visible if self._is_late(self._views[view])]

    def _is_late(self, seen: _Seen) -> bool:
        return (seen.run, seen.generation) != (self._recording.run, self._generation)

    def _due(self) -> list[View | None]:
        """Return the outdated views whose turn has come, longest overdue first.

        None stands for `frame_read`. Of what is read, one has its turn in a frame: shown together
        they would make every sixth frame longer than the others.
        """
        now, late = time.perf_counter(), dict[View | None, _Seen]()
        late.update((view, self._views[view]) for view in self._outdated())
        if self._is_late(self._read):
            late[None] = self._read
        since = {view: self._due_at(seen) for view, seen in late.items()}
        due = sorted((view for view in late if since[view] <= now), key=since.__getitem__)
        read = [view for view in due if self._takes_turns(late[view])]
        later = read[1:] if now - self._begun < _SELDOM else ()
        return [view for view in due if view not in later]

    def _due_at(self, seen: _Seen) -> float:
        """Return when the newest is to be shown to who has seen so much."""
        return seen.time + (READ_INTERVAL if self._takes_turns(seen) else 0.0)

    def _takes_turns(self, seen: _Seen) -> bool:
        """Say whether it is read while it trains, and the person has done nothing since."""
        done = self._recording.run, self._recording.acts
        runs = self._session.state is SessionState.RUNNING
        return runs and seen.is_read and (seen.run, seen.acts) == done

    @Slot()
    def _next(self) -> None:
        """Note what the last views cost, now that they are painted; show the next that fit."""
        showing, now = self._showing, time.perf_counter()
        if showing is None:
            return
        if not showing.begins:
            self._learn(showing.slice, now - showing.since)
        showing.slice, showing.since = [], now
        left, taken = BUDGET + self._spare - (now - self._begun), 0.0
        while self._waiting and showing.run == self._recording.run:
            seen = self._views[self._waiting[0]]
            cost = SLICE if self._is_apart(seen, showing) else seen.cost
            if showing.slice and taken + cost > SLICE:
                return
            view = self._waiting.pop(0)
            # The one that has waited longest has its turn, whatever it costs.
            if view.isVisible() and (taken + seen.cost <= left or showing.is_first):
                taken += cost
                self._show(view, showing)
        if showing.slice:
            return
        self._showing = None
        self._spare = min(max(0.0, self._spare + BUDGET - (now - self._begun)), SPARE)
        self._speed.note(self._drawn, now)
        if showing.reads:
            self._note(self._read, showing)
            self.frame_read.emit(showing.frame)
        self.frame_shown.emit(showing.frame)
        self._timer.start(self._until_next())

    def _is_apart(self, seen: _Seen, showing: _Showing) -> bool:
        """Say whether a view is painted by itself: it begins, or what it costs is not known."""
        return not seen.cost or self._begins(seen, showing)

    def _begins(self, seen: _Seen, showing: _Showing) -> bool:
        return seen.run != showing.run or seen.problem is not showing.frame.inspection.problem

    def _show(self, view: View, showing: _Showing) -> None:
        """Have a view draw; it is painted when control returns to the window, and then `_next`."""
        seen = self._views[view]
        showing.begins, showing.is_first = self._begins(seen, showing), False
        showing.slice.append(seen)
        self._note(seen, showing)
        # Before the view is asked: one that fails must not keep the others from their turn.
        self._painted.start()
        if showing.begins:
            view.begin(showing.frame.inspection.problem)
        view.show_frame(showing.frame)
        self._drawn += not seen.is_read or not self._pictures

    def _note(self, seen: _Seen, showing: _Showing) -> None:
        seen.run, seen.generation, seen.acts = showing.run, showing.generation, showing.acts
        seen.problem, seen.time = showing.frame.inspection.problem, self._begun

    def _learn(self, views: Sequence[_Seen], seconds: float) -> None:
        """Note what views took together: each as much more or less than usual as all of them."""
        usual = sum(seen.cost for seen in views)
        for seen in views:
            seen.note(seconds * seen.cost / usual if usual else seconds)

    def _measure(self) -> None:
        now = time.perf_counter()
        if now - self._since >= RATE_INTERVAL:
            self._since = now
            self.rates.emit((self._speed.rate(now) or 0.0) / max(self._visible, 1))
