"""The output panel and its views show what the network says."""

from __future__ import annotations

import gc
import itertools
import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.spec import SampleOptions
from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import fixed
from nnviz.gui.look.style import palette
from nnviz.gui.look.theme import DARK, LIGHT
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.gallery import GalleryPanel
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.base import OutputView
from nnviz.gui.panels.outputs.colors import AnswerColors, finer
from nnviz.gui.panels.outputs.confusion import ConfusionMatrix
from nnviz.gui.panels.outputs.curve import FittedCurve
from nnviz.gui.panels.outputs.plot_view import PlotView
from nnviz.gui.panels.outputs.predicted import PredictedActual
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.panels.outputs.table_model import RIGHT, WRONG
from nnviz.gui.panels.outputs.words import share_text, three_digits
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection, quick_rows
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

SIZE = (360, 420)


def experiment(
    sample: str, output: str, loss: str, hidden: int = 8, test: float = 0.25, units: int = 0
) -> Experiment:
    classes = len(dataset_of(sample).class_names)
    outputs = units or (classes if output == "softmax" else 1)
    return Experiment(
        DataChoice(sample=sample, test_fraction=test, standardize_inputs=sample != "xor"),
        NetworkChoice((Dense(hidden, "tanh"), Dense(outputs, output))),
        TrainingChoice(loss=loss, optimizer="adam", learning_rate=0.05, epochs=1000),
    )


def dataset_of(sample: str):
    return load_sample(sample, SampleOptions())


EXPERIMENTS = {
    "xor": lambda: experiment("xor", "sigmoid", "binary_crossentropy", 4, test=0.0),
    "moons": lambda: experiment("moons", "sigmoid", "binary_crossentropy"),
    "moons-tanh": lambda: experiment("moons", "tanh", "mean_squared_error"),
    "blobs": lambda: experiment("blobs", "softmax", "categorical_crossentropy"),
    "multi-gaussian": lambda: experiment("multi-gaussian", "linear", "mean_squared_error"),
    "houses": lambda: experiment("houses", "linear", "mean_squared_error"),
    "sine": lambda: experiment("sine", "linear", "mean_squared_error"),
    "iris": lambda: experiment("iris", "softmax", "categorical_crossentropy"),
    "letters-abc": lambda: experiment(
        "letters-abc", "sigmoid", "mean_squared_error", test=0.0, units=3
    ),
    "digits": lambda: experiment("digits", "softmax", "categorical_crossentropy"),
}


@lru_cache(maxsize=32)
def frame_of(name: str, epochs: int = 20, row: int = 0) -> Frame:
    """Return a frame of a run that has trained a little; 0 epochs is the untrained network."""
    asked = EXPERIMENTS[name]()
    trainer = Trainer(asked)
    history = History(len(asked.network.layers))
    for record in itertools.islice(trainer.steps(), epochs + 1):
        assert record is not None  # full batches: one step an epoch
        history.append(record)
    return Frame(history, Inspection(trainer.problem, trainer.snapshot()), row)


def shown(
    qtbot: QtBot, kind: type[OutputView], frame: Frame, size: tuple[int, int] = SIZE
) -> OutputView:
    view = kind()
    view.setPalette(palette(LIGHT))
    qtbot.addWidget(view)
    view.resize(*size)
    view.begin(frame.inspection.problem)
    view.show_frame(frame)
    return view


def panel_of(qtbot: QtBot, kind: type[Panel], frame: Frame, size: tuple[int, int] = SIZE) -> Panel:
    panel = kind()
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    return panel


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def away(color: QColor, other: str) -> float:
    wanted = QColor(other)
    return float(
        np.hypot(
            np.hypot(color.red() - wanted.red(), color.green() - wanted.green()),
            color.blue() - wanted.blue(),
        )
    )


# ------------------------------------------------------------------------- which view for what


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("xor", DecisionSurface),
        ("multi-gaussian", DecisionSurface),
        ("houses", PredictedActual),
        ("sine", FittedCurve),
        ("iris", ConfusionMatrix),
        ("letters-abc", PredictionTable),
        ("digits", SampleImage),
    ],
)
def test_the_best_view_comes_first(name: str, best: type[OutputView]) -> None:
    assert views_for(frame_of(name, 0).inspection.problem)[0] is best


# -------------------------------------------------------------------------------- the surface


