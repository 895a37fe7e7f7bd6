"""The context schemas of the three hooks: what they refuse, and what they tolerate."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

HOOKS = Path(__file__).parents[3] / "hooks"
BUNDLE = {"resourceType": "Bundle", "entry": []}
CONTEXTS = {
    "medication-prescribe": {"userId": "Practitioner/1", "patientId": "p-1", "medications": BUNDLE},
    "order-select": {
        "userId": "PractitionerRole/1",
        "patientId": "p-1",
        "selections": ["MedicationRequest/1"],
        "draftOrders": BUNDLE,
    },
    "order-sign": {"userId": "Practitioner/1", "patientId": "p-1", "draftOrders": BUNDLE},
}


def accepts(hook, context):
    schema = tomllib.loads((HOOKS / f"{hook}.toml").read_text(encoding="utf-8"))["context"]
    return jsonschema.Draft202012Validator(schema).is_valid(context)


@pytest.mark.parametrize("hook", CONTEXTS)
class TestEveryHook:
    def test_its_context(self, hook):
        assert accepts(hook, CONTEXTS[hook])

    @pytest.mark.requirement("CTX-03", "CTX-09", "CTX-16")
    def test_optional_and_unknown_members(self, hook):
        assert accepts(hook, CONTEXTS[hook] | {"encounterId": "e.1", "somethingNew": [1]})

    @pytest.mark.requirement("CTX-00")
    @pytest.mark.parametrize("member", ["userId", "patientId"])
    @pytest.mark.parametrize("value", [None, "", " ", 1, [], {}, "missing"])
    def test_required_members(self, hook, member, value):
        context = CONTEXTS[hook] | {member: value}
        if value == "missing":
            del context[member]
        assert not accepts(hook, context)

    @pytest.mark.requirement("CTX-02")
    @pytest.mark.parametrize("value", ["Patient/1", "a b", "a" * 65, "a\n", "../1", "ü", "a_b"])
    @pytest.mark.parametrize("member", ["patientId", "encounterId"])
    def test_ids_are_bare(self, hook, member, value):
        assert not accepts(hook, CONTEXTS[hook] | {member: value})

    @pytest.mark.requirement("CTX-04")
    @pytest.mark.parametrize(
        "value",
        [None, [], "x", {}, {"resourceType": "Patient"}, {"resourceType": "Bundle", "entry": {}}, {"entry": []}],
    )
    def test_the_bundle(self, hook, value):
        member = "medications" if hook == "medication-prescribe" else "draftOrders"
        assert not accepts(hook, CONTEXTS[hook] | {member: value})

    def test_a_bundle_without_entries(self, hook):
        member = "medications" if hook == "medication-prescribe" else "draftOrders"
        assert accepts(hook, CONTEXTS[hook] | {member: {"resourceType": "Bundle"}})


@pytest.mark.requirement("CTX-07")
@pytest.mark.parametrize(
    ("selections", "accepted"), [([], True), (["x"], True), ([1], False), ("x", False), (None, False)]
)
def test_selections(selections, accepted):
    assert accepts("order-select", CONTEXTS["order-select"] | {"selections": selections}) is accepted


def test_no_drafts_at_all_is_tolerated_where_the_sandbox_sends_it():
    person = {"userId": "Practitioner/1", "patientId": "p-1"}
    assert accepts("order-select", person)
    assert accepts("order-sign", person)
    assert not accepts("medication-prescribe", person)
    assert not accepts("order-select", person | {"draftOrders": BUNDLE})
    assert not accepts("order-select", person | {"selections": []})
