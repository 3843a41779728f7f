"""Ways to look at the network: one neuron alone, one layer opened, nearer, all of it again."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.columns import Column
from nnviz.gui.network.gliding import Glide, glide
from nnviz.gui.network.notes import spoken
from nnviz.gui.network.opened import can_open
from nnviz.gui.network.scene import Camera, Fill
from nnviz.gui.network.sheet import Folding
from nnviz.gui.network.stage import Stage
from nnviz.gui.overrides import guarded
from nnviz.training.problem import Problem

NEAREST, FARTHEST = 12.0, 0.4
GLIDE_MILLISECONDS = 240
_STEP = 1.25
_CLOSE = 1.5
"""Least nearness of a layer that is looked at but cannot be opened."""

_ROOM = 24.0  # pixels from the picture's side that are not in view enough


@guarded
class Viewer(Stage):
    """Shows a network, and passes smoothly from one view of it to another.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    focused = Signal(object)
    """The neuron looked at alone now, (layer, unit), or None."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._way: Glide | None = None
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(GLIDE_MILLISECONDS)
        self._glide.setStartValue(0.0)
        self._glide.setEndValue(1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._glide.valueChanged.connect(self._glide_on)

    def set_problem(self, problem: Problem, fill: Fill) -> None:
        """Arrive where a glide of the run before leads, then show the network of a new run."""
        self._arrive()
        super().set_problem(problem, fill)

    @Slot()
    def zoom_in(self) -> None:
        """Look closer at the middle."""
        self._zoom(_STEP, QPointF(self.width() / 2, self.height() / 2))

    @Slot()
    def zoom_out(self) -> None:
        """Step back from the middle."""
        self._zoom(1 / _STEP, QPointF(self.width() / 2, self.height() / 2))

    def _zoom(self, factor: float, at: QPointF) -> None:
        self._arrive()
        self.look_from(self.camera.zoomed(factor, at, FARTHEST, NEAREST))

    # --------------------------------------------------------------------- one neuron, one layer

    @property
    def current_layer(self) -> int:
        """The layer that is looked at: of the neuron in focus, or opened, or the first."""
        return self.focus[0] if self.focus else self.folding.opened or 1

    def unit_of(self, layer: int, number: int) -> int:
        """Return the unit that stands for a neuron; for a map the pixel in its middle."""
        if self.scene is None:
            return number
        rows, columns = self.scene.layout.columns[layer].grid
        return number * rows * columns + (rows // 2) * columns + columns // 2

    def focus_on(self, layer: int, unit: int) -> None:
        """Bring a neuron into view and show its edges alone."""
        self._arrive()
        if self.scene is None:
            return
        self.set_focus((layer, unit))
        self._reveal(layer, unit)
        self.setAccessibleDescription(spoken(self.scene))
        self.focused.emit(self.scene.focus)

    @Slot()
    def end_focus(self) -> None:
        """Show the edges of all neurons again."""
        if self.scene is not None and self.scene.focus is not None:
            self.set_focus(None)
            self.setAccessibleDescription("")
            self.focused.emit(None)

    def open_layer(self, layer: int) -> None:
        """Let a layer fill the picture, with all its neurons as far as there is room."""
        if self.scene is None or not 0 <= layer < len(self.scene.layout.columns):
            return
        if can_open(self.scene.layout, layer):
            self._go(Folding(self.folding.first, layer), Camera())
        else:
            self._go(Folding(self.folding.first), self._closely(layer))

    @Slot()
    def fit(self) -> None:
        """Show the whole network."""
        self._go(Folding(self.folding.first), Camera())

    def scroll_layer(self, layer: int, by: int) -> None:
        """Show neurons further down or up in a layer that does not show all."""
        self._arrive()
        if self.scene is not None and self.scene.layout.columns[layer].hidden:
            column = self.scene.layout.columns[layer]
            first = min(column.above + by, column.units - 1)
            self.set_folding(self.folding.scrolled(layer, first))

    def _page(self, layer: int, direction: int) -> None:
        """Scroll so that one neuron (or row) of those shown stays."""
        if self.scene is not None:
            column = self.scene.layout.columns[layer]
            whole = column.shown.size - column.across
            self.scroll_layer(layer, direction * max(whole, column.across))

    def _reveal(self, layer: int, unit: int) -> None:
        """Scroll, close and move as little as needed for a neuron to be seen."""
        if self.scene is None:
            return
        column = self.scene.layout.columns[layer]
        folding, camera = self.folding, self.camera
        if column.position(unit) is None:
            folding = folding.scrolled(layer, _first_for(column, column.thing(unit)))
            self.set_folding(folding)
        x, y = self._place_of((layer, unit))
        if QRectF(self.rect()).adjusted(_ROOM, _ROOM, -_ROOM, -_ROOM).contains(x, y):
            return
        if folding.opened is not None and folding.opened != layer:
            self._go(Folding(folding.first), Camera())
        elif camera.zoom > 1 or folding.opened is None:
            middle = QPointF(self.width() / 2 - x, self.height() / 2 - y)
            self._go(folding, camera.moved(middle) if camera.zoom > 1 else Camera())

    def _closely(self, layer: int) -> Camera:
        """Return the camera that has a column, and what is written beside it, fill the picture."""
        if self.scene is None:
            return Camera()
        layout = self.scene.layout
        if self.folding.opened is not None:
            layout = self._arranged(self.scene.problem, Folding(self.folding.first))
        column, last = layout.columns[layer], len(layout.columns) - 1
        left = 0.0 if layer == 0 and not column.is_image else column.left - 60.0
        right = layout.width if layer == last else column.right + 60.0
        top, bottom = column.top - 64.0, column.bottom + 40.0
        zoom = min(self.width() / (right - left), self.height() / (bottom - top))
        zoom = min(max(zoom, _CLOSE), 0.5 * NEAREST)
        x, y = (left + right) / 2, (top + bottom) / 2
        return Camera(zoom, self.width() / 2 - x * zoom, self.height() / 2 - y * zoom)

    # ------------------------------------------------------------------------------------ gliding

    def _go(self, folding: Folding, camera: Camera) -> None:
        """Pass smoothly to another folding and camera; at once where nobody watches."""
        if self.scene is None or (folding == self.folding and camera == self.camera):
            return
        self._glide.stop()
        before = self.scene.layout, self.camera
        after = self._arranged(self.scene.problem, folding)
        self.folding = folding
        self._way = Glide(*before, after, camera)
        if self.isVisible() and self._touchable:
            self._glide.start()
        else:
            self._glide_on(1.0)

    @Slot(object)
    def _glide_on(self, share: float) -> None:
        if self._way is not None:
            layout, camera = glide(self._way, share)
            self._lay(layout)
            self.look_from(camera)
            if share >= 1.0:
                self._way = None

    def _arrive(self) -> None:
        """End a glide at once, before something else moves the picture."""
        if self._way is not None:
            self._glide.stop()
            self._glide_on(1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrive, for the way was made for another size."""
        self._glide.stop()
        self._way = None
        super().resizeEvent(event)


def _first_for(column: Column, thing: int) -> int:
    """Return from where a layer has to be shown for one of its neurons to be seen."""
    if thing < column.above:
        return thing - thing % column.across
    count = column.shown.size
    return (thing // column.across + 1) * column.across - count
