"""A small choice with a next and a previous one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.panels.legend import small_font
from nnviz.gui.panels.segments import Pill, pill_style
from nnviz.gui.plain import Label


class Stepper(QWidget):
    """‹ what is chosen ›.

    Parameters
    ----------
    name
        Object name; the buttons are called ``name-previous`` and ``name-next``.
    previous, following
        What the buttons do, for tooltips.
    parent
        Qt parent.
    """

    stepped = Signal(int)
    """The person wants the next (1) or the previous one (−1)."""

    def __init__(
        self, name: str, previous: str, following: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.only = False
        """Whether there is nothing else to choose."""
        self.back, self.on = Pill("‹", previous, self), Pill("›", following, self)
        self.label = Label(parent=self)
        self.label.setFont(small_font(self.font()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for button, end, tip in (
            (self.back, "previous", previous),
            (self.on, "next", following),
        ):
            button.setCheckable(False)
            button.setAutoRepeat(True)
            button.setFixedWidth(18)
            button.setObjectName(f"{name}-{end}")
            button.setAccessibleName(tip)
        for part in (self.back, self.label, self.on):
            row.addWidget(part)
        self.back.clicked.connect(self._on_back)
        self.on.clicked.connect(self._on_on)

    def show_choice(self, text: str, *, first: bool, last: bool) -> None:
        """Say what is chosen, and whether there is anything before and after it."""
        self.back.setEnabled(not first)
        self.on.setEnabled(not last)
        self.only = first and last
        if text != self.label.text():
            self.label.setText(text)
            self.setAccessibleName(text)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.setStyleSheet(
            pill_style(theme)
            + "QToolButton { padding: 0; }"
            + f"QToolButton:disabled {{ color: {theme.border}; background: transparent; }}"
            + f"QLabel {{ color: {theme.text}; }}"
        )

    @Slot()
    def _on_back(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _on_on(self) -> None:
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
