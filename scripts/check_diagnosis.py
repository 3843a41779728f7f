"""Trains presets with ten seeds, and writes what diagnosis found into docs/diagnosis.md.

    python scripts/check_diagnosis.py [--seeds 10]

Ends with 1 where a run that learns was told a reason why it does not, or where a preset that fails
on purpose was not told its own, or too late. The test suite does the same with fewer seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nnviz.errors import DivergedError
from nnviz.training.diagnosis import RULES, diagnose
from nnviz.training.evidence import is_behind
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.images import LARGE
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.trainer import Trainer, overflow_is_checked

PAGE = Path(__file__).parents[1] / "docs" / "diagnosis.md"

MARK = "<!-- table -->"
"""What the page has above and below its table."""

LOOKS = 20
"""How often a run is looked at, at even distances."""

EXPECTED = {
    "two-gaussians-published": "rate-too-small",
    "vanishing-gradients": "vanishing-gradients",
    "exploding-gradients": "exploding-gradients",
    "dying-relu": "dead-layer",
    "zero-weights": "equal-neurons",
    "unscaled-inputs": "unscaled-inputs",
    "rate-too-large": "rate-too-large",
    "under-fitting": "under-fitting",
    "over-fitting": "over-fitting",
    "xor-stuck": "stuck",
    "xor-slow": "unfinished",
}
"""The rule that each preset that does not learn ends with."""

OWN_SEED = ("xor-stuck", "xor-slow", "perceptron-xor")
"""Presets that do as they are meant to with their own first weights, or that never learn."""


def look_on(experiment: Experiment, looks: int = LOOKS) -> Iterator[tuple[int, str, float]]:
    """Train; yield epoch, name of the rule that holds or "", and metric, at even distances."""
    trainer = Trainer(experiment)
    history = History(len(trainer.network.layers))
    history.append(trainer.evaluate())
    with overflow_is_checked():
        while True:
            finding = diagnose(history, Inspection(trainer.problem, trainer.snapshot()))
            metric = history.column("train_metric")[-1]
            yield trainer.epoch, finding.rule.name if finding else "", metric
            if trainer.finished or trainer.should_stop:
                return
            epochs = max(1, experiment.training.epochs // looks)
            try:
                history.extend(trainer.advance(trainer.updates_until(epochs)).rows)
            except DivergedError:
                return


def check(key: str, seeds: int) -> tuple[str, bool]:
    """Return a preset's line of the table, and whether all was as it should be."""
    told: Counter[str] = Counter()
    learned, good, latest, asked = 0, True, 0, PRESETS[key].experiment
    runs = [asked] if key in OWN_SEED else [asked.with_seed(seed) for seed in range(seeds)]
    for experiment in runs:
        seen = list(look_on(experiment))
        _, name, metric = seen[-1]
        told[name or "nothing"] += 1
        has = not is_behind(Problem(experiment), metric)  # as good as its data allow
        learned += has
        if key in EXPECTED:
            first = next((epoch for epoch, found, _ in seen if found == name), 0)
            latest = max(latest, first)
            good &= name == EXPECTED[key] and all(found in ("", name) for _, found, _ in seen)
        elif has:
            good &= not any(found for _, found, _ in seen)
    words = ", ".join(f"{name} ({count})" for name, count in told.most_common())
    when = str(latest) if key in EXPECTED else ""
    epochs = asked.training.epochs
    return f"| {key} | {epochs} | {len(runs)} | {learned} | {words} | {when} |", good


def main(arguments: list[str] | None = None) -> int:
    """Check all presets; return 0 if all was as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args(arguments).seeds
    lines = ["| preset | epochs | runs | learn | told at the end | first told by epoch |"]
    lines.append("|---|---|---|---|---|---|")
    bad = []
    # `check_images` is for the large ones.
    for key in (key for key, preset in PRESETS.items() if preset not in LARGE):
        line, good = check(key, seeds)
        print(line, "" if good else "  <-- not as it should be", flush=True)
        lines.append(line)
        bad += [] if good else [key]
    before, _, after = PAGE.read_text(encoding="utf-8").split(MARK)
    PAGE.write_text(
        f"{MARK}\n".join([before, "\n".join(lines) + "\n", after.lstrip("\n")]), "utf-8"
    )
    print(f"{len(RULES)} rules; not as they should be: {', '.join(bad) or 'none'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
