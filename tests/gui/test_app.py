"""The whole application in a process of its own: what goes wrong in it reaches person and log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
from PySide6.QtCore import QTimer, qWarning
from nnviz.gui import app
from nnviz.gui.run.worker import TrainingWorker

class Window(app.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.notices.raised.connect(self.told)
        self.ready.connect(self.begin)

    def begin(self):
        {fault}

    def told(self, notice):
        print(notice.sentence)
        print(notice.details)
        self.close()

if __name__ == "__main__":
    app.MainWindow = Window
    sys.exit(app.main())
"""

IN_A_SLOT = "QTimer.singleShot(0, self.fail)"
BEYOND_NUMBERS = "from numpy import array; array([1e308]) * 10; self.fail()"
IN_THE_WORKER = "TrainingWorker._tell = None; self.session.train()"
IN_THE_PROCESS = "self.session.train(); self.session.edit('faster')"


def run(tmp_path: Path, fault: str) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM.replace("{fault}", fault), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


def log(tmp_path: Path) -> str:
    (file,) = tmp_path.rglob("nnviz.log")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("fault", "sentence", "detail"),
    [
        (IN_A_SLOT, "Something went wrong inside nnviz.", "AttributeError: 'Window' object has"),
        (BEYOND_NUMBERS, "Something went wrong inside nnviz.", "object has no attribute 'fail'"),
        (IN_THE_WORKER, "Something went wrong inside nnviz.", "'NoneType' object is not callable"),
        (IN_THE_PROCESS, "Training stopped by a fault in the program", "TypeError"),
    ],
    ids=["slot", "numbers", "worker", "process"],
)
def test_a_fault_reaches_person_and_log(
    tmp_path: Path, fault: str, sentence: str, detail: str
) -> None:
    done = run(tmp_path, fault)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(sentence)
    assert "Traceback" in done.stdout
    assert detail in done.stdout
    assert detail in log(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only there the screen can go")
def test_a_screen_that_goes_ends_the_program_without_a_crash(tmp_path: Path) -> None:
    # What Qt says before it calls exit() amid running threads, with the training process there.
    said = 'qWarning("The X11 connection broke (error 1). Did the X11 server die?")'
    begin = f"self.session.epochs_finished.connect(lambda _: {said}); self.session.train()"
    done = run(tmp_path, begin)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "The X11 connection broke" in log(tmp_path)
