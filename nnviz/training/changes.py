"""From one setting and its new value to the next Experiment, with all that this entails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.setting import Range
from nnviz.training.settings import SETTINGS
from nnviz.training.starting_point import opened_from

Change = Callable[[Experiment, Any], Experiment]

_PARTS: Mapping[str, Callable[..., Experiment]] = {
    "data": choices.with_data,
    "network": choices.with_network,
    "training": choices.with_training,
}

_CHANGES: Mapping[str, Change] = {
    "data.sample": opened_from,
    "data.classes": choices.with_classes,
    "data.features": choices.with_features,
    "network.initializer": choices.with_initializer,
    "network.bias_initializer": choices.with_bias_initializer,
    "training.loss": choices.with_loss,
    "training.optimizer": choices.with_optimizer,
    "training.schedule": choices.with_schedule,
    "training.stop_when": choices.with_stop_when,
}
"""Settings that others depend on; any other is only set."""


def with_setting(experiment: Experiment, path: str, value: Any) -> Experiment:
    """Return the experiment with another value of a setting, and what must change with it.

    Parameters
    ----------
    experiment
        Where the person stands.
    path
        Dotted path of a setting, or of the numbers that come with one.
    value
        Of the setting; a whole number may come as a float.

    Raises
    ------
    InvalidChoiceError
        If the sample cannot be made so.
    """
    setting = SETTINGS.get(path)
    if setting and isinstance(setting.values, Range) and setting.values.whole:
        value = None if value is None else int(value)
    if path in _CHANGES:
        return _CHANGES[path](experiment, value)
    part, name = path.split(".")
    return _PARTS[part](experiment, **{name: value})
