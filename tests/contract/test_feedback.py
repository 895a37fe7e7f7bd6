"""Part 9, feedback."""

import functools
import json
import uuid
from datetime import UTC, datetime

import pytest

from cds_service.app import LEDGER
from tests.contract.calls import ABSENT, fire, guided, refused, story

AT = "2026-06-15T09:30:00Z"
NOT_TEXT = [None, 1, True, [], {}]


def entry(**changes):
    made = {"card": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "outcome": "overridden", "outcomeTimestamp": AT} | changes
    return {name: value for name, value in made.items() if value is not ABSENT}


def send(client, *entries, **more):
    return client.post("/cds-services/diazepam-order-sign/feedback", json={"feedback": list(entries), **more})


def taken(response):
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.json == {}


def kept(service, card):
    return service.extensions[LEDGER].feedback_of(card)


@pytest.mark.requirement("FB-01", "FB-03", "FB-06")
def test_feedback_is_recorded(service, client):
    card = guided(fire(client, story()))[0]
    reason = card["overrideReasons"][0]
    taken(send(client, entry(card=card["uuid"], overrideReason={"reason": reason, "userComment": "words"})))
    (record,) = kept(service, card["uuid"])
    feedback = record.feedback
    assert (feedback.outcome, feedback.outcome_at) == ("overridden", datetime(2026, 6, 15, 9, 30, tzinfo=UTC))
    assert (feedback.reason_code, feedback.reason_system, feedback.has_comment) == (
        reason["code"],
        reason["system"],
        True,
    )


@pytest.mark.requirement("FB-02")
@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "x",
        1,
        None,
        {"feedback": None},
        {"feedback": {}},
        {"feedback": "x"},
        {"feedback": [1]},
        {"feedback": [None]},
        {"feedback": [[]]},
    ],
)
def test_other_bodies(client, body):
    refused(client.post("/cds-services/diazepam-order-sign/feedback", json=body))


@pytest.mark.requirement("FB-02")
def test_an_empty_list_is_tolerated(client):
    taken(send(client))


@pytest.mark.requirement("FB-03")
@pytest.mark.parametrize("member", ["card", "outcome", "outcomeTimestamp"])
@pytest.mark.parametrize("value", [ABSENT, "", " ", *NOT_TEXT])
def test_required_members(client, member, value):
    assert refused(send(client, entry(**{member: value})), 422)["expression"] == [f"feedback[0].{member}"]


@pytest.mark.requirement("FB-04")
@pytest.mark.parametrize("outcome", ["ignored", "Accepted", "rejected"])
def test_other_outcomes(client, outcome):
    refused(send(client, entry(outcome=outcome)), 422)


@pytest.mark.requirement("FB-04")
@pytest.mark.parametrize("accepted", [ABSENT, [], None, {}, "x", [None], ["x"], [{}], [{"id": ""}], [{"id": 1}]])
def test_accepted_needs_its_suggestions(client, accepted):
    issue = refused(send(client, entry(outcome="accepted", acceptedSuggestions=accepted)), 422)
    assert issue["expression"][0].startswith("feedback[0].acceptedSuggestions")


@pytest.mark.requirement("FB-04")
def test_accepted_suggestions(service, client):
    card = next(card for card in guided(fire(client, story())) if "suggestions" in card)
    chosen = card["suggestions"][0]["uuid"]
    taken(send(client, entry(card=card["uuid"], outcome="accepted", acceptedSuggestions=[{"id": chosen}])))
    assert kept(service, card["uuid"])[0].feedback.accepted == (chosen,)


@pytest.mark.requirement("FB-05")
@pytest.mark.parametrize(
    "at",
    [
        AT,
        "2026-06-15T09:30:00.123456789Z",
        "2026-06-15T09:30:00+00:00",
        "2026-06-15t09:30:00z",
        "2026-06-15T11:30:00+02:00",
    ],
)
def test_timestamps(client, at):
    taken(send(client, entry(outcomeTimestamp=at)))


@pytest.mark.requirement("FB-05")
@pytest.mark.parametrize(
    "at",
    [
        "2026-06-15",
        "2026-06-15T09:30:00",
        "2026-06-15 09:30:00Z",
        "today",
        "2026-02-30T09:30:00Z",
        "0001-01-01T00:00:00+12:00",
        f"{AT}\n",
        "2026-06-15T24:00:00Z",
    ],
)
def test_what_is_no_timestamp(client, at):
    assert refused(send(client, entry(outcomeTimestamp=at)), 422)["expression"] == ["feedback[0].outcomeTimestamp"]


@pytest.mark.requirement("FB-06")
@pytest.mark.parametrize(
    "reason",
    [
        {},
        {"reason": {"code": "x"}},
        {"userComment": "only words"},
        {"reason": {"code": "of-the-client", "system": "urn:x", "display": "d"}},
    ],
)
def test_override_reasons(client, reason):
    taken(send(client, entry(overrideReason=reason)))


@pytest.mark.requirement("FB-06")
@pytest.mark.parametrize("reason", [None, [], "x", {"reason": "x"}, {"reason": {"code": 1}}, {"userComment": 1}])
def test_what_is_no_override_reason(client, reason):
    refused(send(client, entry(overrideReason=reason)), 422)


@pytest.mark.requirement("FB-07")
def test_several_at_once_and_the_same_again(service, client):
    first, second = (guided(fire(client, story()))[0]["uuid"] for _ in range(2))
    taken(send(client, entry(card=first), entry(card=second), entry(card=first)))
    taken(send(client, entry(card=first, outcome="accepted", acceptedSuggestions=[{"id": "s"}])))
    assert [one.feedback.outcome for one in kept(service, first)] == ["overridden", "overridden", "accepted"]


