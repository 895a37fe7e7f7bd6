"""Myasthenia gravis: on record, over, known from text, or not to be told."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, outcome, said, shown

RULE = "myasthenia-gravis"
CRITICAL = "critical: Myasthenia gravis on record: diazepam is contraindicated"
WARNING = "warning: Myasthenia gravis on record: diazepam is contraindicated"


def patient(**about):
    return facts(problems=[problem("myasthenia-gravis", **about)])


EXAMPLES = [
    Example(of=RULE, case="myasthenia gravis on the problem list", facts=patient(), says=CRITICAL),
    Example(of=RULE, case="known from free text only", facts=patient(text=True), says=WARNING),
    Example(of=RULE, case="no myasthenia gravis", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


def test_it_has_to_be_active():
    assert said(RULE, patient(past=True, onset="2020-01-01")) == "silent: none"
    assert said(RULE, patient(onset="1990-01-01")) == CRITICAL


def test_free_text_alone_never_makes_it_critical():
    assert said(RULE, patient(text=True)) == WARNING
    coded_too = facts(problems=[problem("myasthenia-gravis", text=True), problem("myasthenia-gravis")])
    assert said(RULE, coded_too) == CRITICAL


def test_an_unconfirmed_one_counts_and_is_called_unconfirmed():
    assert said(RULE, patient(unconfirmed=True)) == CRITICAL
    assert outcome(RULE, patient(unconfirmed=True)).basis[0].unconfirmed


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem("myasthenia-gravis")))) == CRITICAL


def test_the_recorded_fact_and_its_date_are_named():
    basis = outcome(RULE, patient(label="Myasthenia gravis", onset="2019-03")).basis[0]
    assert (basis.label, basis.date, basis.section) == ("Myasthenia gravis", "2019-03", "problems")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("status-epilepticus", WARNING),
        ("tetanus", WARNING),
        ("hospice-palliative", WARNING),
        ("alcohol-withdrawal", CRITICAL),
        ("sedative-withdrawal", CRITICAL),
    ],
)
def test_exemptions(reason, left):
    assert shown(RULE, facts(problems=[problem("myasthenia-gravis")], order=order(reasons=[reason]))) == left
