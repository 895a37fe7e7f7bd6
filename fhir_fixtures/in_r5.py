"""The resources of the stories as FHIR R5."""

from collections.abc import Callable, Mapping

from fhir_fixtures.renaming import (
    Json,
    kept,
    listed,
    renamed,
)

_ADHERENCE = {"active": "taking", "completed": "stopped", "stopped": "stopped", "not-taken": "not-taking"}
_ADHERENCE_SYSTEM = "http://hl7.org/fhir/CodeSystem/medication-statement-adherence"
_ORDER = ("status", "intent", "subject", "authoredOn", "reasonCode", "reasonReference", "note")
_DRUG = (
    "medicationCodeableConcept",
    "medicationReference",
    "dosageInstruction",
    "dispenseRequest",
    "priorPrescription",
)
_ALLERGY = ("clinicalStatus", "verificationStatus", "criticality", "patient", "type", "reaction")
_NO_OLD_NAMES = dict.fromkeys(("medicationCodeableConcept", "medicationReference", "reasonCode", "reasonReference"))


def _dosage(dosage: Json) -> Json:
    names = {"asNeededBoolean": "asNeeded", "asNeededCodeableConcept": "asNeededFor"}
    made = {names.get(name, name): value for name, value in dosage.items() if name != "doseQuantity"}
    if "doseQuantity" in dosage:
        made["doseAndRate"] = [{"doseQuantity": dosage["doseQuantity"]}]
    for name in {"asNeededFor", "maxDosePerPeriod"} & made.keys():
        made[name] = listed(made[name])
    return made


def _reasons(resource: Json) -> list[Json]:
    concepts = [{"concept": one} for one in listed(resource.get("reasonCode"))]
    return concepts + [{"reference": one} for one in listed(resource.get("reasonReference"))]


def _medication(resource: Json) -> Json:
    if "medicationReference" in resource:
        return {"reference": resource["medicationReference"]}
    return {"concept": resource["medicationCodeableConcept"]}


def _medication_request(resource: Json) -> Json:
    return renamed(
        resource,
        "R5",
        kept(*_ORDER, *_DRUG, "category", "requester", "encounter", "statusReason", "doNotPerform"),
        **_NO_OLD_NAMES,
        medication=_medication(resource),
        category=listed(resource.get("category")),
        reason=_reasons(resource),
        dosageInstruction=[_dosage(one) for one in resource.get("dosageInstruction", ())],
    )


def _service_request(resource: Json) -> Json:
    names = kept("status", "intent", "code", "subject", "authoredOn", "encounter")
    return renamed(resource, "R5", names, code={"concept": resource["code"]})


def _statement(resource: Json) -> Json:
    names = kept("status", "medicationCodeableConcept", "medicationReference", "effectivePeriod", "subject")
    code = {"system": _ADHERENCE_SYSTEM, "code": _ADHERENCE[resource["status"]]}
    return renamed(
        resource,
        "R5",
        names,
        medicationCodeableConcept=None,
        medicationReference=None,
        status="recorded",
        medication=_medication(resource),
        adherence={"code": {"coding": [code]}},
    )


def _allergy(resource: Json) -> Json:
    kind = {"coding": [{"code": resource["type"]}]} if "type" in resource else None
    reactions = [
        one | {"manifestation": [{"concept": seen} for seen in one["manifestation"]]}
        for one in resource.get("reaction", ())
    ]
    return renamed(resource, "R5", kept(*_ALLERGY, "code", "recordedDate"), type=kind, reaction=reactions)


def _encounter(resource: Json) -> Json:
    reason = [{"value": [{"concept": one}]} for one in resource.get("reasonCode", ())]
    names = kept("status", "class", "type", "subject", "reasonCode")
    made = renamed(resource, "R5", names, reasonCode=None, reason=reason)
    return made | {"class": [{"coding": [resource["class"]]}]}


IN_R5: Mapping[str, Callable[[Json], Json]] = {
    "MedicationRequest": _medication_request,
    "ServiceRequest": _service_request,
    "Condition": lambda resource: resource,
    "MedicationStatement": _statement,
    "AllergyIntolerance": _allergy,
    "Encounter": _encounter,
}
