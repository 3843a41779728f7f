"""Arrays a person brings: NumPy's files and IDX, what they become, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz import cli
from nnviz.datasets.own import stored
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.formats import file_meant, files_of, own_hash
from nnviz.datasets.own.proposal import propose
from nnviz.datasets.own.sample_recipes import ArraysRecipe
from nnviz.errors import DataError, UnknownNameError
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.reading import recipe_of

RNG = np.random.default_rng(0)
LABELS = np.arange(30) % 3


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def mnist_like(folder: Path) -> dict[str, np.ndarray]:
    arrays = {
        "train-images-idx3-ubyte": RNG.integers(0, 256, (30, 6, 5)),
        "train-labels-idx1-ubyte.gz": LABELS,
        "t10k-images-idx3-ubyte.gz": RNG.integers(0, 256, (9, 6, 5)),
        "t10k-labels-idx1-ubyte": LABELS[:9],
    }
    for name, array in arrays.items():
        content = idx(array)
        (folder / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    return arrays


@pytest.mark.parametrize("opened", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", ""])
def test_files_of_mnists_kind_are_found_by_their_names(tmp_path: Path, opened: str) -> None:
    arrays = mnist_like(tmp_path)
    found = propose(tmp_path / opened)
    assert "39 pictures of 6×5 pixels" in str(found.understood)
    assert "last 9 rows are the test part" in str(found.warnings[-1])
    assert found.first == (("0", "13"), ("1", "13"), ("2", "13"))
    dataset = load_own(found.data)
    pixels = np.concatenate(
        [arrays["train-images-idx3-ubyte"], arrays["t10k-images-idx3-ubyte.gz"]]
    )
    np.testing.assert_array_equal(dataset.inputs, pixels.reshape(39, -1))
    np.testing.assert_array_equal(dataset.targets, [*LABELS, *LABELS[:9]])
    assert dataset.picture_shape == (1, 6, 5)
    assert (dataset.input_unit, dataset.fixed_test_rows) == (1 / 255, 9)
    assert starting_point(OWN, found.data).data.spec.test_rows == 9
    assert {*files_of(found.data)} == {*arrays}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["train-labels-idx1-ubyte.gz", "train-images-idx3-ubyte"], "train-images-idx3-ubyte"),
        (["t10k-labels-idx1-ubyte", "t10k-images-idx3-ubyte"], "t10k-images-idx3-ubyte"),
        (["y_test.npy", "y_train.npy", "x_test.npy", "x_train.npy"], "x_train.npy"),
        (["a.csv", "a.csv"], "a.csv"),
        (["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "other-ubyte"], None),
        (["x.csv", "y.csv"], None),
        (["x.npy", "there/y.npy"], None),
    ],
)
def test_of_files_chosen_together_the_inputs_are_opened(
    given: list[str], meant: str | None
) -> None:
    if meant is not None:
        assert file_meant([*map(Path, given)]) == Path(meant)
    else:
        with pytest.raises(DataError, match=f"{len(given)} files"):
            file_meant([*map(Path, given)])


def test_files_that_belong_together_are_one_hash_and_move_together(tmp_path: Path) -> None:
    mnist_like(tmp_path)
    own = propose(tmp_path / "train-images-idx3-ubyte").data
    (tmp_path / "there").mkdir()
    for name, file in files_of(own).items():
        (tmp_path / "there" / name).write_bytes(file.read_bytes())
    there = replace(own, path=str(tmp_path / "there" / Path(own.path).name))
    assert own_hash(there) == own.sha256
    np.testing.assert_array_equal(load_own(there).inputs, load_own(own).inputs)
    (tmp_path / "there" / "t10k-labels-idx1-ubyte").write_bytes(idx(LABELS[:9][::-1]))
    load_own.cache_clear()
    with pytest.raises(DataError, match="no longer what it was"):
        load_own(there)


@pytest.mark.parametrize("packs", [np.savez, np.savez_compressed])
def test_an_npz_with_a_test_part(tmp_path: Path, packs: Any) -> None:
    path = tmp_path / "digits.npz"
    x, z = RNG.random((30, 5, 4, 3)), RNG.random((6, 5, 4, 3))
    words = np.array(["cat", "dog", "cow"])
    packs(path, x_test=z, y_test=words[LABELS[:6]], x_train=x, y_train=words[LABELS], more=x[:1])
    found = propose(path)
    assert "not used: “more”" in str(found.warnings[0])
    dataset = load_own(found.data)
    assert dataset.class_names == ("cat", "cow", "dog")
    assert dataset.picture_shape == (3, 5, 4)
    expected = np.rint(255 * np.moveaxis(np.concatenate([x, z]), 3, 1)).reshape(36, -1)
    assert np.abs(dataset.inputs - expected).max() <= 1  # float32 on the way
    assert dataset.feature_names[20] == "green of row 1 column 1"
    assert files_of(found.data) == {"digits.npz": path}
    assert own_hash(found.data) == hashlib.sha256(path.read_bytes()).hexdigest()
    as_test = propose(path, "y_test").data.samples
    assert isinstance(as_test, ArraysRecipe)
    assert (as_test.inputs, as_test.targets, as_test.test_rows) == ("x_test", "y_test", 0)


BYTES = RNG.integers(0, 256, (30, 64), np.uint8)
TABLE = np.hstack([RNG.random((30, 3)), LABELS[:, None]])


@pytest.mark.parametrize(
    ("arrays", "task", "inputs"),
    [
        ({"X": TABLE[:, :3], "y": TABLE[:, 0]}, "regression", 3),
        ({"X": TABLE[:, :3], "y": LABELS[:, None]}, "classification", 3),
        ({"X": TABLE[:, :3], "y": np.eye(3)[LABELS]}, "classification", 3),
        ({"X": TABLE[:, :3], "y": LABELS == 0}, "classification", 3),
        ({"data": TABLE[:, 0], "target": TABLE[:, 1]}, "regression", 1),
        ({"arr_0": TABLE[:, :3], "arr_1": LABELS.astype(float)}, "classification", 3),
        ({"arr_0": TABLE}, "classification", 3),
        (
            {"images": BYTES, "labels": LABELS},
            "classification",
            64,
        ),
    ],
)
def test_inputs_and_targets_are_told_apart(
    tmp_path: Path, arrays: dict[str, np.ndarray], task: str, inputs: int
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays)
    found = propose(path)
    dataset = load_own(found.data)
    assert (dataset.task, dataset.features, dataset.rows) == (task, inputs, 30)
    if task == "classification" and len(dataset.class_names) == 3:
        np.testing.assert_array_equal(dataset.targets, LABELS)
    assert (dataset.image_shape is not None) == (inputs == 64)
    experiment = starting_point(OWN, found.data)
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment
    assert recipe_of(json.loads(json.dumps(asdict(found.data.samples)))) == found.data.samples


def test_one_array_has_its_target_in_a_column(tmp_path: Path) -> None:
    np.save(tmp_path / "table.npy", TABLE)
    dataset = load_own(propose(tmp_path / "table.npy", "column 2").data)
    np.testing.assert_array_equal(dataset.inputs, TABLE[:, [0, 2, 3]])
    np.testing.assert_array_equal(dataset.targets, TABLE[:, [1]])
    assert dataset.feature_names == ("column 1", "column 3", "column 4")
    assert dataset.target_name == "column 2"
    with pytest.raises(UnknownNameError, match="Did you mean column 2"):
        propose(tmp_path / "table.npy", "colum 2")
    np.save(tmp_path / "x.npy", TABLE)
    np.save(tmp_path / "y.npy", LABELS)
    beside = load_own(propose(tmp_path / "x.npy").data)
    assert (beside.features, beside.target_name) == (4, "y.npy")


def test_pictures_of_other_numbers_become_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    grey = np.linspace(0, 1, 12).reshape(2, 2, 3)
    for pixels, ends in (
        (grey, (0, 255)),
        (grey * 16, (0, 255)),
        (grey * 2 - 1, (0, 255)),
        ((grey * 65535).astype(np.uint16), (0, 255)),
        (np.rint(grey * 200).astype(np.int64), (0, 200)),
    ):
        np.savez(path, images=pixels, labels=[0, 1])
        inputs = load_own(propose(path).data).inputs
        assert inputs.dtype == np.uint8
        np.testing.assert_allclose(inputs.ravel(), np.linspace(*ends, 12), atol=0.51)


class Boom:
    """Says so when it is made of a pickle."""

    def __reduce__(self) -> Any:
        return (pytest.fail, ("it was unpickled",))


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(f"{name}.npy", content)
    return stream.getvalue()


def header(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


GOOD, GOOD_LABELS = npy(TABLE[:, :3]), npy(LABELS)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (npy(np.array([Boom()] * 3, object)), "holds Python objects, which could run a program"),
        (archive(x=GOOD, y=npy(np.array([Boom()], object))), "“y” in “a.bin” holds Python objects"),
        (archive(x=header("(9000000000, 9)"), y=GOOD_LABELS), "would take 617,980 MB"),
        (header("(9000000000, 9)"), "would take 617,980 MB"),
        (header("(30, 3)"), "should have 720 bytes by its header, and has 0"),
        (header("(-3, 3)"), "should have|is damaged"),
        (header("3"), "is damaged"),
        (header("(3,)", "[('a', '<f8')]") + bytes(24), "inputs of shape|holds"),
        (GOOD[:-5], "by its header, and has 715"),
        (GOOD[:20], "is damaged"),
        (archive(x=GOOD, y=GOOD_LABELS)[:-40], "is damaged"),
        (archive(x=GOOD, y=GOOD_LABELS[:-7]), "by its header"),
        (archive(x=GOOD, y=npy(LABELS[:20])), "inputs of shape|“x” has 30 samples, and “y” has 20"),
        (
            archive(images=GOOD, labels=npy(LABELS[:20])),
            "“images” has 30 samples, and “labels” has 20",
        ),
        (archive(x=npy(np.zeros((3, 2, 2, 2, 2))), y=npy(LABELS[:3])), "shape 3×2×2×2×2, which is"),
        (archive(x=npy(np.zeros((3, 200, 9))), y=npy(LABELS[:3])), "at most 128 rows and columns"),
        (archive(x=npy(np.zeros((3, 0, 9))), y=npy(LABELS[:3])), "shape 3×0×9, which is"),
        (archive(x=GOOD, y=npy(np.zeros(30))), "have 1 different values"),
        (archive(x=GOOD, y=npy(RNG.random((30, 4)))), "targets “y” in “a.bin” have the shape 30×4"),
        (archive(x=npy(np.where(TABLE > 0.9, np.nan, TABLE)), y=GOOD_LABELS), "has nan in row"),
        (archive(x=npy(np.full((30, 2), 1e308)), y=GOOD_LABELS), r"has 1e\+308 in row 1, column 1"),
        (archive(images=npy(np.full((30, 2, 2), np.inf)), labels=GOOD_LABELS), "has inf in row 1"),
        (archive(x=npy(np.full((30, 2), "a")), y=GOOD_LABELS), "holds <U1, where numbers"),
        (archive(x=npy(np.zeros((30, 2), complex)), y=GOOD_LABELS), "holds complex128"),
        (archive(x=npy(np.float64(3)), y=npy(np.float64(3))), "has no arrays"),
        (npy(RNG.random((30, 1))), "one column only"),
        (npy(RNG.random((1, 3))), "has 1 samples"),
        (idx(RNG.integers(0, 9, (30, 3, 3))), "no targets that belong to them"),
        (b"\0\0\x08\x03\0\0", "ends within its header"),
        (b"\0\0\x08\x09" + bytes(40), "it has 9 axes"),
        (b"\0\0\x08\x03" + b"\xff" * 12 + bytes(9), "MB of memory"),
        (idx(np.zeros((4, 3, 3)))[:-1], "should have 36 bytes by its header, and has 35"),
        (idx(np.zeros((4, 3, 3))) + b"\0", "should have 36 bytes by its header, and has 37"),
        (b"\0\0\x07\x03" + bytes(40), "is not a table written as text"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_bad_arrays_get_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence) as caught:
        propose(path)
    assert caught.value.remedy


def test_an_archive_may_not_have_a_name_twice(tmp_path: Path) -> None:
    stream = io.BytesIO(archive(x=GOOD, y=GOOD_LABELS))
    with zipfile.ZipFile(stream, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("x.npy", GOOD)
    (tmp_path / "a.npz").write_bytes(stream.getvalue())
    with pytest.raises(DataError, match="two arrays of the same name"):
        propose(tmp_path / "a.npz")


def test_memory_is_only_taken_for_what_a_header_can_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST_ARRAY_BYTES", 2**20)
    path = tmp_path / "zeros.npz"
    np.savez_compressed(path, x=np.zeros((1000, 200)), y=np.arange(1000) % 2)
    assert path.stat().st_size < 10_000
    with pytest.raises(DataError, match=r"“x” in “zeros.npz” would take 1 MB"):
        propose(path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"inputs": "../../etc/passwd"}, "leads out of the folder"),
        ({"targets": "/etc/passwd"}, "leads out of the folder"),
        ({"targets": "a\\b"}, "leads out of the folder"),
        ({"inputs": ""}, "inputs have no name"),
        ({"test_rows": 3}, "a test part has"),
        ({"picture": (2, 3, 3)}, "1 or 3 channels"),
        ({"picture": (1, 3, 1000)}, "at most 128 rows"),
        ({"inputs": "z"}, "no array called “z”"),
        ({"picture": (1, 5, 5)}, "not pictures of 5 rows and 5 columns"),
        ({"targets": "", "column": 7}, "do not fit"),
        ({"targets": "x"}, "have the shape 30×3"),
    ],
)
def test_recipes_that_cannot_be_are_refused(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=TABLE[:, :3], y=LABELS)
    own = propose(path).data
    assert own.samples is not None
    with pytest.raises((DataError, UnknownNameError), match=sentence):
        load_own(replace(own, samples=replace(own.samples, **changes)))


def test_the_command_line_trains_on_arrays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnist_like(tmp_path)
    common = ["train", "--epochs", "2", "--json", "--data"]
    path = str(tmp_path / "train-images-idx3-ubyte")
    assert cli.main([*common, path]) == 0
    out, told = capsys.readouterr()
    assert "39 pictures of 6×5 pixels" in told
    first = json.loads(out.splitlines()[-1])
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(first["data"]["samples"]))
    assert cli.main([*common, path, "--recipe", str(recipe)]) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    for figures in (first, again):
        del figures["seconds"], figures["epochs_per_second"]
    assert again == first
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n3,4\n")
    assert cli.main([*common, str(table), "--recipe", str(recipe)]) == 1
    assert "recipe is for another kind of file than “table.csv”" in capsys.readouterr().err


def test_the_command_line_takes_several_files_that_belong_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, others = tmp_path / "y.npy", [tmp_path / "x.npy", tmp_path / "table.csv"]
    np.save(others[0], TABLE[:, :3])
    np.save(data, LABELS)
    others[1].write_text("a,b\n1,2\n3,4\n")
    asked = ["--epochs", "2", "--json"]
    assert cli.main(["train", "--data", str(data), str(others[0]), *asked]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["data"]["path"] == str(others[0])
    assert figures["data"]["samples"]["targets"] == "y.npy"
    assert cli.main(["train", *asked, "--data", str(data), str(others[1])]) == 1
    assert "These are 2 files; one is opened at a time." in capsys.readouterr().err
    data.unlink()  # else its column would be looked for in the inputs
    assert cli.main(["train", *asked, "--data", str(others[0]), str(data)]) == 1
    assert "y.npy” is not there" in capsys.readouterr().err


def test_names_are_shown_without_letters_that_cannot_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "a\u202eb.npz"
    np.savez(path, **{"x\u202ey": np.zeros((3, 2, 2, 2, 2)), "z\u202e": LABELS[:3]})
    with pytest.raises(DataError, match=r"a b\.npz") as caught:
        propose(path)
    assert "\u202e" not in str(caught.value)
