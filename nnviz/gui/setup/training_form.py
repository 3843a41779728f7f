"""The form for training: what is made small, and how."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import metric_for
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.batch import BatchControl
from nnviz.gui.setup.choice import ChoiceBox, Entry
from nnviz.gui.setup.clip import ClipControl
from nnviz.gui.setup.entries import entries_of
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.fold import Fold
from nnviz.gui.setup.form import Form
from nnviz.gui.setup.ladder import Limits, ladder, linear
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.parameters import ParameterFields
from nnviz.training import choices
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.problem import dataset_of
from nnviz.training.settings import SETTINGS, STOPS, stop_values

RATE_LIMITS = Limits.within(SETTINGS["training.learning_rate"].range, ladder((1, 3), 1e-9))
_PENALTY_LIMITS = Limits.within(SETTINGS["training.l2"].range, ladder((1, 3), 1e-4))
_LOSS_LIMITS = Limits.within(stop_values("train_loss"), ladder((1, 3), 1e-9))
_CLIPS = ("training.clip_norm", "training.clip_value")
_PATIENCE = stop_values("test_loss_rises")
_STOP_LIMITS: dict[str, Limits] = {
    "train_metric": Limits.within(stop_values("train_metric"), linear(0.01)),
    "test_loss_rises": Limits(_PATIENCE.low, _PATIENCE.high, whole=True, step=ladder((1, 2, 5), 1)),
}
_FOLDED = (
    *("stop_when", "reduction", "shuffle", "l1", "l2"),
    *("clip_norm", "clip_value", "class_weights"),
)


class TrainingForm(Form):
    """Edits ``experiment.training``, and the precision of the arithmetic."""

    rate_edited = Signal(float)
    """The person changed the learning rate of the run under way."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.running = False
        self._add_loss()
        self._add_optimizer()
        self._add_rate()
        self._add_amounts()
        self.more = Fold("training-more", self.tr("More"), theme)
        self.rows.addWidget(self.more)
        self._add_end()
        self._add_penalties()
        self._add_limits()
        self._add_arithmetic()

    def unfold(self, field: Field) -> None:
        """Bring a field into the open."""
        if self.more.isAncestorOf(field):
            self.more.unfold()

    def field_of(self, path: str) -> Field | None:
        """Return the field of a refusal; both limits of the gradient share one."""
        return super().field_of("training.clip" if path in _CLIPS else path)

    def notes(self) -> tuple[str, ...]:
        """Return optimiser and rate, for the section's heading."""
        rate = RATE_LIMITS.format(self.experiment.training.learning_rate)
        text = self.tr("{optimizer} · rate {rate}")
        return (text.format(optimizer=self.optimizer.currentText(), rate=rate),)

    def set_running(self, running: bool) -> None:
        """Say whether a run is under way, also paused, so that a new rate is for that run."""
        self.running = running
        hint = self.tr("How large a step each update takes: too small crawls, too large diverges.")
        live = self.tr("During a run, a new rate holds from the next epoch on.")
        set_tool_tip(self.rate, f"{hint}\n{live}" if running else hint)

    # ----------------------------------------------------------------------------------- building

    def _add_loss(self) -> None:
        self.loss = ChoiceBox(entries_of(LOSSES))
        hint = self.tr("What training makes small: how far the outputs are from the truth.")
        self.loss.set_hint(hint)
        self.add_field("training.loss", self.tr("Loss"), self.loss, hint, stacked=True)
        self.loss.chosen.connect(self._choose_loss)

    def _add_optimizer(self) -> None:
        self.optimizer = ChoiceBox(entries_of(OPTIMIZERS))
        hint = self.tr("How weights move once the slope of the loss is known.")
        self.optimizer.set_hint(hint)
        self.add_field("training.optimizer", self.tr("Optimiser"), self.optimizer, hint)
        self.optimizer_values = ParameterFields("training.optimizer", self.theme)
        self.rows.addWidget(self.optimizer_values)
        self.optimizer.chosen.connect(self._choose_optimizer)
        self.optimizer_values.changed.connect(self._choose_optimizer_values)

    def _add_rate(self) -> None:
        self.rate = NumberField(self.tr("Learning rate"), RATE_LIMITS)
        hint = self.tr("How large a step each update takes: too small crawls, too large diverges.")
        self.add_field("training.learning_rate", self.tr("Learning rate"), self.rate, hint)
        self.rate.committed.connect(self._choose_rate)
        self.schedule = ChoiceBox(entries_of(SCHEDULES))
        hint = self.tr("How the learning rate changes with the epochs.")
        self.schedule.set_hint(hint)
        self.add_field("training.schedule", self.tr("Schedule"), self.schedule, hint)
        self.schedule_values = ParameterFields("training.schedule", self.theme)
        self.rows.addWidget(self.schedule_values)
        self.schedule.chosen.connect(self._choose_schedule)
        self.schedule_values.changed.connect(self._choose_schedule_values)

    def _add_amounts(self) -> None:
        self.batch = BatchControl()
        hint = self.tr("Samples each update looks at.")
        self.batch.list.set_hint(hint)
        self.add_field("training.batch_size", self.tr("Batch size"), self.batch, hint)
        self.batch.chosen.connect(self._choose_batch)
        self.epochs = NumberField(
            self.tr("Epochs"),
            Limits.within(SETTINGS["training.epochs"].range, ladder((1, 2, 5), 1)),
        )
        hint = self.tr("How often training goes through all samples.")
        self.add_field("training.epochs", self.tr("Epochs"), self.epochs, hint)
        self.epochs.committed.connect(self._choose_epochs)

    def _add_end(self) -> None:
        self.stop_when = ChoiceBox(self._stop_entries("classification"))
        hint = self.tr("End before the last epoch when this is reached.")
        self.stop_when.set_hint(hint)
        self.add_field(
            "training.stop_when", self.tr("Stop early"), self.stop_when, hint, self.more.rows
        )
        self.stop_value = NumberField(self.tr("Value to reach"), _LOSS_LIMITS)
        hint = self.tr("Training ends in the epoch that reaches this value.")
        self.add_field(
            "training.stop_value", self.tr("Value"), self.stop_value, hint, self.more.rows
        )
        self.stop_when.chosen.connect(self._choose_stop_when)
        self.stop_value.committed.connect(self._choose_stop_value)

    def _add_penalties(self) -> None:
        hints = {
            "l1": self.tr("Pulls all weights towards zero by the same amount; many become zero."),
            "l2": self.tr(
                "Pulls large weights towards zero: smoother answers, less learned by heart."
            ),
        }
        titles = {"l1": self.tr("L1 penalty"), "l2": self.tr("L2 penalty")}
        self.penalties = {key: NumberField(titles[key], _PENALTY_LIMITS) for key in hints}
        for key, control in self.penalties.items():
            self.add_field(f"training.{key}", titles[key], control, hints[key], self.more.rows)
        self.penalties["l1"].committed.connect(self._choose_l1)
        self.penalties["l2"].committed.connect(self._choose_l2)

    def _add_limits(self) -> None:
        rows = self.more.rows
        self.limits = ClipControl()
        hint = self.tr("Keeps a steep slope from throwing the weights far away.")
        self.limits.list.set_hint(hint)
        self.add_field("training.clip", self.tr("Clip gradient"), self.limits, hint, rows)
        self.limits.chosen.connect(self._choose_clip)
        alike = Entry("none", self.tr("Count rows"), self.tr("Every sample counts the same."))
        balanced = Entry(
            "balanced", self.tr("Balanced"), self.tr("Every class counts the same, however rare.")
        )
        self.class_weights = ChoiceBox([alike, balanced])
        hint = self.tr("How much samples of rare classes move the weights.")
        self.class_weights.set_hint(hint)
        self.add_field(
            "training.class_weights", self.tr("Class weights"), self.class_weights, hint, rows
        )
        self.class_weights.chosen.connect(self._choose_class_weights)

    def _add_arithmetic(self) -> None:
        rows = self.more.rows
        mean = Entry("mean", self.tr("Mean"), self.tr("The batch's mean gradient."))
        total = Entry("sum", self.tr("Sum"), self.tr("The sum: steps grow with the batch."))
        self.reduction = ChoiceBox([mean, total])
        hint = self.tr("Whether an update follows the mean or the sum of its samples' gradients.")
        self.reduction.set_hint(hint)
        self.add_field("training.reduction", self.tr("Gradient"), self.reduction, hint, rows)
        exact = Entry("float64", self.tr("64 bit"), self.tr("About 16 digits."))
        fast = Entry("float32", self.tr("32 bit"), self.tr("About 7 digits; faster on pictures."))
        self.precision = ChoiceBox([exact, fast])
        hint = self.tr("How many digits the arithmetic carries.")
        self.precision.set_hint(hint)
        self.add_field("network.dtype", self.tr("Precision"), self.precision, hint, rows)
        self.shuffle = QCheckBox(self.tr("Shuffle samples each epoch"))
        hint = self.tr(
            "A new order each epoch, so that batches differ. The full batch has no order."
        )
        self.add_field("training.shuffle", "", self.shuffle, hint, rows)
        self.reduction.chosen.connect(self._choose_reduction)
        self.precision.chosen.connect(self._choose_precision)
        self.shuffle.clicked.connect(self._choose_shuffle)

    def _stop_entries(self, task: str) -> list[Entry]:
        metric = translated(metric_for(task).title)
        return [
            Entry("never", self.tr("Never")),
            Entry("train_loss", self.tr("Training loss falls to")),
            Entry("train_metric", self.tr("{metric} rises to").format(metric=metric)),
            Entry(
                "test_loss_rises",
                self.tr("Test loss stops falling"),
                self.tr("The parameters of the smallest test loss are then the result."),
            ),
        ]

    # ------------------------------------------------------------------------------------ showing

    def _show(self, experiment: Experiment) -> None:
        training = experiment.training
        self.loss.show_offers(
            choices.offers(experiment, LOSSES, choices.with_loss, "training.loss")
        )
        self.loss.show_name(training.loss)
        self.optimizer.show_name(training.optimizer)
        self.optimizer_values.show_values(
            OPTIMIZERS[training.optimizer].parameters, training.optimizer_values
        )
        self.rate.show_value(training.learning_rate)
        self.schedule.show_name(training.schedule)
        self.schedule_values.show_values(
            SCHEDULES[training.schedule].parameters, training.schedule_values
        )
        self.batch.show_experiment(experiment)
        self.epochs.show_value(training.epochs)
        self._show_folded(experiment)

    def _show_folded(self, experiment: Experiment) -> None:
        training = experiment.training
        self.stop_when.fill(self._stop_entries(dataset_of(experiment.data).task))
        self.stop_when.show_offers(
            choices.offers(experiment, STOPS, _with_rule, "training.stop_when")
        )
        self.stop_when.show_name(training.stop_when)
        self.stop_value.limits = _STOP_LIMITS.get(training.stop_when, _LOSS_LIMITS)
        self.stop_value.show_value(training.stop_value)
        waits = training.stop_when == "test_loss_rises"
        self.fields["training.stop_value"].label.setText(
            self.tr("Patience") if waits else self.tr("Value")
        )
        set_tool_tip(
            self.stop_value,
            self.tr("So many epochs without a new smallest test loss end training.")
            if waits
            else self.tr("Training ends in the epoch that reaches this value."),
        )
        self.fields["training.stop_value"].setVisible(training.stop_when != "never")
        for key, control in self.penalties.items():
            control.show_value(getattr(training, key))
        self.limits.show_training(training)
        offers = choices.offers(
            experiment, ("none", "balanced"), _with_class_weights, "training.class_weights"
        )
        self.class_weights.show_offers(offers)
        self.class_weights.show_name(training.class_weights)
        self.reduction.show_name(training.reduction)
        self.precision.show_name(experiment.network.dtype)
        self.shuffle.setChecked(training.shuffle)
        usual = TrainingChoice()
        count = sum(getattr(training, key) != getattr(usual, key) for key in _FOLDED)
        count += experiment.network.dtype != "float64"
        note = self.tr("1 changed") if count == 1 else self.tr("{count} changed")
        self.more.button.set_notes((note.format(count=count),) if count else ())

    # ------------------------------------------------------------------------------------- asking

    def _train(self, **values: Any) -> None:
        self.propose(lambda e: choices.with_training(e, **values))

    @Slot(str)
    def _choose_loss(self, name: str) -> None:
        self.propose(lambda e: choices.with_loss(e, name))

    @Slot(str)
    def _choose_optimizer(self, name: str) -> None:
        self.propose(lambda e: choices.with_optimizer(e, name))

    @Slot(dict)
    def _choose_optimizer_values(self, values: dict[str, float]) -> None:
        self._train(optimizer_values=values)

    @Slot(float)
    def _choose_rate(self, rate: float) -> None:
        if self.running:
            self.rate_edited.emit(rate)
        else:
            self._train(learning_rate=rate)

    @Slot(str)
    def _choose_schedule(self, name: str) -> None:
        self.propose(lambda e: choices.with_schedule(e, name))

    @Slot(dict)
    def _choose_schedule_values(self, values: dict[str, float]) -> None:
        self._train(schedule_values=values)

    @Slot(object)
    def _choose_batch(self, size: int | None) -> None:
        self._train(batch_size=size)

    @Slot(float)
    def _choose_epochs(self, epochs: float) -> None:
        self._train(epochs=int(epochs))

    @Slot(str)
    def _choose_stop_when(self, rule: str) -> None:
        self.propose(lambda e: choices.with_stop_when(e, rule))  # type: ignore[arg-type]

    @Slot(float)
    def _choose_stop_value(self, value: float) -> None:
        self._train(stop_value=value)

    @Slot(float)
    def _choose_l1(self, size: float) -> None:
        self._train(l1=size)

    @Slot(float)
    def _choose_l2(self, size: float) -> None:
        self._train(l2=size)

    @Slot(object)
    def _choose_clip(self, limits: dict[str, float | None]) -> None:
        self._train(**limits)

    @Slot(str)
    def _choose_class_weights(self, name: str) -> None:
        self._train(class_weights=name)

    @Slot(str)
    def _choose_reduction(self, name: str) -> None:
        self._train(reduction=name)

    @Slot(str)
    def _choose_precision(self, name: str) -> None:
        self.propose(lambda e: choices.with_network(e, dtype=name))

    @Slot()
    def _choose_shuffle(self) -> None:
        self._train(shuffle=self.shuffle.isChecked())


def _with_rule(experiment: Experiment, rule: str) -> Experiment:
    return choices.with_stop_when(experiment, rule)  # type: ignore[arg-type]  # one of STOPS


def _with_class_weights(experiment: Experiment, name: str) -> Experiment:
    return choices.with_training(experiment, class_weights=name)
