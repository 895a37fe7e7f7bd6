"""Dosage instructions as every FHIR version gives them, and their arithmetic one by one (knowledge 2.6). Exact.

An order is a list of `Instruction`; what it is made of is `Contents`. Where something is missing, a token says what:

    no-dose          no amount is given, neither as numbers nor in words
    no-frequency     an amount, but not how often
    strength-unknown an amount in tablets (or mL) of a product whose strength is not known
    unit-unknown     an amount in a unit that cannot be turned into mg
    unit-ambiguous   a bare number that may mean tablets or mg
    weight-unknown   mg per kg without a body weight (the gatherer may know better: `weight-stale`)
    text-unclear     only text, and it says two things
    unreadable       a number or element that cannot be what it says
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cds_service.domain import dosage_text
from cds_service.domain.dates import DateInterval
from cds_service.domain.units import DAYS, Kind, Unit, dose_unit, scaled, time_unit

NOTHING, NO_FREQUENCY, NO_STRENGTH = "no-dose", "no-frequency", "strength-unknown"
UNIT_UNKNOWN, UNIT_AMBIGUOUS, NO_WEIGHT = "unit-unknown", "unit-ambiguous", "weight-unknown"
TEXT_UNCLEAR, UNREADABLE = "text-unclear", "unreadable"

_ABBREVIATIONS = {  # codes of v3-GTSAbbreviation and what clients write instead
    "BID": Fraction(2),
    "TID": Fraction(3),
    "QID": Fraction(4),
    "QD": Fraction(1),
    "DAILY": Fraction(1),
    "AM": Fraction(1),
    "PM": Fraction(1),
    "HS": Fraction(1),
    "BED": Fraction(1),
    "QOD": Fraction(1, 2),
    "WK": Fraction(1, 7),
    "MO": Fraction(1, 30),
}
_EVERY_HOURS = re.compile(r"Q([1-9][0-9]?)H", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A quantity of the drug: a number believed to be sensible, with its unit's UCUM code and text as written."""

    value: Decimal
    code: str = ""
    unit: str = ""

    @property
    def of(self) -> Unit:
        """Its unit."""
        return dose_unit(self.code, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the product holds.

    Attributes:
        strength_mg: mg in one counted unit. mg_per_ml: concentration. liquid: it is counted in mL.
        sold: strengths of which a bare number may mean mg as well as a count; empty when that cannot be.
    """

    strength_mg: Decimal | None = None
    mg_per_ml: Decimal | None = None
    liquid: bool = False
    sold: frozenset[Decimal] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When doses are taken, as FHIR's Timing gives it.

    Attributes:
        frequency: doses in each period, the highest allowed. period, period_unit: the shortest period.
        moments: how many times of day are listed. weekdays: how many days of the week.
        names: codes and texts for the rhythm as a whole (`BID`, "twice daily").
        count: doses in the whole course. dated: single dated events instead of a rhythm.
    """

    frequency: Decimal | None = None
    period: Decimal | None = None
    period_unit: str = ""
    moments: int = 0
    weekdays: int = 0
    names: tuple[str, ...] = ()
    count: Decimal | None = None
    dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One dosage instruction.

    Attributes:
        amount: the highest amount for one dose. at_once: a limit for one dose.
        per_day_limit, limit_days: at most this much in so many days.
        bounds_days: stated length. bounds_start, bounds_end: stated period.
        unreadable: something of it could not be read: nothing is concluded from the rest.
    """

    sequence: int | None = None
    text: str = ""
    amount: Amount | None = None
    at_once: Amount | None = None
    schedule: Schedule | None = None
    as_needed: bool = False
    per_day_limit: Amount | None = None
    limit_days: Fraction | None = None
    bounds_days: Fraction | None = None
    bounds_start: DateInterval | None = None
    bounds_end: DateInterval | None = None
    unreadable: bool = False


def times_per_day(schedule: Schedule) -> Fraction | None:
    """Doses per day at most; `None` when the schedule does not say how often."""
    if (
        schedule.period is not None
        or schedule.period_unit
        or schedule.frequency
        or schedule.moments
        or schedule.weekdays
    ):
        return _rate(schedule)
    for name in schedule.names:
        rate = _ABBREVIATIONS.get(name.strip().upper())
        hours = _EVERY_HOURS.fullmatch(name.strip())
        found = rate or (Fraction(24, int(hours[1])) if hours else dosage_text.times_per_day(name))
        if found is not None:
            return found
    return None


def _rate(schedule: Schedule) -> Fraction | None:
    unit = time_unit(schedule.period_unit)
    if schedule.period is not None and not unit:
        return None  # every 8 of what?
    period = scaled(schedule.period or Decimal(1), DAYS[unit or "d"])
    frequency = Fraction(max(schedule.frequency or 0, schedule.moments) or 1)
    if schedule.weekdays and period >= 7:  # three days of each week, not three sevenths of one dose a week
        return max(frequency, Fraction(schedule.weekdays)) / period
    rate = frequency if period == 1 else frequency / period
    return rate * Fraction(schedule.weekdays, 7) if schedule.weekdays else rate


def milligrams(amount: Amount, contents: Contents) -> tuple[Fraction | None, str]:
    """An amount in mg (mg per kg for a unit per kg), or the token of why not."""
    unit, value = amount.of, Fraction(amount.value)
    match unit.kind:
        case Kind.MASS | Kind.MASS_PER_KG:
            return scaled(amount.value, unit.factor), ""
        case Kind.VOLUME:
            return _multiplied(scaled(amount.value, unit.factor), contents.mg_per_ml)
        case Kind.COUNT:
            return (None, UNIT_UNKNOWN) if contents.liquid else _multiplied(value, contents.strength_mg)
        case Kind.NONE:
            if contents.liquid or (contents.strength_mg is not None and amount.value in contents.sold):
                return None, UNIT_AMBIGUOUS
            return _multiplied(value, contents.strength_mg)
        case Kind.UNKNOWN:
            return None, UNIT_UNKNOWN


def product_units(amount: Amount, contents: Contents, *, bare_is_count: bool = False) -> Fraction | None:
    """The amount in units of the product (tablets; mL of a liquid), as far as it can be told.

    Args:
        amount: a dose, or a dispensed quantity.
        contents: of the product.
        bare_is_count: a number without a unit counts products, as it does in a dispensed quantity.
    """
    unit, value = amount.of, Fraction(amount.value)
    match unit.kind:
        case Kind.MASS:
            mg = scaled(amount.value, unit.factor)
            return mg / Fraction(contents.strength_mg) if contents.strength_mg else None
        case Kind.VOLUME:
            if contents.liquid or not contents.strength_mg:
                return value * unit.factor
            return value * unit.factor * Fraction(contents.mg_per_ml or 0) / Fraction(contents.strength_mg) or None
        case Kind.COUNT:
            return None if contents.liquid else value
        case Kind.NONE:
            if bare_is_count:
                return value
            return None if contents.liquid or amount.value in contents.sold else value
        case Kind.MASS_PER_KG | Kind.UNKNOWN:
            return None


def _multiplied(value: Fraction, strength: Decimal | None) -> tuple[Fraction | None, str]:
    return (None, NO_STRENGTH) if strength is None else (value * Fraction(strength), "")
