"""Parts 7 and 8, the answer: held for every card of every story on every hook."""

import json
import re
from urllib.parse import urlsplit

import pytest

from tests.contract.calls import ORDERS_AT, draft, fire, guided, story

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CARD = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
}
SUGGESTION = {"uuid", "label", "isRecommended", "actions"}


def suggestions(card):
    return card.get("suggestions", [])


@pytest.fixture(scope="session")
def actions(cards):
    """(request, action) of every action of every answer."""
    found = [(request, action) for request, card in cards for one in suggestions(card) for action in one["actions"]]
    assert {action["type"] for _, action in found} == {"create", "update", "delete"}
    return found


def is_web(url):
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc)


@pytest.mark.requirement("RESP-01", "RESP-03", "RESP-04", "SYS-01", "SYS-02")
def test_an_answer_holds_cards_and_nothing_else(answers):
    """No system actions: they would bypass the prescriber."""
    for _, answer in answers.values():
        assert answer.keys() == {"cards"}
        assert isinstance(answer["cards"], list)


@pytest.mark.requirement("RESP-02")
def test_nothing_to_say(client):
    response = fire(client, story("tetanus"))
    assert (response.status_code, response.json) == (200, {"cards": []})


@pytest.mark.requirement("CARD-01", "CARD-02", "RESP-04")
def test_summaries(cards):
    for _, card in cards:
        assert card.keys() <= CARD
        assert card["summary"].strip()
        assert len(card["summary"]) < 140
        assert card["summary"].isprintable()


@pytest.mark.requirement("CARD-02")
def test_a_name_of_any_length_leaves_a_summary_short(client):
    request = story()
    draft(request)["medicationCodeableConcept"]["text"] = "diazepam " * 2_000
    assert all(len(card["summary"]) < 140 for card in guided(fire(client, request)))


@pytest.mark.requirement("CARD-03", "CARD-04")
def test_details_and_indicators(cards):
    assert {card["indicator"] for _, card in cards} == {"info", "warning", "critical"}
    assert all(isinstance(card["detail"], str) and card["detail"].strip() for _, card in cards)


@pytest.mark.requirement("CARD-05", "SRC-01", "SRC-02", "SRC-03", "SRC-04")
def test_sources(cards):
    for _, card in cards:
        source = card["source"]
        assert source.keys() <= {"label", "url", "topic"}, "no icon is sent"
        assert source["label"].strip()
        assert is_web(source["url"])
        assert source["topic"]["code"]
        assert source["topic"]["system"]


@pytest.mark.requirement("CARD-06", "CARD-12", "SUG-02", "SUG-07")
def test_uuids_are_new_in_every_answer(answers):
    seen = [card["uuid"] for _, answer in answers.values() for card in answer["cards"]]
    seen += [one["uuid"] for _, answer in answers.values() for card in answer["cards"] for one in suggestions(card)]
    assert len(seen) == len(set(seen))
    assert all(UUID.fullmatch(uuid) for uuid in seen)


@pytest.mark.requirement("CARD-07", "CARD-08", "SUG-04", "SUG-06")
def test_suggestions_come_with_their_selection_behavior(cards):
    for _, card in cards:
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert card.get("selectionBehavior", "any") in ("any", "at-most-one")
        assert card.get("suggestions") != []
        if card.get("selectionBehavior") == "at-most-one":
            assert sum(one.get("isRecommended", False) for one in suggestions(card)) <= 1


@pytest.mark.requirement("CARD-08")
def test_substitutes_for_one_another_are_alternatives(cards):
    """Two suggestions that take out the same order, or start two drugs, would undo each other."""
    rivals = [
        card
        for _, card in cards
        if sum(any(action["type"] != "create" for action in one["actions"]) for one in suggestions(card)) > 1
    ]
    assert rivals
    assert all(card["selectionBehavior"] == "at-most-one" for card in rivals)


@pytest.mark.requirement("CARD-09", "OVR-01")
def test_override_reasons(cards):
    reasons = [reason for _, card in cards for reason in card.get("overrideReasons", ())]
    assert reasons
    assert all(reason[name].strip() for reason in reasons for name in ("code", "system", "display"))


@pytest.mark.requirement("CARD-10", "LINK-01", "LINK-02", "LINK-03", "LINK-04", "LINK-05", "SEC-09")
def test_links(cards):
    links = [link for _, card in cards for link in card.get("links", ())]
    assert links
    for link in links:
        assert link.keys() == {"label", "url", "type"}
        assert link["label"].strip()
        assert link["type"] == "absolute"
        assert is_web(link["url"])


