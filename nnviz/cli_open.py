"""The window from the command line, with or without a file in it."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from nnviz.errors import NnvizError


def add_open(command: argparse.ArgumentParser) -> None:
    """Give the command that opens a file its argument."""
    command.set_defaults(command=lambda arguments: open_window(arguments.files))
    command.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a project, an experiment as JSON, or data; several where they belong together",
    )


def with_command(argv: Sequence[str] | None, commands: Iterable[str]) -> list[str]:
    """Return the arguments; where the first is a file and no command, it is to be opened."""
    found = list(sys.argv[1:] if argv is None else argv)
    first = found[0] if found else "-"
    if first in commands or first.startswith("-") or "\0" in first:
        return found
    is_file = first.endswith(".nnviz") or Path(first).exists()
    return ["open", *found] if is_file else found


def open_window(paths: Sequence[Path] = ()) -> int:
    """Open the window, and return when it has been closed.

    Raises
    ------
    NnvizError
        If a file is not there, or they do not belong together.
    """
    require_there(paths)
    given = None
    if paths:
        from nnviz.datasets.own.formats import file_meant

        given = file_meant(paths)
    status: int = window_module().main(given)
    return status


def require_there(paths: Sequence[Path]) -> None:
    """Raise a `NnvizError` if any of some files or folders is not there."""
    for path in paths:
        if not (path.is_file() or path.is_dir()):
            raise NnvizError(
                "“{path}” is not there, or is no file or folder.",
                "Choose another file.",
                path=str(path),
            )


def window_module() -> ModuleType:
    """Return `nnviz.gui.app`, imported without looks for garbage: what is imported stays.

    They take a tenth of the time until the window is there.
    """
    gc.disable()
    app = import_module("nnviz.gui.app")
    gc.freeze()
    gc.enable()
    return app
