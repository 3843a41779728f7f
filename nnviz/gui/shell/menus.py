"""The menus, from tables: actions, samples, tutorials, paces, panels, themes."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from nnviz.datasets.catalog import CATALOG
from nnviz.gui.look.icons import icon
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.preferences import TEXT_SIZE, THEME
from nnviz.gui.shell.actions import ACTIONS, MENUS, SUBMENUS, Actions
from nnviz.training.comparisons import COMPARISONS
from nnviz.training.experiment import Experiment
from nnviz.training.messages import PACES
from nnviz.training.presets import PRESETS

GROUPS: dict[str, tuple[str, str]] = {
    "tutorial": ("From the &tutorials", "graduation-cap"),
    "plane": ("&Points in a plane", "chart-scatter"),
    "curve": ("&Curves", "chart-spline"),
    "table": ("&Measured tables", "table-2"),
    "image": ("P&ictures", "image"),
}
"""Submenus of the Data menu, title and icon, by the group of a sample."""

THEME_CHOICES: dict[str, tuple[str, str]] = {
    "system": ("As the &system", "Light or dark as the desktop is, and change with it."),
    "light": ("&Light", "Dark ink on light surfaces, as on paper."),
    "dark": ("&Dark", "Light ink on dark surfaces, for dim rooms."),
}
"""Text and tip of each theme choice."""


TEXT_SIZE_TIP = "How large all text is."
PACE_TIP = "How fast training runs; what is learned is the same."


class Choice(QObject):
    """Lines of menus of which one is ticked.

    Parameters
    ----------
    prefix
        Object names are this, a dash, and the entry's key.
    """

    chosen = Signal(str)
    """The key of the line the person chose, also when it was ticked already."""

    def __init__(self, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prefix = prefix
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._take)
        self.actions: dict[str, QAction] = {}

    def add_to(self, menu: QMenu, key: str, text: str, tip: str, more: str = "") -> None:
        """Put a new line at the end of a menu; text and tip are yet to be translated.

        What more there is to say, already translated, stands in a line of its own below the tip.
        """
        action = self.actions[key] = QAction(translated(text), self._group)
        action.setObjectName(f"{self._prefix}-{key}")
        action.setCheckable(True)
        action.setData(key)
        set_tool_tip(action, f"{translated(tip)}\n{more}".strip())
        action.setStatusTip(translated(tip))
        menu.addAction(action)

    def tick(self, key: str) -> None:
        """Tick the line of this key, or none if there is no such line."""
        for name, action in self.actions.items():
            action.setChecked(name == key)

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        self.chosen.emit(action.data())


class Menus(QObject):
    """The menu bar of one window."""

    def __init__(self, bar: QMenuBar, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.samples = Choice("sample", self)
        self.presets = Choice("preset", self)
        self.comparisons = Choice("comparison", self)
        self.paces = Choice("pace", self)
        self.themes = Choice("theme", self)
        self.text_sizes = Choice("text-size", self)
        # The actions, not only the menus: PySide forgets a menu whose action it has forgotten.
        self._titles: list[QAction] = []
        self._menus = {key: self._menu(bar, key, title) for key, title in MENUS.items()}
        for key, spec in ACTIONS.items():
            menu = self._menus.get(spec.menu) or self._submenu(spec.menu)
            if spec.starts_group:
                menu.addSeparator()
            menu.addAction(actions[key])
        self._fill_data()
        self._fill_tutorials()
        self._fill_paces()
        self._fill_themes()

    def __getitem__(self, key: str) -> QMenu:
        return self._menus[key]

    @Slot(object)
    def show_experiment(self, experiment: Experiment) -> None:
        """Tick the sample and the preset in use."""
        self.samples.tick(experiment.data.sample)
        self.presets.tick(experiment.preset)
        self.comparisons.tick("")

    def add_panel_toggles(self, toggles: Iterable[QAction]) -> None:
        """Put the toggles of panels on top of the View menu."""
        view = self._menus["view"]
        first = view.actions()[0]
        view.insertActions(first, [*toggles])
        view.insertSeparator(first)

    def _menu(self, parent: QMenuBar | QMenu, key: str, title: str, drawing: str = "") -> QMenu:
        menu = parent.addMenu(translated(title))
        menu.setObjectName(f"menu-{key}")
        menu.setToolTipsVisible(isinstance(parent, QMenu))
        if drawing:
            menu.menuAction().setIcon(icon(drawing))
        self._titles.append(menu.menuAction())
        return menu

    def _submenu(self, key: str) -> QMenu:
        parent, title, drawing = SUBMENUS[key]
        self._menus[key] = self._menu(self._menus[parent], key, title, drawing)
        return self._menus[key]

    def _fill_data(self) -> None:
        data = self._menus["data"]
        data.addSeparator()
        submenus = {
            group: self._menu(data, f"data-{group}", title, drawing)
            for group, (title, drawing) in GROUPS.items()
        }
        for spec in CATALOG.values():
            self.samples.add_to(submenus[spec.group], spec.key, spec.title, spec.description)

    def _fill_tutorials(self) -> None:
        menu = self._menus["tutorials"]
        menu.setToolTipsVisible(True)
        submenu = self._menu(menu, "comparisons", "C&omparisons", "chart-spline")
        for entry in COMPARISONS.values():
            self.comparisons.add_to(submenu, entry.key, entry.title, entry.description)
        menu.addSeparator()
        failures = self._menu(menu, "tutorials-failures", "&What goes wrong", "triangle-alert")
        for preset in PRESETS.values():
            place = failures if preset.system == "T11" else menu
            source = phrase(preset.source)
            self.presets.add_to(place, preset.key, preset.title, preset.description, source)
        menu.addSeparator()
        menu.addAction(failures.menuAction())  # last, below those that succeed

    def _fill_paces(self) -> None:
        self._menus["train"].addSeparator()
        menu = self._menu(self._menus["train"], "pace", "&Pace", "gauge")
        for pace in PACES.values():
            self.paces.add_to(menu, pace.name, pace.title, PACE_TIP)

    def _fill_themes(self) -> None:
        menu = self._menu(self._menus["view"], "theme", "&Theme", "sun-moon")
        for key in THEME.choices:
            self.themes.add_to(menu, key, *THEME_CHOICES[key])
        menu = self._menu(self._menus["view"], "text-size", "Te&xt size", "maximize")
        for percent in TEXT_SIZE.choices:
            self.text_sizes.add_to(menu, percent, f"{percent} %", TEXT_SIZE_TIP)
