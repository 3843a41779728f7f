"""What the network would answer if the chosen sample had other inputs: slid or typed."""

from __future__ import annotations

import math
from functools import partial

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

from nnviz.datasets.dataset import Category
from nnviz.engine.arrays import FloatArray
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import percent, short
from nnviz.gui.look.style import em, small_font, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.units import date_orders, is_date_target, sample_number, target_text
from nnviz.gui.panels.samples.columns import category_titles
from nnviz.gui.widgets.buttons import SmallButton
from nnviz.gui.widgets.choice_box import ViewChoice
from nnviz.gui.widgets.date_field import DateField
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import gives_probabilities
from nnviz.training.problem import Problem
from nnviz.training.saliency import class_outputs

MOST_INPUTS = 200
"""More would take long to be made, and cannot be overlooked."""

_STEPS = 200
"""Of a slider, from the least value in the data to the largest."""

_LARGEST = 1e9

_MOST_CLASSES = 10
"""That an answer names with what speaks for them."""

_NUMBER, _DATE = 4.5, 5.4
"""Widths of a number and of a date, in heights of a line."""


def can_move(problem: Problem) -> bool:
    """Return whether a sample's inputs are few enough to be moved one by one."""
    return problem.dataset.image_shape is None and len(problem.dataset.fields) <= MOST_INPUTS


class WhatIf(QWidget):
    """The inputs of the chosen sample, to be moved, and what is answered to them."""

    moved = Signal(object)
    """The person moved the sample: its inputs in the data's own units; None for back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("forward-what-if")
        self._shown: list[float] = []
        self._answers, self._refusal = list[str](), ""
        self._problem: Problem | None = None
        self._numbers: dict[int, tuple[QSlider, NumberField, float, float]] = {}
        self._words: dict[int, tuple[Category, ViewChoice]] = {}
        self.answer = ElidedLabel(self)
        self.answer.setObjectName("forward-what-if-answer")
        self.answer.setFont(strong_font())
        tip = self.tr("Give the sample its own inputs again.")
        self.back = SmallButton(self.tr("Back to the sample"), tip, self)
        self.back.setObjectName("forward-what-if-back")
        self.back.clicked.connect(self._go_back)
        self.shares = small(ElidedLabel(self), "text")
        self.shares.setObjectName("forward-what-if-shares")
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        heading = filled(QHBoxLayout(), self.answer, self.back, spacing=SPACE, wide=self.answer)
        parts = heading, self.shares, self._area
        filled(QVBoxLayout(self), *parts, spacing=SPACE // 2, wide=self._area)

    def begin(self, problem: Problem) -> None:
        """Get ready for a run: its controls are made when they are first seen."""
        self._problem = problem
        self._area.setWidget(QWidget())

    def _build(self, problem: Problem) -> None:
        """Make a slider for each number, over the range that the data have, and lists of words."""
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, SPACE, 0)
        self._problem, self._numbers, self._words = None, {}, {}
        for line, field in enumerate(problem.dataset.fields):
            if isinstance(field, Category):
                name, controls = field.name, self._word_controls(field)
            else:
                name = translated(problem.dataset.feature_names[field])
                controls = self._number_controls(problem, field, name)
            label = small(ElidedLabel(), "text")
            label.set_texts(name)
            grid.addWidget(label, line, 0)
            for column, control in enumerate(controls, 1):
                grid.addWidget(control, line, column, 1, 3 - len(controls))
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        grid.setRowStretch(len(problem.dataset.fields), 1)
        self._area.setWidget(rows)

    def _number_controls(self, problem: Problem, place: int, name: str) -> tuple[QWidget, ...]:
        values = problem.dataset.inputs[:, place]
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        slider = QSlider(Qt.Orientation.Horizontal)
        number = NumberField(name, NumberRange(-_LARGEST, _LARGEST))
        dates = date_orders(problem)
        if place in dates:
            number = DateField(name, dates[place])
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
        number.setFixedWidth(em(self, _DATE if dates else _NUMBER))
        self._numbers[place] = slider, number, low, (high - low) or 1.0
        return slider, number

    def _word_controls(self, category: Category) -> tuple[QWidget, ...]:
        words = ViewChoice(f"forward-words-{category.start}", category.name, self)
        words.offer({str(i): title for i, title in enumerate(category_titles(category))})
        words.setProperty("place", category.start)
        words.chosen.connect(self._choose)
        self._words[category.start] = category, words
        return (words,)

    def show_moment(self, inspection: Inspection, row: int) -> None:
        """Show where the sample is, and what is answered there and where it belongs."""
        if self._problem is not None:
            self._build(self._problem)
        inputs = inspection.raw_inputs(row)
        self._shown = [float(value) for value in inputs]
        for category, box in self._words.values():
            box.show_value(str(category.shown_in(inputs)))
        for place, (slider, number, low, span) in self._numbers.items():
            value = self._shown[place]
            with QSignalBlocker(slider):
                slider.setValue(round(_STEPS * (value - low) / span))
            number.show_value(_shown(value))
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
        self._answers = [text.format(**words) for text in (said, brief, "{answer}")]
        self.answer.set_texts(*self._answers)
        self.back.setEnabled(inspection.moved is not None)
        shares = _shares(problem, inspection.sample_trace(row)[-1].a)
        self.shares.setVisible(bool(shares))
        self.shares.set_texts(shares)

    @Slot(int)
    def _move(self, step: int) -> None:
        """Move one input; the others are as exact as they were."""
        _, _, low, span = self._numbers[self.sender().property("place")]
        self._type(round(low + span * step / _STEPS, 3 - math.floor(math.log10(span))))

    @Slot(float)
    def _type(self, value: float) -> None:
        self._shown[self.sender().property("place")] = value
        self.moved.emit(tuple(self._shown))

    @Slot(str)
    def _choose(self, title: str) -> None:
        category, _ = self._words[self.sender().property("place")]
        own = slice(category.start, category.start + category.inputs)
        self._shown[own] = category.encoded(int(title)).tolist()
        self.moved.emit(tuple(self._shown))

    @Slot(str)
    def _refuse(self, refusal: str) -> None:
        if refusal != self._refusal:
            self._refusal = refusal
            self.answer.set_texts(*([refusal] if refusal else self._answers))

    @Slot()
    def _go_back(self) -> None:
        self.moved.emit(None)


def _shown(value: float) -> float:
    """Return a value as it was typed, or is in a file; not all digits of one that was drawn."""
    whole = float(f"{value:.9g}")
    return whole if whole == value else float(f"{value:.6g}")


def _answer(problem: Problem, outputs: FloatArray) -> str:
    """Return the class the network decides for and its output, or the number it predicts."""
    values = problem.decode_outputs(outputs)[0]
    if problem.dataset.task == "regression":
        unit = "" if is_date_target(problem) else translated(problem.dataset.target_unit)
        return f"{target_text(problem, float(values[0]))} {unit}".strip()
    label = int(problem.decide(outputs)[0])
    name = translated(problem.dataset.class_names[label])
    return f"{name} ({short(float(values[label if len(values) > 1 else 0]))})"


def _shares(problem: Problem, outputs: FloatArray) -> str:
    """Return what speaks for each class, most first; "" where there are none."""
    if problem.dataset.task == "regression":
        return ""
    shares = class_outputs(problem, outputs)[0].tolist()
    written = partial(percent, step=0.001) if gives_probabilities(problem) else short
    names = [*map(translated, problem.dataset.class_names)]
    order = sorted(range(len(names)), key=lambda label: -shares[label])[:_MOST_CLASSES]
    return "   ".join(f"{names[label]} {written(shares[label])}" for label in order)
