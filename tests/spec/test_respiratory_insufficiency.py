"""Lungs: severe respiratory insufficiency is critical, COPD alone a warning."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, outcome, said, shown

RULE = "respiratory-insufficiency"
SEVERE, COPD = "severe-respiratory-insufficiency", "copd"
CRITICAL = "critical: Severe respiratory insufficiency on record: diazepam is contraindicated"
CAUTION = "warning: COPD on record: diazepam can depress breathing; use only with great caution"


def patient(*value_sets, **about):
    return facts(problems=[problem(*value_sets, **about)])


EXAMPLES = [
    Example(of=RULE, case="chronic respiratory failure", facts=patient(SEVERE), says=CRITICAL),
    Example(of=RULE, case="COPD, no respiratory failure on record", facts=patient(COPD), says=CAUTION),
    Example(
        of=RULE,
        case="a pneumonia that failed the lungs, resolved",
        facts=patient(SEVERE, past=True),
        says="silent: none",
    ),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


def test_the_severe_one_leads():
    assert said(RULE, facts(problems=[problem(COPD), problem(SEVERE)])) == CRITICAL
    assert said(RULE, patient(COPD, SEVERE)) == CRITICAL  # severe COPD is in both
    assert said(RULE, facts(problems=[problem(COPD), problem(SEVERE, past=True)])) == CAUTION


def test_free_text_alone_never_makes_it_critical():
    assert said(RULE, patient(SEVERE, text=True)) == CRITICAL.replace("critical", "warning")
    assert said(RULE, patient(COPD, text=True)) == CAUTION


@pytest.mark.parametrize("value_set", [SEVERE, COPD])
def test_an_unconfirmed_one_counts_and_is_called_unconfirmed(value_set):
    assert outcome(RULE, patient(value_set, unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem(COPD)))) == CAUTION


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("status-epilepticus", CRITICAL.replace("critical", "warning")),
        ("tetanus", CRITICAL.replace("critical", "warning")),
        ("hospice-palliative", CRITICAL.replace("critical", "warning")),
        ("alcohol-withdrawal", CRITICAL),
        ("sedative-withdrawal", CRITICAL),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem(SEVERE)], order=order(reasons=[reason]))) == left
