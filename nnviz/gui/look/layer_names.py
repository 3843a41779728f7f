"""What layers are called in the window: by their kind, and numbered where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers import Dense, LayerSpec, Shape
from nnviz.gui.look.texts import phrase
from nnviz.training.layer_choices import layer_title

_FEW = 5


def layer_names(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    """Return what `layer_title` calls each layer: "Conv 1", "Max pool", "Hidden 1", …, "Output"."""
    return tuple(phrase(layer_title(layers, place)) for place in range(len(layers)))


def short_layer_names(layers: Sequence[LayerSpec], shown: Sequence[int]) -> tuple[str, ...]:
    """Return what a selector of some layers offers: "1", …, "Out".

    Layers of several kinds keep their names, which numbers would not tell apart, while few are
    shown; a long row of names would have no room.
    """
    if len(shown) > _FEW or all(isinstance(layer, Dense) for layer in layers):
        names: tuple[str, ...] = tuple(map(str, range(1, len(layers) + 1)))
    else:
        names = layer_names(layers)
    last = QCoreApplication.translate("layers", "Out")
    return tuple(last if place == len(layers) - 1 else names[place] for place in shown)


def shape_title(shape: Shape) -> str:
    """Return a shape with room to breathe: "8 × 4 × 4"."""
    return " × ".join(map(str, shape))
