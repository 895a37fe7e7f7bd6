"""FHIR R5, row by row of the field map."""

import msgspec
import pytest

from cds_service.domain.facts import Standing
from cds_service.fhir import r5
from cds_service.fhir.shapes import Resource
from tests.unit.fhir.calls import FHIR, Server, about, bundle, dosage, facts, gather, prefetch, request
from tests.unit.fhir.content import ICD, RXNORM, SNOMED, TERMINOLOGY

DIAZEPAM = {"coding": [{"system": RXNORM, "code": "197591"}]}
LORAZEPAM = {"concept": {"coding": [{"system": RXNORM, "code": "6470"}]}}
PHYSIO = {"concept": {"coding": [{"system": SNOMED, "code": "91251008"}]}}


def draft(**more):
    made = {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-06-15",
        "medication": {"concept": DIAZEPAM},
        "dosageInstruction": [dosage()],
    }
    return made | more


def item(key, resource):
    found = getattr(facts(draft(), sent={key: bundle(resource)}), key)
    return found.items[0] if found.items else None


def test_a_whole_draft():
    found = gather(request(bundle(draft()), prefetch()))
    order = found.facts[0].order
    assert found.fhir_version == "R5"
    assert (order.dose.per_day_mg, order.planned.days, order.doubts) == (10, 10, ())


def test_reasons_are_concepts_and_references_in_one_list():
    problem = about("Condition", 1, code={"coding": [{"system": ICD, "code": "M62.838"}]})
    one = draft(
        reason=[
            {"reference": {"reference": "Condition/Condition-1"}},
            {"concept": {"text": "anxiety"}},
            {"reference": {"reference": "Condition/gone", "display": "muscle spasm"}},
        ]
    )
    reasons = facts(one, sent={"conditions": bundle(problem)}).order.reasons
    assert [(list(reason.classes), reason.element, reason.index, reason.resolved) for reason in reasons] == [
        (["anxiety-disorders"], "reasonCode", 0, True),
        (["muscle-spasm"], "reasonReference", 0, True),
        (["muscle-spasm"], "reasonReference", 1, False),
    ]


@pytest.mark.parametrize("more", [{"asNeeded": True}, {"asNeededFor": [{"text": "spasm"}]}])
def test_as_needed(more):
    assert facts(draft(dosageInstruction=[dosage(**more)])).order.as_needed


def test_the_limit_of_a_period_is_a_list():
    limit = {"numerator": {"value": 5, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}
    assert facts(draft(dosageInstruction=[dosage(maxDosePerPeriod=[limit])])).order.dose.per_day_mg == 5


def test_a_product_with_its_ingredients():
    ratio = {"numerator": {"value": 2, "code": "mg"}, "denominator": {"value": 1}}
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "house brand"},
        "doseForm": {"text": "tablet"},
        "ingredient": [{"item": {"concept": {"text": "diazepam"}}, "strengthRatio": ratio}],
    }
    order = facts(draft(medication={"reference": {"reference": "Medication/m"}}), medication).order
    assert (order.strength_mg, order.is_tablet) == (2, True)
    medication["ingredient"][0]["item"] = {"reference": {"reference": "Substance/1", "display": "diazepam"}}
    assert facts(draft(medication={"reference": {"reference": "Medication/m"}}), medication).order.strength_mg == 2


@pytest.mark.parametrize(
    ("adherence", "standing"),
    [
        (None, Standing.CURRENT),
        ("taking", Standing.CURRENT),
        ("taking-not-as-directed", Standing.CURRENT),
        ("unknown", Standing.CURRENT),
        ("not-taking", None),
        ("stopped", Standing.PAST),
        ("stopped-as-directed", Standing.PAST),
        ("on-hold", Standing.PAST),
    ],
)
def test_statements_are_recorded_and_adhered_to(adherence, standing):
    one = about("MedicationStatement", 1, status="recorded", medication=LORAZEPAM)
    if adherence:
        one["adherence"] = {"code": {"coding": [{"code": adherence}]}}
    found = item("statements", one)
    assert (found and found.standing) == standing


@pytest.mark.parametrize("status", ["draft", "entered-in-error"])
def test_statements_that_do_not_count(status):
    assert item("statements", about("MedicationStatement", 1, status=status, medication=LORAZEPAM)) is None


def test_a_stopped_order_ends_when_its_status_changed():
    one = about("MedicationRequest", 1, status="stopped", medication=LORAZEPAM, authoredOn="2026-01-01")
    assert str(item("medications", one | {"statusChanged": "2026-02-01T08:00:00Z"}).ended) == "2026-02-01"


def test_the_period_of_an_order():
    one = about("MedicationRequest", 1, status="active", intent="order", medication=LORAZEPAM)
    found = item("medications", one | {"effectiveDosePeriod": {"start": "2026-01-01", "end": "2026-02-01"}})
    assert (str(found.since), str(found.ended), found.standing) == ("2026-01-01", "2026-02-01", Standing.PAST)


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"occurenceDateTime": "2026-06-14"}, Standing.CURRENT),
        ({"occurencePeriod": {"start": "2026-06-01", "end": "2026-06-02"}}, Standing.PAST),
    ],
)
def test_administrations(more, standing):
    one = about("MedicationAdministration", 1, status="completed", medication=LORAZEPAM)
    given = facts(draft(), sent={"given": bundle(one | more)}).statements.items
    assert given[0].standing is standing


def test_an_allergy_has_a_coded_type():
    one = about("AllergyIntolerance", 1, code={"text": "Diazepam"}, type={"coding": [{"code": "intolerance"}]})
    one["reaction"] = [{"manifestation": [{"concept": {"text": "anxiety"}}]}]
    assert item("allergies", one).intolerance
    resource = msgspec.convert(one, Resource)
    assert [seen.text for seen in r5.allergy(resource, TERMINOLOGY).manifestations] == ["anxiety"]


def test_an_encounter():
    one = about("Encounter", 1, reason=[{"value": [{"concept": {"text": "anxiety"}}]}])
    one["class"] = [{"coding": [{"code": "EMER"}]}]
    one["serviceType"] = [{"concept": {"text": "myasthenia gravis"}}]
    asked = request(bundle(draft()), prefetch(encounter=one), encounter="Encounter-1")
    found = gather(asked).facts[0].encounter.items[0]
    assert (found.encounter_class, sorted(found.classes)) == ("emer", ["anxiety-disorders", "myasthenia-gravis"])


@pytest.mark.parametrize(("status", "counts"), [("active", True), ("completed", False)])
def test_requests_for_services(status, counts):
    assert bool(item("services", about("ServiceRequest", 1, status=status, code=PHYSIO))) is counts


def test_a_medication_on_the_server():
    server = Server(Medication_m=[{"resourceType": "Medication", "id": "m", "code": DIAZEPAM}])
    asked = request(bundle(draft(medication={"reference": {"reference": "Medication/m"}})), prefetch(), fhir=FHIR)
    assert gather(asked, server).facts[0].order.product.code == "197591"
