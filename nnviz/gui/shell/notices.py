"""The one place where errors reach the person: a banner with a sentence, and the log."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import traceback
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QStandardPaths,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QAction

from nnviz.errors import NnvizError
from nnviz.gui.look.texts import message

LOGGER = logging.getLogger("nnviz")

_LOG_BYTES = 500_000
_OLD_LOGS = 3
_SCREEN_LOST = re.compile("The (X11|Wayland) connection (broke|experienced a fatal error)")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True)
class Notice:
    """Something the person should know.

    Parameters
    ----------
    sentence
        What happened and what to do next, in the language of the window.
    details
        For who wants to report it, or "".
    offer
        What one may do about it; without one, something went wrong, unless it is good.
    good
        Whether it only tells what there is to see.
    """

    sentence: str
    details: str = ""
    offer: QAction | None = None
    good: bool = False


class Notices(QObject):
    """Takes errors from anywhere, in any thread, and hands them to the window."""

    raised = Signal(object)
    """`Notice`."""

    @Slot(object)
    @Slot(object, str)
    def report(self, error: BaseException, details: str = "") -> None:
        """Tell the person about an error, and the log.

        Parameters
        ----------
        error
            Its own sentence is shown if it has one.
        details
            What to copy; for an error of the program itself its traceback by default.
        """
        if isinstance(error, NnvizError):
            LOGGER.warning("%s %s", error, details)
            self.raised.emit(Notice(message(error), details))
            return
        trace = details or "".join(traceback.format_exception(error))
        LOGGER.error("%s", trace)
        text = self.tr(
            "Something went wrong inside nnviz. What you see may be out of date; "
            "Reset starts the training anew."
        )
        self.raised.emit(Notice(text, trace))

    def install(self) -> None:
        """Take what nobody else takes: exceptions of slots and threads, and Qt's messages."""
        sys.excepthook = self._take
        threading.excepthook = self._take_of_thread
        qInstallMessageHandler(_log_qt)

    def uninstall(self) -> None:
        """Give all that back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error.with_traceback(trace))

    def _take_of_thread(self, taken: threading.ExceptHookArgs) -> None:
        if taken.exc_value is not None:
            self.report(taken.exc_value)


def log_file() -> Path:
    """Return where the log is."""
    location = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(location), "nnviz.log")


def open_log() -> logging.Handler | None:
    """Write the log to its file from now on; return what writes it, None where nothing can."""
    file = log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            file, maxBytes=_LOG_BYTES, backupCount=_OLD_LOGS, encoding="utf-8"
        )
    except OSError as error:
        # A full or read-only home must not keep anybody from training a network.
        LOGGER.warning("The log cannot be written: %s", error)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Write the log no more."""
    LOGGER.removeHandler(handler)
    handler.close()


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    LOGGER.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
    if _SCREEN_LOST.match(text):
        # Qt now leaves by exit(), which destroys threads at their work, and crashes. The training
        # process ends by itself when its pipe does.
        logging.shutdown()
        os._exit(1)
