"""Presets that fail on purpose: what goes wrong, to be seen, understood and put right.

Figures in the notes are measured, and tests measure them again.
"""

from __future__ import annotations

from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.preset import Preset

_MOONS, _CIRCLE = DataChoice("moons", noise=10.0), DataChoice("circle")
_YES = Dense(1, "sigmoid")

VANISHING = Preset(
    "vanishing-gradients",
    "Vanishing Gradients",
    "Each of six layers of sigmoids passes on a quarter of an error at most, so that next to "
    "nothing arrives in the first ones. Try ReLU in their place.",
    Experiment(
        _CIRCLE,
        NetworkChoice((*[Dense(8, "sigmoid")] * 6, _YES)),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.5, epochs=1000),
    ),
    "T11",
    "With the first 10 seeds 45 to 53 % of the points are right after 1,000 epochs. With ReLU and "
    "He's weights, and nothing else changed, it is 100 %.",
    part="gradients that vanish",
)

EXPLODING = Preset(
    "exploding-gradients",
    "Exploding Gradients",
    "Weights that start too large make an error grow from layer to layer on its way back: each "
    "step of the first layers undoes the one before. Try Xavier's weights.",
    Experiment(
        _CIRCLE,
        NetworkChoice((*[Dense(16, "tanh")] * 6, _YES), "random_normal", {"deviation": 3.0}),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.1, epochs=300),
    ),
    "T11",
    "With the first 10 seeds 62 to 72 % of the points are right after 300 epochs. With Xavier's "
    "weights, whose deviation is 0.25 between these layers, it is 100 %.",
    part="gradients that explode",
)

DYING_RELU = Preset(
    "dying-relu",
    "Dying ReLU",
    "Steps too large push every ReLU neuron of a layer below 0 for good: watch them fall silent. "
    "Try a smaller rate.",
    Experiment(
        _MOONS,
        NetworkChoice((Dense(4, "relu"), Dense(4, "relu"), _YES), "he_normal"),
        TrainingChoice(loss="binary_crossentropy", learning_rate=2.0, batch_size=10, epochs=100),
    ),
    "T11",
    "With each of the first 10 seeds a whole layer dies, and half of the points are right. At a "
    "rate of 0.2 it is at least 99.8 %.",
    part="neurons that never answer again",
)

ZERO_WEIGHTS = Preset(
    "zero-weights",
    "Weights of Zero",
    "Where all weights are equal, so are all gradients: eight neurons stay one and the same. "
    "Chance has to tell them apart.",
    Experiment(
        _MOONS,
        NetworkChoice((Dense(8, "tanh"), _YES), "zeros"),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.5, epochs=300),
    ),
    "T11",
    "Half of the points are right, whatever the seed. With Xavier's weights and the first 10 "
    "seeds it is 97 to 99 %.",
    part="neurons that stay the same",
)

UNSCALED_INPUTS = Preset(
    "unscaled-inputs",
    "Unscaled Inputs",
    "One column of these wines is in the hundreds, others are below 1. The large one drives every "
    "neuron to the end of its range, where nothing moves any more. Standardise the inputs.",
    Experiment(
        DataChoice("wine", test_fraction=0.2),
        NetworkChoice((Dense(8, "tanh"), Dense(3, "softmax"))),
        TrainingChoice(
            loss="categorical_crossentropy", learning_rate=0.1, batch_size=16, epochs=100
        ),
    ),
    "T11",
    "With the first 10 seeds 33 to 40 % of the wines are right: no more than one kind of the "
    "three. With standardised inputs it is 100 %.",
    part="inputs of different sizes",
)

RATE_TOO_LARGE = Preset(
    "rate-too-large",
    "Learning Rate Too Large",
    "One linear neuron, whose loss is a bowl. Above 2/λ, where λ is how sharply the bowl curves, "
    "each step lands higher up on the other side.",
    Experiment(
        DataChoice("houses", standardize_inputs=True, standardize_target=True, seed=42),
        NetworkChoice((Dense(1, "linear"),)),
        TrainingChoice(loss="mean_squared_error", learning_rate=1.05, epochs=100),
    ),
    "T11",
    "Here 2/λ is 0.978. At 1.05 the loss grows by a third in each epoch; at 0.49 it reaches the "
    "noise in a few.",
    part="a learning rate that is too large",
)

UNDER_FITTING = Preset(
    "under-fitting",
    "Under-fitting",
    "A single neuron draws a straight line, and no line parts a disc from the ring around it. "
    "Training longer changes nothing: add hidden neurons.",
    Experiment(
        _CIRCLE,
        NetworkChoice((_YES,)),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.5, epochs=300),
    ),
    "T11",
    "With the first 10 seeds 49 to 58 % of the points are right. With a hidden layer of four "
    "neurons it is at least 98.8 %.",
    part="a network that is too small",
)

OVER_FITTING = Preset(
    "over-fitting",
    "Over-fitting",
    "Thirty noisy points and a network that learns them by heart: the validation loss turns up. "
    "Stop early.",
    Experiment(
        DataChoice("moons", rows=60, noise=50.0, validation_fraction=0.5),
        NetworkChoice((Dense(32, "tanh"), Dense(32, "tanh"), _YES)),
        TrainingChoice(
            loss="binary_crossentropy", optimizer="adam", learning_rate=0.01, epochs=500
        ),
    ),
    "T11",
    "With the first 10 seeds all training rows are right, and the validation loss ends between "
    "0.85 and 3.96. Stopped early it is between 0.37 and 0.58.",
    part="training rows learned by heart",
)

FAILURES = (
    VANISHING,
    EXPLODING,
    DYING_RELU,
    ZERO_WEIGHTS,
    UNSCALED_INPUTS,
    RATE_TOO_LARGE,
    UNDER_FITTING,
    OVER_FITTING,
)
"""In the order of the menu."""
