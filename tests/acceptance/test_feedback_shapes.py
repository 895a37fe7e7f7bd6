"""Feedback as real clients send it: the shape of CDS Hooks, Epic's older one, extensions, ids that are no UUIDs."""

import pytest

from cds_service.app import LEDGER

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
