"""The export dialog of an animation: as that of a picture, and which epochs, how fast."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.gui.export.animation import (
    FASTEST,
    MOST_FRAMES,
    SIZE,
    AnimationTarget,
    Timing,
    save_animation,
)
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.files import ask_for_file
from nnviz.gui.export.options import PictureOptions, remembered
from nnviz.gui.export.window import Moment
from nnviz.gui.look.numbers import count, fixed


class AnimationDialog(ExportDialog):
    """Asks how and where, and which epochs; `chosen` writes the animation.

    Parameters
    ----------
    target, moment, parent
        As of an `ExportDialog`; the preview is of the moment.
    """

    copies = False

    def __init__(
        self, target: AnimationTarget, moment: Moment, parent: QWidget | None = None
    ) -> None:
        self._target = target
        super().__init__([target], moment, parent)
        self.setWindowTitle(self.tr("Export animation: {title}").format(title=target.title))
        self.setAccessibleName(self.windowTitle())

    def first_options(self) -> PictureOptions:
        """Return a size that can be sent, with the colours and words of the last picture."""
        last = remembered()
        return replace(SIZE, theme=last.theme, legend=last.legend, caption=last.caption)

    def timing(self) -> Timing:
        """Return what is chosen about epochs and speed."""
        first, last = sorted((self._first.value(), self._last.value()))
        return Timing(first, last, self._frames.value(), self._rate.value())

    def _arrange(self) -> None:
        super()._arrange()
        epochs, usual = self._target.checkpoints.epochs, Timing(0, 0)
        ends, add = (int(epochs[0]), int(epochs[-1])), self._form.add_number
        tip = self.tr("The first epoch that is shown, or the nearest that is kept.")
        self._first = add("first", self.tr("&From epoch"), tip, *ends, ends[0])
        tip = self.tr("The last epoch that is shown, or the nearest that is kept.")
        self._last = add("last", self.tr("To &epoch"), tip, *ends, ends[1])
        tip = self.tr("At most so many; early epochs, in which most happens, have more of them.")
        self._frames = add("frames", self.tr("F&rames"), tip, 2, MOST_FRAMES, usual.frames)
        tip = self.tr("How fast it goes.")
        self._rate = add("rate", self.tr("Frames a secon&d"), tip, 1, FASTEST, usual.rate)
        for spin in (self._first, self._last, self._frames, self._rate):
            spin.valueChanged.connect(self._tell)

    def facts(self, options: PictureOptions) -> str:
        """Return size, frames and length of what will be written."""
        width, height = self._target.pixels(options).toTuple()
        timing = self.timing()
        frames = len(timing.chosen(self._target.checkpoints))
        seconds = fixed(sum(timing.durations(frames)) / 1000, 0.1)
        text = self.tr("{width} × {height} pixels, {frames} frames, {seconds} s")
        return text.format(width=width, height=height, frames=count(frames), seconds=seconds)

    @Slot()
    def _on_save(self) -> None:
        options = self._form.options()
        kinds = sorted(self._target.kinds, key=lambda kind: kind != options.kind)
        if path := ask_for_file(self, self.windowTitle(), self._target.key, kinds):
            self.chosen = save_animation(self._target, options, self.timing(), path)
            self.accept()
