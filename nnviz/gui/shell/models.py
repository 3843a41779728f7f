"""The family of models compared: a line a model, its figures and picture from training it here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES
from nnviz.gui.look.numbers import count, fixed, percent, steady
from nnviz.gui.look.style import small_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panels.outputs.colors import AnswerColors
from nnviz.gui.plain import Label
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.slices import Slices, Work
from nnviz.gui.widgets.data_picture import learned_picture
from nnviz.gui.widgets.data_table import DataTable
from nnviz.gui.widgets.table_model import LEFT, Cell, TableColumn, TableModel
from nnviz.training.evaluation import plane_limits
from nnviz.training.family import FAMILY, FamilyModel
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer, overflow_is_checked

UPDATES = 200
"""Mini-batches of a model between two looks at the window: a few milliseconds."""

_ROW, _FEW_WORDS = 6.0, 5.0
"""Height of a line with its picture, and the least width of words, in heights of a line of text."""


class Pupil:
    """A model of the family, while it learns."""

    def __init__(self, model: FamilyModel) -> None:
        self.model = model
        self.trainer = Trainer(model.preset.experiment)
        with overflow_is_checked():
            self.record = self.trainer.evaluate()

    def learn(self) -> bool:
        """Train a little; say whether there was anything left to learn."""
        if self.trainer.finished:
            return False
        with overflow_is_checked():
            records = list(self.trainer.advance(UPDATES).records())
        self.record = records[-1] if records else self.record
        return True

    def picture(self, side: int, theme: Theme, ratio: float) -> QPixmap:
        """Return the samples with the fitted line, or with the regions of the classes."""
        problem = self.trainer.problem
        moment, data = Inspection(problem, self.trainer.snapshot()), problem.dataset
        fit = moment.formula()
        if fit is None:
            colors = AnswerColors(problem, theme).ground(moment.plane().values)[::-1]
            corners = np.stack(plane_limits(problem)).astype(np.float64)
            ground = np.ascontiguousarray(colors)
            return learned_picture(data, theme, side, ratio, ground, corners)
        x = data.inputs[:, 0]
        rows = np.tile(data.inputs.mean(axis=0), (2, 1))  # the other inputs at their means
        rows[:, 0] = x.min(), x.max()
        line = np.column_stack([rows[:, 0], rows @ fit.slopes + fit.intercept])
        return learned_picture(data, theme, side, ratio, line=line)


_Text = Callable[[Pupil], str]


class FamilyTable(TableModel):
    """The models as lines; what is written of each comes from `FAMILY`, its preset and training."""

    head_side = LEFT

    def __init__(self) -> None:
        super().__init__()
        self.pupils = [Pupil(model) for model in FAMILY]
        self._written: list[tuple[TableColumn, _Text]] = []
        self._words(_tr("task"), _tr("What the model is for."), lambda p: p.model.task)
        self._words(_tr("output"), _tr("What it answers."), lambda p: p.model.output)
        tip = _tr("What its training is after.")
        self._words(_tr("objective"), tip, lambda p: p.model.objective)
        self._words(
            _tr("output activation"),
            _tr("Makes the output of z, the weighted sum."),
            lambda p: ACTIVATIONS[p.trainer.experiment.network.layers[-1].activation].title,
        )
        tip = _tr("What the answers are over the inputs; the picture is what is learned by now.")
        self._words(_tr("geometric meaning"), tip, lambda p: p.model.geometry, before=_ROW + 0.5)
        self._words(
            _tr("loss"),
            _tr("What training makes small; a click on a line opens the model."),
            lambda p: LOSSES[p.trainer.experiment.training.loss].title,
        )
        tip = _tr("Epochs trained so far.")
        self._figure(_tr("epoch"), tip, "100", lambda p: count(p.record.epoch))
        tip = _tr("Of the training part.")
        self._figure(_tr("loss now"), tip, "0.0000000", lambda p: steady(p.record.train_loss))
        tip = _tr("Share of the training part that is right; of a regression R².")
        self._figure(_tr("right, R²"), tip, "R² 0.000 ", _metric)
        self.begin([column for column, _ in self._written], len(self.pupils))

    def _words(self, title: str, tip: str, text: _Text, before: float = 0.0) -> None:
        words = tuple(translated(text(pupil)) for pupil in self.pupils)
        # Figures are in sight in a small window too; the tool tip has the whole words.
        keeps = before + _FEW_WORDS
        column = TableColumn(
            title, tip, side=LEFT, least=words, before=before, yields=True, keeps=keeps
        )
        self._written.append((column, lambda pupil: translated(text(pupil))))

    def _figure(self, title: str, tip: str, widest: str, text: _Text) -> None:
        column = TableColumn(title, tip, _tr("trained here"), least=(widest,))
        self._written.append((column, text))

    def fill(self, column: int, rows: Sequence[int]) -> Sequence[Cell]:
        """Return words and figures; the column with room for them has the pictures."""
        spec, text = self._written[column]
        return [Cell(text(self.pupils[row]), pictured=bool(spec.before)) for row in rows]

    def head(self, row: int) -> Cell:
        """Return the model's name."""
        return Cell(translated(self.pupils[row].model.preset.title), strong=True)

    def head_tip(self, row: int) -> str:
        """Return what there is to learn from the model."""
        return translated(self.pupils[row].model.preset.description)

    def picture(self, row: int, height: int, theme: Theme, ratio: float) -> QPixmap:
        """Return what the model has learned by now."""
        return self.pupils[row].picture(height, theme, ratio)


