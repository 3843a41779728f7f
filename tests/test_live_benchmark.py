"""scripts/benchmark.py live: what it concludes from its figures, and that it still can measure."""

from __future__ import annotations

import dataclasses
import importlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"

Import = Callable[[str], ModuleType]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Import:
    """Return what imports a module of the benchmark."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def run_child(part: Import, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Return what measures in a process of its own, however busy the machine is."""
    children = part("children")
    monkeypatch.setattr(children, "CALM_WITHIN", 0.0)
    found: Callable[..., dict[str, Any]] = children.run_child
    return found


def _times(p99: float) -> dict[str, float]:
    return {"p50": 1.0, "p95": 2.0, "p99": p99, "max": 90.0, "count": 100}


def _round(rate: float, p99: float, seen: list[str], drawn: float = 60.0) -> dict[str, Any]:
    """Return what a round in the window might find; the network is drawn so often."""
    every, often = ["network", "loss", "walk"], {"network": drawn, "loss": 59.0, "walk": 10.0}
    return {
        "platform": "offscreen",
        "panels": {"seen": seen, "all": every, "read": ["walk"]},
        "updates_per_second": rate,
        "core": 1.0,
        "frames_per_second": 60.0,
        "frame_milliseconds": _times(p99),
        "busy": 0.5,
        "beat_late": _times(3.0),
        "event_waited": _times(4.0),
        "redraws": often,
        "redraw_milliseconds": dict.fromkeys(every, 0.5),
        "costs": {key: {"show": 0.5, "paint": 1.5} for key in every},
        "pause_took": [20.0, 30.0],
        "rest": {"busy": 0.0, "redraws_per_second": 0.0},
    }


def _result(part: Import, *rounds: dict[str, Any], alone: tuple[float, ...]) -> Any:
    workload = part("live_workloads").LIVE_WORKLOADS["small"]
    headless = [{"updates_per_second": rate, "core": 1.0, "others": 0.0} for rate in alone]
    return part("live").LiveResult(workload, headless, list(rounds))


def test_a_round_is_compared_with_the_training_alone_before_and_after_it(part: Import) -> None:
    rounds = [_round(rate, 17.0, ["network", "loss"]) for rate in (90.0, 50.0, 190.0)]
    result = _result(part, *rounds, alone=(90.0, 110.0, 90.0, 290.0))
    # 90 of 100, 50 of 100, and 190 of 190: the median is the first.
    assert result.ratio == pytest.approx(0.9)


def test_the_report_says_which_goals_were_missed_and_which_panels_were_not_seen(
    part: Import,
) -> None:
    live, report = part("live"), part("live_report")
    every = ["network", "loss", "walk"]
    good = _result(part, _round(95.0, 17.0, every), alone=(100.0, 100.0))
    bad = _result(part, _round(50.0, 21.0, ["network", "walk"], 30.0), alone=(100.0, 100.0))
    text = report.text(live.Live(1.0, [good]))
    assert "missed" not in text
    assert "Drawn less often than the goal: small: none (" in text
    text = report.text(live.Live(1.0, [bad]))
    assert text.count("(missed)") == 3  # the share, the frames, and the network
    assert "| network | 60 | 30 (missed): 0.50 + 1.50 |" in text
    assert "Drawn less often than the goal: small: network (pictures and curves cost 2.0 ms" in text
    assert "(offscreen), 2 of 3 panels in sight, but not loss." in text


