"""Pictures of the window and its panels, before and after a change, and what differs in them.

::

    python scripts/compare_pictures.py make FOLDER [--only TEXT] [--fast]
    python scripts/compare_pictures.py compare BEFORE AFTER [--into FOLDER]

``make`` opens the real window without a screen, brings it to fixed runs, epochs and seeds, and
writes a picture of it, of every panel, dialog and menu, light and dark, in two sizes. With
``PYTHONPATH`` set to another checkout, that one's window is used: only ``_window_names.py`` needs
to know of names there.

``compare`` lists every picture with the share of its pixels that changed, flags those above half a
percent, and writes these, and the flagged ones side by side, into a third folder.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent

# Before Qt and NumPy are imported: both read these only once.
ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "1",
    "QT_FONT_DPI": "96",
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


def main() -> int:
    """Do what the command line asks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="write the pictures of this window")
    make.add_argument("folder", type=Path)
    make.add_argument("--only", default="", help="only runs whose name contains this")
    make.add_argument("--fast", action="store_true", help="only light, and only the larger size")
    compare = commands.add_parser("compare", help="list what differs between two folders")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    compare.add_argument("--into", type=Path, default=Path("pictures-compared"))
    asked = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    if "PYTHONPATH" not in os.environ:
        sys.path.insert(0, str(ROOT))
    return _make(asked) if asked.command == "make" else _compare(asked)


def _make(asked: argparse.Namespace) -> int:
    import nnviz

    print(f"The window of {Path(nnviz.__file__).parent}")
    with TemporaryDirectory(prefix="nnviz-settings-") as home:
        # Neither settings nor logs of the person who makes pictures are read or written.
        for purpose in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
            os.environ[f"XDG_{purpose}"] = home
        from _window_pictures import make  # only now: this imports Qt

        count = make(asked.folder, Path(home), asked.only, asked.fast)
    print(f"Wrote {count} pictures to {asked.folder}")
    return 0


def _compare(asked: argparse.Namespace) -> int:
    from _picture_differences import FLAGGED, compare, write_report

    found = compare(asked.before, asked.after)
    if not found:
        print("Neither folder has pictures.")
        return 2
    write_report(found, asked.before, asked.after, asked.into)
    flagged = [one for one in found if one.share > FLAGGED]
    for one in found:
        print(one)
    print(f"{len(found)} pictures, {len(flagged)} with more than {FLAGGED:.1%} of pixels changed.")
    print(f"The flagged ones, side by side: {asked.into}")
    return 1 if flagged else 0


if __name__ == "__main__":
    sys.exit(main())
