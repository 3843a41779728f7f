"""The export dialog of an animation: as that of a picture, and which epochs, how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from nnviz.gui.export.animation import (
    ANIMATED,
    FASTEST,
    LONGEST_HOLD,
    MOST_FRAMES,
    SIZE,
    Timing,
    save_animation,
)
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.form import named
from nnviz.gui.export.jobs import panel_target
from nnviz.gui.export.options import PictureOptions, remembered
from nnviz.gui.export.window import Moment
from nnviz.gui.frame import Frame
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.numbers import count, fixed
from nnviz.gui.look.theme import SPACE
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
        numbers = self._frames.value(), self._rate.value(), self._hold.value()
        return Timing(first, last, *numbers, self._loops.isChecked())

    def _arrange(self) -> None:
        super()._arrange()
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        left, right = (QFormLayout() for _ in range(2))
        for form in (left, right):
            form.setHorizontalSpacing(2 * SPACE)
            form.setVerticalSpacing(SPACE)
        self._fill(left, right)
        row = filled(QHBoxLayout(), left, right, spacing=3 * SPACE)
        for place in range(2):
            row.setStretch(place, 1)
        grid.addLayout(row, 2, 0, 1, 2, Qt.AlignmentFlag.AlignTop)

    def _fill(self, left: QFormLayout, right: QFormLayout) -> None:
        epochs = self._checkpoints.epochs
        tip = self.tr("The first epoch that is shown, or the nearest that is kept.")
        self._first = self._spin(left, "first", self.tr("&From epoch"), tip, int(epochs[-1]))
        tip = self.tr("The last epoch that is shown, or the nearest that is kept.")
        self._last = self._spin(left, "last", self.tr("To &epoch"), tip, int(epochs[-1]))
        self._first.setValue(int(epochs[0]))
        self._last.setValue(int(epochs[-1]))
        tip = self.tr("At most so many; early epochs, in which most happens, have more of them.")
        self._frames = self._spin(left, "frames", self.tr("F&rames"), tip, MOST_FRAMES, 2)
        tip = self.tr("How fast it goes.")
        self._rate = self._spin(right, "rate", self.tr("Frames a secon&d"), tip, FASTEST, 1)
        usual = Timing(0, 0)
        self._frames.setValue(usual.frames)
        self._rate.setValue(usual.rate)
        tip = self.tr("How much longer the last frame is seen.")
        self._hold = self._spin(right, "hold", self.tr("Hold the e&nd for"), tip, LONGEST_HOLD)
        self._hold.setSuffix(self.tr(" s"))
        self._hold.setValue(round(usual.hold))
        title, tip = self.tr("Begin anew at the end"), self.tr("Else it is seen once.")
        self._loops = named(QCheckBox(title, self), "export-loops", title, tip)
        self._loops.setChecked(usual.loops)
        right.addRow("", self._loops)
        for spin in (self._first, self._last, self._frames, self._rate, self._hold):
            spin.valueChanged.connect(self._tell)

    def _spin(
        self, form: QFormLayout, name: str, title: str, tip: str, most: int, least: int = 0
    ) -> QSpinBox:
        spin = named(QSpinBox(self), f"export-{name}", title, tip)
        spin.setRange(least, most)
        form.addRow(title, spin)
        return spin

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
