"""The bundled files are what their publishers published, and say so."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.letters import GRIDS
from nnviz.datasets.preprocessing import Standardizer
from nnviz.datasets.spec import SampleOptions
from nnviz.resources import resource

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_samples.py"
BUNDLED = [
    key
    for key, spec in CATALOG.items()
    if spec.group in ("table", "image")
    and spec.origin != "Drawn by nnviz."
    and key != "captchas-other-font"  # in the captchas' file
]
PICTURES = {
    "letters": "26c0f509cc082edd",
    "mnist": "b20c1793e18bb229",
    "captchas": "ae99a9f701054b93",
    "captcha-letters": "58b3d17b3bb5c24f",
}
"""The files with pictures, and the beginning of the SHA-256 of each."""


@pytest.fixture(scope="module")
def build_samples() -> Iterator[ModuleType]:
    sys.path.insert(0, str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("build_samples", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]
    sys.path.remove(str(SCRIPT.parent))


@pytest.fixture(scope="module")
def readme_lines() -> dict[str, str]:
    lines = resource("datasets", "README.md").read_text(encoding="utf-8").splitlines()
    return {line[3:].split(".npz")[0]: line for line in lines if line.startswith("- `")}


def linear_fit(dataset: Dataset) -> np.ndarray:
    """Least squares on standardised inputs; one column of outputs for each class or value."""
    rows = Standardizer.fit(dataset.inputs).apply(dataset.inputs)
    rows = np.column_stack((rows, np.ones(dataset.rows)))
    wanted = dataset.targets
    if dataset.task == "classification":
        wanted = np.eye(len(dataset.class_names))[dataset.targets]
    return rows @ np.linalg.lstsq(rows, wanted, rcond=None)[0]


@pytest.mark.parametrize(
    ("key", "rows", "features", "class_sizes"),
    [
        ("iris", 150, 4, [50, 50, 50]),
        ("wine", 178, 13, [59, 71, 48]),
        ("breast-cancer", 569, 30, [212, 357]),
        ("penguins", 333, 5, [146, 68, 119]),
        ("digits", 1797, 64, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)
def test_classes_have_the_published_sizes(
    key: str, rows: int, features: int, class_sizes: list[int]
) -> None:
    dataset = load_sample(key)
    assert dataset.inputs.shape == (rows, features)
    assert np.bincount(dataset.targets).tolist() == class_sizes


@pytest.mark.parametrize(
    ("key", "rows", "features", "unit", "low", "high"),
    [
        ("auto-mpg", 392, 9, "mpg", 9.0, 46.6),
        ("sacramento", 932, 8, "thousand USD", 30.0, 884.79),
        ("concrete", 1030, 8, "MPa", 2.33, 82.6),
    ],
)
def test_values_have_the_published_range(
    key: str, rows: int, features: int, unit: str, low: float, high: float
) -> None:
    dataset = load_sample(key)
    assert dataset.inputs.shape == (rows, features)
    assert dataset.target_unit == unit
    assert (dataset.targets.min(), dataset.targets.max()) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("key", "floor"),
    [("iris", 0.83), ("wine", 0.98), ("breast-cancer", 0.95), ("penguins", 0.98), ("digits", 0.93)],
)
def test_a_linear_fit_classifies_as_it_should(key: str, floor: float) -> None:
    dataset = load_sample(key)
    assert np.mean(linear_fit(dataset).argmax(axis=1) == dataset.targets) >= floor


@pytest.mark.parametrize(
    ("key", "share"), [("auto-mpg", 0.824), ("sacramento", 0.647), ("concrete", 0.616)]
)
def test_a_linear_fit_explains_what_it_should(key: str, share: float) -> None:
    dataset = load_sample(key)
    residual = dataset.targets - linear_fit(dataset)
    assert 1 - residual.var() / dataset.targets.var() == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("key", "columns"), [("auto-mpg", slice(6, 9)), ("sacramento", slice(5, 8))]
)
def test_one_hot_columns_name_exactly_one(key: str, columns: slice) -> None:
    hot = load_sample(key).inputs[:, columns]
    assert set(np.unique(hot)) == {0.0, 1.0}
    assert (hot.sum(axis=1) == 1).all()


def test_first_rows_are_the_publishers() -> None:
    assert load_sample("iris").inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert load_sample("penguins").inputs[0].tolist() == [39.1, 18.7, 181, 3750, 1]
    assert load_sample("concrete").inputs[0].tolist() == [540, 0, 0, 162, 2.5, 1040, 676, 28]
    home = load_sample("sacramento")
    assert home.inputs[0, :5].tolist() == [2, 1, 836, 38.631913, -121.434879]
    assert home.targets[0, 0] == 59.222


@pytest.mark.parametrize("key", BUNDLED)
def test_file_holds_plain_arrays_only(key: str) -> None:
    with np.load(resource("datasets", f"{key}.npz"), allow_pickle=False) as archive:
        assert not any(archive[name].dtype.hasobject for name in archive.files)


def test_every_file_has_a_line_and_every_line_a_file(readme_lines: dict[str, str]) -> None:
    files = {path.stem for path in resource("datasets").glob("*.npz")}
    assert files == set(readme_lines) == set(BUNDLED)


@pytest.mark.parametrize("key", BUNDLED)
def test_readme_line_is_what_the_script_would_write(
    key: str, build_samples: ModuleType, readme_lines: dict[str, str]
) -> None:
    line = readme_lines[key]
    if key in PICTURES:
        source = package = build_samples.PICTURES[key]
        shape = source.shape
    else:
        dataset, source = load_sample(key), build_samples.SOURCES[key]
        names = dataset.feature_names, "", dataset.class_names
        shape = build_samples.Table(dataset.inputs, dataset.targets, *names).shape
        package = source.package
    assert line == build_samples.readme_line(key, source, package, shape)
    assert package.sha256 in line
    assert len(package.sha256) == 64
    assert CATALOG[key].origin in line
    assert f"{package.name} {package.version}" in CATALOG[key].origin


@pytest.mark.parametrize(("key", "sha256"), PICTURES.items())
def test_files_of_pictures_are_those_that_were_measured(key: str, sha256: str) -> None:
    content = resource("datasets", f"{key}.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(sha256)


def test_mnist_is_the_published_one() -> None:
    mnist = load_sample("mnist")
    assert mnist.targets[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.targets[-10_000:-9_995].tolist() == [7, 2, 1, 0, 4]
    sizes = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(mnist.targets[-10_000:]).tolist() == sizes
    five = mnist.inputs[0].reshape(28, 28)
    assert (five[:5] == 0).all() and five[5, 12] == 3


def test_letters_are_drawn_on_the_grid_asked_for_and_noise_flips_its_share() -> None:
    for grid, shape in GRIDS.items():
        plain, noisy = (
            load_sample("letters", SampleOptions(rows=720, noise=noise, grid=grid))
            for noise in (0.0, 10.0)
        )
        assert plain.image_shape == shape
        assert len(np.unique(plain.inputs, axis=0)) == 36, "no two look the same"
        assert (plain.inputs != noisy.inputs).mean() == pytest.approx(0.1, abs=0.01)
    tall = load_sample("letters").inputs[18].reshape(7, 5)
    drawn = ["".join(".#"[int(pixel)] for pixel in row) for row in tall]
    assert drawn == [".###.", *["..#.."] * 4, ".###.", "....."], "the letter I"


def test_script_refuses_a_package_of_another_hash(
    build_samples: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = build_samples.Package("some-package", "1.0", "0" * 64)
    folder = tmp_path / package.name
    folder.mkdir()
    (folder / "some_package.whl").write_bytes(b"tampered")
    monkeypatch.setattr(build_samples.subprocess, "run", lambda *_, **__: None)
    with pytest.raises(SystemExit, match="expected 0000"):
        build_samples.fetch(package, tmp_path)


def test_written_file_reads_back_to_the_bit(
    build_samples: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_samples, "FOLDER", tmp_path)
    table = build_samples.Table(np.array([[0.1, 1e-300]]), np.array([1.0 / 3]), ("a", "²"), "t")
    build_samples.write("made", table)
    with np.load(tmp_path / "made.npz", allow_pickle=False) as archive:
        assert archive["inputs"].tolist() == [[0.1, 1e-300]]
        assert archive["targets"].tolist() == [1.0 / 3]
        assert archive["feature_names"].tolist() == ["a", "²"]
        assert archive["class_names"].tolist() == []


def test_digits_are_pictures_of_8_by_8() -> None:
    digits = load_sample("digits")
    assert digits.image_shape == (8, 8)
    zero = digits.inputs[0].reshape(digits.image_shape)
    # The first picture is a zero: ink around a hollow middle.
    assert zero[3:5, 3:5].max() == 0
    assert (zero.max(axis=1) > 0.5).all()
