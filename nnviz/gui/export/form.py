"""The fields of the export dialog: size, resolution, text, theme, words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from nnviz.gui.export.jobs import ExportTarget
from nnviz.gui.export.options import (
    COARSEST,
    FINEST,
    LARGEST,
    POINTS_PER_INCH,
    SMALLEST,
    TEXT_SIZES,
    PictureOptions,
)
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip

_SIZES = {
    "screen": (0, 0, False),
    "report": (1600, 1000, False),
    "column": (80, 60, True),
    "page": (160, 100, True),
    "slide": (1920, 1080, False),
    "square": (1200, 1200, False),
}
"""Width, height, and whether these are millimetres."""

_CUSTOM = "custom"
_Part = TypeVar("_Part", bound=QWidget)


class OptionsForm(QWidget):
    """What a person may choose about a picture of a target, beginning with some options.

    Parameters
    ----------
    options, target, parent
        What is chosen at first; the picture; the dialog.
    many
        Whether the target is one of many, each with a title of its own.
    """

    changed = Signal()

    def __init__(
        self,
        options: PictureOptions,
        target: ExportTarget,
        many: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._target, self._shown = target, options
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._make_size()
        self._make_look()
        self._make_words()
        if target.is_window:
            options = replace(options, width=0, height=0, millimetres=False, legend=False, text=100)
            for part in (self._size, *self._sides, self._unit, self._text, self._legend):
                part.setEnabled(False)
        if options.kind not in target.kinds:
            options = replace(options, kind=target.kinds[0])
        self._kind.setEnabled(len(target.kinds) > 1)
        self._form.setRowVisible(self._title, not (many or target.is_window))
        self._show(options)
        for box in (self._kind, self._text, self._theme, self._size):
            box.currentIndexChanged.connect(self._take)
        for check in (self._legend, self._caption):
            check.toggled.connect(self._take)
        self._title.textChanged.connect(self._take)
        self._dpi.valueChanged.connect(self._take)
        self._unit.currentIndexChanged.connect(self._on_unit)
        for side in self._sides:
            side.valueChanged.connect(self._on_side)

    def add_number(
        self, name: str, title: str, tip: str, least: int, most: int, first: int
    ) -> QSpinBox:
        """Add a row for a whole number, which is the first one to begin with."""
        spin = named(QSpinBox(self), f"export-{name}", title, tip)
        spin.setRange(least, most)
        spin.setValue(first)
        self._form.addRow(title, spin)
        return spin

    def options(self) -> PictureOptions:
        """Return what is chosen."""
        width, height = (side.value() for side in self._sides)
        own = (width, height, bool(self._unit.currentData()))
        width, height, millimetres = _SIZES.get(self._size.currentData(), own)
        title = self._title.text().strip()
        return PictureOptions(
            width,
            height,
            self._dpi.value() / POINTS_PER_INCH,
            str(self._theme.currentData()),
            self._legend.isChecked(),
            self._caption.isChecked(),
            str(self._kind.currentData()),
            int(self._text.currentData()),
            millimetres,
            "" if title == self._target.title else title,  # which tells the program's language
        )

    # ------------------------------------------------------------------------------- its parts

    def _make_size(self) -> None:
        titles = {
            "screen": self.tr("As on the screen"),
            "report": self.tr("Report, 1600 × 1000"),
            "column": self.tr("Column, 80 × 60 mm"),
            "page": self.tr("A4 width, 160 × 100 mm"),
            "slide": self.tr("Slide, 1920 × 1080"),
            "square": self.tr("Square, 1200 × 1200"),
            _CUSTOM: self.tr("My own"),
        }
        tip = self.tr("A usual size for the picture, or your own.")
        self._size = self._choice("export-size", self.tr("Si&ze"), tip, titles)
        tip = self.tr("The picture has exactly this size.")
        self._sides = (
            named(QSpinBox(self), "export-width", self.tr("Width"), tip),
            named(QSpinBox(self), "export-height", self.tr("Height"), tip),
        )
        tip = self.tr("What width and height count; the resolution makes pixels of millimetres.")
        self._unit = named(QComboBox(self), "export-unit", self.tr("Unit"), tip)
        self._unit.addItem(self.tr("px"), False)
        self._unit.addItem(self.tr("mm"), True)
        parts = (self._sides[0], Label("×", self), self._sides[1], self._unit)
        row = filled(QHBoxLayout(), *parts, spacing=SPACE)
        for side in self._sides:
            row.setStretchFactor(side, 1)
        self._form.addRow("", row)
        tip = self.tr("Pixels an inch on paper: with more, text and lines have more pixels.")
        label = self.tr("&Resolution")
        self._dpi = named(QSpinBox(self), "export-dpi", label, tip)
        self._dpi.setRange(COARSEST, FINEST)
        self._dpi.setSuffix(self.tr(" dpi"))
        self._form.addRow(label, self._dpi)

    def _make_look(self) -> None:
        sizes = {size: self.tr("{percent} %").format(percent=size) for size in TEXT_SIZES}
        tip = self.tr("How large text and lines are, as far as there is room in the picture.")
        self._text = self._choice("export-text", self.tr("Te&xt size"), tip, sizes)
        kinds = {
            "png": self.tr("PNG, pixels"),
            "svg": self.tr("SVG, lines and text"),
            "pdf": self.tr("PDF, lines and text"),
            "gif": self.tr("GIF, 256 colours"),
            "webp": self.tr("WebP, all colours"),
        }
        kinds = {kind: kinds[kind] for kind in self._target.kinds}
        tip = self.tr("Pixels for everywhere; lines and text stay sharp at any size.")
        if self._target.kinds[0] == "gif":
            tip = self.tr("GIF moves everywhere; WebP has all colours.")
        self._kind = self._choice("export-kind", self.tr("File t&ype"), tip, kinds)
        themes = {"light": self.tr("Light"), "dark": self.tr("Dark")}
        tip = self.tr("Colours of the picture; the window keeps its own.")
        self._theme = self._choice("export-theme", self.tr("T&heme"), tip, themes)

    def _make_words(self) -> None:
        tip = self.tr("What stands above this picture; the next one has the panel's own again.")
        label = self.tr("&Title")
        self._title = named(QLineEdit(self._target.title, self), "export-title", label, tip)
        self._title.setPlaceholderText(self._target.title)
        self._form.addRow(label, self._title)
        tip = self.tr("Say below the picture what lines and colours mean.")
        self._legend = self._check("export-legend", self.tr("Legend"), tip)
        tip = self.tr("Say what is shown: data set, network, epoch and seed.")
        self._caption = self._check("export-caption", self.tr("Title and caption"), tip)

    def _choice(
        self, name: str, label: str, tip: str, titles: Mapping[str, str] | Mapping[int, str]
    ) -> QComboBox:
        box = named(QComboBox(self), name, label, tip)
        for key, title in titles.items():
            box.addItem(title, key)
        self._form.addRow(label, box)
        return box

    def _check(self, name: str, title: str, tip: str) -> QCheckBox:
        box = named(QCheckBox(title, self), name, title, tip)
        self._form.addRow("", box)
        return box

    # ---------------------------------------------------------------------------- what they show

    def _show(self, options: PictureOptions) -> None:
        """Show options, the sides they come to, and the usual size that they are, if any."""
        self._shown = options
        size = (options.width, options.height, options.millimetres)
        usual = (key for key, known in _SIZES.items() if known == size)
        with ExitStack() as silence:
            for part in (self._size, self._unit, *self._sides, self._dpi):
                silence.enter_context(QSignalBlocker(part))
            for box, chosen in (
                (self._size, next(usual, _CUSTOM)),
                (self._unit, options.millimetres),
                (self._kind, options.kind),
                (self._text, options.text),
                (self._theme, options.theme),
            ):
                box.setCurrentIndex(box.findData(chosen))
            self._dpi.setValue(options.dpi)
            pixels = self._target.pixels(options).toTuple()
            for field, value in zip(self._sides, pixels, strict=True):
                unit = options.unit
                field.setRange(math.ceil(SMALLEST / unit), math.floor(LARGEST / unit))
                field.setSingleStep(5 if options.millimetres else 50)
                field.setValue(round(value / unit))
        self._legend.setChecked(options.legend)
        self._caption.setChecked(options.caption)
        self._title.setEnabled(options.caption)

    @Slot()
    def _take(self) -> None:
        """Take what was chosen, and show what follows from it."""
        self._show(self.options())
        self.changed.emit()

    @Slot()
    def _on_side(self) -> None:
        """Take a side that the person typed: no longer that of the size chosen before."""
        with QSignalBlocker(self._size):
            self._size.setCurrentIndex(self._size.findData(_CUSTOM))
        self._take()

    @Slot()
    def _on_unit(self) -> None:
        """Count the same size in the other unit."""
        width, height = self._target.pixels(self._shown).toTuple()
        millimetres = bool(self._unit.currentData())
        unit = replace(self._shown, millimetres=millimetres).unit
        width, height = round(width / unit), round(height / unit)
        self._show(replace(self._shown, width=width, height=height, millimetres=millimetres))
        self.changed.emit()


def named(part: _Part, name: str, title: str, tip: str) -> _Part:
    """Give a control its name, what it is called, and what it says of itself; return it."""
    part.setObjectName(name)
    part.setAccessibleName(title.replace("&", ""))
    set_tool_tip(part, tip)
    return part
