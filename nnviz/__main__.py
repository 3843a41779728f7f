"""``python -m nnviz`` and the command ``nnviz``."""

from __future__ import annotations

from nnviz.ending import leave, obey_signals


def main() -> None:
    """Do what the command line asks, and end the process."""
    obey_signals()
    from nnviz.cli import main as run  # only now: from here on Ctrl+C ends cleanly

    try:
        code = run()
    except SystemExit as asked:  # the help was shown, or the command line was wrong
        code = int(asked.code or 0)
    leave(code)


if __name__ == "__main__":
    main()
