"""What goes between the window and the training process: commands in, messages out.

What is too large for the pipe is in memory that both see. A pipe would make the sender wait until
the other end reads; where that one waits, too, both would wait for ever.
"""

from __future__ import annotations

import dataclasses
import mmap
import os
import pickle
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.errors import InvalidChoiceError, NnvizError, ProcessError
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.edits import Edit
from nnviz.training.experiment import Experiment
from nnviz.training.records import EpochBatch, Snapshot


@dataclass(frozen=True)
class Pace:
    """A speed: so many mini-batches ("step"), epochs or runs a second, or None for the fastest."""

    name: str
    title: str
    per_second: float | None
    unit: Literal["step", "epoch", "run"] = "epoch"

    def for_run(self, updates: int) -> Pace:
        """Return what it is for a run of so many mini-batches: a pace of runs is one of steps."""
        if self.unit != "run" or self.per_second is None:
            return self
        return dataclasses.replace(self, per_second=self.per_second * updates, unit="step")


PACES: dict[str, Pace] = {
    pace.name: pace
    for pace in (
        Pace("step-1", "1 step a second", 1, "step"),
        Pace("step-10", "10 steps a second", 10, "step"),
        Pace("epoch-1", "1 epoch a second", 1),
        Pace("epoch-30", "30 epochs a second", 30),
        Pace("run-10", "10 seconds for a run", 0.1, "run"),
        Pace("epoch-300", "300 epochs a second", 300),
        Pace("epoch-3000", "3,000 epochs a second", 3000),
        Pace("full", "As fast as it can", None),
    )
}
"""Every pace by name, from slow to fast: steps a second, then epochs a second; between these that
which suits any run, for of most it is slower than what follows and faster than what is before."""


@dataclass(frozen=True)
class Run:
    """Begin a run, paused.

    Parameters
    ----------
    memory
        Name of the blob its snapshots go to; TrainingProcess fills it in.
    start, packed_start
        Where it begins, None for the untrained network; and the name of the blob with which
        TrainingProcess replaces that.
    checkpoints_room
        How many of its checkpoints there is room for; 0 if nobody keeps them.
    every_epoch
        Whether each epoch's record is told, of long runs too, which are condensed otherwise.
    """

    run_id: int
    experiment: Experiment
    memory: str = ""
    start: Checkpoint | None = None
    packed_start: str = ""
    checkpoints_room: int = 0
    every_epoch: bool = False


class Order(Enum):
    """Commands that need no more words, each with what is to be done."""

    RESUME = "Train on (after the last epoch: as many again)."
    PAUSE = "Stop training until RESUME."
    STEP = "Train one mini-batch, then pause."
    GIVE_SNAPSHOT = "Write a snapshot after the current slice, or as soon as there is a new one."
    DROP = "Forget the run."


@dataclass(frozen=True)
class EditRun:
    """Edit the run: at once where it rests, else when the epoch under way is done.

    What changes the network or its data completes the epoch first, also where training is paused.
    """

    edit: Edit


@dataclass(frozen=True)
class SetPace:
    """Change the speed."""

    pace: Pace


@dataclass(frozen=True)
class SnapshotWritten:
    """Shared memory holds so many parameters and gradients; the rest of a `Snapshot` is here."""

    run_id: int
    epoch: int
    updates: int
    trained: int
    edits: int
    silenced: bytes
    batch_metric: float | None
    size: int


@dataclass(frozen=True)
class CheckpointsKept:
    """Moments of the run, in order, for the window to keep."""

    run_id: int
    checkpoints: tuple[Checkpoint, ...]


@dataclass(frozen=True)
class Edited:
    """An edit, which has its epoch now, has joined the run's experiment.

    The first records that count it are of the run as it goes on; where it changes the network or
    its data, a checkpoint of the run as it was comes before, and a snapshot after.
    """

    run_id: int
    experiment: Experiment


@dataclass(frozen=True)
class EditRefused:
    """An edit cannot be; the run is as it was."""

    run_id: int
    error: InvalidChoiceError


@dataclass(frozen=True)
class Rested:
    """Training is paused, or finished; the snapshot is where it stands."""

    run_id: int
    finished: bool
    snapshot: Snapshot


@dataclass(frozen=True)
class Failed:
    """Training cannot go on. `details` is a traceback, or "" when the error says it all."""

    run_id: int
    error: NnvizError
    details: str
    snapshot: Snapshot | None


Command = Run | EditRun | SetPace | Order
Message = (
    EpochBatch
    | CheckpointsKept
    | Snapshot
    | SnapshotWritten
    | Edited
    | EditRefused
    | Rested
    | Failed
)


_FOLDERS: tuple[str | None, ...] = ("/dev/shm", None)
"""Where files are made, best first: in memory, where the system has that; then the usual folder
for temporary files, for containers give little memory or none."""

_CHUNK = bytes(1 << 20)


_STALE_SECONDS = 60
"""After which no other process opens a file any more."""

_ALIGNED = 64
"""Bytes: where an array begins NumPy calculates fastest."""


