"""What was measured, as text for the terminal and for docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import playground
from benchmarks.engine import Result
from benchmarks.growth import Growth

MARKERS = "<!-- {name}: begin -->", "<!-- {name}: end -->"
"""Around what is written into a document; the name says which report it is."""

TORCH = "PyTorch"
PLAYGROUND = {"W1": (526_000, 2.5), "W2": (93_000, 6.0)}
"""Updates a second of TensorFlow Playground's JavaScript, as known from a machine like this, for
where it cannot be measured, and how many times as many are wanted."""


ENGINES = ("numpy", "scikit-learn", "torch")
IN_TURN = "One BLAS thread, one process, all engines in turn."


def machine(packages: Sequence[str], how: str) -> str:
    """Return the date, processor, number of cores, system, versions, and how it was measured."""
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    return (
        f"{datetime.now(timezone.utc):%Y-%m-%d}. {_processor()}, {platform.system()}, Python"
        f" {platform.python_version()}, {versions}. {how}{_load()}"
    )


def _load() -> str:
    """Say how busy the machine was: one engine keeps one core busy, the rest is other work."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f" Processes that wanted to run in the last five minutes: {os.getloadavg()[1]:.1f}."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or platform.machine()
    lines = info.read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {len(names)} cores"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them the head, as a Markdown table."""
    head, *body = rows
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *body)]
    return "\n".join(lines)


def speed_table(results: Sequence[Result]) -> str:
    """Return updates a second, and how they compare, as a Markdown table."""
    head = (
        "workload", "nnviz", "tutorial NumPy", "scikit-learn", "PyTorch (its fastest optimiser)",
        "times the best library", "goal", "times tutorial NumPy", "share of the product peak",
    )  # fmt: skip
    return table([head, *(_speed_row(result) for result in results)])


def _speed_row(result: Result) -> tuple[str, ...]:
    medians, workload = result.medians, result.workload
    torch = {name: rate for name, rate in medians.items() if name.startswith(TORCH)}
    fastest = max(torch, key=lambda name: torch[name], default="")
    tutorial = medians.get("tutorial NumPy")
    mark = "" if result.ratio >= workload.goal else " (missed)"
    return (
        f"{workload.key} {workload.title}",
        f"**{medians['nnviz']:,.0f}**",
        _rate(tutorial),
        _rate(medians.get("scikit-learn")),
        f"{torch[fastest]:,.0f} {fastest.removeprefix(TORCH).strip()}" if torch else "–",
        f"**{result.ratio:.1f}**",
        f"{workload.goal:g}{mark}",
        f"{medians['nnviz'] / tutorial:.1f}" if tutorial else "–",
        f"{100 * result.peak_share:.1f} %",
    )


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def playground_lines(results: Sequence[Result]) -> str:
    """Say how nnviz compares with the JavaScript of TensorFlow Playground."""
    return "\n\n".join(
        _playground_line(result.workload.key, result.medians)
        for result in results
        if result.workload.key in PLAYGROUND
    )


def _playground_line(key: str, medians: Mapping[str, float]) -> str:
    known, goal = PLAYGROUND[key]
    rate = medians.get(playground.NAME)
    if rate is None:
        done, how = float(known), "as known from a machine like this; it is not measured here"
    else:
        done, how = rate, f"under node {playground.node_version()}, in turn with the others"
    times = medians["nnviz"] / done
    mark = "" if times >= goal else ", missed"
    return (
        f"{playground.NAME}'s own JavaScript (`nn.ts`, which keeps no record) does {done:,.0f}"
        f" updates a second of {key}, {how}. nnviz does **{times:.1f}** times as many"
        f" (goal {goal:g}{mark})."
    )


def growth_tables(curves: Sequence[Growth]) -> str:
    """Return each curve as a table of two rows."""
    return "\n\n".join(
        table(
            [
                (curve.name, *(f"{size:,}" for size in curve.sizes)),
                (f"µs an {curve.unit}", *(f"{value:,.0f}" for value in curve.microseconds)),
            ]
        )
        for curve in curves
    )


def text(results: Sequence[Result], curves: Sequence[Growth], picture: str) -> str:
    """Return the whole report in Markdown."""
    parts = [
        machine(ENGINES, IN_TURN),
        "Updates a second, the median of the rounds:",
        speed_table(results),
    ]
    parts.append(playground_lines(results))
    if curves:
        parts += [
            "Time of an update of 64-64-64-10 (ReLU, softmax, batch 32, float32), one size changed"
            " at a time:",
            growth_tables(curves),
            "Dotted: in proportion to the size. Where a curve is flatter, calls cost more than"
            " arithmetic.",
            f"![Time of an update against width, depth, rows and batch]({picture})",
        ]
    return "\n\n".join(part for part in parts if part)


def write_between_markers(path: Path, report: str, name: str = "benchmark") -> None:
    """Replace what stands between a report's markers in a Markdown file.

    Parameters
    ----------
    path, report
        Of the file, and what it shall say.
    name
        Which report it is.

    Raises
    ------
    ValueError
        If the file lacks a marker.
    """
    first, last = (marker.format(name=name) for marker in MARKERS)
    before, begin, rest = path.read_text(encoding="utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        raise ValueError(f"{path} has no markers {first} and {last}")
    path.write_text(f"{before}{first}\n\n{report}\n\n{last}{after}", encoding="utf-8")


def as_dict(results: Sequence[Result], curves: Sequence[Growth]) -> dict[str, Any]:
    """Return all figures, ready for JSON."""
    return {
        "machine": machine(ENGINES, IN_TURN),
        "workloads": {
            result.workload.key: {
                "title": result.workload.title,
                "updates_per_second": result.rates,
                "medians": result.medians,
                "best_peer": result.best_peer[0],
                "times_best_peer": result.ratio,
                "goal": result.workload.goal,
                "share_of_product_peak": result.peak_share,
            }
            for result in results
        },
        "growth": {
            curve.name: dict(zip(map(str, curve.sizes), curve.microseconds, strict=True))
            for curve in curves
        },
    }
