"""How a theme becomes the look of widgets: fonts, palette and style sheet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from nnviz.gui.look.icons import tinted
from nnviz.gui.look.stylesheet import stylesheet
from nnviz.gui.look.theme import BODY_SIZE, SMALL_SIZE, Theme
from nnviz.resources import resource

FAMILY = "Inter"
FIGURE_SIZE = 18
"""Pixels of the large figures in the tool bar, the one exception to the two type sizes."""

_FONT_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf")
# Style sheets take pictures from files only, so the theme's tinted ones are written to some.
_SHEET_ICONS = (("chevron-down", "muted"), ("chevron-up", "muted"), ("check", "accent_text"))


def load_fonts() -> None:
    """Make the bundled fonts known to Qt.

    Raises
    ------
    FileNotFoundError
        If the installation lacks them.
    """
    for name in _FONT_FILES:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def application_font() -> QFont:
    """Return the font of the window: figures all equally wide, so that they do not dance."""
    font = QFont(FAMILY)
    font.setPixelSize(BODY_SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def small_font() -> QFont:
    """Return the smaller of the two sizes."""
    font = application_font()
    font.setPixelSize(SMALL_SIZE)
    return font


def strong_font(size: int = BODY_SIZE) -> QFont:
    """Return the one bold."""
    font = application_font()
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold)
    return font


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


def apply_style(app: QApplication, theme: Theme, folder: Path) -> None:
    """Give the whole application the look of a theme.

    Parameters
    ----------
    app
        Its font, palette and style sheet are set.
    theme
        The look.
    folder
        Where the style sheet's own pictures are written.
    """
    # A picture in another theme than the window's has a palette of its own: what is in it inherits
    # that palette, as widgets without a style sheet do.
    app.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
    app.setFont(application_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme, _write_icons(theme, folder)))


def _write_icons(theme: Theme, folder: Path) -> dict[str, str]:
    """Write the pictures the style sheet names; return its ``url`` for each."""
    urls = {}
    for name, ink in _SHEET_ICONS:
        file = folder / f"{theme.name}-{name}.svg"
        file.write_bytes(tinted(name, getattr(theme, ink)))
        urls[name] = f"url({file.as_posix()})"
    return urls
