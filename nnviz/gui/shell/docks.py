"""The docks: where panels are at first, how they are moved, brought back and remembered."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.shell.panel_header import PanelButtons, PanelHeader, TabCorner

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

LAYOUT: dict[Qt.DockWidgetArea, tuple[tuple[str, ...], ...]] = {
    LEFT: (("setup",),),
    RIGHT: (("output", "forward", "gallery"),),
    BOTTOM: (("loss", "accuracy"), ("activations", "runs"), ("weights", "gradients")),
}
"""The layout at first: for every area its places from left to right, each with its panels, one
behind the other. A panel that is not here joins the last place at the bottom."""

STATE_VERSION = 1
"""Raised when the layout changes so that a remembered one would no longer fit."""

_WIDTHS = {"setup": (304, 0.27), "output": (348, 0.30)}
"""Of the sides: points, and the share of a small window that they may take at most."""
_LEAST_WIDTHS = dict.fromkeys(LAYOUT[RIGHT][0], 260)
"""Of the panels that share the place beside the picture: in less, their tabs cannot be read. A
window made smaller takes the rest from the picture."""
_BOTTOM_SHARE = 0.32

_PLACED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
"""What happens to tabs when Qt puts them somewhere, or away."""

_FLOATING = QSize(440, 320)
"""A panel that is taken off is at least as large."""
_ASIDE = QPoint(-24, -80)


@guarded
class PanelDock(QDockWidget):
    """A dock that shows its title itself, or leaves that to the tabs it stands behind.

    Parameters
    ----------
    key, title
        Of the panel; the object name is ``dock-`` and the key.
    theme
        Ink of the icons.
    window
        Where it docks.
    """

    save_wanted = Signal(str)
    """The person wants a picture of the panel of this key."""

    placed = Signal()
    """It has another place or size."""

    def __init__(self, key: str, title: str, theme: Theme, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.key = key
        self.setObjectName(f"dock-{key}")
        self.setAccessibleName(title)
        self.buttons = PanelButtons(key, theme)
        self.buttons.save_clicked.connect(self._save)
        self.buttons.float_clicked.connect(self._float)
        self.buttons.close_clicked.connect(self.close)
        self._panel = QWidget()
        self._header = PanelHeader(key, title, self.buttons)
        self._no_header = QWidget()
        self._corner = TabCorner(window)
        self.setTitleBarWidget(self._header)
        self.toggle = QAction(title, self)
        self.toggle.setObjectName(f"show-{key}")
        self.toggle.setCheckable(True)
        set_tool_tip(self.toggle, self.tr("Bring this panel to the front, or close it."))
        self.toggle.setStatusTip(self.toggle.toolTip())
        self.toggle.triggered.connect(self._show_or_close)
        self.visibilityChanged.connect(self._show_panel)
        self.topLevelChanged.connect(self._frame)

    def hold(self, panel: QWidget) -> None:
        """Show this widget, on a surface so that the window never shows through."""
        policy = panel.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        panel.setSizePolicy(policy)
        self._panel = panel
        body = QFrame()
        body.setObjectName("panelBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(panel)
        self.setWidget(body)

    def set_title(self, title: str) -> None:
        """Show another title, in the header, the tab and the View menu."""
        if title != self.windowTitle():
            self.setWindowTitle(title)
            self.setAccessibleName(title)
            self.toggle.setText(title)
            self._header.set_title(title)

    def lead(self) -> None:
        """Show title and buttons above the panel."""
        self._corner.hide()
        self._header.hold(self.buttons)
        if self.titleBarWidget() is not self._header:
            self.setTitleBarWidget(self._header)

    def follow(self) -> None:
        """Leave the title to the tabs, and the buttons to their corner."""
        if not self.follows:
            self.setTitleBarWidget(self._no_header)
            self._header.hide()
            self._corner.hold(self.buttons)

    @property
    def follows(self) -> bool:
        """Whether tabs show the title."""
        return self.titleBarWidget() is self._no_header

    def stand_behind(self, bar: QTabBar | None) -> None:
        """Show the buttons beside these tabs, or nowhere where another panel is in front."""
        if bar is None:
            self._corner.hide()
        else:
            self._corner.stand(bar, self.geometry(), self.buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say so: the tabs have another room."""
        super().resizeEvent(event)
        self.placed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Say so: the tabs are elsewhere."""
        super().moveEvent(event)
        self.placed.emit()

    @Slot(bool)
    def _frame(self, floating: bool) -> None:
        """Draw an outline while the dock is a window of its own, which has no other frame."""
        for part in (self._header, self.widget()):
            part.setProperty("floating", floating)
            part.style().polish(part)

    @Slot(bool)
    def _show_panel(self, visible: bool) -> None:
        # Qt moves docks behind other tabs out of the window but leaves them visible; hidden, their
        # panels are spared the drawing.
        self._panel.setVisible(visible)
        self.toggle.setChecked(not self.isHidden())

    @Slot()
    def _show_or_close(self) -> None:
        # What lies behind another tab is asked for to be seen; only what is seen can be closed.
        if self._panel.isVisible():
            self.close()
        else:
            self.show()
            self.raise_()
        self.toggle.setChecked(not self.isHidden())

    @Slot()
    def _save(self) -> None:
        self.save_wanted.emit(self.key)

    @Slot()
    def _float(self) -> None:
        self.setFloating(not self.isFloating())
        if self.isFloating():
            # Not in the very place it was in, or nothing would seem to have happened.
            self.resize(self.size().expandedTo(_FLOATING))
            self.move(self.pos() + _ASIDE)


@guarded
class Docks(QObject):
    """The docks of a window.

    Parameters
    ----------
    window
        Where they dock.
    theme
        Ink of the icons.
    """

    save_wanted = Signal(str)
    """The person wants a picture of the panel of this key."""

    visibility_changed = Signal()
    """A panel came in sight, or went out of it."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._docks: dict[str, PanelDock] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._title_all)
        self._prepare(window)

    def __getitem__(self, key: str) -> PanelDock:
        return self._docks[key]

    def __iter__(self) -> Iterator[PanelDock]:
        return iter(self._docks.values())

    def add(self, key: str, title: str, widget: QWidget) -> PanelDock:
        """Put a panel into a dock of its own; `arrange` gives it its place."""
        dock = PanelDock(key, title, self._theme, self._window)
        dock.hold(widget)
        dock.widget().setMinimumWidth(_LEAST_WIDTHS.get(key, 0))
        dock.save_wanted.connect(self.save_wanted)
        dock.visibilityChanged.connect(self._changed)
        dock.topLevelChanged.connect(self._changed)
        dock.dockLocationChanged.connect(self._changed)
        dock.placed.connect(self._fit_tabs)
        self._docks[key] = dock
        return dock

    def toggles(self) -> list[QAction]:
        """Return an action a dock, that brings it to the front or closes it."""
        return [dock.toggle for dock in self._docks.values()]

    @Slot()
    def arrange(self) -> None:
        """Put every dock where it is at first."""
        for dock in self._docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for area, places in self._places().items():
            for place in places:
                self._arrange_place(area, [self._docks[key] for key in place])
        self._set_sizes()
        self._changed()

    def save(self) -> QByteArray:
        """Return where the docks are."""
        return self._window.saveState(STATE_VERSION)

    def restore(self, state: QByteArray) -> None:
        """Put the docks where `save` found them; where that fails, where they are at first."""
        self.arrange()
        if not state.isEmpty():
            self._window.restoreState(state, STATE_VERSION)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        self._theme = theme
        for dock in self._docks.values():
            dock.buttons.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the tabs that Qt makes for docks that share a place, and where it puts them."""
        if event.type() is QEvent.Type.ChildAdded:
            self._later.start()
        elif event.type() in _PLACED and isinstance(watched, QTabBar):
            self._fit_tabs()
        return False

    def _prepare(self, window: QMainWindow) -> None:
        option = QMainWindow.DockOption
        window.setDockOptions(
            option.AnimatedDocks
            | option.AllowNestedDocks
            | option.AllowTabbedDocks
            | option.GroupedDragging
        )
        window.setDocumentMode(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.installEventFilter(self)

    def _places(self) -> dict[Qt.DockWidgetArea, list[list[str]]]:
        """Return `LAYOUT` with the docks there are."""
        listed = {key for places in LAYOUT.values() for place in places for key in place}
        found = {
            area: [[key for key in place if key in self._docks] for place in places]
            for area, places in LAYOUT.items()
        }
        found[BOTTOM][-1] += [key for key in self._docks if key not in listed]
        return {area: [place for place in places if place] for area, places in found.items()}

    def _arrange_place(self, area: Qt.DockWidgetArea, docks: list[PanelDock]) -> None:
        first = docks[0]
        orientation = Qt.Orientation.Horizontal if area is BOTTOM else Qt.Orientation.Vertical
        self._window.addDockWidget(area, first, orientation)
        for dock in docks[1:]:
            self._window.tabifyDockWidget(first, dock)
        for dock in docks:
            dock.show()
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

    @Slot()
    def _changed(self) -> None:
        self._later.start()
        self.visibility_changed.emit()

    @Slot()
    def _title_all(self) -> None:
        """Give each dock a title of its own, unless tabs show it."""
        for dock in self._docks.values():
            # Tabs in a window of their own leave it no other title to be dragged at.
            docked = dock.parent() is self._window and not dock.isFloating()
            others = self._window.tabifiedDockWidgets(dock) if docked else []
            if any(not other.isHidden() for other in others):
                dock.follow()
            else:
                dock.lead()
        self._fit_tabs()

    @Slot()
    def _fit_tabs(self) -> None:
        """Put the buttons of each panel in front beside its tabs."""
        fronts = {bar.tabText(bar.currentIndex()): bar for bar in self._tabs()}
        for dock in self._docks.values():
            if dock.follows:
                dock.stand_behind(fronts.get(dock.windowTitle()))

    def _tabs(self) -> list[QTabBar]:
        """Return the tabs in sight; looked up each time, for Qt deletes and makes them."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        bars = self._window.findChildren(QTabBar, options=direct)
        for bar in bars:
            if bar.drawBase():  # one that is new
                bar.setElideMode(Qt.TextElideMode.ElideRight)
                bar.setDrawBase(False)
                bar.setExpanding(False)
                bar.installEventFilter(self)
        return [bar for bar in bars if bar.isVisible()]
