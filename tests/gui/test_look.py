"""Colours: what they tell apart, and how widgets and drawings come to have those of a theme."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui import preferences
from nnviz.gui.look.icons import tinted
from nnviz.gui.look.style import palette, window_sheet
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, Theme, rgb, theme_of
from nnviz.gui.look.themed import Themed

from .seen import pixels
from .seen_colors import EYES, apart, luminance

CLASSES = 10
INKS = {"chevron-down": "muted", "chevron-up": "muted", "check": "accent_text"}
EVERY_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


@pytest.mark.parametrize("eyes", EYES)
@EVERY_THEME
def test_classes_are_told_apart_and_taken_for_no_sign(theme: Theme, eyes: str) -> None:
    classes = [theme.class_color(label) for label in range(4)]
    for one, other in itertools.combinations([*classes, theme.positive, theme.negative], 2):
        assert apart(one, other, eyes) > 0.09, (one, other)


@EVERY_THEME
def test_every_class_has_its_own_look_and_is_seen_on_the_surface(theme: Theme) -> None:
    looks = {(theme.class_color(label), theme.class_symbol(label)) for label in range(CLASSES)}
    assert len(looks) == CLASSES
    symbols = [theme.class_symbol(label) for label in range(3, CLASSES)]
    assert len(set(symbols)) == len(symbols) and "o" not in symbols
    assert set(symbols) <= set(pg.graphicsItems.ScatterPlotItem.Symbols)
    for label in range(CLASSES):
        color = theme.class_color(label)
        pair = sorted((luminance(color), luminance(theme.surface)))
        assert pair[1] / pair[0] >= 2.2, color
        for sign in (theme.positive, theme.negative):
            assert apart(color, sign, "anybody") > 0.09, color


def test_the_palette_says_which_theme_a_widget_is_in(qtbot: QtBot) -> None:
    class Drawn(Themed, QWidget):
        restyled = 0

        def restyle(self) -> None:
            self.restyled += 1

    root = QWidget()
    qtbot.addWidget(root)
    drawn = Drawn(root)
    for theme in (DARK, LIGHT):
        before = drawn.restyled
        root.setPalette(palette(theme))
        assert theme_of(drawn) is drawn.theme is theme
        assert drawn.restyled > before


def test_signed_colours_grow_from_a_neutral_middle() -> None:
    for theme in THEMES.values():
        low, zero, high = theme.diverging(np.array([-2.0, 0.0, 2.0]), 2.0)[:, :3].tolist()
        expected = [rgb(color) for color in (theme.negative, theme.neutral, theme.positive)]
        assert np.abs(np.subtract([low, zero, high], expected)).max() <= 2


def test_what_is_no_number_has_the_lowest_colour_and_what_is_too_large_the_ends() -> None:
    colors = LIGHT.diverging(np.array([-1.0, 1.0, np.nan, -np.inf, np.inf], np.float32))
    assert colors[2:].tolist() == colors[[0, 0, 1]].tolist()


@EVERY_THEME
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


@EVERY_THEME
def test_the_drawings_in_qts_own_dialog_of_files_have_room(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setPalette(palette(theme))
    window.setStyleSheet(window_sheet(theme))
    dialog = QFileDialog(window, "", "", "")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    button = dialog.findChild(QToolButton, "newFolderButton")
    assert isinstance(button, QToolButton)
    inner = pixels(button.grab())[4:-4, 4:-4]
    rows, columns = np.nonzero((inner != inner[0, 0]).any(axis=2))
    assert min(np.ptp(rows), np.ptp(columns)) >= 10, "Qt draws them of 16 pixels"
    dialog.close()


def test_settings_of_its_own_leave_the_persons_alone(fresh_settings: Path) -> None:
    preferences.write(preferences.THEME, "dark")
    with preferences.of_its_own():
        assert preferences.read(preferences.THEME) == preferences.SYSTEM
        preferences.write(preferences.THEME, "light")
        assert preferences.read(preferences.THEME) == "light"
    assert preferences.read(preferences.THEME) == "dark"
    assert QSettings().value(preferences.THEME.name) == "dark"
