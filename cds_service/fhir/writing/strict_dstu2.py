"""What DSTU2 orders may be: their whole structure, for no library that is kept up judges DSTU2 any more.

A MedicationOrder with every element it may have; a ProcedureRequest with those we write. Narrative, extensions and
contained resources are taken as the client sent them; extensions of primitive elements (`_status`) are refused.
Source: FHIR DSTU2 (1.0.2) MedicationOrder, ProcedureRequest, Timing and the other types named here.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cds_service.fhir.writing.strict import (
    Annotation,
    Code,
    CodeableConcept,
    Comparator,
    DateTime,
    Id,
    Positive,
    Strict,
    Text,
    UnitOfTime,
    Uri,
    at_most_one,
    exactly_one,
)

Plain = dict[str, Any]
Extensions = Annotated[tuple[Plain, ...], Meta(min_length=1)]
NotNegative = Annotated[float, Meta(ge=0)]


class Element(Strict):
    """Base of all data types."""

    id: Text | UnsetType = UNSET
    extension: Extensions | UnsetType = UNSET


class Backbone(Element):
    """Base of the parts of a resource."""

    modifier_extension: Extensions | UnsetType = UNSET


class Coding(Element):
    """Coding."""

    system: Uri | UnsetType = UNSET
    version: Text | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    display: Text | UnsetType = UNSET
    user_selected: bool | UnsetType = UNSET


class Concept(Element):
    """CodeableConcept."""

    coding: Annotated[tuple[Coding, ...], Meta(min_length=1)] | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class Reference(Element):
    """Reference."""

    reference: Uri | UnsetType = UNSET
    display: Text | UnsetType = UNSET


class Quantity(Element):
    """Quantity, Duration."""

    value: float | UnsetType = UNSET
    comparator: Comparator | UnsetType = UNSET
    unit: Text | UnsetType = UNSET
    system: Uri | UnsetType = UNSET
    code: Code | UnsetType = UNSET


class Range(Element):
    """Range."""

    low: Quantity | UnsetType = UNSET
    high: Quantity | UnsetType = UNSET


class Ratio(Element):
    """Ratio."""

    numerator: Quantity | UnsetType = UNSET
    denominator: Quantity | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse half a ratio."""
        if (self.numerator is UNSET) != (self.denominator is UNSET):
            raise ValueError("a ratio has both parts")


class Period(Element):
    """Period."""

    start: DateTime | UnsetType = UNSET
    end: DateTime | UnsetType = UNSET


class Identifier(Element):
    """Identifier."""

    use: Literal["usual", "official", "temp", "secondary"] | UnsetType = UNSET
    type: Concept | UnsetType = UNSET
    system: Uri | UnsetType = UNSET
    value: Text | UnsetType = UNSET
    period: Period | UnsetType = UNSET
    assigner: Reference | UnsetType = UNSET


class Repeat(Element):
    """Timing.repeat."""

    bounds_quantity: Quantity | UnsetType = UNSET
    bounds_range: Range | UnsetType = UNSET
    bounds_period: Period | UnsetType = UNSET
    count: int | UnsetType = UNSET
    duration: NotNegative | UnsetType = UNSET
    duration_max: NotNegative | UnsetType = UNSET
    duration_units: UnitOfTime | UnsetType = UNSET
    frequency: int | UnsetType = UNSET
    frequency_max: int | UnsetType = UNSET
    period: NotNegative | UnsetType = UNSET
    period_max: NotNegative | UnsetType = UNSET
    period_units: UnitOfTime | UnsetType = UNSET
    when: Code | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two bounds."""
        at_most_one(self.bounds_quantity, self.bounds_range, self.bounds_period)


class Timing(Element):
    """Timing."""

    event: Annotated[tuple[DateTime, ...], Meta(min_length=1)] | UnsetType = UNSET
    repeat: Repeat | UnsetType = UNSET
    code: Concept | UnsetType = UNSET


class Dosage(Backbone):
    """MedicationOrder.dosageInstruction."""

    text: Text | UnsetType = UNSET
    additional_instructions: Concept | UnsetType = UNSET
    timing: Timing | UnsetType = UNSET
    as_needed_boolean: bool | UnsetType = UNSET
    as_needed_codeable_concept: Concept | UnsetType = UNSET
    site_codeable_concept: Concept | UnsetType = UNSET
    site_reference: Reference | UnsetType = UNSET
    route: Concept | UnsetType = UNSET
    method: Concept | UnsetType = UNSET
    dose_range: Range | UnsetType = UNSET
    dose_quantity: Quantity | UnsetType = UNSET
    rate_ratio: Ratio | UnsetType = UNSET
    rate_range: Range | UnsetType = UNSET
    max_dose_per_period: Ratio | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two of any choice."""
        at_most_one(self.as_needed_boolean, self.as_needed_codeable_concept)
        at_most_one(self.site_codeable_concept, self.site_reference)
        at_most_one(self.dose_range, self.dose_quantity)
        at_most_one(self.rate_ratio, self.rate_range)


