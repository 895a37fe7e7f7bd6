"""What we read of FHIR resources: one struct for every type and version, only the elements that some rule needs.

Decoding is typed and selective: unknown elements are skipped without being built, numbers are `Decimal`. Where clients
are known to send an object instead of a list, both are taken (`many` makes them alike). What fits neither is mended
(`mend`), resource by resource. A JSON null is not a value in FHIR; it is mended to "absent".
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from cds_service.fhir.datatypes import (
    Adherence,
    Annotation,
    CodeableConcept,
    CodeableReference,
    DispenseRequest,
    Dosage,
    EncounterClass,
    Ingredient,
    Issue,
    Link,
    Period,
    Product,
    Quantity,
    Reaction,
    Reason,
    Reference,
    Search,
    Shape,
)

S = TypeVar("S", bound=msgspec.Struct)


class Entry(Shape):
    """Bundle.entry."""

    full_url: str = ""
    resource: "Resource | None" = None
    search: Search | None = None


class Component(Shape):
    """Observation.component: one value of several."""

    code: CodeableConcept | None = None
    value_quantity: Quantity | None = None


class Resource(Shape):
    """Any FHIR resource; elements that a type or version does not have stay empty."""

    resource_type: str = ""
    id: str = ""
    status: str = ""
    subject: Reference | None = None
    patient: Reference | None = None
    code: CodeableReference | None = None
    contained: "tuple[Resource, ...] | Resource" = ()
    # Patient
    birth_date: str = ""
    gender: str = ""
    # Condition, AllergyIntolerance
    clinical_status: CodeableConcept | str | None = None
    verification_status: CodeableConcept | str | None = None
    recorded_date: str = ""
    asserted_date: str = ""  # STU3
    date_recorded: str = ""  # DSTU2
    onset: str = ""  # DSTU2
    onset_date_time: str = ""
    onset_period: Period | None = None
    onset_age: Quantity | None = None
    onset_quantity: Quantity | None = None  # DSTU2
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_age: Quantity | None = None
    abatement_quantity: Quantity | None = None  # DSTU2
    abatement_boolean: bool = False  # before R4
    substance: CodeableConcept | None = None  # DSTU2
    criticality: str = ""
    reaction: tuple[Reaction, ...] | Reaction = ()
    # MedicationRequest and its like, ServiceRequest and its like
    intent: str = ""
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    medication: CodeableReference | None = None  # R5
    authored_on: str = ""
    date_written: str = ""  # DSTU2
    date_ended: str = ""  # DSTU2
    status_changed: str = ""  # R5
    reason_code: tuple[CodeableConcept, ...] | CodeableConcept = ()
    reason_reference: tuple[Reference, ...] | Reference = ()
    reason_codeable_concept: CodeableConcept | None = None  # DSTU2
    reason: tuple[Reason, ...] | Reason = ()  # R5; of an Encounter also before R4
    status_reason: tuple[CodeableConcept, ...] | CodeableConcept = ()
    reason_ended: CodeableConcept | None = None  # DSTU2
    dosage_instruction: tuple[Dosage, ...] | Dosage = ()
    dosage: tuple[Dosage, ...] | Dosage = ()
    dispense_request: DispenseRequest | None = None
    prior_prescription: Reference | None = None
    note: tuple[Annotation, ...] | Annotation | str = ()
    # MedicationStatement, MedicationAdministration
    taken: str = ""  # STU3
    was_not_taken: bool | None = None  # DSTU2
    not_given: bool | None = None  # STU3
    was_not_given: bool | None = None  # DSTU2
    adherence: Adherence | None = None  # R5
    date_asserted: str = ""
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    effective_dose_period: Period | None = None  # R5
    effective_time_date_time: str = ""  # DSTU2
    effective_time_period: Period | None = None  # DSTU2
    occurence_date_time: str = ""  # R5, spelled so
    occurence_period: Period | None = None  # R5
    # Medication
    ingredient: tuple[Ingredient, ...] | Ingredient = ()
    form: CodeableConcept | None = None
    dose_form: CodeableConcept | None = None  # R5
    product: Product | None = None  # DSTU2
    # Observation
    issued: str = ""
    value_quantity: Quantity | None = None
    value_integer: Decimal | None = None
    component: tuple[Component, ...] | Component = ()
    # Encounter, AllergyIntolerance.type
    class_: tuple[EncounterClass, ...] | EncounterClass | str = msgspec.field(default="", name="class")
    type: tuple[CodeableConcept, ...] | CodeableConcept | str = ()
    service_type: tuple[CodeableReference, ...] | CodeableReference = ()
    # Bundle, OperationOutcome
    link: tuple[Link, ...] | Link = ()
    total: Decimal | None = None
    entry: tuple[Entry | None, ...] | Entry = ()
    issue: tuple[Issue, ...] | Issue = ()


def many(value: Sequence[S] | S) -> Sequence[S]:
    """A list, also where a client sent its only element without one."""
    return (value,) if isinstance(value, msgspec.Struct) else value


def count(value: tuple[str, ...] | str) -> int:
    """How many different texts a list of texts holds, one where a client sent it bare."""
    return (1 if value else 0) if isinstance(value, str) else len(set(value))


def reference_of(resource: Resource) -> str:
    """`Type/id` of a resource; empty when it has no id."""
    return f"{resource.resource_type}/{resource.id}" if resource.id else ""
