"""What stood in the way of a complete check: each gap, the weightiest first, with the checks that rest on it."""

import re
from pathlib import Path

import pytest

from tests.builders import facts, order, partly
from tests.spec.release import Example, detail, rules, said, shown

RULE = "data-quality"
COMPLETE = "silent: complete"
ROOT = Path(__file__).parents[2]
DOUBTS = {
    "medication-unresolved": "medication reference",
    "code-text-disagree": "drug (code and text disagree)",
    "order-unreadable": "part of the order",
    "dose-unknown": "dose",
    "strength-unknown": "product strength",
    "weight-unknown": "body weight",
    "weight-stale": "current body weight",
    "dose-from-text": "dose (free text only)",
}


def speaks(*what):
    return f"info: Diazepam check incomplete: {' and '.join(what)} is missing or unclear"


def ordered(**about):
    return facts(order=order(**about))


EXAMPLES = [
    Example(of=RULE, case="no birth date", facts=facts(age=None), says=speaks("birth date")),
    Example(
        of=RULE,
        case="prescriptions not to be had",
        facts=facts(medications="timeout"),
        says=speaks("current prescriptions"),
    ),
    Example(
        of=RULE,
        case="the dose stands in free text only",
        facts=ordered(dose_from_text=True),
        says=speaks("dose (free text only)"),
    ),
    Example(of=RULE, case="no reason on the order, all else clear", facts=facts(), says=COMPLETE),
]


@pytest.mark.parametrize(("doubt", "named"), DOUBTS.items())
def test_each_doubt_about_the_order_is_named(doubt, named):
    assert said(RULE, ordered(doubts=[doubt])) == speaks(named)


def test_a_dose_that_is_unknown_or_from_text_is_named_once():
    assert said(RULE, ordered(dose_unknown="no-dose")) == speaks("dose")
    assert said(RULE, ordered(dose_unknown="no-dose", doubts=["dose-unknown"])) == speaks("dose")
    assert said(RULE, ordered(dose_unknown="strength-unknown", doubts=["strength-unknown"])) == speaks(
        "product strength"
    )
    assert said(RULE, ordered(dose_from_text=True, doubts=["dose-from-text"])) == speaks("dose (free text only)")


@pytest.mark.parametrize(
    ("section", "whole", "part"),
    [
        ("medications", "current prescriptions", "part of the prescriptions"),
        ("problems", "problem list", "part of the problem list"),
    ],
)
def test_the_core_of_the_record_in_whole_or_in_part(section, whole, part):
    assert said(RULE, facts(**{section: "timeout"})) == speaks(whole)
    assert said(RULE, facts(**{section: partly()})) == speaks(part)


@pytest.mark.parametrize("section", ["medications", "problems"])
def test_what_a_client_is_known_never_to_send_has_no_card_at_every_call(section):
    assert said(RULE, facts(**{section: "never-sent"})) == COMPLETE
    assert said(RULE, facts(age=None, **{section: "never-sent"})) == speaks("birth date")


@pytest.mark.parametrize("section", ["statements", "allergies", "observations", "services", "encounter"])
def test_what_only_supports_has_no_card(section):
    assert said(RULE, facts(**{section: "timeout"})) == COMPLETE


def test_days_read_from_text_have_no_card_of_their_own():
    assert said(RULE, ordered(doubts=["days-from-text"])) == COMPLETE


def test_a_missing_reason_is_no_reason_to_speak_but_is_mentioned():
    assert said(RULE, facts()) == COMPLETE
    assert "The order gives no reason" in detail(RULE, facts(age=None))
    assert "The order gives no reason" not in detail(RULE, facts(age=None, order=order(reasons=["muscle-spasm"])))


def test_the_weightiest_gaps_stand_in_the_summary():
    many = facts(age=None, medications="timeout", problems="timeout", order=order(doubts=["dose-unknown"]))
    assert said(RULE, many) == (
        "info: Diazepam check incomplete: current prescriptions, problem list and 2 more is missing or unclear"
    )
    assert "current prescriptions, problem list, birth date and dose" in detail(RULE, many)


def test_the_order_of_the_gaps_is_that_of_the_file():
    names = list(rules()[RULE].params.names)
    assert (
        names.index("medications") < names.index("problems") < names.index("birth-date") < names.index("dose-unknown")
    )
    assert names.index("dose-unknown") < names.index("dose-from-text")


def test_every_gap_tells_which_checks_rest_on_it():
    rule = rules()[RULE]
    assert set(rule.params.names) | {"no-reason"} == set(rule.points)


@pytest.mark.parametrize(
    ("patient", "unchecked"),
    [
        (facts(medications="timeout"), "opioids, other sedating drugs, a second benzodiazepine and earlier use"),
        (facts(problems="timeout"), "contraindications"),
        (facts(age=None), "older adults, children and infants"),
        (ordered(dose_unknown="no-dose"), "The checks of the dose were not made"),
    ],
)
def test_the_detail_says_which_checks_were_not_made(patient, unchecked):
    assert unchecked in detail(RULE, patient)


def test_the_reading_of_orders_raises_no_doubt_that_is_not_known_here():
    params = rules()[RULE].params
    documented = set()
    for name in ("reviewed", "product"):
        text = (ROOT / "cds_service" / "fhir" / f"{name}.py").read_text(encoding="utf-8")
        documented |= set(re.findall(r"^    ([a-z]+(?:-[a-z]+)+) {2,}\S", text.split('"""')[1], flags=re.MULTILINE))
    assert documented >= {"dose-unknown", "weight-stale", "code-text-disagree"}
    assert documented <= {*params.names, *params.accepted}


def test_a_doubt_that_nobody_knows_breaks_the_rule_and_is_never_silence():
    with pytest.raises(ValueError, match="brand-new"):
        said(RULE, ordered(doubts=["brand-new"]))


@pytest.mark.parametrize("reason", ["tetanus", "seizure-disorders", "hospice-palliative", "alcohol-withdrawal"])
def test_no_exemption_quiets_it(reason):
    assert shown(RULE, facts(age=None, order=order(reasons=[reason]))) == speaks("birth date")
