"""Parameters read from safetensors; `parameters` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.training.reading import parsed

_KINDS = {"F32": "<f4", "F64": "<f8"}


def safetensors_arrays(content: bytes) -> Mapping[str, NDArray[Any]]:
    """Return the arrays by name, which cannot be written.

    Raises
    ------
    ValueError, DataError
        If it is not written as https://github.com/huggingface/safetensors describes.
    """
    end = 8 + int.from_bytes(content[:8], "little")
    head = parsed(content[8:end])
    if not isinstance(head, dict):
        raise ValueError("its parameters have no names")
    return {
        name: _array(name, about, content[end:])
        for name, about in head.items()
        if name != "__metadata__"
    }


def _array(name: str, about: object, body: bytes) -> NDArray[Any]:
    match about:
        case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(start), int(stop)]}:
            sizes = [size for size in shape if type(size) is int and size > 0]
            dtype = np.dtype(_KINDS.get(kind, "V1"))
            whole = stop - start == dtype.itemsize * prod(sizes) and 0 <= start <= stop <= len(body)
            if whole and dtype.kind == "f" and len(sizes) == len(shape):
                return np.frombuffer(body[start:stop], dtype).reshape(sizes)
    raise ValueError(f"{name:.80} is not what it says")
