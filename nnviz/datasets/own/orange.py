"""Orange's tables (.tab): three lines of a header say names, types and roles."""

from __future__ import annotations

import re

from nnviz.datasets.own.recipe import OwnColumn
from nnviz.datasets.own.table import names_of

_NUMBERS, _WORDS = {"continuous", "c", "numeric", "n"}, {"discrete", "d", "enum"}
_OTHERS = {"string", "s", "text", "time", "t", "basket"}
_ROLES = {"class": "target", "c": "target", "meta": "ignore", "m": "ignore", "i": "ignore"}
_ROLES |= {"ignore": "ignore", "weight": "ignore", "w": "ignore"}
_ATTRIBUTES = re.compile(r"\S+=\S*|-dc")


def _lines(text: str) -> list[list[str]]:
    """Return the cells of types and roles; none where a text does not begin with these."""
    lines = text.split("\n", 3)
    if len(lines) < 4 or "\t" not in lines[0]:
        return []
    names, types, flags = (line.split("\t") for line in lines[:3])
    if not len(names) == len(types) >= len(flags):
        return []
    words = [[word for word in cell.split() if not _ATTRIBUTES.fullmatch(word)] for cell in flags]
    if any(len(cell) > 1 or (cell and cell[0].lower() not in _ROLES) for cell in words):
        return []
    kinds = [cell.strip().lower() for cell in types]
    # A discrete one may have its values there; a row of words alone would be a row of data.
    known = [kind in _NUMBERS | _WORDS | _OTHERS for kind in kinds]
    if not all(is_known or " " in kind for is_known, kind in zip(known, kinds, strict=True)):
        return []
    if sum(known) * 2 < len(known):
        return []
    roles = [cell[0].lower() if cell else "" for cell in words]
    return [kinds, roles + [""] * (len(kinds) - len(roles))]


def is_orange(text: str) -> bool:
    """Return whether a text begins with such a header."""
    return bool(_lines(text))


def plain_text(text: str) -> str:
    """Return the text with empty lines in place of types and roles: others keep their numbers."""
    first, _, _, rest = text.split("\n", 3)
    return f"{first}\n\n\n{rest}"


def columns_in(text: str) -> tuple[OwnColumn, ...]:
    """Return what the header says of each column; all are inputs that have no role.

    Where none, or more than one, is called the class, no target is among them.
    """
    kinds, roles = _lines(text)
    names = names_of([text.split("\n", 1)[0].split("\t")], len(kinds))
    has_class = [_ROLES.get(role) for role in roles].count("target") == 1
    columns = []
    for name, kind, flag in zip(names, kinds, roles, strict=True):
        role = _ROLES.get(flag, "input")
        if kind in _OTHERS or (role == "target" and not has_class):
            role = "ignore"
        is_number = kind in _NUMBERS
        columns.append(OwnColumn(name, role, "number" if is_number else "category"))  # type: ignore[arg-type]
    return tuple(columns)
