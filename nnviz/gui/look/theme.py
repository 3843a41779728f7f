"""Colours and type of the window, light and dark, in one place.

Quiet surfaces so that data carries the colour. One accent for what can be pressed; blue is positive
and orange negative, both growing from a neutral middle (safe for colour-blind eyes); classes have
colours that are neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

SPACE = 8
"""The grid, in device-independent pixels; margins and gaps are multiples or halves of it."""

BODY_SIZE = 13
SMALL_SIZE = 11
"""The two type sizes, in device-independent pixels."""


@dataclass(frozen=True)
class Theme:
    """One look of the window. Colours are ``#rrggbb``.

    Parameters
    ----------
    name
        ``"light"`` or ``"dark"``.
    window, surface, raised
        Backgrounds: of the window, of panels and plots, of fields and buttons.
    border, grid
        Lines around things, and inside plots.
    text, muted
        Ink, and ink of what is secondary.
    accent, accent_text, accent_soft
        What can be pressed, ink on it, and its faint wash (selection, hover).
    positive, negative, neutral
        Ends and middle of the diverging map for weights and activations.
    curve, second
        Colour of train/test curves, and of a plot's second axis.
    error, warning
        Ink of refusals and of cautions.
    classes
        Colours of classes 0, 1, …, ten of them.
    references
        Colours of kept runs by their slot, eight of them.
    """

    name: str
    window: str
    surface: str
    raised: str
    border: str
    grid: str
    text: str
    muted: str
    accent: str
    accent_text: str
    accent_soft: str
    positive: str
    negative: str
    neutral: str
    curve: str
    second: str
    error: str
    warning: str
    classes: tuple[str, ...]
    references: tuple[str, ...]

    def class_color(self, label: int) -> str:
        """Return the colour of a class."""
        return self.classes[label % len(self.classes)]

    def class_symbol(self, label: int) -> str:
        """Return pyqtgraph's name of a class' mark; the first three are discs, told by colour."""
        return _CLASS_SYMBOLS[label % len(_CLASS_SYMBOLS)]

    def reference_color(self, slot: int) -> str:
        """Return the colour of a kept run's curves."""
        return self.references[slot % len(self.references)]

    def diverging(self, values: NDArray[np.floating], largest: float = 1.0) -> NDArray[np.uint8]:
        """Return colours of signed values: orange below zero, neutral at zero, blue above.

        Parameters
        ----------
        values
            Any shape.
        largest
            The absolute value that gets the full colour; beyond it the colour stays.

        Returns
        -------
        The same shape with a last axis of 4: red, green, blue, alpha.
        """
        return _diverging_table(self).take(_shades(values, largest), axis=0)

    def diverging_pixels(
        self, values: NDArray[np.floating], largest: float = 1.0
    ) -> NDArray[np.uint32]:
        """Return the colours of `diverging` as pixels of Qt's ``Format_RGB32``, in their shape."""
        return _diverging_pixels(self).take(_shades(values, largest))


# Neither blue nor orange, which mean signs. The first four cannot be confused with one another or
# with a sign whichever kind of colour blindness an eye has; from the fourth on a symbol tells too.
_CLASSES_LIGHT = (
    "#a01a62", "#14b373", "#7d2cf2", "#5c4f06", "#d17aa6",
    "#86a52f", "#1d6b4c", "#b294ee", "#a8986a", "#6b7280",
)  # fmt: skip
_CLASSES_DARK = (
    "#d3228a", "#45e2a0", "#8a57f6", "#85733a", "#f0a9cb",
    "#b4cd5e", "#3d9770", "#c9b4fa", "#dccf9a", "#9aa3b2",
)  # fmt: skip
_CLASS_SYMBOLS = ("o", "o", "o", "s", "t1", "d", "star", "p", "t", "h")

# Quieter than the run's own curve and never its hue, three times lighter or darker than the
# surface, and chosen so that no two look alike whichever kind of colour blindness an eye has: what
# such eyes cannot tell by hue differs in lightness. Both themes have the same hues in turn.
_REFERENCES_LIGHT = (
    "#8b5a02", "#3ea0a3", "#693d7c", "#6f8639",
    "#3d7aac", "#893132", "#a78971", "#595f63",
)  # fmt: skip
_REFERENCES_DARK = (
    "#a07304", "#3fa0a8", "#e9a5cd", "#b6bc66",
    "#99e4ff", "#d67673", "#fdcda3", "#696d73",
)  # fmt: skip

