"""What a sweep varies: one setting or two with their values, seeds, and where it is trained."""

from __future__ import annotations

import os

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from nnviz.engine.layers import Dense
from nnviz.errors import NnvizError
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import FIELD_HEIGHT, em
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.setup.field import Field
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import hidden_units_by_rule
from nnviz.training.pool import Pool
from nnviz.training.sweep import Sweep, Vary, sweep_of
from nnviz.training.sweep_values import HIDDEN, VARIABLE, ladder, read_values, typed_values

_NONE = ""
_LABEL_WIDTH = 7.0
"""Heights of a line."""
_MOST_SEEDS, _MOST_WORKERS = 1000, 256


class SweepForm(QWidget):
    """Asks what is to be tried; offers values of the setting that is chosen."""

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        """What is varied."""
        self._boxes: list[ChoiceBox] = []
        self._lines: list[QLineEdit] = []
        self.fields: list[Field] = []
        for place, title in enumerate((self.tr("Setting"), self.tr("Second setting"))):
            self._add_setting(place, title)
        self.rule = WrappedLabel("muted", self, "sweep-rule")
        self.seeds = NumberField(self.tr("Seeds"), NumberRange(1, _MOST_SEEDS, whole=True), self)
        self.workers = NumberField(
            self.tr("Processes"), NumberRange(1, _MOST_WORKERS, whole=True), self
        )
        self.seeds.show_value(5)
        self.workers.show_value(os.cpu_count() or 1)
        self.cluster = self._line()
        self.cluster.setPlaceholderText("tcp://10.0.0.1:8786")
        hints = (
            self.tr("How many first weights and splits each candidate is trained with: 0, 1, 2, …"),
            self.tr("How many candidates are trained at once on this machine."),
            self.tr("Address of a Dask scheduler whose workers train instead; empty for none."),
        )
        controls = {"seeds": self.seeds, "workers": self.workers, "cluster": self.cluster}
        titles = (self.tr("Seeds"), self.tr("Processes"), self.tr("Cluster"))
        for (key, control), title, hint in zip(controls.items(), titles, hints, strict=True):
            self._add_field(f"sweep.{key}", title, control, hint)
        parts = (*self.fields[:2], self.rule, *self.fields[2:])
        filled(QVBoxLayout(self), *parts, spacing=SPACE)
        has_hidden = any(isinstance(layer, Dense) for layer in experiment.network.layers[:-1])
        self.choose(0, HIDDEN if has_hidden else "training.learning_rate")
        self.choose(1, _NONE)

    def _line(self) -> QLineEdit:
        line = QLineEdit(self)
        line.setFixedHeight(em(line, FIELD_HEIGHT))
        line.setMinimumWidth(em(line, 9))
        return line

    def _add_setting(self, place: int, title: str) -> None:
        none = self.tr("Seeds only") if place == 0 else self.tr("Nothing else")
        entries = [Entry(_NONE, none)]
        entries += [
            Entry(path, translated(setting.title), translated(setting.hint))
            for path, setting in VARIABLE.items()
        ]
        box, line = ChoiceBox(entries, self), self._line()
        box.chosen.connect(self._on_first if place == 0 else self._on_second)
        box.setObjectName(f"sweep-setting-{place + 1}")
        box.setAccessibleName(title)
        both = QWidget(self)
        filled(QVBoxLayout(both), box, line, spacing=SPACE // 2)
        hint = self.tr("What is tried: values with commas between them.")
        self._add_field(f"sweep.values.{place + 1}", title, both, hint)
        line.setObjectName(f"sweep-line-{place + 1}")
        line.setAccessibleName(hint)
        self._boxes.append(box)
        self._lines.append(line)

    def _add_field(self, path: str, title: str, control: QWidget, hint: str) -> None:
        self.fields.append(Field(path, title, control, hint, label_width=_LABEL_WIDTH, parent=self))

    def choose(self, place: int, path: str) -> None:
        """Vary this setting in the first or second place, over the values that are usual."""
        self._boxes[place].show_value(path)
        self._lines[place].setVisible(bool(path))
        usual = typed_values(ladder(self.experiment, path)) if path else ""
        self._lines[place].setText(usual)
        self._lines[place].setCursorPosition(0)
        self.fields[place].show_message("")
        self.show_experiment(self.experiment)

    def show_experiment(self, experiment: Experiment) -> None:
        """Vary another experiment; what is to be tried stays."""
        self.experiment = experiment
        units = hidden_units_by_rule(self.experiment)
        text = self.tr(
            "The rule √(m + n) + α, of m inputs and n outputs, gives {low} to {high} hidden units"
            " here, for α from 1 to 10: write “rule” to try them."
        )
        shown = HIDDEN in (box.name for box in self._boxes)
        self.rule.set_message(text.format(low=units[0], high=units[-1]) if shown else "")

    @Slot(str)
    def _on_first(self, path: str) -> None:
        self.choose(0, path)

    @Slot(str)
    def _on_second(self, path: str) -> None:
        self.choose(1, path)

    def asked(self) -> Sweep | None:
        """Return what is asked for; None where it cannot be, which the form then says."""
        self.seeds.enter()
        self.workers.enter()
        if self.seeds.edited or self.workers.edited:
            return None
        varies, field = [], self.fields[0]
        try:
            for field, box, line in zip(self.fields, self._boxes, self._lines, strict=False):
                field.show_message("")
                if box.name:
                    values = read_values(self.experiment, box.name, line.text())
                    varies.append(Vary(box.name, values))
            return sweep_of(self.experiment, varies, range(int(self.seeds.value)))
        except NnvizError as error:
            field.show_message(message(error))
            return None

    def pool(self) -> Pool:
        """Return where it is to be trained."""
        return Pool(int(self.workers.value), self.cluster.text().strip())
