"""How the panels of a window are arranged, and what each shows, as a project keeps it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from PySide6.QtCore import QObject, Slot

from nnviz.gui.panel import Panel
from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.shell.dock_places import DockPlace
from nnviz.gui.shell.docks import Docks
from nnviz.storage.contents import Project

_LARGEST = 1e6
"""No number among a panel's switches and choices is larger."""


class Arrangement(QObject):
    """Docks, and the panels' switches and choices; zooms and what was worked out are not kept.

    Parameters
    ----------
    panels
        By key; they may come later.
    feed
        Says when panels have begun the run that was opened.
    """

    def __init__(self, docks: Docks, panels: Mapping[str, Panel], feed: FrameFeed) -> None:
        super().__init__(docks)
        self._docks, self._panels, self._feed = docks, panels, feed
        self._waiting: dict[str, Mapping[str, Any]] = {}
        feed.frame_shown.connect(self._show_waiting)

    def added_to(self, project: Project) -> Project:
        """Return a project with the arrangement there is."""
        views = {key: _plain(panel.view_state()) for key, panel in self._panels.items()}
        docks = {key: asdict(place) for key, place in self._docks.places().items()}
        return replace(project, docks=docks, views={**views, **self._waiting})

    def restore(self, docks: Mapping[str, Any], views: Mapping[str, Any]) -> bool:
        """Arrange the panels as a project says; return whether that could be done.

        What a panel is to show waits until it is in sight, with the run that was opened.
        """
        from msgspec import ValidationError, convert  # only now: the window starts sooner

        self._waiting = {key: view for key, view in views.items() if isinstance(view, Mapping)}
        try:
            places = convert(docks, dict[str, DockPlace])
        except ValidationError:
            return False
        if places:
            self._docks.arrange_as(places)
        return True

    @Slot()
    def _show_waiting(self) -> None:
        if self._waiting and self._feed.resting:
            for key, panel in self._panels.items():
                if panel.isVisible() and (saved := self._waiting.pop(key, None)) is not None:
                    panel.restore_view(_merged(panel.view_state(), saved))


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON can say of a panel's state in words and single numbers."""
    found: dict[str, Any] = {}
    for key, value in state.items():
        if isinstance(value, Mapping):
            found[key] = _plain(value)
        elif isinstance(value, str | bool | int) or (
            isinstance(value, float) and math.isfinite(value)
        ):
            found[key] = value
    return found


def _merged(now: Mapping[str, Any], saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state with what a file says of it, as far as that is of the same kind."""
    found = dict(now)
    for key, value in now.items():
        if isinstance(value, Mapping) and isinstance(saved.get(key), Mapping):
            found[key] = _merged(value, saved[key])
        elif type(other := saved.get(key)) is type(value) and _is_plain(other):
            found[key] = other
    return found


def _is_plain(value: object) -> bool:
    """Say whether a value is a word, or a number that Qt has room for."""
    is_number = isinstance(value, bool | int | float) and abs(value) <= _LARGEST
    return is_number or isinstance(value, str)
