"""The export dialog of an animation: as that of a picture, and which epochs, how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nnviz.gui.export.animation import (
    ANIMATED,
    FASTEST,
    MOST_FRAMES,
    SIZE,
    Timing,
    save_animation,
)
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.jobs import panel_target
from nnviz.gui.export.options import PictureOptions, remembered
from nnviz.gui.export.window import Moment
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.panel import Panel
from nnviz.gui.slices import Slices
from nnviz.training.checkpoints import Checkpoint, Checkpoints


class AnimationDialog(ExportDialog):
    """Asks how and where, and which epochs; `chosen` writes the animation.

    Parameters
    ----------
    panel, moment, parent
        Of which panel; the rest as of an `ExportDialog`, whose preview is of the moment.
    checkpoints, frame_at
        The kept moments, and what returns what there is to see of one.
    """

    copies = False

    def __init__(
        self,
        panel: Panel,
        moment: Moment,
        checkpoints: Checkpoints,
        frame_at: Callable[[Checkpoint], Frame],
        parent: QWidget | None = None,
    ) -> None:
        self._checkpoints, self._frame_at = checkpoints, frame_at
        self._target = replace(panel_target(panel, moment), kinds=ANIMATED)
        super().__init__([self._target], moment, parent)
        title = self._target.title
        self.setWindowTitle(self.tr("Export animation: {title}").format(title=title))
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
        epochs, usual = self._checkpoints.epochs, Timing(0, 0)
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
        frames = len(timing.chosen(self._checkpoints))
        seconds = fixed(sum(timing.durations(frames)) / 1000, 0.1)
        text = self.tr("{width} × {height} pixels, {frames} frames, {seconds} s")
        return text.format(width=width, height=height, frames=count(frames), seconds=seconds)

    def saving(self, options: PictureOptions, path: Path) -> Slices[str]:
        """Return what writes the animation of moments that are chosen now."""
        timing, shot = self.timing(), self._target.shot
        assert shot is not None
        frames = [*map(self._frame_at, timing.chosen(self._checkpoints))]
        return save_animation(shot, frames, self._target.sized(options), timing, path)

    def remember(self, options: PictureOptions) -> None:
        """Keep nothing: the next picture has a size of its own."""
