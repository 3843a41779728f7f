"""How each layer fares at a moment: sizes of gradients, idle neurons, what arrives of an error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import Network
from nnviz.training.checkpoints import Checkpoint
from nnviz.training.evaluation import evaluator_of
from nnviz.training.inspection import Inspection
from nnviz.training.method import method_of
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

ERROR_ROWS = 64
"""Training rows that an error is sent back for; its size is a mean over rows and neurons."""

SATURATED = 0.01
"""How near to an end of its range, as a share of it, a sigmoid or tanh is saturated: its slope is
then at most a twenty-fifth of the steepest."""


@dataclass(frozen=True)
class LayerFigures:
    """What there is to say of one layer at one moment; None where it is not defined.

    Parameters
    ----------
    gradient
        Root mean square of the last batch's gradient; 0 where there is none.
    ratio
        That over the same of the next layer that has one.
    dead, saturated
        Shares of neurons (of pictures, of channels) that are 0 for every row, of hidden ReLUs; and
        at an end of their range for every row, of sigmoids and tanhs. Rows are those that panels
        draw: a neuron that answers others only counts as dead here. Those that are switched off
        do not count.
    update
        Size of a step over that of the weights after it, biases among them; 0.001 is usual
        (Karpathy, CS231n). See `layer_figures`.
    """

    gradient: float
    ratio: float | None
    dead: float | None
    saturated: float | None
    update: float | None


def layer_figures(
    inspection: Inspection, rate: float, before: Snapshot | Checkpoint | None = None
) -> list[LayerFigures]:
    """Return the figures of every layer, from the first hidden one to the output.

    Parameters
    ----------
    rate
        The learning rate of the moment's epoch.
    before
        What `update` is told by. With the moment's own checkpoint it is the step that its optimiser
        makes of the last gradient. With an earlier moment of the same run it is what the weights
        moved since, divided by the updates in between: too little where steps undo each other. With
        neither it is known of plain gradient descent only: rate · gradient.
    """
    problem, snapshot = inspection.problem, inspection.snapshot
    network = diagnosed_network(problem, snapshot.parameters)
    sizes = network.gradient_sizes(snapshot.gradients[np.newaxis, : network.trained.size])[0]
    step, start, figures = _step(problem, snapshot, rate, before), 0, []
    for place, (layer, trace) in enumerate(
        zip(network.layers, inspection.activations(), strict=True)
    ):
        name, following = layer.activation.name, sizes[place + 1 :]
        following = following[following > 0]
        low, high = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}.get(name, (0.0, 0.0))
        near = SATURATED * (high - low)
        off = list(getattr(layer.spec, "off", ()))
        a = np.delete(trace.maps, off, axis=1) if off else trace.maps
        own = slice(start, start + layer.flat_parameters.size)
        weights, start = float(np.linalg.norm(snapshot.parameters[own])), own.stop
        is_hidden_relu = name == "relu" and layer is not network.layers[-1]
        figures.append(
            LayerFigures(
                float(sizes[place]),
                float(sizes[place] / following[0]) if sizes[place] and following.size else None,
                _share(a == 0) if is_hidden_relu else None,
                _share((a < low + near) | (a > high - near)) if near else None,
                float(np.linalg.norm(step[own])) / weights if weights and step.size else None,
            )
        )
    return figures


def error_sizes(inspection: Inspection) -> list[float]:
    """Return how large an error is in each layer that is of size 1 at the output.

    Sizes are Euclidean. A random ∂L/∂z of the output is sent back through the layers, for rows from
    all over the training part: where it neither grows nor shrinks, all are near 1 (Glorot and
    Bengio 2010; He et al. 2015). Unlike gradients they are not small only because the loss is.
    """
    network = diagnosed_network(inspection.problem, inspection.snapshot.parameters)
    network.forward(_some_rows(inspection.problem), training=True)
    last = network.layers[-1]
    last.delta[...] = np.random.default_rng(0).standard_normal(last.delta.shape)
    sizes = [float(np.linalg.norm(last.delta))]
    for layer, following in zip(network.layers[-2::-1], network.layers[:0:-1], strict=True):
        following.backward_input(layer.delta)
        layer.backward_activation()
        sizes.append(float(np.linalg.norm(layer.delta)))
    return [size / sizes[0] for size in reversed(sizes)]


def diagnosed_network(problem: Problem, parameters: FloatArray) -> Network:
    """Return the one network that is asked for diagnoses of a problem, with these parameters."""
    network = evaluator_of(problem).once("diagnosed", problem.blank_network)
    network.parameters[...] = parameters
    return network


def _step(
    problem: Problem, snapshot: Snapshot, rate: float, before: Snapshot | Checkpoint | None
) -> FloatArray:
    """Return the step that `layer_figures` speaks of, shape (parameters,); empty if unknown."""
    if isinstance(before, Checkpoint):
        return _made(problem, before, rate) if before.gradients.any() else np.empty(0)
    if before is not None and before.run_id == snapshot.run_id:
        updates = snapshot.updates - before.updates
        if updates > 0:
            return np.asarray((snapshot.parameters - before.parameters) / updates)
    elif problem.experiment.training.optimizer == "sgd" and snapshot.has_gradients:
        return np.asarray(rate * snapshot.gradients)
    return np.empty(0)


def _made(problem: Problem, checkpoint: Checkpoint, rate: float) -> FloatArray:
    """Return the step that the optimiser makes of a checkpoint's gradient, shape (parameters,)."""
    network = diagnosed_network(problem, checkpoint.parameters)
    method, size = method_of(problem.experiment, network), network.trained.size
    method.state.moments[...] = checkpoint.state.optimizer
    method.state.steps = checkpoint.state.steps + 1
    stepped = checkpoint.parameters.astype(np.float64)  # a small step is lost in single precision
    method.optimizer.update(stepped[:size], checkpoint.gradients[:size], rate, method.state)
    return np.asarray(stepped - checkpoint.parameters)


def _share(holds: NDArray[np.bool_]) -> float | None:
    """Return the share of neurons, or of channels, of which something holds for every row."""
    if not holds.shape[1]:
        return None  # all are switched off
    return float(holds.all(axis=(0, *range(2, holds.ndim))).mean())


def _some_rows(problem: Problem) -> FloatArray:
    """Return training rows from all over the data, as `Network.forward` takes them."""

    def rows() -> FloatArray:
        inputs, count = problem.train.inputs, min(ERROR_ROWS, problem.train.rows)
        batch = inputs.new_batch(count)
        inputs.take(np.arange(count) * problem.train.rows // count, batch.T)
        return batch

    return evaluator_of(problem).once("diagnosed rows", rows)
