"""Pictures: their presets, and how whole captchas are read."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.images import BETWEEN, Captchas, captchas, cut, whole_captchas, windows
from nnviz.training.choices import opened_from, starting_point
from nnviz.training.experiment import DataChoice
from nnviz.training.images import (
    CAPTCHA_CHARACTERS,
    CAPTCHA_EQUAL_PARTS,
    CAPTCHA_OTHER_FONT,
    CAPTCHA_WHOLE,
    IMAGES,
    MNIST_MLP,
    MNIST_SOFTMAX,
)
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem, dataset_of
from nnviz.training.reading_captchas import AT_A_TIME, best_places, judge, predictor, read
from nnviz.training.settings import SETTINGS
from nnviz.training.splits import split_of
from nnviz.training.trainer import Trainer


def part_of(key: str, first: int, last: int) -> object:
    """Return a sample of the first rows for training, and the last for the test."""
    whole = load_sample(key)
    rows = np.r_[:first, whole.rows - last : whole.rows]
    return dataclasses.replace(
        whole, inputs=whole.inputs[rows], targets=whole.targets[rows], fixed_test_rows=last
    )


@pytest.mark.parametrize("preset", IMAGES, ids=lambda preset: preset.key)
def test_every_preset_is_listed_and_trains_a_mini_batch(preset) -> None:
    assert PRESETS[preset.key] is preset
    assert preset.experiment.network.dtype == "float32"
    small = part_of(preset.experiment.data.sample, 130, 64)
    trainer = Trainer(preset.experiment, problem=Problem(preset.experiment, small))
    before = trainer.network.parameters.copy()
    trainer.advance(1)
    assert np.isfinite(trainer.network.parameters).all()
    assert (trainer.network.parameters != before).any()


@pytest.mark.parametrize(("share", "validation"), [(0.2, 0.0), (0.5, 0.1), (0.01, 0.3)])
@pytest.mark.parametrize("key", ["mnist", "captchas"])
def test_the_test_part_is_the_publishers_whatever_the_shares(
    key: str, share: float, validation: float
) -> None:
    choice = DataChoice(key, test_fraction=share, validation_fraction=validation, seed=5)
    dataset, own = dataset_of(choice), CATALOG[key].test_rows
    split = split_of(choice, dataset)
    assert split["test"].tolist() == list(range(dataset.rows - own, dataset.rows))
    assert split["train"].size + split["validation"].size == dataset.rows - own
    assert split["validation"].size == round(validation * dataset.rows)
    assert not SETTINGS["data.test_fraction"].applies(starting_point(key)), "nothing to choose"


def test_bytes_become_numbers_from_0_to_1_also_when_standardised() -> None:
    small = part_of("mnist", 300, 20)
    asked = MNIST_SOFTMAX.experiment
    rows = Problem(asked, small).train.inputs.array()[:, :-1]
    assert np.array_equal(rows, small.inputs[:300].astype(np.float32) * np.float32(1 / 255))
    problem = Problem(asked.change("data", standardize_inputs=True), small)
    scaled = problem.train.inputs.array()[:, :-1].astype(np.float64)
    varies = np.ptp(small.inputs[:300], axis=0) > 0
    np.testing.assert_allclose(scaled[:, varies].std(axis=0), 1.0, rtol=1e-4)
    np.testing.assert_allclose(
        scaled * problem.input_scaler.scale + problem.input_scaler.mean, rows, atol=1e-5
    )


def test_a_sample_is_shared_and_stays_bytes_whatever_the_seed() -> None:
    one, other = (dataset_of(DataChoice("mnist", seed=seed)) for seed in (1, 2))
    assert one is other
    assert one.inputs.dtype == np.uint8


def test_pictures_are_opened_in_single_precision_and_others_are_not() -> None:
    assert starting_point("mnist").network.dtype == "float32"
    assert opened_from(starting_point("mnist"), "spiral") == starting_point("spiral")


def test_a_perceptron_learns_mnist_from_some_of_it() -> None:
    experiment = MNIST_MLP.experiment.change("training", epochs=3)
    trainer = Trainer(experiment, problem=Problem(experiment, part_of("mnist", 2000, 500)))
    trainer.advance(trainer.updates_until(3))
    assert trainer.evaluate().test_metric > 0.8


# ----------------------------------------------------------------------------------------- captchas


def test_windows_have_the_characters_in_their_middle() -> None:
    """Ink is where the places say; a window is what is around its column."""
    first = captchas("captchas")[0]
    every = windows(first.pictures[:50])
    assert every.shape == (50, 65, 24, 24)
    assert np.array_equal(every[3, 30], first.pictures[3][:, 18:42])
    rows, labels = cut(first, 10, np.random.default_rng(0))
    of_captcha = labels.reshape(-1, 4 + BETWEEN)
    assert np.array_equal(of_captcha[:, :4], first.labels)
    assert (of_captcha[:, 4:] == 10).all()
    middle = rows.reshape(-1, 24, 24)[:, :, 10:14].astype(float).mean(axis=(1, 2))
    assert middle[labels < 10].mean() > 1.5 * middle[labels == 10].mean()


@pytest.mark.parametrize(("count", "nearest"), [(1, 3), (2, 3), (3, 2), (4, 2), (3, 1)])
def test_dynamic_programming_finds_what_trying_everything_finds(count: int, nearest: int) -> None:
    rng = np.random.default_rng(count)
    scores = rng.normal(-1.0, 1.0, (40, 9))
    scores[0] = 0.0
    allowed = [c for c in combinations(range(9), count) if min(np.diff(c), default=9) >= nearest]
    for row, places in zip(scores, best_places(scores, count, nearest), strict=True):
        assert tuple(places) in allowed
        assert row[places].sum() == pytest.approx(max(row[list(c)].sum() for c in allowed))


def knowing(rows: np.ndarray) -> np.ndarray:
    """Look up what is in a picture whose every column says what it is."""
    middle = rows.reshape(-1, 24, 24)[:, 0, 12].astype(int) - 1
    return np.eye(11)[np.where(middle < 0, 10, middle)]


DIGITS, PLACES = [7, 0, 9, 3], [5, 20, 27, 60]


def telling(count: int) -> Captchas:
    """Return captchas that `knowing` reads."""
    pictures = np.zeros((count, 24, 64), np.uint8)
    pictures[:, 0, PLACES] = [digit + 1 for digit in DIGITS]
    digits = np.tile(np.array(DIGITS, np.uint8), (count, 1))
    return Captchas(pictures, digits, np.tile(np.array(PLACES, np.float32), (count, 1)))


def test_a_whole_captcha_is_read_where_its_characters_are() -> None:
    found = read(knowing, telling(40).pictures)
    assert found.places.tolist() == [PLACES] * 40
    assert found.labels.tolist() == [DIGITS] * 40
    assert found.answers.shape == (40, 65, 11)


def test_captchas_are_judged_as_a_whole_in_parts_as_all_at_once() -> None:
    asked = telling(70)
    asked.labels[[3, 40], [0, 2]] = 8
    right = judge(knowing, asked)
    for way in ("found", "known"):
        assert np.flatnonzero(~right[way]).tolist() == [3, 40]
    assert not right["equal_parts"].any(), "four equal parts are elsewhere"
    parts = [judge(knowing, asked, slice(at, at + AT_A_TIME)) for at in range(0, 70, AT_A_TIME)]
    assert all(
        np.array_equal(np.concatenate([part[way] for part in parts]), right[way]) for way in right
    )


def test_the_untrained_network_reads_four_digits_of_whatever_it_is_shown() -> None:
    problem = Problem(CAPTCHA_CHARACTERS.experiment, part_of("captchas", 64, 64))
    found = read(
        predictor(problem, problem.new_network().parameters),
        whole_captchas("captchas-other-font").pictures[:3],
    )
    assert found.labels.shape == found.places.shape == (3, 4)
    np.testing.assert_allclose(found.answers.sum(axis=-1), 1.0, atol=1e-5)


def test_captchas_of_letters_are_windows_of_sixteen_characters() -> None:
    dataset = load_sample("captcha-letters")
    assert dataset.class_names == (*"2347ACEFHKLPRTXY", "between characters")
    assert set(dataset.targets.tolist()) == set(range(17))
    whole = whole_captchas("captcha-letters")
    of_captcha = dataset.targets[-dataset.fixed_test_rows :].reshape(-1, 4 + BETWEEN)
    assert np.array_equal(of_captcha[:, :4], whole.labels)


def test_another_font_is_only_in_the_test() -> None:
    first, other = load_sample("captchas"), load_sample("captchas-other-font")
    assert other.fixed_test_rows == 8 * len(whole_captchas("captchas-other-font").labels) == 4000
    trained = first.rows - first.fixed_test_rows
    assert np.array_equal(first.inputs[:trained], other.inputs[:trained])
    assert other.rows == trained + 4000


PAGE = Path(__file__).parents[2] / "docs" / "images.md"
MEASURED = {
    cells[1]: cells
    for line in PAGE.read_text("utf-8").splitlines()
    if line[:1] == "|"
    for cells in [[cell.strip() for cell in line.split("|")]]
}


@pytest.mark.parametrize("preset", IMAGES, ids=lambda preset: preset.key)
def test_a_note_tells_what_was_measured_on_the_whole_test_part(preset) -> None:
    _, _, seeds, least, _, most, goal, judged, *_ = MEASURED[preset.key]
    assert float(least) >= float(goal)
    ends = sorted({f"{100 * float(share):.1f}" for share in (least, most)})
    told = f"With {seeds} seeds {ends[0]} to {ends[1]} %" if len(ends) > 1 else f"{ends[0]} %"
    assert told in preset.note
    assert float(judged) == pytest.approx(float(most), abs=0.01), "the fixed sample is no other set"


def test_notes_tell_what_was_measured_of_whole_captchas() -> None:
    for preset, what in (
        (CAPTCHA_CHARACTERS, "captchas, whole"),
        (CAPTCHA_OTHER_FONT, "captchas, whole"),
        (CAPTCHA_OTHER_FONT, "captchas, whole, a font never seen"),
        (CAPTCHA_WHOLE, "captchas, whole"),
        (CAPTCHA_EQUAL_PARTS, "captchas, cut into four equal parts"),
    ):
        ends = sorted({f"{100 * float(MEASURED[what][column]):.0f}" for column in (3, 5)})
        assert f"{' to '.join(ends)} %" in preset.note
