"""What a suggestion would change: line by line, in any FHIR version, whatever a service proposes."""

import pytest

from cds_service.console.playground.changes import changes, compared, drafts_of, in_a_line, leaves

DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "medicationCodeableConcept": {"text": "a tablet"},
    "dosageInstruction": [{"text": "one daily", "timing": {"repeat": {"frequency": 1}}}],
    "dispenseRequest": {"quantity": {"value": 30}},
}
DRAFTS = {"MedicationRequest/d1": DRAFT}


def one(action, drafts=DRAFTS):
    (change,) = changes({"actions": [action]}, drafts)
    return change


def lines(change):
    return [(line.path, line.before, line.after) for line in change.lines]


def test_an_update_shows_what_differs_and_counts_the_rest():
    after = DRAFT | {"dispenseRequest": {"quantity": {"value": 7}}, "note": [{"text": "short"}]}
    change = one({"type": "update", "description": "Shorten it", "resource": after})
    assert (change.kind, change.target, change.description) == ("update", "MedicationRequest/d1", "Shorten it")
    assert lines(change) == [("dispenseRequest › quantity › value", "30", "7"), ("note › text", "", "short")]
    assert change.kept == 3
    assert change.order == "a tablet: one daily"


def test_an_element_that_goes():
    after = {name: value for name, value in DRAFT.items() if name != "dispenseRequest"}
    assert lines(one({"type": "update", "resource": after})) == [("dispenseRequest › quantity › value", "30", "")]


def test_a_create_shows_the_whole_order():
    change = one(
        {"type": "create", "description": "Order it", "resource": {k: v for k, v in DRAFT.items() if k != "id"}}
    )
    assert change.target == "MedicationRequest"
    assert len(change.lines) == 4
    assert all(line.before == "" for line in change.lines)


def test_a_delete_names_the_draft():
    change = one({"type": "delete", "description": "Take it out", "resourceId": "MedicationRequest/d1"})
    assert (change.order, change.remark) == ("a tablet: one daily", "")


@pytest.mark.parametrize(
    "action",
    [
        {"type": "update", "resource": DRAFT | {"id": "other"}},
        {"type": "delete", "resourceId": "MedicationRequest/other"},
    ],
)
def test_a_target_that_was_not_sent_is_remarked(action):
    assert "No draft" in one(action).remark


@pytest.mark.parametrize("action", [None, 1, {}, {"type": 1}, {"type": "create", "resource": "x"}, {"resource": []}])
def test_whatever_is_sent_can_be_shown(action):
    assert one(action).lines == ()


def test_no_actions():
    assert changes({"actions": "x"}, DRAFTS) == ()


@pytest.mark.parametrize(
    ("resource", "line"),
    [
        ({"medicationCodeableConcept": {"coding": [{"code": "1", "display": "x"}]}}, "x"),
        ({"medication": {"concept": {"text": "x"}}, "dosageInstruction": [{"text": "a"}, {"text": "b"}]}, "x: a: b"),
        ({"code": {"coding": [{"code": "1"}]}}, "1"),
        ({"code": "x", "dosageInstruction": {}}, ""),
    ],
)
def test_an_order_in_a_line(resource, line):
    assert in_a_line(resource) == line


def test_leaves_number_lists_of_several():
    resource = {"a": [1], "b": [{"c": True}, {"c": None}], "id": "x", "resourceType": "Y"}
    assert dict(leaves(resource)) == {"a": "1", "b 1 › c": "true", "b 2 › c": ""}


def test_bounds():
    deep = {}
    for _ in range(200):
        deep = {"a": deep, "b": 1}
    assert any(value == "…" for _, value in leaves(deep))
    assert len(compared({}, {str(number): number for number in range(1_000)})[0]) == 200
    assert len(dict(leaves({"a": "x" * 1_000}))["a"]) == 301


def test_drafts_stand_in_any_bundle_of_the_context():
    entries = [{"resource": DRAFT}, {"resource": {"resourceType": "X"}}, {}, None, {"resource": 1}]
    assert drafts_of({"context": {"draftOrders": {"entry": entries}, "userId": "x"}}) == DRAFTS
    assert drafts_of({"context": {"medications": {"entry": entries}}}) == DRAFTS
    assert drafts_of([]) == {}
