"""What crosses threads and processes: objects whose arrays nobody can write."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, eq=False)
class ReadOnly:
    """A frozen dataclass whose arrays are read-only, also where it has been unpickled."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __reduce__(self) -> tuple[object, ...]:
        # By its constructor, for pickle forgets that arrays are read-only.
        return type(self), tuple(getattr(self, field.name) for field in fields(self))
