"""A panel over the epochs that are kept, as a moving picture: GIF or WebP."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from nnviz.errors import StorageError
from nnviz.files import write_bytes
from nnviz.gui.export.figure import Figure, PanelSnapshot
from nnviz.gui.export.files import encoded
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count, short
from nnviz.gui.panel import Panel
from nnviz.gui.slices import Slices
from nnviz.training.checkpoints import Checkpoint, Checkpoints
from nnviz.training.evaluation import takes_long
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from PIL.Image import Image

ANIMATED = ("gif", "webp")
"""Endings of files that an animation can be."""

SIZE = PictureOptions(960, 600, 1.25, kind=ANIMATED[0])
"""How its frames are drawn at first: small enough to be sent."""

MOST_FRAMES, FASTEST = 300, 50
"""Frames; and of them a second, as many as browsers show of a GIF."""

_HOLD_MS = 2000
"""How much longer the last frame is seen, before it begins anew."""

_MOST_PIXELS = 150_000_000
"""Of all frames together, which are in memory for a while: 300 of 800 × 600."""

_COLOURS = 255
"""All that a GIF has but one, which stands for what stays as it was."""

_DRAWN = 85
"""Percent that are done when all frames are drawn."""


@dataclass(frozen=True)
class Timing:
    """Which epochs an animation shows, and how fast.

    Parameters
    ----------
    first, last, frames
        Epochs from where to where, and in how many frames at most.
    rate
        Frames a second.
    """

    first: int
    last: int
    frames: int = 60
    rate: int = 10

    def chosen(self, checkpoints: Checkpoints) -> list[Checkpoint]:
        """Return the kept moments to show, each once, the first and the last among them.

        As on the timeline, early epochs, in which most happens, have more of them: the root of an
        epoch grows evenly.
        """
        places = np.linspace(0.0, 1.0, self.frames) ** 2
        epochs = np.rint(self.first + (self.last - self.first) * places).astype(int)
        found = {one.epoch: one for one in map(checkpoints.nearest, epochs.tolist())}
        return list(found.values())

    def durations(self, frames: int) -> list[int]:
        """Return how long each of so many frames is seen, in milliseconds."""
        each = round(1000 / self.rate)
        return [*[each] * (frames - 1), each + _HOLD_MS]


def check_pixels(frames: int, options: PictureOptions) -> None:
    """Refuse more than there is memory for."""
    if frames * options.width * options.height > _MOST_PIXELS:
        sentence = "{frames} frames of {width} × {height} pixels are too many for one animation."
        sides = {"width": options.width, "height": options.height}
        remedy = "Choose fewer frames, or a smaller size."
        raise StorageError(sentence, remedy, frames=frames, **sides)


def save_animation(
    shot: PanelSnapshot,
    frames: Sequence[Frame],
    options: PictureOptions,
    timing: Timing,
    path: Path,
) -> Slices[str]:
    """Write a panel as it was at these moments, as the kind of file that its name says.

    The options have a size in pixels. Nothing is written where it is cancelled.
    """
    check_pixels(len(frames), options)
    # All at once: the run may go on meanwhile, or another be opened.
    frames = [frame.still() for frame in frames]
    frames = [replace(frame, history=frames[-1].history) for frame in frames]
    pictures = yield from _drawn(shot, frames, options)
    kind = path.suffix[1:].lower()
    content = yield partial(_ENCODERS[kind], pictures, timing)
    yield partial(write_bytes, content, path)
    said = _tr("Saved {file}: {count} frames, {size} MB.")
    return said.format(file=path.name, count=count(len(pictures)), size=short(len(content) / 1e6))


def _drawn(
    shot: PanelSnapshot, frames: Sequence[Frame], options: PictureOptions
) -> Slices[list[bytes]]:
    """Draw all frames, one after another on the same sheet; return them as PNG."""
    pictures: list[bytes] = []
    waiting, figure, density = deque(frames), None, 1.0
    last = {id(frame.inspection.problem): frame for frame in frames}
    del frames  # so that each goes, with all that was worked out for it, once it is drawn
    try:
        while waiting:
            yield _DRAWN * len(pictures) // (len(pictures) + len(waiting))
            frame = waiting.popleft()
            problem = frame.inspection.problem
            if takes_long(problem):
                yield frame.inspection.prepare
            if figure is None or shot.problem is not problem:  # the network was edited there
                if figure is not None:
                    figure.deleteLater()
                # Laid out for the last epoch, whose number is the longest.
                shot = replace(shot, problem=problem, frame=last.pop(id(problem)))
                figure = Figure(shot, options)
                figure.turn_to(shot.frame)
                yield from figure.settled()  # what is not laid out is not drawn
                yield from _looked_over(figure.panel, [frame, *waiting], problem)
                figure.turn_to(shot.frame)
                density = yield from figure.settled()
                figure.hold_words()
            figure.turn_to(frame)
            image = yield from figure.painted(density)
            pictures.append((yield partial(encoded, image)))
    finally:
        if figure is not None:
            figure.deleteLater()
    return pictures


def _looked_over(panel: Panel, frames: Sequence[Frame], problem: Problem) -> Slices[None]:
    """Show a panel all moments of a problem: its axes have room for each then, and stand still."""
    panel.ends = {}
    if not panel.has_growing_axes:
        return
    for frame in frames:
        if frame.inspection.problem is problem:
            # Another inspection, so that what is worked out goes again: of all it might be much.
            inspection = Inspection(problem, frame.inspection.snapshot)
            if takes_long(problem):
                yield inspection.prepare
            panel.show_frame(replace(frame, inspection=inspection))
            yield None


# ------------------------------------------------------------------------ in a thread, without Qt


def _gif(pictures: Sequence[bytes], timing: Timing) -> bytes:
    """Return a GIF whose frames have the same colours: none flickers."""
    from PIL import Image

    each = [np.unique(_codes(frame), return_counts=True) for frame in _opened(pictures)]
    codes, place = np.unique(np.concatenate([found for found, _ in each]), return_inverse=True)
    numbers = np.concatenate([number for _, number in each])
    counts = np.bincount(place, numbers).astype(np.float64)
    palette, indices = _palette(_parts(codes), counts)

    def indexed(frame: Image.Image) -> Image.Image:
        shown = Image.fromarray(indices[np.searchsorted(codes, _codes(frame))], "L")
        shown.putpalette(palette.tobytes())
        return shown

    frames = map(indexed, _opened(pictures))
    return _animated("GIF", frames, timing, len(pictures), optimize=False)


def _webp(pictures: Sequence[bytes], timing: Timing) -> bytes:
    """Return a WebP whose losses are hardly seen: without any it would be four times as large."""
    return _animated("WEBP", _opened(pictures), timing, len(pictures), quality=90)


_ENCODERS = {"gif": _gif, "webp": _webp}


def _animated(
    kind: str, frames: Iterator[Image], timing: Timing, many: int, **ways: object
) -> bytes:
    first, content = next(frames), io.BytesIO()
    ways |= {"save_all": True, "append_images": frames, "duration": timing.durations(many)}
    ways["loop"] = 0  # for ever
    first.save(content, kind, **ways)
    return content.getvalue()


def _opened(pictures: Sequence[bytes]) -> Iterator[Image]:
    from PIL import Image

    return (Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures)


def _codes(frame: Image) -> NDArray[np.uint32]:
    """Return the colours of a picture as numbers, shape (height, width)."""
    red, green, blue = np.moveaxis(np.asarray(frame, np.uint32), -1, 0)
    codes: NDArray[np.uint32] = red << 16 | green << 8 | blue
    return codes


def _parts(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return red, green and blue of such numbers, shape (colours, 3)."""
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)


def _palette(
    colours: NDArray[np.uint8], counts: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return at most `_COLOURS` of all that occur so often, and for each the place of the nearest.

    The most frequent one, and then again and again the one that is worst served by those before:
    how far it is from them counts, and how often it occurs, but rare ones more than their share.
    So a hue that is in a few pixels only, as that of a class or a fault, is not lost among shades.
    """
    known = colours.astype(np.float32)
    lengths, weights = np.square(known).sum(axis=1), np.sqrt(counts).astype(np.float32)
    apart = np.full(len(known), np.inf, np.float32)  # squared, to the nearest that is taken
    nearest = np.zeros(len(known), np.uint8)
    taken: list[int] = []
    while len(taken) < _COLOURS and apart.any():
        worst = int(np.argmax(apart * weights if taken else counts))
        distances = lengths - 2 * (known @ known[worst]) + lengths[worst]
        closer = distances < apart
        nearest[closer] = len(taken)
        np.minimum(apart, distances, out=apart)
        taken.append(worst)
    return colours[taken], nearest


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
