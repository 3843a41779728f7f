"""Figures that change many times a second: written so that they keep their place."""

from __future__ import annotations

import math

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.gui.look.style import FIGURE_SIZE, small_font, strong_font
from nnviz.gui.plain import Label, set_tool_tip

NOTHING = "–"
"""What stands where there is no figure."""


def written(text: str) -> str:
    """Return a number as people write it: a real minus sign, exponents without idle digits."""
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def count(number: int) -> str:
    """Return a whole number with its thousands grouped, such as ``"12,300"``."""
    return f"{number:,}"


def quantity(number: float) -> str:
    """Return four significant digits, trailing zeros kept, such as ``"0.2500"`` or ``"224.0"``."""
    if math.isnan(number):
        return NOTHING
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    size = abs(number)
    if size >= 1e7 or 0 < size < 1e-4:
        text = f"{number:.2e}"
    elif size >= 1000:
        text = f"{number:,.0f}"
    else:
        text = f"{number:#.4g}" if size >= 1 else f"{number:.4f}"
    return written(text)


def setting(number: float) -> str:
    """Return a number that a person chose: up to four significant digits, no idle zeros."""
    return f"{number:.4g}".replace("e-0", "e-").replace("-", "−")


def speed(rate: float) -> str:
    """Return how many a second: ``"1,234"``, ``"9.8"``, ``"0.25"``; nothing slow is told as 0."""
    if rate >= 9.95:
        return count(round(rate))
    return f"{rate:.1f}" if rate >= 0.95 or rate == 0 else f"{rate:.2g}"


class Figure(QWidget):
    """A large figure under a small caption, as wide as its widest value.

    Parameters
    ----------
    name
        Object name.
    caption, tip
        What it is, and in a sentence what it means.
    widest
        Values, one of which takes the most room; the figure never needs more, so nothing moves.
    """

    def __init__(
        self,
        name: str,
        caption: str,
        tip: str,
        widest: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_tool_tip(self, tip)
        self._past = False
        self._caption = Label(caption, self)
        self._caption.setObjectName("figureCaption")
        self._caption.setFont(small_font())
        self._value = Label(NOTHING, self)
        self._value.setObjectName("figureValue")
        self._value.setFont(strong_font(FIGURE_SIZE))
        metrics = QFontMetrics(self._value.font())
        width = max(metrics.horizontalAdvance(text) for text in widest)
        # Of a fixed size: else every new value would have the whole window laid out again.
        self._value.setFixedSize(width, self._value.sizeHint().height())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._caption)
        column.addWidget(self._value)

    @property
    def text(self) -> str:
        """What it shows."""
        return self._value.text()

    def show_text(self, text: str) -> None:
        """Show another value."""
        if text != self._value.text():
            self._value.setText(text)
            self._tell()

    def show_caption(self, caption: str) -> None:
        """Say that it is something else."""
        if caption != self._caption.text():
            self._caption.setText(caption)
            self._tell()

    def show_past(self, past: bool) -> None:
        """Say that the value is an earlier epoch's, by the colour of the caption."""
        if past != self._past:
            self._past = past
            self._caption.setProperty("past", past)
            self._caption.style().unpolish(self._caption)
            self._caption.style().polish(self._caption)

    def _tell(self) -> None:
        self.setAccessibleName(
            self.tr("{caption}: {value}").format(
                caption=self._caption.text(), value=self._value.text()
            )
        )