def place(view: PlotView, x: float, y: float) -> QPoint:
    """Return where a point of the plane is, in pixels of the view."""
    return view.plot.mapTo(view, view.chart.place(x, y).toPoint())


@pytest.mark.parametrize("name", ["xor", "moons", "moons-tanh", "blobs"])
def test_ground_has_the_colour_of_the_decided_class(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name, 200)
    view = shown(qtbot, DecisionSurface, frame)
    view.restore_view({"discretise": True})
    image, problem = picture(view), frame.inspection.problem
    far = free_places(view, problem)
    decided = problem.decide(frame.inspection.trace(far)[-1].a)
    assert len(set(decided.tolist())) > 1
    for (x, y), label in zip(far.tolist(), decided.tolist(), strict=True):
        color = image.pixelColor(place(view, x, y))
        nearest = min(
            range(len(problem.dataset.class_names)),
            key=lambda c: away(color, LIGHT.class_color(c)),
        )
        assert nearest == label, (x, y)


def free_places(view: PlotView, problem: Problem) -> np.ndarray:
    """Return places of the plane well away from marks and from borders between classes."""
    x, y = (np.linspace(*ends, 17)[1:-1] for ends in view.chart.shown)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    pixel = np.array([view.chart.pixel.width(), view.chart.pixel.height()])
    apart = (grid[:, np.newaxis] - problem.dataset.inputs[np.newaxis]) / pixel
    kept = grid[np.hypot(*apart.transpose(2, 0, 1)).min(axis=1) > 14]
    assert view.inspection is not None
    steps = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * [x[1] - x[0], y[1] - y[0]] * 0.4
    decided = np.stack([problem.decide(view.inspection.trace(kept + s)[-1].a) for s in steps])
    return np.asarray(kept[(decided == decided[0]).all(axis=0)])


def test_shade_grows_with_the_output(qtbot: QtBot) -> None:
    problem = frame_of("moons").inspection.problem
    colors = AnswerColors(problem, LIGHT).ground(np.array([[0.0, 0.5, 1.0]]))[:, :3]
    first, middle, second = (QColor(*map(int, rgb)) for rgb in colors)
    assert away(first, LIGHT.class_color(0)) < away(middle, LIGHT.class_color(0))
    assert away(second, LIGHT.class_color(1)) < away(middle, LIGHT.class_color(1))
    assert away(middle, LIGHT.surface) < 3


def test_a_regression_is_coloured_by_sign(qtbot: QtBot) -> None:
    colors = AnswerColors(frame_of("multi-gaussian").inspection.problem, LIGHT)
    assert colors.diverges
    low, zero, high = colors.ground(np.array([[colors.low, 0.0, colors.high]]))[:, :3]
    assert away(QColor(*map(int, low)), LIGHT.negative) < 3
    assert away(QColor(*map(int, zero)), LIGHT.neutral) < 5
    assert away(QColor(*map(int, high)), LIGHT.positive) < 3


def test_finer_grid_keeps_a_plane_a_plane() -> None:
    x = np.linspace(-1, 1, 16)
    values = (2 * x[np.newaxis, :] - x[:, np.newaxis])[np.newaxis]
    fine = np.linspace(-1, 1, 48)
    expected = 2 * fine[np.newaxis, :] - fine[:, np.newaxis]
    np.testing.assert_allclose(finer(values, 3)[0], expected, atol=1e-12)


