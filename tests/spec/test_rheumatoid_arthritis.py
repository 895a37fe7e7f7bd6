"""Rheumatoid arthritis: as the reason, or only on record."""

import pytest

from tests.builders import facts, order, problem
from tests.spec.release import Example, detail, outcome, rules, said, shown

RULE = "rheumatoid-arthritis"
SUMMARY = "Rheumatoid arthritis: sedating relaxants harm about 1 in 3 and show no proven pain relief"
STATED, RECORDED = f"warning: {SUMMARY}", f"info: {SUMMARY}"
FOR_IT = order(reasons=["rheumatoid-arthritis"])
ON_RECORD = [problem("rheumatoid-arthritis")]

EXAMPLES = [
    Example(of=RULE, case="ordered for rheumatoid arthritis", facts=facts(order=FOR_IT), says=STATED),
    Example(
        of=RULE,
        case="ordered for anxiety, rheumatoid arthritis on record",
        facts=facts(order=order(reasons=["anxiety-disorders"]), problems=ON_RECORD),
        says=RECORDED,
    ),
    Example(of=RULE, case="problem list not to be had", facts=facts(problems="timeout"), says="cannot tell: problems"),
]


def test_on_record_without_a_reason_on_the_order():
    assert said(RULE, facts(problems=ON_RECORD)) == RECORDED


def test_nothing_of_it():
    assert said(RULE, facts()) == "silent: none"
    assert said(RULE, facts(problems=[problem("rheumatoid-arthritis", past=True)])) == "silent: none"


def test_a_reason_that_leads_nowhere_may_be_it():
    assert said(RULE, facts(order=order(reasons_lost=1))) == "cannot tell: reason"


@pytest.mark.parametrize("patient", [facts(order=FOR_IT), facts(problems=ON_RECORD)])
def test_the_detail_says_from_how_little_it_is_known(patient):
    text = detail(RULE, patient)
    assert "two small trials (74 patients) of diazepam and zopiclone" in text
    assert "one more patient harmed for every 3 treated (95 % interval 2 to 7)" in text
    assert "drowsiness and dizziness" in text


def test_only_an_order_for_it_is_offered_to_be_cancelled_and_physical_therapy_never():
    rule = rules()[RULE]
    assert rule.offers == ("sg-cancel",)
    assert rule.variants["recorded"].offers == ()


def test_exemptions():
    assert shown(RULE, facts(order=order(reasons=["rheumatoid-arthritis", "tetanus"]))) == "exempt: X-TETANUS"


def test_it_rests_on_the_reason_or_on_the_problem():
    stated = outcome(RULE, facts(order=order(reasons=["rheumatoid-arthritis"])))
    recorded = outcome(RULE, facts(problems=[problem("rheumatoid-arthritis")]))
    assert [basis.label for basis in stated.basis] == ["rheumatoid-arthritis"]
    assert [basis.reference for basis in recorded.basis] == ["Condition/1"]
