"""The network picture: where things stand, what is drawn, what the mouse finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from nnviz.gui.network.allowance import FIRST
from nnviz.gui.network.figures import exact, short
from nnviz.gui.network.picture import RESTING_AT_MOST
from nnviz.gui.network.reading import expected, predicted, read, scales_of
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.segments import PIECES, cut
from nnviz.gui.network.sheet import Layout, Margins
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QSpinBox

from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import DARK, LIGHT, rgb
from nnviz.gui.network import NetworkView
from nnviz.gui.network.card import card_for
from nnviz.gui.network.edges import bucket, edges_at, edges_of, strongest
from nnviz.gui.network.layout import arrange
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

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


def experiment(sample: str, *layers: tuple[int, str]) -> Experiment:
    softmax = layers[-1][1] == "softmax"
    linear = layers[-1][1] == "linear"
    loss = "categorical_crossentropy" if softmax else "mean_squared_error"
    return Experiment(
        DataChoice(sample, standardize_inputs=linear, standardize_target=linear),
        NetworkChoice(tuple(Dense(units, name) for units, name in layers)),
        TrainingChoice(loss=loss, learning_rate=0.5, epochs=200),
    )


XOR = experiment("xor", (4, "sigmoid"), (1, "sigmoid"))
LETTERS = experiment("letters-abc", (5, "sigmoid"), (3, "sigmoid"))
DIGITS = experiment("digits", (32, "relu"), (10, "softmax"))
CASES = {
    "xor": XOR,
    "letters": LETTERS,
    "digits": DIGITS,
    "iris": experiment("iris", (6, "tanh"), (3, "softmax")),
    "houses": experiment("houses", (3, "relu"), (1, "linear")),
    "only an output": experiment("gaussians", (1, "sigmoid")),
    "tanh classes": experiment("spiral", (6, "tanh"), (1, "tanh")),
    "long names": experiment("breast-cancer", (12, "relu"), (1, "sigmoid")),
}


def frame_of(asked: Experiment, row: int = 1, steps: int = 20) -> Frame:
    trainer = Trainer(asked)
    for _ in itertools.islice(trainer.steps(), steps):
        pass
    inspection = Inspection(trainer.problem, trainer.snapshot())
    return Frame(History(len(asked.network.layers)), inspection, row)


def shown(qtbot, frame: Frame, width: int = 900, height: int = 600) -> NetworkView:
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.resize(width, height)
    with qtbot.waitExposed(view):
        view.show()
    view.begin(frame.inspection.problem)
    view.show_frame(frame)
    return view


def pixels(view: NetworkView) -> np.ndarray:
    image = view.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def near(picture: np.ndarray, color: str, tolerance: int = 12) -> int:
    return int((np.abs(picture - rgb(color)).max(axis=2) <= tolerance).sum())


# ------------------------------------------------------------------------------------------ layout


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("units", "image"), NETWORKS)
def test_neurons_stand_inside_the_margins_and_apart(units, image, width, height) -> None:
    layout = arrange(units, width, height, MARGINS, image)
    for column in layout.columns:
        assert column.left >= MARGINS.left - 1e-6
        assert column.left + column.width <= width - MARGINS.right + 1e-6
        assert column.top >= MARGINS.top - 1e-6
        assert column.bottom <= height - MARGINS.bottom + 1e-6
        if column.tile is None and column.shown.size > 1:
            assert np.diff(column.points[:, 1]).min() > column.size
    for left, right in itertools.pairwise(layout.columns):
        assert left.left + left.width < right.left


def test_columns_follow_each_other_at_equal_distances() -> None:
    x = [column.x for column in arrange([3, 5, 4, 2], 900, 500, MARGINS).columns]
    assert np.allclose(np.diff(x), np.diff(x)[0])


def test_small_layers_are_shown_whole_and_large() -> None:
    layout = arrange([2, 4, 1], 1000, 700, MARGINS)
    assert [column.hidden for column in layout.columns] == [0, 0, 0]
    assert all(column.size >= 44 for column in layout.columns)


def test_large_layers_fold_to_what_fits() -> None:
    small, large = (arrange([4, 128, 10], 700, height, MARGINS) for height in (350, 700))
    for layout in (small, large):
        folded = layout.columns[1]
        assert folded.shown.size + folded.hidden == 128
        assert folded.hidden > 0
        assert folded.size >= 10
        assert layout.columns[0].hidden == layout.columns[2].hidden == 0
    assert small.columns[1].hidden > large.columns[1].hidden


def test_an_image_is_one_tile_of_square_pixels_in_reading_order() -> None:
    column = arrange([30, 5, 3], 900, 500, MARGINS, (5, 6)).columns[0]
    assert column.tile is not None
    _, _, width, height = column.tile
    assert width / 6 == pytest.approx(height / 5)
    first_row, second_row = column.points[:6], column.points[6:12]
    assert np.all(np.diff(first_row[:, 0]) > 0)
    assert np.all(second_row[:, 1] > first_row[:, 1])
    assert np.all(np.diff(column.ports[:, 1]) > 0)


def test_every_neuron_is_found_where_it_stands() -> None:
    layout = arrange([64, 32, 10], 900, 600, MARGINS, (8, 8))
    for column in layout.columns:
        for unit, (x, y) in zip(column.shown, column.points, strict=True):
            assert layout.node_at(x, y) == (column.layer, unit)
    assert layout.node_at(2.0, 2.0) is None


# ------------------------------------------------------------------------------------------- edges


def edges_with(units, image=None, width=900, height=600):
    return edges_of(arrange(units, width, height, MARGINS, image))


def test_there_is_an_edge_for_every_weight_between_neurons_shown() -> None:
    edges = edges_with([2, 4, 1])
    pairs = list(zip(edges.layer, edges.target, edges.source, strict=True))
    wanted = {(0, t, s) for t in range(4) for s in range(2)} | {(1, 0, s) for s in range(4)}
    assert set(pairs) == wanted
    assert len(pairs) == len(wanted) == edges.total


def test_folded_neurons_have_no_edges_but_are_counted() -> None:
    layout = arrange([4, 128, 10], 700, 350, MARGINS)
    edges = edges_of(layout)
    assert edges.total == 4 * 128 + 128 * 10
    assert len(edges) == layout.columns[1].shown.size * 14
    assert edges.target[edges.layer == 0].max() < layout.columns[1].shown.size


def test_strength_is_relative_to_the_largest_weight_of_the_layer() -> None:
    edges = edges_with([2, 2, 1])
    first, second = np.array([[1.0, -4.0], [2.0, 0.0]]), np.array([[-0.01, 0.005]])
    strengths = edges.strengths([first, second])
    for edge, strength in enumerate(strengths):
        matrix = (first, second)[edges.layer[edge]]
        weight = matrix[edges.target[edge], edges.source[edge]]
        assert strength == pytest.approx(weight / np.abs(matrix).max())


def test_no_weights_at_all_are_no_strength() -> None:
    edges = edges_with([2, 1])
    assert not edges.strengths([np.zeros((1, 2))]).any()


def test_the_strongest_are_kept_in_groups_of_their_pens() -> None:
    strengths = np.random.default_rng(0).uniform(-1, 1, 5000)
    index = strongest(strengths, 700)
    assert len(set(index.tolist())) == 700
    left_out = np.setdiff1d(np.arange(5000), index)
    assert np.abs(strengths[index]).min() >= np.abs(strengths[left_out]).max()
    assert np.all(np.diff(bucket(strengths[index])) >= 0)


def test_pens_tell_sign_and_size() -> None:
    pens = bucket(np.array([0.0, 1.0, -1.0, -0.01, np.nan]))
    assert pens.tolist() == [0, 30, 31, 1, 0]


@pytest.mark.parametrize("units", [[2, 4, 1], [12, 12, 12, 4]], ids=["curved", "straight"])
def test_an_edge_is_found_at_its_ends(units) -> None:
    edges = edges_with(units)
    found = [edges.nearest(x0 + 0.5, y0, 3.0) for x0, y0, _, _ in edges.lines]
    assert all(
        edges.source[hit] == source and edges.layer[hit] == layer
        for hit, source, layer in zip(found, edges.source, edges.layer, strict=True)
    )
    assert edges.nearest(5.0, 5.0, 5.0) is None


def test_an_edge_that_is_not_drawn_is_not_found() -> None:
    edges = edges_with([1, 1])
    x, y = edges.lines[0].reshape(2, 2).mean(axis=0)
    assert edges.nearest(x, y, 3.0) == 0
    assert edges.nearest(x, y, 3.0, np.empty(0, dtype=np.intp)) is None


def test_a_neurons_edges_are_those_that_end_or_start_there() -> None:
    layout = arrange([2, 4, 3], 900, 600, MARGINS)
    assert len(edges_at(layout, 0, 1)) == len(edges_at(layout, 2, 0)) == 4
    own = edges_at(layout, 1, 2)
    pairs = set(zip(own.layer.tolist(), own.target.tolist(), own.source.tolist(), strict=True))
    assert pairs == {(0, 2, 0), (0, 2, 1), (1, 0, 2), (1, 1, 2), (1, 2, 2)}
    weights = [np.arange(8.0).reshape(4, 2), np.arange(12.0).reshape(3, 4)]
    wanted = [weights[layer][target, source] for layer, target, source in sorted(pairs)]
    np.testing.assert_allclose(own.strengths(weights, [1.0, 1.0]), wanted)


def test_solid_pieces_cover_a_curve_and_dashes_leave_gaps() -> None:
    lines = np.array([[0.0, 0.0, 200.0, 120.0], [0.0, 50.0, 200.0, 50.0]])
    segments = cut(lines)
    index = np.array([0, 1])
    solid, counts = segments.of(index, np.array([False, False]))
    assert counts.tolist() == [PIECES, PIECES]
    assert solid[0, :2] == pytest.approx([0, 0], abs=0.5)
    assert solid[PIECES - 1, 2:] == pytest.approx([200, 120], abs=0.5)
    dashes, counts = segments.of(index, np.array([False, True]))
    length = np.hypot(*(dashes[PIECES:, 2:] - dashes[PIECES:, :2]).T).sum()
    assert counts.tolist() == [PIECES, len(dashes) - PIECES]
    assert 0.5 * 200 < length < 0.8 * 200


# ----------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.7312, "0.73"), (-12.34, "−12.3"), (-0.0001, "0.00"), (1234.5, "1234"), (2.5e7, "2.5e7")],
)
def test_numbers_are_short(value, text) -> None:
    assert short(value) == text


def test_numbers_on_cards_have_four_digits_and_no_minus_zero() -> None:
    assert exact(-1.23456) == "−1.235"
    assert exact(-0.0) == "0"
    assert exact(float("nan")) == "NaN"


def test_colours_follow_the_range_of_the_activation() -> None:
    problem = frame_of(experiment("iris", (6, "tanh"), (3, "softmax"))).inspection.problem
    _, tanh, softmax = scales_of(problem)
    assert tanh.apply(np.array([-1.0, 0.5])).tolist() == [-1.0, 0.5]
    assert softmax.apply(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]


def test_a_lone_output_is_neutral_where_it_changes_its_mind() -> None:
    scale = scales_of(frame_of(XOR).inspection.problem)[-1]
    assert scale.apply(np.array([0.0, 0.5, 1.0])).tolist() == [-1.0, 0.0, 1.0]


def test_prediction_and_expectation_are_in_the_units_of_the_target() -> None:
    frame = frame_of(CASES["houses"], row=3, steps=150)
    problem = frame.inspection.problem
    reading = read(frame.inspection, 3)
    assert expected(problem, 3) == problem.dataset.targets[3, 0]
    answers = frame.inspection.outputs("train")
    assert answers is not None
    assert predicted(problem, reading) == pytest.approx(answers.values[3, 0])


# ----------------------------------------------------------------------------------------- picture


@pytest.mark.parametrize("size", [(1000, 600), (520, 360)], ids=["large", "small"])
@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_network_is_drawn(qtbot, case, size) -> None:
    view = shown(qtbot, frame_of(CASES[case]), *size)
    picture = pixels(view)
    assert near(picture, LIGHT.surface) > 0.2 * picture[..., 0].size
    assert near(picture, LIGHT.text) > 50
    assert near(picture, LIGHT.positive, 60) > 50
    assert near(picture, LIGHT.negative, 60) > 10


def test_a_network_is_drawn_before_its_first_frame(qtbot) -> None:
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.resize(600, 400)
    empty = pixels(view)
    view.begin(frame_of(XOR).inspection.problem)
    assert near(empty, LIGHT.surface) == empty[..., 0].size
    assert near(pixels(view), LIGHT.neutral) > 500
    assert "2-4-1" in view.description()


def test_the_sign_of_a_weight_shows_as_colour_and_as_dashes(qtbot) -> None:
    asked = experiment("gaussians", (1, "sigmoid"))
    frame = frame_of(asked)
    pictures, inked = [], []
    for sign in (1.0, -1.0):
        old = frame.inspection.snapshot
        parameters = np.array([sign, sign, 0.0])
        snapshot = Snapshot(0, 1, parameters, old.gradients)
        inspection = Inspection(frame.inspection.problem, snapshot)
        view = shown(qtbot, Frame(frame.history, inspection, 0))
        picture = pixels(view)
        left, right = view.canvas.scene.layout.columns
        gap = picture[:, round(left.x + 40) : round(right.x - 40)]
        pictures.append((near(gap, LIGHT.positive, 40), near(gap, LIGHT.negative, 40)))
        inked.append(int((np.abs(gap - rgb(LIGHT.surface)).max(axis=2) > 60).sum()))
    (blue, no_orange), (no_blue, orange) = pictures
    assert blue > 300
    assert orange > 200
    assert no_orange == no_blue == 0
    assert inked[1] < 0.85 * inked[0]


def test_a_larger_weight_is_thicker(qtbot) -> None:
    frame = frame_of(experiment("gaussians", (1, "sigmoid")))
    old = frame.inspection.snapshot
    snapshot = Snapshot(0, 1, np.array([0.1, 1.0, 0.0]), old.gradients)
    inspection = Inspection(frame.inspection.problem, snapshot)
    view = shown(qtbot, Frame(frame.history, inspection, 0))
    picture = pixels(view)
    left, right = view.canvas.scene.layout.columns
    column = picture[:, round((left.x + right.x) / 2)]
    inked = np.abs(column - rgb(LIGHT.surface)).max(axis=1) > 20
    middle = round(float(left.points[:, 1].mean()))
    assert inked[middle:].sum() > 1.5 * inked[80:middle].sum() > 0


def test_what_is_not_drawn_is_counted_and_said(qtbot) -> None:
    view = shown(qtbot, frame_of(DIGITS, steps=3))
    total = 64 * 32 + 32 * 10
    pixels(view)
    assert view.canvas.undrawn == total - FIRST
    foot = slice(view.canvas.height() - 28, view.canvas.height() - 8)
    said = near(pixels(view)[foot, :300], LIGHT.muted, 60)
    qtbot.waitUntil(lambda: view.canvas.undrawn == 0)
    assert total <= RESTING_AT_MOST
    assert said > 100
    assert near(pixels(view)[foot, :300], LIGHT.muted, 60) == 0


def test_the_same_moment_costs_nothing_again(qtbot) -> None:
    frame = frame_of(XOR)
    view = shown(qtbot, frame)
    pixels(view)
    reading = view.canvas.scene.reading
    view.show_frame(Frame(frame.history, frame.inspection, frame.row))
    assert view.canvas.scene.reading is reading
    view.show_frame(Frame(frame.history, frame.inspection, frame.row + 1))
    assert view.canvas.scene.reading is not reading


def test_the_theme_changes_the_picture_at_once(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    picture = pixels(view)
    assert near(picture, DARK.surface) < 0.01 * picture[..., 0].size
    view.set_theme(DARK)
    picture = pixels(view)
    assert near(picture, DARK.surface) > 0.5 * picture[..., 0].size
    assert near(picture, LIGHT.surface) < 0.02 * picture[..., 0].size


def test_a_picture_for_export_is_sharp_at_any_size_and_has_nothing_to_press(qtbot) -> None:
    frame = frame_of(XOR)
    screen = shown(qtbot, frame)
    screen.canvas.zoom_in()
    paper = NetworkView(LIGHT)
    qtbot.addWidget(paper)
    paper.begin(frame.inspection.problem)
    paper.show_frame(frame)
    paper.restore_view(screen.view_state())
    paper.resize(1400, 900)
    image = paper.grab()
    assert (image.width(), image.height()) == (1400, 900)
    assert near(pixels(paper), LIGHT.positive, 60) > 500
    assert all(button.isHidden() for button in paper.bar.findChildren(QAbstractButton))
    ratio = paper.canvas.width() / screen.canvas.width()
    assert paper.canvas.camera.zoom == screen.canvas.camera.zoom
    assert paper.canvas.camera.dx == pytest.approx(ratio * screen.canvas.camera.dx)


# ------------------------------------------------------------------------------------ what is asked


def centre(view: NetworkView, layer: int, unit: int) -> QPointF:
    column = view.canvas.scene.layout.columns[layer]
    x, y = column.points[column.position(unit)]
    camera = view.canvas.camera
    return QPointF(x * camera.zoom + camera.dx, y * camera.zoom + camera.dy)


def hover(qtbot, view: NetworkView, point: QPointF) -> None:
    qtbot.mouseMove(view.canvas, QPoint(2, 2))
    qtbot.mouseMove(view.canvas, point.toPoint())


def test_the_card_of_a_neuron_says_its_arithmetic(qtbot) -> None:
    frame = frame_of(XOR)
    view = shown(qtbot, frame)
    hover(qtbot, view, centre(view, 1, 2))
    assert view.canvas.scene.hovered == ("node", 1, 2)
    card = card_for(view.canvas.scene, view.canvas.edges)
    trace = frame.inspection.sample_trace(1)[0]
    values = [row.value for row in card.rows]
    assert card.title == "Hidden 1, neuron 3"
    assert values[:2] == [exact(trace.a[0, 2]), exact(trace.z[0, 2])]
    assert exact(frame.inspection.biases(0)[2]) in values
    terms = [row for row in card.rows if row.label in ("x", "y")]
    weights = frame.inspection.weights(0)[2]
    assert {row.label: row.value.split(" · ")[0] for row in terms} == {
        "x": exact(weights[0]),
        "y": exact(weights[1]),
    }


def test_the_card_of_an_edge_says_its_weight(qtbot) -> None:
    frame = frame_of(XOR)
    view = shown(qtbot, frame)
    pixels(view)
    edges = view.canvas.edges
    edge = 9
    x0, y0, _, _ = edges.lines[edge]
    hover(qtbot, view, QPointF(x0 + 10, y0))
    kind, found, _ = view.canvas.scene.hovered
    assert (kind, found) == ("edge", edge)
    weight = frame.inspection.weights(1)[edges.target[edge], edges.source[edge]]
    card = card_for(view.canvas.scene, edges)
    assert card.rows[0].value == exact(weight)


def test_hovering_dims_what_does_not_belong(qtbot) -> None:
    view = shown(qtbot, frame_of(CASES["iris"], steps=150))
    left, middle, _ = view.canvas.scene.layout.columns
    gap = (slice(90, None), slice(round(left.x + 40), round(middle.x - 40)))
    before = pixels(view)
    hover(qtbot, view, centre(view, 2, 0))
    after = pixels(view)
    strong, dimmed = (
        int((np.abs(picture[gap] - rgb(LIGHT.surface)).max(axis=2) > 120).sum())
        for picture in (before, after)
    )
    assert strong > 200
    assert dimmed < 0.05 * strong


def test_the_mark_of_a_bias_belongs_to_its_neuron(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    pixels(view)
    half = view.canvas.scene.layout.columns[1].size / 2
    mark = centre(view, 1, 3) + QPointF(-half - 6.5, half - 5.5)
    assert view.canvas.target_at(mark) == ("node", 1, 3)


def test_leaving_puts_the_card_away(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    hover(qtbot, view, centre(view, 1, 0))
    with qtbot.waitSignal(view.canvas.hovered) as left:
        hover(qtbot, view, QPointF(3, 3))
    assert left.args == [None]


def test_choosing_a_sample_is_announced_once_and_shown(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR, row=0))
    spin = view.findChild(QSpinBox, "network-row")
    assert (spin.minimum(), spin.maximum(), spin.value()) == (1, 4, 1)
    with qtbot.waitSignal(view.row_chosen) as chosen:
        spin.setValue(3)
    assert chosen.args == [2]
    assert view.canvas.scene.reading.row == 2
    assert view.bar.slider.value() == 3
    assert view.bar.told.text == "x 1.00, y 0.00 → 1"
    assert spin.text() == "3 of 4"


def test_a_picture_says_which_sample_it_shows(qtbot) -> None:
    frame = frame_of(XOR, row=2)
    view = NetworkView(LIGHT)
    qtbot.addWidget(view)
    view.bare = True
    view.begin(frame.inspection.problem)
    view.show_frame(frame)
    assert view.bar.told.text == "Sample 3 of 4: x 1.00, y 0.00 → 1"


def test_the_window_says_what_lines_and_colours_mean(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    assert view.marks.isVisible()
    assert [entry.mark for entry in view.marks.entries] == [e.mark for e in view.legend()]
    view.set_theme(DARK)
    assert view.marks.entries[0].color == DARK.positive


def test_a_frame_moves_the_chooser_without_an_announcement(qtbot) -> None:
    frame = frame_of(XOR, row=0)
    view = shown(qtbot, frame)
    with qtbot.assertNotEmitted(view.row_chosen):
        view.show_frame(Frame(frame.history, frame.inspection, 3))
    assert view.findChild(QSpinBox, "network-row").value() == 4


def test_neurons_show_the_plane_or_the_sample(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    switch = view.findChild(QAbstractButton, "network-node-fill")
    assert switch.isVisible()
    assert view.canvas.scene.fill == "plane"
    plane = pixels(view)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert view.canvas.scene.fill == "sample"
    assert (pixels(view) != plane).any()
    other = NetworkView(LIGHT)
    qtbot.addWidget(other)
    other.restore_view(view.view_state())
    other.begin(frame_of(XOR).inspection.problem)
    assert other.canvas.scene.fill == "sample"
    assert not other.bar.switch.isChecked()


def test_neurons_behind_an_image_can_show_their_weights(qtbot) -> None:
    view = shown(qtbot, frame_of(LETTERS))
    before = pixels(view)
    view.findChild(QAbstractButton, "network-node-fill").click()
    assert view.canvas.scene.fill == "weights"
    assert (pixels(view) != before).any()


def test_a_table_offers_no_pictures(qtbot) -> None:
    view = shown(qtbot, frame_of(CASES["iris"]))
    assert not view.findChild(QAbstractButton, "network-node-fill").isVisible()
    assert view.canvas.scene.fill == "sample"


def test_zoom_keeps_what_is_under_the_mouse_and_fit_brings_all_back(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    canvas = view.canvas
    before = canvas.camera.to_layout(QPointF(300, 200))
    canvas._zoom(3.0, QPointF(300, 200))
    assert canvas.camera.zoom == pytest.approx(3.0)
    assert canvas.camera.to_layout(QPointF(300, 200)) == pytest.approx(before)
    assert canvas.target_at(centre(view, 1, 1)) == ("node", 1, 1)
    view.findChild(QAbstractButton, "network-fit").click()
    qtbot.waitUntil(lambda: canvas.camera == Camera())


def test_keys_and_double_click_move_the_view(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert view.canvas.camera.zoom > 1
    qtbot.keyClick(view.canvas, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: view.canvas.camera == Camera())
    qtbot.keyClick(view.canvas, Qt.Key.Key_Minus)
    assert view.canvas.camera.zoom < 1
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.canvas.camera == Camera())


def test_dragging_moves_the_picture(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view.canvas, QPoint(140, 125))
    qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 125))
    assert (view.canvas.camera.dx, view.canvas.camera.dy) == (40, 25)


def test_the_same_network_again_is_looked_at_from_where_one_was(qtbot) -> None:
    view = shown(qtbot, frame_of(XOR))
    view.canvas.zoom_in()
    view.begin(frame_of(XOR).inspection.problem)
    assert view.canvas.camera.zoom > 1
    view.begin(frame_of(LETTERS).inspection.problem)
    assert view.canvas.camera.zoom == 1


def test_words_say_what_is_seen(qtbot) -> None:
    view = shown(qtbot, frame_of(CASES["iris"], row=0))
    sentence = view.description()
    assert "4-6-3" in sentence
    assert "setosa is expected" in sentence
    assert {entry.mark for entry in view.legend()} == {"line", "dashed", "gradient", "disc"}
    for name in ("network-row", "network-fit", "network-zoom-in", "network-node-fill"):
        control = view.findChild(QSpinBox, name) or view.findChild(QAbstractButton, name)
        assert control.accessibleName()
        assert control.toolTip()


def test_layout_needs_no_qt() -> None:
    assert isinstance(arrange([2, 1], 10.0, 10.0, MARGINS), Layout)
