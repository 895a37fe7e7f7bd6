"""Part 3, the request; the data it needs (part 5)."""

import json

import pytest

from tests.contract.calls import ABSENT, HOOKS, changed, draft, fire, guided, refused, story, topics

NOT_TEXT = [None, 1, True, [], {}, ["x"]]
SURROGATE = "\ud800"
DRAFT_ID = "context.draftOrders.entry.0.resource.id"


@pytest.mark.requirement("REQ-01", "RESP-05")
@pytest.mark.parametrize("hook", HOOKS)
def test_a_complete_call_is_answered(client, hook):
    assert guided(fire(client, story(hook=hook)))


@pytest.mark.requirement("REQ-02")
@pytest.mark.parametrize("value", [ABSENT, "", "  ", *NOT_TEXT])
def test_hook(client, value):
    assert refused(fire(client, changed("hook", value), hook="order-sign"), 422)["expression"] == ["hook"]


@pytest.mark.requirement("REQ-13")
@pytest.mark.parametrize(
    "hook", ["order-select", "medication-prescribe", "patient-view", "order-dispatch", "ORDER-SIGN"]
)
def test_another_hook_than_the_service_s(client, hook):
    issue = refused(client.post("/cds-services/diazepam-order-sign", json=changed("hook", hook)), 422)
    assert issue["expression"] == ["hook"]
    assert "order-sign" in issue["details"]["text"]


@pytest.mark.requirement("REQ-03")
@pytest.mark.parametrize(
    "value",
    [ABSENT, "", " ", "1", "d1577c69-dfbe-44ad-ba6d-3e05e953b2e", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\n", *NOT_TEXT],
)
def test_hook_instance(client, value):
    assert refused(fire(client, changed("hookInstance", value)), 422)["expression"] == ["hookInstance"]


@pytest.mark.requirement("REQ-03")
@pytest.mark.parametrize(
    "value",
    [
        "D1577C69-DFBE-44AD-BA6D-3E05E953B2EA",
        "00000000-0000-0000-0000-000000000000",
        "018f2b6a-7c5e-7b1e-9b0a-2f1e4d5c6b7a",
    ],
)
def test_any_uuid_in_any_case(client, value):
    guided(fire(client, changed("hookInstance", value)))


@pytest.mark.requirement("REQ-04")
@pytest.mark.parametrize("value", [ABSENT, None, {}, [], "x", 1, [{}]])
def test_context(client, value):
    assert refused(fire(client, changed("context", value)), 422)["expression"][0].startswith("context")


@pytest.mark.requirement("REQ-05")
@pytest.mark.parametrize("value", [None, 1, [], {}])
def test_fhir_server(client, value):
    assert refused(fire(client, changed("fhirServer", value)), 422)["expression"] == ["fhirServer"]


@pytest.mark.requirement("REQ-05", "PRE-07")
def test_a_fhir_server_that_may_not_be_read_is_not_needed(client):
    assert guided(fire(client, changed("fhirServer", "http://169.254.169.254/latest")))


AUTHORIZATION = {
    "access_token": "secret-token",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.read",
    "subject": "diazepam-review",
}


def authorized(authorization, server="https://fhir.example.org/r4"):
    request = changed("fhirAuthorization", authorization)
    return request if server is ABSENT else {**request, "fhirServer": server}


@pytest.mark.requirement("REQ-06")
@pytest.mark.parametrize(
    "authorization",
    [None, [], "Bearer x", 1, {}, {"access_token": ""}, {"access_token": " "}, {"access_token": 1}],
)
def test_fhir_authorization(client, authorization):
    issue = refused(fire(client, authorized(authorization)), 422)
    assert issue["expression"][0].startswith("fhirAuthorization")


@pytest.mark.requirement("REQ-06")
@pytest.mark.parametrize("server", [ABSENT, "", " "])
def test_fhir_authorization_needs_its_server(client, server):
    assert refused(fire(client, authorized(AUTHORIZATION, server)), 422)["expression"] == ["fhirServer"]


@pytest.mark.requirement("REQ-06", "SEC-02")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expires_in", "300"),
        ("expires_in", -1),
        ("token_type", "mac"),
        ("scope", None),
        ("subject", ABSENT),
        ("patient", "somebody-else"),
    ],
)
def test_a_slip_in_it_is_tolerated_and_its_token_not_used(client, name, value):
    """Sockets are off but for loopback: a read that was tried would be a `server-error`, not `not-sent`."""
    slipped = {key: part for key, part in {**AUTHORIZATION, name: value}.items() if part is not ABSENT}
    request = authorized(slipped)
    request.pop("prefetch")
    assert refused(fire(client, request), 412)["expression"] == ["prefetch.patient"]


