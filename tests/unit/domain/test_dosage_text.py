"""Dosage texts: what they say without doubt, what they deny, what they limit (knowledge 2.6 step 5, ruling 27)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from cds_service.domain.dosage_text import once, read, times_per_day, with_days


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Take 5 mg by mouth", [("5", "mg")]),
        ("1 tablet (5 mg)", [("1", "tablet"), ("5", "mg")]),
        ("1-2 tablets", [("2", "tablets")]),
        ("5 mg to 10 mg", [("10", "mg")]),
        ("one to two tabs", [("2", "tabs")]),
        ("half a tablet", [("0.5", "tablet")]),
        ("½ tablet", [("0.5", "tablet")]),
        ("1/2 tablet", [("0.5", "tablet")]),
        ("1 1/2 tablets", [("1.5", "tablets")]),
        ("2.5mg", [("2.5", "mg")]),
        ("0,5 mg", [("0.5", "mg")]),
        ("5-mg tablet", [("5", "mg")]),
        ("take 5 mg tablet", [("5", "mg")]),
        ("500 µg", [("500", "μg")]),
        ("5 mg/5 mL solution: 10 mL", [("10", "ml")]),
        ("do not take 5 mg", []),
        ("never 5 mg", []),
        ("Do not drive. Take 5 mg", [("5", "mg")]),
        ("5 mg, maximum 20 mg per day", [("5", "mg")]),
        ("5 patients", []),
        ("", []),
    ],
)
def test_amounts(text, amounts):
    assert [(str(one.value), one.unit) for one in read(text).amounts] == amounts


def test_a_number_with_two_readings_is_garbled():
    assert read("1,000 mg").garbled
    assert read("1/0 tablet").garbled
    assert read("99999999 mg").garbled
    assert not read("5 mg").garbled


def test_limits_and_whole_days():
    assert read("5 mg, no more than 20 mg per day").limit.value == 20
    assert read("do not exceed 3 tablets daily").limit.value == 3
    assert read("not more than 10 mg at a time").limit is None
    assert read("20 mg per day in divided doses").daily.value == Decimal(20)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("once daily", 1),
        ("twice a day", 2),
        ("three times daily", 3),
        ("3x/day", 3),
        ("2 to 3 times daily", 3),
        ("up to 4 times a day", 4),
        ("no more than 3 times a day", 3),
        ("bid", 2),
        ("B.I.D.", 2),
        ("tid", 3),
        ("tds", 3),
        ("qid", 4),
        ("qhs", 1),
        ("every 8 hours", 3),
        ("q6h", 4),
        ("every 6-8 hours", 4),
        ("every 2 days", Fraction(1, 2)),
        ("every other day", Fraction(1, 2)),
        ("daily", 1),
        ("at bedtime", 1),
        ("morning and bedtime", 2),
        ("twice daily, in the morning", 2),
        ("weekly", Fraction(1, 7)),
        ("twice a week", Fraction(2, 7)),
        ("not daily", None),
        ("as directed", None),
        ("every 0 hours", None),
    ],
)
def test_times_per_day(text, times):
    assert times_per_day(text) == times


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("for 10 days", 10),
        ("x 2 weeks", 14),
        ("for up to 1 month", 30),
        ("for 7-10 days", 10),
        ("for a week", 7),
        ("5 mg for 3 days then 2 mg for 4 days", 7),
        ("not for 10 days", None),
        ("for anxiety", None),
        ("10 mg", None),
    ],
)
def test_days(text, days):
    assert read(text).days == days


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("5 mg three times daily", "5 mg three times daily"),
        ("5 mg three times daily for 14 days", "5 mg three times daily for 14 days"),
        ("Take 1 tablet TID For  30 Days with food", "Take 1 tablet TID for 14 days with food"),
        ("5 mg bid x 6 weeks", "5 mg bid for 14 days"),
        ("5 mg for 3 days then 2 mg for 4 days", None),
        ("not for 30 days", "not for 30 days"),
    ],
)
def test_the_length_in_a_text_is_replaced_where_that_is_safe(text, changed):
    assert with_days(text, 14) == changed


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("once", True),
        ("STAT", True),
        ("one time", True),
        ("once before MRI", True),
        ("once daily", False),
        ("once a day", False),
        ("once every evening", False),
        ("once per week", False),
        ("twice", False),
    ],
)
def test_a_single_dose(text, single):
    assert once(text) is single


@pytest.mark.parametrize("text", ["as needed", "PRN", "if needed", "when required"])
def test_as_needed(text):
    assert read(text).as_needed
    assert not read("regularly").as_needed


def test_only_so_much_of_a_text_is_read():
    assert read("x" * 5000 + " 5 mg").amounts == ()
