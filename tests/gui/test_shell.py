"""The window's shell, by its menus, keys and object names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)

from nnviz import ending
from nnviz.datasets.catalog import CATALOG
from nnviz.engine.layers import Dense
from nnviz.errors import DivergedError
from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.look.icons import icon
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.numbers import NOTHING, percent, steady
from nnviz.gui.look.theme import DARK, LIGHT, SMALL_SIZE, THEMES
from nnviz.gui.main_window import MainWindow
from nnviz.gui.panels import PANELS
from nnviz.gui.run.session import SessionState
from nnviz.gui.shell import notices as notices_module
from nnviz.gui.shell.actions import ACTIONS
from nnviz.gui.shell.docks import LAYOUT
from nnviz.gui.shell.interrupts import Interrupts
from nnviz.gui.shell.notices import Notice, Notices, close_log, log_file, open_log
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS

IN_SIGHT = [place for area in LAYOUT.values() for place in area]
TABBED = [key for place in IN_SIGHT if len(place) > 1 for key in place]


@pytest.fixture
def look(qapp):
    """The look of the application; it is bare again afterwards."""
    font, palette = qapp.font(), qapp.palette()
    make_application()
    qapp.setApplicationName("nnviz-tests")
    qapp.setOrganizationName("nnviz-tests")
    look = ThemeManager(qapp)
    yield look
    look.choose(preferences.SYSTEM)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def open_window(qtbot, look):
    """Open windows that are closed at the end."""
    windows = []

    def opened():
        window = MainWindow(look, Notices())
        qtbot.addWidget(window)
        windows.append(window)
        with qtbot.waitSignal(window.ready, timeout=20_000):
            window.show()
        return window

    yield opened
    for window in windows:
        window.close()


@pytest.fixture
def window(open_window):
    return open_window()


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


def all_menu_actions(window):
    return [entry for top in window.menuBar().actions() for entry in menu_actions(top.menu())]


# ------------------------------------------------------------------------------ actions and menus


def test_every_menu_entry_has_a_name_of_its_own(window):
    names = [entry.objectName() for entry in all_menu_actions(window)]
    assert all(names)
    assert len(names) == len(set(names))


def test_every_action_is_in_a_menu_and_says_what_it_does(window):
    names = {entry.objectName() for entry in all_menu_actions(window)}
    assert {f"action-{key}" for key in ACTIONS} <= names
    for entry in all_menu_actions(window):
        assert entry.statusTip(), entry.objectName()


def test_no_two_actions_share_a_shortcut(window):
    keys = [entry.shortcut().toString() for entry in all_menu_actions(window)]
    keys = [key for key in keys if key]
    assert len(keys) == len(set(keys)) >= 10


def test_no_two_entries_of_a_menu_share_a_mnemonic(window):
    bars = [window.menuBar(), *window.menuBar().findChildren(QMenu)]
    for menu in bars:
        mnemonics = [QKeySequence.mnemonic(entry.text()).toString() for entry in menu.actions()]
        mnemonics = [key for key in mnemonics if key]
        assert len(mnemonics) == len(set(mnemonics)), menu.title() if menu else "bar"


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("spec", ACTIONS.values(), ids=ACTIONS)
def test_every_action_has_an_icon_in_every_theme(qapp, spec, theme):
    drawn = icon(spec.icon, theme).pixmap(16, 16).toImage()
    colors = {drawn.pixelColor(x, y).alpha() for x in range(16) for y in range(16)}
    assert len(colors) > 1


def test_menus_offer_every_sample_preset_pace_theme_and_panel(window):
    names = {entry.objectName() for entry in all_menu_actions(window)}
    assert {f"sample-{key}" for key in CATALOG} <= names
    assert {f"preset-{key}" for key in PRESETS} <= names
    assert {f"pace-{key}" for key in PACES} <= names
    assert {f"theme-{key}" for key in preferences.THEME.choices} <= names
    assert {f"show-{key}" for key in ["setup", *PANELS]} <= names


def test_every_sample_can_be_opened_from_the_data_menu(window):
    for key, spec in CATALOG.items():
        action(window, f"sample-{key}").trigger()
        assert window.store.experiment.data.sample == key
        assert window.recording.problem.experiment == window.store.experiment
        assert action(window, f"sample-{key}").isChecked()
        assert spec.title in window.windowTitle()
        assert not window.banner.isVisible()


def test_a_preset_is_ticked_until_something_is_changed(window):
    action(window, "preset-letters-abc").trigger()
    assert window.store.experiment == PRESETS["letters-abc"].experiment
    assert PRESETS["letters-abc"].title in window.windowTitle()
    assert action(window, "preset-letters-abc").isChecked()
    action(window, "action-add-hidden-layer").trigger()
    assert not any(action(window, f"preset-{key}").isChecked() for key in PRESETS)
    assert action(window, "sample-letters-abc").isChecked()


def test_undo_and_redo_walk_through_what_was_asked(window):
    first = window.store.experiment
    undo, redo = action(window, "action-undo"), action(window, "action-redo")
    assert not undo.isEnabled()
    action(window, "sample-spiral").trigger()
    second = window.store.experiment
    undo.trigger()
    assert window.store.experiment == first
    assert redo.isEnabled()
    redo.trigger()
    assert window.store.experiment == second
    assert not redo.isEnabled()


def test_layers_are_added_and_removed_down_to_none(window):
    remove = action(window, "action-remove-hidden-layer")
    action(window, "action-add-hidden-layer").trigger()
    assert len(window.store.experiment.network.layers) == 3
    remove.trigger()
    remove.trigger()
    assert len(window.store.experiment.network.layers) == 1
    assert not remove.isEnabled()


def test_a_new_start_changes_the_first_weights_only(window):
    before = window.store.experiment
    start = window.recording.frame.inspection.snapshot.parameters
    action(window, "action-new-start").trigger()
    assert window.store.experiment.data == before.data
    assert window.store.experiment.network == before.network
    assert (window.recording.frame.inspection.snapshot.parameters != start).any()


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


def test_the_pace_is_the_same_in_menu_and_slider_and_is_remembered(open_window):
    window = open_window()
    slider = window.findChild(QSlider, "paceSlider")
    action(window, "pace-step-10").trigger()
    assert slider.value() == list(PACES).index("step-10")
    slider.setValue(0)
    assert action(window, f"pace-{next(iter(PACES))}").isChecked()
    window.close()
    assert open_window().findChild(QSlider, "paceSlider").value() == 0


@pytest.mark.parametrize(
    ("sample", "caption", "ending"),
    [
        ("xor", "Accuracy, train", "%"),
        ("iris", "Accuracy, test", "%"),
        ("auto-mpg", "R², test", ""),
    ],
)
def test_the_tool_bar_tells_accuracy_or_r2_of_the_test_part(qtbot, window, sample, caption, ending):
    window.commands.open_sample(sample)
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

    def typed(kind, key, prepare=lambda control: None):
        control = kind(window.centralWidget())
        prepare(control)
        control.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        control.setFocus()
        qtbot.waitUntil(control.hasFocus)
        qtbot.keyClick(control, key)
        return control

    return typed


@pytest.mark.parametrize("kind", [QPushButton, QToolButton, QWidget])
def test_space_trains_where_nobody_else_needs_it(window, typing, kind):
    typing(kind, Qt.Key.Key_Space, lambda control: control.setFocusPolicy(Qt.StrongFocus))
    assert window.session.state is SessionState.RUNNING


def test_right_steps_when_a_button_has_the_focus(qtbot, window, typing):
    typing(QPushButton, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.state is SessionState.PAUSED, timeout=20_000)


def test_text_fields_keep_space_and_right(window, typing):
    field = typing(QLineEdit, Qt.Key.Key_Space, lambda field: field.setText("a"))
    assert " " in field.text()
    typing(QLineEdit, Qt.Key.Key_Right, lambda field: field.setText("a"))
    typing(QPlainTextEdit, Qt.Key.Key_Space)
    assert window.session.state is SessionState.IDLE


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_boxes_and_sliders_keep_the_keys_they_need(window, typing):
    assert typing(QCheckBox, Qt.Key.Key_Space).isChecked()
    slider = typing(QSlider, Qt.Key.Key_Right, lambda s: s.setOrientation(Qt.Horizontal))
    assert slider.value() == 1
    combo = typing(QComboBox, Qt.Key.Key_Space, lambda box: box.addItems(["a", "b"]))
    assert combo.view().isVisible()
    combo.hidePopup()
    assert window.session.state is SessionState.IDLE


def test_return_presses_a_button(qtbot, window, typing):
    pressed = []
    typing(QPushButton, Qt.Key.Key_Return, lambda b: b.clicked.connect(lambda: pressed.append(1)))
    assert pressed == [1]


# ---------------------------------------------------------------------------------------- themes


def test_the_theme_changes_at_once_and_everywhere(qapp, window):
    action(window, "theme-dark").trigger()
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.surface in window.styleSheet()
    assert {panel.theme.name for panel in window.panels.values()} == {"dark"}
    action(window, "theme-light").trigger()
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    assert {panel.theme.name for panel in window.panels.values()} == {"light"}


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


def test_an_icon_has_the_ink_asked_for(qapp):
    drawn = [icon("play", LIGHT, ink).pixmap(16, 16).toImage() for ink in ("#ff0000", "#00ff00")]
    full = [
        {
            image.pixelColor(x, y).name()
            for x in range(16)
            for y in range(16)
            if image.pixelColor(x, y).alpha() == 255
        }
        for image in drawn
    ]
    assert full == [{"#ff0000"}, {"#00ff00"}]


def test_a_theme_and_back_leaves_everything_as_it_was(qtbot, window):
    def looks():
        return window.grab().toImage()

    action(window, "theme-light").trigger()
    qtbot.waitUntil(lambda: window.docks["loss"].isVisible() and window.feed.resting)
    before = looks()
    tabs = {bar.font().pixelSize() for bar in window.findChildren(QTabBar)}
    action(window, "theme-dark").trigger()
    assert looks() != before
    action(window, "theme-light").trigger()
    qtbot.waitUntil(lambda: looks() == before)
    assert {bar.font().pixelSize() for bar in window.findChildren(QTabBar)} == tabs == {SMALL_SIZE}


def test_the_tab_of_the_metric_bears_its_name(window):
    window.commands.open_sample("auto-mpg")
    assert window.docks["accuracy"].windowTitle() == "R²"
    window.commands.open_sample("iris")
    assert window.docks["accuracy"].windowTitle() == "Accuracy"


def test_tab_goes_through_the_tool_bar_from_left_to_right(window):
    walked = [window.bar.train]
    while walked[-1].objectName() != "paceSlider" and len(walked) < 20:
        walked.append(walked[-1].nextInFocusChain())
    names = [w.objectName() for w in walked if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert names == ["trainButton", "button-step", "button-reset", "paceSlider"]


def test_no_button_looks_chosen_when_the_window_opens(window):
    assert window.focusWidget() in (None, window)


def test_opening_a_tutorial_says_what_there_is_to_see(window):
    window.commands.open_preset("perceptron")
    said = window.findChild(QLabel, "statusSentence")
    assert said.accessibleName() == PRESETS["perceptron"].description


def test_the_theme_is_remembered_and_nonsense_is_not_believed(qapp, look):
    look.choose("dark")
    assert ThemeManager(qapp).theme is DARK
    QSettings().setValue(preferences.THEME.name, "mauve")
    assert ThemeManager(qapp).choice == preferences.SYSTEM


def test_settings_of_another_kind_read_as_their_default():
    QSettings().setValue(preferences.GEOMETRY.name, 7)
    assert preferences.read(preferences.GEOMETRY) == preferences.GEOMETRY.default
    for setting in preferences.PREFERENCES.values():
        assert setting.description.endswith(".")
        assert not setting.choices or setting.default in setting.choices


# ----------------------------------------------------------------------------------------- docks


def test_everything_is_reached_in_the_least_window(qtbot, open_window):
    window = open_window()
    least = window.minimumSize()
    assert least.width() <= 940 and least.height() <= 540
    window.resize(1440, 900)
    window.docks.arrange()
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


def places(window):
    return {
        dock.key: (window.dockWidgetArea(dock), dock.isFloating(), dock.isHidden())
        for dock in window.docks
    }


def test_every_panel_has_a_dock_and_the_layout_names_only_panels(window):
    assert [dock.key for dock in window.docks] == ["setup", *PANELS]
    listed = [key for area in LAYOUT.values() for place in area for key in place]
    assert set(listed) <= {"setup", *PANELS}, "one that is not listed joins the last place"
    assert len(listed) == len(set(listed))


def test_the_layout_is_remembered(open_window):
    window = open_window()
    action(window, "show-weights").trigger()
    window.docks["output"].setFloating(True)
    after = places(window)
    window.close()
    assert places(open_window()) == after


def test_only_the_panel_in_front_is_visible_to_the_feed(qtbot, window):
    panels = window.panels
    qtbot.waitUntil(panels["loss"].isVisible)
    assert not panels["accuracy"].isVisible()
    window.docks["accuracy"].raise_()
    qtbot.waitUntil(panels["accuracy"].isVisible)
    assert not panels["loss"].isVisible()


def test_each_panel_in_sight_shows_its_title_and_each_behind_it_a_tab(qtbot, window):
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
    runs = window.panels["runs"]
    toggle = action(window, "show-runs")
    qtbot.waitUntil(window.panels["activations"].isVisible)
    assert toggle.isChecked() and not runs.isVisible()
    toggle.trigger()
    qtbot.waitUntil(runs.isVisible)
    assert toggle.isChecked()
    toggle.trigger()
    assert window.docks["runs"].isHidden() and not toggle.isChecked()
    toggle.trigger()
    qtbot.waitUntil(runs.isVisible)
    assert toggle.isChecked()


@pytest.mark.parametrize(("focus", "meant"), [("loss", "loss"), ("setup", "network")])
def test_pictures_are_asked_of_the_panel_with_the_focus(qtbot, window, monkeypatch, focus, meant):
    asked = []
    monkeypatch.setattr(window.export, "save_picture", lambda panel: asked.append(panel.key))
    monkeypatch.setattr(window.export, "copy_picture", lambda panel: asked.append(panel.key))
    window.activateWindow()
    part = window.setup.findChild(QComboBox) if focus == "setup" else window.panels[focus]
    qtbot.waitUntil(part.isVisible)
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)
    action(window, "action-save-picture").trigger()
    action(window, "action-copy-picture").trigger()
    window.findChild(QToolButton, "save-weights").click()
    assert asked == [meant, meant, "weights"]


# --------------------------------------------------------------------------------------- notices


@pytest.fixture
def installed(window):
    window.notices.install()
    yield window
    window.notices.uninstall()


def test_an_exception_of_a_slot_reaches_banner_and_log(installed):
    log = open_log()
    assert log is not None
    try:
        raise RuntimeError("the reason")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    close_log(log)
    banner = installed.banner
    assert banner.isVisible()
    assert "Reset" in banner.sentence
    assert banner.findChild(QPushButton, "noticeDetails").isVisible()
    assert "RuntimeError: the reason" in log_file().read_text(encoding="utf-8")


def test_details_can_be_read_and_copied(qtbot, qapp, installed):
    installed.notices.raised.emit(Notice("It broke.", "line 1\nline 2"))
    installed.findChild(QPushButton, "noticeDetails").click()
    trace = installed.findChild(QPlainTextEdit, "noticeTrace")
    assert trace.toPlainText() == "line 1\nline 2"
    installed.findChild(QPushButton, "noticeCopy").click()
    assert qapp.clipboard().text() == "It broke.\n\nline 1\nline 2"


def test_an_error_with_a_remedy_is_said_as_it_is_and_goes_with_the_next_run(window):
    error = DivergedError("Layer {layer} broke.", "Lower the rate.", layer=2)
    window.session.failed.emit(error, "")
    assert window.banner.sentence == "Layer 2 broke. Lower the rate."
    assert not window.findChild(QPushButton, "noticeDetails").isVisible()
    action(window, "action-reset").trigger()
    assert not window.banner.isVisible()


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(monkeypatch, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr(notices_module, "log_file", lambda: blocked / "nnviz.log")
    assert open_log() is None
    assert "log cannot be written" in caplog.text


# ------------------------------------------------------------------------------- start and finish


def test_the_plotting_library_waits_for_the_first_paint():
    code = "import sys, nnviz.gui.app; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_closing_while_training_leaves_nothing_behind(qtbot, window):
    action(window, "action-train").trigger()
    qtbot.waitUntil(lambda: window.session.active)
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
        with qtbot.waitSignal(interrupts.asked, timeout=5_000):
            signal.raise_signal(number)
        assert ends == []
        interrupts.close()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert ends == [128 + number]


@pytest.mark.parametrize("name", ["help", "about"])
def test_help_and_about_open_over_the_window(qtbot, window, name):
    action(window, f"action-{name}").trigger()
    dialog = window.findChild(QWidget, f"{name}Dialog")
    assert dialog.isVisible()
    dialog.close()


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
    switches = [switch.geometry() for switch in output.current.buttons()]
    assert not any(output.figures.geometry().intersects(switch) for switch in switches)
