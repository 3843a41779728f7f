"""Recipes for what is no table: arrays of numbers in files, and pictures in folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from nnviz.datasets.dataset import Task
from nnviz.errors import DataError

MOST_SIDE = 128
"""Rows and columns of a picture: larger ones make networks of millions of weights."""

MOST_PICTURES = 50_000

Shape = tuple[int, int, int]
"""Channels, rows and columns of a picture."""


@dataclass(frozen=True)
class ArraysRecipe:
    """Which arrays of a file, or of files beside each other, are inputs and targets.

    Parameters
    ----------
    inputs, targets
        Names of arrays in an NPZ file; else of files in the folder of the one that is opened.
        Without a name for the targets they are a column of the inputs.
    column
        Which one, counted from 0, or from the end by -1.
    picture
        Shape of the pictures that the inputs are, if they are any.
    channels_last
        Whether the array has the channels of each pixel together: (samples, rows, columns, 3).
    test_inputs, test_targets
        The publisher's own test part, where there is one, and how many rows it has.
    """

    inputs: str
    targets: str = ""
    task: Task = "classification"
    column: int = -1
    picture: Shape | None = None
    channels_last: bool = False
    test_inputs: str = ""
    test_targets: str = ""
    test_rows: int = 0
    kind: Literal["arrays"] = "arrays"

    def __post_init__(self) -> None:
        for name in self.names:
            _check_name(name)
        if self.picture is not None:
            _check_picture(self.picture)
        if not self.inputs:
            raise _impossible("the inputs have no name")
        has_test = bool(self.test_inputs)
        if has_test != bool(self.test_targets) or has_test != (self.test_rows > 0):
            raise _impossible("a test part has inputs, targets and a number of rows")

    @property
    def names(self) -> tuple[str, ...]:
        """The arrays that are used."""
        every = (self.inputs, self.targets, self.test_inputs, self.test_targets)
        return tuple(dict.fromkeys(name for name in every if name))


@dataclass(frozen=True)
class PicturesRecipe:
    """Pictures in folders, one for each class, and what size and colours they are brought to.

    Parameters
    ----------
    classes
        Names of the sub-folders that are used.
    picture
        Shape of each: larger and smaller ones are scaled, what then juts out is cut off evenly.
    most
        How many pictures of each class are used; of more, evenly spaced by name.
    train, test
        Folders that have the folders of the classes, "" for the folder itself; the test part and
        how many pictures it has, where there is one.
    """

    classes: tuple[str, ...]
    picture: Shape = (1, 28, 28)
    most: int = 2000
    train: str = ""
    test: str = ""
    test_rows: int = 0
    kind: Literal["pictures"] = "pictures"

    def __post_init__(self) -> None:
        for name in (*self.classes, self.train, self.test):
            _check_name(name)
        _check_picture(self.picture)
        if len(set(self.classes)) < max(2, len(self.classes)) or "" in self.classes:
            raise _impossible("there have to be two classes or more, each with a name of its own")
        if not 1 <= self.most <= MOST_PICTURES:
            raise _impossible("so many pictures of each class cannot be")
        if bool(self.test) != (self.test_rows > 0):
            raise _impossible("a test part has a folder and a number of pictures")

    @property
    def task(self) -> Task:
        """What is predicted: the folder of a picture."""
        return "classification"


SampleRecipe = ArraysRecipe | PicturesRecipe


def _check_name(name: str) -> None:
    """Refuse a name that leads out of the folder: a recipe may come from anywhere."""
    if name and (PurePath(name).name != name or "\\" in name or "\0" in name or name == ".."):
        raise _impossible("a name in it leads out of the folder")


def _check_picture(picture: Shape) -> None:
    channels, rows, columns = picture
    if channels not in (1, 3) or not (1 <= rows <= MOST_SIDE and 1 <= columns <= MOST_SIDE):
        raise _impossible("a picture has 1 or 3 channels and at most 128 rows and columns")


def _impossible(problem: str) -> DataError:
    return DataError("This recipe cannot be: {problem}.", "Change the recipe.", problem=problem)
