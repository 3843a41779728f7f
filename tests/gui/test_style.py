"""What the look of the window is made of, and what it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QIODevice, QSettings
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication

from nnviz.gui import preferences
from nnviz.gui.look.icons import tinted
from nnviz.gui.look.sheet_icons import sheet_icons
from nnviz.gui.look.stylesheet import stylesheet
from nnviz.gui.look.theme import THEMES, Theme

INKS = {"chevron-down": "muted", "chevron-up": "muted", "check": "accent_text"}
THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def resource_names(theme: Theme) -> set[str]:
    return set(re.findall(r"url\((.*?)\)", stylesheet(theme, sheet_icons(theme))))


@THEME
def test_every_picture_of_the_style_sheet_is_in_memory(theme: Theme) -> None:
    assert resource_names(theme) == {f":/{theme.name}-{name}.svg" for name in INKS}
    for name, ink in INKS.items():
        file = QFile(f":/{theme.name}-{name}.svg")
        assert file.open(QIODevice.OpenModeFlag.ReadOnly)
        assert file.readAll().data() == tinted(name, getattr(theme, ink))


@THEME
def test_pictures_of_the_style_sheet_can_be_drawn(qapp: QApplication, theme: Theme) -> None:
    for name in resource_names(theme):
        drawn = QIcon(name).pixmap(16, 16).toImage()
        assert drawn.size().width() >= 16
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
