"""What neurons and layers are called when a person looks for one. No Qt in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class NeuronIndex:
    """All layers and neurons of a network by name: "Hidden 1", "Hidden 1, 37", "Output, setosa".

    Every column has a title and a count of neurons (or maps), which may have names of their own.
    """

    def __init__(
        self, titles: Sequence[str], counts: Sequence[int], names: Mapping[int, Sequence[str]]
    ) -> None:
        places: dict[str, tuple[int, int | None]] = {t: (i, None) for i, t in enumerate(titles)}
        for layer, title in enumerate(titles):
            for number, name in enumerate(names.get(layer, range(1, counts[layer] + 1))):
                places[f"{title}, {name}"] = (layer, number)
        self.names = list(places)
        """All names, layers first."""
        self._places = {_plain(name): place for name, place in places.items()}

    def find(self, text: str) -> tuple[int, int | None] | None:
        """Return (layer, neuron), or (layer, None) for a layer; None where nothing is meant.

        The name itself is meant first, then the first that contains the text; upper and lower
        case, commas and blanks make no difference.
        """
        asked = _plain(text)
        alike = (name for name in self._places if asked in name)
        return self._places.get(asked) or next(map(self._places.__getitem__, alike), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").replace("，", " ").split())
