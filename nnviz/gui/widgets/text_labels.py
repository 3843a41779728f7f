"""Labels that Qt lacks: of one line that is shortened to fit, and of lines that are never cut."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.gui.look.icons import icon, icon_size
from nnviz.gui.look.style import small_font
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label, set_tool_tip

_Label = TypeVar("_Label", bound=Label)


def small(label: _Label, ink: str = "muted") -> _Label:
    """Return a label in the smaller size and an ink: ``"text"``, ``"muted"`` or ``"error"``."""
    label.setFont(small_font())
    label.setProperty("ink", ink)
    return label


@guarded
class IconLabel(Themed, Label):
    """An icon, in the colours of whatever theme there is."""

    _shown: tuple[str, str] | None = None

    def show_icon(self, name: str, ink: str) -> None:
        """Show an icon by its name, in an ink."""
        self._shown = name, ink
        self.restyle()

    def restyle(self) -> None:
        """Draw it anew."""
        super().restyle()
        if self._shown is not None:
            drawing = icon(*self._shown)
            self.setPixmap(drawing.pixmap(icon_size(), self.devicePixelRatioF()))


@guarded
class ElidedLabel(Label):
    """A line of text, or the first of several that has room.

    Where none has, the last ends in an ellipsis, and the tool tip says all of it. It paints its
    text itself: Qt's label has the whole window laid out anew for another text of the same size.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._texts: tuple[str, ...] = ("",)
        self._shown, self._tip, self._size = "", "", QSize()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_texts(self, *texts: str) -> None:
        """Show the first of these that fits; longer ones come first."""
        if texts != self._texts:
            self._texts = texts or ("",)
            self.setAccessibleName(self._texts[0])
            self._fit()

    def text(self) -> str:
        """Return what has room."""
        return self._shown

    def sizeHint(self) -> QSize:
        """Return room for the longest text."""
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(self._texts[0])
        return QSize(wide, metrics.size(0, self._shown).height())

    def minimumSizeHint(self) -> QSize:
        """Ask for no width."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write what has room."""
        QPainter(self).drawText(self.contentsRect(), self.alignment(), self._shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text to another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        metrics, room, longest = self.fontMetrics(), self.width(), self._texts[0]
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= room)
        shown = next(fitting, "")
        if not shown:
            shown = metrics.elidedText(self._texts[-1], Qt.TextElideMode.ElideRight, room)
        if shown != self._shown:
            self._shown = shown
            self.update()
        if (tip := "" if shown == longest else longest) != self._tip:
            self._tip = tip
            set_tool_tip(self, tip)
        size = self.sizeHint()
        if self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            size.setWidth(0)  # whatever the text is, it has the room there is
        if size != self._size:
            self._size = size
            self.updateGeometry()


@guarded
class TwoLineLabel(Label):
    """A text of two lines at most; where it is longer, the tool tip says all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.whole = ""
        self.setWordWrap(True)

    def set_message(self, text: str) -> None:
        """Show a text."""
        self.whole = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many words as the new width has room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        words = self.whole.split(" ")
        shorter = (" ".join(words[:count]) for count in range(len(words) - 1, 0, -1))
        texts = (self.whole, *(text.rstrip(",;:.") + "…" for text in shorter))
        self.setText(next(filter(self._has_room, texts), texts[-1]))
        set_tool_tip(self, "" if self.text() == self.whole else self.whole)

    def _has_room(self, text: str) -> bool:
        metrics, room = self.fontMetrics(), QRect(0, 0, self.width(), 1 << 20)
        needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        return needed <= metrics.height() + metrics.lineSpacing()


@guarded
class WrappedLabel(Label):
    """Small text of several lines, as high as its width makes it; hidden while it says nothing.

    A layout asks a label's height for its width only on the way down, and in a column within
    columns within a scroll area that answer comes too late: lines would be cut.
    """

    def __init__(self, ink: str, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__("", parent)
        self.setObjectName(name)
        small(self, ink)
        self.setWordWrap(True)
        self.hide()

    def set_message(self, text: str) -> None:
        """Show a text; "" hides the label."""
        if text != self.text():
            self.setText(text)
            self.setVisible(bool(text))
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Be as high as the text is in the width there is."""
        self.setMinimumHeight(0)  # which Qt would count in
        self.setFixedHeight(max(1, self.heightForWidth(self.width())))
