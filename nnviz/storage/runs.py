"""A run as arrays: its history, the moments that are kept, and the network it came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.storage.archive import Stack
from nnviz.storage.parameters import named_parameters
from nnviz.training.callbacks import PatienceState, RulesState
from nnviz.training.checkpoints import Checkpoint, TrainingState
from nnviz.training.editing import edited
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.problem import Problem
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import SCALARS, Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

Arrays = Mapping[str, NDArray[Any]]


def run_of(experiment: Experiment, arrays: Arrays, named: Arrays) -> RecordedRun:
    """Return the run whose arrays `stacks` yielded; training goes on from it to the last bit.

    Parameters
    ----------
    experiment
        What was asked.
    arrays
        By the names that `stacks` gives them.
    named
        What `result_of` gave; {} where the result's parameters are among the arrays.

    Raises
    ------
    ValueError, KeyError, OverflowError
        Where parts do not fit.
    """
    names = (name.partition("@") for name in arrays)
    counts = sorted(int(count or 0) for name, _, count in names if name == "parameters")
    if not counts or counts[-1] > len(experiment.edits):
        raise ValueError("its moments are of other edits")
    if named:
        arrays = {**arrays, "result_parameters": _flat(experiment, counts[-1], named)}
    unknown = {*arrays}
    for edits in counts:
        expected = _fresh(edited(experiment, edits))
        last = [*_of_run(expected), _result(expected)] if edits == counts[-1] else []
        for name, fresh in (*last, *_of_moments(expected.checkpoints, _suffix(edits), experiment)):
            like, array = np.asarray(fresh), arrays[name]
            rows = int(like.ndim > 1)  # as many as there are epochs, or moments
            if array.dtype != like.dtype or array.shape[rows:] != like.shape[rows:]:
                raise ValueError(f"{name} is an array of {array.dtype} shaped {array.shape}")
            unknown.discard(name)
    if unknown:
        raise ValueError(f"{min(unknown)} is no part of it")
    history = history_of(arrays["history"])
    checkpoints = [one for edits in counts for one in _checkpoints(arrays, edits)]
    epochs = np.array([one.epoch for one in checkpoints])
    if not _rise(epochs) or history.column("epoch")[-1] != epochs[-1]:
        raise ValueError("its epochs are not in order")
    epoch, updates, trained = arrays["result_moment"].tolist()
    result = arrays["result_parameters"], arrays["result_gradients"]
    snapshot = Snapshot(0, epoch, *result, updates, trained, counts[-1])
    return RecordedRun(experiment, history, tuple(checkpoints), snapshot)


def history_of(rows: NDArray[Any]) -> History:
    """Return the history of these rows; ValueError where they cannot be one.

    Of a group of epochs that was still open the rows have the newest epoch alone: it stays as it
    is, and the group that training goes on with is of those after it.
    """
    if rows.dtype != np.float64 or rows.ndim != 2 or rows.shape[1] <= len(SCALARS):
        raise ValueError(f"a history is an array of {rows.dtype} shaped {rows.shape}")
    if not _rise(rows[:, 0]):
        raise ValueError("its epochs are not in order")
    history = History(rows.shape[1] - len(SCALARS))
    history.extend(rows)
    return history


def result_of(run: RecordedRun) -> Arrays:
    """Return the parameters of a run's result by the names that other programs know."""
    problem = Problem(edited(run.experiment, run.result.edits))
    return named_parameters(problem.blank_network(run.result.parameters))


def _flat(experiment: Experiment, edits: int, named: Arrays) -> NDArray[Any]:
    """Return the parameters that `result_of` named, in the network's own order."""
    network = Problem(edited(experiment, edits)).blank_network()
    views = named_parameters(network)
    if views.keys() != named.keys():
        raise ValueError("its parameters are of another network")
    for name, view in views.items():
        if (named[name].dtype, named[name].shape) != (view.dtype, view.shape):
            raise ValueError(f"{name} is of another network")
        view[...] = named[name]
    return network.parameters


def _checkpoints(arrays: Arrays, edits: int) -> list[Checkpoint]:
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


def stacks(run: RecordedRun) -> Iterator[tuple[str, Stack]]:
    """Yield all arrays of a run by name, but `result_of`.

    Those of moments after as many edits are lists.
    """
    yield from _of_run(run)
    for edits, kept in groupby(run.checkpoints, lambda checkpoint: checkpoint.edits):
        yield from _of_moments([*kept], _suffix(edits), run.experiment)


def _of_run(run: RecordedRun) -> Iterator[tuple[str, Stack]]:
    result = run.result
    yield "history", run.history.rows()
    yield "result_gradients", result.gradients
    yield "result_moment", np.array([result.epoch, result.updates, result.trained], np.int64)


def _result(run: RecordedRun) -> tuple[str, Stack]:
    return "result_parameters", run.result.parameters


def _of_moments(
    kept: Sequence[Checkpoint], suffix: str, experiment: Experiment
) -> Iterator[tuple[str, Stack]]:
    states = [one.state for one in kept]
    arrays: dict[str, Stack] = {
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
