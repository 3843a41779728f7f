"""The command line: ``nnviz open``, ``samples``, ``presets``, ``train``, ``export``, ``sweep``.

Qt is imported only for a window or a picture, NumPy only for work: help and version answer at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz import __version__
from nnviz.cli_export import add_export, parameters_writer, run_writer, trained
from nnviz.cli_open import add_open, open_window, with_command
from nnviz.cli_output import epoch_choice, finite, part_line, print_table, whole_number
from nnviz.cli_own import add_own_data, is_own_data, own_experiment
from nnviz.cli_pictures import add_pictures, picture_writers
from nnviz.cli_predict import add_predict
from nnviz.cli_sweep import add_sweep
from nnviz.errors import InvalidChoiceError, NnvizError, UnknownNameError
from nnviz.threads import use_one_blas_thread

if TYPE_CHECKING:
    from nnviz.training.completion import Completed
    from nnviz.training.experiment import Experiment

FAILED = 1
REFUSED = 2
"""Exit codes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of this process.

    Returns
    -------
    0, or 1 when the work failed, 2 when what was asked cannot be.

    Raises
    ------
    SystemExit
        After help or version, and where the command line cannot be read.
    """
    use_one_blas_thread()
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console may lack a letter of a title
    try:
        try:
            arguments = _arguments(argv)
            code: int = arguments.command(arguments)
        finally:
            sys.stdout.flush()
        return code
    except NnvizError as error:
        print(f"nnviz: {error}", file=sys.stderr)
        return REFUSED if isinstance(error, UnknownNameError | InvalidChoiceError) else FAILED
    except BrokenPipeError:
        _give_up_output()  # who read it has read enough
        return FAILED
    except OSError as error:
        if error.filename is not None:
            raise  # not the output, but a file that ought to be there
        print(f"nnviz: The output could not be written: {error.strerror}.", file=sys.stderr)
        _give_up_output()
        return FAILED


def _open_closed_streams() -> None:
    """Give the program the streams it was started without; what is written there goes nowhere.

    Otherwise the next file to be opened would take their place, and the messages of libraries.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode)  # noqa: SIM115 - stays open
            if stream.fileno() <= 2:  # children shall have it too
                os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _give_up_output() -> None:
    """Send what is left of it nowhere; Python would complain once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line says.

    Raises
    ------
    SystemExit
        As `main`.
    """
    parser = _parser()
    arguments = parser.parse_args(with_command(argv, parser.get_default("commands")))
    for name, value in vars(arguments).items():
        if value == []:  # how Python before 3.13 reads “--seed=--”
            parser.error(f"argument --{name}: expected one argument")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnviz",
        description="See a neural network learn. Without a command, the window opens.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"nnviz {__version__}")
    parser.set_defaults(command=lambda arguments: open_window())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    add = partial(commands.add_parser, allow_abbrev=False)
    add_open(add("open", help="open a file in the window; “nnviz FILE” does too"))
    add("samples", help="list the data sets").set_defaults(command=_list_samples)
    add("presets", help="list the tutorials' experiments").set_defaults(command=_list_presets)
    _add_train(add("train", help="train a network without a window"))
    export = add("export", help="write a script or a file that trains or predicts without nnviz")
    _add_experiment(export)
    _add_seed(export)
    add_export(export, _experiment)
    add_predict(add("predict", help="write a table with answers to its rows"))
    sweep = add("sweep", help="train candidates with several seeds, and choose by validation")
    _add_experiment(sweep)
    _add_json(sweep)
    add_sweep(sweep, _experiment)
    parser.set_defaults(commands=[*commands.choices])
    return parser


def _add_train(train: argparse.ArgumentParser) -> None:
    train.set_defaults(command=_train)
    _add_experiment(train)
    _add_seed(train)
    _add_json(train)
    add_pictures(train)
    train.add_argument(
        "--parameters",
        type=Path,
        metavar="FILE",
        help="write what was learned there: .safetensors, .npz or .csv",
    )
    train.add_argument(
        "--save", type=Path, metavar="FILE.nnviz", help="save the run, to open or predict with"
    )


