"""The only code that knows where bundled files are, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CANDIDATES = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder.

    Parameters
    ----------
    *parts
        Path below ``resources/``, such as ``"datasets", "iris.npz"``.

    Raises
    ------
    FileNotFoundError
        If the installation lacks it.
    """
    for root in _CANDIDATES:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"nnviz is installed without its file {'/'.join(parts)}")
