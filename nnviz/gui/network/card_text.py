"""What a card says: a title, lines, pictures of a kernel."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.arrays import FloatArray


@dataclass(frozen=True)
class Row:
    """One line of a card.

    Parameters
    ----------
    label, value
        What it is, and how much.
    sign
        1 or −1 to mark a weight's colour and stroke, 0 for none.
    heading
        Whether it only introduces the lines after it.
    """

    label: str
    value: str = ""
    sign: int = 0
    heading: bool = False


@dataclass(frozen=True)
class Card:
    """A title, its lines, and below them pictures.

    Parameters
    ----------
    title, rows
        What is written.
    pictures
        Of one kernel, a picture for each channel, shape (channels, rows, columns); or None.
    """

    title: str
    rows: tuple[Row, ...]
    pictures: FloatArray | None = None

    @property
    def brief(self) -> Card:
        """The card with its first lines only, up to a heading between them."""
        ends = (i for i, row in enumerate(self.rows) if i and row.heading)
        return Card(self.title, self.rows[: next(ends, len(self.rows))])


def sign_of(value: float) -> int:
    """Return how a weight is marked: 1, or −1 if it is negative."""
    return -1 if value < 0 else 1
