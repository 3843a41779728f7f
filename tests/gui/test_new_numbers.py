"""Panels that are read ten times a second: other numbers are painted, and nothing is laid out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.widgets.text_labels import ElidedLabel, WrappedLabel
from nnviz.training.inspection import Inspection

from .panel_cases import in_theme, moment, moments

READ = ("inspector", "walk", "forward", "runs")


class Window(QWidget):
    """A window around a part, that counts how often anything in it is laid out anew."""

    def __init__(self, qtbot: QtBot, part: QWidget) -> None:
        super().__init__()
        self.requests = 0
        QVBoxLayout(self).addWidget(part)
        qtbot.addWidget(self)
        self.resize(420, 500)
        with qtbot.waitExposed(self):
            self.show()
        self.settle()
        for widget in (self, *self.findChildren(QWidget)):
            widget.installEventFilter(self)
        for table in self.findChildren(QTableView):
            table.model().modelReset.connect(self._count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._count()
        return False

    def _count(self) -> None:
        self.requests += 1

    def settle(self) -> None:
        QCoreApplication.sendPostedEvents()


def figures(panel: Panel) -> list[str]:
    """Return all that a panel's table says."""
    table = panel.findChild(QTableView)
    model = table.model()
    places = [(r, c) for r in range(model.rowCount()) for c in range(model.columnCount())]
    return [model.index(*place).data() for place in places]


def run(frame: Frame) -> list[Frame]:
    """Return moments of one sample, each of another epoch."""
    found = []
    for epoch, one in enumerate(moments(replace(frame, row=2), 4), 31):
        snapshot = replace(one.inspection.snapshot, epoch=epoch)
        inspection = Inspection(one.inspection.problem, snapshot)
        found.append(replace(frame, inspection=inspection, row=2, past=True))
    return found


@pytest.mark.parametrize("key", READ)
def test_other_numbers_have_nothing_laid_out_anew(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    for interval in ("inspector.READ_SECONDS", "runs.PAUSE"):
        monkeypatch.setattr(f"nnviz.gui.panels.{interval}", 0.0)
    monkeypatch.setattr("nnviz.gui.widgets.data_table.READ_SECONDS", 0.0)
    problem, frame = moment("iris")
    panel = in_theme(PANELS[key](), LIGHT)
    window = Window(qtbot, panel)
    panel.begin(problem)
    told = list[list[str]]()
    for turn in range(2):
        for one in run(frame):
            panel.show_frame(one)
            window.settle()
            told += [figures(panel)] * turn
        window.requests *= turn  # at first the numbers find their room
    assert window.requests == 0
    assert key == "walk" or told[0] != told[-1], "the input that is walked from stays"


def test_a_text_of_another_height_has_its_label_laid_out_anew(qtbot: QtBot) -> None:
    label = ElidedLabel()
    window = Window(qtbot, label)
    label.set_texts("one line")
    window.settle()
    window.requests = 0
    label.set_texts("another")
    window.settle()
    assert (label.text(), window.requests) == ("another", 0)
    label.set_texts("two\nlines")
    window.settle()
    assert window.requests and label.sizeHint().height() >= 2 * label.fontMetrics().height()


def test_a_label_is_as_high_as_its_text_and_hidden_without(qtbot: QtBot) -> None:
    label = WrappedLabel("text")
    window = Window(qtbot, label)
    label.set_message("words " * 100)
    window.settle()
    high = label.height()
    label.set_message("words")
    assert label.isVisibleTo(window) and label.height() < high
    label.set_message("")
    assert not label.isVisibleTo(window)
