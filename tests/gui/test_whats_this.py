"""What's This: what is under the pointer is explained, with its formula."""

from __future__ import annotations

import base64

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QTabBar,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from nnviz.glossary import term_of
from nnviz.gui.panels import PANELS
from nnviz.gui.plain import Label
from nnviz.gui.shell import whats_this


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
