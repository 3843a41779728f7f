"""A pad in place of the chosen sample's picture: what a hand draws is what the network is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.datasets.pad import Pad
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.pictures import inked
from nnviz.gui.look.texts import class_titles
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.heat_map import HeatMap, PixelChart
from nnviz.gui.plots.marks import Tag
from nnviz.gui.widgets.buttons import SmallButton, ToggleButton
from nnviz.gui.widgets.choice_box import ViewChoice
from nnviz.training.edits import AddPoint
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from nnviz.gui.panels.outputs.sample import SampleImage

_LABEL = 5
"""Width of the list of labels, in heights of a line."""

_HANDLERS = {
    QEvent.Type.MouseButtonPress: "_press",
    QEvent.Type.MouseButtonDblClick: "_press",
    QEvent.Type.MouseMove: "_move",
    QEvent.Type.MouseButtonRelease: "_release",
}


@guarded
class DrawingPad(QObject):
    """Turns mouse, pen or finger over a view's picture into a drawing, while its switch is pressed.

    The drawing is asked about as a moved sample is. It stays while training goes on and in a new
    run, until another sample is chosen; added to the data, it is the chosen sample.
    """

    def __init__(self, view: SampleImage) -> None:
        super().__init__(view)
        self.pad: Pad | None = None
        self.inputs: tuple[float, ...] | None = None
        """What the network is given of it, in the data's own units; None while nothing is drawn."""
        self._kind: object = None
        self._shown: tuple[bytes, Theme] | None = None
        self._row, self._insists, self._is_pressed = -1, False, False
        self._is_labelled = False
        """Whether the person said what the drawing is."""
        self.seen = PixelChart()
        view.plot.arrange([[view.picture, self.seen]])  # in Qt's scene from the first, also unseen
        self._ink = view.picture.add(HeatMap(gaps=False))
        self._invitation = Tag(view.picture, "muted", "")
        tip = self.tr("Draw a picture of your own, and see what the network takes it for.")
        self.switch = ToggleButton(self.tr("Draw"), tip, view)
        tip = self.tr("Take ink away; so does the right button.")
        self.eraser = ToggleButton(self.tr("Eraser"), tip, view)
        tip = self.tr("Take the last stroke back (Ctrl+Z).")
        self.undo = SmallButton(self.tr("Undo"), tip, view)
        self.clear = SmallButton(self.tr("Clear"), self.tr("Begin with an empty pad."), view)
        self.switch.toggled.connect(self._show_mode)
        self.undo.clicked.connect(self.take_back)
        self.clear.clicked.connect(self._on_clear)
        self._make_row(view)
        for name in ("eraser", "undo", "clear", "switch"):
            view.header.add(getattr(self, name))
        for name in ("eraser", "undo", "clear", "switch", "add", "label"):
            getattr(self, name).setObjectName(f"{view.objectName()}-draw-{name}")
        view.plot.viewport().installEventFilter(self)

    def _make_row(self, view: SampleImage) -> None:
        """Make the row that makes a sample of the drawing."""
        tip = self.tr("Make the drawing a training sample with this label.")
        self.add = SmallButton(self.tr("Add to data as"), tip, view)
        self.label = ViewChoice("", self.tr("Label of the drawing"), view, _LABEL)
        self.add.clicked.connect(self._on_add)
        self.label.chosen.connect(self._on_labelled)
        self._controls = QWidget(view)
        filled(QHBoxLayout(self._controls), self.add, self.label, None, spacing=SPACE)
        view.column.addWidget(self._controls)

    @property
    def _view(self) -> SampleImage:
        """The view; not kept, for what is in a circle only the garbage collector takes away."""
        return cast("SampleImage", self.parent())

    @property
    def is_on(self) -> bool:
        """Whether one draws."""
        return self.pad is not None and self.switch.isChecked() and not self._view.bare

    @property
    def has_brush(self) -> bool:
        """Whether one draws on a finer raster than the network's picture, which is beside it."""
        return self.is_on and self.pad is not None and not self.pad.is_bitmap

    @property
    def is_empty(self) -> bool:
        """Whether one draws, and nothing is drawn yet."""
        return self.has_brush and self.inputs is None

    # ------------------------------------------------------------------ for the view

    def begin(self, problem: Problem) -> None:
        """Get ready for a run; what is drawn stays where its pictures are of the same kind."""
        data = problem.dataset
        kind = data.name, data.image_shape
        if kind != self._kind:
            self._kind, self.inputs = kind, None
            self.pad = Pad(problem.samples) if data.channels == 1 else None  # its ink is one
        self._insists = True
        self.label.offer(class_titles(data), "0")
        self._show_parts()

    def follow(self, inspection: Inspection, row: int) -> None:
        """Have a moment be of the drawing; another sample that was chosen takes its place."""
        pad, mine = self.pad, self.inputs
        if pad is None or not self.is_on:
            return
        stored = inspection.problem.dataset.inputs[row]
        is_asked = mine is not None and np.array_equal(inspection.raw_inputs(row), mine)
        is_stored = mine is not None and np.array_equal(stored, mine)
        if is_asked:
            self._insists = False
            if is_stored and inspection.moved is not None:
                self._view.move_wanted.emit(None)
        elif pad.is_touched and mine is not None and (self._insists or row == self._row):
            self._view.move_wanted.emit(mine)
        elif mine is not None or pad.is_bitmap:
            pad.load(stored)
            self.inputs = pad.inputs()
            self.label.show_value(str(inspection.problem.labels[row]))
            is_stored = pad.is_bitmap
        self._row = row
        self.add.setEnabled(self.inputs is not None and not is_stored)
        self._show_ink()

    def guess(self, label: int) -> None:
        """Label the drawing as the network does, until the person says what it is."""
        if self.has_brush and not self._is_labelled:
            self.label.show_value(str(label))

    # ------------------------------------------------------------------ hand and buttons

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle what a hand does; return whether it meant anything here."""
        name = _HANDLERS.get(event.type())
        return name is not None and self.is_on and bool(getattr(self, name)(event))

    def _press(self, event: QMouseEvent) -> bool:
        at, erases = event.position(), event.button() is Qt.MouseButton.RightButton
        if self.pad is None or not self._view.picture.box.contains(at):
            return False
        self._view.setFocus()
        self._is_labelled &= self.add.isEnabled()  # what is begun now has no label yet
        if not self._is_pressed and (erases or event.button() is Qt.MouseButton.LeftButton):
            self._is_pressed = True
            self.pad.press(self._place(at), erases or self.eraser.isChecked())
            self._ask()
        return True

    def _move(self, event: QMouseEvent) -> bool:
        over = self._view.picture.box.contains(event.position())
        shape = Qt.CursorShape.CrossCursor if over else Qt.CursorShape.ArrowCursor
        self._view.plot.viewport().setCursor(shape)
        if self._is_pressed and self.pad is not None:
            self.pad.move(self._place(event.position()))
            self._ask()
        return self._is_pressed

    def _release(self, _event: QMouseEvent) -> bool:
        was, self._is_pressed = self._is_pressed, False
        return was

    def _place(self, at: QPointF) -> tuple[float, float]:
        """Return how many pixels of the picture a place is from its upper left corner."""
        x, y = self._view.picture.value(at).toTuple()
        return x, self._view.picture.shown[1][1] - y

    @Slot()
    def take_back(self) -> None:
        """Take the last stroke back."""
        if self.pad is not None:
            self.pad.undo()
            self._ask()

    @Slot()
    def _on_clear(self) -> None:
        if self.pad is not None:
            self.pad.clear()
            self._ask()

    @Slot()
    def _on_labelled(self) -> None:
        self._is_labelled = True

    @Slot()
    def _on_add(self) -> None:
        if self.inputs is not None:
            self._insists = True  # while the rows change, and after
            self._view.edit_wanted.emit(AddPoint(self.inputs, float(self.label.name)))

    def _ask(self) -> None:
        """Have everything show the drawing as it is now, first of all this view."""
        assert self.pad is not None
        self.inputs = self.pad.inputs()
        view, moment = self._view, self._view.inspection
        if moment is not None:
            if self.inputs is not None:
                moment = moment.with_moved(view.row, self.inputs)
            view.show_moment(moment, view.row)
        view.move_wanted.emit(self.inputs if self.pad.is_touched else None)

    @Slot()
    def _show_mode(self) -> None:
        """Draw, or look at the sample again."""
        self._insists = True
        if not self.switch.isChecked():
            self._view.plot.viewport().unsetCursor()
            self._view.move_wanted.emit(None)
        self._show_parts()
        self._view.restyle()

    def _show_parts(self) -> None:
        on, has_brush, view = self.is_on, self.has_brush, self._view
        self.switch.setVisible(self.pad is not None and not view.bare)
        self._controls.setVisible(on)
        for part, shown in ((self.undo, on), (self.clear, on), (self.eraser, has_brush)):
            part.setVisible(shown)
        self._ink.setVisible(has_brush)
        self._show_ink()
        view.follow_drawing()

    def _show_ink(self) -> None:
        """Show what is drawn, or the invitation to draw."""
        if not self.is_on or self.pad is None:
            self._invitation.hide()
            return
        (left, right), (low, high) = self._view.picture.shown
        theme = self._view.theme
        shown = self.pad.ink.tobytes(), theme
        if self.has_brush and shown != self._shown:
            self._shown, area = shown, QRectF(left, low, right - left, high - low)
            self._ink.set_cells(inked(self.pad.ink, theme.surface, theme.text), area=area)
        self.undo.setEnabled(self.pad.is_touched)
        self.clear.setEnabled(bool(self.pad.ink.any()))
        text = self.tr("Draw here: the network answers at once.") if self.is_empty else ""
        self._invitation.show_at(text, (left + right) / 2, (low + high) / 2, (0.5, 0.5))
