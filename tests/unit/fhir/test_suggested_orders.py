"""The orders of the release, as R4 resources: what is written, what is copied, what is left alone."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cds_service.content.load import load
from cds_service.domain.orders import DaysFrom, Dose, DrugOrder, Form, OrderChange, PlannedDays, Reason, ReviewedOrder
from cds_service.domain.terminology import Coding
from cds_service.fhir.writing import r4
from cds_service.fhir.writing.changed_order import changed_order
from cds_service.fhir.writing.form import Around, InvalidError
from cds_service.fhir.writing.valid import checked, mended
from tests.builders import classes

CONTENT = load(Path(__file__).parents[3] / "hooks")
T = date(2026, 6, 15)
RXNORM, SCT, UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://snomed.info/sct", "http://unitsofmeasure.org"
ORAL = {"coding": [{"system": SCT, "code": "26643006", "display": "Oral route"}]}
DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "draft-1",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "requester": {"reference": "Practitioner/dr1"},
    "authoredOn": "2026-06-15",
    "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "197591"}], "text": "diazepam 5 mg tablet"},
    "reasonCode": [{"text": "spasm"}, {"text": "back pain"}, {"text": "anxiety"}],
    "reasonReference": [{"reference": "Condition/spasticity"}],
    "dosageInstruction": [
        {
            "text": "1 tablet three times a day for 60 days",
            "timing": {
                "repeat": {"boundsDuration": {"value": 60, "unit": "d"}, "frequency": 3, "period": 1, "periodUnit": "d"}
            },
            "doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}}],
        }
    ],
    "dispenseRequest": {
        "numberOfRepeatsAllowed": 1,
        "quantity": {"value": 90, "unit": "tablet"},
        "expectedSupplyDuration": {"value": 30, "unit": "d"},
    },
    "note": [{"text": "as discussed"}],
}
REASONS = (
    Reason(classes=classes("muscle-spasm"), element="reasonCode", index=0),
    Reason(classes=classes("chronic-pain"), element="reasonCode", index=1),
    Reason(classes=classes("anxiety-disorders"), element="reasonCode", index=2),
    Reason(classes=classes("spasticity-umn"), element="reasonReference", index=0),
)
ORDER = ReviewedOrder(
    reference="MedicationRequest/draft-1",
    position=0,
    label="diazepam 5 mg tablet",
    form=Form.ORAL,
    dose=Dose(per_day_mg=Decimal(15), single_mg=Decimal(5), units_per_day=Decimal(3)),
    planned=PlannedDays(days=60, source=DaysFrom.BOUNDS, repeats=1),
    product=Coding(system=RXNORM, code="197591"),
    strength_mg=Decimal(5),
    is_tablet=True,
    reasons=REASONS,
)


def created(alternative, choice="default", draft=DRAFT, reasons=REASONS, **changes):

    order = replace(CONTENT.alternatives[alternative].orders[choice], **changes)
    write = r4.drug_order if isinstance(order, DrugOrder) else r4.service_order
    return json.loads(checked(write(order, T, Around(draft, "Patient/p1", reasons)), r4))


def changed(change, draft=DRAFT, order=ORDER):
    plain = json.loads(json.dumps(draft), parse_float=Decimal)
    return json.loads(checked(changed_order(mended(plain, r4), change, order, r4), r4))


def test_baclofen_is_the_ingredient_and_never_the_unverified_product():
    assert created("sg-baclofen") == {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": "1292", "display": "baclofen"}],
            "text": "baclofen 5 mg oral tablet",
        },
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "authoredOn": "2026-06-15",
        "requester": {"reference": "Practitioner/dr1"},
        "reasonCode": [{"text": "spasm"}],
        "reasonReference": [{"reference": "Condition/spasticity"}],
        "note": [{"text": "Usual ceiling 30 to 40 mg/day in older adults. Reduce or avoid in renal impairment."}],
        "dosageInstruction": [
            {
                "text": "5 mg by mouth three times daily. Review after 1 week; raise by 5 mg per dose at most weekly. "
                "Do not stop suddenly.",
                "timing": {
                    "repeat": {
                        "boundsDuration": {"value": 14, "unit": "day", "system": UCUM, "code": "d"},
                        "frequency": 3,
                        "period": 1,
                        "periodUnit": "d",
                    }
                },
                "route": ORAL,
                "doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}}],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": 0,
            "quantity": {"value": 42, "unit": "tablet"},
            "expectedSupplyDuration": {"value": 14, "unit": "day", "system": UCUM, "code": "d"},
        },
    }


def test_tizanidine_product_first_as_needed_and_capped():
    order = created("sg-tizanidine")
    assert [coding["code"] for coding in order["medicationCodeableConcept"]["coding"]] == ["313412", "57258"]
    dosage = order["dosageInstruction"][0]
    assert dosage["asNeededBoolean"] is True
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 14, "unit": "day", "system": UCUM, "code": "d"},
        "frequency": 1,
        "period": 8,
        "periodUnit": "h",
    }
    assert dosage["doseAndRate"] == [{"doseQuantity": {"value": 2, "unit": "mg", "system": UCUM, "code": "mg"}}]
    assert dosage["maxDosePerPeriod"] == {
        "numerator": {"value": 6, "unit": "mg", "system": UCUM, "code": "mg"},
        "denominator": {"value": 1, "unit": "day", "system": UCUM, "code": "d"},
    }
    assert dosage["route"] == ORAL
    assert order["dispenseRequest"]["quantity"] == {"value": 42, "unit": "tablet"}
    assert order["dispenseRequest"]["numberOfRepeatsAllowed"] == 0
    assert order["reasonCode"] == [{"text": "spasm"}]


@pytest.mark.parametrize(
    ("choice", "codes", "dose"),
    [
        ("escitalopram", ["349332", "321988"], 10),
        ("sertraline", ["312940", "36437"], 25),
        ("paroxetine", ["1738495", "32937"], 20),
        ("paroxetine-smaller", ["1738483", "32937"], 10),
    ],
)
def test_each_ssri_once_daily_for_28_days(choice, codes, dose):
    order = created("sg-ssri", choice)
    assert [coding["code"] for coding in order["medicationCodeableConcept"]["coding"]] == codes
    dosage = order["dosageInstruction"][0]
    assert dosage["doseAndRate"][0]["doseQuantity"] == {"value": dose, "unit": "mg", "system": UCUM, "code": "mg"}
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 28, "unit": "day", "system": UCUM, "code": "d"},
        "frequency": 1,
        "period": 1,
        "periodUnit": "d",
    }
    assert dosage["route"] == ORAL
    assert order["dispenseRequest"] == {
        "numberOfRepeatsAllowed": 0,
        "quantity": {"value": 28, "unit": "tablet"},
        "expectedSupplyDuration": {"value": 28, "unit": "day", "system": UCUM, "code": "d"},
    }
    assert order["reasonCode"] == [{"text": "anxiety"}]
    assert "reasonReference" not in order


def test_each_label_names_the_dose_that_the_order_gives():
    for alternative in CONTENT.alternatives.values():
        for order in alternative.orders.values():
            if isinstance(order, DrugOrder):
                dose = f"{order.dose_value} mg"
                assert order.regimen.startswith(dose)
                assert order.dosage_text.startswith(dose)
                assert dose in order.text
                assert order.text.startswith(order.name)


@pytest.mark.parametrize(
    "order",
    [order for one in CONTENT.alternatives.values() for order in one.orders.values() if isinstance(order, DrugOrder)],
    ids=lambda order: order.text,
)
def test_the_quantity_is_the_most_that_may_be_taken(order):
    """Units of the period times days: what a pharmacist would count."""
    per_day = order.frequency * (24 if order.period_unit == "h" else 1) / order.period
    if order.max_dose_per_day is not None:
        assert per_day * float(order.dose_value) == float(order.max_dose_per_day)
    assert order.quantity == per_day * order.days


def test_physical_therapy_takes_spasm_and_pain_but_not_anxiety():
    assert created("sg-physio") == {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [{"system": SCT, "code": "91251008", "display": "Physical therapy procedure"}],
            "text": "Physical therapy",
        },
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "authoredOn": "2026-06-15",
        "requester": {"reference": "Practitioner/dr1"},
        "reasonCode": [{"text": "spasm"}, {"text": "back pain"}],
        "reasonReference": [{"reference": "Condition/spasticity"}],
    }


@pytest.mark.parametrize("alternative", ["sg-baclofen", "sg-tizanidine", "sg-ssri"])
@pytest.mark.parametrize("value_set", ["chronic-pain", "radiculopathy", "insomnia", "rheumatoid-arthritis"])
def test_pain_radiculopathy_and_insomnia_are_never_a_reason_of_a_new_drug(alternative, value_set):
    choice = "escitalopram" if alternative == "sg-ssri" else "default"
    reasons = (Reason(classes=classes(value_set), element="reasonCode", index=1),)
    order = created(alternative, choice, reasons=reasons)
    assert "reasonCode" not in order
    assert "reasonReference" not in order


def test_an_inferred_reason_becomes_a_reference_to_the_problem():
    order = created("sg-baclofen", reasons=(), inferred_reasons=("Condition/7",))
    assert order["reasonReference"] == [{"reference": "Condition/7"}]


def test_an_id_is_never_reused_and_what_is_absent_is_not_made_up():
    order = created("sg-baclofen", draft={"resourceType": "MedicationRequest", "id": "draft-1"}, reasons=())
    assert {"id", "encounter", "requester"}.isdisjoint(order)
    assert order["subject"] == {"reference": "Patient/p1"}


# Changes to the order itself ------------------------------------------------------------------------------------------


def test_shortening_changes_bounds_supply_and_the_words_about_them_and_nothing_else():
    order = changed(OrderChange(days=14, units_per_day=Decimal(3)))
    dosage = order["dosageInstruction"][0]
    assert dosage["text"] == "1 tablet three times a day for 14 days"
    assert dosage["timing"]["repeat"] == {
        "boundsDuration": {"value": 14, "unit": "day", "system": UCUM, "code": "d"},
        "frequency": 3,
        "period": 1,
        "periodUnit": "d",
    }
    assert order["dispenseRequest"] == {
        "numberOfRepeatsAllowed": 0,
        "quantity": {"value": 42, "unit": "tablet"},
        "expectedSupplyDuration": {"value": 14, "unit": "day", "system": UCUM, "code": "d"},
    }
    for name in ("id", "status", "medicationCodeableConcept", "reasonCode", "reasonReference", "note", "requester"):
        assert order[name] == DRAFT[name]
    assert dosage["doseAndRate"] == DRAFT["dosageInstruction"][0]["doseAndRate"]


def test_a_length_that_stands_in_steps_of_text_is_not_contradicted_but_refused():
    draft = DRAFT | {"dosageInstruction": [{"text": "5 mg for 30 days then 2 mg for 30 days"}]}
    with pytest.raises(InvalidError, match="length"):
        changed(OrderChange(days=14), draft)


@pytest.mark.parametrize(
    ("choice", "frequency", "per_day", "text", "quantity"),
    [
        ("older", 2, Decimal(2), "2 mg by mouth twice daily.", 60),
        ("adult", 3, Decimal(3), "2 mg by mouth three times daily.", 90),
    ],
)
def test_a_lower_dose_is_2_mg_of_the_2_mg_tablet(choice, frequency, per_day, text, quantity):

    change = replace(CONTENT.alternatives["sg-lower-dose"].orders[choice], units_per_day=per_day)
    order = changed(change)
    dosage = order["dosageInstruction"][0]
    assert order["medicationCodeableConcept"] == {
        "coding": [{"system": RXNORM, "code": "197590", "display": "diazepam 2 MG Oral Tablet"}],
        "text": "diazepam 2 mg oral tablet",
    }
    assert dosage["text"] == text
    assert dosage["doseAndRate"] == [{"doseQuantity": {"value": 2, "unit": "mg", "system": UCUM, "code": "mg"}}]
    assert (dosage["timing"]["repeat"]["frequency"], dosage["timing"]["repeat"]["period"]) == (frequency, 1)
    assert dosage["timing"]["repeat"]["boundsDuration"] == {"value": 60, "unit": "d"}
    assert order["dispenseRequest"]["quantity"] == {"value": quantity, "unit": "tablet"}
    assert order["dispenseRequest"]["numberOfRepeatsAllowed"] == 1


def test_a_taper_keeps_dose_and_frequency_never_adds_supply_and_says_so_in_a_note():

    change = replace(
        CONTENT.alternatives["sg-taper"].orders["default"], days=28, units_per_day=Decimal(3), note="Taper."
    )
    order = changed(change)
    before, after = DRAFT["dosageInstruction"][0], order["dosageInstruction"][0]
    assert after["doseAndRate"] == before["doseAndRate"]
    assert after["timing"]["repeat"]["frequency"] == before["timing"]["repeat"]["frequency"]
    assert after["timing"]["repeat"]["boundsDuration"]["value"] == 28
    assert order["note"] == [{"text": "as discussed"}, {"text": "Taper."}]
    assert order["dispenseRequest"]["quantity"]["value"] == 84
    small = DRAFT | {"dispenseRequest": {"quantity": {"value": 30, "unit": "tablet"}}}
    few = replace(ORDER, planned=PlannedDays(days=10, source=DaysFrom.SUPPLY_QUANTITY))
    assert changed(replace(change, days=10), small, few)["dispenseRequest"]["quantity"]["value"] == 30


def test_the_note_of_a_taper_carries_the_marker_by_which_it_is_known_as_ours():
    note = CONTENT.alternatives["sg-taper"].orders["default"].note
    assert CONTENT.reading.own_note_marker in note
    assert "{covered}" in note
