"""Names from data are shown as they are, also where they look like HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QMouseEvent, QStandardItem, QTextDocumentFragment
from PySide6.QtGui import Qt as QtText
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from nnviz.datasets.catalog import CATALOG, SampleOptions, load_sample
from nnviz.datasets.dataset import Dataset
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.network import NetworkPanel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.output import OutputPanel
from nnviz.gui.plain import Label, literal, set_tool_tip
from nnviz.gui.setup.setup_panel import SetupPanel
from nnviz.gui.widgets.buttons import ToggleButton
from nnviz.storage.contents import KeptRun
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.trainer import Trainer

from .panel_cases import EXPERIMENTS

NAME = '<b>x</b><img src="y.png">'


def read(text: str) -> str:
    """Return what a person reads where Qt guesses what a text is."""
    guessed = QTextDocumentFragment.fromHtml(text).toPlainText()
    return guessed if QtText.mightBeRichText(text) else text


TEXTS = [NAME, f"a {NAME}", f"a\n{NAME}", "3 < 4 > 2", "a &lt; b", "a\n  b", "", "“x”", "<br>\nb"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_it_is(qapp: QApplication, text: str) -> None:
    assert read(literal(text)) == text
    label = Label(text)
    assert label.text() == text and label.textFormat() is Qt.TextFormat.PlainText
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance(text.split("\n")[0])


def test_whatever_has_a_tool_tip_tells_it_as_it_is(qapp: QApplication) -> None:
    assert read(NAME) == "x\ufffc", "Qt would take it for HTML"
    for thing in (QWidget(), QAction(), QStandardItem()):
        set_tool_tip(thing, NAME)
        assert read(thing.toolTip()) == NAME


def named_like_html(options: SampleOptions) -> Dataset:
    """Return iris with every name like HTML."""
    iris = load_sample("iris", options)
    features, classes = ((f"{NAME}{i}" for i in range(n)) for n in (iris.features, 3))
    return replace(iris, feature_names=tuple(features), class_names=tuple(classes))


@pytest.fixture
def frame(monkeypatch: pytest.MonkeyPatch) -> Frame:
    spec = replace(CATALOG["iris"], key="html", title=NAME, description=NAME, make=named_like_html)
    monkeypatch.setitem(CATALOG, "html", spec)
    experiment = EXPERIMENTS["iris"].change("data", sample="html")
    trainer, history = Trainer(experiment), History(2)
    history.extend(np.arange(30.0).reshape(3, 10))
    reference = KeptRun(0, NAME, experiment, history)
    return Frame(
        history,
        Inspection(trainer.problem, trainer.snapshot()),
        0,
        references=(reference,),
        selection=Selection(0, 0),
    )


def tool_tips(root: QWidget) -> Iterator[str]:
    """Yield what is told where the pointer rests, all over a widget."""
    # That of the tool tip itself comes and goes.
    parts = [w for w in root.findChildren(QWidget) if "tooltip" not in w.objectName()]
    for widget in parts:
        yield widget.toolTip()
        for x in range(4, widget.width(), 24):
            for y in range(4, widget.height(), 12):
                at = QPoint(x, y)
                globally = widget.mapToGlobal(at)
                # Not QTest's, which complains of widgets that do not care for the pointer.
                move = QMouseEvent(
                    QEvent.Type.MouseMove,
                    QPointF(at),
                    QPointF(globally),
                    Qt.MouseButton.NoButton,
                    Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier,
                )
                QApplication.sendEvent(widget, move)
                QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, globally))
                yield QToolTip.text()
    QToolTip.hideText()


def looked_at(kind: type[QWidget], frame: Frame) -> Iterator[QWidget]:
    """Yield a panel that shows the frame, in every one of its views."""
    panel = kind()
    panel.resize(420, 300)
    if isinstance(panel, SetupPanel):
        panel.show_experiment(frame.inspection.problem.experiment)
        yield panel
        return
    panel.begin(frame.inspection.problem)
    panel.show_frame(frame)
    panel.show()
    yield panel
    for way in panel.selector.findChildren(ToggleButton) if isinstance(panel, OutputPanel) else ():
        way.click()
        yield panel


NAMELESS = {
    PANELS[key] for key in ("activations", "weights", "gradients", "gallery", "walk", "landscape")
}


@pytest.mark.parametrize("kind", [*PANELS.values(), NetworkPanel, SetupPanel])
def test_no_panel_takes_a_name_for_html(qtbot, kind: type[QWidget], frame: Frame) -> None:
    for panel in looked_at(kind, frame):
        qtbot.addWidget(panel)
        labels = panel.findChildren(QLabel)
        assert all(isinstance(label, Label) or "tooltip" in label.objectName() for label in labels)
        # Legends' marks are drawings of our own within a text.
        texts = {re.sub('<img src="data:[^>]*>', "", text) for text in tool_tips(panel)}
        wrong = [text for text in texts if read(text).count("img") != text.count("img")]
        assert not wrong
        assert kind in NAMELESS or any(NAME in read(text) for text in texts)
