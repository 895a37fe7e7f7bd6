"""The resources of the stories as FHIR STU3."""

from collections.abc import Callable, Mapping

from fhir_fixtures.renaming import (
    Json,
    code_of,
    dose_outside,
    first,
    kept,
    listed,
    no_zero_repeats,
    renamed,
)

_ACT_BEFORE_R4 = "http://hl7.org/fhir/v3/ActCode"
_CATEGORY_BEFORE_R4 = "http://hl7.org/fhir/medication-request-category"
_ORDER = ("status", "intent", "subject", "authoredOn", "reasonCode", "reasonReference", "note")
_DRUG = (
    "medicationCodeableConcept",
    "medicationReference",
    "dosageInstruction",
    "dispenseRequest",
    "priorPrescription",
)
_PROBLEM = ("code", "category", "clinicalStatus", "verificationStatus", "onsetDateTime", "abatementDateTime")
_ALLERGY = ("clinicalStatus", "verificationStatus", "criticality", "patient", "type", "reaction")


def _medication_request(resource: Json) -> Json:
    return renamed(
        resource,
        "STU3",
        kept(*_ORDER, *_DRUG, "category", "requester", encounter="context"),
        category=_category(first(resource.get("category"))),
        requester={"agent": resource["requester"]} if "requester" in resource else None,
        reasonCode=listed(resource.get("reasonCode")),
        dosageInstruction=[dose_outside(one) for one in resource.get("dosageInstruction", ())],
        dispenseRequest=no_zero_repeats(resource.get("dispenseRequest")),
    )


def _category(concept: Json | None) -> Json | None:
    if concept is None or "coding" not in concept:
        return concept
    return concept | {"coding": [one | {"system": _CATEGORY_BEFORE_R4} for one in concept["coding"]]}


def _procedure_request(resource: Json) -> Json:
    names = kept("status", "intent", "code", "subject", "authoredOn", encounter="context")
    return renamed(resource, "STU3", names, resourceType="ProcedureRequest")


def _condition(resource: Json) -> Json:
    return renamed(
        resource,
        "STU3",
        kept(*_PROBLEM, "subject", recordedDate="assertedDate"),
        clinicalStatus=code_of(resource.get("clinicalStatus")),
        verificationStatus=code_of(resource.get("verificationStatus")),
    )


def _statement(resource: Json) -> Json:
    refused = resource["status"] == "not-taken"
    names = kept("status", "medicationCodeableConcept", "medicationReference", "effectivePeriod", "subject")
    status = "active" if refused else resource["status"]
    return renamed(resource, "STU3", names, status=status, taken="n" if refused else "y")


def _allergy(resource: Json) -> Json:
    return renamed(
        resource,
        "STU3",
        kept(*_ALLERGY, "code", recordedDate="assertedDate"),
        clinicalStatus=code_of(resource.get("clinicalStatus")),
        verificationStatus=code_of(resource.get("verificationStatus")) or "confirmed",
    )


def _encounter(resource: Json) -> Json:
    names = kept("status", "class", "type", "subject", reasonCode="reason")
    return renamed(resource, "STU3", names) | {"class": resource["class"] | {"system": _ACT_BEFORE_R4}}


IN_STU3: Mapping[str, Callable[[Json], Json]] = {
    "MedicationRequest": _medication_request,
    "ServiceRequest": _procedure_request,
    "Condition": _condition,
    "MedicationStatement": _statement,
    "AllergyIntolerance": _allergy,
    "Encounter": _encounter,
}
