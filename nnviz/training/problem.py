"""A Problem: the data of an Experiment as the network sees it, and the way back to real units."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import (
    PLANE_FEATURES,
    Standardizer,
    hold_out,
    plane_features,
)
from nnviz.datasets.spec import SampleOptions
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.arrays import FloatArray
from nnviz.engine.initializers import initializer_values
from nnviz.engine.layers import LayerSpec, shape_text
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import Metric, decide, metric_for
from nnviz.engine.network import Network, layer_shapes, with_ones
from nnviz.engine.weighting import balanced_weights
from nnviz.training.experiment import DataChoice, Experiment
from nnviz.training.points import only_added, parts_with_points, with_points
from nnviz.training.splits import split_of, without_gaps
from nnviz.training.validation import check, input_shape

STORED_BYTES = 24 * 2**20
"""Up to this size prepared inputs are kept; larger ones are prepared batch by batch, because a
second copy of a large data set would cost more memory than the network and all of training."""

Index = NDArray[np.intp]


class Inputs:
    """Rows scaled for the network, with a last column of ones for the biases. Read-only.

    Parameters
    ----------
    raw
        The data set's inputs, shape (all rows, features). Never copied as a whole.
    index
        Which of them belong to the part, shape (rows,).
    prepare
        Turns raw rows into what the network takes, shape (rows, columns), in whatever dtype.
    """

    def __init__(
        self,
        raw: FloatArray,
        index: Index,
        prepare: Callable[[FloatArray], FloatArray],
        columns: int,
        dtype: np.dtype[np.floating],
    ) -> None:
        self.columns, self.dtype = columns, dtype
        self._raw, self._index, self._prepare = raw, index, prepare
        self._is_kept = len(index) * (columns + 1) * dtype.itemsize <= STORED_BYTES

    @cached_property
    def stored(self) -> FloatArray | None:
        """All rows, where they are kept: prepared when they are first asked for."""
        return self._prepared() if self._is_kept else None

    def _prepared(self) -> FloatArray:
        prepared = with_ones(self._prepare(self._raw[self._index]), self.dtype)
        prepared.setflags(write=False)
        return prepared

    def array(self) -> FloatArray:
        """Return all rows at once, shape (rows, columns + 1); a new array where none is stored."""
        return self._prepared() if self.stored is None else self.stored

    def view(self, start: int, stop: int) -> FloatArray | None:
        """Return rows as a view, shape (stop - start, columns + 1); None where none are stored."""
        return None if self.stored is None else np.asarray(self.stored[start:stop])

    def new_batch(self, rows: int) -> FloatArray:
        """Return a buffer whose transpose `take` fills: (columns + 1, rows), the last row ones."""
        batch: FloatArray = np.ones((rows, self.columns + 1), self.dtype).T
        return batch

    def take(self, rows: Index, out: FloatArray) -> None:
        """Write these rows of the part into `out`, shape (len(rows), columns + 1).

        Its dtype is the network's, and its last column is ones already.
        """
        if self.stored is not None:
            # mode="clip" lets take write straight into the buffer; rows are always in range.
            self.stored.take(rows, 0, out, "clip")
        else:
            out[:, :-1] = self._prepare(self._raw[self._index[rows]])


PartName = Literal["train", "validation", "test"]

PARTS: tuple[PartName, ...] = ("train", "validation", "test")

JUDGED_ROWS = 4096
"""Rows of a part whose loss and metric are recorded: of a larger one, a fixed sample."""


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one part of the split.

    By their numbers in the data set, shape (rows,); as what the network takes; and as what the
    loss takes, shape (outputs, rows).
    """

    index: NDArray[np.intp]
    inputs: Inputs
    targets: FloatArray

    @property
    def rows(self) -> int:
        """Number of samples."""
        return int(self.index.size)


@lru_cache(maxsize=8)
def dataset_of(choice: DataChoice) -> Dataset:
    """Return the data set a `DataChoice` asks for; frozen, so it is shared."""
    if choice.points:
        return with_points(dataset_of(dataclasses.replace(choice, points=())), choice.points)
    if choice.file is not None:
        from nnviz.datasets.own.build import load_own  # brings all readers of files

        return load_own(choice.file)
    options = SampleOptions(choice.rows, choice.noise, choice.classes, choice.seed, choice.grid)
    return load_sample(choice.sample, options)


