"""Numbers a person may set on an entry of a table: name, default, range and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

from nnviz.errors import InvalidChoiceError


@dataclass(frozen=True)
class Parameter:
    """One number of an optimiser, schedule or initialiser.

    Parameters
    ----------
    name
        Keyword it is saved and passed under, such as ``"momentum"``.
    title
        Label of its field.
    default, low, high
        What it is, and the closed range it must stay in.
    description
        What it does to learning, one sentence for the tooltip.
    """

    name: str
    title: str
    default: float
    low: float
    high: float
    description: str


def resolve(
    parameters: tuple[Parameter, ...], chosen: Mapping[str, float], field: str
) -> dict[str, float]:
    """Return every parameter's value: the chosen one, or its default.

    Parameters
    ----------
    parameters
        What the table entry offers.
    chosen
        Values by name; names the entry does not have are refused.
    field
        Dotted path that errors name, such as ``"training.optimizer"``.

    Raises
    ------
    InvalidChoiceError
        For an unknown name, or a value that is no number or outside its range.
    """
    known = {parameter.name for parameter in parameters}
    for name in chosen:
        if name not in known:
            raise InvalidChoiceError(
                "There is no setting “{name}” here.",
                "Choose among: {known}.",
                field=field,
                name=str(name)[:40].encode(errors="replace").decode(),  # half a letter
                known=", ".join(sorted(known)) or "none",
            )
    values = {p.name: chosen.get(p.name, p.default) for p in parameters}
    for p in parameters:
        value: object = values[p.name]
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        if not (is_number and p.low <= values[p.name] <= p.high):
            raise InvalidChoiceError(
                "{title} must lie between {low:g} and {high:g}, not {value}.",
                "",
                field=field,
                title=p.title,
                low=p.low,
                high=p.high,
                value=value,
            )
    return {name: float(value) for name, value in values.items()}
