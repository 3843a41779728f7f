"""Let a monkey at the window: ``python scripts/monkey.py --events 20000 --seed 1``.

It presses, types, drags, docks and resizes at random while training is on. It fails where an
exception or a warning of Qt comes up, where the window dies, where it no longer answers or leaves
something in sight at its end, and where one event keeps the window's thread busy for too long; then
it says what it did last. The window is opened on whatever platform Qt finds;
QT_QPA_PLATFORM=offscreen needs no screen.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imports Qt, which the watching process does without
    from _monkey import Monkey

ROOT = Path(__file__).resolve().parent.parent
FREEZE = 0.5
"""Seconds of the window's own time that one event may take."""

FROZEN = 3
"""Exit status where nothing failed but that."""

STUCK = 120.0
"""Seconds without any event after which the window is taken to be stuck for ever."""

JOURNAL = "journal.txt"
_LINES = 40
_HARMLESS = re.compile("Qt: This plugin does not support")


def main() -> int:
    """Watch the monkey from another process; return the exit status."""
    asked = arguments()
    if asked.inside:
        return inside(asked)
    with TemporaryDirectory(prefix="nnviz-monkey-") as folder:
        # Everything it writes goes there: settings, log, pictures under whatever name.
        homes = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        environment = {**os.environ, **dict.fromkeys(homes, folder)}
        command = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:], "--inside", folder]
        start = time.monotonic()
        status = subprocess.run(command, cwd=folder, env=environment, check=False).returncode
        if status not in (0, FROZEN):
            journal = Path(folder, JOURNAL)
            last = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
            print("\nThe last it did:", *last[-_LINES:], sep="\n  ")
        if status:
            print(f"Failed ({status}). Once more: --events {asked.events} --seed {asked.seed}")
        print(f"{time.monotonic() - start:.0f} s")
    return 1 if status else 0


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000, help="how many things to do")
    parser.add_argument("--seed", type=int, default=0, help="what to do")
    parser.add_argument(
        "--freeze", type=float, default=FREEZE, help="seconds that one may keep the window busy"
    )
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


class Failures(logging.Handler):
    """Collects what the log says of exceptions and of Qt's warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record, if it tells of something that must not happen."""
        text = record.getMessage()
        if "Traceback" in text or (text.startswith("Qt: ") and not _HARMLESS.match(text)):
            self.found.append(text)

    def leave_if_any(self) -> None:
        """End the program at once, as it is, where something was found."""
        if self.found:
            print(*self.found, sep="\n", flush=True)
            os._exit(1)


def inside(asked: argparse.Namespace) -> int:
    """Open the window and let the monkey at it; return the exit status."""
    sys.path.insert(0, str(ROOT))
    from _monkey import Monkey, answered_file_dialogs
    from PySide6.QtCore import QSettings

    from nnviz.gui.app import end_with_last_window, make_application
    from nnviz.gui.look.manager import ThemeManager
    from nnviz.gui.main_window import MainWindow
    from nnviz.gui.shell.notices import LOGGER, Notices

    faulthandler.enable()
    folder = Path(asked.inside)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    app, failures, notices = make_application(), Failures(), Notices()
    LOGGER.addHandler(failures)
    notices.install()
    window = MainWindow(ThemeManager(app), notices)
    with (
        Path(folder, JOURNAL).open("w", buffering=1, encoding="utf-8") as journal,
        answered_file_dialogs(folder, asked.seed),
    ):

        def tell(text: str) -> None:
            failures.leave_if_any()
            print(text, file=journal)
            faulthandler.dump_traceback_later(STUCK, exit=True)

        monkey = Monkey(window, asked.seed, asked.events, tell)
        window.ready.connect(monkey.start)
        monkey.finished.connect(window.close)
        window.show()
        end_with_last_window(app)
        app.exec()
        in_sight = [top.objectName() for top in app.topLevelWidgets() if top.isVisible()]
        failures.found += [f"Still in sight: {name}" for name in in_sight]
        failures.leave_if_any()
    faulthandler.cancel_dump_traceback_later()
    notices.uninstall()
    return report(monkey, asked.freeze)


def report(monkey: Monkey, freeze: float) -> int:
    """Say what was done and what took longest; return the exit status."""
    kinds = ", ".join(f"{count} × {kind}" for kind, count in monkey.kinds.most_common())
    print(f"{monkey.done} events, {monkey.training} of them while training: {kinds}")
    for slow in monkey.slowest:
        print(f"  {1e3 * slow.seconds:5.0f} ms  {slow.deed}")
    return FROZEN if monkey.slowest[0].seconds > freeze else 0


if __name__ == "__main__":  # the training process imports this file
    sys.exit(main())
