"""What every test gets: an offscreen screen, fresh settings, and a look at what it left running."""

from __future__ import annotations

import functools
import gc
import itertools
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QSettings, QThread

# Before any test module imports NumPy or makes an application: both read these only once. They
# repeat what scripts/test.py sets, for those who call pytest themselves.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _library in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{_library}_THREADS", "1")

# A shell's background job has children ignore Ctrl+C, nohup a closed terminal: those of tests
# shall not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A test must neither read nor write what belongs to the person who runs it.
_HOME = tempfile.TemporaryDirectory(prefix="nnviz-tests-")
for _purpose in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR"):
    _folder = Path(_HOME.name, _purpose.lower())
    _folder.mkdir(mode=0o700)
    os.environ[f"XDG_{_purpose}"] = str(_folder)

GRACE_SECONDS = 20.0
_settings_folders = (Path(_HOME.name, "settings", str(count)) for count in itertools.count())


@pytest.fixture(autouse=True)
def fresh_settings() -> Path:
    """Give the test settings of its own, empty; return the folder they will be in."""
    folder = next(_settings_folders)
    QCoreApplication.setOrganizationName("nnviz-tests")
    QCoreApplication.setApplicationName("nnviz-tests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for file_format in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        QSettings.setPath(file_format, QSettings.Scope.UserScope, str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread or a child process behind.

    What fixtures of a wider scope started is there before the test and so not its fault. Autouse
    fixtures are torn down last, and pytest-qt closes its widgets before any.
    """
    before = {*multiprocessing.active_children(), *threading.enumerate()}
    tasks = native_threads()

    def leftovers_now() -> list[object]:
        living = {*multiprocessing.active_children(), *living_threads()}
        qthreads = running_qthreads() if native_threads() - tasks else []
        return [*(living - before), *(thread for thread in qthreads if thread not in shared)]

    shared = qthreads_of_module(request.module)
    yield
    leftovers = wait_until_none(leftovers_now)
    if leftovers:
        pytest.fail(f"left running: {', '.join(map(repr, leftovers))}")


def living_threads() -> list[threading.Thread]:
    """Return Python's threads that keep the interpreter from ending."""
    return [thread for thread in threading.enumerate() if not thread.daemon]


def native_threads() -> set[str]:
    """Return the ids of all threads; cheap, where asking Qt means a walk over every object."""
    if sys.platform.startswith("linux"):
        return set(os.listdir("/proc/self/task"))  # noqa: PTH208 - called twice a test
    return {str(time.monotonic_ns())}  # always new: look at every object


def running_qthreads() -> list[QThread]:
    """Return the QThreads that run, but for the main one."""
    main = QCoreApplication.instance().thread() if QCoreApplication.instance() else None
    gc.unfreeze()  # a window keeps what it is made of out of collections, and of this list
    return [
        thing
        for thing in gc.get_objects()
        if issubclass(type(thing), QThread)
        and shiboken6.isValid(thing)
        and thing is not main
        and thing.isRunning()
    ]


@functools.lru_cache(maxsize=1)
def qthreads_of_module(module: ModuleType) -> list[QThread]:
    """Return what ran before the module's first test: threads of its own fixtures."""
    return running_qthreads()


def wait_until_none(find: Callable[[], list[object]]) -> list[object]:
    """Return what is still found after a grace period in which it may end by itself."""
    deadline = time.monotonic() + GRACE_SECONDS
    while (found := find()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found
