"""Which orders of the reviewed drug are added up to one daily dose."""

from datetime import date
from decimal import Decimal

import pytest

from cds_service.domain.daily import daily_dose, order_mg
from cds_service.domain.orders import Form
from tests.builders import facts, order, running

RENEWAL_DAYS = 7


def totals(**case):
    daily = daily_dose(facts(**case), RENEWAL_DAYS)
    return int(daily.certain_mg), int(daily.possible_mg), daily.missing


def test_one_order_alone():
    assert totals() == (10, 10, ())


def test_another_draft_of_the_bundle_is_added():
    assert totals(siblings=[order(per_day_mg="4")]) == (14, 14, ())


def test_an_unselected_draft_is_added_too():
    assert totals(siblings=[order(per_day_mg="4", selected=False)]) == (14, 14, ())


def test_a_rescue_form_is_never_added():
    assert totals(siblings=[order(per_day_mg="20", form=Form.RESCUE)]) == (10, 10, ())


@pytest.mark.parametrize(
    ("starts", "days", "total"),
    [
        (date(2026, 6, 24), 10, 14),  # the last day of the ten that begin on 15 June
        (date(2026, 6, 25), 10, 10),
        (date(2026, 6, 6), 10, 14),  # ends on 15 June
        (date(2026, 6, 5), 10, 10),
        (date(2026, 6, 5), None, 14),  # no end: it may still run
    ],
)
def test_a_draft_is_added_when_its_days_overlap(starts, days, total):
    assert totals(siblings=[order(per_day_mg="4", starts=starts, days=days)])[0] == total


@pytest.mark.parametrize(
    ("ends", "certain", "possible"),
    [
        ("2026-06-14", 10, 10),  # over before the new course begins
        ("2026-06-15", 10, 20),  # about to end: this order may renew it
        ("2026-06-22", 10, 20),
        ("2026-06-23", 20, 20),
        (None, 10, 20),
    ],
)
def test_a_running_order_is_added_for_sure_when_it_goes_on(ends, certain, possible):
    assert totals(running=[running(ends=ends)])[:2] == (certain, possible)


def test_a_renewed_order_and_a_rescue_order_on_record_are_not_added():
    assert totals(running=[running(replaced=True), running(oral=False)]) == (10, 10, ())


def test_a_running_order_is_over_before_a_course_that_begins_later():
    assert totals(order=order(starts=date(2026, 7, 1)), running=[running(ends="2026-06-30")]) == (10, 10, ())


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        ({"order": order(dose_unknown="no-frequency")}, ("dose",)),
        ({"siblings": [order(dose_unknown="no-frequency")]}, ("other-dose",)),
        ({"running": [running(per_day_mg=None)]}, ("other-dose",)),
        ({"medications": "timeout"}, ("medications",)),
    ],
)
def test_what_cannot_be_added_is_named(case, missing):
    assert totals(**case)[2] == missing


def test_what_rests_on_text_is_told_apart():
    daily = daily_dose(facts(siblings=[order(per_day_mg="4", dose_from_text=True)]), RENEWAL_DAYS)
    assert (daily.certain_mg, daily.certain_coded_mg) == (14, 10)


def test_a_single_dose_is_the_dose_of_its_day():
    assert order_mg(order(per_day_mg=None, single_mg="5")) == Decimal(5)
