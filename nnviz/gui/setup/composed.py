"""Controls made of several: a slider with its number, a seed with a die, a switch an input."""

from __future__ import annotations

from PySide6.QtCore import QRandomGenerator, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.field import object_name
from nnviz.gui.widgets.icon_button import IconButton
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange

_NEW_SEEDS = 10_000  # few enough digits to be read out in a class


def in_a_row(box: QWidget, *parts: QWidget, gap: int = SPACE // 2) -> None:
    """Put the parts of a control side by side, so many pixels apart."""
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for part in parts:
        layout.addWidget(part)


@guarded
class QuietSlider(QSlider):
    """A slider that leaves the wheel to the panel unless the person is at it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderNumber(QWidget):
    """A slider for the hand and a number for exactness.

    Parameters
    ----------
    path
        Of the setting; the parts are named after it.
    title, hint
        Translated.
    numbers
        Range; the slider has whole steps of what is shown.
    """

    moved = Signal(float)
    """The hand is on the slider, over this value."""

    chosen = Signal(float)
    """The person chose this value."""

    def __init__(self, path: str, title: str, hint: str, numbers: NumberRange) -> None:
        super().__init__()
        self._factor = numbers.factor
        self.slider = QuietSlider()
        self.slider.setObjectName(f"{object_name(path)}-slider")
        self.slider.setAccessibleName(title)
        self.slider.setRange(round(numbers.low * self._factor), round(numbers.high * self._factor))
        self.slider.setPageStep(5)
        self.number = NumberField(title, numbers)
        self.number.setObjectName(f"{object_name(path)}-number")
        self.number.set_plain()
        self.number.setFixedWidth(em(self, 3.5))
        for part in (self, self.slider, self.number):
            set_tool_tip(part, hint)
        in_a_row(self, self.slider, self.number)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._released)
        self.number.committed.connect(self.chosen)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted, and a hand on the slider is not disturbed."""
        self.number.show_value(value)
        if not self.slider.isSliderDown():
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(round(value * self._factor))
            self.slider.blockSignals(blocked)

    @property
    def _value(self) -> float:
        return round(self.slider.value() / self._factor, 12)

    @Slot()
    def _slid(self) -> None:
        if self.slider.isSliderDown():
            self.number.preview(self._value)
            self.moved.emit(self._value)
        else:
            self.chosen.emit(self._value)

    @Slot()
    def _released(self) -> None:
        if self._value == self.number.value:
            self.number.preview(self._value)
        else:
            self.chosen.emit(self._value)


class SeedNumber(QWidget):
    """A seed, and a die that throws another.

    Parameters
    ----------
    path
        Of the setting; the parts are named after it.
    title, dice_title, dice_hint
        Translated.
    """

    chosen = Signal(float)
    """The person chose this seed."""

    def __init__(
        self, path: str, title: str, numbers: NumberRange, dice_title: str, dice_hint: str
    ) -> None:
        super().__init__()
        self.number = NumberField(title, numbers)
        self.number.setObjectName(f"{object_name(path)}-number")
        self.dice = IconButton("dices", dice_title, dice_hint, width=1.75, icon_side=1.0)
        self.dice.setObjectName(f"{object_name(path)}-dice")
        in_a_row(self, self.number, self.dice)
        self.setFocusProxy(self.number)
        self.number.committed.connect(self.chosen)
        self.dice.clicked.connect(self._throw)

    def show_value(self, value: float) -> None:
        """Show a seed; nothing is emitted."""
        self.number.show_value(value)

    @Slot()
    def _throw(self) -> None:
        """Choose another seed than this one."""
        step = QRandomGenerator.global_().bounded(1, _NEW_SEEDS)
        self.chosen.emit(float((self.number.value + step) % _NEW_SEEDS))


class InputChips(QWidget):
    """A switch for each input that can be computed from a point of the plane."""

    chosen = Signal(object)
    """The keys of all inputs now switched on."""

    def __init__(self) -> None:
        super().__init__()
        self._chips: dict[str, QToolButton] = {}
        for key, feature in PLANE_FEATURES.items():
            chip = self._chips[key] = QToolButton()
            chip.setText(feature.title)
            chip.setAccessibleName(feature.title)
            chip.setObjectName(object_name(f"data.feature.{key}"))
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            tip = self.tr("Give the network {title} as an input.")
            set_tool_tip(chip, tip.format(title=feature.title))
            chip.clicked.connect(self._choose)
        in_a_row(self, *self._chips.values(), gap=2)

    def show_value(self, keys: tuple[str, ...]) -> None:
        """Show which inputs there are; nothing is emitted."""
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit([key for key, chip in self._chips.items() if chip.isChecked()])
