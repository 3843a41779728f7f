"""Addresses of TensorFlow Playground, read as Experiments and written of them.

What an address cannot say is the playground's own: squared error, tanh or linear outputs, points
taken in their order. Its first weights and points are drawn anew at every visit; here they follow
the seeds, and biases begin at 0, not 0.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from nnviz.datasets.names import unknown_name
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.layers import Dense
from nnviz.errors import InvalidChoiceError
from nnviz.training.comparison import differences
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import dataset_of
from nnviz.training.validation import check

PLAYGROUND = "https://playground.tensorflow.org/"

_HOST = "playground.tensorflow.org"
_LONGEST = 2000
_CLASSES = {"circle": "circle", "xor": "xor-cloud", "gauss": "gaussians", "spiral": "spiral"}
_NUMBERS = {"reg-plane": "plane", "reg-gauss": "multi-gaussian"}
_ACTIVATIONS = {name: name for name in ("tanh", "relu", "sigmoid", "linear")}
_PENALTIES = {"": "", "none": "", "null": "", "L1": "l1", "L2": "l2"}
_FEATURES = {"x": "x", "y": "y", "xSquared": "x2", "ySquared": "y2", "xTimesY": "xy"} | {
    "sinX": "sin_x",
    "sinY": "sin_y",
}
_DRAWN = ("seed", "initializer", "epochs", "shuffle", "rows", "dtype")
"""Words in the paths of settings that an address does not say and need not."""


def experiment_of(address: str) -> Experiment:
    """Return what an address of the playground shows.

    Raises
    ------
    InvalidChoiceError, UnknownNameError
        If it is none, or says something that cannot be here.
    """
    host, _, fragment = address.strip().partition("#")
    if _HOST not in host or len(address) > _LONGEST:
        raise InvalidChoiceError(
            "This is no address of TensorFlow Playground.",
            "Copy it from the browser's address line; it begins with {start}.",
            start=PLAYGROUND,
        )
    said = dict(parse_qsl(fragment, keep_blank_values=True))
    try:
        experiment = _experiment(said)
    except ValueError as error:
        raise InvalidChoiceError(
            "This address has something else where a number should be: {reason}.",
            "Copy it from the browser's address line.",
            reason=str(error),
        ) from error
    check(experiment, dataset_of(experiment.data))
    return experiment


def _experiment(said: Mapping[str, str]) -> Experiment:
    is_regression = said.get("problem") == "regression"
    key, table = ("regDataset", _NUMBERS) if is_regression else ("dataset", _CLASSES)
    if "true" in (said.get("cosX"), said.get("cosY")):
        raise unknown_name("There is no feature called “{name}”.", "cos", PLANE_FEATURES, "")
    is_on = {"x": "true", "y": "true"} | dict(said)
    data = DataChoice(
        _found(table, said.get(key, next(iter(table)))),
        noise=float(said.get("noise", 0)),
        features=tuple(here for name, here in _FEATURES.items() if is_on.get(name) == "true"),
        test_fraction=round(1 - float(said.get("percTrainData", 50)) / 100, 10),
    )
    activation = _found(_ACTIVATIONS, said.get("activation", "tanh"))
    sizes = [int(size) for size in said.get("networkShape", "4,2").split(",") if size]
    last = Dense(1, "linear" if is_regression else "tanh")
    is_zero = said.get("initZero") == "true"
    network = NetworkChoice(
        (*(Dense(size, activation) for size in sizes), last),
        *(("zeros",) if is_zero else ("random_uniform", {"limit": 0.5})),
    )
    training = TrainingChoice(
        "half_mean_squared_error",
        learning_rate=float(said.get("learningRate", 0.03)),
        batch_size=int(said.get("batchSize", 10)),
        shuffle=False,
    )
    experiment = Experiment(data, network, training)
    if penalty := _found(_PENALTIES, said.get("regularization", "")):
        strength = float(said.get("regularizationRate", 0))
        experiment = experiment.change("training", **{penalty: strength})
    return experiment


def _found(table: Mapping[str, str], name: str) -> str:
    if name not in table:
        raise unknown_name("TensorFlow Playground has no “{name}”.", name[:40], table, "")
    return table[name]


def address_of(experiment: Experiment) -> str:
    """Return the address of the playground that shows an Experiment.

    Raises
    ------
    InvalidChoiceError
        If the playground cannot do what is asked.
    """
    data, training = experiment.data, experiment.training
    by_sample = {here: name for name, here in (_CLASSES | _NUMBERS).items()}
    dataset = by_sample.get(data.sample, "circle")
    is_regression = dataset in _NUMBERS
    hidden = [layer for layer in experiment.network.layers[:-1] if isinstance(layer, Dense)]
    penalty = next((name for name in ("l1", "l2") if getattr(training, name)), "")
    activation = hidden[0].activation if hidden else "tanh"
    said = {
        "activation": _ACTIVATIONS.get(activation, "tanh"),
        "batchSize": training.batch_size or 1,
        "regDataset" if is_regression else "dataset": dataset,
        "learningRate": f"{training.learning_rate:.15g}",
        "regularization": penalty.upper() or "none",
        "regularizationRate": f"{getattr(training, penalty) if penalty else 0:.15g}",
        "noise": f"{data.noise:g}",
        "networkShape": ",".join(str(layer.units) for layer in hidden),
        "percTrainData": f"{100 * (1 - data.test_fraction):.10g}",
        "problem": "regression" if is_regression else "classification",
        "initZero": str(experiment.network.initializer == "zeros").lower(),
    } | {name: str(here in data.features).lower() for name, here in _FEATURES.items()}
    # What cannot be said is what is different when it is read again.
    read = _experiment({name: str(value) for name, value in said.items()})
    apart = [
        str(one.title)
        for one in differences(read, experiment)
        if not any(word in one.setting for word in _DRAWN)
    ]
    if apart or experiment.edits:
        raise InvalidChoiceError(
            "TensorFlow Playground cannot show this: {what}.",
            "It has one activation for all hidden layers, tanh or linear outputs, half the squared"
            " error and plain SGD.",
            what=", ".join(apart) or "edits by hand",
        )
    return f"{PLAYGROUND}#{urlencode(said, safe=',')}"
