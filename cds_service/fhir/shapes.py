"""What we read of FHIR resources: one struct for every resource type, only the elements that some rule needs.

Decoding is typed and selective: unknown elements are skipped without being built, numbers are `Decimal`. Where clients
are known to send an object instead of a list, both are taken (`many` makes them alike). What fits neither is mended
(`mend`), resource by resource. A JSON null is not a value in FHIR; it is mended to "absent".
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class Shape(msgspec.Struct, rename="camel", gc=False):
    """Base of all shapes: camelCase in JSON, not tracked by the garbage collector (JSON holds no cycles)."""


class Coding(Shape):
    """Coding."""

    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Shape):
    """CodeableConcept."""

    coding: tuple[Coding, ...] | Coding = ()
    text: str = ""


class Reference(Shape):
    """Reference."""

    reference: str = ""
    display: str = ""


class Quantity(Shape):
    """Quantity, Duration, Age."""

    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    code: str = ""


class Range(Shape):
    """Range."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Shape):
    """Ratio."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Shape):
    """Period; its ends as written."""

    start: str = ""
    end: str = ""


class Repeat(Shape):
    """Timing.repeat."""

    bounds_duration: Quantity | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: Decimal | None = None
    count_max: Decimal | None = None
    frequency: Decimal | None = None
    frequency_max: Decimal | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str = ""
    time_of_day: tuple[str, ...] | str = ()
    when: tuple[str, ...] | str = ()
    day_of_week: tuple[str, ...] | str = ()


class Timing(Shape):
    """Timing."""

    event: tuple[str, ...] | str = ()
    repeat: Repeat | None = None
    code: CodeableConcept | None = None


class DoseAndRate(Shape):
    """Dosage.doseAndRate."""

    dose_quantity: Quantity | None = None
    dose_range: Range | None = None


class Dosage(Shape):
    """Dosage; `dose_quantity` and `dose_range` stand here directly in older versions and at some clients."""

    sequence: Decimal | None = None
    text: str = ""
    patient_instruction: str = ""
    additional_instruction: tuple[CodeableConcept, ...] | CodeableConcept = ()
    timing: Timing | None = None
    as_needed_boolean: bool = False
    as_needed_codeable_concept: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] | DoseAndRate = ()
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    max_dose_per_period: tuple[Ratio, ...] | Ratio = ()
    max_dose_per_administration: Quantity | None = None


class InitialFill(Shape):
    """MedicationRequest.dispenseRequest.initialFill."""

    quantity: Quantity | None = None
    duration: Quantity | None = None


class DispenseRequest(Shape):
    """MedicationRequest.dispenseRequest."""

    initial_fill: InitialFill | None = None
    validity_period: Period | None = None
    number_of_repeats_allowed: Decimal | None = None
    quantity: Quantity | None = None
    expected_supply_duration: Quantity | None = None


class Ingredient(Shape):
    """Medication.ingredient."""

    item_codeable_concept: CodeableConcept | None = None
    strength: Ratio | None = None


class Annotation(Shape):
    """Annotation."""

    text: str = ""


class Reaction(Shape):
    """AllergyIntolerance.reaction."""

    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...] | CodeableConcept = ()


class Issue(Shape):
    """OperationOutcome.issue."""

    severity: str = ""


class Search(Shape):
    """Bundle.entry.search."""

    mode: str = ""


class Link(Shape):
    """Bundle.link."""

    relation: str = ""
    url: str = ""


class Entry(Shape):
    """Bundle.entry."""

    full_url: str = ""
    resource: "Resource | None" = None
    search: Search | None = None


class Resource(Shape):
    """Any FHIR resource; elements that a type does not have stay empty."""

    resource_type: str = ""
    id: str = ""
    status: str = ""
    subject: Reference | None = None
    patient: Reference | None = None
    code: CodeableConcept | None = None
    contained: "tuple[Resource, ...] | Resource" = ()
    # Patient
    birth_date: str = ""
    gender: str = ""
    # Condition, AllergyIntolerance
    clinical_status: CodeableConcept | str | None = None
    verification_status: CodeableConcept | str | None = None
    recorded_date: str = ""
    onset_date_time: str = ""
    onset_period: Period | None = None
    onset_age: Quantity | None = None
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_age: Quantity | None = None
    criticality: str = ""
    reaction: tuple[Reaction, ...] | Reaction = ()
    # MedicationRequest, MedicationStatement, MedicationAdministration, Medication
    intent: str = ""
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    authored_on: str = ""
    reason_code: tuple[CodeableConcept, ...] | CodeableConcept = ()
    reason_reference: tuple[Reference, ...] | Reference = ()
    status_reason: tuple[CodeableConcept, ...] | CodeableConcept = ()
    dosage_instruction: tuple[Dosage, ...] | Dosage = ()
    dosage: tuple[Dosage, ...] | Dosage = ()
    dispense_request: DispenseRequest | None = None
    prior_prescription: Reference | None = None
    note: tuple[Annotation, ...] | Annotation = ()
    date_asserted: str = ""
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    ingredient: tuple[Ingredient, ...] | Ingredient = ()
    form: CodeableConcept | None = None
    # Observation
    issued: str = ""
    value_quantity: Quantity | None = None
    value_integer: Decimal | None = None
    # Encounter, AllergyIntolerance.type
    class_: Coding | str | None = msgspec.field(default=None, name="class")
    type: tuple[CodeableConcept, ...] | CodeableConcept | str = ()
    service_type: CodeableConcept | None = None
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
