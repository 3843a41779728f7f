"""Which theme the window has: the person's choice, or the desktop's, followed live."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QStyleHints
from PySide6.QtWidgets import QApplication

from nnviz.gui import preferences
from nnviz.gui.look.style import apply_style, window_sheet
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, Theme

_SCHEMES = {
    preferences.SYSTEM: Qt.ColorScheme.Unknown,
    LIGHT.name: Qt.ColorScheme.Light,
    DARK.name: Qt.ColorScheme.Dark,
}


class ThemeManager(QObject):
    """Keeps the theme in force. Gives the application its font and palette, and tells the window.

    The window takes the rest as its style sheet, which all below it inherit, windows of their own
    among them: floating docks, dialogs, menus, tool tips.
    """

    changed = Signal(object)
    """The new `Theme`."""

    resized = Signal()
    """Text has another size: windows made from now on have it."""

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self.choice = preferences.read(preferences.THEME)
        self.text_size = preferences.read(preferences.TEXT_SIZE)
        """In percent. All parts of a window take their sizes from the text when they are made."""
        self._ask_desktop()
        self._set(self._wanted())
        self._hints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: str) -> None:
        """Take ``"system"``, ``"light"`` or ``"dark"``, now and at the next start."""
        self.choice = choice
        preferences.write(preferences.THEME, choice)
        self._ask_desktop()
        self._follow()

    def choose_text_size(self, percent: str) -> None:
        """Have text of this size, now and at the next start."""
        preferences.write(preferences.TEXT_SIZE, percent)
        if percent != self.text_size:
            self.text_size = percent
            self._set(self.theme)
            self.resized.emit()

    def apply(self, theme: Theme) -> None:
        """Put a theme in force, without making it the person's choice."""
        if theme is not self.theme:
            self._set(theme)
            self.changed.emit(theme)

    @Slot()
    def _follow(self) -> None:
        self.apply(self._wanted())

    def _ask_desktop(self) -> None:
        """Let title bars and the desktop's own dialogs have the chosen colours too."""
        self._hints().setColorScheme(_SCHEMES[self.choice])

    def _wanted(self) -> Theme:
        if self.choice in THEMES:
            return THEMES[self.choice]
        return DARK if self._hints().colorScheme() is Qt.ColorScheme.Dark else LIGHT

    def _set(self, theme: Theme) -> None:
        apply_style(self._app, theme, int(self.text_size))
        self.theme = theme
        self.sheet = window_sheet(theme)
        """Style sheet of the main window."""

    def _hints(self) -> QStyleHints:
        return self._app.styleHints()
