"""A drawing is prepared as the publisher prepared the pictures, wherever it is."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.pad import Pad, averaged, fitted


def drawn(pad: Pad, *places: tuple[float, float], erases: bool = False) -> np.ndarray:
    pad.press(places[0], erases)
    for place in places[1:]:
        pad.move(place)
    inputs = pad.inputs()
    return np.zeros(pad.shape) if inputs is None else np.array(inputs).reshape(pad.shape)


def test_a_pixel_is_the_mean_of_its_area() -> None:
    picture = np.array([[0, 1, 1], [0, 0, 1]], dtype=float)
    np.testing.assert_allclose(averaged(picture, (2, 3)), picture)
    np.testing.assert_allclose(averaged(picture, (1, 1)), [[0.5]])
    np.testing.assert_allclose(averaged(picture, (2, 2)), [[1 / 3, 1], [0, 2 / 3]])
    np.testing.assert_allclose(averaged(picture, (4, 3)), picture.repeat(2, axis=0))


def test_a_bar_in_the_middle_stays_and_one_elsewhere_or_larger_becomes_it() -> None:
    bar = np.zeros((28, 28))
    bar[4:24, 13:16] = 1
    np.testing.assert_array_equal(fitted(bar, 20, (28, 28)), bar)
    np.testing.assert_array_equal(fitted(np.roll(bar, (3, -9), (0, 1)), 20, (28, 28)), bar)
    large = bar.repeat(3, axis=0).repeat(3, axis=1)
    np.testing.assert_allclose(fitted(large, 20, (28, 28)), bar)
    # What is heavy on one side has its centre of mass in the middle, but not out of the picture.
    corner = np.zeros((28, 28))
    corner[4:24, 5] = corner[23, 5:15] = 1
    picture = fitted(corner, 20, (28, 28))
    assert picture.sum() == 29
    np.testing.assert_allclose(
        [(picture.sum(a) @ np.arange(28)) / 29 for a in (0, 1)], 14, atol=0.5
    )
    assert np.flatnonzero(fitted(corner, 8, (8, 8)).any(axis=1)).tolist() == list(range(8))


@pytest.mark.parametrize("sample", ["mnist", "digits", "captchas"])
def test_a_soft_brush_draws_greys_of_the_samples(sample: str) -> None:
    data = load_sample(sample)
    pad, (rows, columns) = Pad(data), data.image_shape or (0, 0)
    assert pad.inputs() is None
    seven = [(0.3, 0.2), (0.7, 0.2), (0.5, 0.8)]
    picture = drawn(pad, *((x * columns, y * rows) for x, y in seven))
    assert 0.9 * data.inputs.max() < picture.max() <= data.inputs.max()
    assert set(picture.ravel()) <= set(np.unique(data.inputs))
    assert np.unique(picture).size >= 8
    across, down = (np.flatnonzero(picture.any(axis=axis)).size for axis in (0, 1))
    expected = {"mnist": 20, "digits": 8, "captchas": pytest.approx(0.73 * 24, abs=1.5)}
    assert down == expected[sample] and across < down
    line = 0.5 * rows
    crossed = drawn(pad, (0, line), (columns, line), erases=True)
    middle = slice(rows // 3, -rows // 3)
    assert crossed[middle].sum(axis=1).min() < 0.6 * picture[middle].sum(axis=1).min()
    pad.undo()
    assert np.array_equal(np.reshape(pad.inputs() or (), pad.shape), picture)
    pad.clear()
    assert pad.inputs() is None and pad.is_touched
    pad.undo()
    pad.undo()
    assert pad.inputs() is None and not pad.is_touched
    # As large as it is in one corner is as large elsewhere; only MNIST and digits are moved.
    point = rows / pad.ink.shape[0]
    moved = drawn(pad, *((x * columns + 9 * point, y * rows - 5 * point) for x, y in seven))
    assert np.array_equal(moved, picture) == (sample != "captchas")


def test_pixels_of_a_bitmap_are_turned_on_and_off() -> None:
    data = load_sample("letters-abc")
    pad, letter = Pad(data), data.inputs[0].reshape(5, 6)
    pad.load(data.inputs[0])
    assert pad.is_bitmap and not pad.is_touched and pad.inputs() == tuple(letter.ravel())
    assert letter[0, 0] == 0 and letter[4, 0] == 1
    assert drawn(pad, (0.5, 0.5))[0, 0] == 1
    assert drawn(pad, (0.9, 0.1))[0, 0] == 0
    row = drawn(pad, (-3.0, 0.5), (0.5, 0.5), (9.0, 0.5))
    assert row[0].all() and np.array_equal(row[1:], letter[1:])
    off = drawn(pad, (0.5, 4.9), (5.5, 4.9))
    assert not off[4].any()
    assert not drawn(pad, (0.5, 0.5), erases=True)[0, 0]
    for _ in range(9):
        pad.undo()
    assert np.array_equal(pad.ink, letter) and not pad.is_touched
