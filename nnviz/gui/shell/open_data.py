"""A person's own data: a file is chosen and looked at, and shown before it is opened."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QTableView,
    QWidget,
)

from nnviz.datasets.own.build import OWN
from nnviz.datasets.own.doubts import Note
from nnviz.datasets.own.proposal import Proposal, propose
from nnviz.datasets.own.recipe import OwnColumn
from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label
from nnviz.gui.run.background import Background
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.choices import starting_point

_KIND = "own-data"
"""Of what is asked of the background: only the last look at a file counts."""

_MOST_COLUMNS = 100
"""That are shown; all of a wider table can be chosen as target."""


class OpenData(QObject):
    """Opens a person's own table as an Experiment."""

    opened = Signal(object)
    """The `Experiment` on a file."""

    failed = Signal(object)
    """Why a file cannot be opened: `NnvizError`."""

    said = Signal(str)
    """What is being done, in a sentence."""

    def __init__(self, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._background, self._window = background, window
        self._dialog: OpenDataDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Ask for a file, and show what it seems to be."""
        tables = self.tr("Tables ({patterns})").format(patterns="*.csv *.tsv *.txt *.gz")
        picked, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open your own data"),
            str(preferences.last_folder()),
            ";;".join((tables, self.tr("All files (*)"))),
        )
        if picked:
            preferences.write(preferences.LAST_FOLDER, str(Path(picked).parent))
            self.look(Path(picked))

    def look(self, path: Path) -> None:
        """Show what a file seems to be, once it has been looked at."""
        self.said.emit(self.tr("Reading “{file}” …").format(file=path.name))
        self._background.ask(_KIND, partial(_looked, path, ""), partial(self._show, path))

    def _show(self, path: Path, found: Proposal | NnvizError) -> None:
        if isinstance(found, NnvizError):
            self.failed.emit(found)
            return
        dialog = self._dialog = OpenDataDialog(path.name, found, self._window)
        dialog.target_wanted.connect(partial(self._look_again, path))
        dialog.accepted.connect(self._open)
        dialog.rejected.connect(self._forget)
        dialog.open()

    def _look_again(self, path: Path, target: str) -> None:
        assert self._dialog is not None
        dialog = self._dialog
        dialog.hold_back()
        self._background.ask(_KIND, partial(_looked, path, target), dialog.show_found)

    @Slot()
    def _forget(self) -> None:
        self._background.drop(_KIND)

    @Slot()
    def _open(self) -> None:
        if self._dialog is not None and self._dialog.proposal is not None:
            self.opened.emit(starting_point(OWN, self._dialog.proposal.data))


def _looked(path: Path, target: str) -> Proposal | NnvizError:
    try:
        return propose(path, target)
    except NnvizError as error:
        return error


@guarded
class OpenDataDialog(ReadingDialog):
    """The first rows of a file, what is to be predicted, and what was understood."""

    target_wanted = Signal(str)
    """The person wants another column to be predicted."""

    def __init__(self, name: str, proposal: Proposal, parent: QWidget) -> None:
        self.target, self.table = ChoiceBox(), QTableView()
        self.understood, self.warnings = WrappedLabel("text"), WrappedLabel("muted")
        top, label = QWidget(), Label()
        filled(QHBoxLayout(top), label, self.target, spacing=SPACE, wide=self.target)
        parts = [top, self.table, self.understood, self.warnings]
        super().__init__("open-data-dialog", name, parts, parent)
        label.setText(self.tr("Predict"))
        self.target.setObjectName("open-data-target")
        self.target.setAccessibleName(self.tr("Column to predict"))
        self.table.setAccessibleName(self.tr("First rows of the file"))
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setMinimumSize(QSize(em(self, 36), em(self, 15)))
        self.opens = self.buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.opens.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        columns = proposal.data.recipe.columns
        self.target.fill(Entry(column.name, column.name) for column in columns)
        self.target.chosen.connect(self.target_wanted)
        self.proposal: Proposal | None = None
        self.show_found(proposal)

    def hold_back(self) -> None:
        """Open nothing until the file has been looked at again."""
        self.proposal = None
        self.opens.setEnabled(False)

    def show_found(self, found: Proposal | NnvizError) -> None:
        """Show what a file seems to be, or why it cannot be used with this target."""
        self.proposal = None if isinstance(found, NnvizError) else found
        self.opens.setEnabled(self.proposal is not None)
        if isinstance(found, NnvizError):
            self.understood.set_message(_sentence(Note(found.sentence, found.values)))
            self.warnings.set_message(_sentence(Note(found.remedy, found.values)))
            return
        recipe = found.data.recipe
        self.target.show_value(recipe.target.name)
        self.understood.set_message(_sentence(found.understood))
        self.warnings.set_message("\n".join(map(_sentence, found.warnings)))
        columns = recipe.columns[:_MOST_COLUMNS]
        model = QStandardItemModel(self)
        for row in found.first:
            model.appendRow([QStandardItem(cell) for cell in row[:_MOST_COLUMNS]])
        model.setHorizontalHeaderLabels([f"{c.name}\n{self._role(c)}" for c in columns])
        for place, column in enumerate(columns):
            is_number = column.kind == "number"
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            for item in (model.item(row, place) for row in range(model.rowCount())):
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setEnabled(column.role != "ignore")
        self.table.setModel(model)
        self.table.resizeColumnsToContents()

    def _role(self, column: OwnColumn) -> str:
        if column.role == "ignore":
            return self.tr("ignored")
        if column.role == "target":
            return self.tr("predicted")
        return self.tr("number") if column.kind == "number" else self.tr("category")


def _sentence(note: Note) -> str:
    return translated(note.sentence).format(**note.values)
