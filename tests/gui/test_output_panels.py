"""The output panel and its views show what the network says."""

from __future__ import annotations

import itertools
import weakref
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView, QWidget
from pytestqt.qtbot import QtBot

from nnviz.datasets.catalog import load_sample
from nnviz.datasets.spec import SampleOptions
from nnviz.engine.layers import Dense
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import fixed, share_text
from nnviz.gui.look.texts import score_text
from nnviz.gui.look.theme import DARK, LIGHT
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.base import OutputView, PlotView
from nnviz.gui.panels.outputs.colors import AnswerColors, finer
from nnviz.gui.panels.outputs.confusion import ConfusionMatrix
from nnviz.gui.panels.outputs.regression import FittedCurve, PredictedActual, Residuals
from nnviz.gui.panels.outputs.roc import RocCurve
from nnviz.gui.panels.outputs.sample import SampleImage
from nnviz.gui.panels.outputs.surface import DecisionSurface
from nnviz.gui.panels.outputs.table import PredictionTable
from nnviz.gui.panels.outputs.words import headlines, three_digits
from nnviz.gui.panels.samples.columns import RIGHT, WRONG
from nnviz.gui.panels.samples.model import Numbers
from nnviz.gui.plots.plot import Plot
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import PARTS, Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer, overflow_is_checked

from .panel_cases import in_theme, large_frame, moments

SIZE = (360, 420)
SAMPLES = {
    "xor": ("sigmoid", "binary_crossentropy"),
    "moons": ("tanh", "mean_squared_error"),
    "blobs": ("softmax", "categorical_crossentropy"),
    "multi-gaussian": ("linear", "mean_squared_error"),
    "houses": ("linear", "mean_squared_error"),
    "sine": ("linear", "mean_squared_error"),
    "iris": ("softmax", "categorical_crossentropy"),
    "letters-abc": ("softmax", "categorical_crossentropy"),
    "digits": ("softmax", "categorical_crossentropy"),
}


def experiment(sample: str) -> Experiment:
    output, loss = SAMPLES[sample]
    classes = len(load_sample(sample, SampleOptions()).class_names)
    last = Dense(classes if output == "softmax" else 1, output)
    test = 0.0 if sample in ("xor", "letters-abc") else 0.25
    return Experiment(
        DataChoice(sample, test_fraction=test, standardize_inputs=sample != "xor"),
        NetworkChoice((Dense(8, "tanh"), last)),
        TrainingChoice(loss=loss, optimizer="adam", learning_rate=0.05, epochs=1000),
    )


@lru_cache(maxsize=32)
def frame_of(name: str, epochs: int = 20, row: int = 0) -> Frame:
    """Return a frame of a run that has trained a little; 0 epochs is the untrained network."""
    trainer, history = Trainer(experiment(name)), History(2)
    for record in itertools.islice(trainer.steps(), epochs + 1):
        assert record is not None  # full batches: one step an epoch
        history.append(record)
    return Frame(history, Inspection(trainer.problem, trainer.snapshot()), row)


def shown(
    qtbot: QtBot, kind: type[OutputView], frame: Frame, size: tuple[int, int] = SIZE
) -> OutputView:
    view = in_theme(kind(), LIGHT)
    qtbot.addWidget(view)
    view.resize(*size)
    view.begin(frame.inspection.problem)
    view.show_moment(frame.inspection, frame.row)
    view.grab()  # lays it out
    return view


