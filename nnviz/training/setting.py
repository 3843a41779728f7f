"""What describes one setting: where it is, what it is called, what it may be, how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeGuard

from nnviz.errors import InvalidChoiceError

if TYPE_CHECKING:
    from nnviz.training.experiment import Experiment


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Phrase:
    """A text with gaps for words, each to be translated by itself.

    English; gaps are written ``{name}`` where there are words to fill them, by that name.
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


def places(value: tuple[int, ...] | float) -> Phrase:
    """Return numbers counted from 0, or one of them, as people count; not to be taken for sums."""
    if not isinstance(value, tuple):
        return whole(int(value) + 1)
    text = "number {numbers}" if len(value) == 1 else "numbers {numbers}"
    told = {"numbers": ", ".join(str(each + 1) for each in value)}
    return Phrase(text, told) if value else Phrase("none")


def raised(layer: int) -> str:
    """Return a layer's number as formulas have it, such as ``"⁽²⁾"``."""
    return f"⁽{layer}⁾".translate(_RAISED)


def subscript(index: int) -> str:
    """Return a whole number as an index, such as ``"₁₂"``."""
    return str(index).translate(_LOWERED)


def maybe(word: str, text: Callable[[Any], Phrase]) -> Callable[[Any], Phrase]:
    """Return how a value is written of which None stands for a word."""
    return lambda value: Phrase(word) if value is None else text(value)


_LONGEST = 40
"""Letters of a refused value that its sentence shows."""

_LARGEST = 1e15
"""From here on a refused number is not written out: it may have thousands of digits."""


@dataclass(frozen=True)
class Range:
    """The numbers a setting may be: a closed range, perhaps of whole numbers only.

    `instead` is what may stand there instead of a number: None, or words.
    """

    low: float
    high: float
    whole: bool = False
    instead: tuple[str | None, ...] = ()

    def allows(self, value: object) -> bool:
        """Return whether a value is one of them; True, NaN and "3" are no numbers."""
        if value is None or isinstance(value, str):
            return value in self.instead
        is_one = is_whole(value) if self.whole else is_number(value)
        # NaN compares false with everything.
        return is_one and self.low <= value <= self.high  # type: ignore[operator]


@dataclass(frozen=True)
class Option:
    """An entry of a table that has no more to it than its texts.

    `short` is how the comparison of runs writes it; "" for the title.
    """

    title: str
    hint: str = ""
    short: str = ""


Values = Mapping[str, Any] | Range | None
"""The entries of a table by name; numbers; or on and off."""


def always(experiment: Experiment) -> bool:
    """Say that a setting has an effect whatever the others are."""
    return True


@dataclass(frozen=True)
class Setting:
    """One setting. Texts are English; the window translates them.

    Parameters
    ----------
    path
        Dotted path in the Experiment, such as ``"training.learning_rate"``; of a layer's setting
        the name of its field.
    title, hint
        What it is called, and what it does to learning.
    values
        What it may be, or what returns that for an Experiment. Entries of a table have a `title`.
    many
        Whether it is, or can be, a tuple of such values.
    short
        What it is called where there is little room; "" for the title, its first letter small.
    text
        From a value to what is written; None for what its kind of values is usually written as.
    numbers, plain
        Path of the numbers that come with the chosen entry of its table, or ""; whether such a
        number's title says by itself what it belongs to.
    applies
        Whether the setting has an effect in an Experiment.
    stands_for
        What None means in an Experiment, where it is to be told.
    """

    path: str
    title: str
    hint: str
    values: Values | Callable[[Experiment], Range] = None
    many: bool = False
    short: str = ""
    text: Callable[[Any], Phrase] | None = None
    numbers: str = ""
    plain: bool = False
    applies: Callable[[Experiment], bool] = always
    stands_for: Callable[[Experiment], Any] | None = None

    @property
    def brief(self) -> str:
        """What it is called where there is little room."""
        return self.short or self.title[:1].lower() + self.title[1:]

    @property
    def range(self) -> Range:
        """The numbers it may be, whatever the other settings are."""
        assert isinstance(self.values, Range)
        return self.values

    @property
    def table(self) -> Mapping[str, Any]:
        """The entries it may be, by name."""
        assert isinstance(self.values, Mapping)
        return self.values

    def values_in(self, experiment: Experiment) -> Values:
        """Return what it may be in an Experiment."""
        return self.values(experiment) if callable(self.values) else self.values

    def written(self, value: Any) -> Phrase:
        """Return how one of its values is written."""
        if self.text is not None:
            return self.text(value)
        if isinstance(self.values, Mapping):
            entry = self.values[value]
            return Phrase((isinstance(entry, Option) and entry.short) or entry.title)
        if self.values is None:
            return Phrase("yes" if value else "no")
        is_count = isinstance(self.values, Range) and self.values.whole
        return whole(value) if is_count else number(value)

    def refusal(self, value: object, field: str, values: Values) -> InvalidChoiceError | None:
        """Return why it cannot be a value, or None if it can.

        The error names `field`, the path of the one setting; `values` is what it may be now.
        """
        each = value if self.many and isinstance(value, tuple) else (value,)
        wrong = [one for one in each if not _allowed(one, values)]
        if not wrong:
            return None
        sentence, value = "{title} cannot be {value}.", self._told(wrong[0], values)
        if isinstance(values, Mapping):
            known = ", ".join(values)
            remedy = "Choose one of: {known}."
            return refuse(field, sentence, remedy, title=self.title, value=value, known=known)
        if values is None:
            return refuse(field, sentence, "Choose true or false.", title=self.title, value=value)
        remedy = "Choose a number from {low} to {high}."
        if values.whole:
            remedy = "Choose a whole number from {low} to {high}."
        low, high = str(self.written(values.low)), str(self.written(values.high))
        return refuse(field, sentence, remedy, title=self.title, value=value, low=low, high=high)

    def _told(self, value: object, values: Values) -> str:
        """Return a refused value as a sentence can hold it."""
        if is_number(value) and abs(value) > _LARGEST:
            return "a number this large"
        if is_number(value) and isinstance(values, Range):
            return str(self.written(value))
        text = str(value).encode(errors="replace").decode()  # half a letter cannot be printed
        return f"“{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}”"


def _allowed(value: object, values: Values) -> bool:
    if isinstance(values, Range):
        return values.allows(value)
    if values is None:
        return isinstance(value, bool)
    return isinstance(value, str) and value in values


Refusals = Iterator[InvalidChoiceError]


def refuse(field: str, sentence: str, remedy: str = "", **values: object) -> InvalidChoiceError:
    """Return the error that shows this sentence at a field of the Experiment."""
    return InvalidChoiceError(sentence, remedy, field=field, **values)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether it is a number, True and False not among them."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether it is a whole number, True and False not among them."""
    return isinstance(value, Integral) and not isinstance(value, bool)
