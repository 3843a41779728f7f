"""The status line: what just happened, in a sentence, and how fast it goes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStatusBar, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import NOTHING, count, duration, fixed, percent, short
from nnviz.gui.look.style import mark, small_font
from nnviz.gui.look.texts import advised, message, told, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.run.session import SessionState
from nnviz.gui.run.speed import Speedometer
from nnviz.gui.widgets.text_labels import ElidedLabel, IconLabel
from nnviz.training.diagnosis import Finding
from nnviz.training.experiment import Experiment
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS, is_untouched
from nnviz.training.problem import Problem, layer_sizes
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import EpochBatch, Snapshot, column_of

LONG_SECONDS, SLOW_EPOCH = 15.0, 2.0
"""From so many seconds left on it is told how long a run still takes, and of epochs that take so
many, how much of the present one is done. A pace of 10 seconds for a run stays below, or the words
would change to and fro at its beginning."""


class StatusLine(QStatusBar):
    """What just happened at the left, or what is the matter and what helps; speeds at the right."""

    remedy_wanted = Signal(object)
    """The person wants what a Finding advises to be done."""

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._speedometer = Speedometer()
        self._by_steps = False
        self._batches = 1
        self._right: deque[float] = deque(maxlen=32)
        """Which share of the last mini-batches seen was right."""
        self._counted_from: tuple[int, int] | None = None  # an epoch's end, and updates by then
        self._mark = IconLabel(parent=self)
        self.setObjectName("statusLine")
        self.setSizeGripEnabled(False)
        self.setFont(small_font())
        self.setContentsMargins(SPACE + SPACE // 2, 0, SPACE + SPACE // 2, 0)
        self._sentence = ElidedLabel(self)
        self._sentence.setObjectName("statusSentence")
        self._sentence.setFont(small_font())
        self._advice = Label(parent=self)
        self._advice.setObjectName("statusAdvice")
        self._advice.setFont(small_font())
        self._speed = Label(parent=self)
        self._speed.setObjectName("statusSpeed")
        self._speed.setFont(small_font())
        self._speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_tool_tip(
            self._speed,
            self.tr("How fast training goes, and how often a second pictures are drawn."),
        )
        # So that the sentence keeps its room whatever the figures are.
        widest = self._speeds("00,000,000", "000")
        self._speed.setMinimumWidth(QFontMetrics(small_font()).horizontalAdvance(widest))
        self._finding: Finding | None = None
        self._done = ""
        self._remedy = QPushButton(self.tr("Do this"), self)
        self._remedy.setObjectName("statusRemedy")
        self._remedy.setAccessibleName(self._remedy.text())
        self._remedy.setFont(small_font())
        # A click makes it vanish: the focus would go to a field, which keeps Space and arrows.
        self._remedy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._remedy.clicked.connect(self._ask_for_remedy)
        self._epoch = self._updates = self._network_epoch = 0
        self._problem: Problem | None = None
        self._state = SessionState.IDLE
        self._tells_state = False  # whether the sentence tells what the run does now
        self._helps = self._mark, self._advice, self._remedy
        self._lay_out()

    def _lay_out(self) -> None:
        said = QWidget(self)
        parts = self._mark, self._sentence, self._advice, self._remedy, None
        filled(QHBoxLayout(said), *parts, spacing=SPACE, wide=self._sentence)
        said.setMinimumHeight(self._remedy.sizeHint().height())  # nothing jumps when it comes
        self.addWidget(said, 1)
        self._offer(None)
        self.addPermanentWidget(self._speed)

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Say what just happened."""
        self._tells_state, self._done = False, ""
        self._offer(None)
        # The hint of the button that was just pressed would hide what came of it.
        self.clearMessage()
        self._sentence.set_texts(sentence)

    @Slot(object, object, str)
    def say_edited(self, experiment: Experiment, before: RecordedRun | None, words: str) -> None:
        """Say what was done to the run by hand; a run at rest says at once again that it rests."""
        text = self.tr("At epoch {epoch}: {what}. Undo takes it back.")
        if before is not None and before.epochs > self._epoch:
            text = self.tr("Back at epoch {epoch}: {what}. Undo brings back the run as it was.")
        self._say_done(text.format(epoch=count(self._epoch), what=words))

    @Slot(str)
    def say_waiting(self, words: str) -> None:
        """Say what will be done to the run by hand, which waits as long as an epoch lasts."""
        self._say_done(self.tr("At the end of this epoch: {what}.").format(what=words))

    def _say_done(self, sentence: str) -> None:
        self.say(sentence)
        self._done = "" if self._state is SessionState.RUNNING else sentence

    @Slot(object)
    def show_refusal(self, error: NnvizError) -> None:
        """Say why what was asked for cannot be."""
        self.say(message(error))

    @Slot(object)
    def note_epochs(self, batch: EpochBatch) -> None:
        """Remember the epoch for what is said next."""
        self.note_epoch(int(column_of(batch.rows, "epoch")[-1]))

    @Slot(object)
    def note_epoch(self, epoch: int) -> None:
        """Remember the epoch that the run stands at."""
        self._epoch = epoch

    @Slot(object)
    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Measure by how many mini-batches are done: an epoch may last longer than one waits."""
        self._network_epoch = snapshot.epoch
        self._speedometer.note(snapshot.updates, self._clock())
        self._updates = snapshot.updates
        if snapshot.batch_metric is not None:
            self._right.append(snapshot.batch_metric)
        if self._counted_from is None:
            self._counted_from = max(snapshot.epoch, snapshot.trained), snapshot.updates
        if self._state is not SessionState.RUNNING:
            self.follow()

    @Slot(str)
    def note_pace(self, name: str) -> None:
        """Tell steps where the person asked for steps; what was faster or slower is over."""
        self._by_steps = PACES[name].unit == "step"
        self._speedometer.clear()
        # Who sets a pace watches the steps from now on, whatever was said before.
        self._tells_state = self._tells_state or self._state is SessionState.RUNNING
        self.follow()

    @Slot(float)
    def show_rates(self, frames: float) -> None:
        """Show how fast training goes, and how often a second pictures are drawn."""
        updates = self._speedometer.rate(self._clock())
        trained = NOTHING
        if updates is not None:
            trained = speed(updates if self._by_steps else updates / self._batches)
        self._speed.setText(self._speeds(trained, speed(frames)))
        self.follow()

    def _speeds(self, trained: str, frames: str) -> str:
        if self._by_steps:
            text = self.tr("{steps} steps/s · {frames} frames/s")
            return text.format(steps=trained, frames=frames)
        text = self.tr("{epochs} epochs/s · {frames} frames/s")
        return text.format(epochs=trained, frames=frames)

    @Slot(object)
    def follow_problem(self, problem: Problem) -> None:
        """Know that the run goes on with another network, or other data."""
        self._problem = problem
        size = problem.experiment.training.batch_size or problem.train.rows
        self._batches = -(-problem.train.rows // size)
        self._counted_from = None  # the next moment is the end of an epoch
        self._right.clear()

    @Slot(object)
    def show_problem(self, problem: Problem) -> None:
        """Say what a new run is about, and that what was learned in the one before is not lost."""
        trained = self._epoch
        self._epoch = self._updates = 0
        self.follow_problem(problem)
        self._speedometer.clear()
        text = self._ready(problem)
        if trained:
            # First: what a preset is about may be longer than the line.
            text = self.tr("Undo brings back what had been learned. {sentence}").format(
                sentence=text
            )
        self.say(text)

    @Slot()
    def rest(self) -> None:
        """Say again how things stand: nothing came of what was to be opened."""
        if self._finding is None and self._problem is not None:
            sentence = self._of_state()
            self.say(sentence or self._ready(self._problem))
            self._tells_state = bool(sentence)

    def _ready(self, problem: Problem) -> str:
        if is_untouched(problem.experiment):
            return translated(PRESETS[problem.experiment.preset].description)
        return self.tr("Ready: a {shape} network and {rows} training samples.").format(
            shape=layer_sizes(problem), rows=count(problem.train.rows)
        )

    @Slot(object)
    def show_state(self, state: SessionState) -> None:
        """Say what the run does now."""
        self._speedometer.clear()
        # Not hidden: the sentence keeps its room, and nothing jumps.
        self._speed.clear()
        self._state = state
        self._say_state()

    @Slot(object)
    def show_finding(self, finding: Finding | None) -> None:
        """Say why the run does not learn and offer what helps; with None, what the run does."""
        if finding is None:
            self._say_state()
            return
        self.say(told(finding))
        self._offer(finding)

    def _say_state(self) -> None:
        done, self._done = self._done, ""
        sentence = done or self._of_state()
        if sentence:
            self.say(sentence)
            self._tells_state = not done

    def _offer(self, finding: Finding | None) -> None:
        """Offer to do what a finding advises, where that can be done; nothing else any more."""
        self._finding, is_bad = finding, finding is not None
        mark(self._sentence, "ink", "warning" if is_bad else "")
        # Of a finding the sentence is as wide as its words, so that what helps stands beside them.
        needed = self._sentence.sizeHint().width() if is_bad else self.maximumWidth()
        self._sentence.setMaximumWidth(needed)
        for part in self._helps:
            part.setVisible(is_bad)
        # A run at rest has no speed: what is the matter may have its room.
        self._speed.setVisible(not is_bad or self._state is SessionState.RUNNING)
        if finding is None:
            return
        self._mark.show_icon("triangle-alert", "warning")
        self._advice.setText(advised(finding))
        self._remedy.setVisible(finding.rule.make_remedy is not None)
        tip = self.tr("{advice} The run so far is kept to compare with; Undo takes it back.")
        if finding.trains_on:
            tip = self.tr("{advice} Training goes on, for as many epochs again.")
        set_tool_tip(self._remedy, tip.format(advice=advised(finding)))

    @Slot()
    def _ask_for_remedy(self) -> None:
        if self._finding is not None:
            self.remedy_wanted.emit(self._finding)

    @Slot()
    def follow(self) -> None:
        """Say how far the run is, where nothing else has been said since."""
        if self._tells_state:
            sentence = self._of_state()
            if sentence != self._sentence.accessibleName():
                self._sentence.set_texts(sentence)

    def _of_state(self) -> str:
        """Return what the run does now, and where in an epoch it is if that is to be followed."""
        before, updates = self._counted_from or (0, 0)
        epochs, step = divmod(self._updates - updates, self._batches)
        sentences = {
            SessionState.RUNNING: self._to_do(before + epochs, step),
            SessionState.PAUSED: self.tr("Paused. Train goes on, Step takes one batch."),
            SessionState.FINISHED: self._end(),
            SessionState.FAILED: self.tr("Training stopped; Reset starts anew."),
        }
        if step and self._state is SessionState.PAUSED:
            text = self.tr(
                "Paused in epoch {epoch}, after step {step} of {steps}. Train goes on, Step takes"
                " one batch."
            )
        elif step and self._by_steps and self._state is SessionState.RUNNING:
            text = self.tr("Training: epoch {epoch}, step {step} of {steps}.")
        else:
            return sentences.get(self._state, "")
        return text.format(
            epoch=count(before + epochs + 1), step=count(step), steps=count(self._batches)
        )

    def _to_do(self, epochs: int, step: int) -> str:
        """Say how much is still to be trained after so many epochs and mini-batches, if long."""
        rate = self._speedometer.rate(self._clock())
        asked = self._problem.experiment.training.epochs if self._problem else 1
        updates = (asked - epochs % asked) * self._batches - step
        if not rate or updates / rate < LONG_SECONDS:
            return self.tr("Training…")
        text = self.tr("Training: about {time} left.")
        if self._batches / rate > SLOW_EPOCH:
            text = self.tr("Training: {share} of epoch {epoch} is done, about {time} left.")
            if self._right and self._problem and self._problem.metric.name == "accuracy":
                text = self.tr(
                    "Training: {share} of epoch {epoch} is done, accuracy {right} so far, about"
                    " {time} left."
                )
        share = percent(step / self._batches, 0.01)
        words = {"share": share, "right": percent(float(np.mean(self._right or 0)), 0.01)}
        return text.format(epoch=count(epochs + 1), time=duration(updates / rate), **words)

    def _end(self) -> str:
        if self._problem is not None:
            training = self._problem.experiment.training
            if self._network_epoch < self._epoch:
                return self._choice(self._problem)
            if self._epoch % training.epochs and training.stop_when != "never":
                text = self.tr("Finished early, at epoch {epoch}: what you asked for is reached.")
                return text.format(epoch=count(self._epoch))
        return self.tr("Finished all epochs. Train adds as many again, Step takes one batch more.")

    def _choice(self, problem: Problem) -> str:
        """Say of which epoch the network is, where the run went back to its best one."""
        text = self.tr(
            "Finished after epoch {last}. The network is that of epoch {epoch}, where the"
            " validation loss was smallest."
        )
        if problem.chosen_by == "test":
            text = self.tr(
                "Finished after epoch {last}. The network is that of epoch {epoch}, where the test"
                " loss was smallest: chosen by the test rows, it is no longer a fair test."
            )
        return text.format(last=count(self._epoch), epoch=count(self._network_epoch))


def speed(rate: float) -> str:
    """Return how many a second: ``"1,234"``, ``"9.8"``, ``"0.25"``; nothing slow is told as 0."""
    if rate >= 9.95 or rate == 0:
        return count(rate)
    return fixed(rate, 0.1) if rate >= 0.95 else short(float(f"{rate:.2g}"))
