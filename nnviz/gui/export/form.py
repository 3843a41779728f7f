"""The fields of the export dialog: size, scale, theme, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QSpinBox, QWidget

from nnviz.gui.export.jobs import ExportTarget
from nnviz.gui.export.options import LARGEST, SCALES, SMALLEST, PictureOptions
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, set_tool_tip

_SIZES = {"screen": (0, 0), "report": (1600, 1000), "slide": (1920, 1080), "square": (1200, 1200)}
_CUSTOM = "custom"
_Part = TypeVar("_Part", bound=QWidget)


class OptionsForm(QWidget):
    """What a person may choose about a picture of a target, beginning with some options."""

    changed = Signal()

    def __init__(
        self, options: PictureOptions, target: ExportTarget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._on_screen = target.on_screen
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._make_size()
        self._make_look()
        if target.is_window:
            options = replace(options, width=0, height=0, legend=False)
            for part in (self._size, *self._sides, self._legend):
                part.setEnabled(False)
        self._show(options)
        for box in (self._size, self._scale, self._theme):
            box.currentIndexChanged.connect(self._fill)
        for check in (self._legend, self._caption):
            check.toggled.connect(self._fill)
        for side in self._sides:
            side.valueChanged.connect(self._name_size)

    def options(self) -> PictureOptions:
        """Return what is chosen."""
        width, height = _SIZES.get(self._size.currentData(), self._typed())
        return PictureOptions(
            width,
            height,
            int(self._scale.currentData()),
            str(self._theme.currentData()),
            self._legend.isChecked(),
            self._caption.isChecked(),
        )

    def label_width(self) -> int:
        """Return how wide the column of labels is, for a form below this one."""
        boxes = (self._size, self._scale, self._theme)
        return max(self._form.labelForField(box).sizeHint().width() for box in boxes)

    def _make_size(self) -> None:
        titles = {
            "screen": self.tr("As on the screen"),
            "report": self.tr("Report, 1600 × 1000"),
            "slide": self.tr("Slide, 1920 × 1080"),
            "square": self.tr("Square, 1200 × 1200"),
            _CUSTOM: self.tr("My own"),
        }
        tip = self.tr("A usual size for the picture, or your own in pixels.")
        self._size = self._choice("export-size", self.tr("Si&ze"), tip, titles)
        width = self._side("export-width", self.tr("Width in pixels"))
        height = self._side("export-height", self.tr("Height in pixels"))
        self._sides = width, height
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(width, 1)
        row.addWidget(Label("×", self))
        row.addWidget(height, 1)
        self._form.addRow("", row)

    def _make_look(self) -> None:
        scales = {scale: self.tr("{scale}×").format(scale=scale) for scale in SCALES}
        tip = self.tr("Pixels a point: more makes text and lines larger, and sharp in print.")
        self._scale = self._choice("export-scale", self.tr("Sca&le"), tip, scales)
        themes = {"light": self.tr("Light"), "dark": self.tr("Dark")}
        tip = self.tr("Colours of the picture; the window keeps its own.")
        self._theme = self._choice("export-theme", self.tr("T&heme"), tip, themes)
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
        field.setRange(SMALLEST, LARGEST)
        field.setSingleStep(50)
        field.setSuffix(self.tr(" px"))
        field.setAccelerated(True)
        return named(field, name, title, self.tr("The file has exactly so many pixels."))

    def _check(self, name: str, title: str, tip: str) -> QCheckBox:
        box = named(QCheckBox(title, self), name, title, tip)
        self._form.addRow("", box)
        return box

    def _show(self, options: PictureOptions) -> None:
        self._scale.setCurrentIndex(self._scale.findData(options.scale))
        self._theme.setCurrentIndex(self._theme.findData(options.theme))
        self._legend.setChecked(options.legend)
        self._caption.setChecked(options.caption)
        self._show_sides(options)
        self._choose_size((options.width, options.height))

    def _show_sides(self, options: PictureOptions) -> None:
        sides = options.pixels(self._on_screen).toTuple()
        for field, pixels in zip(self._sides, sides, strict=True):
            with QSignalBlocker(field):
                field.setValue(pixels)

    def _choose_size(self, sides: tuple[int, int]) -> None:
        key = next((key for key, size in _SIZES.items() if size == sides), _CUSTOM)
        with QSignalBlocker(self._size):
            self._size.setCurrentIndex(self._size.findData(key))

    def _typed(self) -> tuple[int, int]:
        width, height = self._sides
        return width.value(), height.value()

    @Slot()
    def _fill(self) -> None:
        """Fill the two sides in; those of the screen follow the scale."""
        self._show_sides(self.options())
        self.changed.emit()

    @Slot()
    def _name_size(self) -> None:
        """Take a side the person typed: the size is now one of their own."""
        self._choose_size(self._typed())
        self.changed.emit()


def named(part: _Part, name: str, title: str, tip: str) -> _Part:
    """Give a control its name, what it is called, and what it says of itself; return it."""
    part.setObjectName(name)
    part.setAccessibleName(title.replace("&", ""))
    set_tool_tip(part, tip)
    return part
