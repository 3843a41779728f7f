"""How people call a network: "2-4-1 sigmoid"."""

from __future__ import annotations

from itertools import groupby

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import shape_text
from nnviz.training.problem import Problem


def layer_sizes(problem: Problem) -> str:
    """Return the shape after every layer, the inputs first: ``"2-4-1"``.

    Of a network for pictures: ``"1×28×28-8×26×26-5408-10"``.
    """
    return "-".join(map(shape_text, problem.shapes))


def activation_titles(problem: Problem) -> list[str]:
    """Return the activations from first to last, each as often as it changes."""
    names = (layer.activation for layer in problem.experiment.network.layers)
    return [ACTIVATIONS[name].title for name, _ in groupby(names)]


def network_text(problem: Problem) -> str:
    """Return sizes and activations, such as ``"2-8-4-1 tanh, sigmoid"``."""
    return f"{layer_sizes(problem)} {', '.join(activation_titles(problem))}"
