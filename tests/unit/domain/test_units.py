"""Units of doses, of time and of measurements, and numbers that are not believed."""

from decimal import Decimal
from fractions import Fraction

import pytest

from cds_service.domain.units import Kind, convert, days_of, decimal, dose_unit, readable, time_unit


@pytest.mark.parametrize(
    ("number", "believed"),
    [
        ("0.000001", True),
        ("0.0000009", False),
        ("1000000", True),
        ("1000001", False),
        ("1e999999", False),
        ("-1", False),
        ("NaN", False),
        ("Infinity", False),
        ("-0", False),
        ("0", False),
    ],
)
def test_numbers_beyond_belief(number, believed):
    assert (readable(Decimal(number)) is not None) is believed


def test_zero_only_where_it_means_something():
    assert readable(Decimal(0), zero=True) == 0
    assert readable(None) is None


def test_endless_digits_are_cut():
    assert readable(Decimal("0." + "3" * 4000)) == Decimal("0.333333333")


@pytest.mark.parametrize(
    ("code", "text", "kind", "factor"),
    [
        ("mg", "", Kind.MASS, Fraction(1)),
        ("", "MG", Kind.MASS, Fraction(1)),
        ("g", "", Kind.MASS, Fraction(1000)),
        ("ug", "", Kind.MASS, Fraction(1, 1000)),
        ("", "mcg", Kind.MASS, Fraction(1, 1000)),
        ("", "µg", Kind.MASS, Fraction(1, 1000)),
        ("mg/kg", "", Kind.MASS_PER_KG, Fraction(1)),
        ("mL", "", Kind.VOLUME, Fraction(1)),
        ("{tbl}", "", Kind.COUNT, Fraction(1)),
        ("{pill}", "", Kind.COUNT, Fraction(1)),
        ("{capsule}", "", Kind.COUNT, Fraction(1)),
        ("{tablet}", "", Kind.COUNT, Fraction(1)),
        ("1", "", Kind.COUNT, Fraction(1)),
        ("", "Tablet(s)", Kind.COUNT, Fraction(1)),
        ("TAB", "", Kind.COUNT, Fraction(1)),
        ("385055001", "tablet", Kind.COUNT, Fraction(1)),
        ("", "suppositories", Kind.COUNT, Fraction(1)),
        ("mg", "tablet", Kind.MASS, Fraction(1)),  # the code decides
        ("", "", Kind.NONE, Fraction(1)),
        ("[iU]", "", Kind.UNKNOWN, Fraction(1)),
        ("", "puff", Kind.UNKNOWN, Fraction(1)),
    ],
)
def test_units_of_dose(code, text, kind, factor):
    unit = dose_unit(code, text)
    assert (unit.kind, unit.factor) == (kind, factor)


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        ("d", "", "d"),
        ("", "days", "d"),
        ("", "Hour(s)", "h"),
        ("", "weeks", "wk"),
        ("mo", "", "mo"),
        ("", "years", "a"),
        ("xyz", "day", "d"),
        ("mg", "", ""),
        ("", "", ""),
    ],
)
def test_units_of_time(code, text, unit):
    assert time_unit(code, text) == unit


def test_days():
    assert days_of(Decimal(36), "h") == Fraction(3, 2)
    assert days_of(Decimal(2), "", "weeks") == 14
    assert days_of(Decimal(2), "mg") is None


@pytest.mark.parametrize(
    ("value", "number"), [(Fraction(40), "40"), (Fraction(5, 2), "2.5"), (Fraction(10, 3), "3.333"), (Fraction(0), "0")]
)
def test_numbers_for_the_record(value, number):
    assert str(decimal(value)) == number


@pytest.mark.parametrize(
    ("code", "text", "canonical", "value"),
    [
        ("umol/L", "", "mg/dL", "0.1"),
        ("", "µmol/L", "mg/dL", "0.1"),
        ("mg/dL", "umol/L", "mg/dL", "8.84"),
        ("kg", "", "kg", "8.84"),
        ("", "mL/min/1.73 m2", "mL/min/{1.73_m2}", "8.84"),
        ("{score}", "", "1", "8.84"),
        ("{drinks}/d", "", "1", "8.84"),
        ("", "", "1", "8.84"),
        ("", "", "kg", None),
        ("cm", "", "kg", None),
        ("cm", "kg", "kg", "8.84"),
    ],
)
def test_measured_values(code, text, canonical, value):
    found = convert(Decimal("8.84"), code, text, canonical)
    assert found == (None if value is None else Decimal(value))


def test_drinks_a_week_are_drinks_a_day():
    assert convert(Decimal(14), "{drinks}/wk", "", "1") == 2
