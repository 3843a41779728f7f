"""What goes wrong in a network that does not learn."""

from __future__ import annotations

from nnviz.training.inspection import Inspection


def silent_layer(inspection: Inspection) -> int | None:
    """Return the first hidden layer that is 0 for every judged training sample, or None.

    Of ReLU neurons that answer 0 to every sample the gradient is 0 too: they never answer again,
    and nothing before them learns.
    """
    problem = inspection.problem
    layers = problem.experiment.network.layers[:-1]
    for place, spec in enumerate(layers):
        if spec.activation != "relu" or inspection.activations()[place].a.any():
            continue
        rows = problem.dataset.inputs[problem.judged["train"].index]
        if not inspection.trace(rows)[place].a.any():  # all of them, where the first are
            return place
    return None
