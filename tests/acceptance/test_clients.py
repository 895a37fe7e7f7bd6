"""Registered clients over HTTP: who is let in, and what each gets of what was agreed with it."""

import json
from pathlib import Path

import pytest

from cds_service.domain.errors import SettingsBroken
from tests.acceptance.conftest import NOW, make_service
from tests.unit.clients.signing import jwk, jwk_set, token

BASE = "https://cds.example.org"
URL = f"{BASE}/cds-services/diazepam-order-sign"
STORY = Path(__file__).parents[2] / "fhir_fixtures" / "r4" / "older-adult-spasm-30-days" / "order-sign.json"
SECONDS = int(NOW.timestamp())
CLIENTS = """
[[client]]
name = "ehr-a"
issuer = "https://a.example.org"
jwk_set_file = "keys.json"
never_sends = ["conditions"]
thresholds = { prolonged-duration = { warning_from = 31 } }

[[client]]
name = "ehr-b"
issuer = "https://b.example.org"
jwk_set_file = "keys.json"
gaps = "card"
shadow = ["older-adult"]

[[client]]
name = "ehr-c"
issuer = "https://c.example.org"
jwk_set_file = "keys.json"
gaps = "empty"
shadow = ["*"]
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    (folder / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (folder / "clients.toml").write_text(CLIENTS)
    return make_service(folder, clients_file=folder / "clients.toml", public_url=BASE)


@pytest.fixture
def client(service):
    return service.test_client()


def story(*, without=()):
    request = json.loads(STORY.read_text(encoding="utf-8"))
    for key in without:
        del request["prefetch"][key]
    return request


def fire(client, name, request=None, path="", body=None, **claims):
    made = {"iss": f"https://{name}.example.org", "iat": SECONDS, "exp": SECONDS + 300, "aud": URL + path, **claims}
    headers = {"Authorization": f"Bearer {token(**made)}"}
    return client.post(f"/cds-services/diazepam-order-sign{path}", json=request or body or story(), headers=headers)


def topics(answer):
    assert answer.status_code == 200, answer.json
    return {card["source"]["topic"]["code"]: card["indicator"] for card in answer.json["cards"]}


@pytest.mark.requirement("AUTH-01", "HTTP-11")
def test_without_a_token_nothing_is_even_read(client):
    answer = client.post("/cds-services/diazepam-order-sign", data=b"nonsense")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["issue"][0]["code"] == "login"


@pytest.mark.requirement("AUTH-01")
def test_discovery_is_open(client):
    assert client.get("/cds-services").status_code == 200


@pytest.mark.requirement("AUTH-04")
def test_a_sibling_service_needs_a_token_of_its_own(client):
    assert fire(client, "a", aud=URL.replace("sign", "select")).status_code == 401


def test_a_registered_client_is_answered(client):
    assert topics(fire(client, "b", story()))["prolonged-duration"] == "warning"


def test_thresholds_of_one_client(client):
    assert topics(fire(client, "a"))["prolonged-duration"] == "info"


def test_a_rule_in_shadow_is_not_shown(client):
    assert "older-adult" in topics(fire(client, "a"))
    assert "older-adult" not in topics(fire(client, "b"))


def test_a_client_in_shadow_is_shown_nothing(client):
    assert topics(fire(client, "c")) == {}


def test_what_a_client_never_sends_is_no_news(client):
    without = story(without=["conditions"])
    assert "data-quality" not in topics(fire(client, "a", without))
    assert "data-quality" in topics(fire(client, "b", without))


@pytest.mark.parametrize(("name", "status", "cards"), [("a", 412, None), ("b", 200, 1), ("c", 200, 0)])
def test_without_the_patient_each_gets_what_it_asked_for(client, name, status, cards):
    answer = fire(client, name, story(without=["patient"]))
    assert answer.status_code == status
    if cards is not None:
        assert len(answer.json["cards"]) == cards
    if cards:
        assert "not checked" in answer.json["cards"][0]["summary"]


@pytest.mark.requirement("AUTH-11")
def test_feedback_needs_a_token_as_well(client):
    card = fire(client, "b").json["cards"][0]["uuid"]
    said = {"feedback": [{"card": card, "outcome": "overridden", "outcomeTimestamp": "2026-06-15T21:31:00Z"}]}
    assert client.post("/cds-services/diazepam-order-sign/feedback", json=said).status_code == 401
    assert fire(client, "b", path="/feedback", body=said).status_code == 200


@pytest.mark.requirement("AUTH-08", "HTTP-11")
def test_a_token_is_good_for_one_call_only(client):
    claims = {"iss": "https://b.example.org", "iat": SECONDS, "exp": SECONDS + 300, "aud": URL, "jti": "once"}
    headers = {"Authorization": f"Bearer {token(**claims)}"}
    assert client.post("/cds-services/diazepam-order-sign", json=story(), headers=headers).status_code == 200
    replayed = client.post("/cds-services/diazepam-order-sign", json=story(), headers=headers)
    assert replayed.status_code == 401
    assert replayed.headers["WWW-Authenticate"] == "Bearer"
    assert "cards" not in replayed.json


def test_without_a_public_url_no_audience_could_be_held_to(tmp_path):
    (tmp_path / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (tmp_path / "clients.toml").write_text(CLIENTS)
    with pytest.raises(SettingsBroken, match="CDS_PUBLIC_URL"):
        make_service(tmp_path, clients_file=tmp_path / "clients.toml")
