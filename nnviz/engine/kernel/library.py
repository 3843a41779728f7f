"""The compiled library: found beside its source, and opened."""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from nnviz.engine.kernel import building


class Library:
    """An opened library.

    Parameters
    ----------
    path
        Of the file.
    level
        ``"narrow"`` or ``"wide"`` registers; "" for the widest the processor has.

    Raises
    ------
    OSError
        If it is no library of this system, or the processor has neither.
    """

    def __init__(self, path: Path, level: str = "") -> None:
        self.path = path
        self._open = ctypes.CDLL(str(path))
        most = self._open.level()
        if not most or (level == "wide" and most < 2):
            raise OSError("the processor lacks the instructions")
        self.level = level or ("narrow", "wide")[most - 1]

    def function(self, name: str, dtype: str) -> Any:
        """Return one of the functions for ``"float64"`` or ``"float32"``, by its name in C."""
        short = {"float64": "f64", "float32": "f32"}[dtype]
        return getattr(self._open, f"{name}_{short}_{self.level}")


@lru_cache(maxsize=1)
def library() -> Library | None:
    """Return the library of the source as it is, where one has been built and can be used here.

    ``NNVIZ_KERNEL`` in the environment names another file: for those who try a compiler.
    """
    if not building.levels(building.machine()):
        return None
    try:
        return Library(Path(os.environ.get("NNVIZ_KERNEL") or building.library_path()))
    except OSError:
        return None
