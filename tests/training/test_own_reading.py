"""A file that is looked at in another process, and what comes back from there."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from nnviz.datasets.own.proposed import Unread
from nnviz.errors import DataError
from nnviz.training import own_reading
from nnviz.training.messages import Progress, pack, unpack
from nnviz.training.own_reading import ReadRequest, read_aside


def test_arrays_come_over_whole_and_stay_where_they_are():
    given = {"one": np.arange(1000.0).reshape(100, 10), "two": np.arange(7), "word": "größe"}
    blob = pack(given)
    blob.buffer.close()
    came = unpack(blob.name)
    assert not Path(blob.name).exists()
    gc.collect()
    assert came["word"] == "größe"
    for name in ("one", "two"):
        np.testing.assert_array_equal(came[name], given[name])
        assert came[name].ctypes.data % 64 == 0 and not came[name].flags.owndata


@pytest.fixture
def looked(monkeypatch, tmp_path):
    """Look at a text as the other process does, but in this one, whose memory nobody limits."""
    monkeypatch.setattr(own_reading, "_limit_memory", lambda: None)

    def look(text: str, **wanted):
        path = tmp_path / "a.csv"
        path.write_text(text)
        progress = Progress()
        try:
            found = unpack(read_aside((ReadRequest(path, **wanted), progress.name)))
            assert progress.steps[0] > 50 or isinstance(found, Unread)
            return found
        finally:
            progress.close()

    return look


TABLE = "a,b\n" + "".join(f"{i},{i % 5}.5\n" for i in range(20))


def test_a_data_set_comes_with_the_proposal(looked):
    proposal, dataset = looked(TABLE)
    assert dataset.rows == proposal.rows == 20


def test_a_table_that_is_refused_comes_as_it_is_written(looked):
    read = looked("x;y\n1;2\n3\n4;5\n6;7\n")
    assert isinstance(read, Unread)
    assert read.layout.separator == ";"
    assert read.first[:2] == (("1", "2"), ("3",))
    assert "has 1 cells where the others have 2" in str(read.error)


def test_too_little_memory_is_a_sentence(looked, monkeypatch):
    def greedy(*_, **__):
        raise MemoryError

    monkeypatch.setattr(own_reading, "propose", greedy)
    with pytest.raises(DataError, match=r"too little memory to read “a\.csv”"):
        looked(TABLE)
