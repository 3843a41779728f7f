"""A run in one file: a zip with the Experiment as JSON and everything else as NumPy arrays.

Nothing is compressed or pickled: what a file says it holds is no larger than the file, and nothing
in it can be executed. NumPy's own ``numpy.load`` opens the arrays.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnviz import __version__
from nnviz.errors import DataError
from nnviz.files import write_whole
from nnviz.training.callbacks import PatienceState, RulesState
from nnviz.training.checkpoints import Checkpoint, TrainingState
from nnviz.training.editing import edited
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.reading import parsed
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import SCALARS, Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

SUFFIX = ".nnviz"
VERSION = 2
"""Of the format; a file of a later one is refused. Those of the first one know no edits."""

_EXPERIMENT = "experiment.json"
_Stack = NDArray[Any] | Sequence[NDArray[Any]]
"""An array, or arrays of one shape that are to be one."""

_MOST_BYTES = 2**31
"""Of a file: more than any run that the window keeps."""


@dataclass(frozen=True)
class Summary:
    """What a file is about, read without its arrays."""

    experiment: Experiment
    epochs: int


def write_run(path: Path, run: RecordedRun) -> None:
    """Write a run; a file that was there is replaced by a whole one or stays as it was.

    Raises
    ------
    OSError
        As `write_whole`.
    """
    # A request to end is just when a run is to be saved.
    write_whole(path, _pieces(run), at_the_end=True)


def read_summary(path: Path) -> Summary:
    """Return what a file is about.

    Raises
    ------
    OSError
        If it cannot be read.
    DataError, InvalidChoiceError
        If `write_run` has not written it.
    """
    with _opened(path) as archive:
        return _summary(archive)


def read_experiment(path: Path) -> Experiment:
    """Return the experiment of a saved run, or of a file that holds nothing else, as JSON.

    Raises
    ------
    OSError
        If it cannot be read.
    DataError, InvalidChoiceError
        If it is neither.
    """
    if zipfile.is_zipfile(path):
        return read_summary(path).experiment
    return Experiment.from_dict(parsed(path.read_bytes()))


def read_run(path: Path) -> RecordedRun:
    """Return the run that `write_run` wrote; training goes on from it to the last bit.

    Raises
    ------
    OSError, DataError, InvalidChoiceError
        As `read_summary`.
    """
    with _opened(path) as archive:
        summary = _summary(archive)
        arrays = {
            info.filename.removesuffix(".npy"): _array(archive, info)
            for info in archive.infolist()
            if info.filename != _EXPERIMENT
        }
    try:
        return _run(summary.experiment, arrays)
    except KeyError as error:
        raise _damaged(f"{error.args[0]} is missing") from error
    except (ValueError, OverflowError) as error:
        raise _damaged(str(error)) from error


def _run(experiment: Experiment, arrays: Mapping[str, NDArray[Any]]) -> RecordedRun:
    """Put a run together; ValueError or KeyError where parts do not fit."""
    names = (name.partition("@") for name in arrays)
    counts = sorted(int(count or 0) for name, _, count in names if name == "parameters")
    if not counts or counts[-1] > len(experiment.edits):
        raise ValueError("its moments are of other edits")
    for edits in counts:
        expected = _fresh(edited(experiment, edits))
        last = _of_run(expected) if edits == counts[-1] else iter(())
        for name, fresh in (*last, *_of_moments(expected.checkpoints, _suffix(edits), experiment)):
            like, array = np.asarray(fresh), arrays[name]
            if array.dtype != like.dtype or array.shape[1:] != like.shape[1:]:
                raise ValueError(f"{name} is an array of {array.dtype} shaped {array.shape}")
    rows, result = arrays["history"], arrays["result"]
    checkpoints = [one for edits in counts for one in _checkpoints(arrays, edits)]
    epochs = np.array([one.epoch for one in checkpoints])
    if not _rise(epochs) or not _rise(rows[:, 0]) or rows[-1, 0] != epochs[-1]:
        raise ValueError("its epochs are not in order")
    history = History(rows.shape[1] - len(SCALARS))
    history.extend(rows)
    epoch, updates, trained = arrays["result_moment"].tolist()
    snapshot = Snapshot(0, epoch, result[0], result[1], updates, trained, counts[-1])
    return RecordedRun(experiment, history, tuple(checkpoints), snapshot)


def _checkpoints(arrays: Mapping[str, NDArray[Any]], edits: int) -> list[Checkpoint]:
    """Return the moments after so many edits; ValueError where they are not whole."""
    suffix = _suffix(edits)
    own = {name: arrays[name + suffix] for name in _OF_CHECKPOINTS if name + suffix in arrays}
    if len({len(array) for array in own.values()}) > 1:
        raise ValueError("its moments are not whole")
    return [
        Checkpoint(
            0,
            epoch,
            own["parameters"][i],
            own["gradients"][i],
            TrainingState(
                own["optimizer"][i],
                steps,
                tuple(_chance(words) for words in own["chance"][i].tolist()),
                _order(own["order"][i]) if "order" in own else None,
                _rules(own["rules"][i].tolist(), own.get("best_parameters"), i),
            ),
            edits,
        )
        for i, (epoch, steps) in enumerate(own["moments"].tolist())
    ]


def _suffix(edits: int) -> str:
    """Return what is added to the names of arrays that are of moments after so many edits."""
    return f"@{edits}" if edits else ""


def _fresh(experiment: Experiment) -> RecordedRun:
    """Return a run at its start: what is read has its arrays' types and shapes."""
    with overflow_is_checked():
        trainer = Trainer(experiment)
        history = History(len(trainer.network.layers))
        history.append(trainer.evaluate())
    checkpoint = trainer.checkpoint()
    return RecordedRun(experiment, history, (checkpoint,), checkpoint.snapshot())


