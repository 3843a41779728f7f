"""Making the pictures of scripts/compare_pictures.py from the real window."""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from _window_names import (
    FRONTS,
    HOVERED,
    PANELS,
    WAYS,
    at_rest,
    exported,
    hurry,
    look_back,
    new_window,
    propose,
    wear,
)
from _window_scenes import SCENES, Scene
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    SignalInstance,
)
from PySide6.QtGui import QAction, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QDialog,
    QDockWidget,
    QLabel,
    QMenu,
    QScrollArea,
    QWidget,
)

from nnviz.gui.app import make_application
from nnviz.gui.run.session import SessionState

THEMES = ("light", "dark")
SIZES = ((1440, 900), (1024, 700))

_STILL_MS = 420
"""So long after the last moment all is drawn at its best: that is begun 250 ms after it."""

_LOOK_MS = 50
"""Between two looks whether anything still changes."""

_PATIENCE = 60.0
"""Seconds after which something must have happened, or there are no pictures at all."""


def make(folder: Path, settings: Path, only: str = "", fast: bool = False) -> int:
    """Write all pictures; return how many.

    Parameters
    ----------
    folder
        Where to.
    settings
        Where the window may remember things.
    only
        Scenes whose name contains this.
    fast
        Whether the first look is enough.
    """
    make_application()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for kind in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(settings))
    count, started = 0, time.perf_counter()
    for size in SIZES[:1] if fast else SIZES:
        QSettings().clear()  # nothing is remembered of the window before
        studio = Studio(folder, size, THEMES[:1] if fast else THEMES)
        for scene in SCENES:
            if only in scene.name and (size == SIZES[0] or scene.full):
                studio.show(scene)
                print(
                    f"  {scene.name} {size[0]}: {time.perf_counter() - started:.0f} s", flush=True
                )
        if not only and size == SIZES[0]:
            studio.show_dialogs_and_menus()
        count += studio.close()
    return count


