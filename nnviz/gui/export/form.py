"""The fields of the export dialog: size, scale, theme, words."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from nnviz.gui.export.options import LARGEST, SCALES, SMALLEST, PictureOptions
from nnviz.gui.look.theme import SPACE, THEMES
from nnviz.gui.plain import Label, set_tool_tip

_SIZES = {"report": (1600, 1000), "slide": (1920, 1080), "square": (1200, 1200)}


class OptionsForm(QWidget):
    """What a person may choose about a picture.

    Parameters
    ----------
    options
        What to begin with.
    on_screen
        Size of the thing on the screen, in points.
    is_window
        Whether the picture is of the whole window, which keeps its shape and has no legend.
    parent
        Qt parent.
    """

    changed = Signal()

    def __init__(
        self,
        options: PictureOptions,
        on_screen: QSize,
        is_window: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_screen = on_screen
        self._is_window = is_window
        self._make_size()
        self._make_look()
        self._arrange()
        self._show(options)
        self._connect()

    def options(self) -> PictureOptions:
        """Return what is chosen."""
        free = self.size_choice.currentData() != "screen"
        return PictureOptions(
            self.width_field.value() if free else 0,
            self.height_field.value() if free else 0,
            int(self.scale.currentData()),
            str(self.theme.currentData()),
            self.legend.isChecked(),
            self.caption.isChecked(),
        )

    def label_width(self) -> int:
        """Return how wide the column of labels is, for a form below this one."""
        return max(label.sizeHint().width() for label in self._labels)

    def _make_size(self) -> None:
        self.size_choice = QComboBox(self)
        titles = {
            "screen": self.tr("As on the screen"),
            "report": self.tr("Report, 1600 × 1000"),
            "slide": self.tr("Slide, 1920 × 1080"),
            "square": self.tr("Square, 1200 × 1200"),
            "custom": self.tr("My own"),
        }
        for key, title in titles.items():
            self.size_choice.addItem(title, key)
        _name(
            self.size_choice,
            "export-size",
            self.tr("Size"),
            self.tr("A usual size for the picture, or your own in pixels."),
        )
        self.width_field = self._side("export-width", self.tr("Width in pixels"))
        self.height_field = self._side("export-height", self.tr("Height in pixels"))

    def _side(self, name: str, title: str) -> QSpinBox:
        field = QSpinBox(self)
        field.setRange(SMALLEST, LARGEST)
        field.setSingleStep(50)
        field.setSuffix(self.tr(" px"))
        field.setAccelerated(True)
        _name(field, name, title, self.tr("The file has exactly so many pixels."))
        return field

    def _make_look(self) -> None:
        self.scale = QComboBox(self)
        for scale in SCALES:
            self.scale.addItem(self.tr("{scale}×").format(scale=scale), scale)
        tip = self.tr("Pixels a point: more makes text and lines larger, and sharp in print.")
        _name(self.scale, "export-scale", self.tr("Scale"), tip)
        self.theme = QComboBox(self)
        titles = {"light": self.tr("Light"), "dark": self.tr("Dark")}
        for name in THEMES:
            self.theme.addItem(titles.get(name, name), name)
        tip = self.tr("Colours of the picture; the window keeps its own.")
        _name(self.theme, "export-theme", self.tr("Theme"), tip)
        self.legend = QCheckBox(self.tr("Legend"), self)
        tip = self.tr("Say below the picture what lines and colours mean.")
        _name(self.legend, "export-legend", self.tr("Legend"), tip)
        self.caption = QCheckBox(self.tr("Title and caption"), self)
        tip = self.tr("Say what is shown: data set, network, epoch and seed.")
        _name(self.caption, "export-caption", self.tr("Title and caption"), tip)

    def _arrange(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE)
        sides = QHBoxLayout()
        sides.setSpacing(SPACE)
        times = Label("×", self)
        for part in (self.width_field, times, self.height_field):
            sides.addWidget(part, 0 if part is times else 1)
        self._labels = [
            Label(text, self) for text in (self.tr("Si&ze"), self.tr("Sca&le"), self.tr("T&heme"))
        ]
        for label, field in zip(
            self._labels, (self.size_choice, self.scale, self.theme), strict=True
        ):
            label.setBuddy(field)
            form.addRow(label, field)
        form.insertRow(1, "", sides)
        form.addRow("", self.legend)
        form.addRow("", self.caption)

    def _show(self, options: PictureOptions) -> None:
        if self._is_window:
            for part in (self.size_choice, self.width_field, self.height_field, self.legend):
                part.setEnabled(False)
            options = PictureOptions(0, 0, options.scale, options.theme, False, options.caption)
        self.scale.setCurrentIndex(self.scale.findData(options.scale))
        self.theme.setCurrentIndex(self.theme.findData(options.theme))
        self.legend.setChecked(options.legend)
        self.caption.setChecked(options.caption)
        self._show_size(options)

    def _show_size(self, options: PictureOptions) -> None:
        sides = (options.width, options.height)
        named = next((key for key, size in _SIZES.items() if size == sides), "custom")
        key = "screen" if options.as_on_screen else named
        size = options.sized(self._on_screen)
        with (
            QSignalBlocker(self.size_choice),
            QSignalBlocker(self.width_field),
            QSignalBlocker(self.height_field),
        ):
            self.size_choice.setCurrentIndex(self.size_choice.findData(key))
            self.width_field.setValue(size.width)
            self.height_field.setValue(size.height)

    def _connect(self) -> None:
        self.size_choice.currentIndexChanged.connect(self._on_size)
        self.width_field.valueChanged.connect(self._on_side)
        self.height_field.valueChanged.connect(self._on_side)
        self.scale.currentIndexChanged.connect(self._on_scale)
        self.theme.currentIndexChanged.connect(self._on_other)
        self.legend.toggled.connect(self._on_other)
        self.caption.toggled.connect(self._on_other)

    @Slot(int)
    def _on_size(self, index: int) -> None:
        """Fill the two sides in."""
        key = self.size_choice.currentData()
        if key in _SIZES:
            width, height = _SIZES[key]
            with QSignalBlocker(self.width_field), QSignalBlocker(self.height_field):
                self.width_field.setValue(width)
                self.height_field.setValue(height)
        elif key == "screen":
            self._show_size(self.options())
        self.changed.emit()

    @Slot(int)
    def _on_side(self, pixels: int) -> None:
        """Take a side the person typed: the size is now one of their own."""
        typed = (self.width_field.value(), self.height_field.value())
        key = next((key for key, size in _SIZES.items() if size == typed), "custom")
        with QSignalBlocker(self.size_choice):
            self.size_choice.setCurrentIndex(self.size_choice.findData(key))
        self.changed.emit()

    @Slot(int)
    def _on_scale(self, index: int) -> None:
        """Let a size that follows the screen follow the scale too."""
        if self.size_choice.currentData() == "screen":
            self._show_size(self.options())
        self.changed.emit()

    @Slot()
    def _on_other(self) -> None:
        self.changed.emit()


def _name(part: QWidget, name: str, title: str, tip: str) -> None:
    part.setObjectName(name)
    part.setAccessibleName(title)
    set_tool_tip(part, tip)
