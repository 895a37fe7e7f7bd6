"""What R5 orders may be, strictly, where they differ from R4. Source: FHIR R5 MedicationRequest, ServiceRequest."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cds_service.fhir.writing.strict import AnyDosage, CodeableConcept, Concepts, Ratio, Reference, Strict
from cds_service.fhir.writing.strict_r4 import DispenseRequest, DoseAndRate, Order, Substitution


class CodeableReference(Strict):
    """CodeableReference."""

    concept: CodeableConcept | UnsetType = UNSET
    reference: Reference | UnsetType = UNSET


class Dosage(AnyDosage):
    """Dosage."""

    as_needed: bool | UnsetType = UNSET
    as_needed_for: Concepts | UnsetType = UNSET
    dose_and_rate: Annotated[tuple[DoseAndRate, ...], Meta(min_length=1)] | UnsetType = UNSET
    max_dose_per_period: Annotated[tuple[Ratio, ...], Meta(min_length=1)] | UnsetType = UNSET


class MedicationRequest(Order, kw_only=True, tag="MedicationRequest"):
    """MedicationRequest."""

    status: Literal[
        "active", "on-hold", "ended", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"
    ]
    medication: CodeableReference
    do_not_perform: bool | UnsetType = UNSET
    reason: Annotated[tuple[CodeableReference, ...], Meta(min_length=1)] | UnsetType = UNSET
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(min_length=1)] | UnsetType = UNSET
    dispense_request: DispenseRequest | UnsetType = UNSET
    substitution: Substitution | UnsetType = UNSET
    prior_prescription: Reference | UnsetType = UNSET


class ServiceRequest(Order, kw_only=True, tag="ServiceRequest"):
    """ServiceRequest, as we create it."""

    status: Literal["draft"]
    code: CodeableReference
    reason: Annotated[tuple[CodeableReference, ...], Meta(min_length=1)] | UnsetType = UNSET


ORDERS: msgspec.json.Decoder[MedicationRequest | ServiceRequest] = msgspec.json.Decoder(
    MedicationRequest | ServiceRequest
)
