"""The inspector: what it writes comes out, and what is clicked is what it shows."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Conv2D, Dense, Flatten, MaxPool2D
from nnviz.gui.edits import name_of
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.numbers import parse
from nnviz.gui.look.theme import LIGHT, rgb
from nnviz.gui.main_window import MainWindow
from nnviz.gui.panels.inspector import InspectorPanel
from nnviz.gui.panels.inspectors.charts import KernelChart, MapChart, RunChart, WayChart
from nnviz.gui.panels.inspectors.lines import (
    SumLine,
    formula,
    neuron_lines,
    sum_lines,
    symbol_of,
    weight_lines,
)
from nnviz.gui.panels.inspectors.terms import NeuronSum
from nnviz.gui.panels.walks.charts import MatrixChart
from nnviz.training.backward import BIAS, place_of
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

from .panel_cases import colors_of, in_theme, picture, row_texts, table_of
from .seen import like, pixels

EXPERIMENTS = {
    "xor": PRESETS["xor-2-3-1"].experiment.change(
        "training", optimizer="adamw", l2=0.01, clip_norm=0.02
    ),
    "iris": Experiment(
        DataChoice("iris", standardize_inputs=True),
        NetworkChoice((Dense(5, "tanh"), Dense(3, "softmax"))),
        TrainingChoice("categorical_crossentropy", "momentum", batch_size=32),
    ),
    "letters": PRESETS["letters-abc"].experiment,
    "houses": PRESETS["house-prices"].experiment,
    "pictures": Experiment(
        DataChoice("digits", rows=40),
        NetworkChoice((Conv2D(2, 3, activation="tanh"), MaxPool2D(), Flatten(), Dense(10))),
        TrainingChoice(batch_size=16),
    ),
}


@lru_cache(maxsize=16)
def case_of(name: str, epochs: int = 4) -> tuple[Trainer, Frame]:
    """Return a frame with the checkpoint of every epoch, and the Trainer that stands there."""
    trainer = Trainer(EXPERIMENTS[name])
    kept = [trainer.checkpoint()]
    for _ in range(epochs):
        trainer.advance(trainer.updates_until(1))
        kept.append(trainer.checkpoint())
    history = History(len(EXPERIMENTS[name].network.layers))
    inspection = Inspection(trainer.problem, trainer.snapshot())
    return trainer, Frame(history, inspection, 1, checkpoints=tuple(kept))


def looking_at(name: str, *chosen: int) -> Frame:
    return Frame(**{**vars(case_of(name)[1]), "selection": Selection(*chosen)})


def panel_of(qtbot: QtBot, frame: Frame, size: tuple[int, int] = (340, 460)) -> InspectorPanel:
    panel = InspectorPanel()
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    return panel


def line_of(lines: list[SumLine], label: str) -> SumLine:
    return next(line for line in reversed(lines) if line.label == label)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_products_and_the_update_come_out_as_they_are_written(name: str) -> None:
    trainer, frame = case_of(name)
    chosen_ones = [Selection(0, 1, 1), Selection(0, 1, BIAS)]
    assert chosen_ones[1].fits(trainer.problem) == (name != "letters"), "it has no biases"
    for chosen in filter(lambda one: one.fits(trainer.problem), chosen_ones):
        lines = weight_lines(frame, chosen, exactly=True)
        for line in (line for line in lines if line.operator == "×"):
            product = parse(line.left) * parse(line.right)
            assert parse(line.result) == pytest.approx(product, rel=0.02, abs=1e-6)
        after = Trainer(trainer.experiment)
        after.resume(frame.checkpoints[-1])
        after.advance(1)
        place = place_of(after.network, 0, 1, chosen.source)
        assert parse(lines[-2].result) == pytest.approx(after.network.parameters[place], rel=1e-4)
        symbol = symbol_of(chosen)
        gradient = line_of(lines, f"g = ∂L/∂{symbol}")
        numeric = line_of(lines, f"(L({symbol} + h) − L({symbol} − h)) / 2h")
        assert parse(numeric.result) == pytest.approx(parse(gradient.result), rel=1e-3, abs=1e-8)


def test_the_update_is_told_where_training_rests_and_only_there() -> None:
    _, frame = case_of("xor")
    chosen, told = Selection(0, 0, 0), "Next update: where training rests."
    unknown = Frame(frame.history, frame.inspection, frame.row)
    for which, exactly in ((frame, False), (unknown, True)):
        assert weight_lines(which, chosen, exactly)[-1].label == told
    labels = [line.label for line in weight_lines(frame, chosen, exactly=True)]
    assert told not in labels
    assert "g ← g + λ₂ · w" in labels and "w ← (1 − η · λ) · w" in labels


def test_delta_says_where_it_comes_from() -> None:
    for name, layer in (("iris", 1), ("iris", 0), ("letters", 0), ("houses", 1)):
        _, frame = case_of(name)
        line = line_of(neuron_lines(frame, Selection(layer, 0)), "δ")
        left, right, result = (parse(text) for text in (line.left, line.right, line.result))
        expected = left - right if line.operator == "−" else left * right
        assert result == pytest.approx(expected, rel=0.02, abs=2e-3)
        passes = frame.inspection.sample_backward(frame.row)
        assert result == pytest.approx(passes.network.layers[layer].delta[0, 0], rel=1e-3)
    assert line_of(neuron_lines(case_of("iris")[1], Selection(1, 2)), "δ").operator == "−"


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("most", [0, 1, 3, 12])
def test_terms_rest_and_bias_add_up_to_z(name: str, most: int) -> None:
    _, frame = case_of(name)
    traces = frame.inspection.sample_trace(frame.row)
    for layer, spec in enumerate(EXPERIMENTS[name].network.layers):
        for unit in (0, spec.units - 1) if isinstance(spec, Dense) else ():
            neuron = NeuronSum(frame, layer, unit)
            shown, rest = neuron.largest(most)
            total = sum(float(neuron.products[i]) for i in shown) + rest + (neuron.bias or 0.0)
            assert total == pytest.approx(neuron.z, rel=1e-5, abs=1e-5)
            assert neuron.z == traces[layer].z[0, unit]
            assert (neuron.bias is None) == (not spec.use_bias)


def test_largest_terms_come_first_and_the_rest_is_summed() -> None:
    neuron = NeuronSum(case_of("pictures")[1], 3, 4)
    shown, rest = neuron.largest(12)
    sizes = np.abs(neuron.products)
    assert sizes[shown].tolist() == sorted(sizes, reverse=True)[:12]
    assert rest == pytest.approx(np.delete(neuron.products, shown).sum())
    kept, rest = neuron.largest(12, [3, 1])
    assert kept == [3, 1], "while they change, lines stay where they are"
    assert rest == pytest.approx(np.delete(neuron.products, kept).sum())
    assert any(line.label == "… 6 more terms sum to" for line in sum_lines(neuron, 12))
    assert len(neuron.largest(17)[0]) == 18, "to say that there is one more takes as much room"


def test_a_sum_without_bias_and_a_softmax_say_so() -> None:
    neuron = NeuronSum(case_of("letters")[1], 1, 2)
    assert neuron.bias is None
    assert not any(line.label == "b" for line in sum_lines(neuron, 12))
    assert formula(neuron) == "z = w₁·a₁ + w₂·a₂ + … + w₅·a₅"
    neuron = NeuronSum(case_of("iris")[1], 1, 0)
    line = next(line for line in sum_lines(neuron, 12) if line.operator == "÷")
    assert parse(line.left) / parse(line.right) == pytest.approx(neuron.a, rel=1e-3)


def test_the_sum_is_written_out(qtbot: QtBot) -> None:
    """XOR 2-3-1 with weights one can reckon with."""
    problem = Problem(EXPERIMENTS["xor"])
    flat = np.array([1, -2, 0.5, 3, 1, -1, -1, 0.5, 0.25, 2, -4, 1, 0.125])
    moment = Inspection(problem, Snapshot(0, 0, flat, np.zeros_like(flat)))
    panel = panel_of(qtbot, Frame(History(2), moment, 2, selection=Selection(0, 0)))
    table = table_of(panel, "inspector-lines")
    lines = [row_texts(table, row)[:7] for row in range(5)]
    assert lines[:3] == [
        ["x₁", "x", "1", "×", "1", "=", "1.0000"],
        ["x₂", "y", "−2", "×", "0", "=", "0"],
        ["b", "bias", "", "", "", "", "0.5000"],
    ]
    assert [line[-1] for line in lines[3:]] == ["1.5000", "0.8176"]
    assert lines[-1][0].startswith("a = 1 / (1 + ")
    assert panel.name.accessibleName() == "Hidden 1, neuron 1, for sample 3"


@pytest.mark.parametrize("name", ["xor", "houses", "pictures"])
def test_the_sum_is_not_scrolled_sideways_in_a_small_window(qtbot: QtBot, name: str) -> None:
    panel = panel_of(qtbot, looking_at(name, 0, 0), (307, 330))
    panel.grab()
    table = table_of(panel, "inspector-lines")
    assert table.horizontalScrollBar().maximum() == 0
    assert table.columnWidth(7) > table.look.em, "bars have some room"


def test_of_large_numbers_names_go_before_digits(qtbot: QtBot) -> None:
    problem = Problem(EXPERIMENTS["xor"])
    flat = np.full(13, 1_010_500.0)
    moment = Inspection(problem, Snapshot(0, 0, flat, np.zeros_like(flat)))
    frame = Frame(History(2), moment, 2, selection=Selection(0, 0))
    for width, hidden in ((600, False), (230, True)):
        panel = panel_of(qtbot, frame, (width, 330))
        panel.grab()
        table = table_of(panel, "inspector-lines")
        assert table.isColumnHidden(1) == hidden and not table.isColumnHidden(6)
        assert table.horizontalScrollBar().maximum() == 0


def test_a_kernels_sum_is_of_the_window_it_sees() -> None:
    _, frame = case_of("pictures")
    terms = [line for line in neuron_lines(frame, Selection(0, 40)) if line.amount is not None]
    products = sum(line.amount for line in terms if line.label != "z")
    assert products == pytest.approx(line_of(terms, "z").amount, rel=1e-6)
    name = name_of(frame.inspection.problem, Selection(0, 40, 5))
    assert name == "kernel of Conv 1, map 2: row 2, column 3"


@pytest.mark.parametrize(
    ("name", "chosen", "charts"),
    [
        ("xor", (0, 1), [WayChart, MapChart]),
        ("xor", (-1, 1), [MapChart]),
        ("xor", (0, 1, 0), [RunChart]),
        ("iris", (1, 2), []),
        ("pictures", (0, 40), [MatrixChart] * 2 + [KernelChart] * 3),
        ("pictures", (1, 3), [MatrixChart] * 3),
        ("pictures", (0, 40, BIAS), [RunChart]),
        ("houses", (0, 0, 1), [RunChart]),
    ],
)
def test_everything_is_drawn_and_described(qtbot: QtBot, name: str, chosen, charts) -> None:
    frame = looking_at(name, *chosen)
    panel = panel_of(qtbot, frame)
    assert [type(chart) for chart in panel.plot.charts] == charts
    assert len(colors_of(picture(panel, 340, 460))) > 8
    assert name_of(frame.inspection.problem, frame.selection) in panel.description()
    if charts == [RunChart]:
        place = frame.inspection.place_of(*chosen)
        epochs, values = panel.plot.charts[0].value_line.getData()
        assert epochs.tolist() == [0, 1, 2, 3, 4]
        np.testing.assert_allclose(values, [one.parameters[place] for one in frame.checkpoints])


def test_a_line_leads_to_its_weight_and_backspace_back(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, looking_at("xor", 0, 2))
    table, charts = panel.table, panel.plot.charts
    with qtbot.waitSignal(panel.selected) as caught:
        at = table.visualRect(table.model().index(1, 2)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert caught.args == [Selection(0, 2, 1)]
    panel.show_frame(looking_at("xor", 0, 2, 1))
    assert panel.name.accessibleName() == "y → Hidden 1, neuron 3"
    for key, after in ((Qt.Key.Key_Backspace, Selection(0, 2)), (Qt.Key.Key_Escape, None)):
        with qtbot.waitSignal(panel.selected) as caught:
            qtbot.keyClick(panel, key)
        assert caught.args == [after]
    panel.show_frame(looking_at("xor", 0, 2))
    assert panel.plot.charts == charts, "charts that go can take the program along"


def test_charts_of_another_network_are_not_asked_of_this_one(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, looking_at("xor", 0, 1))
    assert any(isinstance(chart, MapChart) for chart in panel.plot.charts)
    frame = looking_at("iris", 0, 1)
    panel.begin(frame.inspection.problem)
    # A legend that needs another line makes the plot smaller before it has its new charts.
    panel.show_legend = panel.plot.resized.emit  # type: ignore[method-assign]
    panel.show_frame(frame)
    assert not any(isinstance(chart, MapChart) for chart in panel.plot.charts)


def test_what_the_window_shows_is_what_was_clicked(qtbot: QtBot, window: MainWindow) -> None:
    assert window.store.propose(EXPERIMENTS["xor"])
    inspector, network = window.docks["inspector"], window.panels["network"]
    assert not inspector.panel.isVisible()
    network.selected.emit(Selection(0, 2, 1))
    qtbot.waitUntil(inspector.panel.isVisible)
    qtbot.waitUntil(lambda: inspector.panel.name.text() == "y → Hidden 1, neuron 3")
    qtbot.waitUntil(lambda: window.feed.resting)
    assert network.network.view.selection == Selection(0, 2, 1)
    labels = [line.label for line in inspector.panel.table.model_.lines]
    assert "w ← (1 − η · λ) · w" in labels, "before the first step it is told what that will do"
    window.docks["output"].raise_()
    network.selected.emit(Selection(0, 0))
    assert window.recording.frame.selection == Selection(0, 0)
    assert not inspector.panel.isVisible(), "only the first look brings it to the front"
    window.panels["forward"].panel_wanted.emit("inspector")
    qtbot.waitUntil(inspector.panel.isVisible)
    network.selected.emit(Selection(7, 0))
    assert window.recording.frame.selection == Selection(0, 0), "there is no such layer"
    assert window.store.propose(EXPERIMENTS["xor"].change("network", layers=(Dense(1, "sigmoid"),)))
    assert window.recording.frame.selection == Selection(0, 0)
    window.panels["forward"].selected.emit(None)
    assert window.recording.frame.selection is None


@pytest.mark.parametrize("on_screen", [True, False])
def test_dots_are_where_the_sample_is_at_every_moment(qtbot: QtBot, on_screen: bool) -> None:
    frame = looking_at("xor", 0, 1)
    panel = in_theme(panel_of(qtbot, frame, (700, 460)), LIGHT)
    if on_screen:
        with qtbot.waitExposed(panel):
            panel.show()
    problem, snapshot = frame.inspection.problem, frame.inspection.snapshot
    for factor in (1.0, -3.0, 50.0):
        other = replace(snapshot, parameters=factor * snapshot.parameters)
        panel.show_frame(replace(frame, inspection=Inspection(problem, other)))
        panel.redraw()
        image = panel.grab().toImage()
        way, plane = panel.plot.charts
        trace = panel.frame.inspection.sample_trace(frame.row)[0]
        z, a = float(trace.z[0, 1]), float(trace.a[0, 1])
        dots = {way: (min(max(z, -5.0), 5.0), a), plane: frame.inspection.raw_inputs(frame.row)}
        for chart, point in dots.items():
            at = panel.plot.mapTo(panel, chart.place(*map(float, point)).toPoint())
            aside = 2 if point[0] < 0 else -2  # of one at an edge half is cut off
            assert image.pixelColor(at.x() + aside, at.y() - 1).name() == LIGHT.text
    outside = panel.plot.mapTo(panel, way.box.topLeft().toPoint()), way.box.size().toSize()
    inked = like(pixels(image.copy(QRect(*outside))), rgb(LIGHT.text))
    assert inked.sum() > 40, "the z that is beyond the chart is written at its edge"
