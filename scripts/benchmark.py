"""Measure how fast nnviz is: ``python scripts/benchmark.py engine``, ``live`` or ``sweep``.

    pip install .[benchmark]
    python scripts/benchmark.py engine [--json FILE] [--write]

trains six workloads with nnviz, with NumPy as tutorials write it, with scikit-learn and with
PyTorch: same data, same dtype, one thread, in turn. ``--write`` puts the tables into
docs/performance.md and the curves into docs/images/growth.png. Where a copy of TensorFlow
Playground is at hand, beside the project or in ``--playground``, its JavaScript takes part.

    python scripts/benchmark.py live [--json FILE] [--write] [--only small,startup]

opens the real window with all panels in sight, lets it train flat out, and says how much of the
speed alone is left, how evenly frames come, how soon the window answers, what it takes to start,
and how much memory a long run needs. Without a display it paints to memory.

    python scripts/benchmark.py sweep [--write]

trains the candidates of two sweeps in one process, in two, and, where `distributed` is installed,
on a local cluster of four workers, of which one is killed the second time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.live import Live

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "growth.png"
PARTS = ("small", "middle", "large", "mnist", "cnn", "variants", "startup", "opening", "memory")
"""What ``live`` measures."""


def main() -> int:
    """Measure what was asked for; return the exit status."""
    arguments = _parser().parse_args()
    sys.path.insert(0, str(ROOT))
    from nnviz.threads import ONE_BLAS_THREAD

    os.environ.update(ONE_BLAS_THREAD)  # before NumPy and PyTorch are imported: they read it once
    code: int = arguments.measure(arguments)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how fast nnviz is.")
    commands = parser.add_subparsers(required=True)
    _add_engine(commands.add_parser("engine", help="updates a second, against other engines"))
    _add_live(commands.add_parser("live", help="the window while it trains"))
    sweep = commands.add_parser("sweep", help="candidates in processes and on a cluster")
    sweep.set_defaults(measure=_sweep)
    sweep.add_argument("--write", action="store_true", help="put the table into the document")
    return parser


def _add_engine(engine: argparse.ArgumentParser) -> None:
    engine.set_defaults(measure=_engine)
    engine.add_argument("--json", type=Path, help="write all figures to this file")
    engine.add_argument("--rounds", type=int, default=7, help="turns of each engine")
    engine.add_argument("--seconds", type=float, default=0.5, help="length of a turn")
    engine.add_argument("--only", nargs="*", help="workloads to measure, such as W1 W5")
    engine.add_argument("--playground", type=Path, help="TensorFlow Playground, or its nn.ts")
    engine.add_argument("--write", action="store_true", help="put the tables into the document")


def _add_live(live: argparse.ArgumentParser) -> None:
    live.set_defaults(measure=_live)
    live.add_argument("--json", type=Path, help="write all figures to this file")
    live.add_argument("--rounds", type=int, default=3, help="turns of each workload")
    live.add_argument("--seconds", type=float, default=8.0, help="length of a turn")
    live.add_argument("--starts", type=int, default=7, help="how often each window is opened")
    live.add_argument("--only", type=_parts, default=list(PARTS), help=f"some of {','.join(PARTS)}")
    live.add_argument("--blas", type=int, default=2, help="BLAS threads of the variant with more")
    live.add_argument("--platform", choices=("xcb", "offscreen"), help="where Qt paints")
    live.add_argument("--write", action="store_true", help="put the tables into the document")


def _parts(text: str) -> list[str]:
    """Return the parts that a text with commas names."""
    chosen = text.split(",")
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"not one of {', '.join(PARTS)}: {', '.join(unknown)}")
    return chosen


def _engine(arguments: argparse.Namespace) -> int:
    from benchmarks import growth, playground, report
    from benchmarks.engine import measure
    from benchmarks.workloads import WORKLOADS

    if arguments.playground is not None:
        os.environ[playground.WHERE] = str(arguments.playground)
    chosen = arguments.only or list(WORKLOADS)
    results = []
    for key in chosen:
        results.append(measure(WORKLOADS[key], arguments.rounds, arguments.seconds))
        print(report.speed_table(results[-1:]), flush=True)
    curves = growth.measure_growth(min(3, arguments.rounds), min(0.2, arguments.seconds))
    picture = os.path.relpath(PICTURE, DOCUMENT.parent)
    text = report.text(results, curves, picture)
    print(f"\n{text}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report.as_dict(results, curves), indent=1))
    if arguments.write:
        from benchmarks.picture import draw

        draw(curves, PICTURE)
        report.write_between_markers(DOCUMENT, text)
    return 0


def _live(arguments: argparse.Namespace) -> int:
    _choose_platform(arguments.platform)
    from benchmarks import live, live_report
    from benchmarks.live_workloads import register_pictures
    from benchmarks.report import write_between_markers

    register_pictures()
    found = live.Live(arguments.seconds)
    for _ in _measured(found, arguments):
        if arguments.json:  # after each part, for who ends it before the last one
            arguments.json.write_text(json.dumps(live_report.as_dict(found), indent=1))
    text = live_report.text(found)
    print(f"\n{text}")
    if arguments.write:
        write_between_markers(DOCUMENT, text, "live")
    return 0


def _sweep(arguments: argparse.Namespace) -> int:
    from benchmarks import sweeps
    from benchmarks.report import write_between_markers

    results = {name: sweeps.measure(sweep) for name, sweep in sweeps.sweeps().items()}
    text = sweeps.text(results, sweeps.overhead())
    print(text)
    if arguments.write:
        write_between_markers(DOCUMENT, text, "sweep")
    return 0


def _measured(found: Live, arguments: argparse.Namespace) -> Iterator[None]:
    """Measure one part after the other; yield when another is there."""
    from benchmarks import live
    from benchmarks.live_workloads import LIVE_WORKLOADS

    chosen, seconds = arguments.only, arguments.seconds
    keys = [key for key in LIVE_WORKLOADS if key in chosen]
    for key in keys:
        result = live.measure_workload(key, seconds, arguments.rounds, pauses=live.PAUSES)
        found.results.append(result)
        yield
    if "startup" in chosen:
        found.startup = live.measure_startup(arguments.starts)
        yield
    if "opening" in chosen:
        found.opening = live.measure_opening(arguments.rounds)
        yield
    if "memory" in chosen:
        found.memory = live.measure_memory()
        yield
    if "variants" in chosen:
        for variant in live.measure_variants(keys or LIVE_WORKLOADS, seconds, arguments.blas):
            found.variants.append(variant)
            yield


def _choose_platform(name: str | None) -> None:
    """Let Qt paint where it was asked to; to memory where there is no display."""
    if name is None and sys.platform == "linux" and not os.environ.get("DISPLAY"):
        name = "offscreen"
    if name is not None:
        os.environ["QT_QPA_PLATFORM"] = name


if __name__ == "__main__":
    sys.exit(main())
