"""Controls made of two: a slider with its number, a seed with a die."""

from __future__ import annotations

from PySide6.QtCore import QRandomGenerator, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import IconButton
from nnviz.gui.setup.ladder import Limits
from nnviz.gui.setup.number import NumberField
from nnviz.training.settings import SETTINGS

_NUMBER_WIDTH = 52
_NEW_SEEDS = 10_000  # few enough digits to be read out in a class


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
    name
        Object name of the whole; the parts are named after it.
    title
        Translated.
    limits
        Range; the slider has whole steps of it.
    """

    moved = Signal(float)
    """The hand is on the slider, over this value."""

    committed = Signal(float)
    """The person chose this value."""

    def __init__(
        self, name: str, title: str, limits: Limits, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.slider = QuietSlider()
        self.slider.setObjectName(f"{name}-slider")
        self.slider.setAccessibleName(title)
        self.slider.setRange(int(limits.low), int(limits.high))
        self.slider.setPageStep(5)
        self.number = NumberField(title, limits)
        self.number.setObjectName(f"{name}-number")
        self.number.set_plain()
        self.number.setFixedWidth(_NUMBER_WIDTH)
        _in_a_row(self, self.slider, self.number)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._released)
        self.number.committed.connect(self.committed)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted, and a hand on the slider is not disturbed."""
        self.number.show_value(value)
        if not self.slider.isSliderDown():
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(round(value))
            self.slider.blockSignals(blocked)

    def set_hint(self, hint: str) -> None:
        """Set the tooltip of both parts."""
        for part in (self, self.slider, self.number):
            set_tool_tip(part, hint)

    @Slot(int)
    def _slid(self, value: int) -> None:
        if self.slider.isSliderDown():
            self.number.preview(value)
            self.moved.emit(float(value))
        else:
            self.committed.emit(float(value))

    @Slot()
    def _released(self) -> None:
        if self.slider.value() == self.number.value:
            self.number.preview(self.number.value)
        else:
            self.committed.emit(float(self.slider.value()))


class SeedNumber(QWidget):
    """A seed, and a die that throws another.

    Parameters
    ----------
    name
        Object name of the whole; the parts are named after it.
    title, dice_title, dice_hint
        Translated.
    """

    committed = Signal(float)
    """The person chose this seed."""

    def __init__(
        self,
        name: str,
        title: str,
        dice_title: str,
        dice_hint: str,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.number = NumberField(title, Limits.within(SETTINGS["training.seed"].range))
        self.number.setObjectName(f"{name}-number")
        self.dice = IconButton("dices", dice_title, dice_hint, theme, width=28, icon_side=16)
        self.dice.setObjectName(f"{name}-dice")
        _in_a_row(self, self.number, self.dice)
        self.setFocusProxy(self.number)
        self.number.committed.connect(self.committed)
        self.dice.clicked.connect(self._throw)

    def show_value(self, value: float) -> None:
        """Show a seed; nothing is emitted."""
        self.number.show_value(value)

    @Slot()
    def _throw(self) -> None:
        """Choose another seed than this one."""
        step = QRandomGenerator.global_().bounded(1, _NEW_SEEDS)
        self.committed.emit(float((self.number.value + step) % _NEW_SEEDS))


def _in_a_row(box: QWidget, *parts: QWidget) -> None:
    layout = QHBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE // 2)
    for part in parts:
        layout.addWidget(part)
