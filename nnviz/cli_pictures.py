"""What the command line draws of a run: all pictures, a page about it, an animation of a panel."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz.cli_export import require_room
from nnviz.cli_output import whole_number
from nnviz.errors import NnvizError

if TYPE_CHECKING:
    from nnviz.training.completion import Completed

    Writer = Callable[[Completed], list[Path]]

_OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
"""No display is needed, and icons are drawn as fine as the rest of the window's picture."""

_ANIMATION = ("panel", "frames", "fps", "size")
"""What goes with --animation only."""


def add_pictures(command: argparse.ArgumentParser) -> None:
    """Give a command the options of what is drawn."""
    command.add_argument(
        "--export", type=_folder, metavar="DIR", help="write the history and all pictures there"
    )
    command.add_argument("--report", type=Path, metavar="FILE.html", help="write a page about it")
    command.add_argument(
        "--animation",
        type=Path,
        metavar="FILE.gif",
        help="write a panel over the epochs as a moving picture there: .gif or .webp",
    )
    for option, kind, metavar, told in (
        ("panel", str, "KEY", "which one, as --export names its pictures; else the network"),
        ("frames", whole_number, "N", "at most so many, early epochs more closely; else 60"),
        ("fps", whole_number, "N", "so many frames a second; else 10"),
        ("size", _sides, "WxH", "pixels; else 960x600"),
    ):
        told = f"of --animation: {told}"
        command.add_argument(f"--{option}", type=kind, metavar=metavar, help=told)


def picture_writers(arguments: argparse.Namespace) -> list[Writer]:
    """Return what draws all that is asked for, once it is sure that this can be done.

    Raises
    ------
    NnvizError
        If it cannot.
    """
    given = {name: getattr(arguments, name) for name in _ANIMATION}
    asked = {name: value for name, value in given.items() if value is not None}
    if arguments.animation is None and asked:
        raise NnvizError(
            "--panel, --frames, --fps and --size belong to --animation.",
            "Name a file with --animation.",
        )
    folder, page, moving = arguments.export, arguments.report, arguments.animation
    writers: list[Writer] = []
    if folder is not None:
        offscreen = _offscreen("--export")
        offscreen.prepare_folder(folder)
        writers.append(partial(offscreen.export_run, folder=folder))
    if page is not None:
        offscreen = _offscreen("--report")
        require_room(page)
        writers.append(partial(offscreen.write_report, path=page))
    if moving is not None:
        writers.append(_offscreen("--animation").animator(moving, **asked))
        require_room(moving)
    return writers


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("the folder has no name")
    return Path(text)


def _sides(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"“{text}” is no size like 960x600")
    return int(found[1]), int(found[2])


def _offscreen(option: str) -> Any:
    """Return the module that draws without a screen, or say why an option cannot be."""
    os.environ.update(_OFFSCREEN)
    try:
        import nnviz.gui.offscreen as offscreen
    except ImportError as error:
        raise NnvizError(
            "Pictures are drawn by Qt, which cannot be loaded here: {reason}.",
            "“python3 scripts/run.py” says which system packages are missing;"
            " without {option} nnviz needs none.",
            reason=str(error),
            option=option,
        ) from error
    return offscreen
