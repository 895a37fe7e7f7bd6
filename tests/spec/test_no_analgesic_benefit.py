"""Pain alone: stated, inferred, and what makes it another question."""

import pytest

from tests.builders import facts, order, partly, problem
from tests.spec.release import Example, detail, outcome, said, shown

RULE = "no-analgesic-benefit"
SUMMARY = "Diazepam does not relieve pain directly; pain without spasm is not an indication"
STATED, INFERRED = f"warning: {SUMMARY}", f"info: {SUMMARY}"
FOR_PAIN = order(reasons=["chronic-pain"])
PAIN = problem("chronic-pain")

EXAMPLES = [
    Example(of=RULE, case="ordered for chronic pain", facts=facts(order=FOR_PAIN), says=STATED),
    Example(of=RULE, case="no reason, chronic pain on record", facts=facts(problems=[PAIN]), says=INFERRED),
    Example(
        of=RULE,
        case="ordered for chronic pain, muscle spasm on record",
        facts=facts(order=FOR_PAIN, problems=[problem("muscle-spasm")]),
        says="silent: treatable",
    ),
    Example(
        of=RULE,
        case="ordered for chronic pain, problem list not to be had",
        facts=facts(order=FOR_PAIN, problems="timeout"),
        says="cannot tell: problems",
    ),
]


@pytest.mark.parametrize("other", ["muscle-spasm", "spasticity-umn", "anxiety-disorders"])
def test_spasm_spasticity_or_anxiety_make_it_another_question(other):
    assert said(RULE, facts(order=order(reasons=["chronic-pain", other]))) == "silent: treatable"
    assert said(RULE, facts(order=FOR_PAIN, problems=[problem(other)])) == "silent: treatable"
    assert said(RULE, facts(problems=[PAIN, problem(other)])) == "silent: treatable"
    assert said(RULE, facts(order=FOR_PAIN, problems=[problem(other, past=True)])) == STATED


def test_an_order_with_another_reason_is_not_for_the_pain_on_record():
    assert said(RULE, facts(order=order(reasons=["tetanus"]), problems=[PAIN])) == "silent: other-reason"


def test_no_pain():
    assert said(RULE, facts()) == "silent: none"
    assert said(RULE, facts(problems=[problem("chronic-pain", past=True)])) == "silent: none"


def test_the_card_says_what_was_inferred():
    assert "inferred from the problem list" in detail(RULE, facts(problems=[PAIN]))
    assert "inferred" not in detail(RULE, facts(order=FOR_PAIN))


def test_what_is_known_from_text_is_called_so():
    assert outcome(RULE, facts(order=order(reasons=["chronic-pain"], reasons_text=True))).basis[0].from_text


@pytest.mark.parametrize("patient", [facts(order=FOR_PAIN), facts(problems=[PAIN])])
def test_the_detail(patient):
    text = detail(RULE, patient)
    for sentence in (
        "no direct effect on pain",
        "does not act on the muscle itself",
        "no evidence for it in chronic pain",
        "Added to naproxen for acute back pain it gave no benefit",
        "if spasm is present, record it",
    ):
        assert sentence.casefold() in text.casefold()


@pytest.mark.parametrize(
    ("about", "missing"),
    [
        ({"problems": "timeout"}, "problems"),
        ({"order": FOR_PAIN, "problems": partly()}, "problems"),
        ({"order": order(reasons_lost=1)}, "reason"),
        ({"order": order(reasons=["chronic-pain"], reasons_lost=1)}, "reason"),  # the lost one may be spasm
    ],
)
def test_cannot_tell(about, missing):
    assert said(RULE, facts(**about)) == f"cannot tell: {missing}"


@pytest.mark.parametrize(
    "reason", ["seizure-disorders", "tetanus", "alcohol-withdrawal", "sedative-withdrawal", "hospice-palliative"]
)
def test_exemptions(reason):
    assert shown(RULE, facts(order=order(reasons=["chronic-pain", reason]))).startswith("exempt: ")
