"""Part 4, the context of each hook."""

import pytest

from tests.contract.calls import ABSENT, HOOKS, ORDERS_AT, STORIES, changed, draft, fire, guided, refused, story, topics

BARE_IDS = ["", " ", "a/b", "Patient/123", "x/../../admin", "a b", "a" * 65, "ä", "x\n", "%2e", "{{x}}"]
NOT_TEXT = [None, 1, True, [], {}]


@pytest.mark.requirement("CTX-00")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("field", ["userId", "patientId"])
@pytest.mark.parametrize("value", [ABSENT, "", " ", *NOT_TEXT])
def test_required_texts(client, hook, field, value):
    issue = refused(fire(client, changed(f"context.{field}", value, hook)), 422)
    assert issue["expression"] == [f"context.{field}"]


@pytest.mark.requirement("CTX-00", "CTX-04")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(
    "value",
    [None, 1, "x", [], {}, {"resourceType": "Patient"}, {"entry": []}, {"resourceType": "Bundle", "entry": {}}],
)
def test_orders_are_a_bundle(client, hook, value):
    issue = refused(fire(client, changed(f"context.{ORDERS_AT[hook]}", value, hook)), 422)
    assert issue["expression"][0].startswith(f"context.{ORDERS_AT[hook]}")


@pytest.mark.requirement("CTX-00")
def test_medications_are_required_by_their_own_name(client):
    request = story(hook="medication-prescribe")
    request["context"]["draftOrders"] = request["context"].pop("medications")
    assert refused(fire(client, request), 422)["expression"] == ["context.medications"]


@pytest.mark.requirement("CTX-10", "RESP-02")
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_a_client_known_to_send_no_drafts_at_all_gets_no_cards(client, hook):
    request = changed("context.draftOrders", ABSENT, hook)
    request["context"].pop("selections", None)
    assert guided(fire(client, request)) == []


@pytest.mark.requirement("CTX-01")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("user", ["Practitioner/1", "PractitionerRole/a-b.c"])
def test_users_of_either_type(client, hook, user):
    assert guided(fire(client, changed("context.userId", user, hook)))


@pytest.mark.requirement("CTX-02", "SEC-04")
@pytest.mark.parametrize("field", ["patientId", "encounterId"])
@pytest.mark.parametrize("value", BARE_IDS)
def test_ids_are_bare(client, field, value):
    assert refused(fire(client, changed(f"context.{field}", value)), 422)["expression"] == [f"context.{field}"]


@pytest.mark.requirement("CTX-03")
@pytest.mark.parametrize("hook", HOOKS)
def test_no_encounter(client, hook):
    without, usual = fire(client, changed("context.encounterId", ABSENT, hook)), fire(client, story(hook=hook))
    assert topics(without) == topics(usual)


@pytest.mark.requirement("CTX-05", "CTX-13/14/15")
def test_orders_of_other_fhir_versions(client):
    """The oldest version knows MedicationOrder, the next one a dose directly in the instruction."""
    dstu2, stu3 = story(), story()
    usual = topics(fire(client, story()))
    order = draft(dstu2)
    order |= {
        "resourceType": "MedicationOrder",
        "patient": order.pop("subject"),
        "dateWritten": order.pop("authoredOn"),
    }
    order["prescriber"] = order.pop("requester")
    order["reasonCodeableConcept"] = order.pop("reasonCode")[0]
    del order["intent"]
    for one in (order, draft(stu3)):
        (instruction,) = one["dosageInstruction"]
        instruction["doseQuantity"] = instruction.pop("doseAndRate")[0]["doseQuantity"]
    repeat = order["dosageInstruction"][0]["timing"]["repeat"]
    repeat["periodUnits"] = repeat.pop("periodUnit")
    repeat["boundsQuantity"] = repeat.pop("boundsDuration")
    draft(stu3)["context"] = draft(stu3).pop("encounter")
    assert topics(fire(client, dstu2)) == topics(fire(client, stu3)) == usual


@pytest.mark.requirement("CTX-06")
def test_orders_that_are_signed_again(client):
    assert topics(fire(client, changed("context.draftOrders.entry.0.resource.status", "active"))) == topics(
        fire(client, story())
    )


@pytest.mark.requirement("CTX-07")
@pytest.mark.parametrize("value", [None, 1, "x", {}, [1], [None], [""], [["x"]]])
def test_selections_are_texts(client, value):
    issue = refused(fire(client, changed("context.selections", value, "order-select")), 422)
    assert issue["expression"][0].startswith("context.selections")


