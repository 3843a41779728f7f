"""Read experiments that were spoiled at random: each is taken whole or refused in a sentence.

    python scripts/fuzz_experiments.py [--count 50000] [--seed 0]

Prints how many were taken and refused, and every one that was neither, with the seed that makes it
again. The test suite does the same with fewer.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePool2D,
)
from nnviz.errors import NnvizError
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.reading import experiment_of, parsed
from nnviz.training.settings import SETTINGS

LONGEST_SENTENCE = 1000


class _Whole(IntEnum):
    """A whole number that is not of the type int itself."""

    THREE = 3


class _Text(str):
    """A text that is not of the type str itself."""

    __slots__ = ()


def _nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def _endless() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["data"] = found
    return found


_PICTURES = (
    Conv2D(4, 3, padding=(1, 1)),
    BatchNorm(),
    AveragePool2D(2, strides=1),
    GlobalAveragePool2D(),
    Dropout(0.25),
    Dense(10, "softmax"),
)
BASES = [
    Experiment(),
    starting_point("spiral"),
    starting_point("houses"),
    PRESETS["digits-cnn"].experiment,
    starting_point("digits").change("network", layers=_PICTURES),
]
"""What is spoiled: every kind of layer and task."""

ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 3, 12, 3.0, 0.5, 2.5, -0.0, 1e-9, 1e308, 5e-324),
    *(math.nan, math.inf, -math.inf, 2**31, 2**32, 2**63, 2**64, -(2**70), 10**400, 10**5000),
    *("", "3", "NaN", "none", "{value}", "{0}", "%s", "\0", "\ud800", "é" * 3, "x" * 10**5, b"x"),
    *([], [1], [1, 2], [1, 2, 3], [True, 2], (3, 3), [3.0, 3.0], ["x", "x"], [[]], range(3)),
    *({}, {"a": 1}, {1: 2}, {None: 1}, {"momentum": 0.5}, {"momentum": "0.5"}, {"\ud800": 1.0}),
    *(_Whole.THREE, _Text("xor"), Decimal("0.5"), Decimal("NaN"), Fraction(1, 2), 1j, date.min),
    *(np.int64(3), np.float64(0.5), np.bool_(True), np.zeros(2), object(), int, set(), {"x"}),
    *(_nested(10**5), _endless(), lambda: None),
]
"""What stands where something else belongs."""

NAMES = [
    *(name for s in SETTINGS.values() if isinstance(s.values, Mapping) for name in s.values),
    *ACTIVATIONS,
    *LAYERS,
]
"""Names that are right somewhere."""


def spoiled(rng: random.Random) -> Any:
    """Return an experiment's dictionary with one to three faults."""
    values: Any = copy.deepcopy(rng.choice(_DICTIONARIES))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(values))
        if not places or rng.random() < 0.01:
            return rng.choice(ODD)
        parent, key = rng.choice(places)
        rng.choice(_FAULTS)(rng, parent, key)
    return values


def _places(values: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) there is."""
    own = values.items() if isinstance(values, dict) else enumerate(values)
    found = [(values, key) for key, _ in own]
    # What a fault put there is left as it is: it may be endless.
    inside = [v for v in (values[key] for _, key in found) if type(v) in (dict, list)]
    odd = {id(value) for value in ODD}
    return found + [p for value in inside if id(value) not in odd for p in _places(value)]


def _replace(rng: random.Random, parent: Any, key: Any) -> None:
    parent[key] = rng.choice(ODD)


def _rename(rng: random.Random, parent: Any, key: Any) -> None:
    parent[key] = rng.choice(NAMES)


def _scale(rng: random.Random, parent: Any, key: Any) -> None:
    value = parent[key]
    if type(value) in (int, float) and abs(value) < 1e100:
        parent[key] = rng.choice((value + 1, value - 1, value * 10, -value, value / 3, str(value)))


def _remove(rng: random.Random, parent: Any, key: Any) -> None:
    del parent[key]


def _add(rng: random.Random, parent: Any, key: Any) -> None:
    if isinstance(parent, list):
        parent.extend([parent[key]] * rng.choice((1, 2, 20)))
    else:
        parent[rng.choice(("units", "kind", "layers", "version", "", "$", "\ud800", 3))] = key


def _swap(rng: random.Random, parent: Any, key: Any) -> None:
    other = rng.choice(list(parent) if isinstance(parent, dict) else range(len(parent)))
    parent[key], parent[other] = parent[other], parent[key]


_FAULTS: tuple[Callable[[random.Random, Any, Any], None], ...] = (
    *(_replace, _replace, _replace, _scale, _scale, _rename),
    *(_remove, _add, _swap),
)
_DICTIONARIES = [json.loads(json.dumps(base.to_dict())) for base in BASES]


def outcome(values: Any) -> str:
    """Return what came of it: "taken", "not read", "impossible".

    Raises
    ------
    Exception
        If anything else came of it.
    """
    try:
        experiment = Experiment.from_dict(values)
    except NnvizError as error:
        _check_sentence(error)
        return "not read"
    assert Experiment.from_dict(experiment.to_dict()) == experiment
    assert experiment_of(parsed(json.dumps(experiment.to_dict(), allow_nan=False))) == experiment
    try:
        Problem(experiment)
    except NnvizError as error:
        _check_sentence(error)
        return "impossible"
    return "taken"


def _check_sentence(error: NnvizError) -> None:
    text = str(error)
    text.encode()
    assert len(text) < LONGEST_SENTENCE, f"{len(text)} letters"
    assert text.endswith((".", "?")), text


def fuzz(count: int, seed: int) -> tuple[Counter[str], dict[int, Exception]]:
    """Return how often each outcome was, and what else was raised, by the seed that makes it."""
    outcomes: Counter[str] = Counter()
    faults: dict[int, Exception] = {}
    for own in range(seed, seed + count):
        try:
            outcomes[outcome(spoiled(random.Random(own)))] += 1
        except Exception as error:  # noqa: BLE001  # it is what is looked for
            faults[own] = error
    return outcomes, faults


def main() -> int:
    """Do as many as asked for; 1 if there were faults."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    outcomes, faults = fuzz(arguments.count, arguments.seed)
    print(", ".join(f"{count:,} {name}" for name, count in outcomes.most_common()))
    for seed, error in faults.items():
        print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
