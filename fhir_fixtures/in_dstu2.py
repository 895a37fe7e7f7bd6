"""The resources of the stories as FHIR DSTU2."""

from collections.abc import Callable, Mapping

from fhir_fixtures.renaming import (
    Json,
    UntranslatableError,
    code_of,
    dose_outside,
    first,
    kept,
    listed,
    no_zero_repeats,
    renamed,
)

_ENCOUNTER_WORDS = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient"}
_CRITICALITY = {"low": "CRITL", "high": "CRITH", "unable-to-assess": "CRITU"}
_CLINICAL = {"active": "active", "recurrence": "relapse", "remission": "remission", "resolved": "resolved"}
_ORDER = ("status", "encounter", "medicationCodeableConcept", "medicationReference", "reasonCode", "reasonReference")
_ORDER = (*_ORDER, "dosageInstruction", "dispenseRequest", "note", "priorPrescription")
_RENAMED = {"subject": "patient", "authoredOn": "dateWritten", "requester": "prescriber", "statusReason": "reasonEnded"}
_RENAMED = {**_RENAMED, "intent": "", "category": ""}  # DSTU2 has neither
_PROBLEM = ("code", "category", "clinicalStatus", "verificationStatus", "onsetDateTime", "abatementDateTime")
_ALLERGY = ("clinicalStatus", "verificationStatus", "criticality", "patient", "type", "reaction")


def _dosage(dosage: Json) -> Json:
    repeats = {"boundsDuration": "boundsQuantity", "periodUnit": "periodUnits", "durationUnit": "durationUnits"}
    made = dose_outside(dosage)
    if made.keys() & {"sequence", "patientInstruction", "maxDosePerAdministration"}:
        raise UntranslatableError("Dosage.sequence and the like have no place in DSTU2")
    if "repeat" in made.get("timing", {}):
        repeat = {repeats.get(name, name): value for name, value in made["timing"]["repeat"].items()}
        made["timing"] = made["timing"] | {"repeat": repeat}
    return made


def _medication_order(resource: Json) -> Json:
    prior = resource.get("priorPrescription")
    return renamed(
        resource,
        "DSTU2",
        kept(*_ORDER, **_RENAMED),
        resourceType="MedicationOrder",
        **{"reasonCode": None, "reasonReference": None, **_reasons(resource)},
        note="\n".join(one["text"] for one in resource.get("note", ())),
        dosageInstruction=[_dosage(one) for one in resource.get("dosageInstruction", ())],
        dispenseRequest=no_zero_repeats(resource.get("dispenseRequest")),
        priorPrescription={"reference": prior["reference"].replace("Request/", "Order/")} if prior else None,
    )


def _reasons(resource: Json) -> Json:
    concepts, references = (listed(resource.get(name)) for name in ("reasonCode", "reasonReference"))
    if len(concepts) + len(references) > 1:
        raise UntranslatableError("MedicationRequest.reasonCode: several reasons have no place in DSTU2")
    return {"reasonCodeableConcept": first(concepts)} if concepts else {"reasonReference": first(references)}


def _procedure_request(resource: Json) -> Json:
    status = {"active": "accepted", "draft": "draft", "completed": "completed"}[resource["status"]]
    names = kept("status", "code", "subject", "encounter", authoredOn="orderedOn", requester="orderer", intent="")
    return renamed(resource, "DSTU2", names, resourceType="ProcedureRequest", status=status)


def _condition(resource: Json) -> Json:
    verified = code_of(resource.get("verificationStatus")) or "confirmed"
    return renamed(
        resource,
        "DSTU2",
        kept(*_PROBLEM, subject="patient", recordedDate="dateRecorded"),
        category=None,
        clinicalStatus=_CLINICAL[code_of(resource.get("clinicalStatus")) or "active"],
        verificationStatus={"unconfirmed": "provisional"}.get(verified, verified),
    )


def _statement(resource: Json) -> Json:
    refused = resource["status"] == "not-taken"
    names = kept("status", "medicationCodeableConcept", "medicationReference", "effectivePeriod", subject="patient")
    return renamed(resource, "DSTU2", names, status="active" if refused else resource["status"], wasNotTaken=refused)


def _allergy(resource: Json) -> Json:
    clinical, verified = code_of(resource.get("clinicalStatus")), code_of(resource.get("verificationStatus"))
    return renamed(
        resource,
        "DSTU2",
        kept(*_ALLERGY, "recordedDate", code="substance"),
        clinicalStatus=None,
        verificationStatus=None,
        status=verified if verified not in (None, "confirmed") else clinical,
        criticality=_CRITICALITY.get(resource.get("criticality", "")),
    )


def _encounter(resource: Json) -> Json:
    names = kept("status", "class", "type", subject="patient", reasonCode="reason")
    return renamed(resource, "DSTU2", names) | {"class": _ENCOUNTER_WORDS[resource["class"]["code"]]}


IN_DSTU2: Mapping[str, Callable[[Json], Json]] = {
    "MedicationRequest": _medication_order,
    "ServiceRequest": _procedure_request,
    "Condition": _condition,
    "MedicationStatement": _statement,
    "AllergyIntolerance": _allergy,
    "Encounter": _encounter,
}
