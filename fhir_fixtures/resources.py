"""FHIR R4 resources from the short forms of a story (README.md lists their fields).

Codes are written `system:code`; their displays are looked up in `hooks/sources/`, and a code that does not stand there
is refused.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[1] / "hooks" / "sources"
ORDERED_ON = "2026-06-15"
PRACTITIONER = "Practitioner/practitioner-synthetic"
ENCOUNTER = "encounter-1"
UCUM = "http://unitsofmeasure.org"
SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "loinc": "http://loinc.org",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ENCOUNTER_CLASSES = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient encounter"}

Json = dict[str, Any]


class StoryBrokenError(Exception):
    """A story cannot be built; the message says which and what to mend."""


@cache
def displays() -> Mapping[tuple[str, str], str]:
    """(system, code) -> display, of every code that the content release knows."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(SOURCES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                found.setdefault((row["system"], row["code"]), row["display"])
    return found


def coding(written: str) -> Json:
    """`snomed:203095000` -> a Coding with its display.

    Raises:
        StoryBrokenError: the system or the code is not known.
    """
    short, _, code = written.partition(":")
    system = SYSTEMS.get(short, "")
    display = displays().get((system, code))
    if display is None:
        raise StoryBrokenError(f"{written} is in no table of hooks/sources: use a code that is, or text only")
    return {"system": system, "code": code, "display": display}


def concept(written: str | Sequence[str]) -> Json:
    """A CodeableConcept of `system:code`s, or of text when there is no colon."""
    if isinstance(written, str) and ":" not in written:
        return {"text": written}
    codes = [written] if isinstance(written, str) else written
    codings = [coding(code) for code in codes]
    return {"coding": codings, "text": codings[0]["display"]}


def quantity(value: float, unit: str, code: str = "") -> Json:
    """A Quantity in a UCUM unit."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


def reference(target: str) -> Json:
    """A Reference."""
    return {"reference": target}


def dropped(**members: object) -> Json:
    """The members that have a value: FHIR allows no null and no empty list."""
    return {name.rstrip("_"): value for name, value in members.items() if value not in (None, "", [], {})}


def person(told: Json, patient_id: str) -> Json:
    """A Patient from `gender`, `birth_date`; nobody real, and no name but that."""
    return dropped(
        resourceType="Patient",
        id=patient_id,
        name=[{"text": "Synthetic Patient"}],
        gender=told.get("gender"),
        birthDate=told.get("birth_date"),
    )


def medication_request(told: Json, patient: str, *, status: str) -> Json:
    """A MedicationRequest from its short form, or the `fhir` text as it is written."""
    if "fhir" in told:
        return dict(json.loads(told["fhir"]))
    return dropped(
        resourceType="MedicationRequest",
        id=told["id"],
        status=told.get("status", status),
        intent="order",
        medicationCodeableConcept=concept(told["drug"]),
        subject=reference(patient),
        encounter=reference(f"Encounter/{ENCOUNTER}") if status == "draft" else None,
        authoredOn=told.get("authored", ORDERED_ON),
        requester=reference(PRACTITIONER),
        reasonCode=[concept(reason) for reason in told.get("reasons", ())],
        reasonReference=[reference(f"Condition/{one}") for one in told.get("reason_conditions", ())],
        statusReason={"text": told["stopped_because"]} if "stopped_because" in told else None,
        dosageInstruction=[dosage(told)] if "dose" in told else _in_words(told),
        dispenseRequest=dispense(told),
    )


def _in_words(told: Json) -> list[Json]:
    return [{"text": told["text_only"]}] if "text_only" in told else []


def dosage(told: Json) -> Json:
    """A Dosage from `dose`, `unit`, `times` a day or `every_hours`, `days` or `count`, `as_needed`, `route`, `text`."""
    repeat = dropped(
        boundsDuration=quantity(told["days"], "day", "d") if "days" in told else None,
        count=told.get("count"),
        frequency=told.get("times", 1 if "every_hours" in told else None),
        period=told.get("every_hours", 1 if "times" in told else None),
        periodUnit="h" if "every_hours" in told else "d" if "times" in told else None,
    )
    return dropped(
        text=told.get("text"),
        timing={"repeat": repeat} if repeat else None,
        asNeededBoolean=told.get("as_needed"),
        route={"coding": [coding(told.get("route", "snomed:26643006"))]},
        doseAndRate=[{"doseQuantity": quantity(told["dose"], told.get("unit", "mg"))}],
    )


def dispense(told: Json) -> Json:
    """A dispenseRequest from `repeats`, `quantity` with `quantity_unit`, `supply_days`."""
    packed = {"value": told["quantity"], "unit": told.get("quantity_unit", "tablet")} if "quantity" in told else None
    supplied = quantity(told["supply_days"], "day", "d") if "supply_days" in told else None
    return dropped(numberOfRepeatsAllowed=told.get("repeats"), quantity=packed, expectedSupplyDuration=supplied)


def condition(told: Json, patient: str) -> Json:
    """A Condition from `code`, `status`, `verification`, `onset`, `recorded`, `ended`."""
    return dropped(
        resourceType="Condition",
        id=told["id"],
        clinicalStatus={"coding": [{"system": CLINICAL, "code": told.get("status", "active")}]},
        verificationStatus={"coding": [{"system": VERIFICATION, "code": told.get("verification", "confirmed")}]},
        code=concept(told["code"]),
        subject=reference(patient),
        onsetDateTime=told.get("onset"),
        abatementDateTime=told.get("ended"),
        recordedDate=told.get("recorded", told.get("onset")),
    )


def statement(told: Json, patient: str) -> Json:
    """A MedicationStatement from `drug`, `since`, `until`, `status`."""
    return dropped(
        resourceType="MedicationStatement",
        id=told["id"],
        status=told.get("status", "active"),
        medicationCodeableConcept=concept(told["drug"]),
        subject=reference(patient),
        effectivePeriod=dropped(start=told.get("since"), end=told.get("until")),
    )


def allergy(told: Json, patient: str) -> Json:
    """An AllergyIntolerance from `code`, `criticality`, `recorded`."""
    clinical = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    return dropped(
        resourceType="AllergyIntolerance",
        id=told["id"],
        clinicalStatus={"coding": [{"system": clinical, "code": "active"}]},
        criticality=told.get("criticality"),
        code=concept(told["code"]),
        patient=reference(patient),
        recordedDate=told.get("recorded"),
    )


def observation(told: Json, patient: str) -> Json:
    """An Observation from `code`, `value`, `unit` (UCUM), `taken`."""
    return dropped(
        resourceType="Observation",
        id=told["id"],
        status="final",
        code=concept(told["code"]),
        subject=reference(patient),
        effectiveDateTime=told["taken"],
        valueQuantity=quantity(told["value"], told["unit"]),
    )


def service(told: Json, patient: str) -> Json:
    """A ServiceRequest from `code`, `authored`."""
    return dropped(
        resourceType="ServiceRequest",
        id=told["id"],
        status="active",
        intent="order",
        code=concept(told["code"]),
        subject=reference(patient),
        authoredOn=told["authored"],
    )


def encounter(told: Json, patient: str) -> Json:
    """The Encounter of the call from `class` (`AMB`, `EMER`, `IMP`)."""
    code = told.get("class", "AMB")
    act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "id": ENCOUNTER,
        "status": "in-progress",
        "class": {"system": act, "code": code, "display": ENCOUNTER_CLASSES[code]},
        "subject": reference(patient),
    }
