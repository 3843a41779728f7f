"""Runs in files: what is read is what was written, and anything else is refused in a sentence."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from nnviz.engine.layers import Dense, Dropout
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.errors import NnvizError
from nnviz.storage.project import KeptRun, Project, read_project, read_summary, write_project
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun
from nnviz.training.trainer import Trainer, overflow_is_checked


def trained(experiment, updates=40):
    """Return a run of so many updates."""
    trainer = Trainer(experiment, checkpoints_room=12)
    history, kept = History(len(trainer.network.layers)), Checkpoints(12)
    with overflow_is_checked():
        history.append(trainer.evaluate())
        kept.add(trainer.checkpoint())
        history.extend(trainer.advance(updates).rows)
    for checkpoint in trainer.checkpoint_queue.take():
        kept.add(checkpoint)
    return RecordedRun.of(experiment, history, kept, trainer.snapshot())


def project_of(run):
    return Project(run.experiment, run)


def gone_on(run, updates=6):
    """Return the parameters that training comes to from there."""
    trainer = Trainer(run.experiment)
    trainer.resume(run.checkpoints[-1])
    if trainer.finished or trainer.should_stop:
        trainer.extend()
    with overflow_is_checked():
        trainer.advance(updates)
    return trainer.network.parameters


def chancy(**training):
    """Return an experiment with all that a checkpoint can have."""
    return Experiment(
        DataChoice("moons", validation_fraction=0.2, test_fraction=0.2),
        NetworkChoice((Dense(5, "tanh"), Dropout(0.3), Dense(1, "sigmoid")), dtype="float32"),
        TrainingChoice("binary_crossentropy", batch_size=50, **training),
    )


def full_project():
    """Return a project with all that one can have."""
    run = trained(chancy(**WAITS))
    kept = (
        KeptRun(0, "", run.experiment, run.history.copy()),
        KeptRun(3, "mine", run.experiment, run.history.copy(), 2),
    )
    return Project(run.experiment, run, kept, b"docks", {"loss": {"log": True}}, "/home/a.nnviz")


WAITS = {"stop_when": "validation_loss_rises", "stop_value": 4, "schedule": "plateau"}


@pytest.mark.parametrize(
    "experiment",
    [
        *(chancy(optimizer=name) for name in OPTIMIZERS),
        chancy(**WAITS),
        PRESETS["xor-2-4-1"].experiment,
        PRESETS["letters-abc"].experiment,
        PRESETS["digits-cnn"].experiment,
    ],
    ids=lambda experiment: f"{experiment.data.sample}-{experiment.training.optimizer}",
)
def test_a_run_taken_up_goes_on_to_the_last_bit(tmp_path, experiment):
    run = trained(experiment, 3 if experiment.data.sample == "digits" else 40)
    write_project(tmp_path / "a.nnviz", project_of(run))
    back = read_project(tmp_path / "a.nnviz").run
    assert back.experiment == experiment
    assert read_summary(tmp_path / "a.nnviz").epochs == back.epochs == run.epochs
    np.testing.assert_array_equal(back.history.rows(), run.history.rows())
    np.testing.assert_array_equal(back.result.parameters, run.result.parameters)
    assert [one.epoch for one in back.checkpoints] == [one.epoch for one in run.checkpoints]
    np.testing.assert_array_equal(gone_on(back), gone_on(run))


def test_a_run_that_went_back_to_its_best_epoch_says_so_afterwards(tmp_path):
    run = trained(chancy(**{**WAITS, "stop_value": 1, "learning_rate": 5.0}), 400)
    assert run.result.went_back
    write_project(tmp_path / "a.nnviz", project_of(run))
    back = read_project(tmp_path / "a.nnviz").run.result
    assert (back.epoch, back.updates, back.trained) == (
        run.result.epoch,
        run.result.updates,
        run.result.trained,
    )


def test_any_program_that_knows_numpy_reads_the_arrays(tmp_path):
    run = trained(PRESETS["xor-2-4-1"].experiment)
    write_project(tmp_path / "a.nnviz", project_of(run))
    with np.load(tmp_path / "a.nnviz") as arrays:
        np.testing.assert_array_equal(arrays["parameters"][-1], run.checkpoints[-1].parameters)


# ------------------------------------------------------------------------------- what is refused


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "a.nnviz"
    write_project(path, full_project())
    return path.read_bytes()


def changed(written, path, change):
    """Write the file again with its parts changed; return the path."""
    with zipfile.ZipFile(io.BytesIO(written)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in change(parts).items():
            new.writestr(name, data)
    return path


def with_array(name, change):
    def do(parts):
        array = change(np.load(io.BytesIO(parts[f"{name}.npy"])).copy())
        buffer = io.BytesIO()
        np.save(buffer, array)
        return {**parts, f"{name}.npy": buffer.getvalue()}

    return do


def about(**values):
    def do(parts):
        told = {**json.loads(parts["experiment.json"]), **values}
        return {**parts, "experiment.json": json.dumps(told)}

    return do


def swapped_epochs(moments):
    return moments[::-1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda parts: {k: v for k, v in parts.items() if k != "rules.npy"}, "rules"),
        (lambda parts: {k: v for k, v in parts.items() if k != "experiment.json"}, "experiment"),
        (with_array("parameters", lambda array: array[:, :-1]), "parameters"),
        (with_array("parameters", lambda array: array.astype(float)), "float64"),
        (with_array("parameters", lambda array: array[:-1]), "moments are not whole"),
        (with_array("moments", swapped_epochs), "epochs are not in order"),
        (with_array("history", lambda rows: rows[:-1]), "epochs are not in order"),
        (with_array("order", lambda order: order * 0), "leaves some out"),
        (lambda parts: {**parts, "order.npy": parts["order.npy"][:-3]}, "order.npy"),
        (about(version=4), "later nnviz"),
        (about(version="1"), "does not say"),
        (about(experiment={"data": {"sample": "nothing"}}), "required field"),
    ],
)
def test_what_nnviz_did_not_write_is_refused_with_a_reason(written, tmp_path, change, told):
    path = changed(written, tmp_path / "b.nnviz", change)
    with pytest.raises(NnvizError, match=told):
        read_project(path)


def test_objects_and_compressed_parts_are_refused(written, tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], object), allow_pickle=True)
    path = changed(
        written, tmp_path / "b.nnviz", lambda parts: {**parts, "rules.npy": buffer.getvalue()}
    )
    with pytest.raises(NnvizError, match="not what it says"):
        read_project(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("experiment.json", "0" * 100_000)
    with pytest.raises(NnvizError, match="not as nnviz writes"):
        read_summary(path)


@pytest.mark.parametrize("seed", range(60))
def test_damage_is_found_or_does_no_harm(written, tmp_path, seed):
    chance, data = random.Random(seed), bytearray(written)
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    for _ in range(chance.randrange(1, 4)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path = tmp_path / "b.nnviz"
    path.write_bytes(data)
    try:
        read_project(path)
    except NnvizError as error:
        assert str(error)


SAVES = """
import sys
from pathlib import Path
from nnviz.storage.project import read_project, write_project
runs = [read_project(Path(name)) for name in sys.argv[2:]]
print("ready", flush=True)
while True:
    for run in runs:
        write_project(Path(sys.argv[1]), run)
"""


def test_a_process_killed_while_it_saves_leaves_a_whole_file(tmp_path):
    sources = [tmp_path / "1.nnviz", tmp_path / "2.nnviz"]
    runs = [trained(PRESETS["xor-2-4-1"].experiment, updates) for updates in (5, 900)]
    for run, path in zip(runs, sources, strict=True):
        write_project(path, project_of(run))
    target, chance = tmp_path / "saved" / "run.nnviz", random.Random(4)
    target.parent.mkdir()
    for _ in range(4):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVES, target, *sources], stdout=subprocess.PIPE
        )
        with saver:
            assert saver.stdout is not None and saver.stdout.readline()
            while not target.exists():
                pass
            time.sleep(chance.uniform(0, 0.02))
            saver.kill()
        assert read_project(target).epochs in {run.epochs for run in runs}
