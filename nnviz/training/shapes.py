"""What shape samples have on their way through the network."""

from __future__ import annotations

from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Dense, Shape
from nnviz.training.experiment import Experiment


def input_shape(experiment: Experiment, dataset: Dataset) -> Shape:
    """Return the shape in which the network takes a sample.

    A picture comes as (channels, rows, columns), with one channel, to any first layer but Dense,
    which takes it as a row of numbers, as everything else is.
    """
    first = experiment.network.layers[0]
    if dataset.image_shape is not None and not isinstance(first, Dense):
        return (1, *dataset.image_shape)
    if dataset.is_planar:
        return (len(experiment.data.features),)
    return (dataset.features,)
