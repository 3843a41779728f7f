"""Numbers have one notation in the whole window, and what is written can be read again."""

from __future__ import annotations

import math

import pytest

from nnviz.gui.look.numbers import count, exact, fixed, parse, percent, power, short, steady

VALUES = [0.0, 1.0, 0.25, 0.1 + 0.2, math.pi, 99.995, 12345.678, 9999999.9, 1e7, 2.5e-7, 1e-4]
VALUES += [9.9999e-5, 1.23456789e12, 5e-324, 1.7e308, 0.00099995, 1234567.0]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (0.0, ("0", "0.000", "0")),
        (0.73, ("0.73", "0.7300", "0.73")),
        (-12.5, ("−12.5", "−12.50", "−12.5")),
        (1 / 3, ("0.3333", "0.3333", "0.3333333")),
        (12345.678, ("12,346", "12,346", "12,345.68")),
        (0.0001234, ("0.0001234", "0.0001234", "0.0001234")),
        (2.5e-7, ("2.5e−7", "2.500e−7", "2.5e−7")),
        (-1e12, ("−1e12", "−1.000e12", "−1e12")),
        (9999999.9, ("1e7", "1.000e7", "1e7")),
        (math.nan, ("–", "–", "–")),
        (-math.inf, ("−∞", "−∞", "−∞")),
    ],
)
def test_a_number_is_written_short_steady_and_exact(
    value: float, texts: tuple[str, str, str]
) -> None:
    assert (short(value), steady(value), exact(value)) == texts


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (2.5, 0.25, "2.50"),
        (0.30000000000000004, 0.1, "0.3"),
        (-1000.0, 500.0, "−1,000"),
        (5e-17, 0.1, "0"),
        (-0.0, 1.0, "0"),
        (25e6, 5e6, "2.5e7"),
        (3e-6, 1e-6, "3e−6"),
        (0.00005, 0.00005, "0.00005"),
        (math.inf, 1.0, "∞"),
        (-1.25e140, 0.001, "−1.25e140"),
    ],
)
def test_a_step_says_how_many_decimals(value: float, step: float, text: str) -> None:
    assert fixed(value, step) == text


def test_shares_counts_and_powers() -> None:
    shares = percent(0.984), percent(1.0, 0.01), percent(0.98443, 1e-4)
    assert shares == ("98.4 %", "100 %", "98.44 %")
    counts = "12,300 −4 1,000,000,000,000,000 3 ∞"
    assert " ".join(map(count, (12_300, -4, 10**15, 3.0, math.inf))) == counts
    powers = "0.001 1 10,000 1,000,000 1e7 1e−7"
    assert " ".join(map(power, (-3, 0, 4, 6, 7, -7))) == powers


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("value", VALUES)
def test_what_is_written_is_read_again(value: float, sign: int) -> None:
    value *= sign
    for write, digits in ((short, 4), (steady, 4), (exact, 7)):
        text = write(value)
        assert math.isclose(parse(text), value, rel_tol=0.5000001 * 10 ** (1 - digits)), text
        assert write(parse(text)) == text, "written again it is the same"
        assert not set(text) - set("0123456789.,e−"), text
    assert len(exact(value)) <= 14


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3e-2", 0.03),
        ("1E+07", 1e7),
        ("−0.5", -0.5),
        (" 12,300 ", 12300.0),
        ("1 234.5", 1234.5),
        (".5", 0.5),
        ("98.4 %", 0.984),
        ("2·10⁻⁷", 2e-7),
        ("2.5×10^3", 2500.0),
        ("−∞", -math.inf),
        ("–", math.nan),
    ],
)
def test_what_people_type_is_understood(text: str, value: float) -> None:
    assert parse(text) == pytest.approx(value, rel=1e-15, nan_ok=True)


@pytest.mark.parametrize("text", ["", "zero", "1.2.3", "%", "e5", "--1", "1,5", "12,3456"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)
