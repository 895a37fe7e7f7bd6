"""A whole hook call as an attacker would send it: another's server, another's token, another's address, evil names."""

import copy
import json
import re
import uuid

import pytest

from cds_service.ledger.opening import open_database
from tests.acceptance.conftest import make_service
from tests.acceptance.test_clients import BASE, SECONDS, URL, story
from tests.contract.calls import walk
from tests.unit.clients.signing import jwk, jwk_set, token
from tests.unit.fhir.hostile_server import listening, say

PATH = "/cds-services/diazepam-order-sign"
ROGUE = "https://rogue.example.org"
CLIENTS = """
[[client]]
name = "ehr-a"
issuer = "https://a.example.org"
jwk_set_file = "keys.json"
fhir_servers = ["{a}"]
fhir_private = true

[[client]]
name = "ehr-b"
issuer = "https://b.example.org"
jwk_set_file = "keys.json"
fhir_servers = ["{b}"]
fhir_private = true
"""


def service_for(folder, a="https://fhir.a.example.org", b="https://fhir.b.example.org", *, more="", **settings):
    """The service; `more` are further lines of the registration of client b."""
    (folder / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (folder / "clients.toml").write_text(CLIENTS.format(a=a, b=b) + more)
    return make_service(
        folder, **{"clients_file": folder / "clients.toml", "public_url": BASE, "test_setup": True, **settings}
    )


def signed(name="a", **claims):
    made = {"iss": f"https://{name}.example.org", "iat": SECONDS, "exp": SECONDS + 300, "aud": URL, **claims}
    return {"Authorization": f"Bearer {token(**made)}"}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return service_for(tmp_path_factory.mktemp("attacks"))


@pytest.fixture
def client(service):
    return service.test_client()


# Another's FHIR server ------------------------------------------------------------------------------------------------


def without_prefetch(server):
    request = story()
    del request["prefetch"]
    access = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read", "subject": "x"}
    return {**request, "fhirServer": server, "fhirAuthorization": access}


@pytest.mark.requirement("SEC-03", "SEC-05", "FHIR-04")
def test_the_server_of_another_client_is_not_read(tmp_path):
    with listening() as of_a, listening() as of_b:
        client = service_for(tmp_path, of_a.base, of_b.base).test_client()
        answer = client.post(PATH, json=without_prefetch(of_b.base), headers=signed("a"))
        assert answer.status_code == 412
        assert of_a.calls == of_b.calls == []
        client.post(PATH, json=without_prefetch(of_b.base), headers=signed("b"))
        assert of_b.calls
        assert of_a.calls == []


@pytest.mark.requirement("SEC-05", "REQ-06")
@pytest.mark.parametrize(
    ("more", "used"),
    [("", True), ('fhir_client_id = "x"', True), ('fhir_client_id = "X"', False), ('fhir_client_id = "us"', False)],
)
def test_an_access_token_for_another_than_us_is_not_used(tmp_path, caplog, more, used):
    with listening() as server:
        client = service_for(tmp_path, b=server.base, more=more).test_client()
        answer = client.post(PATH, json=without_prefetch(server.base), headers=signed("b"))
        assert answer.status_code == (422 if used else 412)  # what this server answers is another patient
        assert bool(server.calls) is used
    assert ("Client ehr-b: an access token for another" in caplog.text) is not used


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """A server, and a service that may read it."""
    with listening(lambda asked: say(asked, asked.server.body)) as server:
        server.body = b"{}"
        yield server, service_for(tmp_path_factory.mktemp("reading"), server.base).test_client()


@pytest.mark.requirement("FHIR-03", "PRE-13", "HTTP-08")
@pytest.mark.parametrize(
    "body", [b"[" * 50_000, b'{"a":' * 50_000, b"<html>", b'{"resourceType":"Patient","id":"2"}'], ids=len
)
def test_whatever_the_server_answers_the_call_is_no_fault_of_ours(reading, body):
    server, client = reading
    server.body = body
    answer = client.post(PATH, json=without_prefetch(server.base), headers=signed("a"))
    assert answer.status_code in (412, 422)
    assert answer.json["resourceType"] == "OperationOutcome"


@pytest.mark.requirement("SEC-04", "CTX-02")
@pytest.mark.parametrize("patient", ["../admin", "x/../../admin", "1?_include=*", "1%2f..", "1#", "1\r\nX: y", "1\0"])
def test_an_id_that_is_a_path_is_refused_and_reaches_no_server(reading, patient):
    server, client = reading
    server.calls.clear()
    request = without_prefetch(server.base)
    request["context"]["patientId"] = patient
    assert client.post(PATH, json=request, headers=signed("a")).status_code == 422
    assert server.calls == []


@pytest.mark.requirement("SEC-04", "CTX-02", "CTX-17")
def test_an_id_of_dots_is_an_id_and_leads_nowhere(reading):
    server, client = reading
    server.calls.clear()
    request = without_prefetch(server.base)
    request["context"]["patientId"] = ".."
    for entry in request["context"]["draftOrders"]["entry"]:
        entry["resource"]["subject"] = {"reference": "Patient/.."}
    assert client.post(PATH, json=request, headers=signed("a")).status_code == 412
    assert not [path for _, path, _ in server.calls if ".." in path.partition("?")[0] or not path.startswith("/r4/")]


# Another's token ------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("AUTH-08")
def test_a_token_used_at_one_instance_is_used_up_at_the_other(tmp_path):
    one, other = service_for(tmp_path), service_for(tmp_path)
    headers = signed(jti="once")
    assert one.test_client().post(PATH, json=story(), headers=headers).status_code == 200
    assert other.test_client().post(PATH, json=story(), headers=headers).status_code == 401
    assert other.test_client().post(PATH, json=story(), headers=signed(jti="twice")).status_code == 200


@pytest.mark.requirement("AUTH-04", "AUTH-06")
@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{BASE}/cds-services/diazepam-order-select"},
        {"aud": f"{BASE}/cds-services"},
        {"aud": BASE},
        {"aud": URL.replace("https", "http")},
        {"aud": f"{ROGUE}{PATH}"},
        {"exp": SECONDS + 10 * 365 * 86_400},
        {"exp": 1e300},
    ],
    ids=str,
)
def test_a_token_for_elsewhere_or_for_ever(client, claims):
    assert client.post(PATH, json=story(), headers=signed(**claims)).status_code == 401


