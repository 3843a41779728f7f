"""Addresses of TensorFlow Playground, pasted and copied."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.plain import text_dialog
from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.storage.playground import PLAYGROUND, address_of, experiment_of

_CHARACTERS = 70
"""How much of an address is seen."""


class Playground(QObject):
    """Opens an address as an Experiment, and says an Experiment as an address."""

    opened = Signal(object)
    """The `Experiment` of an address."""

    failed = Signal(object)
    """Why it is none: `NnvizError`."""

    said = Signal(str)
    """What was done, in a sentence."""

    def __init__(self, store: ExperimentStore, window: QWidget) -> None:
        super().__init__(window)
        self._store, self._window = store, window

    @Slot()
    def ask(self) -> None:
        """Ask for an address, and open it."""
        title, text = self.tr("Open Playground address"), self.tr("The address of the page:")
        found = QGuiApplication.clipboard().text().strip()
        offered = found if found.startswith(PLAYGROUND) else ""
        asked = text_dialog(self._window, "playground-dialog", title, text, offered)
        for field in asked.findChildren(QLineEdit):
            field.setMinimumWidth(_CHARACTERS * field.fontMetrics().averageCharWidth())
        asked.textValueSelected.connect(self._open)
        asked.open()

    @Slot(str)
    def _open(self, address: str) -> None:
        try:
            self.opened.emit(experiment_of(address))
        except NnvizError as error:
            self.failed.emit(error)

    @Slot()
    def copy(self) -> None:
        """Put the address that shows the Experiment into the clipboard, or say why none does."""
        try:
            QGuiApplication.clipboard().setText(address_of(self._store.experiment))
        except NnvizError as error:
            self.failed.emit(error)
        else:
            self.said.emit(self.tr("Copied the address for TensorFlow Playground."))
