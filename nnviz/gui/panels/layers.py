"""Colours of layers, first to last."""

from __future__ import annotations

from PySide6.QtGui import QColor

from nnviz.gui.look.theme import Theme


def layer_colors(theme: Theme, layers: int) -> list[str]:
    """Return a ramp from teal to the accent to magenta, its lightness moving one way only.

    The order of layers can be read from the order of colours, also in grey.
    """
    dark = theme.name == "dark"
    colors = []
    for layer in range(layers):
        share = layer / (layers - 1) if layers > 1 else 0.5
        hue = 0.47 + 0.42 * share
        light = (0.62 + 0.16 * share) if dark else (0.42 - 0.10 * share)
        saturation = 0.62 if dark else 0.68
        colors.append(QColor.fromHslF(hue, saturation, light).name())
    return colors
