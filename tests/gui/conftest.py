"""The real window, for tests that use it as a person does."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.main_window import MainWindow
from nnviz.gui.shell.notices import Notices


@pytest.fixture(scope="session", autouse=True)
def one_application_for_all(qapp) -> Iterator[None]:
    """Draw every test with the bundled fonts, and collect windows while there is an application.

    The system's fonts are other ones on every machine, and Qt's widgets crash when they are
    destroyed after the application.
    """
    make_application()
    yield
    gc.collect()


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
