"""Find by validation, and ready-made comparisons, in the real window."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnviz.gui.look.numbers import steady
from nnviz.gui.main_window import MainWindow
from nnviz.gui.plots.error_plot import ErrorPlot
from nnviz.gui.shell.sweep_dialog import SweepDialog
from nnviz.gui.shell.sweep_table import SweepTable
from nnviz.training.choices import starting_point
from nnviz.training.comparisons import COMPARISONS
from nnviz.training.presets import PRESETS
from nnviz.training.problem import PartName
from nnviz.training.sweep import Vary, sweep_of, train_candidate
from nnviz.training.sweep_values import HIDDEN

RATE, L2 = "training.learning_rate", "training.l2"
MOONS = starting_point("moons").change("training", epochs=2)


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> Iterator[SweepDialog]:
    window.store.propose(MOONS)
    window.actions_["find-by-validation"].trigger()
    found = window.findChild(SweepDialog, "sweepDialog")
    found.form.workers.show_value(1)
    found.form.seeds.show_value(2)
    yield found
    found.close()
    found.deleteLater()
    qtbot.waitUntil(lambda: not window.findChildren(SweepDialog))


def ask(dialog: SweepDialog, *asked: tuple[str, str]) -> None:
    for place, (path, text) in enumerate(asked):
        dialog.form.choose(place, path)
        dialog.form.findChildren(type(dialog.form.cluster), f"sweep-line-{place + 1}")[0].setText(
            text
        )


def finish(qtbot: QtBot, dialog: SweepDialog) -> None:
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.work.busy, timeout=20_000)


@pytest.mark.parametrize(
    ("part", "losses"),
    [
        ("train", ["train loss", "test loss"]),
        ("test", ["test loss", "train loss"]),
        ("validation", ["validation loss", "train loss", "test loss"]),
    ],
)
def test_no_loss_is_told_twice_and_each_by_one_name(part: PartName, losses: list[str]) -> None:
    asked = MOONS.change("data", test_fraction=0.2)
    sweep, table = replace(sweep_of(asked, [Vary(RATE, (0.1,))], (0,)), part=part), SweepTable()
    outcome = sweep.outcome({0: train_candidate(sweep.candidates[0])})
    table.show_outcome(sweep, outcome)
    titles = [column.title for column in table.columns]
    assert [title for title in titles if title.endswith("loss")] == losses
    for name in ("train", "test"):
        figure = steady(outcome.points[0].figures[f"{name}_loss"])
        assert table.fill(titles.index(f"{name} loss"), [0])[0].text == figure


def test_a_setting_is_found_shown_and_used(qtbot, window, dialog) -> None:
    ask(dialog, (RATE, "0.001, 0.1"))
    finish(qtbot, dialog)
    sweep = sweep_of(MOONS, [Vary(RATE, (0.001, 0.1))], range(2))
    outcome = sweep.outcome(dict(enumerate(map(train_candidate, sweep.candidates))))
    _, *lines = [line.split("\t") for line in dialog.table.copied().splitlines()]
    for line, point in zip(lines, outcome.points, strict=True):
        figures = (point.error, point.standard_error, point.figures["train_loss"])
        assert line[1:4] == [steady(figure) for figure in figures]
        assert line[5] == f"{point.learned} of 2"
    assert dialog.plot.errors.tolist() == [point.error for point in outcome.points]
    assert (outcome.chosen, dialog.plot.chosen) == (1, 1)
    assert "Chosen: Learning rate 0.1" in dialog.told.text()
    assert "20 % of the rows" in dialog.told.text()
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert window.store.experiment == MOONS.change("training", learning_rate=0.1)
    window.actions_["undo"].trigger()
    assert window.store.experiment == MOONS
    dialog.plot.picked.emit(0)  # another than the chosen one, pointed out
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert window.store.experiment.training.learning_rate == 0.001


def test_two_settings_are_a_heat_map_and_both_are_used(qtbot, window, dialog) -> None:
    ask(dialog, (HIDDEN, "2, 3"), (L2, "0, 0.1"))
    dialog.form.seeds.show_value(1)
    finish(qtbot, dialog)
    plot = dialog.plot
    assert plot.chart.axes["bottom"].names == ("2", "3")
    assert plot.chart.axes["left"].names == ("0", "0.1")
    assert np.isfinite(plot.errors).all()
    with qtbot.waitSignal(plot.picked) as picked:  # the second across, the first upwards
        plot.pressed.emit(plot.chart, plot.chart.place(1.0, 0.0))
    assert picked.args == [2]
    dialog.table.follow(-1)
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    now = window.store.experiment
    units, penalty = divmod(plot.chosen, 2)
    assert [layer.units for layer in now.network.layers[:-1]] == [2 + units] * 2
    assert now.training.l2 == (0.0, 0.1)[penalty]


def test_seeds_alone_are_counted_and_there_is_nothing_to_use(qtbot, dialog) -> None:
    dialog.show_experiment(PRESETS["perceptron-and"].experiment)
    ask(dialog, ("", ""))
    finish(qtbot, dialog)
    assert dialog.told.text() == "2 of 2 seeds learn."
    assert not dialog.use.isEnabled()


def test_cancelling_keeps_what_is_done_and_leaves_no_process(qtbot, dialog) -> None:
    before = {*multiprocessing.active_children()}
    ask(dialog, (RATE, "0.001, 0.1"))
    dialog.form.seeds.show_value(500)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=20_000)
    assert dialog.start.text() == "&Cancel"
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    done = dialog.bar.value()
    assert dialog.told.text().startswith(f"{done} of 1,000 were trained")
    assert math.isfinite(dialog.plot.errors[0])
    assert {*multiprocessing.active_children()} <= before


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [(RATE, "0.1, fast", "“fast”"), ("training.batch_size", "100000", "more than the 500 rows")],
)
def test_what_cannot_be_is_said_at_its_field(qtbot, dialog, path, text, says) -> None:
    ask(dialog, (path, text))
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert not dialog.work.busy
    assert any(says in field.message for field in dialog.form.fields)


def test_no_cluster_is_said(qtbot, dialog) -> None:
    dialog.form.cluster.setText("tcp://127.0.0.1:1")
    finish(qtbot, dialog)
    assert "distributed" in dialog.told.text() or "No Dask scheduler" in dialog.told.text()


def test_errors_of_all_sizes_are_seen_and_one_is_pointed_at(qtbot) -> None:
    plot = ErrorPlot()
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.begin(("Rate", "", "loss"), [("a", "b", "c")])
    blank = np.full(3, math.nan)
    plot.show_errors(np.array([0.2, 0.3, math.nan]), blank, blank, 0)
    assert not plot.chart.axes["left"].logMode
    plot.show_errors(np.array([0.2, 300.0, math.nan]), np.array([0.3, 10.0, 0.0]), blank, 0)
    assert plot.chart.axes["left"].logMode
    low, high = plot.chart.shown[1]
    assert low <= math.log10(0.2) < math.log10(310.0) <= high
    with qtbot.waitSignal(plot.picked) as picked:
        plot.pressed.emit(plot.chart, QPointF(plot.chart.place(1.0, 1.0)))
    assert picked.args == [1]


def test_a_comparison_becomes_kept_runs_and_says_what_is_seen(qtbot, window) -> None:
    comparison = COMPARISONS["optimizers"]
    window.menus.comparisons.actions["optimizers"].trigger()
    qtbot.waitUntil(lambda: not window.sweeps.work.busy, timeout=20_000)
    kept = window.kept.references
    assert [run.name for run in kept] == [variant.name for variant in comparison.variants]
    last = {run.name: run.history.column("train_loss")[-1] for run in kept}
    assert f"with {min(last, key=last.get)}; largest" in window.banner.sentence
    assert window.store.experiment == comparison.variants[0].experiment
    assert window.panels["loss"].log.isChecked(), "small losses are seen beside large ones"
    window.actions_["undo"].trigger()
    assert not window.kept.references


def test_the_rule_for_hidden_units_is_where_a_layer_is_added(window) -> None:
    window.store.propose(PRESETS["xor-2-4-1"].experiment)
    button = window.setup.findChild(QPushButton, "network-add-layer")
    assert "3 to 12" in button.toolTip()
