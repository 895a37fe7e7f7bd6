"""No end: a new oral course of which no days can be worked out, and what is missing for that."""

from dataclasses import replace

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import facts, order, problem
from tests.spec.release import Example, detail, exemptions, rules, said, shown

RULE = "duration-unspecified"
SPEAKS = "info: No end date on this diazepam order: set a course of 2 to 4 weeks at most"
SCHEDULE = "info: No end date: give the withdrawal schedule"
WITHDRAWAL = "alcohol-withdrawal"


def endless(*problems, prior_use=None, **about):
    return facts(order=order(days=None, **about), problems=problems, prior_use=prior_use)


EXAMPLES = [
    Example(of=RULE, case="neither days nor quantity", facts=endless(), says=SPEAKS),
    Example(of=RULE, case="10 days", facts=facts(order=order(days=10)), says="silent: known"),
    Example(
        of=RULE,
        case="no end, for alcohol withdrawal",
        facts=endless(reasons=[WITHDRAWAL]),
        says=SCHEDULE,
    ),
    Example(
        of=RULE,
        case="no end, already on diazepam for 90 days",
        facts=endless(prior_use=PriorUse(covered_days=90, continuing=True)),
        says="silent: continuing",
    ),
]


def test_any_known_length_is_silence():
    assert said(RULE, facts(order=order(days=1))) == "silent: known"


@pytest.mark.parametrize("form", [Form.RESCUE, Form.PARENTERAL])
def test_only_a_course_by_mouth(form):
    assert said(RULE, endless(form=form)) == "silent: not-oral"


def test_an_end_is_missing_whatever_of_the_record_is():
    assert said(RULE, endless(prior_use=PriorUse(missing=("medications",)))) == SPEAKS
    assert said(RULE, facts(order=order(days=None), problems="timeout", medications="timeout")) == SPEAKS


# What is missing ------------------------------------------------------------------------------------------------------


def test_the_detail_names_what_is_missing():
    assert "no course length, and no supply or quantity" in detail(RULE, endless())


def test_a_dose_that_is_not_clear_is_one_reason_why():
    assert "The dose in a day is not clear either" in detail(RULE, endless(dose_unknown="no-dose"))
    assert "The dose in a day" not in detail(RULE, endless())


def test_tablets_that_cannot_be_counted_are_another():
    plain = endless()
    uncounted = replace(plain, order=replace(plain.order, dose=replace(plain.order.dose, units_per_day=None)))
    assert "How many tablets or mL a day are taken is not clear" in detail(RULE, uncounted)
    assert "How many tablets" not in detail(RULE, plain)
    assert "How many tablets" not in detail(RULE, endless(dose_unknown="no-dose"))


def test_the_period_for_filling_the_prescription_is_no_course():
    assert "that is not the length of the course" in detail(RULE, endless(validity_only=True))


def test_repeats_are_told():
    assert "Repeats authorised: 3" in detail(RULE, endless(repeats=3))
    assert "Repeats" not in detail(RULE, endless())


# Alcohol withdrawal ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("onset", "says"),
    [("2026-06-14", SCHEDULE), ("2026-06-01", SCHEDULE), ("2026-05-31", SPEAKS), ("", SPEAKS), ("2026-06", SCHEDULE)],
)
def test_a_withdrawal_on_record_counts_for_14_days(onset, says):
    assert said(RULE, endless(problem(WITHDRAWAL, onset=onset))) == says


def test_one_that_is_over_does_not():
    assert said(RULE, endless(problem(WITHDRAWAL, onset="2026-06-14", past=True))) == SPEAKS


def test_the_window_is_that_of_the_exemption():
    assert rules()[RULE].params.withdrawal_days == exemptions().params.alcohol_withdrawal_days


def test_the_schedule_is_asked_for_and_no_length_offered():
    assert "Write the schedule and its last day into the order" in detail(RULE, endless(reasons=[WITHDRAWAL]))
    assert rules()[RULE].variants["withdrawal"].offers == ()
    assert rules()[RULE].offers == ("sg-shorten-14",)


@pytest.mark.parametrize(
    ("about", "left"),
    [
        ({"reasons": ["seizure-disorders"]}, "exempt: X-SEIZURE"),
        ({"reasons": ["tetanus"]}, "exempt: X-TETANUS"),
        ({"reasons": ["hospice-palliative"]}, "exempt: X-PALL"),
        ({"reasons": ["procedural-sedation-context"], "single_dose": True}, "exempt: X-PROCEDURE"),
        ({"reasons": [WITHDRAWAL]}, SCHEDULE),
        ({"reasons": ["sedative-withdrawal"]}, SPEAKS),
        ({"reasons": ["muscle-spasm"]}, SPEAKS),
    ],
)
def test_exemptions(about, left):
    assert shown(RULE, endless(**about)) == left
