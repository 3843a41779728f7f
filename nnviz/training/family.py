"""The family of models: one neuron with this output or that, and what a hidden layer adds."""

from __future__ import annotations

from typing import NamedTuple

from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.preset import Preset

LINEAR_REGRESSION = Preset(
    "linear-regression",
    "Linear Regression",
    "One linear neuron fits a flat surface to the house prices, a few houses at a time.",
    Experiment(
        DataChoice("houses", standardize_inputs=True, standardize_target=True, seed=42),
        NetworkChoice((Dense(1, "linear"),)),
        TrainingChoice(
            loss="mean_squared_error", learning_rate=0.1, batch_size=10, epochs=100, seed=0
        ),
    ),
    "T4",
    "Objective: the mean squared error. The true prices lie on a plane, so one neuron is enough: "
    "it reaches the noise.",
    part="linear regression",
)

LOGISTIC_REGRESSION = Preset(
    "logistic-regression",
    "Logistic Regression",
    "One sigmoid neuron draws a straight boundary between two clouds and says how sure it is.",
    Experiment(
        DataChoice("gaussians", noise=10.0, test_fraction=0.2),
        NetworkChoice((Dense(1, "sigmoid"),)),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.1, batch_size=10, epochs=100),
    ),
    "T4",
    "Objective: binary cross-entropy. The clouds overlap a little, so no straight boundary need "
    "get every point right.",
    part="logistic regression",
)

SOFTMAX_REGRESSION = Preset(
    "softmax-regression",
    "Softmax Regression",
    "One neuron for each of three clouds, and softmax to share out the probability: three "
    "straight boundaries that meet.",
    Experiment(
        DataChoice("blobs", classes=3, test_fraction=0.2),
        NetworkChoice((Dense(3, "softmax"),)),
        TrainingChoice(
            loss="categorical_crossentropy", learning_rate=0.1, batch_size=10, epochs=100
        ),
    ),
    "T4",
    "Objective: cross-entropy.",
    part="softmax regression",
)

PERCEPTRON = Preset(
    "perceptron",
    "Perceptron",
    "The oldest of them: one neuron that answers +1 or −1. Only points on the wrong side move "
    "the line, and once there are none it stands still.",
    Experiment(
        DataChoice("gaussians", test_fraction=0.2),
        NetworkChoice((Dense(1, "sign"),)),
        TrainingChoice(loss="perceptron", learning_rate=0.1, batch_size=1, epochs=100),
    ),
    "T4",
    "Objective: the perceptron loss. These clouds can be parted by a line, so the rule is sure to "
    "end; with more noise it never rests. On the line itself the answer is +1: sign(0) = +1.",
    part="perceptron, separable points",
)

PERCEPTRON_AND = Preset(
    "perceptron-and",
    "Perceptron, AND",
    "From weights of zero the perceptron answers +1 everywhere, as sign(0) is +1. Every row that "
    "is wrong moves the line, until it parts the one true row from the three.",
    Experiment(
        DataChoice("and"),
        NetworkChoice((Dense(1, "sign"),), "zeros"),
        TrainingChoice(loss="perceptron", learning_rate=1.0, batch_size=1, epochs=20),
    ),
    "T4",
    "Objective: the perceptron loss. With each of the first 20 seeds all four rows are right and "
    "the line stands still before epoch 20. At a rate of 1 all numbers are whole, so that z is "
    "exactly 0 on the line. OR, in the Data menu, is learned the same way.",
    part="perceptron, separable points",
)

PERCEPTRON_XOR = Preset(
    "perceptron-xor",
    "Perceptron, XOR",
    "No line parts the rows of XOR, so there is always one on the wrong side and the perceptron "
    "never rests. Compare it with XOR, Standard, which has a hidden layer.",
    PERCEPTRON_AND.experiment.change("data", sample="xor").change("training", epochs=100),
    "T4",
    "Objective: the perceptron loss. At no epoch are more than three of the four rows right.",
    part="perceptron, points that no line parts",
)

MLP = Preset(
    "mlp",
    "Multi-Layer Perceptron",
    "A hidden layer bends the boundary around two interlocking moons, where a straight line fails.",
    Experiment(
        DataChoice("moons", noise=10.0, test_fraction=0.2),
        NetworkChoice((Dense(8, "tanh"), Dense(1, "sigmoid"))),
        TrainingChoice(loss="binary_crossentropy", learning_rate=0.1, batch_size=10, epochs=300),
    ),
    "T4",
    "Objective: binary cross-entropy. Remove the hidden layer to see what it adds.",
    part="multi-layer perceptron",
)


class FamilyModel(NamedTuple):
    """A line of the comparison; its output activation and its loss are its preset's.

    Parameters
    ----------
    preset
        The model at work.
    task, output, objective
        What it is for, what it answers, and what its training is after.
    geometry
        What the answers are in the plane of the inputs.
    """

    preset: Preset
    task: str
    output: str
    objective: str
    geometry: str


FAMILY = (
    FamilyModel(
        LINEAR_REGRESSION,
        "predict a number",
        "any number",
        "small squared errors",
        "a line, or a plane",
    ),
    FamilyModel(
        LOGISTIC_REGRESSION,
        "tell two classes apart",
        "a probability",
        "sure of what is true",
        "one straight boundary",
    ),
    FamilyModel(
        SOFTMAX_REGRESSION,
        "tell several classes apart",
        "a probability a class",
        "sure of what is true",
        "several straight boundaries",
    ),
    FamilyModel(
        PERCEPTRON,
        "tell two classes apart",
        "+1 or −1; sign(0) = +1",
        "no point on the wrong side",
        "one straight boundary",
    ),
    FamilyModel(
        MLP,
        "what no line parts",
        "a probability",
        "sure of what is true",
        "a curved boundary",
    ),
)
"""The five models, as the tutorials compare them."""
