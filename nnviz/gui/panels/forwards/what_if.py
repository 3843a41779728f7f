"""What the network would answer if the chosen sample had other inputs: a slider for each."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import em, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.plain import Label
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange, even_steps
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

MOST_INPUTS = 30
"""More cannot be overlooked."""

_STEPS = 200
"""Of a slider, from the least value in the data to the largest."""

_FIELD = 6
"""Width of a number, in heights of a line."""


def can_move(problem: Problem) -> bool:
    """Return whether a sample's inputs are few enough to be moved one by one."""
    return problem.dataset.image_shape is None and problem.dataset.features <= MOST_INPUTS


class WhatIf(QWidget):
    """The inputs of the chosen sample, to be moved, and what is answered to them."""

    moved = Signal(object)
    """The person moved the sample: its inputs in the data's own units; None for back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forward-what-if")
        self._shown: list[float] = []
        self._sliders: list[QSlider] = []
        self._fields: list[NumberField] = []
        self.answer = ElidedLabel(self)
        self.answer.setObjectName("forward-what-if-answer")
        self.answer.setFont(strong_font())
        tip = self.tr("Give the sample its own inputs again.")
        self.back = SmallButton(self.tr("Back to the sample"), tip, self)
        self.back.setObjectName("forward-what-if-back")
        self.back.clicked.connect(self._go_back)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        heading = filled(QHBoxLayout(), self.answer, self.back, spacing=SPACE, wide=self.answer)
        filled(QVBoxLayout(self), heading, self._area, spacing=SPACE // 2, wide=self._area)

    def begin(self, problem: Problem) -> None:
        """Offer a slider for each input, over the range that the data have."""
        inputs, rows = problem.dataset.inputs, QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, SPACE, 0)
        self._shown, self._sliders, self._fields = [], [], []
        for place, name in enumerate(map(translated, problem.dataset.feature_names)):
            low, high = float(inputs[:, place].min()), float(inputs[:, place].max())
            step = 10.0 ** np.floor(np.log10((high - low) or 1.0)) / 10
            numbers = NumberRange(min(low, high - 1e-9), high, step=even_steps(step))
            slider, field = QSlider(Qt.Orientation.Horizontal), NumberField(name, numbers)
            slider.setRange(0, _STEPS)
            slider.setAccessibleName(name)
            field.setFixedWidth(em(self, _FIELD))
            slider.valueChanged.connect(self._take_sliders)
            field.committed.connect(self._take_fields)
            field.refused.connect(self._refuse)
            for column, part in enumerate((small(Label(name), "text"), slider, field)):
                part.setProperty("place", place)
                part.setObjectName(f"forward-input-{place}-{('name', 'slider', 'value')[column]}")
                grid.addWidget(part, place, column)
            self._sliders.append(slider)
            self._fields.append(field)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self._fields), 1)
        self._area.setWidget(rows)

    def show_moment(self, inspection: Inspection, row: int) -> None:
        """Show where the sample is, and what is answered there and where it belongs."""
        self._shown = [float(value) for value in inspection.raw_inputs(row)]
        for value, slider, field in zip(self._shown, self._sliders, self._fields, strict=True):
            low, high = field.numbers.low, field.numbers.high
            with QSignalBlocker(slider):
                slider.setValue(round(_STEPS * (value - low) / (high - low)))
            field.show_value(float(f"{value:.4g}"))
        problem, is_moved = inspection.problem, inspection.moved is not None
        unmoved = inspection.trace(problem.dataset.inputs[row : row + 1])[-1].a
        there, here = (
            _answer(problem, each) for each in (inspection.sample_trace(row)[-1].a, unmoved)
        )
        number = sample_number(inspection, row)
        said, brief = self.tr("Sample {number}: {answer}"), "{answer}"
        if is_moved:
            said = self.tr("Sample {number}: {answer}; before, {unmoved}")
            brief = self.tr("{answer}; before, {unmoved}")
        words = {"number": number, "answer": there, "unmoved": here}
        self.answer.set_texts(said.format(**words), brief.format(**words))
        self.back.setEnabled(is_moved)

    @Slot()
    def _take_sliders(self) -> None:
        """Take the one that was moved: the others are as exact as they were."""
        place = int(self.sender().property("place"))
        numbers = self._fields[place].numbers
        share = self._sliders[place].value() / _STEPS
        self._move(place, float(f"{numbers.low + share * (numbers.high - numbers.low):.4g}"))

    @Slot(float)
    def _take_fields(self, value: float) -> None:
        self._move(int(self.sender().property("place")), value)

    def _move(self, place: int, value: float) -> None:
        self._shown[place] = value
        self.moved.emit(tuple(self._shown))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        if sentence:
            self.answer.set_texts(sentence)

    @Slot()
    def _go_back(self) -> None:
        self.moved.emit(None)


def _answer(problem: Problem, outputs: FloatArray) -> str:
    """Return the class the network decides for and its outputs, or the number it predicts."""
    values = problem.decode_outputs(outputs)[0]
    if problem.dataset.task == "regression":
        return short(float(values[0]))
    label = int(problem.decide(outputs)[0])
    name = translated(problem.dataset.class_names[label])
    return f"{name} ({short(float(values[label if len(values) > 1 else 0]))})"