@pytest.mark.requirement("CARD-11")
def test_no_markup_of_the_request_comes_back_in_words(client):
    request = story()
    mark = "<script>alert(1)</script>"
    draft(request)["medicationCodeableConcept"]["coding"][0]["display"] = mark
    draft(request)["medicationCodeableConcept"]["text"] = mark
    for entry in request["prefetch"]["conditions"]["entry"]:
        entry["resource"]["code"]["text"] = mark
    for card in guided(fire(client, request)):
        words = json.dumps({name: card[name] for name in card.keys() - {"suggestions"}})
        assert "<script" not in words
        assert all("<script" not in one["label"] for one in suggestions(card))


@pytest.mark.requirement("SUG-01", "SUG-03", "SUG-05")
def test_suggestions(cards):
    for _, card in cards:
        for one in suggestions(card):
            assert one.keys() <= SUGGESTION
            assert one["label"].strip()
            assert one["actions"]
            assert one.get("isRecommended", True) is True


@pytest.mark.requirement("ACT-01", "ACT-02", "ACT-12")
def test_actions(actions):
    for _, action in actions:
        holds = {"resourceId"} if action["type"] == "delete" else {"resource"}
        assert action.keys() == {"type", "description"} | holds
        assert action["description"].strip()


@pytest.mark.requirement("ACT-03", "ACT-09", "ACT-10")
def test_creates_are_new_drafts(actions):
    for _, action in actions:
        if action["type"] == "create":
            resource = action["resource"]
            assert resource["resourceType"] in ("MedicationRequest", "ServiceRequest")
            assert (resource["status"], resource["intent"]) in {("draft", "order"), ("draft", "proposal")}
            assert "id" not in resource


@pytest.mark.requirement("ACT-04", "ACT-06")
def test_updates_are_the_whole_order(actions):
    for request, action in actions:
        if action["type"] == "update":
            entries = request["context"][ORDERS_AT[request["hook"]]]["entry"]
            shown = {entry["resource"].get("id"): entry["resource"] for entry in entries}
            order = shown[action["resource"]["id"]]
            assert order["resourceType"] == action["resource"]["resourceType"]
            kept = order.keys() - {"dosageInstruction", "dispenseRequest", "note", "category", "medicationReference"}
            assert kept <= action["resource"].keys()
            assert action["resource"]["status"] == order.get("status", "draft")


@pytest.mark.requirement("ACT-05", "ACT-06")
def test_deletes_name_an_order_of_the_context(actions):
    for request, action in actions:
        if action["type"] == "delete":
            entries = request["context"][ORDERS_AT[request["hook"]]]["entry"]
            shown = {f"{entry['resource']['resourceType']}/{entry['resource'].get('id')}" for entry in entries}
            assert action["resourceId"] in shown


@pytest.mark.requirement("ACT-06")
def test_a_draft_without_an_id_is_neither_updated_nor_deleted(client):
    request = story()
    del draft(request)["id"]
    found = [action for card in guided(fire(client, request)) for one in suggestions(card) for action in one["actions"]]
    assert all(action["type"] == "create" for action in found)
    assert "None" not in json.dumps(found)


@pytest.mark.requirement("ACT-07")
def test_resources_are_valid_in_the_client_s_version(actions):
    from fhir.resources.R4B import get_fhir_model_class

    checked = {json.dumps(action["resource"], sort_keys=True) for _, action in actions if "resource" in action}
    for text in checked:
        resource = json.loads(text)
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        assert not any("doseQuantity" in one for one in resource.get("dosageInstruction", ()))


@pytest.mark.requirement("ACT-08")
def test_resources_are_about_the_patient(actions):
    for request, action in actions:
        if "resource" in action:
            reference = action["resource"]["subject"]["reference"]
            assert reference.rpartition("/")[2] == request["context"]["patientId"]


@pytest.mark.requirement("ACT-11")
def test_creates_stand_first(cards):
    for _, card in cards:
        for one in suggestions(card):
            kinds = [action["type"] for action in one["actions"]]
            assert kinds == sorted(kinds, key=("create", "update", "delete").index)


@pytest.mark.requirement("SEC-07")
def test_nothing_of_one_patient_in_another_s_answer(answers):
    """Each story has a patient and drafts of its own."""
    for (name, _), (request, answer) in answers.items():
        others = {asked["context"]["patientId"] for (other, _), (asked, _) in answers.items() if other != name}
        text = json.dumps(answer)
        assert not any(f'"Patient/{other}"' in text for other in others - {request["context"]["patientId"]})


@pytest.mark.requirement("SEC-08")
def test_a_card_says_which_data_of_which_date_it_rests_on(client):
    cards = guided(fire(client, story("pregnancy-and-a-fall")))
    assert all("**Based on:** " in card["detail"] and "ordered 2026-06-15" in card["detail"] for card in cards)
    assert any("Fall (2026-01-17, problem list)" in card["detail"] for card in cards)
