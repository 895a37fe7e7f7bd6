"""FHIR R5, where it differs from R4: CodeableReference, `adherence`, Encounter.class as a list, renamed elements."""

from collections.abc import Callable, Mapping

import msgspec

from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir import r4, r4_orders
from cds_service.fhir.datatypes import CodeableConcept, CodeableReference, Reference
from cds_service.fhir.dosages import instructions, supply, texts
from cds_service.fhir.elements import code, concept, end, start
from cds_service.fhir.medication import medicine_of
from cds_service.fhir.r4 import SEARCHED, SECTION_OF, class_of, condition, name, observation, types, visit
from cds_service.fhir.records import (
    AllergyRecord,
    EncounterRecord,
    Medicine,
    OrderRecord,
    ReasonRecord,
    Resolve,
    interval,
)
from cds_service.fhir.shapes import Resource, many

__all__ = [
    "NAME",
    "OWN",
    "SEARCHED",
    "SECTION_OF",
    "allergy",
    "condition",
    "drug_reference",
    "encounter",
    "instructions",
    "medicine",
    "name",
    "observation",
    "order",
    "reasons",
    "service",
    "supply",
    "texts",
]

NAME = "R5"
OWN: Mapping[str, Callable[[Resource], bool]] = {
    "MedicationRequest": lambda one: one.medication is not None,
    "MedicationStatement": lambda one: one.medication is not None,
    "MedicationAdministration": lambda one: one.medication is not None,
    "AllergyIntolerance": lambda one: bool(one.type) and not isinstance(one.type, str),
    "ServiceRequest": lambda one: one.code is not None and one.code.concept is not None,
    "Encounter": lambda one: isinstance(one.class_, tuple),
}
_CEASED = {"stopped", "ended"}
_ADHERENCE = ("not-taking", "stopped", "on-hold")  # how the codes begin that do not mean "takes it"


def order(resource: Resource) -> OrderRecord:
    """As R4; the status of a statement is its `adherence`, a stopped order ended when its status changed."""
    record = r4_orders.order(resource)
    period = resource.effective_dose_period or resource.occurence_period
    ceased = interval(resource.status_changed) if record.status in _CEASED else None
    return msgspec.structs.replace(
        record,
        status=_adhered(resource) if record.status == "recorded" else record.status,
        began=record.began or interval(resource.occurence_date_time) or start(period),
        ended=record.ended or ceased or end(period),
    )


def _adhered(resource: Resource) -> str:
    """A statement's status in R4's words; one that says nothing about adherence is taken to be followed."""
    said = code(resource.adherence.code) if resource.adherence else ""
    found = next((begin for begin in _ADHERENCE if said.startswith(begin)), "active")
    return "not-taken" if found == "not-taking" else found


def drug_reference(resource: Resource) -> Reference | None:
    """`medication.reference`."""
    return resource.medication.reference if resource.medication else resource.medication_reference


def medicine(resource: Resource, resolve: Resolve, terminology: Terminology) -> Medicine | None:
    """`medication.concept`, or the Medication that `medication.reference` leads to; else as R4."""
    drug = resource.medication
    if drug is None:
        return r4_orders.medicine(resource, resolve, terminology)
    coded = drug.concept or (drug if drug.coding or drug.text else None)
    return medicine_of(coded, drug.reference, resource, resolve, terminology)


def reasons(resource: Resource, terminology: Terminology) -> tuple[ReasonRecord, ...]:
    """`reason`: those with a `concept`, and those with a `reference`, each counted by themselves; else as R4."""
    given = many(resource.reason)
    if not given:
        return r4_orders.reasons(resource, terminology)
    coded = (one.concept for one in given if one.concept is not None)
    referred = (one.reference for one in given if one.reference is not None)
    return (
        *(ReasonRecord("reasonCode", index, concept(one, terminology)) for index, one in enumerate(coded)),
        *(
            ReasonRecord("reasonReference", index, Concept(text=one.display), one.reference)
            for index, one in enumerate(referred)
        ),
    )


def allergy(resource: Resource, terminology: Terminology) -> AllergyRecord:
    """As R4, with `type` as a CodeableConcept."""
    kind = code(next(iter(many(resource.type)), None)) if not isinstance(resource.type, str) else code(resource.type)
    return msgspec.structs.replace(r4.allergy(resource, terminology), type=kind)


def service(resource: Resource, terminology: Terminology) -> tuple[str, Concept]:
    """ServiceRequest: `status`, `code.concept`."""
    return resource.status, concept(_concept_of(resource.code), terminology)


def encounter(resource: Resource, terminology: Terminology) -> EncounterRecord:
    """Encounter: `class`, `type`, `serviceType`, `reason.value`."""
    reasons_given = [value for reason in many(resource.reason) for value in many(reason.value)]
    stated = [_concept_of(one) for one in (*many(resource.service_type), *reasons_given)]
    return visit(class_of(resource), (*types(resource), *(one for one in stated if one is not None)), terminology)


def _concept_of(one: CodeableReference | None) -> CodeableConcept | None:
    """The concept of a CodeableReference, also where a client sent it as in R4."""
    return (one.concept or one) if one is not None else None
