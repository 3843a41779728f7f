"""Runs in files: what is read is what was written, and anything else is refused in a sentence."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnviz.datasets.own.build import load_own
from nnviz.datasets.own.kept import private_folder
from nnviz.datasets.own.proposal import propose
from nnviz.datasets.own.recipe import OwnColumn, OwnData, Recipe
from nnviz.datasets.own.sample_recipes import ArraysRecipe, PicturesRecipe
from nnviz.engine.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.errors import DataError, NnvizError
from nnviz.storage.archive import pieces
from nnviz.storage.own_files import MissingFileError, part_again
from nnviz.storage.project import (
    KeptRun,
    Project,
    read_experiment,
    read_project,
    read_summary,
    write_project,
)
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.choices import starting_point
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
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
    return Project(run.experiment, run, kept, {"loss": 1}, {"loss": {"log": True}}, "/home/a.nnviz")


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


def pictured():
    """Return an experiment with every kind of parameter."""
    layers = (Conv2D(4, 3), BatchNorm(), Flatten(), Dense(10, "softmax"))
    return starting_point("digits").change("network", layers=layers)


def test_other_programs_read_the_parameters_by_their_names(tmp_path):
    run = trained(pictured(), 3)
    write_project(tmp_path / "a.nnviz", project_of(run))
    np.testing.assert_array_equal(
        read_project(tmp_path / "a.nnviz").run.result.parameters, run.result.parameters
    )
    with zipfile.ZipFile(tmp_path / "a.nnviz") as archive:
        content = archive.read("parameters.safetensors")
    end = 8 + int.from_bytes(content[:8], "little")
    head = json.loads(content[8:end])
    assert head["conv_1.weight"]["shape"] == [4, 1, 3, 3] and "batch_norm.running_var" in head
    start, stop = head["output.bias"]["data_offsets"]
    biases = np.frombuffer(content[end:][start:stop], "<f4")
    network = Problem(run.experiment).blank_network(run.result.parameters)
    np.testing.assert_array_equal(biases, network.layers[-1].biases[:, 0])


def test_all_that_a_project_has_comes_back(tmp_path):
    project = full_project()
    write_project(tmp_path / "a.nnviz", project)
    back = read_project(tmp_path / "a.nnviz")
    assert [(one.slot, one.name, one.epoch) for one in back.kept] == [(0, "", None), (3, "mine", 2)]
    for here, there in zip(back.kept, project.kept, strict=True):
        np.testing.assert_array_equal(here.history.rows(), there.history.rows())
        assert here.experiment == there.experiment
    assert (back.docks, back.views, back.file) == (project.docks, project.views, project.file)


def test_a_project_without_a_run_is_its_experiment(tmp_path):
    asked = starting_point("moons")
    write_project(tmp_path / "a.nnviz", Project(asked))
    back = read_project(tmp_path / "a.nnviz")
    assert (back.experiment, back.run, back.epochs) == (asked, None, 0)
    assert read_experiment(tmp_path / "a.nnviz") == asked


@pytest.mark.parametrize(
    ("version", "epochs", "loss", "total", "edits", "kept"),
    [
        (1, 24, 0.17300871, -35.2055879, 0, 0),
        (2, 40, 0.00192597572, -40.7585808, 2, 0),
        (3, 40, 0.00192597572, -40.7585808, 2, 1),
    ],
)
def test_files_of_every_version_open_and_train_on(version, epochs, loss, total, edits, kept):
    path = Path(__file__).parent / "files" / f"version-{version}.nnviz"
    project = read_project(path)
    run = project.run
    assert run.epochs == read_summary(path).epochs == epochs
    assert run.history.column("train_loss")[-1] == pytest.approx(loss)
    assert run.result.parameters.sum() == pytest.approx(total)
    assert run.checkpoints[-1].edits == len(project.experiment.edits) == edits
    assert np.isfinite(gone_on(run)).all()
    assert len(project.kept) == kept == len(project.docks) == len(project.views)


def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path):
    for name, age in (("old", 2), ("new", 0)):
        part = tmp_path / f".nnviz-{name}.part"
        part.write_bytes(b"PK")
        os.utime(part, (time.time() - age * 86_400,) * 2)
    write_project(tmp_path / "a.nnviz", Project(starting_point("moons")))
    assert {file.name for file in tmp_path.iterdir()} == {"a.nnviz", ".nnviz-new.part"}


# ---------------------------------------------------------------------------------- own data


@pytest.fixture
def own(tmp_path, monkeypatch):
    """An experiment on a file of a person's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    path = tmp_path / "data" / "houses.csv"
    path.parent.mkdir()
    path.write_text("area,price\n" + "".join(f"{i},{i % 7}.5\n" for i in range(40)))
    return starting_point("own", propose(path).data)


