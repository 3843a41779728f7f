"""The card that shows what the chosen data look like, with the facts beside the picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.kinds import date_text
from nnviz.gui.look import numbers
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.look.units import predicts_dates
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.plots.legend import LegendEntry, LegendRow
from nnviz.gui.widgets.data_picture import picture_of
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.experiment import DataChoice
from nnviz.training.points import parts_with_points
from nnviz.training.problem import PartName, dataset_of
from nnviz.training.splits import split_of, without_gaps

_SIDE = 6.75
"""Heights of a line of text that the picture's side has."""


@guarded
class DataPreview(Themed, QWidget):
    """A picture of the data, their number, and what the colours mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self.setObjectName("data-preview")
        self.setAccessibleName(self.tr("Picture of the data"))
        self._side = em(self, _SIDE)
        self._picture = Label()
        self._picture.setFixedSize(self._side, self._side)
        self._facts = [ElidedLabel(), *(small(ElidedLabel()) for _ in range(4))]
        self._legend = LegendRow(lines=3)
        column = filled(QVBoxLayout(), *self._facts, self._legend, None, spacing=1)
        line = filled(QHBoxLayout(self), spacing=SPACE + SPACE // 2)
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column, 1)

    def restyle(self) -> None:
        """Paint again in other colours."""
        if self._dataset is not None:
            self._draw(self._dataset)

    def show_data(self, data: DataChoice) -> None:
        """Show a choice of data; the picture is painted anew only if it is of other samples."""
        dataset, samples = dataset_of(data), dataset_of(dataclasses.replace(data, points=()))
        split = split_of(data, samples)
        dataset = without_gaps(dataset, split["train"])
        parts = parts_with_points(split, samples, data.points)
        if data.points:  # those deleted are in no part
            kept = np.sort(np.concatenate([*parts.values()]))
            inputs, targets = dataset.inputs[kept], dataset.targets[kept]
            dataset = dataclasses.replace(dataset, inputs=inputs, targets=targets)
        lines = self._lines(data, dataset, {part: index.size for part, index in parts.items()})
        for label, line in zip(self._facts, lines, strict=True):
            label.set_texts(line)
            label.setVisible(bool(line))
        description = translated(data.spec.description)
        set_tool_tip(self, description)
        self.setAccessibleDescription(" ".join((*filter(None, lines), description)))
        if dataset is not self._dataset:
            self._dataset = dataset
            self._draw(dataset)

    def _lines(self, data: DataChoice, dataset: Dataset, sizes: dict[PartName, int]) -> list[str]:
        """Return how many samples and inputs there are, and what is to be told."""
        inputs = len(data.features) if dataset.is_planar else dataset.features
        count = numbers.count
        split = self.tr("all for training")
        if sizes["validation"]:
            split = self.tr("{train} train · {validation} val. · {test} test")
        elif sizes["test"]:
            split = self.tr("{train} train · {test} test")
        known = self.tr("1 input") if inputs == 1 else self.tr("{count} inputs")
        lines = [
            self.tr("{count} samples").format(count=count(sum(sizes.values()))),
            split.format(**{part: count(size) for part, size in sizes.items()}),
            known.format(count=count(inputs)),
        ]
        if dataset.task == "classification":
            return [*lines, "", ""]
        name, unit = translated(dataset.target_name), dataset.target_unit
        write: Callable[[float], str] = numbers.short
        if predicts_dates(data):
            unit, write = "", partial(date_text, order="ymd")
        if unit:
            name = self.tr("{name} ({unit})").format(name=name, unit=translated(unit))
        low, high = (write(float(end(dataset.targets))) for end in (np.min, np.max))
        return [*lines, name, self.tr("{low} to {high}").format(low=low, high=high)]

    def _draw(self, dataset: Dataset) -> None:
        theme = self.theme
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(picture_of(dataset, theme, self._side, 6, ratio))
        entries: list[LegendEntry] = []
        if dataset.task == "classification":
            entries = [
                LegendEntry(translated(name), theme.class_color(label), "disc")
                for label, name in enumerate(dataset.class_names)
            ]
        elif dataset.is_planar:
            entries = [LegendEntry("", theme.negative, "gradient", theme.positive)]
        self._legend.show_entries(entries, firm=0)
