"""One picture and what the network takes it for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.pictures import Pixels, in_color, picture_of
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.drawing import DrawingPad
from nnviz.gui.plots.chart import Chart, Names
from nnviz.gui.plots.heat_map import PixelChart
from nnviz.gui.plots.share_bars import ShareBars
from nnviz.gui.plots.still_plot import StillPlot
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.idle import READ_SECONDS
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.saliency import class_outputs

_TALLEST_BAR = 3.0
"""Of a class' line, in heights of a line of text."""

_LEAST_BARS = 7
"""Width of the bars beside the picture, with names of little width, in heights of a line."""

_LONG_BARS = 1.6
"""A picture has to be so many times as large beside short bars; a pad has only to be larger."""

_SEEN, _LEAST_SEEN = 5.2, 2.0
"""Width of what the network is given of a drawing, where there is room, and the least."""

_UNNAMED = "\N{FIGURE SPACE}"
"""Below an empty pad, which is as large as one whose drawing is answered."""


@guarded
class SampleImage(OutputView):
    """The chosen sample as a picture, and a bar for every class."""

    name = "sample"
    title = str(QT_TRANSLATE_NOOP("SampleImage", "Sample"))
    hint = str(
        QT_TRANSLATE_NOOP("SampleImage", "The chosen picture and what the network takes it for.")
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture, self.bars = PixelChart(), Chart(right=True)
        self.plot = StillPlot([self.picture])
        self.set_content(self.plot)
        self.outputs: NDArray[np.floating] = np.empty(0)
        """What speaks for each class; a single output speaks for the second."""
        self.decided = -1
        self.names: tuple[str, ...] = ()
        self._pictured: object = None
        self.bars.labelled = frozenset({"left", "right"})
        self._shares = self.bars.add(ShareBars())
        self.bars.moving.append(self._shares)
        self.plot.resized.connect(self._arrange)
        self.plot.idle.idle.connect(self._show_values)
        for key, text, tip, step in (
            ("back", "‹", self.tr("Go to the sample before (left arrow)."), -1),
            ("on", "›", self.tr("Go to the next sample (right)."), +1),
        ):
            button = SmallButton(text, tip, self)
            button.setAccessibleName(tip)
            button.setProperty("step", step)
            button.clicked.connect(self._on_step)
            self.add_button(key, button)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drawing = DrawingPad(self)

    def prepare(self, problem: Problem) -> None:
        """Name the classes and forget the last sample."""
        self.outputs, self.decided = np.empty(0), -1
        self._pictured = None
        self.plot.idle.reset()
        self.names = tuple(translated(name) for name in problem.dataset.class_names)
        self._color_bars()
        self._shares.show_shares(np.zeros(len(self.names)), -1)
        height, width = problem.dataset.image_shape or (1, 1)
        self.picture.set_ranges((0.0, width), (0.0, height))
        lines = -0.5, len(self.names) - 0.5
        self.bars.set_ranges((0.0, 1.0), lines, right=lines)
        self.bars.axes["left"].set_names(self.names[::-1])
        self.drawing.begin(problem)

    def take(self, inspection: Inspection) -> None:
        """Draw the chosen sample and the answer to it."""
        problem, theme, drawing = inspection.problem, self.theme, self.drawing
        drawing.follow(inspection, self.row)
        answer = inspection.sample_trace(self.row)[-1].a
        low = -1.0 if problem.plus_minus else 0.0
        self.outputs = class_outputs(problem, answer)[0]
        self.decided = int(problem.decide(answer)[0])
        drawing.guess(self.decided)
        unit, neuron = self._unit_picture(inspection), self.hovered
        named = _UNNAMED if drawing.is_empty else self.verdict()
        if unit is not None and neuron is not None:
            named = unit_name(problem, neuron.layer + 1, neuron.unit)
        pictured = self.row, inspection.moved, drawing.is_empty, named, theme
        if unit is not None or pictured != self._pictured:
            if unit is None:
                self.plot.idle.reset()  # what is chosen has its numbers at once
            self._pictured = pictured if unit is None else None
            inputs = inspection.raw_inputs(self.row)
            pixels = picture_of(problem, inputs, theme) if unit is None else unit
            drawing.seen.show_pixels(pixels, Names(title=self.tr("seen as")))
            drawing.seen.cells.setVisible(not drawing.is_empty)
            self.picture.show_pixels(pixels, Names(named), shape=problem.dataset.image_shape)
        self._show_bars(low)

    def _show_bars(self, low: float) -> None:
        """Show a bar for every class and a frame around that of the true class.

        Outputs are `low` at least; of an empty pad there are none.
        """
        empty = self.drawing.is_empty
        shares = np.clip((self.outputs - low) / (1.0 - low), 0.0, 1.0) * (not empty)
        self._shares.show_shares(shares, -1 if empty else self._truth())
        self.plot.idle.update()
        if self.plot.idle.due("values", READ_SECONDS):
            self._show_values()

    @Slot()
    def _show_values(self) -> None:
        """Write the outputs beside the bars."""
        empty = self.drawing.is_empty
        values = ["" if empty else fixed(output, 0.001) for output in self.outputs.tolist()]
        self.bars.axes["right"].set_names(values[::-1])
        self.bars.settle()

    def _unit_picture(self, inspection: Inspection) -> Pixels | None:
        """Return the map that is pointed at, or what a neuron weighs the pixels with, in colours.

        None where the pointer is on nothing that has a picture.
        """
        neuron, problem = self.hovered, inspection.problem
        if neuron is None or neuron.layer < 0:
            return None
        shape, values = problem.shapes[neuron.layer + 1], None
        if len(shape) == 3:
            maps = inspection.sample_trace(self.row)[neuron.layer].a[0].reshape(shape)
            values = maps[[neuron.unit // (shape[1] * shape[2])]]
        elif neuron.layer == 0 and inspection.weights(0).size:
            values = inspection.weights(0)[neuron.unit].reshape(problem.dataset.picture_shape)
        if values is None:
            return None
        largest = float(np.abs(values).max(initial=0.0)) or 1.0
        if len(values) > 1:
            return in_color(values, -largest, largest)
        return self.theme.diverging(values[0], largest)

    def restyle(self) -> None:
        """Draw in the colours there are now."""
        self._pictured = None
        self._color_bars()
        super().restyle()

    def _color_bars(self) -> None:
        theme, labels = self.theme, range(len(self.names))
        self._shares.set_colors([*map(theme.class_color, labels)], theme.grid, theme.text)

    @Slot()
    def _arrange(self) -> None:
        """Put the bars beside or below the picture, as gives it more room.

        Beside a pad is what the network is given of it, if need be not: its input shows that too.
        """
        width, height, line = self.plot.width(), self.plot.height(), self.picture.line_height
        bars, told = line * max(1, len(self.names)), 1.5 * line
        longest = max(map(self.bars.axes["left"].width_of, self.names), default=0.0)
        column = max(_LEAST_BARS * line + 1, longest + (_LEAST_BARS - 1) * line)
        seen, draws = _SEEN * line * self.drawing.has_brush, self.drawing.has_brush
        (_, columns), (_, rows) = self.picture.shown
        beside = min((width - column - SPACE) / columns, (height - told) / rows)
        above = min((width - seen - SPACE * draws) / columns, (height - bars - 2 * told) / rows)
        is_beside = beside >= (above if draws else _LONG_BARS * above)
        unit = max(beside if is_beside else above, 1.0 / columns)
        wide, high, left = unit * columns, unit * rows, 0.0
        top = high + told + SPACE
        if is_beside:
            seen = min(seen, height - bars - told)
            left, top = wide + SPACE, seen + told if seen > _LEAST_SEEN * line else 0.0
        boxes: dict[Chart, QRectF] = {
            self.picture: QRectF(0, 0, wide if draws or left else width, high + told),
            self.bars: QRectF(left, top, width - left, min(height - top, _TALLEST_BAR * bars)),
        }
        if seen > _LEAST_SEEN * line:
            boxes[self.drawing.seen] = QRectF(wide + SPACE, 0, seen, seen + told)
        self.plot.place(boxes)

    def follow_drawing(self) -> None:
        """Show what there is room and use for while one draws, and while one does not."""
        drawing = self.drawing
        for key in ("back", "on"):
            self._buttons[key].setVisible(not drawing.has_brush)
        self._show_legend()
        self._arrange()

    @Slot()
    def _on_step(self) -> None:
        self._go(self.sender().property("step"))

    def event(self, event: QEvent) -> bool:
        """Keep Undo from the window while one draws: there it takes a stroke back."""
        is_key = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if event.type() is QEvent.Type.ShortcutOverride and is_key and self.drawing.is_on:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the samples; Undo takes a stroke back."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: +1}.get(Qt.Key(event.key()))
        if self.drawing.is_on and event.matches(QKeySequence.StandardKey.Undo):
            self.drawing.take_back()
        elif step is None or self.drawing.has_brush:
            super().keyPressEvent(event)
        else:
            self._go(step)

    def _go(self, step: int) -> None:
        if self.problem is None:
            return
        rows = self.problem.rows
        ahead = rows[rows > self.row] if step > 0 else rows[rows < self.row][::-1]
        self.row_chosen.emit(int(ahead[0] if ahead.size else rows[0 if step > 0 else -1]))

    def _truth(self) -> int:
        """Return the sample's class; −1 of a drawing, whose truth nobody knows."""
        moment = self.inspection
        if moment is None or moment.moved is not None:
            return -1
        return int(moment.problem.labels[self.row])

    def verdict(self) -> str:
        """Return what the network says of the sample, and what it is."""
        truth = self._truth()
        if self.decided < 0:
            return ""
        said = self.tr("predicted {decided} ✗, actual {true}")
        if truth in (-1, self.decided):
            said = self.tr("predicted {decided} ✓")
        if truth < 0:
            said = self.tr("predicted {decided}")
        return said.format(decided=self.names[self.decided], true=self.names[truth])

    def legend(self) -> list[LegendEntry]:
        """Return what the frame around a bar says."""
        if self.drawing.is_on:
            return []  # its buttons take the room
        return [LegendEntry(self.tr("actual class"), self.theme.text, "frame")]

    def describe(self, inspection: Inspection) -> str:
        """Return what the network takes the sample for."""
        said = self.tr("After {epoch} epochs, sample {row}: {verdict}, an output of {value}.")
        if self._truth() < 0:
            said = self.tr("After {epoch} epochs, the drawing: {verdict}, an output of {value}.")
        return said.format(
            epoch=count(inspection.epoch),
            row=count(self.row + 1),
            verdict=self.verdict(),
            value=fixed(float(self.outputs[self.decided]), 0.001),
        )
