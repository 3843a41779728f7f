"""The application: made, styled, and run until its window closes."""

from __future__ import annotations

import sys
import warnings
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from nnviz import __version__
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import load_fonts
from nnviz.gui.main_window import MainWindow
from nnviz.gui.run.autosave import usual_folder
from nnviz.gui.shell.interrupts import Interrupts
from nnviz.gui.shell.notices import Notices, close_log, open_log


def main(path: Path | None = None) -> int:
    """Open the window, with what is in a file, and return the exit status when it is closed."""
    app = make_application()
    log = open_log()
    notices = Notices()
    notices.install()
    # A run that diverges is drawn as far as its numbers go: NumPy need not tell that they end.
    warnings.filterwarnings("ignore", r"[\w ]+ encountered in ", RuntimeWarning)
    interrupts = Interrupts()
    windows = Windows(ThemeManager(app), notices, usual_folder())
    interrupts.asked.connect(app.closeAllWindows)  # those that wait for an answer first
    if path is not None:
        windows.window.ready.connect(partial(windows.window.projects.open_file, path))
    windows.window.show()
    end_with_last_window(app)
    status = app.exec()
    notices.uninstall()
    if log is not None:
        close_log(log)
    interrupts.close()
    return status


def end_with_last_window(app: QApplication) -> None:
    """Have the program end with its window.

    Qt asks all windows first whether they may close, and then goes on for ever if a panel that was
    a window of its own came back in sight meanwhile.
    """
    app.lastWindowClosed.connect(_end)


def _end() -> None:
    QCoreApplication.exit()


class Windows(QObject):
    """The window, and another in its place when text is to have another size.

    All parts of a window take their sizes from the text when they are made.
    """

    def __init__(self, look: ThemeManager, notices: Notices, autosaves: Path | None) -> None:
        super().__init__()
        self._made_of = look, notices, autosaves
        self.window = MainWindow(*self._made_of)
        # Queued: a menu of the window is what asks for it.
        look.resized.connect(self._renew, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _renew(self) -> None:
        before = self.window
        before.remember()
        self.window = MainWindow(*self._made_of, before)
        if before.windowState() is Qt.WindowState.WindowNoState:
            self.window.resize(before.size())
        self.window.show()
        before.close()
        before.deleteLater()


def make_application() -> QApplication:
    """Return the application with its names, style and fonts; there is one in a process."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    # A dock that has been a window of its own may keep that; nothing beside it needs one for that.
    app.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
    app.setOrganizationName("nnviz")
    app.setApplicationName("nnviz")
    app.setApplicationDisplayName("nnviz")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("nnviz")
    if app.style().name() != "fusion":  # a style that is set again polishes every widget there is
        app.setStyle("Fusion")
    load_fonts()
    return app
