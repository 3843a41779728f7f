"""The dialog that shows what a person's file seems to be, before it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnviz.datasets.dataset import Task
from nnviz.datasets.own.arrays import column_names, shape_text
from nnviz.datasets.own.numbers import number_of
from nnviz.datasets.own.proposed import CLASSES, Proposal, Unread
from nnviz.datasets.own.recipe import AnyRecipe, OwnColumn, OwnData, Recipe, cleaned
from nnviz.datasets.own.sample_recipes import ArraysRecipe, PicturesRecipe, SampleRecipe
from nnviz.errors import NnvizError
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import message, noted, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label
from nnviz.gui.shell.data_columns import ColumnsTable
from nnviz.gui.shell.data_format import FormatForm, PicturesForm
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.collapsible_section import CollapsibleSection
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.own_reading import ReadRequest

_MOST_COLUMNS = 100
"""Whose first rows are shown; all of a wider table can be chosen as target, of an array none."""

_SOON_MS = 300
"""That reading may take before its progress is shown."""

_SIZE = QSize(56, 36)
"""Of the dialog, in heights of a line of text."""


@guarded
class OpenDataDialog(ReadingDialog):
    """The first rows of a file, what is to be predicted, and what was understood.

    What a person changes is looked at anew at once: `show_found` or `show_refusal` follows.
    """

    look_wanted = Signal(object)
    """The file is to be looked at another way: `ReadRequest`."""

    def __init__(self, request: ReadRequest, found: Proposal | Unread, parent: QWidget) -> None:
        self.target, self.task, self.inputs = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.table, self.columns, self.form = QTableView(), ColumnsTable(), FormatForm()
        self.pictures = PicturesForm()
        self.understood, self.warnings = WrappedLabel("text"), WrappedLabel("muted")
        self.error, self.bar, self.tabs = WrappedLabel("error"), QProgressBar(), QTabWidget()
        self.top, predict, among, self._from = QWidget(), Label(), Label(), Label()
        row = (predict, self.target, among, self.task, self._from, self.inputs)
        filled(QHBoxLayout(self.top), *row, spacing=SPACE, wide=self.target)
        self.written = CollapsibleSection("open-data-format", "")
        self.written.rows.addWidget(self.form)
        parts = [self.top, self.understood, self.tabs, self.warnings, self.written, self.pictures]
        title, parts = cleaned(request.path.name), [*parts, self.error, self.bar]
        super().__init__("open-data-dialog", title, parts, parent)
        predict.setText(self.tr("Predict"))
        among.setText(self.tr("as"))
        self._from.setText(self.tr("from"))
        predict.setBuddy(self.target)
        among.setBuddy(self.task)
        self._from.setBuddy(self.inputs)
        self._path, recipe = request.path, request.recipe
        columns = recipe.columns if isinstance(recipe, Recipe) else ()
        self._chosen = {column.name for column in columns}
        """Columns that are as the person has them."""
        self.proposal: Proposal | None = None
        """What is opened; None while there is nothing to open."""
        self.recipe: Recipe | None = None
        """As it stands in the controls."""
        self._samples: SampleRecipe | None = None
        self._shapes: dict[str, tuple[int, ...]] = {}
        """Of the arrays there are."""
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._dress()
        self._connect()
        self.show_answer(found)

    @property
    def data(self) -> OwnData:
        """What is to be opened; there must be something."""
        assert self.proposal is not None
        return self.proposal.data

    def show_answer(self, found: Proposal | Unread) -> None:
        """Show what was found, however much that is."""
        if isinstance(found, Unread):
            self.show_unread(found)
        else:
            self.show_found(found)

    def show_unread(self, found: Unread) -> None:
        """Show why a table cannot be read as it seems to be written, and let that be changed."""
        self.understood.set_message("")
        self.top.hide()
        self.tabs.setTabVisible(1, False)
        self.pictures.hide()
        self.opens.setEnabled(False)
        self.form.show_sheets(found.sheets)
        self._show_recipe(found.layout)
        self.written.expand()
        self._fill_rows(found.first, [])
        self.show_refusal(found.error)

    def show_found(self, found: Proposal) -> None:
        """Show what a file seems to be."""
        self._rest()
        self.proposal, is_table = found, found.data.samples is None
        self.opens.setEnabled(True)
        self.error.set_message("")
        self.understood.set_message(noted(found.understood))
        self.warnings.set_message("\n".join(map(noted, found.warnings)))
        self.written.setVisible(is_table)
        self.tabs.setTabVisible(1, is_table)
        self._samples = samples = found.data.samples
        are_arrays, are_pictures = (isinstance(samples, k) for k in (ArraysRecipe, PicturesRecipe))
        self.top.setVisible(is_table or are_arrays)
        for part in (self._from, self.inputs):
            part.setVisible(are_arrays)
        self.pictures.setVisible(are_pictures)
        if isinstance(samples, PicturesRecipe):
            self.pictures.show_recipe(samples)
        elif samples is not None:
            self._shapes = dict(found.arrays)
            self._show_arrays(samples)
        if is_table:
            recipe = found.data.recipe
            self._offer([column.name for column in recipe.columns], found.sheets)
            self._show_recipe(recipe)
            self.columns.show_columns(recipe.columns, found.columns)
        self._show_rows(found)

    def show_refusal(self, error: NnvizError) -> None:
        """Show why the file cannot be used as it was to be looked at."""
        self._rest()
        self.error.set_message(message(error))

    @Slot(int)
    def show_progress(self, percent: int) -> None:
        """Show how much of the file has been read."""
        self.bar.setValue(percent)

    def _dress(self) -> None:
        for part, name, title in (
            (self.target, "open-data-target", self.tr("What to predict")),
            (self.task, "open-data-task", self.tr("How it is predicted")),
            (self.inputs, "open-data-inputs", self.tr("Array to predict it from")),
            (self.table, "open-data-rows", self.tr("First rows of the file")),
            (self.tabs, "open-data-tabs", self.tr("The file, and what was understood")),
            (self.bar, "open-data-progress", self.tr("How much has been read")),
        ):
            part.setObjectName(name)
            part.setAccessibleName(title)
        tips = self.tr("The network answers a number."), self.tr("The network answers a class.")
        self.task.add(Entry("number", self.tr("a number"), tips[0]))
        self.task.add(Entry("category", self.tr("one of several classes"), tips[1]))
        for box, wide in ((self.task, 14), (self.inputs, 17)):
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.setFixedWidth(em(self, wide))
        self.written.button.set_title(self.tr("How the file is written"))
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.tabs.addTab(self.table, self.tr("First rows"))
        self.tabs.addTab(self.columns, self.tr("Columns"))
        self.tabs.setMinimumHeight(em(self, 12))
        self.tabs.setDocumentMode(True)
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.opens = self.buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.opens.setObjectName("open-data-open")
        self.opens.setDefault(True)
        for button in self.buttons.buttons():  # or Close took its place while it is disabled
            assert isinstance(button, QPushButton)
            button.setAutoDefault(False)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.setStretchFactor(self.tabs, 1)
        room = self.screen().availableSize() - QSize(16, 48)
        self.resize(QSize(em(self, _SIZE.width()), em(self, _SIZE.height())).boundedTo(room))
        order = (
            self.target,
            self.task,
            self.inputs,
            self.tabs,
            self.table,
            self.columns,
            self.written.button,
        )
        for one, following in pairwise(order):
            QWidget.setTabOrder(one, following)
        self.target.setFocus()

    def _connect(self) -> None:
        self.buttons.accepted.connect(self.accept)
        self.target.chosen.connect(self._take_target)
        self.task.chosen.connect(self._take_task)
        self.inputs.chosen.connect(self._take_inputs)
        self.form.changed.connect(self._take_values)
        self.pictures.changed.connect(self._take_picture_values)
        for form in (self.form, self.pictures):
            form.refused.connect(self.error.set_message)
        self.columns.content.columns_wanted.connect(self._take_columns)
        self._soon.timeout.connect(self.bar.show)

    # -------------------------------------------------------------------------- what is asked for

    @Slot(str)
    def _take_target(self, name: str) -> None:
        self.target.show_value(name)
        self._ask(self._samples or self.recipe, name)

    @Slot(str)
    def _take_inputs(self, name: str) -> None:
        if isinstance(self._samples, ArraysRecipe):
            self.inputs.show_value(name)
            rows = (self._shapes.get(one, ())[:1] for one in (name, self.target.name))
            fits = self.target.name != name and len({*rows}) == 1
            self._samples = replace(self._samples, inputs=name)
            self._ask(self._samples, self.target.name if fits else "")

    @Slot(str)
    def _take_task(self, kind: str) -> None:
        if isinstance(self._samples, ArraysRecipe):
            self.task.show_value(kind)
            task: Task = "regression" if kind == "number" else "classification"
            self._samples = replace(self._samples, task=task)
            self._wait(ReadRequest(self._path, recipe=self._samples))
        elif self.recipe is not None:
            names = [column.name for column in self.recipe.columns]
            target = self.recipe.target
            self._take_columns({names.index(target.name): replace(target, kind=kind)})  # type: ignore[arg-type]

    @Slot(dict)
    def _take_values(self, values: dict[str, Any]) -> None:
        if "sheet" in values:  # another table altogether
            self._chosen.clear()
            self._wait(ReadRequest(self._path, sheet=values["sheet"]))
        else:
            self._change(**values)

    @Slot(dict)
    def _take_picture_values(self, values: dict[str, Any]) -> None:
        if isinstance(self._samples, PicturesRecipe):
            self._samples = replace(self._samples, **values)
            self.pictures.show_recipe(self._samples)
            self._wait(ReadRequest(self._path, recipe=self._samples))

    @Slot(object)
    def _take_columns(self, wanted: dict[int, OwnColumn]) -> None:
        if self.recipe is None:
            return
        goal = [column.name for column in wanted.values() if column.role == "target"]
        if goal and goal[0] != self.recipe.target.name:
            self._take_target(goal[0])
            return
        columns = enumerate(self.recipe.columns)
        self._chosen |= {column.name for column in wanted.values()}
        self._change(columns=tuple(wanted.get(place, column) for place, column in columns))

    def _change(self, **values: Any) -> None:
        """Ask for another recipe, or say why there can be none like it."""
        if self.recipe is None:
            return
        try:
            recipe = replace(self.recipe, **values)
        except NnvizError as error:
            self.error.set_message(message(error))
            return
        self._show_recipe(recipe)
        self._ask(recipe)

    def _ask(self, recipe: AnyRecipe | None, target: str = "") -> None:
        chosen = frozenset(self._chosen)
        self._wait(ReadRequest(self._path, target, recipe, chosen=chosen))

    def _wait(self, request: ReadRequest) -> None:
        """Have the file looked at; until then nothing can be opened."""
        self.proposal = None
        self.opens.setEnabled(False)
        self.error.set_message("")
        self.bar.setValue(0)
        self._soon.start()
        self.look_wanted.emit(request)

    def _rest(self) -> None:
        self._soon.stop()
        self.bar.hide()

    # ------------------------------------------------------------------------------ what is shown

    def _offer(self, names: list[str], sheets: tuple[str, ...]) -> None:
        if self.target.names() != names:
            self.target.fill(Entry(name, name) for name in names)
        self.form.show_sheets(sheets)

    def _show_arrays(self, recipe: ArraysRecipe) -> None:
        """Show which arrays are taken, among those that could be."""
        shapes, shape = self._shapes, self._shapes[recipe.inputs]
        names = column_names(shape[1]) if len(shape) == 2 and shape[1] > 1 else ()
        chosen = recipe.targets or names[recipe.column]
        columns = [
            Entry(name, name) for name in names if name == chosen or len(names) <= _MOST_COLUMNS
        ]
        arrays = {n: Entry(n, f"{n}  ({shape_text(each)})") for n, each in shapes.items()}
        fitting = [e for n, e in arrays.items() if n != recipe.inputs and shapes[n][0] == shape[0]]
        self.inputs.fill(arrays.values())
        self.inputs.show_value(recipe.inputs)
        self.target.fill([*fitting, *columns])
        self.target.show_value(chosen)
        self.task.show_value("number" if recipe.task == "regression" else "category")

    def _show_recipe(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.target.show_value(recipe.target.name)
        self.task.show_value("number" if recipe.task == "regression" else "category")
        self.form.show_recipe(recipe)
        self.written.button.set_notes(self.form.summary())

    def _show_rows(self, found: Proposal) -> None:
        is_table = found.data.samples is None
        are_classes = found.headings == CLASSES
        self.tabs.setTabText(0, self.tr("Classes") if are_classes else self.tr("First rows"))
        columns = found.data.recipe.columns[:_MOST_COLUMNS] if is_table else ()
        titles = [f"{c.name}\n{self.columns.content.told(c)}" for c in columns]
        model = self._fill_rows(found.first, titles or [*map(translated, found.headings)])
        for place in range(model.columnCount()):
            items = [model.item(row, place) for row in range(model.rowCount())]
            column = columns[place] if is_table else None
            if column is not None:
                is_number = column.kind == "number"
            else:
                is_number = all(number_of(item.text(), ".", ",") is not None for item in items)
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            for item in items:
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setEnabled(column is None or column.role != "ignore")
        self.table.resizeColumnsToContents()

    def _fill_rows(
        self, rows: Sequence[Sequence[str]], titles: Sequence[str]
    ) -> QStandardItemModel:
        before, model = self.table.model(), QStandardItemModel(self.table)
        for row in rows:
            model.appendRow([QStandardItem(cell) for cell in row[:_MOST_COLUMNS]])
        if titles:
            model.setHorizontalHeaderLabels(titles)
        self.table.setModel(model)
        if before is not None:
            before.deleteLater()
        return model
