"""Record what PyTorch and scikit-learn answer, for tests that run without them.

    pip install .[oracle]
    python scripts/record_reference_cases.py

writes tests/reference/cases.npz. The functions below are also what the live comparison of
tests/engine/test_live_oracle.py asks. Everything goes in and out as NumPy arrays, *units × batch*
as in nnviz.engine, and PyTorch computes in the dtype of what it is given.

Where conventions differ, PyTorch is asked for ours: GELU in its tanh form; softplus without the
threshold beyond which PyTorch returns z itself. Not comparable are the sign of zero (ours is +1:
a perceptron must answer) and the perceptron's rule on the border, which tests write out by hand.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import torch
from _oracle_layers import (
    CNN,
    CNN_RATE,
    CNN_SHAPE,
    LAYER_CASES,
    STEPS,
    layer_answer,
    layer_start,
    run_answer,
    run_start,
)
from numpy.typing import NDArray
from sklearn import metrics
from torch.nn import functional

TARGET = Path(__file__).resolve().parent.parent / "tests" / "reference" / "cases.npz"
Array = NDArray[Any]
Case = dict[str, Array]
Tensor = Any  # torch's own types are not checked where torch is not installed

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "softmax": lambda z: torch.softmax(z, dim=0),
    "linear": lambda z: z,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.01),
    "elu": functional.elu,
    "gelu": lambda z: functional.gelu(z, approximate="tanh"),
    "softplus": lambda z: functional.softplus(z, threshold=50.0),
}

LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor, str], Tensor]] = {
    "mean_squared_error": lambda z, a, y, r: functional.mse_loss(a, y, reduction=r),
    "half_mean_squared_error": lambda z, a, y, r: functional.mse_loss(a, y, reduction=r) / 2,
    "mean_absolute_error": lambda z, a, y, r: functional.l1_loss(a, y, reduction=r),
    "binary_crossentropy": lambda z, a, y, r: functional.binary_cross_entropy_with_logits(
        z, y, reduction=r
    ),
    "categorical_crossentropy": lambda z, a, y, r: functional.cross_entropy(z.T, y.T, reduction=r),
    "perceptron": lambda z, a, y, r: getattr(torch.relu(-y * z), r)(),
}

Parameters = Sequence[Tensor]
OPTIMIZERS: dict[str, Callable[[Parameters, float, Mapping[str, float]], Any]] = {
    "sgd": lambda p, rate, v: torch.optim.SGD(p, rate),
    "momentum": lambda p, rate, v: torch.optim.SGD(p, rate, momentum=v["momentum"]),
    "nesterov": lambda p, rate, v: torch.optim.SGD(p, rate, momentum=v["momentum"], nesterov=True),
    "rmsprop": lambda p, rate, v: torch.optim.RMSprop(p, rate, alpha=v["rho"], eps=v["epsilon"]),
    "adam": lambda p, rate, v: torch.optim.Adam(
        p, rate, betas=(v["beta_1"], v["beta_2"]), eps=v["epsilon"]
    ),
    "adamw": lambda p, rate, v: torch.optim.AdamW(
        p,
        rate,
        betas=(v["beta_1"], v["beta_2"]),
        eps=v["epsilon"],
        weight_decay=v["weight_decay"],
    ),
}


def activation_answer(name: str, z: Array, upstream: Array) -> tuple[Array, Array]:
    """Return a = f(z) and ∂L/∂z for ∂L/∂a = `upstream`; all of shape (units, batch)."""
    tensor: Tensor = torch.tensor(z, requires_grad=True)
    a = ACTIVATIONS[name](tensor)
    a.backward(torch.tensor(upstream))
    return a.detach().numpy(), tensor.grad.numpy()


def loss_answer(
    name: str, activation: str, z: Array, y: Array, reduction: str
) -> tuple[float, Array]:
    """Return the loss of outputs a = f(z) and ∂L/∂z; z and y of shape (outputs, batch)."""
    tensor: Tensor = torch.tensor(z, requires_grad=True)
    a = ACTIVATIONS.get(activation, torch.sign)(tensor)
    value = LOSSES[name](tensor, a, torch.tensor(y), reduction)
    value.backward()
    return value.item(), tensor.grad.numpy()


def optimizer_answer(
    name: str, values: Mapping[str, float], rate: float, start: Array, gradients: Array
) -> Array:
    """Return the parameters after each step, shape (steps, size), for given gradients."""
    parameters: Tensor = torch.tensor(start, requires_grad=True)
    optimizer = OPTIMIZERS[name]([parameters], rate, values)
    path = []
    for gradient in gradients:
        parameters.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameters.detach().numpy().copy())
    return np.array(path)


def network_answer(
    case: Mapping[str, Array], settings: Mapping[str, Any]
) -> tuple[list[float], list[Array]]:
    """Train a multi-layer perceptron for `STEPS` steps on one batch.

    Parameters
    ----------
    case
        x (inputs, batch), y (outputs, batch), and for each layer i from 0: ``w{i}`` (units,
        inputs) and ``b{i}`` (units, 1).
    settings
        activations, loss, reduction, optimizer, values, rate, l1, l2.

    Returns
    -------
    The loss before each step, without penalties, and the final w0, b0, w1, …
    """
    names = [f"{kind}{i}" for i in range(len(settings["activations"])) for kind in "wb"]
    weights = {name: torch.tensor(case[name], requires_grad=True) for name in names}
    optimizer = OPTIMIZERS[settings["optimizer"]](
        list(weights.values()), settings["rate"], settings["values"]
    )
    y, losses = torch.tensor(case["y"]), []
    for _ in range(STEPS):
        z = a = torch.tensor(case["x"])
        for i, activation in enumerate(settings["activations"]):
            z = weights[f"w{i}"] @ a + weights[f"b{i}"]
            a = ACTIVATIONS[activation](z)
        loss = LOSSES[settings["loss"]](z, a, y, settings["reduction"])
        losses.append(loss.item())
        penalized = [w for name, w in weights.items() if name.startswith("w")]
        l1 = settings["l1"] * sum(w.abs().sum() for w in penalized)
        l2 = settings["l2"] / 2 * sum((w * w).sum() for w in penalized)
        optimizer.zero_grad()
        (loss + l1 + l2).backward()
        optimizer.step()
    return losses, [w.detach().numpy() for w in weights.values()]


NETWORKS: dict[str, dict[str, Any]] = {
    "tanh-softmax-adam": {
        "sizes": (3, 6, 5, 4),
        "activations": ("tanh", "tanh", "softmax"),
        "loss": "categorical_crossentropy",
        "reduction": "mean",
        "optimizer": "adam",
        "values": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
        "rate": 0.05,
        "l1": 0.0,
        "l2": 0.0,
    },
    "sigmoid-binary-nesterov-l2": {
        "sizes": (2, 8, 4, 1),
        "activations": ("sigmoid", "sigmoid", "sigmoid"),
        "loss": "binary_crossentropy",
        "reduction": "mean",
        "optimizer": "nesterov",
        "values": {"momentum": 0.9},
        "rate": 0.1,
        "l1": 0.0,
        "l2": 0.01,
    },
    "gelu-linear-sgd-sum-l1": {
        "sizes": (4, 7, 2),
        "activations": ("gelu", "linear"),
        "loss": "mean_squared_error",
        "reduction": "sum",
        "optimizer": "sgd",
        "values": {},
        "rate": 0.002,
        "l1": 0.05,
        "l2": 0.0,
    },
    "softplus-softmax-mse-rmsprop": {
        "sizes": (3, 5, 3),
        "activations": ("softplus", "softmax"),
        "loss": "mean_squared_error",
        "reduction": "mean",
        "optimizer": "rmsprop",
        "values": {"rho": 0.9, "epsilon": 1e-8},
        "rate": 0.01,
        "l1": 0.0,
        "l2": 0.0,
    },
}
"""Whole runs to compare; the recorded file keeps the settings, so that tests read them there."""

OPTIMIZER_VALUES: dict[str, dict[str, float]] = {
    "sgd": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "rmsprop": {"rho": 0.9, "epsilon": 1e-8},
    "adam": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "adamw": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.1},
}


def network_start(
    rng: np.random.Generator, settings: Mapping[str, Any], batch: int = 9
) -> dict[str, Array]:
    """Return random x, y and first parameters for `network_answer`."""
    sizes = settings["sizes"]
    case = {"x": rng.normal(size=(sizes[0], batch))}
    case["y"] = random_targets(
        rng, settings["loss"], settings["activations"][-1], (sizes[-1], batch)
    )
    for i, (inputs, units) in enumerate(itertools.pairwise(sizes)):
        case[f"w{i}"] = rng.normal(0.0, 0.6, (units, inputs))
        case[f"b{i}"] = rng.normal(0.0, 0.3, (units, 1))
    return case


def random_targets(
    rng: np.random.Generator, loss: str, activation: str, shape: tuple[int, int]
) -> Array:
    """Return targets of shape (outputs, batch) that suit a loss and an output activation."""
    if loss == "perceptron":
        return rng.choice((-1.0, 1.0), shape)
    if activation == "softmax":
        return np.eye(shape[0])[:, rng.integers(0, shape[0], shape[1])]
    if loss == "binary_crossentropy":
        return rng.integers(0, 2, shape).astype(np.float64)
    return rng.normal(0.0, 2.0, shape)


def loss_pairs() -> list[tuple[str, str]]:
    """Return every loss with every activation it is recorded with."""
    own = {
        "binary_crossentropy": "sigmoid",
        "categorical_crossentropy": "softmax",
        "perceptron": "sign",
    }
    return [
        (loss, activation)
        for loss in LOSSES
        for activation in ([own[loss]] if loss in own else ACTIVATIONS)
    ]


def record() -> Case:
    """Return all cases in one flat dictionary, its keys paths such as ``activation/relu/a``."""
    rng = np.random.default_rng(20260701)
    cases: Case = {"versions/torch": np.array(torch.__version__)}
    cases["versions/scikit-learn"] = np.array(sklearn.__version__)
    for name in ACTIVATIONS:
        z, upstream = rng.normal(0.0, 4.0, (4, 6)), rng.normal(size=(4, 6))
        a, dz = activation_answer(name, z, upstream)
        cases |= under(f"activation/{name}", z=z, upstream=upstream, a=a, dz=dz)
    for loss, activation in loss_pairs():
        for reduction in ("mean", "sum"):
            z = rng.normal(0.0, 2.0, (3, 5))
            y = random_targets(rng, loss, activation, z.shape)
            value, dz = loss_answer(loss, activation, z, y, reduction)
            place = f"loss/{loss}/{activation}/{reduction}"
            cases |= under(place, z=z, y=y, value=np.array(value), dz=dz)
    for name, values in OPTIMIZER_VALUES.items():
        start, gradients = rng.normal(size=7), rng.normal(size=(STEPS, 7))
        path = optimizer_answer(name, values, 0.03, start, gradients)
        cases |= under(
            f"optimizer/{name}",
            **{f"value_{key}": np.array(value) for key, value in values.items()},
            rate=np.array(0.03),
            start=start,
            gradients=gradients,
            path=path,
        )
    return cases | record_networks(rng) | record_metrics(rng) | record_layers(rng)


def record_networks(rng: np.random.Generator) -> Case:
    """Return the runs of `NETWORKS`."""
    cases: Case = {}
    for name, settings in NETWORKS.items():
        case = network_start(rng, settings)
        losses, final = network_answer(case, settings)
        texts = {key: np.array(settings[key]) for key in ("loss", "reduction", "optimizer")}
        numbers = {key: np.array(settings[key]) for key in ("rate", "l1", "l2")}
        values = {f"value_{key}": np.array(value) for key, value in settings["values"].items()}
        cases |= under(f"network/{name}", **case, **texts, **numbers, **values)
        cases |= under(
            f"network/{name}",
            activations=np.array(settings["activations"]),
            losses=np.array(losses),
            final=np.concatenate([array.ravel() for array in final]),
        )
    return cases


def record_metrics(rng: np.random.Generator) -> Case:
    """Return scikit-learn's accuracy, R² and confusion matrix."""
    truth, decided = rng.integers(0, 4, 60), rng.integers(0, 4, 60)
    y, guess = rng.normal(50.0, 10.0, 40), rng.normal(50.0, 10.0, 40)
    return under(
        "metric",
        truth=truth,
        decided=decided,
        accuracy=np.array(metrics.accuracy_score(truth, decided)),
        confusion=metrics.confusion_matrix(truth, decided),
        y=y,
        guess=guess,
        r_squared=np.array(metrics.r2_score(y, guess)),
    )


