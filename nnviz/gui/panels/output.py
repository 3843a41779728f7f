"""What the network answers, shown by task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QRect, Qt, Slot
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.panel import LegendEntry, Panel
from nnviz.gui.panels.legend import LegendRow, small_font
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.panels.segments import Segments, pill_style
from nnviz.gui.plain import Label, set_tool_tip
from nnviz.gui.widgets.idle import READ_SECONDS, SAY_SECONDS, IdleTimer
from nnviz.training.problem import Problem

LINE = 18
WIDE = 520
"""From this width on, the figures share the legend's line."""

FEW_ROWS = 8
"""So few samples have their table beside the surface, where there is room for both."""

LEAST_SURFACE = 190
BESIDE = 1.4


@guarded
class OutputPanel(Panel):
    """The network's answers: a surface, a curve, a matrix or a table, whatever suits the task.

    Parameters
    ----------
    theme
        Colours to start with.
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

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(self.tr("What the network answers"))
        self.selector = Segments("output-view", self)
        self.selector.setAccessibleName(self.tr("Way to show the answers"))
        self.selector.chosen.connect(self._on_chosen)
        self.figures = Label(parent=self)
        self.figures.setObjectName("output-figures")
        self._figures = ""
        self.marks = LegendRow(theme, self)
        self.rest = IdleTimer(self)
        self.rest.idle.connect(self._on_rest)
        self.current: OutputView | None = None
        self._problem: Problem | None = None
        self._frame: Frame | None = None
        self._offered: list[type[OutputView]] = []
        self._views: dict[type[OutputView], OutputView] = {}
        self._begun: set[type[OutputView]] = set()
        self._restored: Mapping[str, Any] | None = None
        self.setAutoFillBackground(True)
        self.setMinimumSize(200, 160)
        self.set_theme(theme)

    # ------------------------------------------------------------------ the contract

    def begin(self, problem: Problem) -> None:
        """Offer the views that suit the problem; keep the chosen one if the problem is alike."""
        before, offered = self.current, views_for(problem)
        alike = offered == self._offered and before is not None
        self._problem, self._frame, self._offered = problem, None, offered
        self._begun.clear()
        self.rest.reset()
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
        self.rest.update()
        self._draw(frame)

    def _draw(self, frame: Frame) -> None:
        for view in self._shown():
            view.hurried = self.rest.moving
            view.show_frame(frame)
        if self.current is not None and self.rest.due("figures", READ_SECONDS):
            self._set_figures(self.current.headline())
            if self.rest.due("description", SAY_SECONDS):
                self.setAccessibleDescription(self.description())

    @Slot()
    def _on_rest(self) -> None:
        """Look at all rows again: what rests is exact."""
        if self._frame is not None:
            self._draw(self._frame)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        palette = self.palette()
        palette.setColor(palette.ColorRole.Window, QColor(theme.surface))
        self.setPalette(palette)
        self.selector.setStyleSheet(pill_style(theme))
        self.figures.setStyleSheet(f"color: {theme.text};")
        for view in self._views.values():
            view.set_theme(theme)
            for switch in view.switches():
                switch.setStyleSheet(pill_style(theme))
        self._show_marks()

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
            view.hide()
            for switch in view.switches():
                switch.hide()
        self.selector.choose(self._offered.index(kind))
        self.current = self._view(kind)
        self._arrange()
        if self._frame is not None:
            self._draw(self._frame)

    def _view(self, kind: type[OutputView]) -> OutputView:
        """Return the view of a kind, made and begun when it is first wanted."""
        if kind not in self._views:
            view = self._views[kind] = kind(self.theme, self)
            view.hide()
            view.row_chosen.connect(self.row_chosen)
            view.marks_changed.connect(self._on_marks_changed)
        view = self._views[kind]
        if kind not in self._begun and self._problem is not None:
            self._begun.add(kind)
            view.begin(self._problem)
            for switch in view.switches():
                switch.setParent(self)
                switch.setStyleSheet(pill_style(self.theme))
        return view

    def _shown(self) -> list[OutputView]:
        """Return the views to be drawn: the chosen one, and its companion where there is one."""
        return [view for view in self._views.values() if not view.isHidden()]

    @Slot()
    def _on_marks_changed(self) -> None:
        self._arrange()
        if self.current is not None:
            self._set_figures(self.current.headline())

    # ------------------------------------------------------------------ arrangement

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange everything anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put selector and switches, figures and legend, and the picture in their places."""
        if self.current is None:
            return
        area = self.rect().adjusted(SPACE, SPACE // 2, -SPACE, -SPACE // 2)
        if self.bare:
            self._arrange_bare(area)
            return
        self._show_marks()
        self.selector.setGeometry(
            QRect(area.left(), area.top(), self.selector.sizeHint().width(), LINE)
        )
        below = self._place_switches(area)
        top = self._place_words(area.adjusted(0, below, 0, 0))
        self._fit_figures()
        self._place_views(QRect(area.left(), top, area.width(), area.bottom() - top + 1))

    def _arrange_bare(self, area: QRect) -> None:
        """Leave out what can be pressed, and the legend."""
        assert self.current is not None
        for part in (self.selector, self.marks, *self.current.switches()):
            part.hide()
        self.figures.setFont(small_font(self.font()))
        self.figures.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.figures.setGeometry(area.left(), area.top(), area.width(), LINE)
        self._place_views(area.adjusted(0, LINE + 4, 0, 0))

    def _place_switches(self, area: QRect) -> int:
        """Put the switches right of the selector, or below it; return the height of both."""
        assert self.current is not None
        right = area.right() + 1
        wanted = sum(switch.sizeHint().width() + 2 for switch in self.current.switches())
        apart = self.selector.width() + SPACE + wanted > area.width()
        if apart:
            area = area.adjusted(0, LINE + 4, 0, 0)
        for switch in reversed(self.current.switches()):
            width = switch.sizeHint().width()
            right -= width
            switch.setGeometry(right, area.top(), width, LINE)
            switch.show()
            right -= 2
        return (2 if apart else 1) * (LINE + 4)

    def _place_words(self, area: QRect) -> int:
        """Put figures and legend below the selector; return where the picture may begin."""
        self.figures.setFont(small_font(self.font()))
        share = self.width() >= WIDE and bool(self.marks.entries)
        if share:
            wanted = min(self.marks.sizeHint().width(), area.width() // 2)
            height = self.marks.heightForWidth(wanted)
            self.marks.setGeometry(area.left(), area.top(), wanted, height)
            rest = area.width() - wanted
            self.figures.setGeometry(area.left() + wanted, area.top(), rest, LINE)
            self.figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            return area.top() + height + 4
        self.figures.setGeometry(area.left(), area.top(), area.width(), LINE)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if not self.marks.entries:
            self.marks.setGeometry(0, 0, 0, 0)
            return area.top() + LINE + 4
        height = self.marks.heightForWidth(area.width())
        self.marks.setGeometry(area.left(), area.top() + LINE, area.width(), height)
        return area.top() + LINE + height + 4

    def _place_views(self, area: QRect) -> None:
        assert self.current is not None
        companion = self._companion()
        picture, table = area, QRect()
        if companion is not None:
            picture, table = self._split(area, companion)
            companion.setGeometry(table)
            companion.setVisible(not table.isEmpty())
            if not companion.isHidden() and self._frame is not None:
                companion.show_frame(self._frame)
        self.current.setGeometry(picture)
        self.current.show()

    def _companion(self) -> PredictionTable | None:
        """Return the table that goes with the surface of a handful of samples."""
        few = self._problem is not None and self._problem.dataset.rows <= FEW_ROWS
        if not few or not isinstance(self.current, DecisionSurface):
            return None
        view = self._view(PredictionTable)
        return view if isinstance(view, PredictionTable) else None

    def _split(self, area: QRect, table: PredictionTable) -> tuple[QRect, QRect]:
        """Return where surface and table go; the table's part is empty where there is no room."""
        tall, wide = table.natural_height(), table.natural_width()
        if area.width() > BESIDE * area.height() and area.width() - wide > LEAST_SURFACE:
            wide = max(wide, area.width() - round(BESIDE * area.height()))
            left = area.adjusted(0, 0, -wide - 2 * SPACE, 0)
            return left, QRect(left.right() + 2 * SPACE, area.top(), wide, area.height())
        if area.height() - tall >= LEAST_SURFACE:
            above = area.adjusted(0, 0, 0, -tall - SPACE)
            return above, QRect(area.left(), area.bottom() - tall + 1, area.width(), tall)
        return area, QRect()

    def _show_marks(self) -> None:
        self.marks.show_entries(self.legend(), self.theme)

    def _set_figures(self, text: str) -> None:
        """Write the figures, cut short where they are too long and then whole in the tooltip."""
        if text != self._figures:
            self._figures = text
            self._fit_figures()

    def _fit_figures(self) -> None:
        metrics, room = self.figures.fontMetrics(), self.figures.width()
        shown = metrics.elidedText(self._figures, Qt.TextElideMode.ElideRight, room)
        self.figures.setText(shown)
        set_tool_tip(self.figures, "" if shown == self._figures else self._figures)
