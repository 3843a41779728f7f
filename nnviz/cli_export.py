"""What the command line takes away from a run: scripts, ONNX files and parameters."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnviz.training.completion import Completed
    from nnviz.training.experiment import Experiment

_ONNX = "onnx"
_KINDS = ("numpy", "predict", "pytorch", _ONNX)
"""The keys of ``SCRIPTS``, which needs NumPy: help answers without it. A test compares them."""


def add_export(command: argparse.ArgumentParser, asked: Callable[..., Experiment]) -> None:
    """Give the command its options; `asked` makes the experiment of those that it has already."""
    command.set_defaults(command=lambda arguments: _export(arguments, asked(arguments)))
    command.add_argument(
        "--as",
        dest="kind",
        choices=_KINDS,
        default="numpy",
        help="train again with NumPy or PyTorch; or only predict, by a script or as an ONNX file, "
        "with what nnviz trains first",
    )
    command.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="the script or the ONNX file"
    )


def _export(arguments: argparse.Namespace, experiment: Experiment) -> int:
    from nnviz.files import write_bytes

    require_room(arguments.output)
    made = _onnx_file if arguments.kind == _ONNX else partial(_script_files, arguments.kind)
    for path, content in made(experiment, arguments.output).items():
        write_bytes(content, path)
        print(path)
    return 0


def _script_files(key: str, experiment: Experiment, path: Path) -> dict[Path, bytes]:
    from nnviz.storage.scripts.kinds import SCRIPTS, script_files
    from nnviz.training.problem import Problem

    kind = SCRIPTS[key]
    if kind.trains:
        problem = Problem(experiment)
        parameters = problem.blank_network().parameters
    else:
        done = trained(experiment)
        problem, parameters = done.problem, done.snapshot.parameters
    return script_files(kind, experiment, problem, parameters, path)


def _onnx_file(experiment: Experiment, path: Path) -> dict[Path, bytes]:
    from nnviz.storage.onnx_model import onnx_model, require_onnx

    require_onnx()
    done = trained(experiment)
    return {path: onnx_model(done.problem, done.snapshot.parameters)}


def parameters_writer(path: Path) -> Callable[[Completed], Path]:
    """Return what writes a run's parameters there, once it is sure that there is such a file.

    Raises
    ------
    UnknownNameError, StorageError
        If parameters are not written into files of that ending, or none can be written there.
    """
    from nnviz.files import write_bytes
    from nnviz.storage.parameters import named_parameters, parameter_format

    kind = parameter_format(path)
    require_room(path)

    def write(done: Completed) -> Path:
        network = done.problem.blank_network(done.snapshot.parameters)
        write_bytes(kind.encoded(named_parameters(network)), path)
        return path

    return write


def run_writer(path: Path) -> Callable[[Completed], Path]:
    """Return what writes a whole run there, to be opened or asked for predictions.

    Raises
    ------
    StorageError
        If none can be written there.
    """
    from nnviz.files import unwritten_told
    from nnviz.storage.project import Project, write_project
    from nnviz.training.recorded import RecordedRun

    require_room(path)

    def write(done: Completed) -> Path:
        run = RecordedRun(done.experiment, done.history, tuple(done.kept), done.snapshot)
        with unwritten_told(path):
            write_project(path, Project(done.experiment, run))
        return path

    return write


def require_room(path: Path) -> None:
    """Say before training, and not after, that nothing can be written there."""
    from nnviz.files import unwritten_told

    with unwritten_told(path), tempfile.TemporaryFile(dir=path.parent):
        pass


def trained(experiment: Experiment, keep: bool = False) -> Completed:
    """Return the finished run of an experiment, and show meanwhile how it goes on.

    To `keep` moments on the way is for who shows them.
    """
    from nnviz.progress import ProgressBar
    from nnviz.training.completion import complete

    total = max([experiment.training.epochs, *(edit.epoch for edit in experiment.edits)])
    with ProgressBar(total, sys.stderr) as bar:
        return complete(experiment, bar.show if bar.visible else None, keep=keep)
