"""One entry of the Data menu: how a sample is called and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnviz.datasets.dataset import Dataset, Task

Group = Literal["tutorial", "plane", "curve", "table", "image"]
"""Submenu of the Data menu: the tutorials, points in a plane, a curve, real tables, pictures."""


@dataclass(frozen=True)
class SampleOptions:
    """What a person may choose about a sample; each sample uses what applies to it.

    Parameters
    ----------
    rows
        Number of rows, or None for the sample's own number.
    noise
        0 to 50, in percent, as TensorFlow Playground's slider; each generator says what it does.
    classes
        Number of classes where the sample lets one choose.
    seed
        Seed of the generator; bundled sets ignore it.
    grid
        Rows and columns of letters, a key of ``letters.GRIDS``.
    """

    rows: int | None = None
    noise: float = 0.0
    classes: int = 3
    seed: int = 0
    grid: str = "7x5"


@dataclass(frozen=True)
class SampleSpec:
    """A sample the catalog offers.

    Parameters
    ----------
    key
        Stable name for files, the command line and object names, such as ``"two-gaussians"``.
    title
        As menus show it, in English; the window translates it.
    description
        One or two sentences: what it is, what there is to learn from it.
    group
        Submenu it belongs to.
    task
        ``"regression"`` or ``"classification"``.
    make
        From options to the data set; same options, same arrays to the bit.
    options
        Which fields of `SampleOptions` have an effect, such as ``("rows", "noise", "seed")``.
    default_rows
        What ``rows=None`` means; 0 for a bundled set, which has the rows it has.
    default_noise
        Noise, in percent, that the window proposes.
    test_fraction
        Share of rows the window proposes to hold out, 0 to 0.9.
    test_rows
        How many of the rows are the publisher's own test part, whatever share is held out.
    standardize
        Whether the window proposes to standardise inputs (and the target of a regression).
    formula
        True slopes and, last, the intercept of a regression that is made by a linear formula; empty
        where there is none.
    origin
        Source, version and licence of a bundled set; the formula's source for a generator.
    is_read
        Whether `make` takes but a moment: a large file is in memory.
    """

    key: str
    title: str
    description: str
    group: Group
    task: Task
    make: Callable[[SampleOptions], Dataset]
    options: tuple[str, ...] = ()
    default_rows: int = 0
    default_noise: float = 0.0
    test_fraction: float = 0.2
    test_rows: int = 0
    standardize: bool = False
    formula: tuple[float, ...] = ()
    origin: str = ""
    is_read: Callable[[], bool] = lambda: True
