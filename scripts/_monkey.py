"""Somebody who presses, types, drags, docks and resizes without a thought, while training is on."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from nnviz.gui.main_window import MainWindow
from nnviz.gui.run.session import SessionState

Deed = tuple[str, Callable[[], object]]
"""What is going to be done, in words, and what does it."""

_PAUSES = (0, 0, 0, 0, 2, 16)
"""Milliseconds between two events: mostly faster than a hand, sometimes long enough for a frame."""

_KEYS = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_F, Qt.Key.Key_Plus, Qt.Key.Key_Minus),
    *(Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_S, Qt.Key.Key_Z, Qt.Key.Key_F1, Qt.Key.Key_F6),
    *(Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3),
)
_NONE = Qt.KeyboardModifier.NoModifier
_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_HELD = (*[_NONE] * 8, _CONTROL, _SHIFT, Qt.KeyboardModifier.AltModifier)
_LETTERS = "0123456789,-e hioxt"  # no slash: what is typed as a file name stays in its folder
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_NO_BUTTON = Qt.MouseButton.NoButton
_PRESS, _RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
_MOVE, _TWICE = QEvent.Type.MouseMove, QEvent.Type.MouseButtonDblClick
_TRIES = 20


@dataclass(frozen=True)
class Slow:
    """What kept the window's thread busy, and for how many seconds of its own time."""

    seconds: float
    deed: str