def record_layers(rng: np.random.Generator) -> Case:
    """Return single layers, the run of a convolutional network, and limited gradients."""
    cases: Case = {}
    for name, (settings, shape) in LAYER_CASES.items():
        case = layer_start(rng, settings, shape, 4)
        path = f"layer/{name}"
        cases |= under(f"{path}/in", **case) | under(f"{path}/out", **layer_answer(settings, case))
        cases[f"{path}/settings"] = np.array(json.dumps(settings))
    case = run_start(rng, CNN, CNN_SHAPE, 6)
    losses, final = run_answer(CNN, case, CNN_RATE)
    cases |= under("cnn/in", **case) | under("cnn/out", **final)
    cases |= under("cnn", layers=np.array(json.dumps(CNN)), rate=np.array(CNN_RATE))
    cases["cnn/losses"] = np.array(losses)
    gradient = rng.normal(size=50)
    cases |= under("clip", gradient=gradient, **clipped(gradient, 2.5, 0.5))
    return cases


def clipped(gradient: Array, norm: float, value: float) -> Case:
    """Return a gradient limited in its length, and limited number by number."""
    limited = {"norm": np.array(norm), "value": np.array(value)}
    for name, clip, limit in (
        ("by_norm", torch.nn.utils.clip_grad_norm_, norm),
        ("by_value", torch.nn.utils.clip_grad_value_, value),
    ):
        parameter: Tensor = torch.zeros(gradient.size, dtype=torch.float64, requires_grad=True)
        parameter.grad = torch.tensor(gradient)
        clip([parameter], limit)
        limited[name] = parameter.grad.numpy()
    return limited


def under(path: str, /, **arrays: Array) -> Case:
    """Return arrays under keys that begin with a path."""
    return {f"{path}/{key}": np.asarray(array) for key, array in arrays.items()}


def main() -> int:
    """Write the file and say how large it is."""
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, **record())  # type: ignore[arg-type]  # keys are no keywords
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