def _add_experiment(command: argparse.ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--sample", metavar="KEY", help="a data set that “nnviz samples” lists")
    told = "a file or folder of your own; several files where they belong together by their names"
    what.add_argument("--data", type=Path, nargs="+", metavar="PATH", help=told)
    what.add_argument("--preset", metavar="KEY", help="an experiment that “nnviz presets” lists")
    what.add_argument(
        "--experiment",
        type=Path,
        metavar="FILE",
        help="a run that nnviz saved, or an experiment as JSON; its edits are made again",
    )
    what.add_argument(
        "--playground", metavar="ADDRESS", help="what TensorFlow Playground shows at an address"
    )
    add_own_data(command)
    command.add_argument(
        "--epochs", type=whole_number, metavar="N", help="passes over the training rows"
    )


def _add_seed(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seed", type=whole_number, metavar="S", help="of data, split and first weights"
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--json", action="store_true", help="make the last line one JSON object of the results"
    )


# ------------------------------------------------------------------------------------ the commands


def _list_samples(arguments: argparse.Namespace) -> int:
    from nnviz.datasets.catalog import CATALOG, load_sample

    rows = []
    for key, spec in CATALOG.items():
        data = load_sample(key)
        rows.append((key, spec.title, spec.task, str(data.rows), str(data.features)))
    print_table(("key", "title", "task", "rows", "features"), rows, numbers=(3, 4))
    return 0


def _list_presets(arguments: argparse.Namespace) -> int:
    from nnviz.training.presets import PRESETS
    from nnviz.training.problem import Problem, network_text

    rows = [
        (key, preset.title, preset.experiment.data.sample, network_text(Problem(preset.experiment)))
        for key, preset in PRESETS.items()
    ]
    print_table(("key", "title", "sample", "network"), rows)
    return 0


def _train(arguments: argparse.Namespace) -> int:
    experiment = _experiment(arguments)
    # Whatever could stop the export is better said before an hour of training than after.
    exports = picture_writers(arguments)
    writes = {parameters_writer: arguments.parameters, run_writer: arguments.save}
    writers = [make(place) for make, place in writes.items() if place is not None]
    done = trained(experiment, keep=bool(arguments.animation or arguments.save))
    if not arguments.json:
        print(_summary(done), flush=True)  # pictures take a while
    for write in writers:
        print(write(done))
    for path in (path for export in exports for path in export(done)):
        print(path)
    if arguments.json:
        print(json.dumps(_figures(arguments, done), allow_nan=False, ensure_ascii=False))
    return 0


def _experiment(arguments: argparse.Namespace) -> Experiment:
    """Return what is asked, checked."""
    if is_own_data(arguments):
        experiment = own_experiment(arguments)
    elif arguments.experiment is not None:
        experiment = _read(arguments.experiment)
    elif arguments.preset is not None:
        experiment = _preset(arguments.preset)
    elif arguments.playground is not None:
        experiment = _playground(arguments.playground)
    else:
        experiment = _sample(arguments.sample)
    if arguments.epochs is not None:
        experiment = experiment.change("training", epochs=arguments.epochs)
    if getattr(arguments, "seed", None) is not None:
        experiment = experiment.with_seed(arguments.seed)
    return experiment


def _sample(key: str) -> Experiment:
    from nnviz.training.choices import starting_point

    return starting_point(key)


def _preset(key: str) -> Experiment:
    from nnviz.training.presets import preset

    return preset(key).experiment


def _playground(address: str) -> Experiment:
    from nnviz.storage.playground import experiment_of

    return experiment_of(address)


def _read(path: Path) -> Experiment:
    from nnviz.files import unread_told
    from nnviz.storage.project import read_experiment

    with unread_told(path):
        return read_experiment(path)


# ------------------------------------------------------------------------------------- the results


def _figures(arguments: argparse.Namespace, done: Completed) -> dict[str, Any]:
    from nnviz.training.engines import engine_name
    from nnviz.training.history import column_names
    from nnviz.training.reading_captchas import shares
    from nnviz.training.records import SCALARS

    experiment, final = done.problem.experiment, done.final
    made = done.experiment.edits[: done.snapshot.edits]
    figures = dict(zip(column_names(done.problem)[2:], final.row()[2 : len(SCALARS)], strict=False))
    return {
        "sample": experiment.data.sample,
        "preset": arguments.preset,
        "edits": [edit.to_dict() for edit in made],
        "epochs": done.epochs,
        "network_epoch": final.epoch,
        "seed": experiment.training.seed,
        "engine": engine_name(experiment),
        "loss": experiment.training.loss,
        "metric": done.problem.metric.name,
        **{name: finite(value) for name, value in figures.items()},
        "judged_rows": {name: part.rows for name, part in done.problem.judged.items()},
        "whole_captchas": shares(done.problem, done.snapshot.parameters),
        "seconds": done.seconds,
        "epochs_per_second": done.epochs_per_second,
        "finding": _finding(done),
        **({} if experiment.data.file is None else {"data": experiment.to_dict()["data"]["file"]}),
    }


def _finding(done: Completed) -> dict[str, str] | None:
    """Return what keeps the run from learning, and what helps; None where nothing does."""
    from nnviz.training.diagnosis import diagnose
    from nnviz.training.inspection import Inspection

    finding = diagnose(done.history, Inspection(done.problem, done.snapshot))
    if finding is None:
        return None
    said = {"sentence": finding.rule.sentence, "remedy": finding.rule.advice}
    filled = {name: text.format(**finding.values) for name, text in said.items()}
    return {"name": finding.rule.name, **filled}


def _summary(done: Completed) -> str:
    from nnviz.training.engines import engine_name
    from nnviz.training.problem import network_text
    from nnviz.training.reading_captchas import shares

    experiment, final, problem = done.problem.experiment, done.final, done.problem
    title = experiment.data.spec.title
    lines = [
        f"{title}, {network_text(problem)}, seed {experiment.training.seed}",
        f"{done.epochs:,} epochs in {done.seconds:.2f} s"
        f" ({done.epochs_per_second:,.0f} epochs a second, {engine_name(experiment)} engine)",
    ]
    if final.epoch != done.epochs:
        lines.append(epoch_choice(final.epoch, problem))
    for name, part in problem.parts.items():
        loss, metric = (getattr(final, f"{name}_{figure}") for figure in ("loss", "metric"))
        rows = problem.judged[name].rows
        of = f"  ({rows:,} of {part.rows:,} rows)" if rows < part.rows else ""
        lines.append(part_line(name, loss, problem.metric.title, metric) + of)
    whole = shares(problem, done.snapshot.parameters)
    if whole is not None:
        lines.append(
            "whole captchas right: {found:.1%} of {captchas:,}; {equal_parts:.1%} where cut into"
            " four equal parts, {known:.1%} where the characters are".format(**whole)
        )
    finding = _finding(done)
    if finding is not None:
        lines.append(f"{finding['sentence']} {finding['remedy']}".strip())
    return "\n".join(lines)
