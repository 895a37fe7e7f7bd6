"""Orders made valid where nothing is lost by it, and judged: in any version, guided by its table of elements.

A value is wrapped into a list or taken out of one, empty members go, what clients are known to write elsewhere moves to
its place, what an order must say is filled in. What would lose something the prescriber wrote (an element the version
does not know, a code it does not allow) is refused instead.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from cds_service.fhir.writing.form import Element, Form, InvalidError, Plain
from cds_service.fhir.writing.strict import write

_plain: msgspec.json.Decoder[Plain] = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def checked(resource: Plain, form: Form) -> bytes:
    """The order as JSON, valid in the version.

    Raises:
        InvalidError: it is not.
    """
    raw = write(resource)
    if not form.is_strict(raw):
        if _mend(resource, str(resource.get("resourceType")), "", form) != resource:
            raise InvalidError("", "has empty members, or lists where none belong")
        form.judge(raw)
    return raw


def rehearsed(resource: Plain, form: Form) -> bytes:
    """As `checked`, and through everything else that an unusual draft may need, so that it is at hand.

    Raises:
        InvalidError: the order is not valid.
    """
    _mend(resource, str(resource.get("resourceType")), "", form)
    raw = checked(resource, form)
    form.judge(raw)
    return raw


def mended(draft: Mapping[str, Any], form: Form) -> Plain:
    """A copy of a draft order for a drug with every element in its right form.

    Raises:
        InvalidError: something of it has none.
    """
    if draft.get("resourceType") != form.ORDER:
        raise InvalidError("resourceType", f"is none that {form.NAME} writes")
    raw = write(draft)
    if form.is_strict(raw):
        return _plain.decode(raw)
    fixed = _mend(draft, form.ORDER, "", form)
    for name, value in form.REQUIRED.items():
        if name not in fixed and f"_{name}" not in fixed:
            fixed[name] = value
    return fixed


def _mend(value: Mapping[str, Any], kind: str, at: str, form: Form) -> Plain:
    known = form.elements(kind)
    fixed: Plain = {}
    for name, given in form.tidied(value, kind, at).items():
        if _is_empty(given):
            continue
        if name == "resourceType" or (name.startswith("_") and name[1:] in known):
            fixed[name] = given
            continue
        element = known.get(name)
        if element is None:
            raise InvalidError(at, f"has an element that {form.NAME} does not know")
        below = f"{at}.{name}".lstrip(".")
        here = _one_or_many(given, element, below, form, spaced=f"_{name}" in value)
        if not _is_empty(here):
            fixed[name] = here
    return fixed


def _one_or_many(given: object, element: Element, at: str, form: Form, *, spaced: bool) -> object:
    if not element.many:
        if isinstance(given, list):
            if len(given) != 1:
                raise InvalidError(at, "is a list where a single value belongs")
            given = given[0]
        return _one(given, element, at, form)
    items = given if isinstance(given, list) else [given]
    if spaced:  # the sibling with extensions counts on the places of this list
        return items
    fixed = [_one(item, element, f"{at}.{place}", form) for place, item in enumerate(items) if not _is_empty(item)]
    return [item for item in fixed if not _is_empty(item)]


def _one(value: object, element: Element, at: str, form: Form) -> object:
    kind = element.kind
    if kind is None:
        return value
    if isinstance(kind, str):
        if not isinstance(value, dict):
            raise InvalidError(at, "is not an object")
        return _mend(value, _type_of(value, kind, at, form), at, form)
    if kind is int and isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    fits = isinstance(value, int | Decimal) if kind is Decimal else isinstance(value, kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise InvalidError(at, f"is of another JSON type than in {form.NAME}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidError(at, "is not a number that can be read")
    if element.codes and value not in element.codes:
        raise InvalidError(at, f"is a code that {form.NAME} does not allow there")
    return value


def _type_of(value: Mapping[str, Any], kind: str, at: str, form: Form) -> str:
    """The FHIR type; of a contained resource the one it names."""
    if kind != "Resource":
        return kind
    named = value.get("resourceType")
    if not isinstance(named, str) or not named.isalpha():
        raise InvalidError(at, "names no resource type")
    try:
        form.elements(named)
    except LookupError:
        raise InvalidError(at, f"names a resource type that {form.NAME} does not know") from None
    return named


def _is_empty(value: object) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())
