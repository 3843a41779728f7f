"""A network's parameters in files that other programs open: safetensors, NumPy's, and a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.names import unknown_name
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import LayerSpec
from nnviz.engine.layers.convolution import Conv2DLayer
from nnviz.engine.layers.normalization import BatchNormLayer
from nnviz.engine.network import Network
from nnviz.training.layer_choices import layer_title

Arrays = Mapping[str, NDArray[Any]]


def layer_key(layers: tuple[LayerSpec, ...], place: int) -> str:
    """Return what files call a layer: ``"hidden_1"``, ``"conv_2"``, ``"output"``."""
    return str(layer_title(layers, place)).lower().replace(" ", "_")


def named_parameters(network: Network) -> dict[str, FloatArray]:
    """Return all parameters by name, layer by layer, in the shapes that PyTorch has for them.

    ``hidden_1.weight`` (units, inputs), ``conv_1.weight`` (filters, channels, rows, columns), and
    ``.bias`` (units,); of batch normalisation also ``.running_mean`` and ``.running_var``.
    """
    named = {}
    for place, layer in enumerate(network.layers):
        arrays = {
            "weight": layer.weights,
            "bias": layer.biases[:, 0] if layer.biases.size else None,
        }
        if isinstance(layer, Conv2DLayer):
            arrays["weight"] = layer.kernels
        elif isinstance(layer, BatchNormLayer):
            own = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
            names = ("weight", "bias", "running_mean", "running_var")
            arrays = {name: array[:, 0] for name, array in zip(names, own, strict=True)}
        for name, array in arrays.items():
            if array is not None and array.size:
                named[f"{layer_key(network.specs, place)}.{name}"] = array
    return named


def npz(arrays: Arrays) -> bytes:
    """Return what ``numpy.load`` opens, without pickle."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _safetensors(arrays: Arrays) -> bytes:
    """Return the length of a header, the header in JSON, and the numbers one array after another.

    https://github.com/huggingface/safetensors describes it; the header ends at a multiple of 8.
    """
    head: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        ends = [len(body), len(body) + little.nbytes]
        kind = f"F{8 * array.itemsize}"
        head[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": ends}
        body += little.tobytes()
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def _csv(arrays: Arrays) -> bytes:
    """Return a row for each number: whose, of which unit, at which of its inputs (from 0)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("parameter", "unit", "input", "value"))
    for name, array in arrays.items():
        for unit, row in enumerate(array.reshape(len(array), -1)):
            for place, value in enumerate(row):
                writer.writerow((name, unit, place if array.ndim > 1 else "", value))
    return text.getvalue().encode()


@dataclass(frozen=True)
class ParameterFormat:
    """A kind of file; `title` as the system's dialog offers it, `encoded` makes its content."""

    title: str
    encoded: Callable[[Arrays], bytes]


PARAMETER_FORMATS = {
    "safetensors": ParameterFormat("Safetensors", _safetensors),
    "npz": ParameterFormat("NumPy arrays", npz),
    "csv": ParameterFormat("Table", _csv),
}
"""Kinds of files by their ending."""


def parameter_format(path: Path) -> ParameterFormat:
    """Return the kind of file that a name asks for by its ending.

    Raises
    ------
    UnknownNameError
        If there is none of that ending.
    """
    ending = path.suffix[1:].lower()
    if ending not in PARAMETER_FORMATS:
        said = "Parameters are not written as “.{name}”."
        raise unknown_name(said, ending, PARAMETER_FORMATS, "parameters")
    return PARAMETER_FORMATS[ending]
