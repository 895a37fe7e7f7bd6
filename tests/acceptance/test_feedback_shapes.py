"""Feedback as real clients send it: the shape of CDS Hooks, Epic's older one, extensions, ids that are no UUIDs."""

import json
import uuid

import pytest

from cds_service.app import LEDGER
from cds_service.domain.errors import ContentBroken
from tests.acceptance.conftest import make_service
from tests.acceptance.test_clients import BASE, SECONDS
from tests.unit.clients.signing import jwk, jwk_set, token

ENTRY = {
    "card": "4e0a3a1e-8378-4162-8e5a-5a1b1a1f0001",
    "outcome": "overridden",
    "outcomeTimestamp": "2026-06-15T21:31:00Z",
}
SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
REASON = {"code": "risk-benefit-ratio", "system": SYSTEM}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"overrideReason": {"reason": REASON}}, "risk-benefit-ratio"),
        ({"overrideReason": {"reason": {"code": "risk-benefit-ratio"}}}, "risk-benefit-ratio"),
        ({"overrideReason": {}}, ""),
        ({}, ""),
        ({"overrideReasons": {"reason": REASON}}, "risk-benefit-ratio"),
        ({"overrideReasons": REASON}, "risk-benefit-ratio"),
        ({"overrideReasons": [REASON, {"code": "x", "system": SYSTEM}]}, "risk-benefit-ratio"),
        ({"overrideReasons": []}, ""),
        ({"overrideReasons": "unreadable"}, ""),
        ({"overrideReasons": {"extension": {"com.example.reason": 7}}}, ""),
        ({"extension": {"com.example.reason": {"id": "7"}}}, ""),
    ],
    ids=str,
)
def test_the_reason_is_read(client, service, more, code):
    card = f"epic-card-{abs(hash(str(more)))}"  # a card id that is no UUID
    answer = client.post(
        "/cds-services/diazepam-order-sign/feedback", json={"feedback": [{**ENTRY, "card": card, **more}]}
    )
    assert answer.status_code == 200, answer.json
    (kept,) = service.extensions[LEDGER].feedback_of(card)
    assert kept.feedback.reason_code == code


# The reasons of an EHR's own ------------------------------------------------------------------------------------------

CLIENTS = """
[[client]]
name = "hospital"
issuer = "https://a.example.org"
jwk_set_file = "keys.json"
dialect = "epic"
override_reasons = {{ "urn:example:reason|7" = "{meaning}", "com.example.reason|7" = "patient-refuses" }}
override_extensions = ["com.example.reason"]
"""
OWN = "urn:example:reason"
FEEDBACK = "/cds-services/diazepam-order-sign/feedback"


def hospital(folder, meaning="risk-benefit-ratio"):
    (folder / "keys.json").write_bytes(jwk_set(jwk("k1")))
    (folder / "clients.toml").write_text(CLIENTS.format(meaning=meaning))
    return make_service(folder, clients_file=folder / "clients.toml", public_url=BASE)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    return hospital(tmp_path_factory.mktemp("hospital"))


def sent(service, more, body=None):
    """What is kept of one entry that the hospital sends."""
    card = str(uuid.uuid4())
    bearer = token(iss="https://a.example.org", aud=BASE + FEEDBACK, iat=SECONDS, exp=SECONDS + 300)
    body = body or json.dumps({"feedback": [{**ENTRY, "card": card, **more}]})
    answer = service.test_client().post(
        FEEDBACK,
        data=body.replace("CARD", card),
        content_type="application/json",
        headers={"Authorization": f"Bearer {bearer}"},
    )
    assert answer.status_code == 200, answer.json
    (kept,) = service.extensions[LEDGER].feedback_of(card)
    return kept.feedback.reason_system, kept.feedback.reason_code, kept.feedback.reason_mapped


@pytest.mark.requirement("FB-06", "FB-08")
@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"overrideReason": {"reason": REASON}}, (SYSTEM, "risk-benefit-ratio", "risk-benefit-ratio")),
        ({"overrideReasons": {"reason": {"code": "need-more-info"}}}, ("", "need-more-info", "need-more-info")),
        ({"overrideReasons": {"code": "7", "system": OWN}}, (OWN, "7", "risk-benefit-ratio")),
        ({"overrideReason": {"reason": {"code": "8", "system": OWN}}}, (OWN, "8", "")),
        ({"overrideReason": {"reason": {"code": "7"}}}, ("", "7", "")),
        ({"extension": {"com.example.reason": "7"}}, ("com.example.reason", "7", "patient-refuses")),
        ({"extension": {"com.example.reason": 7}}, ("com.example.reason", "7", "patient-refuses")),
        (
            {"overrideReasons": {"extension": {"com.example.reason": {"code": "7", "system": OWN}}}},
            (OWN, "7", "risk-benefit-ratio"),
        ),
        ({"overrideReason": {"extension": {"com.example.reason": "8"}}}, ("com.example.reason", "8", "")),
        (
            {"overrideReason": {"reason": REASON}, "extension": {"com.example.reason": "7"}},
            (SYSTEM, "risk-benefit-ratio", "risk-benefit-ratio"),
        ),
        ({"extension": {"com.example.other": "7"}}, ("", "", "")),
        ({"extension": {"com.example.reason": ["7"]}}, ("", "", "")),
        ({"extension": {"com.example.reason": "x" * 257}}, ("", "", "")),
        ({"extension": {"com.example.reason": 10**30}}, ("", "", "")),
        ({"extension": {"com.example.reason": -1}}, ("", "", "")),
        ({"extension": {"com.example.reason": {"code": {}}}}, ("", "", "")),
        ({"extension": ["com.example.reason"]}, ("", "", "")),
        ({"extension": None}, ("", "", "")),
    ],
    ids=str,
)
def test_an_ehrs_own_reasons_are_kept_as_sent_and_mapped_where_it_registered_how(own, more, kept):
    assert sent(own, more) == kept


def test_a_reason_of_5000_digits_is_no_reason(own):
    entry = json.dumps({**ENTRY, "card": "CARD"})[:-1]
    body = f'{{"feedback": [{entry}, "extension": {{"com.example.reason": {"9" * 5_000}}}}}]}}'
    assert sent(own, {}, body) == ("", "", "")


def test_a_meaning_that_hl7_has_not_stops_the_start(tmp_path):
    with pytest.raises(ContentBroken, match="client hospital: the override reason 7 cannot mean because"):
        hospital(tmp_path, "because")
