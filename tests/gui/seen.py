"""The real window as it is seen: brought to a state, grabbed, and asked for its words.

Tests that use nothing but this know no geometry, no private name and no file of nnviz/gui: they
hold whatever draws what they look at. The functions at the top are the only ones to adjust when
names change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QDockWidget,
    QLabel,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnviz.engine.layers import Dense, LayerSpec
from nnviz.engine.network import Network
from nnviz.gui.main_window import MainWindow
from nnviz.gui.run.session import SessionState
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord, Snapshot

Pixels = NDArray[np.int32]
"""Red, green and blue, shape (height, width, 3)."""

Mask = NDArray[np.bool_]
"""Which pixels have a colour, shape (height, width)."""

# --------------------------------------------------------------------- what the window is called


def color(name: str, place: int = 0) -> tuple[int, int, int]:
    """Return a colour of the light theme: ``"class"`` and ``"kept"`` have many."""
    from nnviz.gui.look.theme import LIGHT, rgb

    many = {"class": LIGHT.class_color, "kept": LIGHT.reference_color}
    return rgb(many[name](place) if name in many else getattr(LIGHT, name))


def propose(window: MainWindow, experiment: Experiment) -> None:
    """Ask for another run, which begins even if it is the same again."""
    if experiment == window.store.experiment:
        window.session.load(experiment)
    else:
        assert window.store.propose(experiment), experiment


def at_rest(window: MainWindow) -> bool:
    return window.feed.resting


def choose_row(window: MainWindow, row: int) -> None:
    window.recording.choose_row(row)


def chosen_row(window: MainWindow) -> int:
    return window.recording.frame.row


def look_back(window: MainWindow, epoch: int) -> None:
    window.travel.look_at(epoch)


def exported(
    window: MainWindow, key: str, size: tuple[int, int], legend: bool, caption: bool
) -> QImage:
    from nnviz.gui.export.figure import render, snapshot_of
    from nnviz.gui.export.options import PictureOptions

    shot = snapshot_of(window.panels[key], window.recording.problem, window.recording.frame)
    return render(shot, PictureOptions(*size, 1, "light", legend, caption))


# ------------------------------------------------------------------------------------ the window


def experiment(
    sample: str,
    *layers: LayerSpec,
    loss: str = "mean_squared_error",
    test: float = 0.0,
    epochs: int = 100,
    **training: Any,
) -> Experiment:
    """Return an experiment of data as they are, without any scaling."""
    return Experiment(
        DataChoice(sample, test_fraction=test),
        NetworkChoice(layers or (Dense(1, "sigmoid"),)),
        TrainingChoice(loss, epochs=epochs, **training),
    )


class Seen:
    """The window, and what a person sees and does in it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot

    def show(
        self,
        asked: Experiment,
        fill: Callable[[Network], None] | None = None,
        records: Sequence[EpochRecord] = (),
    ) -> Problem:
        """Show a run whose last moment has the parameters that `fill` writes into a network.

        `records` are of its epochs from 1 on; without any there is one that says little.
        """
        propose(self.window, asked)
        problem = Problem(asked)
        network = problem.new_network()
        if fill is not None:
            network.parameters[:] = 0.0
            fill(network)
        layers = len(asked.network.layers)
        told = records or [record(1, layers=layers, test=None if problem.test is None else 0.5)]
        session = self.window.session
        rows = np.array([one.row() for one in told])
        session.play_back(rows, Snapshot(0, told[-1].epoch, network.parameters, network.gradients))
        self.rest()
        return problem

    def train(self, asked: Experiment) -> None:
        """Train in earnest, to the last epoch."""
        propose(self.window, asked)
        self.act("train")
        done = (SessionState.FINISHED, SessionState.FAILED)
        self.qtbot.waitUntil(lambda: self.window.session.state in done, timeout=60_000)
        assert self.window.session.state is SessionState.FINISHED
        self.rest()

    def rest(self) -> None:
        """Wait until all that is visible shows the newest, drawn at its best."""
        self.qtbot.waitUntil(lambda: at_rest(self.window), timeout=20_000)

    def act(self, key: str) -> None:
        action = self.window.findChild(QAction, f"action-{key}")
        assert action is not None and action.isEnabled(), key
        action.trigger()

    def press(self, name: str) -> None:
        button = self.part(name)
        assert isinstance(button, QAbstractButton), name
        button.click()
        self.rest()

    def choose(self, key: str, words: str) -> None:
        """Press the button of a panel on which something is written."""
        buttons = self.panel(key).findChildren(QAbstractButton)
        found = [b for b in buttons if b.text() == words and not b.isHidden()]
        assert len(found) == 1, [b.text() for b in buttons]
        found[0].click()
        self.rest()

    def panel(self, key: str) -> QWidget:
        """Return a panel, brought to the front."""
        dock = self.window.findChild(QDockWidget, f"dock-{key}")
        if dock is not None:
            dock.show()
            dock.raise_()
        panel = self.part(f"panel-{key}")
        self.qtbot.waitUntil(panel.isVisible)
        self.rest()
        return panel

    def part(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def words(self, key: str) -> str:
        """Return all that a screen reader is told of a panel and of what is in it."""
        panel = self.panel(key)
        parts = (panel, *panel.findChildren(QWidget))
        told = (text for p in parts for text in (p.accessibleName(), p.accessibleDescription()))
        return "\n".join(filter(None, told))

    # ------------------------------------------------------------------------------- pictures

    def grab(self, name: str) -> Pixels:
        """Return a part of the window as it is on the screen."""
        return pixels(self.part(name).grab())

    def picture(
        self,
        key: str,
        size: tuple[int, int] = (900, 600),
        legend: bool = False,
        caption: bool = False,
    ) -> Pixels:
        """Return a panel as it is exported: nothing to press in it, and no legend unless asked."""
        self.panel(key)
        return pixels(exported(self.window, key, size, legend, caption))

    def labels(self, key: str) -> set[str]:
        """Return the texts of all labels in an exported picture."""
        reader = _Labels()
        QCoreApplication.instance().installEventFilter(reader)
        self.picture(key, legend=True, caption=True)
        QCoreApplication.instance().removeEventFilter(reader)
        return reader.texts

    # ------------------------------------------------------------------------------ the mouse

    def surface(self, name: str) -> QWidget:
        """Return what takes the mouse of a part."""
        part = self.part(name)
        return part.viewport() if isinstance(part, QAbstractScrollArea) else part

    def click(self, name: str, x: float, y: float) -> None:
        """Click at a place in pixels."""
        at = QPoint(round(x), round(y))
        self.qtbot.mouseClick(self.surface(name), Qt.MouseButton.LeftButton, pos=at)

    def tip(self, name: str, x: float, y: float) -> str:
        """Return what is told of a place, in pixels, when the mouse rests there."""
        place, at = self.surface(name), QPointF(x, y)
        there = place.mapToGlobal(at.toPoint())
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(there), none, none, keys)
        QCoreApplication.sendEvent(place, move)
        asks = QHelpEvent(QEvent.Type.ToolTip, at.toPoint(), there)
        QCoreApplication.sendEvent(place, asks)
        return QToolTip.text()


