"""Every text has its room: in other languages, at other sizes of text, in small windows."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QSettings, QSize
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from nnviz.gui import preferences
from nnviz.gui.look import style
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.main_window import MainWindow
from nnviz.gui.shell.notices import Notice, Notices
from nnviz.training.choices import starting_point
from nnviz.training.presets import PRESETS

from .cut_text import PseudoLocale, faults_of, is_english, pseudo
from .seen import Seen, at_rest, look_back


class Look(NamedTuple):
    """A window's size, the size of its text, and whether it speaks the pseudo-locale."""

    width: int
    height: int
    text: float
    longer: bool


LARGE, SMALL = Look(1440, 900, 1.0, True), Look(1024, 700, 1.0, True)
LEAST, HUGE = Look(940, 540, 1.0, False), Look(1440, 900, 2.0, False)
RUNS = {
    LARGE: ("house-prices", "digits-cnn"),
    SMALL: ("xor-2-4-1", "house-prices", "iris", "digits-cnn"),
    LEAST: ("iris",),
    HUGE: ("iris", "house-prices"),
    **{Look(1440, 900, text, False): ("iris",) for text in (0.9, 1.5)},
}
"""Presets and samples that are looked at."""

in_each = partial(pytest.mark.parametrize, indirect=["look"], ids=str, scope="module")


@pytest.fixture(scope="module")
def look(request: pytest.FixtureRequest) -> Look:
    return request.param


@pytest.fixture(scope="module")
def window(look: Look, qapp, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    """The window in a size, with a size of text, in the pseudo-locale or in English."""
    language = PseudoLocale(look.longer)
    qapp.installTranslator(language)
    QSettings().clear()  # what the window before remembered
    preferences.write(preferences.TEXT_SIZE, f"{100 * look.text:.0f}")
    window = MainWindow(ThemeManager(qapp), Notices())
    window.resize(look.width, look.height)
    with QtBot(request).waitSignal(window.ready, timeout=20_000):
        window.show()
    # Or a test would find it left running.
    QtBot(request).waitUntil(lambda: bool(multiprocessing.active_children()), timeout=20_000)
    window.commands.set_pace("full")
    yield window
    window.close()
    window.deleteLater()
    qapp.removeTranslator(language)
    style.apply_style(qapp, LIGHT)


LookAt = Callable[[QWidget, str], None]


@pytest.fixture
def look_at(look: Look) -> Iterator[LookAt]:
    """Return what collects faults; they fail the test at its end."""
    found: dict[str, str] = {}

    def look_at(part: QWidget, where: str) -> None:
        for _ in range(3):  # a layout within layouts tells the next one out
            QCoreApplication.processEvents()
        found.update(dict.fromkeys(faults_of(part, look.longer), where))

    yield look_at
    if found:
        pytest.fail("\n".join(f"{where}: {fault}" for fault, where in found.items()))


@in_each(("look", "name"), [(look, name) for look in RUNS for name in RUNS[look]])
def test_nothing_is_cut_in_the_window(
    look: Look, look_at: LookAt, window: MainWindow, qtbot: QtBot, name: str
) -> None:
    seen = Seen(window, qtbot)
    asked = PRESETS[name].experiment if name in PRESETS else starting_point(name)
    seen.train(asked.change("training", epochs=1 if name == "digits-cnn" else 20))
    look_at(window, "trained")
    if look == LARGE:  # else a flag covers what is written in a plot
        look_back(window, 0)
        qtbot.waitUntil(lambda: at_rest(window))
        look_at(window, "at the start")
        seen.act("now")
    for section in window.setup.findChildren(QAbstractButton):
        section.setChecked(section.isChecked() or bool(section.property("section")))
    look_at(window.setup, "setup")
    for key in window.panels:
        panel = seen.panel(key)
        look_at(panel, key)
        for button in panel.findChildren(QAbstractButton):
            if isValid(button) and button.isVisible() and button.isCheckable():
                button.click()
                seen.rest()
                look_at(panel, f"{key} after a press")
    seen.act("keep-run")


@in_each("look", [SMALL, HUGE])
@pytest.mark.parametrize(
    "key",
    [
        "help",
        "about",
        "compare-models",
        "find-by-validation",
        "save-picture",
        "save-epochs",
        "export-animation",
        "save-window-picture",
        "export-all",
        "notice",
    ],
)
def test_nothing_is_cut_in_a_dialog(
    look: Look, look_at: LookAt, window: MainWindow, qtbot: QtBot, key: str
) -> None:
    if key == "notice":
        sentence = "Something went wrong. " * 5
        window.notices.raised.emit(Notice(pseudo(sentence) if look.longer else sentence, "1234"))
        look_at(window.banner, key)
        Seen(window, qtbot).press("noticeDetails")
    else:
        seen = Seen(window, qtbot)
        if key == "export-animation":  # there have to be several epochs
            seen.train(PRESETS["xor-2-4-1"].experiment.change("training", epochs=20))
        seen.act(key)
    (dialog,) = [found for found in window.findChildren(QDialog) if found.isVisible()]
    look_at(dialog, key)
    dialog.reject()
    window.banner.clear()


@in_each("look", [SMALL, HUGE])
def test_nothing_is_cut_in_a_menu(look: Look, look_at: LookAt, window: MainWindow) -> None:
    menus = [menu for menu in window.findChildren(QMenu) if menu.actions()]
    assert len(menus) > 10
    for menu in menus:
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        look_at(menu, menu.objectName())
        words = [word for a in menu.actions() for word in (a.toolTip(), a.statusTip())]
        assert not look.longer or not [*filter(is_english, words)]


@in_each("look", [LEAST])
def test_the_window_can_be_as_small_as_promised(look: Look, window: MainWindow) -> None:
    least = window.minimumSizeHint()
    assert least.boundedTo(QSize(look.width, look.height)) == least


# ------------------------------------------------------------------------------ the finder itself

SPOILERS: dict[str, Callable[[QLabel, QLabel], object]] = {
    "cut": lambda one, other: one.setFixedWidth(20),
    "cut: ": lambda one, other: one.setFixedHeight(5),
    "shortened": lambda one, other: one.setText("Bégîn…"),
    "over each other": lambda one, other: other.move(one.pos()),
    "outside": lambda one, other: other.move(400, 0),
    "English": lambda one, other: one.setText("untranslated"),
}


@pytest.mark.parametrize("said", ["", *SPOILERS])
def test_the_finder_finds(qtbot: QtBot, said: str) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    row, labels = QHBoxLayout(box), (QLabel(pseudo("Some words")), QLabel(pseudo("Others")))
    for label in labels:
        row.addWidget(label)
    box.show()
    SPOILERS.get(said, lambda *_: None)(*labels)
    found = list(faults_of(box, translated=True))
    assert any(said in fault for fault in found) if said else found == []


def test_the_pseudo_locale_is_longer_and_keeps_what_is_filled_in(qapp) -> None:
    longer = pseudo("&Open {name} of %1 files (*.png) in <b>bold</b>…")
    for kept in ("&", "{name}", "%1", "(*.png)", "<b>", "</b>"):
        assert kept in longer
    assert "…" not in longer and not is_english(longer.format(name=""))
    words, metrics = "Learn from one batch of samples, then wait.", QFontMetricsF(QFont("Inter"))
    assert metrics.horizontalAdvance(pseudo(words)) > 1.35 * metrics.horizontalAdvance(words)
