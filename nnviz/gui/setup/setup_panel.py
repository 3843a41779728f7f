"""The column where a person sets up an experiment: data, network, training."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE
from nnviz.gui.setup.about import About
from nnviz.gui.setup.data_form import DataForm
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.network_form import NetworkForm
from nnviz.gui.setup.settings_form import SettingsForm
from nnviz.gui.setup.training_form import TrainingForm
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.text_labels import WrappedLabel
from nnviz.training.experiment import Experiment

_LEAST_WIDTH, _LEAST_HEIGHT = 16.5, 12
"""Heights of a line of text; any height will do, for the column scrolls."""


class SetupPanel(QWidget):
    """Three forms in a column that scrolls.

    It shows an Experiment and asks for others; it never changes the one it shows. What is folded
    away is made by `complete`, or when somebody wants to see it.
    """

    explanation = str(
        QT_TRANSLATE_NOOP(
            "SetupPanel",
            "What the network learns from, its layers, and how it learns. A change starts anew; "
            "rate, batch size, penalties and clipping can change while training runs.",
        )
    )
    """For the help window, as the panels' own."""

    edited = Signal(object)
    """The person asks for this Experiment; the answer is `show_experiment` or `show_refusal`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("setup-panel")
        self.setAccessibleName(self.tr("Setup"))
        self.setMinimumSize(em(self, _LEAST_WIDTH), em(self, _LEAST_HEIGHT))
        # From the top down: a widget that gets another parent is styled anew, with all below it.
        rows = self._lay_out()
        self.data = DataForm(self.tr("Data"), self._column)
        self.network = NetworkForm(self.tr("Network"), self._column)
        self.training = TrainingForm(self.tr("Training"), self._column)
        for form in self.forms:
            rows.addWidget(form)
            form.edited.connect(self._ask)
            form.refused.connect(self.show_refusal)
        rows.addStretch(1)

    @property
    def forms(self) -> tuple[SettingsForm, ...]:
        """The three forms, top to bottom."""
        return self.data, self.network, self.training

    @Slot()
    def complete(self) -> None:
        """Make what is folded away, so that it is there at once when it is wanted."""
        for form in self.forms:
            form.complete()

    @Slot(object)
    def show_experiment(self, experiment: Experiment) -> None:
        """Show an Experiment; nothing is emitted, and refusals of what was asked are gone."""
        self.clear_refusals()
        self.about.show_experiment(experiment)
        for form in self.forms:
            form.show_experiment(experiment)
            form.show_notes()

    @Slot(object)
    def show_refusal(self, error: NnvizError) -> None:
        """Show what was refused as a sentence at its field, and the Experiment as it still is."""
        field = self._field_of(str(error.values.get("field", "")))
        # A row that is new is hidden too, until the layout has its turn.
        told = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
        if field is None or (field.isHidden() and field.testAttribute(told)):
            self._restore()
            self.notice.set_message(message(error))
            self._bring_into_sight(self.notice)
            return
        field.keep_text()
        self._restore()
        field.refuse(message(error), str(error.values["field"]))
        self._reveal(field)

    @Slot()
    def clear_refusals(self) -> None:
        """Take away every sentence that `show_refusal` put; a text that is no number keeps its."""
        self.notice.set_message("")
        for field in self._fields():
            field.release()

    def finish_editing(self) -> bool:
        """Enter the number being typed, if any, as leaving its field does.

        Returns
        -------
        Whether nothing is left in any field that cannot be taken; else the first is shown.
        """
        for number in self._numbers():
            number.enter()
        for field in self._fields():
            if any(number.edited for number in field.numbers()):
                self._reveal(field)
                return False
        return True

    def abandon_editing(self) -> None:
        """Let all numbers show what holds, as Escape does for one."""
        for number in self._numbers():
            number.restore()

    def show_about(self) -> None:
        """Scroll to the words of what is open."""
        self._scroll.verticalScrollBar().setValue(0)

    # ------------------------------------------------------------------------------------ inside

    def _lay_out(self) -> QVBoxLayout:
        """Make the column that scrolls, and return its layout."""
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("setup-scroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        filled(QVBoxLayout(self), self._scroll)
        self._column = QWidget(self._scroll.viewport())
        self._scroll.setWidget(self._column)
        self.notice = WrappedLabel("error", self._column, "setup-message")
        self.about = About(self._column)
        self.about.wanted.connect(self._ask)
        parts, apart = (self.notice, self.about), SPACE + SPACE // 2
        margins = (apart, SPACE // 2, SPACE, 2 * SPACE)
        return filled(QVBoxLayout(self._column), *parts, margins=margins, spacing=apart)

    @Slot(object)
    def _ask(self, experiment: Experiment) -> None:
        if experiment == self.data.experiment:
            self._restore()
        else:
            self.edited.emit(experiment)

    def _fields(self) -> list[Field]:
        return [field for form in self.forms for field in form.all_fields()]

    def _numbers(self) -> list[NumberField]:
        return [number for field in self._fields() for number in field.numbers()]

    def _restore(self) -> None:
        """Show what holds, in place of what was asked."""
        self.show_experiment(self.data.experiment)

    def _field_of(self, path: str) -> Field | None:
        found = (form.field_of(path) for form in self.forms)
        return next((field for field in found if field is not None), None) if path else None

    def _reveal(self, field: Field) -> None:
        """Unfold what hides a field and scroll to it."""
        for form in self.forms:
            if form.isAncestorOf(field):
                form.unfold(field)
        self._bring_into_sight(field)

    def _bring_into_sight(self, widget: QWidget) -> None:
        """Scroll to a widget once it has the room that its sentence takes."""
        QTimer.singleShot(
            0, widget, partial(self._scroll.ensureWidgetVisible, widget, 0, 2 * SPACE)
        )
