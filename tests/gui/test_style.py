"""What the look of the window is made of, and what it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication

from nnviz.gui import preferences
from nnviz.gui.look.icons import tinted
from nnviz.gui.look.style import window_sheet
from nnviz.gui.look.theme import THEMES, Theme

INKS = {"chevron-down": "muted", "chevron-up": "muted", "check": "accent_text"}
THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@THEME
def test_drawings_of_the_style_sheet_have_the_inks_of_the_theme(
    qapp: QApplication, theme: Theme
) -> None:
    files = {Path(name) for name in re.findall(r'url\("(.*?)"\)', window_sheet(theme))}
    assert {file.stem for file in files} == set(INKS)
    for file in files:
        assert file.read_bytes() == tinted(file.stem, getattr(theme, INKS[file.stem]))
        drawn = QIcon(str(file)).pixmap(16, 16).toImage()
        blank = QImage(drawn.size(), drawn.format())
        blank.fill(0)
        assert drawn != blank


def test_settings_of_its_own_leave_the_persons_alone(fresh_settings: Path) -> None:
    preferences.write(preferences.THEME, "dark")
    with preferences.of_its_own():
        assert preferences.read(preferences.THEME) == preferences.SYSTEM
        preferences.write(preferences.THEME, "light")
        assert preferences.read(preferences.THEME) == "light"
    assert preferences.read(preferences.THEME) == "dark"
    assert QSettings().value(preferences.THEME.name) == "dark"
