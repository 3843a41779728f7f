"""A small choice with a next and a previous one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.gui.plain import Label
from nnviz.gui.widgets.text_labels import small
from nnviz.gui.widgets.toggle_button import SmallButton


class Stepper(QWidget):
    """‹ what is chosen ›.

    Parameters
    ----------
    name
        Object name; the buttons are called ``name-previous`` and ``name-next``.
    previous, following
        What the buttons do, for tooltips.
    """

    stepped = Signal(int)
    """The person wants the next (1) or the previous one (−1)."""

    def __init__(
        self, name: str, previous: str, following: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._back, self._on = SmallButton("‹", previous), SmallButton("›", following)
        self.several = True
        """Whether there is anything else to choose."""
        self._label = small(Label(), "text")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for part in (self._back, self._label, self._on):
            row.addWidget(part)
        for button, end, tip in ((self._back, "previous", previous), (self._on, "next", following)):
            button.setAutoRepeat(True)
            button.setObjectName(f"{name}-{end}")
            button.setAccessibleName(tip)
        self._back.clicked.connect(self._step_back)
        self._on.clicked.connect(self._step_on)

    def show_choice(self, text: str, place: int, count: int) -> None:
        """Say what is chosen, and the how manyth of how many it is."""
        self._back.setEnabled(place > 0)
        self._on.setEnabled(place < count - 1)
        self._label.setText(text)
        self.setAccessibleName(text)
        self.several = count > 1

    @Slot()
    def _step_back(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _step_on(self) -> None:
        self.stepped.emit(1)


def make_steppers(parent: QWidget) -> tuple[Stepper, Stepper, Stepper]:
    """Return the steppers of layer, neuron and sample."""
    layer = Stepper("forward-step-layer", _tr("The layer before"), _tr("The next layer"), parent)
    unit = Stepper(
        "forward-step-neuron",
        _tr("The neuron before, of this layer"),
        _tr("The next neuron of this layer"),
        parent,
    )
    sample = Stepper(
        "forward-step-sample",
        _tr("The sample before: it is chosen everywhere"),
        _tr("The next sample: it is chosen everywhere"),
        parent,
    )
    return layer, unit, sample


def _tr(text: str) -> str:
    return QCoreApplication.translate("ForwardPanel", text)
