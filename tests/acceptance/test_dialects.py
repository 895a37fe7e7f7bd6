"""Every story in every dialect: the answer keeps the invariants of CDS Hooks, and the dialect's own rules."""

import json

import pytest

from cds_service.dialects.fit import families, read
from fhir_fixtures.versions import FOLDERS
from tests.acceptance.conftest import NOW, make_service
from tests.acceptance.test_stories import FIXTURES, NAMES, request_of
from tests.unit.clients.signing import jwk, jwk_set, token

BASE = "https://cds.example.org"
SECONDS = int(NOW.timestamp())


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dialects")
    (folder / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (folder / "clients.toml").write_text(
        "".join(
            f'[[client]]\nname = "{name}"\nissuer = "https://{name}.example.org"\njwk_set_file = "keys.json"\n'
            f'dialect = "{name}"\n'
            for name in sorted(families())
        )
    )
    return make_service(folder, clients_file=folder / "clients.toml", public_url=BASE).test_client()


def cards(client, name, story, hook, request=None):
    path = f"/cds-services/diazepam-{hook}"
    bearer = token(iss=f"https://{name}.example.org", aud=BASE + path, iat=SECONDS, exp=SECONDS + 300)
    sent = request_of(story, hook) if request is None else request
    answer = client.post(path, json=sent, headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 200, answer.json
    return answer.json["cards"]


@pytest.mark.parametrize("name", sorted(families()))
def test_every_story(client, name):
    dialect = read(name)
    for story in NAMES:
        shown = cards(client, name, story, "order-sign")
        assert len(shown) == len(cards(client, "generic", story, "order-sign")), "no card is lost to a dialect"
        for card in shown:
            keeps(card, dialect, request_of(story, "order-sign"))


@pytest.mark.parametrize(
    "version", ["DSTU2", "STU3", "R5"]
)  # all stories without HTTP: tests/property/test_dialects.py
@pytest.mark.parametrize("name", sorted(families()))
def test_every_version(client, name, version):
    story = "multiple-sclerosis-60-days"
    request = json.loads((FIXTURES / FOLDERS[version] / story / "order-sign.json").read_text(encoding="utf-8"))
    shown = cards(client, name, story, "order-sign", request)
    assert [card["summary"] for card in shown] == [card["summary"] for card in cards(client, name, story, "order-sign")]
    for card in shown:
        keeps(card, read(name), request)


def keeps(card, dialect, request):
    assert 0 < len(card["summary"]) < 140
    suggestions = card.get("suggestions", [])
    assert bool(suggestions) == ("selectionBehavior" in card)
    assert card.get("selectionBehavior", dialect.selection_behaviors[0]) in dialect.selection_behaviors
    if dialect.topic == "alphanumeric":
        assert card["source"]["topic"]["code"].isalnum()
    drafts = {
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        for entry in request["context"]["draftOrders"]["entry"]
        if "id" in entry["resource"]
    }
    for suggestion in suggestions:
        assert 1 <= len(suggestion["actions"]) <= dialect.actions_per_suggestion
        for action in suggestion["actions"]:
            assert action["type"] in dialect.actions
            aims_at_what_was_shown(action, drafts)
        if dialect.shows == "description":
            assert suggestion["actions"][0]["description"] == suggestion["label"]


def aims_at_what_was_shown(action, drafts):
    resource = action.get("resource", {})
    match action["type"]:
        case "delete":
            assert action["resourceId"] in drafts
            assert "resource" not in action
        case "update":
            assert f"{resource['resourceType']}/{resource['id']}" in drafts
        case "create":
            assert "id" not in resource
            assert json.dumps(resource)


def test_the_sandbox_replaces_under_the_same_id(client):
    shown = cards(client, "sandbox", "multiple-sclerosis-60-days", "order-sign")
    updates = [
        action["resource"]
        for card in shown
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "update"
    ]
    drugs = {resource["medicationCodeableConcept"]["text"] for resource in updates}
    assert "baclofen 5 mg oral tablet" in drugs
    assert len({resource["id"] for resource in updates}) == 1
