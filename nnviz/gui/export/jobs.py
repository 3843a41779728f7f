"""What an export does, slice by slice; each returns a sentence that says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QImage

from nnviz.gui import preferences
from nnviz.gui.export.files import encoded, make_folder, require_folder, write_bytes, write_history
from nnviz.gui.export.options import PictureOptions, remember
from nnviz.gui.export.slices import Slices, portion
from nnviz.gui.export.subject import Subject
from nnviz.gui.look.numbers import count
from nnviz.training.history import History

HISTORY_FILE = "history.csv"
_DRAWN = 0.4
"""Share of the time of a large picture that it takes to draw it; the rest makes it a PNG file."""


def save_picture(subject: Subject, options: PictureOptions, path: Path) -> Slices[str]:
    """Write a picture."""
    require_folder(path.parent)
    image = yield from _write(subject, options, path, 0.0, 1.0)
    _keep(options, path.parent)
    said = QCoreApplication.translate("Export", "Saved {file} ({width} × {height}).")
    return said.format(file=path.name, width=image.width(), height=image.height())


def save_all(
    subjects: Sequence[Subject], history: History, options: PictureOptions, folder: Path
) -> Slices[str]:
    """Write a picture of each, and the history, into a folder that may be new."""
    make_folder(folder)
    ends = [index / len(subjects) for index in range(len(subjects) + 1)]
    for subject, first, last in zip(subjects, ends, ends[1:], strict=False):
        yield from _write(subject, options, folder / f"{subject.key}.png", first, last)
    yield lambda: write_history(history, folder / HISTORY_FILE)
    _keep(options, folder)
    said = QCoreApplication.translate(
        "Export", "Saved {count} pictures and the history in {folder}."
    )
    return said.format(count=len(subjects), folder=str(folder))


def save_table(history: History, path: Path) -> Slices[str]:
    """Write the history alone."""
    yield lambda: write_history(history, path)
    preferences.write(preferences.LAST_FOLDER, str(path.parent))
    said = QCoreApplication.translate("Export", "Saved {file}: {count} epochs.")
    return said.format(file=path.name, count=count(len(history)))


def copy_picture(subject: Subject, options: PictureOptions) -> Slices[str]:
    """Put a picture into the clipboard."""
    image = yield from portion(subject.picture(options), 0.0, _DRAWN)
    content = yield lambda: encoded(image)
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(image)
    # Or Qt would make it, in the window's thread, when another program asks for it.
    clipboard.mimeData().setData("image/png", content)
    remember(options)
    said = QCoreApplication.translate("Export", "Copied {title} ({width} × {height}).")
    return said.format(title=subject.title, width=image.width(), height=image.height())


def _write(
    subject: Subject, options: PictureOptions, path: Path, first: float, last: float
) -> Slices[QImage]:
    """Write a picture as the part of the work from `first` to `last`; return it."""
    image = yield from portion(subject.picture(options), first, first + (last - first) * _DRAWN)
    content = yield lambda: encoded(image)
    yield lambda: write_bytes(content, path)  # not begun where Cancel was pressed before
    yield last
    return image


def _keep(options: PictureOptions, folder: Path) -> None:
    remember(options)
    preferences.write(preferences.LAST_FOLDER, str(folder))
