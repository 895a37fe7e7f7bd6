"""Story × hook × FHIR version over HTTP: the same cards, and resources that are valid in the client's version."""

import json

import pytest
from fhir.resources import get_fhir_model_class as r5_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model

from cds_service.fhir.writing import dstu2
from fhir_fixtures.build import HOOKS, record, request, stories
from tests.acceptance.test_stories import fire, fire_with_server, readable, request_of

STORIES = stories()
ANSWERED = {}
MODELS = {"STU3": stu3_model, "R5": r5_model}
CASES = [
    (name, version)
    for name, story in STORIES.items()
    for version in ("DSTU2", "STU3", "R5")
    if version not in story.get("not_in", ())
]


def asked(story, version, hook="order-sign"):
    return request(story, STORIES[story], hook, record(STORIES[story], f"patient-{story}"), version)


def actions_of(answer):
    for card in answer["cards"]:
        for suggestion in card.get("suggestions", ()):
            yield from suggestion.get("actions", ())


def without_resources(answer):
    """The answer as text, without what is FHIR in it."""
    answer = json.loads(json.dumps(answer))
    for action in actions_of(answer):
        action.pop("resource", None)
        action.pop("resourceId", None)
    return readable(answer)


def expected(client, story, hook):
    """What an R4 client is answered; asked for once."""
    if (story, hook) not in ANSWERED:
        ANSWERED[story, hook] = without_resources(fire(client, hook, request_of(story, hook)).json)
    return ANSWERED[story, hook]


def is_valid(resource, version):
    if version == "DSTU2":
        dstu2.judge(json.dumps(resource).encode())
    else:
        MODELS[version](resource["resourceType"]).model_validate(resource)


@pytest.mark.requirement("CTX-13/14/15", "ACT-06", "ACT-07")
@pytest.mark.parametrize(("story", "version"), CASES)
def test_every_version_gets_the_same_cards(client, story, version):
    for hook in HOOKS:
        answer = fire(client, hook, asked(story, version, hook))
        assert answer.status_code == 200, answer.json
        assert without_resources(answer.json) == expected(client, story, hook)
        drafts = {f"{one['resourceType']}/{one['id']}" for one in drafts_of(asked(story, version, hook))}
        for action in actions_of(answer.json):
            if action["type"] == "delete":
                assert action["resourceId"] in drafts
            else:
                is_valid(action["resource"], version)
            if action["type"] == "update":
                assert f"{action['resource']['resourceType']}/{action['resource']['id']}" in drafts


def drafts_of(body):
    return [entry["resource"] for entry in body["context"][HOOKS[body["hook"]]]["entry"]]


@pytest.mark.parametrize(("story", "version"), CASES[::10])  # all of them without HTTP: tests/property/test_versions.py
def test_a_fhir_server_of_every_version_is_read(client, story, version):
    everything = asked(story, version)
    nothing = {name: value for name, value in everything.items() if name != "prefetch"}
    read, expected = (fire_with_server(client, story, one, version) for one in (nothing, everything))
    assert read.status_code == 200, read.json
    assert readable(read.json) == readable(expected.json)