class Studio:
    """A window of a size that is brought to what is pictured.

    Parameters
    ----------
    folder
        Where the pictures go.
    size
        Of the window, in pixels.
    themes
        Of the pictures.
    """

    def __init__(self, folder: Path, size: tuple[int, int], themes: tuple[str, ...]) -> None:
        self._folder, self._size, self._themes = folder, size, themes
        self._count = 0
        self.window = new_window()
        wear(self.window, themes[0])
        self.window.resize(*size)
        _wait(self.window.ready, self.window.show)
        hurry(self.window)

    def close(self) -> int:
        """Close the window; return how many pictures were written."""
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return self._count

    def show(self, scene: Scene) -> None:
        """Write the pictures of a scene."""
        wear(self.window, self._themes[0])
        propose(self.window, scene.experiment)
        large = self._size == SIZES[0]
        if scene.start and large:
            self._fronts(f"{scene.name}/epoch-0", FRONTS[:2])
        self._train()
        trained = f"{scene.name}/epoch-{scene.epochs}"
        for theme in self._themes if scene.full else self._themes[:1]:
            wear(self.window, theme)
            where = f"{trained}/{theme}-{self._size[0]}"
            self._fronts(where, FRONTS)
            if scene.full and large:
                self._exports(where, theme)
        wear(self.window, self._themes[0])
        if scene.full and large:
            self._ways(f"{trained}/ways")
        if scene.back and large:
            self._compared(scene)

    def _compared(self, scene: Scene) -> None:
        """Keep the run, do another with a lower rate, and look back in that."""
        rate = scene.experiment.training.learning_rate / 2
        training = dataclasses.replace(scene.experiment.training, learning_rate=rate)
        self._action("keep-run").trigger()
        propose(self.window, dataclasses.replace(scene.experiment, training=training))
        self._train()
        self._fronts(f"{scene.name}/compared", FRONTS[:2])
        look_back(self.window, scene.back)
        for theme in self._themes:
            wear(self.window, theme)
            where = f"{scene.name}/back-at-{scene.back}/{theme}"
            self._fronts(where, FRONTS[:2])
            self._exports(where, theme)
        wear(self.window, self._themes[0])
        self._press("runs-forget-all")

    def _train(self) -> None:
        """Train to the last epoch."""
        session = self.window.session
        # Not `triggered`: a run of few epochs may be over before anyone looks.
        _wait(
            session.state_changed,
            self._action("train").trigger,
            lambda: session.state in (SessionState.FINISHED, SessionState.FAILED),
        )

    def _settle(self, hovered: str = "") -> QImage:
        """Return the window once it neither has anything to draw nor looks any different."""
        if (focused := self.window.focusWidget()) is not None:
            focused.clearFocus()  # nobody is at the keyboard of a picture
        for name in HOVERED:  # nor at the mouse, though Qt may think so
            if name != hovered:
                self._leave(name)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            while not at_rest(self.window) and time.monotonic() < deadline:
                _spin(_LOOK_MS)
            _spin(_STILL_MS)
            last = self.window.grab().toImage()
            _spin(_LOOK_MS)
            now = self.window.grab().toImage()
            if now == last and at_rest(self.window):
                return now
        raise TimeoutError("The window did not come to rest.")

    # -------------------------------------------------------------------------- the pictures

    def _fronts(self, where: str, fronts: tuple[tuple[str, ...], ...]) -> None:
        """Write the window with each group of panels in front, and each panel."""
        for number, front in enumerate(fronts, 1):
            for key in front:
                self._raise(key)
            self._write(self._settle(), f"{where}/window-{number}")
            shown = front if number > 1 else ("setup", "network", "timeline", *front)
            for key in shown:
                self._panel(f"{where}/{key}", key)

    def _panel(self, name: str, key: str) -> None:
        """Write a panel; and all of what it has to scroll to."""
        panel = self._panel_widget(key)
        if panel is None:
            return
        self._write(panel.grab(), name)
        for area in panel.findChildren(QScrollArea):
            inside = area.widget()
            scrolls = area.verticalScrollBar().maximum() > 0
            if area.isVisible() and inside is not None and scrolls:
                self._write(inside.grab(), f"{name}-whole")

    def _exports(self, where: str, theme: str) -> None:
        for key in PANELS:
            if key != "setup":
                self._write(exported(self.window, key, theme), f"{where}/export-{key}")

    def _ways(self, where: str) -> None:
        """Write each panel in the other ways it can be shown, and what the mouse is told."""
        for front in (*FRONTS, ("network",)):
            for key in front:
                self._raise(key)
            self._settle()
            for key in front:
                for name in self._ways_of(key):
                    self._press(name)
                    self._settle()
                    self._panel(f"{where}/{key}-{name}", key)
                names = self._ways_of(key)
                # The first way is the one before; what is only on or off is pressed once more.
                self._press(names[0] if names else "")
            self._hover(where, front)

    def _ways_of(self, key: str) -> list[str]:
        panel, pattern = self._panel_widget(key), WAYS.get(key, "")
        if panel is None or not pattern:
            return []
        buttons = (b for b in panel.findChildren(QAbstractButton) if not b.isHidden())
        return [b.objectName() for b in buttons if re.fullmatch(pattern, b.objectName())]

    def _hover(self, where: str, front: tuple[str, ...]) -> None:
        for name in HOVERED:
            part = self.window.findChild(QWidget, name)
            if part is None or not part.isVisible() or name.split("-")[0] not in front:
                continue
            place = _sensitive(part)
            _move_mouse(place, QPointF(0.6 * place.width(), 0.4 * place.height()))
            self._settle(name)
            self._write(part.grab(), f"{where}/{name}-under-mouse")
            self._leave(name)

    def _leave(self, name: str) -> None:
        part = self.window.findChild(QWidget, name)
        if part is not None:
            for left in (_sensitive(part), part):
                QCoreApplication.sendEvent(left, QEvent(QEvent.Type.Leave))

    def show_dialogs_and_menus(self) -> None:
        """Write the dialogs and menus."""
        for key in ("help", "about", "save-picture", "save-window-picture", "export-all"):
            self._action(key).trigger()
            _spin(_STILL_MS)
            for dialog in self.window.findChildren(QDialog):
                if dialog.isVisible():
                    for label in dialog.findChildren(QLabel):  # another folder every time
                        label.setText(label.text().replace(os.environ["XDG_STATE_HOME"], "…"))
                    self._write(dialog.grab(), f"dialogs/{key}")
                    dialog.reject()
            _spin(0)
        for menu in self.window.menuBar().findChildren(QMenu):
            if menu.objectName():
                menu.resize(menu.sizeHint())
                self._write(menu.grab(), f"menus/{menu.objectName()}")

    # ------------------------------------------------------------------------- by object names

    def _action(self, key: str) -> QAction:
        action = self.window.findChild(QAction, f"action-{key}")
        if action is None:
            raise LookupError(f"There is no action-{key}.")
        return action

    def _panel_widget(self, key: str) -> QWidget | None:
        for name in (f"panel-{key}", f"{key}-panel", key):
            found = self.window.findChild(QWidget, name)
            if isinstance(found, QWidget):
                return found
        print(f"  no widget for {key}")
        return None

    def _raise(self, key: str) -> None:
        dock = self.window.findChild(QDockWidget, f"dock-{key}")
        if dock is not None:
            dock.show()
            dock.raise_()

    def _press(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name) if name else None
        if button is not None:
            button.click()

    def _write(self, picture: QPixmap | QImage, name: str) -> None:
        path = self._folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = picture if isinstance(picture, QImage) else picture.toImage()
        if not image.save(str(path), "PNG", 80):  # type: ignore[call-overload]
            raise OSError(f"{path} could not be written.")
        self._count += 1


def _sensitive(part: QWidget) -> QWidget:
    """Return what takes the mouse: of what scrolls, plots among them, the viewport."""
    return part.viewport() if isinstance(part, QAbstractScrollArea) else part


def _move_mouse(place: QWidget, at: QPointF) -> None:
    nothing, no_keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    there = QPointF(place.mapToGlobal(at.toPoint()))
    move = QMouseEvent(QEvent.Type.MouseMove, at, there, nothing, nothing, no_keys)
    QCoreApplication.sendEvent(place, move)


def _spin(milliseconds: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _wait(
    signal: SignalInstance, begin: Callable[[], object], done: Callable[[], bool] | None = None
) -> None:
    """Begin something and wait until a signal says that it is done."""
    loop = QEventLoop()
    arrived: list[bool] = []

    def look(*_arguments: object) -> None:
        if done is None or done():
            arrived.append(True)
            loop.quit()

    signal.connect(look)
    begin()
    if not arrived:
        QTimer.singleShot(int(1000 * _PATIENCE), loop, loop.quit)
        loop.exec()
    signal.disconnect(look)
    if not arrived:
        raise TimeoutError("The window did not do in time what it was asked to.")
