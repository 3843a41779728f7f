"""What runs in the training process: it trains by command and tells what comes of it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection

from nnviz.errors import InvalidChoiceError, NnvizError, ProcessError
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.condensing import Condenser
from nnviz.training.editing import layers_between
from nnviz.training.edits import Edit, SetTraining
from nnviz.training.messages import (
    PACES,
    CheckpointsKept,
    Command,
    Edited,
    EditRefused,
    EditRun,
    Failed,
    Message,
    Order,
    Pace,
    Progress,
    Rested,
    Run,
    SetPace,
    SharedMemoryBlob,
    SnapshotWritten,
    pair_of_arrays,
    unpack,
)
from nnviz.training.records import EpochBatch, joined
from nnviz.training.trainer import Trainer, overflow_is_checked

SLICE = 0.008
"""Seconds of training between two looks at the commands: half a frame, so that a snapshot that is
asked for at one frame has come by the next."""

NICENESS = 5
"""How far the process lets others go first, on systems that know it. Where processors were short
the window's slowest frames came a fifth sooner, and training was no slower."""

TELL_EVERY = 0.016
"""Seconds after which records are told while training goes on and nothing is asked: a frame. Each
message costs the window a look, and the interpreter's lock."""

SHORTEST_WAIT = 0.004
"""Seconds, a quarter of a frame."""

LONGEST_WAIT = 1.0
"""Seconds: one who watches sees that the process goes on."""

CHECKPOINT_SECONDS, CHECKPOINT_BYTES_PER_SECOND = 0.01, 4e6
"""Moments may come so often: more than frames are of no use. A small one costs 20 to 60 µs; of one
of 1.75 MB, 4 ms of work and 5 ms of waiting until the window has read it: a fiftieth of the time
in the long run."""

CHECKPOINTS_AT_FIRST = 10.0
"""Seconds of training whose share of checkpoints may be told at once: a short run has them all."""


def serve(connection: Connection, progress: str) -> None:
    """Train by command until the pipe closes: the main function of the process.

    `progress` names the `Progress` by which it shows that it goes on.
    """
    if multiprocessing.parent_process() is not None and sys.platform != "win32":
        os.nice(NICENESS)
    server = _Server(connection, Progress(progress))
    try:
        with overflow_is_checked():
            server.loop()
    except (EOFError, ConnectionError):
        return  # the window is gone: an orphan would burn a core
    except KeyboardInterrupt:
        return  # Ctrl+C in the terminal goes to the whole group; the window ends by itself


class _Allowance:
    """How many checkpoints of so many bytes may be told."""

    def __init__(self, nbytes: int) -> None:
        self._price = CHECKPOINT_SECONDS + nbytes / CHECKPOINT_BYTES_PER_SECOND
        self._seconds, self._time = CHECKPOINTS_AT_FIRST, time.perf_counter()

    def spend(self, checkpoints: int) -> bool:
        """Take note of so many that were told; return whether they come too often."""
        now = time.perf_counter()
        earned, self._time = now - self._time, now
        self._seconds = min(
            self._seconds + earned - checkpoints * self._price, CHECKPOINTS_AT_FIRST
        )
        if self._seconds >= 0.0:
            return False
        # Enough to see whether half as many are still too many.
        self._seconds = SLICE + 2 * self._price
        return True


