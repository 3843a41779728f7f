"""The rows of layers that are not plain neurons: convolution, pooling, dropout and the like."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
    pair,
)
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import HEIGHT
from nnviz.gui.setup.choice import ChoiceBox, Entry
from nnviz.gui.setup.ladder import Limits, linear
from nnviz.gui.setup.layer_row import HiddenRow, line_of, part_name, remove_button
from nnviz.gui.setup.number import NumberField
from nnviz.gui.setup.themed import Ink
from nnviz.training.choices import Offers
from nnviz.training.layer_settings import LAYER_SETTINGS

_RATES = Limits.within(LAYER_SETTINGS["rate"].range, linear(0.05))
_RATE_WIDTH = 52
_POOL_WIDTH = 76


class SizeBox(ChoiceBox):
    """A list of pairs of whole numbers, such as the sizes of kernels.

    Parameters
    ----------
    pairs
        The usual ones; another is added when it is shown.
    pattern
        How one is written, translated: ``"{rows} × {columns}"``.
    """

    def __init__(
        self, pairs: Sequence[tuple[int, int]], pattern: str, parent: QWidget | None = None
    ) -> None:
        self._pattern = pattern
        self.pairs = {_name(size): size for size in pairs}
        super().__init__([self._entry(size) for size in pairs], parent)

    def show_pair(self, size: int | tuple[int, int]) -> None:
        """Show a pair, or a number that stands for both."""
        both = pair(size)
        if _name(both) not in self.pairs:
            self.pairs[_name(both)] = both
            self.add(self._entry(both))
        self.show_name(_name(both))

    def _entry(self, size: tuple[int, int]) -> Entry:
        rows, columns = size
        return Entry(_name(size), self._pattern.format(rows=rows, columns=columns))


def _name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _squares(*sides: int) -> list[tuple[int, int]]:
    return [(side, side) for side in sides]


class ConvolutionRow(HiddenRow):
    """A convolution: filters and activation as of neurons, and below them how kernels move."""

    amount = "filters"

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(index, theme, parent)
        self.kernel = SizeBox(_squares(1, 3, 5, 7), "{rows} × {columns}")
        self.kernel.set_hint(self.tr("Rows and columns of each kernel: how far it looks around."))
        self.kernel.setAccessibleName(self.tr("Kernel size"))
        self.strides = SizeBox(_squares(1, 2, 3), self.tr("by {rows}"))
        self.strides.set_hint(
            self.tr("By how many pixels a kernel moves on; 2 halves the picture's sides.")
        )
        self.strides.setAccessibleName(self.tr("Strides"))
        self.padding = ChoiceBox(self._paddings())
        self.padding.set_hint(self.tr("What a kernel sees beyond the edge of the picture."))
        self.padding.setAccessibleName(self.tr("Padding"))
        own = {"kernel_size": self.kernel, "strides": self.strides, "padding": self.padding}
        for part, control in own.items():
            control.setObjectName(part_name(index, part))
        self.lines.addLayout(line_of(*own.values()))
        self.kernel.chosen.connect(self._choose_kernel)
        self.strides.chosen.connect(self._choose_strides)
        self.padding.chosen.connect(self._choose_padding)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        own = {"kernel_size": self.kernel, "strides": self.strides, "padding": self.padding}
        return {**super().parts(), **own}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer, and which activations it can have."""
        super().show_layer(layer, offers)
        assert isinstance(layer, Conv2D)
        self.kernel.show_pair(layer.kernel_size)
        self.strides.show_pair(layer.strides)
        padding = layer.padding
        self.padding.fill(self._paddings())
        if not isinstance(padding, str):
            rows, columns = padding
            self.padding.add(Entry("own", f"{rows}, {columns}"))
        self.padding.show_name(padding if isinstance(padding, str) else "own")

    def _words(self) -> tuple[str, str]:
        return self.tr("Filters"), self.tr(
            "Kernels in this layer: each looks for a pattern of its own, everywhere in the picture."
        )

    def _paddings(self) -> list[Entry]:
        return [
            Entry("same", self.tr("same"), self.tr("Zeros around it keep the picture's size.")),
            Entry("valid", self.tr("valid"), self.tr("Nothing: the picture loses its edges.")),
        ]

    @Slot(str)
    def _choose_kernel(self, name: str) -> None:
        self.setting_chosen.emit(self.index, "kernel_size", self.kernel.pairs[name])

    @Slot(str)
    def _choose_strides(self, name: str) -> None:
        self.setting_chosen.emit(self.index, "strides", self.strides.pairs[name])

    @Slot(str)
    def _choose_padding(self, name: str) -> None:
        self.setting_chosen.emit(self.index, "padding", name)


