"""An Experiment: the whole of what a person asked for, in one frozen object.

Same Experiment, same numbers, bit for bit: in the window, on the command line, after a save and
load.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.own.recipe import OwnData
from nnviz.datasets.spec import SampleSpec
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense, LayerSpec
from nnviz.training.edits import Edit, PointEdit, all_to_dict, layer_to_dict

Reduction = Literal["mean", "sum", "mean_twice"]
StopRule = Literal["never", "train_loss", "train_metric", "validation_loss_rises"]
Split = Literal["random", "time"]
ClassWeights = Literal["none", "balanced"]
EngineChoice = Literal["auto", "numpy"]
Frozen = tuple[int, int | None, int | None]
"""A layer, its unit, and that unit's input, each counted from 0; None stands for all of them."""


@dataclass(frozen=True)
class DataChoice:
    """Which samples, and how they are prepared; ``SETTINGS`` says what each field does to learning.

    Parameters
    ----------
    sample, features
        Key in ``CATALOG``; keys in ``PLANE_FEATURES``, used for planar samples.
    rows
        Of a generator; None for the sample's own number.
    noise
        In percent.
    validation_fraction
        Share of rows to choose by: early stopping and the plateau schedule look at their loss, so
        that nothing is chosen by the test part, which is only reported.
    standardize_inputs, standardize_target
        To mean 0 and deviation 1 of the training part; the target of a regression only.
    split
        Whether held-out rows are drawn, or the newest.
    seed
        Of the generator and of the split.
    grid
        Rows and columns of letters.
    file
        A person's own data, which take the sample's place; `sample` is then ``"own"``.
    points
        What a person changed about the samples, in order; split and scaling are of those before.
    """

    sample: str = "xor"
    rows: int | None = None
    noise: float = 0.0
    classes: int = 3
    features: tuple[str, ...] = ("x", "y")
    test_fraction: float = 0.0
    validation_fraction: float = 0.0
    split: Split = "random"
    standardize_inputs: bool = False
    standardize_target: bool = False
    seed: int = 0
    grid: str = "7x5"
    file: OwnData | None = None
    points: tuple[PointEdit, ...] = ()

    @property
    def spec(self) -> SampleSpec:
        """The sample's entry in the catalog, or what takes its place for a person's own data."""
        if self.file is None:
            return CATALOG[self.sample]
        from nnviz.datasets.own.build import own_spec  # brings all readers of files

        return own_spec(self.file)


@dataclass(frozen=True)
class NetworkChoice:
    """Layers, from the first hidden one to the output, which is Dense; and how they start.

    Initialisers are named as in ``INITIALIZERS``; their numbers have defaults where left out.
    What is `frozen` stays as it starts; a unit's bias goes with all of its weights.
    """

    layers: tuple[LayerSpec, ...] = (Dense(4, "sigmoid"), Dense(1, "sigmoid"))
    initializer: str = "glorot_normal"
    initializer_values: Mapping[str, float] = field(default_factory=dict)
    bias_initializer: str = "zeros"
    bias_values: Mapping[str, float] = field(default_factory=dict)
    dtype: str = "float64"
    frozen: tuple[Frozen, ...] = ()

    @property
    def plus_minus(self) -> bool:
        """Whether classes are written −1 and +1 (sign and tanh outputs) and not 0 and 1."""
        return ACTIVATIONS[self.layers[-1].activation].output_range == (-1.0, 1.0)


@dataclass(frozen=True)
class TrainingChoice:
    """How the network learns; ``SETTINGS`` says what each field does to learning.

    Parameters
    ----------
    loss, optimizer, schedule
        Names in ``LOSSES``, ``OPTIMIZERS``, ``SCHEDULES``; of their numbers, those left out have
        their defaults.
    batch_size
        Samples per update; None for all of them.
    l1, l2
        Weight penalties l1·Σ|w| + l2/2·Σw²; biases are left alone, and the shown loss is without
        them.
    stop_when, stop_value
        An earlier end: when the training loss falls to the value, or the metric rises to it; or
        when the validation loss has had no new minimum for so many epochs (the test loss, where
        there is no validation part). The parameters of that minimum are then the run's result,
        also of a run that comes to its last epoch.
    clip_norm, clip_value
        Limits of the gradient: its length, as PyTorch's ``clip_grad_norm_`` keeps it, or the size
        of each of its numbers; at most one of the two, None for no limit.
    class_weights
        Whether each sample counts the same in the gradient, or each class. The shown loss is that
        of samples that count the same.
    engine
        What computes: the compiled engine where it is installed and can do it, or NumPy.
    seed
        Of first weights and of the order of samples.
    """

    loss: str = "mean_squared_error"
    optimizer: str = "sgd"
    optimizer_values: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 0.1
    schedule: str = "constant"
    schedule_values: Mapping[str, float] = field(default_factory=dict)
    batch_size: int | None = None
    reduction: Reduction = "mean"
    shuffle: bool = True
    l1: float = 0.0
    l2: float = 0.0
    epochs: int = 1000
    stop_when: StopRule = "never"
    stop_value: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None
    class_weights: ClassWeights = "none"
    engine: EngineChoice = "auto"
    seed: int = 0


@dataclass(frozen=True)
class Experiment:
    """Data, network and training, and the name of the preset they came from (or "").

    They are those that a run begins with. `edits` are what a person changed on the way, in the
    order of their epochs: part of what was asked like everything else (``editing.edited``).
    """

    data: DataChoice = field(default_factory=DataChoice)
    network: NetworkChoice = field(default_factory=NetworkChoice)
    training: TrainingChoice = field(default_factory=TrainingChoice)
    preset: str = ""
    edits: tuple[Edit, ...] = ()

    def with_seed(self, seed: int) -> Experiment:
        """Return the same with both seeds, of data and of weights, set to `seed`."""
        return self.change("data", seed=seed).change("training", seed=seed)

    def change(self, part: str, **values: Any) -> Experiment:
        """Return a copy with fields of ``"data"``, ``"network"`` or ``"training"`` changed."""
        changed = dataclasses.replace(getattr(self, part), **values)
        return dataclasses.replace(self, **{part: changed})

    def to_dict(self) -> dict[str, Any]:
        """Return plain dictionaries, lists and numbers, ready for JSON."""
        values = dataclasses.asdict(self)
        values["network"]["layers"] = [layer_to_dict(layer) for layer in self.network.layers]
        values["data"]["points"] = all_to_dict(self.data.points)
        values["edits"] = all_to_dict(self.edits)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Experiment:
        """Return the Experiment that `to_dict` wrote; settings left out have their defaults.

        Raises
        ------
        DataError
            If something has another name, type or place.
        InvalidChoiceError
            If something is not in its table or its range. What does not go together is found
            by `validation`, which knows the data.
        """
        from nnviz.training.reading import experiment_of  # which has to know this class

        return experiment_of(values)
