"""Angle closure: the acute form is critical, any other a warning, open-angle glaucoma no card."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, classes_of_text, outcome, rules, said, shown

RULE = "angle-closure-glaucoma"
ACUTE, ANY = "glaucoma-angle-closure-acute", "glaucoma-angle-closure"
CRITICAL = "critical: Acute angle-closure glaucoma on record: diazepam is contraindicated"
CONFIRM = "warning: Angle-closure glaucoma on record: confirm it is treated before diazepam"


def patient(*value_sets, **about):
    return facts(problems=[problem(*value_sets, **about)])


EXAMPLES = [
    Example(of=RULE, case="acute angle-closure glaucoma", facts=patient(ACUTE, ANY), says=CRITICAL),
    Example(of=RULE, case="chronic angle-closure glaucoma", facts=patient(ANY), says=CONFIRM),
    Example(of=RULE, case="open-angle glaucoma or none", facts=facts(), says="silent: none"),
    Example(of=RULE, case="no problem list", facts=facts(problems="not-sent"), says="cannot tell: problems"),
]


def test_it_has_to_be_active():
    assert said(RULE, patient(ACUTE, ANY, past=True)) == "silent: none"
    assert said(RULE, facts(problems=[problem(ACUTE, ANY, past=True), problem(ANY)])) == CONFIRM


def test_free_text_does_not_tell_the_acute_form():
    assert classes_of_text("acute narrow-angle glaucoma") == {ANY}
    assert said(RULE, patient(ANY, text=True)) == CONFIRM
    assert classes_of_text("open-angle glaucoma") == set()


def test_an_unconfirmed_one_counts_and_is_called_unconfirmed():
    assert said(RULE, patient(ACUTE, unconfirmed=True)) == CRITICAL
    assert outcome(RULE, patient(ACUTE, unconfirmed=True)).basis[0].unconfirmed


def test_only_the_acute_form_offers_not_to_start():
    rule = rules()[RULE]
    assert "sg-cancel" in rule.variants["acute"].offers
    assert "sg-cancel" not in (rule.variants["other"].offers or rule.offers)


def test_a_problem_list_with_gaps_tells_nothing_when_nothing_is_found():
    assert said(RULE, facts(problems=partly())) == "cannot tell: problems"
    assert said(RULE, facts(problems=partly(problem(ANY)))) == CONFIRM


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
    assert shown(RULE, facts(problems=[problem(ACUTE)], order=order(reasons=[reason]))) == left
