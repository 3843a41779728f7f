"""Which layers can follow each other; a part of `validation`."""

from __future__ import annotations

from nnviz.datasets.dataset import Dataset
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import Dense
from nnviz.errors import InvalidChoiceError
from nnviz.training.experiment import Experiment
from nnviz.training.layer_settings import MAX_HIDDEN_LAYERS
from nnviz.training.refusing import Refusals, refuse
from nnviz.training.shapes import input_shape

MAX_PARAMETERS = 20_000_000


def layers(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse layers that cannot be, or cannot follow each other."""
    chosen = experiment.network.layers
    if not chosen:
        yield refuse("network.layers", "A network needs an output layer.", "Add one.")
    elif len(chosen) - 1 > MAX_HIDDEN_LAYERS:
        yield refuse(
            "network.layers",
            "{count} hidden layers are more than the {most} that can be shown.",
            "Remove some.",
            count=len(chosen) - 1,
            most=MAX_HIDDEN_LAYERS,
        )
    else:
        yield from _shapes(experiment, dataset)


def _shapes(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse layers that cannot take what the one before gives, and networks beyond all bounds."""
    layers, shape, parameters = experiment.network.layers, input_shape(experiment, dataset), 0
    for i, layer in enumerate(layers):
        try:
            following = layer.output_shape(shape)
        except InvalidChoiceError as error:
            yield refuse(f"network.layers.{i}", error.sentence, error.remedy, **error.values)
            return
        parameters += layer.parameter_count(shape)
        shape = following
    if parameters > MAX_PARAMETERS:
        yield refuse(
            "network.layers",
            "A network of {count} weights and biases is more than the {most} that fit here.",
            "Choose fewer neurons, or pooling before the first Dense layer.",
            count=f"{parameters:,}",
            most=f"{MAX_PARAMETERS:,}",
        )
    if not isinstance(layers[-1], Dense):
        yield refuse(
            f"network.layers.{len(layers) - 1}",
            "The last layer must be Dense, to answer with one number for each output, not {layer}.",
            "Add a Dense layer after it.",
            layer=layers[-1].title,
        )


def hidden_activations(experiment: Experiment, dataset: Dataset) -> Refusals:
    """Refuse activations that are of no use in a hidden layer."""
    for i, layer in enumerate(experiment.network.layers[:-1]):
        activation = ACTIVATIONS[layer.activation]
        field = f"network.layers.{i}.activation"
        if not activation.trains_by_gradient:
            yield refuse(
                field,
                "A hidden layer of {title} neurons cannot learn: its derivative is 0 everywhere.",
                "Choose tanh or sigmoid, which are smooth steps.",
                title=activation.title,
            )
        if activation.couples_units:
            yield refuse(
                field,
                "{title} turns a layer into shares of one whole and belongs at the output.",
                "Choose another activation for hidden layers.",
                title=activation.title,
            )