@pytest.mark.requirement("REQ-07")
@pytest.mark.parametrize("value", [[], "x", 1, True])
def test_prefetch_is_an_object(client, value):
    assert refused(fire(client, changed("prefetch", value)), 422)["expression"] == ["prefetch"]


@pytest.mark.requirement("REQ-07", "PRE-08", "PRE-13", "HTTP-01/02")
@pytest.mark.parametrize("value", [ABSENT, None, {}])
def test_no_prefetch_is_missing_data_and_no_fault(client, value):
    assert refused(fire(client, changed("prefetch", value)), 412)["expression"] == ["prefetch.patient"]


@pytest.mark.requirement("PRE-09")
@pytest.mark.parametrize("key", ["conditions", "medications", "statements", "labs", "services"])
def test_null_is_none_for_a_search(client, key):
    assert "Not checked" not in json.dumps(guided(fire(client, changed(f"prefetch.{key}", None))))


@pytest.mark.requirement("PRE-09")
def test_null_is_missing_for_the_patient(client):
    refused(fire(client, changed("prefetch.patient", None)), 412)


@pytest.mark.requirement("PRE-10")
@pytest.mark.parametrize(
    "empty", [{"resourceType": "Bundle", "type": "searchset", "total": 0}, {"resourceType": "Bundle"}]
)
def test_an_empty_bundle_is_none(client, empty):
    assert "Not checked" not in json.dumps(guided(fire(client, changed("prefetch.medications", empty))))


@pytest.mark.requirement("PRE-07", "PRE-08", "PRE-11", "PRE-12")
@pytest.mark.parametrize(
    "value",
    [
        ABSENT,
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]},
        {
            "resourceType": "Bundle",
            "link": [{"relation": "next", "url": "https://fhir.example.org/r4?page=2"}],
            "entry": [],
        },
    ],
)
def test_what_is_not_known_is_said(client, value):
    assert "Not checked" in json.dumps(guided(fire(client, changed("prefetch.medications", value))))


@pytest.mark.requirement("PRE-16")
def test_another_patient_in_prefetch(client):
    refused(fire(client, changed("prefetch.patient.id", "somebody-else")), 422)
    guided(fire(client, changed("prefetch.patient.id", ABSENT)))


@pytest.mark.requirement("REQ-09", "HTTP-06/07")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"[]",
        b"[{}]",
        b"1",
        b'"x"',
        b"null",
        b"{}{}",
        b"{} x",
        b'{"a":"\xff"}',
        b"\xfe\xff",
        b"a=b",
        b"\x00",
    ],
)
def test_a_body_that_is_not_one_object(client, body):
    refused(fire(client, body), 400)


@pytest.mark.requirement("REQ-09")
def test_an_object_that_is_no_hook_call(client):
    refused(fire(client, b"{}"), 422)


@pytest.mark.requirement("REQ-10", "HTTP-06/07")
@pytest.mark.parametrize(
    "media", ["application/xml", "application/x-www-form-urlencoded", "text/html", "text/plain", "x"]
)
def test_other_media(client, media):
    refused(fire(client, json.dumps(story()), content_type=media), 415)


@pytest.mark.requirement("REQ-10")
@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_an_encoded_body(client, encoding):
    refused(fire(client, story(), headers={"Content-Encoding": encoding}), 415)


