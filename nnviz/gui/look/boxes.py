"""Rows and columns of widgets."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

_Box = TypeVar("_Box", bound=QBoxLayout)


def filled(
    box: _Box,
    *parts: QWidget | QLayout | None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = 0,
    wide: QWidget | None = None,
) -> _Box:
    """Return a row or column with these parts; None is where room is left free.

    Parameters
    ----------
    margins
        Pixels left, above, right and below.
    wide
        The part that takes what room there is.
    """
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for part in parts:
        if part is None:
            box.addStretch()
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part, int(part is wide))
    return box
