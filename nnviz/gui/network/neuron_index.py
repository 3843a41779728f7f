"""What neurons and layers are called when a person looks for one. No Qt in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class NeuronIndex:
    """All layers and neurons of a network by name: "Hidden 1", "Hidden 1, 37", "Output, setosa".

    Parameters
    ----------
    titles
        Of all columns, as the picture says them.
    counts
        How many neurons (or maps) each has.
    names
        For layers whose neurons have names: those, in order.
    """

    def __init__(
        self,
        titles: Sequence[str],
        counts: Sequence[int],
        names: Mapping[int, Sequence[str]],
    ) -> None:
        self.titles = tuple(titles)
        self._places: dict[str, tuple[int, int | None]] = {}
        for layer, title in enumerate(titles):
            self._places[title] = (layer, None)
        for layer, title in enumerate(titles):
            for number, name in enumerate(names.get(layer, range(1, counts[layer] + 1))):
                self._places[f"{title}, {name}"] = (layer, number)

    @property
    def names(self) -> list[str]:
        """All names, layers first."""
        return list(self._places)

    def find(self, text: str) -> tuple[int, int | None] | None:
        """Return (layer, neuron), or (layer, None) for a layer; None where nothing is meant.

        The name itself is meant first, then the first that contains the text; upper and lower
        case, commas and blanks make no difference.
        """
        asked = _plain(text)
        plain = {_plain(name): place for name, place in reversed(self._places.items())}
        if asked in plain:
            return plain[asked]
        return next((place for name, place in self._places.items() if asked in _plain(name)), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").replace("，", " ").split())
