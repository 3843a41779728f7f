"""The contract every sample keeps; runs over the whole catalog."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest

from nnviz.datasets import bundled
from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.spec import SampleOptions, SampleSpec
from nnviz.errors import DataError, InvalidChoiceError, UnknownNameError

EVERY = [pytest.param(spec, id=key) for key, spec in CATALOG.items()]
OPTION_FIELDS = {field.name for field in dataclasses.fields(SampleOptions)}


def offering(option: str) -> list[object]:
    return [pytest.param(spec, id=key) for key, spec in CATALOG.items() if option in spec.options]


def proposed(spec: SampleSpec, **changes: object) -> SampleOptions:
    return dataclasses.replace(SampleOptions(noise=spec.default_noise), **changes)


def same_bits(first: Dataset, second: Dataset) -> bool:
    return (
        first.inputs.tobytes() == second.inputs.tobytes()
        and first.targets.tobytes() == second.targets.tobytes()
    )


def test_menu_has_every_sample_in_its_order() -> None:
    promised = [
        *("houses", "letters-abc", "xor", "two-gaussians"),
        *("circle", "xor-cloud", "gaussians", "spiral", "moons", "blobs", "checkerboard"),
        *("plane", "multi-gaussian", "sine"),
        *("iris", "penguins", "wine", "breast-cancer"),
        *("auto-mpg", "sacramento", "concrete", "digits"),
    ]
    assert [key for key in CATALOG if key in promised] == promised  # and whatever was added since


def test_titles_are_unique() -> None:
    titles = [spec.title for spec in CATALOG.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("spec", EVERY)
def test_spec_says_all_the_menu_needs(spec: SampleSpec) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", spec.key)
    assert 0 < len(spec.title) <= 30
    assert spec.description.endswith(".")
    assert len(spec.description) > 60
    assert spec.origin.endswith(".")
    assert set(spec.options) <= OPTION_FIELDS
    assert 0 <= spec.default_noise <= 50
    assert 0 <= spec.test_fraction <= 0.9


@pytest.mark.parametrize("spec", EVERY)
def test_proposals_without_noise_slider_are_noiseless(spec: SampleSpec) -> None:
    assert "noise" in spec.options or spec.default_noise == 0


@pytest.mark.parametrize("key", ["houses", "letters-abc", "xor", "two-gaussians"])
def test_tutorials_hold_nothing_out(key: str) -> None:
    assert CATALOG[key].test_fraction == 0


@pytest.mark.parametrize("spec", EVERY)
def test_arrays_are_frozen_finite_and_typed(spec: SampleSpec) -> None:
    dataset = load_sample(spec.key, proposed(spec))
    assert (dataset.name, dataset.task) == (spec.key, spec.task)
    assert dataset.inputs.dtype == (np.uint8 if dataset.input_unit != 1.0 else np.float64)
    assert dataset.fixed_test_rows == spec.test_rows
    assert dataset.targets.dtype == (np.int64 if spec.task == "classification" else np.float64)
    assert np.isfinite(dataset.inputs).all()
    assert np.isfinite(dataset.targets).all()
    for array in (dataset.inputs, dataset.targets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("spec", EVERY)
def test_rows_are_those_announced(spec: SampleSpec) -> None:
    dataset = load_sample(spec.key, proposed(spec))
    assert spec.default_rows in (0, dataset.rows)
    is_bundled = spec.group in ("table", "image") and "rows" not in spec.options
    assert (spec.default_rows == 0) == is_bundled


@pytest.mark.parametrize("spec", EVERY)
def test_names_are_given_and_distinct(spec: SampleSpec) -> None:
    dataset = load_sample(spec.key, proposed(spec))
    assert all(name.strip() for name in (*dataset.feature_names, *dataset.class_names))
    assert len(set(dataset.feature_names)) == dataset.features
    assert len(set(dataset.class_names)) == len(dataset.class_names)
    assert dataset.target_name


@pytest.mark.parametrize("spec", EVERY)
def test_every_class_occurs_and_only_those(spec: SampleSpec) -> None:
    dataset = load_sample(spec.key, proposed(spec))
    if spec.task == "regression":
        assert dataset.class_names == ()
        assert np.ptp(dataset.targets) > 0
    else:
        assert set(dataset.targets.tolist()) == set(range(len(dataset.class_names)))


@pytest.mark.parametrize("spec", EVERY)
def test_planar_samples_are_two_columns(spec: SampleSpec) -> None:
    if spec.group == "plane":
        dataset = load_sample(spec.key, proposed(spec))
        assert dataset.is_planar
        assert dataset.feature_names == ("x", "y")


@pytest.mark.parametrize("spec", EVERY)
def test_pictures_fill_their_shape_with_ink_from_0_to_1(spec: SampleSpec) -> None:
    dataset = load_sample(spec.key, proposed(spec))
    if dataset.image_shape is None:
        assert spec.group != "image"
    else:
        assert math.prod(dataset.picture_shape) == dataset.features
        low, high = dataset.inputs.min(), dataset.inputs.max() * dataset.input_unit
        assert (low, high) == (0.0, pytest.approx(1.0, abs=1e-15))


@pytest.mark.parametrize("spec", EVERY)
def test_same_options_give_the_same_bits(spec: SampleSpec) -> None:
    options = proposed(spec, seed=7)
    assert same_bits(load_sample(spec.key, options), load_sample(spec.key, options))


@pytest.mark.parametrize("spec", EVERY)
def test_global_random_state_is_neither_read_nor_moved(spec: SampleSpec) -> None:
    np.random.seed(1)  # noqa: NPY002
    before = load_sample(spec.key, proposed(spec))
    drawn = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert drawn == np.random.random()  # noqa: NPY002
    assert same_bits(before, load_sample(spec.key, proposed(spec)))


@pytest.mark.parametrize("spec", EVERY)
def test_only_announced_options_have_an_effect(spec: SampleSpec) -> None:
    # Of letters the seed draws nothing but noise.
    usual = SampleOptions(noise=10.0 if "noise" in spec.options else 0.0)
    plain = load_sample(spec.key, usual)
    changes = {"rows": 60, "noise": 30.0, "classes": 5, "seed": 1, "grid": "10x6"}
    effective = {
        option
        for option, value in changes.items()
        if not same_bits(
            plain, load_sample(spec.key, dataclasses.replace(usual, **{option: value}))
        )
    }
    assert effective == set(spec.options)


@pytest.mark.parametrize("rows", [2, 3, 37])
@pytest.mark.parametrize("spec", offering("rows"))
def test_rows_asked_for_are_rows_given(spec: SampleSpec, rows: int) -> None:
    options = proposed(spec, rows=rows, classes=2)
    assert load_sample(spec.key, options).rows == rows


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("spec", offering("classes"))
def test_classes_asked_for_are_classes_given(spec: SampleSpec, classes: int) -> None:
    dataset = load_sample(spec.key, SampleOptions(classes=classes, rows=classes))
    assert len(dataset.class_names) == classes
    assert sorted(dataset.targets.tolist()) == list(range(classes))


@pytest.mark.parametrize("spec", offering("noise"))
def test_extreme_noise_stays_finite(spec: SampleSpec) -> None:
    assert np.isfinite(load_sample(spec.key, SampleOptions(noise=50)).inputs).all()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("rows", 1),
        ("rows", 100_001),
        ("rows", 10.5),
        ("rows", True),
        ("noise", -0.1),
        ("noise", 50.1),
        ("noise", math.nan),
        ("noise", "much"),
        ("classes", 1),
        ("classes", 11),
        ("seed", -1),
        ("seed", True),
    ],
)
@pytest.mark.parametrize("key", ["blobs", "iris"])
def test_options_out_of_range_are_refused_at_their_field(
    key: str, option: str, value: object
) -> None:
    with pytest.raises(InvalidChoiceError) as caught:
        load_sample(key, SampleOptions(**{option: value}))
    assert caught.value.field == f"data.{option}"
    assert caught.value.values["value"] is value
    assert str(value) in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "options",
    [
        SampleOptions(rows=2, classes=2),
        SampleOptions(noise=50),
        SampleOptions(rows=np.int64(10), noise=np.float64(3)),
    ],
)
def test_options_at_the_border_are_accepted(options: SampleOptions) -> None:
    assert load_sample("blobs", options).rows == options.rows or options.rows is None


def test_fewer_rows_than_classes_are_refused() -> None:
    with pytest.raises(InvalidChoiceError, match="5 classes need 5 rows or more, not 4"):
        load_sample("blobs", SampleOptions(rows=4, classes=5))


def test_samples_without_classes_to_choose_ignore_them() -> None:
    assert load_sample("circle", SampleOptions(rows=4, classes=5)).rows == 4


@pytest.mark.parametrize(("name", "near"), [("sprial", "spiral"), ("IRIS", "iris")])
def test_unknown_sample_suggests_the_near_one(name: str, near: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_sample(name)
    assert caught.value.values["name"] == name
    assert caught.value.values["field"] == "data.sample"
    assert near in caught.value.values["near"]
    assert near in str(caught.value)


def test_unknown_sample_with_nothing_near_lists_them_all() -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_sample("{zzz}")
    assert caught.value.values["near"] == ()
    assert "multi-gaussian" in str(caught.value)


def test_missing_file_is_told_with_a_remedy() -> None:
    with pytest.raises(DataError, match=r"lacks the file of the sample “nowhere”\. Install"):
        bundled.load_bundled("nowhere")
