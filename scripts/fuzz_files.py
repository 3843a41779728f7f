"""Open files that were damaged at random: each is read whole or refused in a sentence.

    python scripts/fuzz_files.py [--count 10000] [--seed 0] [--write]

A person's own tables, workbooks, arrays and pictures, projects and experiments, with bits turned,
ends cut off, parts swapped, archives that say what is not so. Nothing may crash, hang, take more
than 1 GB, run what a file says, or change the file. Prints what came of each kind, and what went
wrong with the seed that makes it again; `--write` puts the table into docs/reliability.md. The
test suite does the same with fewer.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import os
import pickle
import random
import signal
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _sound_files import KINDS

from nnviz.datasets.own.build import load_own
from nnviz.datasets.own.proposal import propose
from nnviz.errors import NnvizError
from nnviz.storage.project import read_experiment, read_project
from nnviz.training.reading import parsed, recipe_of

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
MARK = "<!-- damaged files -->"
"""What the page has above and below the table."""

LONGEST_SENTENCE = 1000
MOST_MEMORY, MOST_SECONDS = 2**30, 20
AT_A_TIME = 50
"""Files that one process reads before the next takes its place."""

Outcomes = Counter[tuple[str, str]]
"""How often what came of which kind of file."""


# -------------------------------------------------------------------------------- damaged ones


def _bits(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 100))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _cut(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def _hole(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 4, 64, 512))]


def _swap(rng: random.Random, data: bytearray) -> None:
    size = rng.randrange(1, max(len(data) // 3, 2))
    a, b = rng.randrange(len(data)), rng.randrange(len(data))
    one, other = data[a : a + size], data[b : b + size]
    data[a : a + len(other)], data[b : b + len(one)] = other, one


def _odd(rng: random.Random, data: bytearray) -> None:
    odd = rng.choice(_ODD)
    start = rng.randrange(len(data))
    data[start : start + rng.choice((0, len(odd)))] = odd


def _repeat(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    part = data[start : start + rng.choice((1, 100, 5000))]
    data[start:start] = part * rng.choice((2, 50))


_ODD = (
    *(b"\0" * 64, b"\xff" * 64, b'"' * 3, b"\n\n\n", b"NaN", b"inf", b"1e308,1e309", b"-" * 40),
    *(b"=cmd|' /C calc'!A0", b"<script>", b"{0}{x!r}%s", "\u202ex\u2066".encode(), b"\x1b[2J"),
    *(b"9" * 400, b"../" * 9, b"\xef\xbb\xbf", b"\xff\xfe", b"\x7f\xff\xff\xff", b"1e9999"),
)
"""What stands in the middle of something else."""

_PLACES = ("../../out.txt", "/tmp/out", "C:\\out", "a\0b", "x" * 999)
"""Names of parts that would be written elsewhere, or nowhere."""

_FAULTS = (_bits, _bits, _cut, _hole, _swap, _odd, _repeat)


def _zip_damaged(rng: random.Random, content: bytes) -> bytes:
    """Return an archive whose parts are sound as a zip's, but are not what they should be."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    name, part = rng.choice(parts)
    inner = bytearray(part)
    kind = rng.randrange(7)
    if kind <= 1 and inner:
        rng.choice(_FAULTS)(rng, inner)
    parts = [(n, bytes(inner) if n == name else p) for n, p in parts]
    if kind == 2:
        parts.remove((name, part))
    elif kind == 3:
        parts.append((name, part))  # twice
    elif kind == 4:
        parts.append(
            (rng.choice(("../../out.txt", "/tmp/out", "C:\\out", "a\0b", "x" * 999)), part)
        )
    elif kind == 5:
        parts = [(n, b"\0" * 2**26 if n == name else p) for n, p in parts]  # a bomb
    elif kind == 6:
        other = rng.choice(parts)[1]
        parts = [(n, other if n == name else p) for n, p in parts]
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for n, p in parts:
            info = zipfile.ZipInfo(n)
            info.compress_type = method
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a name is there already
                archive.writestr(info, p)
    return buffer.getvalue()


class _Runs:
    """What a pickle would run when read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self._path),)


def _pickled(kind: str, ran: Path) -> bytes:
    """Return arrays of objects, which whoever unpickles them makes run something."""
    objects, buffer = np.array([_Runs(ran)] * 30, object), io.BytesIO()
    if kind == "NPY":
        np.save(buffer, objects, allow_pickle=True)
    elif kind in ("NPZ", "project"):
        np.savez(buffer, x=objects, y=np.arange(30))
    else:
        buffer.write(pickle.dumps(_Runs(ran)))
    return buffer.getvalue()


def damaged(kind: str, content: bytes, rng: random.Random, ran: Path) -> bytes:
    """Return a file's content with one to three faults; whoever runs it makes the folder `ran`."""
    if rng.random() < 0.02:
        return _pickled(kind, ran)
    if kind in ("Excel", "NPZ", "project") and rng.random() < 0.5:
        return _zip_damaged(rng, content)
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if data:
            rng.choice(_FAULTS)(rng, data)
    return bytes(data)


