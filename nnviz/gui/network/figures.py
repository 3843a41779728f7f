"""How each layer fares: its gradient, its step, and its idle neurons, in words below its title."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from nnviz.gui.frame import Frame
from nnviz.gui.look import numbers
from nnviz.gui.look.style import small_font
from nnviz.gui.network.drawing import CENTER, line_height, tr, width_of, write
from nnviz.gui.network.layout import Layout
from nnviz.gui.network.view_state import FigureText, NetworkViewState
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.diagnosis import EXPLODED, VANISHED
from nnviz.training.evidence import Evidence
from nnviz.training.layer_figures import LayerFigures, error_sizes, layer_figures
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

ROWS = 3
"""Lines that all figures of a layer take."""

_LEAST_HEIGHT, _LEAST_FOR_ONE = 22, 12  # lines of text that a picture with room for them is high
_WIDEST = 8.0  # lines' heights that a figure is wide at most
_LEAST_UPDATE, _MOST_UPDATE = 1e-5, 0.1
_MOST_IDLE = 0.5  # share of neurons


def layers_with_figures(problem: Problem) -> list[int]:
    """Return the layers that learn; the inputs are layer 0."""
    layers = zip(problem.experiment.network.layers, problem.shapes, strict=False)
    return [i for i, (layer, shape) in enumerate(layers, 1) if layer.parameter_count(shape)]


def rows_with_room(problem: Problem, layout: Layout) -> int:
    """Return how many figures of each layer can stand above its neurons: `ROWS`, 1 or none."""
    lines, wide = layout.height / line_height(), _width(problem, layout)
    widest = tr("{share} saturated").format(share="100 %")
    if lines >= _LEAST_HEIGHT and wide >= width_of(widest, small_font()):
        return ROWS
    return int(lines >= _LEAST_FOR_ONE and wide >= width_of("∇ 0e−0", small_font()))


def figure_texts(
    frame: Frame, before: Snapshot | None, moving: bool
) -> tuple[tuple[FigureText, ...], ...]:
    """Return what is to be said of every layer at a frame's moment; nothing of the inputs.

    What would be alarming is said to be so only of a network that is behind what its data allow.

    Parameters
    ----------
    before
        The moment shown before. From it, or a checkpoint that is nearer, steps are estimated where
        neither the optimiser's state at the moment is known nor does it have none.
    """
    moment, problem = frame.inspection, frame.inspection.problem
    history = frame.history.until(moment.epoch) if frame.past else frame.history
    if not len(history):
        return ()
    is_known = problem.experiment.training.optimizer == "sgd" or moment.snapshot.went_back
    told_by = None if is_known else _own(frame) or _nearest(frame, before)
    figures = layer_figures(moment.seen(moving), history.column("learning_rate")[-1], told_by)
    behind, layers = Evidence(history, moment).is_behind, layers_with_figures(problem)
    errors: list[float] | list[None] = error_sizes(moment) if behind else [1.0] * len(figures)
    if not moment.snapshot.has_gradients:
        errors = [None] * len(figures)
    texts = [
        tuple(_texts(one, error, behind, isinstance(told_by, Snapshot))) if i in layers else ()
        for i, (one, error) in enumerate(zip(figures, errors, strict=True), 1)
    ]
    return ((), *texts)


def _own(frame: Frame) -> Checkpoint | None:
    """Return the checkpoint of the very moment that is shown, if there is one."""
    own, now = frame.checkpoint, frame.inspection.snapshot
    return own if own is not None and own.state.steps == now.updates else None


def _nearest(frame: Frame, before: Snapshot | None) -> Snapshot | None:
    """Return the last moment known of the network before a frame's; None where there is none."""
    now = frame.inspection.snapshot
    same = now.run_id, now.edits
    kept = (one for one in reversed(frame.checkpoints) if one.state.steps < now.updates)
    known = (before, *(one.snapshot() for one in islice(kept, 1)))
    earlier = [x for x in known if x and (x.run_id, x.edits) == same and x.updates < now.updates]
    return max(earlier, key=lambda one: one.updates, default=None)


def _texts(
    layer: LayerFigures, error: float | None, behind: bool, estimated: bool
) -> Iterator[FigureText]:
    """Yield the figures of a layer at which so much of an error of 1 at the output arrives.

    It is None where no gradient is known. Whether its step is estimated is said.
    """
    if error is not None:
        ratio = "" if layer.ratio is None else f" ×{_two(layer.ratio)}"
        text, warns = f"∇ {_two(layer.gradient)}{ratio}", not VANISHED <= error <= EXPLODED
        said = tr(
            "{figure}: the gradient's root mean square, and after × how many times the next "
            "layer's that is."
        )
        said, brief = said.format(figure=text), f"∇ {_one(layer.gradient)}"
        yield FigureText("Gradient", text, said, behind and warns, brief)
    if layer.update is not None:
        text = f"Δw/w {'≈ ' * estimated}{_two(layer.update)}"
        said = tr(
            "{figure}: how far a step moves the weights, as a share of their size. About 0.001 is "
            "usual."
        )
        warns = not _LEAST_UPDATE <= layer.update <= _MOST_UPDATE
        title = "Update-to-weight ratio"
        yield FigureText(title, text, said.format(figure=text), behind and warns)
    share, title = layer.saturated, "Saturated neuron"
    text, said = (
        tr("{share} saturated"),
        tr("{figure}: neurons at an end of their range for every training row looked at."),
    )
    if layer.dead is not None:
        share, title, text = layer.dead, "Dead neuron", tr("{share} dead")
        said = tr("{figure}: neurons that are 0 for every training row looked at.")
    if share is not None:
        text, warns = text.format(share=numbers.percent(share, 0.01)), share >= _MOST_IDLE
        yield FigureText(title, text, said.format(figure=text), behind and warns)


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
    """Yield every figure that is written, with its text and its place.

    Where there is one line it is of what is a cause of trouble, or else the gradient.
    """
    if not state.figure_rows or not state.figures:
        return
    wide = min(_width(state.problem, state.layout), _WIDEST * state.line)
    for column, figures in zip(state.layout.columns, state.figures, strict=True):
        box = QRectF(column.x - wide / 2, state.caption_top + 2 * state.line, wide, state.line)
        told = [(one, text) for one in figures if (text := _fitting(one, state, wide))]
        if state.figure_rows < ROWS:
            told.sort(key=lambda one: not one[0].warns)
        for row, (figure, text) in enumerate(told[: state.figure_rows]):
            yield figure, text, box.translated(0, row * state.line)


def _fitting(figure: FigureText, state: NetworkViewState, wide: float) -> str:
    texts = (figure.text, figure.text.split(" ×")[0], figure.brief)
    return next((text for text in texts if width_of(text, state.small) <= wide), "")


def _width(problem: Problem, layout: Layout) -> float:
    """Return how wide the figures of each layer may be."""
    told = [layout.columns[layer].x for layer in layers_with_figures(problem)]
    steps = [right - left for left, right in pairwise(told)]
    return min([*steps, 2 * (layout.width - told[-1])]) - 4.0


def _two(value: float) -> str:
    """Return a number of two digits."""
    return numbers.short(float(f"{value:.2g}"))


def _one(value: float) -> str:
    """Return a number of one digit, in four characters where its exponent has one digit."""
    text, (digit, exponent) = numbers.short(float(f"{value:.1g}")), f"{value:.0e}".split("e")
    return text if len(text) < 5 else f"{digit}e{numbers.count(int(exponent))}"
