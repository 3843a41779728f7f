"""A workload as nnviz' own Experiment and Dataset."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads import Workload
from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Conv2D, Dense, Flatten, LayerSpec, MaxPool2D
from nnviz.training.experiment import Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import Problem
from nnviz.training.trainer import Trainer

ENDLESS = 10**7
LOSSES = {
    "mse": "mean_squared_error",
    "bce": "binary_crossentropy",
    "ce": "categorical_crossentropy",
}


def trainer_for(workload: Workload) -> Trainer:
    """Return the Trainer that the window's process would use for this workload."""
    x, labels = workload.data()
    names = ("x", "y") if x.shape[1] == 2 else tuple(f"x{i}" for i in range(x.shape[1]))
    dataset = Dataset(
        workload.key,
        "classification",
        np.asarray(x, workload.dtype),
        labels.astype(np.int64),
        names,
        tuple(f"class {i}" for i in range(workload.classes)),
        image_shape=workload.image[1:] if workload.image else None,
    )
    experiment = Experiment(
        network=NetworkChoice(_layers(workload), "glorot_uniform", dtype=workload.dtype),
        training=TrainingChoice(
            LOSSES[workload.loss],
            workload.optimizer,
            learning_rate=workload.rate,
            batch_size=None if workload.batch >= len(x) else workload.batch,
            epochs=ENDLESS,
        ),
    )
    return Trainer(experiment, problem=Problem(experiment, dataset))


def _layers(workload: Workload) -> tuple[LayerSpec, ...]:
    hidden = (Dense(units, workload.activation) for units in workload.hidden)
    pictures = _picture_layers() if workload.image else ()
    return (*pictures, *hidden, Dense(workload.outputs, workload.output_activation))


def _picture_layers() -> tuple[LayerSpec, ...]:
    return (
        Conv2D(8, 3, activation="relu"),
        MaxPool2D(2),
        Conv2D(16, 3, activation="relu"),
        MaxPool2D(2),
        Flatten(),
    )
