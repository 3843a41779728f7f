"""What the network would answer if the chosen sample had other inputs: slid or typed."""

from __future__ import annotations

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
from nnviz.gui.look.style import em, small_font, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import sample_number
from nnviz.gui.plain import Label
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

MOST_INPUTS = 30
"""More cannot be overlooked."""

_STEPS = 200
"""Of a slider, from the least value in the data to the largest."""

_LARGEST = 1e9

_NUMBER = 4.5
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
        self._inputs: list[tuple[QSlider, NumberField, float, float]] = []
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
        self._inputs = []
        for place, name in enumerate(map(translated, problem.dataset.feature_names)):
            low, high = float(inputs[:, place].min()), float(inputs[:, place].max())
            slider = QSlider(Qt.Orientation.Horizontal)
            number = NumberField(name, NumberRange(-_LARGEST, _LARGEST))
            slider.setRange(0, _STEPS)
            slider.setAccessibleName(name)
            slider.valueChanged.connect(self._move)
            number.committed.connect(self._type)
            number.refused.connect(self._refuse)
            for control, key in ((slider, "input"), (number, "number")):
                control.setObjectName(f"forward-{key}-{place}")
                control.setProperty("place", place)
            number.set_plain()
            number.setFont(small_font())
            number.setFixedWidth(em(self, _NUMBER))
            for column, part in enumerate((small(Label(name), "text"), slider, number)):
                grid.addWidget(part, place, column)
            self._inputs.append((slider, number, low, (high - low) or 1.0))
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self._inputs), 1)
        self._area.setWidget(rows)

    def show_moment(self, inspection: Inspection, row: int) -> None:
        """Show where the sample is, and what is answered there and where it belongs."""
        self._shown = [float(value) for value in inspection.raw_inputs(row)]
        for value, (slider, number, low, span) in zip(self._shown, self._inputs, strict=True):
            with QSignalBlocker(slider):
                slider.setValue(round(_STEPS * (value - low) / span))
            number.show_value(float(f"{value:.4g}"))
        problem, said, brief = inspection.problem, self.tr("Sample {number}: {answer}"), "{answer}"
        if inspection.moved is not None:
            said = self.tr("Sample {number}: {answer}; before, {unmoved}")
            brief = self.tr("{answer}; before, {unmoved}")
        unmoved = inspection.trace(problem.dataset.inputs[row : row + 1])[-1].a
        words = {
            "number": sample_number(inspection, row),
            "answer": _answer(problem, inspection.sample_trace(row)[-1].a),
            "unmoved": _answer(problem, unmoved),
        }
        texts = [text.format(**words) for text in (said, brief, "{answer}")]
        self.answer.set_texts(*texts)
        self.back.setEnabled(inspection.moved is not None)

    @Slot(int)
    def _move(self, step: int) -> None:
        """Move one input; the others are as exact as they were."""
        _, _, low, span = self._inputs[self.sender().property("place")]
        self._type(float(f"{low + span * step / _STEPS:.4g}"))

    @Slot(float)
    def _type(self, value: float) -> None:
        self._shown[self.sender().property("place")] = value
        self.moved.emit(tuple(self._shown))

    @Slot(str)
    def _refuse(self, refusal: str) -> None:
        if refusal:
            self.answer.set_texts(refusal)

    @Slot()
    def _go_back(self) -> None:
        self.moved.emit(None)


def _answer(problem: Problem, outputs: FloatArray) -> str:
    """Return the class the network decides for and its output, or the number it predicts."""
    values = problem.decode_outputs(outputs)[0]
    if problem.dataset.task == "regression":
        return short(float(values[0]))
    label = int(problem.decide(outputs)[0])
    name = translated(problem.dataset.class_names[label])
    return f"{name} ({short(float(values[label if len(values) > 1 else 0]))})"
