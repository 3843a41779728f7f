"""A part of a form that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.gui.look.boxes import filled
from nnviz.gui.look.icons import icon
from nnviz.gui.look.style import em, small_font, strong_font
from nnviz.gui.look.theme import SPACE
from nnviz.gui.overrides import guarded
from nnviz.gui.plain import set_tool_tip
from nnviz.gui.widgets.text_labels import ElidedLabel, small

ROW_GAP = 6
"""Pixels between two rows of a form."""


@guarded
class SectionButton(QToolButton):
    """A line with a chevron, a title, and at the right a note in small letters."""

    def __init__(self, title: str, strong: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(strong_font() if strong else small_font())
        self.setProperty("section", True)
        self.setProperty("strong", strong)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        side = em(self, 0.8)
        self.setIconSize(QSize(side, side))
        self.note = small(ElidedLabel(self))
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.note)
        self.set_title(title)
        self.toggled.connect(self._show_state)
        self._show_state(False)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self.setText(title)
        self.setAccessibleName(title)
        self._row.setContentsMargins(QToolButton.sizeHint(self).width() + SPACE // 2, 0, 2, 0)

    def set_notes(self, *notes: str) -> None:
        """Set what is written at the right end: the first of these that has room."""
        self.note.set_texts(*notes)
        self.setAccessibleDescription(notes[0] if notes else "")

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: a long title is cut."""
        return QSize(0, super().sizeHint().height())

    @Slot(bool)
    def _show_state(self, is_open: bool) -> None:
        self.setIcon(icon("chevron-down" if is_open else "chevron-right", "muted"))


class CollapsibleSection(QWidget):
    """A button of this name that heads a body, `rows`, and shows or hides it.

    A strong one heads a section, others are a quiet "More"; `head` is always shown.
    """

    def __init__(
        self,
        name: str,
        title: str,
        strong: bool = False,
        expanded: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.button = SectionButton(title, strong, self)
        self.button.setObjectName(name)
        self.button.setChecked(expanded)
        set_tool_tip(self.button, self.tr("Show or hide these settings; they hold either way."))
        self.head = QVBoxLayout()
        self.body = QWidget(self)
        self.rows = filled(QVBoxLayout(self.body), spacing=ROW_GAP)
        parts = (self.button, self.head, self.body)
        layout = filled(QVBoxLayout(self), *parts, spacing=SPACE // 2)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.setVisible(expanded)
        self.button.toggled.connect(self.body.setVisible)

    def expand(self) -> None:
        """Show the body."""
        self.button.setChecked(True)
