"""How many samples an update looks at: the usual sizes, or one's own."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.setup.choice import Entry
from nnviz.gui.setup.ladder import Limits, ladder
from nnviz.gui.setup.list_and_number import ListAndNumber
from nnviz.gui.setup.number import NumberField
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.settings import SETTINGS

USUAL = (1, 10, 32, 100)
_FULL, _OTHER = "full", "other"
_OTHER_SIZE = 16


class BatchControl(ListAndNumber):
    """A list of batch sizes, and a number when it is another one.

    ``chosen`` carries the size, or None for the full batch. Object names of the parts:
    ``training-batch-size-choice``, ``training-batch-size-number``.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        limits = Limits.within(SETTINGS["training.batch_size"].range, ladder((1, 2, 5), 1))
        title = self.tr("Batch size")
        self.build("training-batch-size", title, self._entries(), NumberField(title, limits))

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the size; sizes of more rows than there are cannot be chosen."""
        size = experiment.training.batch_size
        own = size is not None and size not in USUAL
        name = _FULL if size is None else str(size)
        self.list.show_name(_OTHER if own else name)
        self.list.show_offers(choices.offers(experiment, map(str, USUAL), _with_size))
        if size is not None:
            self.number.show_value(size)
        if not own:
            # Hiding takes the focus away, which would enter what is still being typed.
            self.number.preview(size or _OTHER_SIZE)
        self.number.setVisible(own)

    def _entries(self) -> list[Entry]:
        full = self.tr("All samples at once: the exact gradient, one update an epoch.")
        single = self.tr("One sample at a time: many noisy updates.")
        some = self.tr("A few samples at a time: a rough gradient, many updates.")
        usual = [Entry(str(size), str(size), single if size == 1 else some) for size in USUAL]
        other = Entry(_OTHER, self.tr("Other"), self.tr("A size of your own."))
        return [Entry(_FULL, self.tr("Full"), full), *usual, other]

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name == _OTHER:
            self._ask_number()
        else:
            self.chosen.emit(None if name == _FULL else int(name))

    @Slot(float)
    def _choose_number(self, size: float) -> None:
        self.chosen.emit(int(size))

    def _ask_number(self) -> None:
        """Offer a number to be overwritten; nothing is chosen yet."""
        self.number.preview(_OTHER_SIZE)
        self.number.hold_text()
        self.number.show()
        self.number.setFocus()
        self.number.selectAll()


def _with_size(experiment: Experiment, size: str) -> Experiment:
    return choices.with_training(experiment, batch_size=int(size))
