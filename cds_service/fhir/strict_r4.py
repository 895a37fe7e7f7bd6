"""The R4 orders we send, strictly: what these shapes accept is valid, and found so in microseconds.

They hold the elements that orders usually have; an order with others is not refused but judged by `valid_r4`, slowly.
Every text has a character that is not blank, no list is empty, no null is taken. Source: FHIR R4 MedicationRequest,
ServiceRequest, Dosage, Timing.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+\-](0[0-9]|1[0-3]):[0-5][0-9])"
Text = Annotated[str, Meta(pattern=r"\S")]
Uri = Annotated[str, Meta(pattern=r"^\S+\Z")]
Code = Annotated[str, Meta(pattern=r"^\S+( \S+)*\Z")]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9\-.]{1,64}\Z")]
DateTime = Annotated[str, Meta(pattern=rf"^([0-9]{{4}}(-(0[1-9]|1[0-2]))?|{_DAY}({_TIME})?)\Z")]
Positive = Annotated[int, Meta(ge=1, le=2_147_483_647)]
Unsigned = Annotated[int, Meta(ge=0, le=2_147_483_647)]
UnitOfTime = Literal["s", "min", "h", "d", "wk", "mo", "a"]


class Strict(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """Base of all strict shapes: camelCase in JSON, nothing unknown, absent is absent."""


class Coding(Strict):
    """Coding."""

    system: Uri | UnsetType = UNSET
    version: Text | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    display: Text | UnsetType = UNSET
    user_selected: bool | UnsetType = UNSET


class CodeableConcept(Strict):
    """CodeableConcept."""

    coding: Annotated[tuple[Coding, ...], Meta(min_length=1)] | UnsetType = UNSET
    text: Text | UnsetType = UNSET


class Reference(Strict):
    """Reference, by its `reference` or named only."""

    reference: Uri | UnsetType = UNSET
    type: Uri | UnsetType = UNSET
    display: Text | UnsetType = UNSET


class Quantity(Strict):
    """Quantity, Duration."""

    value: float | UnsetType = UNSET
    comparator: Literal["<", "<=", ">=", ">"] | UnsetType = UNSET
    unit: Text | UnsetType = UNSET
    system: Uri | UnsetType = UNSET
    code: Code | UnsetType = UNSET


class SimpleQuantity(Strict):
    """Quantity without a comparator."""

    value: float | UnsetType = UNSET
    unit: Text | UnsetType = UNSET
    system: Uri | UnsetType = UNSET
    code: Code | UnsetType = UNSET


class Range(Strict):
    """Range."""

    low: SimpleQuantity | UnsetType = UNSET
    high: SimpleQuantity | UnsetType = UNSET


class Ratio(Strict):
    """Ratio, of a numerator and a denominator."""

    numerator: Quantity
    denominator: Quantity


class Period(Strict):
    """Period."""

    start: DateTime | UnsetType = UNSET
    end: DateTime | UnsetType = UNSET


class Annotation(Strict):
    """Annotation."""

    text: Text
    time: DateTime | UnsetType = UNSET
    author_string: Text | UnsetType = UNSET


class Repeat(Strict):
    """Timing.repeat."""

    bounds_duration: Quantity | UnsetType = UNSET
    bounds_range: Range | UnsetType = UNSET
    bounds_period: Period | UnsetType = UNSET
    count: Positive | UnsetType = UNSET
    count_max: Positive | UnsetType = UNSET
    frequency: Positive | UnsetType = UNSET
    frequency_max: Positive | UnsetType = UNSET
    period: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    period_max: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    period_unit: UnitOfTime | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two bounds."""
        _at_most_one(self.bounds_duration, self.bounds_range, self.bounds_period)


class Timing(Strict):
    """Timing."""

    repeat: Repeat | UnsetType = UNSET
    code: CodeableConcept | UnsetType = UNSET


