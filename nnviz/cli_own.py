"""A person's own data on the command line: which file, what is predicted, how to read it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz.errors import NnvizError

if TYPE_CHECKING:
    from nnviz.training.experiment import Experiment


def add_own_data(command: argparse.ArgumentParser) -> None:
    """Give a command the options that go with --data."""
    command.add_argument(
        "--target", default="", metavar="COLUMN", help="of --data: the column to predict"
    )
    command.add_argument(
        "--sheet",
        default="",
        metavar="NAME",
        help="of a workbook as --data: which sheet; without it the fullest",
    )
    command.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE",
        help="of --data: how to read it, as JSON; without it a look at the file decides",
    )


def own_experiment(arguments: argparse.Namespace) -> Experiment:
    """Return the experiment on a person's own data, and say what was understood of them.

    Raises
    ------
    DataError, UnknownNameError
        If it cannot be read so, or has no column of the target's name.
    """
    from nnviz.datasets.own.build import OWN
    from nnviz.datasets.own.proposal import propose
    from nnviz.datasets.own.text import content_of
    from nnviz.training.choices import starting_point
    from nnviz.training.reading import parsed, recipe_of

    if arguments.target and arguments.recipe:
        raise NnvizError("A recipe says its target itself.", "Leave --target or --recipe out.")
    recipe = None
    if arguments.recipe is not None:
        recipe = recipe_of(parsed(content_of(arguments.recipe)))
    proposal = propose(arguments.data, arguments.target, recipe, sheet=arguments.sheet)
    for note in (proposal.understood, *proposal.warnings):
        print(f"nnviz: {note}", file=sys.stderr)
    return starting_point(OWN, proposal.data)