class Monkey(QObject):
    """Does so many things to a window, each chosen by seed and number alone.

    What is there to be pressed depends on how far training has come, so that the same seed need
    not do the very same twice; it mostly does.

    Parameters
    ----------
    window
        Ready, and shown.
    seed, events
        What is done, and how much of it.
    tell
        Is told of each thing before it is done.
    """

    finished = Signal()
    """All is done, and no dialog or menu is left open."""

    def __init__(
        self, window: MainWindow, seed: int, events: int, tell: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._window, self._seed, self._events, self._tell = window, seed, events, tell
        self._mark = 0.0
        self._last = "start"
        self.done = 0
        self.training = 0
        """How many of the things were done while training was on."""
        self.kinds: Counter[str] = Counter()
        self.slowest: list[Slow] = []
        """The ten that took longest, the longest first."""
        window.installEventFilter(self)

    def start(self) -> None:
        """Begin; it goes on by itself, also below dialogs that wait for an answer."""
        self._mark = time.thread_time()
        QTimer.singleShot(0, self, self._tick)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the window open."""
        if event.type() is QEvent.Type.Close and watched is self._window:
            event.ignore()
            return True
        return False

    @Slot()
    def _tick(self) -> None:
        self._measure()
        if self.done >= self._events:
            self._end()
            return
        chance = random.Random(f"{self._seed}:{self.done}")
        # Before the deed, which may open a dialog that only returns when it is answered.
        QTimer.singleShot(chance.choice(_PAUSES), self, self._tick)
        self.done += 1
        self.training += self._window.session.state is SessionState.RUNNING
        kind = chance.choices(list(_DEEDS), [weight for weight, _ in _DEEDS.values()])[0]
        if kind in _OF_THE_WINDOW and in_front() is not None:
            kind = "escape"
        text, do = _DEEDS[kind][1](self, chance)
        self.kinds[kind] += 1
        self._last = f"{self.done} {kind} {text}"
        self._tell(self._last)
        do()

    def _measure(self) -> None:
        """Note what the last thing, and what Qt did since, cost this thread; load is no cost."""
        now = time.thread_time()
        self.slowest.append(Slow(now - self._mark, self._last))
        self.slowest = sorted(self.slowest, key=lambda one: -one.seconds)[:10]
        self._mark = now

    def _end(self) -> None:
        if leave_dialogs():
            QTimer.singleShot(0, self, self._tick)
            return
        self._window.removeEventFilter(self)
        self.finished.emit()

    # ------------------------------------------------------------------------------ where it is

    def _top(self, chance: random.Random) -> QWidget:
        """Return what takes mouse and keys now: a menu, a dialog, or one of the windows."""
        first = in_front()
        if first is not None:
            return first
        loose = [dock for dock in self._window.docks if dock.isFloating() and dock.isVisible()]
        return chance.choice([*[self._window] * 4, *loose])

    def _spot(self, chance: random.Random) -> tuple[QWidget, QPoint, str]:
        """Return a window, a point of it, and what is there."""
        top = self._top(chance)
        parts = [top, *(part for part in top.findChildren(QWidget) if part.isVisible())]
        for _ in range(_TRIES):
            part = chance.choice(parts)
            seen = part.visibleRegion().boundingRect()
            if part.window() is top and not seen.isEmpty():
                break
        else:
            part, seen = top, top.rect()
        at = seen.topLeft() + QPoint(
            chance.randrange(max(seen.width(), 1)), chance.randrange(max(seen.height(), 1))
        )
        at = part.mapTo(top, at)
        return top, at, f"{_name(part)} at {at.x()},{at.y()} of {_name(top)}"

    # ----------------------------------------------------------------------------- what it does

    def click(self, chance: random.Random) -> Deed:
        top, at, where = self._spot(chance)
        button, held = chance.choice([*[_LEFT] * 9, _RIGHT]), chance.choice(_HELD)
        twice = chance.random() < 0.2

        def do() -> None:
            kinds = (_PRESS, _RELEASE, _TWICE, _RELEASE)
            for kind in kinds if twice else kinds[:2]:
                send_mouse(top, kind, at, button, held)

        return f"{'twice ' if twice else ''}{button.name} {held.name} {where}", do

    def hover(self, chance: random.Random) -> Deed:
        top, at, where = self._spot(chance)
        return where, lambda: send_mouse(top, _MOVE, at, _NO_BUTTON, _NONE)

    def drag(self, chance: random.Random) -> Deed:
        top, at, where = self._spot(chance)
        by = QPoint(chance.randint(-300, 300), chance.randint(-200, 200))

        def do() -> None:
            send_mouse(top, _PRESS, at, _LEFT, _NONE)
            for step in range(1, 4):
                send_mouse(top, _MOVE, at + by * (step / 3), _LEFT, _NONE)
            send_mouse(top, _RELEASE, at + by, _LEFT, _NONE)

        return f"by {by.x()},{by.y()} from {where}", do

    def wheel(self, chance: random.Random) -> Deed:
        top, at, where = self._spot(chance)
        turn = QPoint(0, chance.choice([-480, -120, 120, 480]))
        held, phase = chance.choice([_NONE, _NONE, _SHIFT, _CONTROL]), Qt.ScrollPhase.NoScrollPhase
        places = QPointF(at), QPointF(top.mapToGlobal(at)), QPoint(), turn
        event = QWheelEvent(*places, _NO_BUTTON, held, phase, False)
        return f"{turn.y()} {held.name} {where}", lambda: send(top, event)

    def key(self, chance: random.Random) -> Deed:
        top, key, held = self._top(chance), chance.choice(_KEYS), chance.choice(_HELD)
        text = f"{held.name} {key.name} to {_name(QApplication.focusWidget())}"
        return text, lambda: QTest.keyClick(top, key, held)

    def type(self, chance: random.Random) -> Deed:
        top = self._top(chance)
        text = "".join(chance.choices(_LETTERS, k=chance.randint(1, 4)))

        def do() -> None:
            if not isValid(top):
                return
            focused = top.focusWidget()
            # A window that is not in front keeps what is hidden meanwhile; no key comes there.
            seen = focused is not None and focused.isVisible()
            QTest.keyClicks(focused if seen else top, text)

        return f"{text!r} to {_name(QApplication.focusWidget())}", do

    def action(self, chance: random.Random) -> Deed:
        actions = [one for one in actions_below(self._window.menuBar()) if one.isEnabled()]
        action = chance.choice(actions)
        return f"{action.objectName()} “{action.text()}”", action.trigger

    def dock(self, chance: random.Random) -> Deed:
        window, docks = self._window, self._window.docks
        dock, other = chance.sample(list(docks), 2)
        area = chance.choice(list(Qt.DockWidgetArea)[1:5])
        deeds: list[Deed] = [
            ("float", dock.toggle_floating),
            ("close", dock.close),
            ("raise", dock.raise_),
            ("toggle", dock.toggle.trigger),
            ("tabify", lambda: window.tabifyDockWidget(other, dock)),
            ("move", lambda: window.addDockWidget(area, dock)),
            ("reset", docks.arrange),
            ("restore", lambda: docks.restore(docks.save())),
        ]
        text, do = chance.choice(deeds)
        return f"{text} {dock.key} {other.key} {area.name}", do

    def size(self, chance: random.Random) -> Deed:
        width, height = chance.randint(900, 1600), chance.randint(600, 1000)
        return f"{width} × {height}", lambda: self._window.resize(width, height)

    def escape(self, chance: random.Random) -> Deed:
        return "dialogs and menus", leave_dialogs

    def train(self, chance: random.Random) -> Deed:
        running = self._window.session.state is SessionState.RUNNING
        return "on", (lambda: None) if running else self._window.actions_["train"].trigger


_DEEDS: dict[str, tuple[int, Callable[[Monkey, random.Random], Deed]]] = {
    "click": (30, Monkey.click),
    "hover": (8, Monkey.hover),
    "drag": (8, Monkey.drag),
    "wheel": (8, Monkey.wheel),
    "key": (14, Monkey.key),
    "type": (6, Monkey.type),
    "action": (10, Monkey.action),
    "dock": (5, Monkey.dock),
    "size": (2, Monkey.size),
    "escape": (4, Monkey.escape),
    "train": (5, Monkey.train),
}


_OF_THE_WINDOW = ("action", "dock", "train")
"""What a person has to leave menus and dialogs for."""


def actions_below(bar: QWidget) -> list[QAction]:
    """Return what the menus of a bar, or of a menu, offer."""
    found = []
    for action in bar.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            found += actions_below(menu)
        elif not action.isSeparator():
            found.append(action)
    return found


def send(top: QWidget, event: QEvent) -> None:
    """Have a window deliver an event as one that comes from the screen, if it is still there."""
    handle = top.windowHandle() if isValid(top) else None
    if handle is not None:
        QApplication.sendEvent(handle, event)


def send_mouse(
    top: QWidget,
    kind: QEvent.Type,
    at: QPoint,
    button: Qt.MouseButton,
    held: Qt.KeyboardModifier,
) -> None:
    """Press, move or let go at a point of a window, or of what has taken hold of the mouse."""
    if not isValid(top):
        return
    grabber = QWidget.mouseGrabber()
    if grabber is not None and grabber.window() is not top:  # a dock on its way
        at = grabber.window().mapFromGlobal(top.mapToGlobal(at))
        top = grabber.window()
    down = _NO_BUTTON if kind is _RELEASE else button
    cause = _NO_BUTTON if kind is _MOVE else button
    where = QPointF(top.mapToGlobal(at))
    send(top, QMouseEvent(kind, QPointF(at), where, cause, down, held))


def in_front() -> QWidget | None:
    """Return the menu or the dialog that keeps everything else from mouse and keys."""
    return QApplication.activePopupWidget() or QApplication.activeModalWidget()


def leave_dialogs() -> bool:
    """Close the menu or the dialog in front; return whether there was one."""
    first = in_front()
    if isinstance(first, QDialog):
        first.reject()
    elif first is not None:
        first.close()
    return first is not None


@contextmanager
def answered_file_dialogs(folder: Path, seed: int) -> Iterator[None]:
    """Have the system's file dialogs answered at once: by a place in a folder, or by Cancel."""
    chance = random.Random(seed)

    def file(*_: object) -> tuple[str, str]:
        return chance.choice([("", ""), (str(folder / f"{chance.randrange(5)}"), "")])

    def directory(*_: object) -> str:
        return chance.choice(["", str(folder)])

    names = {"getSaveFileName": file, "getOpenFileName": file, "getExistingDirectory": directory}
    before = {name: getattr(QFileDialog, name) for name in names}
    for name, answer in names.items():
        setattr(QFileDialog, name, staticmethod(answer))
    try:
        yield
    finally:
        for name, was in before.items():
            setattr(QFileDialog, name, was)


def _name(widget: QWidget | None) -> str:
    return "nothing" if widget is None else f"{type(widget).__name__}#{widget.objectName()}"