@guarded
class ModelsDialog(ReadingDialog):
    """Trains the five models while one looks, and opens the one that is pressed."""

    preset_chosen = Signal(str)
    """The person pressed a line: the key of its preset."""

    def __init__(self, parent: QWidget) -> None:
        self.family = FamilyTable()
        self.table = DataTable(self.family)
        lead = Label()
        super().__init__("modelsDialog", "", [lead, self.table], parent)
        self.setWindowTitle(self.tr("Compare models"))
        lead.setWordWrap(True)
        lead.setText(
            self.tr(
                "The family of models: one neuron with different outputs and losses, and what a "
                "hidden layer adds. All five learn while you look. Press a line to open its model."
            )
        )
        self.table.setObjectName("models-table")
        self.table.setAccessibleName(self.tr("The five models, a line each"))
        self.table.setFont(small_font())
        self.table.row_height = _ROW
        self.table.whole_heads = True
        self.table.restyle()
        self.table.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        size = self.table.natural_size + QSize(12 * SPACE, 20 * SPACE)
        self.resize(size.boundedTo(self.screen().availableSize()))
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_clicked)
        self.table.chosen.connect(self._on_head)
        self.work = Work(self)
        self.work.ended.connect(self._show)
        self.finished.connect(self.work.cancel)
        self.work.start(self._training())

    def _training(self) -> Slices[str]:
        """Train all of them, each a little in turn."""
        learning = list(self.family.pupils)
        while learning:
            for pupil in list(learning):
                if not pupil.learn():
                    learning.remove(pupil)
                yield None
            self.table.idle.update()
            if self.table.idle.due("pictures", 0.1):
                self._show()
        return ""

    @Slot()
    def _show(self) -> None:
        """Write the newest figures, and draw what was learned."""
        self.table.refresh()
        self.table.renew_pictures()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._open(index.row())

    @Slot(int, int)
    def _on_head(self, row: int, column: int) -> None:
        if column < 0:  # a name was pressed; walking by arrows opens nothing
            self._open(row)

    def _open(self, row: int) -> None:
        if self.isVisible():  # a double click opens once
            self.accept()
            self.preset_chosen.emit(self.family.pupils[row].model.preset.key)


def _metric(pupil: Pupil) -> str:
    value = pupil.record.train_metric
    if value is None:
        return ""
    if pupil.trainer.problem.dataset.task == "classification":
        return percent(value)
    return _tr("R² {value}").format(value=fixed(value, 0.001))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelsDialog", text)
