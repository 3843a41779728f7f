"""What a diagnosis rests on: how far a run is behind what its data allow, and how it moves.

All is computed when first asked for, of one moment; what belongs to the problem once for all.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.curvature import curves_down
from nnviz.engine.layers import Conv2D, Dense
from nnviz.training.divergence import MOST_WORK, stable_rate, whole_gradient
from nnviz.training.evaluation import ACTIVATION_ROWS, evaluator_of, traced_rows
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.layer_figures import diagnosed_network, error_sizes
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

NEIGHBOURS, COMPARED_ROWS = 5, 512
"""How many nearest rows foretell one, and how many rows are foretold at most."""

BY_HEART = 32
"""Of no more rows than that all can be got right; neighbours of so few foretell nothing."""

MARGIN = 0.05
"""By how much a metric must be below what neighbours foretell, to be behind."""

STILL = 0.005
"""A loss whose means over two twentieths of the epochs differ by less, as a share, is still."""

CHECKED_PARAMETERS, CHECKED_WORK = 120, MOST_WORK / 10
"""Parameters up to which all second derivatives are worked out; work that takes milliseconds."""

RAN_AWAY = 100.0
"""A loss so many times its first value tells more than further epochs would."""


class Evidence:
    """A run so far and its newest moment, which belong together."""

    def __init__(self, history: History, inspection: Inspection) -> None:
        self.history, self.inspection = history, inspection
        self.problem: Problem = inspection.problem
        self.experiment = self.problem.experiment
        self.rate = history.column("learning_rate")[-1]
        self.tenth = max(4, self.experiment.training.epochs // 10)
        """Epochs over which something must hold; so few that half of them are two."""
        size = self.experiment.training.batch_size
        self.has_whole_batches = size is None or size >= self.problem.train.rows
        """Whether every step is that of all training rows, so that nothing is left to chance."""

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """The loss of every epoch: of a long run milliseconds' work."""
        return np.asarray(self.history.column("train_loss"))

    @cached_property
    def recent(self) -> NDArray[np.float64]:
        """The loss of the last twentieth of the epochs."""
        return self.history.column("train_loss")[-(self.tenth // 2) :]

    @cached_property
    def is_behind(self) -> bool:
        """Whether the network is worse on the training rows than it can be, and had time.

        Networks are not judged that no gradient trains.
        """
        trained = ACTIVATIONS[self.experiment.network.layers[-1].activation].trains_by_gradient
        half = self.tenth // 2
        if not trained or not (len(self.history) > half or self.has_run_away):
            return False
        metrics = self.history.column("train_metric")[-half:]
        return is_behind(self.problem, max(metrics.mean(), metrics[-1]))

    @property
    def has_run_away(self) -> bool:
        """Whether the newest loss is far above that of the untrained network."""
        losses = self.history.column("train_loss")
        return bool(losses[-1] > RAN_AWAY * max(losses[0], np.finfo(float).tiny))

    @property
    def has_had_a_tenth(self) -> bool:
        """Whether a tenth of the epochs is done, or there is no need to wait for it."""
        return len(self.history) > self.tenth or self.has_run_away

    @property
    def is_worse_than_untrained(self) -> bool:
        """Whether the recent losses are above that of the untrained network."""
        return bool(self.recent.mean() > 1.01 * self.history.column("train_loss")[0])

    @cached_property
    def fall(self) -> float:
        """By what share the mean loss of a twentieth of the epochs fell; NaN at the beginning."""
        half = self.tenth // 2
        if len(self.losses) <= 2 * half:
            return np.nan
        before = self.losses[-2 * half : -half].mean()
        return float(1.0 - self.recent.mean() / before) if before else 0.0

    @cached_property
    def is_at_minimum(self) -> bool:
        """Whether the loss is still, and cannot fall by leaving a saddle.

        A network without hidden layers has no saddles, but moves evenly: over all epochs, at this
        pace, its loss must be still, or within what the chance of mini-batches lets one see. Of
        others all second derivatives are looked at, where that is not too much; a gradient that
        grows leaves a saddle (Dauphin et al. 2014).
        """
        if len(self.experiment.network.layers) == 1:
            return abs(self.fall) < (STILL / 10 if self.has_whole_batches else STILL)
        if not abs(self.fall) < STILL or self.gradient_grows:
            return False
        network = diagnosed_network(self.problem, self.inspection.snapshot.parameters)
        size, work = network.trained.size, self.problem.train.rows * network.trained.size**2
        if size > CHECKED_PARAMETERS or work > CHECKED_WORK or not network.trains_as_it_predicts:
            return False
        gradient = whole_gradient(self.problem, network)
        return not curves_down(gradient, network.parameters.astype(np.float64))

    @cached_property
    def gradient_grows(self) -> bool:
        """Whether the gradient grew over the last tenth of the epochs, and not by chance."""
        layers = range(self.history.layers)
        norms = np.array([self.history.gradient_norms(layer)[-self.tenth :] for layer in layers])
        sizes, half = np.linalg.norm(norms, axis=0), self.tenth // 2
        grows = sizes[half:].mean() > 1.02 * sizes[:half].mean()
        return bool(grows and self.has_whole_batches)

    @cached_property
    def stable_rate(self) -> float | None:
        """The largest stable rate, at the start or now, whichever is smaller, if it is known."""
        problem, network = self.problem, self.problem.blank_network()
        if problem.train.rows * network.trained.size > CHECKED_WORK:
            return None
        network.parameters[...] = self.inspection.snapshot.parameters
        at_first = evaluator_of(problem).once(
            "stable", lambda: stable_rate(problem, problem.new_network())
        )
        return min(filter(None, (at_first, stable_rate(problem, network))), default=None)

    @cached_property
    def errors(self) -> tuple[float, float]:
        """Sizes of an error in the first layer, of 1 at the output: now, and untrained."""
        at_first = evaluator_of(self.problem).once("error", lambda: error_sizes(self._first)[0])
        return error_sizes(self.inspection)[0], at_first

    @cached_property
    def largest_column(self) -> tuple[str, float]:
        """The input column of the largest root mean square, as the network takes it, and that."""

        def compute() -> tuple[str, float]:
            rows = self.problem.judged["train"].inputs.array()[:, :-1].astype(np.float64)
            sizes = np.sqrt((rows**2).mean(axis=0))
            return self.problem.input_names[int(sizes.argmax())], float(sizes.max())

        return evaluator_of(self.problem).once("largest column", compute)

    @cached_property
    def constant_column(self) -> str | None:
        """The first column of a table that is the same in all training rows."""
        data, index = self.problem.dataset, self.problem.judged["train"].index
        if data.image_shape is not None:
            return None  # pictures have an edge where nothing is drawn
        same = evaluator_of(self.problem).once("same", lambda: np.ptp(data.inputs[index], 0) == 0)
        return data.feature_names[int(same.argmax())] if same.any() else None

    @cached_property
    def dead_layer(self) -> int | None:
        """The first hidden layer that is 0 for every judged training row.

        Of ReLU neurons that answer 0 to every row the gradient is 0 too: they never answer again,
        and nothing before them learns.
        """
        problem, inspection = self.problem, self.inspection
        few = traced_rows(problem)  # as panels ask while pictures move
        for place, spec in enumerate(self.experiment.network.layers[:-1]):
            if spec.activation != "relu" or inspection.activations(few)[place].a.any():
                continue
            index = problem.judged["train"].index  # all of them, where the first are
            parts = (index[i : i + ACTIVATION_ROWS] for i in range(0, index.size, ACTIVATION_ROWS))
            traces = (inspection.trace(problem.dataset.inputs[part]) for part in parts)
            if not any(trace[place].a.any() for trace in traces):
                return place
        return None

    @cached_property
    def equal_layer(self) -> int | None:
        """The first hidden layer all of whose neurons have equal weights, also when untrained."""
        now = equal_layers(self.inspection)
        at_first = equal_layers(self._first) if now else []
        return next((place for place in now if place in at_first), None)

    @property
    def _first(self) -> Inspection:
        """The untrained network."""
        first = self.problem.new_network()
        return Inspection(self.problem, Snapshot(0, 0, first.parameters, first.gradients))


def equal_layers(inspection: Inspection) -> list[int]:
    """Return the hidden layers all of whose neurons, two or more, have equal weights and biases.

    But for rounding: a matrix product need not sum all its rows in the same order.
    """
    found = []
    for place, spec in enumerate(inspection.problem.experiment.network.layers[:-1]):
        if isinstance(spec, Dense | Conv2D) and len(weights := inspection.weights(place)) > 1:
            biases = inspection.biases(place)
            rows = np.column_stack([weights, biases]) if biases.size else weights
            if np.ptp(rows, axis=0).max() <= 1e-6 * np.abs(rows).max():
                found.append(place)
    return found


def is_behind(problem: Problem, metric: float) -> bool:
    """Return whether a metric of the training rows is below what `attainable_metric` has it."""
    attainable = evaluator_of(problem).once("attainable", lambda: attainable_metric(problem))
    return bool(metric < attainable - MARGIN)  # false of NaN


def attainable_metric(problem: Problem) -> float:
    """Return a metric of the training rows that is surely within reach of a good network.

    What the nearest of the other rows foretell of each, by majority or mean: of many rows one
    neighbour errs at most twice as often as the best there can be (Cover and Hart 1967), and none
    is told the row itself, so that noise is not taken for something left to learn. Of few rows of
    classes it is all right. NaN where nothing can be said.
    """
    index = problem.judged["train"].index
    index = index[:: -(-index.size // COMPARED_ROWS)]
    is_class = problem.dataset.task == "classification"
    if problem.train.rows <= BY_HEART:
        return 1.0 if is_class else np.nan
    rows = problem.features(problem.dataset.inputs[index]).astype(np.float64)
    rows = (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), np.finfo(float).tiny)
    squares = (rows**2).sum(axis=1)
    distances = squares[:, np.newaxis] + squares - 2.0 * rows @ rows.T
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    if is_class:
        labels = problem.labels[index]
        votes = np.eye(len(problem.dataset.class_names))[labels][nearest].sum(axis=1)
        return float((votes.argmax(axis=1) == labels).mean())
    targets = problem.target_values[index]
    left = ((targets - targets[nearest].mean(axis=1)) ** 2).sum()
    return float(1.0 - left / ((targets - targets.mean()) ** 2).sum())
