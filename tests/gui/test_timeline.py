"""The timeline, playing back, branching, and the speeds of the status line."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox

from nnviz.gui.app import make_application
from nnviz.gui.look.numbers import NOTHING, duration
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import DARK, LIGHT, blend, theme_of
from nnviz.gui.run.session import SessionState
from nnviz.gui.run.speed import Speedometer
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.card import LOW, PanelCard
from nnviz.gui.shell.playback import WHOLE, Playback, due_times
from nnviz.gui.shell.status import StatusLine, speed
from nnviz.gui.timeline import Timeline
from nnviz.gui.timeline.paint import MARGIN, row_height
from nnviz.gui.timeline.scale import Scale, fitting_end, nearest, ticks
from nnviz.gui.timeline.track import INTERVAL
from nnviz.training.diagnosis import RULES, Finding
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot

from .cut_text import written
from .panel_cases import Paints

KEPT = np.array([0, 1, 2, 3, 4, 8, 16, 32, 48, 64], np.int64)

# -------------------------------------------------------------------------------------- the scale


def test_early_epochs_have_room_and_places_and_epochs_are_each_others_way_back() -> None:
    scale = Scale(5000)
    assert scale.place(50) == pytest.approx(0.1)
    assert scale.place(2500) < 0.75
    epochs = np.arange(5001)
    places = scale.places(epochs)
    assert places.tolist() == pytest.approx([scale.place(epoch) for epoch in epochs.tolist()])
    assert [scale.epoch_at(place) for place in places] == pytest.approx(epochs.tolist())
    assert (scale.epoch_at(-1.0), scale.epoch_at(2.0)) == (0.0, 5000.0)


def test_the_track_ends_at_a_round_number_or_at_the_goal_and_seldom_changes() -> None:
    ends = {
        0: {0: 10},
        4: {1: 4},
        40: {40: 40, 41: 50, 90: 100},
        5000: {3: 10, 11: 20, 461: 500, 5000: 5000, 5001: 10_000, 12_000: 15_000},
    }
    for goal, wanted in ends.items():
        assert {newest: fitting_end(newest, goal) for newest in wanted} == wanted
    assert len({fitting_end(newest, 5000) for newest in range(5001)}) == 9
    assert all(fitting_end(newest) >= newest for newest in range(3000))


@pytest.mark.parametrize(("end", "width"), [*itertools.product((1, 40, 123_456), (60, 150, 900))])
def test_numbers_under_the_track_never_touch(end: int, width: int) -> None:
    chosen = ticks(Scale(end), width, lambda epoch: 8.0 * len(str(epoch)) + 8, margin=8)
    assert chosen[0].epoch == 0
    spans = sorted((t.center - 4 * len(str(t.epoch)) - 4, t.center, t.epoch) for t in chosen)
    for (_, center, epoch), (start, *_) in itertools.pairwise(spans):
        assert center + 4 * len(str(epoch)) + 4 <= start + 1e-9
    for tick in chosen:
        assert tick.center - 4 * len(str(tick.epoch)) - 4 + 1e-9 >= -8
        assert tick.center + 4 * len(str(tick.epoch)) + 4 <= width + 8 + 1e-9
        assert tick.x == pytest.approx(Scale(end).place(tick.epoch) * width)


def test_the_nearest_stop_is_the_one_nearest_on_the_track() -> None:
    assert nearest(KEPT, 0.2) == 0
    assert nearest(KEPT, 0.3) == 1
    assert nearest(KEPT, 39.5) == 32  # halfway on the track is before halfway in epochs
    assert nearest(KEPT, 39.7) == 48
    assert nearest(KEPT, 1e9) == 64
    assert nearest(np.array([5]), 3) == 5


# -------------------------------------------------------------------------------------- the widget


@pytest.fixture
def timeline(qtbot):
    apply_style(make_application(), LIGHT)
    actions = Actions()
    timeline = Timeline(actions)
    actions.setParent(timeline)
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.height())
    timeline.track.begin(100)
    timeline.track.show_kept(KEPT)
    timeline.track.show_newest(70)
    timeline.show()
    return timeline


@pytest.fixture
def asked(timeline):
    """What the timeline asks for, in order: epochs, and None for the newest."""
    asked: list[int | None] = []
    timeline.track.epoch_chosen.connect(asked.append)
    timeline.track.live_wanted.connect(lambda: asked.append(None))
    return asked


def spot(timeline, epoch: int) -> QPoint:
    track = timeline.track
    return QPoint(round(MARGIN + track.scale.place(epoch) * track.length), row_height() // 2)


def told(timeline) -> str:
    label = timeline.findChild(QSpinBox, "timeline-epoch")
    assert label.accessibleName() == label.text()
    return label.text()


def test_a_click_jumps_to_the_nearest_kept_epoch_or_follows_the_newest(
    qtbot, timeline, asked
) -> None:
    qtbot.mouseClick(timeline.track, Qt.MouseButton.LeftButton, pos=spot(timeline, 18))
    assert asked == [16]
    assert timeline.track.value() == 16
    assert told(timeline) == "epoch 16 of 70"
    qtbot.wait(2 * INTERVAL)
    qtbot.mouseClick(timeline.track, Qt.MouseButton.LeftButton, pos=spot(timeline, 95))
    assert asked == [16, None]
    assert told(timeline) == "epoch 70"
    timeline.track.show_newest(71)
    assert timeline.track.value() == 71
    timeline.track.show_shown(8)
    timeline.track.show_newest(72)
    assert timeline.track.value() == 8
    assert told(timeline) == "epoch 8 of 72"


def test_dragging_tells_one_epoch_a_frame_and_the_last(qtbot, timeline, asked) -> None:
    track = timeline.track
    with qtbot.waitSignal(timeline.track.sliderPressed):
        qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=spot(timeline, 64))
    for epoch in (48, 32, 16, 8, 4):
        qtbot.mouseMove(track, spot(timeline, epoch))
    assert asked == [64]  # the handle moves at once, the panels at the next frame
    assert track.value() == 4
    qtbot.waitUntil(lambda: asked == [64, 4])
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=spot(timeline, 4))
    qtbot.wait(2 * INTERVAL)
    assert asked == [64, 4]


def test_nothing_moves_under_a_hand(qtbot, timeline, asked) -> None:
    track = timeline.track
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=spot(timeline, 32))
    timeline.track.show_newest(250)
    timeline.track.show_shown(8)
    assert track.scale.end == 100
    assert track.value() == 32
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=spot(timeline, 32))
    assert track.scale.end == 300
    track.step(-1)
    track.step(-1)
    timeline.track.show_shown(32)  # the answer to the first
    assert track.value() == 8, "what is asked but not told is not overruled"
    qtbot.waitUntil(lambda: asked[-1] == 8)


@pytest.mark.parametrize(
    ("start", "key", "wanted"),
    [
        (16, Qt.Key.Key_Left, [8]),
        (16, Qt.Key.Key_Down, [8]),
        (16, Qt.Key.Key_Right, [32]),
        (16, Qt.Key.Key_Up, [32]),
        (64, Qt.Key.Key_Right, [None]),
        (None, Qt.Key.Key_Left, [64]),
        (16, Qt.Key.Key_Home, [0]),
        (16, Qt.Key.Key_End, [None]),
        (16, Qt.Key.Key_PageDown, [8]),
        (16, Qt.Key.Key_PageUp, [32]),
        (0, Qt.Key.Key_Left, []),
        (None, Qt.Key.Key_Right, []),
        (None, Qt.Key.Key_End, []),
        (64, Qt.Key.Key_PageUp, [None]),
    ],
)
def test_keys_step_leap_and_go_to_the_ends(qtbot, timeline, asked, start, key, wanted) -> None:
    timeline.track.show_shown(start)
    qtbot.keyClick(timeline.track, key)
    assert asked == wanted
    there = wanted[0] if wanted else start
    assert (
        timeline.track.value()
        == timeline.track.sliderPosition()
        == (70 if there is None else there)
    )


def focused_field(qtbot, timeline) -> QSpinBox:
    field = timeline.findChild(QSpinBox, "timeline-epoch")
    timeline.activateWindow()
    field.setFocus()
    qtbot.waitUntil(lambda: field.hasFocus() and field.lineEdit().hasSelectedText())
    return field


def test_an_epoch_can_be_typed_while_the_run_goes_on(qtbot, timeline, asked) -> None:
    typed: list[int] = []
    timeline.field.entered.connect(typed.append)
    field = focused_field(qtbot, timeline)
    timeline.track.show_newest(1234)
    assert told(timeline) == "epoch 1,234"
    assert field.lineEdit().selectedText() == "1,234", "typing replaces the number"
    qtbot.keyClicks(field, "3")
    timeline.track.show_newest(1235)
    qtbot.keyClicks(field, "3")
    assert field.lineEdit().text() == "epoch 33", "what is typed stays"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert typed == [33]
    assert not field.hasFocus(), "keys are the window's again"
    timeline.track.show_shown(32)
    assert told(timeline) == "epoch 32 of 1,235"


@pytest.mark.parametrize("leave", ["Escape", "focus", "Return"])
def test_what_is_not_entered_is_forgotten(qtbot, timeline, asked, leave) -> None:
    typed: list[int] = []
    timeline.field.entered.connect(typed.append)
    field = focused_field(qtbot, timeline)
    if leave == "Return":
        qtbot.keyClick(field, Qt.Key.Key_Backspace)  # no number at all
    else:
        qtbot.keyClicks(field, "12")
    if leave == "focus":
        timeline.track.setFocus()
    else:
        qtbot.keyClick(field, getattr(Qt.Key, f"Key_{leave}"))
    assert (typed, asked, told(timeline)) == ([], [], "epoch 70")


def test_arrows_in_the_field_step_by_kept_epochs(qtbot, timeline, asked) -> None:
    field = focused_field(qtbot, timeline)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert (asked, told(timeline)) == ([64], "epoch 64 of 70")
    qtbot.wait(2 * INTERVAL)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert asked == [64, None]


def test_the_wheel_steps_by_kept_epochs(qtbot, timeline, asked) -> None:
    for turned in (-60, -60, 120):
        middle = QPointF(timeline.track.rect().center())
        event = QWheelEvent(
            middle,
            timeline.track.mapToGlobal(middle),
            QPoint(),
            QPoint(0, turned),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(timeline.track, event)
        qtbot.wait(2 * INTERVAL)
    assert asked == [64, None]


def test_it_is_a_slider_to_a_screen_reader(qtbot, timeline, asked) -> None:
    timeline.track.show_shown(16)
    interface = QAccessible.queryAccessibleInterface(timeline.track)
    assert interface.role() is QAccessible.Role.Slider
    assert interface.text(QAccessible.Text.Name)
    values = interface.valueInterface()
    assert (values.minimumValue(), values.currentValue(), values.maximumValue()) == (0, 16, 70)
    values.setCurrentValue(33)
    assert asked == [32]


def test_nothing_is_drawn_again_that_looks_the_same(qtbot, timeline) -> None:
    paints = Paints(timeline)
    qtbot.waitExposed(timeline)
    qtbot.wait(50)
    timeline.track.installEventFilter(paints)
    timeline.track.show_newest(70)
    timeline.track.show_shown(None)
    timeline.track.show_kept(KEPT.copy())
    qtbot.wait(50)
    assert paints.count == 0
    timeline.track.show_shown(8)
    qtbot.waitUntil(lambda: paints.count > 0)


def lightness(timeline, above: int) -> list[int]:
    """Return how light the track is, from end to end, so many pixels above its middle."""
    image = timeline.track.grab().toImage()
    return [
        image.pixelColor(x, row_height() // 2 - above).lightness() for x in range(image.width())
    ]


def test_what_was_changed_by_hand_is_marked_above_its_epoch(timeline) -> None:
    def accented(*epochs: int) -> set[int]:
        timeline.track.show_edits([(epoch, str) for epoch in epochs])
        image, accent = timeline.track.grab().toImage(), QColor(LIGHT.accent)
        places = itertools.product(range(image.width()), range(row_height() // 2))
        return {x for x, y in places if image.pixelColor(x, y) == accent}

    handle = accented()
    for epochs in ((20,), (8, 30)):
        marked = accented(*epochs) - handle
        near = [{x for x in marked if abs(x - spot(timeline, e).x()) < 6} for e in epochs]
        assert all(near) and set.union(*near) == marked, "there is none elsewhere"


def test_few_moments_are_marked_and_the_handle_stands_where_the_epoch_is(timeline) -> None:
    for epoch in (4, 16, 64):
        timeline.track.show_shown(epoch)
        ring = np.flatnonzero(np.array(lightness(timeline, 5)) < 200)
        assert ring.mean() == pytest.approx(spot(timeline, epoch).x(), abs=1.5)
    timeline.track.show_newest(100)
    timeline.track.show_shown(48)
    marked = lightness(timeline, 1)
    timeline.track.show_kept(np.arange(70))
    plain = lightness(timeline, 1)
    for epoch in (1, 2, 8, 16, 32, 64):
        around = slice(spot(timeline, epoch).x() - 1, spot(timeline, epoch).x() + 2)
        assert max(marked[around]) > max(plain[around]), epoch


@pytest.mark.parametrize("newest", [70, 4000])
def test_the_numbers_under_the_track_are_the_epochs_above_them(timeline, newest: int) -> None:
    timeline.track.show_newest(newest)
    numbers = [(int(text.replace(",", "")), place) for text, place in written(timeline.track)]
    assert len(numbers) > 3 and numbers[0][0] == 0
    for epoch, place in numbers:
        # At the ends they are pushed in.
        assert abs(place.center().x() - spot(timeline, epoch).x()) < 2 + place.width() / 2, epoch


def test_the_past_looks_unlike_the_present_in_both_themes(qtbot, timeline) -> None:
    pictures = []
    for theme in (LIGHT, DARK):
        apply_style(make_application(), theme)
        qtbot.waitUntil(lambda theme=theme: theme_of(timeline) is theme)
        for shown in (None, 16):
            timeline.track.show_shown(shown)
            pictures.append(timeline.grab().toImage())
        assert pictures[-1].pixelColor(1, 20).name() == blend(theme.accent_soft, theme.surface, 0.6)
    assert all(a != b for a, b in itertools.combinations(pictures, 2))


@pytest.mark.parametrize("width", [320, 560, 700, 1000])
def test_everything_fits_at_any_width(qtbot, timeline, width) -> None:
    timeline.track.show_newest(123_456)
    timeline.track.show_shown(64)
    timeline.resize(width, timeline.height())
    timeline.layout().activate()
    seen = [w for w in timeline.children() if w.isWidgetType() and w.isVisible()]
    assert len(seen) == 7
    assert timeline.track.width() >= timeline.track.minimumSizeHint().width()
    for part, other in itertools.combinations(seen, 2):
        assert not part.geometry().intersects(other.geometry())
    assert all(timeline.rect().contains(part.geometry()) for part in seen)
    label = timeline.findChild(QSpinBox, "timeline-epoch")
    assert label.text() == ("epoch 64 of 123,456" if width > 600 else "64 / 123,456")
    assert label.accessibleName() == "epoch 64 of 123,456"
    for part in seen:
        assert part.objectName().startswith("timeline-")
        assert QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
        assert part.toolTip() or part is timeline.track
    assert "Not to scale" in timeline.track.accessibleDescription()
    card, high = PanelCard("network", "Network", timeline), timeline.height()
    card.resize(width, LOW - 1)
    card.show()
    assert timeline.height() < high, "a low card makes it low"
    timeline.setParent(None)


# ----------------------------------------------------------------------------------- playing back


@pytest.fixture
def playback(qtbot):
    clock = SimpleNamespace(now=100.0)
    playback = Playback(clock=lambda: clock.now)
    playback.told = []
    playback.clock = clock
    playback.epoch_chosen.connect(playback.told.append)
    yield playback
    playback.stop()


def test_playback_goes_in_equal_steps_of_the_track_tells_what_is_due_and_ends(
    qtbot, playback
) -> None:
    due = due_times(np.arange(0, 10_001))
    assert due[[0, 2500, -1]].tolist() == pytest.approx([0.0, WHOLE / 2, WHOLE])
    playback.play(np.arange(0, 10_001))
    assert playback.told == [0]
    playback.clock.now += WHOLE / 2
    qtbot.waitUntil(lambda: playback.told[-1] == 2500)
    with qtbot.waitSignals([playback.ended, playback.playing_changed]):
        playback.clock.now += WHOLE
    assert playback.told == [0, 2500, 10_000]
    assert not playback.playing


def test_playback_tells_an_epoch_once_and_stops_where_it_is_told(qtbot, playback) -> None:
    playback.play(np.array([0]))
    assert (playback.playing, playback.told) == (False, []), "one moment is nothing to play"
    playback.play(np.array([0, 100]))
    with qtbot.assertNotEmitted(playback.epoch_chosen, wait=100):
        pass
    playback.stop()
    assert not playback.playing
    assert playback.told == [0]


# ------------------------------------------------------------------------------------------ speed


def measured(speedometer: Speedometer, counts: dict[float, int], now: float) -> float | None:
    for time, count in counts.items():
        speedometer.note(count, time)
    return speedometer.rate(now)


def test_a_slow_thing_is_measured_from_change_to_change_and_a_fast_one_over_a_second() -> None:
    meter = Speedometer()
    assert measured(meter, {0.0: 0}, 0.5) is None
    assert measured(meter, {0.5: 0, 1.0: 1, 1.5: 1}, 1.5) == pytest.approx(1.0)
    assert measured(meter, {2.0: 2, 2.5: 2}, 2.5) == pytest.approx(1.0)
    assert meter.rate(6.0) == pytest.approx(0.5), "what has stopped becomes slower"
    assert measured(meter, {6.5: 1}, 6.5) is None, "what begins anew is forgotten"
    fast = Speedometer()
    assert measured(fast, {i / 60: i * 5 for i in range(120)}, 119 / 60) == pytest.approx(300)
    later = {2 + i / 60: 595 + i * 100 for i in range(121)}
    assert measured(fast, later, 4.0) == pytest.approx(6000)
    fast.clear()
    assert fast.rate(7.0) is None


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (123_456.7, "123,457"),
        (9.96, "10"),
        (1.0, "1.0"),
        (0.049, "0.049"),
        (0.0, "0"),
    ],
)
def test_nothing_slow_is_told_as_nothing(rate: float, text: str) -> None:
    assert speed(rate) == text


@pytest.fixture
def status(qtbot):
    clock = SimpleNamespace(now=0.0)
    status = StatusLine(clock=lambda: clock.now)
    qtbot.addWidget(status)
    status.clock = clock
    return status


def snapshot(updates: int, epoch: int = 0, right: float | None = None) -> Snapshot:
    flat = Problem(PRESETS["digits-mlp"].experiment).new_network().parameters
    return Snapshot(1, epoch, flat, np.zeros_like(flat), updates, batch_metric=right)


def run_for(status, seconds: float, per_second: float) -> None:
    for i in range(round(seconds * 60)):
        status.clock.now = i / 60
        tell(status, snapshot(int(status.clock.now * per_second)))


def tell(status, moment: Snapshot) -> None:
    status.note_snapshot(moment)
    status.follow()


def test_the_status_line_tells_speeds_in_the_unit_of_the_pace_while_it_runs(status) -> None:
    problem = Problem(PRESETS["digits-mlp"].experiment)
    batches = -(-problem.train.rows // problem.experiment.training.batch_size)
    status.show_problem(problem)
    kept = status._speed.minimumWidth()
    status.note_pace("step-1")
    status.show_state(SessionState.RUNNING)
    status.show_rates(60.0)  # nothing has come yet
    assert status._speed.text() == f"{NOTHING} steps/s · 60 frames/s"
    run_for(status, 5, per_second=1)
    status.show_rates(60.0)
    assert status._speed.text() == "1.0 steps/s · 60 frames/s"
    status.show_state(SessionState.PAUSED)
    assert status._speed.text() == ""
    status.note_pace("full")
    status.show_state(SessionState.RUNNING)
    assert status._speed.text() == ""
    run_for(status, 5, per_second=0.4 * batches)  # epochs that last longer than one waits
    status.show_rates(4.2)
    assert status._speed.text() == "0.4 epochs/s · 4.2 frames/s"
    for name, pace in PACES.items():
        status.note_pace(name)
        status.show_rates(60.0)
        assert ("steps/s" if pace.unit == "step" else "epochs/s") in status._speed.text()
    run_for(status, 9, per_second=12_345_678 * batches)
    status.show_rates(60.0)
    assert status._speed.sizeHint().width() <= kept == status._speed.minimumWidth()


def sentence(status) -> str:
    return status._sentence.accessibleName()


def test_steps_are_counted_at_a_pace_of_steps_and_where_one_pauses(status) -> None:
    status.resize(800, 24)
    status.show_problem(Problem(PRESETS["digits-mlp"].experiment))
    status.note_snapshot(snapshot(0))
    status.note_pace("step-1")
    status.show_state(SessionState.RUNNING)
    assert sentence(status) == "Training…"
    tell(status, snapshot(47))
    assert sentence(status) == "Training: epoch 2, step 2 of 45."
    status.note_pace("full")
    assert sentence(status) == "Training…"
    status.show_state(SessionState.PAUSED)
    assert sentence(status).startswith("Paused in epoch 2, after step 2 of 45.")
    status.note_snapshot(snapshot(90))
    assert sentence(status) == "Paused. Train goes on, Step takes one batch."


def test_a_long_run_tells_how_far_it_is_and_how_long_it_takes(status) -> None:
    experiment = PRESETS["digits-mlp"].experiment.change("training", epochs=20)
    status.resize(800, 24)
    status.show_problem(Problem(experiment))
    status.note_snapshot(snapshot(0))
    status.show_state(SessionState.RUNNING)
    run_for(status, 20, per_second=9)  # 45 updates an epoch
    assert sentence(status) == "Training: 98 % of epoch 4 is done, about 80 s left."
    for right in (0.5, 1.0, None):
        tell(status, snapshot(179, right=right))
    said = "Training: 98 % of epoch 4 is done, accuracy 75 % so far, about 80 s left."
    assert sentence(status) == said
    status.say("Something else.")
    status.show_rates(60.0)
    assert sentence(status) == "Something else."
    assert [duration(seconds) for seconds in (12, 240, 4800)] == ["10 s", "4 min", "1 h 20 min"]


@pytest.mark.parametrize("share", [0.8, 1.0])
def test_a_run_at_its_pace_of_ten_seconds_tells_no_time(status, share) -> None:
    problem, pace = Problem(PRESETS["digits-mlp"].experiment), PACES["run-10"]
    updates = 45 * problem.experiment.training.epochs
    status.show_problem(problem)
    status.note_snapshot(snapshot(0))
    status.show_state(SessionState.RUNNING)
    run_for(status, 1, per_second=share * pace.for_run(updates).per_second)  # or nearly
    assert sentence(status) == "Training…"


def test_where_batches_are_larger_from_an_edit_on_steps_are_counted_from_there(status) -> None:
    experiment = PRESETS["digits-mlp"].experiment
    status.show_problem(Problem(experiment))
    status.note_snapshot(snapshot(0))
    status.follow_problem(Problem(experiment.change("training", batch_size=100)))
    status.note_snapshot(snapshot(90, epoch=2))
    status.note_snapshot(snapshot(90 + 15 + 4, epoch=3))
    status.show_state(SessionState.PAUSED)
    assert sentence(status).startswith("Paused in epoch 4, after step 4 of 15.")


def test_what_helps_is_never_cut_and_stands_beside_what_is_the_matter(qtbot, status) -> None:
    rule = next(rule for rule in RULES if rule.name == "dead-layer")
    status.resize(600, 24)
    status.show()
    status.show_state(SessionState.PAUSED)
    before = status.sizeHint().height()
    status.show_finding(Finding(rule, {"layer": "Hidden 1", "smaller": 0.1}))
    qtbot.wait(1)
    told, advice = (status.findChild(QLabel, f"status{name}") for name in ("Sentence", "Advice"))
    assert told.text().endswith("…") and "only what follows" in told.toolTip()
    assert told.property("ink") == "warning"
    assert advice.text() == "Try a rate of 0.1, or another weight seed."
    assert advice.isVisible() and advice.width() >= advice.sizeHint().width()
    assert status.sizeHint().height() == before
    status.show_finding(None)
    assert not advice.isVisible() and not told.property("ink")


def test_what_just_happened_is_hidden_by_neither_steps_nor_the_hint_of_a_button(status) -> None:
    status.show_problem(Problem(PRESETS["digits-mlp"].experiment))
    status.note_snapshot(snapshot(0))
    status.note_pace("step-1")
    status.show_state(SessionState.RUNNING)
    status.showMessage("Train on from the epoch shown.")
    status.say("Training on from epoch 3.")
    assert not status.currentMessage()
    tell(status, snapshot(47))
    assert sentence(status) == "Training on from epoch 3."
    status.note_pace("step-10")
    assert sentence(status) == "Training: epoch 2, step 2 of 45."
    status.showMessage("Take one step.")
    tell(status, snapshot(48))
    assert status.currentMessage() == "Take one step.", "a hint stays while steps are counted"


def test_a_run_may_have_more_epochs_than_qt_counts(qtbot, timeline) -> None:
    track, chosen = timeline.track, []
    track.epoch_chosen.connect(chosen.append)
    track.begin(10_000_000)
    track.show_kept(np.array([0, 2**32, 2**33]))
    for newest in (2**33 + 4, 2**33 + 5):
        track.show_newest(newest)
        assert "8,589,934,59" in timeline.field.text()
    assert "8,589,934,597" in timeline.field.text()
    track.step(-1)
    track.step(-1)
    qtbot.waitUntil(lambda: chosen[-1:] == [2**32])
