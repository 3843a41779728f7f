"""What layers are called in the window: by their kind, and numbered where there are several."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from nnviz.datasets.dataset import COLORS
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, LayerSpec, Shape, pair
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.look.units import target_label
from nnviz.training.layer_choices import layer_title
from nnviz.training.problem import Problem
from nnviz.training.walk import Stage, Walk

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


def input_titles(problem: Problem) -> tuple[str, ...]:
    """Return the names of the inputs in the language of the window."""
    return tuple(translated(name) for name in problem.input_names)


def output_titles(problem: Problem) -> tuple[str, ...]:
    """Return the names of the outputs: classes, or what is predicted and its unit."""
    data = problem.dataset
    target = translated(data.target_name)
    if data.task == "classification" and problem.outputs == 1:
        # A lone output says how much the second class is meant, which its name must make plain.
        said = QCoreApplication.translate("NetworkPanel", "{target} = {name}")
        name = translated(problem.output_names[0])
        return (name if name.startswith(target) else said.format(target=target, name=name),)
    if data.task == "classification":
        return tuple(translated(name) for name in problem.output_names)
    return (target_label(problem),)


def column_titles(problem: Problem) -> tuple[str, ...]:
    """Return what the columns are called: the inputs, then every layer."""
    inputs = QCoreApplication.translate("NetworkPanel", "Input")
    return (inputs, *layer_names(problem.experiment.network.layers))


def unit_name(problem: Problem, layer: int, unit: int) -> str:
    """Return what a neuron is called in sentences; the inputs are layer 0."""
    title, shape = column_titles(problem)[layer], problem.shapes[layer]
    if layer == 0:
        return translated(problem.input_names[unit])
    if layer == len(problem.units):
        if problem.outputs == 1:
            return title
        named = QCoreApplication.translate("NetworkPanel", "{layer} “{name}”")
        return named.format(layer=title, name=output_titles(problem)[unit])
    number = unit
    if len(shape) == 3:
        named = QCoreApplication.translate("NetworkPanel", "{layer}, map {number}")
        number = unit // math.prod(shape[1:])
    elif isinstance(problem.experiment.network.layers[layer - 1], Flatten | Dropout | BatchNorm):
        named = QCoreApplication.translate("NetworkPanel", "{layer}, number {number}")
    else:
        named = QCoreApplication.translate("NetworkPanel", "{layer}, neuron {number}")
    return named.format(layer=title, number=number + 1)


def kernel_place(problem: Problem, layer: int, source: int) -> str:
    """Return where in the kernels of a convolution, a layer from 0, a weight is."""
    spec, channels = problem.experiment.network.layers[layer], problem.shapes[layer][0]
    assert isinstance(spec, Conv2D)
    rows, columns = pair(spec.kernel_size)
    channel, place = divmod(source, rows * columns)
    row, column = divmod(place, columns)
    said = QCoreApplication.translate("layers", "row {row}, column {column}")
    if channels > 1:
        said = QCoreApplication.translate("layers", "{map}, row {row}, column {column}")
    name = channel_name(problem, layer, channel)
    return said.format(map=name, row=row + 1, column=column + 1)


def channel_name(problem: Problem, layer: int, channel: int) -> str:
    """Return what one of the maps is called that a layer, from 0, is given: a colour at first."""
    if layer == 0 and problem.dataset.channels > 1:
        return translated(COLORS[channel])
    return QCoreApplication.translate("layers", "map {number}").format(number=channel + 1)


def numbered_stage(walk: Walk, stage: Stage) -> tuple[str, str]:
    """Return a stage's title after its number, and by itself."""
    said = QCoreApplication.translate("layers", "{number} of {count} · {stage}")
    number, title = walk.stages.index(stage) + 1, stage_title(walk.passes.problem, stage)
    return said.format(number=number, count=len(walk.stages), stage=title), title


def stage_title(problem: Problem, stage: Stage) -> str:
    """Return what a stage of the passes computes: "Hidden 1: z, the weighted sums"."""
    said = {
        "inputs": QCoreApplication.translate("layers", "{layer}: what the network is given"),
        "sum": QCoreApplication.translate("layers", "{layer}: z, the weighted sums"),
        "activation": QCoreApplication.translate("layers", "{layer}: a, what it hands on"),
        "loss": QCoreApplication.translate("layers", "Loss: how wrong the answer is"),
        "delta": QCoreApplication.translate("layers", "{layer}: δ = ∂L/∂z, on the way back"),
        "gradient": QCoreApplication.translate("layers", "{layer}: ∂L/∂w, the gradients"),
        "update": QCoreApplication.translate("layers", "{layer}: the update of the weights"),
    }[stage.kind]
    return said.format(layer=column_titles(problem)[stage.layer + 1])
