"""A person's file is looked at in a process of its own, which may be slow, or run out of memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.build import load_own
from nnviz.datasets.own.formats import format_of, table_text
from nnviz.datasets.own.layout import layout_of
from nnviz.datasets.own.proposal import propose, shown_rows
from nnviz.datasets.own.proposed import Proposal, Unread
from nnviz.datasets.own.recipe import AnyRecipe
from nnviz.datasets.own.table import text_of
from nnviz.datasets.own.text import content_of
from nnviz.errors import DataError
from nnviz.training.messages import Progress, pack

MOST_MEMORY = 4 * 2**30
"""Bytes of addresses that the process may have, programs and libraries among them."""


@dataclass(frozen=True)
class ReadRequest:
    """Which file is to be looked at, and how: by its own looks, or as a recipe says.

    Parameters
    ----------
    target
        Name of the column to predict, or "" for the recipe's, or the likeliest.
    sheet, chosen, exact
        As for `propose`.
    """

    path: Path
    target: str = ""
    recipe: AnyRecipe | None = None
    sheet: str = ""
    chosen: frozenset[str] | None = None
    exact: bool = False


def read_aside(asked: tuple[ReadRequest, str]) -> str:
    """Look at a file, tell the `Progress` named; return the name under which `unpack` has the rest.

    That is a `Proposal` and the data set it makes; of a table that cannot be read as it seems to be
    written, what is `Unread`.

    Raises
    ------
    NnvizError
        As `propose`; and if there is too little memory, or no room for what was read.
    """
    wanted, name = asked
    _limit_memory()
    told = Progress(name)

    def tell(done: float) -> None:
        told.steps[0] = round(100 * done)

    try:
        blob = pack(_seen(wanted, tell))
        blob.buffer.close()
    except MemoryError as error:
        raise DataError(
            "There is too little memory to read “{name}”.",
            "Close other programs, or take a part of its rows or columns.",
            name=wanted.path.name,
        ) from error
    finally:
        told.close()
        load_own.cache_clear()
    return blob.name


def _seen(wanted: ReadRequest, tell: Callable[[float], None]) -> tuple[Proposal, Dataset] | Unread:
    try:
        proposal = propose(**vars(wanted), progress=tell)
    except DataError as error:
        if wanted.recipe is None:
            return _unread(wanted.path, error)
        raise
    return proposal, load_own(proposal.data)


def _unread(path: Path, error: DataError) -> Unread:
    """Return what is seen of a table that was refused; raise that again where it is none."""
    try:
        content = content_of(path)
        if format_of(path, content).family != "table":
            raise error
        whole = table_text(content, path.name)
        layout = layout_of(whole, path.name, [])
        text = text_of(whole.text, path.name, layout.separator, layout.skip, layout.skip_end)
        return Unread(error, layout, shown_rows(text, layout), whole.sheets)
    except DataError:
        raise error from None


def _limit_memory() -> None:
    """Have what asks for too much get a MemoryError: the system would end any program."""
    if sys.platform == "win32":
        return  # it has no such limit
    import resource

    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(OSError, ValueError):  # some systems refuse to be told
        resource.setrlimit(resource.RLIMIT_AS, (min(MOST_MEMORY, physical), hard))
