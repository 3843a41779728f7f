"""``nnviz sweep``: which value of a setting is best, or how many seeds learn, without a window."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnviz.cli_output import finite, print_table, whole_number
from nnviz.ending import Held
from nnviz.errors import InvalidChoiceError

if TYPE_CHECKING:
    from nnviz.training.experiment import Experiment
    from nnviz.training.pool import Jobs, Pool
    from nnviz.training.sweep import Candidate, CandidateResult, Outcome, Point, Sweep

Asked = Callable[[argparse.Namespace], "Experiment"]

_MOST_SEEDS = 10_000


def add_sweep(sweep: argparse.ArgumentParser, asked: Asked) -> None:
    """Give the command its options; `asked` makes the experiment of those that it has already."""
    sweep.set_defaults(command=lambda arguments: _sweep(arguments, asked(arguments)))
    sweep.add_argument(
        "--vary",
        action="append",
        default=None,
        type=_assignment,
        metavar="SETTING=VALUES",
        help="what to try, such as training.learning_rate=0.01,0.1,1 or network.hidden=rule;"
        " twice for a grid, left out to see how many seeds learn",
    )
    sweep.add_argument(
        "--seeds", type=whole_number, default=10, metavar="N", help="how many for each (10)"
    )
    sweep.add_argument("--workers", type=whole_number, metavar="N", help="processes; one a core")
    sweep.add_argument("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler")


def _assignment(text: str) -> tuple[str, str]:
    path, is_there, values = text.partition("=")
    if not is_there:
        raise argparse.ArgumentTypeError(f"“{text}” is not of the form SETTING=VALUES")
    return path.strip(), values


def _sweep(arguments: argparse.Namespace, experiment: Experiment) -> int:
    from nnviz.training.pool import Pool
    from nnviz.training.sweep import Vary, sweep_of
    from nnviz.training.sweep_values import read_values

    for name, least, most in (("seeds", 1, _MOST_SEEDS), ("workers", 1, 1024)):
        _check(name, getattr(arguments, name), least, most)
    varies = [
        Vary(path, read_values(experiment, path, text)) for path, text in arguments.vary or ()
    ]
    sweep = sweep_of(experiment, varies, range(arguments.seeds))
    began = time.perf_counter()
    with Held() as held:  # who stops it is told what was done by then
        outcome = _train(sweep, Pool(arguments.workers, arguments.cluster), held)
        if arguments.json:
            figures = _figures(arguments, experiment, sweep, outcome)
            figures["seconds"] = time.perf_counter() - began
            print(json.dumps(figures, allow_nan=False, ensure_ascii=False), flush=True)
        else:
            _print(sweep, outcome)
            sys.stdout.flush()
    return 0


def _train(sweep: Sweep, pool: Pool, held: Held) -> Outcome:
    from nnviz.progress import ProgressBar
    from nnviz.training.sweep import run_sweep

    with ProgressBar(len(sweep.candidates), sys.stderr) as bar:

        def show(
            place: int, result: CandidateResult, jobs: Jobs[Candidate, CandidateResult]
        ) -> None:
            if bar.visible:
                left = f"{jobs.seconds_left or 0:.0f}"
                bar.draw(jobs.done, f" {jobs.done:,} of {jobs.total:,} runs  {left} s left")

        try:
            return run_sweep(sweep, pool, show, lambda: held.asked)
        finally:
            pool.close()


def _check(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise InvalidChoiceError(
            "There cannot be {value} {name}.",
            "Choose a whole number from {least} to {most}.",
            name=name,
            value=value,
            least=least,
            most=f"{most:,}",
        )


def _figures(
    arguments: argparse.Namespace, experiment: Experiment, sweep: Sweep, outcome: Outcome
) -> dict[str, Any]:
    points = [_point(sweep, point) for point in outcome.points]
    return {
        "sample": experiment.data.sample,
        "preset": arguments.preset,
        "vary": {vary.path: vary.values for vary in sweep.varies},
        "seeds": len(sweep.seeds),
        "chosen_by": sweep.part,
        "error": sweep.figure if sweep.figure == "loss" else "1 - metric",
        "validation_share_given": sweep.share,
        "points": points,
        "best": None if outcome.best is None else points[outcome.best]["values"],
        "chosen": None if outcome.chosen is None else points[outcome.chosen]["values"],
    }


def _point(sweep: Sweep, point: Point) -> dict[str, Any]:
    return {
        "values": {v.path: value for v, value in zip(sweep.varies, point.values, strict=True)},
        "error": finite(point.error),
        "standard_error": finite(point.standard_error),
        **{name: finite(value) for name, value in point.figures.items()},
        "runs": point.done,
        "learned": point.learned,
        "diverged": point.diverged,
    }


def _print(sweep: Sweep, outcome: Outcome) -> None:
    from nnviz.training.problem import PARTS
    from nnviz.training.sweep_values import setting_of

    settings = [setting_of(vary.path) for vary in sweep.varies]
    told = {name for point in outcome.points for name in point.figures}
    figures = [f"{part}_loss" for part in PARTS]
    figures = [name for name in figures if name in told and name != f"{sweep.part}_{sweep.figure}"]
    figure = "loss" if sweep.figure == "loss" else "error"
    head = (
        *(setting.title for setting in settings),
        *(name.replace("_", " ") for name in figures),
        f"{sweep.part} {figure} ± standard error",
        *("learned", "diverged", ""),
    )
    rows = []
    for place, point in enumerate(outcome.points):
        error = "–" if point.error is None else f"{point.error:.4g}"
        spread = "" if point.standard_error is None else f" ± {point.standard_error:.2g}"
        mark = "chosen" if place == outcome.chosen and settings else ""
        rows.append(
            (
                *(str(s.written(v)) for s, v in zip(settings, point.values, strict=True)),
                *(f"{point.figures[f]:.4g}" if f in point.figures else "–" for f in figures),
                f"{error}{spread}",
                f"{point.learned} of {point.done}",
                str(point.diverged),
                mark
                if place == outcome.best or not mark
                else f"{mark}: the simplest near the best",
            )
        )
    print_table(head, rows, numbers=tuple(range(len(settings) + len(figures))))
    if settings:
        print(sweep.chosen_by)
