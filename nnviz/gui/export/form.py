"""The fields of the export dialog: size, resolution, text, theme, words."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
    MM_PER_INCH,
    POINTS_PER_INCH,
    SMALLEST,
    TEXT_SIZES,
    PictureOptions,
)
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
"""Width, height, and whether they are millimetres."""

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
        self._target = target
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._make_size()
        self._make_look()
        self._make_words()
        if target.is_window:
            options = replace(options, width=0, height=0, legend=False, text=100, kind="png")
            for part in (self._size, *self._sides, self._unit, self._text, self._legend):
                part.setEnabled(False)
        self._kind.setEnabled(len(target.kinds) > 1)
        self._form.setRowVisible(self._title, not (many or target.is_window))
        self._show(options)
        for box in (self._kind, self._text, self._theme):
            box.currentIndexChanged.connect(self.changed)
        self._title.textChanged.connect(self.changed)
        self._legend.toggled.connect(self.changed)
        self._caption.toggled.connect(self._on_caption)
        self._size.currentIndexChanged.connect(self._on_size)
        self._unit.currentIndexChanged.connect(self._on_unit)
        self._dpi.valueChanged.connect(self._on_dpi)
        for side in self._sides:
            side.valueChanged.connect(self._on_side)

    def options(self) -> PictureOptions:
        """Return what is chosen."""
        width, height = (0, 0) if self._as_on_screen else self._pixels()
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
            self._in_millimetres,
            "" if title == self._target.title else title,  # which tells the program's language
        )

    def choose_kind(self, kind: str) -> None:
        """Choose a kind of file, if it is one that can be chosen."""
        if self._kind.isEnabled() and (index := self._kind.findData(kind)) >= 0:
            self._kind.setCurrentIndex(index)

    def label_width(self) -> int:
        """Return how wide the column of labels is, for a form below this one."""
        boxes = (self._size, self._dpi, self._text, self._kind, self._theme)
        return max(self._form.labelForField(box).sizeHint().width() for box in boxes)

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
        self._sides = (
            self._side("export-width", self.tr("Width")),
            self._side("export-height", self.tr("Height")),
        )
        tip = self.tr("What width and height count; the resolution makes pixels of millimetres.")
        self._unit = named(QComboBox(self), "export-unit", self.tr("Unit"), tip)
        self._unit.addItem(self.tr("px"), False)
        self._unit.addItem(self.tr("mm"), True)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self._sides[0], 1)
        row.addWidget(Label("×", self))
        row.addWidget(self._sides[1], 1)
        row.addWidget(self._unit)
        self._form.addRow("", row)
        tip = self.tr("Pixels an inch on paper: with more, text and lines have more pixels.")
        label = self.tr("&Resolution")
        self._dpi = named(QSpinBox(self), "export-dpi", label, tip)
        self._dpi.setRange(COARSEST, FINEST)
        self._dpi.setSuffix(self.tr(" dpi"))
        self._dpi.setAccelerated(True)
        self._form.addRow(label, self._dpi)

    def _make_look(self) -> None:
        sizes = {size: self.tr("{percent} %").format(percent=size) for size in TEXT_SIZES}
        tip = self.tr("How large text and lines are, as far as there is room in the picture.")
        self._text = self._choice("export-text", self.tr("Te&xt size"), tip, sizes)
        kinds = {
            "png": self.tr("PNG, pixels"),
            "svg": self.tr("SVG, lines and text"),
            "pdf": self.tr("PDF, lines and text"),
        }
        tip = self.tr("Pixels for everywhere; lines and text stay sharp at any size.")
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

    def _side(self, name: str, title: str) -> QSpinBox:
        field = QSpinBox(self)
        field.setAccelerated(True)
        return named(field, name, title, self.tr("The picture has exactly this size."))

    def _check(self, name: str, title: str, tip: str) -> QCheckBox:
        box = named(QCheckBox(title, self), name, title, tip)
        self._form.addRow("", box)
        return box

    # ---------------------------------------------------------------------------- what they show

    def _show(self, options: PictureOptions) -> None:
        self._dpi.setValue(options.dpi)
        for box, chosen in (
            (self._kind, options.kind),
            (self._text, options.text),
            (self._theme, options.theme),
            (self._unit, options.millimetres),
        ):
            box.setCurrentIndex(box.findData(chosen))
        self._legend.setChecked(options.legend)
        self._caption.setChecked(options.caption)
        self._title.setEnabled(options.caption)
        self._show_sides(options)
        self._name_size(screen=not options.width)

    @property
    def _in_millimetres(self) -> bool:
        return bool(self._unit.currentData())

    @property
    def _as_on_screen(self) -> bool:
        return bool(self._size.currentData() == "screen")

    @property
    def _unit_pixels(self) -> float:
        """Pixels of what the sides count."""
        return self._dpi.value() / MM_PER_INCH if self._in_millimetres else 1.0

    def _pixels(self) -> tuple[int, int]:
        width, height = (round(side.value() * self._unit_pixels) for side in self._sides)
        return width, height

    def _show_sides(self, options: PictureOptions) -> None:
        """Say how large the picture becomes."""
        for field, pixels in zip(self._sides, self._target.pixels(options).toTuple(), strict=True):
            self._set_side(field, round(pixels / self._unit_pixels))

    def _set_side(self, field: QSpinBox, value: int) -> None:
        least, most = SMALLEST / self._unit_pixels, LARGEST / self._unit_pixels
        with QSignalBlocker(field):
            field.setRange(math.ceil(least), math.floor(most))
            field.setSingleStep(5 if self._in_millimetres else 50)
            field.setValue(value)

    def _name_size(self, screen: bool = False) -> None:
        """Choose the usual size that these sides are, if any."""
        shown = (*(side.value() for side in self._sides), self._in_millimetres)
        key = next((key for key, size in _SIZES.items() if size == shown), _CUSTOM)
        with QSignalBlocker(self._size):
            self._size.setCurrentIndex(self._size.findData("screen" if screen else key))

    @Slot()
    def _on_size(self) -> None:
        """Fill in the sides of the size that was chosen."""
        width, height, millimetres = _SIZES.get(self._size.currentData(), (0, 0, False))
        if width:
            with QSignalBlocker(self._unit):
                self._unit.setCurrentIndex(self._unit.findData(millimetres))
            for field, value in zip(self._sides, (width, height), strict=True):
                self._set_side(field, value)
        self._on_dpi()

    @Slot()
    def _on_unit(self) -> None:
        """Count the same size in the other unit."""
        pixels = self._dpi.value() / MM_PER_INCH
        for field in self._sides:
            value = field.value()
            self._set_side(field, round(value / pixels if self._in_millimetres else value * pixels))
        self._name_size(self._as_on_screen)
        self.changed.emit()

    @Slot()
    def _on_dpi(self) -> None:
        """Let the picture have other pixels where these follow from the resolution."""
        if self._as_on_screen:
            self._show_sides(self.options())
        else:
            for field in self._sides:
                self._set_side(field, field.value())
        self.changed.emit()

    @Slot()
    def _on_side(self) -> None:
        """Take a side the person typed: the size is perhaps one of their own now."""
        self._name_size()
        self.changed.emit()

    @Slot(bool)
    def _on_caption(self, shown: bool) -> None:
        self._title.setEnabled(shown)
        self._on_dpi()  # the window's picture is higher with it


def named(part: _Part, name: str, title: str, tip: str) -> _Part:
    """Give a control its name, what it is called, and what it says of itself; return it."""
    part.setObjectName(name)
    part.setAccessibleName(title.replace("&", ""))
    set_tool_tip(part, tip)
    return part
