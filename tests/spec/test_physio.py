"""sg-physio: a referral where there is something to treat, and none is made yet."""

from dataclasses import replace

import pytest

from cds_service.domain.facts import Gap, Known, Origin, Place, Service
from tests.builders import classes, drug, facts, order, problem
from tests.spec.release import Example, content, judged, suggested, told, verdict

ALTERNATIVE = "sg-physio"
SPASM = problem("muscle-spasm")


def service(code="91251008", value_set="non-pharmacological"):
    match = replace(classes(value_set, label="Physical therapy")[value_set], code=code)
    return Service(classes={value_set: match}, origin=Origin(place=Place.PREFETCH, reference="ServiceRequest/1"))


EXAMPLES = [
    Example(of=ALTERNATIVE, case="muscle spasm on record", facts=facts(problems=[SPASM]), says="offered"),
    Example(
        of=ALTERNATIVE,
        case="muscle spasm, physical therapy ordered already",
        facts=facts(problems=[SPASM], services=[service()]),
        says="not offered: ordered",
    ),
    Example(
        of=ALTERNATIVE,
        case="rheumatoid arthritis alone",
        facts=facts(order=order(reasons=["rheumatoid-arthritis"])),
        says="not applicable",
    ),
]


@pytest.mark.parametrize("value_set", ["muscle-spasm", "spasticity-umn", "chronic-pain", "radiculopathy"])
def test_spasm_and_pain_stated_or_active(value_set):
    assert judged(ALTERNATIVE, facts(order=order(reasons=[value_set]))) == "offered"
    assert judged(ALTERNATIVE, facts(problems=[problem(value_set)])) == "offered"
    assert judged(ALTERNATIVE, facts(problems=[problem(value_set, past=True)])) == "not applicable"


@pytest.mark.parametrize("value_set", ["stroke-acute", "stroke-sequelae", "stroke-history"])
@pytest.mark.parametrize("past", [True, False])
def test_a_stroke_of_any_status(value_set, past):
    assert judged(ALTERNATIVE, facts(problems=[problem(value_set, past=past)])) == "offered"
    assert judged(ALTERNATIVE, facts(order=order(reasons=[value_set]))) == "offered"


@pytest.mark.parametrize(
    ("fall", "says"),
    [
        (problem("falls", onset="2025-06-15", past=True), "offered"),
        (problem("falls", onset="2025-06-14", past=True), "not applicable"),
        (problem("falls"), "offered"),
        (problem("falls", past=True), "not applicable"),
    ],
)
def test_a_fall_in_the_past_year(fall, says):
    assert judged(ALTERNATIVE, facts(problems=[fall])) == says


@pytest.mark.parametrize("value_set", ["anxiety-disorders", "rheumatoid-arthritis", "insomnia", "seizure-disorders"])
def test_nothing_else(value_set):
    assert judged(ALTERNATIVE, facts(order=order(reasons=[value_set]))) == "not applicable"
    assert judged(ALTERNATIVE, facts(problems=[problem(value_set)])) == "not applicable"


@pytest.mark.parametrize(
    ("ordered", "says"),
    [
        (service(), "not offered: ordered"),
        (service(code=""), "not offered: ordered"),  # known by its name alone
        (service(code="404909007"), "offered"),  # another service of the same class
        (service(value_set="hospice-palliative"), "offered"),
    ],
)
def test_not_twice(ordered, says):
    assert judged(ALTERNATIVE, facts(problems=[SPASM], services=[ordered])) == says


def test_services_that_could_not_be_looked_at_are_said():
    for unseen in (
        facts(problems=[SPASM], services="not-sent"),
        replace(facts(problems=[SPASM]), services=Known(gaps=(Gap(why="x"),))),
    ):
        assert judged(ALTERNATIVE, unseen) == "offered"
        assert verdict(ALTERNATIVE, unseen).points == ("unlooked",)
        assert "not ordered already" in told(ALTERNATIVE, unseen)


def test_for_anybody_but_not_under_an_exemption():
    for years in (10, 45, 80, None):
        assert judged(ALTERNATIVE, facts(age=years, problems=[SPASM])) == "offered"
    opioid = drug("opioids")
    assert ALTERNATIVE in suggested(facts(problems=[SPASM], medications=[opioid]))
    exempt = facts(problems=[SPASM, problem("hospice-palliative")], medications=[opioid])
    assert suggested(exempt) == []


def test_the_code_of_the_referral_is_the_one_that_is_sent():
    physio = content().alternatives[ALTERNATIVE]
    assert physio.params.codes == (physio.orders["default"].coding.code,)


def test_why_it_is_not_mentioned_and_that_nothing_is_added_when_all_was_looked_at():
    assert verdict(ALTERNATIVE, facts()).because == "nothing-to-treat"
    assert verdict(ALTERNATIVE, facts(problems=[problem("muscle-spasm")])).points == ()
