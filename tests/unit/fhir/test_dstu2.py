"""FHIR DSTU2, row by row of the field map: what is written otherwise than in R4 means the same."""

import pytest

from cds_service.domain.facts import Gap, Known, ProblemStatus, Standing
from cds_service.domain.orders import DaysFrom
from tests.unit.fhir.calls import bundle, facts, gather, patient, prefetch, request
from tests.unit.fhir.content import ICD, LOINC, RXNORM, SNOMED

LORAZEPAM = {"coding": [{"system": RXNORM, "code": "6470"}]}
STROKE = {"coding": [{"system": SNOMED, "code": "230690007"}]}
PHYSIO = {"coding": [{"system": SNOMED, "code": "91251008"}]}
WHOSE = {"patient": {"reference": "Patient/p1"}}


def given(made):
    return {name: value for name, value in made.items() if value is not None}


def draft(**more):
    made = {
        "resourceType": "MedicationOrder",
        "id": "draft-1",
        "status": "draft",
        "dateWritten": "2026-06-15",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "197591"}]},
        "dosageInstruction": [instruction()],
    }
    return given(made | WHOSE | more)


def instruction(**more):
    repeat = {"frequency": 2, "period": 1, "periodUnits": "d", "boundsQuantity": {"value": 10, "code": "d"}}
    return given({"timing": {"repeat": repeat}, "doseQuantity": {"value": 5, "unit": "mg", "code": "mg"}} | more)


def on_record(kind, key, **more):
    made = given({"resourceType": kind, "id": "1"} | WHOSE | more)
    return getattr(facts(draft(), sent={key: bundle(made)}), SECTION[key])


SECTION = {
    "conditions": "problems",
    "medications": "medications",
    "statements": "statements",
    "allergies": "allergies",
    "labs": "observations",
    "services": "services",
}


# The draft ------------------------------------------------------------------------------------------------------------


def test_a_whole_draft():
    found = facts(draft(priorPrescription={"reference": "MedicationOrder/7"}))
    assert (found.as_of.isoformat(), found.date_assumed) == ("2026-06-15", False)
    order = found.order
    assert (order.reference, order.replaces) == ("MedicationOrder/draft-1", "MedicationOrder/7")
    assert (order.dose.per_day_mg, order.planned.days, order.planned.source) == (10, 10, DaysFrom.BOUNDS)
    assert order.doubts == ()


@pytest.mark.parametrize("status", ["draft", "active", "on-hold", None])
def test_drafts_that_are_evaluated(status):
    assert facts(draft(status=status)).order


@pytest.mark.parametrize("status", ["completed", "entered-in-error", "stopped"])
def test_drafts_that_are_not(status):
    assert gather(request(bundle(draft(status=status)), prefetch())).facts == ()


@pytest.mark.parametrize(
    ("more", "per_day"),
    [
        ({"doseQuantity": {"value": 1, "code": "{pill}"}}, 10),
        (
            {
                "doseQuantity": None,
                "doseRange": {"low": {"value": 2, "unit": "mg"}, "high": {"value": 5, "unit": "mg"}},
            },
            10,
        ),
        ({"timing": {"repeat": {"frequency": 1, "period": 8, "periodUnits": "h"}}}, 15),
        ({"timing": {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}}}, 15),  # R4's name, by mistake
        ({"timing": {"code": {"text": "TID"}}}, 15),
        ({"maxDosePerPeriod": {"numerator": {"value": 5, "code": "mg"}, "denominator": {"value": 1, "code": "d"}}}, 5),
    ],
)
def test_dose_and_timing(more, per_day):
    assert facts(draft(dosageInstruction=[instruction(**more)])).order.dose.per_day_mg == per_day


def test_the_period_of_the_sandbox():
    repeat = {"frequency": 2, "period": 1, "periodUnits": "d"}
    repeat["boundsPeriod"] = {"start": "2026-06-15", "end": "2026-07-14"}
    assert facts(draft(dosageInstruction=[instruction(timing={"repeat": repeat})])).order.planned.days == 30


def test_supply():
    supply = {"numberOfRepeatsAllowed": 1, "expectedSupplyDuration": {"value": 10, "code": "d"}}
    repeat = {"frequency": 2, "period": 1, "periodUnits": "d"}
    order = facts(draft(dispenseRequest=supply, dosageInstruction=[instruction(timing={"repeat": repeat})])).order
    assert (order.planned.days, order.planned.repeats) == (20, 1)


