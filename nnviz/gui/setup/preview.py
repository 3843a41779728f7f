"""The card that shows what the chosen data look like, with the facts beside the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.datasets.dataset import Dataset
from nnviz.gui.look import numbers
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.setup.data_picture import color_ramp, discs, picture_of
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_SIDE = 6.75
"""Heights of a line of text that the picture's side has."""

_NAMED = 3
"""Classes with a line each; of more the first two have one, and the others a disc."""


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
        self._facts = [ElidedLabel(), *(small(ElidedLabel()) for _ in range(2))]
        self._keys = [(Label(), small(ElidedLabel())) for _ in range(_NAMED)]
        self._ramp = Label()
        self._ramp.setScaledContents(True)
        self._ramp.setFixedHeight(em(self, 0.375))
        self._ramp.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lay_out()

    def restyle(self) -> None:
        """Paint again in other colours."""
        if self._dataset is not None:
            self._draw(self._dataset)

    def show_data(
        self, dataset: Dataset, train: int, test: int, inputs: int, description: str = ""
    ) -> None:
        """Show a data set; the picture is painted anew only if it is another one.

        Parameters
        ----------
        dataset, description
            What is seen, and what the tool tip says of it.
        train, test
            Rows on each side of the split.
        inputs
            Number of the network's inputs.
        """
        lines = self._lines(dataset.rows, train, test, inputs)
        for label, line in zip(self._facts, lines, strict=True):
            label.set_texts(line)
        set_tool_tip(self, description)
        self.setAccessibleDescription(" ".join((*lines, description)))
        if dataset is not self._dataset:
            self._dataset = dataset
            self._draw(dataset)

    # ------------------------------------------------------------------------------------ inside

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(1)
        for label in self._facts:
            column.addWidget(label)
        column.addSpacing(SPACE // 2)
        for mark, name in self._keys:
            key = QHBoxLayout()
            key.setSpacing(SPACE // 2)
            key.addWidget(mark)
            key.addWidget(name, 1)
            column.addLayout(key)
        column.addWidget(self._ramp)
        column.addStretch()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE + SPACE // 2)
        line.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column, 1)

    def _lines(self, rows: int, train: int, test: int, inputs: int) -> tuple[str, str, str]:
        count = numbers.count
        split = self.tr("{train} train · {test} test") if test else self.tr("all for training")
        known = self.tr("1 input") if inputs == 1 else self.tr("{count} inputs")
        return (
            self.tr("{count} samples").format(count=count(rows)),
            split.format(train=count(train), test=count(test)),
            known.format(count=count(inputs)),
        )

    def _draw(self, dataset: Dataset) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(picture_of(dataset, self.theme, self._side, 6, ratio))
        classes = dataset.task == "classification"
        lines = self._class_lines(dataset) if classes else self._target_lines(dataset)
        for (mark, name), (colors, text) in zip(self._keys, lines, strict=True):
            mark.setVisible(bool(colors))
            if colors:
                mark.setPixmap(discs(colors, em(self, 0.5), ratio))
            name.set_texts(text)
            name.setVisible(bool(text))
        self._ramp.setVisible(not classes and dataset.is_planar)
        self._ramp.setPixmap(color_ramp(self.theme))

    def _class_lines(self, dataset: Dataset) -> list[tuple[list[str], str]]:
        """Return a class' colour and name for each line; the last may have several colours."""
        names = [translated(name) for name in dataset.class_names]
        colors = [self.theme.class_color(label) for label in range(len(names))]
        if len(names) > _NAMED:
            return [([colors[0]], names[0]), ([colors[1]], names[1]), (colors[2:], "")]
        lines = [([color], name) for color, name in zip(colors, names, strict=True)]
        return lines + [([], "")] * (_NAMED - len(lines))

    def _target_lines(self, dataset: Dataset) -> list[tuple[list[str], str]]:
        """Return the target's name, and its range."""
        name = translated(dataset.target_name)
        unit = translated(dataset.target_unit) if dataset.target_unit else ""
        title = self.tr("{name} ({unit})").format(name=name, unit=unit) if unit else name
        low, high = float(dataset.targets.min()), float(dataset.targets.max())
        ends = self.tr("{low} to {high}")
        ends = ends.format(low=numbers.short(low), high=numbers.short(high))
        return [([], title), ([], ends), ([], "")]
