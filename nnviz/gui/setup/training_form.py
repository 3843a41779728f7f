"""The form for training: what is made small, and how."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.gui.look import numbers
from nnviz.gui.look.texts import translated
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.composed import ClipControl
from nnviz.gui.setup.controls import entries_of, number_range
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.settings_form import SettingsForm
from nnviz.gui.widgets.choice_box import ChoiceBox
from nnviz.gui.widgets.number_field import NumberField
from nnviz.training.experiment import Experiment
from nnviz.training.setting import Range
from nnviz.training.settings import SETTINGS

_RATE = "training.learning_rate"
_SHOWN = (
    _RATE,
    *("training.optimizer", "training.schedule", "training.loss"),
    *("training.batch_size", "training.epochs"),
)
_CLIPS = ("training.clip_norm", "training.clip_value")
_ELSEWHERE = {"training.seed", *_CLIPS}
_FIRST_FOLDED = ("training.stop_when", "training.stop_value")
_FOLDED = (
    *_FIRST_FOLDED,
    *(
        path
        for path in SETTINGS
        if path.startswith("training.") and path not in {*_SHOWN, *_ELSEWHERE, *_FIRST_FOLDED}
    ),
    "network.dtype",
)
"""Whatever else there is to set about training."""


class TrainingForm(SettingsForm):
    """Edits ``experiment.training``, and the precision of the arithmetic."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__("training", title, _SHOWN, _FOLDED, parent=parent)

    def add_folded(self) -> None:
        """Append what stands under "More", both limits of the gradient as one."""
        super().add_folded()
        clip, title = SETTINGS[_CLIPS[0]], self.tr("Clip gradient")
        hint = translated(clip.hint)
        self.clip = ClipControl("training.clip", title, hint, number_range(clip.range))
        self.add_field("training.clip", title, self.clip, hint, self.more.rows)
        self.clip.chosen.connect(self._choose_clip)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted."""
        if self.is_whole:
            self._show_end(experiment)
            self.clip.show_training(experiment.training)
        super().show_experiment(experiment)

    def field_of(self, path: str) -> Field | None:
        """Return the field of a refusal; both limits of the gradient share one."""
        return super().field_of("training.clip" if path in _CLIPS else path)

    def notes(self) -> tuple[str, ...]:
        """Return optimiser and rate, for the section's heading."""
        training = self.experiment.training
        optimizer = SETTINGS["training.optimizer"].table[training.optimizer].title
        text = self.tr("{optimizer} · rate {rate}")
        rate = numbers.exact(training.learning_rate)
        return (text.format(optimizer=translated(optimizer), rate=rate),)

    def _show_end(self, experiment: Experiment) -> None:
        """Say what an early end waits for, in the words of the task and of the rule."""
        rules, field = (self.fields[path] for path in _FIRST_FOLDED)
        assert isinstance(rules.control, ChoiceBox) and isinstance(field.control, NumberField)
        rules.control.fill(entries_of(SETTINGS["training.stop_when"].table, experiment))
        setting = SETTINGS["training.stop_value"]
        values = setting.values_in(experiment)
        assert isinstance(values, Range)
        waits = experiment.training.stop_when == "validation_loss_rises"
        if waits:
            values = Range(values.low, values.high, whole=True)
        field.control.numbers = number_range(values)
        field.label.setText(self.tr("Patience") if waits else translated(setting.title))
        epochs = self.tr("So many epochs without a new smallest loss end training.")
        set_tool_tip(field.control, epochs if waits else translated(setting.hint))

    def _choose_clip(self, limits: dict[str, float | None]) -> None:
        self.propose(lambda e: e.change("training", **limits))
