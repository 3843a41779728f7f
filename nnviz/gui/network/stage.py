"""The widget that shows the network: what is shown, and when it is painted."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.theme import Theme
from nnviz.gui.network.backdrop import new_picture
from nnviz.gui.network.card import beside, card_for, card_size, paint_card, unit_card
from nnviz.gui.network.card_text import Card
from nnviz.gui.network.columns import kinds_of
from nnviz.gui.network.edges import Edges, edges_at, edges_of
from nnviz.gui.network.labels import margins_for
from nnviz.gui.network.layout import arrange
from nnviz.gui.network.picture import Picture, Sight, Weighed
from nnviz.gui.network.placing import quietest
from nnviz.gui.network.reading import Reading, scales_of
from nnviz.gui.network.resting import Resting
from nnviz.gui.network.scene import Camera, Fill, Scene, Target
from nnviz.gui.network.sheet import WHOLE, Folding, Layout, Unit
from nnviz.gui.overrides import guarded
from nnviz.training.problem import Problem

REST_MILLISECONDS = 150

Pinned = tuple[tuple[float, float], bool]
"""Left and top of a card that stays, and whether it has its first lines only."""


@guarded
class Stage(QWidget):
    """Shows a network, from where it is told to; repaints only what has changed.

    Parameters
    ----------
    theme
        Colours.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.camera = Camera()
        self.offset = (0.0, 0.0)
        self.folding = WHOLE
        self._theme = theme
        self._touchable = False
        self.focus: Unit | None = None
        self._whole: Weighed | None = None
        self._own: Weighed | None = None
        self._mouse = QPointF()
        self._holds = False
        self._picture = Picture()
        self._pixels = QPixmap()
        self._rested: QPixmap | None = None
        self._resting: Resting | None = None
        self._stale = True
        self._pin: tuple[object, Pinned] = (None, ((0.0, 0.0), False))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._draw_at_rest)
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._draw_slice)

    # ---------------------------------------------------------------------------- what is shown

    @property
    def edges(self) -> Edges | None:
        """All edges between the neurons shown."""
        return self._whole.edges if self._whole else None

    @property
    def sight(self) -> Sight | None:
        """All that a painting needs to know."""
        if self.scene is None or self._whole is None:
            return None
        return Sight(self.scene, self.camera, self._whole, self._own, self.size())

    @property
    def undrawn(self) -> int:
        """Number of weights that the last painting left out."""
        return self._picture.unseen

    def set_problem(self, problem: Problem, fill: Fill) -> None:
        """Show the network of a new run, before its first frame.

        Who runs the same network again goes on looking at the same part of it.
        """
        before = self.scene and self.scene.problem.shapes
        self._picture.allowance.forget()
        if before and before != problem.shapes:
            self.folding, self.focus = WHOLE, None
            self.look_from(Camera())
        if self.focus and not _exists(problem, self.focus):
            self.focus = None
        same = self.scene and self.scene.problem is problem
        scales = self.scene.scales if self.scene and same else scales_of(problem)
        layout = self._arranged(problem, self.folding)
        self.scene = Scene(
            problem,
            layout,
            scales,
            self._theme,
            fill,
            self.camera.zoom,
            focus=self.focus,
            touchable=self._touchable,
        )
        self._lay(layout)

    def set_reading(self, reading: Reading) -> None:
        """Show a moment."""
        if self.scene is None or self._whole is None:
            return
        self.scene = replace(self.scene, reading=reading)
        self._whole = self._weigh(self._whole.edges)
        self._own = self._weigh(self._own.edges) if self._own else None
        self._changed()

    def set_fill(self, fill: Fill) -> None:
        """Choose what fills the neurons."""
        self._show(fill=fill)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self._theme = theme
        self._show(theme=theme)

    def set_touchable(self, touchable: bool) -> None:
        """Say whether there is somebody to press what is drawn."""
        self._touchable = touchable
        self._show(touchable=touchable)

    def set_focus(self, focus: Unit | None) -> None:
        """Show the edges of one neuron alone, or all; also of one that only another network has."""
        if focus and self.scene is not None and not _exists(self.scene.problem, focus):
            focus = None
        self.focus = focus
        if self.scene is not None and focus != self.scene.focus:
            self._show(focus=focus, hovered=None)
            self._choose_own()

    def set_folding(self, folding: Folding) -> None:
        """Show another part of large layers."""
        self.folding = folding
        if self.scene is not None:
            self._lay(self._arranged(self.scene.problem, folding))

    def look_from(self, camera: Camera) -> None:
        """Move the view."""
        self.look_at(
            camera.zoom, camera.dx / max(self.width(), 1), camera.dy / max(self.height(), 1)
        )

    def look_at(self, zoom: float, x: float, y: float) -> None:
        """Move the view so that its offset is these shares of the canvas, whatever its size."""
        self.offset = (x, y)
        self.camera = Camera(zoom, x * self.width(), y * self.height())
        self._show(zoom=zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room; what was in the middle stays there."""
        if self.scene is not None:
            self._lay(self._arranged(self.scene.problem, self.folding))
        self.look_at(self.camera.zoom, *self.offset)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw the detail that was left out while nobody looked."""
        super().showEvent(event)
        self._changed()

    def _arranged(self, problem: Problem, folding: Folding) -> Layout:
        units = tuple(map(math.prod, problem.shapes))
        margins = margins_for(problem, self.font(), self.width())
        shape = problem.dataset.image_shape
        kinds = kinds_of(problem.experiment.network.layers, problem.shapes)
        return arrange(units, self.width(), self.height(), margins, shape, kinds, folding)

    def _lay(self, layout: Layout) -> None:
        """Take a layout, and the edges that go with it."""
        if self.scene is None:
            return
        hovered = self.scene.hovered
        if hovered and hovered[0] == "edge":
            hovered = None  # its number means another edge now
        self.scene = replace(self.scene, layout=layout, hovered=hovered)
        self._whole = self._weigh(edges_of(layout))
        self._choose_own()

    def _choose_own(self) -> None:
        """Find the edges of the neuron in focus, or else under the mouse."""
        scene, self._own = self.scene, None
        if scene is not None and self._whole is not None:
            unit, alone = scene.focus or scene.pointed, scene.focus is not None
            curved = alone or self._whole.edges.curved
            if unit is not None:
                self._own = self._weigh(edges_at(scene.layout, *unit, curved, not alone))
        self._changed()

    def _weigh(self, edges: Edges) -> Weighed:
        reading = self.scene.reading if self.scene else None
        if reading is None:
            return Weighed(edges, np.zeros(len(edges)))
        return Weighed(edges, edges.strengths(reading.weights, reading.largest))

    def _show(self, **changes: object) -> None:
        if self.scene is not None:
            self.scene = replace(self.scene, **changes)  # type: ignore[arg-type]
        self._changed()

    def _hover(self, target: Target | None) -> bool:
        """Point at something; return whether it was something else before."""
        if self.scene is None or target == self.scene.hovered:
            return False
        self._show(hovered=target)
        if self.scene.focus is None:
            self._choose_own()
        return True

    # --------------------------------------------------------------------------------- painting

    def _changed(self) -> None:
        """Repaint soon, quickly; and in full detail when nothing has changed for a while."""
        self._stale, self._rested, self._resting = True, None, None
        self._slice.stop()
        sight = self.sight
        if self.isVisible() and sight is not None and sight.rests_later:
            self._rest.start()
        self.update()

    @Slot()
    def _draw_at_rest(self) -> None:
        sight = self.sight
        if self.isVisible() and sight is not None and sight.rests_later:
            self._resting = self._picture.resting(sight, self.devicePixelRatioF(), self.font())
            self._slice.start()

    @Slot()
    def _draw_slice(self) -> None:
        if self._resting is None or self._picture.rest(self._resting):
            self._slice.stop()
            self._rested = self._resting.picture if self._resting else None
            self._resting, self._stale = None, True
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the picture, drawn anew only if something changed, and the cards on top."""
        painter = QPainter(self)
        sight = self.sight
        if sight is None:
            painter.fillRect(self.rect(), QColor(self._theme.surface))
            return
        # A picture of the window may ask for more pixels a point than the screen has.
        on_screen = painter.deviceTransform().m11() == self.devicePixelRatioF()
        if self.isVisible() and on_screen:
            if self._stale or self._pixels.deviceIndependentSize().toSize() != self.size():
                self._redraw(sight)
            painter.drawPixmap(0, 0, self._pixels)
        else:
            # Painted for an export, at a scale that only the painter knows.
            self._picture.paint(painter, sight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_cards(painter, sight)

    def _redraw(self, sight: Sight) -> None:
        ratio = self.devicePixelRatioF()
        if self._pixels.size() != self.size() * ratio or self._pixels.devicePixelRatio() != ratio:
            self._pixels = new_picture(self.size(), ratio)
        self._picture.draw(self._pixels, sight, self.font(), self._rested)
        self._stale = False

    def _paint_cards(self, painter: QPainter, sight: Sight) -> None:
        """Explain what is in focus, and what the mouse is over."""
        scene = sight.scene
        pinned = unit_card(scene, *scene.focus) if scene.focus else None
        is_brief = False
        if pinned is not None:
            corner, is_brief = self._pinned_at(sight, pinned)
            pinned = pinned.brief if is_brief else pinned
            rect = QRectF(QPointF(*corner), card_size(pinned, self.font()))
            rect.moveRight(min(rect.right(), self.width() - 4.0))
            paint_card(painter, scene, pinned, rect, pinned=True)
        if self._holds or (scene.pointed == scene.focus is not None and not is_brief):
            return
        card = card_for(scene, sight.findable.edges)
        if card is not None:
            rect = beside(card_size(card, self.font()), self._mouse, QRectF(self.rect()))
            paint_card(painter, scene, card, rect)

    def _pinned_at(self, sight: Sight, card: Card) -> Pinned:
        """Return where the card of the neuron in focus lies, and whether only its first lines.

        Figures that change while the network learns do not move it.
        """
        scene, camera = sight.scene, sight.camera
        key = (scene.focus, scene.layout, camera, self.size(), len(card.rows))
        if self._pin[0] != key:
            move = (camera.dx, camera.dy)
            lines = sight.findable.edges.lines * camera.zoom + (*move, *move)
            places = scene.layout.landmarks * camera.zoom + move
            room, anchor = (self.width(), self.height()), self._place_of(scene.focus or (0, 0))
            for some in (card, card.brief):
                size = card_size(some, self.font())
                spot, hides = quietest(size.toTuple(), room, anchor, places, lines)
                self._pin = key, (spot, some is not card)
                if not hides:
                    break
        return self._pin[1]

    def _place_of(self, unit: Unit) -> tuple[float, float]:
        """Return where a neuron is on the screen; the picture's middle if it is not shown."""
        place = self.scene.layout.columns[unit[0]].place_of(unit[1]) if self.scene else None
        if place is None:
            return self.width() / 2, self.height() / 2
        x, y = place[0] + place[2] / 2, place[1] + place[3] / 2
        zoom = self.camera.zoom
        return x * zoom + self.camera.dx, y * zoom + self.camera.dy


def _exists(problem: Problem, unit: Unit) -> bool:
    layer, number = unit
    return layer < len(problem.shapes) and number < math.prod(problem.shapes[layer])
