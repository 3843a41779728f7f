"""Controls made of several: a number with a slider, a draw or a list; a switch for each input."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRandomGenerator, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QToolButton, QWidget

from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.field import object_name
from nnviz.gui.widgets.buttons import IconButton
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.training import choices
from nnviz.training.choices import with_setting
from nnviz.training.experiment import Experiment, TrainingChoice

_NEW_SEEDS = 10_000  # few enough digits to be read out in a class
_SIZES = (1, 10, 32, 100)
_FULL, _OTHER = "full", "other"
_OTHER_SIZE = 16
_NEVER, _NORM, _VALUE = "none", "clip_norm", "clip_value"
_FIRST_LIMIT = 1.0


class Composed(QWidget):
    """A number field and what stands beside it; all are named after the path of the setting.

    With a width, in heights of a line, the field has no arrows; with 0 it takes all the room.
    """

    chosen = Signal(object)
    """The person chose this value."""

    def __init__(
        self, path: str, title: str, hint: str, numbers: NumberRange, width: float = 0
    ) -> None:
        super().__init__()
        self._name = object_name(path)
        self._row = filled(QHBoxLayout(self), spacing=SPACE // 2)
        self.number = NumberField(title, numbers)
        if width:
            self.number.set_plain()
            self.number.setFixedWidth(em(self, width))
        self._add("number", self.number, hint)
        self.number.committed.connect(self._choose_number)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        self.number.show_value(value)

    @Slot(float)
    def _choose_number(self, value: float) -> None:
        """Take the number that was entered."""
        self.chosen.emit(value)

    def _add(self, name: str, part: QWidget, hint: str, place: int = -1) -> None:
        """Put a part into the row."""
        part.setObjectName(f"{self._name}-{name}")
        set_tool_tip(part, hint)
        self._row.insertWidget(place, part)


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


class SliderNumber(Composed):
    """A slider for the hand and a number for exactness; its steps are whole ones of what is shown.

    Parameters are those of `Composed`.
    """

    moved = Signal(float)
    """The hand is on the slider, over this value."""

    def __init__(self, path: str, title: str, hint: str, numbers: NumberRange) -> None:
        super().__init__(path, title, hint, numbers, 3.5)
        self._factor = numbers.factor
        self.slider = QuietSlider()
        self.slider.setAccessibleName(title)
        self.slider.setRange(round(numbers.low * self._factor), round(numbers.high * self._factor))
        self.slider.setPageStep(5)
        self._add("slider", self.slider, hint, 0)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._follow_hand)
        self.slider.sliderReleased.connect(self._follow_hand)

    def show_value(self, value: float) -> None:
        """Show a value; nothing is emitted, and a hand on the slider is not disturbed."""
        super().show_value(value)
        if not self.slider.isSliderDown():
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(round(value * self._factor))
            self.slider.blockSignals(blocked)

    @Slot()
    def _follow_hand(self) -> None:
        value = round(self.slider.value() / self._factor, 12)
        if self.slider.isSliderDown():
            self.number.write(value)
            self.moved.emit(value)
        elif value == self.number.value:
            self.number.write(value)
        else:
            self.chosen.emit(value)


class SeedNumber(Composed):
    """A seed, and a die that throws another; what that does is told by the button's two texts."""

    def __init__(
        self, path: str, title: str, numbers: NumberRange, dice_title: str, dice_hint: str
    ) -> None:
        super().__init__(path, title, "", numbers)
        self.dice = IconButton("shuffle", dice_title, dice_hint, width=1.75, icon_side=1.0)
        self._add("dice", self.dice, dice_hint)
        self.setFocusProxy(self.number)
        self.dice.clicked.connect(self._throw)

    @Slot()
    def _throw(self) -> None:
        """Choose another seed than this one."""
        step = QRandomGenerator.global_().bounded(1, _NEW_SEEDS)
        self.chosen.emit(float((self.number.value + step) % _NEW_SEEDS))


class ListAndNumber(Composed):
    """A list of ways, and beside it the number that some of them need."""

    def __init__(self, path: str, title: str, hint: str, numbers: NumberRange) -> None:
        super().__init__(path, title, hint, numbers, 4)
        self.number.hide()
        self.list = ChoiceBox(self._ways())
        self.list.setAccessibleName(title)
        self.list.set_hint(hint)
        self._add("choice", self.list, hint, 0)
        self.setFocusProxy(self.list)
        self.list.chosen.connect(self._choose)

    def _ways(self) -> Iterable[Entry]:
        raise NotImplementedError

    @Slot(str)
    def _choose(self, name: str) -> None:
        raise NotImplementedError


