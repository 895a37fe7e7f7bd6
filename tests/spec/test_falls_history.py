"""Falls: within the past year, of any status; repeated falls also undated; folded where the age card speaks.

Orders are of 2026-06-15, so the year opens on 2025-06-15.
"""

import pytest

from tests.builders import age, facts, order, partly, problem
from tests.spec.release import Example, classes_of_text, detail, outcome, said, shown

RULE = "falls-history"
FALL = "warning: Fall in the past year: diazepam raises the risk of another fall"
REPEATED = "warning: Repeated falls on record: diazepam raises the risk of another fall"


def fell(**about):
    return facts(problems=[problem("falls", **about)])


EXAMPLES = [
    Example(of=RULE, case="a fall last winter", facts=fell(onset="2026-01-20"), says=FALL),
    Example(of=RULE, case="a fall last winter, resolved", facts=fell(onset="2026-01-20", past=True), says=FALL),
    Example(of=RULE, case="repeated falls, active, undated", facts=fell(code="R29.6"), says=REPEATED),
    Example(of=RULE, case="a fall two years ago", facts=fell(onset="2024-01-20"), says="silent: not-recent"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


@pytest.mark.parametrize(
    ("onset", "says"),
    [
        ("2025-06-14", "silent: not-recent"),
        ("2025-06-15", FALL),
        ("2026-06-15", FALL),
        ("2026-06-16", "silent: not-recent"),
        ("2025-05", "silent: not-recent"),
        ("2025-06", FALL),
        ("2025", FALL),
        ("2024", "silent: not-recent"),
    ],
)
def test_a_fall_counts_for_365_days(onset, says):
    assert said(RULE, fell(onset=onset)) == says


def test_a_date_that_is_not_exact_is_called_so():
    assert "may lie further back" in detail(RULE, fell(onset="2025"))
    assert "may lie further back" not in detail(RULE, fell(onset="2026"))


def test_the_day_of_recording_dates_it_too():
    assert said(RULE, fell(recorded="2026-01-20")) == FALL


@pytest.mark.parametrize("code", ["R29.6", "279992002"])
def test_repeated_falls_count_undated_only_while_active(code):
    assert said(RULE, fell(code=code)) == REPEATED
    assert said(RULE, fell(code=code, past=True)) == "silent: not-recent"
    assert said(RULE, fell(code=code, recorded="2023-01-01")) == "silent: not-recent"


def test_a_single_undated_fall_cannot_be_placed():
    assert said(RULE, fell(code="W19")) == "silent: not-recent"
    assert said(RULE, fell(text=True)) == "silent: not-recent"


@pytest.mark.parametrize("years", [65, age(64, maximum=65)])
def test_from_65_on_it_is_folded_into_the_age_card(years):
    falls = [problem("falls", onset="2026-01-20")]
    assert shown(RULE, facts(age=years, problems=falls)) == "folded: older-adult"


@pytest.mark.parametrize("years", [64, None])
def test_below_65_or_at_unknown_age_it_speaks_for_itself(years):
    assert shown(RULE, facts(age=years, problems=[problem("falls", onset="2026-01-20")])) == FALL


@pytest.mark.parametrize(
    ("text", "counts"),
    [("Fell at home", True), ("recurrent falls", True), ("denies falls", False), ("at risk for falls", False)],
)
def test_free_text(text, counts):
    assert (classes_of_text(text) == {"falls"}) is counts


def test_text_and_doubt_are_told():
    assert outcome(RULE, fell(text=True, onset="2026-01-20")).basis[0].from_text
    assert outcome(RULE, fell(unconfirmed=True, onset="2026-01-20")).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("falls", onset="2020-01-01")))) == "cannot tell: problems"


@pytest.mark.parametrize(
    "reason", ["seizure-disorders", "tetanus", "alcohol-withdrawal", "sedative-withdrawal", "hospice-palliative"]
)
def test_every_exemption_silences_it(reason):
    falls = [problem("falls", onset="2026-01-20")]
    assert shown(RULE, facts(problems=falls, order=order(reasons=[reason]))).startswith("exempt: X-")


def test_why_it_is_silent():
    assert outcome(RULE, facts()).because == "none"
    assert outcome(RULE, facts(problems=[problem("falls", past=True, onset="2020-01-01")])).because == "not-recent"
