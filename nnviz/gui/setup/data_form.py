"""The form for the data: which samples, how many, how noisy, how prepared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.own.recipe import OWN
from nnviz.gui.look.texts import translated
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.composed import SliderNumber
from nnviz.gui.setup.preview import DataPreview
from nnviz.gui.setup.sample_box import SampleBox
from nnviz.gui.setup.settings_form import SettingsForm
from nnviz.training.experiment import Experiment
from nnviz.training.problem import dataset_of
from nnviz.training.setting import Setting

_SHOWN = (
    *("data.sample", "data.rows", "data.noise", "data.classes", "data.grid", "data.features"),
    *("data.test_fraction", "data.validation_fraction", "data.split"),
    *("data.standardize_inputs", "data.standardize_target", "data.seed"),
)


class DataForm(SettingsForm):
    """Edits ``experiment.data``; fields a sample does not use are not shown."""

    sample_wanted = Signal(str)
    """A sample is to be opened whose file has not been read: its key."""

    look_wanted = Signal()
    """The person's own file is to be looked at again."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__("data", title, _SHOWN, parent=parent)
        self.preview = DataPreview(self.body)
        self.rows.insertWidget(1, self.preview)
        self.look_again = QPushButton(self.tr("Look at the file again…"), self.body)
        self.look_again.setObjectName("data-look-again")
        self.look_again.setAccessibleName(self.look_again.text())
        tip = self.tr("See how the file is read, and change it; Undo brings back what was before.")
        set_tool_tip(self.look_again, tip)
        self.look_again.clicked.connect(self.look_wanted)
        self.rows.insertWidget(2, self.look_again)
        noise = self.fields["data.noise"].control
        assert isinstance(noise, SliderNumber)
        noise.moved.connect(self._preview_noise)

    def ask(self, path: str, value: Any) -> None:
        """Ask for a value of a setting; for a sample whose file takes long to read, by name."""
        if path == "data.sample" and value == OWN:
            return  # it is there only while it is what is open
        if path == "data.sample" and not CATALOG[value].is_read():
            self.sample_wanted.emit(value)
        else:
            super().ask(path, value)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted."""
        box, own = self.fields["data.sample"].control, experiment.data.file
        assert isinstance(box, SampleBox)
        box.own_title = "" if own is None else experiment.data.spec.title
        super().show_experiment(experiment)
        self.look_again.setVisible(own is not None)
        self.preview.show_data(experiment.data)

    def shows(self, setting: Setting, experiment: Experiment) -> bool:
        """Return whether a setting is of any use with this sample."""
        if setting.path == "data.features":
            # The chips speak of x and y; the axes of other planes have names of their own.
            return dataset_of(experiment.data).feature_names == ("x", "y")
        if setting.path == "data.standardize_target":
            return dataset_of(experiment.data).task == "regression"
        if setting.path == "data.validation_fraction":
            # Where something is chosen by it; elsewhere it would only be one slider more.
            training, share = experiment.training, experiment.data.validation_fraction
            waits = training.stop_when == "validation_loss_rises"
            return share > 0 or waits or training.schedule == "plateau"
        return super().shows(setting, experiment)

    def value_of(self, setting: Setting, experiment: Experiment) -> Any:
        """Return what a setting's control shows: of rows, how many there are."""
        if setting.path == "data.rows":
            return dataset_of(replace(experiment.data, points=())).rows
        return super().value_of(setting, experiment)

    def notes(self) -> tuple[str, ...]:
        """Return the sample's name, for the section's heading."""
        return (translated(self.experiment.data.spec.title),)

    @Slot(float)
    def _preview_noise(self, percent: float) -> None:
        self.preview.show_data(self.experiment.change("data", noise=percent).data)
