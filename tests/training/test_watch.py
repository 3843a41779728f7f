"""What tells a process that stands still from one that works, by a made clock."""

from __future__ import annotations

import os
import sys

import pytest

from nnviz.training.process import LAG, LONG_PATIENCE, PATIENCE, Watch, processor_time


class Watched:
    """A process that one can see from inside, and the watch that looks at it from outside."""

    def __init__(self):
        self.steps, self.answered = [1], [0]
        self.used = 0.0
        self.now = 100.0
        self.watch = Watch(self, lambda: self.used, lambda: self.now)

    def go_on(self, seconds, *, running=True, steps=0, used=0.0, between=0.1):
        """Let time pass: so many steps each while, and so much processor time a second."""
        for _ in range(round(seconds / between)):
            self.now += between
            self.steps[0] += steps
            if used:
                self.used += used * between
            self.watch.look(running=running)


@pytest.fixture
def watched():
    return Watched()


def test_a_process_that_does_nothing_is_stuck_after_three_seconds(watched):
    watched.go_on(10.0, steps=5)
    watched.go_on(PATIENCE - 1.0)
    assert not watched.watch.stuck
    watched.go_on(2.0)
    assert watched.watch.stuck


def test_one_that_takes_steps_is_not(watched):
    watched.used = None
    watched.go_on(100.0, steps=1)
    assert not watched.watch.stuck


def test_a_long_mini_batch_is_not_stuck_for_it_uses_the_processor(watched):
    watched.go_on(1000.0, used=0.01)
    assert not watched.watch.stuck
    watched.go_on(PATIENCE + 1.0)
    assert watched.watch.stuck


def test_where_nobody_knows_the_processor_time_there_is_more_patience(watched):
    watched.used = None
    watched.go_on(LONG_PATIENCE - 1.0)
    assert not watched.watch.stuck
    watched.go_on(2.0)
    assert watched.watch.stuck


def test_one_that_rests_may_do_nothing(watched):
    watched.go_on(1000.0, running=False)
    assert not watched.watch.stuck


def test_one_that_rests_has_to_answer_a_command(watched):
    watched.go_on(1000.0, running=False)
    watched.watch.delivered += 1
    watched.go_on(PATIENCE + 1.0, running=False)
    assert watched.watch.stuck


def test_an_answered_command_is_done_with(watched):
    watched.watch.delivered += 1
    watched.go_on(1.0, running=False)
    watched.answered[0] += 1
    watched.go_on(1000.0, running=False)
    assert not watched.watch.stuck
    assert not watched.watch.lags


def test_one_that_starts_has_more_time(watched):
    watched.steps[0] = 0
    watched.watch.delivered += 1
    watched.go_on(LONG_PATIENCE - 1.0, running=False)
    assert not watched.watch.stuck
    assert not watched.watch.lags
    watched.go_on(2.0, running=False)
    assert watched.watch.stuck


def test_a_machine_that_slept_raises_no_alarm(watched):
    watched.go_on(1.0, steps=1)
    for _ in range(4):  # and wakes, and sleeps again
        watched.go_on(3600.0, between=3600.0)
        assert not watched.watch.stuck
    watched.go_on(1.0, steps=1)
    assert not watched.watch.stuck


def test_a_long_mini_batch_of_a_run_that_was_left_lags(watched):
    watched.watch.delivered += 1
    watched.go_on(LAG - 0.5, used=1.0)
    assert not watched.watch.lags
    watched.go_on(2.0, used=1.0)
    assert watched.watch.lags
    assert not watched.watch.stuck


@pytest.mark.skipif(sys.platform != "linux", reason="not known elsewhere")
def test_processor_time_grows_with_work():
    before = processor_time(os.getpid())
    assert sum(range(1_000_000))
    assert processor_time(os.getpid()) > before


def test_processor_time_of_nobody_is_not_known():
    assert processor_time(None) is None
    assert processor_time(2**22 + 1) is None  # above the largest id there is
