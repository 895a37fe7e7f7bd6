"""Partial dates and ages: every boundary of knowledge 2.3."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain.dates import Certainty, DateInterval, add_months, age_on, completed_years

D = date


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "shown"),
    [
        ("1944", D(1944, 1, 1), D(1944, 12, 31), "1944"),
        ("1944-05", D(1944, 5, 1), D(1944, 5, 31), "1944-05"),
        ("2024-02", D(2024, 2, 1), D(2024, 2, 29), "2024-02"),
        ("1944-05-06", D(1944, 5, 6), D(1944, 5, 6), "1944-05-06"),
        ("2026-06-15T23:59:59-11:00", D(2026, 6, 15), D(2026, 6, 15), "2026-06-15"),
    ],
)
def test_a_partial_date_is_an_interval(text, earliest, latest, shown):
    interval = DateInterval.of(text)
    assert (interval.earliest, interval.latest, str(interval)) == (earliest, latest, shown)


@pytest.mark.parametrize(
    "text", ["", "44", "1944-5", "1944-13", "2026-02-30", "yesterday", "0000", "19440506", "1-2-3-4", "²²²²"]
)
def test_what_is_no_date_is_unknown(text):
    assert DateInterval.of(text) is None


@given(st.text(max_size=12))
def test_no_text_makes_it_raise(text):
    DateInterval.of(text)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (D(1961, 6, 16), D(2026, 6, 15), 64),
        (D(1961, 6, 15), D(2026, 6, 15), 65),
        (D(1961, 6, 14), D(2026, 6, 15), 65),
        (D(2004, 2, 29), D(2022, 2, 28), 17),
        (D(2004, 2, 29), D(2022, 3, 1), 18),
        (D(2004, 2, 29), D(2024, 2, 29), 20),
    ],
)
def test_completed_years(born, on, years):
    assert completed_years(born, on) == years


@pytest.mark.parametrize(
    ("birth", "minimum", "maximum", "older"),
    [
        ("1961", 64, 65, Certainty.POSSIBLE),
        ("1960", 65, 66, Certainty.CERTAIN),
        ("1962", 63, 64, Certainty.NO),
        ("1961-06", 64, 65, Certainty.POSSIBLE),
        ("1961-05", 65, 65, Certainty.CERTAIN),
        ("1961-07", 64, 64, Certainty.NO),
    ],
)
def test_a_partial_birth_date_gives_a_range(birth, minimum, maximum, older):
    age = age_on(DateInterval.of(birth), D(2026, 6, 15))
    assert (age.minimum, age.maximum, age.at_least(65)) == (minimum, maximum, older)


def test_a_birth_in_the_future_is_not_believed_and_one_this_year_is():
    assert age_on(DateInterval.of("2026-06-16"), D(2026, 6, 15)) is None
    assert age_on(DateInterval.of("2026"), D(2026, 6, 15)).minimum == 0


@pytest.mark.parametrize(
    ("birth", "young"),
    [
        ("2025-12-15", Certainty.NO),
        ("2025-12-16", Certainty.CERTAIN),
        ("2025-12", Certainty.POSSIBLE),
        ("2026-01", Certainty.CERTAIN),
        ("2025-11", Certainty.NO),
    ],
)
def test_under_six_months(birth, young):
    assert age_on(DateInterval.of(birth), D(2026, 6, 15)).under_six_months is young


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [(D(2026, 1, 31), 1, D(2026, 2, 28)), (D(2026, 3, 31), -6, D(2025, 9, 30)), (D(2026, 12, 1), 1, D(2027, 1, 1))],
)
def test_add_months(day, months, expected):
    assert add_months(day, months) == expected


def test_within_prefers_the_day_else_the_last_possible():
    may = DateInterval.of("2026-05")
    assert may.within(D(2026, 5, 20)) == D(2026, 5, 20)
    assert may.within(D(2026, 6, 15)) == D(2026, 5, 31)


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [
        (D(2026, 4, 1), D(2026, 4, 30), False),
        (D(2026, 4, 1), D(2026, 5, 1), True),
        (D(2026, 6, 1), D(2026, 6, 2), False),
    ],
)
def test_touches(first, last, touches):
    assert DateInterval.of("2026-05").touches(first, last) is touches


@pytest.mark.parametrize(("birth", "precision"), [("1944-05-06", "day"), ("1944-05", "month"), ("1944", "year")])
def test_how_precise_a_birth_date_is(birth, precision):
    assert age_on(DateInterval.of(birth), D(2026, 6, 15)).precision == precision


@pytest.mark.parametrize(
    ("birth", "young"),
    [
        ("2026-05-16", Certainty.CERTAIN),  # 30 days old
        ("2026-05-15", Certainty.NO),  # 31 days old
        ("2026-05", Certainty.POSSIBLE),
        ("2026-06", Certainty.CERTAIN),
        ("2026-04", Certainty.NO),
    ],
)
def test_under_31_days(birth, young):
    assert age_on(DateInterval.of(birth), D(2026, 6, 15)).under_31_days is young


def test_both_ends_of_an_interval_are_possible_days():
    may = DateInterval(earliest=D(2026, 5, 1), latest=D(2026, 5, 31))
    assert may.within(D(2026, 5, 1)) == D(2026, 5, 1)
    assert may.within(D(2026, 5, 31)) == D(2026, 5, 31)
    assert may.within(D(2026, 4, 30)) == may.within(D(2026, 6, 1)) == D(2026, 5, 31)


def test_an_interval_that_is_no_whole_month_or_year_is_shown_with_both_ends():
    assert str(DateInterval(earliest=D(2026, 2, 3), latest=D(2026, 4, 5))) == "2026-02-03 to 2026-04-05"
    assert str(DateInterval(earliest=D(2025, 1, 1), latest=D(2026, 12, 31))) == "2025-01-01 to 2026-12-31"
