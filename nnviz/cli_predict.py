"""``nnviz predict``: a table comes in, and goes out with what a network answers to its rows."""

from __future__ import annotations

import argparse
import sys
import zipfile
from itertools import islice
from pathlib import Path

from nnviz.cli_export import require_room, trained
from nnviz.errors import NnvizError

_WORKBOOKS = (".xlsx", ".xls", ".ods")
_MOST_NOTES = 10
"""Rows whose problems are told; the file has all."""


def add_predict(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    command.set_defaults(command=_predict)
    for option, metavar, told in (
        ("experiment", "FILE", "a run that “nnviz train --save” wrote, or JSON: it is trained"),
        ("data", "FILE", "a table with the columns that the network learned from"),
        ("output", "CSV", "the same table, with columns for the answers"),
    ):
        command.add_argument(f"--{option}", type=Path, required=True, metavar=metavar, help=told)


def _predict(arguments: argparse.Namespace) -> int:
    from nnviz.files import unread_told, write_bytes
    from nnviz.storage.predictions import predictions_csv
    from nnviz.storage.project import read_experiment, read_project
    from nnviz.training.editing import edited
    from nnviz.training.prediction import read_rows
    from nnviz.training.problem import Problem

    path = arguments.experiment
    if arguments.output.suffix.lower() in _WORKBOOKS:
        raise NnvizError(
            "Answers are written as CSV, which no workbook is.", "Let --output end in .csv."
        )
    require_room(arguments.output)
    with unread_told(path):
        run = read_project(path).run if zipfile.is_zipfile(path) else None
        experiment = read_experiment(path) if run is None else run.experiment
    edits = len(experiment.edits) if run is None else run.result.edits
    problem = Problem(edited(experiment, edits))
    rows = read_rows(arguments.data, problem)  # before training, which may take an hour
    if run is None:
        print(f"nnviz: “{path.name}” has no trained network: it is trained.", file=sys.stderr)
        done = trained(experiment)
        problem, parameters = done.problem, done.snapshot.parameters
    else:
        parameters = run.result.parameters
    write_bytes(predictions_csv(rows, problem, parameters), arguments.output)
    for error in islice(rows.problems.values(), _MOST_NOTES):
        print(f"nnviz: {error}", file=sys.stderr)
    if (filling := rows.filling()) is not None:
        print(f"nnviz: {filling}", file=sys.stderr)
    answered = len(rows.cells) - len(rows.problems)
    told = f"{arguments.output}: {answered:,} of {len(rows.cells):,} rows are answered"
    print(f"{told}, {len(rows.filled):,} of them with values filled in" if rows.filled else told)
    return 0
