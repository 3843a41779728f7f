"""What actions do: each asks the store or the session, which decide."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.datasets.catalog import CATALOG, SEED_RANGE
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.engine.layers import Dense
from nnviz.errors import InvalidChoiceError, NnvizError
from nnviz.gui import preferences
from nnviz.gui.edits import edit_told
from nnviz.gui.look.icons import icon
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.gui.run.parts import RunParts
from nnviz.gui.run.problems import prepared
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell.actions import Actions
from nnviz.training.choices import opened_from
from nnviz.training.diagnosis import Finding
from nnviz.training.edits import TRAINING_SETTINGS, Edit, PointEdit, SetTraining
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import with_hidden_layer_removed, with_layer_added
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun

if TYPE_CHECKING:  # it loads after the first paint
    from nnviz.gui.setup.setup_panel import SetupPanel

_CAN_STEP = (SessionState.IDLE, SessionState.PAUSED, SessionState.FINISHED)
_UNDER_WAY = (SessionState.RUNNING, SessionState.PAUSED)
_ONCE_LATER = Qt.ConnectionType(
    Qt.ConnectionType.SingleShotConnection.value | Qt.ConnectionType.QueuedConnection.value
)


class Commands(QObject):
    """Carries out actions, and keeps those disabled that cannot be."""

    now_wanted = Signal()
    """The newest epoch is to be looked at again."""

    going_back = Signal()
    """The run is to go on from the epoch that is looked at."""

    starting = Signal()
    """Training is about to go on, with all that is typed entered."""

    said = Signal(str)
    """Why nothing was done, in a sentence."""

    edit_refused = Signal(object)
    """The network cannot be edited now: InvalidChoiceError."""

    panel_wanted = Signal(str)
    """What a preset is about is seen in this panel."""

    edit_waits = Signal(str)
    """An edit will be made when the epoch under way is done, or at once: its words."""

    pace_changed = Signal(str)
    """Name of the pace now in force."""

    def __init__(self, actions: Actions, run: RunParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._store, self._session, self._recording, self._kept = run
        store, session = run.store, run.session
        self.editing: SetupPanel | None = None
        """The forms, once there are any."""
        self._asked: Experiment | None = None
        """What they show while an edit of training waits for the end of its epoch."""
        for key in ("undo", "redo"):
            actions[key].setEnabled(False)
        store.undo_available.connect(actions["undo"].setEnabled)
        store.redo_available.connect(actions["redo"].setEnabled)
        store.named.connect(self._show_deeds)
        for told in (store.changed, store.amended):
            told.connect(self._show_experiment)
        session.state_changed.connect(self._show_state)
        run.recording.changed.connect(self._offer_keeping)
        self._show_experiment(store.experiment)
        self._offer_keeping()

    @Slot(str)
    def open_sample(self, key: str) -> None:
        """Take another sample, with the output and loss that fit it."""
        self._when_read(CATALOG[key], lambda: self._open(opened_from(self._store.experiment, key)))

    @Slot(str)
    def open_preset(self, key: str) -> None:
        """Take everything a preset sets."""
        self.open_experiment(PRESETS[key].experiment)
        if PRESETS[key].view:
            self.panel_wanted.emit("output")

    @Slot(object)
    def open_experiment(self, experiment: Experiment) -> None:
        """Take an Experiment as it is; a person's own file may be as large as it likes."""
        spec, do = experiment.data.spec, partial(self._open, experiment)
        if experiment.data.file is None:
            self._when_read(spec, do)
        else:
            self._aside(partial(_prepare, experiment), spec, do)

    @Slot()
    def toggle(self) -> None:
        """Train with what stands in the form; or pause, which leaves what is typed as it is.

        Entered during a run it would begin another, where the person only wants to pause.
        """
        if self._session.state is SessionState.RUNNING:
            self.said.emit(self.tr("Pausing…"))  # what judges an epoch may take a second
            self._session.pause()
        elif self._session.problem is None:  # the window makes its first run ready
            self._session.began.connect(self.toggle, _ONCE_LATER)
        elif self.may_start():
            self.starting.emit()
            self._session.train()

    @Slot()
    def step(self) -> None:
        """Train one mini-batch with what stands in the form."""
        if self.may_start():
            self.starting.emit()
            self._session.step()

    @Slot()
    def reset(self) -> None:
        """Go back to epoch 0, with the same first weights and a rate that was set since."""
        if self.may_start():
            self._store.restart()

    @Slot()
    def new_start(self) -> None:
        """Take other first weights."""
        experiment = self._store.experiment
        seed = (experiment.training.seed + 1) % SEED_RANGE[1]
        self._store.propose(experiment.change("training", seed=seed))

    @Slot()
    def undo(self) -> None:
        """Go back to the previous Experiment."""
        self.abandon_editing()
        self._store.undo()

    @Slot()
    def redo(self) -> None:
        """Take an undo back."""
        self.abandon_editing()
        self._store.redo()

    @Slot(object)
    def propose(self, experiment: Experiment) -> None:
        """Begin with another Experiment; what the run under way can follow is an edit of it."""
        now = self._asked or self._store.experiment
        goes_on = self._session.state in _UNDER_WAY or self._recording.shown is not None
        for name in TRAINING_SETTINGS if goes_on else ():
            value = getattr(experiment.training, name)
            if now != experiment == now.change("training", **{name: value}):
                if self.edit(SetTraining(name, None if value is None else float(value))):
                    self._asked = experiment
                    if self.editing is not None:
                        self.editing.show_experiment(experiment)
                return
        self._store.propose(experiment)

    @Slot(object)
    def edit(self, edit: Edit) -> bool:
        """Edit the run where it is looked at: at an earlier epoch it goes on from there.

        Points are the same at all epochs: for them the newest one is looked at again.

        Returns
        -------
        Whether it can be; else nothing is changed.
        """
        recording, session = self._recording, self._session
        if isinstance(edit, PointEdit):
            self.now_wanted.emit()
        try:
            session.check_edit(edit, recording.checkpoint)
        except InvalidChoiceError as error:
            self.edit_refused.emit(error)
            return False
        self.going_back.emit()
        session.edit(edit)
        if session.problem is not None:
            self.edit_waits.emit(edit_told(edit, session.problem, recording.newest))
        return True

    @Slot()
    def add_hidden_layer(self) -> None:
        """Put one more hidden layer before the output."""
        self._store.propose(with_layer_added(self._store.experiment, Dense.kind))

    @Slot()
    def remove_hidden_layer(self) -> None:
        """Take the last hidden layer away."""
        self._store.propose(with_hidden_layer_removed(self._store.experiment, -1))

    @Slot()
    def keep_run(self) -> None:
        """Keep the run there is, to compare others with it."""
        recording = self._recording
        if recording.experiment is not None:
            self._kept.keep(recording.experiment, recording.history, recording.result_epoch)

    @Slot(object)
    def apply_remedy(self, finding: Finding) -> None:
        """Train as a finding advises; a run left for it is kept to compare with, if it can be."""
        asked, recording = self._store.experiment, self._recording
        remedied = asked if finding.trains_on else finding.remedy(asked)
        if remedied is None:
            return
        self.abandon_editing()
        if remedied is not asked:
            if not self._kept.full and (run := recording.experiment) is not None:
                self._kept.keep(run, recording.history, recording.result_epoch, by_itself=True)
            if not self._store.propose(remedied):
                return
        if self._session.state is not SessionState.RUNNING:
            self.toggle()

    @Slot(str)
    def set_pace(self, name: str) -> None:
        """Train faster or slower, now and at the next start."""
        if preferences.read(preferences.PACE) != name:
            preferences.write(preferences.PACE, name)
        self._session.set_pace(PACES[name])
        self.pace_changed.emit(name)

    @Slot(object)
    def say_restored(self, run: RecordedRun) -> None:
        """Say what there is again."""
        text = self.tr("What had been learned by epoch {epoch} is back; Train goes on from there.")
        self.said.emit(text.format(epoch=count(run.epochs)))

    def may_start(self) -> bool:
        """Enter what is typed; say what to do where that cannot be."""
        if self.editing is None or self.editing.finish_editing():
            return True
        self.said.emit(self.tr("Put right the number outlined in red first, or press Esc there."))
        return False

    def _when_read(self, spec: SampleSpec, do: Callable[[], None]) -> None:
        """Do something once a sample is in memory: a large file is read aside."""
        self._session.files.drop("file")  # what was chosen last is opened
        if spec.is_read():
            do()
        else:
            self._aside(partial(_read, spec), spec, do)

    def _aside(self, work: Callable[[], None], spec: SampleSpec, do: Callable[[], None]) -> None:
        text = self.tr("Opening “{sample}” …")
        self.said.emit(text.format(sample=translated(spec.title)))
        self._session.files.ask("file", work, lambda _: do())

    def _open(self, experiment: Experiment) -> None:
        """Take an Experiment, and show its words; the one that is open already begins anew."""
        self.abandon_editing()
        if self.editing is not None:
            self.editing.show_about()
        if experiment == self._store.experiment:
            self._store.restart()
        elif not self._store.propose(experiment):
            return
        self._store.belong_to(None)  # nobody means to save it over what was opened before

    @Slot()
    def abandon_editing(self) -> None:
        """Forget what is being typed: something else is opened."""
        if self.editing is not None:
            self.editing.abandon_editing()

    @Slot()
    def _offer_keeping(self) -> None:
        self._actions["keep-run"].setEnabled(self._recording.newest_epoch > 0)

    @Slot(str, str)
    def _show_deeds(self, undone: str, redone: str) -> None:
        undo, redo = self.tr("&Undo"), self.tr("&Redo")
        if undone:
            undo = self.tr("&Undo {what}").format(what=undone.replace("&", "&&"))
        if redone:
            redo = self.tr("&Redo {what}").format(what=redone.replace("&", "&&"))
        self._actions["undo"].setText(undo)
        self._actions["redo"].setText(redo)

    @Slot(object)
    def _show_experiment(self, experiment: Experiment) -> None:
        self._asked = None
        has_hidden = len(experiment.network.layers) > 1
        self._actions["remove-hidden-layer"].setEnabled(has_hidden)
        self._actions["add-hidden-layer"].setEnabled(experiment.training.loss != "perceptron")

    @Slot(object)
    def _show_state(self, state: SessionState) -> None:
        running = state is SessionState.RUNNING
        text = self.tr("&Pause") if running else self.tr("&Train")
        self._actions["train"].setText(text)
        self._actions["train"].setIcon(icon("pause" if running else "play"))
        self._actions["train"].setEnabled(state is not SessionState.FAILED)
        self._actions["step"].setEnabled(state in _CAN_STEP)


def _read(spec: SampleSpec) -> None:
    """Read a sample, which stays in memory; whoever opens it says why that cannot be."""
    with suppress(NnvizError):
        spec.make(SampleOptions())


def _prepare(experiment: Experiment) -> None:
    """Prepare the data of an experiment, which then stay at hand; likewise."""
    with suppress(NnvizError):
        prepared(experiment)