def test_memory_grows_by_the_line_through_what_was_seen_of_it(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    looks = [(at / 6, {"window": 200.0 + 0.5 * at / 6 + (-1) ** at}) for at in range(61)]
    assert importlib.import_module("soak").slope(looks, "window") == pytest.approx(0.5, abs=0.1)


def test_the_fastest_workload_trains_on_after_the_epochs_that_can_be_asked_for(
    part: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    workloads, headless = part("live_workloads").LIVE_WORKLOADS, part("headless")
    small = workloads["small"]
    short = dataclasses.replace(small, experiment=small.experiment.change("training", epochs=10))
    seen: list[int] = []
    monkeypatch.setattr(headless.UpdateClock, "note", lambda self, updates: seen.append(updates))
    headless.train_alone(short, 0.0, 0.05)
    assert seen[-1] > 20


@pytest.mark.skipif(sys.platform == "win32", reason="one end of its pipes cannot be copied there")
def test_the_window_is_watched_while_a_thread_of_its_own_process_trains(
    run_child: Callable[..., dict[str, Any]],
) -> None:
    found = run_child("live_child", {**WATCHED, "place": "thread", "pauses": 0}, 120.0)
    assert found["updates_per_second"] > 0
    assert found["frame_milliseconds"]["count"] > 0


def test_a_start_is_compared_with_the_bare_window(part: Import) -> None:
    starts = {"bare": [0.4, 0.5, 0.6], "painted": [0.7, 0.8, 0.9], "ready": [2.0, 2.0, 2.0]}
    text = part("live_report").startup_table(part("live").Live(1.0, startup=starts))
    assert "**1.60** | ≤ 1.4 (missed)" in text


def test_where_no_frame_came_the_goal_is_missed(part: Import) -> None:
    assert part("observers").percentiles([])["p99"] == math.inf


def test_updates_are_counted_between_the_first_and_the_last_that_were_seen(part: Import) -> None:
    clock = part("headless").UpdateClock([(10, 1.0), (40, 2.0), (70, 3.0)])
    assert clock.rate == 30.0
    assert part("headless").UpdateClock([(10, 1.0)]).rate == 0.0


def test_what_other_programs_take_is_what_is_busy_besides_ours(part: Import) -> None:
    usage = part("others").Usage
    assert usage(10.0, 20.0, 1.0).others_until(usage(16.0, 40.0, 3.0)) == pytest.approx(0.2)


def test_each_report_is_written_between_its_own_markers(part: Import, tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("a <!-- live: begin --> old <!-- live: end --> z", encoding="utf-8")
    part("report").write_between_markers(document, "new", "live")
    expected = "a <!-- live: begin -->\n\nnew\n\n<!-- live: end --> z"
    assert document.read_text(encoding="utf-8") == expected
    with pytest.raises(ValueError, match="benchmark: begin"):
        part("report").write_between_markers(document, "new")


def test_a_child_that_fails_says_why(part: Import, run_child: Callable[..., Any]) -> None:
    with pytest.raises(part("children").ChildError, match="KeyError: 'tiny'"):
        run_child("live_child", {"kind": "headless", "workload": "tiny"}, 60.0)


def test_a_child_that_takes_too_long_is_ended(part: Import, run_child: Callable[..., Any]) -> None:
    task = {"kind": "headless", "workload": "small", "warm_up": 0.0, "seconds": 600.0}
    with pytest.raises(part("children").ChildError, match="longer than 2 s"):
        run_child("live_child", task, 2.0)


WATCHED = {
    "kind": "window", "workload": "small", "warm_up": 0.2, "seconds": 0.5, "training_blas": 1,
}  # fmt: skip


def test_the_window_is_watched_with_every_panel_in_sight(
    run_child: Callable[..., dict[str, Any]],
) -> None:
    found = run_child("live_child", {**WATCHED, "place": "process", "pauses": 2}, 120.0)
    assert sorted(found["panels"]["seen"]) == sorted(found["panels"]["all"])
    assert found["updates_per_second"] > 0
    assert found["frame_milliseconds"]["count"] > 0
    assert len(found["pause_took"]) == 2
    assert set(found["costs"]) == set(found["panels"]["all"])


def test_a_start_is_painted_before_its_panels_are(
    run_child: Callable[..., dict[str, Any]],
) -> None:
    bare = run_child("startup_child", {"what": "bare"}, 120.0)
    nnviz = run_child("startup_child", {"what": "nnviz"}, 120.0)
    assert bare["painted"] > 0
    assert 0 < nnviz["painted"] < nnviz["ready"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux tells this way")
def test_memory_is_told_of_both_processes(run_child: Callable[..., dict[str, Any]]) -> None:
    found = run_child("live_child", {"kind": "memory", "workload": "small", "epochs": 2000}, 120.0)
    assert found["after"]["window"] > 0
    assert found["after"]["training"] > 0
