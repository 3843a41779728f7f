"""A form made from SETTINGS: a field for each setting, shown and asked for in one way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from nnviz.engine.choices import Parameter
from nnviz.errors import NnvizError
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.texts import translated
from nnviz.gui.setup.controls import connect_choice, control_of, parameter_range, show_value
from nnviz.gui.setup.field import Field
from nnviz.gui.widgets.choice_box import ChoiceBox
from nnviz.gui.widgets.collapsible_section import ROW_GAP, CollapsibleSection
from nnviz.gui.widgets.number_field import NumberField
from nnviz.training import choices
from nnviz.training.choices import with_setting
from nnviz.training.experiment import Experiment
from nnviz.training.setting import Setting
from nnviz.training.settings import SETTINGS, default_of, value_at

_STACKED = {"data.features", "training.loss"}
"""Settings whose controls are too wide for a label beside them."""

_NAMELESS = {"data.sample"}
"""Settings that need no label where they stand."""

_REFUSABLE = {"training.loss", "training.stop_when", "training.class_weights"}
"""Lists that can have entries which the other settings forbid."""


class ParameterFields(QWidget):
    """A field for each `Parameter` of the entry of a table: they come and go with the entry.

    Fields are named under a dotted path, such as ``"training.optimizer"``.
    """

    changed = Signal(dict)
    """Values by name, one of them new."""

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._shown: tuple[Parameter, ...] = ()
        self._values: dict[str, float] = {}
        self.fields: dict[str, Field] = {}
        self._rows = filled(QVBoxLayout(self), spacing=ROW_GAP)
        self.hide()

    def show_values(self, parameters: tuple[Parameter, ...], values: Mapping[str, float]) -> None:
        """Show an entry's numbers; those not in `values` have their defaults."""
        if parameters != self._shown:
            for field in self.fields.values():
                field.discard()
            self.fields = {parameter.name: self._field(parameter) for parameter in parameters}
            self._shown = parameters
            self.setVisible(bool(parameters))
        self._values = dict(values)
        for parameter in parameters:
            control = self.fields[parameter.name].control
            assert isinstance(control, NumberField)
            control.show_value(float(values.get(parameter.name, parameter.default)))

    def _field(self, parameter: Parameter) -> Field:
        title, hint = translated(parameter.title), translated(parameter.description)
        control = NumberField(title, parameter_range(parameter))
        control.committed.connect(
            lambda value: self.changed.emit({**self._values, parameter.name: value})
        )
        field = Field(f"{self._path}.{parameter.name}", title, control, hint, parent=self)
        self._rows.addWidget(field)
        return field