def found_at(path):
    return Path(read_project(path).experiment.data.file.path)


def test_few_data_go_along_and_many_only_if_asked(tmp_path, own, monkeypatch):
    source = Path(own.data.file.path)
    for most, asked, along in ((10**6, None, True), (9, None, False), (9, True, True)):
        monkeypatch.setattr("nnviz.storage.own_files.GOES_ALONG", most)
        (tmp_path / "a.nnviz").unlink(missing_ok=True)
        write_project(tmp_path / "a.nnviz", Project(own), asked)
        assert ("data.bin" in zipfile.ZipFile(tmp_path / "a.nnviz").namelist()) == along
    assert found_at(tmp_path / "a.nnviz") == source
    source.unlink()
    place = found_at(tmp_path / "a.nnviz")
    assert place.is_relative_to(tmp_path / "share") and place.name == "houses.csv"
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", ["arrays", "one", "folder"])
def test_data_of_several_files_go_along_whole(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    root = tmp_path / "mine"
    inputs, labels = np.arange(60.0).reshape(20, 3), np.arange(20) % 2
    for name in ("a", "b"):
        (root / name).mkdir(parents=True)
        for i in range(3):
            Image.new("L", (5, 4), 40 * i).save(root / name / f"{i}.png")
    np.save(root / "x.npy", inputs)
    np.save(root / "y.npy", labels)
    np.savez(root / "both.npz", x=inputs, y=labels)
    path = {"arrays": root / "x.npy", "one": root / "both.npz", "folder": root}[kind]
    experiment = starting_point("own", propose(path).data)
    dataset = load_own(experiment.data.file)
    write_project(tmp_path / "a.nnviz", Project(experiment))
    assert found_at(tmp_path / "a.nnviz") == path
    shutil.rmtree(root)
    write_project(tmp_path / "b.nnviz", Project(experiment))
    with pytest.raises(MissingFileError) as caught:
        read_project(tmp_path / "b.nnviz")
    assert caught.value.values["is_folder"] == (kind == "folder")
    own = read_project(tmp_path / "a.nnviz").experiment.data.file
    assert Path(own.path).is_relative_to(tmp_path / "share") and Path(own.path).name == path.name
    np.testing.assert_array_equal(load_own(own).inputs, dataset.inputs)


@pytest.mark.parametrize(
    ("name", "packing"),
    [("../evil.png", 0), ("/evil", 0), ("a/../../b", 0), ("a/b/c/d", 0), ("a//b", 0), ("a", 8)],
)
def test_files_that_came_along_lead_nowhere(tmp_path, name, packing):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        archive.writestr(name, b"x" * 100)
    for samples in (PicturesRecipe(("a", "b")), ArraysRecipe("x", "y")):
        own = OwnData("mine", "", Recipe((OwnColumn("a"), OwnColumn("b", "target"))), samples)
        with pytest.raises(DataError):
            part_again(own, stream.getvalue(), tmp_path / "in" / "mine")
    assert not [*tmp_path.iterdir()]


def test_what_came_along_is_let_go_when_nobody_opens_it_any_more(tmp_path, own):
    old = private_folder() / "old"
    old.mkdir(parents=True)
    (old / "a.csv").write_text("a")
    os.utime(old, (0, 0))
    write_project(tmp_path / "a.nnviz", Project(own))
    Path(own.data.file.path).unlink()
    assert found_at(tmp_path / "a.nnviz").exists() and not old.exists()


def test_data_are_found_where_they_are_seen_from_the_project_if_they_are_the_same(tmp_path, own):
    here, there = tmp_path / "data", tmp_path / "elsewhere"
    (here / "projects").mkdir()
    write_project(here / "projects" / "a.nnviz", Project(own), with_data=False)
    here.rename(there)
    path = there / "projects" / "a.nnviz"
    assert found_at(path) == there / "houses.csv"
    (there / "houses.csv").rename(there / "projects" / "houses.csv")
    assert found_at(path) == there / "projects" / "houses.csv"
    (there / "projects" / "houses.csv").write_text("area,price\n1,2\n")
    with pytest.raises(MissingFileError, match=r"houses\.csv"):
        read_project(path)
    with pytest.raises(MissingFileError, match="another file"):
        read_project(path, there / "projects" / "houses.csv")


@pytest.mark.parametrize(
    "name",
    ["../../evil.csv", "/etc/evil", "..", "", ".hidden", "a\\b.csv", "a\0b", f"{'x' * 300}.csv"],
)
def test_a_name_in_a_file_leads_nowhere(tmp_path, own, name):
    write_project(tmp_path / "a.nnviz", Project(own))
    Path(own.data.file.path).unlink()
    with zipfile.ZipFile(tmp_path / "a.nnviz") as archive:
        told = json.loads(archive.read("experiment.json"))
    spoiled = about(data={**told["data"], "name": name, "relative": f"../../{name}"})
    path = changed((tmp_path / "a.nnviz").read_bytes(), tmp_path / "b.nnviz", spoiled)
    place = found_at(path)
    assert place.parent.parent == private_folder() and place.stem == "data"
    assert {file.name for file in tmp_path.iterdir()} == {"a.nnviz", "b.nnviz", "data", "share"}


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


def safetensors(change):
    def do(parts):
        content = parts["parameters.safetensors"]
        end = 8 + int.from_bytes(content[:8], "little")
        head = json.dumps(change(json.loads(content[8:end]))).encode()
        whole = len(head).to_bytes(8, "little") + head + content[end:]
        return {**parts, "parameters.safetensors": whole}

    return do


def with_header(shape, kind="<f8"):
    head = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    content = b"\x93NUMPY\x01\x00" + (len(head) + 1).to_bytes(2, "little") + head + b"\n"
    return lambda parts: {**parts, "history.npy": content}


def without_layers(parts):
    told = json.loads(parts["experiment.json"])
    told["kept"][0]["experiment"]["network"]["layers"] = []
    return {**parts, "experiment.json": json.dumps(told)}


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
        (
            lambda parts: {**parts, "order.npy": parts["order.npy"][:-3]},
            "“order” in “b.nnviz” should have",
        ),
        (with_header((0, 10**30)), "too large"),
        (with_header((0, 2**62, 2**62)), "too big"),
        (with_header((5,), "|V0"), r"array of \|V0"),
        (without_layers, "no layers"),
        (about(version=4), "later nnviz"),
        (about(version="1"), "does not say"),
        (about(kept=[{"slot": 0, "name": "", "experiment": {}}] * 2), "places"),
        (about(kept=[]), "kept_history@0 is no part"),
        (about(epochs="many"), "does not say"),
        (
            lambda parts: {**parts, "kept_history@0.npy": parts["rules.npy"]},
            "epochs are not in order",
        ),
        (lambda parts: {**parts, "../evil.npy": b""}, "not as nnviz writes"),
        (lambda parts: {**parts, "data.csv": b""}, "not as nnviz writes"),
        (safetensors(lambda head: head | {"output.bias": head["output.weight"]}), "another net"),
        (safetensors(lambda head: head | {"more": head["output.weight"]}), "another net"),
        (safetensors(lambda head: {name: {} for name in head}), "not what it says"),
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
    with pytest.raises(NnvizError, match="holds Python objects"):
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
    for _ in range(10):
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


def test_what_is_long_is_written_in_small_pieces(tmp_path):
    """Whoever copies 25 MB at once keeps the interpreter's lock from the window meanwhile."""
    numbers = np.arange(600_000.0).reshape(-1, 10)
    moments = [*np.arange(3_000_000, dtype=np.float32).reshape(-1, 100)]
    path, written = tmp_path / "arrays.npz", [*pieces([("long", numbers), ("many", moments)])]
    assert max(map(len, written)) < 2**20
    assert len(written) < 200
    path.write_bytes(b"".join(written))
    with np.load(path) as read:
        assert np.array_equal(read["long"], numbers)
        assert np.array_equal(read["many"], moments)
        assert read["many"].dtype == np.float32
