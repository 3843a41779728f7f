"""The list of samples: grouped as in the Data menu, a small picture before each name."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.own.recipe import OWN
from nnviz.datasets.spec import Group, SampleOptions
from nnviz.gui.look.style import em
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.choice_box import ChoiceBox, Entry
from nnviz.gui.widgets.data_picture import picture_of


@guarded
class SampleBox(Themed, ChoiceBox):
    """A list of all samples. The pictures are painted when the list is first opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._painted: dict[str, Theme] = {}
        self.own_title = ""
        """What a person's own data are called."""
        self._side = em(self, 1.375)
        self.setIconSize(QSize(self._side, self._side))
        for group, title in self._groups().items():
            self.add_heading(title)
            for spec in CATALOG.values():
                if spec.group == group:
                    self.add(Entry(spec.key, translated(spec.title), translated(spec.description)))

    def show_value(self, name: str) -> None:
        """Show a sample as chosen; a person's own data have a line while they are open."""
        if (name == OWN) != (OWN in self.names()):
            if name == OWN:
                self.add(Entry(OWN, ""))
            else:
                self.removeItem(self.findData(OWN))
        if name == OWN:
            self.item(OWN).setText(self.own_title)
        super().show_value(name)

    def showPopup(self) -> None:
        """Open the list, painting its pictures if they are missing."""
        self.paint_pictures()
        super().showPopup()

    def paint_pictures(self) -> None:
        """Paint missing pictures in the theme's colours, but of files that take long to read."""
        for name in self.names():
            spec = CATALOG.get(name)
            if spec and self._painted.get(name) is not self.theme and spec.is_read():
                drawn = _thumbnail(name, self.theme, self._side, self.devicePixelRatioF())
                self.item(name).setIcon(drawn)
                self._painted[name] = self.theme

    def _groups(self) -> dict[Group, str]:
        return {
            "tutorial": self.tr("Tutorials"),
            "plane": self.tr("Points in a plane"),
            "curve": self.tr("Curves"),
            "table": self.tr("Tables"),
            "image": self.tr("Pictures"),
        }


def _thumbnail(name: str, theme: Theme, side: int, ratio: float) -> QIcon:
    dataset = load_sample(name, SampleOptions(noise=CATALOG[name].default_noise))
    drawn = picture_of(dataset, theme, side, 1, ratio)
    icon = QIcon(drawn)
    icon.addPixmap(drawn, QIcon.Mode.Selected)  # or Qt tints it
    return icon
