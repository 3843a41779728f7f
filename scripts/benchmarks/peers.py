"""The engines that are compared: each does updates of a workload when told to.

A runner is made once per workload, warmed up, and asked for chunks of updates in turn with the
others, so that all of them meet the same machine.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from benchmarks import playground
from benchmarks.workloads import Workload


class Runner(Protocol):
    """Something that trains."""

    def updates(self, count: int) -> int:
        """Do at least so many updates; return how many were done."""


class NnvizRunner:
    """nnviz' Trainer, driven as the window's process drives it, with the record of every epoch."""

    def __init__(self, workload: Workload) -> None:
        from benchmarks.nnviz_experiment import trainer_for
        from nnviz.training.trainer import overflow_is_checked

        self._quiet = overflow_is_checked
        self._trainer = trainer_for(workload)
        self.records = 0

    def updates(self, count: int) -> int:
        """Do so many mini-batches."""
        with self._quiet():
            self.records += len(self._trainer.advance(count).rows)
        return count


class TutorialRunner:
    """NumPy as tutorials write it: rows × features, fresh arrays, one array a parameter."""

    def __init__(self, workload: Workload) -> None:
        if workload.image:
            raise NotImplementedError("the tutorials have no convolution")
        x, labels = workload.data()
        self._x = np.asarray(x, workload.dtype)
        self._y: np.ndarray[Any, Any] = (
            labels[:, np.newaxis].astype(workload.dtype)
            if workload.outputs == 1
            else np.eye(workload.outputs, dtype=workload.dtype)[labels]
        )
        self._workload = workload
        rng = np.random.default_rng(0)
        sizes = (self._x.shape[1], *workload.hidden, workload.outputs)
        shapes = list(itertools.pairwise(sizes))
        self._weights = [
            rng.normal(0, np.sqrt(2 / i), (i, o)).astype(workload.dtype) for i, o in shapes
        ]
        self._biases = [np.zeros((1, o), workload.dtype) for _, o in shapes]
        count = len(shapes)
        self._moments: list[list[Any]] = [[0.0, 0.0] for _ in range(2 * count)]
        self._steps = 0
        self._batches = self._endless_batches()

    def updates(self, count: int) -> int:
        """Do so many mini-batches."""
        for _ in range(count):
            self._update(*next(self._batches))
        return count

    def _endless_batches(self) -> Iterator[tuple[Any, Any]]:
        rows, size = len(self._x), self._workload.batch
        rng = np.random.default_rng(1)
        while True:
            order = rng.permutation(rows)
            for start in range(0, rows, size):
                index = order[start : start + size]
                yield self._x[index], self._y[index]

    def _function(self, name: str, z: Any) -> Any:
        if name == "sigmoid":
            return 1 / (1 + np.exp(-z))
        if name == "tanh":
            return np.tanh(z)
        if name == "relu":
            return np.maximum(0, z)
        shifted = np.exp(z - z.max(axis=1, keepdims=True))
        return shifted / shifted.sum(axis=1, keepdims=True)

    def _slope(self, name: str, a: Any) -> Any:
        if name == "sigmoid":
            return a * (1 - a)
        return 1 - a**2 if name == "tanh" else (a > 0).astype(a.dtype)

    def _update(self, x: Any, y: Any) -> None:
        workload = self._workload
        names = [workload.activation] * len(workload.hidden) + [workload.output_activation]
        activations = [x]
        for name, weight, bias in zip(names, self._weights, self._biases, strict=True):
            activations.append(self._function(name, activations[-1] @ weight + bias))
        delta = (activations[-1] - y) / len(x)
        if workload.loss == "mse":
            delta = 2 * delta * self._slope(names[-1], activations[-1])
        gradients = []
        for layer in reversed(range(len(names))):
            gradients += [delta.sum(axis=0, keepdims=True), activations[layer].T @ delta]
            if layer:
                delta = delta @ self._weights[layer].T
                delta = delta * self._slope(names[layer - 1], activations[layer])
        self._apply(gradients[::-1])

    def _apply(self, gradients: list[Any]) -> None:
        rate = self._workload.rate
        parameters = [p for pair in zip(self._weights, self._biases, strict=True) for p in pair]
        self._steps += 1
        for parameter, gradient, moments in zip(parameters, gradients, self._moments, strict=True):
            if self._workload.optimizer == "sgd":
                parameter -= rate * gradient
                continue
            moments[0] = 0.9 * moments[0] + 0.1 * gradient
            moments[1] = 0.999 * moments[1] + 0.001 * gradient**2
            mean = moments[0] / (1 - 0.9**self._steps)
            square = moments[1] / (1 - 0.999**self._steps)
            parameter -= (rate * mean / (np.sqrt(square) + 1e-8)).astype(parameter.dtype)


class ScikitRunner:
    """scikit-learn's MLP, an epoch at a time by ``partial_fit``."""

    def __init__(self, workload: Workload) -> None:
        if workload.image:
            raise NotImplementedError("scikit-learn has no convolution")
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        x, labels = workload.data()
        self._x, self._labels = np.asarray(x, workload.dtype), labels
        kind = MLPRegressor if workload.loss == "mse" else MLPClassifier
        self._model = kind(
            hidden_layer_sizes=workload.hidden,
            activation={"sigmoid": "logistic"}.get(workload.activation, workload.activation),
            solver=workload.optimizer,
            batch_size=min(workload.batch, len(x)),
            learning_rate_init=workload.rate if workload.loss != "mse" else 0.01,
            momentum=0.0,
            alpha=0.0,
            random_state=0,
        )
        self._per_epoch = -(-len(x) // workload.batch)
        if workload.loss == "mse":
            self._labels = labels.astype(workload.dtype)
            self._fit: Callable[[], object] = lambda: self._model.partial_fit(self._x, self._labels)
        else:
            classes = np.arange(workload.classes)
            self._model.partial_fit(self._x, self._labels, classes=classes)
            self._fit = lambda: self._model.partial_fit(self._x, self._labels)

    def updates(self, count: int) -> int:
        """Do whole epochs until there are so many mini-batches."""
        done = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while done < count:
                self._fit()
                done += self._per_epoch
        return done


class TorchRunner:
    """PyTorch eager on one thread, with one of its optimiser implementations.

    Parameters
    ----------
    implementation
        ``"loop"``, ``"foreach"`` or ``"fused"``.
    """

    def __init__(self, workload: Workload, implementation: str) -> None:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
        self._torch = torch
        dtype = getattr(torch, workload.dtype)
        x, labels = workload.data()
        self._x = torch.from_numpy(np.asarray(x, workload.dtype))
        if workload.image:
            self._x = self._x.reshape(-1, *workload.image)
        target = torch.from_numpy(np.asarray(labels, np.int64))
        self._y = target if workload.outputs > 1 else target[:, None].to(dtype)
        self._model = self._build(workload).to(dtype)
        self._loss = {
            "mse": torch.nn.MSELoss,
            "bce": torch.nn.BCEWithLogitsLoss,
            "ce": torch.nn.CrossEntropyLoss,
        }[workload.loss]()
        options = {} if implementation == "loop" else {implementation: True}
        kind = torch.optim.SGD if workload.optimizer == "sgd" else torch.optim.Adam
        self._optimizer = kind(self._model.parameters(), lr=workload.rate, **options)
        self._batch = workload.batch
        self._batches = self._endless_batches()

    def updates(self, count: int) -> int:
        """Do so many mini-batches."""
        for _ in range(count):
            x, y = next(self._batches)
            self._optimizer.zero_grad()
            self._loss(self._model(x), y).backward()
            self._optimizer.step()
        return count

    def _build(self, workload: Workload) -> Any:
        nn = self._torch.nn
        functions = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
        if workload.image:
            return nn.Sequential(
                nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2),
                nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
                nn.Flatten(), nn.Linear(400, 10),
            )  # fmt: skip
        layers: list[Any] = []
        sizes = (self._x.shape[1], *workload.hidden)
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), functions[workload.activation]()]
        layers.append(nn.Linear(sizes[-1], workload.outputs))
        if workload.loss == "mse":  # the other losses take z and fuse sigmoid or softmax
            layers.append(functions[workload.output_activation]())
        return nn.Sequential(*layers)

    def _endless_batches(self) -> Iterator[tuple[Any, Any]]:
        rows = len(self._x)
        while True:
            if self._batch == rows:
                yield self._x, self._y
                continue
            order = self._torch.randperm(rows)
            for index in order.split(self._batch):
                yield self._x[index], self._y[index]


def runners(workload: Workload) -> dict[str, Runner]:
    """Return every engine that can do this workload and is installed, nnviz first."""
    made: dict[str, Runner] = {"nnviz": NnvizRunner(workload)}
    candidates: dict[str, Callable[[], Runner]] = {
        "tutorial NumPy": lambda: TutorialRunner(workload),
        "scikit-learn": lambda: ScikitRunner(workload),
        **{
            f"PyTorch ({name})": (lambda name=name: TorchRunner(workload, name))  # type: ignore[misc]
            for name in ("loop", "foreach", "fused")
        },
        playground.NAME: lambda: playground.PlaygroundRunner(workload),
    }
    for name, make in candidates.items():
        try:
            made[name] = make()
        except NotImplementedError:
            continue  # it cannot do that, or is not here; its cell in the table stays empty
    return made
