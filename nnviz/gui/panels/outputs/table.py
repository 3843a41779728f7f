"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QModelIndex, QPersistentModelIndex, QSize, Slot
from PySide6.QtGui import QBrush, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.frame import Frame
from nnviz.gui.panels.base import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.facts import fit, score
from nnviz.gui.panels.outputs.table_model import MOST_ROWS, PICTURE_HEIGHT, PredictionModel
from nnviz.gui.panels.outputs.words import figure, fit_text, score_text
from nnviz.gui.theme import BODY_SIZE, SMALL_SIZE, Theme
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

ROW_HEIGHT = 24
HEADER_HEIGHT = 24
TINY_ROWS = 12
CELL_PADDING = 13
SAMPLED_ROWS = 24


class _Quiet(QStyledItemDelegate):
    """Cells that keep their own colours when their row is chosen."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Keep ink and swatches as they are; the style sheet colours the ground."""
        super().initStyleOption(option, index)
        chosen = QStyle.StateFlag.State_Selected
        if option.state & chosen:
            option.state &= ~(chosen | QStyle.StateFlag.State_HasFocus)
            option.backgroundBrush = QBrush(option.palette.highlight())


class PredictionTable(OutputView):
    """A row a sample."""

    name = "table"
    title = str(QT_TRANSLATE_NOOP("PredictionTable", "Table"))
    hint = str(
        QT_TRANSLATE_NOOP(
            "PredictionTable", "Input, prediction and expected answer, sample by sample."
        )
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.model = PredictionModel(theme, self)
        self.table = QTableView(self)
        self.table.setItemDelegate(_Quiet(self.table))
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        self.table.setToolTip(self.tr("Choose a row to see this sample everywhere."))
        self.table.setModel(self.model)
        self._following = False
        self._set_up()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.recolor()

    def _set_up(self) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setCornerButtonEnabled(False)
        table.setTabKeyNavigation(False)  # Tab leaves the table, arrows walk in it
        table.setIconSize(QSize(10, 10))
        table.verticalHeader().hide()
        table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setFixedHeight(HEADER_HEIGHT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setHighlightSections(False)
        table.selectionModel().currentRowChanged.connect(self._on_row)

    @classmethod
    def suits(cls, problem: Problem) -> bool:
        """Say yes: every problem has rows; long ones show their first."""
        return problem.dataset.rows > 0

    @classmethod
    def leads(cls, problem: Problem) -> bool:
        """Come first where all rows can be seen at once and there is no plane to draw."""
        return problem.dataset.rows <= TINY_ROWS and not problem.dataset.is_planar

    # ------------------------------------------------------------------ frames

    def prepare(self, problem: Problem) -> None:
        """Take over the rows."""
        self._following = True
        self.model.begin(problem)
        self._following = False
        with_pictures = problem.dataset.image_shape is not None
        height = PICTURE_HEIGHT + 8 if with_pictures else ROW_HEIGHT
        self.table.verticalHeader().setDefaultSectionSize(height)
        self._share_width()

    def take(self, inspection: Inspection) -> None:
        """Fill in the answers."""
        self.model.take(inspection)

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment and follow the chosen row."""
        moved = frame.row != self.row
        super().show_frame(frame)
        if moved:
            self._follow(frame.row)

    def _follow(self, row: int) -> None:
        self._following = True
        if row < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row, 0))
        else:
            self.table.clearSelection()
        self._following = False

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self.row_chosen.emit(current.row())

    # ------------------------------------------------------------------ look

    def natural_height(self) -> int:
        """Return the height at which no row is hidden."""
        return HEADER_HEIGHT + self.table.verticalHeader().length() + 4

    def natural_width(self) -> int:
        """Return the width at which nothing is cut short."""
        return sum(self._natural_width(i) for i in range(self.model.columnCount()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns anew."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give every column what it needs and spread the rest; a column never changes by itself."""
        natural = [self._natural_width(i) for i in range(self.model.columnCount())]
        if not natural:
            return
        bar = self.table.verticalScrollBar().sizeHint().width()
        long = self.natural_height() > self.height()
        spare = self.width() - (bar if long else 0) - sum(natural)
        extra = max(0, spare) // len(natural)
        for i, width in enumerate(natural):
            self.table.setColumnWidth(i, width + extra)

    def _natural_width(self, position: int) -> int:
        column = self.model.columns[position]
        body, small = self.font(), self.small_font()
        body.setPixelSize(BODY_SIZE)
        header = QFontMetrics(small).horizontalAdvance(column.title)
        if column.kind in ("mark", "picture"):
            return max(header, 12 if column.kind == "mark" else PICTURE_HEIGHT) + CELL_PADDING
        metrics = QFontMetrics(body)
        if column.kind in ("decided", "true") and self.problem is not None:
            names = self.problem.dataset.class_names
            widest = max(metrics.horizontalAdvance(name) for name in names) + 16
        elif column.kind in ("row", "input"):
            rows = range(min(SAMPLED_ROWS, self.model.rowCount()))
            widest = max((metrics.horizontalAdvance(column.text(r)) for r in rows), default=0)
        else:
            widest = metrics.horizontalAdvance(column.text(0).replace("–", "0.000"))
            widest += metrics.horizontalAdvance("−") if column.kind == "error" else 0
        return max(header, widest) + CELL_PADDING

    def recolor(self) -> None:
        """Take the theme's colours into the table."""
        t = self.theme
        self.table.setStyleSheet(
            f"QTableView {{ background: {t.surface}; color: {t.text}; border: none; outline: 0;"
            f" selection-background-color: {t.accent_soft}; selection-color: {t.text};"
            f" font-size: {BODY_SIZE}px; }}"
            f"QTableView::item {{ padding: 0 6px; border-bottom: 1px solid {t.grid}; }}"
            f"QTableView::item:selected {{ background: {t.accent_soft}; }}"
            f"QHeaderView {{ background: {t.surface}; border: none; }}"
            f"QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;"
            f" border-bottom: 1px solid {t.border}; padding: 0 6px; font-weight: 400;"
            f" font-size: {SMALL_SIZE}px; }}"
        )
        self.model.set_theme(t, self.devicePixelRatioF())

    # ------------------------------------------------------------------ words

    def legend(self) -> list[LegendEntry]:
        """Return nothing: every column says what it is."""
        return []

    def headline(self) -> str:
        """Return the share of right answers, or the fit."""
        if self.inspection is None or self.problem is None:
            return ""
        if self.problem.dataset.task == "regression":
            return fit_text(self.inspection)
        return score_text(self.inspection)

    def description(self) -> str:
        """Return how many of the answers are right, or how far off they are."""
        if self.inspection is None or self.problem is None:
            return self.tr("The samples and the answers expected of the network.")
        shown = min(self.problem.dataset.rows, MOST_ROWS)
        if self.problem.dataset.task == "regression":
            found = fit(self.inspection)
            assert found is not None  # every problem has a training part
            return self.tr(
                "The first {shown} rows with prediction and truth after {epoch} epochs; the root"
                " mean squared error on the training samples is {rmse}."
            ).format(shown=shown, epoch=self.inspection.epoch, rmse=figure(found.rmse))
        counted = score(self.inspection)
        assert counted is not None  # every problem has a training part
        return self.tr(
            "After {epoch} epochs {right} of {total} training samples are right; the table has"
            " the first {shown} rows."
        ).format(epoch=self.inspection.epoch, right=counted.right, total=counted.total, shown=shown)

    def sizeHint(self) -> QSize:
        """Return the size at which nothing is hidden, up to a dozen rows."""
        return QSize(260, min(self.natural_height(), HEADER_HEIGHT + TINY_ROWS * ROW_HEIGHT))
