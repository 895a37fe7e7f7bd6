"""Severe liver disease: on record, over, known from text, or not to be told."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "severe-hepatic-disease"
CRITICAL = "critical: Severe liver disease on record: diazepam is contraindicated"
WARNING = "warning: Severe liver disease on record: diazepam is contraindicated"


def patient(**about):
    return facts(problems=[problem("severe-hepatic-disease", **about)])


EXAMPLES = [
    Example(of=RULE, case="severe liver disease on the problem list", facts=patient(), says=CRITICAL),
    Example(of=RULE, case="known from free text only", facts=patient(text=True), says=WARNING),
    Example(of=RULE, case="no severe liver disease", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


def test_it_has_to_be_active():
    assert said(RULE, patient(past=True, onset="2020-01-01")) == "silent: none"
    assert said(RULE, patient(onset="1990-01-01")) == CRITICAL


def test_free_text_alone_never_makes_it_critical():
    assert said(RULE, patient(text=True)) == WARNING
    coded_too = facts(problems=[problem("severe-hepatic-disease", text=True), problem("severe-hepatic-disease")])
    assert said(RULE, coded_too) == CRITICAL


def test_an_unconfirmed_one_counts_and_is_called_unconfirmed():
    assert said(RULE, patient(unconfirmed=True)) == CRITICAL
    assert outcome(RULE, patient(unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("severe-hepatic-disease")))) == CRITICAL


def test_in_alcohol_withdrawal_an_agent_without_active_metabolites_is_named():
    liver, withdrawal = problem("severe-hepatic-disease"), problem("alcohol-withdrawal")
    hint = "agent without active metabolites"
    assert hint in detail(RULE, facts(problems=[liver], order=order(reasons=["alcohol-withdrawal"])))
    assert hint in detail(RULE, facts(problems=[liver, withdrawal]))
    assert hint not in detail(RULE, facts(problems=[liver]))


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", WARNING),
        ("tetanus", WARNING),
        ("alcohol-withdrawal", CRITICAL),
        ("sedative-withdrawal", CRITICAL),
        ("hospice-palliative", CRITICAL.replace("critical", "info")),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem("severe-hepatic-disease")], order=order(reasons=[reason]))) == left
