"""How a theme becomes the look of widgets: fonts, palette and style sheet."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.gui.look.stylesheet import stylesheet
from nnviz.gui.look.theme import BODY_SIZE, SMALL_SIZE, Theme
from nnviz.resources import resource

FAMILY = "Inter"
FIGURE_SIZE = 16
"""Pixels of the large figures in the tool bar, the one exception to the two type sizes."""

FIELD_HEIGHT = 1.625
"""Heights of a line of text that a field of a form has."""

SHEET_ICONS = ("chevron-down", "chevron-up", "check")
"""Drawings in the style sheet, which takes them from files only: each theme has its own there."""

_FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf")


def load_fonts() -> None:
    """Make the bundled fonts known to Qt.

    Raises
    ------
    FileNotFoundError
        If the installation lacks them.
    """
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def application_font(percent: int = 100) -> QFont:
    """Return the font of the window: figures all equally wide, so that they do not dance."""
    font = QFont(FAMILY)
    font.setPixelSize(round(BODY_SIZE * percent / 100))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def small_font() -> QFont:
    """Return the smaller of the two sizes."""
    font = application_font()
    font.setPixelSize(_scaled(SMALL_SIZE))
    return font


def strong_font(size: int = BODY_SIZE) -> QFont:
    """Return the one bold."""
    font = application_font()
    font.setPixelSize(_scaled(size))
    font.setWeight(QFont.Weight.DemiBold)
    return font


def em(widget: QWidget, count: float = 1.0) -> int:
    """Return so many heights of a line of the widget's text, in pixels."""
    return round(count * QFontMetrics(widget.font()).height())


def mark(widget: QWidget, name: str, value: object) -> None:
    """Give a widget a property that the style sheet asks for, and the style that follows."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _scaled(size: int) -> int:
    """Return a size for text that is as large as the application's font says."""
    body = QApplication.font().pixelSize()  # negative where the size is in points: not our font
    return round(size * body / BODY_SIZE) if body > 0 else size


def palette(theme: Theme) -> QPalette:
    """Return the theme as Qt's colour roles, for what the style sheet leaves to the style."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.raised,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.accent_text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.surface,
        role.Midlight: theme.grid,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
        role.Accent: theme.accent,
    }
    made = QPalette()
    for name, color in colors.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.muted))
    return made


def apply_style(app: QApplication, theme: Theme, percent: int = 100) -> None:
    """Give the whole application its font, at a text size in percent, and a theme's palette."""
    app.setFont(application_font(percent))
    app.setPalette(palette(theme))


def window_sheet(theme: Theme) -> str:
    """Return the style sheet of the main window, and so of all that is a child of it.

    Set on the application, the same sheet takes many times as long: every widget is then polished
    twice.
    """
    files = {name: resource("icons", theme.name, f"{name}.svg").as_posix() for name in SHEET_ICONS}
    return stylesheet(
        theme, {name: f'url("{file}")' for name, file in files.items()}, small_font().pixelSize()
    )
