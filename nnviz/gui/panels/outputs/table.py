"""The prediction table: input → prediction → expected, right or wrong, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap, QResizeEvent
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
from nnviz.gui.look.theme import BODY_SIZE, SMALL_SIZE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.facts import fit, score
from nnviz.gui.panels.outputs.table_model import MOST_ROWS, PICTURE_HEIGHT, PredictionModel
from nnviz.gui.panels.outputs.words import figure, fit_text, score_text
from nnviz.gui.plain import set_tool_tip
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

ROW_HEIGHT = 24
HEADER_HEIGHT = 24
TINY_ROWS = 12
TALLEST_ROW = 88
PICTURE_SHARE = 8
WIDEST_TITLE = 46
CELL_PADDING = 14
TIGHT_PADDING = 5
"""Of a cell where the room would not do otherwise."""

SWATCH = 10
SAMPLED_ROWS = 24


@guarded
class _Cells(QStyledItemDelegate):
    """Paints a cell itself: several times faster than a style sheet, and colours stay as they are.

    Parameters
    ----------
    model
        Of the rows.
    parent
        The table.
    """

    def __init__(self, model: PredictionModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._model = model
        self.theme: Theme | None = None
        self.padding = CELL_PADDING

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw ground, line, swatch or picture, and text."""
        if self.theme is None:
            return
        rect, cell = QRect(option.rect), self._model.cell(index.row(), index.column())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(self.theme.accent_soft))
        painter.setPen(QColor(self.theme.grid))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        room = rect.adjusted(self.padding // 2, 0, -self.padding // 2, 0)
        if cell.mark is not None:
            room = self._paint_decoration(painter, room, cell.mark, cell.side)
        if cell.text:
            painter.setPen(cell.ink)
            painter.drawText(room, cell.side, cell.text)

    def _paint_decoration(
        self, painter: QPainter, room: QRect, mark: QPixmap | QColor, side: Qt.AlignmentFlag
    ) -> QRect:
        """Draw swatch or picture; return what room is left for the text."""
        if isinstance(mark, QColor):
            swatch = QRect(room.left(), room.center().y() - SWATCH // 2 + 1, SWATCH, SWATCH)
            painter.fillRect(swatch, mark)
            return room.adjusted(SWATCH + 6, 0, 0, 0)
        size = mark.deviceIndependentSize().toSize()
        box = QRect(room.topLeft(), size)
        box.moveCenter(room.center())
        if not side & Qt.AlignmentFlag.AlignHCenter:
            box.moveLeft(room.left())
        painter.drawPixmap(box.topLeft(), mark)
        return room


@guarded
class _Rows(QTableView):
    """A table that paints the columns that changed; Qt's own paints everything."""

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        _roles: Sequence[int] = (),
    ) -> None:
        """Paint the columns of a part of the table anew."""
        for column in range(first.column(), last.column() + 1):
            left, width = self.columnViewportPosition(column), self.columnWidth(column)
            self.viewport().update(left, 0, width, self.viewport().height())


@guarded
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
        self.table = _Rows(self)
        self.cells = _Cells(self.model, self.table)
        self.table.setItemDelegate(self.cells)
        self.table.setObjectName("output-table-rows")
        self.table.setAccessibleName(self.tr("Predictions, sample by sample"))
        set_tool_tip(self.table, self.tr("Choose a row to see this sample everywhere."))
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
        table.verticalHeader().hide()
        table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setFixedHeight(HEADER_HEIGHT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.selectionModel().currentRowChanged.connect(self._on_row)
        table.verticalScrollBar().valueChanged.connect(self._on_scrolled)

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
        self._share_room()

    def take(self, inspection: Inspection) -> None:
        """Fill in the answers: of a large network, while it moves, those that are seen."""
        self.model.take(inspection, self._wanted())

    def redraw(self) -> None:
        """Do nothing: the table paints the cells that the model says have changed."""

    def _wanted(self) -> range:
        rows = self.model.rowCount()
        if self.most_rows >= rows:
            return range(rows)
        first, last = self.table.rowAt(0), self.table.rowAt(self.table.viewport().height() - 1)
        return range(max(first, 0), rows if last < 0 else last + 1)

    @Slot()
    def _on_scrolled(self) -> None:
        """Answer for what came into sight."""
        if self.inspection is not None and self.partial:
            self.take(self.inspection)

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
        return sum(self._natural_widths(CELL_PADDING).values())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns anew."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Give every row and column what it needs and spread the rest; then they stay."""
        if self.problem is None:
            return
        height = ROW_HEIGHT
        if self.problem.dataset.image_shape is not None:
            room = (self.height() - HEADER_HEIGHT) // max(1, self.model.rowCount()) - 2
            height = max(PICTURE_HEIGHT + 8, min(room, TALLEST_ROW, self.width() // PICTURE_SHARE))
        self.model.set_picture_height(height - 8)
        self.table.verticalHeader().setDefaultSectionSize(height)
        self._share_width()

    def _share_width(self) -> None:
        bar = self.table.verticalScrollBar().sizeHint().width()
        room = self.width() - (bar if self.natural_height() > self.height() else 0)
        natural = self._fitting(room)
        spare = room - sum(natural.values())
        extra = max(0, spare) // len(natural)
        fits = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.table.setHorizontalScrollBarPolicy(
            fits if spare >= 0 else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        for i in range(self.model.columnCount()):
            self.table.setColumnHidden(i, i not in natural)
            self.table.setColumnWidth(i, natural.get(i, 0) + extra)

    def _fitting(self, room: int) -> dict[int, int]:
        """Return natural widths of the columns to show: inputs give way to the row's number."""
        natural = self._natural_widths(CELL_PADDING)
        tight = sum(natural.values()) > room
        self.cells.padding = TIGHT_PADDING if tight else CELL_PADDING
        natural = self._natural_widths(self.cells.padding)
        kinds = [column.kind for column in self.model.columns]
        if sum(natural.values()) <= room or "row" not in kinds:
            return natural
        return {i: width for i, width in natural.items() if kinds[i] != "input"}

    def _natural_widths(self, padding: int) -> dict[int, int]:
        return {i: self._natural_width(i) + padding for i in range(self.model.columnCount())}

    def _natural_width(self, position: int) -> int:
        """Return what a column needs, without the padding of its cells."""
        column = self.model.columns[position]
        body, small = self.font(), self.small_font()
        body.setPixelSize(BODY_SIZE)
        header = QFontMetrics(small).horizontalAdvance(column.title) + 5
        if column.kind in ("input", "share"):
            header = min(WIDEST_TITLE, header)
        if column.kind == "picture":
            return max(header, self._picture_width())
        if column.kind == "mark":
            return 12
        metrics = QFontMetrics(body)
        if column.kind in ("decided", "true") and self.problem is not None:
            names = self.problem.dataset.class_names
            widest = max(metrics.horizontalAdvance(name) for name in names) + 16
        elif column.kind in ("row", "input"):
            rows = range(min(SAMPLED_ROWS, self.model.rowCount()))
            widest = max((metrics.horizontalAdvance(column.text(r)) for r in rows), default=0)
            ringed = position == 0 and column.kind == "input" and self.problem is not None
            if ringed and self.problem is not None and self.problem.test is not None:
                widest += SWATCH + 4
        else:
            several = sum(other.kind == "share" for other in self.model.columns) > 1
            filled = column.text(0).replace("–", "0.00" if several else "0.000")
            widest = metrics.horizontalAdvance(filled)
            widest += metrics.horizontalAdvance("−") if column.kind == "error" else 0
        return max(header, widest)

    def _picture_width(self) -> int:
        shape = self.problem.dataset.image_shape if self.problem is not None else None
        height = self.model.picture_height
        return round(height * shape[1] / shape[0]) if shape else height

    def recolor(self) -> None:
        """Take the theme's colours into the table."""
        t = self.theme
        self.table.setStyleSheet(
            f"QTableView {{ background: {t.surface}; color: {t.text}; border: none; outline: 0;"
            f" selection-background-color: {t.accent_soft}; selection-color: {t.text};"
            f" font-size: {BODY_SIZE}px; }}"
            f"QHeaderView {{ background: {t.surface}; border: none; }}"
            f"QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;"
            f" border-bottom: 1px solid {t.border}; padding: 0 1px;"
            f" font-weight: 400; font-size: {SMALL_SIZE}px; }}"
        )
        self.cells.theme = t
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
            return fit_text(self.inspection, self.most_rows)
        return score_text(self.inspection, self.most_rows)

    def description(self) -> str:
        """Return how many of the answers are right, or how far off they are."""
        if self.inspection is None or self.problem is None:
            return self.tr("The samples and the answers expected of the network.")
        shown = min(self.problem.dataset.rows, MOST_ROWS)
        if self.problem.dataset.task == "regression":
            found = fit(self.inspection, most=self.most_rows)
            assert found is not None  # every problem has a training part
            return self.tr(
                "The first {shown} rows with prediction and truth after {epoch} epochs; the root"
                " mean squared error on the training samples is {rmse}."
            ).format(shown=shown, epoch=self.inspection.epoch, rmse=figure(found.rmse))
        counted = score(self.inspection, most=self.most_rows)
        assert counted is not None  # every problem has a training part
        return self.tr(
            "After {epoch} epochs {right} of {total} training samples are right; the table has"
            " the first {shown} rows."
        ).format(epoch=self.inspection.epoch, right=counted.right, total=counted.total, shown=shown)

    def sizeHint(self) -> QSize:
        """Return the size at which nothing is hidden, up to a dozen rows."""
        return QSize(260, min(self.natural_height(), HEADER_HEIGHT + TINY_ROWS * ROW_HEIGHT))
