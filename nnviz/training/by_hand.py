"""One neuron whose weights are typed: the smallest sum, and the smallest step."""

from __future__ import annotations

from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.preset import Preset

_NEURON = NetworkChoice((Dense(1, "linear"),), "zeros")

ONE_NEURON = Preset(
    "one-neuron",
    "One Neuron",
    "Click a weight, or the bias in the inspector, and type its value: 1.2 for the area, 5 for the "
    "score, 20 for the bias. Then 100 · 1.2 + 8 · 5 + 20 = 180, the price of the first house; with "
    "ReLU as the activation it stays 180.",
    Experiment(
        DataChoice("three-houses"),
        _NEURON,
        TrainingChoice(loss="half_mean_squared_error", learning_rate=0.0001, epochs=100),
    ),
    "T12",
    "The loss is then exactly 0 for all three houses. From zero, at this rate, 100 epochs of "
    "training end at a loss of 70: raw square metres make it slow.",
    part="the weighted sum",
)

ONE_STEP = Preset(
    "one-step",
    "One Step",
    "Click the weight and type 2: for x = 1 the answer is 2, the target 1.5, the gradient 0.5. "
    "At the end of the inspector stands the update 2 − 0.1 · 0.5 = 1.95, and Step does it.",
    Experiment(
        DataChoice("two-points"),
        _NEURON,
        TrainingChoice(loss="half_mean_squared_error", learning_rate=0.1, epochs=100),
    ),
    "T12",
    "The gradients of both points are 0.5, so their mean is, and those of the bias cancel out.",
    part="one update",
)