class PlainRow(QWidget):
    """A layer that has nothing to choose, or one setting; and the cross that removes it."""

    setting_chosen = Signal(int, str, object)
    """Place, name of the setting, its new value."""

    removal_asked = Signal(int)

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self.remove = remove_button(self, theme)
        self.remove.setObjectName(part_name(index, "remove"))
        self.remove.clicked.connect(self._ask_removal)
        self.line = line_of()
        self.line.addStretch(1)
        self.line.addWidget(self.remove)
        self.setLayout(self.line)
        self.setFixedHeight(HEIGHT)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        return {}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer."""

    def put(self, *widgets: QWidget) -> None:
        """Place controls before the room that is left, and name those that are settings."""
        for place, widget in enumerate(widgets):
            self.line.insertWidget(place, widget)
        for part, control in self.parts().items():
            control.setObjectName(part_name(self.index, part))

    @Slot()
    def _ask_removal(self) -> None:
        self.removal_asked.emit(self.index)


class PoolingRow(PlainRow):
    """Pooling: the size of its windows."""

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(index, theme, parent)
        self.pool = SizeBox(_squares(2, 3, 4), "{rows} × {columns}")
        self.pool.setFixedWidth(_POOL_WIDTH)
        self.pool.set_hint(self.tr("Rows and columns that become one pixel."))
        self.pool.setAccessibleName(self.tr("Pool size"))
        self.pool.chosen.connect(self._choose_pool)
        self.put(self.pool)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        return {"pool_size": self.pool}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer."""
        assert isinstance(layer, MaxPool2D | AveragePool2D)
        self.pool.show_pair(layer.pool_size)

    @Slot(str)
    def _choose_pool(self, name: str) -> None:
        self.setting_chosen.emit(self.index, "pool_size", self.pool.pairs[name])


class DropoutRow(PlainRow):
    """Dropout: its rate."""

    def __init__(self, index: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(index, theme, parent)
        self.rate = NumberField(self.tr("Rate"), _RATES)
        self.rate.set_plain()
        self.rate.setFixedWidth(_RATE_WIDTH)
        set_tool_tip(
            self.rate,
            self.tr("Share of the numbers that training sets to 0, so that none is relied on."),
        )
        self.rate.committed.connect(self._choose_rate)
        said = Ink(self.tr("set to 0 in training"), theme, "muted", "small")
        said.setIndent(SPACE)
        self.put(self.rate, said)

    def parts(self) -> dict[str, QWidget]:
        """Return the controls by the last piece of their setting's path."""
        return {"rate": self.rate}

    def show_layer(self, layer: LayerSpec, offers: Offers) -> None:
        """Show a layer."""
        assert isinstance(layer, Dropout)
        self.rate.show_value(layer.rate)

    @Slot(float)
    def _choose_rate(self, rate: float) -> None:
        self.setting_chosen.emit(self.index, "rate", rate)


ROWS: dict[str, type[HiddenRow] | type[PlainRow]] = {
    Dense.kind: HiddenRow,
    Conv2D.kind: ConvolutionRow,
    MaxPool2D.kind: PoolingRow,
    AveragePool2D.kind: PoolingRow,
    GlobalAveragePool2D.kind: PlainRow,
    Flatten.kind: PlainRow,
    Dropout.kind: DropoutRow,
    BatchNorm.kind: PlainRow,
}
"""The row of every kind in ``LAYERS``."""