@pytest.mark.parametrize("reason", [{"text": "anxiety"}, {"coding": {"system": ICD, "code": "F41.1"}}])
def test_the_reason_is_one_concept(reason):
    (found,) = facts(draft(reasonCodeableConcept=reason)).order.reasons
    assert (list(found.classes), found.element, found.index) == (["anxiety-disorders"], "reasonCode", 0)


def test_the_reason_is_one_reference():
    condition = {"resourceType": "Condition", "id": "c", "code": {"text": "anxiety"}} | WHOSE
    one = draft(reasonReference={"reference": "Condition/c"})
    (found,) = facts(one, sent={"conditions": bundle(condition)}).order.reasons
    assert (list(found.classes), found.element, found.resolved) == (["anxiety-disorders"], "reasonReference", True)


def test_words_routes_and_notes():
    one = draft(
        note="start taper",
        dosageInstruction=[instruction(additionalInstructions={"text": "taper"}, route={"text": "rectal"})],
        medicationCodeableConcept={"coding": [{"system": RXNORM, "code": "3322"}]},
    )
    order = facts(one).order
    assert order.mentions == {"taper-words"}
    assert order.form == "rescue"


def test_as_needed():
    assert facts(draft(dosageInstruction=[instruction(asNeededBoolean=True)])).order.as_needed


def test_a_product_with_its_ingredients():
    ingredient = {
        "item": {"reference": "#s"},
        "amount": {"numerator": {"value": 2, "code": "mg"}, "denominator": {"value": 1}},
    }
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "house brand"},
        "product": {"form": {"text": "tablet"}, "ingredient": [ingredient]},
        "contained": [{"resourceType": "Substance", "id": "s", "code": {"text": "diazepam"}}],
    }
    one = draft(medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    order = facts(one, medication).order
    assert (order.strength_mg, order.is_tablet) == (2, True)
    ingredient["item"] = {"display": "diazepam"}
    assert facts(one, medication).order.strength_mg == 2


# The record -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"status": "active"}, Standing.CURRENT),
        ({"status": "completed"}, Standing.PAST),
        ({"status": "draft"}, None),
        ({"status": "active", "dateWritten": "2026-06-16"}, None),
        ({"status": "stopped", "dateWritten": "2026-01-01", "dateEnded": "2026-02-01"}, Standing.PAST),
    ],
)
def test_which_orders_are_current(more, standing):
    found = on_record("MedicationOrder", "medications", medicationCodeableConcept=LORAZEPAM, **more).items
    assert (found[0].standing if found else None) == standing


def test_when_and_why_an_order_was_stopped():
    (found,) = on_record(
        "MedicationOrder",
        "medications",
        status="stopped",
        medicationCodeableConcept=LORAZEPAM,
        dateWritten="2026-01-01",
        dateEnded="2026-02-01",
        reasonEnded={"text": "adverse reaction"},
    ).items
    assert (str(found.since), str(found.ended), found.not_tolerated) == ("2026-01-01", "2026-02-01", True)


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"status": "active", "wasNotTaken": False}, Standing.CURRENT),
        ({"status": "active", "wasNotTaken": True}, None),  # ruling 14
        ({"status": "completed", "wasNotTaken": True}, None),
        ({"status": "active", "effectivePeriod": {"end": "2026-06-01"}}, Standing.PAST),
        ({"status": "intended"}, None),
    ],
)
def test_which_statements_are_current(more, standing):
    found = on_record("MedicationStatement", "statements", medicationCodeableConcept=LORAZEPAM, **more).items
    assert (found[0].standing if found else None) == standing


def test_the_amount_of_a_statement_counts():
    dosage = {"text": "", "quantityQuantity": {"value": 5, "code": "mg"}, "timing": {"code": {"text": "BID"}}}
    one = {"medicationCodeableConcept": {"text": "diazepam"}, "status": "active", "dosage": [dosage]}
    found = on_record("MedicationStatement", "statements", **one)
    assert found.gaps == ()
    assert [list(drug.classes) for drug in found.items] == [["diazepam"]]


