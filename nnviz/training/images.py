"""Presets for pictures: MNIST by three networks, and the characters of captchas.

Figures in the notes are measured by ``scripts/check_images.py``, on the whole test part.
"""

from __future__ import annotations

from typing import Any

from nnviz.engine.layers import Conv2D, Dense, Dropout, Flatten, LayerSpec, MaxPool2D
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.preset import Preset

_ADAM = TrainingChoice(
    loss="categorical_crossentropy",
    optimizer="adam",
    learning_rate=0.002,
    schedule="cosine",
    batch_size=64,
    epochs=15,
)


def _experiment(
    sample: str, *layers: LayerSpec, training: TrainingChoice = _ADAM, **changes: object
) -> Experiment:
    network = NetworkChoice(layers, "he_normal", dtype="float32")
    asked = Experiment(DataChoice(sample, test_fraction=1 / 3), network, training)
    return asked.change("training", **changes)


MNIST_SOFTMAX = Preset(
    "mnist-softmax",
    "MNIST by Softmax Regression",
    "Ten neurons look at 784 pixels. What they look for can be seen: show their weights as "
    "pictures.",
    _experiment("mnist", Dense(10, "softmax")),
    "T5",
    "With 10 seeds 92.0 to 92.2 % of all test digits are right.",
    part="MNIST by softmax regression",
)

MNIST_MLP = Preset(
    "mnist-mlp",
    "MNIST by Multi-Layer Perceptron",
    "A hidden layer of 64 neurons finds strokes of its own: half of softmax regression's mistakes "
    "are gone.",
    _experiment(
        "mnist",
        Dense(64, "relu"),
        Dense(10, "softmax"),
        optimizer="momentum",
        learning_rate=0.1,
        epochs=20,
    ),
    "T5",
    "With 10 seeds 96.7 to 96.9 % of all test digits are right.",
    part="MNIST by multi-layer perceptron",
)

MNIST_CNN = Preset(
    "mnist-cnn",
    "MNIST by Convolution",
    "Two layers of kernels look for strokes everywhere, dropout keeps the network from relying on "
    "any one of them.",
    _experiment(
        "mnist",
        Conv2D(16, (5, 5), activation="relu"),
        MaxPool2D((2, 2)),
        Conv2D(32, (5, 5), activation="relu"),
        MaxPool2D((2, 2)),
        Flatten(),
        Dropout(0.4),
        Dense(64, "relu"),
        Dropout(0.3),
        Dense(10, "softmax"),
    ),
    "T5",
    "With 10 seeds 98.9 to 99.1 % of all test digits are right, in less than a minute or, without "
    "the compiled engine, in two.",
    part="MNIST by convolutional network",
)

CAPTCHA_CHARACTERS = Preset(
    "captcha-characters",
    "Captcha Characters by Convolution",
    "A window on a captcha: which digit is in its middle, or is it the middle between two? The "
    "same network reads whole captchas, too.",
    _experiment(
        "captchas",
        Conv2D(8, (3, 3), padding="same", activation="relu"),
        MaxPool2D((2, 2)),
        Conv2D(16, (3, 3), padding="same", activation="relu"),
        MaxPool2D((2, 2)),
        Flatten(),
        Dropout(0.3),
        Dense(64, "relu"),
        Dropout(0.3),
        Dense(11, "softmax"),
        epochs=8,
    ),
    "T5",
    "With 10 seeds 99.4 to 99.7 % of all test windows are right; slid along, the network reads 95 "
    "to 98 % of 2,000 captchas as a whole.",
    part="captcha recognition by convolutional network",
)


def _reading(equal_parts: bool) -> dict[str, Any]:
    return {"view": "captchas", "views": {"captchas": {"parts": equal_parts}}}


CAPTCHA_WHOLE = Preset(
    "captcha-whole",
    "Whole Captchas",
    "Slid along the picture, the network answers at every column; the four places that are "
    "likeliest together are read. Train it, and let its window slide.",
    CAPTCHA_CHARACTERS.experiment,
    "T5",
    "With 10 seeds 95 to 98 % of 2,000 captchas are read as a whole, though nobody says where "
    "their characters are.",
    part="whole captchas, their characters anywhere",
    view=_reading(False),
)

CAPTCHA_EQUAL_PARTS = Preset(
    "captcha-equal-parts",
    "Captchas Cut into Equal Parts",
    "The same network reads in the middles of four equal parts, where characters seldom are. "
    "Train it, then switch Equal parts off to see what finding them is worth.",
    CAPTCHA_CHARACTERS.experiment,
    "T11",
    "With 10 seeds 1 to 3 % of 2,000 captchas are read as a whole, where 95 to 98 % are with "
    "the places found: only one of a hundred has all its characters within four columns of there.",
    part="characters that are not where they are read",
    view=_reading(True),
)

CAPTCHA_LETTERS = Preset(
    "captcha-letters",
    "Captchas of Letters",
    "The same network with more to tell apart: 16 characters, letters among them. Look at the "
    "confusion matrix for those it takes for one another, and have its window slide.",
    _experiment(
        "captcha-letters",
        *CAPTCHA_CHARACTERS.experiment.network.layers[:-1],
        Dense(17, "softmax"),
        epochs=8,
    ),
    "T5",
    "With 10 seeds 92 to 94 % of 2,000 captchas are read as a whole; of those of digits, 95 to "
    "98 %.",
    part="captcha recognition, an alphabet of 16 characters",
)

CAPTCHA_OTHER_FONT = Preset(
    "captcha-other-font",
    "Captchas in Another Font",
    "The same training, and a test of captchas in a font that it never saw: what the network knows "
    "is one font. Compare what it reads of train and of test.",
    CAPTCHA_CHARACTERS.experiment.change("data", sample="captchas-other-font", test_fraction=1 / 9),
    "T11",
    "With 10 seeds 81 to 91 % of the 500 captchas in another font are read as a whole, where 95 "
    "to 98 % of those in its own are.",
    part="data of another kind than those trained with",
)

IMAGES = (MNIST_SOFTMAX, MNIST_MLP, MNIST_CNN, CAPTCHA_CHARACTERS)

LARGE = (*IMAGES, CAPTCHA_LETTERS, CAPTCHA_WHOLE, CAPTCHA_EQUAL_PARTS, CAPTCHA_OTHER_FONT)
"""Those whose epochs take seconds."""
