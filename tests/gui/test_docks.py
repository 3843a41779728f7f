"""The docks under hands that stop at nothing: tabbed, closed, floated, reset, in both themes."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.main_window import MainWindow
from nnviz.gui.panels import PANELS
from nnviz.gui.shell.docks import BOTTOM, LAYOUT, LEFT, ON_DEMAND, RIGHT, Docks, PanelDock

OPERATIONS = 200


def button(dock: PanelDock, name: str) -> QAbstractButton:
    found = dock.findChild(QAbstractButton, f"{name}-{dock.key}")
    assert isinstance(found, QAbstractButton)
    return found


def buttonless(docks: Docks) -> list[str]:
    """Return the panels in sight that cannot be closed or taken off by a button."""
    seen = [dock for dock in docks if not dock.visibleRegion().isEmpty()]
    return [
        dock.key
        for dock in seen
        if any(button(dock, name).visibleRegion().isEmpty() for name in ("float", "close"))
    ]


def places(window: QMainWindow, docks: Docks) -> dict[str, tuple[object, ...]]:
    return {
        dock.key: (
            window.dockWidgetArea(dock),
            dock.isFloating(),
            dock.isHidden(),
            [other.objectName() for other in window.tabifiedDockWidgets(dock)],
        )
        for dock in docks
    }


def bring_to_front(dock: PanelDock) -> None:
    dock.show()
    dock.raise_()


def settled(window: QMainWindow, docks: Docks) -> bool:
    """Return whether Qt has deleted the tabs it needs no more, and buttons are in sight."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    tabs = window.findChildren(QTabBar, options=direct)
    return all(bar.isVisible() for bar in tabs) and not buttonless(docks)


@pytest.mark.parametrize("key", ["setup", *PANELS])
def test_reset_layout_brings_a_panel_back_from_anywhere(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    docks, reset = window.docks, window.findChild(QAction, "action-reset-layout")
    assert isinstance(reset, QAction)
    reset.trigger()
    first = places(window, docks)
    for theme in ("dark", "light"):
        for name in ("raise", "close", "float"):
            bring_to_front(docks[key])
            qtbot.waitUntil(lambda: not docks[key].visibleRegion().isEmpty())
            qtbot.waitUntil(lambda: settled(window, docks))
            if name != "raise":
                button(docks[key], name).click()
                assert docks[key].isHidden() if name == "close" else docks[key].isFloating()
            reset.trigger()
            assert places(window, docks) == first
            qtbot.waitUntil(lambda: settled(window, docks))
        window.look.choose(theme)


@pytest.fixture
def plain(qtbot: QtBot) -> Iterator[tuple[QMainWindow, Docks]]:
    """A window with the docks of the real one, and nothing in them that takes time to draw."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QWidget())
    docks = Docks(window)
    for key in ["setup", *PANELS]:
        docks.add(key, key.title())
    docks.arrange()
    window.resize(1440, 900)
    window.show()
    qtbot.waitUntil(lambda: settled(window, docks))
    yield window, docks


def operate(window: QMainWindow, docks: Docks, chance: random.Random) -> str:
    """Do something to a dock; return what."""
    dock, other = chance.sample(list(docks), 2)
    area = chance.choice([LEFT, RIGHT, BOTTOM, Qt.DockWidgetArea.TopDockWidgetArea])
    deeds = {
        "raise": lambda: bring_to_front(dock),
        "close": button(dock, "close").click,
        "toggle": dock.toggle.trigger,
        "float": button(dock, "float").click,
        "tabify": lambda: window.tabifyDockWidget(other, dock),
        "split": lambda: window.splitDockWidget(other, dock, Qt.Orientation.Horizontal),
        "move": lambda: window.addDockWidget(area, dock),
        "remove": lambda: window.removeDockWidget(dock),
        "title": lambda: dock.set_title(f"{dock.key.title()} {chance.randrange(9)}"),
        "reset": docks.arrange,
        "restore": lambda: docks.restore(docks.save()),
        "resize": lambda: window.resize(chance.randrange(700, 1600), chance.randrange(500, 1000)),
    }
    name = chance.choice(list(deeds))
    deeds[name]()
    return f"{name} {dock.key} {other.key}"


@pytest.mark.parametrize("seed", range(2))
def test_a_monkey_does_what_it_likes_with_the_docks(
    qtbot: QtBot, plain: tuple[QMainWindow, Docks], seed: int
) -> None:
    window, docks = plain
    chance = random.Random(seed)
    done: list[str] = []
    for _ in range(OPERATIONS):
        done.append(operate(window, docks, chance))
        if chance.random() < 0.8:  # or the next comes before Qt has done what it put off
            qtbot.wait(chance.choice([0, 0, 1, 5]))
    docks.arrange()
    qtbot.waitUntil(lambda: settled(window, docks))
    listed = [key for area in LAYOUT.values() for place in area for key in place]
    shown = {dock.key for dock in docks if not dock.isHidden()}
    assert shown == {*listed} - {*ON_DEMAND}, done


def test_presentation_shows_the_few_and_gives_back_what_was_there(qtbot, window):
    def shown():
        return {dock.key for dock in window.docks if not dock.isHidden()}

    present = window.actions_["present"]
    window.docks["gallery"].close()
    before = shown()
    remembered = window.docks.save()
    present.trigger()
    assert shown() == {"output", "loss"}
    assert window.docks.save() == remembered, "what is remembered is what was there before"
    present.trigger()
    assert shown() == before
    present.trigger()
    window.actions_["reset-layout"].trigger()
    assert shown() == {dock.key for dock in window.docks} - {*ON_DEMAND}
    present.trigger()
    assert shown() == {"output", "loss"}
