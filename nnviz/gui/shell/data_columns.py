"""The columns of a person's file, a line each: what was understood of them, to be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnviz.datasets.own.kinds import scale_of
from nnviz.datasets.own.recipe import OwnColumn
from nnviz.datasets.own.seen import SeenColumn
from nnviz.gui.look.numbers import count
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import theme_of
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.table_painting import bars

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_Role = Qt.ItemDataRole
_CHOICES = _Role.UserRole
_NAME, _VALUES, _USE, _KIND, _GAPS, _ORDER = range(6)
_EDIT_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_WIDEST = 16.0
"""Heights of a line that a column of the table is wide at most."""


@guarded
class ColumnsModel(QAbstractTableModel):
    """What becomes of each column, beside what is seen of it."""

    columns_wanted = Signal(object)
    """The person wants columns to be others: `OwnColumn` by place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = parent
        self.columns: tuple[OwnColumn, ...] = ()
        self._seen: tuple[SeenColumn, ...] = ()
        self._titles = {
            _NAME: self.tr("Column"),
            _VALUES: self.tr("Values"),
            _USE: self.tr("Use"),
            _KIND: self.tr("As"),
            _GAPS: self.tr("Missing"),
            _ORDER: self.tr("Order"),
        }
        self.uses = {
            "input": self.tr("learn from"),
            "ignore": self.tr("ignore"),
            "target": self.tr("predict"),
        }
        self.kinds = {
            "number": self.tr("number"),
            "category": self.tr("category"),
            "ordinal": self.tr("category in order"),
            "date": self.tr("date"),
            "identifier": self.tr("identifier"),
            "text": self.tr("text"),
        }

    def show_columns(self, columns: Sequence[OwnColumn], seen: Sequence[SeenColumn]) -> None:
        """Show these columns; the cursor stays where it is if there are as many."""
        stays = len(columns) == len(self.columns)
        if not stays:
            self.beginResetModel()
        self.columns, self._seen = tuple(columns), tuple(seen)
        if stays:
            self.dataChanged.emit(self.index(0, 0), self.index(len(columns) - 1, _ORDER))
        else:
            self.endResetModel()

    def told(self, column: OwnColumn) -> str:
        """Return in a word what becomes of a column."""
        if column.role == "target":
            return self.tr("predicted")
        return self.tr("ignored") if column.role == "ignore" else self.kinds[column.kind]

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return how many columns the file has."""
        return 0 if parent.isValid() else len(self.columns)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return how much is said of each."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        """Return what is said of a column."""
        if role == _Role.DisplayRole and across is Qt.Orientation.Horizontal:
            return self._titles[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        can_be_edited = index.data(_CHOICES) or self._has_order(index)
        return flags | Qt.ItemFlag.ItemIsEditable if can_be_edited else flags

    def data(self, index: _Index, role: int = 0) -> object:
        """Return what a cell shows, and what it can be instead."""
        column, seen = self.columns[index.row()], self._seen[index.row()]
        if role == _Role.DisplayRole:
            return self._text(index.column(), column, seen)
        if role == _Role.EditRole:
            return self._value(index.column(), column)
        if role == _CHOICES:
            return [*self._choices(index.column(), column, seen).items()]  # Qt sorts a dict
        if role == _Role.DecorationRole and index.column() == _VALUES:
            return bars(seen.counts, self._view)
        if role == _Role.ForegroundRole and column.role == "ignore":
            return QColor(theme_of().muted)
        return None

    def setData(self, index: _Index, value: object, role: int = 0) -> bool:
        """Ask for another column; it is shown when the file has been looked at again."""
        return self.choose(index, str(value), [])

    def choose(self, index: _Index, text: str, others: Iterable[_Index]) -> bool:
        """Ask for another column, and for others that can be changed the same way."""
        if text == self._value(index.column(), self.columns[index.row()]):
            return False
        alike = [one for one in others if text in dict(one.data(_CHOICES)) and text != "target"]
        self.columns_wanted.emit({one.row(): self._wanted(one, text) for one in (index, *alike)})
        return True

    def _wanted(self, index: _Index, text: str) -> OwnColumn:
        column, seen = self.columns[index.row()], self._seen[index.row()]
        if index.column() == _USE:
            return _in_role(column, seen, text)
        if index.column() == _KIND:
            return self._of_kind(column, seen, text)
        if index.column() == _GAPS:
            return replace(column, missing=text)  # type: ignore[arg-type]
        return replace(column, order=_words(text))

    def _has_order(self, index: _Index) -> bool:
        return index.column() == _ORDER and self.columns[index.row()].kind == "ordinal"

    def _value(self, what: int, column: OwnColumn) -> str:
        return {
            _USE: column.role,
            _KIND: column.kind,
            _GAPS: column.missing,
            _ORDER: ", ".join(column.order),
        }.get(what, column.name)

    def _text(self, what: int, column: OwnColumn, seen: SeenColumn) -> str:
        return {
            _NAME: column.name,
            _VALUES: self._values_told(seen),
            _USE: self.uses[column.role],
            _KIND: self.kinds[column.kind],
            _GAPS: self._gaps_told(column, seen),
            _ORDER: ", ".join(column.order) if column.kind == "ordinal" else "",
        }[what]

    def _values_told(self, seen: SeenColumn) -> str:
        if seen.kind in ("number", "date") and len(seen.labels) == 2:
            return " – ".join(seen.labels)
        return self.tr("{distinct} different").format(distinct=count(seen.distinct))

    def _gaps_told(self, column: OwnColumn, seen: SeenColumn) -> str:
        if not seen.missing or column.role == "ignore":
            return count(seen.missing) if seen.missing else ""
        leaves_out = column.role == "target" or column.missing == "drop"
        text = self.tr("{gaps}: leave out") if leaves_out else self.tr("{gaps}: fill in")
        return text.format(gaps=count(seen.missing))

    def _choices(self, what: int, column: OwnColumn, seen: SeenColumn) -> dict[str, str]:
        if what == _USE:
            return self.uses if column.role != "target" else {}
        if what == _KIND and column.role != "ignore":
            names = ["number", "category", "ordinal", "date"]
            return {name: self.kinds[name] for name in names}
        if what == _GAPS and column.role == "input" and seen.missing:
            drop = self.tr("leave these rows out: {rows} left").format(rows=count(seen.left))
            return {"impute": self.tr("fill in"), "drop": drop}
        return {}

    def _of_kind(self, column: OwnColumn, seen: SeenColumn, kind: str) -> OwnColumn:
        """Return a column of another kind; in an order, its words begin in the likeliest."""
        order = column.order
        if kind == "ordinal" and not order and seen.kind not in ("number", "date"):
            order = scale_of(seen.labels) or tuple(sorted(seen.labels))
        return replace(column, kind=kind, order=order)  # type: ignore[arg-type]


def _in_role(column: OwnColumn, seen: SeenColumn, role: str) -> OwnColumn:
    """Return a column in another role; what else would be ignored is then learned from."""
    kind = column.kind
    if role != "ignore" and kind in ("identifier", "text"):
        kind = "number" if len(seen.labels) == 2 < seen.distinct else "category"
    return replace(column, role=role, kind=kind)  # type: ignore[arg-type]


def _words(text: str) -> tuple[str, ...]:
    words = (word.strip() for word in text.replace("，", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


@guarded
class _ColumnDelegate(QStyledItemDelegate):
    """Lists where there is a choice, and a field for an order."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return what a cell is changed with; a choice is taken at once."""
        choices = index.data(_CHOICES)
        if not choices:
            return QLineEdit(parent)
        box = QComboBox(parent)
        box.setItemDelegate(QStyledItemDelegate(box))  # its own paints past the style sheet
        for name, title in choices:
            box.addItem(title, name)
        box.activated.connect(self._take)
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Show what a cell has."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(_Role.EditRole)))
            editor.showPopup()
        elif isinstance(editor, QLineEdit):
            editor.setText(index.data(_Role.EditRole))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Ask for what was chosen."""
        table = self.parent()
        if isinstance(editor, QComboBox):
            assert isinstance(table, QTableView) and isinstance(model, ColumnsModel)
            selected = table.selectionModel().selectedIndexes()
            others = (one for one in selected if one.column() == index.column())
            model.choose(index, editor.currentData(), others)
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        """Mark what can be chosen."""
        super().initStyleOption(option, index)
        if index.data(_CHOICES):
            option.text += "  ▾"

    @Slot()
    def _take(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        self.commitData.emit(box)
        self.closeEditor.emit(box)


@guarded
class ColumnsTable(QTableView):
    """The table of columns: a click, Space or Return opens what can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("open-data-columns")
        self.setAccessibleName(self.tr("Columns of the file"))
        set_tool_tip(self, self.tr("Columns selected with Shift or Ctrl are changed together."))
        self.content = ColumnsModel(self)
        self.setModel(self.content)
        self.setItemDelegate(_ColumnDelegate(self))
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(em(self, 1.6))
        self.clicked.connect(self._open)

    def show_columns(self, columns: Sequence[OwnColumn], seen: Sequence[SeenColumn]) -> None:
        """Show these columns, wide enough for what they say."""
        self.content.show_columns(columns, seen)
        self.resizeColumnsToContents()
        for place in range(_ORDER):
            self.setColumnWidth(place, min(self.columnWidth(place), em(self, _WIDEST)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open what can be chosen here; other keys move about."""
        index = self.currentIndex()
        if event.key() in _EDIT_KEYS and index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)
