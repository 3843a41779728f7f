"""SETTINGS: everything a person can set in an Experiment, each described once.

Validation, the reader of files, the comparison of runs and the forms take titles, hints, ranges
and tables from here. Numbers that come with an entry of a table, such as an optimiser's momentum,
are described by the entry's `Parameter`s; a layer's fields by `LAYER_SETTINGS`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from nnviz.datasets.catalog import CATALOG, CLASSES_RANGE, NOISE_RANGE, ROWS_RANGE, SEED_RANGE
from nnviz.datasets.own.recipe import OWN, has_dates
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import LAYERS, pair, shape_text
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.training.engines import ENGINE
from nnviz.training.experiment import Experiment
from nnviz.training.options import CLASS_WEIGHTS, GRID_SIZES, PRECISIONS, REDUCTIONS, SPLITS, STOPS
from nnviz.training.setting import Option, Phrase, Range, Setting, maybe, number, places, whole

MAX_HIDDEN_LAYERS = 10

_DEFAULTS = Experiment()


def _by_path(*settings: Setting) -> dict[str, Setting]:
    return {setting.path: setting for setting in settings}


def value_at(experiment: Experiment, path: str) -> Any:
    """Return what a setting is, by its dotted path."""
    part, name = path.split(".")
    return getattr(getattr(experiment, part), name)


def default_of(path: str) -> Any:
    """Return what a setting is if nobody chose."""
    return value_at(_DEFAULTS, path)


# ------------------------------------------------------------------------------- how it is written


def _percent(value: float) -> Phrase:
    return Phrase(f"{number(value)} %")


def _share(value: float) -> Phrase:
    # Not 7.000000000000001 %.
    return _percent(round(100 * value, 10))


def _seed(value: int) -> Phrase:
    return Phrase(str(value))


def _features(keys: tuple[str, ...]) -> Phrase:
    return Phrase(", ".join(PLANE_FEATURES[key].title for key in keys))


def _size(value: Any) -> Phrase:
    return Phrase(value if isinstance(value, str) else shape_text(pair(value)))


# --------------------------------------------------------------------------- when it has an effect


def _option(name: str) -> Callable[[Experiment], bool]:
    """Return a test of whether a sample has something to choose."""
    return lambda experiment: name in experiment.data.spec.options


def _seed_matters(experiment: Experiment) -> bool:
    data = experiment.data
    held_out = data.test_fraction > 0 or data.validation_fraction > 0
    return _option("seed")(experiment) or (held_out and data.split == "random")


# --------------------------------------------------------------------------------- what it may be

_PENALTIES = Range(0.0, 100.0)
_SEEDS = Range(*SEED_RANGE, whole=True)
_LIMITS = Range(1e-6, 1e6, instead=(None,))


def stop_values(rule: str) -> Range:
    """Return where a loss or a metric may have training stop, or how many epochs it may wait."""
    ranges = {"train_metric": Range(0.0, 1.0), "validation_loss_rises": Range(1.0, 100_000.0)}
    return ranges.get(rule, Range(0.0, 1e12))


_SCALED = "Shift and scale to mean 0 and deviation 1: large numbers slow learning down."
_CLIPPED = "Keeps a steep slope from throwing the weights far away."

_SAMPLES: Mapping[str, Any] = ChainMap[str, Any]({OWN: Option("Own data")}, CATALOG)

SETTINGS = _by_path(
    Setting("data.sample", "Sample", "What the network learns from.", _SAMPLES, short="data"),
    Setting(
        "network.layers",
        "Layers",
        "What the numbers go through, from the inputs to the output.",
        LAYERS,
        many=True,
    ),
    Setting(
        "training.loss",
        "Loss",
        "What training makes small: how far the outputs are from the truth.",
        LOSSES,
    ),
    Setting(
        "training.optimizer",
        "Optimiser",
        "How weights move once the slope of the loss is known.",
        OPTIMIZERS,
        numbers="training.optimizer_values",
        plain=True,
    ),
    Setting(
        "training.learning_rate",
        "Learning rate",
        "How large a step each update takes: too small crawls, too large diverges.",
        Range(1e-9, 1000.0),
        short="rate",
    ),
    Setting(
        "training.schedule",
        "Schedule",
        "How the learning rate changes with the epochs.",
        SCHEDULES,
        numbers="training.schedule_values",
    ),
    Setting(
        "training.batch_size",
        "Batch size",
        "Samples each update looks at.",
        Range(1, ROWS_RANGE[1], whole=True, instead=(None,)),
        short="batch",
        text=maybe("all", whole),
    ),
    Setting(
        "training.l1",
        "L1 penalty",
        "Pulls all weights towards zero by the same amount; many become zero.",
        _PENALTIES,
        short="L1",
    ),
    Setting(
        "training.l2",
        "L2 penalty",
        "Pulls large weights towards zero: smoother answers, less learned by heart.",
        _PENALTIES,
        short="L2",
    ),
    Setting(
        "data.features",
        "Inputs",
        "What the network is told about each point: products and squares bend lines.",
        PLANE_FEATURES,
        many=True,
        text=_features,
    ),
    Setting(
        "data.rows",
        "Rows",
        "Number of samples. With few of them a large network learns them by heart.",
        Range(*ROWS_RANGE, whole=True, instead=(None,)),
        applies=_option("rows"),
        stands_for=lambda experiment: experiment.data.spec.default_rows,
    ),
    Setting(
        "data.noise",
        "Added noise",
        "How far samples stray from the pattern, beyond the noise they have of their own. Noise is "
        "what cannot be learned.",
        Range(*NOISE_RANGE),
        text=_percent,
        applies=_option("noise"),
    ),
    Setting(
        "data.classes",
        "Classes",
        "Number of classes; the network gets an output for each, or one for two.",
        Range(*CLASSES_RANGE, whole=True),
        applies=_option("classes"),
    ),
    Setting(
        "data.grid", "Grid", "Rows × columns of each letter.", GRID_SIZES, applies=_option("grid")
    ),
    Setting(
        "data.test_fraction",
        "Test share",
        "Share of samples kept back to see whether the network learned the rule.",
        Range(0.0, 0.9),
        text=_share,
        applies=lambda experiment: not experiment.data.spec.test_rows,
    ),
    Setting(
        "data.validation_fraction",
        "Validation share",
        "Share of samples to choose by: early stopping and the plateau schedule watch their loss.",
        Range(0.0, 0.9),
        text=_share,
    ),
    Setting(
        "data.split",
        "Held-out rows",
        "Which rows are held out: who predicts the future has to be tested by what came later.",
        SPLITS,
        short="split",
        applies=lambda experiment: has_dates(experiment.data.file),
    ),
    Setting("data.standardize_inputs", "Standardise inputs", _SCALED, short="standardised inputs"),
    Setting("data.standardize_target", "Standardise target", _SCALED, short="standardised target"),
    Setting(
        "network.initializer",
        "Weights",
        "Where the weights start. Too large saturates neurons, all equal stalls them.",
        INITIALIZERS,
        short="first weights",
        numbers="network.initializer_values",
    ),
    Setting(
        "network.bias_initializer",
        "Biases",
        "Where the biases start; zero is usual.",
        INITIALIZERS,
        short="first biases",
        numbers="network.bias_values",
    ),
    Setting(
        "training.clip_norm", "Gradient length limit", _CLIPPED, _LIMITS, text=maybe("none", number)
    ),
    Setting(
        "training.clip_value", "Gradient value limit", _CLIPPED, _LIMITS, text=maybe("none", number)
    ),
    Setting(
        "training.class_weights",
        "Class weights",
        "How much samples of rare classes move the weights.",
        CLASS_WEIGHTS,
    ),
    Setting(
        "training.reduction",
        "Gradient",
        "Whether an update follows the mean of its samples' gradients or their sum.",
        REDUCTIONS,
    ),
    Setting(
        "training.epochs",
        "Epochs",
        "How often training goes through all samples.",
        Range(1, 10_000_000, whole=True),
    ),
    Setting(
        "training.stop_when", "Stop early", "End before the last epoch when this is reached.", STOPS
    ),
    Setting(
        "training.stop_value",
        "Value to reach",
        "Training ends in the epoch that reaches this value.",
        lambda experiment: stop_values(experiment.training.stop_when),
        short="stop at",
        applies=lambda experiment: experiment.training.stop_when != "never",
    ),
    Setting(
        "training.shuffle",
        "Shuffle samples each epoch",
        "A new order each epoch, so that batches differ. The full batch has no order.",
        short="shuffled",
    ),
    Setting("network.dtype", "Precision", "How many digits the arithmetic carries.", PRECISIONS),
    ENGINE,
    Setting(
        "training.seed",
        "Weight seed",
        "The same seed gives the same first weights and the same order of samples.",
        _SEEDS,
        short="seed",
        text=_seed,
    ),
    Setting(
        "data.seed",
        "Data seed",
        "The same seed draws the same samples and the same split.",
        _SEEDS,
        text=_seed,
        applies=_seed_matters,
    ),
)
"""Every setting of an Experiment by its path; what says most about a run comes first."""

_COUNT = Range(1, 1024, whole=True)
_UNITS = Range(0, 1023, whole=True)
_MOST_PIXELS = 64
"""No side of a window, no step and no edge is larger."""
_SIDE = Range(1, _MOST_PIXELS, whole=True)
_BELOW_ONE = 1.0 - 1e-9


LAYER_SETTINGS = _by_path(
    Setting(
        "units",
        "Neurons",
        "Neurons in this layer: more can bend more, and learn by heart more.",
        _COUNT,
        short="units",
    ),
    Setting(
        "filters",
        "Filters",
        "Kernels in this layer: each looks for a pattern of its own, everywhere in the picture.",
        _COUNT,
    ),
    Setting(
        "kernel_size",
        "Kernel size",
        "Rows and columns of each kernel: how far it looks around.",
        _SIDE,
        many=True,
        short="kernel",
        text=_size,
    ),
    Setting(
        "pool_size",
        "Pool size",
        "Rows and columns that become one pixel.",
        _SIDE,
        many=True,
        short="size",
        text=_size,
    ),
    Setting(
        "strides",
        "Strides",
        "By how many pixels a kernel moves on; 2 halves the picture's sides.",
        Range(1, _MOST_PIXELS, whole=True, instead=(None,)),
        many=True,
        text=_size,
    ),
    Setting(
        "padding",
        "Padding",
        "What a kernel sees beyond the edge of the picture.",
        Range(0, _MOST_PIXELS, whole=True, instead=("valid", "same")),
        many=True,
        text=_size,
    ),
    Setting(
        "rate",
        "Rate",
        "Share of the numbers that training sets to 0, so that none is relied on.",
        Range(0.0, 0.95),
    ),
    Setting(
        "momentum",
        "Momentum",
        "How much of its averages a layer keeps at each update; prediction scales by them.",
        Range(0.0, _BELOW_ONE),
    ),
    Setting(
        "epsilon",
        "Epsilon",
        "What is added to a variance, so that a constant number is not divided by zero.",
        Range(1e-12, 1.0),
    ),
    Setting("activation", "Activation", "What a neuron makes of its sum.", ACTIVATIONS),
    Setting(
        "use_bias", "Bias", "Without a bias every line a neuron draws goes through the origin."
    ),
    Setting("off", "Switched off", "Units that answer 0.", _UNITS, many=True, text=places),
)
"""Every setting of layers by its field's name."""
