"""FHIR DSTU2 paths of medication orders: MedicationOrder, MedicationStatement, MedicationAdministration."""

from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir.elements import concept, end, start, words
from cds_service.fhir.r4_orders import KINDS
from cds_service.fhir.records import OrderRecord, ReasonRecord, interval
from cds_service.fhir.shapes import Resource, many, reference_of


def order(resource: Resource) -> OrderRecord:
    """`status`, `dateWritten`, `dateEnded`, `wasNotTaken`, `wasNotGiven`, `effective[x]`, `reasonEnded`."""
    why = resource.reason_ended
    return OrderRecord(
        kind=KINDS.get(resource.resource_type, "request"),
        reference=reference_of(resource),
        status=resource.status.strip().casefold(),
        refused=bool(resource.was_not_taken or resource.was_not_given),
        written=interval(resource.date_written) or interval(resource.date_asserted),
        began=interval(resource.effective_date_time)
        or interval(resource.effective_time_date_time)
        or start(resource.effective_period or resource.effective_time_period),
        ended=interval(resource.date_ended) or end(resource.effective_period or resource.effective_time_period),
        replaces=resource.prior_prescription.reference if resource.prior_prescription else "",
        stopped_because=Concept(text=" ".join(words((why,)))) if why else None,
    )


def reasons(resource: Resource, terminology: Terminology) -> tuple[ReasonRecord, ...]:
    """`reasonCodeableConcept` or `reasonReference`, of which there is one."""
    coded = resource.reason_codeable_concept
    if coded is not None:
        return (ReasonRecord("reasonCode", 0, concept(coded, terminology)),)
    return tuple(
        ReasonRecord("reasonReference", index, Concept(text=one.display), one.reference)
        for index, one in enumerate(many(resource.reason_reference))
    )
