"""Every action of the window in one table, and the objects made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnviz.gui.look.icons import icon
from nnviz.gui.look.texts import translated
from nnviz.gui.plain import set_tool_tip


@dataclass(frozen=True)
class ActionSpec:
    """One thing a person can do.

    Parameters
    ----------
    key
        Stable name; the object name of the action is ``action-`` and this.
    text
        As menus show it.
    tip
        One sentence: what it does.
    icon
        File name in ``resources/icons`` without its ending.
    menu
        Key in `MENUS` or in `SUBMENUS`.
    slot
        Which part of the window does it, by what method: ``"commands.undo"``.
    shortcut
        In Qt's portable notation, or "".
    starts_group
        Whether a line parts it from what is above it in the menu.
    in_tool_bar
        Whether it has a button in the tool bar.
    """

    key: str
    text: str
    tip: str
    icon: str
    menu: str
    slot: str
    shortcut: str = ""
    starts_group: bool = False
    in_tool_bar: bool = False


MENUS = {
    "file": "&File",
    "edit": "&Edit",
    "data": "&Data",
    "tutorials": "T&utorials",
    "network": "&Network",
    "train": "&Train",
    "view": "&View",
    "help": "&Help",
}
"""The menu bar; what tables fill comes after the actions of a menu."""

SUBMENUS = {
    "recent": ("file", "Open &recent", "history"),
    "export": ("file", "&Export", "images"),
}
"""Menus within those, with title and icon: each stands where its first action would."""

# fmt: off
ACTIONS: dict[str, ActionSpec] = {
    spec.key: spec
    for spec in (
        ActionSpec("open", "&Open…",
                   "Open a project, an experiment, or a table of your own; Undo goes back.",
                   icon="folder-open", menu="file", slot="projects.ask", shortcut="Ctrl+O"),
        ActionSpec("clear-recent", "&Clear the list",
                   "Forget which files were opened last; the files stay.",
                   icon="trash-2", menu="recent", slot="recent.clear", starts_group=True),
        ActionSpec("open-playground", "Open &Playground address…",
                   "Paste an address of TensorFlow Playground, and train here what it shows.",
                   icon="network", menu="file", slot="playground.ask"),
        ActionSpec("bring-back", "&Bring back the last run",
                   "Open what was on the screen when nnviz last ended, with what was learned.",
                   icon="history", menu="file", slot="recovery.bring_back"),
        ActionSpec("save", "&Save",
                   "Save the run, what it learned and the kept runs into the project's file.",
                   icon="save", menu="file",
                   slot="projects.save", shortcut="Ctrl+S", starts_group=True),
        ActionSpec("save-as", "Save &as…",
                   "Save all that into another file, which is the project's from then on.",
                   icon="save-all", menu="file",
                   slot="projects.save_as", shortcut="Ctrl+Shift+S"),
        ActionSpec("save-picture", "&Save picture…",
                   "Save the panel in use, or else the network, as a picture.",
                   icon="image-down", menu="export", slot="export.save_in_use", shortcut="Alt+S"),
        ActionSpec("copy-picture", "&Copy picture",
                   "Copy the panel in use, or else the network, to the clipboard as a picture.",
                   icon="copy", menu="export", slot="export.copy_in_use", shortcut="Alt+C"),
        ActionSpec("save-epochs", "Save picture at several e&pochs…",
                   "Save the panel in use, or else the network, as it was at several epochs, "
                   "side by side in one picture.",
                   icon="grid-3x3", menu="export", slot="export.save_epochs"),
        ActionSpec("export-animation", "Export a&nimation…",
                   "Save the panel in use, or else the network, as a picture that moves "
                   "through the epochs.",
                   icon="circle-play", menu="export", slot="export.save_animation"),
        ActionSpec("export-all", "&Export all…", "Save the pictures of all panels into a folder.",
                   icon="images", menu="export",
                   slot="export.export_all", shortcut="Ctrl+Shift+E", starts_group=True),
        ActionSpec("export-report", "E&xport report…",
                   "Save a page about this network: settings, data, curves, output, measures.",
                   icon="scroll-text", menu="export", slot="export.save_report"),
        ActionSpec("export-history", "Export &history as CSV…",
                   "Save the figures of every epoch as a table.",
                   icon="table-2", menu="export", slot="export.save_history"),
        ActionSpec("copy-weights", "Copy wei&ghts as text",
                   "Copy the weights and biases of the network on the screen, a table a layer.",
                   icon="copy", menu="export", slot="export.copy_weights"),
        ActionSpec("export-parameters", "Export pa&rameters…",
                   "Save all weights and biases of the network on the screen by their names.",
                   icon="table-2", menu="export", slot="export.save_parameters"),
        ActionSpec("export-script", "Export as scrip&t…",
                   "Save a Python script that trains or predicts as this run does, without nnviz.",
                   icon="scroll-text", menu="export", slot="export.save_script"),
        ActionSpec("export-onnx", "Export as &ONNX…",
                   "Save the network on the screen, its scaling included, for other programs.",
                   icon="network", menu="export", slot="export.save_onnx"),
        ActionSpec("export-experiment", "Save experiment as &JSON…",
                   "Save what this run asks for, its edits included, for nnviz train --experiment.",
                   icon="scroll-text", menu="export", slot="export.save_experiment"),
        ActionSpec("save-window-picture", "Save &window picture…",
                   "Save a picture of the whole window.",
                   icon="app-window", menu="export", slot="export.save_window"),
        ActionSpec("copy-playground", "Copy Playgroun&d address",
                   "Copy the address at which TensorFlow Playground shows the same network.",
                   icon="copy", menu="export", slot="playground.copy"),
        ActionSpec("quit", "&Quit", "Stop training and close the window.",
                   icon="log-out", menu="file",
                   slot="close", shortcut="Ctrl+Q", starts_group=True),
        ActionSpec("undo", "&Undo",
                   "Go back to the settings before, and to what was learned with them.",
                   icon="undo-2", menu="edit", slot="commands.undo", shortcut="Ctrl+Z"),
        ActionSpec("redo", "&Redo",
                   "Return to the settings that were undone, and to what was learned with them.",
                   icon="redo-2", menu="edit", slot="commands.redo", shortcut="Ctrl+Shift+Z"),
        ActionSpec("paste-data", "&Paste data",
                   "Open the cells that were copied in a spreadsheet, or a file that was copied.",
                   icon="table-2", menu="edit",
                   slot="open_data.paste", shortcut="Ctrl+V", starts_group=True),
        ActionSpec("open-data", "Open &your own data…",
                   "Open a table of your own: a network learns to predict one of its columns.",
                   icon="table-2", menu="data", slot="projects.ask"),
        ActionSpec("open-pictures", "Open a &folder of pictures…",
                   "Open pictures of your own: each folder in it has those of one class.",
                   icon="images", menu="data", slot="open_data.ask_folder"),
        ActionSpec("compare-models", "&Compare models…",
                   "Train the five models of the family side by side, and see how they differ.",
                   icon="table-2", menu="tutorials", slot="help.open_models"),
        ActionSpec("predict-row", "Predict a ro&w…",
                   "Type in a sample of your own, and see what the network answers.",
                   icon="waypoints", menu="data", slot="predictions.type_row"),
        ActionSpec("predict-file", "Predict a fi&le…",
                   "Have the network answer for the rows of a table with the same columns.",
                   icon="table-2", menu="data", slot="predictions.ask"),
        ActionSpec("save-predictions", "Save pre&dictions…",
                   "Save the table that was predicted, with columns for the answers.",
                   icon="scroll-text", menu="data", slot="predictions.save"),
        ActionSpec("add-hidden-layer", "&Add a hidden layer, start anew",
                   "Put one more hidden layer before the output, and start anew.",
                   icon="plus", menu="network",
                   slot="commands.add_hidden_layer", shortcut="Ctrl+L"),
        ActionSpec("remove-hidden-layer", "&Remove the last hidden layer, start anew",
                   "Take away the hidden layer before the output, and start anew.",
                   icon="minus", menu="network",
                   slot="commands.remove_hidden_layer", shortcut="Ctrl+Shift+L"),
        ActionSpec("walk", "&Step through",
                   "Go through the forward and the backward pass stage by stage, with all numbers.",
                   icon="waypoints", menu="network",
                   slot="walk.toggle", shortcut="Ctrl+T", starts_group=True),
        ActionSpec("walk-back", "Stage &before", "Show the stage of the passes before this one.",
                   icon="chevron-left", menu="network", slot="walk.go_back", shortcut="Left"),
        ActionSpec("walk-on", "&Next stage", "Show the next stage of the passes (→).",
                   icon="chevron-right", menu="network", slot="walk.go_on"),
        ActionSpec("walk-play", "&Play stages", "Let the stages follow each other, or pause.",
                   icon="circle-play", menu="network", slot="walk.play"),
        ActionSpec("walk-end", "Last s&tage", "Show the last stage of the passes, the update.",
                   icon="arrow-right-to-line", menu="network", slot="walk.go_to_end"),
        ActionSpec("train", "&Train",
                   "Let the network learn from the training samples, or pause it.",
                   icon="play", menu="train", slot="commands.toggle", shortcut="Space"),
        ActionSpec("step", "&Step", "Learn from one batch of samples, then wait.",
                   icon="step-forward", menu="train",
                   slot="commands.step", shortcut="Right", in_tool_bar=True),
        ActionSpec("reset", "&Reset",
                   "Forget what was learned: epoch 0, with the same first weights.",
                   icon="rotate-ccw", menu="train",
                   slot="commands.reset", shortcut="Ctrl+R", in_tool_bar=True),
        ActionSpec("new-start", "&New random start",
                   "Start anew with other first weights: the next seed of the training.",
                   icon="shuffle", menu="train",
                   slot="commands.new_start", shortcut="Ctrl+Shift+R"),
        ActionSpec("play-back", "Play &back",
                   "Show how the run went, from the epoch shown or the start; or stop showing it.",
                   icon="circle-play", menu="train",
                   slot="travel.play_back", shortcut="Ctrl+P", starts_group=True),
        ActionSpec("earlier", "&Earlier epoch",
                   "Look at the run as it was before; training is not touched.",
                   icon="chevron-left", menu="train",
                   slot="travel.go_earlier", shortcut="Ctrl+Left"),
        ActionSpec("later", "&Later epoch",
                   "Look at the run as it was after the epoch shown; training is not touched.",
                   icon="chevron-right", menu="train",
                   slot="travel.go_later", shortcut="Ctrl+Right"),
        ActionSpec("now", "Back to n&ow", "Look at the newest epoch again, and follow the run.",
                   icon="arrow-right-to-line", menu="train",
                   slot="travel.return_to_now", shortcut="Ctrl+End"),
        ActionSpec("branch", "Train on &from here",
                   "Train on from the epoch shown, another way than the run went from there.",
                   icon="git-branch", menu="train", slot="travel.branch", shortcut="Ctrl+B"),
        ActionSpec("find-by-validation", "Find by &validation…",
                   "Try values of a setting with several seeds, and see which is best.",
                   icon="chart-scatter", menu="train", slot="sweeps.open_sweep"),
        ActionSpec("keep-run", "&Keep this run",
                   "Keep the curves of this run, to compare the next with them.",
                   icon="pin", menu="train",
                   slot="commands.keep_run", shortcut="Ctrl+K", starts_group=True),
        ActionSpec("reset-layout", "&Reset layout", "Put all panels back where they were at first.",
                   icon="layout-dashboard", menu="view", slot="docks.arrange"),
        ActionSpec("present", "&Presentation",
                   "Show only network, output and loss, large; or all that was there before.",
                   icon="monitor", menu="view", slot="docks.present", shortcut="F5"),
        ActionSpec("full-screen", "&Full screen",
                   "Give the window the whole screen, or take it back.",
                   icon="maximize", menu="view", slot="toggle_full_screen", shortcut="F11"),
        ActionSpec("help", "&Help", "What the panels show, and the keys.",
                   icon="circle-question-mark", menu="help",
                   slot="help.open_help", shortcut="F1"),
        ActionSpec("whats-this", "What is &this?",
                   "Explain what is under the pointer, or what you then click.",
                   icon="message-circle-question-mark", menu="help",
                   slot="whats_this.ask", shortcut="Shift+F1"),
        ActionSpec("about", "&About nnviz", "Version, licences and where the log is.",
                   icon="info", menu="help", slot="help.open_about", starts_group=True),
    )
}
# fmt: on
"""Every action by its key, in the order of the menus."""


class Actions(QObject):
    """The actions of one window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = {key: self._made(spec) for key, spec in ACTIONS.items()}

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    @Slot(str)
    def trigger(self, key: str) -> None:
        """Do what an action does."""
        self._actions[key].trigger()

    def connect_to(self, window: QWidget) -> None:
        """Have the parts of a window carry the actions out, each by its `ActionSpec.slot`."""
        window.addActions([*self])
        for key, spec in ACTIONS.items():
            self._actions[key].triggered.connect(attrgetter(spec.slot)(window))

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(translated(spec.text), self)
        action.setObjectName(f"action-{spec.key}")
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setIcon(icon(spec.icon))
        tip = translated(spec.tip)
        action.setStatusTip(tip)
        if spec.shortcut:
            tip = self.tr("{what} ({shortcut})").format(what=tip, shortcut=shortcut_text(spec))
        set_tool_tip(action, tip)
        return action


def shortcut_text(spec: ActionSpec) -> str:
    """Return the keys of an action as the person's keyboard names them, or ""."""
    native = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return "→" if spec.shortcut == "Right" else native
