"""What orders may be, strictly: the data types, and how strictness works; each version's orders stand in its own file.

What the shapes accept is valid, and found so in microseconds. They hold the elements that orders usually have; an order
with others is not refused but judged by `models`, slowly. Every text has a character that is not blank, no list is
empty, no null is taken. Source: the data types of FHIR STU3, R4 and R5.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

_YEAR = r"(?!0000)[0-9]{4}"
_LEAP_YEAR = r"(?!0000)([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_LONG, _SHORT = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", r"(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_DAY = rf"({_YEAR}-({_LONG}|{_SHORT}|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
_TIME = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+\-](0[0-9]|1[0-3]):[0-5][0-9])"
Text = Annotated[str, Meta(pattern=r"\S")]
Uri = Annotated[str, Meta(pattern=r"^\S+\Z")]
Code = Annotated[str, Meta(pattern=r"^\S+( \S+)*\Z")]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9\-.]{1,64}\Z")]
DateTime = Annotated[str, Meta(pattern=rf"^({_YEAR}(-(0[1-9]|1[0-2]))?|{_DAY}({_TIME})?)\Z")]
Positive = Annotated[int, Meta(ge=1, le=2_147_483_647)]
Unsigned = Annotated[int, Meta(ge=0, le=2_147_483_647)]
UnitOfTime = Literal["s", "min", "h", "d", "wk", "mo", "a"]
Comparator = Literal["<", "<=", ">=", ">"]


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


Concepts = Annotated[tuple[CodeableConcept, ...], Meta(min_length=1)]


class OldReference(Strict):
    """Reference as before R4, by its `reference` or named only."""

    reference: Uri | UnsetType = UNSET
    display: Text | UnsetType = UNSET


class Reference(OldReference):
    """Reference from R4 on."""

    type: Uri | UnsetType = UNSET


class Quantity(Strict):
    """Quantity, Duration."""

    value: float | UnsetType = UNSET
    comparator: Comparator | UnsetType = UNSET
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
        at_most_one(self.bounds_duration, self.bounds_range, self.bounds_period)


class Timing(Strict):
    """Timing."""

    repeat: Repeat | UnsetType = UNSET
    code: CodeableConcept | UnsetType = UNSET


class AnyDosage(Strict):
    """What the Dosage of STU3, R4 and R5 has."""

    sequence: Annotated[int, Meta(ge=-2_147_483_648, le=2_147_483_647)] | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    additional_instruction: Concepts | UnsetType = UNSET
    patient_instruction: Text | UnsetType = UNSET
    timing: Timing | UnsetType = UNSET
    site: CodeableConcept | UnsetType = UNSET
    route: CodeableConcept | UnsetType = UNSET
    method: CodeableConcept | UnsetType = UNSET
    max_dose_per_administration: SimpleQuantity | UnsetType = UNSET


_concept = msgspec.json.Decoder(CodeableConcept)
_reference, _old_reference = msgspec.json.Decoder(Reference), msgspec.json.Decoder(OldReference)
_encoder = msgspec.json.Encoder(decimal_format="number")


def write(value: object) -> bytes:
    """JSON of a resource or a part of one; a `Decimal` keeps its digits."""
    return _encoder.encode(value)


def accepts(decoder: msgspec.json.Decoder[Any], raw: bytes) -> bool:
    """Whether JSON is valid and of the usual elements; false means "look closer", not "invalid"."""
    if b"{}" in raw:  # an empty object, or a text that looks like one
        return False
    try:
        decoder.decode(raw)
    except msgspec.DecodeError:  # a ValidationError is one, too
        return False
    return True


def is_concept(value: object) -> bool:
    """Whether plain JSON is a CodeableConcept that may be copied."""
    return accepts(_concept, write(value))


def is_reference(value: object, *, typed: bool) -> bool:
    """Whether plain JSON is a Reference that means the same from another resource (nothing `contained`).

    Args:
        value: what to judge.
        typed: the version knows `Reference.type`.
    """
    if not isinstance(value, dict) or str(value.get("reference", "")).startswith("#"):
        return False
    return accepts(_reference if typed else _old_reference, write(value))


def at_most_one(*values: object) -> None:
    """Refuse two of a choice.

    Raises:
        ValueError: there are two.
    """
    if sum(value is not UNSET for value in values) > 1:
        raise ValueError("only one of a choice may be given")


def exactly_one(*values: object) -> None:
    """Insist on one of a choice.

    Raises:
        ValueError: there is none, or there are two.
    """
    if sum(value is not UNSET for value in values) != 1:
        raise ValueError("exactly one of a choice is needed")