class Problem:
    """An Experiment's data, split, scaled and encoded. Read-only.

    The samples are those that the experiment names, unless the caller has them. What a person
    changes on the way is no part of it: there is another Problem from then on.

    Raises
    ------
    InvalidChoiceError
        If the experiment cannot be.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset | None = None) -> None:
        if experiment.edits:
            experiment = dataclasses.replace(experiment, edits=())
        self.experiment = experiment
        data = experiment.data
        self.given = dataset or dataset_of(dataclasses.replace(data, points=()))
        """The data set as it is, with its gaps."""
        check(experiment, with_points(self.given, data.points))
        split = split_of(data, self.given)
        self.samples = without_gaps(self.given, split["train"])
        """The data set before any point was changed, its gaps filled."""
        self.dataset = with_points(self.samples, data.points)
        """The samples with all points as they are; rows that were deleted are in no part."""
        self.dtype: np.dtype[np.floating] = np.dtype(experiment.network.dtype)
        self.shapes = layer_shapes(input_shape(experiment, self.dataset), experiment.network.layers)
        """Of a sample before the first layer and after each."""
        (self.outputs,) = self.shapes[-1]
        self.metric: Metric = metric_for(self.dataset.task)

        index, fitted = parts_with_points(split, self.samples, data.points), split["train"]
        self.input_scaler = self._input_scaler(fitted)
        self.target_scaler = (
            Standardizer.fit(self.samples.targets.astype(np.float64)[fitted])
            if self.standardizes_target
            else Standardizer.identity(1)
        )
        self.rows = np.sort(np.concatenate([*index.values()]))
        """The rows of the data set that are in a part, in order: all but those deleted."""
        encoded = self._encode_targets()
        self.parts = {name: self._part(index[name], encoded) for name in PARTS if index[name].size}
        """The parts there are, by name: always the training part."""
        self.train = self.parts["train"]
        """The rows that are trained on."""
        self.validation, self.test = self.parts.get("validation"), self.parts.get("test")
        """The rows that choices are made by, and those that are only reported, if there are any."""
        self.sample_weights: NDArray[np.float64] | None = None
        """How much each training row counts in the gradient, shape (rows,); None for the same."""
        if experiment.training.class_weights == "balanced":
            self.sample_weights = balanced_weights(self.labels[index["train"]])

    def followed_by(self, experiment: Experiment) -> Problem:
        """Return the Problem of another experiment with the same samples; itself if all is equal.

        Where only the training differs, all arrays are shared.

        Raises
        ------
        InvalidChoiceError
            If the experiment cannot be.
        """
        mine = self.experiment
        if (experiment.data, experiment.network) != (mine.data, mine.network):
            following = Problem(experiment, self.given)
            if only_added(mine, experiment):
                sampled = {n: p for n, p in self.judged.items() if p is not self.parts[n]}
                following.judged = following.parts | sampled
            return following
        if experiment.training == mine.training:
            return self
        check(experiment, self.dataset)
        following = copy.copy(self)
        following.experiment = dataclasses.replace(experiment, edits=())
        return following

    @cached_property
    def judged(self) -> dict[PartName, Part]:
        """The rows of each part whose loss and metric are recorded: all, or the same sample."""
        split, judged = split_of(self.experiment.data, self.samples), dict(self.parts)
        for name in (name for name in split if split[name].size > JUDGED_ROWS):
            _, rows = hold_out(self.samples, split[name], JUDGED_ROWS, np.random.default_rng(0))
            kept = rows[np.isin(rows, self.parts[name].index)]
            judged[name] = self._part(kept, self._encode_targets())
        return judged

    @property
    def units(self) -> tuple[int, ...]:
        """How many numbers each layer gives for a sample."""
        return tuple(map(math.prod, self.shapes[1:]))

    @property
    def target_values(self) -> FloatArray:
        """Targets as numbers in their own units: shape (rows, 1), or labels (rows,) of classes."""
        return self.dataset.targets.astype(np.float64)

    @property
    def labels(self) -> NDArray[np.intp]:
        """Class labels of all rows, shape (rows,)."""
        return self.dataset.targets.astype(np.intp)

    @property
    def standardizes_target(self) -> bool:
        """Whether the network answers in standard deviations from the target's mean."""
        return self.experiment.data.standardize_target and self.dataset.task == "regression"

    @property
    def loss_unit(self) -> float:
        """Factor that turns the loss of scaled targets into the target's own units."""
        if self.dataset.task != "regression":
            return 1.0
        power = LOSSES[self.experiment.training.loss].unit_power
        return float(self.target_scaler.scale[0]) ** power

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the network's inputs."""
        names = self.dataset.feature_names
        if not self.dataset.is_planar:
            return names
        titles = [PLANE_FEATURES[key].title for key in self.experiment.data.features]
        if names == ("x", "y"):
            return tuple(titles)
        axes = {"x": names[0], "y": names[1]}
        return tuple(axes.get(title, title) for title in titles)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the network's outputs: the target, the second of two classes, or all classes."""
        if self.dataset.task == "regression":
            return (self.dataset.target_name,)
        return self.dataset.class_names[1:] if self.outputs == 1 else self.dataset.class_names

    @property
    def decision_threshold(self) -> float:
        """Output above which a single output neuron says "second class"."""
        return 0.0 if self.plus_minus else 0.5

    @property
    def plus_minus(self) -> bool:
        """As the network has it."""
        return self.experiment.network.plus_minus

    @property
    def held_out(self) -> NDArray[np.intp]:
        """The rows that are not trained on, shape (rows,): for validation, then for the test."""
        parts = [part.index for part in (self.validation, self.test) if part is not None]
        return np.concatenate(parts) if parts else np.arange(0)

    @property
    def chosen_by(self) -> PartName:
        """The part by whose loss an early stop is chosen."""
        return next(name for name in ("validation", "test", "train") if name in self.parts)

    def features(self, rows: FloatArray) -> FloatArray:
        """Return the network's inputs for rows of the data set, before they are standardised."""
        if self.dataset.is_planar:
            return plane_features(rows, self.experiment.data.features)
        unit = self.dataset.input_unit
        return rows if unit == 1.0 else np.multiply(rows, unit, dtype=self.dtype)

    def encode_inputs(self, rows: FloatArray) -> FloatArray:
        """Return what the network takes for rows in the data set's own columns and units."""
        return self._prepare(rows).astype(self.dtype)

    def decode_outputs(self, outputs: FloatArray) -> FloatArray:
        """Return outputs of shape (rows, outputs) in target units; a classification's unchanged."""
        if self.dataset.task != "regression":
            return outputs
        return self.target_scaler.invert(outputs)

    def decide(self, outputs: FloatArray) -> NDArray[np.intp]:
        """Return class labels of shape (rows,) for outputs of shape (rows, outputs)."""
        return decide(outputs.T, self.decision_threshold)

    def blank_network(self, parameters: FloatArray | None = None) -> Network:
        """Return the network with these parameters, flat, or with zeros."""
        choice = self.experiment.network
        return Network(self.shapes[0], choice.layers, choice.dtype, parameters)

    def new_network(self, rng: np.random.Generator | None = None) -> Network:
        """Return the network, its first weights drawn from the experiment's seed, or otherwise."""
        choice = self.experiment.network
        network = self.blank_network()
        network.initialize(
            rng or np.random.default_rng([self.experiment.training.seed, 0]),
            choice.initializer,
            initializer_values(choice.initializer, choice.initializer_values),
            choice.bias_initializer,
            initializer_values(choice.bias_initializer, choice.bias_values),
        )
        return network

    def _input_scaler(self, fitted: Index) -> Standardizer:
        if not self.experiment.data.standardize_inputs:
            return Standardizer.identity(self.features(self.dataset.inputs[:1]).shape[1])
        rows, unit = self.samples.inputs, self.samples.input_unit
        return Standardizer.fit(rows if unit != 1.0 else self.features(rows), fitted, unit)

    def _encode_targets(self) -> FloatArray:
        """Return targets of shape (outputs, rows), as the output activation can reach them."""
        targets = self.dataset.targets
        if self.dataset.task == "regression":
            return np.asarray(self.target_scaler.apply(self.target_values).T, self.dtype)
        if self.outputs == 1:
            encoded = targets.astype(self.dtype)[np.newaxis, :]
        else:
            encoded = np.eye(self.outputs, dtype=self.dtype)[:, targets]
        return np.asarray(2 * encoded - 1 if self.plus_minus else encoded)

    def _prepare(self, rows: FloatArray) -> FloatArray:
        """Return what the network takes for raw rows, in whatever dtype that comes out."""
        features = self.features(rows)
        # An unscaled picture is taken as it is: no detour through float64.
        if not self.experiment.data.standardize_inputs:
            return features
        return self.input_scaler.apply(features)

    def _part(self, index: NDArray[np.intp], encoded: FloatArray) -> Part:
        columns = self.input_scaler.mean.size
        inputs = Inputs(self.dataset.inputs, index, self._prepare, columns, self.dtype)
        part = Part(index, inputs, np.ascontiguousarray(encoded[:, index]))
        for array in (part.index, part.targets):
            array.setflags(write=False)
        return part


def layer_sizes(problem: Problem) -> str:
    """Return the shape after every layer: ``"2-4-1"``, or ``"1×28×28-8×26×26-5408-10"``."""
    return "-".join(map(shape_text, problem.shapes))


def activations_in_turn(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    """Return the activations' names from first to last, each as often as it changes."""
    # Pooling and the like have none to choose.
    names = (layer.activation for layer in layers if "activation" in vars(layer))
    return tuple(name for name, _ in groupby(names))


def activation_titles(problem: Problem) -> list[str]:
    """Return the titles of those of a problem's network."""
    names = activations_in_turn(problem.experiment.network.layers)
    return [ACTIVATIONS[name].title for name in names]


def network_text(problem: Problem) -> str:
    """Return sizes and activations, such as ``"2-8-4-1 tanh, sigmoid"``."""
    return f"{layer_sizes(problem)} {', '.join(activation_titles(problem))}"
