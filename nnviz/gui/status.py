"""The status line: what just happened, in a sentence, and how fast it goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QWidget

from nnviz.gui.figures import count
from nnviz.gui.session import SessionState
from nnviz.gui.style import small_font
from nnviz.gui.texts import translated
from nnviz.gui.theme import SPACE
from nnviz.training.naming import layer_sizes
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import EpochBatch


class ElidedLabel(QLabel):
    """A line of text that ends in an ellipsis where there is no room, and then tells it all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show a sentence."""
        self._whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text to another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        fitted = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(fitted)
        self.setToolTip(self._whole if fitted != self._whole else "")
        self.setAccessibleName(self._whole)


class StatusLine(QStatusBar):
    """What just happened at the left, speeds at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setSizeGripEnabled(False)
        self.setFont(small_font())
        self.setContentsMargins(SPACE + SPACE // 2, 0, SPACE + SPACE // 2, 0)
        self._sentence = ElidedLabel(self)
        self._sentence.setObjectName("statusSentence")
        self._sentence.setFont(small_font())
        self._speed = QLabel(self)
        self._speed.setObjectName("statusSpeed")
        self._speed.setFont(small_font())
        self._speed.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self._sentence, 1)
        self.addPermanentWidget(self._speed)
        self._epoch = 0
        self._problem: Problem | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write a menu's hint where sentences stand; Qt would begin it at the window's edge."""
        if self.currentMessage():
            painter = QPainter(self)
            painter.setPen(self.palette().windowText().color())
            place = self.contentsRect()
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.currentMessage())

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Say what just happened."""
        self._sentence.say(sentence)

    @Slot(object)
    def note_epochs(self, batch: EpochBatch) -> None:
        """Remember the epoch for what is said next."""
        self._epoch = int(batch.rows[-1, 0])

    @Slot(float, float)
    def show_rates(self, epochs: float, frames: float) -> None:
        """Show how fast training and drawing go."""
        text = self.tr("{epochs} epochs/s · {frames} frames/s")
        self._speed.setText(text.format(epochs=count(round(epochs)), frames=count(round(frames))))

    @Slot(object)
    def show_problem(self, problem: Problem) -> None:
        """Say what a new run is about; and that the one before, if it was another, is not lost."""
        before, trained = self._problem, self._epoch
        replaced = before is not None and before.experiment != problem.experiment
        self._epoch = 0
        self._problem = problem
        preset = PRESETS.get(problem.experiment.preset)
        if preset is not None:
            self.say(translated(preset.description))
            return
        text = self.tr("Ready: a {shape} network and {rows} training samples.")
        if trained and replaced:
            text = self.tr(
                "Ready: a {shape} network and {rows} training samples. Undo brings the settings"
                " before back; trained again, they give the same numbers."
            )
        self.say(text.format(shape=layer_sizes(problem), rows=count(problem.train.rows)))

    @Slot(object)
    def show_state(self, state: SessionState) -> None:
        """Say what the run does now."""
        self._speed.setVisible(state is SessionState.RUNNING)
        sentences = {
            SessionState.RUNNING: self.tr("Training…"),
            SessionState.PAUSED: self.tr("Paused. Train goes on from here, Step takes one batch."),
            SessionState.FINISHED: self._end(),
            SessionState.FAILED: self.tr("Training stopped; Reset starts anew."),
        }
        if state in sentences:
            self.say(sentences[state])

    def _end(self) -> str:
        asked = self._problem.experiment.training.epochs if self._problem else 1
        if self._epoch % asked:
            text = self.tr("Finished early, at epoch {epoch}: what you asked for is reached.")
            return text.format(epoch=count(self._epoch))
        return self.tr("Finished all epochs. Train adds as many again, Step takes one batch more.")
