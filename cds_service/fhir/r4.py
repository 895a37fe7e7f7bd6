"""FHIR R4 paths of the clinical record: Patient, Condition, AllergyIntolerance, Observation, ServiceRequest, Encounter.

The paths of medication orders stand in `r4_orders`; both together are the one place that knows R4.
"""

from datetime import date, timedelta, tzinfo
from decimal import Decimal

from cds_service.domain.dates import DateInterval, add_months
from cds_service.domain.terminology import Concept, Terminology
from cds_service.domain.units import readable, time_unit
from cds_service.fhir.r4_orders import concept, instructions, medicine, order, reasons, supply, texts
from cds_service.fhir.records import (
    AllergyRecord,
    ConditionRecord,
    EncounterRecord,
    ObservationRecord,
    interval,
    local_day,
)
from cds_service.fhir.shapes import CodeableConcept, Period, Quantity, Resource, many

__all__ = [
    "SECTION_OF",
    "allergy",
    "concept",
    "condition",
    "encounter",
    "instructions",
    "medicine",
    "name",
    "observation",
    "order",
    "reasons",
    "service",
    "subject_of",
    "supply",
    "texts",
]

SECTION_OF = {  # resource type -> section of Facts
    "Patient": "patient",
    "Condition": "problems",
    "MedicationRequest": "medications",
    "MedicationStatement": "statements",
    "MedicationAdministration": "statements",
    "AllergyIntolerance": "allergies",
    "Observation": "observations",
    "ServiceRequest": "services",
    "Encounter": "encounter",
}


def subject_of(resource: Resource) -> str:
    """The reference to the patient (`subject`, of an AllergyIntolerance `patient`); empty when there is none."""
    subject = resource.subject or resource.patient
    return subject.reference if subject else ""


def name(resource: Resource, terminology: Terminology) -> Concept:
    """`code`."""
    return concept(resource.code, terminology)


def condition(resource: Resource, birth: DateInterval | None, terminology: Terminology) -> ConditionRecord:
    """Condition: `code`, `clinicalStatus`, `verificationStatus`, `onset[x]`, `recordedDate`, `abatement[x]`."""
    return ConditionRecord(
        concept=concept(resource.code, terminology),
        verification=_code(resource.verification_status),
        clinical=_code(resource.clinical_status),
        onset=interval(resource.onset_date_time) or _start(resource.onset_period) or _at_age(birth, resource.onset_age),
        recorded=interval(resource.recorded_date),
        ended=interval(resource.abatement_date_time)
        or _end(resource.abatement_period)
        or _at_age(birth, resource.abatement_age),
    )


def allergy(resource: Resource, terminology: Terminology) -> AllergyRecord:
    """AllergyIntolerance: `code`, `reaction.substance`, `reaction.manifestation`, statuses, `type`, `criticality`."""
    reactions = many(resource.reaction)
    coded = (resource.code, *(reaction.substance for reaction in reactions))
    return AllergyRecord(
        substances=tuple(concept(one, terminology) for one in coded if one is not None),
        manifestations=tuple(concept(one, terminology) for each in reactions for one in many(each.manifestation)),
        verification=_code(resource.verification_status),
        clinical=_code(resource.clinical_status),
        type=resource.type if isinstance(resource.type, str) else "",
        criticality=resource.criticality,
        recorded=interval(resource.recorded_date) or interval(resource.onset_date_time),
    )


def observation(resource: Resource, terminology: Terminology, zone: tzinfo) -> ObservationRecord:
    """Observation: `code`, `status`, `valueQuantity` or `valueInteger`, `effective[x]`, failing that `issued`."""
    quantity = resource.value_quantity or Quantity(value=resource.value_integer)
    value = readable(quantity.value, zero=True)
    return ObservationRecord(
        concept=concept(resource.code, terminology),
        status=resource.status,
        value=value,
        unit_code=quantity.code,
        unit=quantity.unit,
        comparator=quantity.comparator,
        taken=interval(resource.effective_date_time)
        or local_day(resource.effective_instant, zone)
        or _end(resource.effective_period)
        or _start(resource.effective_period)
        or local_day(resource.issued, zone),
        readable=value is not None or quantity.value is None,
    )


def service(resource: Resource, terminology: Terminology) -> tuple[str, Concept]:
    """ServiceRequest: `status`, `code`."""
    return resource.status, concept(resource.code, terminology)


def encounter(resource: Resource, terminology: Terminology) -> EncounterRecord:
    """Encounter: `class`, `type`, `serviceType`, `reasonCode`."""
    kind = resource.class_.code if not isinstance(resource.class_, str) and resource.class_ else resource.class_
    types = () if isinstance(resource.type, str) else many(resource.type)
    about = (*types, *many(resource.reason_code), *((resource.service_type,) if resource.service_type else ()))
    return EncounterRecord(
        encounter_class=(kind or "").strip().casefold() if isinstance(kind, str) else "",
        concepts=tuple(concept(one, terminology) for one in about),
    )


def _code(status: CodeableConcept | str | None) -> str:
    """A status, wherever the client put it: coded, as text, or bare."""
    if isinstance(status, str) or status is None:
        return (status or "").strip().casefold()
    coded = next((coding.code for coding in many(status.coding) if coding.code), status.text)
    return coded.strip().casefold()


def _start(period: Period | None) -> DateInterval | None:
    return interval(period.start) if period else None


def _end(period: Period | None) -> DateInterval | None:
    return interval(period.end) if period else None


def _at_age(birth: DateInterval | None, age: Quantity | None) -> DateInterval | None:
    """Birth date plus an age, which covers the whole year (month, week, day) of that age."""
    value = readable(age.value, zero=True) if age else None
    if birth is None or age is None or value is None:
        return None
    unit = time_unit(age.code, age.unit)
    whole = int(value)
    if unit in {"a", "mo"}:
        months = 12 if unit == "a" else 1
        first = _later(birth.earliest, whole * months)
        after = _later(birth.latest, (whole + 1) * months)
        return DateInterval(earliest=first, latest=after - timedelta(days=1)) if first and after else None
    days = {"d": Decimal(1), "wk": Decimal(7)}.get(unit)
    if days is None:
        return None
    span = timedelta(days=int(value * days))
    return DateInterval(earliest=birth.earliest + span, latest=birth.latest + span + timedelta(days=int(days) - 1))


def _later(day: date, months: int) -> date | None:
    return add_months(day, months) if months < 12 * 150 else None
