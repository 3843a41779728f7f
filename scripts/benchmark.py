"""Measure how fast nnviz is: ``python scripts/benchmark.py engine``.

    pip install .[benchmark]
    python scripts/benchmark.py engine [--json FILE] [--write]

trains six workloads with nnviz, with NumPy as tutorials write it, with scikit-learn and with
PyTorch: same data, same dtype, one thread, in turn. ``--write`` puts the tables into
docs/performance.md and the curves into docs/images/growth.png.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "growth.png"


def main() -> int:
    """Measure what was asked for; return the exit status."""
    arguments = _parser().parse_args()
    sys.path.insert(0, str(ROOT))
    from nnviz.threads import ONE_BLAS_THREAD

    os.environ.update(ONE_BLAS_THREAD)  # before NumPy and PyTorch are imported: they read it once
    return _engine(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how fast nnviz is.")
    commands = parser.add_subparsers(required=True)
    engine = commands.add_parser("engine", help="updates a second, against other engines")
    engine.add_argument("--json", type=Path, help="write all figures to this file")
    engine.add_argument("--rounds", type=int, default=7, help="turns of each engine")
    engine.add_argument("--seconds", type=float, default=0.5, help="length of a turn")
    engine.add_argument("--only", nargs="*", help="workloads to measure, such as W1 W5")
    engine.add_argument("--write", action="store_true", help="put the tables into the document")
    return parser


def _engine(arguments: argparse.Namespace) -> int:
    from benchmarks import growth, report
    from benchmarks.engine import measure
    from benchmarks.workloads import WORKLOADS

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


if __name__ == "__main__":
    sys.exit(main())
