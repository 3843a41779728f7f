"""Open nnviz: ``python3 scripts/run.py [arguments of nnviz]``.

Makes ``.venv`` and installs the locked dependencies and the package when needed. Where there is
no display, trains a sample offscreen and writes the window's and every panel's picture instead.
"""
# This file keeps to syntax that every Python can parse: an old one must reach its sentence.

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - the very thing this file is for
    sys.exit(
        "nnviz needs Python 3.10 or newer, and this is Python %d.%d. "  # noqa: UP031
        "Install a newer one and run this file with it, as in: python3.12 scripts/run.py"
        % sys.version_info[:2]
    )

import _bootstrap

if __name__ == "__main__":
    sys.exit(_bootstrap.run(sys.argv[1:]))
