"""TensorFlow Playground's own JavaScript as a peer, where a copy of its ``src/nn.ts`` is at hand.

It is not part of this project. The folder needs esbuild, which takes the types away::

    git clone https://github.com/tensorflow/playground
    cd playground
    npm install --no-save esbuild
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.workloads import Workload

NAME = "TensorFlow Playground"
WHERE = "NNVIZ_PLAYGROUND"
"""Of the environment: the folder or the file; without it a folder `playground` beside ours."""

_DRIVER = Path(__file__).with_suffix(".mjs")
_STRIPPED = tempfile.TemporaryDirectory(prefix="nnviz-playground-")


def source() -> Path | None:
    """Return where its ``nn.ts`` is; None without it or without node.

    Raises
    ------
    FileNotFoundError
        If it is not where it was said to be.
    """
    told = os.environ.get(WHERE)
    place = Path(told) if told else Path(__file__).resolve().parents[3] / "playground"
    found = next((path for path in (place / "src" / "nn.ts", place) if path.is_file()), None)
    if told and found is None:
        raise FileNotFoundError(f"There is no src/nn.ts in {place}.")
    return found if shutil.which("node") else None


def node_version() -> str:
    """Return which node computes."""
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


class PlaygroundRunner:
    """Its network under node, in a process of its own; it keeps no record of any epoch."""

    def __init__(self, workload: Workload) -> None:
        path = source()
        if path is None or workload.loss != "mse":
            raise NotImplementedError("it is not here, or knows no such loss")
        self._node = subprocess.Popen(
            ["node", str(_DRIVER), str(_stripped(path))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        x, labels = workload.data()
        task = {
            "sizes": [x.shape[1], *workload.hidden, workload.outputs],
            "activation": workload.activation.upper(),
            "output": workload.output_activation.upper(),
            "x": np.asarray(x, float).tolist(),
            "y": np.asarray(labels, float).tolist(),
            "batch": workload.batch,
            "rate": 2 * workload.rate,  # its error is half the square
        }
        self._say(json.dumps(task))

    def updates(self, count: int) -> int:
        """Do so many mini-batches."""
        self._say(str(count))
        assert self._node.stdout is not None
        return int(self._node.stdout.readline())

    def _say(self, line: str) -> None:
        assert self._node.stdin is not None
        self._node.stdin.write(f"{line}\n")
        self._node.stdin.flush()


def _stripped(path: Path) -> Path:
    """Return the file without types, made by the esbuild beside it.

    As JavaScript of today, whose fields are made with the object: more than twice as fast as what
    the playground's own compiler makes, which is older.
    """
    target = Path(_STRIPPED.name, "nn.mjs")
    if not target.exists():
        command = ["npx", "--no", "esbuild", str(path.resolve()), f"--outfile={target}"]
        subprocess.run([*command, "--log-level=warning"], cwd=path.parent, check=True)
    return target