@pytest.mark.parametrize(
    ("more", "standing"),
    [
        ({"effectiveTimeDateTime": "2026-06-14"}, Standing.CURRENT),
        ({"effectiveTimePeriod": {"start": "2026-06-01", "end": "2026-06-02"}}, Standing.PAST),
        ({"effectiveTimeDateTime": "2026-06-14", "wasNotGiven": True}, None),
    ],
)
def test_which_administrations_are_current(more, standing):
    one = {"status": "completed", "medicationCodeableConcept": LORAZEPAM}
    found = on_record("MedicationAdministration", "statements", **one, **more).items
    assert (found[0].standing if found else None) == standing


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, ProblemStatus.ACTIVE),
        ({"clinicalStatus": "relapse"}, ProblemStatus.ACTIVE),
        ({"clinicalStatus": "resolved"}, ProblemStatus.PAST),
        ({"clinicalStatus": "remission"}, ProblemStatus.PAST),
        ({"dateRecorded": "2020-01-01", "abatementBoolean": True}, ProblemStatus.PAST),
        ({"dateRecorded": "2020-01-01", "abatementDateTime": "2021"}, ProblemStatus.PAST),
        ({"abatementQuantity": {"value": 50, "code": "a"}}, ProblemStatus.PAST),
        ({"verificationStatus": "refuted"}, None),
    ],
)
def test_status_of_a_problem(more, status):
    found = on_record("Condition", "conditions", code=STROKE, **more).items
    assert (found[0].status if found else None) == status


def test_dates_of_a_problem():
    (found,) = on_record(
        "Condition", "conditions", code=STROKE, dateRecorded="2026-05-02", onsetQuantity={"value": 40, "unit": "a"}
    ).items
    assert str(found.onset) == "2010"
    assert str(found.recorded) == "2026-05-02"


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("active", True),
        ("unconfirmed", True),
        ("confirmed", True),
        (None, True),
        ("inactive", False),
        ("resolved", False),
        ("refuted", False),
        ("entered-in-error", False),
    ],
)
def test_status_of_an_allergy(status, counts):
    found = on_record("AllergyIntolerance", "allergies", substance={"text": "Diazepam"}, status=status)
    assert bool(found.items) is counts


@pytest.mark.parametrize(
    ("written", "means"), [("CRITL", "low"), ("CRITH", "high"), ("CRITU", "unable-to-assess"), (None, "")]
)
def test_criticality_of_an_allergy(written, means):
    (found,) = on_record(
        "AllergyIntolerance",
        "allergies",
        substance={"text": "Diazepam"},
        type="intolerance",
        criticality=written,
        onset="2020-05-01",
        note={"text": "one annotation"},
    ).items
    assert (found.criticality, found.intolerance, str(found.recorded)) == (means, True, "2020-05-01")


def test_an_allergy_without_a_substance_is_a_gap():
    found = on_record("AllergyIntolerance", "allergies", status="active", recordedDate="2020")
    assert found == Known(gaps=(Gap(why="AllergyIntolerance: substance-missing"),))


def test_an_observation():
    made = {"code": {"coding": [{"system": LOINC, "code": "2160-0"}]}, "valueQuantity": {"value": 1, "code": "mg/dL"}}
    made |= {"subject": {"reference": "Patient/p1"}, "status": "final", "effectiveDateTime": "2026-06-01"}
    (found,) = on_record("Observation", "labs", **made).items
    assert (found.value, str(found.taken)) == (1, "2026-06-01")


@pytest.mark.parametrize(
    ("word", "code"),
    [("inpatient", "imp"), ("outpatient", "amb"), ("ambulatory", "amb"), ("emergency", "emer"), ("daytime", "daytime")],
)
def test_the_class_of_an_encounter_is_a_word(word, code):
    one = {"resourceType": "Encounter", "id": "e1", "class": word, "reason": [{"text": "anxiety"}]} | WHOSE
    found = gather(request(bundle(draft()), prefetch(encounter=one), encounter="e1")).facts[0].encounter.items[0]
    assert (found.encounter_class, list(found.classes)) == (code, ["anxiety-disorders"])


@pytest.mark.parametrize(
    ("status", "counts"),
    [("requested", True), ("accepted", True), ("in-progress", True), ("completed", False), ("proposed", False)],
)
def test_requests_for_procedures(status, counts):
    one = {"subject": {"reference": "Patient/p1"}, "status": status, "code": PHYSIO, "orderedOn": "2026-06-01"}
    assert bool(on_record("ProcedureRequest", "services", **one).items) is counts
    drafted = {"resourceType": "ProcedureRequest", "id": "2", "code": PHYSIO, "subject": {"reference": "Patient/p1"}}
    assert facts(draft(), drafted | {"status": "proposed"}).services.items
    assert not facts(draft(), drafted | {"status": "aborted"}).services.items


def test_the_patient():
    assert facts(draft(), sent={"patient": patient(gender="male")}).sex == "male"
