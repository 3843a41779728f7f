"""Layers: what a network is made of."""

from __future__ import annotations

from nnviz.engine.layers.base import Layer, LayerSpec, Memory, Shape, pictures, shape_text
from nnviz.engine.layers.convolution import Conv2D
from nnviz.engine.layers.dense import Dense, DenseLayer
from nnviz.engine.layers.normalization import BatchNorm
from nnviz.engine.layers.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from nnviz.engine.layers.shaping import Dropout, Flatten

__all__ = [
    "LAYERS",
    "AveragePool2D",
    "BatchNorm",
    "Conv2D",
    "Dense",
    "DenseLayer",
    "Dropout",
    "Flatten",
    "GlobalAveragePool2D",
    "Layer",
    "LayerSpec",
    "MaxPool2D",
    "Memory",
    "Shape",
    "pictures",
    "shape_text",
]

LAYERS: dict[str, type[LayerSpec]] = {
    spec.kind: spec
    for spec in (
        Dense,
        Conv2D,
        MaxPool2D,
        AveragePool2D,
        GlobalAveragePool2D,
        Flatten,
        Dropout,
        BatchNorm,
    )
}
"""Every layer by its kind, in menu order."""
