"""Fields for the numbers of a table's entry: they come and go with the entry."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.choices import Parameter
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.setup.buttons import ROW_GAP
from nnviz.gui.setup.field import Field, discard
from nnviz.gui.setup.ladder import Limits, Step, ladder, linear
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.themed import Themed


def limits_of(parameter: Parameter) -> Limits:
    """Return range and steps of a parameter: by ladder where it spans powers of ten."""
    is_share = parameter.high <= 1 and parameter.default >= 0.1
    step: Step = linear(0.01) if is_share else ladder(smallest=max(parameter.low, 1e-4))
    if 0 < parameter.low < 1e-4:
        step = ladder(smallest=parameter.low)
    return Limits(parameter.low, parameter.high, step=step)


class ParameterFields(QWidget, Themed):
    """A field for each `Parameter` of the entry shown.

    Parameters
    ----------
    path
        Dotted path the fields are named under, such as ``"training.optimizer"``.
    theme
        Colours.
    """

    changed = Signal(dict)
    """Values by name, one of them new."""

    def __init__(self, path: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.theme = theme
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
            self._rebuild(parameters)
        self._values = dict(values)
        for parameter in parameters:
            control = self.fields[parameter.name].control
            assert isinstance(control, NumberField)
            control.show_value(float(values.get(parameter.name, parameter.default)))

    def _rebuild(self, parameters: tuple[Parameter, ...]) -> None:
        for field in self.fields.values():
            discard(field)
        self.fields = {parameter.name: self._field(parameter) for parameter in parameters}
        self._shown = parameters
        self.setVisible(bool(parameters))

    def _field(self, parameter: Parameter) -> Field:
        title = translated(parameter.title)
        control = NumberField(title, limits_of(parameter))
        control.committed.connect(lambda value: self._change(parameter.name, value))
        field = Field(
            f"{self._path}.{parameter.name}",
            title,
            control,
            translated(parameter.description),
            self.theme,
        )
        self._rows.addWidget(field)
        return field

    def _change(self, name: str, value: float) -> None:
        self.changed.emit({**self._values, name: value})
