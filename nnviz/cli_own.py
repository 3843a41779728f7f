"""A person's own data on the command line: which file, what is predicted, how to read it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz.cli_open import require_there
from nnviz.errors import DataError, NnvizError
from nnviz.files import write_bytes

if TYPE_CHECKING:
    from nnviz.datasets.own.recipe import AnyRecipe
    from nnviz.training.experiment import Experiment


def add_own_data(command: argparse.ArgumentParser) -> None:
    """Give a command the options that go with --data."""
    for option, default, metavar, told in (
        ("target", "", "COLUMN", "the column to predict"),
        ("sheet", "", "NAME", "of a workbook, which sheet; without it the fullest"),
        ("recipe", None, "FILE", "how to read it, as JSON; without it a look at the file decides"),
        ("write-recipe", None, "FILE", "write there how it was read, to be changed by hand"),
    ):
        kind = Path if default is None else str
        told = f"of --data: {told}"
        command.add_argument(f"--{option}", type=kind, default=default, metavar=metavar, help=told)
    told = "of --data: hold out the newest rows, where a column has dates"
    command.add_argument("--by-time", action="store_true", help=told)


def is_own_data(arguments: argparse.Namespace) -> bool:
    """Return whether a person's own data are asked for, or anything that goes with them."""
    names = ("data", "target", "sheet", "recipe", "write_recipe", "by_time")
    return any(getattr(arguments, name) for name in names)


def own_experiment(arguments: argparse.Namespace) -> Experiment:
    """Return the experiment on a person's own data, and say what was understood of them.

    Raises
    ------
    DataError, UnknownNameError
        If it cannot be read so, or has no column of the target's name.
    StorageError
        If the recipe cannot be written.
    """
    from nnviz.datasets.own.formats import file_meant
    from nnviz.datasets.own.proposal import propose
    from nnviz.datasets.own.recipe import OWN
    from nnviz.training.choices import starting_point

    if arguments.data is None:
        raise NnvizError(
            "--target, --sheet, --recipe, --write-recipe and --by-time belong to --data.",
            "Name a file with --data.",
        )
    if arguments.target and arguments.recipe:
        raise NnvizError("A recipe says its target itself.", "Leave --target or --recipe out.")
    require_there(arguments.data)
    recipe = None if arguments.recipe is None else _recipe_in(arguments.recipe)
    proposal = propose(
        Path(os.path.abspath(file_meant(arguments.data))),  # noqa: PTH100 - keeps links
        arguments.target,
        recipe,
        sheet=arguments.sheet,
        exact=True,
    )
    for note in (proposal.understood, *proposal.warnings):
        print(f"nnviz: {note}", file=sys.stderr)
    if arguments.write_recipe is not None:
        written = json.dumps(
            asdict(proposal.data.samples or proposal.data.recipe), ensure_ascii=False, indent=1
        )
        write_bytes(f"{written}\n".encode(), arguments.write_recipe)
    experiment = starting_point(OWN, proposal.data)
    return experiment.change("data", split="time") if arguments.by_time else experiment


def _recipe_in(path: Path) -> AnyRecipe:
    from nnviz.datasets.own.text import content_of
    from nnviz.training.reading import parsed, recipe_of

    content = content_of(path)
    try:
        return recipe_of(parsed(content))
    except DataError as error:
        raise DataError(
            "“{name}” is no recipe that can be used. {problem}",
            "Correct it, or have one written by --write-recipe.",
            name=path.name,
            problem=error.sentence.format(**error.values).replace("“experiment", "“recipe"),
        ) from error
