"""Every action of the window in one table, and the objects made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from nnviz.gui.look.icons import icon
from nnviz.gui.look.texts import translated
from nnviz.gui.look.theme import Theme
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
        File name in ``resources/icons`` without its ending, or "".
    shortcut
        In Qt's portable notation, or "".
    """

    key: str
    text: str
    tip: str
    icon: str = ""
    shortcut: str = ""


ACTIONS: dict[str, ActionSpec] = {
    spec.key: spec
    for spec in (
        ActionSpec(
            "save-picture",
            "&Save picture…",
            "Save the selected panel as a picture.",
            "image-down",
            "Alt+S",
        ),
        ActionSpec(
            "copy-picture",
            "&Copy picture",
            "Copy the selected panel to the clipboard as a picture.",
            "copy",
            "Alt+C",
        ),
        ActionSpec(
            "save-window-picture",
            "Save &window picture…",
            "Save a picture of the whole window.",
            "app-window",
        ),
        ActionSpec(
            "export-all",
            "&Export all…",
            "Save the pictures of all panels into a folder.",
            "images",
            "Ctrl+Shift+E",
        ),
        ActionSpec(
            "export-history",
            "Export &history as CSV…",
            "Save the figures of every epoch as a table.",
            "table-2",
        ),
        ActionSpec(
            "quit",
            "&Quit",
            "Stop training and close the window.",
            "log-out",
            "Ctrl+Q",
        ),
        ActionSpec(
            "undo",
            "&Undo",
            "Go back to the previous settings.",
            "undo-2",
            "Ctrl+Z",
        ),
        ActionSpec(
            "redo",
            "&Redo",
            "Return to the settings that were undone.",
            "redo-2",
            "Ctrl+Shift+Z",
        ),
        ActionSpec(
            "add-hidden-layer",
            "&Add a hidden layer",
            "Put one more hidden layer before the output, and start anew.",
            "plus",
            "Ctrl+L",
        ),
        ActionSpec(
            "remove-hidden-layer",
            "&Remove the last hidden layer",
            "Take away the hidden layer before the output, and start anew.",
            "minus",
            "Ctrl+Shift+L",
        ),
        ActionSpec(
            "train",
            "&Train",
            "Let the network learn from the training samples, or pause it.",
            "play",
            "Space",
        ),
        ActionSpec(
            "step",
            "&Step",
            "Learn from one batch of samples, then wait.",
            "step-forward",
            "Right",
        ),
        ActionSpec(
            "reset",
            "&Reset",
            "Forget what was learned: epoch 0, with the same first weights.",
            "rotate-ccw",
            "Ctrl+R",
        ),
        ActionSpec(
            "new-start",
            "&New random start",
            "Start anew with other first weights: the next seed of the training.",
            "shuffle",
            "Ctrl+Shift+R",
        ),
        ActionSpec(
            "play-back",
            "Play &back",
            "Show how the run went, from the epoch shown or from the start; or stop showing it.",
            "circle-play",
            "Ctrl+P",
        ),
        ActionSpec(
            "earlier",
            "&Earlier epoch",
            "Look at the run as it was before; training is not touched.",
            "chevron-left",
            "Ctrl+Left",
        ),
        ActionSpec(
            "later",
            "&Later epoch",
            "Look at the run as it was after the epoch shown; training is not touched.",
            "chevron-right",
            "Ctrl+Right",
        ),
        ActionSpec(
            "now",
            "Back to n&ow",
            "Look at the newest epoch again, and follow the run.",
            "arrow-right-to-line",
            "Ctrl+End",
        ),
        ActionSpec(
            "branch",
            "Train on &from here",
            "Train on from the epoch shown, another way than the run went from there.",
            "git-branch",
            "Ctrl+B",
        ),
        ActionSpec(
            "keep-run",
            "&Keep this run",
            "Keep the curves of this run, to compare the next with them.",
            "pin",
            "Ctrl+K",
        ),
        ActionSpec(
            "reset-layout",
            "&Reset layout",
            "Put all panels back where they were at first.",
            "layout-dashboard",
        ),
        ActionSpec(
            "help",
            "&Help",
            "What the panels show, and the keys.",
            "circle-question-mark",
            "F1",
        ),
        ActionSpec(
            "about",
            "&About nnviz",
            "Version, licences and where the log is.",
            "info",
        ),
    )
}
"""Every action by its key."""


class Actions(QObject):
    """The actions of one window.

    Parameters
    ----------
    theme
        Ink of the icons.
    parent
        Qt parent.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = {key: self._made(spec) for key, spec in ACTIONS.items()}
        self._icons = {key: spec.icon for key, spec in ACTIONS.items() if spec.icon}
        self.set_theme(theme)

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in another theme's ink."""
        self._theme = theme
        for key, name in self._icons.items():
            self._actions[key].setIcon(icon(name, theme))

    def set_icon(self, key: str, name: str) -> None:
        """Give an action another icon."""
        self._icons[key] = name
        self._actions[key].setIcon(icon(name, self._theme))

    def set_enabled(self, key: str, enabled: bool) -> None:
        """Let an action be chosen, or not."""
        self._actions[key].setEnabled(enabled)

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(translated(spec.text), self)
        action.setObjectName(f"action-{spec.key}")
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setStatusTip(translated(spec.tip))
        set_tool_tip(action, self._tool_tip(spec))
        return action

    def _tool_tip(self, spec: ActionSpec) -> str:
        if not spec.shortcut:
            return translated(spec.tip)
        text = self.tr("{what} ({shortcut})")
        return text.format(what=translated(spec.tip), shortcut=shortcut_text(spec))


def shortcut_text(spec: ActionSpec) -> str:
    """Return the keys of an action as the person's keyboard names them, or ""."""
    native = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return "→" if spec.shortcut == "Right" else native
