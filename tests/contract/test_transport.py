"""Part 1, JSON and transport; part 12, extensions."""

import json

import pytest

from tests.contract.calls import changed, fire, guided, refused, story, walk

ALLOWED_EMPTY = {"cards", "services"}


@pytest.mark.requirement("GEN-01")
@pytest.mark.parametrize(
    "media", ["application/json", "Application/JSON; charset=utf-8", "application/fhir+json", None]
)
def test_json_is_sent_and_received(client, media):
    response = fire(client, json.dumps(story()), content_type=media)
    assert guided(response)
    assert response.headers["Content-Type"] == "application/json"
    json.loads(response.data.decode("utf-8"))


@pytest.mark.requirement("GEN-01")
@pytest.mark.parametrize("path", ["/cds-services", "/healthz", "/readyz", "/cds-services/nobody", "/nowhere"])
def test_every_answer_is_json(client, path):
    assert client.get(path).headers["Content-Type"] == "application/json"


@pytest.mark.requirement("GEN-02", "GEN-03")
def test_no_member_is_empty(client, answers):
    bodies = [answer for _, answer in answers.values()] + [client.get("/cds-services").json, fire(client, "{").json]
    for body in bodies:
        for path, value in walk(body):
            empty = value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())
            assert not empty or path in ALLOWED_EMPTY, path


@pytest.mark.requirement("GEN-04")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "0x10"])
def test_what_is_no_json_number_is_refused(client, number):
    refused(fire(client, json.dumps(changed("extension", "HERE")).replace('"HERE"', number)), 400)


@pytest.mark.requirement("GEN-04", "REQ-09")
@pytest.mark.parametrize("fault", ["// no\n", "/* no */", ","])
def test_comments_and_trailing_commas_are_refused(client, fault):
    refused(fire(client, json.dumps(story())[:-1] + fault + "}"), 400)


@pytest.mark.requirement("GEN-05")
def test_resources_stand_as_fhir_json(answers):
    cards = [card for _, answer in answers.values() for card in answer["cards"]]
    actions = [action for card in cards for one in card.get("suggestions", ()) for action in one["actions"]]
    assert all(isinstance(action["resource"]["resourceType"], str) for action in actions if "resource" in action)
    assert any("resource" in action for action in actions)


@pytest.mark.requirement("EXT-01", "EXT-03", "REQ-08")
@pytest.mark.parametrize("at", ["extension", "context.extension", "prefetch.extension", "unheardOf"])
def test_extensions_and_unknown_members_are_ignored(client, at):
    plain, extended = fire(client, story()), fire(client, changed(at, {"org.example.x": {"y": [1, None]}}))
    assert [card["summary"] for card in guided(extended)] == [card["summary"] for card in guided(plain)]


@pytest.mark.requirement("EXT-02")
def test_no_object_of_ours_is_extended(client, answers):
    for body in (client.get("/cds-services").json, *(answer for _, answer in answers.values())):
        extended = {path for path, _ in walk(body) if path.endswith("extension") and ".resource." not in path}
        assert extended == set()
