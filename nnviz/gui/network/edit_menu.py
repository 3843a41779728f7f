"""The menu of what can be done by hand to a neuron, a weight or a layer of the picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnviz.gui.edits import Level, actions_for, activations_of, has_weights, name_of
from nnviz.gui.frame import Selection
from nnviz.gui.look.layer_names import column_titles
from nnviz.gui.look.texts import translated
from nnviz.gui.plain import set_tool_tip
from nnviz.training.edits import SetActivation
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from nnviz.gui.network.widget import NetworkWidget

_tr = partial(QCoreApplication.translate, "NetworkPanel")


def edit_menu(
    widget: NetworkWidget, problem: Problem, chosen: Selection, levels: tuple[Level, ...]
) -> QMenu | None:
    """Return a menu, still closed, for what is chosen; None where nothing can be done to it."""
    menu = QMenu(widget)
    menu.setObjectName("network-edit-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    title = column_titles(problem)[chosen.layer + 1] if levels == ("layer",) else ""
    _add_heading(menu, title or name_of(problem, chosen))
    if chosen.source is not None and has_weights(problem, chosen):
        value = QAction(_tr("Type a value…"), menu)
        value.setObjectName("edit-value")
        value.triggered.connect(partial(_type, widget, chosen))
        menu.addAction(value)
    level = levels[0]
    for action in actions_for(problem, chosen, *levels):
        if action.level != level:
            menu.addSeparator()
            _add_heading(menu, column_titles(problem)[chosen.layer + 1])
            level = action.level
        line = QAction(translated(action.text), menu)
        line.setObjectName(f"edit-{action.key}")
        set_tool_tip(line, translated(action.tip))
        if action.holds is not None:
            line.setCheckable(True)
            line.setChecked(action.holds(problem, chosen))
        edit = action.make(problem, chosen)
        line.triggered.connect(partial(_emit, widget, edit))
        menu.addAction(line)
    name, titles = activations_of(problem, chosen)
    if titles and "layer" in levels:
        _add_activations(menu, widget, chosen.layer, name, titles)
    return menu if any(action.isEnabled() for action in menu.actions()) else None


def _add_heading(menu: QMenu, title: str) -> None:
    """Name what the lines below are about: the titles of Qt's own sections are not drawn."""
    heading = menu.addAction(title.replace("&", "&&"))
    heading.setObjectName("edit-heading")
    heading.setEnabled(False)


def _add_activations(
    menu: QMenu, widget: NetworkWidget, layer: int, current: str, titles: dict[str, str]
) -> None:
    submenu = menu.addMenu(_tr("Activation"))
    for name, title in titles.items():
        line = QAction(title, submenu)
        line.setObjectName(f"edit-activation-{name}")
        line.setCheckable(True)
        line.setChecked(name == current)
        line.triggered.connect(partial(_emit, widget, SetActivation(layer, name)))
        submenu.addAction(line)


def _emit(widget: NetworkWidget, edit: object, checked: bool = False) -> None:
    widget.edit_wanted.emit(edit)


def _type(widget: NetworkWidget, chosen: Selection, checked: bool = False) -> None:
    widget.selected.emit(chosen)
    widget.weight_typed.emit("")
