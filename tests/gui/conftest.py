"""The real window, for tests that use it as a person does."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.main_window import MainWindow
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


@pytest.fixture(autouse=True)
def collected_between_tests() -> Iterator[None]:
    """Have garbage collected between tests: as in the program, never while a widget is made."""
    gc.disable()
    yield
    gc.enable()


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
