"""Memory that two processes share, for arrays that stream at frame rate."""

from __future__ import annotations

from multiprocessing.shared_memory import SharedMemory

import numpy as np

from nnviz.engine.arrays import FloatArray
from nnviz.training.messages import SnapshotWritten
from nnviz.training.records import Snapshot


class SnapshotMemory:
    """Shared memory for one snapshot: parameters, then gradients.

    Parameters
    ----------
    capacity
        Bytes; ignored with `name`.
    name
        Of memory another process made; None to make it.
    """

    def __init__(self, capacity: int, name: str | None = None) -> None:
        self._memory = SharedMemory(name, create=name is None, size=capacity)
        self._owner = name is None
        self.name = self._memory.name
        self.capacity = self._memory.size

    def write(self, parameters: FloatArray, gradients: FloatArray) -> None:
        """Fill it."""
        arrays = self._arrays(parameters.size, parameters.dtype)
        arrays[0], arrays[1] = parameters, gradients

    def read(self, written: SnapshotWritten, size: int, dtype: np.dtype[np.floating]) -> Snapshot:
        """Return a copy of what it holds, for a network of so many parameters."""
        arrays = self._arrays(size, dtype)
        parameters, gradients = arrays[0].copy(), arrays[1].copy()
        return Snapshot(written.run_id, written.epoch, parameters, gradients, written.updates)

    def close(self) -> None:
        """Let go of the memory; its maker also frees it."""
        self._memory.close()
        if self._owner:
            self._memory.unlink()

    def _arrays(self, size: int, dtype: np.dtype[np.floating]) -> FloatArray:
        # Made anew each time: memory with an array on it cannot be closed.
        arrays: FloatArray = np.ndarray((2, size), dtype, self._memory.buf)
        return arrays
