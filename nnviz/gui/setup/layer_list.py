"""The layers of the network, one row each, and room for one more."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from nnviz.engine.layers import LAYERS, Dense, LayerSpec, shape_text
from nnviz.engine.network import layer_shapes
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon
from nnviz.gui.look.layer_names import layer_names
from nnviz.gui.look.style import FIELD_HEIGHT, em, small_font
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.setup.field import Field
from nnviz.gui.setup.layer_row import ROWS, LayerRow
from nnviz.gui.widgets.collapsible_section import ROW_GAP
from nnviz.training import choices, layer_choices
from nnviz.training.experiment import Experiment
from nnviz.training.layer_choices import addable
from nnviz.training.problem import dataset_of
from nnviz.training.settings import LAYER_SETTINGS
from nnviz.training.validation import input_shape

_NAME_WIDTH, _WIDE_NAME = 4.1, 9.4
"""Heights of a line of text that a layer's name is wide, with controls beside it and without."""

_SMALL_FROM = 9  # names with two figures would be cut in the usual size


class LayerList(QWidget):
    """A row for each layer. Rows stay when layers come and go, so that the focus does too."""

    change_asked = Signal(object)
    """What makes the Experiment that is asked for of the one that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hidden: list[Field] = []
        self._kinds: list[str] = []
        self._rows = filled(QVBoxLayout(self), spacing=ROW_GAP)
        self._add_buttons()
        self._output = self._field(-1, Dense.kind, self.tr("Output"))
        self._rows.addWidget(self._output)

    def fields(self) -> list[Field]:
        """Return a field for each layer, the output's last."""
        return [*self._hidden, self._output]

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the layers, and which activations each can have."""
        layers = experiment.network.layers
        self._make_rows(layers[:-1])
        shapes = layer_shapes(input_shape(experiment, dataset_of(experiment.data)), layers)
        names = layer_names(layers)
        for place, (field, layer) in enumerate(zip(self.fields(), layers, strict=True)):
            assert isinstance(field.control, LayerRow)
            for name, part in field.parts.items():
                told = {"layer": names[place], "setting": translated(LAYER_SETTINGS[name].title)}
                part.setAccessibleName(self.tr("{layer}: {setting}").format(**told))
            near = "network.layers" if field is self._output else field.path
            field.control.show_layer(layer, experiment, near)
            field.label.setText(names[place])
            field.show_detail("" if isinstance(layer, Dense) else shape_text(shapes[place + 1]))
        self._show_addition(experiment)

    # ----------------------------------------------------------------------------------- adding

    def _add_buttons(self) -> None:
        self.add = QPushButton(self.tr("Add hidden layer"))
        self.add.setObjectName("network-add-layer")
        self.add.clicked.connect(partial(self._ask_kind, Dense.kind))
        self.add.setAccessibleName(self.add.text())
        self.kinds = QMenu(self)
        self.kinds.setObjectName("network-add-menu")
        self.kinds.setToolTipsVisible(True)
        self.other = QPushButton(self.tr("Other"))
        self.other.setObjectName("network-add-other")
        self.other.clicked.connect(self._open_menu)
        self.other.setAccessibleName(self.tr("Add a layer of another kind"))
        set_tool_tip(self.other, self.tr("Layers that do something else than weigh and sum."))
        buttons = QWidget(self)
        filled(QHBoxLayout(buttons), self.add, self.other, spacing=SPACE // 2, wide=self.add)
        for button, drawing in ((self.add, "plus"), (self.other, "chevron-down")):
            button.setProperty("room", True)
            button.setIcon(icon(drawing, "muted"))
            button.setFixedHeight(em(button, FIELD_HEIGHT))
            button.setIconSize(QSize(em(button), em(button)))
        self.addition = Field("network.layers", "", buttons, "", parent=self)
        self._rows.addWidget(self.addition)

    def _show_addition(self, experiment: Experiment) -> None:
        kinds = addable(dataset_of(experiment.data).image_shape is not None)
        offers = choices.offers(experiment, kinds, layer_choices.with_layer_added, "network.layers")
        refusal = offers[Dense.kind]
        self.add.setEnabled(refusal is None)
        units = layer_choices.hidden_units_by_rule(experiment)
        hint = self.tr(
            "One more layer lets the network combine what the one before has found. Training starts"
            " anew; in the picture's own menu you add a layer and keep the rest.\n"
            "A rule of thumb for its neurons, √(inputs + outputs) + α with α from 1 to 10, gives "
            "{low} to {high} here."
        ).format(low=units[0], high=units[-1])
        set_tool_tip(self.add, message(refusal) if refusal else hint)
        self.kinds.clear()
        for kind, reason in offers.items():
            action = self.kinds.addAction(translated(LAYERS[kind].label))
            action.setObjectName(f"network-add-{kind.replace('_', '-')}")
            action.triggered.connect(partial(self._ask_kind, kind))
            action.setEnabled(reason is None)
            set_tool_tip(action, message(reason) if reason else translated(LAYERS[kind].formula))

    @Slot()
    def _open_menu(self) -> None:
        self.kinds.popup(self.other.mapToGlobal(self.other.rect().bottomLeft()))

    # ------------------------------------------------------------------------------------- rows

    def _make_rows(self, layers: tuple[LayerSpec, ...]) -> None:
        """Make rows for what is new; those of the same kind at the same place stay."""
        kinds = [layer.kind for layer in layers]
        for place, kind in enumerate(kinds):
            if self._kinds[place : place + 1] == [kind]:
                continue
            if place < len(self._hidden):
                self._hidden.pop(place).discard()
            self._hidden.insert(place, self._hidden_field(place, kind))
            self._rows.insertWidget(place, self._hidden[place])
        for field in self._hidden[len(kinds) :]:
            field.discard()
        del self._hidden[len(kinds) :]
        self._kinds = kinds

    def _hidden_field(self, place: int, kind: str) -> Field:
        field = self._field(place, kind, translated(LAYERS[kind].short))
        set_tool_tip(field.label, self.tr("Alt+Up and Alt+Down move this layer."))
        if place >= _SMALL_FROM or kind != Dense.kind:
            field.label.setFont(small_font())
        for way, words, by in (("up", self.tr("Move up"), -1), ("down", self.tr("Move down"), 1)):
            move = QAction(words, field)
            move.setObjectName(f"layer-{place + 1}-{way}")
            move.setShortcut(QKeySequence(f"Alt+{way.title()}"))
            move.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            move.triggered.connect(partial(self._move, place, by))
            field.addAction(move)
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return field

    def _field(self, place: int, kind: str, title: str) -> Field:
        row = LayerRow(place, kind)
        row.change_asked.connect(self.change_asked)
        path = f"network.layers.{place if place >= 0 else 'output'}"
        width = _NAME_WIDTH if ROWS[kind] else _WIDE_NAME
        field = Field(path, title, row, "", label_width=width, parent=self)
        field.parts = row.parts
        return field

    # ----------------------------------------------------------------------------------- asking

    def _move(self, place: int, by: int, _checked: bool = False) -> None:
        self.change_asked.emit(lambda e: layer_choices.with_layer_moved(e, place, by))

    def _ask_kind(self, kind: str, _checked: bool = False) -> None:
        self.change_asked.emit(lambda e: layer_choices.with_layer_added(e, kind))
