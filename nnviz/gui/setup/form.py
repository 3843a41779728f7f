"""What the three forms have in common: fields by path, proposals, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.look.theme import Theme
from nnviz.gui.setup.buttons import ROW_GAP
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.themed import set_theme_below
from nnviz.training.experiment import Experiment

Make = Callable[[Experiment], Experiment]


class Form(QWidget):
    """Shows one part of an Experiment and asks for another.

    Subclasses add fields and fill `_show`.

    Parameters
    ----------
    theme
        Colours to start with.
    """

    edited = Signal(object)
    """The person asks for this Experiment."""

    refused = Signal(object)
    """What the person asks for cannot even be written as an Experiment: NnvizError."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.experiment = Experiment()
        self.fields: dict[str, Field] = {}
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(ROW_GAP)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted."""
        self.experiment = experiment
        self._show(experiment)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        set_theme_below(self, theme)

    def add_field(
        self,
        path: str,
        title: str,
        control: QWidget,
        hint: str,
        rows: QVBoxLayout | None = None,
        stacked: bool = False,
    ) -> Field:
        """Append a field about the setting at a dotted path."""
        field = Field(path, title, control, hint, self.theme, stacked)
        self.fields[path] = field
        (self.rows if rows is None else rows).addWidget(field)
        return field

    def field_of(self, path: str) -> Field | None:
        """Return the field that a refusal of this path belongs at: the longest that begins it."""
        found = [own for own in self.fields if path == own or path.startswith(f"{own}.")]
        return self.fields[max(found, key=len)] if found else None

    def propose(self, make: Make) -> None:
        """Ask for what `make` makes of the Experiment shown."""
        try:
            candidate = make(self.experiment)
        except NnvizError as error:
            self.refused.emit(error)
        else:
            self.edited.emit(candidate)

    def unfold(self, field: Field) -> None:
        """Bring a field into the open that may be folded away."""

    def all_fields(self) -> Iterable[Field]:
        """Return the fields as they are now."""
        return tuple(self.fields.values())

    def notes(self) -> tuple[str, ...]:
        """Return the form in a few words for the heading of its section; shorter ones follow."""
        raise NotImplementedError

    def _show(self, experiment: Experiment) -> None:
        raise NotImplementedError
