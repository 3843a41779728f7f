"""What was measured of the window, as text for the terminal and for docs/performance.md."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.live import PAUSES, Live, LiveResult, Variant
from benchmarks.live_workloads import TESTED_ROWS, TRAINED_ROWS
from benchmarks.report import machine, table

PACKAGES = ("numpy", "PySide6-Essentials", "pyqtgraph")
SHARE_GOAL, PAUSE_GOAL, OPENING_GOAL = 0.9, 50.0, 500.0
"""Share of the speed alone; milliseconds; milliseconds."""

STARTUP_GOALS = {"painted": 1.4, "ready": 1.7}
"""Times as long as a bare window takes, by what is waited for."""

REDRAW_GOALS = {False: 60.0, True: 10.0}
"""Redraws a second of a panel that is a picture, and of one that is read."""

_AS_GOOD = 0.95
"""Share of such a goal that counts as reached: a frame more or less is chance."""

MEMORY_GOALS = {"small": {"window": 100.0, "training": 100.0}, "mnist": {"training": 150.0}}
"""Megabytes that a run may add, by what is trained and the process."""


def text(live: Live) -> str:
    """Return the whole report in Markdown."""
    parts = [machine(PACKAGES, _how(live))]
    if live.results:
        parts += _training(live.results)
    if live.variants:
        parts += ["Other places to train in:", variants_table(live.results, live.variants)]
    if live.startup:
        parts += ["Start-up, from the process' start to what can be seen:", startup_table(live)]
    if live.opening:
        parts += ["Opening a preset of pictures, in milliseconds from the click:"]
        parts += [opening_table(live.opening)]
    if live.memory:
        small, mnist = live.memory["small"], live.memory["mnist"]
        parts += [
            f"Memory, before training and after {small['epochs']:,} epochs of T8, and after"
            f" {mnist['epochs']:,} of MNIST:",
            memory_table(live.memory), _memory_sentence(small),
        ]  # fmt: skip
    return "\n\n".join(parts)


def _training(results: Sequence[LiveResult]) -> list[str]:
    return [
        _sight(results),
        "Training, updates a second:",
        speed_table(results),
        "Time from one frame to the next, in milliseconds:",
        frame_table(results),
        "How soon the window answers while it trains, in milliseconds:",
        answer_table(results),
        "Redraws of each panel a second (goal: pictures and curves"
        f" {REDRAW_GOALS[False]:.0f}, what is read {REDRAW_GOALS[True]:.0f}), and the CPU"
        " milliseconds for showing a frame while it trains + for painting it:",
        panel_table(results),
        _missed_redraws(results),
        _rest(results),
    ]


def _how(live: Live) -> str:
    if not live.results:
        return ""
    rounds = max(len(result.rounds) for result in live.results)
    others = max(result.others for result in live.results)
    return (
        f"{rounds} rounds of {live.seconds:g} s in the window, between as many seconds alone;"
        f" medians of the rounds. While it trained alone, other programs took {others:.0%} of the"
        " machine."
    )


def _sight(results: Sequence[LiveResult]) -> str:
    """Say how many panels could be seen, and which could not."""
    seen: set[str] = set.intersection(
        *(set(r["panels"]["seen"]) for w in results for r in w.rounds)
    )
    every = results[0].rounds[0]["panels"]["all"]
    missing = ", ".join(key for key in every if key not in seen)
    return (
        f"Window of 1900×1100 pixels ({results[0].rounds[0]['platform']}), {len(seen)} of"
        f" {len(every)} panels in sight{f', but not {missing}' if missing else ''}. The large set"
        f" has MNIST's shape but fewer rows: {TRAINED_ROWS:,} to train with, {TESTED_ROWS:,} to"
        " test."
    )


def speed_table(results: Sequence[LiveResult]) -> str:
    """Return training alone and in the window."""
    head = (
        "workload", "alone", "in the window", "epochs a second there", "share", "goal",
        "had of a core: alone, in the window", "share by processor time",
    )  # fmt: skip
    return table([head, *map(_speed_row, results)])


def _speed_row(result: LiveResult) -> tuple[str, ...]:
    window = result.figure("updates_per_second")
    epochs = window / result.workload.updates_per_epoch()
    return (
        f"{result.workload.key}: {result.workload.title}",
        f"{result.alone:,.0f}",
        f"**{window:,.0f}**",
        f"{epochs:,.0f}" if epochs > 100 else f"{epochs:.2g}",
        f"**{result.ratio:.0%}**",
        f"≥ {SHARE_GOAL:.0%}{_missed(result.ratio >= SHARE_GOAL)}",
        f"{result.core_alone:.0%}, {result.figure('core'):.0%}",
        f"{result.ratio_by_core:.0%}",
    )


def frame_table(results: Sequence[LiveResult]) -> str:
    """Return how evenly frames come."""
    head = (
        "workload", "frames a second", "each panel drawn, a second", "median", "95 of 100",
        "99 of 100", "goal", "longest", "the window's thread computes",
    )  # fmt: skip
    return table([head, *map(_frame_row, results)])


def _frame_row(result: LiveResult) -> tuple[str, ...]:
    p99, goal = result.figure("frame_milliseconds", "p99"), result.workload.frame_goal
    drawn = [result.figure("redraws", key) for key in result.rounds[0]["panels"]["seen"]]
    return (
        result.workload.key,
        f"{result.figure('frames_per_second'):.1f}",
        f"{min(drawn):.0f} to {max(drawn):.0f}",
        *(f"{result.figure('frame_milliseconds', name):.1f}" for name in ("p50", "p95")),
        f"**{p99:.1f}**",
        f"≤ {goal:.0f}{_missed(p99 <= goal)}",
        f"{result.longest('frame_milliseconds', 'max'):.0f}",
        f"{result.figure('busy'):.0%} of the time",
    )


def answer_table(results: Sequence[LiveResult]) -> str:
    """Return how soon clicks and events are answered."""
    head = (
        "workload", "Pause to paused, median", "99 of 100", "goal", "queued event to slot, median",
        "99 of 100", "5 ms timer late, 99 of 100", "longest block of the event loop",
    )  # fmt: skip
    return table([head, *map(_answer_row, results)])


def _answer_row(result: LiveResult) -> tuple[str, ...]:
    p50, p99 = np.percentile(result.pauses, (50, 99)).tolist()
    return (
        result.workload.key,
        f"{p50:.1f}",
        f"**{p99:.1f}**",
        f"≤ {PAUSE_GOAL:.0f}{_missed(p99 <= PAUSE_GOAL)}",
        f"{result.figure('event_waited', 'p50'):.2f}",
        f"{result.figure('event_waited', 'p99'):.1f}",
        f"{result.figure('beat_late', 'p99'):.1f}",
        f"{result.longest('beat_late', 'max'):.0f}",
    )


def panel_table(results: Sequence[LiveResult]) -> str:
    """Return how often each panel is drawn, and what that costs."""
    keys = results[0].rounds[0]["panels"]["all"]
    rows = [
        (key, f"{_redraw_goal(results[0], key):.0f}", *(_panel_cell(one, key) for one in results))
        for key in keys
    ]
    return table([("panel", "goal", *(result.workload.key for result in results)), *rows])


def _redraw_goal(result: LiveResult, key: str) -> float:
    return REDRAW_GOALS[key in result.rounds[0]["panels"]["read"]]


def _reaches(result: LiveResult, key: str) -> bool:
    return result.figure("redraws", key) >= _AS_GOOD * _redraw_goal(result, key)


def _panel_cell(result: LiveResult, key: str) -> str:
    return (
        f"{result.figure('redraws', key):.0f}{_missed(_reaches(result, key))}:"
        f" {result.figure('redraw_milliseconds', key):.2f}"
        f" + {result.figure('costs', key, 'paint'):.2f}"
    )


def _missed_redraws(results: Sequence[LiveResult]) -> str:
    """Say which panels were drawn less often than they should be, and what pictures cost."""
    told = []
    for result in results:
        seen, read = (result.rounds[0]["panels"][name] for name in ("seen", "read"))
        missed = [key for key in seen if not _reaches(result, key)]
        costs = (
            result.figure("redraw_milliseconds", key) + result.figure("costs", key, "paint")
            for key in seen
            if key not in read
        )
        told.append(
            f"{result.workload.key}: {', '.join(missed) or 'none'}"
            f" (pictures and curves cost {sum(costs):.1f} ms a frame)"
        )
    return f"Drawn less often than the goal: {'; '.join(told)}."


def _rest(results: Sequence[LiveResult]) -> str:
    busy = max(result.longest("rest", "busy") for result in results)
    redraws = max(result.longest("rest", "redraws_per_second") for result in results)
    return (
        f"Paused, with nothing to show, the window's thread computes {busy:.1%} of the time and"
        f" redraws {redraws:.0f} panels a second. Pause was clicked {PAUSES} times a workload at"
        " random moments; times count from when the click was due, the wait for the interpreter's"
        " lock included."
    )


def variants_table(results: Sequence[LiveResult], variants: Sequence[Variant]) -> str:
    """Return what training elsewhere than in a process with one BLAS thread does."""
    head = (
        "workload", "trained in", "updates a second", "share of alone", "frames a second",
        "frame, 99 of 100", "queued event, 99 of 100",
    )  # fmt: skip
    keys = {variant.result.workload.key for variant in variants}
    known = [Variant("process", 1, result) for result in results if result.workload.key in keys]
    order = sorted((*known, *variants), key=lambda v: list(_ORDER).index(v.result.workload.key))
    return table([head, *map(_variant_row, order)])


_ORDER = ("small", "middle", "large")


def _variant_row(variant: Variant) -> tuple[str, ...]:
    result = variant.result
    rate = result.figure("updates_per_second")
    threads = "one BLAS thread" if variant.blas == 1 else f"{variant.blas} BLAS threads"
    where = "a process" if variant.place == "process" else "a thread of the window's process"
    return (
        result.workload.key,
        f"{where}, {threads}",
        f"{rate:,.0f}",
        f"**{result.ratio:.0%}**",
        f"{result.figure('frames_per_second'):.1f}",
        f"{result.figure('frame_milliseconds', 'p99'):.1f}",
        f"{result.figure('event_waited', 'p99'):.1f}",
    )


def startup_table(live: Live) -> str:
    """Return how long a window takes to be seen."""
    titles = {
        "bare": "bare PySide6 window with one pyqtgraph plot, painted",
        "painted": "nnviz, window painted",
        "ready": "nnviz, all panels in sight painted too",
    }
    bare = statistics.median(live.startup["bare"])
    rows = []
    for key, title in titles.items():
        times = live.startup[key]
        ratio = statistics.median(times) / bare
        most = STARTUP_GOALS.get(key)
        goal = "" if most is None else f"≤ {most:g}{_missed(ratio <= most)}"
        rows.append(
            (title, f"{statistics.median(times):.2f}", f"{min(times):.2f} to {max(times):.2f}",
             f"**{ratio:.2f}**", goal)
        )  # fmt: skip
    return table([("seconds", "median", "range", "times the bare window", "goal"), *rows])


def opening_table(opening: dict[str, list[dict[str, float]]]) -> str:
    """Return how soon a preset can be seen, and what keeps the window waiting meanwhile."""
    head = "preset", "painted", "goal", "with all figures", "longest block of the event loop"
    rows = []
    for key, turns in opening.items():
        painted, exact, blocked = (
            statistics.median(turn[name] for turn in turns)
            for name in ("painted", "exact", "blocked")
        )
        goal = f"≤ {OPENING_GOAL:.0f}{_missed(painted <= OPENING_GOAL)}"
        rows.append((key, f"**{painted:.0f}**", goal, f"{exact:.0f}", f"{blocked:.0f}"))
    return table([head, *rows])


def memory_table(memory: dict[str, dict[str, Any]]) -> str:
    """Return the megabytes each process holds."""
    rows = []
    for key, goals in MEMORY_GOALS.items():
        for process, most in goals.items():
            before, after = (memory[key][when][process] for when in ("before", "after"))
            goal = f"≤ {most:.0f}{_missed(after - before <= most)}"
            figures = f"{before:.0f}", f"{after:.0f}", f"**{after - before:.0f}**"
            rows.append((f"{process}, {key}", *figures, goal))
    return table([("process, MB", "before", "after", "more", "goal"), *rows])


def _memory_sentence(memory: dict[str, Any]) -> str:
    frames, costs = memory["frame_milliseconds"], memory["costs"].values()
    return (
        f"That took {memory['seconds']:.0f} s. The last {frames['count']} frames of the run came"
        f" {frames['p50']:.1f} ms (median) and {frames['p99']:.1f} ms (99 of 100) after one"
        f" another; showing one to all panels took {memory['redraw_milliseconds']:.1f} ms of CPU"
        f" time, painting all {sum(cost['paint'] for cost in costs):.1f} ms."
    )


def _missed(reached: bool) -> str:
    return "" if reached else " (missed)"


def as_dict(live: Live) -> dict[str, Any]:
    """Return all figures, ready for JSON."""
    return {
        "machine": machine(PACKAGES, _how(live)),
        "workloads": {result.workload.key: _result_dict(result) for result in live.results},
        "variants": [
            {"place": v.place, "blas": v.blas, "workload": v.result.workload.key}
            | _result_dict(v.result)
            for v in live.variants
        ],
        "startup": live.startup,
        "opening": live.opening,
        "memory": live.memory,
    }


def _result_dict(result: LiveResult) -> dict[str, Any]:
    return {
        "title": result.workload.title,
        "updates_per_epoch": result.workload.updates_per_epoch(),
        "share": result.ratio,
        "headless": result.headless,
        "rounds": result.rounds,
    }
