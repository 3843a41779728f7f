"""Colours: what they tell apart, and how a widget comes to know which it is drawn in."""

from __future__ import annotations

import itertools

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.gui.look.style import palette
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, Theme, rgb, theme_of
from nnviz.gui.look.themed import Themed

from .seen_colors import EYES, apart, luminance

CLASSES = 10


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_classes_are_told_apart_and_taken_for_no_sign(theme: Theme, eyes: str) -> None:
    classes = [theme.class_color(label) for label in range(4)]
    for one, other in itertools.combinations([*classes, theme.positive, theme.negative], 2):
        assert apart(one, other, eyes) > 0.09, (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
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
