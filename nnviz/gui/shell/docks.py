"""The docks: where panels are at first, how they are moved, brought back and remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QByteArray, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.style import mark
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.shell.dock_places import ACROSS, AREAS, DockPlace, places_of, put
from nnviz.gui.shell.title_bar import TitleBar
from nnviz.training.problem import Problem

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

LAYOUT: dict[Qt.DockWidgetArea, tuple[tuple[str, ...], ...]] = {
    LEFT: (("setup",),),
    RIGHT: (("output", "inspector", "walk", "forward", "gallery"),),
    BOTTOM: (("loss", "accuracy"), ("activations", "runs"), ("weights", "gradients", "landscape")),
}
"""The layout at first: for every area its places from left to right, each with its panels, one
behind the other. A panel that is not here joins the last place at the bottom."""

ON_DEMAND = ("walk",)
"""What is closed until somebody asks for it."""

PRESENTED = ("output", "loss")
"""What is shown beside the network to those who sit far away."""

STATE_VERSION = 2
"""Raised when the layout changes so that a remembered one would no longer fit."""

_WIDTHS = {"setup": (304, 0.27), "output": (348, 0.30)}
"""Of the sides: points, and the share of a small window that they may take at most."""
_LEAST_WIDTHS = dict.fromkeys(LAYOUT[RIGHT][0], 260)
"""Of the panels that share the place beside the picture: in less, their tabs cannot be read. A
window made smaller takes the rest from the picture."""
_BOTTOM_SHARE = 0.34

_FLOATING = QSize(440, 320)
"""A panel that is taken off is at least as large."""
_ASIDE = QPoint(-24, -80)


class PanelDock(QDockWidget):
    """A dock with a panel in it, and a title bar that stays whether tabs show the title or not.

    Parameters
    ----------
    key, title
        Of the panel; the object name is ``dock-`` and the key.
    window
        Where it docks.
    """

    panel_lacks = Signal(str)
    """It came in sight, and its panel is not there yet: its key."""

    def __init__(self, key: str, title: str, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.key = key
        self.setObjectName(f"dock-{key}")
        self.setAccessibleName(title)
        self.bar = TitleBar(key, title, parent=self)
        self.bar.float_clicked.connect(self.toggle_floating)
        self.bar.close_clicked.connect(self.close)
        self.setTitleBarWidget(self.bar)
        self.body = QFrame(self)
        """The surface that its panel is made on, so that the window never shows through."""
        self.body.setObjectName("panelBody")
        self.body.setMinimumWidth(_LEAST_WIDTHS.get(self.key, 0))
        self.panel = QWidget(self.body)
        """What it shows; nothing until `put_in`."""
        self.is_empty = True
        self._column = filled(QVBoxLayout(self.body), self.panel)
        self.setWidget(self.body)
        self.toggle = QAction(title, self)
        self.toggle.setObjectName(f"show-{key}")
        self.toggle.setCheckable(True)
        set_tool_tip(self.toggle, self.tr("Bring this panel to the front, or close it."))
        self.toggle.setStatusTip(self.toggle.toolTip())
        self.toggle.triggered.connect(self._show_or_close)
        self.visibilityChanged.connect(self._show_panel)
        self.topLevelChanged.connect(self._frame)

    def set_title(self, title: str) -> None:
        """Show another title, in the title bar, the tab and the View menu."""
        if title != self.windowTitle():
            self.setWindowTitle(title)
            self.setAccessibleName(title)
            self.toggle.setText(title)
            self.bar.set_title(title)

    @Slot()
    def toggle_floating(self) -> None:
        """Take the panel off, or put it back."""
        self.setFloating(not self.isFloating())
        if self.isFloating():
            # Not in the very place it was in, or nothing would seem to have happened.
            self.resize(self.size().expandedTo(_FLOATING))
            self.move(self.pos() + _ASIDE)

    def put_in(self, panel: QWidget) -> None:
        """Show a panel that was made on `body`: whatever gets another parent is styled anew."""
        policy = panel.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        panel.setSizePolicy(policy)
        panel.setVisible(self.panel.isVisible())
        self._column.replaceWidget(self.panel, panel)
        self.panel.deleteLater()
        self.panel, self.is_empty = panel, False

    @Slot(bool)
    def _frame(self, floating: bool) -> None:
        """Draw an outline while the dock is a window of its own, which has no other frame."""
        for part in (self.bar, self.widget()):
            mark(part, "floating", floating)

    @Slot(bool)
    def _show_panel(self, visible: bool) -> None:
        # Qt moves docks behind other tabs out of the window but leaves them visible; hidden, their
        # panels are spared the drawing.
        self.panel.setVisible(visible)
        self.toggle.setChecked(not self.isHidden())
        if visible and self.is_empty:
            self.panel_lacks.emit(self.key)

    @Slot()
    def _show_or_close(self) -> None:
        # What lies behind another tab is asked for to be seen; only what is seen can be closed.
        if self.panel.isVisible():
            self.close()
        else:
            self.show()
            self.raise_()
        self.toggle.setChecked(not self.isHidden())


class Docks(QObject):
    """The docks of a window."""

    visibility_changed = Signal()
    """A panel came in sight, or went out of it."""

    panel_lacks = Signal(str)
    """A dock came in sight, and its panel is not there yet: its key."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, PanelDock] = {}
        self._problem: Problem | None = None
        self._before: QByteArray | None = None
        self._behind = ""
        option = QMainWindow.DockOption
        # Not grouped: a title that is dragged takes its own panel along, not those behind it.
        window.setDockOptions(
            option.AnimatedDocks | option.AllowNestedDocks | option.AllowTabbedDocks
        )
        window.setDocumentMode(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)

    def __getitem__(self, key: str) -> PanelDock:
        return self._docks[key]

    def __iter__(self) -> Iterator[PanelDock]:
        return iter(self._docks.values())

    def add(self, key: str, title: str) -> PanelDock:
        """Make a dock for a panel; `arrange` gives it its place, and `fill` its panel."""
        dock = self._docks[key] = PanelDock(key, title, self._window)
        dock.visibilityChanged.connect(self.visibility_changed)
        dock.panel_lacks.connect(self.panel_lacks)
        return dock

    def fill(self, key: str, panel: QWidget) -> PanelDock:
        """Put a panel that was made on the dock's `body` into it."""
        dock = self._docks[key]
        dock.put_in(panel)
        if self._problem is not None:
            _call(dock, self._problem)
        return dock

    def make_all(self) -> None:
        """Have the panels made that nobody has seen yet."""
        for dock in self:
            if dock.is_empty:
                self.panel_lacks.emit(dock.key)

    @Slot(object)
    def show_problem(self, problem: Problem) -> None:
        """Call panels by what they show of this problem."""
        self._problem = problem
        for dock in self._docks.values():
            _call(dock, problem)

    def bring_to_front(self, key: str) -> None:
        """Show a panel that waits behind another tab; one that was closed stays so."""
        if (dock := self._docks.get(key)) and not dock.isHidden():
            dock.raise_()

    def lay_over(self, key: str, shown: bool, used: QWidget) -> None:
        """Show a panel over the tab in front while another is used; or close it, that tab again."""
        dock = self._docks[key]
        if shown:
            used.setFocus()  # before what has it is hidden: Qt would choose
            before = [each for each in self if each.panel.isVisible()]
            dock.show()
            beside = self._window.tabifiedDockWidgets(dock)
            self._behind = next((each.key for each in before if each in beside), key)
            dock.raise_()
            return
        is_in_front = dock.panel.isVisible()
        dock.hide()
        if is_in_front:
            self.bring_to_front(self._behind)

    @Slot()
    def arrange(self) -> None:
        """Put every dock where it is at first."""
        self._before = None
        for dock in self._docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for area, places in self._places().items():
            for place in places:
                self._arrange_place(area, [self._docks[key] for key in place])
        self._set_sizes()

    def save(self) -> QByteArray:
        """Return where the docks are; while one presents, where they were before."""
        return self._window.saveState(STATE_VERSION) if self._before is None else self._before

    def close(self) -> None:
        """Take out of sight what floats, which Qt leaves there when its window closes."""
        for dock in self:
            if dock.isFloating():
                dock.hide()

    @Slot()
    def present(self) -> None:
        """Show what the third row can see beside the network, or again what was there before."""
        if self._before is not None:
            self.restore(self._before)
            return
        self._before = self.save()
        for dock in self:
            dock.setVisible(dock.key in PRESENTED)

    def restore(self, state: QByteArray) -> None:
        """Put the docks where `save` found them; where that fails, where they are at first."""
        self.arrange()
        if not state.isEmpty():
            self._window.restoreState(state, STATE_VERSION)

    def places(self) -> dict[str, DockPlace]:
        """Return where the docks are; {} while one presents."""
        if self._before is not None:
            return {}
        listed = [key for places in self._places().values() for place in places for key in place]
        return places_of(self._window, [self._docks[key] for key in listed])

    def arrange_as(self, places: Mapping[str, DockPlace]) -> None:
        """Put the docks where `places` found them; those it does not name, where they are first."""
        self.arrange()
        named: dict[QDockWidget, DockPlace] = {
            self._docks[key]: place for key, place in places.items() if key in self._docks
        }
        for dock in named:
            self._window.removeDockWidget(dock)
        groups: dict[tuple[int, Qt.DockWidgetArea], list[QDockWidget]] = {}
        for dock, place in named.items():
            groups.setdefault((place.place, AREAS[place.area]), []).append(dock)
        for (_, area), group in sorted(groups.items(), key=lambda found: found[0][0]):
            self._arrange_place(area, group)
        put(self._window, named)

    def _places(self) -> dict[Qt.DockWidgetArea, list[list[str]]]:
        """Return `LAYOUT` with the docks there are."""
        listed = {key for places in LAYOUT.values() for place in places for key in place}
        found = {
            area: [[key for key in place if key in self._docks] for place in places]
            for area, places in LAYOUT.items()
        }
        found[BOTTOM][-1] += [key for key in self._docks if key not in listed]
        return {area: [place for place in places if place] for area, places in found.items()}

    def _arrange_place(self, area: Qt.DockWidgetArea, docks: Sequence[QDockWidget]) -> None:
        first, closed = docks[0], [self._docks[key] for key in ON_DEMAND]
        orientation = Qt.Orientation.Horizontal if area in ACROSS else Qt.Orientation.Vertical
        self._window.addDockWidget(area, first, orientation)
        for dock in docks[1:]:
            self._window.tabifyDockWidget(first, dock)
        for dock in docks:
            dock.setVisible(dock not in closed)
        first.raise_()

    def _set_sizes(self) -> None:
        sides = [key for key in _WIDTHS if key in self._docks]
        room = self._window.width()
        widths = [
            min(points, round(share * room)) for points, share in (_WIDTHS[key] for key in sides)
        ]
        bottom = [self._docks[place[0]] for place in self._places().get(BOTTOM, ())]
        height = round(self._window.height() * _BOTTOM_SHARE)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks([self._docks[key] for key in sides], widths, horizontal)
        self._window.resizeDocks(bottom, [100] * len(bottom), horizontal)
        self._window.resizeDocks(bottom, [height] * len(bottom), vertical)


def _call(dock: PanelDock, problem: Problem) -> None:
    """Call a panel by what it shows of this problem."""
    if (title_for := getattr(dock.panel, "title_for", None)) is not None:
        dock.set_title(title_for(problem))
