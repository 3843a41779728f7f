"""The control of a setting: by what it may be, or one of its own; how numbers step in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QWidget

from nnviz.engine.choices import Parameter
from nnviz.engine.metrics import metric_for
from nnviz.gui.look.texts import translated
from nnviz.gui.setup.composed import BatchControl, InputChips, SeedNumber, SliderNumber
from nnviz.gui.setup.sample_box import SampleBox
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange, Step, even_steps, log_steps
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.setting import Option, Range, Setting

_MANY = 2000
"""Whole numbers of a range that arrows do not walk one by one."""

_LEAST = 1e-4
"""First step above zero."""


def control_of(setting: Setting) -> QWidget:
    """Return what a person sets a setting with."""
    title, hint = translated(setting.title), translated(setting.hint)
    if setting.path in _OWN:
        return _OWN[setting.path](setting, title, hint)
    if isinstance(setting.values, Mapping):
        box = ChoiceBox(entries_of(setting.table))
        box.set_hint(hint)
        return box
    if setting.values is None:
        return QCheckBox(title)
    return NumberField(title, number_range(setting.values_in(Experiment())))  # type: ignore[arg-type]


def connect_choice(control: QWidget, ask: Callable[[Any], None]) -> None:
    """Have a control hand on what a person chooses."""
    if isinstance(control, QCheckBox):
        control.clicked.connect(lambda on: ask(on))  # of a partial Qt asks no argument
    elif isinstance(control, NumberField):
        control.committed.connect(ask)
    else:
        control.chosen.connect(ask)  # type: ignore[attr-defined]


def show_value(control: QWidget, value: Any, experiment: Experiment) -> None:
    """Show a setting's value in its control; nothing is emitted."""
    if isinstance(control, QCheckBox):
        control.setChecked(value)
    elif isinstance(control, BatchControl):
        control.show_experiment(experiment)
    else:
        control.show_value(value)  # type: ignore[attr-defined]


def entries_of(table: Mapping[str, Any], experiment: Experiment | None = None) -> Iterator[Entry]:
    """Yield a line for each entry of a table, its hint or its formula as the tool tip."""
    for name, entry in table.items():
        title = translated(entry.title)
        if experiment is not None:
            metric = metric_for(dataset_of(experiment.data).task)
            title = title.format(metric=translated(metric.title))
        hint = entry.hint if isinstance(entry, Option) else entry.formula
        yield Entry(name, title, translated(hint) if hint else "")


def number_range(numbers: Range) -> NumberRange:
    """Return what a field takes: shares in even steps, what spans powers of ten by those."""
    if numbers.whole:
        few = numbers.high - numbers.low < _MANY
        step: Step = even_steps(1) if few else log_steps((1, 2, 5), max(1, numbers.low))
    elif numbers.high <= 1:
        step = even_steps(0.01 if numbers.high == 1 else 0.05)
    else:
        step = log_steps(smallest=numbers.low or _LEAST)
    return NumberRange(numbers.low, numbers.high, numbers.whole, step)


def parameter_range(parameter: Parameter) -> NumberRange:
    """Return what the field of a number takes that comes with the entry of a table."""
    low, high = parameter.low, parameter.high
    is_share = high <= 1 and parameter.default >= 0.1
    return NumberRange(
        low, high, step=even_steps(0.01) if is_share else log_steps(smallest=low or _LEAST)
    )


def _percents(factor: float) -> Callable[[Setting, str, str], QWidget]:
    """Return what makes a slider that shows per cent: a value times this factor."""

    def slider(setting: Setting, title: str, hint: str) -> QWidget:
        low, high = setting.range.low, setting.range.high
        numbers = NumberRange(low, high, step=even_steps(5), suffix="%", factor=factor)
        return SliderNumber(setting.path, title, hint, numbers)

    return slider


def _seed(setting: Setting, title: str, hint: str) -> QWidget:
    words = _tr("New weights"), _tr("Start from other random weights.")
    if setting.path == "data.seed":
        words = _tr("New data"), _tr("Draw new data, and a new split into training and test.")
    # Seeds are names, and the next one is as good.
    numbers = NumberRange(setting.range.low, setting.range.high, whole=True, grouped=False)
    return SeedNumber(setting.path, title, numbers, *words)


def _batch(setting: Setting, title: str, hint: str) -> QWidget:
    return BatchControl(setting.path, title, hint, number_range(setting.range))


def _tr(text: str) -> str:
    return QCoreApplication.translate("controls", text)


_OWN: dict[str, Callable[[Setting, str, str], QWidget]] = {
    "data.sample": lambda setting, title, hint: SampleBox(),
    "data.features": lambda setting, title, hint: InputChips(),
    "data.noise": _percents(1),
    "data.test_fraction": _percents(100),
    "data.validation_fraction": _percents(100),
    "data.seed": _seed,
    "training.seed": _seed,
    "training.batch_size": _batch,
}
"""Controls that settings have for themselves."""
