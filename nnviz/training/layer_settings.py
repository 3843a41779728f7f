"""LAYER_SETTINGS: everything a person can set about a layer, each described once."""

from __future__ import annotations

from typing import Any

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import pair, shape_text
from nnviz.training.setting import Phrase, Range, Setting, said

MAX_HIDDEN_LAYERS = 10

_COUNT = Range(1, 1024, whole=True)
_MOST_PIXELS = 64
"""No side of a window, no step and no edge is larger."""
_SIDE = Range(1, _MOST_PIXELS, whole=True)
_BELOW_ONE = 1.0 - 1e-9


def _size(value: Any) -> Phrase:
    if value is None or isinstance(value, str):
        return said(value or "usual")
    return Phrase(shape_text(pair(value)))


_ALL = (
    Setting(
        "units",
        "Neurons",
        "Neurons in this layer: more can bend more, and learn by heart more.",
        _COUNT,
        short="units",
    ),
    Setting(
        "filters",
        "Filters",
        "Kernels in this layer: each looks for a pattern of its own, everywhere in the picture.",
        _COUNT,
    ),
    Setting(
        "kernel_size",
        "Kernel size",
        "Rows and columns of each kernel: how far it looks around.",
        _SIDE,
        many=True,
        short="kernel",
        text=_size,
    ),
    Setting(
        "pool_size",
        "Pool size",
        "Rows and columns that become one pixel.",
        _SIDE,
        many=True,
        short="size",
        text=_size,
    ),
    Setting(
        "strides",
        "Strides",
        "By how many pixels a kernel moves on; 2 halves the picture's sides.",
        Range(1, _MOST_PIXELS, whole=True, instead=(None,)),
        many=True,
        text=_size,
    ),
    Setting(
        "padding",
        "Padding",
        "What a kernel sees beyond the edge of the picture.",
        Range(0, _MOST_PIXELS, whole=True, instead=("valid", "same")),
        many=True,
        text=_size,
    ),
    Setting(
        "rate",
        "Rate",
        "Share of the numbers that training sets to 0, so that none is relied on.",
        Range(0.0, 0.95),
    ),
    Setting(
        "momentum",
        "Momentum",
        "How much of its averages a layer keeps at each update; prediction scales by them.",
        Range(0.0, _BELOW_ONE),
    ),
    Setting(
        "epsilon",
        "Epsilon",
        "What is added to a variance, so that a constant number is not divided by zero.",
        Range(1e-12, 1.0),
    ),
    Setting(
        "activation",
        "Activation",
        "What a neuron makes of its sum.",
        ACTIVATIONS,
    ),
    Setting(
        "use_bias",
        "Bias",
        "Without a bias every line a neuron draws goes through the origin.",
    ),
)

LAYER_SETTINGS = {setting.path: setting for setting in _ALL}
"""Every setting of layers by its field's name."""