class DoseAndRate(Strict):
    """Dosage.doseAndRate."""

    type: CodeableConcept | UnsetType = UNSET
    dose_quantity: SimpleQuantity | UnsetType = UNSET
    dose_range: Range | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two doses."""
        _at_most_one(self.dose_quantity, self.dose_range)


class Dosage(Strict):
    """Dosage."""

    sequence: Annotated[int, Meta(ge=-2_147_483_648, le=2_147_483_647)] | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    additional_instruction: Annotated[tuple[CodeableConcept, ...], Meta(min_length=1)] | UnsetType = UNSET
    patient_instruction: Text | UnsetType = UNSET
    timing: Timing | UnsetType = UNSET
    as_needed_boolean: bool | UnsetType = UNSET
    as_needed_codeable_concept: CodeableConcept | UnsetType = UNSET
    site: CodeableConcept | UnsetType = UNSET
    route: CodeableConcept | UnsetType = UNSET
    method: CodeableConcept | UnsetType = UNSET
    dose_and_rate: Annotated[tuple[DoseAndRate, ...], Meta(min_length=1)] | UnsetType = UNSET
    max_dose_per_period: Ratio | UnsetType = UNSET
    max_dose_per_administration: SimpleQuantity | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse two ways of "as needed"."""
        _at_most_one(self.as_needed_boolean, self.as_needed_codeable_concept)


class DispenseRequest(Strict):
    """MedicationRequest.dispenseRequest."""

    dispense_interval: Quantity | UnsetType = UNSET
    validity_period: Period | UnsetType = UNSET
    number_of_repeats_allowed: Unsigned | UnsetType = UNSET
    quantity: SimpleQuantity | UnsetType = UNSET
    expected_supply_duration: Quantity | UnsetType = UNSET


class Substitution(Strict):
    """MedicationRequest.substitution."""

    allowed_boolean: bool
    reason: CodeableConcept | UnsetType = UNSET


class Order(Strict, tag_field="resourceType"):
    """What both kinds of orders have."""

    intent: Literal[
        "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"
    ]
    subject: Reference
    id: Id | UnsetType = UNSET
    category: Annotated[tuple[CodeableConcept, ...], Meta(min_length=1)] | UnsetType = UNSET
    priority: Literal["routine", "urgent", "asap", "stat"] | UnsetType = UNSET
    encounter: Reference | UnsetType = UNSET
    authored_on: DateTime | UnsetType = UNSET
    requester: Reference | UnsetType = UNSET
    reason_code: Annotated[tuple[CodeableConcept, ...], Meta(min_length=1)] | UnsetType = UNSET
    reason_reference: Annotated[tuple[Reference, ...], Meta(min_length=1)] | UnsetType = UNSET
    note: Annotated[tuple[Annotation, ...], Meta(min_length=1)] | UnsetType = UNSET


class MedicationRequest(Order, kw_only=True, tag="MedicationRequest"):
    """MedicationRequest."""

    status: Literal["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"]
    do_not_perform: bool | UnsetType = UNSET
    medication_codeable_concept: CodeableConcept | UnsetType = UNSET
    medication_reference: Reference | UnsetType = UNSET
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(min_length=1)] | UnsetType = UNSET
    dispense_request: DispenseRequest | UnsetType = UNSET
    substitution: Substitution | UnsetType = UNSET
    prior_prescription: Reference | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Insist on one medication."""
        if (self.medication_codeable_concept is UNSET) == (self.medication_reference is UNSET):
            raise ValueError("exactly one medication is needed")


class ServiceRequest(Order, kw_only=True, tag="ServiceRequest"):
    """ServiceRequest, as we create it."""

    status: Literal["draft"]
    code: CodeableConcept


_decoder = msgspec.json.Decoder(MedicationRequest | ServiceRequest)
_concept, _reference = msgspec.json.Decoder(CodeableConcept), msgspec.json.Decoder(Reference)
_encoder = msgspec.json.Encoder(decimal_format="number")


def write(value: object) -> bytes:
    """JSON of a resource or a part of one; a `Decimal` keeps its digits."""
    return _encoder.encode(value)


def is_strict(raw: bytes) -> bool:
    """Whether JSON is a valid order of the usual elements; false means "look closer", not "invalid"."""
    return _accepts(_decoder, raw)


def is_concept(value: object) -> bool:
    """Whether plain JSON is a CodeableConcept that may be copied."""
    return _accepts(_concept, write(value))


def is_reference(value: object) -> bool:
    """Whether plain JSON is a Reference that means the same from another resource (nothing `contained`)."""
    raw = write(value)
    if not _accepts(_reference, raw) or not isinstance(value, dict):
        return False
    return not str(value.get("reference", "")).startswith("#")


def _accepts(decoder: msgspec.json.Decoder[Any], raw: bytes) -> bool:
    if b"{}" in raw:  # an empty object, or a text that looks like one
        return False
    try:
        decoder.decode(raw)
    except msgspec.DecodeError:  # a ValidationError is one, too
        return False
    return True


def _at_most_one(*values: object) -> None:
    if sum(value is not UNSET for value in values) > 1:
        raise ValueError("only one of a choice may be given")
