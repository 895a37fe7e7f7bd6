"""How long: planned days of an order, and the run of earlier orders before it (knowledge 2.7, 2.8).

Pure arithmetic on days; the numbers of days that mean something clinically come in as `CourseLimits`,
which the content release supplies (`hooks/facts.toml`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from cds_service.domain.dates import add_months
from cds_service.domain.orders import DaysFrom, PlannedDays

DAYS_PER_UNIT: dict[str, Decimal] = {  # UCUM time units as FHIR allows them in Timing.repeat
    "s": Decimal(1) / 86_400,
    "min": Decimal(1) / 1_440,
    "h": Decimal(1) / 24,
    "d": Decimal(1),
    "wk": Decimal(7),
    "mo": Decimal(30),
    "a": Decimal(365),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLimits:
    """Days that decide how courses are reckoned; from the content release.

    Attributes:
        pack_rounding_days: a supply at most this much longer than the course is pack rounding.
        calendar_months: a period that ends within so many calendar months counts as `calendar_months_days`.
        run_gap_days: earlier intervals at most this far apart are one run; a run must reach into the last such days.
        continuing_after_days: covered days after which the patient is a continuing user.
        unknown_completed_days: what a completed order of unknown length counts.
        lapsed_after_days: an active order whose computed end is longer ago no longer counts as current.
    """

    pack_rounding_days: int
    calendar_months: int
    calendar_months_days: int
    run_gap_days: int
    continuing_after_days: int
    unknown_completed_days: int
    lapsed_after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A number of days together with where it was read."""

    days: int
    source: DaysFrom


def days_in(value: Decimal, unit: str) -> int | None:
    """A quantity of time in whole days, rounded up; `None` for a unit that is not one of time."""
    per_unit = DAYS_PER_UNIT.get(unit)
    return None if per_unit is None else int((value * per_unit).to_integral_value(rounding=ROUND_CEILING))


def period_days(start: date, end: date, limits: CourseLimits) -> int | None:
    """Days of a period, both ends counted; `None` when it ends before it starts.

    A period of exactly the calendar months of the limits counts as their round number of days, so that
    "four months" is not longer than four months by the accident of the calendar (ruling 28).
    """
    days = (end - start).days + 1
    if days < 1:
        return None
    if days > limits.calendar_months_days and end <= add_months(start, limits.calendar_months):
        return limits.calendar_months_days
    return days


def planned_days(
    *,
    course: Length | None,
    supply: Length | None,
    repeats: int,
    as_needed: bool,
    validity_only: bool,
    limits: CourseLimits,
) -> PlannedDays:
    """P from the stated course and the authorised supply: the larger, but for pack rounding.

    Args:
        course: C, the stated course.
        supply: A, the authorised supply, repeats included.
        repeats: authorised repeats, for the record.
        as_needed: supply days reckoned from a quantity are then days at maximum use.
        validity_only: only a dispensing period is known; it never raises severity.
        limits: see `CourseLimits`.
    """
    if course is None and supply is None:
        return PlannedDays(days=None, source=DaysFrom.UNKNOWN, repeats=repeats, validity_only=validity_only)
    if supply is None or (course is not None and supply.days <= course.days + limits.pack_rounding_days):
        assert course is not None
        return PlannedDays(days=course.days, source=course.source, repeats=repeats)
    return PlannedDays(
        days=supply.days,
        source=supply.source,
        repeats=repeats,
        outlasts_course=course is not None,
        at_maximum_use=as_needed and supply.source is DaysFrom.SUPPLY_QUANTITY,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One interval in which the reviewed drug was taken, both days included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOrder:
    """Another order of the reviewed drug on record that counts as current on the order date.

    Attributes:
        ends: its last planned day, `None` when unknown.
        replaced: the reviewed order names it as the one it renews.
        oral: whether it is taken as a course (rescue forms never count as a duplicate).
        per_day_mg: mg in 24 h at most, `None` when unknown; `dose_from_text` when it was read from free text.
    """

    reference: str
    oral: bool
    ends: date | None
    replaced: bool
    since: date | None = None
    per_day_mg: Decimal | None = None
    dose_from_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorUse:
    """Earlier use of the reviewed drug before the order date.

    Attributes:
        covered_days: D, days covered in the run that reaches the order date; 0 for a new course.
        run_start: first day of that run.
        continuing: D is beyond the limit: the patient is a continuing user, who must never be stopped abruptly.
        last_day: last day of any earlier use.
        missing: sections of the record that could not be looked at: D is then a lower bound.
    """

    covered_days: int = 0
    run_start: date | None = None
    continuing: bool = False
    last_day: date | None = None
    missing: tuple[str, ...] = ()


def prior_use(exposures: list[Exposure], as_of: date, limits: CourseLimits, missing: tuple[str, ...] = ()) -> PriorUse:
    """Merge earlier intervals into runs and measure the one that reaches the order date.

    Intervals are cut at the day before the order date; D counts covered days, not calendar days (ruling 21).
    """
    yesterday = as_of - timedelta(days=1)
    cut = sorted(
        (exposure.first, min(exposure.last, yesterday))
        for exposure in exposures
        if exposure.first <= min(exposure.last, yesterday)
    )
    if not cut:
        return PriorUse(missing=missing)
    gap = timedelta(days=limits.run_gap_days)
    runs: list[list[tuple[date, date]]] = [[cut[0]]]
    reach = cut[0][1]
    for first, last in cut[1:]:
        if first - reach <= gap + timedelta(days=1):
            runs[-1].append((first, last))
        else:
            runs.append([(first, last)])
        reach = max(reach, last)
    if reach < as_of - gap:
        return PriorUse(last_day=reach, missing=missing)
    covered = _covered_days(runs[-1])
    return PriorUse(
        covered_days=covered,
        run_start=runs[-1][0][0],
        continuing=covered > limits.continuing_after_days,
        last_day=reach,
        missing=missing,
    )


def _covered_days(run: list[tuple[date, date]]) -> int:
    covered, reach = 0, date.min
    for first, last in run:
        start = max(first, reach + timedelta(days=1)) if reach > date.min else first
        if last >= start:
            covered += (last - start).days + 1
        reach = max(reach, last)
    return covered
