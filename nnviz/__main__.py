"""``python -m nnviz`` and the command ``nnviz``."""

from __future__ import annotations

import sys

from nnviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
