"""The export dialog: how the picture is drawn, where it goes, and how it will look."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.errors import NnvizError
from nnviz.gui.export.files import picture_path
from nnviz.gui.export.form import OptionsForm
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.slices import Slices, Work
from nnviz.gui.export.subject import Subject
from nnviz.gui.look.style import small_font
from nnviz.gui.look.texts import message
from nnviz.gui.look.theme import SPACE, Theme, blend
from nnviz.gui.plain import Label, confirmed, set_tool_tip

_PREVIEW = QSize(440, 330)
_FINER = 2
"""A preview is drawn so many times as large as it is shown: thin lines stay thin."""
_PREVIEW_DELAY = 60
"""Milliseconds a preview waits for the next key, so that typing a number stays fluent."""


class ExportDialog(QDialog):
    """Asks how and where, and shows what will be written.

    Parameters
    ----------
    subjects
        What to make pictures of; with more than one the place is a folder.
    options
        What to begin with.
    folder
        Where to begin.
    theme
        Colours of the window.
    parent
        The window.
    """

    chosen = Signal(object, object)
    """Save: `PictureOptions` and the path of the file, or the folder."""

    copy_asked = Signal(object)
    """Copy: `PictureOptions`."""

    def __init__(
        self,
        subjects: list[Subject],
        options: PictureOptions,
        folder: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export-dialog")
        self._subjects = subjects
        self._theme = theme
        self._confirmed = ""
        first = subjects[0]
        self.form = OptionsForm(options, first.on_screen, first.is_window, self)
        self._many = len(subjects) > 1
        place = folder if self._many else folder / f"{first.key}.png"
        self._make_place(str(place))
        self._make_preview()
        self._make_buttons()
        self._make_progress()
        self._arrange()
        self._name_dialog()
        self._later = QTimer(self, singleShot=True, interval=_PREVIEW_DELAY)
        self._later.timeout.connect(self._preview_now)
        self._drawing = Work(self)
        self.finished.connect(self._drawing.cancel)
        self.form.changed.connect(self._later.start)
        self._preview_now()

    def show_error(self, error: NnvizError) -> None:
        """Say at the field why nothing was written."""
        self._message.setText(message(error))
        self._message.show()
        self.path.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Leave only Cancel to press while pictures are made."""
        if busy:
            self._later.stop()
            self._drawing.cancel()
            self.show_progress(0.0)
        self._progress.setVisible(busy)
        for part in (self.form, self.path, self.browse, self.copy, self.save):
            part.setEnabled(not busy)

    @Slot(float)
    def show_progress(self, share: float) -> None:
        """Show which share of the work is done."""
        self._progress.setValue(round(share * self._progress.maximum()))

    # ------------------------------------------------------------------------------- its parts

    def _name_dialog(self) -> None:
        title = self._subjects[0].title
        self.setWindowTitle(
            self.tr("Export all pictures")
            if self._many
            else self.tr("Save picture: {title}").format(title=title)
        )
        self.setAccessibleName(self.windowTitle())

    def _make_place(self, place: str) -> None:
        self.path = QLineEdit(place, self)
        self.path.setObjectName("export-path")
        self.path.setMinimumWidth(280)
        self.path.setAccessibleName(self.tr("Folder") if self._many else self.tr("File"))
        set_tool_tip(
            self.path,
            self.tr("The folder all pictures and the history go to.")
            if self._many
            else self.tr("Where the picture is saved; a name without an ending gets .png."),
        )
        self.browse = self._button(
            "export-browse", self.tr("Bro&wse…"), self.tr("Choose a place in the system's dialog.")
        )
        self.browse.clicked.connect(self._on_browse)
        self._message = Label(parent=self)
        self._message.setObjectName("export-message")
        self._message.setWordWrap(True)
        self._message.setStyleSheet(f"color: {self._theme.error};")
        self._message.hide()

    def _make_preview(self) -> None:
        self._preview = Label(parent=self)
        self._preview.setObjectName("export-preview")
        self._preview.setAccessibleName(self.tr("Preview"))
        self._preview.setFixedSize(_PREVIEW + QSize(2 * SPACE, 2 * SPACE))
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        border = f"border: 1px solid {self._theme.border}; border-radius: 6px;"
        self._preview.setStyleSheet(f"background: {self._theme.window}; {border}")
        self._facts = Label(parent=self)
        self._facts.setObjectName("export-facts")
        self._facts.setFont(small_font())
        self._facts.setStyleSheet(f"color: {self._theme.muted};")

    def _make_buttons(self) -> None:
        self.save = self._button(
            "export-save",
            self.tr("&Save all") if self._many else self.tr("&Save"),
            self.tr("Write the picture, exactly as the preview shows it."),
        )
        self.save.setDefault(True)
        t = self._theme
        self.save.setStyleSheet(
            f"QPushButton {{ background: {t.accent}; color: {t.accent_text};"
            f" border-color: {t.accent}; }}"
            f"QPushButton:hover {{ background: {blend(t.accent, t.text, 0.88)}; }}"
            f"QPushButton:focus {{ border-color: {t.text}; }}"
        )
        self.save.clicked.connect(self._on_save)
        self.copy = self._button(
            "export-copy", self.tr("&Copy"), self.tr("Put the picture into the clipboard.")
        )
        self.copy.setVisible(not self._many)
        self.copy.clicked.connect(self._on_copy)
        self.cancel = self._button(
            "export-cancel", self.tr("Cancel"), self.tr("Close without writing anything.")
        )
        self.cancel.clicked.connect(self.reject)

    def _make_progress(self) -> None:
        self._progress = QProgressBar(self)
        self._progress.setObjectName("export-progress")
        self._progress.setAccessibleName(self.tr("Progress"))
        set_tool_tip(self._progress, self.tr("How much is done. Cancel ends it."))
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._progress.hide()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        set_tool_tip(button, tip)
        button.setAutoDefault(False)
        return button

    def _arrange(self) -> None:
        place = QHBoxLayout()
        place.setSpacing(SPACE)
        place.addWidget(self.path, 1)
        place.addWidget(self.browse)
        where = QFormLayout()
        where.setHorizontalSpacing(2 * SPACE)
        label = Label(self.tr("F&older") if self._many else self.tr("F&ile"), self)
        label.setBuddy(self.path)
        label.setMinimumWidth(self.form.label_width())
        where.addRow(label, place)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.copy)
        buttons.addWidget(self._progress, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(self.form)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.addWidget(self._preview)
        right.addWidget(self._facts)
        upper = QHBoxLayout()
        upper.setSpacing(3 * SPACE)
        upper.addLayout(left, 1)
        upper.addLayout(right)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(upper, 1)
        column.addLayout(where)
        column.addWidget(self._message)
        column.addLayout(buttons)

    # ------------------------------------------------------------------------------ what it does

    @Slot()
    def _preview_now(self) -> None:
        options, first = self.form.options(), self._subjects[0]
        size = first.pixels(options)
        sides = {"width": size.width(), "height": size.height()}
        text = self.tr("{width} × {height} pixels").format(**sides)
        if self._many:
            text = self.tr(
                "{count} pictures and the history. The first: {width} × {height} pixels"
            ).format(count=len(self._subjects), **sides)
        self._facts.setText(text)
        self._drawing.start(self._draw_preview(first, options))

    def _draw_preview(self, subject: Subject, options: PictureOptions) -> Slices[None]:
        room = _PREVIEW * self.devicePixelRatioF() * _FINER
        image = yield from subject.preview(options, room)
        self._preview.setPixmap(self._small(image))

    def _small(self, image: QImage) -> QPixmap:
        ratio = self.devicePixelRatioF()
        room = _PREVIEW * ratio
        if image.width() > room.width() or image.height() > room.height():
            image = image.scaled(
                room,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    @Slot()
    def _on_browse(self) -> None:
        """Ask in the system's own dialog, which also asks before it overwrites."""
        if self._many:
            picked = QFileDialog.getExistingDirectory(self, self.windowTitle(), self.path.text())
        else:
            picked, _ = QFileDialog.getSaveFileName(
                self, self.windowTitle(), self.path.text(), self.tr("PNG pictures (*.png)")
            )
        if picked:
            self._confirmed = picked
            self.path.setText(picked)

    @Slot()
    def _on_save(self) -> None:
        self._message.hide()
        try:
            place = Path(self.path.text()).expanduser() if self._many else self._file()
        except NnvizError as error:
            self.show_error(error)
            return
        if self._may_overwrite(place):
            self.chosen.emit(self.form.options(), place)

    def _file(self) -> Path:
        """Return where the picture goes, and show it where an ending was added."""
        place = picture_path(self.path.text())
        self.path.setText(str(place))
        return place

    def _may_overwrite(self, place: Path) -> bool:
        taken = (
            [place / f"{subject.key}.png" for subject in self._subjects] if self._many else [place]
        )
        taken = [path for path in taken if os.path.lexists(path)]
        if not taken or str(place) == self._confirmed:
            return True
        question = (
            self.tr("{file} exists already. Replace it?").format(file=taken[0].name)
            if len(taken) == 1
            else self.tr("{count} of the files exist already. Replace them?").format(
                count=len(taken)
            )
        )
        return confirmed(self, self.windowTitle(), question)

    @Slot()
    def _on_copy(self) -> None:
        self.copy_asked.emit(self.form.options())
