"""The same story means the same in every FHIR version, whatever the order and spelling of what is sent."""

import json

import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.R4B import get_fhir_model_class as r4_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.domain.errors import ServiceError
from cds_service.domain.facts import Known
from cds_service.domain.request import FhirAccess
from cds_service.fhir.writing import dstu2
from tests.property.calls import NAMES, SERVER, TOLD, decision, gathered, on_server, release, story
from tests.unit.fhir.test_hostile import ODD, changed, places

RENAMED = {"MedicationOrder/": "MedicationRequest/", "ProcedureRequest/": "ServiceRequest/"}
MODELS = {"STU3": stu3_model, "R4": r4_model, "R5": r5_model}


def body_of(name, version):
    return json.loads(story(name, version))


def told(value):
    """Facts (or cards) as text, in which resource types are called as in R4."""
    text = repr(value)
    for old, new in RENAMED.items():
        text = text.replace(old, new)
    return text


def in_any_order(facts):
    """The Facts as text, in which the order of the record's items does not matter."""
    sections = [(name, getattr(facts, name)) for name in facts.__dataclass_fields__]
    told_of = {
        name: sorted(map(told, one.items if isinstance(one, Known) else one))
        for name, one in sections
        if isinstance(one, Known | tuple)
    }
    return told_of | {name: told(one) for name, one in sections if name not in told_of}


# The same in every version --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "version"), [case for case in TOLD if case[1] != "R4"])
class TestTheSameStory:
    def test_gives_equal_facts(self, name, version):
        found, expected = gathered(body_of(name, version)), gathered(body_of(name, "R4"))
        assert told(found.facts) == told(expected.facts)
        assert found.incomplete == expected.incomplete
        assert found.fhir_version == (version if expected.fhir_version else "")

    def test_gives_equal_facts_from_the_fhir_server(self, name, version):
        fhir = FhirAccess(server=SERVER)
        bodies = {one: body_of(name, one) for one in (version, "R4")}
        for body in bodies.values():
            del body["prefetch"]
        found, expected = (gathered(bodies[one], on_server(name, one), fhir=fhir) for one in (version, "R4"))
        assert told(found.facts) == told(expected.facts)
        assert found.incomplete == expected.incomplete

    def test_gives_equal_facts_to_a_client_that_is_registered_with_its_version(self, name, version):
        expected = gathered(body_of(name, version))
        assert told(gathered(body_of(name, version), fhir_version=version).facts) == told(expected.facts)

    def test_gives_the_same_cards_with_valid_resources(self, name, version):
        found, expected = decision(body_of(name, version)), decision(body_of(name, "R4"))
        assert said(found) == said(expected)
        for resource in resources(found):
            is_valid(resource, version)
        for resource in resources(expected):
            is_valid(resource, "R4")


def said(decision):
    """What the cards say and offer, without the resources."""
    return [
        (card.summary, card.detail.replace("MedicationOrder", "MedicationRequest"), card.indicator, offered(card))
        for card in decision.cards
    ]


def offered(card):
    return [
        (one.label, [(action.type, action.proposal.description) for action in one.actions]) for one in card.suggestions
    ]


def resources(decision):
    return [
        action.resource
        for card in decision.cards
        for suggestion in card.suggestions
        for action in suggestion.actions
        if action.type != "delete"
    ]


def is_valid(raw, version):
    if version == "DSTU2":
        dstu2.judge(raw)
    else:
        MODELS[version](json.loads(raw)["resourceType"]).model_validate_json(raw)


def test_some_stories_offer_something_to_write():
    written = [
        json.loads(one)
        for name, version in TOLD
        if version == "DSTU2"
        for one in resources(decision(body_of(name, version)))
    ]
    assert {one["resourceType"] for one in written} == {"MedicationOrder", "ProcedureRequest"}


# Order and spelling ---------------------------------------------------------------------------------------------------

SENT = st.sampled_from(TOLD)


@settings(max_examples=80, deadline=None)
@given(SENT, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(sent, random):
    expected, body = gathered(body_of(*sent)), body_of(*sent)
    for value in body["prefetch"].values():
        random.shuffle(value.get("entry", []))
    body["prefetch"] = dict(random.sample(sorted(body["prefetch"].items()), len(body["prefetch"])))
    found = gathered(body)
    assert [in_any_order(one) for one in found.facts] == [in_any_order(one) for one in expected.facts]


ICD = ("http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10")


def codings(value):
    if isinstance(value, dict):
        if isinstance(value.get("system"), str) and isinstance(value.get("code"), str):
            yield value
        for part in value.values():
            yield from codings(part)
    elif isinstance(value, list):
        for part in value:
            yield from codings(part)


@settings(max_examples=80, deadline=None)
@given(SENT, st.data())
def test_case_and_dots_of_icd_codes_do_not_matter(sent, pick):
    expected, body = gathered(body_of(*sent)), body_of(*sent)
    for one in codings(body):
        if one["system"] in ICD:
            spelled = pick.draw(st.sampled_from([one["code"], one["code"].replace(".", "")]))
            one["code"] = pick.draw(st.sampled_from([spelled, spelled.lower(), f" {spelled} "]))
    assert told(gathered(body).facts) == told(expected.facts)


@settings(max_examples=80, deadline=None)
@given(SENT, st.data())
def test_an_alias_of_a_code_system_is_that_code_system(sent, pick):
    expected, body = gathered(body_of(*sent)), body_of(*sent)
    aliases = {}
    for alias, system in release().terminology.systems.items():
        aliases.setdefault(system, []).append(alias)
    for one in codings(body):
        if one["system"] in aliases and one["system"] not in UNITS:
            one["system"] = pick.draw(st.sampled_from([one["system"], *aliases[one["system"]]]))
    assert told(gathered(body).facts) == told(expected.facts)


UNITS = {"http://unitsofmeasure.org"}


@settings(max_examples=200, deadline=None)
@given(SENT, st.data())
def test_odd_values_in_any_version_never_fail_a_call_or_leave_it_with_an_invalid_resource(sent, pick):
    body = body_of(*sent)
    part = pick.draw(st.sampled_from(["context", "context", "prefetch"]))  # drafts twice as often as the record
    inside = body["context"]["draftOrders"] if part == "context" else body["prefetch"]
    made = changed(inside, pick.draw(st.sampled_from(list(places(inside)))), pick.draw(ODD))
    if part == "context":
        body["context"]["draftOrders"] = made
    else:
        body["prefetch"] = made
    try:
        answer = decision(body)
    except ServiceError:
        return
    for resource in resources(answer):
        is_valid(resource, answer.fhir_version)


def test_the_release_knows_aliases_and_the_stories_icd_codes():
    assert len(release().terminology.systems) > 3
    bodies = [body_of(name, "R4") for name in NAMES]
    assert any(one["system"] in ICD and "." in one["code"] for body in bodies for one in codings(body))