# ------------------------------------------------------------------------------------- reading


def _read(path: Path, kind: str) -> None:
    if kind == "recipe":
        recipe_of(parsed(path.read_bytes()))
    elif kind == "experiment":
        read_experiment(path)
    elif kind == "project":
        read_project(path)
    else:
        load_own(propose(path).data)


def outcome(kind: str, seed: int, sound: Path) -> str:
    """Damage a sound file in its place, and return what came of reading it; then it is sound again.

    Raises
    ------
    Exception
        If it was neither read nor refused in a sentence.
    """
    rng, ran = random.Random(seed), sound.parent / "ran"
    files = sorted(p for p in sound.rglob("*") if p.is_file()) if sound.is_dir() else [sound]
    if kind == "IDX":
        files = sorted(sound.parent.glob("*ubyte"))
    victim = rng.choice(files)
    content = victim.read_bytes()
    spoiled = damaged(kind, content, rng, ran)
    victim.write_bytes(spoiled)
    load_own.cache_clear()
    try:
        _read(sound, kind)
    except NnvizError as error:
        text = str(error)
        assert len(text) < LONGEST_SENTENCE, f"{len(text)} letters"
        assert text.endswith((".", "?", "”")), text
        assert text.isprintable() or "\n" in text, ascii(text)
        found = "refused"
    else:
        found = "read"
    finally:
        assert hashlib.sha256(victim.read_bytes()).digest() == hashlib.sha256(spoiled).digest()
        assert not ran.exists(), "something in the file was run"
        others = {p.name for p in sound.parent.iterdir()} - {sound.name}
        assert not {name for name in others if "out" in name}, others
        victim.write_bytes(content)
    return found


def fuzz(kind: str, seeds: range) -> tuple[Outcomes, list[tuple[str, int, str]]]:
    """Return how often each outcome was, and what went wrong: kind, seed, what was raised."""
    outcomes: Outcomes = Counter()
    faults = []
    with tempfile.TemporaryDirectory() as name:
        sound = KINDS[kind](Path(name))
        _read(sound, kind)
        for seed in seeds:
            try:
                outcomes[kind, outcome(kind, seed, sound)] += 1
            except Exception as error:  # noqa: BLE001  # it is what is looked for
                faults.append((kind, seed, f"{type(error).__name__}: {str(error)[:300]}"))
    return outcomes, faults


# -------------------------------------------------------------------------------- many of them


def _limit() -> None:
    """Have too much memory or time raise an error."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))

    def stop(*_: object) -> None:
        raise TimeoutError(f"not read after {MOST_SECONDS} s")

    signal.signal(signal.SIGALRM, stop)


def _in_process(task: tuple[str, range]) -> tuple[Outcomes, list[tuple[str, int, str]]]:
    signal.alarm(MOST_SECONDS * 5)
    try:
        return fuzz(*task)
    finally:
        signal.alarm(0)


def _tasks(count: int, seed: int) -> Iterator[tuple[str, range]]:
    each = -(-count // len(KINDS))
    for kind in KINDS:
        for start in range(seed, seed + each, AT_A_TIME):
            yield kind, range(start, min(start + AT_A_TIME, seed + each))


def table(outcomes: Outcomes, faults: list[tuple[str, int, str]]) -> str:
    """Return the outcomes as Markdown."""
    wrong = Counter(kind for kind, *_ in faults)
    lines = ["| kind | damaged | read | refused in a sentence | neither |", "|---|---|---|---|---|"]
    for kind in KINDS:
        read, refused = outcomes[kind, "read"], outcomes[kind, "refused"]
        total = read + refused + wrong[kind]
        lines.append(f"| {kind} | {total:,} | {read:,} | {refused:,} | {wrong[kind]:,} |")
    return "\n".join(lines)


def main() -> int:
    """Do as many as asked for; 1 if there were faults."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    arguments = parser.parse_args()
    outcomes: Outcomes = Counter()
    faults: list[tuple[str, int, str]] = []
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(initializer=_limit, maxtasksperchild=4) as pool:
        tasks = _tasks(arguments.count, arguments.seed)
        for found, wrong in pool.imap_unordered(_in_process, tasks):
            outcomes += found
            faults += wrong
    written = table(outcomes, faults)
    print(written)
    for kind, seed, said in faults:
        print(f"{kind}, seed {seed}: {said}")
    if arguments.write:
        before, _, after = PAGE.read_text(encoding="utf-8").split(MARK)
        PAGE.write_text(f"{before}{MARK}\n{written}\n{MARK}{after}", encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
