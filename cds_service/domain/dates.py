"""Calendar arithmetic on FHIR's partial dates, always as an interval of possible days.

No time zones here: an order date is the date part exactly as the client wrote it (knowledge 2.3).
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class DateInterval:
    """The days a possibly imprecise FHIR date may mean: `1944` is 1944-01-01 to 1944-12-31."""

    earliest: date
    latest: date

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read a FHIR date, dateTime or instant; `None` when it is not one or impossible.

        Args:
            text: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a dateTime that begins with a full date.
        """
        day = text.split("T", 1)[0].strip()
        try:
            parts = [int(part) for part in day.split("-")]
            if [len(part) for part in day.split("-")] not in ([4], [4, 2], [4, 2, 2]):
                return None
            match parts:
                case [year]:
                    return cls(earliest=date(year, 1, 1), latest=date(year, 12, 31))
                case [year, month]:
                    last = calendar.monthrange(year, month)[1]
                    return cls(earliest=date(year, month, 1), latest=date(year, month, last))
                case [year, month, number]:
                    exact = date(year, month, number)
                    return cls(earliest=exact, latest=exact)
                case _:
                    return None
        except ValueError:  # not digits, or no such day: the caller treats it as unknown
            return None

    @property
    def exact(self) -> bool:
        """Whether the interval is a single day."""
        return self.earliest == self.latest

    def touches(self, first: date, last: date) -> bool:
        """Whether any possible day lies in [first, last]."""
        return self.earliest <= last and self.latest >= first

    def within(self, day: date) -> date:
        """The one day to reckon with: `day` when it is possible, else the last possible day."""
        return day if self.earliest <= day <= self.latest else self.latest

    def __str__(self) -> str:
        """ISO text, no more precise than the record was."""
        if self.exact:
            return self.earliest.isoformat()
        if self.earliest.month == self.latest.month and self.earliest.year == self.latest.year:
            return self.earliest.strftime("%Y-%m")
        if (self.earliest.month, self.latest.month) == (1, 12) and self.earliest.year == self.latest.year:
            return str(self.earliest.year)
        return f"{self.earliest.isoformat()} to {self.latest.isoformat()}"


class Certainty(StrEnum):
    """How sure a statement about a partial date is."""

    NO = "no"
    POSSIBLE = "possible"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """Age in completed years on the order date; a partial birth date gives a range.

    The birth date itself is not kept: Facts are stored, and a birth date identifies.
    `under_six_months` and `under_31_days` judge the latest possible day of birth.
    """

    minimum: int
    maximum: int
    precision: str  # "day", "month" or "year" of the birth date on record
    under_six_months: Certainty
    under_31_days: Certainty

    def at_least(self, years: int) -> Certainty:
        """Whether the patient has completed `years` years."""
        if self.minimum >= years:
            return Certainty.CERTAIN
        return Certainty.POSSIBLE if self.maximum >= years else Certainty.NO


def completed_years(born: date, on: date) -> int:
    """Completed years of life on a day; a birthday counts as completed.

    Compares (month, day) pairs, so someone born on 29 February is a year older from 1 March.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day of the month so many calendar months later, or the last day of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def age_on(birth: DateInterval, on: date) -> Age | None:
    """The age on a day; `None` when every possible birth date lies after it (not believable)."""
    if birth.earliest > on:
        return None
    latest = min(birth.latest, on)
    precision = "day" if birth.exact else ("month" if birth.earliest.month == birth.latest.month else "year")
    return Age(
        minimum=completed_years(latest, on),
        maximum=completed_years(birth.earliest, on),
        precision=precision,
        under_six_months=_younger(birth.earliest, latest, add_months(on, -6)),
        under_31_days=_younger(birth.earliest, latest, on - timedelta(days=31)),
    )


def _younger(earliest: date, latest: date, than: date) -> Certainty:
    if earliest > than:
        return Certainty.CERTAIN
    return Certainty.POSSIBLE if latest > than else Certainty.NO
