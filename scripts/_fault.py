"""What a fault of scripts/faults.py is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A line that is wrong.

    Parameters
    ----------
    name
        Stable, for ``--only``.
    sentence
        What a person would see.
    file
        Where, from the root.
    line
        What stands there: a part of one line, once in the file.
    wrong
        What stands there instead.
    tests
        Files of tests that should catch it, those of tests/gui that are nearest first.
    """

    name: str
    sentence: str
    file: str
    line: str
    wrong: str
    tests: tuple[str, ...]
