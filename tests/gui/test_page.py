"""The page of pictures: what is asked for, in order, and what the network says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QListView, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.theme import DARK, LIGHT
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.panels.outputs.page import SamplePage
from nnviz.gui.panels.samples.columns import RIGHT, WRONG
from nnviz.training.answers import Outputs
from nnviz.training.ranking import certainties, excitations, losses

from .panel_cases import in_theme, moments
from .test_output_panels import frame_of, ink_in, panel_of, picture


def digits() -> tuple[Frame, Outputs, np.ndarray]:
    """Return a moment, its answers for the test samples, and what these are."""
    frame = frame_of("digits", 3)
    outputs = frame.inspection.outputs("test")
    return frame, outputs, frame.inspection.problem.labels[outputs.index]


def opened(qtbot: QtBot, frame: Frame) -> tuple[OutputPanel, SamplePage]:
    """Return an output panel that shows the page of pictures of a moment."""
    panel = panel_of(qtbot, frame, (360, 460), show=True)
    tab = [b.text() for b in panel.selector.findChildren(QAbstractButton)].index("Pictures")
    panel.selector.chosen.emit(tab)
    assert isinstance(panel.current, SamplePage)
    return panel, panel.current


def ask(view: QWidget, key: str, name: str) -> None:
    """Choose a line of a box, by name."""
    box = view.findChild(QComboBox, f"output-page-{key}")
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def press(view: QWidget, key: str) -> None:
    view.findChild(QAbstractButton, f"output-page-{key}").click()


def captions(view: SamplePage) -> list[str]:
    grid = view.findChild(QListView, "output-page-grid")
    return [grid.model().index(place, 0).data() for place in range(grid.model().rowCount())]


def test_the_page_has_the_samples_that_are_asked_for(qtbot: QtBot) -> None:
    frame, outputs, labels = digits()
    problem = frame.inspection.problem
    _, view = opened(qtbot, frame)
    np.testing.assert_array_equal(view.model.rows, np.sort(problem.train.index))
    press(view, "test")
    wrong, all_rows = outputs.labels != labels, np.sort(outputs.index)
    np.testing.assert_array_equal(view.model.rows, all_rows)
    assert not view.findChild(QAbstractButton, "output-page-all").isVisibleTo(view)
    for actual, answer, wanted in (
        ("3", "", labels == 3),
        ("", "wrong", wrong),
        ("3", "wrong", wrong & (labels == 3)),
        ("", "right", ~wrong),
        ("", "8", outputs.labels == 8),
    ):
        ask(view, "actual", actual)
        ask(view, "answer", answer)
        np.testing.assert_array_equal(view.model.rows, np.sort(outputs.index[wanted]))
        assert f"{wanted.sum()} of {len(wanted)}" in view.header.legend.accessibleName()
    press(view, "all")
    np.testing.assert_array_equal(view.model.rows, all_rows)
    names = problem.dataset.class_names
    for said, row in zip(captions(view), view.model.rows, strict=True):
        true, decided = (names[of[outputs.index == row][0]] for of in (labels, outputs.labels))
        assert said == (f"{RIGHT} {true}" if true == decided else f"{WRONG} {true} → {decided}")


def test_the_page_is_in_the_order_that_is_asked_for(qtbot: QtBot) -> None:
    frame, outputs, _ = digits()
    (panel, view), moment = opened(qtbot, frame), frame.inspection
    box = view.findChild(QComboBox, "output-page-order")
    offered = box.model().item(box.findData("excites"))
    assert not offered.isEnabled() and "selected neuron" in offered.text()
    press(view, "test")
    panel.show_frame(replace(frame, selection=Selection(0, 5)))
    assert "neuron 6" in box.itemText(box.findData("excites"))
    for order, ranks in (
        ("uncertain", certainties(moment, outputs)),
        ("worst", -losses(moment, outputs, "test")),
        ("excites", -excitations(moment, outputs.index, (0, 5))),
    ):
        ask(view, "order", order)
        np.testing.assert_array_equal(view.model.rows, outputs.index[np.argsort(ranks)])
    panel.show_frame(
        replace(frame, selection=Selection(0, 2))
    )  # another neuron is another order, none is none
    ranks = -excitations(moment, outputs.index, (0, 2))
    np.testing.assert_array_equal(view.model.rows, outputs.index[np.argsort(ranks)])
    panel.show_frame(replace(frame, selection=None))
    np.testing.assert_array_equal(view.model.rows, np.sort(outputs.index))
    assert box.currentText()


def test_a_cell_of_the_confusion_matrix_opens_its_samples(qtbot: QtBot) -> None:
    frame, outputs, labels = digits()
    panel = panel_of(qtbot, frame, (600, 600))
    buttons = {b.text(): b for b in panel.selector.findChildren(QAbstractButton)}
    buttons["Confusion"].click()
    matrix = panel.current
    matrix.findChild(QAbstractButton, "output-confusion-test").click()
    picture(panel)
    mistakes = matrix.counts - np.diag(np.diag(matrix.counts))
    cell = np.unravel_index(mistakes.argmax(), mistakes.shape)
    empty = np.argwhere(matrix.counts == 0)[0]
    wanted = outputs.index[(labels == cell[0]) & (outputs.labels == cell[1])]
    for true, decided in (empty, cell):
        assert panel.current is matrix
        place = matrix.chart.place(int(decided), len(mistakes) - 1 - int(true))
        matrix.plot.pressed.emit(matrix.chart, place)
    assert isinstance(panel.current, SamplePage)
    loss = dict(zip(outputs.index, losses(frame.inspection, outputs, "test"), strict=True))
    assert panel.current.model.rows.tolist() == sorted(wanted, key=lambda row: -loss[row])
    assert buttons["Pictures"].isChecked()


def test_a_picture_is_chosen_by_keys_and_marked_wherever_it_is_chosen(qtbot: QtBot) -> None:
    frame, outputs, _ = digits()
    panel, view = opened(qtbot, frame)
    grid, rows = view.findChild(QListView, "output-page-grid"), view.model.rows
    with qtbot.assertNotEmitted(view.row_chosen):
        panel.show_frame(replace(frame, row=int(rows[4])))
    assert grid.currentIndex().row() == 4
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(grid, event)
    assert event.isAccepted()  # it is no step of the training
    with qtbot.waitSignal(view.row_chosen) as chosen:
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert chosen.args == [rows[5]]
    with qtbot.waitSignal(view.row_chosen) as chosen:
        at = grid.visualRect(view.model.index(1, 0)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [rows[1]]
    tip = view.model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert f"sample {rows[1] + 1}" in tip
    with qtbot.assertNotEmitted(view.row_chosen):
        panel.show_frame(replace(frame, row=int(outputs.index[0])))  # which is not on the page
    assert not grid.currentIndex().isValid()


def test_the_order_stays_while_answers_follow_the_epochs(qtbot: QtBot) -> None:
    frame = digits()[0]
    problem = frame.inspection.problem
    first, *_, last = moments(frame, 3)
    panel, view = opened(qtbot, last)
    ask(view, "order", "worst")
    rows, before = view.model.rows.copy(), captions(view)
    with qtbot.waitSignal(view.idle.idle):
        panel.show_frame(first)
        np.testing.assert_array_equal(view.model.rows, rows)
    outputs = first.inspection.outputs("train")
    ranks = -losses(first.inspection, outputs, "train")
    order = np.argsort(ranks, kind="stable")
    np.testing.assert_array_equal(view.model.rows, outputs.index[order])
    said = [problem.dataset.class_names[label] for label in outputs.labels[order]]
    assert [caption.split()[-1] for caption in captions(view)] == said
    assert captions(view) != before


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_pictures_are_ink_on_paper_and_wrong_answers_are_in_the_ink_of_errors(
    qtbot: QtBot, theme
) -> None:
    frame = digits()[0]
    panel, view = opened(qtbot, frame)
    in_theme(panel, theme)
    press(view, "test")
    ask(view, "answer", "right")
    assert ink_in(picture(view.grid), theme.text) > 200
    assert not ink_in(picture(view.grid), theme.error)
    ask(view, "answer", "wrong")
    assert ink_in(picture(view.grid), theme.error)
    other = DARK if theme is LIGHT else LIGHT
    assert not ink_in(picture(in_theme(panel, other)), theme.error)
