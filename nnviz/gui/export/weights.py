"""The weights of a network as numbers: a table a layer, as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers import Conv2D
from nnviz.engine.layers.base import pair
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.storage.spreadsheet import no_formula
from nnviz.training.inspection import Inspection


def weights_text(inspection: Inspection, delimiter: str = "\t") -> str:
    """Return a table of every layer with weights, one below another, lines between them empty.

    A name from a person's file is not taken for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for layer in range(inspection.layers):
        if inspection.weights(layer).size:
            writer.writerows([[]] if text.tell() else [])
            writer.writerows([*map(no_formula, row)] for row in weight_rows(inspection, layer))
    return text.getvalue()


def weight_rows(
    inspection: Inspection, layer: int, written: Callable[[np.floating], str] = str
) -> Iterator[Sequence[str]]:
    """Yield the title; what comes into the layer; and of each neuron, or kernel, its numbers.

    Numbers are written as NumPy writes them, with as many digits as there are, or otherwise.
    """
    problem = inspection.problem
    weights, biases = inspection.weights(layer), inspection.biases(layer)
    layers = problem.experiment.network.layers
    title = _tr("{layer}, weights after epoch {epoch}")
    if layer == 0 and problem.experiment.data.standardize_inputs:
        title = _tr("{layer}, weights of standardised inputs after epoch {epoch}")
    yield [title.format(layer=layer_names(layers)[layer], epoch=count(inspection.epoch))]
    bias = [_tr("bias")] if biases.size else []
    yield ["", *_inputs(inspection, layer, weights.shape[1]), *bias]
    names = [*map(translated, problem.output_names)]
    if layer < inspection.layers - 1 or len(names) != len(weights):
        is_kernel = isinstance(layers[layer], Conv2D)
        said = _tr("kernel {number}") if is_kernel else _tr("neuron {number}")
        names = [said.format(number=number + 1) for number in range(len(weights))]
    numbers = np.column_stack([weights, biases]) if biases.size else weights
    for name, row in zip(names, numbers, strict=True):
        yield [name, *map(written, row)]


def _inputs(inspection: Inspection, layer: int, size: int) -> list[str]:
    """Return what the weights of a neuron or a kernel stand at."""
    problem = inspection.problem
    layers = problem.experiment.network.layers
    spec = layers[layer]
    if isinstance(spec, Conv2D):
        rows, across = pair(spec.kernel_size)
        said = _tr("channel {channel}, row {row}, column {column}")
        places = (divmod(place, rows * across) for place in range(size))
        return [
            said.format(channel=c + 1, row=at // across + 1, column=at % across + 1)
            for c, at in places
        ]
    if layer == 0 and len(problem.input_names) == size:
        return [*map(translated, problem.input_names)]
    before = layer_names(layers)[layer - 1] if layer else _tr("Input")
    said = _tr("{layer}, {number}")
    return [said.format(layer=before, number=number + 1) for number in range(size)]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Weights", text)
