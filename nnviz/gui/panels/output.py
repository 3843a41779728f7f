"""What the network answers, shown by task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.style import em
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.header import lie_on_surface
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.widgets.idle import READ_SECONDS, SAY_SECONDS, IdleTimer
from nnviz.gui.widgets.segmented_control import SegmentedControl
from nnviz.gui.widgets.text_labels import ElidedLabel, small
from nnviz.training.problem import Problem

_WIDE = 32
"""From this width on, in heights of a line, the figures share the legend's line."""

_FEW_ROWS = 8
"""So few samples have their table beside the surface, where there is room for both."""

_LEAST_SURFACE = 12
"""Side of a surface that has its table beside it, in heights of a line."""

_BESIDE = 1.4
_UNLIMITED = 16_777_215
"""Qt's QWIDGETSIZE_MAX."""

_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


@guarded
class OutputPanel(Panel):
    """The network's answers: a surface, a curve, a matrix or a table, whatever suits the task.

    Parameters
    ----------
    theme
        Colours of its own; without them those of the palette it inherits.
    parent
        Qt parent.
    """

    key = "output"
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
        self.legend_row = LegendRow(self)
        self.idle = IdleTimer(self)
        self.idle.idle.connect(self._on_idle)
        self._problem: Problem | None = None
        self._frame: Frame | None = None
        self._offered: list[type[OutputView]] = []
        self._views: dict[type[OutputView], OutputView] = {}
        self._begun: set[type[OutputView]] = set()
        self._restored: Mapping[str, Any] | None = None
        self._lay_out()
        lie_on_surface(self)
        self.setMinimumSize(200, 160)

    def _lay_out(self) -> None:
        header = QWidget(self)
        header.setObjectName("panel-header")
        self._header, self._switches = QBoxLayout(_ACROSS, header), QHBoxLayout()
        self._header.setContentsMargins(0, 0, 0, 0)
        self._header.addWidget(self.selector, 0, Qt.AlignmentFlag.AlignLeft)
        self._header.addLayout(self._switches)
        self._switches.setSpacing(2)
        self._switches.addStretch(1)
        self._words, self._body = QBoxLayout(_DOWN), QBoxLayout(_DOWN)
        self._words.addWidget(self.figures, 1)
        self._words.addWidget(self.legend_row, 1)
        self._body.setSpacing(SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        for row in (self._header, self._words):
            row.setSpacing(SPACE // 2)
        column.addWidget(header)
        column.addLayout(self._words)
        column.addLayout(self._body, 1)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Offer the views that suit the problem; keep the chosen one if the problem is alike."""
        before, offered = self.current, views_for(problem)
        alike = offered == self._offered and before is not None
        self._problem, self._frame, self._offered = problem, None, offered
        self._begun.clear()
        self.idle.reset()
        self.selector.fill([view.words() for view in offered])
        self._select(type(before) if alike and before is not None else offered[0])
        if self._restored is not None:
            self._apply(self._restored)
            self._restored = None

    def show_frame(self, frame: Frame) -> None:
        """Draw a moment; nothing is done when neither the parameters nor the row are new."""
        last, self._frame = self._frame, frame
        if last and last.inspection is frame.inspection and last.row == frame.row:
            return
        self.idle.update()
        self._draw(frame)

    def _draw(self, frame: Frame) -> None:
        for view in self._views.values():
            if not view.isHidden():
                view.moving = self.idle.moving
                view.show_frame(frame)
        if self.current is not None and self.idle.due("figures", READ_SECONDS):
            self.figures.set_texts(self.current.headline())
            if self.idle.due("description", SAY_SECONDS):
                self.setAccessibleDescription(self.description())

    @Slot()
    def _on_idle(self) -> None:
        """Look at all rows again: what is idle is exact."""
        if self._frame is not None:
            self._draw(self._frame)

    def restyle(self) -> None:
        """Take over colours and fonts."""
        super().restyle()
        if self.current is not None:
            self._arrange()

    def legend(self) -> list[LegendEntry]:
        """Return the marks of the view that is shown."""
        return self.current.legend() if self.current is not None else []

    def description(self) -> str:
        """Return what is seen, in a sentence."""
        if self.current is None:
            return self.tr("There is no run yet.")
        if self.current.partial and self.current.inspection is not None:
            epoch, figures = self.current.inspection.epoch, self.current.headline()
            said = self.tr(
                "Epoch {epoch}, while the answers change; by some of the rows: {figures}."
            )
            return said.format(epoch=epoch, figures=figures)
        return self.current.description()

    def view_state(self) -> Mapping[str, Any]:
        """Return the chosen view and the settings of every view."""
        return {
            "view": self.current.name if self.current is not None else "",
            "views": {view.name: dict(view.view_state()) for view in self._views.values()},
        }

    def restore_view(self, state: Mapping[str, Any]) -> None:
        """Take over view and settings, now or as soon as there is a problem."""
        if self._problem is None:
            self._restored = state
        else:
            self._apply(state)

    # ------------------------------------------------------------------ choosing a view

    def _apply(self, state: Mapping[str, Any]) -> None:
        settings = state.get("views", {})
        for kind in self._offered:
            if kind.name == state.get("view"):
                self._select(kind)
        for kind in self._offered:
            if kind.name in settings:
                self._view(kind).restore_view(settings[kind.name])
        self._arrange()

    @Slot(int)
    def _on_chosen(self, position: int) -> None:
        self._select(self._offered[position])

    def _select(self, kind: type[OutputView]) -> None:
        for view in self._views.values():
            for part in (view, *view.buttons()):
                part.hide()
        self.selector.choose(self._offered.index(kind))
        self.current = self._view(kind)
        for button in self.current.buttons():
            self._switches.addWidget(button)
            button.setVisible(not self.bare)
        self._arrange()
        if self._frame is not None:
            self._draw(self._frame)

    def _view(self, kind: type[OutputView]) -> OutputView:
        """Return the view of a kind, made and begun when it is first wanted."""
        if kind not in self._views:
            view = self._views[kind] = kind(self)
            view.hide()
            view.bare = self.bare
            view.row_chosen.connect(self.row_chosen)
            view.marks_changed.connect(self._on_marks_changed)
            self._body.addWidget(view, 1)
        view = self._views[kind]
        if kind not in self._begun and self._problem is not None:
            self._begun.add(kind)
            view.begin(self._problem)
        return view

    @Slot()
    def _on_marks_changed(self) -> None:
        self._arrange()
        if self.current is not None:
            self.figures.set_texts(self.current.headline())

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put side by side what has room beside each other."""
        if self.current is None:
            return
        entries = self.legend()
        self.legend_row.show_entries(entries)
        self.legend_row.setVisible(bool(entries) and not self.bare)
        room, pressed = self.contentsRect().width() - 2 * SPACE, self._switches.sizeHint().width()
        fits = self.selector.sizeHint().width() + SPACE + pressed <= room
        self._header.setDirection(_ACROSS if fits else _DOWN)
        shared = self.width() >= em(self, _WIDE) and not self.bare
        self._words.setDirection(QBoxLayout.Direction.RightToLeft if shared else _DOWN)
        side = Qt.AlignmentFlag.AlignRight if shared else Qt.AlignmentFlag.AlignLeft
        self.figures.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.current.setMaximumSize(_UNLIMITED, _UNLIMITED)
        self.current.show()
        few = self._problem is not None and self._problem.dataset.rows <= _FEW_ROWS
        if few and isinstance(self.current, DecisionSurface):
            self._add_table(self.current)

    def _add_table(self, surface: DecisionSurface) -> None:
        """Put the table of a handful of samples beside or below their surface, if it has room."""
        table = self._view(PredictionTable)
        assert isinstance(table, PredictionTable)
        layout = self.layout()
        assert layout is not None
        layout.activate()  # what stands above may have become higher just now
        area, natural, least = self._body.geometry(), table.natural_size, em(self, _LEAST_SURFACE)
        square = round(_BESIDE * area.height())
        beside = area.width() > square and area.width() - natural.width() > least
        below = area.height() - natural.height() >= least
        self._body.setDirection(_ACROSS if beside else _DOWN)
        wide = max(natural.width(), area.width() - square) if beside else _UNLIMITED
        table.setMaximumSize(wide, _UNLIMITED if beside else natural.height())
        table.setVisible(beside or below)
        if not table.isHidden() and self._frame is not None:
            table.show_frame(self._frame)
