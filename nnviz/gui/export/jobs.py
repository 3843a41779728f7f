"""What can be exported, and how that is done, slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from nnviz.gui import preferences
from nnviz.gui.export.figure import drawing, snapshot_of
from nnviz.gui.export.files import encoded, make_folder, require_folder, write_bytes, write_history
from nnviz.gui.export.options import PictureOptions, remember
from nnviz.gui.export.slices import Slices
from nnviz.gui.export.window import Moment, Restyle, window_drawing, window_pixels
from nnviz.gui.look.numbers import count
from nnviz.gui.panel import Panel
from nnviz.training.history import History

HISTORY_FILE = "history.csv"
WINDOW_KEY = "window"
_SMALLEST_PANEL = QSize(400, 280)
"""Points: a panel never shown, or squeezed to a strip, is not exported as one."""


@dataclass(frozen=True, eq=False)
class ExportTarget:
    """One thing to make a picture of.

    Parameters
    ----------
    key
        Name of its file.
    title
        What it is, translated.
    on_screen
        Its size there, in points.
    draw
        Draws a picture, given options with a size.
    """

    key: str
    title: str
    on_screen: QSize
    draw: Callable[[PictureOptions], Slices[QImage]]

    @property
    def is_window(self) -> bool:
        """Whether it is the whole window, which keeps its shape and has no legend."""
        return self.key == WINDOW_KEY

    def pixels(self, options: PictureOptions) -> QSize:
        """Return how large the picture becomes."""
        if self.is_window:
            return window_pixels(self.on_screen, options)
        return options.pixels(self.on_screen)

    def picture(self, options: PictureOptions, room: QSize | None = None) -> Slices[QImage]:
        """Draw the picture; if there is only so much room, in pixels, that much smaller."""
        width, height = self.pixels(options).toTuple()
        share = min(1.0, room.width() / width, room.height() / height) if room else 1.0
        width, height = (max(1, round(side * share)) for side in (width, height))
        scale = options.scale * share
        return self.draw(replace(options, width=width, height=height, scale=scale))


def panel_target(panel: Panel, moment: Moment) -> ExportTarget:
    """Return a panel, as it shows this moment of a run."""
    size = panel.size().expandedTo(_SMALLEST_PANEL)
    shot = snapshot_of(panel, *moment)
    return ExportTarget(panel.key, panel.title_for(moment[0]), size, partial(drawing, shot))


def window_target(window: QWidget, moment: Moment, restyle: Restyle) -> ExportTarget:
    """Return the whole window; see `window_drawing`."""
    draw = partial(window_drawing, window, moment, restyle)
    return ExportTarget(WINDOW_KEY, _tr("Window"), window.size(), draw)


def save_picture(target: ExportTarget, options: PictureOptions, path: Path) -> Slices[str]:
    """Write a picture."""
    require_folder(path.parent)
    image = yield from _written(target, options, path)
    _keep(options, path.parent)
    said = _tr("Saved {file} ({width} × {height}).")
    return said.format(file=path.name, width=image.width(), height=image.height())


def save_all(
    targets: Sequence[ExportTarget], history: History, options: PictureOptions, folder: Path
) -> Slices[str]:
    """Write a picture of each, and the history, into a folder that may be new."""
    make_folder(folder)
    for number, target in enumerate(targets):
        yield 100 * number // len(targets)
        yield from _written(target, options, folder / f"{target.key}.png")
    yield lambda: write_history(history, folder / HISTORY_FILE)
    _keep(options, folder)
    said = _tr("Saved {count} pictures and the history in {folder}.")
    return said.format(count=len(targets), folder=str(folder))


def save_table(history: History, path: Path) -> Slices[str]:
    """Write the history alone."""
    yield lambda: write_history(history, path)
    preferences.write(preferences.LAST_FOLDER, str(path.parent))
    said = _tr("Saved {file}: {count} epochs.")
    return said.format(file=path.name, count=count(len(history)))


def copy_picture(target: ExportTarget, options: PictureOptions) -> Slices[str]:
    """Put a picture into the clipboard."""
    image = yield from target.picture(options)
    content = yield lambda: encoded(image)
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(image)
    # Or Qt would make it, in the window's thread, when another program asks for it.
    clipboard.mimeData().setData("image/png", content)
    remember(options)
    said = _tr("Copied {title} ({width} × {height}).")
    return said.format(title=target.title, width=image.width(), height=image.height())


def _written(target: ExportTarget, options: PictureOptions, path: Path) -> Slices[QImage]:
    """Write a picture; return it."""
    image = yield from target.picture(options)
    content = yield lambda: encoded(image)
    yield lambda: write_bytes(content, path)  # not begun where Cancel was pressed before
    return image


def _keep(options: PictureOptions, folder: Path) -> None:
    remember(options)
    preferences.write(preferences.LAST_FOLDER, str(folder))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
