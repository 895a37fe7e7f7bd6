"""Substance use disorders: active ones warn, past ones and remission inform."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "substance-use-risk"
WARNING = "warning: Substance use disorder on record: high risk of diazepam misuse and dependence"
INFO = WARNING.replace("warning", "info")


def patient(value_set, **about):
    return facts(problems=[problem(value_set, **about)])


EXAMPLES = [
    Example(of=RULE, case="opioid use disorder", facts=patient("opioid-use-disorder"), says=WARNING),
    Example(of=RULE, case="sedative dependence", facts=patient("sedative-use-disorder"), says=WARNING),
    Example(of=RULE, case="opioid dependence in remission", facts=patient("substance-use-remission"), says=INFO),
    Example(of=RULE, case="no such disorder", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


@pytest.mark.parametrize("disorder", ["opioid-use-disorder", "sedative-use-disorder"])
def test_a_disorder_of_the_past_informs(disorder):
    assert said(RULE, patient(disorder, past=True)) == INFO
    both = facts(problems=[problem("substance-use-remission"), problem(disorder)])
    assert said(RULE, both) == WARNING


def test_remission_informs_whatever_its_status():
    assert said(RULE, patient("substance-use-remission", past=True)) == INFO


@pytest.mark.parametrize("past", [False, True])
def test_monitoring_and_small_quantities_are_advised(past):
    text = detail(RULE, patient("opioid-use-disorder", past=past))
    for advice in ("prescription monitoring program", "small quantities without repeats"):
        assert advice in text


def test_text_and_doubt_are_told():
    assert said(RULE, patient("opioid-use-disorder", text=True)) == WARNING
    assert outcome(RULE, patient("opioid-use-disorder", text=True)).basis[0].from_text
    assert outcome(RULE, patient("opioid-use-disorder", unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("opioid-use-disorder")))) == WARNING


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("seizure-disorders", INFO),
        ("tetanus", "exempt: X-TETANUS"),
        ("alcohol-withdrawal", INFO),
        ("sedative-withdrawal", "exempt: X-SED-WD"),
        ("hospice-palliative", INFO),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem("opioid-use-disorder")], order=order(reasons=[reason]))) == left
