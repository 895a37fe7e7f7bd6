"""The models of `fhir.resources` for R4 (as R4B), R5 and STU3: their tables of elements, and their judgement.

They take long to import (0.2 s for the first version, 0.1 s for each further one): `write.make_write` does it at start.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from cds_service.fhir.writing.form import Element, InvalidError

_COMPARATORS = frozenset({"<", "<=", ">=", ">"})  # the models leave this one open
_LEFT_OUT = {"fhir_comments", "resource_type"}
_OPEN = "+"  # ends a list of codes in the models that others may be added to


def judge(release: str, raw: bytes) -> None:
    """Judge a resource by its model.

    Raises:
        InvalidError: it is not valid.
    """
    model = _model(release, json.loads(raw)["resourceType"])
    try:
        model.model_validate_json(raw)
    except (ValueError, TypeError, LookupError) as error:  # its text holds the content: only the place is told
        told = getattr(error, "errors", None)
        places = told(include_input=False, include_context=False, include_url=False) if told else []
        place = next((".".join(str(part) for part in one["loc"]) for one in places), "")
        raise InvalidError(place, f"the models refuse it ({type(error).__name__})") from None


def _model(release: str, kind: str) -> Any:  # noqa: ANN401 - the models of the library are not typed
    """The model of a FHIR type.

    Raises:
        LookupError: the release has no such type.
    """
    match release:  # imported here: 0.2 s, at start and not at import
        case "STU3":
            from fhir.resources.STU3 import get_fhir_model_class  # noqa: PLC0415
        case "R4":
            from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415
        case _:
            from fhir.resources import get_fhir_model_class  # noqa: PLC0415
    try:
        return get_fhir_model_class(kind)
    except ValueError as unknown:
        raise LookupError(kind) from unknown


@cache
def elements(release: str, kind: str) -> Mapping[str, Element]:
    """The elements of a FHIR type.

    Raises:
        LookupError: the release has no such type.
    """
    found = {}
    for name, field in _model(release, kind).model_fields.items():
        if name in _LEFT_OUT or name.endswith("__ext"):
            continue
        told = field.json_schema_extra or {}
        many, of = _unwrapped(field.annotation)
        codes = frozenset(told.get("enum_values") or ())
        codes = _COMPARATORS if field.alias == "comparator" else frozenset() if _OPEN in codes else codes
        found[field.alias or name] = Element(many, of, codes)
    return found


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
