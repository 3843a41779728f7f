"""What the generators' published formulas promise, exactly or to sampling error."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.spec import SampleOptions
from nnviz.datasets.surfaces import multi_gaussian_height

MANY = 20_000


def sample(key: str, noise: float = 0.0, rows: int | None = None, **more: int) -> Dataset:
    return load_sample(key, SampleOptions(rows=rows, noise=noise, **more))


def test_houses_follow_the_formula_up_to_the_noise_they_admit() -> None:
    houses = sample("houses", rows=MANY)
    noise = houses.targets[:, 0] - houses.inputs @ (1.2, 5.0) - 20.0
    assert houses.noise_variance == pytest.approx(np.mean(noise**2), rel=1e-12)
    assert noise.std() == pytest.approx(5.0, rel=0.03)
    assert abs(noise.mean()) < 0.2
    assert houses.inputs.min(axis=0) == pytest.approx((0, 1), abs=0.05)
    assert houses.inputs.max(axis=0) == pytest.approx((100, 10), abs=0.05)


def test_houses_noise_grows_by_the_tutorials_with_every_ten_percent() -> None:
    calm, loud = sample("houses"), sample("houses", noise=10)
    assert np.array_equal(calm.inputs, loud.inputs)
    assert loud.noise_variance == pytest.approx(4 * calm.noise_variance)


def test_houses_are_a_hundred() -> None:
    assert sample("houses").rows == 100


def test_letters_are_the_tutorials_bitmaps() -> None:
    letters = sample("letters-abc")
    pictures = letters.inputs.reshape(3, *letters.image_shape)
    assert letters.class_names == ("A", "B", "C")
    assert letters.targets.tolist() == [0, 1, 2]
    assert pictures[0].tolist() == [
        [0, 0, 1, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [1, 1, 1, 1, 1, 1],
        [1, 0, 0, 0, 0, 1],
        [1, 0, 0, 0, 0, 1],
    ]
    assert pictures.sum(axis=2).tolist() == [[2, 2, 6, 2, 2], [4, 2, 4, 2, 4], [4, 1, 1, 1, 4]]
    assert pictures[1:, :, 1].all()
    assert not pictures[1:, :, 0].any()


def test_xor_is_the_truth_table() -> None:
    xor = sample("xor")
    rows = [(*row, label) for row, label in zip(xor.inputs.tolist(), xor.targets, strict=True)]
    assert rows == [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]


@pytest.mark.parametrize(("label", "centre", "slant"), [(0, 2, 0.5), (1, 6, -0.5)])
def test_two_gaussians_have_the_tutorials_moments(label: int, centre: float, slant: float) -> None:
    clouds = sample("two-gaussians", rows=MANY)
    cloud = clouds.inputs[clouds.targets == label]
    assert len(cloud) == MANY // 2
    assert cloud.mean(axis=0) == pytest.approx((centre, centre), abs=0.05)
    assert np.cov(cloud.T) == pytest.approx(np.array([(1, slant), (slant, 1)]), abs=0.05)


def test_two_gaussians_are_500_and_500() -> None:
    assert np.bincount(sample("two-gaussians").targets).tolist() == [500, 500]


def test_circle_without_noise_is_a_disc_in_a_ring() -> None:
    circle = sample("circle", rows=MANY)
    radius = np.hypot(*circle.inputs.T)
    assert np.array_equal(circle.targets == 1, radius < 2.5)
    assert radius.max() <= 5
    assert radius[circle.targets == 0].min() >= 3.5
    assert np.bincount(circle.targets).tolist() == [MANY // 2, MANY // 2]
    # Radii, not areas, are uniform: the middle is denser.
    assert radius[circle.targets == 1].mean() == pytest.approx(1.25, abs=0.02)


def test_circle_noise_changes_labels_and_leaves_points() -> None:
    calm, loud = sample("circle"), sample("circle", noise=30)
    assert np.array_equal(np.sort(calm.inputs, axis=0), np.sort(loud.inputs, axis=0))
    wrong = (np.hypot(*loud.inputs.T) < 2.5) != (loud.targets == 1)
    assert 0.02 < wrong.mean() < 0.4


def test_xor_cloud_without_noise_is_the_sign_of_the_product() -> None:
    cloud = sample("xor-cloud", rows=MANY)
    assert np.array_equal(cloud.targets == 1, cloud.inputs.prod(axis=1) > 0)
    assert 0.3 <= np.abs(cloud.inputs).min() < 0.31
    assert 5.29 < np.abs(cloud.inputs).max() <= 5.3


def test_xor_cloud_noise_mislabels_only_points_near_an_axis() -> None:
    cloud = sample("xor-cloud", noise=20, rows=MANY)
    wrong = (cloud.targets == 1) != (cloud.inputs.prod(axis=1) > 0)
    nearest = np.abs(cloud.inputs).min(axis=1)
    assert 0.01 < wrong.mean() < 0.2
    assert nearest[wrong].max() <= 5 * 0.20


@pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (25, 2.25), (50, 4)])
def test_gaussians_variance_is_linear_in_noise(noise: float, variance: float) -> None:
    clouds = sample("gaussians", noise=noise, rows=MANY)
    for label, centre in ((0, -2), (1, 2)):
        cloud = clouds.inputs[clouds.targets == label]
        assert cloud.mean(axis=0) == pytest.approx((centre, centre), abs=0.08)
        assert cloud.var(axis=0) == pytest.approx((variance, variance), rel=0.06)


def test_spiral_without_noise_is_the_published_curve() -> None:
    spiral = sample("spiral", rows=200)
    along = np.arange(100) / 100
    for label, turn in ((0, np.pi), (1, 0.0)):
        arm = spiral.inputs[spiral.targets == label]
        arm = arm[np.argsort(np.hypot(*arm.T))]
        angle = 1.75 * 2 * np.pi * along + turn
        curve = 5 * along[:, None] * np.column_stack((np.sin(angle), np.cos(angle)))
        assert arm == pytest.approx(curve, abs=1e-12)


def test_spiral_noise_moves_points_by_at_most_its_share() -> None:
    calm, loud = sample("spiral"), sample("spiral", noise=40)
    distance = np.abs(loud.inputs - calm.inputs)
    assert 0.35 < distance.max() <= 0.4


def test_moons_without_noise_are_two_half_circles() -> None:
    moons = sample("moons")
    for label, centre, up in ((0, (-1.5, -0.75), 1), (1, (1.5, 0.75), -1)):
        arc = moons.inputs[moons.targets == label] - centre
        assert np.hypot(*arc.T) == pytest.approx(np.full(len(arc), 3.0))
        assert (arc[:, 1] * up >= 0).all()


def test_moons_noise_is_a_share_of_the_radius() -> None:
    shift = sample("moons", 20, MANY).inputs - sample("moons", 0, MANY).inputs
    assert shift.std() == pytest.approx(0.6, rel=0.03)


@pytest.mark.parametrize(("noise", "spread"), [(0, 0.5), (50, 2.0)])
def test_blobs_lie_on_a_circle(noise: float, spread: float) -> None:
    blobs = sample("blobs", noise, MANY, classes=4)
    for label, centre in enumerate([(0, 4), (4, 0), (0, -4), (-4, 0)]):
        blob = blobs.inputs[blobs.targets == label]
        assert len(blob) == MANY // 4
        assert blob.mean(axis=0) == pytest.approx(centre, abs=0.15)
        assert blob.std(axis=0) == pytest.approx((spread, spread), rel=0.05)


def test_checkerboard_neighbours_differ() -> None:
    board = sample("checkerboard", rows=MANY)
    tiles = np.floor(board.inputs / 2.5).astype(int)
    labels = np.full((4, 4), -1)
    labels[tiles[:, 0] + 2, tiles[:, 1] + 2] = board.targets
    assert np.array_equal(labels, np.indices((4, 4)).sum(axis=0) % 2)
    assert np.array_equal(labels[tiles[:, 0] + 2, tiles[:, 1] + 2], board.targets)


def test_plane_without_noise_is_exact() -> None:
    plane = sample("plane")
    assert plane.rows == 1200
    assert plane.targets[:, 0] == pytest.approx(plane.inputs.sum(axis=1) / 10, abs=1e-15)
    assert plane.noise_variance == 0
    assert 5.9 < np.abs(plane.inputs).max() <= 6


@pytest.mark.parametrize("key", ["plane", "sine"])
def test_noise_variance_is_the_mean_square_of_what_was_drawn(key: str) -> None:
    calm, loud = sample(key), sample(key, noise=20)
    assert np.array_equal(calm.inputs, loud.inputs)
    drawn = np.mean((loud.targets - calm.targets) ** 2)
    assert loud.noise_variance == pytest.approx(drawn, rel=1e-9)


def test_plane_noise_has_the_variance_of_two_uniform_shifts() -> None:
    # Each shift is U(-6, 6)·noise, divided by ten: variance (2·6·noise)²/12/100, twice.
    variance = 2 * (12 * 0.2) ** 2 / 12 / 100
    assert sample("plane", 20, MANY).noise_variance == pytest.approx(variance, rel=0.05)


def test_multi_gaussian_has_its_hills_hollows_and_plain() -> None:
    points = np.array([(-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5)])
    assert multi_gaussian_height(points).tolist() == [1, -1, 1, -1, 1, -1]
    assert multi_gaussian_height(points + np.array((1, 0))).tolist() == [
        0.5,
        -0.5,
        0.5,
        -0.5,
        0.5,
        -0.5,
    ]
    assert multi_gaussian_height(np.array([(0.0, 0.0), (6.0, 6.0), (2.0, 0.0)])).tolist() == [0] * 3


def test_multi_gaussian_without_noise_is_exact() -> None:
    hills = sample("multi-gaussian")
    assert np.array_equal(hills.targets[:, 0], multi_gaussian_height(hills.inputs))
    assert hills.noise_variance is None


def test_sine_without_noise_is_exact() -> None:
    sine = sample("sine")
    assert np.array_equal(sine.targets, np.sin(sine.inputs))
    assert sine.noise_variance == 0
    assert sample("sine", 30, MANY).noise_variance == pytest.approx(0.09, rel=0.05)


@pytest.mark.parametrize("key", ["circle", "gaussians", "spiral", "moons", "two-gaussians"])
def test_rows_are_shuffled(key: str) -> None:
    labels = sample(key).targets
    assert np.count_nonzero(np.diff(labels)) > len(labels) // 4
