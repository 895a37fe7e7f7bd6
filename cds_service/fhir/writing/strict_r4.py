"""What R4 orders may be, strictly. Source: FHIR R4 MedicationRequest, ServiceRequest, Dosage."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cds_service.fhir.writing.strict import (
    Annotation,
    AnyDosage,
    CodeableConcept,
    Concepts,
    DateTime,
    Id,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    SimpleQuantity,
    Strict,
    Unsigned,
    at_most_one,
    exactly_one,
)


class DoseAndRate(Strict):
    """Dosage.doseAndRate."""

    type: CodeableConcept | UnsetType = UNSET
    dose_quantity: SimpleQuantity | UnsetType = UNSET
    dose_range: Range | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two doses."""
        at_most_one(self.dose_quantity, self.dose_range)


class Dosage(AnyDosage):
    """Dosage of R4."""

    as_needed_boolean: bool | UnsetType = UNSET
    as_needed_codeable_concept: CodeableConcept | UnsetType = UNSET
    dose_and_rate: Annotated[tuple[DoseAndRate, ...], Meta(min_length=1)] | UnsetType = UNSET
    max_dose_per_period: Ratio | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two ways of "as needed"."""
        at_most_one(self.as_needed_boolean, self.as_needed_codeable_concept)


class DispenseRequest(Strict):
    """MedicationRequest.dispenseRequest from R4 on."""

    dispense_interval: Quantity | UnsetType = UNSET
    validity_period: Period | UnsetType = UNSET
    number_of_repeats_allowed: Unsigned | UnsetType = UNSET
    quantity: SimpleQuantity | UnsetType = UNSET
    expected_supply_duration: Quantity | UnsetType = UNSET


class Substitution(Strict):
    """MedicationRequest.substitution from R4 on."""

    allowed_boolean: bool
    reason: CodeableConcept | UnsetType = UNSET


class Order(Strict, tag_field="resourceType"):
    """What orders have from R4 on."""

    intent: Literal[
        "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"
    ]
    subject: Reference
    id: Id | UnsetType = UNSET
    category: Concepts | UnsetType = UNSET
    priority: Literal["routine", "urgent", "asap", "stat"] | UnsetType = UNSET
    encounter: Reference | UnsetType = UNSET
    authored_on: DateTime | UnsetType = UNSET
    requester: Reference | UnsetType = UNSET
    note: Annotated[tuple[Annotation, ...], Meta(min_length=1)] | UnsetType = UNSET


class MedicationRequest(Order, kw_only=True, tag="MedicationRequest"):
    """MedicationRequest of R4."""

    status: Literal["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"]
    do_not_perform: bool | UnsetType = UNSET
    medication_codeable_concept: CodeableConcept | UnsetType = UNSET
    medication_reference: Reference | UnsetType = UNSET
    reason_code: Concepts | UnsetType = UNSET
    reason_reference: Annotated[tuple[Reference, ...], Meta(min_length=1)] | UnsetType = UNSET
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(min_length=1)] | UnsetType = UNSET
    dispense_request: DispenseRequest | UnsetType = UNSET
    substitution: Substitution | UnsetType = UNSET
    prior_prescription: Reference | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Insist on one medication."""
        exactly_one(self.medication_codeable_concept, self.medication_reference)


class ServiceRequest(Order, kw_only=True, tag="ServiceRequest"):
    """ServiceRequest of R4, as we create it."""

    status: Literal["draft"]
    code: CodeableConcept
    reason_code: Concepts | UnsetType = UNSET
    reason_reference: Annotated[tuple[Reference, ...], Meta(min_length=1)] | UnsetType = UNSET


ORDERS: msgspec.json.Decoder[MedicationRequest | ServiceRequest] = msgspec.json.Decoder(
    MedicationRequest | ServiceRequest
)
