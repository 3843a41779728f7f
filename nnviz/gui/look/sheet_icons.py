"""Pictures for style sheets, in the inks of the themes, without a file.

Style sheets take pictures by name only: from files, or from the resources a program carries. So
the tinted ones become such resources in memory.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping

from PySide6.QtCore import qRegisterResourceData

from nnviz.gui.look.icons import tinted
from nnviz.gui.look.theme import THEMES, Theme

_ICONS = (("chevron-down", "muted"), ("chevron-up", "muted"), ("check", "accent_text"))
"""Name and ink of each."""


def sheet_icons(theme: Theme) -> dict[str, str]:
    """Return the ``url(...)`` of each picture that the style sheet names, by name."""
    _carried()
    return {name: f"url(:/{theme.name}-{name}.svg)" for name, _ in _ICONS}


@functools.cache  # Qt does not copy them: they must stay
def _carried() -> tuple[bytes, bytes, bytes]:
    """Register the pictures of all themes; return what Qt reads them from."""
    parts = _resources(
        {
            f"{theme.name}-{name}.svg": tinted(name, getattr(theme, ink))
            for theme in THEMES.values()
            for name, ink in _ICONS
        }
    )
    if not qRegisterResourceData(1, *parts):
        raise AssertionError("Qt no longer reads resources of format 1")
    return parts


def _resources(files: Mapping[str, bytes]) -> tuple[bytes, bytes, bytes]:
    """Return tree, names and contents as Qt's ``rcc`` writes them, all files in one folder."""
    tree = struct.pack(">IHII", 0, 2, len(files), 1)  # the folder: its files come from 1 on
    names = contents = b""
    for name in sorted(files, key=_hash):  # Qt looks them up by bisection
        tree += struct.pack(">IHHHI", len(names), 0, 0, 1, len(contents))
        names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
        contents += struct.pack(">I", len(files[name])) + files[name]
    return tree, names, contents


def _hash(name: str) -> int:
    """Return the number by which Qt knows a resource's name."""
    value = 0
    for letter in name:
        value = (value << 4) + ord(letter)
        value = (value ^ (value & 0xF0000000) >> 23) & 0x0FFFFFFF
    return value
