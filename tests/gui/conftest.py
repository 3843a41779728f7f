"""The real window, for tests that use it as a person does."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.main_window import MainWindow
from nnviz.gui.run.garbage import collect_if_due
from nnviz.gui.run.session import Session
from nnviz.gui.shell.notices import Notices


@pytest.fixture(scope="session", autouse=True)
def one_application_for_all(qapp) -> Iterator[None]:
    """Dress every test like the program, and collect windows while there is an application.

    The system's fonts are other ones on every machine, what a test before has put on would stay,
    and Qt's widgets crash when they are destroyed after the application.
    """
    apply_style(make_application(), LIGHT)
    yield
    gc.collect()


@pytest.fixture(scope="package", autouse=True)
def no_collections_by_themselves() -> Iterator[None]:
    """Leave garbage alone, also while a module's window is made or closed.

    Another style is told to every widget there is in turn, some of which then run Python: a
    collection in there takes away others whose turn is to come, and Qt crashes.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def collected_between_tests() -> Iterator[None]:
    """Have garbage collected between tests: as in the program, never while a widget is made."""
    yield
    collect_if_due()


_CENTRE = QPoint()
PATIENCE = 20_000
"""Milliseconds that a test waits for another process: machines may have much else to do."""


class PatientBot(QtBot):
    """Waits longer than usual where a test says not how long, and lets go of what it pressed."""

    @staticmethod
    def mouseDClick(widget, button, modifier=Qt.KeyboardModifier.NoModifier, pos=_CENTRE):
        QTest.mouseDClick(widget, button, modifier, pos)
        QTest.mouseRelease(widget, button, modifier, pos)  # Qt's leaves that out

    def waitUntil(self, callback, *, timeout=PATIENCE):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=PATIENCE, **options):
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals, *, timeout=PATIENCE, **options):
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitExposed(self, widget, *, timeout=PATIENCE):
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp, request) -> QtBot:
    """Return a bot in the place of pytest-qt's own."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_left_on_the_screen(qapp) -> Iterator[None]:
    """Fail a test that leaves a button pressed or something in sight: the next would suffer."""
    before = in_sight()
    yield
    QToolTip.hideText()  # hides by itself, sooner or later
    left = [each for each in in_sight() if each not in before]
    held = QGuiApplication.mouseButtons()
    told = [f"in sight: {type(each).__name__} {each.objectName()}" for each in left]
    told += [f"pressed: {held}"] if held else []
    told += ["a cursor over all others"] if QApplication.overrideCursor() else []
    if grabber := QWidget.mouseGrabber():
        told += [f"mouse held by {grabber}"]
        grabber.releaseMouse()
    for each in left:
        each.hide()
    for button in Qt.MouseButton:
        if button & held:
            QTest.mouseRelease(QWidget(), button)
    while QApplication.overrideCursor():
        QApplication.restoreOverrideCursor()
    if told:
        pytest.fail(f"left behind: {'; '.join(told)}")


def in_sight() -> list[QObject]:
    """Return windows, dialogs, menus and lists that are shown, but for the tool tip."""
    tops = QApplication.topLevelWidgets()
    return [each for each in tops if each.isVisible() and not each.inherits("QTipLabel")]


@pytest.fixture
def session(qtbot) -> Iterator[Session]:
    """A session without a window."""
    session = Session()
    yield session
    session.close()


@pytest.fixture
def opened(qtbot, qapp, tmp_path) -> Iterator[Callable[[], MainWindow]]:
    """Open windows that save by themselves, and close them at the end."""
    windows = []

    def open_one() -> MainWindow:
        look = ThemeManager(qapp)
        look.choose("light")
        window = MainWindow(look, Notices(), tmp_path / "autosave")
        windows.append(window)
        with qtbot.waitSignal(window.ready, timeout=20_000):
            window.show()
        return window

    yield open_one
    for window in windows:
        window.close()
        window.deleteLater()


@pytest.fixture(scope="module")
def window(qapp, request) -> Iterator[MainWindow]:
    """One window for all tests of a module, as a person has: each test opens what it needs."""
    make_application()
    look = ThemeManager(qapp)
    look.choose("light")
    window = MainWindow(look, Notices())
    bot = QtBot(request)
    with bot.waitSignal(window.ready, timeout=20_000):
        window.show()
    bot.waitUntil(lambda: bool(multiprocessing.active_children()), timeout=20_000)
    window.commands.set_pace("full")
    yield window
    window.close()
    window.deleteLater()
    look.choose(preferences.SYSTEM)
