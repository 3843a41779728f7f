"""From what a person types to the layer and neuron that are meant. No Qt in here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

_MOST_OFFERED = 256
"""Neurons of a layer that are offered one by one."""

_MOST_MEANT = 50
"""Offers that one text brings: nobody reads further."""


@dataclass(frozen=True)
class Found:
    """What is meant.

    Parameters
    ----------
    layer
        0 for the inputs.
    number
        A neuron (or map) from 0, or None for the layer as a whole.
    """

    layer: int
    number: int | None = None


@dataclass(frozen=True)
class Missing:
    """What is meant is not there.

    Parameters
    ----------
    layer
        The layer that has no such neuron, or None where not even a layer is understood.
    """

    layer: int | None = None


@dataclass(frozen=True)
class Directory:
    """What can be found in a network.

    Parameters
    ----------
    titles
        Of all columns, as the picture says them.
    counts
        How many neurons (or maps) each has.
    names
        For layers whose neurons have names: those, in order.
    """

    titles: tuple[str, ...]
    counts: tuple[int, ...]
    names: Mapping[int, tuple[str, ...]]

    def find(self, text: str, current: int = 1) -> Found | Missing:
        """Return what a text means.

        Understood are a layer ("Hidden 1"), a layer and a number or a name ("Hidden 1, 37",
        "h1 37", "Output setosa"), the layer's number and the neuron's ("1, 37"), a name alone, and
        a number alone, which is a neuron of the current layer.

        Parameters
        ----------
        text
            What was typed; upper and lower case are the same.
        current
            The layer that is looked at.
        """
        asked = _plain(text)
        named = self._by_name(asked)
        if named is not None:
            return named
        for word, layer in self._words():
            if asked == word:
                return Found(layer)
            if asked.startswith(word) and not _goes_on(word, asked):
                return self._within(layer, asked[len(word) :].strip())
        numbers = re.fullmatch(r"(\d+)(?:[\s:./](\d+))?", asked)
        if numbers is None:
            return Missing()
        if numbers[2] is None:
            return self._within(current, numbers[1])
        layer = int(numbers[1])
        return self._within(layer, numbers[2]) if layer < len(self.titles) else Missing()

    def offers(self) -> list[str]:
        """Return what can be typed, to choose from: layers, names, neurons."""
        offered = list(self.titles)
        for layer, title in enumerate(self.titles):
            names = self.names.get(layer, ())
            numbers = range(1, min(self.counts[layer], _MOST_OFFERED) + 1)
            offered += [f"{title}, {one}" for one in (names or numbers)]
        return offered

    def meant(self, text: str, current: int = 1) -> list[str]:
        """Return what a text that is being typed may come to mean, the likeliest first.

        Parameters
        ----------
        text
            What was typed so far.
        current
            The layer that is looked at.
        """
        asked = _plain(text)
        found = self.find(text, current)
        first = [self._title(found)] if asked and isinstance(found, Found) else []
        words = asked.split()
        alike = (
            offer
            for offer in self.offers()
            if offer not in first and all(word in _plain(offer) for word in words)
        )
        return [*first, *islice(alike, _MOST_MEANT)]

    def _title(self, found: Found) -> str:
        title, number = self.titles[found.layer], found.number
        if number is None:
            return title
        names = self.names.get(found.layer, ())
        return f"{title}, {names[number] if names else number + 1}"

    def _words(self) -> list[tuple[str, int]]:
        """Return how layers can be called, long words first: titles and their first letters."""
        words: dict[str, int] = {}
        for layer, title in enumerate(self.titles):
            plain = _plain(title)
            parts = re.findall(r"\d+|[^\W\d_]+", plain)
            short = "".join(part if part.isdigit() else part[0] for part in parts)
            for word in (plain, plain.replace(" ", ""), short):
                words.setdefault(word, layer)
        return sorted(words.items(), key=lambda item: -len(item[0]))

    def _within(self, layer: int, text: str) -> Found | Missing:
        names = [_plain(name) for name in self.names.get(layer, ())]
        if text in names:
            return Found(layer, names.index(text))
        if text.isdecimal() and 1 <= int(text) <= self.counts[layer]:
            return Found(layer, int(text) - 1)
        return Missing(layer)

    def _by_name(self, asked: str) -> Found | None:
        """Return the input or output of this name; a mere number is none."""
        if not asked.isdecimal():
            for layer, names in self.names.items():
                plain = [_plain(name) for name in names]
                if asked in plain:
                    return Found(layer, plain.index(asked))
        return None


def _plain(text: str) -> str:
    """Return a text without case, commas, and double blanks."""
    return " ".join(text.casefold().replace(",", " ").replace("，", " ").split())


def _goes_on(word: str, asked: str) -> bool:
    """Return whether a word only begins like a number or word that was typed."""
    end, after = word[-1], asked[len(word)]
    return (end.isdigit() and after.isdigit()) or (end.isalpha() and after.isalpha())
