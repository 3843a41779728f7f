"""Runs are kept, called by what sets them apart, and compared in a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from nnviz.gui.export.figure import PanelSnapshot, render
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import steady
from nnviz.gui.look.theme import LIGHT, THEMES, Theme
from nnviz.gui.main_window import MainWindow
from nnviz.gui.panels.run_lines import CURRENT, RunsModel, best, figure_columns, line_of
from nnviz.gui.panels.runs import RunsPanel
from nnviz.gui.run.kept_runs import MOST, KeptRuns
from nnviz.gui.run.session import SessionState
from nnviz.storage.contents import KeptRun
from nnviz.training.edits import SetTraining
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.records import EpochRecord

from .panel_cases import (
    EXPERIMENTS,
    has_color,
    in_theme,
    moment,
    picture,
    row_texts,
    titles,
)
from .seen_colors import EYES, apart, luminance

XOR = PRESETS["xor-2-4-1"].experiment


def history(epochs: int = 5, loss: float = 0.5, metric: float = 0.75) -> History:
    """Return a run that ends with this loss and metric on both parts."""
    made = History(2)
    for epoch in range(epochs + 1):
        left = loss + epochs - epoch
        made.append(EpochRecord(0, epoch, 0.1, left, left, metric, metric, (0.1, 0.1)))
    return made


def rate(experiment: Experiment, value: float) -> Experiment:
    return experiment.change("training", learning_rate=value)


def reference(slot: int, experiment: Experiment, name: str = "", **figures: float) -> KeptRun:
    return KeptRun(slot, name or f"run in {slot}", experiment, history(**figures))  # type: ignore[arg-type]


def names(kept: KeptRuns) -> list[str]:
    return [one.name for one in kept.references]


# --------------------------------------------------------------------------------- keeping runs


@pytest.fixture
def kept(qtbot: QtBot) -> KeptRuns:
    return KeptRuns()


@pytest.fixture
def said(kept: KeptRuns) -> list[str]:
    """What the runs that are kept have told so far."""
    told: list[str] = []
    kept.said.connect(told.append)
    return told


def longer(run: History) -> History:
    """Return a run after one more epoch."""
    epoch = int(run.column("epoch")[-1]) + 1
    run.append(EpochRecord(0, epoch, 0.1, 0.0, None, 1.0, None, (0.0, 0.0)))
    return run


def test_runs_are_called_by_what_sets_them_apart(kept: KeptRuns) -> None:
    hot = rate(XOR, 3.0)
    asked = (
        XOR,
        hot,
        hot.change("training", batch_size=2),
        hot.change("training", batch_size=2, epochs=100, seed=4),
        XOR,
        hot,
        hot,
    )
    for place, experiment in enumerate(asked):
        assert kept.keep(experiment, history(loss=0.1 * place))
    assert names(kept) == [
        "Run 1",
        "rate 1 → 3",
        "rate 1 → 3, batch all → 2",
        "rate 1 → 3 and 3 more",
        "as Run 1",
        "rate 1 → 3 (2)",
        "rate 1 → 3 (3)",
    ]


def test_names_are_made_anew_without_the_first_and_colours_stay(
    kept: KeptRuns, said: list[str]
) -> None:
    for value in (1.0, 3.0, 0.1):
        kept.keep(rate(XOR, value), history())
    kept.remove(0)
    assert [(one.slot, one.name) for one in kept.references] == [(1, "Run 1"), (2, "rate 3 → 0.1")]
    kept.keep(rate(XOR, 9.0), history())
    assert [one.slot for one in kept.references] == [1, 2, 0]
    assert names(kept)[-1] == "rate 3 → 9"
    del said[:]
    kept.remove(2)
    kept.remove(1)
    kept.clear()
    assert said == [
        "“rate 3 → 0.1” is forgotten; Undo brings it back.",
        "“Run 1” is forgotten. What was “rate 3 → 9” is now “Run 1”: names tell what differs from"
        " it.",
        "All kept runs are forgotten; Undo brings them back.",
    ]
    assert kept.references == ()


def test_a_run_kept_again_takes_its_own_place(kept: KeptRuns, said: list[str]) -> None:
    run = history(5)
    kept.keep(XOR, run)
    kept.keep(rate(XOR, 3.0), history())
    longer(run)
    assert len(kept.references[0].history) == 6, "what is kept does not grow"
    assert kept.keep(XOR, run)
    assert names(kept) == ["Run 1", "rate 1 → 3"]
    assert [int(one.history.column("epoch")[-1]) for one in kept.references] == [6, 5]
    assert said[-1] == "“Run 1” is now kept up to epoch 6."
    kept.keep(XOR, longer(run.until(3)))
    assert names(kept)[-1] == "as Run 1", "a branch is a run of its own"


def test_the_same_numbers_are_kept_once(kept: KeptRuns, said: list[str]) -> None:
    kept.keep(XOR, history(5))
    assert kept.keep(XOR, history(5))
    assert said[-1] == "This run is kept already, as “Run 1”: it has the very same numbers."
    assert kept.keep(XOR, longer(history(5)))
    assert said[-1] == "“Run 1” is now kept up to epoch 6."
    assert names(kept) == ["Run 1"]


def test_a_ninth_run_is_refused_in_a_sentence_with_a_remedy(
    qtbot: QtBot, kept: KeptRuns, said: list[str]
) -> None:
    for number in range(MOST):
        assert not kept.full
        assert kept.keep(rate(XOR, 1.0 + number), history(loss=number))
    assert kept.full
    with qtbot.assertNotEmitted(kept.changed):
        assert not kept.keep(XOR, history(loss=9.0))
    assert said[-1] == "8 runs are kept, and no more can be. Forget one in Runs first."
    assert kept.keep(rate(XOR, 2.0), history(loss=1.0)), "the same numbers need no room"
    kept.remove(5)
    assert kept.keep(XOR, history(loss=9.0))
    assert {one.slot for one in kept.references} == set(range(MOST))


def test_an_untrained_run_is_not_kept(kept: KeptRuns, said: list[str]) -> None:
    for empty in (History(2), history(0)):
        assert not kept.keep(XOR, empty)
        assert "Press Train first" in said[-1]
    assert not kept.references


# ----------------------------------------------------------------------------------- the colours


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_no_two_runs_look_alike_whatever_the_eyes(theme: Theme, eyes: str) -> None:
    colors = [theme.curve, *(theme.reference_color(slot) for slot in range(MOST))]
    for one, other in itertools.combinations(colors, 2):
        assert apart(one, other, eyes) > 0.06, (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_curves_of_kept_runs_stand_out_from_the_surface(theme: Theme) -> None:
    for slot in range(MOST):
        pair = sorted((luminance(theme.reference_color(slot)), luminance(theme.surface)))
        assert pair[1] / pair[0] >= 3.0


# ---------------------------------------------------------------------------------- the table


Make = Callable[..., RunsPanel]
Role = Qt.ItemDataRole
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(*references: KeptRun) -> RunsPanel:
        panel = in_theme(RunsPanel(), LIGHT)
        qtbot.addWidget(panel)
        problem, frame = moment("iris")
        panel.begin(problem)
        panel.show_frame(replace(frame, references=references))
        return panel

    return made


def cells(panel: RunsPanel) -> dict[str, tuple[str, ...]]:
    """Return the texts of every column by what stands above it."""
    table = panel.table
    rows = [row_texts(table, row) for row in range(table.model().rowCount())]
    found = zip(titles(table), zip(*rows, strict=True), strict=True)
    return {title: column for title, column in found if title}


def called(panel: RunsPanel) -> list[str]:
    """Return the names of the runs."""
    model = panel.table.model()
    return [str(model.headerData(row, DOWN)) for row in range(model.rowCount())]


def lines_with(panel: RunsPanel, title: str, **look: object) -> set[int]:
    """Return the lines whose cell of a column looks so."""
    column, rows = titles(panel.table).index(title), range(panel.model.rowCount())
    found = {row: panel.model.cell(row, column) for row in rows}
    wanted = look.items()
    return {row for row, cell in found.items() if all(getattr(cell, k) == v for k, v in wanted)}


def tip(panel: RunsPanel, title: str, row: int) -> str:
    column = titles(panel.table).index(title)
    return str(panel.table.model().index(row, column).data(Role.ToolTipRole))


def three(experiment: Experiment = EXPERIMENTS["iris"]) -> tuple[KeptRun, ...]:
    return (
        reference(0, experiment, "Run 1", loss=0.25, metric=0.9),
        reference(2, rate(experiment, 0.3), "rate 0.05 → 0.3", loss=0.001, metric=1.0),
        reference(5, experiment.change("training", batch_size=8), "batch", loss=3.5, metric=0.4),
    )


def test_the_table_tells_figures_and_the_settings_that_differ(make: Make) -> None:
    panel = make(*three())
    frame = moment("iris")[1]
    train = float(frame.history.column("train_loss")[-1])
    assert called(panel) == ["This run", "Run 1", "rate 0.05 → 0.3", "batch"]
    assert [entry.label for entry in panel.legend()] == called(panel)
    told = cells(panel)
    assert told["Loss train"] == (steady(train), "0.2500", "0.001000", "3.500")
    assert told["Accuracy test"][1:] == ("90.00 %", "100.00 %", "40.00 %")
    assert told["epochs"] == ("40", "5", "5", "5")
    assert told["Differs in rate"] == ("0.05", "0.05", "0.3", "0.05")
    assert told["Differs in batch"] == ("16", "16", "16", "8")
    assert len(told) == 7
    assert [*told][:2] == ["Loss test", "Differs in rate"], "what stays in sight comes first"


def test_the_best_is_bold_and_settings_as_in_this_run_are_faint(make: Make) -> None:
    panel = make(*three())
    for title in ("Loss train", "Accuracy test"):
        assert lines_with(panel, title, strong=True) == {2}
    assert lines_with(panel, "Differs in rate", ink="muted") == {1, 3}
    assert not lines_with(panel, "epochs", strong=True)
    assert "bold: the best" in panel.note.text()


def test_figures_that_cannot_be_compared_are_told_apart(make: Make) -> None:
    squared = EXPERIMENTS["iris"].change("training", loss="mean_squared_error")
    other = reference(6, squared, loss=0.0001, metric=0.99)
    assert lines_with(make(*three(), other), "Accuracy train", strong=True) == {2}
    panel = make(*three(), other, reference(7, EXPERIMENTS["xor"]))
    told = cells(panel)
    for title, foreign in (("Loss train", {4, 5}), ("Accuracy train", {5})):
        assert {row for row, text in enumerate(told[title]) if text.startswith("* ")} == foreign
        assert lines_with(panel, title, ink="muted") == foreign
        assert not lines_with(panel, title, strong=True), "what cannot be compared is not ranked"
    assert "not comparable" in panel.note.text()
    assert "another loss function, Mean squared error" in tip(panel, "Loss test", 4)
    assert "Not comparable" not in tip(panel, "Loss test", 3)
    assert "of other data, XOR" in tip(panel, "Loss train", 5)


def test_equal_figures_have_no_best() -> None:
    lines = [line_of(slot, "", XOR, history()) for slot in range(3)]
    assert not best(lines, "train_loss")
    assert not best(lines[:1], "train_loss")


def test_runs_of_another_task_say_so_in_the_head(make: Make) -> None:
    panel = make(reference(0, EXPERIMENTS["houses"], metric=0.98765))
    assert cells(panel)["Accuracy or R² train"][1] == "* 0.9877"


def test_without_kept_runs_the_panel_says_what_it_is_for(make: Make) -> None:
    panel = make()
    assert "Keep this run" in panel.note.text()
    assert called(panel) == ["This run"]
    assert panel.keep.isEnabled() and not panel.forget.isEnabled()
    shown = make(*three())
    assert "Keep this run" not in shown.note.text()
    assert shown.forget.isEnabled()


def test_the_figures_are_those_of_the_epoch_looked_at(make: Make) -> None:
    panel = make(*three())
    _, before = moment("iris", 7)
    now = moment("iris")[1]
    past = Frame(now.history, before.inspection, now.row, True, three())
    panel.show_frame(past)
    assert cells(panel)["epochs"][0] == "7 of 40"
    assert cells(panel)["Loss train"][0] == steady(now.history.column("train_loss")[7])
    assert "epoch 7" in panel.description()


def test_a_rate_set_during_the_run_is_compared(make: Make) -> None:
    panel = make(*three())
    asked = replace(EXPERIMENTS["iris"], edits=(SetTraining("learning_rate", 0.3),))
    panel.show_frame(replace(moment("iris")[1], references=three(), experiment=asked))
    assert cells(panel)["Differs in rate"][0] == "0.3"
    assert list(cells(panel)["Differs in edits"]) == ["1", "0", "0", "0"]


def test_tips_tell_what_is_elided(make: Make) -> None:
    panel = make(*three())
    model, told = panel.table.model(), titles(panel.table)
    assert str(model.headerData(2, DOWN, Role.ToolTipRole)).splitlines() == [
        "rate 0.05 → 0.3",
        "Iris",
        "rate: 0.3 here, 0.05 in this run",
    ]
    heads = {
        title: str(model.headerData(i, ACROSS, Role.ToolTipRole)) for i, title in enumerate(told)
    }
    assert heads["Differs in rate"].endswith("all these runs: rate")
    assert heads["Loss train"].startswith("Loss of the training samples")
    assert tip(panel, "Differs in rate", 1) == "Run 1\nrate: 0.05"
    assert tip(panel, "Loss train", 1) == "Run 1\ntrain: 0.2500"


# ----------------------------------------------------------------------------- as any panel


def test_figures_of_a_run_under_way_follow_after_a_pause(
    qtbot: QtBot, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between two moments no time goes by, however slow the machine is.
    monkeypatch.setattr("nnviz.gui.widgets.idle.time", SimpleNamespace(monotonic=lambda: 100.0))
    references = three()
    panel = make(*references)
    _, frame = moment("iris")
    panel.show_frame(replace(frame, references=references[:1]))
    assert len(called(panel)) == 2, "runs that come and go are shown at once"
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_frame(replace(frame, references=references))
    grown = frame.history.copy()
    grown.append(EpochRecord(0, 41, 0.05, 0.125, 0.5, 0.5, 0.5, (0.0, 0.0)))
    panel.show_frame(replace(frame, history=grown, references=references))
    assert cells(panel)["epochs"][0] == "40"
    qtbot.waitUntil(lambda: cells(panel)["epochs"][0] == "41")
    assert cells(panel)["Loss train"][0] == "0.1250"


def test_descriptions_tell_the_leading_run(make: Make) -> None:
    assert "epoch 40" in make().description()
    text = make(*three()).description()
    assert "other runs kept: 3" in text
    assert "The smallest test loss has “rate 0.05 → 0.3”." in text


def test_a_picture_shows_everything_and_nothing_to_press(make: Make) -> None:
    problem, frame = moment("iris")
    shot = PanelSnapshot(RunsPanel, {}, problem, replace(frame, references=three()))
    image = render(shot, PictureOptions(420, 300, 2))
    for slot in (0, 2, 5):
        assert has_color(image, LIGHT.reference_color(slot))
    bare = RunsPanel()
    bare.bare = True
    bare.begin(problem)
    bare.show_frame(shot.frame)
    table = bare.table
    assert not table.findChildren(QToolButton)
    bare.resize(bare.minimumSize())
    bare.grab()
    columns = range(table.model().columnCount())
    assert not any(table.isColumnHidden(column) for column in columns)
    assert not any(table.isRowHidden(row) for row in range(4))
    assert table.horizontalScrollBar().maximum() == 0
    bare.deleteLater()


def test_buttons_signal_what_is_wanted(qtbot: QtBot, make: Make) -> None:
    panel = make(*three())
    picture(panel, 700, 300)
    forget = panel.findChild(QToolButton, "runs-forget-2")
    assert forget.accessibleName() == "Forget rate 0.05 → 0.3"
    with qtbot.waitSignal(panel.remove_wanted) as blocker:
        forget.click()
    assert blocker.args == [2]
    with qtbot.waitSignal(panel.keep_wanted):
        panel.keep.click()
    with qtbot.waitSignal(panel.clear_wanted):
        panel.forget.click()


# -------------------------------------------------------------------------------- in the window


def train(qtbot: QtBot, window: MainWindow) -> None:
    window.session.train()
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: window.recording.newest_epoch > 0)


def test_runs_are_kept_compared_and_forgotten(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.panels["runs"]
    assert isinstance(panel, RunsPanel)
    window.docks["runs"].raise_()
    qtbot.waitUntil(panel.isVisible)
    first = EXPERIMENTS["iris"].change("training", epochs=20)
    assert window.store.propose(first)
    keep = window.findChild(QAction, "action-keep-run")
    assert keep.shortcut().toString() == "Ctrl+K"
    assert not keep.isEnabled() and not panel.keep.isEnabled()
    train(qtbot, window)
    assert keep.isEnabled()
    keep.trigger()
    assert window.store.propose(rate(first, 0.5))
    assert not keep.isEnabled()
    train(qtbot, window)
    qtbot.waitUntil(panel.keep.isEnabled)
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    frame = window.recording.frame
    assert frame is not None
    assert [one.name for one in frame.references] == ["Run 1", "rate 0.05 → 0.5"]
    qtbot.waitUntil(lambda: len(called(panel)) == 3)
    assert len(window.panels["loss"].legend()) > 3
    forget = panel.findChild(QToolButton, "runs-forget-0")
    qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(called(panel)) == 2)
    assert names(window.kept) == ["Run 1"]
    qtbot.mouseClick(panel.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(called(panel)) == 1)
    assert window.recording.frame is not None and not window.recording.frame.references


def test_longer_figures_get_room_and_shorter_ones_leave_it() -> None:
    model = RunsModel()

    def is_wider(loss: float) -> bool:
        lines = [line_of(CURRENT, "This run", XOR, history(loss=loss))]
        return model.show_runs(lines, figure_columns(lines))

    assert [is_wider(loss) for loss in (0.5, 0.25, 1e-7, 0.5)] == [True, False, True, False]
