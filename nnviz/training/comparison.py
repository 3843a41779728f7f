"""What sets runs apart: the settings in which their Experiments differ, in words.

Compared is what was in force. A number that was left at its default and one that was set to it are
the same; settings that have no effect, such as the noise of measured data, set nothing apart.
Which settings there are is said by one table, `SETTINGS`, in the order in which they are named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.choices import Parameter
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.experiment import (
    DataChoice,
    Experiment,
    NetworkChoice,
    StopRule,
    TrainingChoice,
)
from nnviz.training.layer_comparison import layer_columns
from nnviz.training.wording import NOTHING, Compared, Phrase, compared, number, said, whole, yes_no

_DEFAULTS = {"data": DataChoice(), "network": NetworkChoice(), "training": TrainingChoice()}


@dataclass(frozen=True)
class Difference:
    """A setting in which two runs differ.

    Parameters
    ----------
    setting
        Dotted path, such as ``"training.learning_rate"``.
    title
        What it is called, shortly: "rate".
    before, after
        Its values: "0.03" and "0.3".
    """

    setting: str
    title: Phrase
    before: Phrase
    after: Phrase

    def __str__(self) -> str:
        return f"{self.title} {self.before} → {self.after}"


def differences(a: Experiment, b: Experiment) -> list[Difference]:
    """Return the settings in which `b` differs from `a`, those that say most first."""
    return [Difference(c.setting, c.title, *c.texts) for c in varying((a, b))]


def varying(experiments: Sequence[Experiment]) -> list[Compared]:
    """Return the settings that are not the same in all of these, each with its value in each."""
    return [
        found
        for setting, kind in SETTINGS.items()
        for found in kind.columns(setting, experiments)
        if found.varies
    ]


def _always(experiment: Experiment) -> bool:
    return True


@dataclass(frozen=True)
class Setting:
    """A setting with a value of its own.

    Parameters
    ----------
    title
        What it is called.
    text
        From a value to what is written.
    applies
        Whether it has an effect in an Experiment.
    """

    title: str
    text: Callable[[Any], Phrase] = number
    applies: Callable[[Experiment], bool] = _always

    def columns(self, setting: str, experiments: Sequence[Experiment]) -> list[Compared]:
        """Return the setting with its value in each Experiment."""
        values = [_value(e, setting) if self.applies(e) else NOTHING for e in experiments]
        usual = getattr(_DEFAULTS[setting.split(".")[0]], setting.split(".")[1])
        return [compared(setting, said(self.title), values, self.text, usual)]


@dataclass(frozen=True)
class EntrySetting:
    """An entry of a table, and the numbers that come with it.

    Parameters
    ----------
    title
        What the choice is called.
    table
        Its entries by name; each has a title and parameters.
    numbers
        Path of the numbers.
    plain
        Whether a number's title says by itself what it belongs to.
    """

    title: str
    table: Mapping[str, Any]
    numbers: str
    plain: bool = False

    def columns(self, setting: str, experiments: Sequence[Experiment]) -> list[Compared]:
        """Return the choice and each number of the entries, with their values."""
        names = [_value(experiment, setting) for experiment in experiments]
        given = [_value(experiment, self.numbers) for experiment in experiments]
        found = [compared(setting, said(self.title), names, self._text)]
        parameters = {p.name: p for name in names for p in self.table[name].parameters}
        for parameter in parameters.values():
            values = [
                self._number(*pair, parameter.name) for pair in zip(names, given, strict=True)
            ]
            path = f"{self.numbers}.{parameter.name}"
            found.append(compared(path, self._title(parameter), values, number, parameter.default))
        return found

    def _title(self, parameter: Parameter) -> Phrase:
        if self.plain:
            return said(parameter.title)
        return Phrase("{setting}: {number}", {"setting": self.title, "number": parameter.title})

    def _text(self, name: str) -> Phrase:
        return said(self.table[name].title)

    def _number(self, name: str, given: Mapping[str, float], wanted: str) -> object:
        """Return what is in force, or nothing for an entry that has no such number."""
        entry = next((p for p in self.table[name].parameters if p.name == wanted), None)
        return NOTHING if entry is None else given.get(wanted, entry.default)


@dataclass(frozen=True)
class LayersSetting:
    """The layers, one by one or as a whole."""

    def columns(self, setting: str, experiments: Sequence[Experiment]) -> list[Compared]:
        """Return the settings of layers with their values."""
        return layer_columns(setting, experiments)


def _value(experiment: Experiment, setting: str) -> Any:
    part, name = setting.split(".")
    return getattr(getattr(experiment, part), name)


def _option(name: str) -> Callable[[Experiment], bool]:
    """Return a test of whether a sample has something to choose."""
    return lambda experiment: name in CATALOG[experiment.data.sample].options


def _seed_matters(experiment: Experiment) -> bool:
    return _option("seed")(experiment) or experiment.data.test_fraction > 0


def _stops_early(experiment: Experiment) -> bool:
    return experiment.training.stop_when != "never"


def _percent(value: float) -> Phrase:
    return Phrase(f"{number(value)} %")


def _share(value: float) -> Phrase:
    # Not 7.000000000000001 %.
    return _percent(round(100 * value, 10))


def _rows(value: int | None) -> Phrase:
    return said("usual") if value is None else whole(value)


def _batch(value: int | None) -> Phrase:
    return said("all") if value is None else whole(value)


def _limit(value: float | None) -> Phrase:
    return said("none") if value is None else number(value)


def _seed(value: int) -> Phrase:
    return Phrase(str(value))


def _features(keys: tuple[str, ...]) -> Phrase:
    return Phrase(", ".join(PLANE_FEATURES[key].title for key in keys))


_STOPS: dict[StopRule, str] = {
    "never": "never",
    "train_loss": "training loss",
    "train_metric": "training metric",
    "test_loss_rises": "test loss rises",
}

SETTINGS: dict[str, Setting | EntrySetting | LayersSetting] = {
    "data.sample": Setting("data", lambda key: said(CATALOG[key].title)),
    "network.layers": LayersSetting(),
    "training.loss": Setting("loss", lambda name: said(LOSSES[name].title)),
    "training.optimizer": EntrySetting("optimiser", OPTIMIZERS, "training.optimizer_values", True),
    "training.learning_rate": Setting("rate"),
    "training.schedule": EntrySetting("schedule", SCHEDULES, "training.schedule_values"),
    "training.batch_size": Setting("batch", _batch),
    "training.l1": Setting("L1"),
    "training.l2": Setting("L2"),
    "data.features": Setting("inputs", _features),
    "data.rows": Setting("rows", _rows, _option("rows")),
    "data.noise": Setting("noise", _percent, _option("noise")),
    "data.classes": Setting("classes", whole, _option("classes")),
    "data.test_fraction": Setting("test share", _share),
    "data.standardize_inputs": Setting("standardised inputs", yes_no),
    "data.standardize_target": Setting("standardised target", yes_no),
    "network.initializer": EntrySetting(
        "first weights", INITIALIZERS, "network.initializer_values"
    ),
    "network.bias_initializer": EntrySetting("first biases", INITIALIZERS, "network.bias_values"),
    "training.clip_norm": Setting("gradient length limit", _limit),
    "training.clip_value": Setting("gradient value limit", _limit),
    "training.class_weights": Setting("class weights", said),
    "training.reduction": Setting("gradient", said),
    "training.epochs": Setting("epochs", whole),
    "training.stop_when": Setting("stop early", lambda rule: said(_STOPS[rule])),
    "training.stop_value": Setting("stop at", number, _stops_early),
    "training.shuffle": Setting("shuffled", yes_no),
    "network.dtype": Setting("precision", lambda dtype: Phrase(f"{dtype[5:]} bit")),
    "training.seed": Setting("seed", _seed),
    "data.seed": Setting("data seed", _seed, _seed_matters),
}
"""Every setting of an Experiment by its path; what says most about a run comes first."""