class _Server:
    def __init__(self, connection: Connection, progress: Progress) -> None:
        self._connection, self._progress = connection, progress
        self._trainer: Trainer | None = None
        self._allowance = _Allowance(0)
        self._condenser: Condenser | None = None
        self._edits = 0
        self._records: list[EpochBatch] = []  # still to be told
        self._told = 0.0
        self._memory: SharedMemoryBlob | None = None
        self._asked = self._pace = PACES["full"]
        self._run_id = 0
        self._updates = 1
        self._updates_seen = 0
        self._running = False
        self._snapshot_wanted = False
        self._due = 0.0
        self._parent = os.getppid()

    def loop(self) -> None:
        while os.getppid() == self._parent:
            self._progress.steps[0] += 1
            wait = min(self._seconds_to_wait(), LONGEST_WAIT)
            while self._connection.poll(wait):
                self._obey(self._connection.recv())
                self._progress.answered[0] += 1
                wait = 0.0
            self._answer_snapshot()
            if self._running and self._seconds_to_wait() == 0.0:
                self._guarded(self._slice)
                self._answer_snapshot()
                late = time.perf_counter() - self._told >= TELL_EVERY
                if late or self._seconds_to_wait() > 0.0:
                    self._tell()

    def drop(self) -> None:
        """Forget the run."""
        self._running, self._trainer = False, None
        self._records.clear()
        self._snapshot_wanted = False

    def _seconds_to_wait(self) -> float:
        if not self._running:
            return LONGEST_WAIT
        if self._pace.per_second is None:
            return 0.0
        early = self._due - time.perf_counter()
        # A short while is not worth being woken for: what is due by then is done together.
        return max(early, SHORTEST_WAIT) if early > 0.0 else 0.0

    def _obey(self, command: Command) -> None:
        if isinstance(command, Run):
            self.drop()
            self._run_id = command.run_id
            self._guarded(lambda: self._begin(command))
        elif isinstance(command, SetPace):
            self._asked, self._due = command.pace, time.perf_counter()
            self._pace = self._pace_for_run()
        elif command is Order.DROP:
            self.drop()
        elif self._trainer is not None:
            self._obey_about_run(command, self._trainer)

    def _pace_for_run(self) -> Pace:
        """Return the pace asked for in steps, where it is one of whole runs and there is one."""
        if self._trainer is None:
            return self._asked
        trainer = self._trainer
        whole = trainer.updates_until(trainer.experiment.training.epochs)
        return self._asked.for_run(whole - trainer.updates_until(0))  # those done count as well

    def _obey_about_run(self, command: Command, trainer: Trainer) -> None:
        if command in (Order.RESUME, Order.STEP) and (trainer.finished or trainer.should_stop):
            trainer.extend()
        if command is Order.RESUME:
            self._running, self._due = True, time.perf_counter()
        elif command is Order.PAUSE:
            self._rest(finished=False)
        elif command is Order.STEP:
            self._running = True
            self._guarded(self._one_step)
        elif isinstance(command, EditRun):
            self._guarded(lambda: self._edit(command.edit, trainer))
        elif command is Order.GIVE_SNAPSHOT:
            self._snapshot_wanted = True

    def _begin(self, command: Run) -> None:
        room = command.checkpoints_room
        self._trainer = trainer = Trainer(command.experiment, command.run_id, checkpoints_room=room)
        trainer.progress = self._progress.steps
        if command.packed_start:
            start = unpack(command.packed_start)
            assert isinstance(start, Checkpoint)
            trainer.resume(start)
        self._allowance = _Allowance(trainer.checkpoint().nbytes)
        self._condenser = None if command.every_epoch else Condenser(trainer.epoch)
        self._edits = trainer.edits
        self._updates, self._updates_seen = 1, trainer.updates
        self._pace = self._pace_for_run()
        if self._memory is None or self._memory.name != command.memory:
            # Many runs use the same, whose name is gone once it has been opened.
            self._memory = SharedMemoryBlob(0, command.memory)

    def _slice(self) -> None:
        """Train for `SLICE` seconds, or as much as the pace allows."""
        trainer = self._trainer
        assert trainer is not None
        if self._train_for_a_slice(trainer):
            self._rest(finished=True)

    def _train_for_a_slice(self, trainer: Trainer) -> bool:
        """Train, and take note of the records; return whether training is over."""
        now = time.perf_counter()
        end = now + SLICE
        while not (trainer.finished or trainer.should_stop):
            if trainer.due:
                self._make_edits(trainer)
            asked = min(self._updates, self._updates_due(trainer, now))
            batch = trainer.advance(asked)
            self._report(batch)
            before, now = now, time.perf_counter()
            if asked == self._updates:
                self._learn_speed(now - before)
            behind = self._is_behind(now, asked, len(batch.rows))
            if now >= end or not behind:
                return False
        return True

    def _updates_due(self, trainer: Trainer, now: float) -> int:
        """Return how many updates the pace has it that training is behind; at least 1."""
        if self._pace.per_second is None:
            return self._updates
        due = 1 + int(max(0.0, now - self._due) * self._pace.per_second)
        return due if self._pace.unit == "step" else trainer.updates_until(due)

    def _is_behind(self, now: float, steps: int, epochs: int) -> bool:
        """Take note of steps that are done, and of whole epochs; return whether more are due."""
        if self._pace.per_second is None:
            return True
        done = steps if self._pace.unit == "step" else epochs
        if done:
            # Never more than a slice behind: after a hold-up it does not rush.
            self._due = max(self._due + done / self._pace.per_second, now - SLICE)
        return self._due <= now

    def _learn_speed(self, seconds: float) -> None:
        """Ask for as many updates at once as take a fair part of a slice."""
        if seconds < SLICE / 4:
            self._updates *= 2
        elif seconds > SLICE / 2:
            self._updates = max(1, self._updates // 2)

    def _one_step(self) -> None:
        assert self._trainer is not None
        self._report(self._trainer.advance(1))
        self._rest(finished=self._trainer.finished or self._trainer.should_stop)

    def _edit(self, edit: Edit, trainer: Trainer) -> None:
        """Take an edit; where training rests, make it at once; within an epoch, settings wait."""
        try:
            edit = trainer.edit(edit)
        except InvalidChoiceError as error:
            self._tell(EditRefused(self._run_id, error))
            return
        self._tell(Edited(self._run_id, trainer.experiment))
        if self._running:
            return
        if not isinstance(edit, SetTraining) and edit not in trainer.due:
            self._report(trainer.advance(trainer.updates_until(1)))
        self._make_edits(trainer)
        self._rest(finished=trainer.finished or trainer.should_stop)

    def _make_edits(self, trainer: Trainer) -> None:
        if any(edit.alters for edit in trainer.due):
            self._keep_last_checkpoint(trainer)
        self._tell()
        made = trainer.make_edits()
        self._pace = self._pace_for_run()  # an epoch may have more mini-batches now, or fewer
        self._report(made)
        if len(made.rows) and self._running:
            self._tell(trainer.snapshot())

    def _report(self, batch: EpochBatch) -> None:
        """Take note of records, as the window will keep them: a million a second hold up both."""
        if not len(batch.rows):
            return
        if self._condenser is not None:
            assert self._trainer is not None
            before, self._edits = self._edits, batch.edits
            if layers_between(self._trainer.experiment, before, batch.edits) is not None:
                self._condenser = Condenser(batch.rows[0, 0])  # its columns mean others now
            kept, settled = self._condenser.take(batch.rows)
            batch = EpochBatch(self._run_id, kept, batch.edits, settled)
        self._records.append(batch)

    def _tell(self, *messages: Message) -> None:
        """Send what happened, after the records and checkpoints from before it, all at once."""
        news: list[Message] = []
        if self._records:
            news.append(joined(self._records))
            self._records.clear()
        queue = self._trainer.checkpoint_queue if self._trainer is not None else None
        if queue is not None and (checkpoints := queue.take()):
            news.append(CheckpointsKept(self._run_id, checkpoints))
            if self._allowance.spend(len(checkpoints)):
                queue.widen()
        if news or messages:
            self._connection.send((*news, *messages))
        self._told = time.perf_counter()

    def _keep_last_checkpoint(self, trainer: Trainer) -> None:
        """Where training rests one may want to come back to, whatever else is kept."""
        if trainer.checkpoint_queue.wants(trainer.epoch):
            trainer.checkpoint_queue.add([trainer.checkpoint()])

    def _rest(self, *, finished: bool) -> None:
        trainer = self._trainer
        assert trainer is not None
        self._running = False
        self._keep_last_checkpoint(trainer)
        self._tell(Rested(trainer.run_id, finished, trainer.snapshot()))

    def _answer_snapshot(self) -> None:
        """Write the snapshot that is wanted, as soon as there is a new one."""
        trainer = self._trainer
        if not self._snapshot_wanted or trainer is None or self._memory is None:
            return
        if trainer.updates != self._updates_seen:
            self._snapshot_wanted, self._updates_seen = False, trainer.updates
            network = trainer.network
            size = network.parameters.size
            silenced = network.silenced() if self._running else b""  # at rest it predicts
            if 2 * size * network.dtype.itemsize > len(self._memory.buffer):
                # It has been edited, and grown.
                self._tell(replace(trainer.snapshot(), silenced=silenced))
                return
            pair = pair_of_arrays(self._memory, size, network.dtype)
            pair[0], pair[1] = network.parameters, network.gradients
            at = trainer.network_epoch, trainer.updates, trainer.trained, trainer.edits
            more = silenced, trainer.batch_metric, size
            self._tell(SnapshotWritten(trainer.run_id, *at, *more))

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; an error ends the run and goes to the window, not the process."""
        try:
            work()
        except (EOFError, ConnectionError):
            raise
        except NnvizError as error:
            self._fail(error, "")
        except Exception as error:  # noqa: BLE001  # whatever it is, the person must hear of it
            fault = ProcessError(
                "Training stopped by a fault in the program: {fault}.",
                "Copy the details and report it; Reset starts anew.",
                fault=f"{type(error).__name__}: {error}",
            )
            self._fail(fault, traceback.format_exc())

    def _fail(self, error: NnvizError, details: str) -> None:
        self._running = False
        trainer, snapshot = self._trainer, None
        if trainer is not None:
            self._keep_last_checkpoint(trainer)
            snapshot = trainer.snapshot()
        self._tell(Failed(self._run_id, error, details, snapshot))
