"""Whether a window could open here, asked before Qt is: Qt ends the program when it cannot."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path


def problem() -> str:
    """Return a sentence that says why no window can open, or an empty string if one can."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in {"offscreen", "minimal"}:
        return f"QT_QPA_PLATFORM is set to {platform}, which shows nothing."
    if platform or not sys.platform.startswith("linux"):
        return ""  # the person chose; and Windows and macOS have a display
    if _wayland_answers():
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    return "" if _x11_answers() else f"DISPLAY is {display}, but no display answers there."


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    try:
        return bool(name) and Path(os.environ.get("XDG_RUNTIME_DIR", "/"), name).is_socket()
    except PermissionError:
        return False  # another person's display


def _x11_answers() -> bool:
    """Ask the X server for a connection, as Qt will; assume the best where that cannot be asked."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # not installed yet: this comes with the libraries a screen needs
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
