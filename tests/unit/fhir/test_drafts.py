"""Draft Bundles as real clients send them, selections, and drugs named by reference."""

import json

import pytest

from cds_service.domain.errors import NotConformant
from tests.unit.fhir.calls import FHIR, Server, about, bundle, dosage, facts, gather, order, prefetch, request
from tests.unit.fhir.content import RXNORM

LORAZEPAM = {"coding": [{"system": RXNORM, "code": "6470"}]}


def medication(number="m1", code="197591"):
    return {"resourceType": "Medication", "id": number, "code": {"coding": [{"system": RXNORM, "code": code}]}}


def referring(reference, **more):
    return order(medicationCodeableConcept=None, medicationReference={"reference": reference} | more)


def test_the_shape_of_the_sandbox():
    draft = order(
        id="request-123",
        text="Diazepam 5 MG Oral Tablet",
        category={"coding": [{"code": "outpatient"}]},
        reasonCode={"text": "anxiety"},
        dosageInstruction=[
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "{pill}", "code": "{pill}"}}],
            }
        ],
        dispenseRequest={"expectedSupplyDuration": {"value": 30, "unit": "days", "code": "d"}},
    )
    found = facts(draft).order
    assert (found.dose.per_day_mg, found.planned.days, found.doubts) == (10, 30, ())
    assert "anxiety-disorders" in found.reasons[0].classes


def test_the_shape_of_epic():
    draft = referring("https://epic.example/FHIR/R4/Medication/m1", display="DIAZEPAM 5 MG PO TABS") | {
        "category": {"text": "Outpatient"},
        "dosageInstruction": {"doseQuantity": {"value": 1, "unit": "tablet"}, "timing": {"code": {"text": "TID"}}},
    }
    found = facts(draft, medication()).order
    assert (found.dose.per_day_mg, found.product.code, found.doubts) == (15, "197591", ())


@pytest.mark.parametrize("entry", [None, {}, {"resource": None}, {"resource": 5}, 7, {"resource": {"id": "x"}}])
def test_odd_entries_cost_nothing(entry):
    drafts = {"resourceType": "Bundle", "entry": [entry, {"resource": order()}]}
    found = gather(request(drafts, prefetch())).facts
    assert [one.order.position for one in found] == [1]


