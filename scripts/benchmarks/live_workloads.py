"""What the window is watched training: small networks and large ones, and real pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.workloads import images
from nnviz.datasets.catalog import CATALOG
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.engine.layers import Dense
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.settings import SETTINGS

PICTURES = "benchmark-pictures"
"""Key of the sample with MNIST's shape."""

TRAINED_ROWS, TESTED_ROWS = 10_000, 2_000
_SIDE = 28
_ENDLESS = int(SETTINGS["training.epochs"].range.high)


@dataclass(frozen=True)
class LiveWorkload:
    """One training run in the window, and what is asked of it.

    Parameters
    ----------
    key, title
        Such as ``"small"``, and what it is.
    experiment
        What is trained.
    frame_goal
        Milliseconds within which 99 of 100 frames follow the one before.
    longer
        How many times as long it is watched: an epoch's end must not be chance.
    """

    key: str
    title: str
    experiment: Experiment
    frame_goal: float
    longer: float = 1.0

    def updates_per_epoch(self) -> int:
        """Return the number of mini-batches of an epoch."""
        rows = Problem(self.experiment).train.rows
        return math.ceil(rows / (self.experiment.training.batch_size or rows))


def register_pictures() -> None:
    """Put pictures of MNIST's shape, which is not bundled, into this process's catalog.

    Both the window's process and the one that trains must call it: an Experiment names its sample.
    """
    CATALOG[PICTURES] = SampleSpec(
        key=PICTURES,
        title="Pictures of MNIST's Shape",
        description="Ten kinds of 28 by 28 noisy pixels, for measuring.",
        group="image",
        task="classification",
        make=_pictures,
    )


def _pictures(options: SampleOptions) -> Dataset:
    pixels, labels = images(TRAINED_ROWS + TESTED_ROWS, _SIDE * _SIDE)()
    return Dataset(
        PICTURES,
        "classification",
        pixels.astype(np.float32, copy=False),
        labels,
        tuple(f"pixel {i}" for i in range(_SIDE * _SIDE)),
        tuple(map(str, range(10))),
        image_shape=(_SIDE, _SIDE),
    )


def _classifier(
    data: DataChoice, hidden: tuple[int, ...], batch: int, optimizer: str, rate: float
) -> Experiment:
    layers = (*(Dense(units, "relu") for units in hidden), Dense(10, "softmax"))
    return Experiment(
        data,
        NetworkChoice(layers, "he_normal", dtype="float32"),
        TrainingChoice(
            "categorical_crossentropy",
            optimizer,
            learning_rate=rate,
            batch_size=batch,
            epochs=_ENDLESS,
        ),
    )


def _preset(key: str, title: str, preset: str, longer: float = 1.0) -> LiveWorkload:
    experiment = PRESETS[preset].experiment.change("training", epochs=_ENDLESS)
    return LiveWorkload(key, title, experiment, 33.0, longer)


LIVE_WORKLOADS: dict[str, LiveWorkload] = {
    workload.key: workload
    for workload in (
        LiveWorkload(
            "small",
            "T8, XOR 2-4-1, full batch",
            PRESETS["xor-2-4-1"].experiment.change("training", epochs=_ENDLESS),
            20.0,
        ),
        LiveWorkload(
            "middle",
            "digits 64-32-10, batch 32, SGD",
            _classifier(DataChoice("digits", test_fraction=0.2), (32,), 32, "sgd", 0.1),
            20.0,
        ),
        LiveWorkload(
            "large",
            "784-128-64-10, batch 64, Adam",
            _classifier(
                DataChoice(PICTURES, test_fraction=TESTED_ROWS / (TRAINED_ROWS + TESTED_ROWS)),
                (128, 64),
                64,
                "adam",
                0.001,
            ),
            33.0,
        ),
        _preset("mnist", "MNIST 784-64-10, batch 64, momentum", "mnist-mlp"),
        _preset("cnn", "MNIST, two convolutions, batch 64, Adam", "mnist-cnn", 3.0),
    )
}
"""Every workload by key."""
