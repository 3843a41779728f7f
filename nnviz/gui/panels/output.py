"""What the network answers, shown by task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry
from nnviz.gui.panels.header import flow, lay_out
from nnviz.gui.panels.moment import MomentPanel
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.page import SamplePage
from nnviz.gui.panels.outputs.table import NEW, PredictionTable
from nnviz.gui.panels.outputs.words import formula_text, headlines
from nnviz.gui.plain import Label
from nnviz.gui.widgets.buttons import SegmentedControl
from nnviz.gui.widgets.idle import READ_SECONDS, IdleTimer
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.inspection import Inspection
from nnviz.training.new_rows import NewRows
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

_WIDE, _LISTED = 32, 16
"""From this width on, in heights of a line, the figures stand beside the selector, or beside the
list that stands for one without room."""


@guarded
class OutputPanel(MomentPanel):
    """The network's answers: a surface, a curve, a matrix or a table, whatever suits the task."""

    key = "output"
    has_growing_axes = True
    title = str(QT_TRANSLATE_NOOP("OutputPanel", "Output"))
    explanation = str(
        QT_TRANSLATE_NOOP(
            "OutputPanel",
            "What the network answers, drawn to suit the task: a surface, a curve, or answers "
            "against the truth. Click a sample to follow it through the network.",
        )
    )

    current: OutputView | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What the network answers"))
        self.selector = SegmentedControl("output-view", self)
        self.selector.setAccessibleName(self.tr("Way to show the answers"))
        self.selector.chosen.connect(self._on_chosen)
        self.figures = small(ElidedLabel(self), "text")
        self.figures.setObjectName("output-figures")
        self.formula = small(Label(parent=self), "text")
        self.formula.setObjectName("output-formula")
        self.formula.setWordWrap(True)
        self.formula.hide()
        self.watch(IdleTimer(self))
        self._offered: list[type[OutputView]] = []
        self._preset = ""
        self._new: NewRows | None = None
        self._views: dict[type[OutputView], OutputView] = {}
        above = QWidget(self)
        self._above = filled(QBoxLayout(flow(across=False), above), spacing=SPACE // 2)
        self._above.addWidget(self.selector, 0, Qt.AlignmentFlag.AlignLeft)
        self._above.addWidget(self.figures, 1)
        self._column = lay_out(self, above)
        self._column.addWidget(self.formula)
        self.setMinimumSize(200, 160)

    def begin(self, problem: Problem) -> None:
        """Offer the views that suit the problem; keep the chosen one if the problem is alike."""
        offered, before = views_for(problem), self.current
        kind = type(before) if before is not None and offered == self._offered else offered[0]
        super().begin(problem)
        self._offered = offered
        for view in self._views.values():
            view.problem = None  # it is begun when it is wanted again
        self.formula.hide()
        self.selector.fill([view.words() for view in offered])
        self._share_row()
        self.selector.setVisible(not self.bare)
        self._select(kind)
        key = problem.experiment.preset
        if key != self._preset and not self.bare and key in PRESETS and PRESETS[key].view:
            self.restore_view(PRESETS[key].view)
        self._preset = key

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; rows of another file are shown as soon as they are there."""
        super().show_frame(frame)
        if frame.new_rows not in (None, self._new) and not self.bare:
            self._new = frame.new_rows
            self._view(PredictionTable).restore_view({"rows": NEW})
            self._select(PredictionTable)

    def differs(self, last: Frame, frame: Frame) -> bool:
        """Return whether there is something else to see."""
        before = last.hovered, last.selection, last.new_rows
        now = frame.hovered, frame.selection, frame.new_rows
        return super().differs(last, frame) or before != now

    def take(self, inspection: Inspection) -> None:
        """Draw a moment in the view that is shown, and tell its figures."""
        if self.current is None or self.frame is None:
            return
        hovered = None if self.bare else self.frame.hovered
        self.current.frame, self.current.ends = self.frame, self.ends
        self.current.show_moment(inspection, self.frame.row, hovered)
        if self.idle.due("figures", READ_SECONDS):
            self.figures.set_texts(*headlines(inspection))
            text = formula_text(inspection)
            self.formula.setText(text)
            self.formula.setVisible(bool(text))

    def legend(self) -> list[LegendEntry]:
        """Return the marks of the view that is shown."""
        return self.current.legend() if self.current is not None else []

    def description(self) -> str:
        """Return what is seen, in a sentence."""
        moment = self.current.inspection if self.current is not None else None
        if self.current is None or moment is None:
            return self.tr("The network has not answered yet.")
        return self.current.describe(moment)

    def view_state(self) -> Mapping[str, Any]:
        """Return the chosen view and the settings of every view."""
        return {
            "view": self.current.name if self.current is not None else "",
            "views": {view.name: dict(view.view_state()) for view in self._views.values()},
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over view and settings."""
        settings = state.get("views", {})
        for kind in self._offered:
            if kind.name in settings:
                self._view(kind).restore_view(settings[kind.name])
            if kind.name == state.get("view"):
                self._select(kind)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the figures beside the selector where there is the width."""
        super().resizeEvent(event)
        self._share_row()

    def _share_row(self) -> None:
        room = self.width() - 2 * SPACE
        self.selector.fit(room)
        least = _WIDE if self.selector.fits(room) else _LISTED
        wide = self.width() >= em(self, least) and not self.bare
        self._above.setDirection(flow(wide))
        side = Qt.AlignmentFlag.AlignRight if wide else Qt.AlignmentFlag.AlignLeft
        self.figures.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    @Slot(int)
    def _on_chosen(self, position: int) -> None:
        self._select(self._offered[position])

    @Slot(object)
    def _show_page(self, state: Mapping[str, Any]) -> None:
        self._view(SamplePage).restore_view(state)
        self._select(SamplePage)

    def _select(self, kind: type[OutputView]) -> None:
        self.selector.choose(self._offered.index(kind))
        self.current = self._view(kind)
        for view in self._views.values():
            view.setVisible(view is self.current)
        self.redraw()

    def _view(self, kind: type[OutputView]) -> OutputView:
        """Return the view of a kind, made and begun when it is first wanted."""
        if kind not in self._views:
            view = self._views[kind] = kind(self)
            view.bare = self.bare
            view.row_chosen.connect(self.row_chosen)
            view.page_wanted.connect(self._show_page)
            view.edit_wanted.connect(self.edit_wanted)
            view.move_wanted.connect(self.move_wanted)
            view.action_wanted.connect(self.action_wanted)
            view.hide()
            self._column.addWidget(view, 1)
        view = self._views[kind]
        if view.problem is None and self.problem is not None:
            view.begin(self.problem)
        return view