class SharedMemoryBlob:
    """Bytes, at least 1, in a private file that both processes map.

    The file has a name only until the other process has opened it, so that nothing is left behind
    even if both are killed then; what is left of an earlier kill goes with the next one. Its space
    is taken when it is made: to write where there is none would end the process by SIGBUS.

    Raises
    ------
    ProcessError
        If there is no space, or no blob of that name.
    """

    def __init__(self, size: int, name: str | None = None) -> None:
        try:
            self.name, self.buffer = _made(size) if name is None else (name, _opened(name))
        except OSError as error:
            raise ProcessError(
                "Window and training process cannot share memory: {fault}.",
                "Make room in memory or in the folder for temporary files, then reset;"
                " a smaller network needs less.",
                fault=error,
            ) from error

    def close(self) -> None:
        """Let go of the bytes; a memoryview or an array on them must be gone."""
        self.buffer.close()
        _remove(self.name)


def _made(size: int) -> tuple[str, mmap.mmap]:
    """Return name and bytes of a new file in the first folder that has room for it."""
    *better, last = _FOLDERS
    for folder in better:
        with suppress(OSError):
            return _made_in(folder, size)
    return _made_in(last, size)


def _made_in(folder: str | None, size: int) -> tuple[str, mmap.mmap]:
    _sweep(folder)
    handle, name = tempfile.mkstemp(prefix=f"nnviz-{os.getpid()}-", dir=folder)
    try:
        _take_space(handle, size)
        return name, mmap.mmap(handle, size)
    except OSError:
        _remove(name)
        raise
    finally:
        os.close(handle)


@cache
def _sweep(folder: str | None) -> None:
    """Remove files of processes that were killed before the other one had opened them."""
    if sys.platform == "win32":
        return  # there, to ask for a process would end it
    for path in Path(folder or tempfile.gettempdir()).glob("nnviz-*-*"):
        # It may have gone meanwhile, belong to somebody else, or be called like one by chance.
        with suppress(OSError, ValueError, OverflowError):
            # In a container with numbers of its own a living owner may not be seen.
            is_old = time.time() - path.stat().st_mtime > _STALE_SECONDS
            if is_old and not _is_alive(int(path.name.split("-")[1])):
                path.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True  # or an error says that it is somebody else's


def _take_space(handle: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    with open(handle, "wb", closefd=False) as file:
        for start in range(0, size, len(_CHUNK)):
            file.write(_CHUNK[: size - start])


def _opened(name: str) -> mmap.mmap:
    with Path(name).open("r+b") as file:
        buffer = mmap.mmap(file.fileno(), 0)
    _remove(name)
    return buffer


def _remove(name: str) -> None:
    # The other process may have done so; where open files cannot be removed, the last one does.
    with suppress(FileNotFoundError, PermissionError):
        Path(name).unlink()


def pack(content: object) -> SharedMemoryBlob:
    """Return a blob with an object that can be pickled, for `unpack` in the other process."""
    buffers: list[pickle.PickleBuffer] = []
    head = memoryview(pickle.dumps(content, 5, buffer_callback=buffers.append))
    parts = [head, *(buffer.raw() for buffer in buffers)]
    sizes = np.array([len(parts), *map(len, parts)], np.int64)
    places = _places(sizes)
    blob = SharedMemoryBlob(places[-1])
    blob.buffer[: sizes.nbytes] = sizes.tobytes()
    for place, part in zip(places, parts, strict=False):
        blob.buffer[place : place + len(part)] = part
    return blob


def unpack(name: str) -> object:
    """Return what is in a blob that another process packed; this can be done once.

    Its arrays stay where they are, and keep that memory as long as there is one of them.
    """
    view = memoryview(SharedMemoryBlob(0, name).buffer)
    sizes = np.frombuffer(view, np.int64, 1 + int(np.frombuffer(view, np.int64, 1)[0]))
    parts = [view[a : a + n] for a, n in zip(_places(sizes), sizes[1:].tolist(), strict=False)]
    return pickle.loads(parts[0], buffers=parts[1:])


def _places(sizes: NDArray[np.int64]) -> list[int]:
    """Return where parts begin behind their number and sizes, and where the last one ends."""
    steps = np.array([sizes.nbytes, *sizes[1:].tolist()])
    return np.cumsum(-(-steps // _ALIGNED) * _ALIGNED).tolist()  # type: ignore[no-any-return]


def pair_of_arrays(blob: SharedMemoryBlob, size: int, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return a view of two arrays of so many numbers, one after the other, shape (2, size).

    Nobody may keep it: a blob with an array on it cannot be closed.
    """
    pair: FloatArray = np.ndarray((2, size), dtype, blob.buffer)
    return pair


class Progress:
    """Two numbers in shared memory that the training process, which is told the name, moves.

    Raises
    ------
    ProcessError
        If there is no memory to share.
    """

    def __init__(self, name: str | None = None) -> None:
        self._blob = SharedMemoryBlob(16, name)
        self.name = self._blob.name
        numbers = memoryview(self._blob.buffer)
        self.steps = numbers[:8].cast("q")
        """One number: mini-batches and turns of the process' loop; above 0 once it is ready."""
        self.answered = numbers[8:].cast("q")
        """One number: commands obeyed."""

    def close(self) -> None:
        """Free the memory."""
        self.steps.release()
        self.answered.release()
        self._blob.close()
