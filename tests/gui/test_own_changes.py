"""A person's own file that changes or goes away while a window shows what was in it."""

from __future__ import annotations

import shutil

import pytest

from nnviz.datasets.own import build
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.kept import private_folder
from nnviz.datasets.own.proposal import propose
from nnviz.training.choices import refusal_of, starting_point
from nnviz.training.problem import dataset_of

TABLE = "area,city,price\n" + "".join(f"{i * 7 % 30},{'ab'[i % 2]},{i % 9}.5\n" for i in range(40))


@pytest.fixture
def opened(window, tmp_path, monkeypatch):
    """A window with a table open that is too large to be kept, and the table's path."""
    monkeypatch.setattr("nnviz.storage.own_files.GOES_ALONG", 0)
    shutil.rmtree(private_folder(), ignore_errors=True)
    path = tmp_path / "houses.csv"
    path.write_text(TABLE)
    assert window.store.propose(starting_point(OWN, propose(path).data))
    return path


def forget():
    for cached in (load_own, dataset_of):
        cached.cache_clear()


def test_what_is_open_does_not_need_its_file(window, opened):
    opened.write_text("something else")
    forget()
    experiment = window.store.experiment
    assert refusal_of(experiment) is None
    assert window.store.propose(experiment.change("training", learning_rate=0.2))
    assert window.recording.problem.dataset.rows == 40


def test_undo_waits_for_a_file_that_is_another(window, opened):
    experiment, refused = window.store.experiment, []
    window.commands.open_sample("iris")
    opened.write_text("something else")
    build._alive.clear()  # as where nothing shows it any more
    forget()
    window.store.refused.connect(refused.append)
    window.commands.undo()
    assert "no longer what it was" in str(refused[0])
    assert window.store.experiment.data.sample == "iris"
    assert "no longer what it was" in str(refusal_of(experiment))
    opened.write_text(TABLE)
    window.commands.undo()
    assert window.store.experiment == experiment


def test_training_says_that_the_file_is_another(window, opened, qtbot):
    opened.write_text("something else")
    failed = []
    window.session.failed.connect(lambda error, details: failed.append((str(error), details)))
    window.session.train()
    qtbot.waitUntil(lambda: bool(failed), timeout=20000)
    assert "no longer what it was" in failed[0][0]
    assert failed[0][1] == ""
    assert window.store.experiment.data.sample == OWN
