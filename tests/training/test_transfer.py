"""Bytes that two processes share: where there is little memory, none, or no place at all."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnviz.errors import ProcessError
from nnviz.training import messages
from nnviz.training.messages import SharedMemoryBlob, pack, pair_of_arrays, unpack


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two folders for blobs, the second for what the first has no room for."""
    pair = [tmp_path / "memory", tmp_path / "temporary"]
    for folder in pair:
        folder.mkdir()
    monkeypatch.setattr(messages, "_FOLDERS", tuple(map(str, pair)))
    return pair


def files(folders):
    return [path.parent for folder in folders for path in folder.iterdir()]


def test_what_one_end_writes_the_other_reads(folders):
    ours = SharedMemoryBlob(2 * 8 * 1000)
    theirs = SharedMemoryBlob(0, ours.name)
    assert not files(folders)  # were both ends killed now, nothing would be left
    pair_of_arrays(theirs, 1000, np.dtype(np.float64))[1] = np.arange(1000)
    assert np.array_equal(pair_of_arrays(ours, 1000, np.dtype(np.float64))[1], np.arange(1000))
    ours.close()
    theirs.close()


def test_a_blob_has_a_name_only_until_it_is_opened(folders):
    packed = pack({"numbers": np.arange(100_000), "text": "moment"})
    assert files(folders) == folders[:1]
    assert Path(packed.name).stat().st_mode & 0o777 == 0o600
    opened = unpack(packed.name)
    assert np.array_equal(opened["numbers"], np.arange(100_000))
    assert opened["text"] == "moment"
    assert not files(folders)
    with pytest.raises(ProcessError):
        unpack(packed.name)
    packed.close()


def test_closing_removes_what_nobody_opened(folders):
    pack("moment").close()
    assert not files(folders)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can ask for a process")
def test_what_processes_left_that_were_killed_goes_with_the_next(folders):
    """They were killed before the other end had opened it; nothing else is touched."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = [f"nnviz-{gone.pid}-old", f"nnviz-{gone.pid}-new", f"nnviz-{os.getpid()}-own"]
    names += ["nnviz-tests-x", "nnviz-99999999999999999999-x", f"other-{gone.pid}-x"]
    for name in names:
        (folders[0] / name).write_bytes(bytes(16))
        if "new" not in name:
            os.utime(folders[0] / name, (0, 0))
    blob = SharedMemoryBlob(10)
    blob.close()
    assert {path.name for path in folders[0].iterdir()} == {*names[1:]}


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="space is taken by writing zeros")
def test_space_that_is_not_there_is_looked_for_elsewhere_and_nothing_is_left(folders, monkeypatch):
    really, asked = os.posix_fallocate, []

    def fallocate(handle, offset, size):
        asked.append(size)
        if len(asked) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(handle, offset, size)

    monkeypatch.setattr(os, "posix_fallocate", fallocate)
    blob = SharedMemoryBlob(5000)
    assert asked == [5000, 5000]
    assert files(folders) == folders[1:]
    blob.close()
    assert not files(folders)


def test_where_space_cannot_be_reserved_it_is_written(folders, monkeypatch):
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    blob = SharedMemoryBlob(3_000_000)
    assert Path(blob.name).stat().st_size == 3_000_000
    blob.close()


def test_no_place_at_all_is_said_in_a_sentence(folders):
    for folder in folders:
        folder.rmdir()
    with pytest.raises(ProcessError, match="share memory") as failure:
        SharedMemoryBlob(10)
    assert failure.value.remedy


BRANCH = """
import sys, time
from nnviz.engine.layers import Dense
from nnviz.errors import NnvizError
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.messages import Order, Run, SnapshotWritten
from nnviz.training.process import TrainingProcess
from nnviz.training.trainer import Trainer

if __name__ == "__main__":
    asked = Experiment(
        DataChoice("digits", rows=100),
        NetworkChoice((Dense(1000, "relu"), Dense(100, "relu"), Dense(10, "softmax"))),
        TrainingChoice("categorical_crossentropy", optimizer="adam", epochs=10_000_000),
    )
    moment = Trainer(asked).checkpoint()
    process = TrainingProcess()
    try:
        process.begin(Run(1, asked, start=moment), moment.parameters.size)
        process.send(Order.RESUME)
        process.send(Order.GIVE_SNAPSHOT)
        written = None
        while not isinstance(written, SnapshotWritten):
            for written in process.receive():
                pass
        print("snapshot of", process.snapshot(written).parameters.size)
    except NnvizError as error:
        print(error)
    finally:
        process.close()
"""


def in_a_small_world(tmp_path: Path, mounts: str) -> str:
    """Return what `BRANCH` prints where /dev/shm and the temporary folder are mounted so."""
    script = tmp_path / "branch.py"
    script.write_text(BRANCH)
    (tmp_path / "small").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f'{mounts} && exec "$@"', "sh", sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def can_mount() -> bool:
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("memory", ["size=1m", "ro", "size=4k"])
def test_training_goes_on_from_a_checkpoint_whatever_dev_shm_is_like(tmp_path, memory):
    if not can_mount():
        pytest.skip("needs the right to mount")
    told = in_a_small_world(tmp_path, f"mount -t tmpfs -o {memory} tmpfs /dev/shm")
    assert told == "snapshot of 166110\n"


def test_nowhere_to_share_memory_is_said_and_nothing_dies(tmp_path):
    if not can_mount():
        pytest.skip("needs the right to mount")
    tiny = "mount -t tmpfs -o size=64k tmpfs"
    mounts = f"{tiny} /dev/shm && {tiny} {tmp_path}/small && export TMPDIR={tmp_path}/small"
    assert "cannot share memory" in in_a_small_world(tmp_path, mounts)
