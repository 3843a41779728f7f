"""What to say when a name is not in a table."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from nnviz.errors import UnknownNameError

_SHORTEST_PART = 3
"""Letters: fewer stand in nearly every name."""


def unknown_name(sentence: str, name: str, known: Iterable[str], field: str) -> UnknownNameError:
    """Return the error to raise for a name no table has.

    Parameters
    ----------
    sentence
        Template that uses ``{name}``.
    name
        What was asked for.
    known
        The names there are.
    field
        Dotted path of the setting, for ``values["field"]``.

    Returns
    -------
    UnknownNameError
        With ``values``: name, near (a tuple), suggestions (`near` or, when nothing is close, all
        names, as one text) and field.
    """
    names = tuple(known)
    near = _near(name.strip().lower(), names)
    suggestions = ", ".join(near or names)
    remedy = "Did you mean {suggestions}?" if near else "Choose one of these: {suggestions}."
    return UnknownNameError(
        sentence, remedy, name=name, near=near, suggestions=suggestions, field=field
    )


def _near(name: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that are spelled much like it, then those it is a part of."""
    close = get_close_matches(name, names)
    parts = names if len(name) >= _SHORTEST_PART else ()
    return tuple(dict.fromkeys([*close, *(whole for whole in parts if name in whole)]))
