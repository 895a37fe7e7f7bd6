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


@pytest.mark.parametrize(
    ("texts", "kind", "factor"),
    [
        ("mg milligram milligrams", Kind.MASS, 1),
        ("g gram grams", Kind.MASS, 1000),
        ("ug μg mcg microgram micrograms", Kind.MASS, Fraction(1, 1000)),
        ("mg/kg", Kind.MASS_PER_KG, 1),
        ("g/kg", Kind.MASS_PER_KG, 1000),
        ("ug/kg mcg/kg", Kind.MASS_PER_KG, Fraction(1, 1000)),
        ("ml mL milliliter milliliters millilitre millilitres cc", Kind.VOLUME, 1),
        ("l L", Kind.VOLUME, 1000),
        ("1 tablet tablets tab tabs tbl tbls pill pills capsule capsules cap caps film films", Kind.COUNT, 1),
        ("spray sprays supp supps suppository suppositories applicator applicators", Kind.COUNT, 1),
        ("syringe syringes ampoule ampoules ampule ampules amp amps cartridge cartridges", Kind.COUNT, 1),
        ("auto-injector auto-injectors enema enemas tube tubes each ea", Kind.COUNT, 1),
    ],
)
def test_every_spelling_of_a_dose_unit_as_code_and_as_text(texts, kind, factor):
    for name in texts.split():
        for code, text in ((name, ""), ("", name), ("", f" {name.upper()} "), ("", f"{{{name}}}")):
            unit = dose_unit(code, text)
            assert (unit.kind, unit.factor) == (kind, factor), (code, text)


@pytest.mark.parametrize("broken", ["{mg", "mg}", "m g", "mg/", "{}"])
def test_half_a_unit_is_none(broken):
    assert dose_unit("", broken).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("names", "unit", "days"),
    [
        ("s second seconds", "s", Fraction(1, 86_400)),
        ("min minute minutes", "min", Fraction(1, 1_440)),
        ("h hour hours hr hrs", "h", Fraction(1, 24)),
        ("d day days Day(s)", "d", 1),
        ("wk week weeks w WK", "wk", 7),
        ("mo month months", "mo", 30),
        ("a year years y yr yrs", "a", 365),
    ],
)
def test_every_spelling_of_a_unit_of_time(names, unit, days):
    for name in names.split():
        assert time_unit(name) == time_unit("", name) == time_unit("", f" {name} ") == unit
        assert days_of(Decimal(1), "", name) == days
        assert days_of(Decimal(3), name) == 3 * days


@pytest.mark.parametrize(
    ("sent", "canonical", "value"),
    [
        ("umol/L", "mg/dL", "0.1"),
        ("μmol/L", "mg/dL", "0.1"),
        ("mmol/L", "mg/dL", "100"),
        ("mg/L", "mg/dL", "0.884"),
        ("g", "kg", "0.009"),
        ("[lb_av]", "kg", "4.01"),
        ("lb", "kg", "4.01"),
        ("lbs", "kg", "4.01"),
        ("pounds", "kg", "4.01"),
        ("[oz_av]", "kg", "0.251"),
        ("oz", "kg", "0.251"),
        ("/wk", "1", "1.263"),
        ("{drinks}/wk", "1", "1.263"),
    ],
)
def test_every_conversion_of_a_measurement(sent, canonical, value):
    assert round(convert(Decimal("8.84"), sent, "", canonical), 3) == Decimal(value)
    assert convert(Decimal("8.84"), "", f" {sent.upper()} ", canonical) == convert(Decimal("8.84"), sent, "", canonical)


@pytest.mark.parametrize(
    ("canonical", "names"),
    [
        ("mL/min/{1.73_m2}", "mL/min/{1.73_m2} mL/min/1.73m2 mL/min/1.73m² mL/min/1.73_m2 mL/min/{1.73m2}"),
        ("mL/min/{1.73_m2}", "mL/min/1.73 mL/min/1.73sqm mL/min/1.73m*2 mL/min/1.73m^2 mL/min/BSA mL/min"),
        ("mg/dL", "mg/dL MG/DL"),
        ("mm[Hg]", "mm[Hg] mmHg"),
        ("kg", "kg kilogram kilograms kgs"),
        ("1", "1 points point score /d drinks/day drinks {score} {points}/d"),
        ("kU/L", "kU/L ku/l"),
    ],
)
def test_other_spellings_are_the_same_value(canonical, names):
    for name in names.split():
        assert convert(Decimal("8.84"), name, "", canonical) == Decimal("8.84"), name
        assert convert(Decimal("8.84"), "", name, canonical) == Decimal("8.84"), name


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [("", "kg"), ("{score", "1"), ("score}", "1"), ("{score}", "kg"), ("drinks/month", "1"), ("per day", "kg")],
)
def test_another_unit_is_no_value(sent, canonical):
    assert convert(Decimal(2), sent, "", canonical) is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [("0.1234567891", "0.123456789"), ("123456789", None), ("12.3456789", "12.3456789"), ("1000000.5", None)],
)
def test_nine_digits_are_kept(value, kept):
    assert readable(Decimal(value)) == (None if kept is None else Decimal(kept))


def test_a_decimal_without_an_exact_end_has_three_places():
    assert [str(decimal(Fraction(one, 3))) for one in (1, 2, 3000)] == ["0.333", "0.667", "1000"]
    assert str(decimal(Fraction(1, 8))) == "0.125"
    assert str(decimal(Fraction(1, 16))) == "0.0625"
    assert str(decimal(Fraction(2999999, 3_000_000))) == "1"
