"""Ready-made comparisons: one choice differs, all else is the same, and the curves tell.

What there is to see is said in sentences that are computed from the results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import Dense
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.completion import complete
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.presets import DIGITS_MLP, HOUSE_PRICES
from nnviz.training.records import SCALARS, ReadOnly, column_of
from nnviz.training.setting import Phrase, number, whole


@dataclass(frozen=True)
class Variant:
    """One of the runs that are compared, and what it is called."""

    name: str
    experiment: Experiment


@dataclass(frozen=True, eq=False)
class VariantResult(ReadOnly):
    """What came of a variant.

    Parameters
    ----------
    rows
        The records of all epochs, the untrained network's first, as `History.rows` has them.
    updates
        Mini-batches that were trained.
    """

    rows: NDArray[np.float64]
    updates: int

    @property
    def losses(self) -> NDArray[np.float64]:
        """Training losses from epoch 0 on."""
        return column_of(self.rows, "train_loss")

    @property
    def history(self) -> History:
        """The records as panels draw them."""
        history = History(self.rows.shape[1] - len(SCALARS))
        history.extend(self.rows)
        return history


Runs = Sequence[tuple[str, VariantResult]]
"""Variants by name, in the order of the table."""


@dataclass(frozen=True)
class Comparison:
    """An entry of the menu.

    Parameters
    ----------
    key, title, description
        Stable name; as the menu shows it, and what it shows; English, the window translates.
    variants
        What is trained; all have the same loss, rows and number of epochs.
    sentences
        What say, each, what there is to be seen in the results.
    """

    key: str
    title: str
    description: str
    variants: tuple[Variant, ...]
    sentences: tuple[Callable[[Runs], Phrase], ...]

    def told(self, results: Sequence[VariantResult]) -> list[Phrase]:
        """Return what is to be seen in the results, which are in the order of the variants."""
        names = (variant.name for variant in self.variants)
        runs = list(zip(names, results, strict=True))
        return [tell(runs) for tell in self.sentences]


def train_variant(variant: Variant) -> VariantResult:
    """Train one to its end.

    Raises
    ------
    DivergedError
        If it leaves the finite numbers.
    """
    done = complete(variant.experiment)
    return VariantResult(done.history.rows(), done.snapshot.updates)


# ------------------------------------------------------------------------------- what is to be seen


def _by_loss(runs: Runs) -> list[tuple[str, VariantResult]]:
    return sorted(runs, key=lambda run: float(run[1].losses[-1]))


def ends(runs: Runs) -> Phrase:
    """Say which run has come farthest, and which least far."""
    (best, low), *_, (worst, high) = _by_loss(runs)
    text = (
        "Smallest training loss after {epochs} epochs: {low} with {best}; largest: {high} with"
        " {worst}."
    )
    words = {"best": best, "low": _last(low), "worst": worst, "high": _last(high)}
    return Phrase(text, {"epochs": _epochs(low), **words})


def overtaking(runs: Runs) -> Phrase:
    """Say when the best run was where the worst one ended."""
    (best, low), *_, (worst, high) = _by_loss(runs)
    early = int(np.argmax(low.losses <= high.losses[-1]))
    text = "With {best} it was by epoch {early} where it came in {epochs} with {worst}."
    words = {"best": best, "early": str(whole(early)), "worst": worst, "epochs": _epochs(high)}
    return Phrase(text, words)


def standstill(runs: Runs) -> Phrase:
    """Say which runs are no better than a network that always gives the same answer."""
    blank = min(float(result.losses[0]) for _, result in runs)
    stuck = [name for name, result in runs if result.losses[-1] > 0.99 * blank]
    if not stuck:
        return Phrase("All of them learned.")
    gaps = {f"name_{place}": name for place, name in enumerate(stuck)}
    names = ", ".join(f"{{{gap}}}" for gap in gaps)
    text = "Still at the loss of a network that gives every sample the same answer, {loss}: "
    return Phrase(f"{text}{names}.", {"loss": str(number(blank)), **gaps})


def unrest(runs: Runs) -> Phrase:
    """Say in which run the loss still moves most in the last quarter, and in which least."""
    moves = {
        name: float(np.ptp(result.losses[-(len(result.losses) // 4) :])) for name, result in runs
    }
    restless, calm = max(moves, key=moves.__getitem__), min(moves, key=moves.__getitem__)
    text = (
        "In the last quarter of the epochs the loss moves by {much} with {restless}, by {little}"
        " with {calm}."
    )
    words = {"much": str(number(moves[restless])), "little": str(number(moves[calm]))}
    return Phrase(text, {"restless": restless, "calm": calm, **words})


def work(runs: Runs) -> Phrase:
    """Say how many updates the best and the worst run made of the same epochs."""
    (best, low), *_, (worst, high) = _by_loss(runs)
    text = "The same epochs are {many} updates with {best}, and {few} with {worst}."
    words = {"many": str(whole(low.updates)), "few": str(whole(high.updates))}
    return Phrase(text, {"best": best, "worst": worst, **words})


def _last(result: VariantResult) -> str:
    return str(number(float(result.losses[-1])))


def _epochs(result: VariantResult) -> str:
    return str(whole(len(result.losses) - 1))


# ------------------------------------------------------------------------------------- the table

_DEEP = Experiment(
    DataChoice("circle", test_fraction=0.2),
    NetworkChoice((*(Dense(10, "relu"),) * 8, Dense(1, "sigmoid"))),
    TrainingChoice(loss="binary_crossentropy", learning_rate=0.05, batch_size=32, epochs=100),
)
_SPIRAL = Experiment(
    DataChoice("spiral", test_fraction=0.2),
    NetworkChoice((Dense(16, "tanh"), Dense(8, "tanh"), Dense(1, "sigmoid"))),
    TrainingChoice(loss="binary_crossentropy", learning_rate=0.02, batch_size=32, epochs=200),
)
_HOUSES = HOUSE_PRICES.experiment.change("training", batch_size=1, learning_rate=0.1, epochs=200)
_DIGITS = DIGITS_MLP.experiment.change("training", optimizer="sgd", learning_rate=0.1, epochs=20)

_SCHEDULES = {
    "constant": {},
    "time_decay": {"decay": 0.1},
    "step": {"every": 50.0, "drop": 0.3},
    "exponential": {"gamma": 0.97},
    "cosine": {},
    "plateau": {"drop": 0.5, "patience": 10.0},
}
_BATCHES = {"1 row": 1, "8 rows": 8, "32 rows": 32, "128 rows": 128, "All rows": None}

COMPARISONS: dict[str, Comparison] = {
    entry.key: entry
    for entry in (
        Comparison(
            "initializers",
            "First Weights of a Deep Network",
            "Nine layers with first weights from seven rules. Weights that are zero or too large "
            "let no signal through, and nothing is learned.",
            tuple(
                Variant(entry.title, _DEEP.change("network", initializer=name))
                for name, entry in INITIALIZERS.items()
            ),
            (ends, standstill),
        ),
        Comparison(
            "optimizers",
            "Optimisers on the Spiral",
            "The same network, batches and learning rate, six ways to make a step of a slope.",
            tuple(
                Variant(entry.title, _SPIRAL.change("training", optimizer=name))
                for name, entry in OPTIMIZERS.items()
            ),
            (ends, overtaking),
        ),
        Comparison(
            "schedules",
            "Schedules on House Prices",
            "One house at a time: a rate that stays large makes the loss jump to the end, one that "
            "falls lets it settle.",
            tuple(
                Variant(
                    SCHEDULES[name].title,
                    _HOUSES.change("training", schedule=name, schedule_values=values),
                )
                for name, values in _SCHEDULES.items()
            ),
            (ends, unrest),
        ),
        Comparison(
            "batch-sizes",
            "Batch Sizes on Digits",
            "From one digit an update to all of them: small batches take more steps an epoch, "
            "large ones steadier steps.",
            tuple(
                Variant(name, _DIGITS.change("training", batch_size=size))
                for name, size in _BATCHES.items()
            ),
            (ends, work),
        ),
    )
}
"""Every comparison by its key, in the order of the menu."""