@pytest.mark.requirement("REQ-10")
def test_no_encoding_by_name(client):
    guided(fire(client, story(), headers={"Content-Encoding": "Identity"}))


@pytest.mark.requirement("REQ-11", "HTTP-06/07")
def test_a_body_that_is_too_long(client):
    refused(fire(client, b" " * 16_000_000), 413)


@pytest.mark.requirement("REQ-11")
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"[" * 100_000])
def test_a_body_that_is_too_deep(client, body):
    refused(fire(client, body), 400)


@pytest.mark.requirement("REQ-11")
@pytest.mark.parametrize("at", ["context.extension", "prefetch.conditions"])
def test_valid_json_that_is_too_deep(client, at):
    body = json.dumps(changed(at, "HERE")).replace('"HERE"', '{"resourceType":' * 5_000 + "1" + "}" * 5_000)
    refused(fire(client, body))


@pytest.mark.requirement("REQ-11")
def test_four_hundred_drafts(client):
    request, other = story(), draft(story("amoxicillin-no-diazepam"))
    entries = request["context"]["draftOrders"]["entry"]
    entries += [{"resource": {**other, "id": f"more-{number}"}} for number in range(400)]
    guided(fire(client, request))


@pytest.mark.requirement("REQ-11")
def test_more_reviewed_orders_than_anybody_signs(client):
    """Each is held against all others: ten are reviewed, eleven refused."""
    request = story()
    entries = request["context"]["draftOrders"]["entry"]
    entries += [{"resource": {**draft(request), "id": f"more-{number}"}} for number in range(9)]
    assert guided(fire(client, request))
    entries.append({"resource": {**draft(request), "id": "one-too-many"}})
    refused(fire(client, request), 422)


@pytest.mark.requirement("REQ-12", "HTTP-08")
@pytest.mark.parametrize(
    "value",
    [
        "9" * 5_000,
        "1e999",
        "-1e999",
        f'"{SURROGATE}"'.encode("utf-8", "surrogatepass"),
        '"\\ud800"',
        '"\\u0000"',
        '"\N{PILL}"',
        '"<script>"',
    ],
)
@pytest.mark.parametrize("at", ["extension", "hookInstance", "context.patientId", "prefetch.patient", DRAFT_ID])
def test_odd_values(client, at, value):
    value = value if isinstance(value, bytes) else value.encode()
    response = fire(client, json.dumps(changed(at, "HERE")).encode().replace(b'"HERE"', value))
    assert response.status_code in (200, 400, 412, 422)
    json.loads(response.data.decode())


@pytest.mark.requirement("REQ-12", "CARD-11")
def test_odd_names_of_drugs(client):
    request = story()
    draft(request)["medicationCodeableConcept"]["text"] = "<img src=x onerror=alert(1)>" + "\N{PILL}" * 20_000
    assert "<img" not in "".join(card["summary"] + card["detail"] for card in guided(fire(client, request)))


@pytest.mark.requirement("REQ-14")
def test_a_retry_is_no_replay(client):
    assert topics(fire(client, story())) == topics(fire(client, story()))


@pytest.mark.requirement("REQ-15", "GEN-04")
@pytest.mark.parametrize(
    ("member", "twice"),
    [
        ('"hook"', '"hook": "order-sign", "hook"'),
        ('"hook"', '"h\\u006fok": "order-sign", "hook"'),
        ('"hookInstance"', '"prefetch": {}, "hookInstance"'),
        ('"patientId"', '"patientId": "x", "patientId"'),
        ('"intent"', '"intent": "plan", "intent"'),
        ('"conditions"', '"conditions": null, "conditions"'),
        ('"hook"', '"fhirServer": "x", "fhirAuthorization": {"access_token": "a", "access_token": "b"}, "hook"'),
    ],
)
def test_a_member_that_stands_twice(client, member, twice):
    refused(fire(client, json.dumps(story()).replace(member, twice, 1)))
