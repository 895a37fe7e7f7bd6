"""FHIR DSTU2: what its elements are called, in which words, and how that is said in R4.

The paths of medication orders stand in `dstu2_orders`; what is as in R4 is taken from there.
"""

from collections.abc import Callable, Mapping

import msgspec

from cds_service.domain.dates import DateInterval
from cds_service.domain.facts import SectionName
from cds_service.domain.terminology import Concept, Terminology
from cds_service.fhir import r4
from cds_service.fhir.dosages import instructions, supply, texts
from cds_service.fhir.dstu2_orders import order, reasons
from cds_service.fhir.elements import at_age, concept
from cds_service.fhir.r4 import class_of, manifestations, name, observation, substances, types, visit
from cds_service.fhir.r4_orders import drug_reference, medicine
from cds_service.fhir.records import AllergyRecord, ConditionRecord, EncounterRecord, interval
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

NAME = "DSTU2"
_RENAMED = {"MedicationRequest": "MedicationOrder", "ServiceRequest": "ProcedureRequest"}
SECTION_OF: Mapping[str, str] = {_RENAMED.get(kind, kind): section for kind, section in r4.SECTION_OF.items()}
SEARCHED: Mapping[str, tuple[str, str]] = {
    SectionName.MEDICATIONS: ("MedicationOrder", ""),
    SectionName.SERVICES: ("ProcedureRequest", ""),  # which has no search by status
}
OWN: Mapping[str, Callable[[Resource], bool]] = {
    "MedicationOrder": lambda _: True,
    "MedicationStatement": lambda one: one.was_not_taken is not None,
    "MedicationAdministration": lambda one: (
        one.was_not_given is not None or bool(one.effective_time_date_time) or one.effective_time_period is not None
    ),
    "Condition": lambda one: bool(one.date_recorded or one.onset_quantity or one.abatement_quantity),
    "AllergyIntolerance": lambda one: one.substance is not None,
    "ProcedureRequest": lambda one: not one.intent,
    "Encounter": lambda one: isinstance(one.class_, str) and bool(one.class_),
}
_CLASSES = {  # words of Encounter.class -> codes that later versions use
    "inpatient": "imp",
    "outpatient": "amb",
    "ambulatory": "amb",
    "emergency": "emer",
    "home": "hh",
    "field": "fld",
    "virtual": "vr",
}
_CRITICALITY = {"critl": "low", "crith": "high", "critu": "unable-to-assess"}
_VERIFIED = {"unconfirmed", "confirmed", "refuted", "entered-in-error"}  # of AllergyIntolerance.status
_ONGOING = {"requested": "active", "received": "active", "accepted": "active", "in-progress": "active"}
_REQUESTED = _ONGOING | {"proposed": "draft", "suspended": "on-hold", "rejected": "revoked", "aborted": "revoked"}


def condition(resource: Resource, birth: DateInterval | None, terminology: Terminology) -> ConditionRecord:
    """As R4, recorded on `dateRecorded`, ages as `onsetQuantity`; `abatementBoolean` says that it is over."""
    record = r4.condition(resource, birth, terminology)
    return msgspec.structs.replace(
        record,
        clinical="resolved" if resource.abatement_boolean else record.clinical,
        onset=record.onset or at_age(birth, resource.onset_quantity),
        recorded=interval(resource.date_recorded),
        ended=record.ended or at_age(birth, resource.abatement_quantity),
    )


def allergy(resource: Resource, terminology: Terminology) -> AllergyRecord:
    """AllergyIntolerance: `substance`, `status` (clinical and verification in one), `type`, `criticality`."""
    status = resource.status.strip().casefold()
    criticality = resource.criticality.strip().casefold()
    return AllergyRecord(
        substances=substances(resource, resource.substance, terminology),
        manifestations=manifestations(resource, terminology),
        verification=status if status in _VERIFIED else "",
        clinical="" if status in _VERIFIED else status,
        type=resource.type.strip().casefold() if isinstance(resource.type, str) else "",
        criticality=_CRITICALITY.get(criticality, criticality),
        recorded=interval(resource.recorded_date) or interval(resource.onset),
    )


def service(resource: Resource, terminology: Terminology) -> tuple[str, Concept]:
    """ProcedureRequest: `status`, `code`."""
    status = resource.status.strip().casefold()
    return _REQUESTED.get(status, status), concept(resource.code, terminology)


def encounter(resource: Resource, terminology: Terminology) -> EncounterRecord:
    """Encounter: `class`, a word, `type`, `reason`."""
    kind = class_of(resource).strip().casefold()
    return visit(_CLASSES.get(kind, kind), (*types(resource), *many(resource.reason)), terminology)
