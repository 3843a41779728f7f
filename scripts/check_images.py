"""Trains the presets for pictures, and writes how good they are into docs/images.md.

    python scripts/check_images.py [--presets mnist-softmax captcha-characters …] [--seeds 10]

On the whole test part: the window's records judge a fixed sample of a large one, and that figure
is in the table too. Presets that are left out keep their lines. Ends with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from nnviz.training import reading_captchas
from nnviz.training.images import CAPTCHA_CHARACTERS, CAPTCHA_LETTERS, CAPTCHA_OTHER_FONT, IMAGES
from nnviz.training.presets import PRESETS
from nnviz.training.trainer import Trainer, overflow_is_checked

PAGE = Path(__file__).parents[1] / "docs" / "images.md"

MARK = "<!-- table -->"
"""What the page has above and below its table."""

GOALS = {
    "mnist-softmax": 0.918,
    "mnist-mlp": 0.966,
    "mnist-cnn": 0.989,
    "captcha-characters": 0.985,
    "captchas, whole": 0.95,
}
"""The least share that is right on the whole test part, whatever the seed."""

WHOLE = {
    CAPTCHA_CHARACTERS.key: {
        "captchas, whole": "found",
        "captchas, whole, places known": "known",
        "captchas, cut into four equal parts": "equal_parts",
    },
    CAPTCHA_LETTERS.key: {"captchas, whole, of 16 characters": "found"},
    CAPTCHA_OTHER_FONT.key: {"captchas, whole, a font never seen": "found"},
}
"""What is measured of whole captchas, by preset, and in which way they are read."""

HEAD = ("what is read", "seeds", "least", "mean", "most", "goal", "judged rows", "minutes")


def trained(key: str, seed: int) -> Trainer:
    """Return a preset's trainer after its last epoch."""
    trainer = Trainer(PRESETS[key].experiment.change("training", seed=seed))
    with overflow_is_checked():
        while not trainer.finished:
            trainer.advance(trainer.updates_until(1))
    return trainer


def shares(key: str, seed: int) -> Iterator[tuple[str, float, str, float]]:
    """Train; yield what was measured, the share that is right, the judged share, and the minutes.

    Both of the last only of what the training part's windows and pictures are.
    """
    start = time.perf_counter()
    trainer = trained(key, seed)
    minutes = (time.perf_counter() - start) / 60
    problem, part = trainer.problem, trainer.problem.test
    assert part is not None
    outputs = trainer.network.predict(part.inputs.array()[:, :-1])
    right = float((problem.decide(outputs) == problem.labels[part.index]).mean())
    yield key, right, f"{trainer.evaluate().test_metric:.4f}", minutes
    whole = reading_captchas.shares(problem, trainer.network.parameters)
    for name, way in WHOLE.get(key, {}).items():
        assert whole is not None
        yield name, whole[way], "", 0.0


def line(name: str, runs: Sequence[tuple[float, str, float]]) -> str:
    """Return a line of the table: what the seeds so far came to."""
    right = [share for share, _, _ in runs]
    spread = " | ".join(f"{f(right):.4f}" for f in (min, np.mean, max))
    minutes = np.median([minutes for *_, minutes in runs])
    told = f"{GOALS.get(name, '')} | {runs[0][1]} | {f'{minutes:.1f}' if minutes else ''}"
    return f"| {name} | {len(runs)} | {spread} | {told} |"


def write(new: dict[str, str]) -> None:
    """Put lines into the page, by what they are of; others stay."""
    before, table, after = PAGE.read_text(encoding="utf-8").split(MARK)
    kept = {line.split("|")[1].strip(): line for line in table.strip().splitlines()[2:]}
    rows = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|", *(kept | new).values()]
    PAGE.write_text(f"{before}{MARK}\n" + "\n".join(rows) + f"\n{MARK}{after}", "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Measure, and put the lines into the page after each seed; return 0 if no goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    keys = [preset.key for preset in (*IMAGES, CAPTCHA_LETTERS, CAPTCHA_OTHER_FONT)]
    parser.add_argument("--presets", nargs="+", choices=keys, default=keys)
    parser.add_argument("--seeds", type=int, default=10)
    asked = parser.parse_args(arguments)
    found: defaultdict[str, list[tuple[float, str, float]]] = defaultdict(list)
    for key, seed in itertools.product(asked.presets, range(asked.seeds)):
        for name, *figures in shares(key, seed):
            print(name, seed, *figures, flush=True)
            found[name].append(tuple(figures))  # type: ignore[arg-type]  # as `shares` says
        write({name: line(name, runs) for name, runs in found.items()})
    missed = [
        name
        for name, runs in found.items()
        if min(share for share, *_ in runs) < GOALS.get(name, 0)
    ]
    print(f"Goals missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
