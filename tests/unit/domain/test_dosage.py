"""Doses in exact arithmetic: amounts, rhythms, concurrent and consecutive instructions (knowledge 2.6)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain.dosage import intake, parts
from cds_service.domain.instructions import (
    Amount,
    Contents,
    Instruction,
    Schedule,
    milligrams,
    product_units,
    times_per_day,
)

TABLET = Contents(strength_mg=Decimal(5), sold=frozenset({Decimal(2), Decimal(5), Decimal(10)}))
LIQUID = Contents(strength_mg=Decimal(5), mg_per_ml=Decimal(5), liquid=True)
GEL = Contents(strength_mg=Decimal(10), mg_per_ml=Decimal(5))
UNKNOWN = Contents()


def amount(value, code=""):
    return Amount(value=Decimal(value), code=code)


def daily(times, value="5", code="mg", **more):
    schedule = Schedule(frequency=Decimal(times), period=Decimal(1), period_unit="d")
    return Instruction(amount=amount(value, code), schedule=schedule, **more)


def taken(*instructions, contents=TABLET, weight=None):
    return intake(parts(instructions, contents, weight))


@pytest.mark.parametrize(
    ("value", "code", "contents", "expected"),
    [
        ("5", "mg", UNKNOWN, (5, "")),
        ("2", "mL", LIQUID, (10, "")),
        ("2", "mL", GEL, (10, "")),
        ("2", "mL", TABLET, (None, "strength-unknown")),
        ("2", "{tbl}", TABLET, (10, "")),
        ("2", "{tbl}", UNKNOWN, (None, "strength-unknown")),
        ("2", "{tbl}", LIQUID, (None, "unit-unknown")),
        ("1", "", TABLET, (5, "")),
        ("5", "", TABLET, (None, "unit-ambiguous")),
        ("3", "", LIQUID, (None, "unit-ambiguous")),
        ("3", "", UNKNOWN, (None, "strength-unknown")),
        ("0.1", "mg/kg", TABLET, (Fraction(1, 10), "")),
        ("1", "puff", TABLET, (None, "unit-unknown")),
    ],
)
def test_amounts_in_mg(value, code, contents, expected):
    assert milligrams(amount(value, code), contents) == expected


@pytest.mark.parametrize(
    ("value", "code", "contents", "bare", "units"),
    [
        ("10", "mg", TABLET, False, 2),
        ("10", "mg", UNKNOWN, False, None),
        ("2", "mL", LIQUID, False, 2),
        ("2", "mL", GEL, False, 1),
        ("3", "{tbl}", UNKNOWN, False, 3),
        ("3", "{tbl}", LIQUID, False, None),
        ("5", "", TABLET, False, None),
        ("5", "", TABLET, True, 5),
        ("1", "mg/kg", TABLET, False, None),
    ],
)
def test_amounts_in_product_units(value, code, contents, bare, units):
    assert product_units(amount(value, code), contents, bare_is_count=bare) == units


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        (Schedule(frequency=Decimal(3)), 3),
        (Schedule(period=Decimal(8), period_unit="h"), 3),
        (Schedule(period_unit="d"), 1),
        (Schedule(frequency=Decimal(1), period=Decimal(8)), None),
        (Schedule(moments=2), 2),
        (Schedule(frequency=Decimal(1), period=Decimal(1), period_unit="d", weekdays=3), Fraction(3, 7)),
        (Schedule(period=Decimal(1), period_unit="wk", weekdays=3), Fraction(3, 7)),
        (Schedule(names=("BID",)), 2),
        (Schedule(names=("QOD",)), Fraction(1, 2)),
        (Schedule(names=("q4h",)), 6),
        (Schedule(names=("x", "four times daily")), 4),
        (Schedule(names=("x",)), None),
        (Schedule(), None),
    ],
)
def test_rhythms(schedule, times):
    assert times_per_day(schedule) == times


def test_forty_mg_is_exactly_forty():
    every_six = Instruction(amount=amount(10, "mg"), schedule=Schedule(period=Decimal(6), period_unit="h"))
    assert taken(every_six).per_day_mg == 40


@pytest.mark.parametrize(
    ("instructions", "per_day"),
    [
        ([daily(2), daily(1, "2")], 12),
        ([daily(2, sequence=1), daily(1, "2", sequence=1)], 12),
        ([daily(2, sequence=1), daily(1, "2", sequence=2)], 10),
        ([daily(2, sequence=1), daily(1, "2", sequence=2), daily(1, "1")], 11),
        ([daily(2), Instruction(amount=amount(10, "mg"), schedule=Schedule(count=Decimal(1)))], 20),
    ],
)
def test_concurrent_add_consecutive_take_the_highest(instructions, per_day):
    assert taken(*instructions).per_day_mg == per_day


@pytest.mark.parametrize(
    ("instruction", "per_day"),
    [
        (daily(4, "10", per_day_limit=amount(30, "mg"), limit_days=Fraction(1)), 30),
        (daily(2, "10", per_day_limit=amount(30, "mg"), limit_days=Fraction(1)), 20),
        (daily(4, "10", per_day_limit=amount(6, "{tbl}"), limit_days=Fraction(2)), 15),
        (Instruction(amount=amount(5, "mg"), per_day_limit=amount(15, "mg"), limit_days=Fraction(1)), 15),
        (daily(2, "10", at_once=amount(5, "mg")), 10),
    ],
)
def test_limits_cap_only_when_lower(instruction, per_day):
    assert taken(instruction).per_day_mg == per_day


def test_per_kg():
    found = taken(daily(2, "0.1", "mg/kg"), weight=Decimal(20))
    assert (found.per_day_mg, found.single_mg, found.single_mg_per_kg) == (4, 2, Fraction(1, 10))
    without = taken(daily(2, "0.1", "mg/kg"))
    assert (without.per_day_mg, without.single_mg_per_kg, without.missing) == (None, Fraction(1, 10), "weight-unknown")


@pytest.mark.parametrize(
    ("text", "contents", "mg", "missing"),
    [
        ("2 tablets daily", TABLET, 10, ""),
        ("2 tablets daily", UNKNOWN, None, "strength-unknown"),
        ("2 tablets (10 mg) daily", TABLET, 10, ""),
        ("2 tablets of 5 mg daily", TABLET, 10, ""),
        ("2 tablets (7 mg) daily", TABLET, None, "text-unclear"),
        ("1 tablet (5 mg) daily", UNKNOWN, 5, ""),
        ("2 tablets (10 mg) daily", UNKNOWN, None, "text-unclear"),
        ("1,000 mg daily", TABLET, None, "text-unclear"),
        ("0.1 mg/kg daily", TABLET, None, "text-unclear"),
        ("one daily", TABLET, None, "no-dose"),
        ("10 mL daily", LIQUID, 50, ""),
    ],
)
def test_amounts_in_words(text, contents, mg, missing):
    found = taken(Instruction(text=text), contents=contents)
    assert (found.single_mg, found.missing) == (mg, missing)


def test_numbers_win_over_words_and_words_fill_gaps():
    assert not taken(daily(2, text="take 10 mg three times daily")).from_text
    filled = taken(Instruction(amount=amount(5, "mg"), text="three times daily"))
    assert (filled.per_day_mg, filled.from_text) == (15, True)


def test_an_unreadable_instruction_spoils_the_sum():
    assert taken(daily(2), Instruction(unreadable=True)).missing == "unreadable"


@given(st.integers(1, 40), st.integers(1, 24), st.integers(1, 4))
def test_the_dose_is_amount_times_rhythm(value, hours, frequency):
    schedule = Schedule(frequency=Decimal(frequency), period=Decimal(hours), period_unit="h")
    found = taken(Instruction(amount=amount(value, "mg"), schedule=schedule))
    assert found.per_day_mg == Fraction(value * frequency * 24, hours)
    assert found.units_per_day == found.per_day_mg / 5
