"""The loss over a plane through a network's parameters, and the run's way across it.

The plane is spanned by two weights, by two random directions of which each filter is as long as
the network's own (Li et al., Visualizing the Loss Landscape of Neural Nets, 2018), or by the two
directions in which the run moved most (the principal components of its checkpoints).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.losses import LOSSES
from nnviz.training.experiment import Experiment
from nnviz.training.problem import Problem
from nnviz.training.records import ReadOnly
from nnviz.training.trainer import overflow_is_checked

Vector = NDArray[np.float64]

MARGIN = 0.25
"""Part of its length that a plane goes on beyond the run's way on each side."""

CHUNK_NUMBERS = 2**22
"""About how many numbers the layers may hold at a time."""


@dataclass(frozen=True, eq=False)
class ParameterPlane(ReadOnly):
    """All parameters origin + α · first + β · second.

    Parameters
    ----------
    origin, first, second
        Shape (parameters,), as ``Network.parameters``.
    alphas, betas
        Where it is looked at, rising, shapes (columns,) and (rows,).
    """

    origin: Vector
    first: Vector
    second: Vector
    alphas: Vector
    betas: Vector

    def place_of(self, parameters: FloatArray) -> tuple[float, float]:
        """Return α and β of the point of the plane that is nearest to some parameters."""
        directions = np.stack([self.first, self.second], axis=1)
        away = np.asarray(parameters, np.float64) - self.origin
        alpha, beta = np.linalg.lstsq(directions, away, rcond=None)[0]
        return float(alpha), float(beta)


def weights_plane(
    parameters: FloatArray, one: int, other: int, reach: float, side: int
) -> ParameterPlane:
    """Return the plane of two parameters, named by their places in the vector.

    It goes `reach` up and down from where they are, in `side` points each way; α and β are how far
    they are from there.
    """
    first, second = np.zeros((2, parameters.size))
    first[one] = second[other] = 1.0
    ends = np.linspace(-reach, reach, side)
    return ParameterPlane(np.asarray(parameters, np.float64), first, second, ends, ends)


def random_plane(
    problem: Problem, parameters: FloatArray, seed: int, reach: float, side: int
) -> ParameterPlane:
    """Return the plane of two random directions, each filter as long as the network's own.

    Biases and the averages of batch normalisation stay, as Li et al. have it. At α = 1 every
    neuron's weights are moved by as much as they are long.
    """
    rng = np.random.default_rng(seed)
    own, drawn = problem.blank_network(), problem.blank_network()
    own.parameters[...] = parameters
    directions: list[Vector] = []
    for _ in range(2):
        for layer, model in zip(drawn.layers, own.layers, strict=True):
            if not layer.weights.size:
                continue
            layer.weights[...] = rng.standard_normal(layer.weights.shape)
            lengths = [np.linalg.norm(w.weights, axis=1, keepdims=True) for w in (model, layer)]
            layer.weights[...] *= lengths[0] / lengths[1]
        directions.append(drawn.parameters.astype(np.float64))
    ends = np.linspace(-reach, reach, side)
    first, second = directions
    return ParameterPlane(np.asarray(parameters, np.float64), first, second, ends, ends)


def path_plane(path: Sequence[FloatArray], side: int) -> ParameterPlane | None:
    """Return the plane in which a run moved most, around all of its way and through its end.

    None where it did not move in two directions: a line has no plane.
    """
    points = np.array(path, np.float64)
    origin = points[-1]
    _, lengths, directions = np.linalg.svd(points - origin, full_matrices=False)
    if lengths.size < 2 or lengths[1] <= 1e-9 * lengths[0] or lengths[0] == 0.0:
        return None
    places = (points - origin) @ directions[:2].T
    ends = []
    for column in places.T:
        low, high = column.min(), column.max()
        ends.append(np.linspace(low - MARGIN * (high - low), high + MARGIN * (high - low), side))
    return ParameterPlane(origin, directions[0], directions[1], *ends)


def losses_of(problem: Problem, points: Sequence[FloatArray]) -> Vector:
    """Return the training loss at some parameters, as records have it: shape (points,).

    It is that of the judged rows, as the network predicts, in the target's own units.
    """
    network, part = problem.blank_network(), problem.judged["train"]
    loss, rows = LOSSES[problem.experiment.training.loss], part.inputs.array().T
    z, a = np.empty((2, *part.targets.shape), part.targets.dtype)
    step = max(1, CHUNK_NUMBERS // network.numbers_per_sample)
    found = np.empty(len(points))
    for place, parameters in enumerate(points):
        network.parameters[...] = parameters
        with overflow_is_checked():
            for start in range(0, part.rows, step):
                chunk = slice(start, start + step)
                network.forward(rows[:, chunk])
                z[:, chunk], a[:, chunk] = network.layers[-1].z, network.layers[-1].a
            found[place] = problem.loss_unit * loss.value(z, a, part.targets)
    return found


@dataclass(frozen=True, eq=False)
class LandscapeRow(ReadOnly):
    """A row of a landscape to be worked out somewhere: all α of a plane at one β."""

    experiment: Experiment
    plane: ParameterPlane
    beta: int


def losses_along(row: LandscapeRow) -> Vector:
    """Return the losses along a row, shape (columns,)."""
    plane = row.plane
    start = plane.origin + plane.betas[row.beta] * plane.second
    points = [start + alpha * plane.first for alpha in plane.alphas]
    return losses_of(Problem(row.experiment), points)


def rows_of(experiment: Experiment, plane: ParameterPlane) -> Iterator[LandscapeRow]:
    """Yield the rows of a landscape, the middle ones first: there is most to see."""
    middle = (len(plane.betas) - 1) / 2
    for beta in sorted(range(len(plane.betas)), key=lambda row: abs(row - middle)):
        yield LandscapeRow(experiment, plane, beta)
