"""The network picture as arrays: where neurons stand, which edges there are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nnviz.gui.network.column import ColumnSpec
from nnviz.gui.network.edges import (
    Edges,
    all_edges,
    own_edges,
    pen_index,
    strongest,
    weigh,
)
from nnviz.gui.network.layout import Layout, Margins, VisibleRange, arrange, step

MARGINS = Margins(80.0, 54.0, 120.0, 48.0)
SIZES = [(500.0, 350.0), (1000.0, 700.0)]
NETWORKS = [
    ([2, 4, 1], None),
    ([2, 1], None),
    ([2, 6, 6, 6, 6, 1], None),
    ([30, 12, 6, 1], None),
    ([30, 5, 3], (5, 6)),
    ([64, 32, 10], (8, 8)),
    ([784, 128, 64, 10], (28, 28)),
    ([4, *[8] * 10, 3], None),
]
UP, DOWN, LEFT, RIGHT = (0, -1), (0, 1), (-1, 0), (1, 0)
MNIST = [784, 128, 64, 10]


def laid(units, width=900.0, height=600.0, image=None, visible=None) -> Layout:
    first = ColumnSpec(units[0], "image", image) if image else ColumnSpec(units[0])
    return arrange([first, *map(ColumnSpec, units[1:])], width, height, MARGINS, visible)


def weights_of(edges: Edges) -> list[tuple[int, int, int]]:
    return [edges.weight_of(i) for i in range(len(edges))]


class Weights:
    """What edges are weighed by: matrices, and the largest of each."""

    def __init__(self, *matrices) -> None:
        self.weights = matrices

    def largest(self, layer: int) -> float:
        return float(np.abs(self.weights[layer]).max())


# ------------------------------------------------------------------------------------------ layout


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("units", "image"), NETWORKS)
def test_neurons_stand_inside_the_margins_and_apart(units, image, width, height) -> None:
    layout = laid(units, width, height, image)
    for column in layout.columns:
        left, top, right, bottom = column.box
        assert left >= MARGINS.left - 1e-6
        assert right <= width - MARGINS.right + 1e-6
        assert top >= MARGINS.top - 1e-6
        assert bottom <= height - MARGINS.bottom + 1e-6
        if column.tile is None and len(column.shown) > 1:
            assert np.diff(column.points[:, 1]).min() > column.size
    for before, after in itertools.pairwise(layout.columns):
        assert before.box[2] < after.box[0]


def test_small_layers_are_shown_whole_and_large() -> None:
    columns = laid([2, 4, 1], 1000, 700).columns
    assert [column.hidden for column in columns] == [0, 0, 0]
    assert all(column.size >= 44 for column in columns)
    assert np.ptp(np.diff([column.x for column in columns])) < 1e-6, "at equal distances"


def test_large_layers_collapse_to_what_fits() -> None:
    small, large = (laid([4, 128, 10], 700, height).columns for height in (350, 700))
    for columns in (small, large):
        assert len(columns[1].shown) + columns[1].hidden == 128
        assert columns[1].size >= 10
        assert columns[0].hidden == columns[2].hidden == 0
    assert small[1].hidden > large[1].hidden > 0


def test_an_image_is_one_tile_of_square_pixels_in_reading_order() -> None:
    column = laid([30, 5, 3], image=(5, 6)).columns[0]
    assert column.tile is not None
    assert column.tile[2] / 6 == pytest.approx(column.tile[3] / 5)
    assert np.all(np.diff(column.points[:6, 0]) > 0)
    assert np.all(column.points[6:12, 1] > column.points[:6, 1])
    assert np.all(np.diff(column.ports[:, 1]) > 0)


@pytest.mark.parametrize("expanded", [None, 1])
def test_every_neuron_is_found_where_it_stands(expanded) -> None:
    layout = laid([64, 32, 10], image=(8, 8), visible=VisibleRange({}, expanded))
    for column in layout.columns:
        for unit, (x, y) in zip(column.shown, column.points, strict=True):
            assert layout.node_at(x, y) == (column.layer, unit)
    assert layout.node_at(2.0, 2.0) is None


@pytest.mark.parametrize("kind", ["maps", "strip"])
def test_every_number_of_maps_and_strips_is_found(kind) -> None:
    specs = [ColumnSpec(64, "image", (8, 8)), ColumnSpec(96, kind, (4, 4)), ColumnSpec(10)]
    column = arrange(specs, 900, 600, MARGINS).columns[1]
    assert column.units == (6 if kind == "maps" else 96)
    for unit in range(0, 96, 7):
        left, top, wide, high = column.place_of(unit)
        assert column.unit_at(left + wide / 2, top + high / 2) == unit


# ------------------------------------------------------------------- collapsed layers and expanded


def test_a_collapsed_layer_shows_the_neurons_asked_for() -> None:
    layout = laid([4, 128, 10], height=500, visible=VisibleRange().scrolled(1, 40))
    column = layout.columns[1]
    assert column.shown[0] == column.shown.start == 40
    assert column.position(39) is None
    assert column.position(41) == 1
    weights = Weights(np.arange(512.0).reshape(128, 4), np.arange(1280.0).reshape(10, 128))
    shown = weigh(all_edges(layout), weights)
    edges = shown.edges
    for edge in (0, 17, len(edges) - 1):
        layer, target, source = edges.weight_of(edge)
        relative = weights.weights[layer][target, source] / weights.largest(layer)
        assert shown.strengths[edge] == pytest.approx(relative)


@pytest.mark.parametrize("first", [-5, 0, 127, 10_000])
@pytest.mark.parametrize("expanded", [None, 1])
def test_scrolling_stops_at_both_ends(first, expanded) -> None:
    layout = laid([4, 1500, 10], 700, 400, visible=VisibleRange({1: first}, expanded))
    shown = layout.columns[1].shown
    assert len(shown) > 10
    assert 0 <= shown[0] < shown[-1] < 1500
    assert shown[-1] == 1499 or first < 1500


@pytest.mark.parametrize("size", [(520.0, 360.0), (1100.0, 700.0)])
@pytest.mark.parametrize("layer", [1, 2])
def test_an_expanded_layer_shows_its_neurons_between_its_neighbours(size, layer) -> None:
    layout = laid(MNIST, *size, (28, 28), VisibleRange({}, layer))
    plain = laid(MNIST, *size, (28, 28))
    column = layout.columns[layer]
    assert len(column.shown) > len(plain.columns[layer].shown)
    drawn = {matrix for matrix, _, _ in weights_of(all_edges(layout))}
    assert layer - 1 not in drawn, "a grid has those pointed at only"
    assert column.size > 15
    left, top, right, bottom = column.box
    assert min(left, top, size[0] - right, size[1] - bottom) >= 0
    distances = np.abs(column.points[:, None] - column.points[None]).max(axis=2)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > column.size
    for before, after in itertools.pairwise(layout.columns):
        assert before.box[2] < after.box[0]


# ------------------------------------------------------------------------------------------- edges


def test_there_is_an_edge_for_every_weight_and_those_of_collapsed_neurons_are_counted() -> None:
    edges = all_edges(laid([2, 4, 1]))
    pairs = weights_of(edges)
    wanted = {(0, t, s) for t in range(4) for s in range(2)} | {(1, 0, s) for s in range(4)}
    assert set(pairs) == wanted
    assert len(pairs) == len(wanted) == edges.total
    layout = laid([4, 128, 10], 700, 350)
    edges = all_edges(layout)
    assert edges.total == 4 * 128 + 128 * 10
    assert len(edges) == len(layout.columns[1].shown) * 14
    assert weights_of(edges)[-1] == (1, 9, layout.columns[1].shown[-1])


def test_the_strongest_are_kept_in_groups_of_their_pens() -> None:
    strengths = np.random.default_rng(0).uniform(-1, 1, 5000)
    index, pens = strongest(strengths, 700)
    assert len(set(index.tolist())) == 700
    left_out = np.setdiff1d(np.arange(5000), index)
    assert np.abs(strengths[index]).min() >= np.abs(strengths[left_out]).max()
    assert np.array_equal(pens, pen_index(strengths[index]))
    assert np.all(np.diff(pens.astype(int)) >= 0)
    assert pen_index(np.array([0.0, 1.0, -1.0, -0.01, np.nan])).tolist() == [0, 30, 31, 1, 0]


def nearest(edges: Edges, x: float, y: float, reach: float) -> int | None:
    return edges.nearest(x, y, reach, np.arange(len(edges)))


@pytest.mark.parametrize("units", [[2, 4, 1], [12, 12, 12, 4]], ids=["curved", "straight"])
def test_an_edge_is_found_at_its_ends(units) -> None:
    edges = all_edges(laid(units))
    found = [nearest(edges, x0 + 0.5, y0, 3.0) for x0, y0, _, _ in edges.lines]
    pairs = weights_of(edges)
    assert [(pairs[i][0], pairs[i][2]) for i in found] == [(i, source) for i, _, source in pairs]
    assert nearest(edges, 5.0, 5.0, 5.0) is None
    x, y = edges.lines[0, :2]
    assert edges.nearest(x, y, 3.0, np.empty(0, dtype=np.intp)) is None, "it is not drawn"


def test_a_neurons_edges_are_those_that_end_or_start_there() -> None:
    layout = laid([2, 4, 3])
    assert len(own_edges(layout, (0, 1), True, True)) == 4
    own = own_edges(layout, (1, 2), True, True)
    pairs = weights_of(own)
    assert pairs == [(0, 2, 0), (0, 2, 1), (1, 0, 2), (1, 1, 2), (1, 2, 2)]
    assert own.total == len(own)
    weights = Weights(np.arange(8.0).reshape(4, 2), np.arange(12.0).reshape(3, 4))
    wanted = [weights.weights[i][t, s] / weights.largest(i) for i, t, s in pairs]
    np.testing.assert_allclose(weigh(own, weights).strengths, wanted)


# ------------------------------------------------------------------------------------------ walking


def test_steps_between_neighbours() -> None:
    layout = laid([30, 12, 6], height=500, image=(5, 6))
    assert step(layout, (1, 0), *UP) == (1, 0)
    assert step(layout, (1, 0), *DOWN) == (1, 1)
    assert step(layout, (1, 11), *DOWN) == (1, 11)
    assert step(layout, (2, 3), *RIGHT) == (2, 3)
    assert step(layout, (0, 8), *UP) == (0, 2)
    assert step(layout, (0, 8), *RIGHT) == (0, 9)
    assert step(layout, (0, 11), *RIGHT)[0] == 1
    assert step(layout, (1, 0), *RIGHT) == (2, 0)
    assert step(layout, (1, 4), *LEFT)[0] == 0
    layout = laid([4, 64, 3], height=500, visible=VisibleRange({}, 1))
    across = layout.columns[1].across
    assert across > 1
    assert step(layout, (1, 0), *RIGHT) == (1, 1)
    assert step(layout, (1, 0), *DOWN) == (1, across)
    assert step(layout, (1, 0), *LEFT)[0] == 0
    assert step(layout, (1, across - 1), *RIGHT)[0] == 2
