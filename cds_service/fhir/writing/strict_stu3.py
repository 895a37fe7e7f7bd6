"""What STU3 orders may be, strictly. Source: FHIR STU3 MedicationRequest, ProcedureRequest, Dosage.

`numberOfRepeatsAllowed` is a positive integer: no repeats are said by leaving it out.
"""

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
    OldReference,
    Period,
    Positive,
    Quantity,
    Range,
    Ratio,
    SimpleQuantity,
    Strict,
    at_most_one,
    exactly_one,
)


class Dosage(AnyDosage):
    """Dosage."""

    as_needed_boolean: bool | UnsetType = UNSET
    as_needed_codeable_concept: CodeableConcept | UnsetType = UNSET
    dose_quantity: SimpleQuantity | UnsetType = UNSET
    dose_range: Range | UnsetType = UNSET
    max_dose_per_period: Ratio | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two ways of "as needed", and two doses."""
        at_most_one(self.as_needed_boolean, self.as_needed_codeable_concept)
        at_most_one(self.dose_quantity, self.dose_range)


class DispenseRequest(Strict):
    """MedicationRequest.dispenseRequest."""

    validity_period: Period | UnsetType = UNSET
    number_of_repeats_allowed: Positive | UnsetType = UNSET
    quantity: SimpleQuantity | UnsetType = UNSET
    expected_supply_duration: Quantity | UnsetType = UNSET


class Requester(Strict):
    """MedicationRequest.requester, ProcedureRequest.requester."""

    agent: OldReference
    on_behalf_of: OldReference | UnsetType = UNSET


class Order(Strict, tag_field="resourceType"):
    """What both kinds of orders have."""

    intent: Literal["proposal", "plan", "order", "instance-order"]
    subject: OldReference
    id: Id | UnsetType = UNSET
    priority: Literal["routine", "urgent", "asap", "stat"] | UnsetType = UNSET
    context: OldReference | UnsetType = UNSET
    authored_on: DateTime | UnsetType = UNSET
    requester: Requester | UnsetType = UNSET
    reason_code: Concepts | UnsetType = UNSET
    reason_reference: Annotated[tuple[OldReference, ...], Meta(min_length=1)] | UnsetType = UNSET
    note: Annotated[tuple[Annotation, ...], Meta(min_length=1)] | UnsetType = UNSET


class MedicationRequest(Order, kw_only=True, tag="MedicationRequest"):
    """MedicationRequest."""

    status: Literal["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"]
    category: CodeableConcept | UnsetType = UNSET
    medication_codeable_concept: CodeableConcept | UnsetType = UNSET
    medication_reference: OldReference | UnsetType = UNSET
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(min_length=1)] | UnsetType = UNSET
    dispense_request: DispenseRequest | UnsetType = UNSET
    prior_prescription: OldReference | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Insist on one medication."""
        exactly_one(self.medication_codeable_concept, self.medication_reference)


class ProcedureRequest(Order, kw_only=True, tag="ProcedureRequest"):
    """ProcedureRequest, as we create it."""

    status: Literal["draft"]
    code: CodeableConcept


ORDERS: msgspec.json.Decoder[MedicationRequest | ProcedureRequest] = msgspec.json.Decoder(
    MedicationRequest | ProcedureRequest
)
