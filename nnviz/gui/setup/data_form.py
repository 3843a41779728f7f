"""The form for the data: which samples, how many, how noisy, how prepared."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import PLANE_FEATURES, split_rows
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import Chip
from nnviz.gui.setup.composed import SeedNumber, SliderNumber
from nnviz.gui.setup.field import object_name
from nnviz.gui.setup.form import Form
from nnviz.gui.setup.ladder import Limits, ladder, linear
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.preview import DataPreview, Facts
from nnviz.gui.setup.sample_box import SampleBox
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.settings import SETTINGS
from nnviz.training.starting_point import opened_from

MOST_TEST_PERCENT = 100 * SETTINGS["data.test_fraction"].range.high


class DataForm(Form):
    """Edits ``experiment.data``; fields a sample does not use are not shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._add_sample()
        self._add_amounts()
        self._add_features()
        self._add_preparation()
        self._add_seed()

    # ----------------------------------------------------------------------------------- building

    def _add_sample(self) -> None:
        self.sample = SampleBox(self.theme)
        self.sample.setAccessibleName(self.tr("Sample"))
        hint = self.tr("What the network learns from.")
        self.add_field("data.sample", "", self.sample, hint)
        self.preview = DataPreview(self.theme)
        self.rows.addWidget(self.preview)
        self.sample.chosen.connect(self._choose_sample)

    def _add_amounts(self) -> None:
        self.row_count = NumberField(
            self.tr("Rows"), Limits.within(SETTINGS["data.rows"].range, ladder((1, 2, 5), 2))
        )
        hint = self.tr("Number of samples. With few of them a large network learns them by heart.")
        self.add_field("data.rows", self.tr("Rows"), self.row_count, hint)
        self.row_count.committed.connect(self._choose_rows)
        self.noise = SliderNumber(
            "data-noise",
            self.tr("Noise"),
            Limits.within(SETTINGS["data.noise"].range, linear(5), "%"),
        )
        hint = self.tr("How far samples stray from the pattern. Noise is what cannot be learned.")
        self.add_field("data.noise", self.tr("Noise"), self.noise, hint)
        self.noise.set_hint(hint)
        self.noise.moved.connect(self._preview_noise)
        self.noise.committed.connect(self._choose_noise)
        self.classes = NumberField(
            self.tr("Classes"), Limits.within(SETTINGS["data.classes"].range)
        )
        hint = self.tr("Number of classes; the network gets an output for each, or one for two.")
        self.add_field("data.classes", self.tr("Classes"), self.classes, hint)
        self.classes.committed.connect(self._choose_classes)

    def _add_features(self) -> None:
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE // 2)
        self.chips = {
            key: Chip(feature.title, self.theme) for key, feature in PLANE_FEATURES.items()
        }
        for key, chip in self.chips.items():
            chip.setObjectName(object_name(f"data.feature.{key}"))
            set_tool_tip(
                chip, self.tr("Give the network {title} as an input.").format(title=chip.text())
            )
            chip.clicked.connect(self._choose_features)
            line.addWidget(chip)
        hint = self.tr(
            "What the network is told about each point: products and squares bend lines."
        )
        self.add_field("data.features", self.tr("Inputs"), box, hint, stacked=True)

    def _add_preparation(self) -> None:
        limits = Limits(0, MOST_TEST_PERCENT, step=linear(5), suffix="%", digits=3)
        self.test_share = SliderNumber("data-test-fraction", self.tr("Test share"), limits)
        hint = self.tr("Share of samples kept back to see whether the network learned the rule.")
        self.add_field("data.test_fraction", self.tr("Test share"), self.test_share, hint)
        self.test_share.set_hint(hint)
        self.test_share.committed.connect(self._choose_test_share)
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * SPACE)
        self.scale_inputs = QCheckBox(self.tr("inputs"))
        self.scale_inputs.setAccessibleName(self.tr("Standardise inputs"))
        self.scale_target = QCheckBox(self.tr("target"))
        self.scale_target.setAccessibleName(self.tr("Standardise target"))
        hint = self.tr(
            "Shift and scale to mean 0 and deviation 1: large numbers slow learning down."
        )
        for name, check in (("inputs", self.scale_inputs), ("target", self.scale_target)):
            set_tool_tip(check, hint)
            check.clicked.connect(self._choose_scaling)
            line.addWidget(check)
            check.setObjectName(f"data-standardize-{name}")
        line.addStretch()
        field = self.add_field("data.standardize", self.tr("Standardise"), box, hint)
        self.fields["data.standardize_inputs"] = field
        self.fields["data.standardize_target"] = field

    def _add_seed(self) -> None:
        self.seed = SeedNumber(
            "data-seed",
            self.tr("Data seed"),
            self.tr("New data"),
            self.tr("Draw new data, and a new split into training and test."),
            self.theme,
        )
        hint = self.tr("The same seed draws the same samples and the same split.")
        self.add_field("data.seed", self.tr("Data seed"), self.seed, hint)
        self.seed.committed.connect(self._choose_seed)

    # ------------------------------------------------------------------------------------ showing

    def _show(self, experiment: Experiment) -> None:
        data, spec = experiment.data, CATALOG[experiment.data.sample]
        dataset = dataset_of(data)
        self.sample.show_name(data.sample)
        self.row_count.show_value(dataset.rows)
        self.noise.show_value(data.noise)
        self.classes.show_value(data.classes)
        self.test_share.show_value(round(100 * data.test_fraction, 6))
        self.scale_inputs.setChecked(data.standardize_inputs)
        self.scale_target.setChecked(data.standardize_target)
        self.seed.show_value(data.seed)
        for key, chip in self.chips.items():
            chip.setChecked(key in data.features)
        for option in ("rows", "noise", "classes"):
            self.fields[f"data.{option}"].setVisible(option in spec.options)
        # The chips speak of x and y; the axes of other planes have names of their own.
        self.fields["data.features"].setVisible(dataset.feature_names == ("x", "y"))
        self.scale_target.setVisible(dataset.task == "regression")
        self._show_preview(experiment, dataset)

    def _show_preview(self, experiment: Experiment, dataset: Dataset) -> None:
        data = experiment.data
        # The generator of the split is the one `Problem` makes, so the counts are the run's own.
        train, test = split_rows(dataset, data.test_fraction, np.random.default_rng([data.seed, 1]))
        inputs = len(data.features) if dataset.is_planar else dataset.features
        self.preview.show_data(
            dataset,
            Facts(train.size, test.size, inputs),
            translated(CATALOG[data.sample].description),
        )

    # ------------------------------------------------------------------------------------- asking

    @Slot(str)
    def _choose_sample(self, key: str) -> None:
        self.propose(lambda e: opened_from(e, key))

    @Slot(float)
    def _choose_rows(self, rows: float) -> None:
        self.propose(lambda e: choices.with_data(e, rows=int(rows)))

    @Slot(float)
    def _preview_noise(self, percent: float) -> None:
        moved = self.experiment.change("data", noise=percent)
        self._show_preview(moved, dataset_of(moved.data))

    @Slot(float)
    def _choose_noise(self, percent: float) -> None:
        self.propose(lambda e: choices.with_data(e, noise=percent))

    @Slot(float)
    def _choose_classes(self, count: float) -> None:
        self.propose(lambda e: choices.with_classes(e, int(count)))

    @Slot()
    def _choose_features(self) -> None:
        keys = [key for key, chip in self.chips.items() if chip.isChecked()]
        self.propose(lambda e: choices.with_features(e, keys))

    @Slot(float)
    def _choose_test_share(self, percent: float) -> None:
        self.propose(lambda e: choices.with_data(e, test_fraction=round(percent / 100, 6)))

    @Slot()
    def _choose_scaling(self) -> None:
        chosen = {
            "standardize_inputs": self.scale_inputs.isChecked(),
            "standardize_target": self.scale_target.isChecked(),
        }
        self.propose(lambda e: choices.with_data(e, **chosen))

    @Slot(float)
    def _choose_seed(self, seed: float) -> None:
        self.propose(lambda e: choices.with_data(e, seed=int(seed)))

    def notes(self) -> tuple[str, ...]:
        """Return the sample's name, for the section's heading."""
        return (self.sample.currentText(),)
