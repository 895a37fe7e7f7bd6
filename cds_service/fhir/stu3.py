"""FHIR STU3, where it differs from R4: bare status codes, `assertedDate`, `taken`, `notGiven`, ProcedureRequest.

A MedicationRequest of STU3 reads like one of R4; only writing one differs.
"""

from collections.abc import Callable, Mapping

import msgspec

from cds_service.domain.dates import DateInterval
from cds_service.domain.facts import SectionName
from cds_service.domain.terminology import Terminology
from cds_service.fhir import r4
from cds_service.fhir.dosages import instructions, supply, texts
from cds_service.fhir.r4 import class_of, name, observation, service, types, visit
from cds_service.fhir.r4_orders import drug_reference, medicine, reasons
from cds_service.fhir.records import AllergyRecord, ConditionRecord, EncounterRecord, OrderRecord, interval
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

NAME = "STU3"
SECTION_OF: Mapping[str, str] = {
    **{kind: section for kind, section in r4.SECTION_OF.items() if kind != "ServiceRequest"},
    "ProcedureRequest": SectionName.SERVICES,
}
SEARCHED: Mapping[str, tuple[str, str]] = {SectionName.SERVICES: ("ProcedureRequest", "&status=active")}
OWN: Mapping[str, Callable[[Resource], bool]] = {
    "Condition": lambda one: (
        bool(one.asserted_date)
        or (isinstance(one.clinical_status, str) and one.patient is None and not one.date_recorded)
    ),
    "AllergyIntolerance": lambda one: bool(one.asserted_date) or isinstance(one.clinical_status, str),
    "MedicationStatement": lambda one: bool(one.taken),
    "MedicationAdministration": lambda one: one.not_given is not None,
    "ProcedureRequest": lambda one: bool(one.intent),
    "Encounter": lambda one: bool(one.reason) and not isinstance(one.class_, str | tuple),
}


def order(resource: Resource) -> OrderRecord:
    """As R4, and `taken` of a statement, `notGiven` of an administration: the drug is not taken (ruling 14)."""
    record = r4.order(resource)
    refused = resource.taken.strip().casefold() == "n" or bool(resource.not_given)
    return msgspec.structs.replace(record, refused=True) if refused else record


def condition(resource: Resource, birth: DateInterval | None, terminology: Terminology) -> ConditionRecord:
    """As R4, recorded on `assertedDate`; `abatementBoolean` says that it is over."""
    record = r4.condition(resource, birth, terminology)
    clinical = "resolved" if resource.abatement_boolean else record.clinical
    recorded = interval(resource.asserted_date) or record.recorded
    return msgspec.structs.replace(record, clinical=clinical, recorded=recorded)


def allergy(resource: Resource, terminology: Terminology) -> AllergyRecord:
    """As R4, recorded on `assertedDate`."""
    record = r4.allergy(resource, terminology)
    return msgspec.structs.replace(record, recorded=interval(resource.asserted_date) or record.recorded)


def encounter(resource: Resource, terminology: Terminology) -> EncounterRecord:
    """`class`, `type`, `reason`."""
    return visit(class_of(resource), (*types(resource), *many(resource.reason)), terminology)
