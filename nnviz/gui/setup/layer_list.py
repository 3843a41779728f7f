"""The layers of the network, one row each, and room for one more."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import LAYERS, Dense, LayerSpec, Shape, shape_text
from nnviz.engine.network import layer_shapes
from nnviz.gui.look.layer_names import layer_names, shape_title
from nnviz.gui.look.style import small_font
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import SPACE, Theme
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.buttons import AddButton
from nnviz.gui.setup.field import Field, discard
from nnviz.gui.setup.layer_kinds import ROWS, PlainRow
from nnviz.gui.setup.layer_row import NAME_WIDTH, HiddenRow, LayerRow, OutputRow
from nnviz.gui.setup.themed import Themed
from nnviz.training import choices
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import addable
from nnviz.training.problem import dataset_of
from nnviz.training.shapes import input_shape

_WIDE_FROM = 9  # names with two figures would be cut in the usual size
_OTHER_WIDTH = 72
_WIDE_NAME = 150
_ROOMY = 10
"""Letters of a shape that have room below a name."""


class LayerList(QWidget, Themed):
    """A row for each layer. Rows stay when layers come and go, so that the focus does too."""

    setting_chosen = Signal(int, str, object)
    activation_chosen = Signal(int, str)
    removal_asked = Signal(int)
    addition_asked = Signal(str)
    """A kind in ``LAYERS``."""

    move_asked = Signal(int, int)
    """The layer's place, and by how many places."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._hidden: list[Field] = []
        self._kinds: list[str] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self._add_buttons()
        self._output = self._field(OutputRow(theme), "network.layers.output", self.tr("Output"))
        self._rows.addWidget(self._output)

    def fields(self) -> list[Field]:
        """Return a field for each layer, the output's last."""
        return [*self._hidden, self._output]

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the layers, and which activations each can have."""
        *hidden, output = experiment.network.layers
        self._make_rows(hidden)
        shapes = layer_shapes(
            input_shape(experiment, dataset_of(experiment.data)), experiment.network.layers
        )
        names = layer_names(experiment.network.layers)
        for index, layer in enumerate(hidden):
            self._show_hidden(experiment, index, layer)
            field = self._hidden[index]
            field.label.setText(names[index])
            field.show_detail("" if isinstance(layer, Dense) else _written(shapes[index + 1]))
        offers = choices.offers(
            experiment, ACTIVATIONS, choices.with_output_activation, "network.layers"
        )
        assert isinstance(self._output.control, OutputRow)
        self._output.control.show_layer(output, offers)
        self._show_addition(experiment)

    # ----------------------------------------------------------------------------------- adding

    def _add_buttons(self) -> None:
        self.add = AddButton(self.tr("Add hidden layer"), self.theme)
        self.add.setObjectName("network-add-layer")
        self.add.clicked.connect(self._ask_hidden)
        self.other = AddButton(self.tr("Other"), self.theme, icon="chevron-down")
        self.other.setObjectName("network-add-other")
        self.other.setAccessibleName(self.tr("Add a layer of another kind"))
        set_tool_tip(self.other, self.tr("Layers that do something else than weigh and sum."))
        self.other.setFixedWidth(_OTHER_WIDTH)
        self.other.clicked.connect(self._open_menu)
        self.kinds = QMenu(self)
        self.kinds.setObjectName("network-add-menu")
        self.kinds.setToolTipsVisible(True)
        self.kinds.triggered.connect(self._ask_kind)
        line = QHBoxLayout()
        line.setSpacing(SPACE // 2)
        line.addWidget(self.add, 1)
        line.addWidget(self.other)
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
            action.setData(kind)
            reason = offers[kind]
            action.setEnabled(reason is None)
            set_tool_tip(action, message(reason) if reason else translated(LAYERS[kind].formula))
            self.kinds.addAction(action)

    @Slot()
    def _open_menu(self) -> None:
        self.kinds.popup(self.other.mapToGlobal(QPoint(0, self.other.height())))

    @Slot()
    def _ask_hidden(self) -> None:
        self.addition_asked.emit(Dense.kind)

    @Slot(QAction)
    def _ask_kind(self, action: QAction) -> None:
        self.addition_asked.emit(action.data())

    # ------------------------------------------------------------------------------------- rows

    def _show_hidden(self, experiment: Experiment, index: int, layer: LayerSpec) -> None:
        row = self._hidden[index].control
        offers: choices.Offers = {}
        if isinstance(row, HiddenRow):
            offers = choices.offers(
                experiment,
                ACTIVATIONS,
                lambda e, name: choices.with_activation(e, index, name),
                f"network.layers.{index}",
            )
        assert isinstance(row, HiddenRow | PlainRow)
        row.show_layer(layer, offers)

    def _make_rows(self, layers: list[LayerSpec]) -> None:
        """Make rows for what is new; those of the same kind at the same place stay."""
        kinds = [layer.kind for layer in layers]
        for index in range(max(len(kinds), len(self._kinds))):
            old, new = (names[index : index + 1] for names in (self._kinds, kinds))
            if index < len(self._hidden) and old != new:
                discard(self._hidden[index])
            if not new:
                continue
            if index >= len(self._hidden):
                self._hidden.append(self._hidden_field(index, kinds[index]))
            elif old != new:
                self._hidden[index] = self._hidden_field(index, kinds[index])
        del self._hidden[len(kinds) :]
        self._kinds = kinds

    def _hidden_field(self, index: int, kind: str) -> Field:
        row = ROWS[kind](index, self.theme)
        row.setting_chosen.connect(self.setting_chosen)
        row.removal_asked.connect(self.removal_asked)
        title = self.tr("Hidden {number}").format(number=index + 1)
        if kind != Dense.kind:
            title = translated(LAYERS[kind].short)
        field = self._field(row, f"network.layers.{index}", title)
        set_tool_tip(field.label, self.tr("Alt+Up and Alt+Down move this layer."))
        if index >= _WIDE_FROM or kind != Dense.kind:
            field.label.setFont(small_font())
            field.label.setWordWrap(False)
        if isinstance(row, PlainRow) and not row.parts():
            field.widen_label(_WIDE_NAME)
        self._add_moves(field, index)
        self._rows.insertWidget(index, field)
        return field

    def _add_moves(self, field: Field, index: int) -> None:
        """Give a row the two moves, by keyboard and as its own menu."""
        words = {"up": self.tr("Move up"), "down": self.tr("Move down")}
        for way, key, by in (("up", "Alt+Up", -1), ("down", "Alt+Down", 1)):
            action = QAction(words[way], field)
            action.setObjectName(f"layer-{index + 1}-{way}")
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setData((index, by))
            action.triggered.connect(self._ask_move)
            field.addAction(action)
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    @Slot()
    def _ask_move(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.move_asked.emit(*action.data())

    def _field(self, row: LayerRow | PlainRow, path: str, title: str) -> Field:
        if isinstance(row, LayerRow):
            row.activation_chosen.connect(self.activation_chosen)
        field = Field(path, title, row, "", self.theme, label_width=NAME_WIDTH)
        field.parts = row.parts()
        for part in row.parts().values():
            part.setAccessibleName(
                self.tr("{layer}: {setting}").format(layer=title, setting=part.accessibleName())
            )
        return field


def _written(shape: Shape) -> str:
    """Return a shape as it fits below a name."""
    title = shape_title(shape)
    return title if len(title) <= _ROOMY else shape_text(shape)
