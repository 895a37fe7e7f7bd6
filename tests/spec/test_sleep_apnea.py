"""Sleep apnea: on record, over, known from text, or not to be told."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "sleep-apnea"
CRITICAL = "critical: Sleep apnea on record: diazepam is contraindicated by its label"
WARNING = "warning: Sleep apnea on record: diazepam is contraindicated by its label"


def patient(**about):
    return facts(problems=[problem("sleep-apnea", **about)])


EXAMPLES = [
    Example(of=RULE, case="sleep apnea on the problem list", facts=patient(), says=CRITICAL),
    Example(of=RULE, case="known from free text only", facts=patient(text=True), says=WARNING),
    Example(of=RULE, case="no sleep apnea", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


def test_it_has_to_be_active():
    assert said(RULE, patient(past=True, onset="2020-01-01")) == "silent: none"
    assert said(RULE, patient(onset="1990-01-01")) == CRITICAL


def test_free_text_alone_never_makes_it_critical():
    assert said(RULE, patient(text=True)) == WARNING
    coded_too = facts(problems=[problem("sleep-apnea", text=True), problem("sleep-apnea")])
    assert said(RULE, coded_too) == CRITICAL


def test_an_unconfirmed_one_counts_and_is_called_unconfirmed():
    assert said(RULE, patient(unconfirmed=True)) == CRITICAL
    assert outcome(RULE, patient(unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("sleep-apnea")))) == CRITICAL


def test_treated_apnea_is_no_exception_and_cpap_is_asked_for():
    text = detail(RULE, patient())
    assert "no exception for treated apnea" in text
    assert "CPAP" in text


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", CRITICAL.replace("critical", "info")),
        ("tetanus", "exempt: X-TETANUS"),
        ("alcohol-withdrawal", WARNING),
        ("sedative-withdrawal", WARNING),
        ("hospice-palliative", CRITICAL.replace("critical", "info")),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem("sleep-apnea")], order=order(reasons=[reason]))) == left
