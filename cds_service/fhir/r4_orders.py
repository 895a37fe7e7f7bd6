"""FHIR R4 paths of medication orders: MedicationRequest, MedicationStatement, MedicationAdministration."""

from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir.datatypes import Reference
from cds_service.fhir.elements import concept, words
from cds_service.fhir.medication import medicine_of
from cds_service.fhir.records import Medicine, OrderRecord, ReasonRecord, Resolve, interval
from cds_service.fhir.shapes import Resource, many, reference_of

KINDS = {"MedicationStatement": "statement", "MedicationAdministration": "administration"}


def order(resource: Resource) -> OrderRecord:
    """`status`, `intent`, `doNotPerform`, `authoredOn`, `effective[x]`, `priorPrescription`, `statusReason`."""
    why, period, prior = many(resource.status_reason), resource.effective_period, resource.prior_prescription
    return OrderRecord(
        kind=KINDS.get(resource.resource_type, "request"),
        reference=reference_of(resource),
        status=resource.status.strip().casefold(),
        intent=resource.intent.strip().casefold(),
        refused=resource.do_not_perform,
        written=interval(resource.authored_on) or interval(resource.date_asserted),
        began=interval(resource.effective_date_time) or (interval(period.start) if period else None),
        ended=interval(period.end) if period else None,
        replaces=prior.reference if prior else "",
        stopped_because=Concept(text=" ".join(words(why))) if why else None,
    )


def drug_reference(resource: Resource) -> Reference | None:
    """`medicationReference`."""
    return resource.medication_reference


def medicine(resource: Resource, resolve: Resolve, terminology: Terminology) -> Medicine | None:
    """`medicationCodeableConcept`, or the Medication that `medicationReference` leads to."""
    coded, named = resource.medication_codeable_concept, resource.medication_reference
    return medicine_of(coded, named, resource, resolve, terminology)


def reasons(resource: Resource, terminology: Terminology) -> tuple[ReasonRecord, ...]:
    """`reasonCode` and `reasonReference`."""
    coded = [
        ReasonRecord("reasonCode", index, concept(one, terminology))
        for index, one in enumerate(many(resource.reason_code))
    ]
    referenced = [
        ReasonRecord("reasonReference", index, Concept(text=one.display), one.reference)
        for index, one in enumerate(many(resource.reason_reference))
    ]
    return (*coded, *referenced)
