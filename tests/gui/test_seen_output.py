"""Answers, tables and the gallery show the numbers there are, as they are."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnviz.engine.layers import Dense

from .seen import (
    Seen,
    blue,
    box,
    changed,
    choose_row,
    color,
    experiment,
    ink,
    like,
    long_rows,
    middle,
    only,
    orange,
    spans,
)

IRIS = experiment("iris", Dense(3, "softmax"), loss="categorical_crossentropy")
TWO = experiment("gaussians", Dense(1, "sigmoid"))


@pytest.fixture
def seen(window, qtbot) -> Seen:
    return Seen(window, qtbot)


# ---------------------------------------------------------------------------------- the surface


def test_samples_have_the_colour_of_their_class_where_they_lie(seen) -> None:
    data = seen.show(TWO, only([0.0])).dataset
    picture = seen.picture("output")
    places = [middle(like(picture, color("class", label), 2)) for label in (0, 1)]
    means = [data.inputs[data.targets.ravel() == label].mean(axis=0) for label in (0, 1)]
    across, up = np.sign(means[1] - means[0])
    assert np.sign(places[1][0] - places[0][0]) == across
    assert np.sign(places[0][1] - places[1][1]) == up
    assert not like(picture, color("class", 2), 2).any()


def test_test_samples_are_rings(seen) -> None:
    """Through a ring one sees a surface that is nowhere else: the ground has a tint."""
    open_ = {}
    for share in (0.0, 0.5):
        asked = changed(TWO, "data", test_fraction=share, rows=20)
        seen.show(asked, only([9.0]))
        picture = seen.picture("output")
        height, width = picture.shape[:2]
        inside = picture[height // 5 : -height // 5, round(0.3 * width) : round(0.7 * width)]
        open_[share] = int(like(inside, color("surface"), 2).sum())
    assert open_[0.5] > open_[0.0] + 100


# ------------------------------------------------------------------------------------ the tables


def test_the_confusion_matrix_has_what_is_true_down_and_what_is_decided_across(seen) -> None:
    """All is taken for the first class: the first column is full."""
    seen.show(IRIS, only([9.0, 0.0, 0.0]))
    seen.choose("output", "Confusion")
    picture = seen.picture("output", (700, 700))
    left, top, right, bottom = box(orange(picture))
    assert bottom - top > 1.5 * (right - left)
    assert box(blue(picture))[3] <= top + 2


def test_cells_of_the_forward_table_have_the_tint_of_their_number(seen) -> None:
    tinted = {}
    for bias in (0.1, 20.0):
        seen.show(experiment("xor", Dense(1, "tanh")), only([bias]))
        tinted[bias] = int(blue(seen.picture("forward")).sum())
    assert tinted[20.0] > tinted[0.1] + 500


def test_every_row_of_the_forward_table_tells_its_own_number(seen) -> None:
    seen.show(IRIS, only([0.0, 0.0, 0.0]))
    choose_row(seen.window, 0)
    seen.panel("forward")
    table = seen.surface("forward-table")
    for x in range(30, table.width(), 8):
        tips = [seen.tip("forward-table", x, y) for y in range(2, table.height(), 11)]
        numbers = [re.findall(r"−?\d+\.\d+", tip) for tip in tips]
        if all(numbers[:4]):
            break
    lengths = [f"{value:.6g}"[:3] for value in (5.1, 4.9, 4.7, 4.6)]
    told = {found[-1][:3] for found in numbers if found}
    assert told >= set(lengths), tips


def test_runs_have_the_parts_above_their_figures(seen) -> None:
    """The figures of the test part come first; its name is the shorter of the two."""
    seen.show(changed(IRIS, "data", test_fraction=0.3))
    picture = seen.picture("runs", (1000, 400))
    heads = [band for band in spans(ink(picture).any(axis=1), gap=2) if band[1] - band[0] > 4]
    top, bottom = heads[1]
    titles = ink(picture[top : bottom - 2])  # without the line below them
    words = [end - start for start, end in spans(titles.any(axis=0), gap=10)]
    loss_test, loss_train, metric_test, metric_train = words[:4]
    assert abs(loss_test - metric_test) <= 1
    assert abs(loss_train - metric_train) <= 1
    assert loss_train > loss_test


# ----------------------------------------------------------------------------------- the gallery


def test_the_gallery_has_the_derivatives_dashed(seen) -> None:
    """That of the identity is 1 everywhere."""
    seen.show(IRIS, only([0.0, 0.0, 0.0]))
    seen.panel("gallery").restore_view({"enlarged": "linear"})
    slope = like(seen.grab("gallery-plot"), color("second"), 60)
    rows = long_rows(slope, 0.4)
    assert rows
    assert slope[rows[0]].mean() < 0.9
