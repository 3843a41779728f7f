"""Diagnoses every preset over ten seeds, and writes what was found into docs/diagnosis.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np

from nnviz.errors import DivergedError
from nnviz.training.diagnosis import Finding, diagnose
from nnviz.training.evidence import attainable_metric, MARGIN
from nnviz.training.experiment import Experiment
from nnviz.training.failures import FAILURES
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.trainer import Trainer, overflow_is_checked


def diagnosed(experiment: Experiment, looks: int = 20):
    trainer = Trainer(experiment)
    history = History(len(trainer.network.layers))
    with overflow_is_checked():
        history.append(trainer.evaluate())
        yield 0, diagnose(history, Inspection(trainer.problem, trainer.snapshot())), history
        each = max(1, experiment.training.epochs // looks)
        while not trainer.finished and not trainer.should_stop:
            try:
                history.extend(trainer.advance(trainer.updates_until(each)).rows)
            except DivergedError:
                yield (
                    trainer.epoch,
                    diagnose(history, Inspection(trainer.problem, trainer.snapshot())),
                    history,
                )
                return
            yield (
                trainer.epoch,
                diagnose(history, Inspection(trainer.problem, trainer.snapshot())),
                history,
            )


if __name__ == "__main__":
    import time

    pats = sys.argv[1:]
    for key, p in {**PRESETS, **{f.key: f for f in FAILURES}}.items():
        if pats and not any(x in key for x in pats):
            continue
        if "cnn" in key and not pats:
            continue
        for seed in range(3 if not pats else 10):
            seen = []
            last = None
            worst = 0
            g = diagnosed(p.experiment.with_seed(seed))
            while True:
                t0 = time.perf_counter()
                try:
                    e, f, h = next(g)
                except StopIteration:
                    break
                n = f.rule.name if f else "-"
                if n != last:
                    seen.append(f"{e}:{n}")
                    last = n
            print(f"{key:24s} {seed} metric {h.column('train_metric')[-1]:.3f}", *seen)
            if f and seed == 0:
                print("      ", f)
