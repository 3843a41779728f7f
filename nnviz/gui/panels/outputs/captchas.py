"""Whole captchas: a window slides along, and characters are read where the network sees them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPointF, QRectF, QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGraphicsRectItem, QHBoxLayout, QSlider, QSpinBox, QWidget

from nnviz.datasets.images import EQUAL_PARTS, GREY, NEAREST, WINDOW, whole_captchas, windows
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count, fixed, share_text
from nnviz.gui.look.pictures import inked
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import HeatMap
from nnviz.gui.plots.marks import Tag
from nnviz.gui.plots.plot import Plot
from nnviz.gui.slices import Slices, Work, finish
from nnviz.gui.widgets.buttons import IconButton, SmallButton
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training import reading_captchas as reading
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

_HIGHEST = 0.55
"""Share of the height that the picture has at most."""

_JUDGE_SECONDS, _PLAY_MS, _HANDLE = 0.3, 60, 8
"""While training: between two looks at the first captchas. The time a column is shown. And pixels
from a slider's end to the middle of its handle."""


@guarded
class CaptchaView(OutputView):
    """A captcha, what is answered at each of its columns, and the characters read there."""

    name = "captchas"
    title = str(QT_TRANSLATE_NOOP("CaptchaView", "Captchas"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "CaptchaView",
            "Whole captchas, read by sliding the network's window along them: the four places that"
            " are likeliest together are the characters'.",
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading: reading.CaptchaReading | None = None
        self.right: reading.Right = {}
        """Which of the captchas that have been judged so far are read right, by way."""
        self.chart = Chart()
        self.plot = Plot([self.chart])
        self.set_content(self.plot)
        self._ink, self._cells = (self.chart.add(HeatMap(gaps=False)) for _ in range(2))
        self._lines = self.chart.add(pg.PlotCurveItem(connect="pairs"))
        self._column = self.chart.add(pg.InfiniteLine(angle=90))
        self._window = self.chart.add(QGraphicsRectItem())
        self._frames = self.chart.add(pg.ScatterPlotItem(symbol="s", brush=None))
        self._tags = [
            (Tag(self.chart, margin=0), Tag(self.chart, "muted", margin=0)) for _ in EQUAL_PARTS
        ]
        self._read: tuple[Snapshot, int] | None = None
        self._judged: Snapshot | None = None
        self._is_copy = self._is_brief = False
        self.work = Work(self)
        """Judges captchas."""
        self._timer = QTimer(self, interval=_PLAY_MS)
        self.slider, self.spin = QSlider(Qt.Orientation.Horizontal, self), QSpinBox(self)
        tip = self.tr("Slide the window along the captcha.")
        self.play = IconButton("play", self.tr("Slide"), tip, self)
        self.shares = small(ElidedLabel(self), "text")
        self._row = filled(QHBoxLayout(), self.play, self.slider, wide=self.slider)
        self._set_up()

    def _set_up(self) -> None:
        tip = self.tr("Read in the middles of four equal parts, where characters seldom are.")
        self.add_switch("parts", self.tr("Equal parts"), tip)
        tip = self.tr("Go to the next captcha that is not read right.")
        wrong = SmallButton(self.tr("Wrong ›"), tip, self)
        wrong.clicked.connect(self._go_to_wrong)
        self.add_button("wrong", wrong)
        self.spin.setFixedWidth(em(self, 5))
        for control, name, tip in (
            (self.spin, "captcha", self.tr("The captcha that is read.")),
            (self.slider, "column", self.tr("The column in the middle of the window.")),
        ):
            control.setObjectName(f"output-captchas-{name}")
            control.setAccessibleName(tip)
            set_tool_tip(control, tip)
        self.slider.setPageStep(WINDOW // 2)
        self.setFocusProxy(self.slider)
        self.play.setCheckable(True)
        self.shares.setObjectName("output-captchas-shares")
        self.body.addLayout(self._row)
        self.body.addLayout(
            filled(QHBoxLayout(), self.spin, self.shares, spacing=SPACE, wide=self.shares)
        )
        self.slider.valueChanged.connect(self._on_slid)
        self.spin.valueChanged.connect(self._on_stepped)
        self.play.toggled.connect(self._on_play)
        self._timer.timeout.connect(self._slide_on)
        self.plot.pressed.connect(self._on_pressed)
        self.plot.idle.idle.connect(self._rest)

    # ------------------------------------------------------------------ the contract

    def prepare(self, problem: Problem) -> None:
        """Take the captchas of the sample; none has been read."""
        self.work.cancel()
        self.captchas = whole_captchas(problem.experiment.data.sample)
        self._names = problem.dataset.class_names
        self._classes = len(self._names)
        self.reading = self._read = self._judged = None
        self.right = {}
        self.plot.idle.reset()
        self.chart.set_names(Names(title=" "))  # what will stand there has its room
        total, self._columns = len(self.captchas.labels), self.captchas.pictures.shape[2]
        for control, low, high in ((self.spin, 1, total), (self.slider, 0, self._columns)):
            with QSignalBlocker(control):
                control.setRange(low, high)
        for shown in (self.spin, self.slider, self.play):
            shown.setVisible(not self.bare)

    def take(self, inspection: Inspection) -> None:
        """Read the captcha that is shown, and have others judged."""
        if self._read is None or self._read[0] is not inspection.snapshot:
            self.plot.idle.update()
        key, row = (inspection.snapshot, self.captcha), slice(self.captcha, self.captcha + 1)
        is_other = self._read is None or self._read[1] != self.captcha
        if is_other or (key != self._read and self.plot.idle.due("reading", READ_SECONDS)):
            self._read = key
            predict = reading.predictor(inspection.problem, inspection.snapshot.parameters)
            self.reading = reading.read(predict, self.captchas.pictures[row])
        self._draw()
        self._say()
        self._judge(inspection)

    def legend(self) -> list[LegendEntry]:
        """Return what shades and frames are."""
        theme = self.theme
        return [
            LegendEntry(self.tr("output"), theme.neutral, "gradient", theme.positive),
            LegendEntry(self.tr("read"), theme.text, "frame"),
        ]

    def describe(self, inspection: Inspection) -> str:
        """Return what is read, and how often that is right."""
        return self.tr("After {epoch} epochs, captcha {number}: {verdict}. {shares}.").format(
            epoch=count(inspection.epoch),
            number=count(self.captcha + 1),
            verdict=self.verdict(),
            shares=self.shares.text(),
        )

    def view_state(self) -> Mapping[str, Any]:
        """Return what is looked at, and what is known: another instance judges nothing anew."""
        place = {"captcha": self.spin.value(), "column": self.slider.value()}
        return {**super().view_state(), **place, "judged": (self._judged, self.right)}

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Look at the same."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            self.spin.setValue(state.get("captcha", 1))
            self.slider.setValue(state.get("column", 0))
        self._judged, self.right = state.get("judged", (None, {}))
        self._is_copy = "judged" in state
        super().restore_view(state)

    # ------------------------------------------------------------------ one captcha

    @property
    def captcha(self) -> int:
        """Which captcha is shown."""
        return self.spin.value() - 1

    @property
    def way(self) -> reading.Way:
        """Where characters are read."""
        return "equal_parts" if self.is_on("parts") else "found"

    def here(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where the captcha that is shown is read, and what."""
        assert self.reading is not None
        known = self.captchas.places[self.captcha][np.newaxis]
        (places,), (labels,) = self.reading.at(self.way, known)
        return places, labels

    def verdict(self) -> str:
        """Return what is read in the captcha that is shown, and what it is."""
        both = self.here()[1], self.captchas.labels[self.captcha]
        read, true = ("".join(self._names[label] for label in labels) for labels in both)
        said = self.tr("{read} ✓") if read == true else self.tr("{read} ✗, actual {true}")
        return said.format(read=read, true=true)

    def _draw(self) -> None:
        """Draw picture and answers, one above the other over the same columns."""
        if self.reading is None:
            return
        theme, low, columns = self.theme, self._classes + 0.5, self._columns
        # The picture has as much height as its width asks for, in lines as high as a class.
        box = self.chart.box
        share = min(WINDOW / columns * box.width() / max(box.height(), 1.0), _HIGHEST)
        high = max(round((self._classes + 2) * share / (1 - share)), 1)
        names = [
            self.tr("none"),
            *self._names[-2::-1],
            self.tr("actual"),
            *[""] * high,
            self.tr("read"),
        ]
        self.chart.axes["left"].set_names(names)
        self.chart.set_ranges((-0.5, columns + 0.5), (-0.5, len(names) - 0.5))
        self.chart.settle()
        picture = inked(self.captchas.pictures[self.captcha] * GREY, theme.surface, theme.text)
        self._ink.set_cells(picture, area=QRectF(0, low, columns, high))
        answers = theme.diverging(self.reading.answers[0].T)
        self._cells.set_cells(answers, area=QRectF(-0.5, -0.5, columns + 1, self._classes))
        self._mark(low + high)
        self._show_column()

    def _mark(self, top: float) -> None:
        """Mark what is read, above the picture, and what is true, below it."""
        theme, (places, labels) = self.theme, self.here()
        truth, known = self.captchas.labels[self.captcha], self.captchas.places[self.captcha]
        heights = self._classes - 1.0 - labels
        ends = np.stack([heights + 0.5, np.full(len(labels), top)], axis=1)
        self._lines.setData(np.repeat(places, 2).astype(float), ends.ravel())
        self._lines.setPen(pg.mkPen(theme.muted, dash=(2, 3)))
        inks = np.where(labels == truth, theme.text, theme.error).tolist()
        pens, size = [pg.mkPen(ink, width=1.5) for ink in inks], 1.15 / self.chart.pixel.height()
        self._frames.setData(places.astype(float), heights, size=size, pen=pens)
        for k, (read, actual) in enumerate(self._tags):
            read.show_at(self._names[labels[k]], float(places[k]), top + 1, (0.5, 0.0))
            actual.show_at(self._names[truth[k]], float(known[k]), self._classes, (0.5, 0.5))

    def _show_column(self) -> None:
        """Show where the window is, and what the network answers there."""
        assert self.reading is not None
        column, low, (_, (_, high)) = self.slider.value(), self._classes + 0.5, self.chart.shown
        left, right = max(column - WINDOW / 2, 0), min(column + WINDOW / 2, self._columns)
        self._window.setRect(left, low, right - left, high - 1 - low)
        self._window.setPen(pg.mkPen(self.theme.curve, width=2))
        self._column.setValue(column)
        self._column.setPen(pg.mkPen(self.theme.curve))
        answers = self.reading.answers[0, column]
        name = self.chart.axes["left"].names[self._classes - 1 - int(answers.argmax())]
        said = self.tr("column {column}: {answer}, {output}")
        output = fixed(float(answers.max()), 0.01)
        note = said.format(column=column, answer=name, output=output)
        self.chart.set_names(Names(title=self.verdict(), note=note))
        box = self.chart.box  # the slider is as long as what it slides along
        self._row.setSpacing(max(int(box.left()) - self.play.width() - _HANDLE, 0))
        beside = max(self.plot.width() - int(box.right()) - _HANDLE, 0)
        self._row.setContentsMargins(0, 0, beside, 0)

    @Slot()
    def _on_slid(self) -> None:
        """Have the network that is drawn look through the window, too."""
        if self.reading is not None:
            self._show_column()
            seen = windows(self.captchas.pictures[self.captcha][np.newaxis])
            self.move_wanted.emit(tuple(map(float, seen[0, self.slider.value()].ravel())))

    @Slot()
    def _on_stepped(self) -> None:
        self.restyle()
        self._on_slid()

    @Slot(bool)
    def _on_play(self, on: bool) -> None:
        """Slide on from where it is, or stop; from the end, begin anew."""
        if on and self.slider.value() == self._columns:
            self.slider.setValue(0)
        self._timer.start() if on else self._timer.stop()

    @Slot()
    def _slide_on(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        self.play.setChecked(self.slider.value() < self._columns)

    @Slot(object, QPointF)
    def _on_pressed(self, _chart: Chart, place: QPointF) -> None:
        self.slider.setValue(round(self.chart.value(place).x()))

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the network that is drawn look at its own sample again."""
        super().hideEvent(event)
        self.play.setChecked(False)
        self.move_wanted.emit(None)

    # ------------------------------------------------------------------ all captchas

    @Slot()
    def _go_to_wrong(self) -> None:
        wrong = np.flatnonzero(~self.right[self.way]) if self.right else np.arange(0)
        if wrong.size:
            ahead = wrong[wrong > self.captcha]
            self.spin.setValue(int((ahead if ahead.size else wrong)[0]) + 1)

    @Slot()
    def _rest(self) -> None:
        if self.inspection is not None:
            self.take(self.inspection)

    def _judge(self, inspection: Inspection) -> None:
        """Have captchas judged aside; while the network changes, the first now and then."""
        snapshot, moving = inspection.snapshot, self.plot.idle.moving
        is_known, total = self._judged is snapshot, len(self.captchas.labels)
        if self.work.busy and (is_known or (moving and self._is_brief)):
            return
        judged = len(self.right.get("found", ()))
        if is_known and (moving or judged == total or (self.bare and judged)):
            return
        if self.plot.idle.due("shares", _JUDGE_SECONDS):
            self._judged = snapshot
            # Nobody waits for a picture in the window's thread: of a few, where none is known.
            self._is_brief = moving or (self.bare and self._is_copy)
            work = self._judging(inspection, reading.AT_A_TIME if self._is_brief else total)
            finish(work) if self.bare else self.work.start(work)

    def _judging(self, inspection: Inspection, count: int) -> Slices[str]:
        """Judge so many captchas, and tell how many are right so far."""
        predict = reading.predictor(inspection.problem, inspection.snapshot.parameters)
        right: reading.Right = {}
        for start in range(0, count, reading.AT_A_TIME):
            rows = slice(start, start + reading.AT_A_TIME)
            part = yield partial(reading.judge, predict, self.captchas, rows)
            right = {
                way: np.append(right.get(way, found[:0]), found) for way, found in part.items()
            }
            self.right = right
            self._say()
        return ""

    def _say(self) -> None:
        """Say which share is right, of as many as have been judged, and what is so otherwise."""
        if not self.right:
            self.shares.set_texts("")
            return
        judged = len(self.right["found"])
        off = np.abs(self.captchas.places[:judged] - EQUAL_PARTS).max(axis=1)
        rows = {**self.right, "there": off <= NEAREST}
        words = {name: share_text(int(these.sum()), judged) for name, these in rows.items()}
        long = self.tr("Right: {found} of {count}; in equal parts {equal_parts}, at true places"
                       " {known}")  # fmt: skip
        brief = self.tr("Right: {found} of {count}; in equal parts {equal_parts}")
        if self.way == "equal_parts":
            long = self.tr("Right: {equal_parts} of {count}; {there} have all characters here, to"
                           " four columns")  # fmt: skip
            brief = self.tr("Right: {equal_parts} of {count}; {there} have theirs here")
        number = {"right": words[self.way], "count": count(judged)}
        texts = long, brief, self.tr("Right: {right} of {count}")
        self.shares.set_texts(*(text.format(**words, **number) for text in texts))