class _Labels(QObject):
    """Reads labels that are laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QLabel) and event.type() == QEvent.Type.Resize:
            self.texts.add(watched.text())
        return False


def record(
    epoch: int,
    train: float = 0.5,
    test: float | None = None,
    metric: float = 0.5,
    test_metric: float | None = None,
    rate: float = 0.1,
    layers: int = 1,
) -> EpochRecord:
    """Return the record of an epoch."""
    if test is not None and test_metric is None:
        test_metric = metric
    return EpochRecord(0, epoch, rate, train, test, metric, test_metric, (0.1,) * layers)


def changed(asked: Experiment, part: str, **values: Any) -> Experiment:
    """Return an experiment with other values in its data, network or training."""
    return dataclasses.replace(asked, **{part: dataclasses.replace(getattr(asked, part), **values)})


def only(biases: Any, weights: Any = 0.0) -> Callable[[Network], None]:
    """Return what writes the only layer."""

    def fill(network: Network) -> None:
        network.layers[0].weights[...] = weights
        network.layers[0].biases[...] = np.reshape(biases, network.layers[0].biases.shape)

    return fill


# ----------------------------------------------------------------------------- looking at pixels


def pixels(picture: QImage | QPixmap) -> Pixels:
    image = picture if isinstance(picture, QImage) else picture.toImage()
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    shape = (plain.height(), plain.width(), 3)
    return rows[:, : 3 * plain.width()].reshape(shape).astype(np.int32)


def like(picture: Pixels, wanted: tuple[int, int, int], within: int = 10) -> Mask:
    """Return where a colour is, but for what antialiasing makes of it."""
    return np.asarray(np.abs(picture - wanted).max(axis=2) <= within)


def blue(picture: Pixels) -> Mask:
    """Return where it is as blue as positive numbers are."""
    return np.asarray(_warmth(picture) < -40)


def orange(picture: Pixels) -> Mask:
    """Return where it is as orange as negative numbers are."""
    return np.asarray(_warmth(picture) > 40)


def ink(picture: Pixels) -> Mask:
    """Return where it differs from its ground, which its corner has."""
    return np.asarray(np.abs(picture - picture[0, 0]).max(axis=2) > 24)


def _warmth(picture: Pixels) -> NDArray[np.int32]:
    return np.asarray(picture[..., 0] - picture[..., 2])


def spans(line: NDArray[np.bool_], gap: int = 1) -> list[tuple[int, int]]:
    """Return where runs of True begin and end; gaps of fewer than `gap` are part of them."""
    places = np.flatnonzero(line)
    if not places.size:
        return []
    cuts = np.flatnonzero(np.diff(places) > gap)
    starts = np.concatenate(([places[0]], places[cuts + 1]))
    ends = np.concatenate((places[cuts], [places[-1]])) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def middle(mask: Mask) -> tuple[float, float]:
    """Return the centre of mass, x and y."""
    ys, xs = np.nonzero(mask)
    assert xs.size, "the colour is nowhere"
    return float(xs.mean()), float(ys.mean())


def box(mask: Mask) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what is True."""
    ys, xs = np.nonzero(mask)
    assert xs.size, "the colour is nowhere"
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


def long_rows(mask: Mask, share: float) -> list[int]:
    """Return the rows of which at least so much is True."""
    return np.flatnonzero(mask.mean(axis=1) >= share).tolist()


def same(one: Pixels, other: Pixels) -> bool:
    return one.shape == other.shape and bool((one == other).all())
