"""The export dialog: how the picture is drawn, and how it will look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QPushButton, QWidget

from nnviz.gui.export import jobs
from nnviz.gui.export.caption import run_name
from nnviz.gui.export.files import ask_for_file, ask_for_folder
from nnviz.gui.export.form import OptionsForm, named
from nnviz.gui.export.jobs import ExportTarget
from nnviz.gui.export.options import MM_PER_INCH, PictureOptions, remember, remembered
from nnviz.gui.export.window import Moment
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label
from nnviz.gui.slices import Slices, Work
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_PREVIEW = QSize(440, 330)
_FINER = 2
"""A preview is drawn so many times as large as it is shown: thin lines stay thin."""
_PREVIEW_DELAY = 60
"""Milliseconds a preview waits for the next key, so that typing a number stays fluent."""

_Role = QDialogButtonBox.ButtonRole


class ExportDialog(QDialog):
    """Asks how and where, and shows what will be written.

    Parameters
    ----------
    targets
        What to make pictures of; with more than one the place is a folder.
    moment
        What they show; its history is written beside the pictures of all.
    parent
        The window.
    """

    copies = True
    """Whether one picture can be put into the clipboard too."""

    def __init__(
        self, targets: Sequence[ExportTarget], moment: Moment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export-dialog")
        self.chosen: Slices[str] | None = None
        """What is to be done, once the dialog has been accepted."""
        self._targets, self._moment = targets, moment
        self.many = len(targets) > 1
        """Whether there is more than one."""
        title = self.tr("Save picture: {title}").format(title=targets[0].title)
        self.setWindowTitle(self.tr("Export all pictures") if self.many else title)
        self.setAccessibleName(self.windowTitle())
        self._form = OptionsForm(self.first_options(), targets[0], self.many, self)
        self._arrange()
        self._later = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY)
        self._later.timeout.connect(self._preview_now)
        self._drawing = Work(self)
        self.finished.connect(self._drawing.cancel)
        self._form.changed.connect(self._later.start)
        self._preview_now()

    def first_options(self) -> PictureOptions:
        """Return what is chosen at first."""
        return remembered()

    def _arrange(self) -> None:
        self._preview = Label(parent=self)
        self._preview.setObjectName("export-preview")
        self._preview.setAccessibleName(self.tr("Preview"))
        self._preview.setFixedSize(_PREVIEW + QSize(2 * SPACE, 2 * SPACE))
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._facts = small(ElidedLabel(self))
        self._facts.setObjectName("export-facts")
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE + SPACE // 2)
        grid.addWidget(self._form, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._preview, 0, 1)
        grid.addWidget(self._facts, 1, 1)
        if self.many:
            folder = small(ElidedLabel(self))
            folder.setObjectName("export-new-folder")
            problem, frame = self._moment
            name = run_name(problem, frame.inspection.epoch)
            text = self.tr("{count} pictures and the history, in a new folder: {name}")
            folder.set_texts(text.format(count=len(self._targets), name=name))
            grid.addWidget(folder, 2, 0, 1, 2)
        grid.addWidget(self._made_buttons(), 3, 0, 1, 2)

    def _made_buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(self)
        text = self.tr("&Save all…") if self.many else self.tr("&Save…")
        tip = self.tr("Choose a place, and write the picture as the preview shows it.")
        save = named(QPushButton(text, self), "export-save", text, tip)
        save.setDefault(True)
        save.clicked.connect(self._on_save)
        box.addButton(save, _Role.AcceptRole)
        if self.copies and not self.many:
            text, tip = self.tr("&Copy"), self.tr("Put the picture into the clipboard.")
            copy = named(QPushButton(text, self), "export-copy", text, tip)
            copy.clicked.connect(self._on_copy)
            box.addButton(copy, _Role.ActionRole)
        text, tip = self.tr("Cancel"), self.tr("Close without writing anything.")
        cancel = named(QPushButton(text, self), "export-cancel", text, tip)
        cancel.clicked.connect(self.reject)
        box.addButton(cancel, _Role.RejectRole)
        return box

    @Slot()
    def _preview_now(self) -> None:
        self._tell()
        self._drawing.start(self._draw_preview(self._targets[0], self._form.options()))

    @Slot()
    def _tell(self) -> None:
        self._facts.set_texts(self.facts(self._form.options()))

    def facts(self, options: PictureOptions) -> str:
        """Return how large the picture will be."""
        width, height = self._targets[0].pixels(options).toTuple()
        text = self.tr("{width} × {height} pixels, {across} × {down} mm at {dpi} dpi")
        across, down = (round(side / options.dpi * MM_PER_INCH) for side in (width, height))
        return text.format(width=width, height=height, across=across, down=down, dpi=options.dpi)

    def _draw_preview(self, target: ExportTarget, options: PictureOptions) -> Slices[str]:
        ratio = self.devicePixelRatioF()
        image = yield from target.picture(options, _PREVIEW * ratio * _FINER)
        ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        room = (_PREVIEW * ratio).boundedTo(image.size())
        pixmap = QPixmap.fromImage(image.scaled(room, *ways))
        pixmap.setDevicePixelRatio(ratio)
        self._preview.setPixmap(pixmap)
        return ""

    @Slot()
    def _on_save(self) -> None:
        options, first, title = self._form.options(), self._targets[0], self.windowTitle()
        if self.many:
            if folder := ask_for_folder(self, title):
                self._do(jobs.save_all(self._targets, self._moment, options, folder))
            return
        kinds = sorted(first.kinds, key=lambda kind: kind != options.kind)
        if path := ask_for_file(self, title, first.key, kinds):
            self._do(self.saving(options, path))

    def saving(self, options: PictureOptions, path: Path) -> Slices[str]:
        """Return what writes the one picture."""
        return jobs.save_picture(self._targets[0], options, path)

    @Slot()
    def _on_copy(self) -> None:
        self._do(jobs.copy_picture(self._targets[0], self._form.options()))

    def _do(self, chosen: Slices[str]) -> None:
        self.remember(self._form.options())
        self.chosen = chosen
        self.accept()

    def remember(self, options: PictureOptions) -> None:
        """Keep the options, but not the window's own shape for another picture."""
        if self._targets[0].is_window:
            scale, theme, caption = options.scale, options.theme, options.caption
            options = replace(remembered(), scale=scale, theme=theme, caption=caption)
        remember(options)
