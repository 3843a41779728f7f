"""What can be exported, and how that is done, slice by slice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from nnviz.files import write_bytes
from nnviz.gui.export.caption import run_name
from nnviz.gui.export.figure import PanelSnapshot, drawing, snapshot_of
from nnviz.gui.export.files import encoded, new_folder, write_history
from nnviz.gui.export.options import KINDS, PictureOptions
from nnviz.gui.export.window import Moment, Restyle, window_drawing, window_pixels
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count
from nnviz.gui.panel import Panel
from nnviz.gui.slices import Slices
from nnviz.storage.parameters import named_parameters, parameter_format
from nnviz.training.editing import trained_for
from nnviz.training.experiment import Experiment
from nnviz.training.inspection import Inspection

if TYPE_CHECKING:
    from nnviz.storage.scripts.kinds import ScriptKind

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
    shot
        What lines and text can be drawn of, or None where there are only pixels.
    kinds
        Endings of the files it can be.
    """

    key: str
    title: str
    on_screen: QSize
    draw: Callable[[PictureOptions], Slices[QImage]]
    shot: PanelSnapshot | None = None
    kinds: tuple[str, ...] = KINDS[:1]

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
        share = 1.0
        if room:
            width, height = self.pixels(options).toTuple()
            share = min(share, room.width() / width, room.height() / height)
        return self.draw(self.sized(options, share))

    def content(self, options: PictureOptions) -> Slices[bytes]:
        """Draw the picture as the content of a file of its kind, or else of the first it can be."""
        if self.shot is None or options.kind == KINDS[0]:
            image = yield from self.picture(options)
            return bytes((yield lambda: encoded(image)))
        from nnviz.gui.export.vectors import vector_drawing  # with the plots, after the first paint

        return (yield from vector_drawing(self.shot, self.sized(options)))

    def sized(self, options: PictureOptions, share: float = 1.0) -> PictureOptions:
        """Return the options with the size in pixels."""
        width, height = (max(1, round(side * share)) for side in self.pixels(options).toTuple())
        scale = options.scale * share
        return replace(options, width=width, height=height, millimetres=False, scale=scale)


def panel_target(panel: Panel, moment: Moment) -> ExportTarget:
    """Return a panel, as it shows this moment of a run."""
    shot = snapshot_of(panel, *moment)
    return shot_target(panel.key, panel.title_for(moment[0]), panel.size(), shot)


def shot_target(key: str, title: str, on_screen: QSize, shot: PanelSnapshot) -> ExportTarget:
    """Return what is drawn of a snapshot."""
    size = on_screen.expandedTo(_SMALLEST_PANEL)
    return ExportTarget(key, title, size, partial(drawing, shot), shot, KINDS)


def window_target(window: QWidget, moment: Moment, restyle: Restyle) -> ExportTarget:
    """Return the whole window; see `window_drawing`."""
    draw = partial(window_drawing, window, moment, restyle)
    return ExportTarget(WINDOW_KEY, _tr("Window"), window.size(), draw)


def save_picture(target: ExportTarget, options: PictureOptions, path: Path) -> Slices[str]:
    """Write a picture."""
    yield from _written(target, options, path)
    said = _tr("Saved {file} ({width} × {height}).")
    width, height = target.pixels(options).toTuple()
    return said.format(file=path.name, width=width, height=height)


def save_all(
    targets: Sequence[ExportTarget], moment: Moment, options: PictureOptions, parent: Path
) -> Slices[str]:
    """Write a picture of each, and the history, into a folder of their own in one that may be new.

    Whoever ends it early keeps the files that are written, each whole.
    """
    problem, frame = moment
    folder = new_folder(parent, run_name(problem, frame.inspection.epoch))
    try:
        for number, target in enumerate(targets):
            yield 100 * number // len(targets)
            kind = options.kind if options.kind in target.kinds else target.kinds[0]
            yield from _written(target, options, folder / f"{target.key}.{kind}")
        yield lambda: write_history(frame.history, problem, folder / HISTORY_FILE)
    finally:
        with suppress(OSError):  # there are files in it
            folder.rmdir()
    said = _tr("Saved {count} pictures and the history in {folder}.")
    return said.format(count=len(targets), folder=str(folder))


def save_table(moment: Moment, path: Path) -> Slices[str]:
    """Write the history alone."""
    problem, history = moment[0], moment[1].history
    yield lambda: write_history(history, problem, path)
    said = _tr("Saved {file}: {count} epochs.")
    return said.format(file=path.name, count=count(len(history)))


def save_experiment(experiment: Experiment, trained: int, path: Path) -> Slices[str]:
    """Write an Experiment, of so many epochs, as ``nnviz train --experiment`` reads it."""
    experiment = trained_for(experiment, trained)
    content = json.dumps(experiment.to_dict(), indent=1, ensure_ascii=False).encode()
    yield lambda: write_bytes(content, path)
    said = _tr("Saved {file}: nnviz train --experiment trains it again.")
    if trained > (asked := experiment.training.epochs):
        said = _tr(
            "Saved {file}, as was asked: schedule or early stop are for {asked} epochs. After them"
            " it is trained on only where edits follow."
        )
    return said.format(file=path.name, asked=count(asked))


def save_parameters(inspection: Inspection, path: Path) -> Slices[str]:
    """Write all parameters of the network that is looked at, as the file's ending says."""
    kind = parameter_format(path)
    named = named_parameters(inspection.problem.blank_network(inspection.snapshot.parameters))
    yield lambda: write_bytes(kind.encoded(named), path)
    said = _tr("Saved {file}: the parameters after epoch {epoch}.")
    return said.format(file=path.name, epoch=count(inspection.epoch))


def save_script(kind: ScriptKind, experiment: Experiment, frame: Frame, path: Path) -> Slices[str]:
    """Write a script of a run, of as many epochs as there are, and the file it needs beside it."""
    from nnviz.storage.scripts.kinds import script_files

    problem, parameters = frame.inspection.problem, frame.inspection.snapshot.parameters
    experiment = trained_for(experiment, len(frame.history) - 1)
    files = yield partial(script_files, kind, experiment, problem, parameters, path)
    for place, content in files.items():
        yield partial(write_bytes, content, place)
    return _tr("Saved {files}.").format(files=", ".join(place.name for place in files))


def save_onnx(inspection: Inspection, path: Path) -> Slices[str]:
    """Write the network that is looked at as an ONNX file."""
    from nnviz.storage.onnx_model import onnx_model

    content = yield partial(onnx_model, inspection.problem, inspection.snapshot.parameters)
    yield lambda: write_bytes(content, path)
    said = _tr("Saved {file}: the network after epoch {epoch}.")
    return said.format(file=path.name, epoch=count(inspection.epoch))


def copy_picture(target: ExportTarget, options: PictureOptions) -> Slices[str]:
    """Put a picture into the clipboard."""
    image = yield from target.picture(options)
    content = yield lambda: encoded(image)
    clipboard = QGuiApplication.clipboard()
    clipboard.setImage(image)
    # Or Qt would make it, in the window's thread, when another program asks for it.
    clipboard.mimeData().setData("image/png", content)
    said = _tr("Copied {title} ({width} × {height}).")
    return said.format(title=target.title, width=image.width(), height=image.height())


def _written(target: ExportTarget, options: PictureOptions, path: Path) -> Slices[None]:
    """Write a picture as the kind of file that its name says."""
    content = yield from target.content(replace(options, kind=path.suffix[1:].lower()))
    yield lambda: write_bytes(content, path)  # not begun where Cancel was pressed before


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
