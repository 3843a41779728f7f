"""How each layer fares: its gradient, its step, and its idle neurons, in words below its title."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter

from nnviz.gui.frame import Frame
from nnviz.gui.look import numbers
from nnviz.gui.look.style import small_font
from nnviz.gui.network.drawing import CENTER, line_height, width_of, write
from nnviz.gui.network.layout import Layout
from nnviz.gui.network.view_state import FigureText, NetworkViewState
from nnviz.training.diagnosis import EXPLODED, VANISHED
from nnviz.training.evidence import Evidence
from nnviz.training.layer_figures import LayerFigures, error_sizes, layer_figures
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

ROWS = 3
"""Lines that the figures of a layer take."""

_LEAST_HEIGHT = 22  # lines of text that a picture with room for them is high
_WIDEST = 8.0  # lines' heights that a figure is wide at most
_LEAST_UPDATE, _MOST_UPDATE = 1e-5, 0.1
_MOST_IDLE = 0.5  # share of neurons


def layers_with_figures(problem: Problem) -> list[int]:
    """Return the layers that learn; the inputs are layer 0."""
    layers = zip(problem.experiment.network.layers, problem.shapes, strict=False)
    return [i for i, (layer, shape) in enumerate(layers, 1) if layer.parameter_count(shape)]


def has_room(problem: Problem, layout: Layout) -> bool:
    """Return whether the figures of all layers can stand side by side, above the neurons."""
    is_high = layout.height >= _LEAST_HEIGHT * line_height()
    widest = QCoreApplication.translate("NetworkPanel", "{share} saturated").format(share="100 %")
    return is_high and _width(problem, layout) >= width_of(widest, small_font())


def figure_texts(
    frame: Frame, before: Snapshot | None, moving: bool
) -> tuple[tuple[FigureText, ...], ...]:
    """Return what is to be said of every layer at a frame's moment; nothing of the inputs.

    What would be alarming is said to be so only of a network that is behind what its data allow.

    Parameters
    ----------
    before
        The moment shown before. From it, or a checkpoint that is nearer, steps are told; of plain
        gradient descent they are known without.
    """
    moment, problem = frame.inspection, frame.inspection.problem
    history = frame.history.until(moment.epoch) if frame.past else frame.history
    if not len(history):
        return ()
    is_known = problem.experiment.training.optimizer == "sgd" or moment.snapshot.went_back
    earlier = None if is_known else _nearest(frame, before)
    figures = layer_figures(moment.seen(moving), history.column("learning_rate")[-1], earlier)
    behind, layers = Evidence(history, moment).is_behind, layers_with_figures(problem)
    errors: list[float] | list[None] = error_sizes(moment) if behind else [1.0] * len(figures)
    if not moment.snapshot.has_gradients:
        errors = [None] * len(figures)
    texts = [
        tuple(_texts(one, error, behind, is_output=i == len(figures))) if i in layers else ()
        for i, (one, error) in enumerate(zip(figures, errors, strict=True), 1)
    ]
    return ((), *texts)


def _nearest(frame: Frame, before: Snapshot | None) -> Snapshot | None:
    """Return the last moment known before a frame's, in the same run; None where there is none."""
    now = frame.inspection.snapshot
    kept = (one for one in reversed(frame.checkpoints) if one.state.steps < now.updates)
    checkpoint = next(kept, None)
    known = (before, checkpoint and checkpoint.snapshot())
    earlier = [one for one in known if one and one.run_id == now.run_id]
    earlier = [one for one in earlier if one.updates < now.updates]
    return max(earlier, key=lambda one: one.updates, default=None)


def _texts(
    layer: LayerFigures, error: float | None, behind: bool, is_output: bool
) -> Iterator[FigureText]:
    """Yield the figures of a layer.

    So much of an `error` of 1 at the output arrives there; None where no gradient is known.
    """
    if error is not None:
        size, warns = _two(layer.gradient), not VANISHED <= error <= EXPLODED
        said = QCoreApplication.translate(
            "NetworkPanel", "Gradient: {size}, the root mean square over the layer."
        )
        text, brief = f"∇ {size}", f"∇ {size}"
        if layer.ratio is not None:
            said = QCoreApplication.translate(
                "NetworkPanel",
                "Gradient: {size}, the root mean square over the layer; {ratio} times that of the "
                "next layer that learns.",
            )
            text = f"∇ {size} ×{_two(layer.ratio)}"
        sentence = said.format(size=size, ratio=_two(layer.ratio or 0.0))
        yield FigureText("Gradient", text, brief, sentence, behind and warns)
    if layer.update is not None:
        share, warns = _two(layer.update), not _LEAST_UPDATE <= layer.update <= _MOST_UPDATE
        said = QCoreApplication.translate(
            "NetworkPanel",
            "Update-to-weight ratio: a step moves the weights by {share} of their size; about "
            "0.001 is usual.",
        )
        text = f"Δw/w {share}"
        sentence = said.format(share=share)
        yield FigureText("Update-to-weight ratio", text, text, sentence, behind and warns)
    if layer.dead is not None or (layer.saturated is not None and not is_output):
        yield _idle(layer, behind)


def _idle(layer: LayerFigures, behind: bool) -> FigureText:
    """Return what share of neurons is the same for every row."""
    share, title = layer.saturated or 0.0, "Saturated neuron"
    short = QCoreApplication.translate("NetworkPanel", "{share} saturated")
    said = QCoreApplication.translate(
        "NetworkPanel",
        "Saturated: {share} of the neurons are at an end of their range for every training row "
        "looked at.",
    )
    if layer.dead is not None:
        share, title = layer.dead, "Dead neuron"
        short = QCoreApplication.translate("NetworkPanel", "{share} dead")
        said = QCoreApplication.translate(
            "NetworkPanel", "Dead: {share} of the neurons are 0 for every training row looked at."
        )
    percent = numbers.percent(share, 0.01)
    text = short.format(share=percent)
    return FigureText(title, text, text, said.format(share=percent), behind and share >= _MOST_IDLE)


def paint_figures(painter: QPainter, state: NetworkViewState) -> None:
    """Write every layer's figures below its title; the painter is in units of the layout."""
    painter.setFont(state.small)
    for figure, text, box in _placed(state):
        ink = state.theme.warning if figure.warns else state.theme.muted
        write(painter, box, text, ink, CENTER)


def figure_at(state: NetworkViewState, x: float, y: float) -> FigureText | None:
    """Return the figure that is written at a point of the layout, or None."""
    return next((figure for figure, _, box in _placed(state) if box.contains(x, y)), None)


def _placed(state: NetworkViewState) -> Iterator[tuple[FigureText, str, QRectF]]:
    """Yield every figure that is written, with its text and its place."""
    if not state.figure_rows or not state.figures:
        return
    wide = min(_width(state.problem, state.layout), _WIDEST * state.line)
    for column, figures in zip(state.layout.columns, state.figures, strict=True):
        box = QRectF(column.x - wide / 2, state.caption_top + 2 * state.line, wide, state.line)
        for row, figure in enumerate(figures):
            fits = width_of(figure.text, state.small) <= wide
            yield figure, figure.text if fits else figure.brief, box.translated(0, row * state.line)


def _width(problem: Problem, layout: Layout) -> float:
    """Return how wide the figures of each layer may be."""
    told = [layout.columns[layer].x for layer in layers_with_figures(problem)]
    steps = [right - left for left, right in pairwise(told)]
    return min([*steps, 2 * (layout.width - told[-1])]) - 4.0


def _two(value: float) -> str:
    """Return a number of two digits."""
    return numbers.short(float(f"{value:.2g}"))