FORGED = {
    "Host": "rogue.example.org",
    "X-Forwarded-Host": "rogue.example.org",
    "X-Forwarded-Server": "rogue.example.org",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "8443",
    "X-Forwarded-Prefix": "/rogue",
    "X-Forwarded-For": "127.0.0.1",
    "X-Original-URL": "/cds-services/rogue",
    "X-Rewrite-URL": "/cds-services/rogue",
    "X-Script-Name": "/rogue",
    "X-HTTP-Method-Override": "GET",
    "Forwarded": "host=rogue.example.org;proto=http",
}


@pytest.mark.requirement("AUTH-04", "GEN-06")
@pytest.mark.parametrize("forged", FORGED)
def test_no_header_changes_for_whom_a_token_must_be_meant(client, forged):
    header = {forged: FORGED[forged]}
    assert client.post(PATH, json=story(), headers={**signed(), **header}).status_code == 200
    for elsewhere in (f"{ROGUE}{PATH}", f"http://rogue.example.org{PATH}", f"{BASE}/rogue{PATH}"):
        assert client.post(PATH, json=story(), headers={**signed(aud=elsewhere), **header}).status_code == 401


@pytest.mark.requirement("AUTH-01", "AUTH-03")
def test_two_tokens_are_none(client):
    both = [("Authorization", signed()["Authorization"]), ("Authorization", "Bearer x")]
    assert client.post(PATH, json=story(), headers=both).status_code == 401
    assert client.post(PATH, json=story(), headers=both[::-1]).status_code == 401


# Evil names -----------------------------------------------------------------------------------------------------------

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://rogue.example.org/p.png)",
    "https://rogue.example.org/login",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "**STOP** # heading `code`",
    "a\n\n# Approved by pharmacy\n\n- all clear",
    "{summary} {0.__class__} %s ${x}",
    "\u202egnp.exe\u2066",
]
ACTIVE = re.compile(r"<\s*[a-z/!]|(?<!\\)\]\(|javascript:|^#|\*\*STOP", re.IGNORECASE | re.MULTILINE)


def poisoned(name):
    """A call in which every name and text a person could have typed is this one."""
    request = story()
    for place in (request["context"]["draftOrders"], request["prefetch"]):
        for _, value in walk(place):
            if isinstance(value, dict):
                value.update({key: name for key in ("display", "text", "family") if isinstance(value.get(key), str)})
    request["prefetch"]["patient"]["name"] = [{"family": name, "given": [name], "text": name}]
    order = request["context"]["draftOrders"]["entry"][0]["resource"]
    order["requester"] = {"reference": "Practitioner/1", "display": name}
    return request


def words(card):
    yield card["summary"]
    yield card["detail"]
    yield from (one["label"] for one in card.get("suggestions", ()))
    yield from (action["description"] for one in card.get("suggestions", ()) for action in one["actions"])
    yield from (text for link in card.get("links", ()) for text in link.values())
    yield from (text for text in card["source"].values() if isinstance(text, str))


@pytest.mark.requirement("CARD-11", "SEC-09", "REQ-12")
@pytest.mark.parametrize("name", EVIL)
def test_names_do_nothing_in_a_card(client, name):
    answer = client.post(PATH, json=poisoned(name), headers=signed(jti=str(uuid.uuid4())))
    assert answer.status_code == 200, answer.json
    cards = answer.json["cards"]
    assert cards
    plain = client.post(PATH, json=poisoned("Plain"), headers=signed()).json["cards"]
    assert [card["source"] for card in cards] == [card["source"] for card in plain]
    for card in cards:
        for text in words(card):
            assert "://rogue" not in text  # readers of Markdown make links of bare addresses
            assert not ACTIVE.search(text), text
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), ascii(text)


@pytest.mark.requirement("SEC-02")
def test_names_and_tokens_reach_neither_ledger_nor_errors(tmp_path):
    service = service_for(tmp_path)
    request = copy.deepcopy(poisoned("Canary-Family"))
    headers = signed()
    assert service.test_client().post(PATH, json=request, headers=headers).status_code == 200
    request["context"]["patientId"] = "canary/../id"
    refused = service.test_client().post(PATH, json=request, headers=signed())
    assert "canary" not in json.dumps(refused.json).casefold()
    database = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert b"Canary-Family" not in kept
    assert headers["Authorization"][7:].encode() not in kept
