"""The layers of the network, one row each, and room for one more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import LAYERS, Dense, LayerSpec, Shape, shape_text
from nnviz.engine.network import layer_shapes
from nnviz.gui.look.layer_names import layer_names, shape_title
from nnviz.gui.look.style import FIELD_HEIGHT, em, small_font
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.look.themed import Themed
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.field import Field, discard
from nnviz.gui.setup.layer_row import NAME_WIDTH, ROWS, LayerRow
from nnviz.gui.widgets.collapsible_section import ROW_GAP
from nnviz.gui.widgets.icon_button import set_icon
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import addable
from nnviz.training.problem import dataset_of
from nnviz.training.validation import input_shape

_WIDE_FROM = 9  # names with two figures would be cut in the usual size
_WIDE_NAME = 9.4
_ROOMY = 10
"""Letters of a shape that have room below a name."""

Change = Callable[[Experiment], Experiment]


@guarded
class LayerList(Themed, QWidget):
    """A row for each layer. Rows stay when layers come and go, so that the focus does too."""

    change_asked = Signal(object)
    """What makes the Experiment that is asked for of the one that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hidden: list[Field] = []
        self._kinds: list[str] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(ROW_GAP)
        self._add_buttons()
        row = LayerRow(None, Dense.kind)
        row.setting_chosen.connect(partial(self._choose, -1))
        self._output = self._field(row, "network.layers.output", self.tr("Output"))
        self._rows.addWidget(self._output)
        self.restyle()

    def fields(self) -> list[Field]:
        """Return a field for each layer, the output's last."""
        return [*self._hidden, self._output]

    def restyle(self) -> None:
        """Draw the icons of the buttons in the theme's ink."""
        set_icon(self.add, "plus")
        set_icon(self.other, "chevron-down")

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the layers, and which activations each can have."""
        layers = experiment.network.layers
        self._make_rows(layers[:-1])
        shapes = layer_shapes(input_shape(experiment, dataset_of(experiment.data)), layers)
        names = layer_names(layers)
        for place, (field, layer) in enumerate(zip(self.fields(), layers, strict=True)):
            row, offers = field.control, {}
            assert isinstance(row, LayerRow)
            if "activation" in row.parts:
                make = partial(_with_activation, place)
                near = f"network.layers.{place}" if place < len(layers) - 1 else "network.layers"
                offers = choices.offers(experiment, ACTIVATIONS, make, near)
            row.show_layer(layer, offers)
            field.label.setText(names[place])
            field.show_detail("" if isinstance(layer, Dense) else _written(shapes[place + 1]))
        self._show_addition(experiment)

    # ----------------------------------------------------------------------------------- adding

    def _add_buttons(self) -> None:
        self.add = QPushButton(self.tr("Add hidden layer"))
        self.add.setObjectName("network-add-layer")
        self.add.clicked.connect(partial(self._ask_kind, Dense.kind))
        self.other = QPushButton(self.tr("Other"))
        self.other.setObjectName("network-add-other")
        self.other.clicked.connect(self._open_menu)
        set_tool_tip(self.other, self.tr("Layers that do something else than weigh and sum."))
        self.add.setAccessibleName(self.add.text())
        self.other.setAccessibleName(self.tr("Add a layer of another kind"))
        self.kinds = QMenu(self)
        self.kinds.setObjectName("network-add-menu")
        self.kinds.setToolTipsVisible(True)
        line = QHBoxLayout()
        line.setSpacing(SPACE // 2)
        for button, stretch in ((self.add, 1), (self.other, 0)):
            button.setProperty("room", True)
            button.setFixedHeight(em(button, FIELD_HEIGHT))
            button.setIconSize(QSize(em(button), em(button)))
            line.addWidget(button, stretch)
        self._rows.addLayout(line)

    def _show_addition(self, experiment: Experiment) -> None:
        kinds = addable(dataset_of(experiment.data).image_shape is not None)
        offers = choices.offers(experiment, kinds, choices.with_layer_added, "network.layers")
        refusal = offers[Dense.kind]
        self.add.setEnabled(refusal is None)
        hint = self.tr("One more layer lets the network combine what the one before has found.")
        set_tool_tip(self.add, message(refusal) if refusal else hint)
        self.kinds.clear()
        for kind in kinds:
            action = QAction(translated(LAYERS[kind].label), self.kinds)
            action.setObjectName(f"network-add-{kind.replace('_', '-')}")
            action.triggered.connect(partial(self._ask_kind, kind))
            reason = offers[kind]
            action.setEnabled(reason is None)
            set_tool_tip(action, message(reason) if reason else translated(LAYERS[kind].formula))
            self.kinds.addAction(action)

    @Slot()
    def _open_menu(self) -> None:
        self.kinds.popup(self.other.mapToGlobal(QPoint(0, self.other.height())))

    # ------------------------------------------------------------------------------------- rows

    def _make_rows(self, layers: tuple[LayerSpec, ...]) -> None:
        """Make rows for what is new; those of the same kind at the same place stay."""
        for place, layer in enumerate(layers):
            if place < len(self._hidden):
                if self._kinds[place] == layer.kind:
                    continue
                discard(self._hidden.pop(place))
            self._hidden.insert(place, self._hidden_field(place, layer.kind))
        for field in self._hidden[len(layers) :]:
            discard(field)
        del self._hidden[len(layers) :]
        self._kinds = [layer.kind for layer in layers]

    def _hidden_field(self, place: int, kind: str) -> Field:
        row = LayerRow(place, kind)
        row.setting_chosen.connect(partial(self._choose, place))
        row.removal_asked.connect(partial(self._remove, place))
        title = self.tr("Hidden {number}").format(number=place + 1)
        if kind != Dense.kind:
            title = translated(LAYERS[kind].short)
        field = self._field(row, f"network.layers.{place}", title)
        set_tool_tip(field.label, self.tr("Alt+Up and Alt+Down move this layer."))
        if place >= _WIDE_FROM or kind != Dense.kind:
            field.label.setFont(small_font())
        if not ROWS[kind]:
            field.set_label_width(_WIDE_NAME)
        self._add_moves(field, place)
        self._rows.insertWidget(place, field)
        return field

    def _add_moves(self, field: Field, place: int) -> None:
        """Give a row the two moves, by keyboard and as its own menu."""
        moves = (("up", self.tr("Move up"), -1), ("down", self.tr("Move down"), 1))
        for way, words, by in moves:
            action = QAction(words, field)
            action.setObjectName(f"layer-{place + 1}-{way}")
            action.setShortcut(QKeySequence(f"Alt+{way.title()}"))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(self._move, place, by))
            field.addAction(action)
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _field(self, row: LayerRow, path: str, title: str) -> Field:
        field = Field(path, title, row, "", label_width=NAME_WIDTH, parent=self)
        field.parts = row.parts
        for part in row.parts.values():
            name = self.tr("{layer}: {setting}")
            part.setAccessibleName(name.format(layer=title, setting=part.accessibleName()))
        return field

    # ----------------------------------------------------------------------------------- asking

    def _choose(self, place: int, name: str, value: Any) -> None:
        if name == "activation":
            self.change_asked.emit(lambda e: _with_activation(place, e, value))
        else:
            self.change_asked.emit(lambda e: choices.with_layer(e, place, **{name: value}))

    def _remove(self, place: int) -> None:
        self.change_asked.emit(lambda e: choices.with_hidden_layer_removed(e, place))

    def _move(self, place: int, by: int, _checked: bool = False) -> None:
        self.change_asked.emit(lambda e: choices.with_layer_moved(e, place, by))

    def _ask_kind(self, kind: str, _checked: bool = False) -> None:
        self.change_asked.emit(lambda e: choices.with_layer_added(e, kind))


def _with_activation(place: int, experiment: Experiment, name: str) -> Experiment:
    return choices.with_activation(experiment, place % len(experiment.network.layers), name)


def _written(shape: Shape) -> str:
    """Return a shape as it fits below a name."""
    title = shape_title(shape)
    return title if len(title) <= _ROOMY else shape_text(shape)
