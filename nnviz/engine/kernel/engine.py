"""The compiled engine behind ``train_batches``: it takes the same batches to the same places."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.kernel.description import LOSSES, PASS, Description, address
from nnviz.engine.kernel.library import Library
from nnviz.engine.layers.shaping import DropoutLayer
from nnviz.engine.network import Network
from nnviz.engine.training import Batch, Method, Rates, Stretch

DRAWN_NUMBERS = 2**20
"""About how many numbers Dropout has drawn ahead."""

_LINE = 64
"""Bytes to whose multiples buffers are aligned."""

_KINDS = {"i": ctypes.c_int64, "p": ctypes.c_void_p, "d": ctypes.c_double}

Passes = NDArray[np.void]


class CompiledEngine:
    """The compiled loop, made ready for one network and one method (``covers`` says for which).

    Parameters
    ----------
    network, method
        Their arrays are read and written where they are.
    library
        Where the loop is.
    largest_batch
        Of the batches with targets.

    Attributes
    ----------
    outputs
        What the network answered to the last batch with targets, as in training: shape (outputs,
        batch), a buffer that the next call overwrites.
    """

    def __init__(
        self, network: Network, method: Method, library: Library, largest_batch: int
    ) -> None:
        self._network, self._method = network, method
        self._description = Description(network, method, largest_batch)
        net, dtype = self._description.net, network.dtype.name
        room = library.function("room", dtype)
        room.restype = ctypes.c_int64
        size = room(ctypes.byref(net))
        self._memory = np.zeros(size + _LINE, np.uint8)
        net.memory = -(-address(self._memory) // _LINE) * _LINE
        self._train = library.function("train", dtype)
        self._train.restype = None
        self._train.argtypes = [ctypes.c_void_p] * 2 + [ctypes.c_int64, ctypes.c_void_p]
        self._z, self.outputs = np.zeros((2, network.outputs, max(1, largest_batch)), network.dtype)
        self._a = self.outputs
        self._loss = LOSSES[method.loss.name]
        self._sizes = np.array([layer.flat_gradients.size for layer in network.layers], np.int64)
        self._losses, self._accuracies, self._gradient_sizes = (
            library.function(name, dtype) for name in ("losses", "accuracies", "sizes")
        )
        for function, arguments in (
            (self._losses, "ipppiiiip"), (self._accuracies, "ppidiiip"),
            (self._gradient_sizes, "ppiip"),
        ):  # fmt: skip
            function.restype, function.argtypes = None, [_KINDS[kind] for kind in arguments]
        self._drawn = np.empty(0, network.dtype)

    def run(self, passes: Sequence[Batch], rates: Rates, progress: memoryview) -> None:
        """Do what ``train_batches`` does."""
        if not len(passes):
            return
        table, first, fetches = self._described(passes)
        table["rate"] = rates
        state, net = self._method.state, self._description.net
        net.steps = state.steps
        borrowed = self._keep_outputs(table, passes[-1])
        counter = ctypes.c_int64.from_buffer(progress)
        for start, stop in self._shares(table, fetches):
            if fetches or self._description.dropouts:
                self._prepare(table[start:stop], passes[start:stop])
            self._train(
                ctypes.addressof(net),
                first + start * PASS.itemsize,
                stop - start,
                ctypes.addressof(counter),
            )
        state.steps = net.steps
        if borrowed:
            table["z"][-1] = table["a"][-1] = 0

    def losses(self, z: FloatArray, a: FloatArray, y: FloatArray) -> NDArray[np.float64]:
        """Do what the loss's ``values`` does for logs of shape (epochs, outputs, rows)."""
        found = np.empty(len(z))
        where, row, shape = (address(z), address(a), address(y)), _row(y), z.shape
        self._losses(self._loss, *where, row, *shape, address(found))
        return found

    def accuracies(self, a: FloatArray, y: FloatArray, threshold: float) -> NDArray[np.float64]:
        """Do what the accuracy's ``values`` does for a log of shape (epochs, outputs, rows)."""
        found = np.empty(len(a))
        self._accuracies(address(a), address(y), _row(y), threshold, *a.shape, address(found))
        return found

    def gradient_sizes(self, gradients: FloatArray) -> NDArray[np.float64]:
        """Do what ``Network.gradient_sizes`` does."""
        epochs, layers = len(gradients), self._sizes.size
        found = np.empty((epochs, layers))
        told = address(gradients), address(self._sizes), layers, epochs, address(found)
        self._gradient_sizes(*told)
        return found

    def _described(self, passes: Sequence[Batch]) -> tuple[Passes, int, bool]:
        """Return passes as the loop takes them, where, and whether Python has samples to fetch.

        Of what is laid out once this is worked out once.
        """
        if not isinstance(passes, Stretch):
            return _described(passes)
        laid = passes.laid
        if laid.description is None:
            laid.description = _described(laid.batches)
        table, first, fetches = laid.description
        first += passes.start * PASS.itemsize
        return table[passes.start : passes.stop], first, fetches

    def _keep_outputs(self, table: Passes, last: Batch) -> bool:
        """Have the answers to the last batch written here, where nobody asks; return whether."""
        if last.y is None:
            return False
        if last.a is not None:
            self.outputs = last.a
            return False
        rows = last.y.shape[1]
        self.outputs, width = self._a[:, :rows], self._a.shape[1]
        table["z"][-1], table["a"][-1], table["ldo"][-1] = address(self._z), address(self._a), width
        return True

    def _shares(self, table: Passes, fetches: bool) -> list[tuple[int, int]]:
        """Return which passes are done in one call.

        One where Python has to fetch its samples; so many where Dropout has to draw.
        """
        count = most = len(table)
        if fetches:
            most = 1
        elif self._description.dropouts:
            numbers = sum(layer.units for layer in self._description.dropouts)
            most = max(1, DRAWN_NUMBERS // (numbers * int(table["n"].max())))
        return [(start, min(start + most, count)) for start in range(0, count, most)]

    def _prepare(self, table: Passes, batches: Sequence[Batch]) -> None:
        """Fetch samples that no array holds, and draw what Dropout silences."""
        for batch in batches:
            if _is_fetched(batch):
                assert batch.source is not None and batch.rows is not None
                batch.source.take(batch.rows, batch.x.T)
        if not self._description.dropouts:
            return
        units = sum(layer.units for layer in self._description.dropouts)
        needed = units * sum(batch.x.shape[1] for batch in batches if batch.y is not None)
        if self._drawn.size < needed:
            self._drawn = np.empty(needed, self._network.dtype)
        used = 0
        for place, batch in enumerate(batches):
            if batch.y is None:
                continue
            table["drawn"][place] = address(self._drawn[used:])
            for layer in self._description.dropouts:
                assert isinstance(layer, DropoutLayer)
                size = layer.units * batch.x.shape[1]
                part = self._drawn[used : used + size].reshape(layer.units, -1)
                layer.draw(part)
                used += size


def _described(batches: Sequence[Batch]) -> tuple[Passes, int, bool]:
    known: dict[int, int] = {}
    table = np.array([_told(batch, known) for batch in batches], PASS)
    return table, table.ctypes.data, any(map(_is_fetched, batches))


def _row(y: FloatArray) -> int:
    """Return how many numbers one row of targets or outputs lies behind the other."""
    assert y.strides[1] == y.itemsize or y.shape[1] == 1
    return y.strides[0] // y.itemsize


def _is_fetched(batch: Batch) -> bool:
    """Say whether no array holds a batch's samples, so that Python has to fetch them."""
    return batch.source is not None and batch.source.stored is None


def _told(batch: Batch, known: dict[int, int]) -> tuple[float, ...]:
    """Return a batch as `PASS` has it; its rate is still to come.

    `known` are addresses by the array's id, of arrays that many batches share.
    """
    x, y, scale, z, a, kept, source, rows = batch
    item = x.itemsize
    stored = None if source is None else source.stored
    if stored is not None and rows is not None:
        if id(stored) not in known:
            known[id(stored)] = address(stored)
        where = known[id(stored)], address(rows)
        layout = 1, stored.strides[0] // item
    elif x.strides[0] == item:  # samples are rows, seen from the side
        where, layout = (address(x), 0), (1, x.strides[1] // item)
    else:
        where, layout = (address(x), 0), (0, x.strides[0] // item)
    scales = address(scale) if isinstance(scale, np.ndarray) else 0
    return (
        *where,
        0 if y is None else address(y),
        scales,
        0,
        0 if z is None else address(z),
        0 if a is None else address(a),
        0 if kept is None else address(kept),
        x.shape[1],
        *layout,
        0 if y is None else _row(y),
        0 if z is None or a is None else _row(z),
        0.0 if scales else float(scale),
        0.0,
    )
