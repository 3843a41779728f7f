"""Going through the time of a run: looking at earlier epochs, and training on from one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.gui.edits import edit_told
from nnviz.gui.frame import Frame
from nnviz.gui.look.icons import icon
from nnviz.gui.look.numbers import count
from nnviz.gui.run.parts import RunParts
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.playback import Playback
from nnviz.gui.timeline import Timeline
from nnviz.training.editing import edited
from nnviz.training.edits import Edit
from nnviz.training.problem import Problem

_RESTING = (SessionState.PAUSED, SessionState.FINISHED, SessionState.FAILED)


class TimeTravel(QObject):
    """Has the recording show what timeline, keys and playback ask for, and branches the run."""

    said = Signal(str)
    """What was done, in a sentence."""

    def __init__(
        self,
        actions: Actions,
        timeline: Timeline,
        run: RunParts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions, self._timeline = actions, timeline
        self._store, self._session, self._recording, self._kept = run
        self.playback = Playback(self)
        self.may_start: Callable[[], bool] = lambda: True
        """Enters what is being typed; says whether nothing stays that cannot be taken."""
        self._edits: tuple[Edit, ...] = ()
        self._due, self._past = "", False
        self._connect()
        self._show_possible()

    def _connect(self) -> None:
        timeline, playback, recording = self._timeline, self.playback, self._recording
        timeline.track.epoch_chosen.connect(self.look_at)
        timeline.field.entered.connect(self.look_for)
        timeline.track.live_wanted.connect(self.return_to_now)
        timeline.track.sliderPressed.connect(playback.stop)
        playback.epoch_chosen.connect(recording.show)
        playback.ended.connect(self.return_to_now)
        playback.playing_changed.connect(self._show_playing)
        recording.shown_changed.connect(self._show_shown)
        self._session.began.connect(self._begin)

    # ------------------------------------------------------------------------------- what one does

    @Slot(object)
    def look_at(self, epoch: int) -> None:
        """Look at the kept epoch nearest to this one; the newest of all is now."""
        self.playback.stop()
        if epoch < self._recording.newest_epoch:
            self._recording.show(epoch)
        else:
            self.return_to_now()

    @Slot(int)
    def look_for(self, epoch: int) -> None:
        """Look at the kept epoch nearest to one that was typed; say which it is if not that one."""
        self.look_at(epoch)
        newest, shown = self._recording.newest_epoch, self._recording.shown
        words = {"asked": count(epoch), "shown": count(newest if shown is None else shown)}
        if epoch > newest:
            text = self.tr("The run has come to epoch {shown} so far, not to {asked}.")
            self.said.emit(text.format(**words))
        elif shown not in (epoch, None):
            text = self.tr("Epoch {asked} is not kept; you look at the nearest, {shown}.")
            self.said.emit(text.format(**words))

    @Slot()
    def play_back(self) -> None:
        """Play from the epoch shown, or from the start; or stop playing."""
        recording = self._recording
        if self.playback.playing:
            self.playback.stop()
            return
        epochs = recording.checkpoints.epochs
        self.playback.play(epochs[epochs >= (recording.shown or 0)])

    @Slot()
    def return_to_now(self) -> None:
        """Look at the newest epoch again, and stay with it."""
        if self._recording.shown is None:
            return
        self._recording.show(None)
        self.said.emit(self.tr("Back at the newest epoch."))

    @Slot()
    def train_from_now(self) -> None:
        """Come back before training goes on: it goes on from the newest epoch, not the one seen."""
        if self._recording.shown is not None:
            self.return_to_now()
            self._due = self.tr(
                "Training goes on from the newest epoch. To go on from an earlier one, look at it"
                " and choose Train on from here."
            )

    @Slot()
    def branch(self) -> None:
        """Train on from the epoch shown."""
        if self._recording.shown is None or not self.may_start():
            return
        if (checkpoint := self._recording.checkpoint) is not None:  # else an edit was just typed
            kept, epoch = self._keep_what_is_left(), count(checkpoint.epoch)
            self._store.remember(self.tr("training on from epoch {epoch}").format(epoch=epoch))
            self._session.branch(checkpoint)
            asked = self._session.experiment
            assert asked is not None
            self._store.follow(edited(asked))
            self._due = self._branched(epoch, kept)
        self._session.train()

    @Slot()
    def go_back(self) -> None:
        """Have the run end at the epoch shown, to be edited there; undo takes back both."""
        if (checkpoint := self._recording.checkpoint) is not None:
            self._keep_what_is_left()
            self._recording.leave()
            self._session.branch(checkpoint)

    # ---------------------------------------------------------------------------- what one sees

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Show how far the run has come."""
        self._show_extent()
        self._timeline.track.show_shown(frame.epoch if frame.past else None)
        self._show_possible()

    def _show_extent(self) -> None:
        self._timeline.track.show_kept(self._recording.checkpoints.epochs)
        self._timeline.track.show_newest(self._recording.newest_epoch)
        asked = self._session.experiment
        edits = asked.edits[: self._session.edits] if asked is not None else ()
        if edits != self._edits:
            self._edits = edits
            shown = [(edit.epoch, partial(self._tell_edit, i)) for i, edit in enumerate(edits)]
            self._timeline.track.show_edits(shown)

    def _tell_edit(self, place: int) -> str:
        """Return an edit in words, which takes the network that it found."""
        text, edit = self.tr("epoch {epoch}: {what}"), self._edits[place]
        what = edit_told(edit, self._session.problem_at(place))
        return text.format(epoch=count(edit.epoch), what=what)

    @Slot(object)
    def _begin(self, problem: Problem) -> None:
        self.playback.stop()
        self._due = ""
        self._timeline.track.begin(problem.experiment.training.epochs)
        self._show_extent()

    @Slot()
    def go_earlier(self) -> None:
        """Look at the kept epoch before the one shown."""
        self.playback.stop()
        self._timeline.track.step(-1)

    @Slot()
    def go_later(self) -> None:
        """Look at the kept epoch after the one shown."""
        self.playback.stop()
        self._timeline.track.step(1)

    @Slot(object)
    def _show_shown(self, epoch: int | None) -> None:
        was_now, self._past = not self._past, epoch is not None
        self._timeline.track.show_shown(epoch)
        self._show_possible()
        if was_now and self._past:
            self.said.emit(self._looking_back())
        if epoch is None:
            self.playback.stop()

    @Slot(bool)
    def _show_playing(self, playing: bool) -> None:
        self._actions["play-back"].setIcon(icon("circle-pause" if playing else "circle-play"))
        text = self.tr("Stop playing &back") if playing else self.tr("Play &back")
        self._actions["play-back"].setText(text)

    @Slot(object)
    def show_state(self, state: SessionState) -> None:
        """Say what there was to say, after what is always said of a new state."""
        if self._due and state in (SessionState.RUNNING, *_RESTING):
            self.said.emit(self._due)
            self._due = ""

    def _show_possible(self) -> None:
        recording, actions = self._recording, self._actions
        past = recording.shown is not None
        first = recording.shown if past else recording.newest_epoch
        actions["play-back"].setEnabled(recording.newest_epoch > 0)
        actions["earlier"].setEnabled(bool(first))
        for key in ("later", "now", "branch"):
            actions[key].setEnabled(past)
        self._timeline.track.setEnabled(recording.newest_epoch > 0)

    def _looking_back(self) -> str:
        if self._session.state is SessionState.RUNNING:
            return self.tr(
                "You look at an earlier epoch, while training goes on. Now brings you back."
            )
        return self.tr(
            "You look at an earlier epoch. Train goes on from the newest; to go on from this one,"
            " choose Train on from here."
        )

    # ------------------------------------------------------------------------------- the branch

    def _keep_what_is_left(self) -> bool:
        """Keep the run as it is, where something is left behind; say whether it was."""
        recording = self._recording
        if recording.shown == recording.newest_epoch:
            return False
        asked = recording.experiment
        assert asked is not None
        return self._kept.keep(asked, recording.history, recording.result_epoch, by_itself=True)

    def _branched(self, epoch: str, kept: bool) -> str:
        text = self.tr("The run goes on from epoch {epoch}.")
        if kept:
            text = self.tr(
                "The run goes on from epoch {epoch}; the one before is kept to compare with."
            )
        return text.format(epoch=epoch)
