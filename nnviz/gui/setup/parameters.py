"""Fields for the numbers of a table's entry: they come and go with the entry."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.choices import Parameter
from nnviz.gui.look.texts import translated
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.ranges import parameter_range
from nnviz.gui.widgets.collapsible_section import ROW_GAP
from nnviz.gui.widgets.number_field import NumberField


class ParameterFields(QWidget):
    """A field for each `Parameter` of the entry shown.

    Parameters
    ----------
    path
        Dotted path the fields are named under, such as ``"training.optimizer"``.
    """

    changed = Signal(dict)
    """Values by name, one of them new."""

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._shown: tuple[Parameter, ...] = ()
        self._values: dict[str, float] = {}
        self.fields: dict[str, Field] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(ROW_GAP)
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
