"""FHIR STU3, row by row of the field map."""

import pytest

from cds_service.domain.facts import ProblemStatus, Standing
from tests.unit.fhir.calls import about, bundle, facts, gather, prefetch, request
from tests.unit.fhir.content import ICD, RXNORM, SNOMED

LORAZEPAM = {"coding": [{"system": RXNORM, "code": "6470"}]}
STROKE = {"coding": [{"system": SNOMED, "code": "230690007"}]}
PHYSIO = {"coding": [{"system": SNOMED, "code": "91251008"}]}


def draft(**more):
    repeat = {"frequency": 2, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 10, "code": "d"}}
    made = {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "context": {"reference": "Encounter/e1"},
        "authoredOn": "2026-06-15",
        "requester": {"agent": {"reference": "Practitioner/1"}},
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "197591"}]},
        "dosageInstruction": [{"timing": {"repeat": repeat}, "doseQuantity": {"value": 5, "unit": "mg", "code": "mg"}}],
    }
    return made | more


def item(key, resource):
    section = {"conditions": "problems", "allergies": "allergies", "statements": "statements", "services": "services"}
    found = getattr(facts(draft(), sent={key: bundle(resource)}), section[key])
    assert found.gaps == ()
    return found.items[0] if found.items else None


def test_a_whole_draft():
    found = gather(request(bundle(draft(reasonCode=[{"coding": [{"system": ICD, "code": "F41.1"}]}])), prefetch()))
    order = found.facts[0].order
    assert found.fhir_version == "STU3"
    assert (order.dose.per_day_mg, order.planned.days, order.doubts) == (10, 10, ())
    assert [list(reason.classes) for reason in order.reasons] == [["anxiety-disorders"]]


@pytest.mark.parametrize(
    ("taken", "standing"), [("y", Standing.CURRENT), ("unk", Standing.CURRENT), ("na", Standing.CURRENT), ("n", None)]
)
def test_statements_say_whether_they_are_taken(taken, standing):
    one = about("MedicationStatement", 1, status="active", taken=taken, medicationCodeableConcept=LORAZEPAM)
    found = item("statements", one)
    assert (found and found.standing) == standing


@pytest.mark.parametrize(("not_given", "standing"), [(False, Standing.CURRENT), (True, None)])
def test_administrations_say_whether_they_were_given(not_given, standing):
    one = about("MedicationAdministration", 1, status="in-progress", notGiven=not_given)
    given = bundle(one | {"medicationCodeableConcept": LORAZEPAM})
    found = facts(draft(), sent={"given": given}).statements.items
    assert (found[0].standing if found else None) == standing


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, ProblemStatus.ACTIVE),
        ({"clinicalStatus": "inactive"}, ProblemStatus.PAST),
        ({"assertedDate": "2020-01-01", "abatementBoolean": True}, ProblemStatus.PAST),
        ({"assertedDate": "2020-01-01", "abatementBoolean": False}, ProblemStatus.ACTIVE),
        ({"clinicalStatus": "active", "abatementAge": {"value": 20, "code": "a"}}, ProblemStatus.PAST),
        ({"clinicalStatus": "active", "verificationStatus": "entered-in-error"}, None),
    ],
)
def test_status_of_a_problem(more, status):
    found = item("conditions", about("Condition", 1, code=STROKE) | more)
    assert (found and found.status) == status


@pytest.mark.parametrize("named", ["assertedDate", "recordedDate"])  # the second is R4's, by mistake
def test_when_a_problem_was_recorded(named):
    found = item("conditions", about("Condition", 1, code=STROKE, clinicalStatus="active", **{named: "2026-05-02"}))
    assert str(found.recorded) == "2026-05-02"


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, True),
        ({"clinicalStatus": "resolved"}, False),
        ({"clinicalStatus": "active", "verificationStatus": "refuted"}, False),
    ],
)
def test_an_allergy(more, counts):
    one = about("AllergyIntolerance", 1, code={"text": "Diazepam"}, assertedDate="2020-05-01", criticality="high")
    found = item("allergies", one | more)
    assert bool(found) is counts
    assert not counts or (str(found.recorded), found.criticality) == ("2020-05-01", "high")


def test_an_encounter():
    one = about("Encounter", 1, reason=[{"text": "anxiety"}], **{"class": {"code": "EMER"}})
    asked = request(bundle(draft()), prefetch(encounter=one), encounter="Encounter-1")
    found = gather(asked).facts[0].encounter.items[0]
    assert (found.encounter_class, list(found.classes)) == ("emer", ["anxiety-disorders"])


@pytest.mark.parametrize(("status", "counts"), [("active", True), ("completed", False), ("draft", False)])
def test_requests_for_procedures(status, counts):
    one = about("ProcedureRequest", 1, status=status, intent="order", code=PHYSIO)
    assert bool(item("services", one)) is counts
    assert bool(facts(draft(), one | {"status": "draft"}).services.items)


def test_the_strength_of_an_ingredient_is_its_amount():
    ratio = {"numerator": {"value": 2, "code": "mg"}, "denominator": {"value": 1}}
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "house brand"},
        "ingredient": [{"itemCodeableConcept": {"text": "diazepam"}, "amount": ratio}],
    }
    one = draft(medicationReference={"reference": "Medication/m"})
    del one["medicationCodeableConcept"]
    assert facts(one, medication).order.strength_mg == 2
