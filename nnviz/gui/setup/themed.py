"""What paints itself in the theme's colours, and so must be told of another theme."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.style import small_font, strong_font
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import Label


class Themed:
    """A widget with a `theme`, for itself or for parts it makes later.

    Its form calls `set_theme` when that changes, for every themed widget below it.
    """

    theme: Theme

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        if isinstance(self, QWidget):
            self.update()


def set_theme_below(root: QWidget, theme: Theme) -> None:
    """Tell every themed widget below `root`, however deep, of the theme."""
    for child in root.findChildren(QWidget):
        if isinstance(child, Themed):
            child.set_theme(theme)


class Ink(Label, Themed):
    """A label in one of the theme's inks.

    Parameters
    ----------
    theme
        Colours.
    ink
        Name of a colour of `Theme`, such as ``"muted"``.
    size
        ``"body"``, ``"small"`` or ``"strong"``.
    """

    def __init__(
        self, text: str, theme: Theme, ink: str, size: str = "body", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._ink = ink
        if size != "body":
            self.setFont(small_font() if size == "small" else strong_font())
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Change colours."""
        self.theme = theme
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(theme, self._ink)))
        self.setPalette(palette)


@guarded
class Sentence(Ink):
    """A small label of several lines, as high as its width makes it.

    A layout asks a label's height for its width only on the way down, and in a column within
    columns within a scroll area that answer comes too late: lines would be cut.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, ink: str = "error") -> None:
        super().__init__("", theme, ink, "small", parent)
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; "" hides the label."""
        self.setText(sentence)
        self.setVisible(bool(sentence))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(max(1, self.heightForWidth(self.width())))
