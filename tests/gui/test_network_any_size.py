"""The network picture when there is much to show: folds, budgets, one neuron alone, one layer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from nnviz.gui.network.allowance import FIRST, LEAST, MOST, Allowance
from nnviz.gui.network.columns import Maps
from nnviz.gui.network.finding import Directory, Found, Missing
from nnviz.gui.network.folds import fold_at
from nnviz.gui.network.gliding import Glide, glide
from nnviz.gui.network.labels import short_titles
from nnviz.gui.network.notes import notes_of
from nnviz.gui.network.picture import RESTING_AT_MOST
from nnviz.gui.network.placing import quietest
from nnviz.gui.network.reading import SCALED_ROWS, scales_of
from nnviz.gui.network.scene import Camera
from nnviz.gui.network.sheet import Folding, Margins
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QFocusEvent, QImage, QShortcut, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu

from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Conv2D, Dense, Flatten
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import LIGHT, rgb
from nnviz.gui.network import NetworkView
from nnviz.gui.network.edges import edges_of
from nnviz.gui.network.layout import arrange
from nnviz.gui.network.walking import step
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

MARGINS = Margins(80.0, 54.0, 120.0, 48.0)
MNIST = (784, 128, 64, 10)


def classifier(sample: str, *layers) -> Experiment:
    return Experiment(
        DataChoice(sample, standardize_inputs=False),
        NetworkChoice((*layers, Dense(10, "softmax"))),
        TrainingChoice(loss="categorical_crossentropy", epochs=50),
    )


def pictures(rows: int = 120, side: int = 28) -> Dataset:
    rng = np.random.default_rng(0)
    return Dataset(
        "digits",
        "classification",
        rng.random((rows, side * side)),
        rng.integers(0, 10, rows),
        tuple(f"pixel {i + 1}" for i in range(side * side)),
        tuple(map(str, range(10))),
        image_shape=(side, side),
    )


def large_problem() -> Problem:
    return Problem(classifier("digits", Dense(128, "relu"), Dense(64, "relu")), pictures())


def frame_of(problem: Problem, seed: int = 0, row: int = 1) -> Frame:
    rng = np.random.default_rng(seed)
    count = problem.blank_network().parameters.size
    snapshot = Snapshot(0, 1, rng.normal(0.0, 0.1, count), np.zeros(count))
    history = History(len(problem.experiment.network.layers))
    return Frame(history, Inspection(problem, snapshot), row)


def trained(asked: Experiment) -> Frame:
    trainer = Trainer(asked)
    for _ in itertools.islice(trainer.steps(), 5):
        pass
    inspection = Inspection(trainer.problem, trainer.snapshot())
    return Frame(History(len(asked.network.layers)), inspection, 1)


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


def centre(view: NetworkView, layer: int, unit: int) -> QPoint:
    return QPointF(*view.canvas._place_of((layer, unit))).toPoint()


def still(qtbot, view: NetworkView) -> None:
    qtbot.waitUntil(lambda: view.canvas._way is None)


# ------------------------------------------------------------------------------ edges within budget


def paint(allowance: Allowance, times: int, each: float, rest: float) -> list[int]:
    counts = []
    for _ in range(times):
        allowance.learn(allowance.most, allowance.most * each, rest)
        counts.append(allowance.most)
    return counts


def test_slow_painting_leaves_edges_out_little_by_little_and_settles() -> None:
    allowance = Allowance(0.006)
    counts = paint(allowance, 60, 4e-6, 0.002)
    assert counts[0] == FIRST
    assert max(-np.diff(counts)) < 0.25 * FIRST
    assert counts[-1] == pytest.approx(1000, rel=0.2)
    assert len(set(counts[30:])) == 1


def test_quick_painting_gets_more_edges_within_bounds() -> None:
    allowance = Allowance(0.006)
    assert max(paint(allowance, 60, 1e-9, 0.0)) == paint(allowance, 1, 1e-9, 0.0)[0]
    assert MOST * 0.85 <= allowance.most <= MOST
    assert LEAST <= paint(allowance, 99, 1.0, 1.0)[-1] <= LEAST * 1.3


def test_a_single_interrupted_painting_changes_nothing() -> None:
    allowance = Allowance(0.006)
    before = paint(allowance, 30, 3e-6, 0.001)[-1]
    allowance.learn(allowance.most, 0.5, 0.5)
    assert allowance.most == before
    allowance.learn(3, 0.5, 0.5)  # too few edges to tell
    assert allowance.most == before


def test_a_moving_picture_keeps_to_the_allowance_and_a_resting_one_has_full_detail(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    total = 784 * 128 + 128 * 64 + 64 * 10
    pixels(view)
    assert canvas.undrawn == total - FIRST
    moving = pixels(view)
    qtbot.waitUntil(lambda: canvas.undrawn == total - RESTING_AT_MOST)
    qtbot.waitUntil(lambda: canvas._resting is None)
    assert (pixels(view) != moving).any()


def test_what_moves_again_is_drawn_quickly_at_once(qtbot) -> None:
    problem = large_problem()
    view = shown(qtbot, frame_of(problem))
    qtbot.waitUntil(lambda: view.canvas._resting is not None)
    view.show_frame(frame_of(problem, seed=1))
    assert view.canvas._resting is None
    pixels(view)
    assert len(view.canvas._picture.drawn) == view.canvas._picture.allowance.most


def test_a_picture_for_export_does_not_depend_on_what_was_measured(qtbot) -> None:
    frame = frame_of(large_problem())
    images = []
    for most in (LEAST, MOST):
        paper = NetworkView(LIGHT)
        qtbot.addWidget(paper)
        paper.bare = True
        paper.canvas._picture.allowance.most = most
        paper.begin(frame.inspection.problem)
        paper.show_frame(frame)
        paper.resize(800, 500)
        images.append(pixels(paper))
        assert len(paper.canvas._picture.drawn) == RESTING_AT_MOST
    assert (images[0] == images[1]).all()


def test_edges_outside_the_picture_make_room_for_those_inside(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    canvas.look_from(Camera(6.0, -6.0 * 600, -6.0 * 250))
    pixels(view)
    drawn = canvas.edges.lines[canvas._picture.drawn]
    corner = canvas.camera.to_layout(QPointF(canvas.width(), canvas.height()))
    low = canvas.camera.to_layout(QPointF(0, 0))
    assert (drawn[:, 0] < corner[0]).all()
    assert (drawn[:, 2] > low[0]).all()
    assert 0 < canvas.undrawn < canvas.edges.total


def test_colours_of_inputs_are_found_in_a_sample_of_a_large_set() -> None:
    rows = 3 * SCALED_ROWS
    data = pictures(rows, side=3)
    problem = Problem(classifier("digits", Dense(4, "relu")), data)
    taken = []
    take = problem.train.inputs.take
    problem.train.inputs.take = lambda rows, out: (taken.append(len(rows)), take(rows, out))
    scale = scales_of(problem)[0]
    assert taken == [SCALED_ROWS]
    assert scale.largest == pytest.approx(data.inputs.max(), rel=0.01)


# -------------------------------------------------------------------------------- folds that scroll


def test_a_folded_layer_shows_the_neurons_asked_for() -> None:
    folding = Folding().scrolled(1, 40)
    layout = arrange([4, 128, 10], 900, 500, MARGINS, folding=folding)
    column = layout.columns[1]
    assert column.shown[0] == column.above == 40
    assert column.shown.size + column.hidden == 128
    assert column.position(39) is None
    assert column.position(41) == 1
    edges = edges_of(layout)
    weights = [np.arange(512.0).reshape(128, 4), np.arange(1280.0).reshape(10, 128)]
    strengths = edges.strengths(weights, [1.0, 1.0])
    for edge in (0, 17, len(edges) - 1):
        matrix = weights[edges.layer[edge]]
        assert strengths[edge] == matrix[edges.target[edge], edges.source[edge]]


@pytest.mark.parametrize("first", [-5, 0, 127, 10_000])
def test_scrolling_stops_at_both_ends(first) -> None:
    for opened in (None, 1):
        folding = Folding({1: first}, opened)
        column = arrange([4, 1500, 10], 700, 400, MARGINS, folding=folding).columns[1]
        assert column.shown.size > 10
        assert 0 <= column.shown[0] < column.shown[-1] < 1500
        assert np.all(np.diff(column.shown) == 1)
    if first > 1500:
        assert column.shown[-1] == 1499


def test_the_triangle_at_a_fold_scrolls_and_says_where_one_is(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    column = canvas.scene.layout.columns[1]
    below = QPointF(column.x, column.bottom + 8.0)
    assert canvas._fold_under(below) == (1, 1)
    before = column.shown.tolist()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=below.toPoint())
    column = canvas.scene.layout.columns[1]
    assert column.shown[0] == before[-1]  # one stays to hold on to
    assert canvas.scene.focus is None
    metrics_places = [
        (x, fold_at(canvas.scene, canvas.fontMetrics(), x, column.bottom + 8.0))
        for x in np.arange(column.x - 80, column.x + 80)
    ]
    found = [direction for _, fold in metrics_places if fold for direction in [fold[1]]]
    assert found[0] == -1
    assert found[-1] == 1


def wheel(canvas, at: QPoint, turn: int, modifier) -> None:
    where = QPointF(at)
    event = QWheelEvent(
        where,
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_shift_and_the_wheel_scroll_a_folded_layer_and_nothing_else(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas, shift = view.canvas, Qt.KeyboardModifier.ShiftModifier
    at = centre(view, 1, 3)
    wheel(canvas, at, -120, shift)
    moved = canvas.scene.layout.columns[1].above
    assert moved > 0
    assert canvas.camera == Camera()
    wheel(canvas, at, 120, shift)
    assert canvas.scene.layout.columns[1].above == 0
    wheel(canvas, centre(view, 3, 3), -120, shift)
    assert [column.above for column in canvas.scene.layout.columns] == [0, 0, 0, 0]
    wheel(canvas, at, 120, Qt.KeyboardModifier.NoModifier)
    assert canvas.camera.zoom > 1


def test_weights_and_neurons_left_out_are_counted_on_the_picture(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    pixels(view)
    canvas = view.canvas
    folded = sum(column.hidden for column in canvas.scene.layout.columns)
    note = notes_of(canvas.scene, canvas.undrawn, canvas.edges.total)[0]
    assert f"{canvas.undrawn:,} of 109,184" in note
    assert f"{folded} neurons" in note
    assert folded > 100


def test_an_opened_layer_says_how_to_go_back(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    canvas.open_layer(1)
    qtbot.waitUntil(lambda: canvas.scene.layout.is_open)
    assert "Esc" in notes_of(canvas.scene, 0, 100)[0]
    canvas.set_touchable(False)  # on paper there is no key to press
    assert notes_of(canvas.scene, 0, 100) == []


def test_folded_maps_are_counted_even_where_all_weights_are_drawn(qtbot) -> None:
    layers = Conv2D(64, 3, padding="same"), Flatten()
    problem = Problem(classifier("digits", *layers))
    view = shown(qtbot, frame_of(problem))
    hidden = sum(c.hidden for c in view.canvas.scene.layout.columns if isinstance(c.kind, Maps))
    assert hidden > 0
    assert notes_of(view.canvas.scene, 0, 100)[0].startswith(f"{hidden} maps")


def test_names_without_room_become_numbers_all_of_them_together() -> None:
    problem = Problem(classifier("digits", *(Dense(4, "relu") for _ in range(9))))
    assert short_titles(problem) == ("Input", *map(str, range(1, 10)), "Output")


# --------------------------------------------------------------------------------- one neuron alone


def test_a_click_shows_one_neurons_edges_alone_and_training_goes_on(qtbot) -> None:
    problem = large_problem()
    view = shown(qtbot, frame_of(problem))
    canvas = view.canvas
    with qtbot.waitSignal(canvas.focused) as told:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=centre(view, 2, 4))
    assert told.args == [(2, 4)]
    canvas._hover(None)
    for seed in (1, 2):
        view.show_frame(frame_of(problem, seed=seed))
        pixels(view)
        assert canvas.scene.focus == (2, 4)
        edges = canvas.sight.findable.edges
        touching = ((edges.layer == 1) & (edges.target == 4)) | (
            (edges.layer == 2) & (edges.source == 4)
        )
        assert touching.all()
        columns = canvas.scene.layout.columns
        assert len(canvas._picture.drawn) == columns[1].shown.size + 10
    view.begin(problem)
    assert canvas.scene.focus == (2, 4)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert canvas.scene.focus is None


def test_nothing_but_the_focused_edges_is_inked(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    left, right = canvas.scene.layout.columns[2:]
    gap = (slice(90, -60), slice(round(left.right + 30), round(right.left - 30)))
    canvas.focus_on(1, 3)
    canvas._pin = ((), ((0.0, 0.0), True))
    canvas.set_focus((1, 3))
    picture = pixels(view)[gap]
    assert (np.abs(picture - rgb(LIGHT.surface)).max(axis=2) <= 8).mean() > 0.99


def test_a_first_layers_weights_are_shown_on_the_image(qtbot) -> None:
    problem = large_problem()
    frame = frame_of(problem)
    view = shown(qtbot, frame)
    view.canvas.focus_on(1, 7)
    weights = frame.inspection.weights(0)[7]
    pixel = int(np.abs(weights).argmax())
    image = view.canvas.grab().toImage()
    found = image.pixelColor(centre(view, 0, pixel)).getRgb()
    wanted = LIGHT.positive if weights[pixel] > 0 else LIGHT.negative
    assert np.abs(np.subtract(found[:3], rgb(wanted))).max() <= 12


def test_the_card_of_the_focused_neuron_stays(qtbot) -> None:
    view = shown(qtbot, trained(classifier("digits", Dense(8, "relu"))))
    canvas = view.canvas
    before = pixels(view)
    canvas.focus_on(1, 2)
    canvas._hover(None)
    pixels(view)
    (left, top), _ = canvas._pin[1]
    card = (slice(round(top) + 4, round(top) + 60), slice(round(left) + 4, round(left) + 90))
    inked = np.abs(pixels(view)[card] - rgb(LIGHT.raised)).max(axis=2) > 100
    assert inked.sum() > 80
    assert "Hidden 1, neuron 3" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.scene.focus is None
    assert canvas.accessibleDescription() == ""
    qtbot.waitUntil(lambda: canvas._resting is None)
    assert (pixels(view)[card] != before[card]).mean() < 0.5


def test_arrows_walk_from_neuron_to_neuron_and_beyond_the_fold(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    last = int(canvas.scene.layout.columns[1].shown[-1])
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.scene.focus == (1, 0)
    canvas.focus_on(1, last)
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.scene.focus == (1, last + 1)
    assert canvas.scene.layout.columns[1].position(last + 1) is not None
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.scene.focus[0] == 2
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.scene.focus[0] == 1


def test_arrows_are_the_windows_until_a_neuron_is_in_focus(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    stepped = []
    action = QAction(view)
    action.setShortcut(Qt.Key.Key_Right)
    action.triggered.connect(lambda: stepped.append(1))
    view.addAction(action)
    view.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert stepped == [1]
    canvas.focus_on(1, 0)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert stepped == [1]
    assert canvas.scene.focus[0] == 2


def test_steps_between_neighbours() -> None:
    layout = arrange([30, 12, 6], 900, 500, MARGINS, (5, 6))
    assert step(layout, (1, 0), "up") == (1, 0)
    assert step(layout, (1, 0), "down") == (1, 1)
    assert step(layout, (1, 11), "down") == (1, 11)
    assert step(layout, (2, 3), "right") == (2, 3)
    assert step(layout, (0, 8), "up") == (0, 2)
    assert step(layout, (0, 8), "right") == (0, 9)
    assert step(layout, (0, 11), "right")[0] == 1
    weights = np.zeros(30)
    weights[17] = -2.0
    assert step(layout, (1, 4), "left", weights) == (0, 17)
    there = step(layout, (1, 0), "right")
    assert there == (2, 0)


def test_a_grid_is_walked_in_rows_first() -> None:
    layout = arrange([4, 64, 3], 900, 500, MARGINS, folding=Folding(opened=1))
    across = layout.columns[1].across
    assert across > 1
    assert step(layout, (1, 0), "right") == (1, 1)
    assert step(layout, (1, 0), "down") == (1, across)
    assert step(layout, (1, 0), "left")[0] == 0
    assert step(layout, (1, across - 1), "right")[0] == 2


# ------------------------------------------------------------------------------------------- search

DIRECTORY = Directory(
    ("Input", "Hidden 1", "Hidden 10", "Max pool", "Output"),
    (2, 128, 64, 8, 3),
    {0: ("petal length", "7"), 4: ("setosa", "versicolor", "virginica")},
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hidden 1, 37", Found(1, 36)),
        ("hidden 1 37", Found(1, 36)),
        ("HIDDEN1,37", Found(1, 36)),
        ("h1 37", Found(1, 36)),
        ("h10, 2", Found(2, 1)),
        ("Hidden 10", Found(2)),
        ("hidden 1", Found(1)),
        ("mp 8", Found(3, 7)),
        ("2, 5", Found(2, 4)),
        ("2.5", Found(2, 4)),
        ("37", Found(1, 36)),
        ("7", Found(1, 6)),
        ("Input, 7", Found(0, 1)),
        ("Petal  Length", Found(0, 0)),
        ("output virginica", Found(4, 2)),
        ("setosa", Found(4, 0)),
        ("Hidden 1, 129", Missing(1)),
        ("h1 0", Missing(1)),
        ("9, 1", Missing()),
        ("nonsense", Missing()),
    ],
)
def test_what_is_typed_is_understood(text, wanted) -> None:
    assert DIRECTORY.find(text, current=1) == wanted


def test_everything_offered_is_found() -> None:
    for text in DIRECTORY.offers():
        assert isinstance(DIRECTORY.find(text), Found), text
    assert "Hidden 1, 128" in DIRECTORY.offers()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("h1 77", "Hidden 1, 77"),
        ("77", "Hidden 1, 77"),
        ("hid", "Hidden 1"),
        ("hidden 10 6", "Hidden 10, 6"),
        ("vir", "Output, virginica"),
        ("", "Input"),
    ],
)
def test_the_likeliest_is_offered_first(text, first) -> None:
    offers = DIRECTORY.meant(text, current=1)
    assert offers[0] == first
    assert len(offers) == len(set(offers))
    assert all(isinstance(DIRECTORY.find(offer), Found) for offer in offers)


def test_nonsense_brings_no_offers() -> None:
    assert DIRECTORY.meant("h1 nonsense") == []


def test_the_list_of_offers_closing_leaves_what_is_being_typed(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    view.activateWindow()
    field = view.findChild(QLineEdit, "network-find")
    view.bar.begin_finding()
    qtbot.waitUntil(field.hasFocus)
    field.setText("h1")
    QApplication.sendEvent(field, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.PopupFocusReason))
    assert not field.hasSelectedText()
    field.textEdited.emit("h1 77")
    assert field.completer().model().index(0, 0).data() == "Hidden 1, 77"


def test_a_search_brings_a_folded_neuron_into_view(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    view.activateWindow()
    field = view.findChild(QLineEdit, "network-find")
    view.findChild(QShortcut, "network-find-shortcut").activated.emit()
    qtbot.waitUntil(field.hasFocus)
    field.setText("hidden 1, 100")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    canvas = view.canvas
    assert canvas.scene.focus == (1, 99)
    assert canvas.scene.layout.columns[1].position(99) is not None
    assert canvas.rect().contains(centre(view, 1, 99))
    assert canvas.hasFocus()


def test_a_search_for_what_is_not_there_says_so(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    view.activateWindow()
    field = view.findChild(QLineEdit, "network-find")
    view.bar.begin_finding()
    qtbot.waitUntil(field.hasFocus)
    field.setText("h1 500")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.canvas.scene.focus is None
    assert "128" in view.bar.told.text
    assert view.bar.told.is_refusal
    field.setText("what")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "“what”" in view.bar.told.text
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not view.bar.told.is_refusal
    assert field.text() == ""


def test_a_narrow_picture_has_the_search_when_it_is_asked_for(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()), 480, 400)
    view.activateWindow()
    field = view.findChild(QLineEdit, "network-find")
    assert not field.isVisible()
    view.bar.begin_finding()
    assert field.isVisible()
    assert not view.bar.spin.isVisible()
    qtbot.waitUntil(field.hasFocus)
    view.canvas.setFocus()
    qtbot.waitUntil(lambda: not field.isVisible())
    assert view.bar.spin.isVisible()


# --------------------------------------------------------------------------------- one layer opened


@pytest.mark.parametrize("size", [(520.0, 360.0), (1100.0, 700.0)])
@pytest.mark.parametrize("layer", [1, 2])
def test_an_opened_layer_shows_its_neurons_between_its_neighbours(size, layer) -> None:
    layout = arrange(MNIST, *size, MARGINS, (28, 28), folding=Folding(opened=layer))
    plain = arrange(MNIST, *size, MARGINS, (28, 28))
    column = layout.columns[layer]
    assert column.across > 1
    assert column.shown.size > plain.columns[layer].shown.size
    assert column.size > 15
    assert column.left >= 0
    assert column.right <= size[0]
    assert column.top >= 0
    assert column.bottom <= size[1]
    distances = np.abs(column.points[:, None] - column.points[None]).max(axis=2)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > column.size
    for before, after in itertools.pairwise(layout.columns):
        assert before.right < after.left
    for row in (0, column.shown.size - 1):
        assert layout.node_at(*column.points[row]) == (layer, column.shown[row])


def test_all_128_neurons_of_an_opened_layer_are_there() -> None:
    layout = arrange(MNIST, 900, 600, MARGINS, (28, 28), folding=Folding(opened=1))
    assert layout.columns[1].hidden == 0
    assert set(edges_of(layout).layer.tolist()) == {2}  # the grid has those pointed at only


def test_layers_with_names_beside_are_not_opened() -> None:
    for layer in (0, 3, 9):
        layout = arrange(MNIST, 900, 600, MARGINS, (28, 28), folding=Folding(opened=layer))
        assert not layout.is_open


def test_a_double_click_on_a_caption_opens_the_layer_and_escape_closes_it(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    column = canvas.scene.layout.columns[1]
    caption = next(
        QPoint(round(column.x), y)
        for y in range(canvas.height())
        if canvas._caption_under(QPointF(column.x, y)) == 1
    )
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=caption)
    still(qtbot, view)
    assert canvas.folding.opened == 1
    assert canvas.scene.layout.columns[1].hidden == 0
    before = pixels(view)
    canvas._hover(("node", 1, 60))
    assert (pixels(view) != before).any()
    canvas._hover(None)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    still(qtbot, view)
    assert canvas.folding.opened is None
    assert canvas.scene.layout.columns[1].hidden > 0


def test_keys_open_layers_and_zero_brings_all_back(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    canvas = view.canvas
    for key, layer in ((Qt.Key.Key_2, 2), (Qt.Key.Key_1, 1)):
        qtbot.keyClick(canvas, key)
        still(qtbot, view)
        assert canvas.folding.opened == layer
    qtbot.keyClick(canvas, Qt.Key.Key_3)  # the outputs have names: seen closely
    still(qtbot, view)
    assert canvas.folding.opened is None
    assert canvas.camera.zoom > 1
    assert canvas.rect().contains(centre(view, 3, 5))
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    still(qtbot, view)
    assert canvas.camera == Camera()


def test_the_menu_of_layers_opens_one(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)  # there is no keyboard to grab offscreen
    view = shown(qtbot, frame_of(large_problem()))
    view.findChild(QAbstractButton, "network-layers").click()
    menu = view.findChild(QMenu, "network-layers-menu")
    names = [action.objectName() for action in menu.actions() if action.text()]
    assert names == [
        "network-layer-all",
        *(f"network-layer-{i}" for i in range(4)),
        "network-layer-find",
    ]
    menu.findChild(QAction, "network-layer-2").trigger()
    still(qtbot, view)
    assert view.canvas.folding.opened == 2


def test_maps_are_opened_as_larger_maps(qtbot) -> None:
    view = shown(qtbot, trained(classifier("digits", Conv2D(8, (3, 3)), Flatten())))
    canvas = view.canvas
    small = canvas.scene.layout.columns[1].size
    canvas.open_layer(1)
    still(qtbot, view)
    column = canvas.scene.layout.columns[1]
    assert column.size > 1.3 * small
    assert column.hidden == 0
    assert canvas.target_at(QPointF(centre(view, 1, 5 * 36 + 14))) == ("node", 1, 5 * 36 + 14)


def test_a_glide_begins_and_ends_where_it_should() -> None:
    start = arrange(MNIST, 900, 600, MARGINS, (28, 28))
    end = arrange(MNIST, 900, 600, MARGINS, (28, 28), folding=Folding(opened=1))
    way = Glide(start, Camera(), end, Camera(2.0, 10.0, 20.0))
    layout, camera = glide(way, 0.0)
    shared = start.columns[1].shown
    np.testing.assert_allclose(layout.columns[1].points[shared], start.columns[1].points)
    assert camera == Camera()
    middle, camera = glide(way, 0.5)
    assert start.columns[1].size != middle.columns[1].size != end.columns[1].size
    assert camera == Camera(1.5, 5.0, 10.0)
    assert glide(way, 1.0) == (end, Camera(2.0, 10.0, 20.0))


def test_another_instance_looks_at_the_same(qtbot) -> None:
    frame = frame_of(large_problem())
    screen = shown(qtbot, frame)
    screen.canvas.open_layer(1)
    still(qtbot, screen)
    screen.canvas.focus_on(1, 90)
    paper = NetworkView(LIGHT)
    qtbot.addWidget(paper)
    paper.bare = True
    paper.begin(frame.inspection.problem)
    paper.show_frame(frame)
    paper.restore_view(screen.view_state())
    paper.resize(1200, 800)
    first = pixels(paper)
    assert paper.canvas.folding == screen.canvas.folding
    assert paper.canvas.scene.focus == (1, 90)
    assert not paper.canvas.scene.touchable
    assert (pixels(paper) == first).all()


def test_another_network_is_seen_whole_and_without_focus(qtbot) -> None:
    view = shown(qtbot, frame_of(large_problem()))
    view.canvas.open_layer(1)
    still(qtbot, view)
    view.canvas.focus_on(1, 100)
    view.begin(Problem(classifier("digits", Dense(8, "relu"))))
    assert view.canvas.scene.focus is None
    assert view.canvas.folding == Folding()


# ---------------------------------------------------------------------------------- where cards lie


def test_a_card_that_stays_hides_least() -> None:
    nodes = np.array([[x, y] for x in (100.0, 500.0) for y in range(40, 560, 40)])
    lines = np.array([[100.0, 300.0, 500.0, y] for y in range(40, 300, 40)])
    (left, top), hides = quietest((150.0, 90.0), (600.0, 600.0), (100.0, 300.0), nodes, lines)
    assert hides == 0
    inside = (nodes >= (left, top)) & (nodes <= (left + 150, top + 90))
    assert not inside.all(axis=1).any()
    assert left >= 0
    assert top >= 0
    assert left + 150 <= 600
    assert top + 90 <= 600
    crowded = np.array([[x, y] for x in range(0, 600, 20) for y in range(0, 600, 20)], float)
    assert quietest((150.0, 90.0), (600.0, 600.0), (9.0, 9.0), crowded, lines)[1] > 0


def test_a_card_never_hides_the_neuron_it_speaks_of() -> None:
    crowded = np.array([[x, y] for x in range(0, 540, 20) for y in range(0, 190, 10)], float)
    outside = (np.abs(crowded - (250.0, 95.0)) > 60).any(axis=1)
    nodes, no_lines = crowded[outside], np.zeros((0, 4))  # the quietest place is around it
    (left, top), _ = quietest((110.0, 80.0), (540.0, 190.0), (250.0, 95.0), nodes, no_lines)
    assert not (left <= 250 <= left + 110 and top <= 95 <= top + 80)
