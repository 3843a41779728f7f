"""The arrow keys, of widgets in which they move something."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
"""How far each goes to the right, and down."""


def claims_arrow(event: QEvent, wanted: bool) -> bool:
    """Keep an arrow key from the window's shortcuts if it is `wanted`; return whether it was."""
    claims = wanted and isinstance(event, QKeyEvent) and event.key() in ARROWS
    if claims:
        event.accept()
    return claims