def panel_of(
    qtbot: QtBot,
    frame: Frame,
    size: tuple[int, int] = SIZE,
    kind: type[Panel] = OutputPanel,
    show: bool = False,
) -> Panel:
    panel = in_theme(kind(), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(*size)
    if show:
        with qtbot.waitExposed(panel):
            panel.show()
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    return panel


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def away(color: QColor, other: str) -> float:
    wanted = QColor(other)
    return float(np.linalg.norm(np.subtract(color.getRgb(), wanted.getRgb())))


def ink_in(image: QImage, color: str) -> int:
    pixels = np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF
    return int((pixels == int(color[1:], 16)).sum())


def answers_of(frame: Frame) -> np.ndarray:
    """Return what the network answers for all rows, in target units."""
    problem = frame.inspection.problem
    return problem.decode_outputs(frame.inspection.trace(problem.dataset.inputs)[-1].a)


# ------------------------------------------------------------------------- which view for what


def test_every_problem_opens_its_best_view_and_offers_what_suits(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("moons"))
    for name, views in {
        "xor": "Surface Confusion ROC PCA Table",
        "multi-gaussian": "Surface Predicted Residuals PCA Table",
        "houses": "Predicted Surface Residuals PCA Table",
        "sine": "Curve Predicted Residuals PCA Table",
        "iris": "Confusion ROC PCA Table",
        "letters-abc": "Table Sample Pictures Confusion ROC Saliency PCA",
        "digits": "Sample Pictures Confusion ROC Saliency PCA Table",
    }.items():
        panel.begin(frame_of(name).inspection.problem)
        panel.show_frame(frame_of(name))
        buttons = {
            b.text(): b
            for b in panel.selector.findChildren(QAbstractButton)
            if b.isVisibleTo(panel)
        }
        assert " ".join(buttons) == views
        assert panel.view_state()["view"] == views.split()[0].lower()
    before = picture(panel)
    buttons["Confusion"].click()
    assert panel.view_state()["view"] == "confusion"
    assert picture(panel) != before


# -------------------------------------------------------------------------------- the surface


def place(view: PlotView, x: float, y: float) -> QPoint:
    """Return where a point of the plane is, in pixels of the view."""
    return view.plot.mapTo(view, view.chart.place(x, y).toPoint())


@pytest.mark.parametrize("name", ["xor", "moons", "blobs"])
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
        classes = range(len(problem.dataset.class_names))
        nearest = min(classes, key=lambda c: away(color, LIGHT.class_color(c)))
        assert nearest == label, (x, y)


def free_places(view: PlotView, problem: Problem) -> np.ndarray:
    """Return places of the plane well away from marks and from borders between classes."""
    x, y = (np.linspace(*ends, 17)[1:-1] for ends in view.chart.shown)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    pixel = np.array([view.chart.pixel.width(), view.chart.pixel.height()])
    apart = (grid[:, np.newaxis] - problem.dataset.inputs[np.newaxis]) / pixel
    kept = grid[np.hypot(*apart.transpose(2, 0, 1)).min(axis=1) > 14]
    steps = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * [x[1] - x[0], y[1] - y[0]] * 0.4
    decided = np.stack([problem.decide(view.inspection.trace(kept + s)[-1].a) for s in steps])
    return np.asarray(kept[(decided == decided[0]).all(axis=0)])


def test_shades_go_from_class_to_class_and_those_of_numbers_by_sign() -> None:
    moons, numbers = (
        AnswerColors(frame_of(name).inspection.problem, LIGHT)
        for name in ("moons", "multi-gaussian")
    )
    ends = numbers.low, 0.0, numbers.high
    for colors, values, wanted, within in (
        (moons, (-1.0, 0.0, 1.0), (LIGHT.class_color(0), LIGHT.surface, LIGHT.class_color(1)), 130),
        (numbers, ends, (LIGHT.negative, LIGHT.neutral, LIGHT.positive), 5),
    ):
        found = [QColor(*map(int, one)) for one in colors.ground(np.array([values]))]
        assert all(away(one, hue) < within for one, hue in zip(found, wanted, strict=True))
        assert away(found[1], wanted[1]) < 5


def test_finer_grid_keeps_a_plane_a_plane() -> None:
    x, fine = np.linspace(-1, 1, 16), np.linspace(-1, 1, 48)
    values = (2 * x[np.newaxis, :] - x[:, np.newaxis])[np.newaxis]
    expected = 2 * fine[np.newaxis, :] - fine[:, np.newaxis]
    np.testing.assert_allclose(finer(values, 3)[0], expected, atol=1e-12)


def click(qtbot: QtBot, view: PlotView, x: float, y: float, double: bool = False) -> None:
    act = qtbot.mouseDClick if double else qtbot.mouseClick
    at = view.chart.place(x, y).toPoint()
    act(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_mark_chooses_its_row(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"), show=True)
    view = panel.findChild(DecisionSurface)
    with qtbot.waitSignal(panel.row_chosen) as chosen:
        click(qtbot, view, 1.0, 0.0)
    assert chosen.args == [2]
    with qtbot.assertNotEmitted(panel.row_chosen):
        click(qtbot, view, 0.5, 0.5)


def test_hiding_test_marks_takes_them_off_the_picture(qtbot: QtBot) -> None:
    frame = frame_of("moons")
    view = shown(qtbot, DecisionSurface, frame)
    entries, data = len(view.legend()), frame.inspection.problem.dataset.inputs
    tested = frame.inspection.problem.test.index

    def marks() -> list[int | None]:
        return [view.points.row_at(view.chart.place(*data[row])) for row in tested]

    assert sum(mark == row for mark, row in zip(marks(), tested, strict=True)) > 20
    view.restore_view({"test": False})
    assert len(view.legend()) == len(view.header.legend.entries) == entries - 1
    assert not set(marks()) & set(tested.tolist())


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
    image, box = picture(view.plot), view.chart.box
    x = round(box.right()) + 15
    assert away(image.pixelColor(x, round(box.top()) + 3), LIGHT.positive) < 20
    assert away(image.pixelColor(x, round(box.bottom()) - 3), LIGHT.negative) < 20


def test_a_tall_panel_has_table_and_surface_of_xor(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, frame_of("xor"), show=True)
    for size, seen in (((360, 520), True), ((360, 240), False), ((700, 240), True)):
        panel.resize(*size)
        picture(panel)
        assert panel.findChild(PredictionTable).isVisible() == seen


# ------------------------------------------------------------------------- curve, predicted


def test_curve_is_drawn_where_the_network_says(qtbot: QtBot) -> None:
    frame = frame_of("sine", 100)
    view = shown(qtbot, FittedCurve, frame)
    image = picture(view)
    x = np.array([[0.5], [1.0], [-2.5]])
    y = frame.inspection.problem.decode_outputs(frame.inspection.trace(x)[-1].a)
    for at in (place(view, *point) for point in np.hstack([x, y]).tolist()):
        steps = itertools.product((-1, 0, 1), repeat=2)
        near = [away(image.pixelColor(at + QPoint(*step)), LIGHT.curve) for step in steps]
        assert min(near) < 60


def test_a_curve_that_leaves_the_picture_says_how_far_it_goes(qtbot: QtBot) -> None:
    frame = frame_of("sine", 0)
    problem, snapshot = frame.inspection.problem, frame.inspection.snapshot
    parameters = snapshot.parameters.copy()
    parameters[-1] = 50.0  # the bias of the output
    view = shown(qtbot, FittedCurve, frame)
    before = ink_in(picture(view), LIGHT.text)
    view.show_moment(Inspection(problem, Snapshot(0, 1, parameters, snapshot.gradients)), 0)
    assert ink_in(picture(view), LIGHT.text) > before + 20


def test_predicted_against_actual_is_in_target_units_on_axes_that_stay(qtbot: QtBot) -> None:
    frame = frame_of("houses", 100)
    view = shown(qtbot, PredictedActual, frame_of("houses", 0))
    x, y = view.chart.shown
    assert x == y
    view.show_moment(frame.inspection, 0)
    assert view.chart.shown == (x, y)
    problem = frame.inspection.problem
    places = zip(problem.target_values[:, 0], answers_of(frame)[:, 0], strict=True)
    found = [view.points.row_at(view.chart.place(*at)) for at in places]
    assert np.mean(np.array(found) == np.arange(len(found))) > 0.8  # others lie beneath a mark
    assert problem.dataset.target_unit in view.chart.names.left
    assert problem.dataset.target_unit in view.chart.names.bottom
    error = (answers_of(frame) - problem.target_values)[problem.train.index]
    told = three_digits(float(np.sqrt((error**2).mean())))
    assert told in headlines(frame.inspection)[0] and told in view.describe(frame.inspection)


def test_residuals_are_what_is_missing_in_target_units_around_zero(qtbot: QtBot) -> None:
    frame = frame_of("houses", 100)
    problem = frame.inspection.problem
    view, answers = shown(qtbot, Residuals, frame_of("houses", 0)), answers_of(frame)[:, 0]
    first = view.chart.shown[1][1]
    view.show_moment(frame.inspection, 0)
    residuals = problem.target_values[:, 0] - answers
    (_, high), largest = view.chart.shown[1], float(np.abs(residuals).max())
    assert largest <= high <= 1.5 * largest and high < first  # it follows what is learned
    inside = zip(answers, residuals, strict=True)
    found = [view.points.row_at(view.chart.place(*at)) for at in inside]
    assert np.mean(np.array(found) == np.arange(len(found))) > 0.8  # others lie beneath a mark
    assert problem.dataset.target_unit in view.chart.names.left
    assert view._line.yData.tolist() == [0.0, 0.0]


def test_part_that_is_zoomed_in_on_stays_while_residuals_shrink(qtbot: QtBot) -> None:
    view = shown(qtbot, Residuals, frame_of("houses", 0))
    part = [80.0, 100.0, -2.0, 3.0]
    view.restore_view({"zoom": part})
    view.show_moment(frame_of("houses", 100).inspection, 0)
    assert np.ravel(view.chart.shown).tolist() == part


def test_answers_that_are_far_from_any_truth_have_a_headline(qtbot: QtBot) -> None:
    problem = Problem(experiment("houses"))
    network = problem.new_network()
    network.parameters[:] = 1e160
    snapshot = Snapshot(0, 0, network.parameters, network.gradients)
    assert "∞" in headlines(Inspection(problem, snapshot))[0]


def test_headline_names_every_part_there_is(qtbot: QtBot) -> None:
    for name in ("houses", "iris"):
        asked = experiment(name)
        data = replace(asked.data, validation_fraction=0.2)
        problem = Problem(replace(asked, data=data))
        network = problem.new_network()
        snapshot = Snapshot(0, 0, network.parameters, network.gradients)
        told = headlines(Inspection(problem, snapshot))[0]
        assert all(part in told for part in PARTS), told
    assert "train" not in headlines(frame_of("xor").inspection)[0]  # there is no other


# ------------------------------------------------------------------------- ROC


@pytest.mark.parametrize(("name", "row", "label"), [("moons", 0, 1), ("iris", 60, 1)])
def test_roc_curve_is_that_of_the_parts_and_its_area_is_told(
    qtbot: QtBot, name: str, row: int, label: int
) -> None:
    frame = frame_of(name, 3, row)
    view, problem = shown(qtbot, RocCurve, frame), frame.inspection.problem
    assert problem.labels[row] == label or problem.outputs == 1
    for part, told in (("train", "line"), ("test", "dashed")):
        scores = answers_of(frame)[problem.parts[part].index, -1 if problem.outputs == 1 else label]
        is_class = problem.labels[problem.parts[part].index] == label
        pairs = np.subtract.outer(scores[is_class], scores[~is_class])
        area = float((pairs > 0).mean() + (pairs == 0).mean() / 2)
        assert view.areas[part] == pytest.approx(area)
        (entry,) = (one for one in view.legend() if one.label.startswith(part))
        assert entry.mark == told and entry.label.endswith(fixed(area, 0.001))
        x, y = view._curves[part].xData, view._curves[part].yData
        assert (x[0], y[0], x[-1], y[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert view.chart.names.bottom == "false positive rate"
    assert view.chart.names.left == "true positive rate"
    assert problem.dataset.class_names[label] in view.chart.names.title


# ------------------------------------------------------------------------- confusion


@pytest.mark.parametrize("name", ["iris", "digits", "moons"])
def test_confusion_counts_every_row_once(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    view, problem = shown(qtbot, ConfusionMatrix, frame), frame.inspection.problem
    for part, is_on in ((problem.train, False), (problem.test, True)):
        view.restore_view({"test": is_on})
        classes = np.bincount(problem.labels[part.index], minlength=len(view.counts))
        np.testing.assert_array_equal(view.counts.sum(axis=1), classes)


def test_scores_of_two_classes_are_the_textbooks(qtbot: QtBot) -> None:
    frame = frame_of("moons", 3)
    view, problem = shown(qtbot, ConfusionMatrix, frame), frame.inspection.problem
    view.restore_view({"test": True})
    true = problem.labels[problem.test.index] == 1
    answer = answers_of(frame)[problem.test.index, 0]
    said = answer > problem.decision_threshold
    both = (true & said).sum()
    ranked = answer[true][:, np.newaxis] - answer[~true]
    auc = ((ranked > 0) + 0.5 * (ranked == 0)).mean()
    precision, recall = both / said.sum(), both / true.sum()
    assert view.scores.text() == (
        f"“lower moon”: precision {precision:.3f} · recall {recall:.3f}"
        f" · F1 {2 * precision * recall / (precision + recall):.3f} · AUC {auc:.3f}"
    )


def test_the_counts_are_copied_as_text(qtbot: QtBot) -> None:
    view = shown(qtbot, ConfusionMatrix, frame_of("iris"))
    view.show()
    view.activateWindow()
    view.plot.setFocus()
    qtbot.waitUntil(view.plot.hasFocus)
    qtbot.keyClick(view.plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *lines = QGuiApplication.clipboard().text().splitlines()
    assert head.split("\t") == ["", *view.names]
    assert [[*map(int, line.split("\t")[1:])] for line in lines] == view.counts.tolist()
    view.names = ("=1+1", *view.names[1:])
    qtbot.keyClick(view.plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("\t'=1+1\t")


def test_scores_of_many_classes_are_means_of_those_there_are(qtbot: QtBot) -> None:
    view = shown(qtbot, ConfusionMatrix, frame_of("iris"))
    counts, right = view.counts, np.diagonal(view.counts)
    recall = (right / counts.sum(axis=1)).mean()
    assert f"recall {recall:.3f}" in view.scores.text()
    assert view.scores.text().startswith("mean of the classes: precision ")


def test_a_linear_neuron_is_written_in_real_units_beside_the_truth(qtbot: QtBot) -> None:
    trainer = Trainer(PRESETS["linear-regression"].experiment)
    with overflow_is_checked():
        trainer.advance(1000)
    moment = Inspection(trainer.problem, trainer.snapshot())
    panel = panel_of(qtbot, Frame(History(1), moment, 0))
    told = panel.findChild(QLabel, "output-formula")
    assert told.text() == (
        "price = 1.21 · area (m²) + 5.21 · location score + 18.9 (true: 1.2, 5, 20)"
    )
    panel.begin(frame_of("houses").inspection.problem)
    panel.show_frame(frame_of("houses"))
    assert told.isHidden()


def test_a_click_on_a_cell_goes_through_its_rows(qtbot: QtBot) -> None:
    view = shown(qtbot, ConfusionMatrix, frame_of("iris"))
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
    image, ground, counts = picture(view.plot), {}, view.counts
    for true, decided in itertools.product(range(3), repeat=2):
        corner = view.chart.place(decided - 0.4, 2 - true + 0.4).toPoint()
        ground[true, decided] = away(image.pixelColor(corner + QPoint(2, 2)), LIGHT.surface)
    order = sorted(ground, key=lambda cell: counts[cell] / counts[cell[0]].sum())
    assert ground[order[0]] < 30 < ground[order[-1]]
    assert f"{counts[1, 1]} of {counts[1].sum()} samples" in view.cell_text(1, 1)


# ------------------------------------------------------------------------- table


def column_of(view: PredictionTable, title: str) -> int:
    across, model = Qt.Orientation.Horizontal, view.table.model()
    return [model.headerData(i, across) for i in range(model.columnCount())].index(title)


@pytest.mark.parametrize("name", ["xor", "letters-abc", "moons", "digits"])
def test_table_has_what_the_network_predicts(qtbot: QtBot, name: str) -> None:
    frame = frame_of(name)
    view = shown(qtbot, PredictionTable, frame)
    model, problem = view.table.model(), frame.inspection.problem
    answers = frame.inspection.trace(problem.dataset.inputs[: model.rowCount()])[-1].a
    places = [column_of(view, title) for title in ("predicted", "actual", "")]
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
    titles = ("predicted", "actual", "error")
    texts = [view.model.index(5, column_of(view, title)).data() for title in titles]
    predicted = float(answers_of(frame)[5, 0])
    truth = float(frame.inspection.problem.target_values[5, 0])
    assert texts == [fixed(value, 0.1) for value in (predicted, truth, predicted - truth)]


def test_many_inputs_stand_behind_the_answers_where_one_scrolls_to_them(qtbot: QtBot) -> None:
    for name, first in (("iris", False), ("houses", True)):
        view = shown(qtbot, PredictionTable, frame_of(name), (800, 400))
        inputs = frame_of(name).inspection.problem.dataset.feature_names
        places = [column_of(view, name) for name in inputs]
        assert (max(places) < column_of(view, "predicted")) == first
        assert view.table.horizontalScrollBar().maximum() == 0
        view.resize(200, 400)
        picture(view)
        assert view.table.horizontalScrollBar().maximum() > 0


def test_letters_are_shown_as_pictures(qtbot: QtBot) -> None:
    view = shown(qtbot, PredictionTable, frame_of("letters-abc"))
    image = view.table.picture(0).toImage()
    high, wide = image.height() / 5, image.width() / 6
    cells = itertools.product(range(5), range(6))
    middles = [(int((column + 0.5) * wide), int((row + 0.5) * high)) for row, column in cells]
    inked = [away(image.pixelColor(*at), LIGHT.text) < 3 for at in middles]
    letter = frame_of("letters-abc").inspection.problem.dataset.inputs[0]
    assert inked == (letter > 0.5).tolist()


def test_on_the_screen_the_ground_follows_the_moments_below_the_points(qtbot: QtBot) -> None:
    frame = frame_of("xor", 20)
    view, inputs = shown(qtbot, DecisionSurface, frame), frame.inspection.problem.dataset.inputs
    with qtbot.waitExposed(view):
        view.show()
    seen = []
    for moment in moments(frame, 4):
        view.show_moment(moment.inspection, 0)
        image = picture(view.plot)
        seen.append(image)
        for label, (x, y) in zip(frame.inspection.problem.labels, inputs.tolist(), strict=True):
            color = image.pixelColor(view.chart.place(x, y).toPoint())
            assert away(color, LIGHT.class_color(int(label))) < 3
    assert all(one != other for one, other in itertools.combinations(seen, 2))


def test_choosing_a_row_of_the_table_tells_and_a_frame_does_not(qtbot: QtBot) -> None:
    frame = frame_of("xor")
    view = shown(qtbot, PredictionTable, frame)
    with qtbot.assertNotEmitted(view.row_chosen):
        view.show_moment(frame.inspection, 3)
    assert view.table.currentIndex().row() == 3
    with qtbot.waitSignal(view.row_chosen) as chosen:
        view.table.selectRow(1)
    assert chosen.args == [1]
    with qtbot.assertNotEmitted(view.row_chosen):
        view.begin(frame.inspection.problem)


# ------------------------------------------------------------------------- one picture


@pytest.mark.parametrize("size", [(230, 240), (330, 370)])
def test_every_class_of_a_sample_is_named(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = shown(qtbot, SampleImage, frame_of("digits"))
    view.resize(*size)
    picture(view)
    axes = view.bars.axes
    assert axes["left"].ticks(axes["left"]._length()).labels == tuple("9876543210")


def test_the_arrows_of_a_sample_go_through_all(qtbot: QtBot) -> None:
    frame = frame_of("digits", 3)
    view, problem = shown(qtbot, SampleImage, frame), frame.inspection.problem
    for button, row in (("on", 1), ("back", problem.dataset.rows - 1)):
        with qtbot.waitSignal(view.row_chosen) as chosen:
            view.findChild(QAbstractButton, f"output-sample-{button}").click()
        assert chosen.args == [row]
    decided = problem.decide(frame.inspection.trace(problem.dataset.inputs)[-1].a)
    wrong = np.flatnonzero(decided != problem.labels)
    view.show_moment(frame.inspection, int(wrong[0]))
    names = problem.dataset.class_names
    assert view.picture.names.bottom == view.verdict()
    assert names[decided[wrong[0]]] in view.verdict()
    assert names[problem.labels[wrong[0]]] in view.verdict()


def test_the_bar_of_a_class_is_as_long_as_its_output(qtbot: QtBot) -> None:
    frame = frame_of("letters-abc", 2)
    view = shown(qtbot, SampleImage, frame)
    outputs, image = frame.inspection.sample_trace(0)[-1].a[0], picture(view.plot)
    for label, output in enumerate(outputs.tolist()):
        start, end = (view.bars.place(x, 2 - label).toPoint() for x in (0, 1))
        row = [
            away(image.pixelColor(x, start.y()), LIGHT.class_color(label)) < 3
            for x in range(start.x(), end.x())
        ]
        assert np.mean(row) == pytest.approx(output, abs=0.03), label


def test_the_outputs_of_a_sample_are_written_where_it_is_chosen_and_at_rest(qtbot: QtBot) -> None:
    frame = frame_of("digits", 3)
    view = shown(qtbot, SampleImage, frame)
    with qtbot.waitExposed(view):
        view.show()

    def written(inspection: Inspection, row: int) -> list[str]:
        return [fixed(output, 0.001) for output in inspection.sample_trace(row)[-1].a[0].tolist()]

    newest = [moment.inspection for moment in moments(frame, 6)]
    for inspection in newest:
        view.show_moment(inspection, 0)
    axis = view.bars.axes["right"]
    qtbot.waitUntil(lambda: axis.names == written(newest[-1], 0)[::-1])
    for inspection, row in ((newest[0], 0), (newest[1], 5)):
        view.show_moment(inspection, row)
    assert axis.names == written(newest[1], 5)[::-1]


# ------------------------------------------------------------------------- the panel


@pytest.mark.parametrize("epochs", [0, 20])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_second_instance_is_painted_without_being_shown(
    qtbot: QtBot, name: str, epochs: int
) -> None:
    frame = frame_of(name, epochs)
    first = panel_of(qtbot, frame)
    for position in range(len(views_for(frame.inspection.problem))):
        first.selector.chosen.emit(position)
        for button in first.current.findChildren(QAbstractButton):
            if button.isCheckable():
                button.click()
            named = button.objectName() and button.accessibleName() and button.toolTip()
            assert named or button.objectName().startswith("qt_")
        second = in_theme(OutputPanel(), LIGHT)
        qtbot.addWidget(second)
        second.bare = True
        second.begin(frame.inspection.problem)
        second.restore_view(first.view_state())
        second.show_frame(frame)
        second.resize(800, 600)
        assert ink_in(picture(second), LIGHT.surface) < 0.98 * 800 * 600
        assert second.view_state() == first.view_state()
        assert second.description() == first.description()
        assert f"{epochs} epochs" in first.description()
        assert any(c.isdigit() for c in first.figures.accessibleName())


@pytest.mark.parametrize("key", PANELS)
@pytest.mark.parametrize("name", ["xor", "iris", "sine"])
def test_theme_changes_the_picture_at_once(qtbot: QtBot, key: str, name: str) -> None:
    panel = panel_of(qtbot, frame_of(name), kind=PANELS[key])
    light = picture(panel)
    dark = picture(in_theme(panel, DARK))
    assert away(light.pixelColor(1, 1), LIGHT.surface) < 2
    assert away(dark.pixelColor(1, 1), DARK.surface) < 2
    assert not ink_in(dark, LIGHT.surface)
    assert picture(in_theme(panel, LIGHT)) == light


def test_figures_are_short_have_a_true_minus_and_never_round_to_all_or_nothing() -> None:
    shares = {10_000: "100 %", 9_999: "99.9 %", 0: "0 %", 1: "0.1 %"}
    assert {right: share_text(right, 10_000) for right in shares} == shares
    scores = {1.0: "1.000", 0.99999: "0.999", 0.0: "0", 1e-9: "0.001", np.nan: "not defined"}
    assert {score: score_text(score) for score in scores} == scores
    figures = {0.0: "0.000", -1.5: "−1.50", 123.4: "123", 0.0421: "0.0421", np.nan: "–"}
    assert {value: three_digits(value) for value in figures} == figures


@pytest.mark.parametrize("key", PANELS)
def test_a_panel_goes_at_once_when_nobody_holds_it(qtbot: QtBot, key: str) -> None:
    """The collector would take it away at any time, such as while another widget is painted."""
    frame = frame_of("iris")
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


# ------------------------------------------------------------------------------ while it moves


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("digits", "sample"),
        ("digits", "confusion"),
        ("digits", "roc"),
        ("digits", "table"),
        ("moons", "surface"),
    ],
)
def test_what_a_large_network_answers_is_estimated_until_it_rests(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str, view: str
) -> None:
    frame = large_frame(name)
    panel, still = (panel_of(qtbot, frame, show=True) for _ in range(2))
    for one in (panel, still):
        one.restore_view({"view": view})
    panel.begin(frame.inspection.problem)
    for moment, moves in zip(moments(frame, 3), (False, True, True), strict=True):
        panel.show_frame(moment)
        told = headlines(panel.current.inspection)[0]
        assert panel.current.inspection.plane_side < 64 or not moves
        assert view == "sample" or ("≈" in told) == ("≈" in panel.description())
        assert ("≈" in told) == moves
    qtbot.waitUntil(lambda: panel.current.inspection is panel.frame.inspection)
    still.show_frame(frame)
    assert panel.figures.accessibleName() == still.figures.accessibleName()
    assert panel.accessibleDescription() == still.description()
    assert picture(panel.current) == picture(still.current)


def test_table_answers_for_what_is_scrolled_into_sight(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = large_frame("digits")
    view = shown(qtbot, PredictionTable, frame)
    with qtbot.waitExposed(view):
        view.show()
    asked: set[int] = set()
    made = Numbers.__init__
    monkeypatch.setattr(
        Numbers,
        "__init__",
        lambda self, moment, rows: asked.update(rows.tolist()) or made(self, moment, rows),
    )
    view.show_moment(moments(frame, 3)[0].inspection, 0)
    assert 0 in asked and 150 not in asked
    view.table.scrollTo(view.model.index(150, 0))
    assert 150 in asked


def test_a_plot_fills_the_room_that_the_answers_leave_it(qtbot, window):
    window.commands.open_preset("xor-2-4-1")
    panel = window.panels["output"]
    name = "output-surface-plot"
    qtbot.waitUntil(lambda: panel.findChild(Plot, name) is not None)
    plot = panel.findChild(Plot, name)
    for size in ((960, 552), (1366, 720)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: window.size() == QSize(*size))
        qtbot.waitUntil(lambda: plot.sceneRect().size() == QSizeF(plot.size()))
    assert panel.findChild(QTableView).isVisible()
