"""What layers are called in the window: by their kind, and numbered where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers import Conv2D, Dense, LayerSpec, Shape
from nnviz.gui.look.texts import translated

_FEW = 5


def layer_names(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    """Return "Conv 1", "Max pool", "Flatten", "Hidden 1", …, "Output".

    Convolutions and hidden layers always have a number, others where there are several of a kind.
    """
    *hidden, _ = layers
    names = [_name(hidden, place) for place in range(len(hidden))]
    return (*names, QCoreApplication.translate("layers", "Output"))


def short_layer_names(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    """Return "1", …, "Out" for a selector in which there is little room.

    Layers of several kinds keep their names, which numbers would not tell apart, while there are
    few; a long row of names would have no room.
    """
    last = QCoreApplication.translate("layers", "Out")
    if len(layers) > _FEW or all(isinstance(layer, Dense) for layer in layers):
        return (*map(str, range(1, len(layers))), last)
    return (*layer_names(layers)[:-1], last)


def shape_title(shape: Shape) -> str:
    """Return a shape with room to breathe: "8 × 4 × 4"."""
    return " × ".join(map(str, shape))


def _name(hidden: Sequence[LayerSpec], place: int) -> str:
    layer = hidden[place]
    number = sum(other.kind == layer.kind for other in hidden[: place + 1])
    if isinstance(layer, Dense):
        return QCoreApplication.translate("layers", "Hidden {number}").format(number=number)
    several = sum(other.kind == layer.kind for other in hidden) > 1
    if not (several or isinstance(layer, Conv2D)):
        return translated(layer.short)
    numbered = QCoreApplication.translate("layers", "{name} {number}")
    return numbered.format(name=translated(layer.short), number=number)
