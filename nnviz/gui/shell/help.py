"""What there is to read: what the panels show, and the keys; the family of models; nnviz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import PySide6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QScrollArea, QWidget

from nnviz import __version__
from nnviz.gui.look.style import FIGURE_SIZE, em, strong_font
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label
from nnviz.gui.shell.actions import ACTIONS, shortcut_text
from nnviz.gui.shell.dialog import ReadingDialog
from nnviz.gui.shell.docks import Docks
from nnviz.gui.shell.notices import log_file
from nnviz.gui.widgets.text_labels import small

if TYPE_CHECKING:  # panels bring the plotting library, which loads after the first paint
    from nnviz.gui.panel import Panel


class Help(QObject):
    """Opens the windows of the Help menu, and the comparison of models."""

    preset_chosen = Signal(str)
    """The person wants to open the preset of this key."""

    def __init__(self, docks: Docks, panels: Mapping[str, Panel], window: QWidget) -> None:
        super().__init__(window)
        self._docks, self._panels, self._window = docks, panels, window

    @Slot()
    def open_help(self) -> None:
        """Explain the panels at the left, keys and mouse at the right."""
        self._docks.make_all()
        lead = Label(
            self.tr(
                "Choose a system from the Tutorials menu or a data set from the Data menu, press "
                "Train, and watch. Change one thing, and see what it does."
            )
        )
        lead.setWordWrap(True)
        columns = QHBoxLayout()
        columns.setSpacing(5 * SPACE)
        columns.addWidget(_table(self.tr("What you see"), self._explanations()), 3)
        keys = [*_shortcuts(), *self._other_keys()]
        columns.addWidget(_table(self.tr("Keys and mouse"), keys), 2)
        parts = [lead, _scrolling(columns)]
        dialog = ReadingDialog("helpDialog", self.tr("Help"), parts, self._window)
        dialog.resize(940, 620)
        dialog.open()

    @Slot()
    def open_models(self) -> None:
        """Compare the five models of the family."""
        from nnviz.gui.shell.models import ModelsDialog  # brings the plotting library

        dialog = ModelsDialog(self._window)
        dialog.preset_chosen.connect(self.preset_chosen)
        dialog.open()

    @Slot()
    def open_about(self) -> None:
        """Tell version, licences and where the log is."""
        import pyqtgraph

        name = Label("nnviz")
        name.setFont(strong_font(FIGURE_SIZE))
        lines = (
            self.tr("A laboratory where a person sees a neural network learn.\nVersion {version}."),
            self.tr("Built with NumPy {numpy}, Qt {qt} and pyqtgraph {plots}."),
            self.tr("nnviz is under the BSD licence, its font Inter under the Open Font License, "
                    "its icons, by Lucide, under the ISC licence."),
            self.tr("Its log is {file}."),
        )  # fmt: skip
        text = Label("\n\n".join(lines).format(
            version=__version__,
            numpy=np.__version__,
            qt=PySide6.__version__,
            plots=pyqtgraph.__version__,
            file=log_file(),
        ))  # fmt: skip
        text.setWordWrap(True)
        text.setMinimumWidth(em(text, 25))
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        title = self.tr("About nnviz")
        ReadingDialog("aboutDialog", title, [name, text], self._window).open()

    def _explanations(self) -> list[tuple[str, str]]:
        """Return title and meaning of every panel, the network's after Setup."""
        parts: list[tuple[str, QWidget]] = [
            (dock.windowTitle(), dock.panel) for dock in self._docks
        ]
        parts[1:1] = [(panel.tr(panel.title), panel) for panel in self._panels.values()][:1]
        return [(title, part.tr(getattr(part, "explanation", ""))) for title, part in parts]

    def _other_keys(self) -> tuple[tuple[str, str], ...]:
        """Return keys that are no action's, and what the mouse does in pictures and plots."""
        return (
            (self.tr("Return"), self.tr("Press the button that has the focus")),
            (self.tr("Ctrl+F"), self.tr("Find a neuron of the network")),
            (self.tr("1 … 9, 0"), self.tr("Open one layer of the picture of the network, or all")),
            (self.tr("↑ ↓ ← →"), self.tr("Walk from the neuron in focus; Esc ends it")),
            (
                self.tr("Menu, Del, 0 … 9"),
                self.tr("Edit what is chosen; remove a neuron; type a weight"),
            ),
            (self.tr("Wheel"), self.tr("Look closer: at the network, or at epochs of a plot")),
            (self.tr("Drag"), self.tr("Move what is enlarged")),
            (
                self.tr("Double click"),
                self.tr("Show all of a plot again; on a layer’s name, open that layer"),
            ),
        )


def _shortcuts() -> list[tuple[str, str]]:
    """Return key and action of every action that has one, in the order of the menus."""
    return [
        (shortcut_text(spec), translated(spec.text).replace("&", "").rstrip("…"))
        for spec in ACTIONS.values()
        if spec.shortcut
    ]


def _table(heading: str, rows: Iterable[tuple[str, str]]) -> QWidget:
    """Return a heading and two columns: a name in bold, and what it means."""
    box = QWidget()
    form = QFormLayout(box)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(2 * SPACE)
    form.setVerticalSpacing(SPACE)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.addRow(small(Label(heading)))
    for name, meaning in rows:
        strong, plain = Label(name), Label(meaning)
        strong.setFont(strong_font())
        strong.setAlignment(Qt.AlignmentFlag.AlignTop)
        plain.setWordWrap(True)
        form.addRow(strong, plain)
    return box


def _scrolling(columns: QHBoxLayout) -> QScrollArea:
    area = QScrollArea()
    inside = QWidget()
    inside.setLayout(columns)
    columns.setContentsMargins(0, 0, SPACE, 0)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    return area
