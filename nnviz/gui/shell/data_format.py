"""How a person's file is written, as it was understood, to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from nnviz.datasets.own.recipe import MOST_HEADER, MOST_SKIPPED, Recipe
from nnviz.datasets.own.sample_recipes import MOST_PICTURES, MOST_SIDE, PicturesRecipe
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.gui.widgets.text_labels import small

_Field = ChoiceBox | NumberField | QLineEdit

_ACROSS = 5
"""Fields in a row."""


class _Fields(QWidget):
    """Fields in rows, a title above each."""

    changed = Signal(dict)
    """Values of the recipe by name, one of them new."""

    refused = Signal(str)
    """Why a number that was entered cannot be; "" when that no longer holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, _Field] = {}
        self._labels: dict[str, Label] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        for column in range(_ACROSS):
            self._grid.setColumnStretch(column, 1)

    def _add_list(self, name: str, title: str, titles: Mapping[str, str]) -> None:
        box = ChoiceBox(Entry(*each) for each in titles.items())
        box.chosen.connect(lambda value: self._take(name, value))
        self._add(name, title, box, "")

    def _add_number(self, name: str, title: str, low: int, high: int, tip: str) -> None:
        field = NumberField(title, NumberRange(low, high, whole=True))
        field.committed.connect(lambda value: self._take(name, int(value)))
        field.refused.connect(self.refused)
        self._add(name, title, field, tip)

    def _add(
        self, name: str, title: str, field: ChoiceBox | NumberField | QLineEdit, tip: str
    ) -> None:
        field.setObjectName(f"open-data-{name.replace('_', '-')}")
        field.setAccessibleName(title)
        set_tool_tip(field, tip)
        place = len(self.fields) + int("missing" in self.fields)  # which takes two places
        row, column = 2 * (place // _ACROSS), place % _ACROSS
        label = small(Label(title))
        label.setBuddy(field)
        across = 2 if isinstance(field, QLineEdit) else 1
        self._grid.addWidget(label, row, column, 1, across, Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(field, row + 1, column, 1, across)
        self.fields[name], self._labels[name] = field, label

    def _take(self, name: str, value: Any) -> None:
        self.changed.emit({name: value})


class FormatForm(_Fields):
    """A field for each thing a recipe says of the file as a whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing: tuple[str, ...] = ()
        self._add_lists()
        header, skip = self.tr("Header lines"), self.tr("Lines to skip above")
        skip_end, most = self.tr("Lines to skip below"), self.tr("Categories kept")
        self._add_number("header", header, 0, MOST_HEADER, self.tr("Lines with names of columns."))
        tip = self.tr("Lines that are no part of the table.")
        self._add_number("skip", skip, 0, MOST_SKIPPED[0], tip)
        self._add_number("skip_end", skip_end, 0, MOST_SKIPPED[1], tip)
        tip = self.tr("So many words of a column become an input each; rarer ones share one.")
        self._add_number("categories", most, 1, 1000, tip)
        words = QLineEdit()
        tip = self.tr("Words that stand for a value that is not known, with commas between them.")
        self._add("missing", self.tr("Missing values"), words, tip)
        words.editingFinished.connect(self._take_words)
        self._add_list("sheet", self.tr("Sheet"), {})

    def show_sheets(self, sheets: Sequence[str]) -> None:
        """Offer the sheets of a workbook; where there are none, the file is a text."""
        box = self.fields["sheet"]
        assert isinstance(box, ChoiceBox)
        box.fill(Entry(sheet, sheet) for sheet in sheets)
        for part in (box, self._labels["sheet"]):
            part.setVisible(len(sheets) > 1)
        for name in ("encoding", "separator"):
            self.fields[name].setEnabled(not sheets)

    def show_recipe(self, recipe: Recipe) -> None:
        """Show what a recipe says; nothing is emitted."""
        for name, field in self.fields.items():
            value = getattr(recipe, name)
            if not isinstance(field, QLineEdit):
                field.show_value(value)
        self._missing = recipe.missing
        words = self.fields["missing"]
        assert isinstance(words, QLineEdit)
        if not words.hasFocus() or not words.isModified():
            words.setText(", ".join(filter(None, recipe.missing)))
            words.setCursorPosition(0)

    def summary(self) -> str:
        """Return what stands in the lists, in short."""
        boxes = (box for box in self.fields.values() if isinstance(box, ChoiceBox))
        told = [box for box in boxes if box.isEnabled() and box.currentText()]
        return " · ".join(f"{box.accessibleName()} {box.currentText()}" for box in told)

    def _add_lists(self) -> None:
        none, space = self.tr("none"), self.tr("spaces")
        self._add_list("encoding", self.tr("Encoding"), self._encodings())
        separators = {",": ",", ";": ";", "\t": self.tr("tab"), "|": "|", " ": space}
        self._add_list("separator", self.tr("Separator"), separators)
        self._add_list("decimal", self.tr("Decimal sign"), {".": "1.5", ",": "1,5"})
        thousands = {"": none, ",": "1,000", ".": "1.000", "'": "1'000"}
        self._add_list("thousands", self.tr("Thousands"), thousands)

    def _encodings(self) -> dict[str, str]:
        return {
            "utf-8": "UTF-8",
            "utf-16": "UTF-16",
            "cp1252": self.tr("Western (cp1252)"),
            "cp1250": self.tr("Central European (cp1250)"),
            "cp1251": self.tr("Cyrillic (cp1251)"),
            "gb18030": self.tr("Chinese, simplified (GB 18030)"),
            "big5": self.tr("Chinese, traditional (Big5)"),
            "cp932": self.tr("Japanese (Shift-JIS)"),
            "euc_jp": self.tr("Japanese (EUC-JP)"),
            "cp949": self.tr("Korean (cp949)"),
        }

    def _take(self, name: str, value: Any) -> None:
        values = {name: value}
        thousands = self.fields["thousands"]
        assert isinstance(thousands, ChoiceBox)
        if name == "decimal" and value == thousands.name:
            values["thousands"] = "." if value == "," else ","  # so that the way back leads back
        self.changed.emit(values)

    @Slot()
    def _take_words(self) -> None:
        words = self.fields["missing"]
        assert isinstance(words, QLineEdit)
        given = (word.strip() for word in words.text().split(","))
        wanted = tuple(dict.fromkeys(("", *given)))
        if wanted != self._missing:
            self._missing = wanted
            self.changed.emit({"missing": wanted})


class PicturesForm(_Fields):
    """What the pictures of a folder are brought to, and how many are taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = self.tr("Rows and columns of pixels: a larger picture makes a larger network.")
        self._add_number("side", self.tr("Pixels across"), 4, MOST_SIDE, tip)
        self._add_list(
            "channels", self.tr("Colour"), {"1": self.tr("grey"), "3": self.tr("colour")}
        )
        tip = self.tr("So many pictures of each class are used; of more, evenly spaced ones.")
        self._add_number("most", self.tr("Pictures of a class"), 1, MOST_PICTURES, tip)

    def show_recipe(self, recipe: PicturesRecipe) -> None:
        """Show what a recipe says; nothing is emitted."""
        self._picture = recipe.picture
        channels, rows, _ = recipe.picture
        for name, value in (("side", rows), ("channels", str(channels)), ("most", recipe.most)):
            field = self.fields[name]
            assert not isinstance(field, QLineEdit)
            field.show_value(value)  # type: ignore[arg-type]

    def _take(self, name: str, value: Any) -> None:
        channels, rows, columns = self._picture
        shapes = {"side": (channels, value, value), "channels": (int(value), rows, columns)}
        self.changed.emit({"picture": shapes[name]} if name in shapes else {name: value})
