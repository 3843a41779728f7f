"""A field for a date, which the network is given as the days since 1970."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from nnviz.datasets.own.kinds import date_of, date_text
from nnviz.datasets.own.recipe import DateOrder
from nnviz.gui.overrides import guarded
from nnviz.gui.widgets.number_field import NumberField
from nnviz.gui.widgets.number_range import NumberRange


@dataclass(frozen=True)
class DateRange(NumberRange):
    """All days there are, read in an order where the year does not come first."""

    order: DateOrder = "ymd"

    def parse(self, text: str) -> float:
        """Return the days since 1970 of a date that a person wrote."""
        days = date_of(text, self.order)
        if math.isnan(days):
            raise ValueError(text)
        return days

    def bare(self, value: float) -> str:
        """Return the date of so many days."""
        return date_text(value, self.order)


@guarded
class DateField(NumberField):
    """A date: typed and then entered, or stepped day by day."""

    def __init__(self, title: str, order: DateOrder, parent: QWidget | None = None) -> None:
        days = DateRange(date_of("0001-01-01"), date_of("9999-12-31"), order=order)
        super().__init__(title, days, parent)

    def not_read(self, text: str) -> str:
        """Return that a text is no date."""
        said = self.tr("“{text}” is not a date. Write it like {example}.")
        return said.format(text=text, example=self.numbers.bare(self.value))
