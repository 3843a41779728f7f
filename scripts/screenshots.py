"""Make the pictures of the documentation from the real window: ``python scripts/screenshots.py``.

The same pictures come out on every machine: the runs are the tutorials' presets with their seeds,
the fonts are the bundled ones, and no screen is needed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"

# Before Qt and NumPy are imported: both read these only once.
ENVIRONMENT = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_SCALE_FACTOR": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}

WINDOWS = (("window-light", "spiral", "light"), ("window-dark", "two-gaussians", "dark"))
"""File name, run and theme of each picture of the window."""

PANELS = (
    ("network", "spiral", "network"),
    ("output", "spiral", "output"),
    ("loss", "house-prices", "loss"),
    ("weights", "two-gaussians", "weights"),
)
"""File name, run and panel of each picture of a panel."""


def main() -> int:
    """Write all pictures; return the exit status."""
    os.environ.update(ENVIRONMENT)
    sys.path.insert(0, str(ROOT))
    IMAGES.mkdir(parents=True, exist_ok=True)
    # Only now: these import Qt and NumPy.
    from _pictures import panel_picture, runs, window_picture

    shown = runs({run for _, run, _ in (*WINDOWS, *PANELS)})
    for name, run, theme in WINDOWS:
        print(window_picture(shown[run], theme, IMAGES / f"{name}.png"))
    for name, run, panel in PANELS:
        print(panel_picture(shown[run], panel, IMAGES / f"{name}.png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
