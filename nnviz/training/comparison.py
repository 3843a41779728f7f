"""What sets runs apart: the settings in which their Experiments differ, in words.

Compared is what was in force. A number that was left at its default and one that was set to it are
the same; settings that have no effect, such as the noise of measured data, set nothing apart.
They are named in the order of ``SETTINGS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnviz.engine.choices import Parameter
from nnviz.training.experiment import Experiment
from nnviz.training.layer_comparison import layer_columns
from nnviz.training.setting import Setting
from nnviz.training.settings import SETTINGS, default_of, value_at
from nnviz.training.wording import NOTHING, Compared, Phrase, compared, number, said


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
        for setting in SETTINGS.values()
        for found in _columns(setting, experiments)
        if found.varies
    ]


def _columns(setting: Setting, experiments: Sequence[Experiment]) -> list[Compared]:
    """Return a setting, and the numbers that come with its entries, with the values in each."""
    path = setting.path
    if path == "network.layers":
        return layer_columns(path, experiments)
    values = [value_at(e, path) if setting.applies(e) else NOTHING for e in experiments]
    usual = default_of(path)
    column = compared(path, said(setting.brief), values, setting.written, usual)
    return [column, *(_numbers(setting, values, experiments) if setting.numbers else ())]


def _numbers(
    setting: Setting, names: Sequence[Any], experiments: Sequence[Experiment]
) -> list[Compared]:
    """Return each number of the chosen entries with what is in force in each Experiment."""
    entries = [{p.name: p for p in setting.table[name].parameters} for name in names]
    given = [value_at(experiment, setting.numbers) for experiment in experiments]
    parameters = {name: p for entry in entries for name, p in entry.items()}
    return [
        compared(
            f"{setting.numbers}.{name}",
            _title(setting, parameter),
            [
                values.get(name, entry[name].default) if name in entry else NOTHING
                for entry, values in zip(entries, given, strict=True)
            ],
            number,
            parameter.default,
        )
        for name, parameter in parameters.items()
    ]


def _title(setting: Setting, parameter: Parameter) -> Phrase:
    if setting.plain:
        return said(parameter.title)
    words = {"setting": setting.brief, "number": parameter.title}
    return Phrase("{setting}: {number}", words)
