"""Pregnancy: present, undated, an old entry, or the reason of the order. The 300 days open on 2025-08-19."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, outcome, said, shown

RULE = "pregnancy"
WARNING = "warning: Pregnancy on record: diazepam can cause sedation and withdrawal in the newborn"


def pregnant(**about):
    return facts(problems=[problem("pregnancy", **about)])


EXAMPLES = [
    Example(of=RULE, case="pregnant since spring", facts=pregnant(onset="2026-03-01"), says=WARNING),
    Example(of=RULE, case="pregnant, no date", facts=pregnant(), says=WARNING),
    Example(
        of=RULE,
        case="an entry of two years ago that nobody closed",
        facts=pregnant(onset="2024-06-01"),
        says="silent: old",
    ),
    Example(of=RULE, case="not pregnant", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


@pytest.mark.parametrize(
    ("onset", "says"),
    [
        ("2025-08-18", "silent: old"),
        ("2025-08-19", WARNING),
        ("2026-06-15", WARNING),
        ("2025-07", "silent: old"),
        ("2025-08", WARNING),
        ("2025", WARNING),
        ("2024", "silent: old"),
        ("2026-06-20", WARNING),  # dated a few days after the order: still a pregnancy
    ],
)
def test_an_entry_counts_for_300_days(onset, says):
    assert said(RULE, pregnant(onset=onset)) == says


def test_the_day_of_recording_dates_it_too():
    assert said(RULE, pregnant(recorded="2026-05-01")) == WARNING
    assert said(RULE, pregnant(recorded="2024-05-01")) == "silent: old"


def test_a_pregnancy_that_is_over_does_not_count():
    assert said(RULE, pregnant(onset="2026-03-01", past=True)) == "silent: none"


def test_the_reason_of_the_order_counts():
    patient = facts(order=order(reasons=["pregnancy"]))
    assert said(RULE, patient) == WARNING
    assert outcome(RULE, patient).basis[0].section == "order"
    assert said(RULE, facts(problems="timeout", order=order(reasons=["pregnancy"]))) == WARNING


def test_a_reason_that_leads_nowhere_may_have_been_a_pregnancy():
    assert said(RULE, facts(order=order(reasons_lost=1))) == "cannot tell: reason"


def test_text_and_doubt_are_told():
    assert outcome(RULE, pregnant(text=True)).basis[0].from_text
    assert outcome(RULE, pregnant(unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("pregnancy", onset="2020-01-01")))) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("pregnancy")))) == WARNING


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", WARNING.replace("warning", "info")),
        ("tetanus", "exempt: X-TETANUS"),
        ("alcohol-withdrawal", WARNING),
        ("sedative-withdrawal", WARNING),
        ("hospice-palliative", WARNING),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem("pregnancy")], order=order(reasons=[reason]))) == left
