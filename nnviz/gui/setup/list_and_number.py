"""A list of ways, and beside it the number that some of them need."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.style import em
from nnviz.gui.setup.composed import in_a_row
from nnviz.gui.setup.field import object_name
from nnviz.gui.setup.ranges import number_range
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange
from nnviz.training import choices
from nnviz.training.changes import with_setting
from nnviz.training.experiment import Experiment, TrainingChoice
from nnviz.training.setting import Setting

_SIZES = (1, 10, 32, 100)
_FULL, _OTHER = "full", "other"
_OTHER_SIZE = 16
_NEVER, _NORM, _VALUE = "none", "clip_norm", "clip_value"
_FIRST_LIMIT = 1.0


class ListAndNumber(QWidget):
    """The control itself; who derives from it says what a choice means.

    Object names of the parts are that of the path with ``-choice`` and ``-number``.
    """

    chosen = Signal(object)
    """What is asked for now."""

    def __init__(self, path: str, title: str, hint: str, numbers: NumberRange) -> None:
        super().__init__()
        self.list = ChoiceBox()
        self.list.setObjectName(f"{object_name(path)}-choice")
        self.list.setAccessibleName(title)
        self.list.set_hint(hint)
        self.number = NumberField(title, numbers)
        self.number.setObjectName(f"{object_name(path)}-number")
        self.number.set_plain()
        self.number.setFixedWidth(em(self, 4))
        self.number.hide()
        in_a_row(self, self.list, self.number)
        self.setFocusProxy(self.list)
        self.list.chosen.connect(self._choose)
        self.number.committed.connect(self._choose_number)

    @Slot(str)
    def _choose(self, name: str) -> None:
        """Take a way from the list."""
        raise NotImplementedError

    @Slot(float)
    def _choose_number(self, value: float) -> None:
        """Take the number."""
        raise NotImplementedError


class BatchControl(ListAndNumber):
    """The usual batch sizes, or one's own; ``chosen`` carries None for the full batch."""

    def __init__(self, setting: Setting, title: str, hint: str) -> None:
        super().__init__(setting.path, title, hint, number_range(setting.range))
        self._path = setting.path
        full = self.tr("All samples at once: the exact gradient, one update an epoch.")
        single = self.tr("One sample at a time: many noisy updates.")
        some = self.tr("A few samples at a time: a rough gradient, many updates.")
        self.list.add(Entry(_FULL, self.tr("Full"), full))
        for size in _SIZES:
            self.list.add(Entry(str(size), str(size), single if size == 1 else some))
        self.list.add(Entry(_OTHER, self.tr("Other"), self.tr("A size of your own.")))

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the size; sizes of more rows than there are cannot be chosen."""
        size = experiment.training.batch_size
        own = size is not None and size not in _SIZES
        self.list.show_value(_OTHER if own else _FULL if size is None else str(size))
        self.list.show_offers(
            choices.offers(
                experiment, map(str, _SIZES), lambda e, name: with_setting(e, self._path, name)
            )
        )
        if size is not None:
            self.number.show_value(size)
        if not own:
            # Hiding takes the focus away, which would enter what is still being typed.
            self.number.preview(size or _OTHER_SIZE)
        self.number.setVisible(own)

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name != _OTHER:
            self.chosen.emit(None if name == _FULL else int(name))
            return
        # A number is offered to be overwritten; nothing is chosen yet.
        self.number.preview(_OTHER_SIZE)
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

    def __init__(self, setting: Setting, title: str, hint: str) -> None:
        super().__init__("training.clip", title, hint, number_range(setting.range))
        self._way = _NEVER
        self.list.add(Entry(_NEVER, self.tr("Never")))
        each = self.tr("Cuts each of its numbers off.")
        self.list.add(
            Entry(_NORM, self.tr("Its length"), self.tr("Shortens the whole gradient alike."))
        )
        self.list.add(Entry(_VALUE, self.tr("Each number"), each))

    def show_training(self, training: TrainingChoice) -> None:
        """Show which limit there is."""
        limits = {_NORM: training.clip_norm, _VALUE: training.clip_value}
        self._way = next((way for way, limit in limits.items() if limit is not None), _NEVER)
        limit = limits.get(self._way)
        self.list.show_value(self._way)
        self.number.setVisible(limit is not None)
        if limit is not None:
            self.number.show_value(limit)

    @Slot(str)
    def _choose(self, way: str) -> None:
        self._ask(way, self.number.value if self._way != _NEVER else _FIRST_LIMIT)

    @Slot(float)
    def _choose_number(self, limit: float) -> None:
        self._ask(self._way, limit)

    def _ask(self, way: str, limit: float) -> None:
        self.chosen.emit({name: limit if name == way else None for name in (_NORM, _VALUE)})
