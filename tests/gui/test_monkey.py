"""The window under a monkey: 2,000 things done at random while training is on."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnviz.gui import preferences
from nnviz.gui.main_window import MainWindow
from nnviz.gui.shell.notices import Notice

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
EVENTS = 250


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
# Networks with whatever settings diverge, and so do the figures that are drawn of them.
@pytest.mark.filterwarnings("ignore:(overflow|invalid value) encountered:RuntimeWarning")
@pytest.mark.parametrize("seed", range(8))
def test_nothing_a_monkey_does_brings_the_window_down(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from _monkey import Monkey, answered_file_dialogs

    monkeypatch.chdir(tmp_path)
    preferences.write(preferences.LAST_FOLDER, str(tmp_path))
    done: list[str] = []
    notices: list[Notice] = []
    monkey = Monkey(window, seed, EVENTS, done.append)
    window.notices.raised.connect(notices.append)
    # pytest-qt fails the test for exceptions in slots and events, and for Qt's warnings.
    with answered_file_dialogs(tmp_path, seed), qtbot.waitSignal(monkey.finished, timeout=250_000):
        monkey.start()
    window.notices.raised.disconnect(notices.append)
    assert not [one.details for one in notices if "Traceback" in one.details], done[-10:]
    assert len(done) == EVENTS and len(monkey.kinds) > 8 and monkey.training
    assert window.isVisible()
