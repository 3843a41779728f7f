"""The words on the screen, each with what it means: read from one file for each language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from nnviz.resources import resource

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class GlossaryEntry:
    """A word and what it means.

    Parameters
    ----------
    title
        As the screen writes it.
    also
        Other titles that mean the same.
    text
        Two or three sentences.
    tex
        Its formula in TeX, or "".
    """

    title: str
    also: tuple[str, ...]
    text: str
    tex: str

    @property
    def key(self) -> str:
        """Name of the files with its formula."""
        spelled = self.title.replace("δ", "delta").replace("²", "-squared")
        return re.sub(r"[^a-z0-9]+", "-", spelled.lower()).strip("-")


@cache
def terms(language: str = "en") -> tuple[GlossaryEntry, ...]:
    """Return all terms of a language, in the order of its file."""
    text = resource("glossary", f"{language}.md").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    return tuple(_term(*pair) for pair in zip(parts[::2], parts[1::2], strict=True))


@cache
def _by_title(language: str) -> dict[str, GlossaryEntry]:
    return {_plain(title): term for term in terms(language) for title in (term.title, *term.also)}


def term_of(title: str, language: str = "en") -> GlossaryEntry | None:
    """Return the term that a title on the screen means, or None.

    Upper and lower case, a menu's ``&``, and marks and numbers around the words are no matter:
    "Hidden 2", "a₁", "Weights:" and "&Loss…" are found. Of "Conv 1: Strides" the last word counts
    first, then the one before; so it is with "Accuracy, test". Of "Predicted price" the first does.
    """
    words = (title, *reversed(title.split(": ")), *title.split(", "))
    if title.count(" ") <= 2:
        words = (*words, title.split(" ")[0])
    known = _by_title(language)
    return next((known[_plain(word)] for word in words if _plain(word) in known), None)


def _plain(title: str) -> str:
    """Return a title in the form in which titles are compared."""
    text = re.sub(r"\s*\(.*\)$", "", title) if title.strip()[:1] != "(" else title
    text = re.sub(r"[\s:…,.₀-₉]+$|^[\d,]+\s+", "", text.replace("&", "").strip())
    return re.sub(r"\s+\d+(\s*[-–]\s*\d+)?$", "", text).casefold()


def _term(title: str, body: str) -> GlossaryEntry:
    lines = [line for line in body.strip().splitlines() if line.strip()]
    also = lines.pop(0)[len("Also:") :] if lines[0].startswith("Also:") else ""
    tex = lines.pop().strip("$ ") if lines[-1].startswith("$$") else ""
    names = tuple(name.strip() for name in also.split(";") if name.strip())
    return GlossaryEntry(title.strip(), names, " ".join(lines), tex)
