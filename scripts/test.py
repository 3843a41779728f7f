"""Run the whole test suite offscreen: ``python3 scripts/test.py [arguments of pytest]``.

Makes ``.venv`` and installs the locked dependencies, the test tools and the package when needed.
"""
# This file keeps to syntax that every Python can parse: an old one must reach its sentence.

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - the very thing this file is for
    sys.exit(
        "nnviz needs Python 3.10 or newer, and this is Python %d.%d. "  # noqa: UP031
        "Install a newer one and run this file with it, as in: python3.12 scripts/test.py"
        % sys.version_info[:2]
    )

import _bootstrap

if __name__ == "__main__":
    sys.exit(_bootstrap.test(sys.argv[1:]))
