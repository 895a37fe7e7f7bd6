"""FHIR R4 paths of the clinical record: Condition, AllergyIntolerance, Observation, ServiceRequest, Encounter.

The paths of medication orders stand in `r4_orders`; both together are the one place that knows R4. The other versions'
files take from here what is the same for them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo

from cds_service.domain.dates import DateInterval
from cds_service.domain.facts import SectionName
from cds_service.domain.terminology import Concept, Terminology
from cds_service.domain.units import readable
from cds_service.fhir.datatypes import CodeableConcept, Quantity
from cds_service.fhir.dosages import instructions, supply, texts
from cds_service.fhir.elements import at_age, code, concept, end, start
from cds_service.fhir.r4_orders import drug_reference, medicine, order, reasons
from cds_service.fhir.records import (
    AllergyRecord,
    ConditionRecord,
    EncounterRecord,
    ObservationRecord,
    ValueRecord,
    interval,
    local_day,
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

NAME = "R4"
SECTION_OF: Mapping[str, str] = {
    "Patient": SectionName.PATIENT,
    "Condition": SectionName.PROBLEMS,
    "MedicationRequest": SectionName.MEDICATIONS,
    "MedicationStatement": SectionName.STATEMENTS,
    "MedicationAdministration": SectionName.STATEMENTS,
    "AllergyIntolerance": SectionName.ALLERGIES,
    "Observation": SectionName.OBSERVATIONS,
    "ServiceRequest": SectionName.SERVICES,
    "Encounter": SectionName.ENCOUNTER,
}
SEARCHED: Mapping[str, tuple[str, str]] = {}
OWN: Mapping[str, Callable[[Resource], bool]] = {
    "Condition": lambda one: bool(one.recorded_date) or isinstance(one.clinical_status, CodeableConcept),
    "AllergyIntolerance": lambda one: (
        isinstance(one.clinical_status, CodeableConcept) and (isinstance(one.type, str) or not one.type)
    ),
    "Encounter": lambda one: bool(one.reason_code or one.service_type),
}


def name(resource: Resource) -> CodeableConcept | None:
    """`code`."""
    return resource.code


def condition(resource: Resource, birth: DateInterval | None, terminology: Terminology) -> ConditionRecord:
    """Condition: `code`, `clinicalStatus`, `verificationStatus`, `onset[x]`, `recordedDate`, `abatement[x]`."""
    return ConditionRecord(
        concept=concept(resource.code, terminology),
        verification=code(resource.verification_status),
        clinical=code(resource.clinical_status),
        onset=began(resource, birth),
        recorded=interval(resource.recorded_date),
        ended=over(resource, birth),
    )


def began(resource: Resource, birth: DateInterval | None) -> DateInterval | None:
    """`onsetDateTime`, `onsetPeriod`, `onsetAge`."""
    return interval(resource.onset_date_time) or start(resource.onset_period) or at_age(birth, resource.onset_age)


def over(resource: Resource, birth: DateInterval | None) -> DateInterval | None:
    """`abatementDateTime`, `abatementPeriod`, `abatementAge`."""
    return (
        interval(resource.abatement_date_time)
        or end(resource.abatement_period)
        or at_age(birth, resource.abatement_age)
    )


def allergy(resource: Resource, terminology: Terminology) -> AllergyRecord:
    """AllergyIntolerance: `code`, `reaction.substance`, `reaction.manifestation`, statuses, `type`, `criticality`."""
    return AllergyRecord(
        substances=substances(resource, resource.code, terminology),
        manifestations=manifestations(resource, terminology),
        verification=code(resource.verification_status),
        clinical=code(resource.clinical_status),
        type=code(resource.type) if isinstance(resource.type, str) else "",
        criticality=resource.criticality,
        recorded=interval(resource.recorded_date) or interval(resource.onset_date_time),
    )


def substances(resource: Resource, named: CodeableConcept | None, terminology: Terminology) -> tuple[Concept, ...]:
    """What an allergy is to: what it names as a whole, and the substance of each reaction."""
    if not resource.reaction:
        return (concept(named, terminology),) if named is not None else ()
    coded = (named, *(reaction.substance for reaction in many(resource.reaction)))
    return tuple(concept(one, terminology) for one in coded if one is not None)


def manifestations(resource: Resource, terminology: Terminology) -> tuple[Concept, ...]:
    """`reaction.manifestation`: concepts, from R5 on perhaps inside a CodeableReference."""
    if not resource.reaction:
        return ()
    seen = (one for reaction in many(resource.reaction) for one in many(reaction.manifestation))
    return tuple(concept(one.concept or one, terminology) for one in seen)


def observation(resource: Resource, terminology: Terminology, zone: tzinfo) -> ObservationRecord:
    """Observation: `status`, `valueQuantity` or `valueInteger`, `component`, `effective[x]`, failing that `issued`."""
    return ObservationRecord(
        status=resource.status,
        number=_number(resource.value_quantity or Quantity(value=resource.value_integer)),
        components=tuple(
            (concept(one.code, terminology), _number(one.value_quantity or Quantity()))
            for one in many(resource.component)
        ),
        taken=interval(resource.effective_date_time)
        or local_day(resource.effective_instant, zone)
        or end(resource.effective_period)
        or start(resource.effective_period)
        or local_day(resource.issued, zone),
    )


def _number(quantity: Quantity) -> ValueRecord:
    value = readable(quantity.value, zero=True)
    return ValueRecord(
        value=value,
        unit_code=quantity.code,
        unit=quantity.unit,
        comparator=quantity.comparator.strip(),
        readable=value is not None or quantity.value is None,
    )


def service(resource: Resource, terminology: Terminology) -> tuple[str, Concept]:
    """ServiceRequest: `status`, `code`."""
    return resource.status, concept(resource.code, terminology)


def encounter(resource: Resource, terminology: Terminology) -> EncounterRecord:
    """Encounter: `class`, `type`, `serviceType`, `reasonCode`."""
    about = (*types(resource), *many(resource.service_type), *many(resource.reason_code))
    return visit(class_of(resource), about, terminology)


def types(resource: Resource) -> Iterable[CodeableConcept]:
    """`type` of an Encounter."""
    return () if isinstance(resource.type, str) else many(resource.type)


def class_of(resource: Resource) -> str:
    """The code of `class`, a Coding."""
    kind = resource.class_
    if isinstance(kind, str):
        return kind
    return next((one.code or code(one) for one in (many(kind))), "")


def visit(kind: str, about: Iterable[CodeableConcept], terminology: Terminology) -> EncounterRecord:
    """An Encounter of a class, about some concepts."""
    concepts = tuple(concept(one, terminology) for one in about)
    return EncounterRecord(encounter_class=kind.strip().casefold(), concepts=concepts)
