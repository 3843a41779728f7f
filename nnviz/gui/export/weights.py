"""The weights of a network as numbers: a table a layer, as text and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from nnviz.engine.layers import Conv2D
from nnviz.engine.layers.base import pair
from nnviz.gui import preferences
from nnviz.gui.export.files import write_bytes
from nnviz.gui.export.slices import Slices
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import translated
from nnviz.training.inspection import Inspection

WEIGHTS_FILE = "weights.csv"


class WeightTable(NamedTuple):
    """The weights of a layer, with all their digits.

    Parameters
    ----------
    title
        The layer, and the epoch.
    columns
        What comes into the layer, and the bias where there is one.
    rows
        Name and numbers of each neuron, or kernel.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def weight_tables(inspection: Inspection) -> list[WeightTable]:
    """Return the weights of every layer that has some, as they are at a moment."""
    layers = range(inspection.layers)
    return [_table(inspection, layer) for layer in layers if inspection.weights(layer).size]


def weights_text(inspection: Inspection, delimiter: str = "\t") -> str:
    """Return all tables below one another, lines between them empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for number, table in enumerate(weight_tables(inspection)):
        if number:
            writer.writerow([])
        writer.writerow([table.title])
        writer.writerow(["", *table.columns])
        writer.writerows([name, *numbers] for name, numbers in table.rows)
    return text.getvalue()


def save_weights(inspection: Inspection, path: Path) -> Slices[str]:
    """Write all tables as CSV."""
    content = weights_text(inspection, ",").encode()
    yield lambda: write_bytes(content, path)
    preferences.write(preferences.LAST_FOLDER, str(path.parent))
    said = _tr("Saved {file}: the weights after epoch {epoch}.")
    return said.format(file=path.name, epoch=count(inspection.epoch))


def _table(inspection: Inspection, layer: int) -> WeightTable:
    problem = inspection.problem
    weights, biases = inspection.weights(layer), inspection.biases(layer)
    names = [*map(translated, problem.output_names)]
    layers = problem.experiment.network.layers
    if layer < inspection.layers - 1 or len(names) != len(weights):
        is_kernel = isinstance(layers[layer], Conv2D)
        said = _tr("kernel {number}") if is_kernel else _tr("neuron {number}")
        names = [said.format(number=number + 1) for number in range(len(weights))]
    columns = _inputs(inspection, layer, weights.shape[1])
    rows = [[*map(str, row)] for row in weights]  # NumPy writes as many digits as there are
    if biases.size:
        columns.append(_tr("bias"))
        for row, bias in zip(rows, biases, strict=True):
            row.append(str(bias))
    title = _tr("{layer}, weights after epoch {epoch}")
    if layer == 0 and problem.experiment.data.standardize_inputs:
        title = _tr("{layer}, weights of standardised inputs after epoch {epoch}")
    title = title.format(layer=layer_names(layers)[layer], epoch=count(inspection.epoch))
    return WeightTable(title, columns, [*zip(names, rows, strict=True)])


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
