"""R4 orders made valid where nothing is lost by it, and judged by the models of `fhir.resources`.

`mended` follows the models' own tables of elements: a value is wrapped into a list or taken out of one, empty members
go, a dose that stands directly in a Dosage moves into `doseAndRate`, a missing status or intent is filled in. What
would lose something the prescriber wrote (an element R4 does not know, a code it does not allow) is refused instead.

`fhir.resources` takes long to import: call `warm_up` at start.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from cds_service.fhir.strict_r4 import is_strict, write

KINDS = ("MedicationRequest", "ServiceRequest")
_DOSES = ("doseQuantity", "doseRange", "rateQuantity", "rateRange", "rateRatio")
_COMPARATORS = frozenset({"<", "<=", ">=", ">"})  # the models leave this one open
_LEFT_OUT = {"fhir_comments", "resource_type"}
Plain = dict[str, Any]


class InvalidError(Exception):
    """The resource is not valid R4 and cannot be made so.

    Args:
        at: path of the element, of names that R4 knows and positions only.
        why: what is wrong there, without any content.
    """

    def __init__(self, at: str, why: str) -> None:
        """See the class."""
        super().__init__(f"{at or 'resource'}: {why}")
        self.at = at


class _Element(NamedTuple):
    """One element as the models know it: `kind` is a Python type, or the name of a FHIR type."""

    many: bool
    kind: type | str
    codes: frozenset[str]


def warm_up() -> None:
    """Import the models and read their tables, so that no call waits for it."""
    for kind in KINDS:
        _elements(kind)


def checked(resource: Plain) -> bytes:
    """The resource as JSON, valid R4.

    Raises:
        InvalidError: it is not.
    """
    raw = write(resource)
    if not is_strict(raw):
        if mended(resource) != resource:
            raise InvalidError("", "has empty members, or lists where none belong")
        _judge(raw)
    return raw


def mended(resource: Plain) -> Plain:
    """A copy of a MedicationRequest or ServiceRequest with every element in its R4 form.

    Raises:
        InvalidError: something of it has none.
    """
    kind = resource.get("resourceType")
    if kind not in KINDS:
        raise InvalidError("resourceType", "is none that is written here")
    fixed = _mend(resource, str(kind), "")
    for name, value in (("status", "draft"), ("intent", "order")):
        if name not in fixed and f"_{name}" not in fixed:
            fixed[name] = value
    return fixed


def _judge(raw: bytes) -> None:
    model = _model(json.loads(raw)["resourceType"])
    try:
        model.model_validate_json(raw)
    except (ValueError, TypeError, LookupError) as error:  # its text holds the content: only the place is told
        told = getattr(error, "errors", None)
        places = told(include_input=False, include_context=False, include_url=False) if told else []
        place = next((".".join(str(part) for part in one["loc"]) for one in places), "")
        raise InvalidError(place, f"the models refuse it ({type(error).__name__})") from None


# Mending --------------------------------------------------------------------------------------------------------------


def _mend(value: Mapping[str, Any], kind: str, at: str) -> Plain:
    if kind == "Dosage":
        value = _with_dose_inside(value, at)
    known = _elements(kind)
    fixed: Plain = {}
    for name, given in value.items():
        if _is_empty(given):
            continue
        if name == "resourceType" or (name.startswith("_") and name[1:] in known):
            fixed[name] = given
            continue
        element = known.get(name)
        if element is None:
            raise InvalidError(at, "has an element that R4 does not know")
        below = f"{at}.{name}".lstrip(".")
        here = _one_or_many(given, element, below, spaced=f"_{name}" in value)
        if not _is_empty(here):
            fixed[name] = here
    return fixed


def _one_or_many(given: object, element: _Element, at: str, *, spaced: bool) -> object:
    if not element.many:
        if isinstance(given, list):
            if len(given) != 1:
                raise InvalidError(at, "is a list where R4 has a single value")
            given = given[0]
        return _one(given, element, at)
    items = given if isinstance(given, list) else [given]
    if spaced:  # the sibling with extensions counts on the places of this list
        return items
    fixed = [_one(item, element, f"{at}.{place}") for place, item in enumerate(items) if not _is_empty(item)]
    return [item for item in fixed if not _is_empty(item)]


def _one(value: object, element: _Element, at: str) -> object:
    kind = element.kind
    if isinstance(kind, str):
        if not isinstance(value, dict):
            raise InvalidError(at, "is not an object")
        return _mend(value, _type_of(value, kind, at), at)
    if kind is int and isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    fits = isinstance(value, int | Decimal) if kind is Decimal else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise InvalidError(at, "is of another JSON type than in R4")
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidError(at, "is not a number that can be read")
    if element.codes and value not in element.codes:
        raise InvalidError(at, "is a code that R4 does not allow there")
    return value


def _type_of(value: Mapping[str, Any], kind: str, at: str) -> str:
    """The FHIR type; of a contained resource the one it names."""
    if kind != "Resource":
        return kind
    named = value.get("resourceType")
    if not isinstance(named, str) or not named.isalpha():
        raise InvalidError(at, "names no resource type")
    try:
        _model(named)
    except LookupError:
        raise InvalidError(at, "names a resource type that R4 does not know") from None
    return named


def _with_dose_inside(dosage: Mapping[str, Any], at: str) -> Mapping[str, Any]:
    """The Dosage with a dose or rate that stands directly in it (STU3's place) in `doseAndRate`."""
    stray = {name: dosage[name] for name in _DOSES if not _is_empty(dosage.get(name))}
    rest = {name: part for name, part in dosage.items() if name not in _DOSES}
    if not stray:
        return rest
    if not _is_empty(rest.get("doseAndRate")):
        inside = rest["doseAndRate"] if isinstance(rest["doseAndRate"], list) else [rest["doseAndRate"]]
        if len(inside) == 1 and isinstance(inside[0], dict) and stray.items() <= inside[0].items():
            return rest
        raise InvalidError(at, "has two doses that differ")
    return {**rest, "doseAndRate": [stray]}


def _is_empty(value: object) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


# What the models know -------------------------------------------------------------------------------------------------


def _model(kind: str) -> Any:  # noqa: ANN401 - the models of the library are not typed
    """The model of a FHIR type.

    Raises:
        LookupError: R4 has no such type.
    """
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - 0.2 s, at start and not at import

    return get_fhir_model_class(kind)


@cache
def _elements(kind: str) -> Mapping[str, _Element]:
    elements = {}
    for name, field in _model(kind).model_fields.items():
        if name in _LEFT_OUT or name.endswith("__ext"):
            continue
        told = field.json_schema_extra or {}
        many, of = _unwrapped(field.annotation)
        codes = _COMPARATORS if field.alias == "comparator" else frozenset(told.get("enum_values", ()))
        elements[field.alias or name] = _Element(many, of, codes)
    return elements


def _unwrapped(annotation: Any) -> tuple[bool, type | str]:  # noqa: ANN401 - a type expression has no better type
    """Whether a field is a list, and of what."""
    many = False
    while origin := get_origin(annotation):
        if origin is list:
            many = True
        elif origin not in (Union, UnionType, Annotated):
            break
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    if annotation.__name__.endswith("Type"):
        return many, annotation.__name__.removesuffix("Type")
    return many, annotation if annotation in (int, bool, Decimal) else str  # dates, URLs and the like are texts
