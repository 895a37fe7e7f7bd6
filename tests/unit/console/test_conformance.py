"""What CDS Hooks finds wrong with an answer: nothing in a good one, each fault by its number in a bad one."""

import copy
import json
from pathlib import Path

import pytest

from cds_service.console.conformance import findings
from cds_service.console.exchange import Answer
from cds_service.console.playground.changes import drafts_of

GOLDEN = sorted((Path(__file__).parents[2] / "acceptance" / "golden").rglob("order-sign.json"))
UUIDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(10)]
ORDER = {"resourceType": "MedicationRequest", "status": "draft", "intent": "order"}
DRAFTS = {"MedicationRequest/1": ORDER | {"id": "1"}}
CARD = {
    "uuid": UUIDS[0],
    "summary": "Look out",
    "indicator": "warning",
    "detail": "Because **so**, 1 < 2",
    "source": {"label": "Review", "url": "https://example.org", "topic": {"code": "a", "system": "s"}},
    "suggestions": [
        {
            "label": "Replace",
            "uuid": UUIDS[1],
            "isRecommended": True,
            "actions": [
                {"type": "create", "description": "d", "resource": ORDER},
                {"type": "update", "description": "d", "resource": ORDER | {"id": "1"}},
                {"type": "delete", "description": "d", "resourceId": "MedicationRequest/1"},
            ],
        }
    ],
    "selectionBehavior": "at-most-one",
    "overrideReasons": [{"code": "c", "system": "s", "display": "d"}],
    "links": [
        {"label": "l", "url": "https://example.org/x", "type": "absolute"},
        {"label": "l", "url": "https://example.org/app", "type": "smart", "appContext": "{}"},
    ],
    "extension": {"org.example": 1},
}


def found(content, *, status=200, milliseconds=1.0, media_type="application/json", drafts=DRAFTS):
    answer = Answer(status=status, content=content, milliseconds=milliseconds, media_type=media_type)
    return {fault.number: fault for fault in findings(answer, drafts)}


def card(**changed):
    whole = copy.deepcopy(CARD) | changed
    return {"cards": [{name: value for name, value in whole.items() if value is not ...}]}


def suggestion(**changed):
    whole = CARD["suggestions"][0] | changed
    return card(suggestions=[{name: value for name, value in whole.items() if value is not ...}])


def action(**changed):
    return suggestion(actions=[{name: value for name, value in changed.items() if value is not ...}])


def test_a_good_answer():
    assert found(card()) == {}
    assert found({"cards": []}) == {}
    assert found({"cards": [], "systemActions": CARD["suggestions"][0]["actions"]}) == {}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_what_this_service_answers(path):
    golden = json.loads(path.read_text(encoding="utf-8"))
    answer = golden.get("answer", golden)
    assert isinstance(answer["cards"], list)
    story = Path(__file__).parents[3] / "fhir_fixtures" / "r4" / path.parent.name / "order-sign.json"
    drafts = drafts_of(json.loads(story.read_text(encoding="utf-8")))
    uuids = {"CARD-06", "CARD-12", "SUG-02", "SUG-07"}  # of which golden files hold stand-ins
    assert found(answer, drafts=drafts).keys() - uuids == set()


@pytest.mark.parametrize(
    ("number", "content"),
    [
        ("RESP-01", []),
        ("RESP-01", None),
        ("RESP-01", {"cards": {}}),
        ("RESP-03", {"cards": [], "systemActions": []}),
        ("RESP-04", {"cards": [], "more": 1}),
        ("RESP-04", card(more=1)),
        ("CARD-01", card(summary=...)),
        ("CARD-01", card(summary=" ")),
        ("CARD-02", card(summary="x" * 140)),
        ("CARD-02", card(summary="a\nb")),
        ("CARD-03", card(detail=1)),
        ("CARD-04", card(indicator="hard-stop")),
        ("CARD-04", card(indicator=["info"])),
        ("CARD-05", card(source=...)),
        ("CARD-06", card(uuid=...)),
        ("CARD-06", {"cards": [CARD, CARD]}),
        ("CARD-07", card(suggestions=[])),
        ("CARD-07", card(suggestions=["x"])),
        ("CARD-08", card(selectionBehavior=...)),
        ("CARD-08", card(selectionBehavior="one")),
        ("CARD-09", card(overrideReasons=[])),
        ("CARD-10", card(links={})),
        ("CARD-11", card(detail="<b>x</b>")),
        ("CARD-12", card(uuid="1")),
        ("GEN-02", card(links=None)),
        ("GEN-02", card(source=CARD["source"] | {"icon": ""})),
        ("GEN-03", action(type="create", description="d", resource=ORDER | {"note": []})),
        ("SRC-01", card(source={})),
        ("SRC-02", card(source=CARD["source"] | {"url": "/x"})),
        ("SRC-03", card(source=CARD["source"] | {"icon": "javascript:x"})),
        ("SRC-04", card(source=CARD["source"] | {"topic": {"code": "a"}})),
        ("OVR-01", card(overrideReasons=[{"code": "c"}])),
        ("SUG-01", suggestion(label=...)),
        ("SUG-02", suggestion(uuid=...)),
        ("SUG-03", suggestion(isRecommended="yes")),
        ("SUG-04", card(suggestions=[CARD["suggestions"][0], CARD["suggestions"][0] | {"uuid": UUIDS[2]}])),
        ("SUG-05", suggestion(actions=[])),
        ("SUG-07", suggestion(uuid="x")),
        ("LINK-01", card(links=[{"url": "https://example.org", "type": "absolute"}])),
        ("LINK-02", card(links=[{"label": "l", "url": "x", "type": "absolute"}])),
        ("LINK-03", card(links=[{"label": "l", "url": "https://example.org"}])),
        ("LINK-04", card(links=[CARD["links"][0] | {"appContext": "x"}])),
        ("ACT-01", action(type="replace", description="d")),
        ("ACT-02", action(type="create", resource=ORDER)),
        ("ACT-03", action(type="create", description="d", resource={})),
        ("ACT-05", action(type="delete", description="d", resource="MedicationRequest/1")),
        ("ACT-06", action(type="delete", description="d", resourceId="MedicationRequest/2")),
        ("ACT-06", action(type="update", description="d", resource=ORDER | {"id": "2"})),
        ("ACT-09", action(type="create", description="d", resource=ORDER | {"status": "active"})),
        ("ACT-10", action(type="create", description="d", resource=ORDER | {"id": "1"})),
        ("ACT-01", {"cards": [], "systemActions": [{"description": "d"}]}),
    ],
)
def test_each_fault(number, content):
    assert number in found(content)


def test_where_a_fault_is():
    assert found(card(links=[CARD["links"][0], {"label": "l"}]))["LINK-02"].at == "cards[0].links[1].url"


def test_the_transport():
    assert "GEN-01" in found({"cards": []}, media_type="text/html")
    assert "RESP-05" in found({"cards": []}, milliseconds=501)
    assert "GEN-01" not in found({"cards": []}, media_type="Application/JSON; charset=utf-8")


def test_an_error_should_say_why():
    assert set(found({"detail": "no"}, status=422)) == {"HTTP-09"}
    assert found({"resourceType": "OperationOutcome"}, status=422) == {}


def test_an_answer_beyond_all_bounds():
    deep = []
    for _ in range(400):
        deep = [deep]
    assert "RESP-04" in found({"cards": [], "x": deep})
    answer = Answer(status=200, content={"cards": [{}] * 10_000}, milliseconds=1, media_type="application/json")
    assert len(findings(answer, {})) == 200
