"""What's This: what is under the pointer is explained, with its formula."""

from __future__ import annotations

import base64
import itertools

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from nnviz.glossary import term_of
from nnviz.gui.network import NetworkPanel
from nnviz.gui.panels import PANELS
from nnviz.gui.plain import Label
from nnviz.gui.plots.plot import Plot
from nnviz.gui.shell import whats_this

from . import panel_cases
from .panel_cases import EVERY

across = Qt.Orientation.Horizontal


def opened(qtbot, kind, run: str, size: tuple[int, int]):
    """Return a panel that shows a run."""
    panel = kind()
    qtbot.addWidget(panel)
    panel.resize(*size)
    with qtbot.waitExposed(panel):
        panel.show()
    problem, frame = panel_cases.moment(run)
    panel.begin(problem)
    panel.show_frame(frame)
    return panel


@pytest.mark.parametrize("panel", PANELS.values(), ids=list(PANELS))
def test_a_panel_is_explained(panel):
    assert term_of(panel.title) is not None


def test_the_nearest_word_is_meant(qtbot):
    box = QWidget()
    qtbot.addWidget(box)
    box.setAccessibleName("Loss")
    choice, tabs, blank = QComboBox(), QTabBar(), Label("–")
    choice.addItem("ReLU")
    choice.setAccessibleName("Activation")
    for title in ("Gradients", "Runs"):
        tabs.addTab(title)
    layout = QVBoxLayout(box)
    for widget in (choice, tabs, blank):
        layout.addWidget(widget)
    box.show()

    def words(widget, place):
        return [term.title for term in whats_this.terms_at(widget, widget.mapToGlobal(place))]

    assert words(choice, QPoint(4, 4)) == ["ReLU", "Activation"]
    assert words(tabs, tabs.tabRect(0).center()) == ["Gradient"]
    assert words(tabs, tabs.tabRect(1).center()) == ["Runs"]
    assert words(blank, QPoint(4, 4)) == ["Loss"]


def terms_on(widget: QWidget) -> set[str]:
    """Return the titles of all that is explained somewhere on a widget."""
    places = itertools.product(range(2, widget.width(), 17), range(2, widget.height(), 6))
    shown = (whats_this.terms_at(widget, widget.mapToGlobal(QPoint(*one))) for one in places)
    return {term.title for found in shown for term in found}


def test_what_is_drawn_of_the_network_is_explained(qtbot):
    panel = opened(qtbot, NetworkPanel, "xor", (600, 440))
    drawn = {"Neuron", "Weights", "Layer", "Inputs", "Output"}
    figures = {"Gradient", "Update-to-weight ratio", "Saturated neuron"}
    assert terms_on(panel.network) == {*drawn, *figures, "Neural network"}


def test_the_axes_of_a_plot_are_explained(qtbot):
    panel = opened(qtbot, PANELS["loss"], "xor", (500, 300))
    wanted = {"Epochs", "Learning rate", "Mean squared error"}
    assert terms_on(panel.findChild(Plot)) == wanted


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("run", ["xor", "houses"])
def test_headers_and_axes_are_words_of_the_glossary(qtbot, key, run):
    panel = opened(qtbot, PANELS[key], run, (500, 400))
    charts = [chart.names for plot in panel.findChildren(Plot) for chart in plot.charts]
    words = [(word, one.title) for one in charts for word in (one.bottom, one.left, one.right)]
    models = [table.model() for table in panel.findChildren(QTableView)]
    words += [(str(m.headerData(i, across)), "") for m in models for i in range(m.columnCount())]
    missing = {word for word, title in words if not (term_of(word) or term_of(title))}
    data = panel_cases.moment(run)[0].dataset.feature_names
    assert {word for word in missing if any(map(str.isalpha, word))} <= set(data)


def test_pointing_explains_until_it_ends(window):
    label = next(one for one in window.setup.findChildren(Label) if one.text() == "Learning rate")

    def is_explained() -> bool:
        place = label.mapToGlobal(QPoint(2, 2))
        asked = QHelpEvent(QEvent.Type.WhatsThis, QPoint(2, 2), place)
        QApplication.sendEvent(label, asked)
        pages = [w for w in QApplication.topLevelWidgets() if w.inherits("QWhatsThat")]
        for page in pages:
            page.close()
        return asked.isAccepted() and bool(pages)

    assert not is_explained()
    window.whats_this.point()
    assert is_explained()
    QWhatsThis.leaveWhatsThisMode()
    QApplication.sendPostedEvents()
    assert not is_explained()


def test_a_formula_is_drawn_in_the_ink_of_tool_tips(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    look = widget.palette()
    look.setColor(QPalette.ColorRole.ToolTipText, "#ff0000")
    widget.setPalette(look)
    page = whats_this._entry(term_of("Sigmoid"), widget)
    image = QImage.fromData(base64.b64decode(page.picture.split("base64,")[1]))
    assert (image.width(), image.height()) == (page.width, page.height)
    solid = {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert solid == {"#ff0000"}
