"""Every decision in every client family: a conformant answer that this family can use, valid in its FHIR version.

The stories in all four FHIR versions, and patients drawn at random; over HTTP: `tests/acceptance/test_dialects.py`.
"""

import json
from functools import cache

import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.R4B import get_fhir_model_class as r4_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cds_service.console.conformance import findings
from cds_service.console.exchange import Answer
from cds_service.dialects.fit import families, make_fit, read
from cds_service.fhir.writing import dstu2
from cds_service.web.invariants import hold
from cds_service.web.wire import answer_of
from fhir_fixtures.renaming import UntranslatableError
from fhir_fixtures.versions import bundled, translated
from tests.acceptance.test_dialects import keeps
from tests.property.calls import TOLD, VERSIONS, decision, story
from tests.property.charts import requests
from tests.property.patients import BOUNDED, release

DIALECTS = sorted(families())
MODELS = {"STU3": stu3_model, "R4": r4_model, "R5": r5_model}
FEWER = settings(max_examples=BOUNDED.max_examples // 4)  # each is answered once for every family


@cache
def fit_of(name):
    return make_fit(read(name), release().phrases)


def answered(body, name):
    """What a client of this family reads, once it is known to be conformant and as the family needs it."""
    decided = decision(body, fit=fit_of(name))
    assert hold(decided.cards) == decided.cards, "something had to be taken off"
    content = json.loads(answer_of(decided.cards))
    drafts = {reference(entry["resource"]): entry["resource"] for entry in body["context"]["draftOrders"]["entry"]}
    found = findings(Answer(status=200, content=content, milliseconds=1, media_type="application/json"), drafts)
    assert not found, found
    for card in content["cards"]:
        keeps(card, read(name), body)
    return content["cards"]


def reference(resource):
    return f"{resource['resourceType']}/{resource['id']}"


def actions_of(cards):
    return [action for card in cards for one in card.get("suggestions", ()) for action in one["actions"]]


def told(cards):
    """The answer as text without its FHIR."""
    bare = json.loads(json.dumps(cards))
    for action in actions_of(bare):
        action.pop("resource", None)
        action.pop("resourceId", None)
    return json.dumps(bare)


@cache
def is_valid(text, version):
    """Judged once for all families."""
    if version == "DSTU2":
        dstu2.judge(text.encode())
    else:
        MODELS[version](json.loads(text)["resourceType"]).model_validate_json(text)
    return True


def all_valid(cards, version):
    return all(
        is_valid(json.dumps(action["resource"]), version) for action in actions_of(cards) if "resource" in action
    )


@cache
def expected(name, dialect):
    return told(answered(json.loads(story(name, "R4")), dialect))


@pytest.mark.requirement("ACT-07", "CTX-13/14/15")
@pytest.mark.parametrize(("name", "version"), TOLD)
def test_every_story_in_every_version_and_family(name, version):
    body = json.loads(story(name, version))
    rules = None
    for dialect in DIALECTS:
        cards = answered(body, dialect)
        assert told(cards) == expected(name, dialect)
        assert all_valid(cards, version)
        spoken = [(card["source"]["topic"]["code"].replace("-", ""), card["indicator"]) for card in cards]
        assert rules in (None, spoken), "no family hears of other rules"
        rules = spoken


def in_version(body, version):
    """A drawn request, its orders and its record in another FHIR version; as it is where that has no place for it."""
    entries = body["context"]["draftOrders"]["entry"]
    try:
        orders = [{"resource": translated(one["resource"], version)} for one in entries]
        prefetch = {
            key: bundled(value, version) if value["resourceType"] == "Bundle" else translated(value, version)
            for key, value in body["prefetch"].items()
        }
    except UntranslatableError:
        return body, "R4"
    body["context"]["draftOrders"]["entry"] = orders
    return {**body, "prefetch": prefetch}, version


@pytest.mark.requirement("ACT-06", "ACT-07")
@FEWER
@given(requests(), st.sampled_from(VERSIONS))
def test_any_patient_in_every_family(body, version):
    body, version = in_version(body, version)
    event(version)
    counts = set()
    for dialect in DIALECTS:
        cards = answered(body, dialect)
        assert all_valid(cards, version)
        counts.add(tuple(card["summary"] for card in cards))
        event(f"{dialect}: {min(len(actions_of(cards)), 3)} actions or more")
    assert len(counts) == 1, "no card is lost to a family"