class DispenseRequest(Backbone):
    """MedicationOrder.dispenseRequest."""

    medication_codeable_concept: Concept | UnsetType = UNSET
    medication_reference: Reference | UnsetType = UNSET
    validity_period: Period | UnsetType = UNSET
    number_of_repeats_allowed: Positive | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    expected_supply_duration: Quantity | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two products."""
        at_most_one(self.medication_codeable_concept, self.medication_reference)


class Substitution(Backbone, kw_only=True):
    """MedicationOrder.substitution."""

    type: Concept
    reason: Concept | UnsetType = UNSET


class MedicationOrder(Strict, tag_field="resourceType", tag="MedicationOrder"):
    """MedicationOrder."""

    id: Id | UnsetType = UNSET
    meta: Plain | UnsetType = UNSET
    implicit_rules: Uri | UnsetType = UNSET
    language: Code | UnsetType = UNSET
    text: Plain | UnsetType = UNSET
    contained: Annotated[tuple[Plain, ...], Meta(min_length=1)] | UnsetType = UNSET
    extension: Extensions | UnsetType = UNSET
    modifier_extension: Extensions | UnsetType = UNSET
    identifier: Annotated[tuple[Identifier, ...], Meta(min_length=1)] | UnsetType = UNSET
    date_written: DateTime | UnsetType = UNSET
    status: Literal["active", "on-hold", "completed", "entered-in-error", "stopped", "draft"] | UnsetType = UNSET
    date_ended: DateTime | UnsetType = UNSET
    reason_ended: Concept | UnsetType = UNSET
    patient: Reference | UnsetType = UNSET
    prescriber: Reference | UnsetType = UNSET
    encounter: Reference | UnsetType = UNSET
    reason_codeable_concept: Concept | UnsetType = UNSET
    reason_reference: Reference | UnsetType = UNSET
    note: Text | UnsetType = UNSET
    medication_codeable_concept: Concept | UnsetType = UNSET
    medication_reference: Reference | UnsetType = UNSET
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(min_length=1)] | UnsetType = UNSET
    dispense_request: DispenseRequest | UnsetType = UNSET
    substitution: Substitution | UnsetType = UNSET
    prior_prescription: Reference | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Insist on one medication, refuse two reasons."""
        exactly_one(self.medication_codeable_concept, self.medication_reference)
        at_most_one(self.reason_codeable_concept, self.reason_reference)


class ProcedureRequest(Strict, tag_field="resourceType", tag="ProcedureRequest"):
    """ProcedureRequest, as we create it."""

    subject: Reference
    code: CodeableConcept
    status: Literal["draft"]
    reason_codeable_concept: Concept | UnsetType = UNSET
    reason_reference: Reference | UnsetType = UNSET
    encounter: Reference | UnsetType = UNSET
    ordered_on: DateTime | UnsetType = UNSET
    orderer: Reference | UnsetType = UNSET
    notes: Annotated[tuple[Annotation, ...], Meta(min_length=1)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two reasons."""
        at_most_one(self.reason_codeable_concept, self.reason_reference)


ORDERS: msgspec.json.Decoder[MedicationOrder | ProcedureRequest] = msgspec.json.Decoder(
    MedicationOrder | ProcedureRequest
)
