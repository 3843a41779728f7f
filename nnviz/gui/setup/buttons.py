"""Small things to press, painted in the theme: chips, icon buttons, a button that adds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnviz.gui.look.icons import picture
from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.theme import Theme, blend
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.themed import Themed

RADIUS = 5.0
HEIGHT = 26
"""Pixels of a control in a form."""

ROW_GAP = 6
"""Pixels between two rows of a form."""

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


@guarded
class PaintedButton(QAbstractButton, Themed):
    """A button that paints itself; the ring of the focus is for those who came by keyboard.

    It takes the focus when clicked, so that a number being typed elsewhere is entered first.
    """

    def __init__(self, text: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._ring = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember whether the ring is to be shown."""
        self._ring = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self._ring = False
        super().focusOutEvent(event)

    def ink(self) -> str:
        """Return the colour of text and drawing in the present state."""
        if not self.isEnabled():
            return blend(self.theme.muted, self.theme.surface, 0.5)
        return self.theme.text if self.underMouse() else self.theme.muted

    def wash(self) -> str:
        """Return the background of the present state, or "" for none."""
        if not self.isEnabled() or not (self.underMouse() or self.isDown()):
            return ""
        return blend(self.theme.text, self.theme.surface, 0.14 if self.isDown() else 0.07)

    def paint_box(self, painter: QPainter, fill: str, edge: str, dashed: bool = False) -> None:
        """Paint the rounded box; "" leaves out fill or edge. The ring replaces the edge."""
        if self.property("refused"):
            edge = self.theme.error
        edge = self.theme.accent if self._ring else edge
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(edge), 1.0) if edge else QPen(Qt.PenStyle.NoPen)
        if dashed and not self._ring:
            pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def paint_icon(self, painter: QPainter, name: str, centre: QPointF, size: int = 14) -> None:
        """Paint one of the icons."""
        drawn = picture(name, self.ink(), size, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(centre.x() - size / 2, centre.y() - size / 2), drawn)


@guarded
class IconButton(PaintedButton):
    """A button that is only an icon; `text` is its accessible name.

    Parameters
    ----------
    icon_name
        File name in ``resources/icons`` without its ending.
    hint
        Tooltip, translated.
    width, icon_side
        Pixels.
    filled
        Whether it has a faint ground at rest, too.
    """

    def __init__(
        self,
        icon_name: str,
        text: str,
        hint: str,
        theme: Theme,
        parent: QWidget | None = None,
        width: int = 24,
        icon_side: int = 14,
        filled: bool = False,
    ) -> None:
        super().__init__("", theme, parent)
        self._filled = filled
        self._icon_side = icon_side
        self._icon_name = icon_name
        self.setAccessibleName(text)
        set_tool_tip(self, hint)
        self.setFixedSize(width, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and icon."""
        painter = QPainter(self)
        rest = blend(self.theme.text, self.theme.surface, 0.04) if self._filled else ""
        self.paint_box(painter, self.wash() or rest, "")
        self.paint_icon(painter, self._icon_name, QRectF(self.rect()).center(), self._icon_side)


@guarded
class Chip(PaintedButton):
    """A small switch with a word on it."""

    def __init__(self, text: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(text, theme, parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the word."""
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text()) + 8, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a word is not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint filled with the accent's wash when on."""
        painter, theme = QPainter(self), self.theme
        if self.isChecked():
            self.paint_box(painter, theme.accent_soft, theme.accent)
        else:
            self.paint_box(painter, self.wash() or theme.raised, theme.border)
        painter.setPen(QColor(theme.accent if self.isChecked() else self.ink()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


@guarded
class AddButton(PaintedButton):
    """A dashed outline as wide as the form: here is room for one more.

    Parameters
    ----------
    icon
        File name in ``resources/icons`` without its ending.
    """

    def __init__(
        self, text: str, theme: Theme, parent: QWidget | None = None, icon: str = "plus"
    ) -> None:
        super().__init__(text, theme, parent)
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(80, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint outline, plus and words."""
        painter = QPainter(self)
        self.paint_box(painter, self.wash(), blend(self.theme.muted, self.theme.surface, 0.4), True)
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        left = (self.width() - words - 20) / 2
        self.paint_icon(painter, self._icon, QPointF(left + 7, self.height() / 2))
        painter.setPen(QColor(self.ink()))
        place = QRectF(left + 20, 0, words + 4, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text())


@guarded
class FoldButton(PaintedButton):
    """A line with a chevron that unfolds what is below it.

    Parameters
    ----------
    strong
        Whether it heads a section, rather than a quiet "More".
    """

    def __init__(
        self, text: str, theme: Theme, strong: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, theme, parent)
        self._strong = strong
        self._notes: tuple[str, ...] = ()
        self.setFont(strong_font() if strong else small_font())
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(80, 28 if self._strong else 24)

    def set_notes(self, notes: tuple[str, ...]) -> None:
        """Set what is written small at the right end: the first of these that has room."""
        self._notes = notes
        self.setAccessibleDescription(notes[0] if notes else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint chevron, title and note."""
        painter = QPainter(self)
        self.paint_box(painter, "", "")
        name = "chevron-down" if self.isChecked() else "chevron-right"
        self.paint_icon(painter, name, QPointF(6, self.height() / 2), 12)
        heading = self._strong and self.isEnabled()
        painter.setPen(QColor(self.theme.text if heading else self.ink()))
        place = QRectF(self.rect()).adjusted(18, 0, -2, 0)
        title = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)
        self._paint_note(painter, place)

    def _paint_note(self, painter: QPainter, place: QRectF) -> None:
        taken = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 12
        place.setLeft(place.left() + taken)
        font = small_font()
        # Said, for a painter fills in what a font leaves open from the widget's own.
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        metrics = QFontMetrics(font)
        fitting = (note for note in self._notes if metrics.horizontalAdvance(note) < place.width())
        painter.drawText(
            place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, next(fitting, "")
        )
