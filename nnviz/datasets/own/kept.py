"""The private folder where a person's own data are kept as they were."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from nnviz.datasets.own.recipe import OwnData, cleaned


def private_folder() -> Path:
    """Return where files that came along with projects are put: nobody else's to read."""
    home = Path.home()
    if sys.platform == "win32":
        root = Path(os.environ.get("APPDATA", home))
    elif sys.platform == "darwin":
        root = home / "Library" / "Application Support"
    else:
        root = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return root / "nnviz" / "own-data"


def kept_copy(own: OwnData) -> OwnData:
    """Return the data at the path where few are kept as they were opened; it need not be there."""
    key = own.sha256 if own.sha256.isalnum() else "none"
    return replace(own, path=str(private_folder() / key / plain_name(Path(own.path).name)))


def plain_name(name: str) -> str:
    """Return a file's name as it can be trusted: with a path in it, it would lead elsewhere."""
    plain = cleaned(name)
    if plain == name == Path(plain).name and plain[:1] not in "." and "\\" not in plain:
        return plain
    ending = Path(name).suffix  # says how it is read
    return f"data{ending}" if ending[1:].isalnum() else "data"
