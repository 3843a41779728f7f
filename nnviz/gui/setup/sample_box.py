"""The list of samples: grouped as in the Data menu, a small picture before each name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from nnviz.datasets.catalog import CATALOG, load_sample
from nnviz.datasets.spec import Group, SampleOptions
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.setup.choice import ChoiceBox, Entry
from nnviz.gui.setup.data_picture import paint_data
from nnviz.gui.setup.themed import Themed

_ICON = 22


@guarded
class SampleBox(ChoiceBox, Themed):
    """A list of all samples. The pictures are painted when the list is first opened."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.theme = theme
        self._painted: Theme | None = None
        self.setIconSize(QSize(_ICON, _ICON))
        for group, title in self._groups().items():
            self.add_heading(title)
            for spec in CATALOG.values():
                if spec.group == group:
                    self.add(Entry(spec.key, translated(spec.title), translated(spec.description)))

    def showPopup(self) -> None:
        """Open the list, painting its pictures if they are missing."""
        if self._painted is not self.theme:
            self.paint_pictures()
        super().showPopup()

    def paint_pictures(self) -> None:
        """Paint the picture of each sample, in the theme's colours."""
        for name in self.names():
            self.item(name).setIcon(_thumbnail(name, self.theme, self.devicePixelRatioF()))
        self._painted = self.theme

    def _groups(self) -> dict[Group, str]:
        return {
            "tutorial": self.tr("Tutorials"),
            "plane": self.tr("Points in a plane"),
            "curve": self.tr("Curves"),
            "table": self.tr("Tables"),
            "image": self.tr("Pictures"),
        }


def _thumbnail(name: str, theme: Theme, ratio: float) -> QIcon:
    spec = CATALOG[name]
    dataset = load_sample(name, SampleOptions(noise=spec.default_noise))
    drawn = QPixmap(round(_ICON * ratio), round(_ICON * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(theme.surface))
    painter = QPainter(drawn)
    paint_data(painter, QRectF(1, 1, _ICON - 2, _ICON - 2), dataset, theme)
    painter.end()
    icon = QIcon(drawn)
    icon.addPixmap(drawn, QIcon.Mode.Selected)  # or Qt tints it
    return icon
