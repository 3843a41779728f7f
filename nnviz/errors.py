"""Errors meant for people: a sentence that says what happened, and a remedy."""

from __future__ import annotations

import unicodedata


class NnvizError(Exception):
    """Something a person can put right.

    Parameters
    ----------
    sentence
        What happened, one sentence; a ``str.format`` template for `values`.
    remedy
        What to do next, one sentence; a template too.
    values
        What fills the templates. The window translates the templates first and fills them
        afterwards, so no sentence is ever glued together from pieces. What cannot be seen in a
        text, which may come from a file, is left out: it could turn the order of letters.
    """

    def __init__(self, sentence: str, remedy: str = "", **values: object) -> None:
        self.sentence = sentence
        self.remedy = remedy
        self.values = {name: _seen(value) for name, value in values.items()}
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.sentence} {self.remedy}".strip()
        return text.format(**self.values) if self.values else text

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross the process border by pickle, which would otherwise call
        # __init__ with the finished text alone and lose template and values.
        return (_rebuild, (type(self), self.sentence, self.remedy, self.values))


UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's kinds of control characters: among them those that change the order of letters."""


def _seen(value: object) -> object:
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        " " if letter == "\n" else letter
        for letter in value
        if letter == "\n" or unicodedata.category(letter) not in UNSEEN
    )


def _rebuild(
    kind: type[NnvizError], sentence: str, remedy: str, values: dict[str, object]
) -> NnvizError:
    error = kind.__new__(kind)
    NnvizError.__init__(error, sentence, remedy, **values)
    return error


class InvalidChoiceError(NnvizError):
    """A setting, or a pair of settings, that cannot be.

    The attribute `field` (dotted path in the Experiment, such as ``"training.loss"``) is in
    ``values["field"]`` so that the window can show the sentence at the field it is about.
    """

    @property
    def field(self) -> str:
        """Dotted path of the setting at fault, empty when there is no single one."""
        return str(self.values.get("field", ""))


class UnknownNameError(NnvizError):
    """A name that no table has. ``values["near"]`` lists the names that come close."""


class DivergedError(NnvizError):
    """Training produced NaN or infinity. ``values``: layer, epoch, learning_rate."""


class DataError(NnvizError):
    """A data set that cannot be read or used."""


class StorageError(NnvizError):
    """Something that cannot be written."""


class ProcessError(NnvizError):
    """The training process died or could not be started."""
