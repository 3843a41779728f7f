"""Runs are kept, called by what sets them apart, and compared in a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QToolButton
from pytestqt.qtbot import QtBot

from nnviz.gui.export.figure import Shot, render
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame, Ghost
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, Theme
from nnviz.gui.main_window import MainWindow
from nnviz.gui.panel import Panel
from nnviz.gui.panels.comparisons.lines import best, line_of_frame, line_of_ghost
from nnviz.gui.panels.runs import RunsPanel
from nnviz.gui.run.kept_runs import MOST, KeptRuns
from nnviz.gui.run.session import SessionState
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.records import EpochRecord

from .panel_cases import EXPERIMENTS, colors_of, has_color, moment, picture
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
    return choices.with_training(experiment, learning_rate=value)


def ghost(slot: int, experiment: Experiment, name: str = "", **figures: float) -> Ghost:
    return Ghost(slot, name or f"run in {slot}", experiment, history(**figures))  # type: ignore[arg-type]


def names(kept: KeptRuns) -> list[str]:
    return [one.name for one in kept.ghosts]


# --------------------------------------------------------------------------------- keeping runs


@pytest.fixture
def kept(qtbot: QtBot) -> KeptRuns:
    return KeptRuns()


def test_runs_are_called_by_what_sets_them_apart(kept: KeptRuns) -> None:
    hot = rate(XOR, 3.0)
    asked = (
        XOR,
        hot,
        choices.with_training(hot, batch_size=2),
        choices.with_training(hot, batch_size=2, epochs=100, seed=4),
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


def test_names_are_made_anew_without_the_first_and_colours_stay(kept: KeptRuns) -> None:
    for value in (1.0, 3.0, 0.1):
        kept.keep(rate(XOR, value), history())
    kept.remove(0)
    assert [(one.slot, one.name) for one in kept.ghosts] == [(1, "Run 1"), (2, "rate 3 → 0.1")]
    kept.keep(rate(XOR, 9.0), history())
    assert [one.slot for one in kept.ghosts] == [1, 2, 0]
    assert names(kept)[-1] == "rate 3 → 9"
    kept.clear()
    assert kept.ghosts == ()


def test_what_is_kept_no_longer_grows(kept: KeptRuns) -> None:
    run = history(5)
    kept.keep(XOR, run)
    run.append(EpochRecord(0, 6, 0.1, 0.0, None, 1.0, None, (0.0, 0.0)))
    assert len(kept.ghosts[0].history) == 6
    assert kept.ghosts[0].history.column("epoch")[-1] == 5


def test_a_run_kept_again_takes_its_own_place(qtbot: QtBot, kept: KeptRuns) -> None:
    run = history(5)
    kept.keep(XOR, run)
    kept.keep(rate(XOR, 3.0), history())
    run.append(EpochRecord(0, 6, 0.1, 0.0, None, 1.0, None, (0.0, 0.0)))
    with qtbot.waitSignal(kept.changed), qtbot.waitSignal(kept.said) as blocker:
        assert kept.keep(XOR, run)
    assert names(kept) == ["Run 1", "rate 1 → 3"]
    assert [int(one.history.column("epoch")[-1]) for one in kept.ghosts] == [6, 5]
    assert blocker.args == ["“Run 1” is now kept up to epoch 6."]


def test_a_branch_is_a_run_of_its_own(kept: KeptRuns) -> None:
    run = history(5)
    kept.keep(XOR, run)
    branch = run.until(3)
    branch.append(EpochRecord(0, 4, 0.3, 0.0, None, 1.0, None, (0.0, 0.0)))
    kept.keep(XOR, branch)
    assert names(kept) == ["Run 1", "as Run 1"]


def test_the_same_numbers_are_kept_once(qtbot: QtBot, kept: KeptRuns) -> None:
    kept.keep(XOR, history(5))
    with qtbot.waitSignal(kept.said) as blocker:
        assert kept.keep(XOR, history(5))
    assert blocker.args == ["This run is kept already, as “Run 1”: it has the very same numbers."]
    longer = history(5)
    longer.append(EpochRecord(0, 6, 0.1, 0.0, None, 1.0, None, (0.0, 0.0)))
    with qtbot.waitSignal(kept.said) as blocker:
        assert kept.keep(XOR, longer)
    assert blocker.args == ["“Run 1” is now kept up to epoch 6."]
    assert names(kept) == ["Run 1"]


def test_the_same_numbers_need_no_room(kept: KeptRuns) -> None:
    for number in range(MOST):
        kept.keep(rate(XOR, 1.0 + number), history(loss=number))
    assert kept.full
    assert kept.keep(rate(XOR, 2.0), history(loss=1.0))
    assert not kept.keep(rate(XOR, 2.0), history(loss=0.9))


def test_forgetting_says_what_is_gone_and_what_is_called_anew(qtbot: QtBot, kept: KeptRuns) -> None:
    for value in (1.0, 3.0, 0.1):
        kept.keep(rate(XOR, value), history())
    said: list[str] = []
    kept.said.connect(said.append)
    kept.remove(2)
    kept.remove(0)
    kept.remove(1)
    kept.clear()
    assert said == [
        "“rate 1 → 0.1” is forgotten.",
        "“Run 1” is forgotten. What was “rate 1 → 3” is now “Run 1”: names tell what differs from"
        " it.",
        "“Run 1” is forgotten.",
        "All kept runs are forgotten.",
    ]


def test_a_ninth_run_is_refused_in_a_sentence_with_a_remedy(qtbot: QtBot, kept: KeptRuns) -> None:
    runs = [history() for _ in range(MOST)]
    for number, run in enumerate(runs):
        assert not kept.full
        assert kept.keep(rate(XOR, 1.0 + number), run)
    assert kept.full
    with (
        qtbot.waitSignal(kept.said) as blocker,
        qtbot.assertNotEmitted(kept.changed),
    ):
        assert not kept.keep(XOR, history(loss=9.0))
    assert blocker.args == ["8 runs are kept, and no more can be. Forget one in Runs first."]
    assert kept.keep(XOR, runs[3]), "one that is kept can still be brought up to date"
    kept.remove(5)
    assert kept.keep(XOR, history(loss=9.0))
    assert {one.slot for one in kept.ghosts} == set(range(MOST))


def test_an_untrained_run_is_not_kept(qtbot: QtBot, kept: KeptRuns) -> None:
    for empty in (History(2), history(0)):
        with qtbot.waitSignal(kept.said) as blocker:
            assert not kept.keep(XOR, empty)
        assert "Press Train first" in blocker.args[0]
    assert not kept.ghosts


# ----------------------------------------------------------------------------------- the colours


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_no_two_runs_look_alike_whatever_the_eyes(theme: Theme, eyes: str) -> None:
    colors = [theme.curve, *(theme.ghost_color(slot) for slot in range(MOST))]
    for one, other in itertools.combinations(colors, 2):
        assert apart(one, other, eyes) > 0.06, (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_curves_of_kept_runs_stand_out_from_the_surface(theme: Theme) -> None:
    for slot in range(MOST):
        pair = sorted((luminance(theme.ghost_color(slot)), luminance(theme.surface)))
        assert pair[1] / pair[0] >= 3.0


# ---------------------------------------------------------------------------------- the table


Make = Callable[..., RunsPanel]


@pytest.fixture
def make(qtbot: QtBot) -> Make:
    def made(*ghosts: Ghost, name: str = "iris", theme: Theme = LIGHT) -> RunsPanel:
        panel = RunsPanel(theme)
        qtbot.addWidget(panel)
        problem, frame = moment(name)
        panel.begin(problem)
        panel.show_frame(replace(frame, ghosts=ghosts))
        return panel

    return made


def cells(panel: RunsPanel) -> dict[str, tuple[str, ...]]:
    """Return the texts of every column by what stands above it."""
    return {f"{c.group} {c.title}".strip(): c.texts for c in panel.table.columns}


def three(experiment: Experiment = EXPERIMENTS["iris"]) -> tuple[Ghost, ...]:
    return (
        ghost(0, experiment, "Run 1", loss=0.25, metric=0.9),
        ghost(2, rate(experiment, 0.3), "rate 0.05 → 0.3", loss=0.001, metric=1.0),
        ghost(5, choices.with_training(experiment, batch_size=8), "batch", loss=3.5, metric=0.4),
    )


def test_the_table_tells_figures_and_the_settings_that_differ(make: Make) -> None:
    panel = make(*three())
    frame = moment("iris")[1]
    train = float(frame.history.column("train_loss")[-1])
    assert [line.name for line in panel.table.lines] == [
        "This run",
        "Run 1",
        "rate 0.05 → 0.3",
        "batch",
    ]
    told = cells(panel)
    assert told["Loss train"] == (f"{train:.4f}", "0.2500", "0.0010", "3.500")
    assert told["Accuracy test"][1:] == ("90.00 %", "100.00 %", "40.00 %")
    assert told["epochs"] == ("40", "5", "5", "5")
    assert told["Differs in rate"] == ("0.05", "0.05", "0.3", "0.05")
    assert told["Differs in batch"] == ("16", "16", "16", "8")
    assert len(told) == 7


def test_the_best_is_bold_and_settings_as_in_this_run_are_faint(make: Make) -> None:
    panel = make(*three())
    columns = {f"{c.group} {c.title}".strip(): c for c in panel.table.columns}
    assert columns["Loss train"].strong == columns["Accuracy test"].strong == {2}
    assert columns["Differs in rate"].faint == {1, 3}
    assert not columns["epochs"].strong


def test_losses_of_other_kinds_are_not_ranked(make: Make) -> None:
    squared = choices.with_training(EXPERIMENTS["iris"], loss="mean_squared_error")
    panel = make(*three(), ghost(6, squared, loss=0.0001, metric=0.99))
    columns = {f"{c.group} {c.title}".strip(): c for c in panel.table.columns}
    assert not columns["Loss train"].strong
    assert columns["Accuracy train"].strong == {2}


def test_figures_that_cannot_be_compared_are_told_apart(make: Make) -> None:
    squared = choices.with_training(EXPERIMENTS["iris"], loss="mean_squared_error")
    other = ghost(6, squared, loss=0.0001, metric=0.99)
    panel = make(*three(), other, ghost(7, EXPERIMENTS["xor"]))
    columns = {f"{c.group} {c.title}".strip(): c for c in panel.table.columns}
    assert columns["Loss train"].foreign == {4, 5}
    assert columns["Accuracy train"].foreign == {5}
    assert "another loss function" in panel.table.note
    panel.resize(1600, 300)
    panel.grab()
    table = panel.table
    place = next(p for p in table._columns_seen() if table.columns[p.index].is_headline)
    y = {row: top + 4 for row, top in table._lines_seen().items()}
    assert "another loss function, Mean squared error" in table.explain(QPoint(place.left, y[4]))
    assert "Not comparable" not in table.explain(QPoint(place.left, y[3]))
    train = next(p for p in table._columns_seen() if table.columns[p.index].title == "train")
    assert "of other data, XOR" in table.explain(QPoint(train.left, y[5]))
    assert not make(*three()).table.note


@pytest.mark.parametrize(("width", "least"), [(355, 2), (270, 1)])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_settings_and_the_result_are_seen_at_docked_widths(
    make: Make, count: int, width: int, least: int
) -> None:
    asked = EXPERIMENTS["iris"]
    for setting in ("l2", "clip_norm", "l1", "clip_value", "seed", "batch_size")[:count]:
        asked = choices.with_training(asked, **{setting: 7})
    panel = make(ghost(0, asked))
    panel.resize(width, 230)
    panel.grab()
    table = panel.table
    seen = [table.columns[place.index] for place in table._columns_seen()]
    settings = [column for column in seen if column.group == "Differs in"]
    assert len(settings) >= min(count, least)
    assert seen[: len(settings)] == settings
    assert (seen[len(settings)].group, seen[len(settings)].title) == ("Loss", "test")


def test_a_picture_has_room_for_the_note(make: Make) -> None:
    squared = choices.with_training(EXPERIMENTS["iris"], loss="mean_squared_error")
    panel = make(ghost(0, squared))
    table = panel.table
    noted = table.natural_size()
    table.note = ""
    assert noted.height() > table.natural_size().height() + 8


def test_equal_figures_have_no_best() -> None:
    lines = [line_of_ghost(ghost(slot, XOR)) for slot in range(3)]
    assert not best(lines, "train_loss")
    assert not best(lines[:1], "train_loss")


def test_runs_of_another_task_say_so_in_the_head(make: Make) -> None:
    panel = make(ghost(0, EXPERIMENTS["houses"], metric=0.98765))
    assert cells(panel)["Accuracy or R² train"][1] == "0.9877"


def test_without_kept_runs_the_panel_says_what_it_is_for(make: Make) -> None:
    panel = make()
    assert "Keep this run" in panel.table.note
    assert [line.name for line in panel.table.lines] == ["This run"]
    assert panel.keep.isEnabled() and not panel.forget.isEnabled()
    shown = make(*three())
    assert not shown.table.note
    assert shown.forget.isEnabled()


def test_an_untrained_run_cannot_be_kept_from_the_panel(qtbot: QtBot) -> None:
    panel = RunsPanel(LIGHT)
    qtbot.addWidget(panel)
    problem, frame = moment("xor", 0)
    panel.begin(problem)
    panel.show_frame(frame)
    assert not panel.keep.isEnabled()
    assert cells(panel)["epochs"] == ("0",)


def test_the_figures_are_those_of_the_epoch_looked_at(make: Make) -> None:
    panel = make(*three())
    _, before = moment("iris", 7)
    now = moment("iris")[1]
    past = Frame(now.history, before.inspection, now.row, True, three())
    panel.show_frame(past)
    assert cells(panel)["epochs"][0] == "7"
    line = line_of_frame(past, "", EXPERIMENTS["iris"])
    assert line.figures["train_loss"] == now.history.column("train_loss")[7]
    assert "epoch 7" in panel.description()


def test_a_rate_set_during_the_run_is_compared(make: Make) -> None:
    panel = make(*three())
    panel.amend(rate(EXPERIMENTS["iris"], 0.3))
    assert cells(panel)["Differs in rate"][0] == "0.3"
    other = make(*three())
    other.restore_view(panel.view_state())
    assert cells(other) == cells(panel)


def test_tips_tell_what_is_elided(make: Make) -> None:
    panel = make(*three())
    panel.resize(900, 300)
    panel.grab()
    table = panel.table
    top = next(iter(table._lines_seen().values()))
    tip = table.explain(QPoint(30, top + 2 * table.places.row + 4))
    assert tip.splitlines() == [
        "rate 0.05 → 0.3",
        "Iris",
        "rate: 0.3 here, 0.05 in this run",
    ]
    first, last = (table.places.seen(0, 900)[place] for place in (0, -3))
    assert table.explain(QPoint(first.left + 2, 20)).endswith("all these runs: rate")
    assert "Run 1\nrate: 0.05" in table.explain(QPoint(first.left + 2, top + 30))
    assert table.explain(QPoint(last.left + 2, 20)).startswith("Loss of the training samples")
    assert "Run 1\ntrain: 0.2500" in table.explain(QPoint(last.left + 2, top + 30))
    assert table.explain(QPoint(30, 299)) == ""


# ----------------------------------------------------------------------------- as any panel


@pytest.mark.parametrize("ghosts", [(), three()], ids=["alone", "three"])
@pytest.mark.parametrize("size", [(900, 300), (355, 230), (245, 190), (200, 120)])
def test_any_size_is_painted_in_the_colours_of_the_legend(
    make: Make, ghosts: tuple[Ghost, ...], size: tuple[int, int]
) -> None:
    panel = make(*ghosts)
    image = picture(panel, *size)
    assert len(colors_of(image)) > 12
    legend = panel.legend()
    assert [entry.label for entry in legend] == [line.name for line in panel.table.lines]
    for place in panel.table._lines_seen():
        assert has_color(image, legend[place].color)


def test_narrow_tables_scroll_by_whole_columns_and_lines(make: Make) -> None:
    panel = make(*three())
    panel.resize(245, 130)
    panel.grab()
    table = panel.table
    across, down = table.horizontalScrollBar(), table.verticalScrollBar()
    assert across.maximum() > 0 and down.maximum() > 0
    seen: set[int] = set()
    for first in range(across.maximum() + 1):
        across.setValue(first)
        places = table._columns_seen()
        assert places[0].index == first
        assert len(places) == 1 or places[-1].right <= table._width
        seen |= {place.index for place in places}
    assert seen == set(range(len(table.columns)))
    down.setValue(down.maximum())
    assert max(table._lines_seen()) == len(table.lines) - 1
    shown = [b for b in table.findChildren(QToolButton) if not b.isHidden()]
    assert all(table.viewport().rect().contains(button.geometry()) for button in shown)


def test_theme_changes_the_picture_and_back(make: Make) -> None:
    panel = make(*three())
    light = picture(panel, 900, 240)
    panel.set_theme(DARK)
    dark = picture(panel, 900, 240)
    assert has_color(dark, DARK.ghost_color(5)) and not has_color(dark, LIGHT.surface, 4)
    panel.set_theme(LIGHT)
    assert picture(panel, 900, 240) == light


def test_an_unchanged_frame_costs_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    ghosts = three()
    panel = make(*ghosts)
    calls: list[object] = []
    monkeypatch.setattr(panel, "_read", lambda: calls.append(1))
    panel.show_frame(replace(moment("iris")[1], ghosts=ghosts))
    assert not calls
    panel.show_frame(replace(moment("iris")[1], ghosts=ghosts[:1]))
    assert calls, "runs that come and go are shown at once"


def test_figures_of_a_run_under_way_follow_after_a_pause(qtbot: QtBot, make: Make) -> None:
    panel = make(*three())
    _, frame = moment("iris")
    ghosts = panel._ghosts
    grown = frame.history.copy()
    grown.append(EpochRecord(0, 41, 0.05, 0.125, 0.5, 0.5, 0.5, (0.0, 0.0)))
    panel.show_frame(replace(frame, history=grown, ghosts=ghosts))
    assert cells(panel)["epochs"][0] == "40"
    qtbot.waitUntil(lambda: cells(panel)["epochs"][0] == "41")
    assert cells(panel)["Loss train"][0] == "0.1250"
    qtbot.waitUntil(lambda: not panel._pause.isActive())


def test_a_new_run_forgets_the_old_one(make: Make) -> None:
    used, fresh = make(*three()), make(name="xor")
    problem, frame = moment("xor")
    used.begin(problem)
    used.show_frame(frame)
    assert picture(used, 470, 240) == picture(fresh, 470, 240)
    assert used.description() == fresh.description()


def test_descriptions_tell_the_leading_run(make: Make) -> None:
    assert "epoch 40" in make().description()
    text = make(*three()).description()
    assert "other runs kept: 3" in text
    assert "The smallest test loss has “rate 0.05 → 0.3”." in text


def test_a_picture_shows_everything_and_nothing_to_press(make: Make) -> None:
    problem, frame = moment("iris")
    shot = Shot(RunsPanel, {}, problem, replace(frame, ghosts=three()))
    image = render(shot, PictureOptions(420, 300, 2))
    for slot in (0, 2, 5):
        assert has_color(image, LIGHT.ghost_color(slot))
    bare: Panel = RunsPanel(LIGHT)
    bare.bare = True
    bare.begin(problem)
    bare.show_frame(shot.frame)
    table = bare.findChild(type(make().table), "runs-table")
    assert not table.findChildren(QToolButton)
    bare.resize(bare.minimumSize())
    bare.grab()
    assert len(table._columns_seen()) == len(table.columns)
    bare.deleteLater()


def test_controls_have_names_and_signal_what_is_wanted(qtbot: QtBot, make: Make) -> None:
    panel = make(*three())
    picture(panel, 700, 300)
    buttons = panel.findChildren(QAbstractButton)
    for button in buttons:
        assert button.objectName() and button.accessibleName() and button.toolTip()
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
    first = choices.with_training(EXPERIMENTS["iris"], epochs=20)
    assert window.store.propose(first)
    keep = window.findChild(QAction, "action-keep-run")
    assert keep.shortcut().toString() == "Ctrl+K"
    assert not keep.isEnabled()
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
    assert [one.name for one in frame.ghosts] == ["Run 1", "rate 0.05 → 0.5"]
    qtbot.waitUntil(lambda: len(panel.table.lines) == 3)
    assert len(window.panels["loss"].legend()) > 3
    forget = panel.findChild(QToolButton, "runs-forget-0")
    qtbot.mouseClick(forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.table.lines) == 2)
    assert names(window.kept) == ["Run 1"]
    qtbot.mouseClick(panel.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel.table.lines) == 1)
    assert window.recording.frame is not None and not window.recording.frame.ghosts
