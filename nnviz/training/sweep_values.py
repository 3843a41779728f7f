"""The settings that can be swept, and the values of them that are worth trying or are typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.names import unknown_name
from nnviz.errors import InvalidChoiceError
from nnviz.training.choices import refusal_of, with_setting
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import hidden_units_by_rule, with_hidden_units
from nnviz.training.setting import Range, Setting, Values
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS, value_at

HIDDEN = "network.hidden"
"""Stands for the neurons of the hidden layers, all alike, as if they were a setting."""

VARIABLE: Mapping[str, Setting] = {
    HIDDEN: dataclasses.replace(LAYER_SETTINGS["units"], path=HIDDEN, title="Hidden units"),
    **{path: SETTINGS[path] for path in SETTINGS if path not in ("network.layers", "data.split")},
}
"""The settings that can be swept, by path: not which rows are held out, for others are no rival."""

SIMPLER: Mapping[str, Callable[[Any], float]] = {
    HIDDEN: float,
    "training.epochs": float,
    "data.features": len,
    "training.l1": lambda penalty: -penalty,
    "training.l2": lambda penalty: -penalty,
}
"""Settings of which one value makes a simpler model than another: the smaller number is simpler."""

_PENALTIES, _SHARES, _LIMITS = (0.0, 1e-4, 1e-3, 1e-2, 0.1), (0.1, 0.2, 0.3, 0.5), (None, 0.1, 1.0)
_LADDERS: Mapping[str, tuple[Any, ...]] = {
    HIDDEN: (1, 2, 4, 8, 16, 32),
    "data.sample": tuple(CATALOG),  # a person's own data are no entry to take
    "training.l1": _PENALTIES,
    "training.l2": _PENALTIES,
    "training.batch_size": (1, 8, 32, 128, None),
    "training.clip_norm": _LIMITS,
    "training.clip_value": _LIMITS,
    "training.seed": tuple(range(10)),
    "data.seed": tuple(range(10)),
    "data.features": (("x", "y"), ("x2", "y2"), ("x", "y", "xy"), ("x", "y", "x2", "y2", "xy")),
    "data.rows": (50, 100, 200, 500, 1000),
    "data.noise": (0.0, 10.0, 20.0, 30.0, 50.0),
    "data.classes": (2, 3, 4, 5),
    "data.test_fraction": _SHARES,
    "data.validation_fraction": _SHARES,
}
_STEPS = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Of what is set now, where a setting has no ladder of its own."""


def setting_of(path: str) -> Setting:
    """Return a setting that can be swept.

    Raises
    ------
    UnknownNameError
        If there is none of that path.
    """
    if path not in VARIABLE:
        raise unknown_name("No setting “{name}” can be varied.", path, VARIABLE, "vary")
    return VARIABLE[path]


def with_value(experiment: Experiment, path: str, value: Any) -> Experiment:
    """Return the experiment with a value of a swept setting, and what must change with it."""
    if path == HIDDEN:
        return with_hidden_units(experiment, value)
    return with_setting(experiment, path, value)


def ladder(experiment: Experiment, path: str) -> tuple[Any, ...]:
    """Return values of a setting that are worth trying: those of its table, or steps."""
    values = setting_of(path).values_in(experiment)
    if values is None:
        steps: Sequence[Any] = (False, True)
    elif path in _LADDERS or not isinstance(values, Range):
        steps = _LADDERS.get(path) or tuple(values)  # type: ignore[arg-type]
    else:
        now = value_at(experiment, path) or 1.0
        steps = [min(max(float(f"{now * step:.3g}"), values.low), values.high) for step in _STEPS]
        steps = [int(step) for step in steps] if values.whole else steps
    can_be = (step for step in steps if _refusal(experiment, path, step) is None)
    return tuple(dict.fromkeys(can_be))


def read_values(experiment: Experiment, path: str, text: str) -> tuple[Any, ...]:
    """Return the values that a text names, with commas between them.

    Numbers, names of a table (several of one value with ``+`` between them), yes and no; "none" or
    "all" where there need not be a number; "rule" for hidden units by `hidden_units_by_rule`.

    Raises
    ------
    InvalidChoiceError
        If something is not a value of this setting.
    UnknownNameError
        If there is no such setting.
    """
    setting = setting_of(path)
    if path == HIDDEN and text.strip() == "rule":
        return hidden_units_by_rule(experiment)
    allowed = setting.values_in(experiment)
    found = [_read(setting, allowed, word.strip()) for word in text.split(",")]
    for value in found:
        refused = setting.refusal(value, path, allowed)
        if refused is not None:
            raise refused
    return tuple(dict.fromkeys(found))


def typed_values(values: Sequence[Any]) -> str:
    """Return values as `read_values` reads them."""
    return ", ".join(map(_typed, values))


def _typed(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, tuple):
        return "+".join(value)
    return value if isinstance(value, str) else f"{value:.12g}"


def _read(setting: Setting, allowed: Values, word: str) -> Any:
    if allowed is None:
        return {"yes": True, "true": True, "no": False, "false": False}.get(word.lower(), word)
    if not isinstance(allowed, Range):
        return tuple(word.split("+")) if setting.many else word
    if word.lower() in ("none", "all", "usual") and None in allowed.instead:
        return None
    try:
        return int(word) if allowed.whole else float(word)
    except ValueError:
        return word


def _refusal(experiment: Experiment, path: str, value: Any) -> Exception | None:
    try:
        return refusal_of(with_value(experiment, path, value), path)
    except InvalidChoiceError as error:
        return error
