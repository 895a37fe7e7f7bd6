"""Planned days and earlier use: the arithmetic of knowledge 2.7 and 2.8, with the limits as the release ships them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain.course import CourseLimits, Exposure, Length, days_in, period_days, planned_days, prior_use
from cds_service.domain.orders import DaysFrom

LIMITS = CourseLimits(
    pack_rounding_days=7,
    calendar_months=4,
    calendar_months_days=120,
    run_gap_days=30,
    continuing_after_days=28,
    unknown_completed_days=30,
    lapsed_after_days=30,
)
T = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("value", "unit", "days"),
    [
        ("10", "d", 10),
        ("2", "wk", 14),
        ("1", "mo", 30),
        ("1", "a", 365),
        ("36", "h", 2),
        ("90", "min", 1),
        ("1.5", "d", 2),
        ("3", "x", None),
    ],
)
def test_time_in_days_is_rounded_up(value, unit, days):
    assert days_in(Decimal(value), unit) == days


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 6, 1), date(2026, 6, 1), 1),
        (date(2026, 6, 1), date(2026, 6, 14), 14),
        (date(2026, 6, 2), date(2026, 6, 1), None),
        (date(2026, 3, 1), date(2026, 7, 1), 120),  # 123 days by the calendar, exactly four months
        (date(2026, 3, 1), date(2026, 7, 2), 124),  # a day beyond four months
        (date(2026, 1, 1), date(2026, 5, 1), 120),
        (date(2026, 1, 1), date(2026, 4, 30), 120),
        (date(2026, 1, 31), date(2026, 5, 31), 120),
    ],
)
def test_periods_count_both_ends_and_four_months_are_120_days(start, end, days):
    assert period_days(start, end, LIMITS) == days


def plan(course=None, supply=None, **more):
    return planned_days(
        course=None if course is None else Length(days=course, source=DaysFrom.BOUNDS),
        supply=None if supply is None else Length(days=supply, source=DaysFrom.SUPPLY_QUANTITY),
        **{"repeats": 0, "as_needed": False, "validity_only": False, "limits": LIMITS, **more},
    )


@pytest.mark.parametrize(
    ("course", "supply", "days", "source", "outlasts"),
    [
        (10, None, 10, DaysFrom.BOUNDS, False),
        (None, 30, 30, DaysFrom.SUPPLY_QUANTITY, False),
        (14, 10, 14, DaysFrom.BOUNDS, False),
        (14, 21, 14, DaysFrom.BOUNDS, False),  # seven days more is pack rounding
        (14, 22, 22, DaysFrom.SUPPLY_QUANTITY, True),  # eight are not
        (None, None, None, DaysFrom.UNKNOWN, False),
    ],
)
def test_planned_days(course, supply, days, source, outlasts):
    planned = plan(course, supply)
    assert (planned.days, planned.source, planned.outlasts_course) == (days, source, outlasts)


def test_a_quantity_of_an_as_needed_order_is_days_at_maximum_use():
    assert plan(None, 30, as_needed=True).at_maximum_use
    assert not plan(None, 30).at_maximum_use
    assert not plan(10, None, as_needed=True).at_maximum_use


def test_a_dispensing_period_is_only_a_note():
    assert plan(validity_only=True).validity_only


def exposure(first, last):
    """Days before the order date, both included."""
    return Exposure(first=T - timedelta(days=first), last=T - timedelta(days=last))


@pytest.mark.parametrize(
    ("exposures", "covered", "continuing"),
    [
        ([], 0, False),
        ([exposure(28, 1)], 28, False),
        ([exposure(29, 1)], 29, True),
        ([exposure(60, 31)], 0, False),  # ended 31 days ago: no run
        ([exposure(59, 30)], 30, True),  # ended 30 days ago: still the run
        ([exposure(10, -20)], 10, False),  # cut at the day before the order
        ([exposure(50, 41), exposure(10, 1)], 20, False),  # 30 days between: one run, covered days only
        ([exposure(51, 42), exposure(10, 1)], 10, False),  # 31 days between: two runs
        ([exposure(40, 11), exposure(30, 1)], 40, True),  # overlap counts once
        ([exposure(-1, -5)], 0, False),  # in the future
    ],
)
def test_the_run_before_the_order(exposures, covered, continuing):
    use = prior_use(exposures, T, LIMITS)
    assert (use.covered_days, use.continuing) == (covered, continuing)


def test_earlier_use_that_is_over_is_still_remembered():
    assert prior_use([exposure(60, 31)], T, LIMITS).last_day == T - timedelta(days=31)


def test_what_could_not_be_looked_at_is_carried_along():
    assert prior_use([], T, LIMITS, missing=("medications",)).missing == ("medications",)


DAYS = st.integers(min_value=-40, max_value=400)


@given(st.lists(st.tuples(DAYS, DAYS), max_size=8))
def test_covered_days_are_those_of_the_days_themselves(pairs):
    exposures = [exposure(max(pair), min(pair)) for pair in pairs]
    use = prior_use(exposures, T, LIMITS)
    taken = {e.first + timedelta(days=n) for e in exposures for n in range((e.last - e.first).days + 1)}
    taken = {day for day in taken if day < T}
    assert use.covered_days <= len(taken)
    if use.run_start:
        assert use.covered_days == len({day for day in taken if day >= use.run_start})
    assert prior_use(exposures[::-1], T, LIMITS) == use
