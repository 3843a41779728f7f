"""Short texts that a window translates: what settings are called and what they are set to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Phrase:
    """A text with gaps for words, each to be translated by itself.

    Parameters
    ----------
    template
        English; gaps are written ``{name}`` where there are words to fill them.
    words
        English, by the gap's name.
    """

    template: str
    words: Mapping[str, str] = field(default_factory=dict)

    def filled(self, translate: Callable[[str], str]) -> str:
        """Return the text in another language."""
        if not self.words:
            return translate(self.template)
        words = {gap: translate(word) for gap, word in self.words.items()}
        return translate(self.template).format(**words)

    def __str__(self) -> str:
        return self.filled(str)


NOTHING = object()
"""Stands for the value of a setting that has no effect."""


@dataclass(frozen=True)
class Compared:
    """A setting in several runs.

    Parameters
    ----------
    setting
        Dotted path.
    title
        What it is called.
    texts
        Its value in each run.
    varies
        Whether they are not all the same.
    """

    setting: str
    title: Phrase
    texts: tuple[Phrase, ...]
    varies: bool


def compared(
    setting: str,
    title: Phrase,
    values: Sequence[Any],
    text: Callable[[Any], Phrase],
    usual: Any = NOTHING,
) -> Compared:
    """Return a setting with its values as texts.

    Parameters
    ----------
    setting, title
        Its path and name.
    values
        One a run; `NOTHING` where it has no effect.
    text
        From a value to what is written.
    usual
        A value that is as good as none: it does not set a run apart from one without.
    """
    filled = [usual if value is NOTHING else value for value in values]
    varies = any(value != filled[0] for value in filled)
    texts = tuple(Phrase("–") if value is NOTHING else text(value) for value in values)
    if varies and all(str(text) == str(texts[0]) for text in texts):
        texts = tuple(map(exactly, values))
    return Compared(setting, title, texts, varies)


def said(text: str) -> Phrase:
    """Return a text of a table."""
    return Phrase(text)


def number(value: float) -> Phrase:
    """Return a number with up to four digits, no idle zeros."""
    return _typed(f"{value:.4g}")


def exactly(value: float) -> Phrase:
    """Return a number with all its digits, for two that differ in the last ones only."""
    return _typed(repr(value))


def _typed(text: str) -> Phrase:
    return Phrase(
        text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
    )


def whole(value: int) -> Phrase:
    """Return a whole number, its thousands grouped."""
    return Phrase(f"{value:,}")


def yes_no(value: bool) -> Phrase:
    """Return "yes" or "no"."""
    return Phrase("yes" if value else "no")