@pytest.mark.parametrize("drafts", [b"", b"null", {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": []}])
def test_no_drafts_need_no_patient(drafts):
    assert gather(request(drafts)).facts == ()


@pytest.mark.parametrize(
    "drafts", [b"{", b"[]", b'{"resourceType":"Patient"}', b'{"resourceType":"Bundle","entry":"x"}']
)
def test_what_is_no_bundle_is_refused(drafts):
    with pytest.raises(NotConformant):
        gather(request(drafts, prefetch()))


def test_an_order_of_an_older_version_is_read_in_its_version():
    older = {"resourceType": "MedicationOrder", "id": "1", "medicationCodeableConcept": {"text": "diazepam"}}
    found = gather(request(bundle(older), prefetch()))
    assert (found.facts[0].order.reference, found.fhir_version) == ("MedicationOrder/1", "DSTU2")
    older["medicationCodeableConcept"] = {"text": "amoxicillin"}
    assert gather(request(bundle(older), prefetch())).facts == ()


def test_drafts_without_a_drug_or_of_other_types_need_nothing():
    empty = order(medicationCodeableConcept=None)
    assert gather(request(bundle(empty, about("ServiceRequest", 1)))).facts == ()


def test_unreadable_elements_are_a_doubt_and_the_rest_is_read():
    found = facts(order(dosageInstruction=[dosage(), 5], priorPrescription="x")).order
    assert "order-unreadable" in found.doubts
    assert found.dose.because == "unreadable"


def test_half_a_surrogate_pair_and_absurd_numbers_are_survived():
    raw = (
        json.dumps(bundle(order(note=[{"text": "X"}])))
        .replace('"X"', '"\\ud800"')
        .replace('"value": 5', '"value": 1E+9999999999')
    )
    found = gather(request(raw.encode(), prefetch()))
    assert found.facts[0].order.dose.because == "unreadable"
    json.dumps(found.drafts.raw[0]["note"]).encode()


@pytest.mark.parametrize(
    ("selections", "about_which"),
    [
        (None, ["a", "b"]),
        (("MedicationRequest/a",), ["a"]),
        (("MedicationRequest/c",), []),
        (("a",), []),
        ((), []),
        (("MedicationRequest/nowhere",), []),
    ],
)
def test_only_selected_orders_get_facts(selections, about_which):
    drafts = bundle(order(id="a"), order(id="b"), order(id="c", medicationCodeableConcept=LORAZEPAM))
    found = gather(request(drafts, prefetch(), selections=selections)).facts
    assert [one.order.reference for one in found] == [f"MedicationRequest/{name}" for name in about_which]
    for one in found:
        assert len(one.siblings) == 1
        assert [sorted(drug.classes) for drug in one.drafts] == [["benzodiazepines-other"]]
        assert one.siblings[0].selected is (selections is None)


def test_an_order_sent_twice_is_one():
    assert len(gather(request(bundle(order(), order()), prefetch())).facts) == 1


def test_each_order_has_its_own_date():
    found = gather(request(bundle(order(id="a", authoredOn="2026-01-01"), order(id="b")), prefetch())).facts
    assert [one.as_of.month for one in found] == [1, 6]


def test_a_draft_that_is_not_evaluated_does_not_interact():
    lorazepam = order(id="l", medicationCodeableConcept=LORAZEPAM, status="cancelled")
    assert facts(order(), lorazepam).drafts == ()


# medicationReference --------------------------------------------------------------------------------------------------


def test_a_contained_medication():
    assert facts(referring("#m1") | {"contained": [medication()]}).order.product.code == "197591"
    assert facts(referring("#m1") | {"contained": medication()}).order.product.code == "197591"


def test_a_medication_beside_the_draft_by_full_url():
    drafts = bundle(referring("urn:uuid:1"))
    drafts["entry"].append({"fullUrl": "urn:uuid:1", "resource": medication(None)})
    drafts["entry"][1]["resource"].pop("id")
    assert gather(request(drafts, prefetch())).facts[0].order.product.code == "197591"


def test_a_prefetched_medication():
    sent = {"medications": bundle(medication())}
    assert facts(referring("Medication/m1"), sent=sent).order.product.code == "197591"


def test_a_medication_on_the_server():
    server = Server(Medication_m1=[medication()])
    asked = request(bundle(referring("Medication/m1")), prefetch(), fhir=FHIR)
    assert gather(asked, server).facts[0].order.product.code == "197591"
    assert server.asked == [{"Medication/m1": "Medication/m1"}]


def test_no_other_host_is_asked_for_a_medication():
    server = Server()
    asked = request(bundle(referring("https://evil.example/Medication/m1")), prefetch(), fhir=FHIR)
    assert gather(asked, server).facts == ()
    assert server.asked == []


def test_an_unresolved_medication_is_read_by_its_display():
    found = facts(referring("Medication/gone", display="diazepam 5 mg tablet")).order
    assert "medication-unresolved" in found.doubts
    assert found.strength_mg == 5


def test_an_unresolved_medication_without_a_name_is_not_passed_over_in_silence():
    gathered = gather(request(bundle(referring("Medication/gone")), prefetch()))
    assert gathered.facts == ()
    assert gathered.incomplete == {"drafts": "medication-unresolved"}
    beside = facts(order(), referring("Medication/gone") | {"id": "other"})
    assert [(dict(drug.classes), drug.coded) for drug in beside.drafts] == [({}, False)]


def test_the_raw_draft_is_kept_exactly():
    gathered = gather(request(bundle(order(extra={"kept": 1.10})), prefetch()))
    assert (
        str(gathered.drafts.raw[0]["extra"]["kept"]) == "1.10"[:3]
        or str(gathered.drafts.raw[0]["extra"]["kept"]) == "1.1"
    )
    assert gathered.fhir_version == "R4"
