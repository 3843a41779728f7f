"""Curves, histograms, tool bar, timeline and exports show the numbers there are, as they are."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractSlider, QWidget

from nnviz.engine.layers import Dense

from .seen import (
    Seen,
    blue,
    box,
    changed,
    color,
    experiment,
    ink,
    like,
    long_rows,
    look_back,
    middle,
    only,
    orange,
    record,
    same,
    spans,
)

EPOCHS = range(1, 101)
TWO = experiment("gaussians", test=0.25, learning_rate=0.07)
IRIS = experiment("iris", Dense(3, "softmax"), loss="categorical_crossentropy")
XOR = experiment("xor", Dense(4, "sigmoid"), Dense(1, "sigmoid"), learning_rate=1.0)
THIN = 60
"""How far from its colour a curve may be: antialiasing makes thin ones paler."""


@pytest.fixture
def seen(window, qtbot) -> Seen:
    return Seen(window, qtbot)


@pytest.fixture
def trained(seen) -> Seen:
    seen.train(XOR)
    return seen


def level(picture, name: str, least: float = 0.7) -> int:
    """Return the height of a level curve of this colour."""
    rows = long_rows(like(picture, color(name), THIN), least)
    assert rows, f"no level curve of {name}"
    return rows[len(rows) // 2]


# ------------------------------------------------------------------------------------ the curves


def test_train_is_solid_and_test_dashed_each_at_its_height(seen) -> None:
    """The rate, at seven eighths of an axis of its own, is above a loss at four fifths of its."""
    seen.show(TWO, records=[record(i, 1.0, 0.5, rate=0.07) for i in EPOCHS])
    picture = seen.picture("loss")
    curve = like(picture, color("curve"), THIN)
    left, _, right, _ = box(curve)
    cover = curve.sum(axis=1) / (right - left)
    solid, dashed = np.flatnonzero(cover > 0.95), np.flatnonzero((cover > 0.3) & (cover < 0.9))
    assert solid.size
    assert dashed.size
    assert solid.max() < dashed.min()
    assert 0.1 * len(picture) < dashed.min() - solid.max() < 0.6 * len(picture)
    assert level(picture, "second") < solid.min()


def test_a_logarithmic_axis_makes_a_line_of_what_falls_by_the_same_factor(seen) -> None:
    seen.show(TWO, records=[record(i, 10 ** (-i / 25), 1.0) for i in EPOCHS])
    seen.panel("loss")
    seen.press("loss-log")
    picture = seen.picture("loss")
    seen.press("loss-log")
    curve = like(picture, color("curve"), THIN)
    left, _, right, _ = box(curve)
    steep = []
    for share in (0.3, 0.5, 0.7):
        column = np.flatnonzero(curve[:, left + round(share * (right - left))])
        steep.append(int(column.max()))  # the lower one, below that of test
    assert steep[1] - steep[0] > 0.05 * len(picture)
    assert abs(steep[2] - 2 * steep[1] + steep[0]) < 0.02 * len(picture)


def test_the_largest_class_is_below_an_accuracy_that_is_better(seen) -> None:
    seen.show(IRIS, records=[record(i, metric=0.6) for i in EPOCHS])
    picture = seen.picture("accuracy")
    reference = level(picture, "muted", 0.25)
    assert 0.05 * len(picture) < reference - level(picture, "curve") < 0.4 * len(picture)


def test_numbers_at_an_axis_are_all_different(seen) -> None:
    seen.show(IRIS, records=[record(i, 1.0) for i in EPOCHS])
    picture = seen.picture("loss")
    left = box(like(picture, color("curve"), THIN))[0]
    labels = ink(picture)[:, : left - 12]
    written = []
    for top, bottom in spans(labels.any(axis=1), gap=2):
        band = labels[top:bottom]
        start, _, end, _ = box(band)
        written.append(band[:, start:end].tobytes())
    assert len(written) >= 4
    assert len(set(written)) == len(written)


def test_an_earlier_epoch_is_marked_at_its_place(trained) -> None:
    for epoch in (80, 20):
        look_back(trained.window, epoch)
        trained.rest()
        picture = trained.picture("loss")
        marks = like(picture, color("accent"), 40).sum(axis=0) > 0.6 * len(picture)
        found = spans(marks)
        assert len(found) == 1, epoch
        assert abs(found[0][0] / picture.shape[1] - epoch / 100) < 0.12
    trained.act("now")


def test_legends_name_what_is_drawn(seen) -> None:
    seen.show(TWO)
    for key in ("loss", "accuracy"):
        legend = seen.panel(key).findChild(QWidget, "legend")
        assert legend.accessibleName().split(", ")[:2] == ["train", "test"], key


def test_kept_runs_are_drawn_in_the_colours_they_have_in_runs(seen) -> None:
    for rate in (1.0, 0.5, 0.25):
        seen.train(changed(XOR, "training", learning_rate=rate))
        if rate > 0.25:
            seen.act("keep-run")
    try:
        pictures = {key: seen.picture(key) for key in ("runs", "loss", "accuracy")}
    finally:
        seen.press("runs-forget-all")
    for slot in (0, 1):
        for key, picture in pictures.items():
            assert like(picture, color("kept", slot), 30).sum() > 8, (key, slot)
    for key in ("loss", "accuracy"):
        assert not like(pictures[key], color("kept", 2), 12).any(), key


# ------------------------------------------------------------------------------------ the layers


def test_bars_stand_on_their_side_of_zero_in_the_colour_of_their_sign(seen) -> None:
    weights = [[-1.0, -0.02, -0.02, -0.02, 0.02, 0.02, 0.02, 1.0]]
    seen.show(experiment("concrete", Dense(1, "relu")), only([0.0], weights))
    picture = seen.picture("weights")
    lower = picture[len(picture) // 2 :]
    zero = middle(like(lower, color("text"), 30))[0]  # the stroke of the bias
    assert box(orange(lower))[2] <= zero + 2
    assert box(blue(lower))[0] >= zero - 2
    assert box(blue(lower))[0] < zero + 4
    assert box(orange(lower))[2] > zero - 6


def test_every_bias_has_its_stroke(seen) -> None:
    for biases, strokes in (([-0.8, 0.2, 0.8], 3), ([0.4, 0.4, 0.4], 1)):
        seen.show(IRIS, only(biases, 0.5))
        picture = seen.picture("weights")
        lower = like(picture[len(picture) // 2 :], color("text"), 30)
        assert len(spans(lower.any(axis=0))) == strokes


def test_the_heat_map_has_the_first_neuron_on_top_and_the_classes_below(seen) -> None:
    seen.show(IRIS, only([20.0, 0.0, 0.0]))
    picture = seen.picture("activations")
    rows = {}
    for name in ("positive", "neutral"):
        cover = like(picture, color(name), 3).mean(axis=1)
        rows[name] = np.flatnonzero(cover > 0.5)
        assert rows[name].size, name
    assert rows["positive"].max() < rows["neutral"].min()
    below = picture[rows["neutral"].max() :]
    strip = [middle(like(below, color("class", label), 2))[0] for label in range(3)]
    assert strip == sorted(strip)
    assert not like(below, color("class", 3), 2).any()


# -------------------------------------------------------------------------------- what is around


def test_the_tool_bar_tells_both_losses(seen) -> None:
    seen.show(TWO, records=[record(i, 0.25, 0.75, rate=0.07) for i in EPOCHS])
    told = {part: seen.part(f"figure-{part}").accessibleName() for part in ("train", "test")}
    assert "0.25" in told["train"]
    assert "0.75" in told["test"]


def test_the_handle_of_the_timeline_is_at_the_end_of_its_bar(trained) -> None:
    """A quarter of the epochs have half of the track: places go by the square root."""
    look_back(trained.window, 25)
    trained.rest()
    track = trained.part("timeline-track")
    assert isinstance(track, QAbstractSlider)
    assert track.value() == 25
    picture = trained.grab("timeline-track")
    shown = like(picture, color("accent"), 40)
    bar = shown.sum(axis=1) > 0.25 * picture.shape[1]
    ring = shown & ~bar[:, np.newaxis]
    assert abs(middle(ring)[0] / picture.shape[1] - 0.5) < 0.04
    assert box(shown)[2] <= box(ring)[2] + 2
    trained.act("now")


def test_an_exported_picture_has_its_legend_where_one_is_asked_for(seen) -> None:
    seen.show(TWO, records=[record(i, 1.0, 0.5) for i in EPOCHS])
    with_legend, without = (seen.picture("loss", legend=wanted) for wanted in (True, False))
    assert not same(with_legend, without)
    foot = slice(round(0.93 * len(without)), None)
    assert like(with_legend[foot], color("curve")).any()
    assert not like(without[foot], color("curve")).any()


def test_the_caption_of_an_exported_picture_tells_the_epoch_it_shows(seen) -> None:
    seen.show(TWO, records=[record(i, 1.0, 0.5) for i in range(1, 43)])
    assert any("epoch 42 " in text for text in seen.labels("loss"))