LIGHT = Theme(
    name="light",
    window="#f4f5f7",
    surface="#ffffff",
    raised="#ffffff",
    border="#dfe2e8",
    grid="#eceef2",
    text="#1c212b",
    muted="#626b7a",
    accent="#5546d6",
    accent_text="#ffffff",
    accent_soft="#ecebfb",
    positive="#0877bd",
    negative="#e8850c",
    neutral="#e8eaed",
    curve="#5546d6",
    second="#7b8494",
    error="#b42318",
    warning="#946200",
    classes=_CLASSES_LIGHT,
    references=_REFERENCES_LIGHT,
)

DARK = Theme(
    name="dark",
    window="#15171c",
    surface="#1c1f26",
    raised="#262a33",
    border="#333844",
    grid="#2a2e38",
    text="#e7e9ee",
    muted="#9aa3b2",
    accent="#9a8fff",
    accent_text="#15171c",
    accent_soft="#2c2a4a",
    positive="#3aa5ec",
    negative="#f59a31",
    neutral="#343944",
    curve="#a79eff",
    second="#8b94a5",
    error="#ff8a80",
    warning="#e3b341",
    classes=_CLASSES_DARK,
    references=_REFERENCES_DARK,
)

THEMES: dict[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK)}
"""Every theme by name."""


def theme_of(widget: QWidget | None = None) -> Theme:
    """Return the theme a widget is in: that of its palette, its own or the application's.

    Asked of a role that no style sheet touches: where one makes a background transparent, as in
    scroll areas, the palette's window is black in every theme.
    """
    palette = QGuiApplication.palette() if widget is None else widget.palette()
    return DARK if palette.light().color().lightness() < 128 else LIGHT


def rgb(color: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def blend(color: str, background: str, share: float) -> str:
    """Return `share` of a colour over a background: an opaque colour that looks translucent."""
    mixed = (
        round(share * c + (1 - share) * b) for c, b in zip(rgb(color), rgb(background), strict=True)
    )
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def packed(colors: NDArray[np.unsignedinteger]) -> NDArray[np.uint32]:
    """Return colours, shape (…, 3 or 4), as numbers 0xaarrggbb; opaque where they do not say."""
    opaque = 0 if colors.shape[-1] == 4 else 0xFF000000
    places = np.array([1 << 16, 1 << 8, 1, 1 << 24][: colors.shape[-1]], np.uint32)
    return np.asarray(colors @ places | np.uint32(opaque), np.uint32)


@lru_cache(maxsize=8)
def _diverging_table(theme: Theme) -> NDArray[np.uint8]:
    """Return 256 colours from `negative` through `neutral` to `positive`, shape (256, 4)."""
    ends = np.array([rgb(theme.negative), rgb(theme.neutral), rgb(theme.positive)], dtype=float)
    place = np.linspace(0.0, 2.0, 256)
    table = np.full((256, 4), 255, dtype=np.uint8)
    for channel in range(3):
        table[:, channel] = np.rint(np.interp(place, [0, 1, 2], ends[:, channel]))
    return table


@lru_cache(maxsize=8)
def _diverging_pixels(theme: Theme) -> NDArray[np.uint32]:
    """Return the same 256 colours as numbers 0xffrrggbb."""
    return packed(_diverging_table(theme))


def _shades(values: NDArray[np.floating], largest: float) -> NDArray[np.uint8]:
    """Return which of the 256 colours values have; the lowest where they are not numbers."""
    places = np.multiply(values, 127.5 / largest if largest > 0 else 0.0)
    places = np.asarray(places)
    places += 127.5
    places.clip(0.0, 255.0, out=places)  # three times as fast as fmax and fmin
    if np.isnan(places.min(initial=0.0)):
        np.nan_to_num(places, copy=False)
    return places.astype(np.uint8)
