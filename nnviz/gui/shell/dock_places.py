"""Where docks are, in words and numbers: what a project says of them.

Qt's own bytes (`QMainWindow.saveState`) are for this machine's settings only: changed ones can
crash the program that is given them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

_Area = Literal["left", "right", "top", "bottom"]
_MOST_PLACES, _LONGEST = 100, 16_000

AREAS: Mapping[_Area, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
ACROSS = (AREAS["top"], AREAS["bottom"])
"""Where places follow each other from left to right; elsewhere one is below the other."""


@dataclass(frozen=True)
class DockPlace:
    """Where a dock is; one that is a window of its own is put back into its area.

    Parameters
    ----------
    place
        Within the area, from its beginning; docks of one place are tabs, in the order told.
    shown, front
        Whether it is open, and whether it is the one in sight of its place.
    width, height
        In pixels.

    Raises
    ------
    ValueError
        If a number is none that Qt has room for.
    """

    area: _Area
    place: int
    shown: bool
    front: bool
    width: int
    height: int

    def __post_init__(self) -> None:
        lengths = self.width, self.height
        if not 0 <= self.place <= _MOST_PLACES or not all(1 <= one <= _LONGEST for one in lengths):
            raise ValueError("there is no such place")


def places_of(window: QMainWindow, docks: Sequence[QDockWidget]) -> dict[str, DockPlace]:
    """Return where docks are, by their keys (object names without ``dock-``)."""
    found = {}
    names = {area: name for name, area in AREAS.items()}
    for dock in docks:
        area = window.dockWidgetArea(dock)
        others = [one for one in docks if window.dockWidgetArea(one) is area]
        corners = sorted({_corner(window, one) for one in others if _is_in(one)})
        corner = _corner(window, dock)
        found[dock.objectName().removeprefix("dock-")] = DockPlace(
            names.get(area, "bottom"),
            corners.index(corner) if corner in corners else max(len(corners) - 1, 0),
            not dock.isHidden(),
            dock.isVisible() and not dock.visibleRegion().isEmpty(),
            max(dock.width(), 1),
            max(dock.height(), 1),
        )
    return found


def put(window: QMainWindow, places: Mapping[QDockWidget, DockPlace]) -> None:
    """Show docks that are in their areas as large as they were, and those in front that were."""
    for dock, place in places.items():
        dock.setVisible(place.shown)
    for dock, place in places.items():
        if place.front:
            dock.raise_()
    docked = [dock for dock, place in places.items() if place.front]
    for orientation, name in (
        (Qt.Orientation.Horizontal, "width"),
        (Qt.Orientation.Vertical, "height"),
    ):
        window.resizeDocks(docked, [getattr(places[dock], name) for dock in docked], orientation)


def _is_in(dock: QDockWidget) -> bool:
    return not dock.isFloating() and not dock.isHidden()


def _corner(window: QMainWindow, dock: QDockWidget) -> tuple[int, int]:
    """Return where a dock's place begins, along its area first; that of the tab in front."""
    group = [dock, *window.tabifiedDockWidgets(dock)]
    seen = next((one for one in group if not one.visibleRegion().isEmpty()), dock)
    at = seen.pos()
    return (at.x(), at.y()) if window.dockWidgetArea(dock) in ACROSS else (at.y(), at.x())