@pytest.mark.requirement("CTX-07", "CTX-08")
@pytest.mark.parametrize("value", [[], ["MedicationRequest/unknown"], ["draft-1"], ["Bundle/draft-1"]])
def test_what_is_not_selected_gets_no_guidance(client, value):
    assert guided(fire(client, changed("context.selections", value, "order-select"))) == []


@pytest.mark.requirement("CTX-08")
def test_what_is_not_selected_counts_beside_what_is(client):
    """An opioid that is a draft too, selected or not, matters for the selected order."""
    request = story("opioid-coprescription", "order-select")
    opioid = request["prefetch"]["medications"]["entry"].pop()["resource"]
    request["prefetch"]["medications"]["total"] = 0
    request["context"]["draftOrders"]["entry"].append({"resource": {**opioid, "id": "draft-2", "status": "draft"}})
    assert request["context"]["selections"] == ["MedicationRequest/" + draft(request)["id"]]
    assert "opioid-coprescription" in topics(fire(client, request))


@pytest.mark.requirement("CTX-09")
def test_unknown_fields(client):
    assert guided(fire(client, changed("context.gainedInAMinorVersion", {"a": None})))


@pytest.mark.requirement("CTX-10", "RESP-02")
@pytest.mark.parametrize("kind", ["ServiceRequest", "VisionPrescription", "Unheard", "medicationrequest"])
def test_unknown_types_of_orders(client, kind):
    assert guided(fire(client, changed("context.draftOrders.entry.0.resource.resourceType", kind))) == []


@pytest.mark.requirement("CTX-11")
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(
    "element", ["dosageInstruction", "dispenseRequest", "reasonCode", "authoredOn", "requester", "id"]
)
@pytest.mark.parametrize("value", [ABSENT, None, {}, [], "x", 1])
def test_orders_that_lack_elements_or_have_odd_ones(client, hook, element, value):
    guided(fire(client, changed(f"context.{ORDERS_AT[hook]}.entry.0.resource.{element}", value, hook)))


@pytest.mark.requirement("CTX-11")
@pytest.mark.parametrize("entry", [None, {}, {"resource": None}, {"resource": {}}, {"resource": "x"}, 1, "x", []])
def test_odd_entries_cost_the_others_nothing(client, entry):
    request = story()
    request["context"]["draftOrders"]["entry"].insert(0, entry)
    assert topics(fire(client, request)) == topics(fire(client, story()))


@pytest.mark.requirement("CTX-12")
@pytest.mark.parametrize("place", ["contained", "beside", "prefetched", "text"])
def test_where_the_medicine_stands(client, place):
    request = story()
    order = draft(request)
    concept = order.pop("medicationCodeableConcept")
    medication = {"resourceType": "Medication", "id": "m", "code": concept}
    order["medicationReference"] = {"reference": "#m" if place == "contained" else "Medication/m"}
    match place:
        case "contained":
            order["contained"] = [medication]
        case "beside":
            request["context"]["draftOrders"]["entry"].append({"resource": medication})
        case "prefetched":
            request["prefetch"]["m"] = medication
        case "text":
            del order["medicationReference"]
            order["medicationCodeableConcept"] = {"text": concept["text"]}
    assert "older-adult" in topics(fire(client, request))


@pytest.mark.requirement("CTX-16")
def test_a_bundle_without_type(client):
    assert topics(fire(client, changed("context.draftOrders.type", ABSENT))) == topics(fire(client, story()))


@pytest.mark.requirement("CTX-17")
def test_an_order_about_another_patient(client):
    at = "context.draftOrders.entry.0.resource.subject"
    assert guided(fire(client, changed(f"{at}.reference", "Patient/somebody-else"))) == []
    patient = story()["context"]["patientId"]
    for subject in (f"https://fhir.example.org/r4/Patient/{patient}", f"Patient/{patient}"):
        assert guided(fire(client, changed(f"{at}.reference", subject)))
    assert guided(fire(client, changed(at, ABSENT)))


@pytest.mark.requirement("CTX-18")
@pytest.mark.parametrize(
    "birth_date", ["1944", "1944-05", ABSENT, None, "", "1944-13-45", "2999-01-01", "yesterday", 1944, "0000"]
)
def test_birth_dates(client, birth_date):
    response = fire(client, changed("prefetch.patient.birthDate", birth_date))
    if response.status_code == 412:
        refused(response, 412)
    elif birth_date not in ("1944", "1944-05"):
        assert "older-adult" not in topics(response)
    else:
        assert "older-adult" in topics(response)


@pytest.mark.requirement("CTX-10")
def test_every_story_is_answered(answers):
    assert len(answers) == len(STORIES) * len(HOOKS)
    assert all(isinstance(answer["cards"], list) for _, answer in answers.values())
