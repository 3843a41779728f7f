"""The style sheet: shapes, spaces and states of widgets, all colours from the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from string import Template

from nnviz.gui.look.theme import SMALL_SIZE, SPACE, Theme, blend

# Fonts are not set here: a size in a style sheet would win over a widget's own font. Tabs of docks
# are the exception: Qt makes them, and forgets a font of their own when the sheet is replaced.
_BASE = Template("""
QMainWindow, QDialog { background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow::separator { background: $window; width: ${space}px; height: ${space}px; }
QMainWindow::separator:hover { background: $accent_soft; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }
QWidget:focus { outline: none; }

QMenuBar { background: $window; color: $text; padding: 2px ${half}px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 7px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QStatusBar { background: $window; color: $muted; border: none; }
QStatusBar::item { border: none; }
QStatusBar QPushButton { padding: 0 8px; color: $accent; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $handle; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")

_CONTROLS = Template("""
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton, QToolButton {
  background: $raised; color: $text; border: 1px solid $border; border-radius: 5px;
  padding: 4px 10px;
}
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $border; }
QPushButton:checked, QToolButton:checked {
  background: $accent_soft; color: $accent; border-color: $accent;
}
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $window; }
QToolButton[autoRaise="true"] { background: transparent; border: 1px solid transparent; }
QToolButton[autoRaise="true"]:hover { background: $hover; }
QToolButton[autoRaise="true"]:focus { border-color: $accent; }
/* Qt's own, where the system has none: the drawings are Qt's, black and of 16 pixels. */
QFileDialog QToolButton[autoRaise="true"] { padding: 1px; background: $handle; }
QFileDialog QToolButton[autoRaise="true"]:hover { background: $faint; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[small="true"] { background: transparent; color: $muted; border-radius: 4px;
  padding: 1px; margin: 0; }
QToolButton[small="true"][outlined="false"] { border-color: transparent; }
QToolButton[small="true"]:hover { color: $text; background: $hover; }
QToolButton[small="true"]:checked { color: $accent; background: $accent_soft;
  border-color: $accent_soft; }
QToolButton[small="true"]:focus { border-color: $accent; }

QToolButton[section="true"] { background: transparent; border: 1px solid transparent;
  padding: 1px 0 1px -4px; text-align: left; color: $muted; }
QToolButton[section="true"]:hover, QToolButton[strong="true"] { color: $text; }
QToolButton[section="true"]:focus { border-color: $accent; }
QToolButton[bare="true"] { background: transparent; border: 1px solid transparent; padding: 0; }
QToolButton[bare="true"]:hover { background: $hover; }
QToolButton[bare="true"]:pressed { background: $border; }
QToolButton[bare="true"]:focus { border-color: $accent; }
QPushButton[room="true"] { background: transparent; border-style: dashed; border-color: $faint;
  color: $muted; padding: 0 4px; }
QPushButton[room="true"]:hover { background: $hover; color: $text; }
QPushButton[room="true"]:focus { border-style: solid; border-color: $accent; }
QPushButton[room="true"]:disabled { color: $faint; border-color: $border; }
QToolButton[chip="true"] { padding: 3px 1px; color: $muted; }
QToolButton[chip="true"]:checked { color: $accent; }
QToolButton[refused="true"], QPushButton[room="true"][refused="true"] { border-color: $error; }
QLabel[ink="text"] { color: $text; }
QLabel[ink="muted"] { color: $muted; }
QLabel[ink="error"] { color: $error; }
QLabel[ink="warning"] { color: $warning; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit {
  background: $raised; color: $text; border: 1px solid $border; border-radius: 5px;
  padding: 3px 7px; selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $faint; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
  border-color: $accent;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  color: $faint; background: $window;
}
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
  subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {
  background: $hover; border-radius: 3px;
}
QAbstractSpinBox[plain="true"] { padding-right: 4px; padding-left: 4px; }
QLineEdit[refused="true"], QAbstractSpinBox[refused="true"], QComboBox[refused="true"] {
  border-color: $error;
}
QAbstractSpinBox::up-arrow { image: $chevron_up; width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: $chevron_down; width: 10px; height: 10px; }
QComboBox { padding-right: 22px; }
QComboBox::drop-down {
  subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none;
}
QComboBox::down-arrow { image: $chevron_down; width: 12px; height: 12px; }
QComboBox QAbstractItemView {
  background: $raised; color: $text; border: 1px solid $border; padding: 4px; outline: none;
  selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { padding: 3px 6px; border-radius: 4px; min-height: 20px; }
QComboBox QAbstractItemView::item:selected { background: $accent_soft; color: $text; }
QComboBox QAbstractItemView::item:disabled { background: transparent; color: $faint; }

QCheckBox { color: $text; spacing: 7px; }
QCheckBox:disabled { color: $faint; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px;
  background: $raised; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: $check; }
QCheckBox::indicator:disabled { background: $window; border-color: $border; }

QSlider { min-height: 20px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
  background: $knob; border: 1px solid $faint;
}
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus {
  width: 10px; height: 10px; border: 2px solid $accent;
}

QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QAbstractItemView { background: $surface; color: $text; border: 1px solid $border; outline: none;
  gridline-color: $grid; selection-background-color: $accent_soft; selection-color: $text; }
DataTable, PictureGrid { border: none; }
PictureGrid::item:selected { background: $accent_soft; color: $text;
  border: 1px solid $accent; border-radius: 4px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; padding: 4px 8px;
  border-bottom: 1px solid $border; }
QTableCornerButton::section { background: $surface; border: none; }
""")

_PARTS = Template("""
QTabBar { background: transparent; border: none; }
QTabBar::tab {
  background: transparent; color: $muted; border: none; padding: 0 10px; min-height: 27px;
  border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }

#toolBar { background: $window; border: none; padding: 0; margin: 0; spacing: 0; }
#trainButton, #export-save { background: $accent; color: $accent_text; border: 1px solid $accent; }
#trainButton:hover, #export-save:hover { background: $accent_hover; border-color: $accent_hover; }
#trainButton:pressed, #export-save:pressed { background: $accent_pressed; }
#trainButton:focus, #export-save:focus { border: 2px solid $text; }
#trainButton:disabled, #export-save:disabled { background: $border; border-color: $border;
  color: $faint; }
#figureCaption, #timeline-epoch { color: $muted; }
#timeline-epoch { background: transparent; padding: 0 1px; }
#timeline-epoch:hover { border-color: $faint; }
#timeline-epoch:focus { background: $raised; color: $text; border-color: $accent; }
#figureCaption[past="true"], #timeline-epoch[past="true"] { color: $accent; }

QFrame[networkCard="true"] {
  background: $raised; border: 1px solid $border; border-radius: 6px;
}

#timeline QToolButton { padding: 3px 4px; }
#timeline QToolButton:disabled { background: transparent; }

#setup-panel { background: $surface; }

#panelHeader { background: $surface; border: none; }
#panelCard, #panelBody { background: $surface; border: none; }
#panelTitle { color: $text; }
#export-preview { background: $window; border: 1px solid $border; border-radius: 6px; }
#panelHeader[floating="true"], #panelBody[floating="true"] { border: 1px solid $border; }
#panelHeader[floating="true"] { border-bottom: none; }
#panelBody[floating="true"] { border-top: none; }
#divider { background: $border; }
QMainWindow > QTabBar { background: $surface; font-size: ${small}px;
  qproperty-drawBase: false; qproperty-expanding: false; }
QMainWindow > QTabBar::tab {
  min-height: 22px; border-bottom: none; border-top: 2px solid transparent;
}
QMainWindow > QTabBar::tab:selected { border-top-color: $accent; }
QDockWidget { border: none; background: $surface; }

#notice { background: $notice; border: none; border-left: 3px solid $error; }
#notice[offers="true"] { background: $accent_soft; border-left-color: $accent; }
#notice QLabel { color: $text; background: transparent; }
#noticeText { background: transparent; border: none; }
""")


def stylesheet(theme: Theme, icons: Mapping[str, str], small: int = SMALL_SIZE) -> str:
    """Return the style sheet of a theme, its smaller type in pixels.

    It takes the ``url(...)`` of pictures named ``chevron-down``, ``chevron-up`` and ``check``.
    """
    colors = {name: color for name, color in asdict(theme).items() if isinstance(color, str)}
    values = {
        **colors,
        **_mixed(theme),
        **{name.replace("-", "_"): url for name, url in icons.items()},
        "space": str(SPACE),
        "half": str(SPACE // 2),
        "small": str(small),
    }
    return "".join(part.substitute(values) for part in (_BASE, _CONTROLS, _PARTS))


def _mixed(theme: Theme) -> dict[str, str]:
    """Return the shades between the theme's colours that states of widgets need."""
    dark = theme.name == "dark"
    return {
        "hover": blend(theme.text, theme.surface, 0.07),
        "faint": blend(theme.muted, theme.surface, 0.6),
        "handle": blend(theme.muted, theme.surface, 0.35),
        "knob": theme.text if dark else theme.raised,
        "accent_hover": blend(theme.accent, theme.text, 0.88),
        "accent_pressed": blend(theme.accent, theme.text, 0.76),
        "notice": blend(theme.error, theme.surface, 0.1),
    }