def click(qtbot: QtBot, view: PlotView, x: float, y: float, double: bool = False) -> None:
    act = qtbot.mouseDClick if double else qtbot.mouseClick
    at = view.chart.place(x, y).toPoint()
    act(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_mark_chooses_its_row(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, OutputPanel, frame_of("xor"))
    with qtbot.waitExposed(panel):
        panel.show()
    view = panel.findChild(DecisionSurface)
    with qtbot.waitSignal(panel.row_chosen) as chosen:
        click(qtbot, view, 1.0, 0.0)
    assert chosen.args == [2]
    with qtbot.assertNotEmitted(panel.row_chosen):
        click(qtbot, view, 0.5, 0.5)


def test_hiding_test_marks_takes_them_off_the_picture(qtbot: QtBot) -> None:
    frame = frame_of("moons")
    view = shown(qtbot, DecisionSurface, frame)
    before, entries = picture(view), len(view.legend())
    data = frame.inspection.problem.dataset.inputs
    tested = frame.inspection.problem.test.index
    places = [view.chart.place(*data[row]) for row in tested]
    assert sum(view.points.row_at(at) == row for at, row in zip(places, tested, strict=True)) > 20
    with qtbot.waitSignal(view.marks_changed):
        view.restore_view({"test": False})
    assert picture(view) != before
    assert len(view.legend()) == entries - 1
    assert not {view.points.row_at(at) for at in places} & set(tested.tolist())


def test_zoom_never_leaves_the_plane_and_a_double_click_ends_it(qtbot: QtBot) -> None:
    view = shown(qtbot, DecisionSurface, frame_of("moons"))
    with qtbot.waitExposed(view):
        view.show()
    home = view.chart.shown
    (left, right), (low, _) = home
    view.restore_view({"zoom": [left - 5, left - 4, low, low + 0.5]})
    (zoomed_left, zoomed_right), _ = view.chart.shown
    assert zoomed_left == pytest.approx(left)
    assert zoomed_right - zoomed_left < right - left
    assert view.view_state()["zoom"] == [*view.chart.shown[0], *view.chart.shown[1]]
    click(qtbot, view, (zoomed_left + zoomed_right) / 2, low + 0.2, double=True)
    assert view.chart.shown == home
    assert "zoom" not in view.view_state()


def test_the_plane_of_a_regression_has_a_scale_of_colours(qtbot: QtBot) -> None:
    view = shown(qtbot, DecisionSurface, frame_of("multi-gaussian"))
    image, box = picture(view), view.chart.box
    x = round(box.right()) + 15
    assert away(image.pixelColor(x, round(box.top()) + 3), LIGHT.positive) < 20
    assert away(image.pixelColor(x, round(box.bottom()) - 3), LIGHT.negative) < 20


# ------------------------------------------------------------------------- curve, predicted


def test_curve_is_drawn_where_the_network_says(qtbot: QtBot) -> None:
    frame = frame_of("sine", 100)
    view = shown(qtbot, FittedCurve, frame)
    image = picture(view)
    x = np.array([[0.5], [1.0], [-2.5]])
    y = frame.inspection.problem.decode_outputs(frame.inspection.trace(x)[-1].a)
    for at in (place(view, *point) for point in np.hstack([x, y]).tolist()):
        near = [
            image.pixelColor(at + QPoint(i, j)) for i, j in itertools.product((-1, 0, 1), repeat=2)
        ]
        assert min(away(color, LIGHT.curve) for color in near) < 60


def test_a_curve_that_leaves_the_picture_says_how_far_it_goes(qtbot: QtBot) -> None:
    frame = frame_of("sine", 0)
    problem, snapshot = frame.inspection.problem, frame.inspection.snapshot
    parameters = snapshot.parameters.copy()
    parameters[-1] = 50.0  # the bias of the output
    far = Inspection(problem, Snapshot(0, 1, parameters, snapshot.gradients))
    view = shown(qtbot, FittedCurve, frame)
    before = ink_in(picture(view), LIGHT.text)
    view.show_frame(Frame(frame.history, far, 0))
    assert ink_in(picture(view), LIGHT.text) > before + 20


def ink_in(image: QImage, color: str) -> int:
    wanted = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(wanted.constBits(), np.uint32) & 0xFFFFFF
    return int((pixels == int(color[1:], 16)).sum())


def test_predicted_against_actual_is_in_target_units(qtbot: QtBot) -> None:
    frame = frame_of("houses", 100)
    view = shown(qtbot, PredictedActual, frame)
    problem = frame.inspection.problem
    truth = problem.target_values[:, 0]
    answers = problem.decode_outputs(frame.inspection.trace(problem.dataset.inputs)[-1].a)[:, 0]
    found = [view.points.row_at(view.chart.place(*p)) for p in zip(truth, answers, strict=True)]
    assert np.mean(np.array(found) == np.arange(len(truth))) > 0.8  # others lie beneath a mark
    assert problem.dataset.target_unit in view.chart.names.left
    assert problem.dataset.target_unit in view.chart.names.bottom


def test_predicted_axes_are_equal_and_stay(qtbot: QtBot) -> None:
    early, late = frame_of("houses", 0), frame_of("houses", 100)
    view = shown(qtbot, PredictedActual, early)
    before = view.chart.shown
    assert before[0] == before[1]
    view.show_frame(late)
    assert view.chart.shown == before


def test_fit_in_words_is_the_fit(qtbot: QtBot) -> None:
    frame = frame_of("sine", 100)
    view = shown(qtbot, FittedCurve, frame)
    outputs = frame.inspection.outputs("train")
    assert outputs is not None
    error = outputs.values - frame.inspection.problem.target_values[outputs.index]
    assert three_digits(float(np.sqrt((error**2).mean()))) in view.headline()
    assert three_digits(float(np.sqrt((error**2).mean()))) in view.description()


# ------------------------------------------------------------------------- confusion


@pytest.mark.parametrize("name", ["iris", "digits", "moons"])
def test_confusion_counts_every_row_once(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    view = shown(qtbot, ConfusionMatrix, frame)
    problem = frame.inspection.problem
    assert view.counts.sum() == problem.train.rows
    np.testing.assert_array_equal(
        view.counts.sum(axis=1), np.bincount(problem.labels[problem.train.index])
    )
    view.restore_view({"test": True})
    assert problem.test is not None
    assert view.counts.sum() == problem.test.rows


def test_a_click_on_a_cell_goes_through_its_rows(qtbot: QtBot) -> None:
    frame = frame_of("iris")
    view = shown(qtbot, ConfusionMatrix, frame)
    with qtbot.waitExposed(view):
        view.show()
    rows = view.rows_in(0, 0)
    assert rows.size > 1
    at = view.chart.place(0, 2)  # the first class is uppermost
    assert view.cell_at(at) == (0, 0)
    with qtbot.waitSignal(view.row_chosen) as chosen:
        qtbot.mouseClick(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert chosen.args[0] in rows


def test_full_cells_are_darker_than_empty_ones(qtbot: QtBot) -> None:
    view = shown(qtbot, ConfusionMatrix, frame_of("iris", 200))
    image, ground = picture(view), {}
    for true, decided in itertools.product(range(3), repeat=2):
        corner = view.chart.place(decided - 0.4, 2 - true + 0.4).toPoint()
        ground[true, decided] = away(image.pixelColor(corner + QPoint(2, 2)), LIGHT.surface)
    counts = view.counts
    order = sorted(ground, key=lambda cell: counts[cell] / counts[cell[0]].sum())
    assert ground[order[0]] < 30 < ground[order[-1]]
    assert f"{counts[1, 1]} of {counts[1].sum()} samples" in view.cell_text(1, 1)


# ------------------------------------------------------------------------- table


def column_of(view: PredictionTable, title: str) -> int:
    across, model = Qt.Orientation.Horizontal, view.table.model()
    titles = [model.headerData(i, across) for i in range(model.columnCount())]
    return titles.index(title)


@pytest.mark.parametrize("name", ["xor", "letters-abc", "moons-tanh", "digits"])
def test_table_has_what_the_network_predicts(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    view = shown(qtbot, PredictionTable, frame)
    model, problem = view.table.model(), frame.inspection.problem
    rows = model.rowCount()
    answers = frame.inspection.trace(problem.dataset.inputs[:rows])[-1].a
    places = [column_of(view, title) for title in ("decided", "expected", "")]
    for row, label in enumerate(problem.decide(answers).tolist()):
        truth, names = int(problem.labels[row]), problem.dataset.class_names
        texts = [model.index(row, place).data() for place in places]
        assert texts == [names[label], names[truth], RIGHT if label == truth else WRONG]
        if name == "xor":
            told = model.index(row, column_of(view, "output")).data()
            assert told == fixed(float(answers[row, 0]), 0.001)


def test_table_of_a_regression_has_errors_in_target_units(qtbot: QtBot) -> None:
    frame = frame_of("houses", 100)
    view = shown(qtbot, PredictionTable, frame)
    model, problem = view.table.model(), frame.inspection.problem
    answer = problem.decode_outputs(frame.inspection.trace(problem.dataset.inputs[5:6])[-1].a)
    titles = ("predicted", "expected", "error")
    texts = [model.index(5, column_of(view, title)).data() for title in titles]
    predicted, truth = float(answer[0, 0]), float(problem.target_values[5, 0])
    assert texts == [fixed(value, 0.1) for value in (predicted, truth, predicted - truth)]


def test_inputs_give_way_to_answers_in_a_narrow_table(qtbot: QtBot) -> None:
    view = shown(qtbot, PredictionTable, frame_of("iris"), (700, 400))
    hidden = {}
    for width in (700, 260):
        view.resize(width, 400)
        picture(view)
        hidden[width] = [view.table.isColumnHidden(i) for i in range(view.model.columnCount())]
    assert not any(hidden[700])
    assert hidden[260] == [True] * 4 + [False] * (len(hidden[260]) - 4)


def test_letters_are_shown_as_pictures(qtbot: QtBot) -> None:
    view = shown(qtbot, PredictionTable, frame_of("letters-abc"))
    image = view.table.picture(0).toImage()
    inked = [away(image.pixelColor(x, y), LIGHT.text) < 3 for x, y in every_cell(image, 5, 6)]
    letter = frame_of("letters-abc").inspection.problem.dataset.inputs[0]
    assert inked == (letter > 0.5).tolist()


def every_cell(image: QImage, rows: int, columns: int) -> Iterator[tuple[int, int]]:
    for row, column in itertools.product(range(rows), range(columns)):
        yield (
            int((column + 0.5) * image.width() / columns),
            int((row + 0.5) * image.height() / rows),
        )


def test_choosing_a_row_of_the_table_tells_and_a_frame_does_not(qtbot: QtBot) -> None:
    frame = frame_of("xor")
    view = shown(qtbot, PredictionTable, frame)
    with qtbot.assertNotEmitted(view.row_chosen):
        view.show_frame(Frame(frame.history, frame.inspection, 3))
    assert view.table.currentIndex().row() == 3
    with qtbot.waitSignal(view.row_chosen) as chosen:
        view.table.selectRow(1)
    assert chosen.args == [1]
    with qtbot.assertNotEmitted(view.row_chosen):
        view.begin(frame.inspection.problem)


# ------------------------------------------------------------------------- one picture


def test_arrows_go_through_the_samples(qtbot: QtBot) -> None:
    frame = frame_of("digits")
    view = shown(qtbot, SampleImage, frame)
    with qtbot.waitSignal(view.row_chosen) as chosen:
        view.findChild(QAbstractButton, "output-sample-on").click()
    assert chosen.args == [1]
    with qtbot.waitSignal(view.row_chosen) as chosen:
        view.findChild(QAbstractButton, "output-sample-back").click()
    assert chosen.args == [frame.inspection.problem.dataset.rows - 1]


def test_wrong_only_stops_at_wrong_answers(qtbot: QtBot) -> None:
    frame = frame_of("digits", 3)
    view = shown(qtbot, SampleImage, frame)
    view.restore_view({"only_wrong": True})
    problem = frame.inspection.problem
    decided = problem.decide(frame.inspection.trace(problem.dataset.inputs)[-1].a)
    np.testing.assert_array_equal(view.rows(), np.flatnonzero(decided != problem.labels))
    assert view.rows().size


def test_verdict_names_the_decided_class(qtbot: QtBot) -> None:
    frame = frame_of("digits", 3)
    problem = frame.inspection.problem
    decided = problem.decide(frame.inspection.trace(problem.dataset.inputs)[-1].a)
    wrong = int(np.flatnonzero(decided != problem.labels)[0])
    view = shown(qtbot, SampleImage, Frame(frame.history, frame.inspection, wrong))
    names = problem.dataset.class_names
    assert view.picture.names.bottom == view.verdict()
    assert names[decided[wrong]] in view.verdict()
    assert names[problem.labels[wrong]] in view.verdict()


def test_bars_have_the_colours_of_the_classes(qtbot: QtBot) -> None:
    view = shown(qtbot, SampleImage, frame_of("letters-abc"))
    image = picture(view)
    for label in range(3):
        assert ink_in(image, LIGHT.class_color(label)) > 40, label


# ------------------------------------------------------------------------- the panel


@pytest.mark.parametrize("epochs", [0, 20])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_second_instance_is_painted_without_being_shown(
    qtbot: QtBot, name: str, epochs: int
) -> None:
    frame = frame_of(name, epochs)
    first = panel_of(qtbot, OutputPanel, frame)
    for position in range(len(views_for(frame.inspection.problem))):
        first.selector.chosen.emit(position)
        second = OutputPanel()
        qtbot.addWidget(second)
        second.bare = True
        second.restore_view(first.view_state())
        second.begin(frame.inspection.problem)
        second.show_frame(frame)
        second.resize(800, 600)
        image = picture(second)
        assert (image.width(), image.height()) == (800, 600)
        assert ink_in(image, LIGHT.surface) < 0.98 * 800 * 600
        assert second.view_state()["view"] == first.view_state()["view"]
        assert second.description() == first.description()


@pytest.mark.parametrize("kind", [OutputPanel, GalleryPanel])
@pytest.mark.parametrize("name", ["xor", "iris", "sine"])
def test_theme_changes_the_picture_at_once(qtbot: QtBot, kind: type[Panel], name: str) -> None:
    panel = panel_of(qtbot, kind, frame_of(name))
    panel.setPalette(palette(LIGHT))
    light = picture(panel)
    panel.setPalette(palette(DARK))
    dark = picture(panel)
    assert away(light.pixelColor(1, 1), LIGHT.surface) < 2
    assert away(dark.pixelColor(1, 1), DARK.surface) < 2
    panel.setPalette(palette(LIGHT))
    assert picture(panel) == light


def test_selector_offers_what_suits_and_switches(qtbot: QtBot) -> None:
    frame = frame_of("moons")
    panel = panel_of(qtbot, OutputPanel, frame)
    buttons = panel.selector.findChildren(QAbstractButton)
    assert [b.text() for b in buttons] == [
        v.words()[0] for v in views_for(frame.inspection.problem)
    ]
    before = picture(panel)
    buttons[1].click()
    assert panel.view_state()["view"] == "confusion"
    assert picture(panel) != before


def test_switches_survive_in_another_instance(qtbot: QtBot) -> None:
    frame = frame_of("moons")
    panel = panel_of(qtbot, OutputPanel, frame)
    panel.findChild(QAbstractButton, "output-discretise").click()
    other = OutputPanel()
    qtbot.addWidget(other)
    other.begin(frame.inspection.problem)
    other.restore_view(panel.view_state())
    assert other.findChild(QAbstractButton, "output-discretise").isChecked()


def test_a_tall_panel_has_table_and_surface_of_xor(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, OutputPanel, frame_of("xor"), (360, 520))
    picture(panel)
    assert not panel.findChild(PredictionTable).isHidden()
    panel.resize(360, 240)
    picture(panel)
    assert panel.findChild(PredictionTable).isHidden()


def test_a_new_problem_opens_its_own_best_view(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, OutputPanel, frame_of("moons"))
    for name, best in (("sine", "curve"), ("iris", "confusion"), ("xor", "surface")):
        panel.begin(frame_of(name).inspection.problem)
        panel.show_frame(frame_of(name))
        assert panel.view_state()["view"] == best


def test_the_same_frame_again_costs_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_of("moons")
    panel = panel_of(qtbot, OutputPanel, frame)
    asked: list[Inspection] = []
    monkeypatch.setattr(DecisionSurface, "take", lambda self, moment: asked.append(moment))
    panel.show_frame(Frame(frame.history, frame.inspection, frame.row))
    assert not asked
    panel.show_frame(Frame(frame.history, frame.inspection, frame.row + 1))
    assert asked == [frame.inspection]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_figures_and_descriptions_have_numbers(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    for view in views_for(frame.inspection.problem):
        made = shown(qtbot, view, frame)
        assert str(frame.inspection.epoch) in made.description()
        assert any(c.isdigit() for c in made.headline())
        for switch in made.buttons():
            assert switch.toolTip() and switch.accessibleName() and switch.objectName()


@pytest.mark.parametrize(
    ("right", "text"), [(10_000, "100 %"), (9_999, "99.9 %"), (0, "0 %"), (1, "0.1 %")]
)
def test_percent_is_never_rounded_to_all_or_nothing(right: int, text: str) -> None:
    assert share_text(right, 10_000) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (-1.5, "−1.50"), (123.4, "123"), (0.0421, "0.0421"), (np.nan, "–")],
)
def test_figures_are_short_and_have_a_true_minus(value: float, text: str) -> None:
    assert three_digits(value) == text


# ------------------------------------------------------------------------------ while it moves


def moments(frame: Frame, count: int) -> list[Frame]:
    """Return different moments of a run, the last of them as `frame`'s."""
    problem, snapshot = frame.inspection.problem, frame.inspection.snapshot
    rng = np.random.default_rng(4)
    size = snapshot.parameters.size
    others = [
        Snapshot(0, epoch, rng.normal(0, 1, size).astype(problem.dtype), snapshot.gradients)
        for epoch in range(count - 1)
    ]
    return [
        *(Frame(frame.history, Inspection(problem, other), 1) for other in others),
        Frame(frame.history, Inspection(problem, snapshot), frame.row),
    ]


@lru_cache(maxsize=1)
def large_frame() -> Frame:
    """Return a frame of a network that is too large to answer for all rows in every frame."""
    asked = Experiment(
        DataChoice("digits", test_fraction=0.2),
        NetworkChoice((Dense(600, "relu"), Dense(600, "relu"), Dense(10, "softmax"))),
        TrainingChoice("categorical_crossentropy"),
    )
    problem = Problem(asked)
    network = problem.new_network()
    snapshot = Snapshot(0, 0, network.parameters, network.gradients)
    return Frame(History(3), Inspection(problem, snapshot), 0)


@pytest.mark.parametrize("view", ["sample", "confusion", "table"])
def test_figures_of_a_large_network_are_estimates_until_it_rests(qtbot: QtBot, view: str) -> None:
    frame = large_frame()
    problem = frame.inspection.problem
    assert quick_rows(problem) < problem.test.rows
    panel = OutputPanel()
    qtbot.addWidget(panel)
    panel.resize(*SIZE)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.begin(problem)
    panel.restore_view({"view": view})
    first, second, last = moments(frame, 3)
    panel.show_frame(first)
    assert "≈" not in panel.figures.accessibleName()
    panel.show_frame(second)
    assert panel.current.partial
    assert "≈" in panel.current.headline() and "some of the rows" in panel.description()
    panel.show_frame(last)
    qtbot.waitUntil(lambda: not panel.current.partial)
    still = panel_of(qtbot, OutputPanel, frame)
    still.restore_view({"view": view})
    assert panel.figures.accessibleName() == still.figures.accessibleName()
    assert panel.accessibleDescription() == still.description()
    assert "≈" not in panel.figures.accessibleName()


def test_table_answers_for_what_is_scrolled_into_sight(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = large_frame()
    view = shown(qtbot, PredictionTable, frame)
    with qtbot.waitExposed(view):
        view.show()
    asked: set[int] = set()
    answers = Inspection.answers
    monkeypatch.setattr(
        Inspection,
        "answers",
        lambda self, first, last: asked.update(range(first, last)) or answers(self, first, last),
    )
    view.show_frame(moments(frame, 2)[0])
    assert 0 in asked and 150 not in asked
    view.table.scrollTo(view.model.index(150, 0))
    assert 150 in asked


@pytest.mark.parametrize("key", PANELS)
def test_a_panel_goes_at_once_when_nobody_holds_it(qtbot: QtBot, key: str) -> None:
    """The collector would take it away at any time, such as while another widget is painted."""
    frame = frame_of("iris")
    gc.collect()
    gc.disable()
    try:
        panel = PANELS[key]()
        with qtbot.waitExposed(panel):
            panel.show()
        panel.begin(frame.inspection.problem)
        panel.show_frame(frame)
        panel.grab()
        panel.close()
        gone = weakref.ref(panel)
        del panel
        assert gone() is None
    finally:
        gc.enable()


def test_surface_of_a_large_network_is_coarse_only_while_it_moves(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = Dense(500, "tanh")
    asked = replace(
        EXPERIMENTS["moons"](), network=NetworkChoice((hidden, hidden, Dense(1, "sigmoid")))
    )
    problem = Problem(asked)
    network = problem.new_network()
    snapshot = Snapshot(0, 0, network.parameters, network.gradients)
    frame = Frame(History(3), Inspection(problem, snapshot), 0)
    panel = panel_of(qtbot, OutputPanel, frame)
    with qtbot.waitExposed(panel):
        panel.show()
    asked: list[int] = []
    plane = Inspection.plane
    monkeypatch.setattr(
        Inspection, "plane", lambda self, side: asked.append(side) or plane(self, side)
    )
    for one in moments(frame, 3):
        panel.show_frame(one)
        assert asked[-1] == (16 if panel.idle.moving else 40)
    qtbot.waitUntil(lambda: asked[-1] == 40)
    still = panel_of(qtbot, OutputPanel, frame)
    with qtbot.waitExposed(still):  # letters are kept as pixels on the screen, a little paler
        still.show()
    assert panel.current.grab().toImage() == still.current.grab().toImage()
