"""The export dialog: how the picture is drawn, where it goes, and how it will look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.export import jobs
from nnviz.gui.export.caption import run_name
from nnviz.gui.export.files import picture_path
from nnviz.gui.export.form import OptionsForm, named
from nnviz.gui.export.jobs import ExportTarget
from nnviz.gui.export.options import MM_PER_INCH, PictureOptions, remembered
from nnviz.gui.export.slices import Slices, Work
from nnviz.gui.export.window import Moment
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE
from nnviz.gui.plain import Label, confirmed
from nnviz.gui.widgets.text_labels import ElidedLabel, small

_PREVIEW = QSize(440, 330)
_FINER = 2
"""A preview is drawn so many times as large as it is shown: thin lines stay thin."""
_PREVIEW_DELAY = 60
"""Milliseconds a preview waits for the next key, so that typing a number stays fluent."""

_Role = QDialogButtonBox.ButtonRole


class ExportDialog(QDialog):
    """Asks how and where, shows what will be written, writes it, and shows how that goes on.

    Parameters
    ----------
    targets
        What to make pictures of; with more than one the place is a folder.
    moment
        What they show; its history is written beside the pictures of all.
    parent
        The window.
    """

    def __init__(
        self, targets: Sequence[ExportTarget], moment: Moment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export-dialog")
        self.work = Work(self)
        """What is being drawn and written."""
        self._targets, self._moment = targets, moment
        self._many = len(targets) > 1
        title = self.tr("Save picture: {title}").format(title=targets[0].title)
        self.setWindowTitle(self.tr("Export all pictures") if self._many else title)
        self.setAccessibleName(self.windowTitle())
        self._confirmed = ""
        self._form = OptionsForm(remembered(), targets[0], self._many, self)
        self._make_place()
        self._make_preview()
        self._make_buttons()
        self._arrange()
        self._later = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY)
        self._later.timeout.connect(self._preview_now)
        self._drawing = Work(self)
        self.finished.connect(self._drawing.cancel)
        self._form.changed.connect(self._on_changed)
        self._path.textChanged.connect(self._on_path)
        self.work.advanced.connect(self._progress.setValue)
        self.work.ended.connect(self._on_ended)
        self.work.done.connect(self.accept)
        self.work.failed.connect(self._show_error)
        self._preview_now()

    # ------------------------------------------------------------------------------- its parts

    def _make_place(self) -> None:
        folder = preferences.last_folder()
        kind = self._form.options().kind
        place = folder if self._many else folder / f"{self._targets[0].key}.{kind}"
        tip = self.tr("Where the picture is saved; its ending is the type of the file.")
        if self._many:
            tip = self.tr("All pictures and the history go into a new folder in this one.")
        title = self.tr("F&older") if self._many else self.tr("F&ile")
        self._path = named(QLineEdit(str(place), self), "export-path", title, tip)
        label = Label(title, self)
        label.setBuddy(self._path)
        label.setMinimumWidth(self._form.label_width())
        tip = self.tr("Choose a place in the system's dialog.")
        browse = self._button("export-browse", self.tr("Bro&wse…"), tip)
        browse.clicked.connect(self._on_browse)
        self._place = QWidget(self)
        line = QHBoxLayout(self._place)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * SPACE)
        line.addWidget(label)
        line.addWidget(self._path, 1)
        line.addWidget(browse)
        self._all = small(ElidedLabel(self))
        self._all.setObjectName("export-new-folder")
        self._all.setVisible(self._many)
        problem, frame = self._moment
        name = run_name(problem, frame.inspection.epoch)
        text = self.tr("{count} pictures and the history, in a new folder: {name}")
        self._all.set_texts(text.format(count=len(self._targets), name=name))
        self._message = Label(parent=self)
        self._message.setObjectName("export-message")
        self._message.setProperty("ink", "error")
        self._message.setWordWrap(True)
        self._message.hide()

    def _make_preview(self) -> None:
        self._preview = Label(parent=self)
        self._preview.setObjectName("export-preview")
        self._preview.setAccessibleName(self.tr("Preview"))
        self._preview.setFixedSize(_PREVIEW + QSize(2 * SPACE, 2 * SPACE))
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._facts = small(ElidedLabel(self))
        self._facts.setObjectName("export-facts")

    def _make_buttons(self) -> None:
        self._buttons = QDialogButtonBox(self)
        text = self.tr("&Save all") if self._many else self.tr("&Save")
        tip = self.tr("Write the picture, exactly as the preview shows it.")
        save = self._button("export-save", text, tip, _Role.AcceptRole)
        save.setDefault(True)
        save.clicked.connect(self._on_save)
        if not self._many:
            tip = self.tr("Put the picture into the clipboard.")
            copy = self._button("export-copy", self.tr("&Copy"), tip, _Role.ActionRole)
            copy.clicked.connect(self._on_copy)
        tip = self.tr("Close without writing anything.")
        self._button("export-cancel", self.tr("Cancel"), tip, _Role.RejectRole)
        self._buttons.rejected.connect(self.reject)
        tip = self.tr("How much is done. Cancel ends it.")
        self._progress = named(QProgressBar(self), "export-progress", self.tr("Progress"), tip)
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 100 if self._many else 0)  # of one nobody can say how much
        self._progress.hide()

    def _button(self, name: str, text: str, tip: str, role: _Role | None = None) -> QPushButton:
        button = named(QPushButton(text, self), name, text, tip)
        button.setAutoDefault(False)
        if role is not None:
            self._buttons.addButton(button, role)
        return button

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE + SPACE // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._form, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._preview, 0, 1)
        grid.addWidget(self._facts, 1, 1)
        last = QHBoxLayout()
        last.setSpacing(2 * SPACE)
        last.addWidget(self._progress, 1)
        last.addWidget(self._buttons)
        grid.addWidget(self._place, 2, 0, 1, 2)
        grid.addWidget(self._all, 3, 0, 1, 2)
        grid.addWidget(self._message, 4, 0, 1, 2)
        grid.addLayout(last, 5, 0, 1, 2)

    # ------------------------------------------------------------------------------ the preview

    @Slot()
    def _preview_now(self) -> None:
        options, first = self._form.options(), self._targets[0]
        width, height = first.pixels(options).toTuple()
        text = self.tr("{width} × {height} pixels, {across} × {down} mm at {dpi} dpi")
        across, down = (round(side / options.dpi * MM_PER_INCH) for side in (width, height))
        self._facts.set_texts(
            text.format(width=width, height=height, across=across, down=down, dpi=options.dpi)
        )
        self._drawing.start(self._draw_preview(first, options))

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
    def _on_changed(self) -> None:
        """Show what is chosen, and let the file's name end as its type does."""
        kinds, path = self._targets[0].kinds, Path(self._path.text())
        ending = f".{self._form.options().kind}"
        if not self._many and path.suffix[1:].lower() in kinds and path.suffix.lower() != ending:
            self._path.setText(str(path.with_suffix(ending)))
        self._later.start()

    @Slot(str)
    def _on_path(self, text: str) -> None:
        """Choose the type of file that a name ends as."""
        if not self._many:
            self._form.choose_kind(Path(text).suffix[1:].lower())

    # ------------------------------------------------------------------------------ what it does

    def said_when_cancelled(self) -> str:
        """Return what is said when the person ends it early."""
        if self._many:
            return self.tr("Cancelled. The files written so far stay, each whole.")
        return self.tr("Cancelled.")

    @Slot()
    def _on_browse(self) -> None:
        """Ask in the system's own dialog, which also asks before it overwrites."""
        title, place = self.windowTitle(), self._path.text()
        if self._many:
            picked = QFileDialog.getExistingDirectory(self, title, place)
        else:
            shown = {"png": "PNG (*.png)", "svg": "SVG (*.svg)", "pdf": "PDF (*.pdf)"}
            kinds = {shown[kind]: kind for kind in self._targets[0].kinds}
            now = shown[self._form.options().kind]
            picked, kind = QFileDialog.getSaveFileName(self, title, place, ";;".join(kinds), now)
            self._form.choose_kind(kinds.get(kind, ""))
        if picked:
            self._confirmed = picked
            self._path.setText(picked)

    @Slot()
    def _on_save(self) -> None:
        self._message.hide()
        targets, options, text = self._targets, self._form.options(), self._path.text()
        if self._many:
            place = Path(text.strip()).expanduser()
            self._begin(jobs.save_all(targets, self._moment, options, place))
            return
        try:
            kinds = targets[0].kinds
            place = picture_path(text, sorted(kinds, key=lambda kind: kind != options.kind))
        except NnvizError as error:
            self._show_error(error)
            return
        self._path.setText(str(place))
        question = self.tr("{file} exists already. Replace it?").format(file=place.name)
        free = str(place) == self._confirmed or not os.path.lexists(place)
        if free or confirmed(self, self.windowTitle(), question):
            self._begin(jobs.save_picture(targets[0], options, place))

    @Slot()
    def _on_copy(self) -> None:
        self._begin(jobs.copy_picture(self._targets[0], self._form.options()))

    def _begin(self, slices: Slices[str]) -> None:
        """Take work on; meanwhile there is only Cancel to press."""
        self._later.stop()
        self._drawing.cancel()
        self._progress.setValue(0)
        self._set_busy(True)
        self.work.start(slices)

    @Slot()
    def _on_ended(self) -> None:
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._progress.setVisible(busy)
        for part in (self._form, self._place, *self._buttons.buttons()):
            part.setEnabled(not busy or part.objectName() == "export-cancel")

    @Slot(object)
    def _show_error(self, error: NnvizError) -> None:
        """Say at the field why nothing was written."""
        self._message.setText(message(error))
        self._message.show()
        self._path.setFocus()
