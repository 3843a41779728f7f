"""From one setting and its new value to the next Experiment, with all that this entails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nnviz.engine.layers import Dense
from nnviz.training import choices
from nnviz.training.choices import with_sample
from nnviz.training.experiment import Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import is_untouched
from nnviz.training.setting import Range
from nnviz.training.settings import SETTINGS

STARTING_POINT = Experiment(
    network=NetworkChoice((Dense(8, "tanh"), Dense(4, "tanh"), Dense(1, "sigmoid"))),
    training=TrainingChoice(optimizer="adam", learning_rate=0.01, batch_size=32, epochs=500),
)
"""A network and a training that learn something on every sample of the catalog.

A preset's own settings are made for its own data: XOR's rate of 1 makes any regression diverge.
"""


def starting_point(key: str) -> Experiment:
    """Return the experiment that a sample is opened with.

    Parameters
    ----------
    key
        A key of ``CATALOG``.

    Raises
    ------
    UnknownNameError
        If there is no such sample.
    """
    return with_sample(STARTING_POINT, key)


def opened_from(experiment: Experiment, key: str) -> Experiment:
    """Return the experiment that opening a sample leads to from here.

    What the person set goes with them to the next sample; what a preset set does not, nor a full
    batch that is only full because the sample has so few rows.
    """
    if is_untouched(experiment):
        return starting_point(key)
    training = starting_point(experiment.data.sample).training
    if experiment.training.batch_size is training.batch_size is None:
        usual = STARTING_POINT.training.batch_size
        experiment = experiment.change("training", batch_size=usual)
    return with_sample(experiment, key)


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