def _rise(epochs: NDArray[Any]) -> bool:
    return len(epochs) > 0 and bool((np.diff(epochs, prepend=-1) > 0).all())


def _order(order: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    if (np.sort(order) != np.arange(len(order))).any():
        raise ValueError("an order of samples leaves some out")
    return order


# ---------------------------------------------------------------------------------------- writing


def _pieces(run: RecordedRun) -> Iterator[bytes]:
    """Yield the file part by part: all of it at once would take the run's memory again."""
    stream = _Stream()
    with zipfile.ZipFile(cast(IO[bytes], stream), "w") as archive:
        about = {
            "version": VERSION,
            "program": f"nnviz {__version__}",
            "epochs": run.epochs,
            "experiment": run.experiment.to_dict(),
        }
        archive.writestr(zipfile.ZipInfo(_EXPERIMENT), json.dumps(about, indent=1))
        yield stream.take()
        for name, arrays in _stacks(run):
            _write(archive, name, arrays)
            yield stream.take()
    yield stream.take()


def _stacks(run: RecordedRun) -> Iterator[tuple[str, _Stack]]:
    """Yield all arrays of a run by name; those of moments after as many edits as lists."""
    yield from _of_run(run)
    for edits, kept in groupby(run.checkpoints, lambda checkpoint: checkpoint.edits):
        yield from _of_moments([*kept], _suffix(edits), run.experiment)


def _of_run(run: RecordedRun) -> Iterator[tuple[str, _Stack]]:
    result = run.result
    yield "history", run.history.rows()
    yield "result", [result.parameters, result.gradients]
    yield "result_moment", np.array([result.epoch, result.updates, result.trained], np.int64)


def _of_moments(
    kept: Sequence[Checkpoint], suffix: str, experiment: Experiment
) -> Iterator[tuple[str, _Stack]]:
    states = [one.state for one in kept]
    arrays: dict[str, _Stack] = {
        "moments": np.array([(one.epoch, one.state.steps) for one in kept], np.int64),
        "parameters": [one.parameters for one in kept],
        "gradients": [one.gradients for one in kept],
        "optimizer": [state.optimizer for state in states],
        "chance": [_words(state.chances) for state in states],
        "rules": [_numbers(state.rules) for state in states],
    }
    if states[0].order is not None:
        arrays["order"] = [state.order for state in states if state.order is not None]
    if experiment.training.stop_when == "validation_loss_rises":
        nothing = np.zeros_like(kept[0].parameters)
        bests = [state.rules.patience for state in states]
        arrays["best_parameters"] = [nothing if best is None else best.parameters for best in bests]
    for name, stack in arrays.items():
        yield name + suffix, stack


_OF_CHECKPOINTS = (
    "moments",
    "parameters",
    "gradients",
    "optimizer",
    "chance",
    "rules",
    "order",
    "best_parameters",
)
"""Arrays whose first axis counts the moments."""


def _words(chances: Sequence[Mapping[str, Any]]) -> NDArray[np.uint64]:
    """Return the states of PCG64 generators in words, shape (generators, 6)."""
    words = [
        (
            *divmod(chance["state"]["state"], 2**64),
            *divmod(chance["state"]["inc"], 2**64),
            chance["has_uint32"],
            chance["uinteger"],
        )
        for chance in chances
    ]
    return np.array(words, np.uint64).reshape(-1, 6)


def _chance(words: Sequence[int]) -> dict[str, Any]:
    """Return the state of a generator that `_words` wrote."""
    high, low, odd_high, odd_low, has_rest, rest = words
    state = {"state": high << 64 | low, "inc": odd_high << 64 | odd_low}
    return {"bit_generator": "PCG64", "state": state, "has_uint32": has_rest, "uinteger": rest}


def _numbers(rules: RulesState) -> NDArray[np.float64]:
    plain = (rules.base_rate, rules.factor, rules.best, rules.waited)
    best = rules.patience
    waits = (np.nan,) * 3 if best is None else (best.best, best.epoch, best.waited)
    return np.array([*plain, rules.should_stop, rules.dismissed, *waits])


def _rules(numbers: Sequence[float], bests: NDArray[Any] | None, row: int) -> RulesState:
    """Return the rules that `_numbers` wrote."""
    rate, factor, least, waited, should_stop, dismissed, best, epoch, patience_waited = numbers
    patience = None
    if bests is not None and not np.isnan(epoch):
        patience = PatienceState(best, int(epoch), int(patience_waited), bests[row])
    flags = bool(should_stop), bool(dismissed)
    return RulesState(rate, factor, least, int(waited), *flags, patience)


def _write(archive: zipfile.ZipFile, name: str, arrays: _Stack) -> None:
    """Write arrays of one shape as a single one, without making it."""
    first = np.asarray(arrays[0])
    shape = (len(arrays), *first.shape)
    head = {"descr": npy.dtype_to_descr(first.dtype), "fortran_order": False, "shape": shape}
    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
        npy.write_array_header_1_0(file, head)
        if isinstance(arrays, np.ndarray):
            file.write(np.ascontiguousarray(arrays).data)
        else:
            for array in arrays:
                file.write(np.ascontiguousarray(array).data)


class _Stream:
    """What a zip is written to; it hands on what has been written since it was last asked."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes | memoryview) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def flush(self) -> None:
        """Do nothing: everything is at hand."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


# ---------------------------------------------------------------------------------------- reading


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise _damaged(str(error)) from error
    infos = archive.infolist()
    names = {info.filename for info in infos}
    plain = all(
        info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size
        for info in infos
    )
    if not plain or len(names) < len(infos) or sum(i.file_size for i in infos) > _MOST_BYTES:
        archive.close()
        raise _damaged("its parts are not as nnviz writes them")
    return archive


def _summary(archive: zipfile.ZipFile) -> Summary:
    try:
        about = parsed(archive.read(_EXPERIMENT))
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise _damaged(str(error).strip("'\"")) from error
    match about:
        case {"version": int(version)} if version > VERSION:
            raise DataError(
                "This file was saved by a later nnviz.", "Open it with that one, or a newer one."
            )
        case {"version": 1 | 2, "experiment": dict(values), "epochs": int(epochs)}:
            return Summary(Experiment.from_dict(values), epochs)
    raise _damaged(f"{_EXPERIMENT} does not say what it should")


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """Return one array, whose size is known to be what the file has before memory is taken."""
    try:
        with archive.open(info) as file:
            if npy.read_magic(file) != (1, 0):
                raise ValueError(f"{info.filename} is of another version")
            shape, fortran, dtype = npy.read_array_header_1_0(file)
            data = file.read()
    except (ValueError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise _damaged(str(error)) from error
    if dtype.hasobject or fortran or len(data) != dtype.itemsize * prod(shape):
        raise _damaged(f"{info.filename} is not what it says")
    return np.frombuffer(data, dtype).reshape(shape)


def _damaged(problem: str) -> DataError:
    return DataError(
        "This file cannot be opened: {problem}.",
        "Choose a file that nnviz saved.",
        problem=f"{problem:.200}".rstrip("."),
    )
