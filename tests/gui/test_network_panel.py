"""The network panel under a person's hands: what is seen, said and found, by mouse and keys."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QImage,
    QShortcut,
    QTextDocumentFragment,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from nnviz.datasets.dataset import Dataset
from nnviz.engine.layers import Conv2D, Dense, Flatten
from nnviz.gui.frame import Frame, Selection, WalkPlace
from nnviz.gui.look.color_scales import color_scales
from nnviz.gui.look.layer_names import unit_name
from nnviz.gui.look.numbers import short
from nnviz.gui.look.style import application_font
from nnviz.gui.look.theme import DARK, LIGHT, blend, rgb
from nnviz.gui.network import NetworkPanel, answers, captions, figures
from nnviz.gui.network.card import NetworkCard
from nnviz.gui.network.collapsed import collapsed_neurons, note_of
from nnviz.gui.network.drawing import tight, width_of
from nnviz.gui.network.explanations import Explanation, Row, explain_unit
from nnviz.gui.network.painter import MOVING_AT_MOST, REFINED_AT_MOST
from nnviz.gui.network.sample_activations import SampleActivations, expected
from nnviz.gui.network.view_state import ChosenView
from nnviz.gui.widgets.idle import IdleTimer
from nnviz.training.completion import complete
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.layer_figures import layer_figures
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import Snapshot
from nnviz.training.trainer import Trainer

from .panel_cases import in_theme


def experiment(sample: str, *layers: tuple[int, str]) -> Experiment:
    softmax, linear = (layers[-1][1] == name for name in ("softmax", "linear"))
    loss = "categorical_crossentropy" if softmax else "mean_squared_error"
    return Experiment(
        DataChoice(sample, standardize_inputs=linear, standardize_target=linear),
        NetworkChoice(tuple(Dense(units, name) for units, name in layers)),
        TrainingChoice(loss=loss, learning_rate=0.5, epochs=200),
    )


def classifier(*layers) -> Experiment:
    return Experiment(
        DataChoice("digits", standardize_inputs=False),
        NetworkChoice((*layers, Dense(10, "softmax"))),
        TrainingChoice(loss="categorical_crossentropy", epochs=50),
    )


XOR = experiment("xor", (4, "sigmoid"), (1, "sigmoid"))
CASES = {
    "xor": XOR,
    "letters": experiment("letters-abc", (5, "sigmoid"), (3, "sigmoid")),
    "digits": experiment("digits", (32, "relu"), (10, "softmax")),
    "iris": experiment("iris", (6, "tanh"), (3, "softmax")),
    "houses": experiment("houses", (3, "relu"), (1, "linear")),
    "only an output": experiment("gaussians", (1, "sigmoid")),
    "tanh classes": experiment("spiral", (6, "tanh"), (1, "tanh")),
    "long names": experiment("breast-cancer", (12, "relu"), (1, "sigmoid")),
    "convolution": classifier(Conv2D(8, (3, 3)), Flatten()),
}
TOTAL = 784 * 128 + 128 * 64 + 64 * 10


def large_problem() -> Problem:
    rng, pixels_ = np.random.default_rng(0), 28 * 28
    pictures = Dataset(
        "digits",
        "classification",
        rng.random((120, pixels_)),
        rng.integers(0, 10, 120),
        tuple(f"pixel {i + 1}" for i in range(pixels_)),
        tuple(map(str, range(10))),
        image_shape=(28, 28),
    )
    return Problem(classifier(Dense(128, "relu"), Dense(64, "relu")), pictures)


def frame_of(problem: Problem, parameters=None, row: int = 1) -> Frame:
    count = problem.blank_network().parameters.size
    if parameters is None:
        parameters = np.random.default_rng(0).normal(0.0, 0.1, count)
    snapshot = Snapshot(0, 1, np.asarray(parameters, float), np.zeros(count))
    layers = len(problem.experiment.network.layers)
    return Frame(History(layers), Inspection(problem, snapshot), row)


def trained(asked: Experiment, row: int = 1, steps: int = 20) -> Frame:
    trainer = Trainer(asked)
    for _ in itertools.islice(trainer.steps(), steps):
        pass
    inspection = Inspection(trainer.problem, trainer.snapshot())
    return Frame(History(len(asked.network.layers)), inspection, row)


def shown(qtbot, frame: Frame, width: int = 900, height: int = 600) -> NetworkPanel:
    panel = NetworkPanel()
    qtbot.addWidget(panel)
    panel.resize(width, height)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    return panel


def paper_of(qtbot, frame: Frame) -> NetworkPanel:
    paper = NetworkPanel()
    qtbot.addWidget(paper)
    paper.bare = True
    paper.begin(frame.inspection.problem)
    paper.show_frame(frame)
    return paper


def picture(panel: NetworkPanel) -> QWidget:
    return panel.findChild(QWidget, "network-canvas")


def pixels(panel: NetworkPanel) -> np.ndarray:
    image = picture(panel).grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def near(seen: np.ndarray, color: str, tolerance: int = 12) -> int:
    return int((np.abs(seen - rgb(color)).max(axis=-1) <= tolerance).sum())


def inked(seen: np.ndarray, least: int = 60) -> int:
    return int((np.abs(seen - rgb(LIGHT.surface)).max(axis=-1) > least).sum())


def gap(panel: NetworkPanel, layer: int) -> tuple[slice, slice]:
    """Return what lies between a layer and the next, below the captions and above the note."""
    left, right = panel.network.columns[layer : layer + 2]
    return slice(90, -60), slice(round(left.box[2] + 20), round(right.box[0] - 20))


def place(panel: NetworkPanel, layer: int, unit: int) -> QPoint:
    return panel.network.place_of((layer, unit)).toPoint()


def hover(qtbot, panel: NetworkPanel, point: QPoint) -> None:
    qtbot.mouseMove(picture(panel), QPoint(2, 2))
    qtbot.mouseMove(picture(panel), point)


def card(panel: NetworkPanel, name: str = "network-card") -> list[str]:
    """Return what is written on a card, line by line; nothing if it is hidden."""
    label = panel.findChild(QLabel, name)
    text = QTextDocumentFragment.fromHtml(label.text()).toPlainText()
    return [line for line in text.splitlines() if line] if label.isVisible() else []


def note(panel: NetworkPanel) -> str:
    pixels(panel)
    return note_of(panel.network.state, panel.network.undrawn)


def look(panel: NetworkPanel) -> ChosenView:
    return panel.view_state()["view"]


def click(qtbot, panel: NetworkPanel, point: QPoint) -> None:
    qtbot.mouseClick(picture(panel), Qt.MouseButton.LeftButton, pos=point)


def key(qtbot, panel: NetworkPanel, code: Qt.Key) -> None:
    qtbot.keyClick(picture(panel), code)


def wheel(panel: NetworkPanel, at: QPoint, turn: int, modifier) -> None:
    where, widget = QPointF(at), picture(panel)
    there = QPointF(widget.mapToGlobal(at))
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turned = QPoint(0, turn)
    event = QWheelEvent(where, there, QPoint(), turned, buttons, modifier, phase, False)
    QApplication.sendEvent(widget, event)


# ----------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.7312, "0.73"), (-12.34, "−12.3"), (-0.0001, "0"), (1234.5, "1,234"), (2.5e7, "2.5e7")],
)
def test_numbers_in_the_picture_are_short(value, text) -> None:
    assert tight(value) == text
    assert tight(float("nan")) == "–"
    assert tight(-0.0027, tiny=True) == "−0.003"


def test_colours_follow_the_range_of_the_activation() -> None:
    _, tanh, softmax = color_scales(trained(CASES["iris"]).inspection.problem)
    assert tanh.apply(np.array([-1.0, 0.5])).tolist() == [-1.0, 0.5]
    assert softmax.apply(np.array([0.0, 1.0])).tolist() == [0.0, 1.0]
    decides = color_scales(trained(XOR).inspection.problem)[-1]
    assert decides.apply(np.array([0.0, 0.5, 1.0])).tolist() == [-1.0, 0.0, 1.0]


def test_prediction_and_expectation_are_in_the_units_of_the_target() -> None:
    frame = trained(CASES["houses"], row=3, steps=150)
    problem, answers = frame.inspection.problem, frame.inspection.outputs("train")
    assert expected(problem, 3) == problem.dataset.targets[3, 0]
    assert SampleActivations(frame.inspection, 3).predicted() == pytest.approx(answers.values[3, 0])


# ----------------------------------------------------------------------------------------- picture


@pytest.mark.parametrize("size", [(1000, 600), (520, 360)], ids=["large", "small"])
@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_network_is_drawn(qtbot, case, size) -> None:
    seen = pixels(shown(qtbot, trained(CASES[case]), *size))
    assert near(seen, LIGHT.surface) > 0.2 * seen[..., 0].size
    assert near(seen, LIGHT.text) > 50
    assert near(seen, LIGHT.positive, 60) > 50
    assert near(seen, LIGHT.negative, 60) > 10


@pytest.mark.parametrize(
    ("case", "layer", "units", "away"), [("iris", 1, range(6), -12), ("digits", 0, (2, 20, 60), 0)]
)
def test_neurons_and_pixels_have_the_colour_of_their_values(
    qtbot, case, layer, units, away
) -> None:
    frame = trained(CASES[case], row=5, steps=100)
    panel = shown(qtbot, frame)
    values, seen = SampleActivations(frame.inspection, 5).values[layer], pixels(panel)
    for unit in units:
        at = place(panel, layer, unit) + QPoint(0, away)  # above its number
        wanted = LIGHT.diverging(values[unit : unit + 1])[0, :3]
        assert np.abs(seen[at.y(), at.x()] - wanted.astype(int)).max() <= 4


def test_colours_change_with_every_moment_and_words_seldom_until_it_rests(
    qtbot, written, monkeypatch
) -> None:
    panel, last = shown(qtbot, trained(CASES["iris"])), trained(CASES["iris"], steps=100)
    pixels(panel)
    monkeypatch.setattr(panel.network.idle, "due", lambda *_: False)
    written.clear()
    panel.show_frame(last)
    seen, values = pixels(panel), SampleActivations(last.inspection, 1).values
    at = place(panel, 1, 2) + QPoint(0, -12)
    wanted = LIGHT.diverging(values[1][2:3])[0, :3]
    assert np.abs(seen[at.y(), at.x()] - wanted.astype(int)).max() <= 4
    assert not written
    panel.network.idle.timeout.emit()
    pixels(panel)
    assert {tight(float(value)) for value in values[2]} <= set(written)


def test_another_sample_is_told_at_once(qtbot, written, monkeypatch) -> None:
    frame = trained(CASES["iris"], row=0)
    panel = shown(qtbot, frame)
    monkeypatch.setattr(panel.network.idle, "due", lambda *_: False)
    pixels(panel)
    panel.show_frame(dataclasses.replace(frame, row=130))
    pixels(panel)
    assert "actual virginica" in written


@pytest.mark.parametrize("case", ["xor", "iris", "digits", "convolution"])
def test_copies_on_the_screen_look_as_what_is_painted_on_paper(qtbot, case) -> None:
    panel = shown(qtbot, trained(CASES[case], steps=100))
    paper = QImage(2 * picture(panel).size(), QImage.Format.Format_RGB32)
    paper.setDevicePixelRatio(2.0)
    picture(panel).render(paper)
    data = np.frombuffer(paper.constBits(), dtype=np.uint8)
    fine = data.reshape(paper.height() // 2, 2, paper.width() // 2, 2, 4)[..., 2::-1]
    away = np.abs(pixels(panel) - fine.mean(axis=(1, 3))).max(axis=-1)
    for column in panel.network.columns:
        left, top, right, bottom = map(round, column.box)
        assert (away[top:bottom, left:right] > 40).mean() < 0.05


def screen(panel: NetworkPanel) -> np.ndarray:
    """Return what is on the screen, not painted anew for it."""
    part = panel.network.geometry()
    image = panel.screen().grabWindow(panel.winId()).toImage().copy(part)
    data = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    return data.reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


@pytest.mark.parametrize("case", CASES)
def test_all_that_a_moment_changes_is_painted_while_words_stay(qtbot, monkeypatch, case) -> None:
    asked = CASES[case]
    panel = shown(qtbot, trained(asked, steps=1))
    qtbot.waitUntil(lambda: (screen(panel) == pixels(panel)).all())
    monkeypatch.setattr(panel.network.idle, "due", lambda *_: False)
    before = screen(panel)
    panel.show_frame(trained(asked, steps=100))
    qtbot.wait(20)
    assert (screen(panel) != before).any()
    assert (screen(panel) == pixels(panel)).all()


@pytest.mark.parametrize("case", ["xor", "digits", "convolution"])
def test_what_is_kept_looks_as_if_it_were_drawn_anew(qtbot, monkeypatch, case) -> None:
    monkeypatch.setattr(IdleTimer, "due", lambda *_: True)
    first = trained(CASES[case], steps=5)
    problem, parameters = first.inspection.problem, first.inspection.snapshot.parameters
    panel = NetworkPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    panel.begin(problem)
    pixels(panel)  # empty neurons are a picture to be kept, too
    turned = parameters * np.where(np.arange(parameters.size) % 3, 1.0, -0.5)
    swapped = np.concatenate([parameters[1::-1], parameters[2:]])
    ones = np.ones(parameters.size)
    told = (*3 * [parameters], swapped, turned, ones, -ones, parameters)
    moments = [frame_of(problem, each) for each in told]
    moments += [dataclasses.replace(moments[0], walk=WalkPlace(3)), moments[0]]
    for frame in moments:
        panel.show_frame(frame)
        assert (pixels(panel) == pixels(shown(qtbot, frame))).all()


def test_bands_show_what_flows_between_maps(qtbot) -> None:
    panel = shown(qtbot, trained(CASES["convolution"]))
    rows, columns = gap(panel, 0)
    band = blend(LIGHT.text, LIGHT.surface, 0.06)
    assert near(pixels(panel)[rows, columns], band, 2) > 2000


@pytest.fixture
def written(monkeypatch):
    """Collect what is written in the picture, with its colour; none of it may be cut."""
    texts = {}
    for module in (answers, captions, figures):

        def write(painter, rect, text, color, *flags, really=module.write):
            texts[text] = color
            assert width_of(text, painter.font()) <= rect.width() + 2, text
            assert QFontMetrics(painter.font()).height() <= rect.height() + 2, text
            really(painter, rect, text, color, *flags)

        monkeypatch.setattr(module, "write", write)
    return texts


@pytest.mark.parametrize("size", [0.9, 1.5, 2.0])
def test_the_picture_grows_with_the_text(qtbot, qapp, written, size) -> None:
    font = application_font()
    font.setPixelSize(round(size * font.pixelSize()))
    qapp.setFont(font)
    try:
        for case in ("xor", "iris", "digits"):
            panel = shown(qtbot, trained(CASES[case]), 1200, 800)
            pixels(panel)
            for control in panel.bar.findChildren(QToolButton):
                assert control.width() >= control.minimumSizeHint().width()
    finally:
        qapp.setFont(application_font())
    assert {"x", "4 · Sigmoid", "sepal width (cm)", "10 · Softmax"} <= set(written)


@pytest.mark.parametrize("row", [0, 60, 130])
def test_the_answer_is_written_and_whether_it_is_right(qtbot, written, row) -> None:
    frame = trained(CASES["iris"], row, steps=3)
    pixels(shown(qtbot, frame))
    names, outputs = (
        frame.inspection.problem.dataset.class_names,
        frame.inspection.sample_trace(row),
    )
    guess, truth = int(outputs[-1].a[0].argmax()), row // 50
    mark, ink = ("✓", LIGHT.text) if guess == truth else ("✗", LIGHT.error)
    assert written[f"{mark} predicted {names[guess]}"] == ink
    assert f"actual {names[truth]}" in written
    assert {tight(float(value)) for value in outputs[-1].a[0]} <= set(written)


def test_captions_say_what_columns_are_and_the_largest_weights(qtbot, written) -> None:
    frame = trained(CASES["iris"])
    pixels(shown(qtbot, frame))
    largest = [np.abs(frame.inspection.weights(layer)).max() for layer in range(2)]
    wanted = {"Input", "4", "Hidden 1", "6 · tanh", "Output", "3 · Softmax", "sepal width (cm)"}
    assert wanted | {f"|w| ≤ {tight(float(one))}" for one in largest} <= set(written)


def run_of(preset: str, epochs: int) -> Frame:
    done = complete(PRESETS[preset].experiment.change("training", epochs=epochs))
    return Frame(done.history, Inspection(done.problem, done.snapshot), 1)


def test_figures_of_each_layer_stand_below_its_title(qtbot, written) -> None:
    frame = run_of("letters-abc", 3)
    hidden, _ = layer_figures(frame.inspection, frame.history.column("learning_rate")[-1])
    size, ratio, update = (f"{x:.2g}" for x in (hidden.gradient, hidden.ratio, hidden.update))
    lines = {f"∇ {size} ×{ratio}", f"Δw/w {update}", "0 % saturated"}
    panel = shown(qtbot, frame)
    for height, kept in ((600, lines), (300, {f"∇ {size} ×{ratio}"}), (160, set())):
        panel.resize(900, height)
        written.clear()
        pixels(panel)
        assert {line for line in lines if written.get(line) == LIGHT.muted} == kept
        # where there is no room, the tool tip says it
        assert f"Δw/w {update}: how far a step" in captions.caption_text(panel.network.state, 1)


@pytest.mark.parametrize(
    ("preset", "epochs", "line"),
    [
        ("dying-relu", 10, "100 % dead"),
        ("unscaled-inputs", 10, "100 % saturated"),
        ("vanishing-gradients", 60, "∇"),
        ("rate-too-large", 10, "Δw/w"),
        ("digits-mlp", 3, ""),
    ],
)
def test_what_keeps_a_network_from_learning_is_in_the_warning_ink(
    qtbot, written, preset, epochs, line
) -> None:
    pixels(shown(qtbot, run_of(preset, epochs), 1200))
    warned = [text for text, ink in written.items() if ink == LIGHT.warning]
    assert any(text.startswith(line) for text in warned) if line else not warned


def test_of_six_layers_in_the_least_window_the_worst_figure_is_told_in_one_digit(
    qtbot, written
) -> None:
    frame = run_of("vanishing-gradients", 60)
    pixels(shown(qtbot, frame, 484, 250))
    told = [text for text, ink in written.items() if "∇" in text and ink == LIGHT.warning]
    layer, *_ = layer_figures(frame.inspection, frame.history.column("learning_rate")[-1])
    assert [float(text.removeprefix("∇ ").replace("−", "-")) for text in told] == [
        float(f"{layer.gradient:.1g}")
    ]


def test_figures_are_told_seldom_while_they_move_and_the_same_on_paper(qtbot, monkeypatch) -> None:
    panel, last = shown(qtbot, run_of("digits-mlp", 1)), run_of("digits-mlp", 2)
    moving = panel.network.state.figures
    monkeypatch.setattr(panel.network.idle, "due", lambda *_: False)
    panel.show_frame(last)
    assert panel.network.state.figures == moving
    panel.network.idle.idle.emit()
    paper = NetworkPanel()
    qtbot.addWidget(paper)
    paper.begin(last.inspection.problem)
    paper.restore_view(panel.view_state())  # Adam's last step is told from the moment before
    paper.show_frame(last)
    assert paper.network.state.figures == panel.network.state.figures != moving
    assert "Δw/w" in captions.caption_text(paper.network.state, 1)


def test_steps_are_those_of_the_network_shown_whatever_was_shown_before() -> None:
    done = complete(PRESETS["digits-mlp"].experiment.change("training", epochs=3), keep=True)
    first, second, third = list(done.kept)[-3:]
    moment = Inspection(done.problem, second.snapshot())
    frame = Frame(done.history, moment, 1, past=True, checkpoints=tuple(done.kept))

    def told(frame: Frame, before: Snapshot | None) -> list[str]:
        texts = itertools.chain(*figures.figure_texts(frame, before, moving=False))
        return [one.text for one in texts if one.text.startswith("Δw/w")]

    seen = [told(frame, one and one.snapshot()) for one in (None, first, third)]
    assert seen[0] and seen[0] == seen[1] == seen[2] and "≈" not in "".join(seen[0])
    unknown = dataclasses.replace(frame, checkpoints=(first,))
    assert all(text.startswith("Δw/w ≈ ") for text in told(unknown, None))
    assert not told(dataclasses.replace(frame, checkpoints=()), third.snapshot())
    within = Inspection(done.problem, dataclasses.replace(second.snapshot(), updates=10**6))
    assert all("≈" in text for text in told(dataclasses.replace(frame, inspection=within), None))
    start = Inspection(done.problem, next(iter(done.kept)).snapshot())
    assert not told(dataclasses.replace(frame, inspection=start), None), "there was no step"


def test_what_is_not_drawn_is_counted_and_said(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    assert note(panel).startswith(f"{TOTAL - MOVING_AT_MOST:,} of {TOTAL:,} weights")
    moving = pixels(panel)
    assert near(moving[-32:-8, :300], LIGHT.muted, 60) > 100
    qtbot.waitUntil(lambda: panel.network.undrawn == TOTAL - REFINED_AT_MOST, timeout=20_000)
    qtbot.wait(50)
    assert (pixels(panel) != moving).any()
    problem = panel.network.state.problem
    panel.show_frame(frame_of(problem))
    pixels(panel)
    assert panel.network.undrawn > TOTAL - REFINED_AT_MOST, "what moves again is drawn quickly"


def shown_texts(panel: NetworkPanel) -> list[str]:
    return [line.text for line in collapsed_neurons(panel.network.state)]


def test_nothing_of_an_old_run_is_drawn_after_a_new_one_began(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    panel.show_frame(frame_of(large_problem(), row=2))
    panel.network.idle.timeout.emit()  # the full detail of the old picture is begun
    panel.begin(trained(XOR).inspection.problem)
    assert not panel.network.idle.moving
    before = pixels(panel)
    assert near(before, LIGHT.neutral) > 500, "its neurons are empty"
    qtbot.wait(600)  # what the old picture would have taken to refine
    assert (pixels(panel) == before).all()
    assert card(panel) == []


def test_the_theme_changes_the_picture_at_once(qtbot) -> None:
    panel = shown(qtbot, trained(XOR))
    assert near(pixels(panel), DARK.surface) < 0.01 * pixels(panel)[..., 0].size
    in_theme(panel, DARK)
    seen = pixels(panel)
    assert near(seen, DARK.surface) > 0.5 * seen[..., 0].size
    assert near(seen, LIGHT.surface) < 0.02 * seen[..., 0].size
    assert panel.legend()[0].color == DARK.positive


# ------------------------------------------------------------------------------------------ export


def test_a_picture_for_export_has_all_the_detail_and_nothing_to_press(qtbot) -> None:
    frame = frame_of(large_problem())
    screen = shown(qtbot, frame)
    screen.network.expand_layer(1)
    key(qtbot, screen, Qt.Key.Key_Return)
    screen.network.zoom_in()
    paper = paper_of(qtbot, frame)
    paper.resize(1400, 900)
    pixels(paper)
    assert paper.network.undrawn == TOTAL - REFINED_AT_MOST
    paper.restore_view(screen.view_state())
    image = paper.grab()
    assert (image.width(), image.height()) == (1400, 900)
    assert look(paper) == look(screen)
    assert (pixels(paper) == pixels(paper)).all()
    controls = (QToolButton, QSlider, QSpinBox, QLineEdit)
    pressed = [part for kind in controls for part in paper.bar.findChildren(kind)]
    assert not any(part.isVisibleTo(paper) for part in pressed)
    assert "Esc" not in note(paper)
    assert said(paper) == f"Sample 2 of 120: actual {frame.inspection.problem.dataset.targets[1]}"


def said(panel: NetworkPanel) -> str:
    return panel.findChild(QLabel, "network-sample").accessibleName()


# ------------------------------------------------------------------------------------------- cards


def test_the_card_of_a_neuron_says_its_arithmetic(qtbot) -> None:
    frame = trained(XOR)
    panel = shown(qtbot, frame)
    hover(qtbot, panel, place(panel, 1, 2))
    trace, texts = frame.inspection.sample_trace(1)[0], card(panel)
    assert texts[0] == "Hidden 1, neuron 3"
    for wanted in (trace.a[0, 2], trace.z[0, 2], frame.inspection.biases(0)[2]):
        assert short(float(wanted)) in texts
    qtbot.mouseMove(picture(panel), QPoint(3, 3))
    assert not card(panel)


def test_the_card_of_an_input_says_what_the_sample_has_and_what_the_network_is_given(qtbot) -> None:
    frame = trained(CASES["houses"])
    panel = shown(qtbot, frame)
    hover(qtbot, panel, place(panel, 0, 0))
    given = frame.inspection.sample_inputs(1)[0]
    raw = frame.inspection.problem.dataset.inputs[1, 0]
    assert card(panel)[2::2] == [short(float(raw)), short(float(given))]


def test_a_pixel_kept_as_a_byte_is_told_as_what_it_stands_for(qtbot) -> None:
    data = large_problem().dataset
    grey = np.full(data.inputs.shape, 51, np.uint8)
    data = dataclasses.replace(data, inputs=grey, input_unit=1 / 255)
    for standardized, told in ((False, ["0.2"]), (True, ["0.2", "0"])):
        asked = classifier(Dense(4)).change("data", standardize_inputs=standardized)
        panel = shown(qtbot, frame_of(Problem(asked, data)))
        explained = explain_unit(panel.network.state, (0, 300))
        assert [row.value for row in explained.rows] == told


def test_the_card_of_a_weight_says_how_much_it_adds(qtbot) -> None:
    frame = trained(XOR)
    panel = shown(qtbot, frame)
    pixels(panel)
    start = place(panel, 1, 1)
    hover(qtbot, panel, start + QPoint(36, 0))
    title, _, weight, *_ = card(panel)
    assert title == "Hidden 1, neuron 2 → Output"
    assert weight == short(float(frame.inspection.weights(1)[0, 1]))


@pytest.mark.parametrize(("updates", "told"), [(0, "–"), (5, "0")])
def test_a_gradient_of_zero_is_not_taken_for_none_yet(qtbot, updates: int, told: str) -> None:
    frame = frame_of(Problem(XOR))
    snapshot = dataclasses.replace(frame.inspection.snapshot, updates=updates)
    panel = shown(qtbot, dataclasses.replace(frame, inspection=Inspection(Problem(XOR), snapshot)))
    pixels(panel)
    hover(qtbot, panel, place(panel, 1, 1) + QPoint(36, 0))
    texts = card(panel)
    assert texts[texts.index("gradient ∂L/∂w") + 1] == told


def test_hovering_a_neuron_or_its_bias_dims_what_does_not_belong(qtbot) -> None:
    panel = shown(qtbot, trained(CASES["iris"], steps=150))
    between = gap(panel, 0)
    before = inked(pixels(panel)[between], 120)
    half = panel.network.columns[2].size / 2
    mark = place(panel, 2, 0) + QPointF(-half - 6.5, half - 5.5).toPoint()
    hover(qtbot, panel, mark)
    assert card(panel)[0] == "Output “setosa”"
    panel.findChild(QWidget, "network-card").hide()
    assert inked(pixels(panel)[between], 120) < 0.05 * before


def test_a_name_on_a_card_is_not_taken_for_html(qtbot) -> None:
    made = NetworkCard("card", QWidget())
    qtbot.addWidget(made.parentWidget())
    made.explain(Explanation("<b>x</b>", (Row("<i>", "1 < 2"),)))
    text = QTextDocumentFragment.fromHtml(made.text()).toPlainText()
    assert [line for line in text.splitlines() if line] == ["<b>x</b>", "<i>", "1 < 2"]


def test_the_card_of_a_pixel_says_where_it_is(qtbot) -> None:
    panel = shown(qtbot, trained(CASES["convolution"]))
    hover(qtbot, panel, place(panel, 1, 2 * 36 + 3 * 6 + 4))
    assert card(panel)[:2] == ["Conv 1, map 3", "row 4, column 5"]
    small = panel.network.columns[1].size
    key(qtbot, panel, Qt.Key.Key_1)
    assert panel.network.columns[1].size > 1.3 * small
    hover(qtbot, panel, place(panel, 1, 5 * 36 + 14))
    assert card(panel)[:2] == ["Conv 1, map 6", "row 3, column 3"]


# ------------------------------------------------------------------------------------ sample, fills


def test_choosing_a_sample_is_announced_once_and_shown(qtbot) -> None:
    panel = shown(qtbot, trained(XOR, row=0))
    spin = panel.findChild(QSpinBox, "network-row")
    assert (spin.minimum(), spin.maximum(), spin.value()) == (1, 4, 1)
    with qtbot.waitSignal(panel.row_chosen) as chosen:
        spin.setValue(3)
    assert chosen.args == [2]
    assert "for sample 3" in panel.description()
    assert panel.findChild(QSlider, "network-row-slider").value() == 3
    assert said(panel) == "x 1.00, y 0 → 1"
    assert spin.text() == "3 of 4"
    with qtbot.assertNotEmitted(panel.row_chosen):
        panel.show_frame(dataclasses.replace(trained(XOR), row=3))
    assert spin.value() == 4


def test_neurons_show_the_plane_or_the_sample(qtbot) -> None:
    frame = trained(XOR)
    panel = shown(qtbot, frame)
    plane = pixels(panel)
    fills(panel)[0].click()
    assert (pixels(panel) != plane).any()
    other = paper_of(qtbot, frame)
    other.restore_view(panel.view_state())
    other.begin(frame.inspection.problem)
    assert other.view_state()["fills"] == {"plane": "sample"}
    assert fills(other)[0].isChecked()


def test_neurons_behind_an_image_can_show_their_weights_and_those_of_a_table_nothing(qtbot) -> None:
    panel = shown(qtbot, trained(CASES["letters"]))
    before = pixels(panel)
    fills(panel)[1].click()
    assert (pixels(panel) != before).any()
    assert not fills(shown(qtbot, trained(CASES["iris"])))


def fills(panel: NetworkPanel) -> list[QToolButton]:
    buttons = panel.findChild(QWidget, "network-fill").findChildren(QToolButton)
    return [button for button in buttons if not button.isHidden()]


# -------------------------------------------------------------------------------- moving the view


def test_the_wheel_keeps_what_is_under_the_mouse_and_fit_brings_all_back(qtbot) -> None:
    panel = shown(qtbot, trained(XOR))
    whole, there = pixels(panel), place(panel, 1, 1)
    wheel(panel, there, 360, Qt.KeyboardModifier.NoModifier)
    assert look(panel).zoom > 1.5
    assert (place(panel, 1, 1) - there).manhattanLength() <= 2
    panel.findChild(QToolButton, "network-fit").click()
    assert (pixels(panel) == whole).all()


def test_keys_a_double_click_and_dragging_move_the_view(qtbot) -> None:
    panel, zooms = shown(qtbot, trained(XOR)), []
    for code in (Qt.Key.Key_Plus, Qt.Key.Key_F, Qt.Key.Key_Minus):
        key(qtbot, panel, code)
        zooms.append(look(panel).zoom)
    assert zooms[0] > zooms[1] == 1 > zooms[2]
    qtbot.mouseDClick(picture(panel), Qt.MouseButton.LeftButton)
    assert look(panel).zoom == 1
    before = place(panel, 1, 1)
    qtbot.mousePress(picture(panel), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(picture(panel), QPoint(140, 125))
    qtbot.mouseRelease(picture(panel), Qt.MouseButton.LeftButton, pos=QPoint(140, 125))
    assert place(panel, 1, 1) - before == QPoint(40, 25)


def test_the_same_network_again_is_looked_at_from_where_one_was(qtbot) -> None:
    panel = shown(qtbot, trained(XOR))
    panel.network.zoom_in()
    key(qtbot, panel, Qt.Key.Key_Return)
    panel.begin(trained(XOR).inspection.problem)
    assert look(panel).zoom > 1
    assert look(panel).focus == (1, 0)
    panel.begin(trained(CASES["letters"]).inspection.problem)
    assert look(panel).zoom == 1
    assert look(panel).focus is None


# ------------------------------------------------------------------------- collapsed and expanded


def test_the_line_below_a_collapsed_layer_and_the_wheel_scroll_it(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    column = panel.network.columns[1]
    hidden, last = column.hidden, column.shown[-1]
    below = QPointF(column.x, column.box[3] + 8.0).toPoint()
    assert shown_texts(panel)[0] == f"+ {hidden} more"
    click(qtbot, panel, below)
    first = last + 1  # one stays to hold on to, counted from 1
    assert shown_texts(panel)[0].startswith(f"{first}–")
    assert look(panel).focus is None
    click(qtbot, panel, below - QPoint(20, 0))
    assert shown_texts(panel)[0] == f"+ {hidden} more"
    shift, at = Qt.KeyboardModifier.ShiftModifier, place(panel, 1, 3)
    wheel(panel, at, -120, shift)
    assert panel.network.columns[1].shown.start > 0
    assert look(panel).zoom == 1
    wheel(panel, at, 120, shift)
    wheel(panel, place(panel, 3, 3), -120, shift)
    assert [column.shown.start for column in panel.network.columns] == [0, 0, 0, 0]


def test_a_double_click_on_a_caption_opens_the_layer_and_escape_closes_it(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    caption = QPoint(place(panel, 1, 0).x(), 0)
    while look(panel).visible_range.expanded_layer is None and caption.y() < 90:
        caption += QPoint(0, 4)
        qtbot.mouseDClick(picture(panel), Qt.MouseButton.LeftButton, pos=caption)
    assert look(panel).visible_range.expanded_layer == 1
    assert panel.network.columns[1].hidden == 0
    assert "Esc" in note(panel)
    key(qtbot, panel, Qt.Key.Key_Escape)
    assert look(panel).visible_range.expanded_layer is None


def test_keys_open_layers_and_zero_brings_all_back(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    for code, layer in ((Qt.Key.Key_2, 2), (Qt.Key.Key_1, 1)):
        key(qtbot, panel, code)
        assert look(panel).visible_range.expanded_layer == layer
    key(qtbot, panel, Qt.Key.Key_3)  # the outputs have names: seen closely
    assert look(panel).visible_range.expanded_layer is None
    assert look(panel).zoom > 1
    assert picture(panel).rect().contains(place(panel, 3, 5))
    key(qtbot, panel, Qt.Key.Key_0)
    assert look(panel).zoom == 1


# --------------------------------------------------------------------------------- one neuron alone


def test_a_click_shows_one_neurons_edges_alone_and_training_goes_on(qtbot) -> None:
    problem = large_problem()
    panel = shown(qtbot, frame_of(problem))
    with qtbot.waitSignal(panel.selected) as caught:
        click(qtbot, panel, place(panel, 2, 4))
    assert caught.args == [Selection(1, 4)]
    assert look(panel).focus == (2, 4)
    qtbot.mouseMove(picture(panel), QPoint(3, 3))
    count = problem.blank_network().parameters.size
    panel.show_frame(frame_of(problem, np.random.default_rng(1).normal(0.0, 0.1, count)))
    hidden = panel.network.columns[1].hidden
    assert note(panel).startswith("Only the weights of Hidden 2, neuron 5")
    assert f"{hidden} of {128 + 10} weights are not drawn" in note(panel)
    between = pixels(panel)[gap(panel, 0)]
    assert inked(between, 8) < 0.02 * between[..., 0].size
    assert "Hidden 2, neuron 5" in picture(panel).accessibleDescription()
    with qtbot.waitSignal(panel.selected) as caught:
        click(qtbot, panel, QPoint(3, 3))
    assert caught.args == [None]
    assert look(panel).focus is None
    assert picture(panel).accessibleDescription() == ""


def test_a_click_on_an_edge_chooses_its_weight_which_is_marked(qtbot) -> None:
    frame = trained(XOR)
    panel = shown(qtbot, frame)
    edges = panel.network.state.every.edges
    x0, y0, x1, y1 = edges.lines[edges.edge_of(0, 2, 1)].tolist()
    middle = panel.network.camera.map(QPointF((x0 + x1) / 2, (y0 + y1) / 2)).toPoint()
    before = near(pixels(panel), LIGHT.accent)
    with qtbot.waitSignal(panel.selected) as caught:
        click(qtbot, panel, middle)
    assert caught.args == [Selection(0, 2, 1)]
    assert look(panel).focus is None
    panel.show_frame(dataclasses.replace(frame, selection=Selection(0, 2, 1)))
    seen = pixels(panel)
    assert near(seen, LIGHT.accent) > before
    assert near(
        seen[middle.y() - 8 : middle.y() + 9, middle.x() - 8 : middle.x() + 9], LIGHT.accent
    )
    panel.show_frame(dataclasses.replace(frame, selection=Selection(0, 3)))
    ring = place(panel, 1, 3)
    assert near(pixels(panel)[ring.y() - 40 : ring.y() + 41], LIGHT.accent) > 50
    with qtbot.waitSignal(panel.selected) as caught:
        key(qtbot, panel, Qt.Key.Key_Escape)
    assert caught.args == [None]


def test_a_first_layers_weights_are_shown_on_the_image(qtbot) -> None:
    frame = frame_of(large_problem())
    panel = shown(qtbot, frame)
    panel.network.focus_on((1, 7))
    weights = frame.inspection.weights(0)[7]
    pixel = int(np.abs(weights).argmax())
    at = place(panel, 0, pixel)
    wanted = LIGHT.positive if weights[pixel] > 0 else LIGHT.negative
    assert np.abs(pixels(panel)[at.y(), at.x()] - rgb(wanted)).max() <= 12


def test_arrows_walk_from_neuron_to_neuron_and_beyond_the_collapsed_end(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    last = panel.network.columns[1].shown[-1]
    key(qtbot, panel, Qt.Key.Key_Return)
    assert look(panel).focus == (1, 0)
    panel.network.focus_on((1, last))
    key(qtbot, panel, Qt.Key.Key_Down)
    assert look(panel).focus == (1, last + 1)
    assert panel.network.columns[1].position(last + 1) is not None
    key(qtbot, panel, Qt.Key.Key_Right)
    assert look(panel).focus[0] == 2
    key(qtbot, panel, Qt.Key.Key_Left)
    assert look(panel).focus[0] == 1
    key(qtbot, panel, Qt.Key.Key_Escape)
    assert look(panel).focus is None


def test_arrows_are_the_windows_until_a_neuron_is_in_focus(qtbot) -> None:
    panel, stepped = shown(qtbot, frame_of(large_problem())), []
    action = QAction(panel)
    action.setShortcut(Qt.Key.Key_Right)
    action.triggered.connect(lambda: stepped.append(1))
    panel.addAction(action)
    panel.activateWindow()
    picture(panel).setFocus()
    qtbot.waitUntil(picture(panel).hasFocus)
    key(qtbot, panel, Qt.Key.Key_Right)
    assert stepped == [1]
    panel.network.focus_on((1, 0))
    key(qtbot, panel, Qt.Key.Key_Right)
    assert stepped == [1]
    assert look(panel).focus[0] == 2


# ------------------------------------------------------------------------------------------- search


def finding(qtbot, panel: NetworkPanel, text: str = "") -> QLineEdit:
    panel.activateWindow()
    panel.findChild(QShortcut, "network-find-shortcut").activated.emit()
    field = panel.findChild(QLineEdit, "network-find")
    qtbot.waitUntil(field.hasFocus)
    if text:
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    return field


def test_a_search_brings_a_collapsed_neuron_into_view(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    field = finding(qtbot, panel, "hidden 1, 100")
    assert look(panel).focus == (1, 99)
    assert panel.network.columns[1].position(99) is not None
    assert picture(panel).rect().contains(place(panel, 1, 99))
    qtbot.waitUntil(picture(panel).hasFocus)
    assert field.text() == ""


def test_what_is_typed_is_completed_from_the_names_of_all_there_is(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()))
    field = finding(qtbot, panel)
    for typed, name in (
        ("den 2, 6", "Hidden 2, 6"),
        ("output, 7", "Output, 7"),
        ("hid", "Hidden 1"),
    ):
        field.completer().setCompletionPrefix(typed)
        assert field.completer().currentCompletion() == name
    field.completer().activated.emit("Hidden 2")
    assert look(panel).visible_range.expanded_layer == 2


def test_a_search_for_what_is_not_there_says_so(qtbot) -> None:
    panel = shown(qtbot, frame_of(large_problem()), 480, 400)
    assert not panel.findChild(QLineEdit, "network-find").isVisible()
    field = finding(qtbot, panel, "hidden 1, 500")
    assert look(panel).focus is None
    assert "“hidden 1, 500”" in said(panel)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(picture(panel).hasFocus)
    assert said(panel).startswith("actual")
    assert field.text() == ""
    assert not field.isVisible(), "a narrow picture has the search only when it is asked for"


# ------------------------------------------------------------------------------------------- words


def test_words_say_what_is_seen(qtbot) -> None:
    panel = shown(qtbot, trained(CASES["iris"], row=0))
    assert "4-6-3" in panel.description()
    assert "setosa is expected" in panel.description()
    assert {entry.mark for entry in panel.legend()} == {"line", "dashed", "gradient", "disc"}
    assert panel.findChild(QWidget, "network-legend").isVisible()
    for name in ("row", "row-slider", "find", "fit", "zoom-in", "zoom-out"):
        control = panel.findChild(QWidget, f"network-{name}")
        assert control.accessibleName()
        assert control.toolTip()


@pytest.mark.parametrize(
    ("case", "unit", "name"),
    [
        ("iris", (0, 1), "sepal width (cm)"),
        ("iris", (1, 4), "Hidden 1, neuron 5"),
        ("iris", (2, 2), "Output “virginica”"),
        ("xor", (2, 0), "Output"),
        ("convolution", (1, 40), "Conv 1, map 2"),
        ("convolution", (2, 40), "Flatten, number 41"),
        ("convolution", (3, 4), "Output “4”"),
    ],
)
def test_neurons_have_names(case, unit, name) -> None:
    assert unit_name(Problem(CASES[case]), *unit) == name
