"""The loss over a plane of parameters is that of the network with those parameters."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.training.landscape import (
    losses_along,
    losses_of,
    path_plane,
    random_plane,
    rows_of,
    weights_plane,
)
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.trainer import Trainer, overflow_is_checked

KEYS = ("xor-2-4-1", "house-prices", "letters-abc", "digits-cnn")


def trained(key: str, epochs: int, room: int = 0) -> Trainer:
    """Return a preset's trainer after so many epochs."""
    trainer = Trainer(PRESETS[key].experiment, checkpoints_room=room)
    with overflow_is_checked():
        trainer.advance(trainer.updates_until(epochs))
    return trainer


@pytest.mark.parametrize("key", KEYS)
def test_the_origin_has_the_loss_that_is_recorded(key):
    trainer = trained(key, 1)
    (found,) = losses_of(trainer.problem, [trainer.network.parameters])
    assert found == pytest.approx(trainer.evaluate().train_loss, rel=1e-6)


def test_a_plane_of_two_weights_moves_those_two_alone():
    trainer = trained("xor-2-4-1", 5)
    origin = trainer.network.parameters.copy()
    plane = weights_plane(origin, 0, 3, 2.0, 5)
    row = next(row for row in rows_of(trainer.experiment, plane) if row.beta == 1)
    moved = origin.copy()
    moved[3] -= 1.0
    moved[0] += 2.0
    assert losses_along(row)[-1] == losses_of(trainer.problem, [moved])[0]
    assert plane.place_of(moved) == pytest.approx((2.0, -1.0))


@pytest.mark.parametrize("key", ["xor-2-4-1", "digits-cnn"])
def test_random_directions_are_as_long_as_each_filter(key):
    trainer = trained(key, 1)
    origin = trainer.network.parameters.copy()
    plane = random_plane(trainer.problem, origin, 7, 1.0, 3)
    assert not np.array_equal(plane.first, plane.second)
    networks = [trainer.problem.blank_network() for _ in range(3)]
    for network, vector in zip(networks, (origin, plane.first, plane.second), strict=True):
        network.parameters[...] = vector
    for own, *drawn in zip(*(network.layers for network in networks), strict=True):
        for layer in drawn:
            lengths = (np.linalg.norm(one.weights, axis=1) for one in (layer, own))
            np.testing.assert_allclose(*lengths, rtol=1e-5)
            assert not layer.biases.any()


def test_the_way_of_a_run_lies_in_its_plane_and_inside():
    trainer = trained("xor-2-4-1", 300, room=40)
    path = [one.parameters for one in trainer.checkpoint_queue.take()]
    plane = path_plane(path, 9)
    assert plane is not None
    places = np.array([plane.place_of(point) for point in path])
    assert places[-1] == pytest.approx((0.0, 0.0), abs=1e-9)
    for column, ends in zip(places.T, (plane.alphas, plane.betas), strict=True):
        assert ends[0] < column.min() and column.max() < ends[-1]
    spread = np.linalg.norm(np.diff(np.array(path), axis=0), axis=1).sum()
    across = np.linalg.norm(np.diff(places, axis=0), axis=1).sum()
    assert 0.9 * spread < across <= spread * (1 + 1e-9)  # hardly anything is out of the plane


def test_a_run_that_never_moved_has_no_plane():
    weights = np.ones(5)
    assert path_plane([weights], 5) is None
    assert path_plane([weights, weights], 5) is None
    assert path_plane([weights, 2 * weights, 3 * weights], 5) is None


def test_rows_come_from_the_middle_outwards():
    trainer = trained("xor-2-4-1", 1)
    plane = weights_plane(trainer.network.parameters, 0, 1, 1.0, 5)
    rows = [row.beta for row in rows_of(trainer.experiment, plane)]
    assert rows[0] == 2 and sorted(rows) == [0, 1, 2, 3, 4]


def test_a_loss_beyond_all_numbers_is_no_error():
    problem = Problem(PRESETS["house-prices"].experiment)
    beyond = np.full(problem.blank_network().parameters.size, 1e200)
    assert not np.isfinite(losses_of(problem, [beyond])).any()
