"""Files damaged at random are read whole or refused in a sentence, and run and change nothing."""

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
KINDS = (
    *("CSV", "CSV, gzip", "CSV, UTF-16", "Orange", "Excel", "NPZ", "NPY", "IDX", "pictures"),
    *("project", "experiment", "recipe"),
)


@pytest.fixture
def fuzz_files(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("fuzz_files")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(kind: str, fuzz_files) -> None:
    outcomes, faults = fuzz_files.fuzz(kind, range(25))
    assert not faults
    assert outcomes.total() == 25


def test_every_kind_is_damaged(fuzz_files) -> None:
    assert tuple(fuzz_files.KINDS) == KINDS