class SettingsForm(CollapsibleSection):
    """A section that shows one part of an Experiment and asks for another.

    It never changes the one it shows. What stands first is above all settings in sight; others are
    folded, under "More".
    """

    always_noted = False
    """Whether the heading has its note also while the section is open."""

    edited = Signal(object)
    """The person asks for this Experiment."""

    refused = Signal(object)
    """What the person asks for cannot even be written as an Experiment: NnvizError."""

    def __init__(
        self,
        name: str,
        title: str,
        shown: Iterable[str],
        folded: Collection[str] = (),
        first: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"section-{name}", title, True, True, parent)
        self.experiment = Experiment()
        self.fields: dict[str, Field] = {}
        self.parameters: dict[str, ParameterFields] = {}
        self._folded = folded
        if first is not None:
            self.rows.addWidget(first)
        for path in shown:
            self.add_setting(path, self.rows)
        self.more = CollapsibleSection(f"{name}-more", self.tr("More"), parent=self.body)
        self.rows.addWidget(self.more)
        self.more.setVisible(bool(folded))
        self.more.button.toggled.connect(self.complete)
        self.is_whole = False
        """Whether what is folded away is there too."""
        self.button.toggled.connect(self.show_notes)

    @Slot()
    def complete(self) -> None:
        """Make the fields that are folded away, where they are not there yet."""
        if not self.is_whole:
            self.is_whole = True
            self.add_folded()
            self.show_experiment(self.experiment)

    def add_folded(self) -> None:
        """Append what stands under "More"."""
        for path in self._folded:
            self.add_setting(path, self.more.rows)

    def add_setting(self, path: str, rows: QVBoxLayout) -> None:
        """Append the field of a setting, and those of its entry's numbers."""
        setting = SETTINGS[path]
        control, title = control_of(setting), translated(setting.title)
        if path in _NAMELESS:
            control.setAccessibleName(title)
        bare = isinstance(control, QCheckBox) or path in _NAMELESS
        self.add_field(path, "" if bare else title, control, translated(setting.hint), rows)
        connect_choice(control, partial(self.ask, path))
        if setting.numbers:
            numbers = ParameterFields(setting.numbers.removesuffix("_values"), rows.parentWidget())
            numbers.changed.connect(partial(self.ask, setting.numbers))
            self.parameters[path] = numbers
            rows.addWidget(numbers)

    def add_field(
        self, path: str, title: str, control: QWidget, hint: str, rows: QVBoxLayout
    ) -> Field:
        """Append a field; title and hint are translated."""
        field = self.fields[path] = Field(
            path, title, control, hint, path in _STACKED, parent=rows.parentWidget()
        )
        rows.addWidget(field)
        return field

    # ------------------------------------------------------------------------------------- asking

    def ask(self, path: str, value: Any) -> None:
        """Ask for the Experiment that has this value of a setting."""
        self.propose(lambda experiment: with_setting(experiment, path, value))

    def propose(self, make: Callable[[Experiment], Experiment]) -> None:
        """Ask for what `make` makes of the Experiment shown."""
        try:
            candidate = make(self.experiment)
        except NnvizError as error:
            self.refused.emit(error)
        else:
            self.edited.emit(candidate)

    # ------------------------------------------------------------------------------------ showing

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted."""
        self.experiment = experiment
        for path in self.fields.keys() & SETTINGS.keys():
            self._show_setting(SETTINGS[path], experiment)
        changed = sum(value_at(experiment, path) != default_of(path) for path in self._folded)
        note = self.tr("1 changed") if changed == 1 else self.tr("{count} changed")
        self.more.button.set_notes(*((note.format(count=changed),) if changed else ()))

    def shows(self, setting: Setting, experiment: Experiment) -> bool:
        """Return whether a setting is of any use now."""
        return setting.applies(experiment)

    def value_of(self, setting: Setting, experiment: Experiment) -> Any:
        """Return what a setting's control shows."""
        return value_at(experiment, setting.path)

    def _show_setting(self, setting: Setting, experiment: Experiment) -> None:
        field = self.fields[setting.path]
        field.setVisible(self.shows(setting, experiment))
        if setting.path in _REFUSABLE and isinstance(field.control, ChoiceBox):
            make = partial(_with_entry, setting.path)
            field.control.show_offers(choices.offers(experiment, setting.table, make, setting.path))
        value = self.value_of(setting, experiment)
        show_value(field.control, value, experiment)
        if setting.numbers:
            entry, given = setting.table[value], value_at(experiment, setting.numbers)
            self.parameters[setting.path].show_values(entry.parameters, given)

    @Slot()
    def show_notes(self) -> None:
        """Say beside the heading what a folded section holds."""
        noted = self.always_noted or not self.button.isChecked()
        self.button.set_notes(*(self.notes() if noted else ()))

    def notes(self) -> tuple[str, ...]:
        """Return the form in a few words for the heading of its section; shorter ones follow."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------- fields

    def all_fields(self) -> list[Field]:
        """Return the fields as they are now."""
        return list(self.fields.values())

    def field_of(self, path: str) -> Field | None:
        """Return the field that a refusal of this path belongs at: the longest that begins it."""
        self.complete()
        found = [own for own in self.fields if path == own or path.startswith(f"{own}.")]
        return self.fields[max(found, key=len)] if found else None

    def unfold(self, field: Field) -> None:
        """Bring a field into the open that may be folded away."""
        self.expand()
        if self.more.isAncestorOf(field):
            self.more.expand()


def _with_entry(path: str, experiment: Experiment, name: str) -> Experiment:
    return with_setting(experiment, path, name)
