"""The forms: what they show, what they ask for, what they refuse, and what they leave alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from nnviz.datasets.catalog import CATALOG
from nnviz.engine.losses import LOSSES
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.errors import InvalidChoiceError
from nnviz.gui.look.style import application_font, apply_style, palette, window_sheet
from nnviz.gui.look.theme import DARK, LIGHT, Theme
from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.setup.sample_box import SampleBox
from nnviz.gui.setup.setup_panel import SetupPanel
from nnviz.gui.widgets.choice_box import ChoiceBox
from nnviz.gui.widgets.number_field import NumberField
from nnviz.training import choices
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import dataset_of
from nnviz.training.settings import SETTINGS


class Desk:
    """A panel with a store behind it, as in the window, and what went over the wire."""

    def __init__(self, bot: QtBot, sample: str) -> None:
        self.bot, self.panel = bot, SetupPanel()
        self.panel.complete()
        self.store = ExperimentStore(choices.with_sample(Experiment(), sample))
        self.asked: list[Experiment] = []
        bot.addWidget(self.panel)
        self.panel.resize(280, 900)
        self.panel.show_experiment(self.now)
        with bot.waitExposed(self.panel):
            self.panel.show()
        self.panel.edited.connect(self.asked.append)
        self.panel.edited.connect(self.store.propose)
        self.store.changed.connect(self.panel.show_experiment)
        self.store.refused.connect(self.panel.show_refusal)

    @property
    def now(self) -> Experiment:
        return self.store.experiment

    def find(self, name: str, kind: type = QWidget) -> QWidget:
        found = self.panel.findChildren(kind, name)
        assert len(found) == 1, f"{len(found)} widgets called {name}"
        return found[0]

    def choose(self, box: str, name: str) -> None:
        """Choose a line by keyboard and mouse's own way: Qt's `activated`."""
        combo = self.find(box, ChoiceBox)
        index = combo.findData(name)
        assert combo.model().item(index).isEnabled(), f"{name} is disabled"
        combo.setCurrentIndex(index)
        combo.activated.emit(index)

    def enter(self, field: str, text: str) -> NumberField:
        number = self.type(field, text)
        self.key(number, Qt.Key.Key_Return)
        return number

    def type(self, field: str, text: str) -> NumberField:
        number = self.find(field, NumberField)
        number.setFocus()
        number.selectAll()
        self.bot.keyClicks(number, text)
        return number

    def key(self, widget: QWidget, key: Qt.Key) -> None:
        self.bot.keyClick(widget, key)

    def click(self, name: str) -> None:
        self.find(name, QAbstractButton).click()

    def message(self, path: str) -> str:
        label = self.find(f"{path}-message", QLabel)
        assert label.isVisibleTo(self.panel) == bool(label.text())
        return label.text()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Callable[[str], Desk]]:
    kept: list[Desk] = []

    def open_desk(sample: str = "circle") -> Desk:
        kept.append(Desk(qtbot, sample))
        return kept[-1]

    yield open_desk


Open = Callable[..., Desk]

# ---------------------------------------------------------------------------------------- showing


def test_showing_a_sample_asks_for_nothing(desk: Open) -> None:
    here = desk("xor")
    for sample, spec in CATALOG.items():
        here.panel.show_experiment(choices.with_sample(Experiment(), sample))
        shown = {
            option
            for option in ("rows", "noise", "classes", "features")
            if here.find(f"data-{option}-field").isVisibleTo(here.panel)
        }
        experiment = here.panel.data.experiment
        expected = {"rows", "noise", "classes"} & set(spec.options)
        if dataset_of(experiment.data).feature_names == ("x", "y"):
            expected.add("features")
        assert shown == expected, sample
    assert here.asked == []


def test_every_control_is_named_and_says_what_it_does(desk: Open) -> None:
    here = desk("blobs")
    here.panel.network.more.expand()
    here.panel.training.more.expand()
    silent = [
        control.objectName() or repr(control)
        for control in controls_of(here.panel)
        if not (control.objectName() and control.accessibleName() and control.toolTip())
    ]
    assert silent == []


def controls_of(panel: SetupPanel) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, NumberField, QSlider)
    found = [child for kind in kinds for child in panel.findChildren(kind)]
    return [child for child in found if child.objectName() != "qt_spinbox_lineedit"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("sample", ["xor", "letters-abc", "sine", "wine", "concrete", "houses"])
def test_the_preview_paints_the_data(desk: Open, qtbot: QtBot, sample: str, theme: Theme) -> None:
    here = desk(sample)
    here.panel.setPalette(palette(theme))
    picture = here.find("data-preview").grab().toImage()
    side = picture.height() - 8
    square = {picture.pixel(x, y) for x in range(8, side) for y in range(8, side)}
    assert len(square) >= 3
    assert QColor(theme.surface).rgb() in square


def test_the_preview_follows_the_hand_on_the_noise_slider(desk: Open) -> None:
    here = desk("circle")
    before = here.find("data-preview").grab().toImage()
    slider = here.find("data-noise-slider", QSlider)
    slider.setSliderDown(True)
    slider.setValue(45)
    assert here.asked == []
    assert here.find("data-noise-number", NumberField).text() == "45 %"
    assert here.find("data-preview").grab().toImage() != before
    slider.setSliderDown(False)
    assert [experiment.data.noise for experiment in here.asked] == [45.0]
    assert here.now.data.noise == 45.0


@pytest.fixture
def styled(qapp: QApplication) -> Iterator[QApplication]:
    """The application with the font and palette of the window."""
    apply_style(qapp, LIGHT)
    yield qapp
    qapp.setFont(application_font())


@pytest.mark.parametrize("size", [0.9, 1.0, 1.5, 2.0])
def test_nothing_is_cut_off_at_any_size_of_text(
    styled: QApplication, desk: Open, size: float
) -> None:
    font = styled.font()
    font.setPixelSize(round(size * font.pixelSize()))
    styled.setFont(font)
    here = desk("blobs")
    here.panel.setStyleSheet(window_sheet(LIGHT))
    here.panel.resize(here.panel.minimumWidth(), 900)
    here.panel.network.more.expand()
    here.panel.training.more.expand()
    view = here.find("setup-scroll").viewport()
    styled.sendPostedEvents()
    for control in (*controls_of(here.panel), *here.panel.findChildren(QLabel)):
        if not control.isVisible():
            continue
        right = control.mapTo(here.panel, QPoint(control.width(), 0)).x()
        assert right <= view.width(), control.objectName()
        if not isinstance(control, QSlider | QComboBox) and control.text():
            assert control.height() >= control.fontMetrics().height() - 2, control.objectName()
    here.panel.about.show_experiment(PRESETS["xor-2-4-1"].experiment.with_seed(4))
    styled.sendPostedEvents()
    for button in here.panel.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width(), button.objectName()


def test_rate_and_activation_are_in_sight_in_the_usual_window(
    styled: QApplication, desk: Open
) -> None:
    here = desk("xor")
    here.panel.setStyleSheet(window_sheet(LIGHT))
    here.panel.resize(294, 780)  # as in a window of 1440 × 900
    opened = {key: preset.experiment for key, preset in PRESETS.items()}
    for sample in ("circle", "iris", "concrete", "digits"):
        opened[sample] = choices.with_sample(Experiment(), sample)
    hidden = []
    for key, experiment in opened.items():
        here.panel.show_experiment(experiment)
        for _ in range(4):  # a layout within layouts tells the next one out
            styled.sendPostedEvents()
        for name in ("output-activation", "training-learning-rate"):
            control = here.find(name)
            if control.mapTo(here.panel, QPoint(0, control.height())).y() > 780:
                hidden.append(key)
    deep = {key for key, one in opened.items() if len(one.network.layers) > 2}
    assert set(hidden) <= deep, "only where many layers take the place"


def test_every_setting_is_somewhere_and_says_what_the_table_says(desk: Open) -> None:
    here = desk("blobs")
    for path, setting in SETTINGS.items():
        fields = [form.field_of(path) for form in here.panel.forms]
        (field,) = [field for field in fields if field is not None]
        if path != "network.layers":
            assert setting.hint in field.control.toolTip() + field.label.toolTip()
            assert setting.title in field.control.accessibleName() or "clip" in path


# ----------------------------------------------------------------------------------------- asking


def test_a_sample_is_chosen_from_its_group(desk: Open) -> None:
    here = desk("circle")
    box = here.find("data-sample", SampleBox)
    assert sorted(box.names()) == sorted(CATALOG)
    here.store.propose(PRESETS["mlp"].experiment)
    here.choose("data-sample", "iris")
    assert here.now == starting_point("iris")
    assert here.now.network.layers[-1].units == 3
    assert here.find("output-units", QLabel).text() == "3"
    assert here.find("training-loss", ChoiceBox).name == "categorical_crossentropy"


def test_the_list_of_samples_shows_a_picture_of_each(desk: Open) -> None:
    box = desk("circle").find("data-sample", SampleBox)
    box.paint_pictures()
    pictures = {name: box.item(name).icon().pixmap(22, 22).toImage() for name in box.names()}
    assert all(not picture.isNull() for picture in pictures.values())
    assert pictures["circle"] != pictures["spiral"]


EDITS: list[tuple[str, str, object]] = [
    ("data-rows", "60", 60),
    ("data-noise-number", "25%", 25.0),
    ("data-test-fraction-number", "35", 0.35),
    ("data-seed-number", "17", 17),
    ("training-learning-rate", "3e-2", 0.03),
    ("training-optimizer", "adam", "adam"),
    ("training-loss", "mean_squared_error", "mean_squared_error"),
    ("network-initializer", "he_normal", "he_normal"),
    ("network-dtype", "float32", "float32"),
    ("training-stop-when", "train_metric", "train_metric"),
    ("data-standardize-inputs", "", True),
    ("training-shuffle", "", False),
]


@pytest.mark.parametrize(("name", "text", "value"), EDITS)
def test_what_is_entered_chosen_or_ticked_is_asked_for(
    desk: Open, name: str, text: str, value: object
) -> None:
    here = desk("blobs")
    here.panel.training.more.expand()
    control = here.find(name)
    if isinstance(control, NumberField):
        here.enter(name, text)
    elif isinstance(control, ChoiceBox):
        here.choose(name, text)
        assert control.name == value
    else:
        here.click(name)
    part, _, field = name.removesuffix("-number").replace("-", "_").partition("_")
    assert getattr(getattr(here.now, part), field) == value
    assert len(here.asked) == 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_of_an_optimiser_come_with_it(desk: Open, name: str) -> None:
    here = desk("circle")
    if name != here.now.training.optimizer:
        here.choose("training-optimizer", name)
    for parameter in OPTIMIZERS[name].parameters:
        field = f"training-optimizer-{parameter.name.replace('_', '-')}"
        middle = (parameter.low + parameter.high) / 2
        here.enter(field, f"{middle:g}")
        assert here.now.training.optimizer_values[parameter.name] == pytest.approx(middle)


def test_layers_are_added_changed_and_removed(desk: Open) -> None:
    here = desk("circle")
    here.click("network-add-layer")
    here.enter("layer-2-units", "6")
    here.choose("layer-2-activation", "relu")
    here.key(here.find("layer-1-units", NumberField), Qt.Key.Key_Up)
    sizes = [(layer.units, layer.activation) for layer in here.now.network.layers]
    assert sizes == [(5, "sigmoid"), (6, "relu"), (1, "sigmoid")]
    here.click("layer-1-remove")
    assert [layer.units for layer in here.now.network.layers] == [6, 1]
    here.choose("output-activation", "tanh")
    assert [layer.activation for layer in here.now.network.layers] == ["relu", "tanh"]
    here.click("layer-1-remove")
    assert len(here.now.network.layers) == 1
    assert here.panel.findChildren(NumberField, "layer-1-units") == []


def test_inputs_of_the_plane_are_switched_but_not_all_off(desk: Open) -> None:
    here = desk("circle")
    here.click("data-feature-x2")
    assert here.now.data.features == ("x", "y", "x2")
    for key in ("x", "y", "x2"):
        here.click(f"data-feature-{key}")
    assert here.now.data.features == ("x2",)
    assert "no inputs" in here.message("data-features")
    assert here.find("data-feature-x2", QAbstractButton).isChecked()


def test_dice_throw_another_seed(desk: Open) -> None:
    here = desk("circle")
    for part, name in (("data", "data-seed-dice"), ("training", "training-seed-dice")):
        before = getattr(here.now, part).seed
        here.click(name)
        assert getattr(here.now, part).seed != before


def test_a_batch_of_ones_own_size(desk: Open) -> None:
    here = desk("circle")
    here.choose("training-batch-size-choice", "10")
    assert here.now.training.batch_size == 10
    here.choose("training-batch-size-choice", "other")
    here.enter("training-batch-size-number", "17")
    assert here.now.training.batch_size == 17
    here.enter("training-batch-size-number", "9999")
    assert "9999" in here.message("training-batch-size")
    assert here.find("training-batch-size-number", NumberField).text() == "9,999"
    here.choose("training-batch-size-choice", "full")
    assert here.now.training.batch_size is None
    assert here.message("training-batch-size") == ""


def test_biases_are_switched_in_all_layers(desk: Open) -> None:
    here = desk("houses")
    here.click("network-use-bias")
    assert not any(layer.use_bias for layer in here.now.network.layers)
    assert not here.find("network-bias-initializer").isEnabled()


# --------------------------------------------------------------------------------------- refusing

REFUSED = [
    ("data-rows", "many", "data-rows", "“many”"),
    ("data-rows", "3.5", "data-rows", "“3.5”"),
    ("data-noise-number", "70", "data-noise", "to 50 %"),
    ("training-learning-rate", "0", "training-learning-rate", "from 1e−9"),
    ("training-learning-rate", "nan", "training-learning-rate", "“nan”"),
    ("layer-1-units", "5000", "network-layers-0", "1,024"),
    ("data-seed-number", "", "data-seed", "write a number"),
]


@pytest.mark.parametrize(("field", "text", "path", "said"), REFUSED)
def test_what_cannot_be_taken_is_said_at_the_field_and_left_there(
    desk: Open, field: str, text: str, path: str, said: str
) -> None:
    here = desk("circle")
    number = here.find(field, NumberField)
    number.setFocus()
    number.selectAll()
    here.key(number, Qt.Key.Key_Delete)
    here.enter(field, text)
    assert said in here.message(path)
    assert number.text() == text
    assert number.property("refused")
    assert here.asked == []
    here.key(number, Qt.Key.Key_Escape)
    assert here.message(path) == ""
    assert not number.property("refused")


def test_what_is_refused_from_outside_is_said_where_it_belongs(desk: Open) -> None:
    here = desk("circle")
    error = InvalidChoiceError("This cannot be.", "Do {what}.", field="network.dtype", what="that")
    here.panel.show_refusal(error)
    assert here.message("network-dtype") == "This cannot be. Do that."
    assert here.panel.training.more.button.isChecked(), "the field it is about is in the open"
    here.panel.clear_refusals()
    assert here.message("network-dtype") == ""
    here.panel.show_refusal(InvalidChoiceError("Not here.", field="network.layers.0.activation"))
    assert here.message("network-layers-0") == "Not here."
    assert here.find("layer-1-activation").property("refused")
    assert not here.find("layer-1-units").property("refused")
    here.panel.show_refusal(InvalidChoiceError("Too many.", field="network.layers"))
    assert here.message("network-layers") == "Too many."
    assert here.find("network-add-layer").property("refused")
    assert not here.find("output-activation").property("refused")
    here.panel.show_refusal(InvalidChoiceError("Something is wrong."))
    assert here.message("setup") == "Something is wrong.", "about no field: at the top"
    here.choose("training-optimizer", "adam")
    assert here.message("setup") == ""


def test_impossible_choices_are_disabled_and_say_why(desk: Open) -> None:
    here = desk("houses")
    box = here.find("training-loss", ChoiceBox)
    enabled = [name for name in LOSSES if box.item(name).isEnabled()]
    assert enabled == ["mean_squared_error", "half_mean_squared_error", "mean_absolute_error"]
    assert box.item("binary_crossentropy").toolTip().endswith("Choose the mean squared error.")
    output = here.find("output-activation", ChoiceBox)
    assert not output.item("softmax").isEnabled()
    assert "probabilities" in output.item("softmax").toolTip()
    assert not here.find("layer-1-activation", ChoiceBox).item("sign").isEnabled()
    here = desk("two-gaussians")
    here.choose("training-loss", "perceptron")
    button = here.find("network-add-layer", QAbstractButton)
    assert not button.isEnabled()
    assert "single layer" in button.toolTip()
    here.choose("training-loss", "binary_crossentropy")
    assert button.isEnabled()


# ------------------------------------------------------------------------- leaving a person alone


def test_what_a_person_types_stays_until_its_value_changes(desk: Open) -> None:
    here = desk("circle")
    number = here.type("training-epochs", "12")
    here.store.propose(here.now.change("training", epochs=77))
    assert number.text() == "12", "the person is in the field"
    here.key(number, Qt.Key.Key_Escape)
    assert number.text() == "77"
    here.enter("training-epochs", "soon")
    here.find("data-rows", NumberField).setFocus()
    here.choose("training-optimizer", "adam")
    assert number.text() == "soon", "it is to be put right"
    assert here.message("training-epochs") != ""
    here.store.propose(here.now.change("training", epochs=55))
    assert number.text() == "55"
    assert here.message("training-epochs") == ""


def test_the_space_bar_stays_the_windows_shortcut(desk: Open) -> None:
    here = desk("circle")
    pressed: list[str] = []
    shortcut = QShortcut(QKeySequence("Space"), here.panel)
    number = here.type("training-epochs", "55")
    shortcut.activated.connect(lambda: pressed.append(number.text()))
    here.key(number, Qt.Key.Key_Space)
    assert pressed == ["55"]
    assert here.asked == [], "whether it is entered is the shortcut's to say"


def test_what_is_typed_is_entered_or_said_not_to_be(desk: Open) -> None:
    here = desk("circle")
    assert here.panel.finish_editing(), "nothing is being typed"
    number = here.type("training-epochs", "soon")
    assert not here.panel.finish_editing()
    assert number.text() == "soon"
    assert here.message("training-epochs") != ""
    here.type("training-epochs", "55")
    assert here.asked == []
    assert here.panel.finish_editing()
    assert here.now.training.epochs == 55


@pytest.mark.parametrize(
    "name", ["training-loss", "training-epochs", "data-noise-slider", "data-sample"]
)
def test_the_wheel_changes_nothing_in_passing(desk: Open, qapp: QApplication, name: str) -> None:
    here = desk("circle")
    here.find("data-seed-number").setFocus()
    control = here.find(name)
    at, down = QPointF(4, 4), QPoint(0, -120)
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, control.mapToGlobal(at), QPoint(), down, buttons, keys, phase, False)
    qapp.sendEvent(control, event)
    assert not event.isAccepted(), "the panel is to scroll"
    assert here.asked == []


@pytest.mark.parametrize(
    ("path", "value", "told_by"),
    [
        ("training.epochs", 0, "training-epochs-message"),
        ("training.l2", -1.0, "training-l2-message"),
        ("data.rows", 5, "data-rows-message"),
        ("data.noise", 900.0, "setup-message"),  # digits have none: its field is not shown
    ],
)
@pytest.mark.parametrize("from_top", [True, False])
def test_a_refusal_is_brought_into_sight(
    desk: Open, path: str, value: float, told_by: str, from_top: bool
) -> None:
    here = desk("digits" if told_by == "setup-message" else "blobs")
    here.panel.resize(280, 400)
    scroll = here.find("setup-scroll")
    bar = scroll.verticalScrollBar()
    here.bot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(0 if from_top else bar.maximum())
    part, name = path.split(".")
    asked = here.now.change(part, **{name: value})
    if path == "data.rows":
        asked = asked.change("data", classes=8)
    assert not here.store.propose(asked)
    sentence, view = here.find(told_by), scroll.viewport()

    def is_in_sight() -> bool:
        at = sentence.mapTo(view, QPoint(0, 0))
        return bool(sentence.text()) and view.rect().contains(QRect(at, sentence.size()))

    here.bot.waitUntil(is_in_sight)


def test_tab_walks_through_the_form_from_top_to_bottom(desk: Open) -> None:
    here = desk("blobs")
    here.click("network-add-layer")
    here.find("data-sample").setFocus()
    seen: list[int] = []
    names: list[str] = []
    column = here.find("setup-scroll").widget()
    for _ in range(60):
        widget = QApplication.focusWidget()
        assert widget is not None
        names.append(widget.objectName())
        seen.append(widget.mapTo(column, QPoint(0, widget.height() // 2)).y() // 8)
        here.key(widget, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is here.find("training-epochs"):
            break
    else:
        pytest.fail("the epochs are never reached")
    assert seen == sorted(seen), names


# ------------------------------------------------------------------------------ the words


def test_what_is_changed_of_a_tutorial_is_told_and_can_be_had_back(desk: Open) -> None:
    here = desk("iris")
    own = PRESETS["xor-2-4-1"]
    changes, back = here.find("about-changes", QLabel), here.find("about-back", QAbstractButton)
    here.store.propose(own.experiment)
    assert not back.isVisibleTo(here.panel)
    here.enter("training-learning-rate", "0.5")
    here.enter("training-epochs", "70")
    assert here.now.preset == own.key
    assert changes.text() == "Changed: rate 1 → 0.5; epochs 5,000 → 70."
    assert here.find("section-about", QAbstractButton).text() == own.title
    back.click()
    assert here.now == own.experiment
    assert not back.isVisibleTo(here.panel)
    here.choose("data-sample", "iris")
    assert here.now.preset == ""


def test_a_tutorial_says_what_to_learn_and_what_was_measured(desk: Open) -> None:
    panel = desk("xor").panel
    words = [panel.findChild(QLabel, f"about-{part}") for part in ("description", "note")]
    source = panel.findChild(QLabel, "about-source")
    for preset in PRESETS.values():
        panel.show_experiment(preset.experiment)
        assert [label.text() for label in words] == [preset.description, preset.note]
        assert source.text() == str(preset.source)
    assert words[0].isVisibleTo(panel) and not words[1].isVisibleTo(panel)
    panel.findChild(QAbstractButton, "section-about").click()
    assert all(label.isVisibleTo(panel) == bool(label.text()) for label in words)
    panel.show_experiment(dataclasses.replace(preset.experiment, preset=""))
    spec = CATALOG[preset.experiment.data.sample]
    assert [label.text() for label in words] == [spec.description, spec.origin]
    assert source.text() == ""


@pytest.mark.parametrize("way", ["unfolded", "refused"])
def test_what_is_folded_away_is_made_when_it_is_wanted(qtbot, way):
    panel = SetupPanel()
    qtbot.addWidget(panel)
    experiment = Experiment().change("training", stop_when="train_loss", stop_value=0.25)
    panel.show_experiment(experiment)
    assert "training.stop_value" not in panel.training.fields
    if way == "unfolded":
        panel.findChild(QAbstractButton, "training-more").click()
    else:
        panel.show_refusal(InvalidChoiceError("No.", "Yes.", field="training.stop_value"))
    control = panel.training.fields["training.stop_value"].control
    assert isinstance(control, NumberField)
    assert control.value == 0.25
    assert control.isVisibleTo(panel)
