"""Radiculopathy: stated or inferred, and what of the trial may be told."""

import pytest

from tests.builders import facts, order, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "radiculopathy"
SUMMARY = "Radiculopathy: diazepam was no better than placebo, and fewer patients had good pain relief"
STATED, INFERRED = f"warning: {SUMMARY}", f"info: {SUMMARY}"
FOR_IT = order(reasons=["radiculopathy"])
ON_RECORD = [problem("radiculopathy")]

EXAMPLES = [
    Example(of=RULE, case="ordered for sciatica", facts=facts(order=FOR_IT), says=STATED),
    Example(of=RULE, case="no reason, radiculopathy on record", facts=facts(problems=ON_RECORD), says=INFERRED),
    Example(
        of=RULE,
        case="ordered for anxiety, radiculopathy on record",
        facts=facts(order=order(reasons=["anxiety-disorders"]), problems=ON_RECORD),
        says="silent: other-reason",
    ),
]


def test_nothing_of_it():
    assert said(RULE, facts()) == "silent: none"
    assert said(RULE, facts(problems=[problem("radiculopathy", past=True)])) == "silent: none"


def test_stated_it_warns_whatever_else_is_known():
    assert said(RULE, facts(order=FOR_IT, problems="timeout")) == STATED
    assert said(RULE, facts(order=FOR_IT, problems=[problem("muscle-spasm")])) == STATED


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"problems": "timeout"}, "cannot tell: problems"),
        ({"order": order(reasons_lost=1)}, "cannot tell: reason"),
        ({"order": order(reasons=["tetanus"]), "problems": "timeout"}, "silent: other-reason"),
    ],
)
def test_what_could_not_be_looked_at(about, says):
    assert said(RULE, facts(**about)) == says


@pytest.mark.parametrize("patient", [facts(order=FOR_IT), facts(problems=ON_RECORD)])
def test_the_detail_gives_the_ratio_of_the_trial_and_no_percentages(patient):
    text = detail(RULE, patient)
    assert "trial of 60 patients with sciatica from a disc prolapse" in text
    assert "about twice as often on placebo" in text
    assert "%" not in text


def test_the_card_says_what_was_inferred():
    assert "inferred from the problem list" in detail(RULE, facts(problems=ON_RECORD))


def test_exemptions():
    assert shown(RULE, facts(order=order(reasons=["radiculopathy", "hospice-palliative"]))) == "exempt: X-PALL"
    assert shown(RULE, facts(order=FOR_IT)) == STATED


def test_it_rests_on_the_reason_or_on_the_problem():
    stated = outcome(RULE, facts(order=order(reasons=["radiculopathy"])))
    inferred = outcome(RULE, facts(problems=[problem("radiculopathy")]))
    assert [basis.label for basis in stated.basis] == ["radiculopathy"]
    assert [basis.reference for basis in inferred.basis] == ["Condition/1"]
