"""The menu of what can be done by hand to a neuron, a weight or a layer of the picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnviz.gui.edits import Level, actions_for, activations_of, name_of
from nnviz.gui.frame import Selection
from nnviz.gui.look.layer_names import column_titles
from nnviz.gui.look.texts import translated
from nnviz.gui.network.drawing import tr
from nnviz.gui.plain import set_tool_tip
from nnviz.training.edits import SetActivation
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from nnviz.gui.network.widget import NetworkWidget


def edit_menu(
    widget: NetworkWidget, problem: Problem, chosen: Selection, levels: tuple[Level, ...]
) -> QMenu | None:
    """Return a menu, still closed, for what is chosen; None where nothing can be done to it."""
    menu = QMenu(widget)
    menu.setObjectName("network-edit-menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    layer = column_titles(problem)[chosen.layer + 1]
    for level in levels:
        actions = actions_for(problem, chosen, level)
        if not actions and level != "weight":
            continue
        menu.addSeparator()
        # The titles of Qt's own sections are not drawn.
        heading = layer if level == "layer" else name_of(problem, chosen)
        menu.addAction(heading.replace("&", "&&")).setEnabled(False)
        if level == "weight":
            _add_line(menu, "value", tr("Type a value…"), partial(_type, widget, chosen))
        for action in actions:
            edit = action.make(problem, chosen)
            ask = partial(widget.edit_wanted.emit, edit)
            line = _add_line(menu, action.key, translated(action.text), ask)
            set_tool_tip(line, translated(action.tip))
            line.setCheckable(action.toggles)
            line.setChecked(action.holds(problem, chosen))
    name, titles = activations_of(problem, chosen)
    if titles and "layer" in levels:
        submenu = menu.addMenu(tr("Activation"))
        for each, title in titles.items():
            ask = partial(widget.edit_wanted.emit, SetActivation(chosen.layer, each))
            line = _add_line(submenu, f"activation-{each}", title, ask)
            line.setCheckable(True)
            line.setChecked(each == name)
    return menu if menu.actions() else None


def _add_line(menu: QMenu, key: str, text: str, do: Callable[[], None]) -> QAction:
    line = menu.addAction(text)
    line.setObjectName(f"edit-{key}")
    line.triggered.connect(lambda: do())  # without whether it is ticked
    return line


def _type(widget: NetworkWidget, chosen: Selection) -> None:
    widget.selected.emit(chosen)
    widget.weight_typed.emit("")
