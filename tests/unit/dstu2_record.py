"""The resources of a record as DSTU2 has them, as far as the stories use them: for no library judges DSTU2 any more.

Source: FHIR DSTU2 (1.0.2) Patient, Condition, AllergyIntolerance, MedicationStatement, Observation, Encounter.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from cds_service.fhir.writing.strict import DateTime, Id, Text
from cds_service.fhir.writing.strict_dstu2 import Concept, MedicationOrder, Period, Plain, Quantity, Reference


class Resource(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, tag_field="resourceType"):
    id: Id
    meta: Plain | UnsetType = UNSET


class Patient(Resource, tag=True):
    name: tuple[Plain, ...] | UnsetType = UNSET
    gender: Literal["male", "female", "other", "unknown"] | UnsetType = UNSET
    birth_date: DateTime | UnsetType = UNSET


class Condition(Resource, tag=True):
    patient: Reference
    code: Concept
    verification_status: Literal["provisional", "differential", "confirmed", "refuted", "entered-in-error", "unknown"]
    clinical_status: Literal["active", "relapse", "remission", "resolved"] | UnsetType = UNSET
    date_recorded: DateTime | UnsetType = UNSET
    onset_date_time: DateTime | UnsetType = UNSET
    abatement_date_time: DateTime | UnsetType = UNSET


class Reaction(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    manifestation: tuple[Concept, ...]
    substance: Concept | UnsetType = UNSET


class AllergyIntolerance(Resource, tag=True):
    patient: Reference
    substance: Concept
    status: (
        Literal["active", "unconfirmed", "confirmed", "inactive", "resolved", "refuted", "entered-in-error"] | UnsetType
    ) = UNSET
    criticality: Literal["CRITL", "CRITH", "CRITU"] | UnsetType = UNSET
    type: Literal["allergy", "intolerance"] | UnsetType = UNSET
    recorded_date: DateTime | UnsetType = UNSET
    reaction: tuple[Reaction, ...] | UnsetType = UNSET


class MedicationStatement(Resource, tag=True):
    patient: Reference
    status: Literal["active", "completed", "entered-in-error", "intended"]
    medication_codeable_concept: Concept
    was_not_taken: bool | UnsetType = UNSET
    effective_period: Period | UnsetType = UNSET


class Observation(Resource, tag=True):
    status: Literal["registered", "preliminary", "final", "amended", "cancelled", "entered-in-error", "unknown"]
    code: Concept
    subject: Reference
    effective_date_time: DateTime
    value_quantity: Quantity


class Encounter(Resource, tag=True):
    status: Literal["planned", "arrived", "in-progress", "onleave", "finished", "cancelled"]
    class_: Literal[
        "inpatient", "outpatient", "ambulatory", "emergency", "home", "field", "daytime", "virtual", "other"
    ] = msgspec.field(name="class")
    patient: Reference
    type: tuple[Concept, ...] | UnsetType = UNSET
    reason: tuple[Concept, ...] | UnsetType = UNSET


class ProcedureRequest(Resource, tag=True):
    subject: Reference
    code: Concept
    status: Literal["proposed", "draft", "requested", "received", "accepted", "in-progress", "completed", "aborted"]
    encounter: Reference | UnsetType = UNSET
    ordered_on: DateTime | UnsetType = UNSET
    orderer: Reference | UnsetType = UNSET


class Medication(Resource, tag=True):
    code: Concept


class Entry(msgspec.Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    resource: (
        Patient
        | Condition
        | AllergyIntolerance
        | MedicationOrder
        | MedicationStatement
        | Observation
        | Encounter
        | ProcedureRequest
        | Medication
    )
    full_url: Text | UnsetType = UNSET
    search: dict[str, Literal["match"]] | UnsetType = UNSET


def check(resource):
    """Raise msgspec.ValidationError unless the resource is valid DSTU2."""
    msgspec.json.decode(msgspec.json.encode({"resource": resource}), type=Entry)
