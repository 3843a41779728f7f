"""The window's shell, by its menus, keys and object names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QCompleter,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from nnviz import ending
from nnviz.datasets.catalog import CATALOG
from nnviz.engine.layers import Dense
from nnviz.errors import DivergedError
from nnviz.gui import preferences
from nnviz.gui.look.icons import icon
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.numbers import NOTHING, percent, steady
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import DARK, LIGHT, SMALL_SIZE
from nnviz.gui.main_window import FIRST_PRESET, MainWindow
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.run_lines import CURRENT, figure_columns, line_of
from nnviz.gui.run.session import SessionState
from nnviz.gui.setup.sample_box import SampleBox
from nnviz.gui.shell import notices as notices_module
from nnviz.gui.shell.actions import ACTIONS
from nnviz.gui.shell.docks import LAYOUT, ON_DEMAND
from nnviz.gui.shell.interrupts import Interrupts
from nnviz.gui.shell.notices import Notice, Notices, close_log, log_file, open_log
from nnviz.gui.widgets.number_field import NumberField
from nnviz.storage.playground import experiment_of
from nnviz.training.comparisons import COMPARISONS
from nnviz.training.completion import complete
from nnviz.training.family import FAMILY
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS
from nnviz.training.problem import dataset_of

IN_SIGHT = [place for area in LAYOUT.values() for place in area]
TABBED = [key for place in IN_SIGHT if len(place) > 1 for key in place if key not in ON_DEMAND]


@pytest.fixture(autouse=True)
def as_it_begins(qtbot, window):
    """Bring the one window of all tests here back to how it begins."""
    window.look.choose("light")
    window.resize(1440, 900)
    window.docks.arrange()
    window.banner.clear()
    window.commands.set_pace("epoch-300")
    window.commands.open_preset(FIRST_PRESET)
    qtbot.waitUntil(lambda: window.session.state is SessionState.IDLE)


def action(window, name):
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


def menu_actions(menu):
    for entry in menu.actions():
        if entry.menu() is not None:
            yield from menu_actions(entry.menu())
        elif not entry.isSeparator():
            yield entry


# ------------------------------------------------------------------------------ actions and menus


def test_menus_offer_everything_once_by_a_name_a_key_and_a_sentence(window):
    tops = window.menuBar().actions()
    entries = [entry for top in tops for entry in menu_actions(top.menu())]
    names = [entry.objectName() for entry in entries]
    assert all(names)
    assert len(names) == len(set(names))
    tables = {
        "action": ACTIONS,
        "sample": CATALOG,
        "preset": PRESETS,
        "comparison": COMPARISONS,
        "pace": PACES,
        "theme": preferences.THEME.choices,
        "text-size": preferences.TEXT_SIZE.choices,
        "show": ["setup", *PANELS],
    }
    assert {f"{kind}-{key}" for kind, table in tables.items() for key in table} == set(names)
    assert all(entry.statusTip() for entry in entries)
    keys = [key for entry in entries if (key := entry.shortcut().toString())]
    assert len(keys) == len(set(keys)) >= 10
    for menu in (window.menuBar(), *window.menuBar().findChildren(QMenu)):
        mnemonics = [QKeySequence.mnemonic(entry.text()).toString() for entry in menu.actions()]
        mnemonics = [key for key in mnemonics if key]
        assert len(mnemonics) == len(set(mnemonics)), menu.objectName()


@pytest.mark.parametrize("ink", ["text", "accent"])
def test_an_icon_has_the_ink_asked_for_in_every_theme(qapp, ink):
    play = icon("play", ink)
    for theme in (DARK, LIGHT):
        apply_style(qapp, theme)
        image = play.pixmap(16, 16).toImage()
        colors = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        assert {color.name() for color in colors if color.alpha() == 255} == {getattr(theme, ink)}


def test_an_empty_window_says_that_it_is_loading(qtbot, qapp):
    window = MainWindow(ThemeManager(qapp), Notices())
    card = window.findChild(QWidget, "panelCard")
    assert "Loading…" in [label.text() for label in card.findChildren(QLabel)]
    with qtbot.waitSignal(window.ready, timeout=20_000):
        window.show()
    qtbot.waitUntil(lambda: "Loading…" not in [one.text() for one in card.findChildren(QLabel)])
    window.close()
    window.deleteLater()


def test_a_preset_names_its_source_and_opening_one_scrolls_setup_to_its_words(qtbot, window):
    for key, preset in PRESETS.items():
        assert action(window, f"preset-{key}").toolTip().endswith(f"\n{preset.source}")
    scroll = window.findChild(QScrollArea, "setup-scroll")
    for key in ("letters-abc", "letters-abc"):  # another one, and the one that is open already
        bar = scroll.verticalScrollBar()
        qtbot.waitUntil(lambda bar=bar: bar.maximum() > 0)
        bar.setValue(bar.maximum())
        action(window, f"preset-{key}").trigger()
        qtbot.wait(50)
        source = window.findChild(QLabel, "about-source")
        assert source.text() == str(PRESETS[key].source)
        assert not source.visibleRegion().isEmpty()
        assert bar.value() == 0


def test_a_preset_is_ticked_and_told_until_it_is_left(window):
    action(window, "preset-letters-abc").trigger()
    preset = PRESETS["letters-abc"]
    assert window.store.experiment == preset.experiment
    assert preset.title in window.windowTitle()
    assert window.findChild(QLabel, "statusSentence").accessibleName() == preset.description
    assert action(window, "preset-letters-abc").isChecked()
    action(window, "action-add-hidden-layer").trigger()
    assert preset.title in window.windowTitle()
    assert action(window, "preset-letters-abc").isChecked()
    assert action(window, "sample-letters-abc").isChecked()
    action(window, "sample-letters-abc").trigger()
    assert not any(action(window, f"preset-{key}").isChecked() for key in PRESETS)


def test_a_preset_that_is_about_a_view_opens_it(qtbot, window, monkeypatch):
    state = {"view": "confusion", "views": {"confusion": {"shares": True}}}
    monkeypatch.setitem(PRESETS, "mlp", replace(PRESETS["mlp"], view=state))
    output = window.panels["output"]
    window.commands.open_preset("xor-2-4-1")
    window.docks.bring_to_front("inspector")
    window.commands.open_preset("mlp")
    qtbot.waitUntil(lambda: output.current is not None and output.current.name == "confusion")
    assert not output.visibleRegion().isEmpty()
    output.restore_view({"view": "surface"})
    before = output.current.name
    window.commands.new_start()
    qtbot.waitUntil(lambda: output.problem.experiment == window.store.experiment)
    assert output.current.name == before, "it is opened, and then left to the person"


@pytest.mark.parametrize("place", ["data-rows", "network-find", "network-row", "forward-table"])
@pytest.mark.parametrize("floats", [False, True])
def test_undo_works_from_anywhere(qtbot, window, place, floats):
    first = window.store.experiment
    window.docks["forward"].raise_()
    dock = window.docks["setup" if place == "data-rows" else "forward"]
    dock.setFloating(floats and place != "network-find")
    window.commands.new_start()
    control = window.findChild(QWidget, place)
    control.window().activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is control.window())
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    qtbot.keyClick(control, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    dock.setFloating(False)
    assert window.store.experiment == first


def test_a_large_file_is_read_aside_and_what_was_chosen_last_is_opened(qtbot, window, monkeypatch):
    read, slow, held, reading = [], CATALOG["iris"], Event(), Event()
    is_read = lambda: bool(read)  # noqa: E731
    make = lambda options: read.append(1) or (reading.wait() and slow.make(options))  # noqa: E731
    monkeypatch.setitem(CATALOG, "iris", replace(slow, is_read=is_read, make=make))
    dataset_of.cache_clear()
    window.session.background.ask("record", held.wait, lambda _: None)  # a long calculation
    chosen = window.findChild(SampleBox)
    chosen.paint_pictures()
    assert not read, "of such a sample there is no picture yet"
    chosen.chosen.emit("iris")
    assert window.store.experiment.data.sample == "xor"
    assert "Iris" in window.status.findChild(QLabel, "statusSentence").text()
    reading.set()
    qtbot.waitUntil(lambda: window.store.experiment.data.sample == "iris")
    held.set()
    read.clear()
    reading.clear()
    window.commands.open_sample("iris")
    qtbot.waitUntil(lambda: bool(read))
    window.commands.open_sample("circle")
    reading.set()
    qtbot.wait(30)
    assert window.store.experiment.data.sample == "circle"


def test_undo_takes_back_typing_first(qtbot, window):
    window.commands.open_sample("circle")
    window.commands.new_start()
    second, control = window.store.experiment, window.findChild(NumberField, "data-rows")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    control.setFocus()
    qtbot.waitUntil(control.hasFocus)
    before = control.text()
    qtbot.keyClicks(control, "2")
    assert control.text() != before
    for experiment in (second, replace(second, training=replace(second.training, seed=0))):
        qtbot.keyClick(control, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (control.text(), window.store.experiment) == (before, experiment)


def test_a_refusal_is_said_in_one_place(window):
    told = window.findChild(QLabel, "statusSentence")
    messages = window.findChild(QWidget, "setup-scroll").findChildren(QLabel)

    def said():
        texts = [label.text() for label in messages if label.isVisible()]
        return [text for text in (*texts, told.accessibleName()) if "11 hidden layers" in text]

    for shown in (True, False):
        window.docks["setup"].setVisible(shown)
        for _ in range(11):
            action(window, "action-add-hidden-layer").trigger()
        assert len(window.store.experiment.network.layers) == 11
        assert len(said()) == 1
        assert ("11 hidden layers" in told.accessibleName()) != shown
        window.commands.open_preset(FIRST_PRESET)


def test_a_playground_address_is_opened_and_copied(window):
    address = "https://playground.tensorflow.org/#dataset=spiral&networkShape=6,3"
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(address)
    window.actions_["open-playground"].trigger()
    dialog = window.findChild(QInputDialog, "playground-dialog")
    assert dialog.textValue() == address
    dialog.accept()
    asked = window.store.experiment
    assert asked.data.sample == "spiral"
    assert [layer.units for layer in asked.network.layers] == [6, 3, 1]
    window.actions_["copy-playground"].trigger()
    assert "dataset=spiral" in clipboard.text()
    assert experiment_of(clipboard.text()) == asked
    window.commands.open_preset("letters-abc")
    failed = []
    window.playground.failed.connect(failed.append)
    window.actions_["copy-playground"].trigger()
    assert "TensorFlow Playground cannot show this" in str(failed)
    assert experiment_of(clipboard.text()) == asked


def test_edits_by_menu_and_their_undoing(window):
    first = window.store.experiment
    start = window.recording.frame.inspection.snapshot.parameters
    action(window, "action-new-start").trigger()
    second = window.store.experiment
    assert (second.data, second.network) == (first.data, first.network)
    assert (window.recording.frame.inspection.snapshot.parameters != start).any()
    undo, redo = action(window, "action-undo"), action(window, "action-redo")
    undo.trigger()
    assert window.store.experiment == first
    redo.trigger()
    assert window.store.experiment == second
    assert not redo.isEnabled()
    remove = action(window, "action-remove-hidden-layer")
    action(window, "action-add-hidden-layer").trigger()
    assert len(window.store.experiment.network.layers) == 3
    remove.trigger()
    remove.trigger()
    assert len(window.store.experiment.network.layers) == 1
    assert not remove.isEnabled()


# ----------------------------------------------------------------------------------------- a run


def test_the_train_button_trains_pauses_and_says_so(qtbot, window):
    action(window, "pace-epoch-30").trigger()
    button = window.findChild(QPushButton, "trainButton")
    width, text = button.width(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.state is SessionState.RUNNING
    assert button.text() != text
    assert button.width() == width
    epoch = window.bar.figures["epoch"]
    qtbot.waitUntil(lambda: epoch.text not in ("0", NOTHING), timeout=20_000)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)
    assert button.text() == text


def test_figures_keep_their_places_and_reset_returns_to_the_start(qtbot, window):
    figures = window.bar.figures
    qtbot.waitUntil(lambda: figures["epoch"].text == "0")
    first, places = figures["train"].text, [figure.x() for figure in figures.values()]
    assert figures["test"].text == NOTHING
    action(window, "pace-full").trigger()
    action(window, "action-train").trigger()
    qtbot.waitUntil(lambda: window.session.state is SessionState.FINISHED, timeout=60_000)
    qtbot.waitUntil(lambda: figures["epoch"].text == "5,000")
    assert float(figures["train"].text) < float(first)
    assert [figure.x() for figure in figures.values()] == places
    action(window, "action-reset").trigger()
    qtbot.waitUntil(lambda: figures["epoch"].text == "0")
    assert figures["train"].text == first


@pytest.mark.parametrize(
    ("sample", "caption", "ending"),
    [
        ("xor", "Accuracy, train", "%"),
        ("iris", "Accuracy, test", "%"),
        ("auto-mpg", "R², test", ""),
    ],
)
def test_tool_bar_and_tab_tell_accuracy_or_r2_of_the_test_part(
    qtbot, window, sample, caption, ending
):
    window.commands.open_sample(sample)
    assert window.docks["accuracy"].windowTitle() == caption.split(",")[0]
    figure = window.bar.figures["metric"]
    qtbot.waitUntil(lambda: figure.accessibleName().startswith(f"{caption}: "))
    history = window.recording.history
    metric = history.column(f"{caption.split()[1]}_metric")[-1]
    text = percent(metric) if ending else steady(metric)
    qtbot.waitUntil(lambda: figure.text == text)
    assert text.endswith(ending)


# ----------------------------------------------------------------------------------------- keys


@pytest.fixture
def typing(qtbot, window):
    """Give a new control of this kind the focus, and press keys in it."""
    made = []

    def typed(kind, key, prepare=lambda control: None):
        control = kind(window.centralWidget())
        made.append(control)
        prepare(control)
        control.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        control.setFocus()
        qtbot.waitUntil(control.hasFocus)
        qtbot.keyClick(control, key)
        return control

    yield typed
    for control in made:
        control.deleteLater()


@pytest.mark.parametrize("kind", [QPushButton, QToolButton, QWidget])
def test_space_trains_where_nobody_else_needs_it(window, typing, kind):
    typing(kind, Qt.Key.Key_Space, lambda control: control.setFocusPolicy(Qt.StrongFocus))
    assert window.session.state is SessionState.RUNNING


def test_a_button_is_pressed_by_return_and_leaves_right_to_stepping(qtbot, window, typing):
    pressed = []
    typing(QPushButton, Qt.Key.Key_Return, lambda b: b.clicked.connect(lambda: pressed.append(1)))
    assert pressed == [1]
    typing(QPushButton, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_fields_boxes_and_sliders_keep_the_keys_they_need(window, typing):
    field = typing(QLineEdit, Qt.Key.Key_Space, lambda field: field.setText("a"))
    assert " " in field.text()
    typing(QLineEdit, Qt.Key.Key_Right, lambda field: field.setText("a"))
    typing(QPlainTextEdit, Qt.Key.Key_Space)
    assert typing(QCheckBox, Qt.Key.Key_Space).isChecked()
    slider = typing(QSlider, Qt.Key.Key_Right, lambda s: s.setOrientation(Qt.Horizontal))
    assert slider.value() == 1
    combo = typing(QComboBox, Qt.Key.Key_Space, lambda box: box.addItems(["a", "b"]))
    assert combo.view().isVisible()
    combo.hidePopup()
    assert window.session.state is SessionState.IDLE


def test_tab_goes_through_the_tool_bar_from_left_to_right(window):
    walked = [window.bar.train]
    while walked[-1].objectName() != "paceSlider" and len(walked) < 20:
        walked.append(walked[-1].nextInFocusChain())
    names = [w.objectName() for w in walked if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert names == ["trainButton", "button-step", "button-reset", "paceSlider"]


# ---------------------------------------------------------------------------------------- themes


def test_the_theme_changes_at_once_and_everywhere_and_back(qtbot, qapp, window):
    def looks():
        return window.grab().toImage()

    qtbot.waitUntil(lambda: window.docks["loss"].isVisible() and window.feed.resting)
    before = looks()
    for name, theme in (("dark", DARK), ("light", LIGHT)):
        action(window, f"theme-{name}").trigger()
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.window
        assert theme.surface in window.styleSheet()
        assert {panel.theme for panel in window.panels.values()} == {theme}
        assert (looks() == before) or name == "dark"
    qtbot.waitUntil(lambda: looks() == before)
    assert {bar.font().pixelSize() for bar in window.findChildren(QTabBar)} == {SMALL_SIZE}


def test_windows_of_their_own_inherit_the_windows_look(qapp, window):
    assert qapp.styleSheet() == ""  # many times as slow there
    popups = [completer.popup() for completer in window.findChildren(QCompleter)]
    menus = window.findChildren(QMenu)
    assert popups
    assert menus
    for part in (*popups, *menus, *window.docks):
        top = part
        while top.parentWidget() is not None:
            top = top.parentWidget()
        assert top is window, part


def test_what_is_remembered_is_believed_only_where_it_can_be(qapp, window):
    window.look.choose("dark")
    assert ThemeManager(qapp).theme is DARK
    QSettings().setValue(preferences.THEME.name, "mauve")
    assert ThemeManager(qapp).choice == preferences.SYSTEM
    QSettings().setValue(preferences.GEOMETRY.name, 7)
    assert preferences.read(preferences.GEOMETRY) == preferences.GEOMETRY.default


# ----------------------------------------------------------------------------------------- docks


def test_everything_is_reached_in_the_least_window(qtbot, window):
    least = window.minimumSize()
    assert least.width() <= 940 and least.height() <= 540
    window.resize(least)
    assert window.bar.minimumSizeHint().width() <= least.width()
    qtbot.waitUntil(lambda: window.docks["output"].geometry().right() < least.width())
    assert window.size() == least
    shown = [dock for dock in window.docks if not dock.visibleRegion().isEmpty()]
    assert all(window.rect().contains(dock.geometry()) for dock in shown)

    def cut():
        bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
        tabs = [(bar, tab) for bar in bars for tab in range(bar.count())]
        texts = [(bar.tabRect(tab).width(), bar.tabText(tab)) for bar, tab in tabs]
        return [
            text for room, text in texts if bars[0].fontMetrics().horizontalAdvance(text) > room
        ]

    qtbot.waitUntil(lambda: cut() == [])


def test_the_bar_has_the_validation_part_where_there_is_no_test(qtbot, window):
    window.commands.open_sample("moons")
    figures, asked = window.bar.figures, window.store.experiment
    for shares, loss, merit in (
        ({"validation_fraction": 0.2}, "Test loss", "Accuracy, test"),
        ({"validation_fraction": 0.2, "test_fraction": 0.0}, "Validation loss", "Accuracy, valida"),
        ({"test_fraction": 0.0}, "Test loss", "Accuracy, train"),
    ):
        assert window.store.propose(asked.change("data", **shares))
        for key, name in (("test", loss), ("metric", merit)):
            qtbot.waitUntil(lambda k=key, n=name: figures[k].accessibleName().startswith(n))


def test_f11_takes_the_whole_screen_and_gives_it_back(window):
    for is_full in (True, False):
        action(window, "action-full-screen").trigger()
        assert window.isFullScreen() is is_full


def test_layout_and_pace_are_remembered_and_nothing_has_the_focus(opened):
    def places(window):
        return {
            dock.key: (window.dockWidgetArea(dock), dock.isFloating(), dock.isHidden())
            for dock in window.docks
        }

    window = opened()
    assert window.focusWidget() in (None, window), "no button looks chosen"
    assert not action(window, "action-undo").isEnabled()
    slider = window.findChild(QSlider, "paceSlider")
    action(window, "pace-step-10").trigger()
    assert slider.value() == list(PACES).index("step-10")
    slider.setValue(0)
    assert action(window, f"pace-{next(iter(PACES))}").isChecked()
    action(window, "show-weights").trigger()
    window.docks["output"].setFloating(True)
    after = places(window)
    window.close()
    assert not any(dock.isVisible() for dock in window.docks), "nothing floats on"
    window = opened()
    assert places(window) == after
    assert window.findChild(QSlider, "paceSlider").value() == 0


def test_each_panel_in_sight_shows_its_title_and_each_behind_it_a_tab(qtbot, window):
    assert [dock.key for dock in window.docks] == ["setup", *PANELS]
    listed = [key for place in IN_SIGHT for key in place]
    assert set(listed) <= {"setup", *PANELS}, "one that is not listed joins the last place"
    assert len(listed) == len(set(listed))

    def titles():
        labels = window.findChildren(QLabel, "panelTitle")
        return sorted(label.text() for label in labels if not label.visibleRegion().isEmpty())

    def tabs():
        bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
        return sorted(bar.tabText(index) for bar in bars for index in range(bar.count()))

    fronts = sorted(["Network", *(window.docks[places[0]].windowTitle() for places in IN_SIGHT)])
    qtbot.waitUntil(lambda: titles() == fronts)
    qtbot.waitUntil(lambda: tabs() == sorted(window.docks[k].windowTitle() for k in TABBED))


@pytest.mark.parametrize("key", ["loss", "setup"])
def test_the_close_button_closes_and_the_menu_reopens(qtbot, window, key):
    close = window.findChild(QToolButton, f"close-{key}")
    qtbot.waitUntil(close.isVisible)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.docks[key].isHidden()
    assert not action(window, f"show-{key}").isChecked()
    action(window, f"show-{key}").trigger()
    assert not window.docks[key].isHidden()


def test_the_menu_brings_a_panel_from_behind_and_then_closes_it(qtbot, window):
    runs, front = window.panels["runs"], window.panels["activations"]
    toggle = action(window, "show-runs")
    qtbot.waitUntil(front.isVisible)
    assert toggle.isChecked() and not runs.isVisible()
    toggle.trigger()
    qtbot.waitUntil(runs.isVisible)
    assert toggle.isChecked() and not front.isVisible(), "what is behind is not drawn"
    toggle.trigger()
    assert window.docks["runs"].isHidden() and not toggle.isChecked()
    toggle.trigger()
    qtbot.waitUntil(runs.isVisible)
    assert toggle.isChecked()


@pytest.mark.parametrize(("focus", "meant"), [("loss", "loss"), ("setup", "network")])
def test_pictures_are_asked_of_the_panel_with_the_focus(qtbot, window, focus, meant):
    part = window.setup.findChild(QComboBox) if focus == "setup" else window.panels[focus]
    window.activateWindow()
    qtbot.waitUntil(part.isVisible)
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)

    with qtbot.waitSignal(window.export.said) as said:
        action(window, "action-copy-picture").trigger()
    assert said.args[0].startswith(f"Copied {meant.title()} (")

    def has_focus_again() -> bool:
        window.activateWindow()  # as desktops do where the progress has had it, for a slow picture
        return part.hasFocus()

    qtbot.waitUntil(has_focus_again)
    save = window.findChild(QToolButton, "save-weights").click
    for press, key in ((action(window, "action-save-picture").trigger, meant), (save, "weights")):
        press()
        title = window.panels[key].title_for(window.recording.problem)
        assert window.export.dialog.windowTitle() == f"Save picture: {title}"
        window.export.dialog.reject()
        qtbot.waitUntil(lambda: window.findChild(QDialog, "export-dialog") is None)


def test_a_deep_network_leaves_every_panel_within_a_small_window(qtbot, window):
    window.resize(1024, 700)
    window.commands.open_preset("digits-mlp")
    layers = (*[Dense(16, "relu")] * 8, Dense(10, "softmax"))
    assert window.store.propose(window.store.experiment.change("network", layers=layers))
    qtbot.waitUntil(lambda: window.feed.resting)

    def ends():
        shown = [dock for dock in window.docks if not dock.visibleRegion().isEmpty()]
        return [dock.mapTo(window, dock.rect().bottomRight()).x() for dock in shown]

    qtbot.waitUntil(lambda: max(ends()) < window.width())
    output = window.panels["output"]
    for button in output.findChildren(QAbstractButton):
        if button.isVisible():
            place = button.mapTo(output, button.rect().topLeft())
            assert output.rect().contains(QRect(place, button.size())), button.objectName()


# --------------------------------------------------------------------------------------- notices


def test_an_exception_of_a_slot_reaches_banner_log_and_clipboard(qapp, window):
    window.notices.install()
    log = open_log()
    assert log is not None
    try:
        raise RuntimeError("the reason")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        close_log(log)
        window.notices.uninstall()
    assert window.banner.isVisible()
    assert "Reset" in window.banner.sentence
    assert "RuntimeError: the reason" in log_file().read_text(encoding="utf-8")
    window.notices.raised.emit(Notice("It broke.", "line 1\nline 2"))
    window.findChild(QPushButton, "noticeDetails").click()
    assert window.findChild(QPlainTextEdit, "noticeTrace").toPlainText() == "line 1\nline 2"
    window.findChild(QPushButton, "noticeCopy").click()
    assert qapp.clipboard().text() == "It broke.\n\nline 1\nline 2"
    window.findChild(QWidget, "noticeDialog").close()


def test_an_error_with_a_remedy_is_said_as_it_is_and_goes_with_the_next_run(window):
    error = DivergedError("Layer {layer} broke.", "Lower the rate.", layer=2)
    window.session.failed.emit(error, "")
    assert window.banner.sentence == "Layer 2 broke. Lower the rate."
    assert not window.findChild(QPushButton, "noticeDetails").isVisible()
    action(window, "action-reset").trigger()
    assert not window.banner.isVisible()


def test_a_long_notice_takes_two_lines_and_is_told_in_full(qtbot, window):
    sentence = " ".join(["The runs of this comparison are kept."] * 12)
    window.resize(1024, 700)
    window.notices.raised.emit(Notice(sentence, good=True))
    label = window.banner.findChild(QLabel, "noticeText")
    line = label.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: 0 < label.heightForWidth(label.width()) <= 2 * line)
    assert label.text().endswith("…") and sentence.startswith(label.text()[:-1])
    assert window.banner.sentence == label.toolTip() == label.accessibleName() == sentence
    window.notices.raised.emit(Notice("Done.", good=True))
    assert (label.text(), label.toolTip()) == ("Done.", "")


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(monkeypatch, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(notices_module, "log_file", lambda: blocked / "nnviz.log")
    assert open_log() is None
    assert "log cannot be written" in caplog.text


# --------------------------------------------------------------------------- the family of models


@pytest.fixture
def models(window):
    action(window, "action-compare-models").trigger()
    dialog = window.findChild(QDialog, "modelsDialog")
    yield dialog
    if isValid(dialog):
        dialog.close()


def test_the_family_is_trained_in_the_dialog_as_its_presets_are(qtbot, models):
    table = models.table
    first = [table.picture(row).toImage() for row in range(len(FAMILY))]
    qtbot.waitUntil(lambda: not models.work.busy, timeout=180_000)
    head, *lines = [line.split("\t") for line in table.copied().splitlines()]
    assert head[1:7] == [
        *("task", "output", "objective", "output activation", "geometric meaning", "loss")
    ]
    for row, (line, model) in enumerate(zip(lines, FAMILY, strict=True)):
        done = complete(model.preset.experiment)
        assert line[0] == model.preset.title
        assert line[5] == model.geometry
        assert line[-3:-1] == [str(done.epochs), steady(done.final.train_loss)]
        assert line[-1].endswith("%") == (done.problem.dataset.task == "classification")
        assert table.picture(row).toImage() != first[row], "it shows what was learned"


def test_names_and_figures_of_the_family_are_in_sight_in_a_small_window(qtbot, models):
    models.resize(1024, 650)
    table = models.table
    qtbot.waitUntil(lambda: table.width() > 900)
    assert table.horizontalScrollBar().maximum() == 0
    measured = QFontMetrics(table.look.strong).horizontalAdvance
    widest = max(measured(model.preset.title) for model in FAMILY)
    assert table.verticalHeader().width() >= widest


def test_a_line_of_the_family_opens_its_preset_and_arrows_only_walk(qtbot, window, models):
    table = models.table
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert models.isVisible()
    spot = table.visualRect(table.content.index(3, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert window.store.experiment == PRESETS["perceptron"].experiment
    assert not models.isVisible()
    assert not models.work.busy, "nobody trains what nobody sees"


# ------------------------------------------------------------------------------- start and finish


def test_what_the_first_paint_does_not_need_waits_for_it():
    late = {"pyqtgraph", "msgspec", "nnviz.storage.project", "nnviz.datasets.own.formats"}
    late |= {"nnviz.storage.onnx_model", "nnviz.gui.shell.data_dialog", "nnviz.gui.panels"}
    code = f"import sys, nnviz.gui.app; print({late} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_panel_behind_others_is_made_last_or_when_it_comes_in_sight(qtbot, qapp):
    window = MainWindow(ThemeManager(qapp), Notices())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.opened, timeout=20_000):
        window.show()
    in_front = {place[0] for place in IN_SIGHT} - {"setup"}
    assert set(window.panels) == {"network", *in_front}
    window.docks["gallery"].raise_()
    assert set(window.panels) == {"network", "gallery", *in_front}
    assert window.panels["gallery"].isVisible()
    with qtbot.waitSignal(window.ready, timeout=20_000):
        pass
    assert set(window.panels) == {"network", *PANELS}
    assert not window.panels["inspector"].isVisible()
    window.close()


def test_what_is_asked_for_before_its_panel_is_there_does_no_harm(qtbot, qapp):
    window = MainWindow(ThemeManager(qapp), Notices())
    qtbot.addWidget(window)
    window.actions_["predict-row"].trigger()  # there are no docks yet
    with qtbot.waitSignal(window.opened, timeout=20_000):
        window.show()
    window.docks["forward"].close()
    window.actions_["predict-row"].trigger()  # and now no panel, which nobody sees
    with qtbot.waitSignal(window.ready, timeout=20_000):
        pass
    window.close()


@pytest.mark.parametrize("asked", ["export-all", "export-report", "help"])
def test_what_shows_every_panel_has_those_made_that_nobody_has_seen(
    qtbot, qapp, asked, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    window = MainWindow(ThemeManager(qapp), Notices())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.opened, timeout=20_000):
        window.show()
    window.actions_[asked].trigger()
    assert set(window.panels) == {"network", *PANELS}
    for dialog in window.findChildren(QDialog):
        dialog.reject()
    window.close()


def test_train_asked_for_before_the_first_run_is_ready_is_not_lost(qtbot, qapp):
    window = MainWindow(ThemeManager(qapp), Notices())
    qtbot.addWidget(window)
    window.show()
    action(window, "action-train").trigger()
    qtbot.waitUntil(lambda: window.session.state is SessionState.RUNNING, timeout=20_000)
    window.close()


def test_a_window_closed_before_all_is_there_starts_nothing(qtbot, qapp):
    window = MainWindow(ThemeManager(qapp), Notices())
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.opened, timeout=20_000):
        window.show()
    qtbot.waitUntil(lambda: len(window.panels) > len(IN_SIGHT), timeout=20_000)
    window.close()
    made = set(window.panels)
    qtbot.wait(300)
    assert set(window.panels) == made != {"network", *PANELS}
    assert not window.session.worker.thread().isRunning()


def test_closing_while_training_leaves_nothing_behind(qtbot, opened):
    window = opened()
    action(window, "action-train").trigger()
    assert window.session.state is SessionState.RUNNING
    thread = window.session.worker.thread()
    window.close()
    assert thread.isFinished()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_terminal_can_close_the_window(qtbot, number, monkeypatch):
    ends = []
    monkeypatch.setattr(ending, "_asked", [])
    monkeypatch.setattr(os, "_exit", ends.append)
    before = {each: signal.getsignal(each) for each in ending.SIGNALS}
    ending.obey_signals()
    try:
        interrupts = Interrupts()
        with qtbot.waitSignal(interrupts.asked):
            signal.raise_signal(number)
        assert ends == []
        interrupts.close()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert ends == [128 + number]


def test_a_metric_that_is_not_defined_says_so(qtbot, window):
    few = PRESETS["house-prices"].experiment.change("data", rows=5, test_fraction=0.2)
    assert window.store.propose(few)
    value = window.findChild(QWidget, "figure-metric").findChild(QLabel, "figureValue")
    qtbot.waitUntil(lambda: value.text() == "not defined")
    assert value.fontMetrics().horizontalAdvance(value.text()) <= value.width()
    columns = figure_columns([line_of(CURRENT, "", few, window.recording.history)])
    texts = {(c.column.group, c.column.title): c.cells[0].text for c in columns}
    assert texts["R²", "test"] == "not defined"
    assert ("R²", "validation") not in texts
    accuracy = window.panels["accuracy"]
    accuracy.begin(window.recording.current()[0])
    labels = [entry.label for entry in accuracy.legend()]
    assert labels == ["train", "test: not defined"]