@pytest.mark.requirement("FB-08")
def test_unknown_members(client):
    taken(send(client, entry(extension={"x": 1}, overrideReasons={"old": 1}), extension={"y": 2}, unknown=None))


@pytest.mark.requirement("FB-09")
@pytest.mark.parametrize("card", ["00000000-0000-0000-0000-000000000000", "not-a-uuid", "\N{PILL}"])
def test_cards_we_never_sent_are_recorded_as_such(service, client, card):
    taken(send(client, entry(card=card)))
    assert kept(service, card)[-1].orphan


@pytest.mark.requirement("FB-09")
def test_all_or_nothing(service, client):
    card = guided(fire(client, story()))[0]["uuid"]
    assert refused(send(client, entry(card=card), entry(outcome="x")), 422)["expression"] == ["feedback[1].outcome"]
    assert kept(service, card) == ()


@pytest.mark.requirement("FB-09", "SEC-02")
def test_sizes_are_bounded_and_comments_go_nowhere(service, client, caplog):
    refused(send(client, *[entry()] * 501), 422)
    refused(send(client, entry(card="x" * 257)), 422)
    refused(send(client, entry(overrideReason={"userComment": "x" * 70_000})), 422)
    taken(send(client, entry(overrideReason={"userComment": "canary-of-a-name"})))
    assert "canary" not in caplog.text


OTHER_SCRIPTS = ["Прием отклонён", "患者は希望しない", "لا ينطبق", "ไม่เหมาะสม", "é" + "\u0301" * 40, "\N{PILL}" * 60]


@pytest.mark.requirement("FB-06", "FB-09")
@pytest.mark.parametrize("text", OTHER_SCRIPTS, ids=ascii)
def test_other_scripts_are_kept_as_sent(service, client, text):
    card = str(uuid.uuid4())
    reason = {"reason": {"code": text, "system": f"urn:x:{text}", "display": text}, "userComment": text}
    taken(send(client, entry(card=card, overrideReason=reason)))
    feedback = kept(service, card)[0].feedback
    assert (feedback.reason_code, feedback.reason_system, feedback.reason_mapped) == (text, f"urn:x:{text}", "")
    taken(send(client, entry(card=text)))
    assert kept(service, text)[0].orphan


@pytest.mark.requirement("FB-09", "REQ-12")
@pytest.mark.parametrize("text", ['"\\ud800"', '"\\u0000x"', '"\\u202e"', '"\\uffff"', '"<script>"', '"\\n\\r\\t"'])
@pytest.mark.parametrize("at", ["card", "code", "userComment", "id"])
def test_odd_characters_are_no_fault_of_ours(client, at, text):
    made = entry(
        outcome="accepted",
        acceptedSuggestions=[{"id": "id-HERE" if at == "id" else "s"}],
        overrideReason={"reason": {"code": "code-HERE" if at == "code" else "c"}, "userComment": f"{at}-HERE"},
    )
    made["card"] = "card-HERE" if at == "card" else "c"
    body = json.dumps({"feedback": [made]}).replace(f'"{at}-HERE"', text)
    where = "/cds-services/diazepam-order-sign/feedback"
    answer = client.post(where, data=body, content_type="application/json")
    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)
    assert answer.json == {} or answer.json["resourceType"] == "OperationOutcome"


@pytest.mark.requirement("FB-09", "REQ-11")
@pytest.mark.parametrize(
    "more",
    [
        {"card": "x" * 257},
        {"outcomeTimestamp": AT + "x" * 100_000},
        {"overrideReason": {"reason": {"code": "x" * 257}}},
        {"overrideReason": {"reason": {"code": "c", "system": "x" * 1_025}}},
        {"overrideReason": {"userComment": "x" * 65_537}},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "x" * 257}]},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "s"}] * 101},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "\N{PILL}" * 257}]},
    ],
    ids=lambda more: ascii(more)[:60],
)
def test_each_text_and_list_is_bounded(client, more):
    assert len(refused(send(client, entry(**more)), 422)["details"]["text"]) < 300


@pytest.mark.requirement("FB-09", "REQ-11", "REQ-15")
def test_lengths_depth_and_repetition_of_the_whole(service, client):
    where = "/cds-services/diazepam-order-sign/feedback"
    send_raw = functools.partial(client.post, where, content_type="application/json")
    refused(send_raw(data=b'{"feedback": [' + b" " * 5_000_000 + b"]}"), 413)
    refused(send_raw(data=json.dumps({"feedback": [entry(extension=nested(200))]})), 400)
    twice = json.dumps({"feedback": [entry(extension={"a": 1})]}).replace('"a": 1', '"a": 1, "a": 2')
    refused(send_raw(data=twice), 400)
    taken(send(client, entry(card="again", outcome="accepted", acceptedSuggestions=[{"id": "s"}] * 100)))
    assert set(kept(service, "again")[0].feedback.accepted) == {"s"}
    taken(send(client, *[entry(card="again")] * 500))
    assert len(kept(service, "again")) == 501


def nested(depth):
    made = {}
    for _ in range(depth):
        made = {"x": made}
    return made


@pytest.mark.requirement("FB-02", "REQ-15")
@pytest.mark.parametrize(
    "body", ['{"feedback": [], "feedback": []}', '{"feedback": [{"card": "a", "card": "b"}]}', "{", "[" * 100_000]
)
def test_the_same_strictness_as_for_calls(client, body):
    where = "/cds-services/diazepam-order-sign/feedback"
    refused(client.post(where, data=body, content_type="application/json"), 400)
    refused(client.post(where, data=json.dumps({"feedback": []}), content_type="text/plain"), 415)
