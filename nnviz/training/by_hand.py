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
    "score, 20 for the bias. Then 100 · 1.2 + 8 · 5 + 20 = 180, the price of the house; with ReLU "
    "as the activation it stays 180.",
    Experiment(
        DataChoice("one-house"),
        _NEURON,
        TrainingChoice(loss="half_mean_squared_error", learning_rate=0.0001, epochs=100),
    ),
    "T12",
    "Training finds other weights that answer 180 as well: one house does not tell which are right.",
    part="the weighted sum",
)

ONE_STEP = Preset(
    "one-step",
    "One Step",
    "Click the weight and type 2: for x = 1 the answer is 2, the target 1.5, the gradient 0.5. "
    "The inspector writes the update 2 − 0.1 · 0.5 = 1.95, and Step does it.",
    Experiment(
        DataChoice("one-point"),
        _NEURON,
        TrainingChoice(loss="half_mean_squared_error", learning_rate=0.1, epochs=100),
    ),
    "T12",
    "The bias learns along with the weight, from 0 to −0.05.",
    part="one update",
)
