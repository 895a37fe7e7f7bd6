"""Planned days of an order from its instructions and its supply, and the days it covers (knowledge 2.7, 2.8).

The sources are ranked here; `course.planned_days` weighs course against supply.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from cds_service.domain.course import CourseLimits, Length, period_days, planned_days
from cds_service.domain.dosage import Intake, Part, groups
from cds_service.domain.instructions import Amount, Contents, product_units
from cds_service.domain.orders import DaysFrom, Form, PlannedDays

MOST_DAYS = 36_500  # a hundred years: longer is not a length but a slip, and all the same far beyond every limit
_WORST_LAST = tuple(DaysFrom)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What may be dispensed.

    Attributes:
        days: expected duration of one fill. first_days: of a first fill apart from it.
        quantity, first_quantity: the same as quantities. repeats: fills beyond the first.
        period_ends: the prescription may be filled until some day.
        unreadable: nothing is concluded from it.
    """

    days: Fraction | None = None
    first_days: Fraction | None = None
    quantity: Amount | None = None
    first_quantity: Amount | None = None
    repeats: int = 0
    period_ends: bool = False
    unreadable: bool = False


def plan(
    worked: Sequence[Part],
    taken: Intake,
    supply: Supply,
    contents: Contents,
    *,
    form: Form,
    as_of: date,
    limits: CourseLimits,
) -> PlannedDays:
    """P of an order: see the module. `as_of` stands in for a missing start of the bounds."""
    if form is Form.RESCUE:
        return PlannedDays(days=None, source=DaysFrom.NOT_A_COURSE, repeats=supply.repeats)
    at_once = taken.single_dose or (form is Form.PARENTERAL and not taken.scheduled)
    if at_once and not supply.repeats and not supply.unreadable and not any(_bounded(part) for part in worked):
        return PlannedDays(days=1, source=DaysFrom.SINGLE_DOSE)
    return planned_days(
        course=_course(worked, as_of, limits),
        supply=_authorised(supply, taken, contents),
        repeats=supply.repeats,
        as_needed=taken.as_needed,
        validity_only=supply.period_ends,
        limits=limits,
    )


def _bounded(part: Part) -> bool:
    return part.instruction.bounds_days is not None or part.instruction.bounds_end is not None


def _course(worked: Sequence[Part], as_of: date, limits: CourseLimits) -> Length | None:
    """C: concurrent instructions last as long as the longest, steps add up; unknown as soon as one of them is."""
    steps = []
    for step in groups(worked):
        lengths = [_length(part, as_of, limits) for part in step]
        if any(length is None for length in lengths):
            return None
        steps.append(max((length for length in lengths if length is not None), key=lambda length: length.days))
    if not steps:
        return None
    source = max((length.source for length in steps), key=_WORST_LAST.index)
    return Length(days=min(sum(length.days for length in steps), MOST_DAYS), source=source)


def _length(part: Part, as_of: date, limits: CourseLimits) -> Length | None:
    instruction = part.instruction
    if instruction.unreadable:
        return None
    if instruction.bounds_days is not None:
        return _of(instruction.bounds_days, DaysFrom.BOUNDS)
    if instruction.bounds_end is not None:
        start = instruction.bounds_start.earliest if instruction.bounds_start else as_of
        days = period_days(start, instruction.bounds_end.latest, limits)
        if days is not None:
            return Length(days=min(days, MOST_DAYS), source=DaysFrom.BOUNDS)
    count = instruction.schedule.count if instruction.schedule else None
    if part.single:
        return Length(days=1, source=DaysFrom.COUNT)
    if count is not None and part.times:
        return _of(Fraction(count) / part.times, DaysFrom.COUNT)
    return None if part.days_in_text is None else _of(Fraction(part.days_in_text), DaysFrom.TEXT)


def _authorised(supply: Supply, taken: Intake, contents: Contents) -> Length | None:
    if supply.unreadable:
        return None
    fills = 1 + supply.repeats
    if supply.days is not None:
        return _of(supply.days * fills + (supply.first_days or 0), DaysFrom.SUPPLY_DURATION)
    if supply.quantity is None:
        return None
    units = _units(supply.quantity, contents)
    first = _units(supply.first_quantity, contents) if supply.first_quantity else Fraction(0)
    if units is None or first is None or not taken.units_per_day or taken.single_dose:
        return None
    return _of((units * fills + first) / taken.units_per_day, DaysFrom.SUPPLY_QUANTITY)


def _units(quantity: Amount, contents: Contents) -> Fraction | None:
    return product_units(quantity, contents, bare_is_count=True)


def _of(days: Fraction, source: DaysFrom) -> Length:
    return Length(days=min(math.ceil(days), MOST_DAYS), source=source)


def later(day: date, days: int) -> date:
    """So many days later, or the last day there is."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max
