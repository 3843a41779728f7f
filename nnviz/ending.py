"""How the program ends: by Ctrl+C, by a request to end, or with its work done; nothing is left.

Python raises KeyboardInterrupt wherever it happens to be: amid the import of a library, which then
"cannot be loaded", or in a slot of Qt, which cannot pass it on. Here a signal ends the process at
once, without taking it apart, wherever nothing would be left behind; elsewhere, which is where
there is a `Held`, as soon as that is finished or undone.

Only what is there anyway is imported: while a module loads, Ctrl+C would still be Python's.
"""

from __future__ import annotations

# Python's own `signal` loads `enum`: 10 ms in which Ctrl+C would show a traceback.
import _signal  # type: ignore[import-not-found,unused-ignore]
import atexit
import os
import sys

SIGNALS: tuple[int, ...] = tuple(
    getattr(_signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(_signal, name)
)
"""What asks a program to end: Ctrl+C, ``kill``, and a terminal that closes."""

_WIPE = "\r\x1b[K"
"""For terminals: a progress bar, or the ``^C`` that was typed, goes away."""

_asked: list[int] = []
_holds: list[Held] = []


class Held:
    """A context in which no signal ends the program; one that came ends it when the last closes.

    For what must not be left half done, in any thread.
    """

    def __enter__(self) -> Held:
        _holds.append(self)
        return self

    def __exit__(self, *reason: object) -> None:
        _holds.remove(self)
        _end_if_asked()

    @property
    def asked(self) -> bool:
        """Whether the program is to end: what takes long should be undone instead of finished."""
        return bool(_asked)


def obey_signals() -> None:
    """Let signals end the program from now on, but for those it was started to ignore."""
    for number in SIGNALS:
        if _signal.getsignal(number) is not _signal.SIG_IGN:
            _signal.signal(number, _take)


def leave(code: int) -> None:
    """End the process, its work done, without taking apart what it has loaded.

    That would take a tenth of a second, in which Python no longer obeys signals.

    Parameters
    ----------
    code
        Exit code.
    """
    from contextlib import suppress

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it
            stream.flush()
    os._exit(code)


def _take(number: int, frame: object) -> None:
    _asked.append(number)
    _end_if_asked()


def _end_if_asked() -> None:
    """End as shells expect: with 128 and the signal's number."""
    if _asked and not _holds:
        try:
            os.write(2, f"{_WIPE if os.isatty(2) else ''}nnviz: stopped.\n".encode())
        finally:  # also where nobody is left to be told
            os._exit(128 + _asked[0])