class BatchControl(ListAndNumber):
    """The usual batch sizes, or one's own; ``chosen`` carries None for the full batch."""

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the size; sizes of more rows than there are cannot be chosen."""
        size = experiment.training.batch_size
        own = size is not None and size not in _SIZES
        self.list.show_value(_OTHER if own else _FULL if size is None else str(size))
        self.list.show_offers(choices.offers(experiment, map(str, _SIZES), _with_size))
        if size is not None:
            self.number.show_value(size)
        if not own:
            # Hiding takes the focus away, which would enter what is still being typed.
            self.number.write(size or _OTHER_SIZE)
        self.number.setVisible(own)

    def _ways(self) -> Iterable[Entry]:
        full = self.tr("All samples at once: the exact gradient, one update an epoch.")
        single = self.tr("One sample at a time: many noisy updates.")
        some = self.tr("A few samples at a time: a rough gradient, many updates.")
        yield Entry(_FULL, self.tr("Full"), full)
        for size in _SIZES:
            yield Entry(str(size), str(size), single if size == 1 else some)
        yield Entry(_OTHER, self.tr("Other"), self.tr("A size of your own."))

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name != _OTHER:
            self.chosen.emit(None if name == _FULL else int(name))
            return
        # A number is offered to be overwritten; nothing is chosen yet.
        self.number.write(_OTHER_SIZE)
        self.number.keep_text()
        self.number.show()
        self.number.setFocus()
        self.number.selectAll()

    @Slot(float)
    def _choose_number(self, size: float) -> None:
        self.chosen.emit(int(size))


class ClipControl(ListAndNumber):
    """How far a gradient may go: not limited, by its length, or number by number.

    ``chosen`` carries both limits by their names, at most one of them not None.
    """

    def show_training(self, training: TrainingChoice) -> None:
        """Show which limit there is."""
        limits = {_NORM: training.clip_norm, _VALUE: training.clip_value}
        way = next((way for way, limit in limits.items() if limit is not None), _NEVER)
        self.list.show_value(way)
        limit = limits.get(way)
        self.number.setVisible(limit is not None)
        if limit is not None:
            self.number.show_value(limit)

    def _ways(self) -> Iterable[Entry]:
        yield Entry(_NEVER, self.tr("Never"))
        yield Entry(_NORM, self.tr("Its length"), self.tr("Shortens the whole gradient alike."))
        yield Entry(_VALUE, self.tr("Each number"), self.tr("Cuts each of its numbers off."))

    @Slot(str)
    def _choose(self, way: str) -> None:
        self._ask(way, self.number.value if self.list.name != _NEVER else _FIRST_LIMIT)

    @Slot(float)
    def _choose_number(self, limit: float) -> None:
        self._ask(self.list.name, limit)

    def _ask(self, way: str, limit: float) -> None:
        self.chosen.emit({name: limit if name == way else None for name in (_NORM, _VALUE)})


class InputChips(QWidget):
    """A switch for each input that can be computed from a point of the plane."""

    chosen = Signal(object)
    """The keys of all inputs now switched on."""

    def __init__(self) -> None:
        super().__init__()
        row = filled(QHBoxLayout(self), spacing=2)
        self._chips = {key: QToolButton() for key in PLANE_FEATURES}
        for key, chip in self._chips.items():
            title = PLANE_FEATURES[key].title
            chip.setText(title)
            chip.setAccessibleName(title)
            chip.setObjectName(object_name(f"data.feature.{key}"))
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            set_tool_tip(chip, self.tr("Give the network {title} as an input.").format(title=title))
            chip.clicked.connect(self._choose)
            row.addWidget(chip)

    def show_value(self, keys: tuple[str, ...]) -> None:
        """Show which inputs there are; nothing is emitted."""
        for key, chip in self._chips.items():
            chip.setChecked(key in keys)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit([key for key, chip in self._chips.items() if chip.isChecked()])


def _with_size(experiment: Experiment, name: str) -> Experiment:
    return with_setting(experiment, "training.batch_size", name)
