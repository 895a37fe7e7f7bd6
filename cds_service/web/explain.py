"""What is wrong with a refused body: the first fault that its JSON Schema finds, named without quoting the body.

Typed decoding accepts or refuses (it is a hundred times faster); this explains a refusal.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from cds_service.domain.errors import NotConformant

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

UNEXPLAINED = "A member does not have the form that CDS Hooks asks for."
_KINDS = {
    "string": "a text",
    "object": "an object",
    "array": "an array",
    "integer": "a whole number",
    "boolean": "true or false",
}


def schema_of(shape: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The JSON Schema of a type."""
    (schema,), definitions = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    return {**schema, "$defs": definitions}


def refusal(body: bytes, schema: Mapping[str, Any], at: str = "") -> NotConformant:
    """The error that says what is wrong with a body which the type of this schema refuses.

    Args:
        body: JSON, not nested beyond reason.
        schema: that of the type.
        at: path of the body within the request.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a tenth of a second, and for refusals only
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - see above

    try:
        value = json.loads(body, parse_int=_whole)
    except (ValueError, RecursionError):
        return NotConformant(UNEXPLAINED, at=at)
    fault = best_match(Draft202012Validator(schema).iter_errors(value))
    if fault is None:
        return NotConformant(UNEXPLAINED, at=at)
    path = _path(at, fault)
    return NotConformant(_said(fault, path), at=path)


def _whole(text: str) -> int:
    return int(text) if len(text) < 20 else 0


def _path(at: str, fault: "ValidationError") -> str:
    """Only names that the schema knows can stand here, for only those are looked at."""
    path = at
    for step in fault.absolute_path:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    for missing in _missing(fault):
        return f"{path}.{missing}" if path else missing
    return path


def _missing(fault: "ValidationError") -> list[str]:
    """Required members that are not there."""
    present: Any = fault.instance
    value: Any = fault.validator_value
    match fault.validator:
        case "required":
            wanted: list[str] = list(value)
        case "dependentRequired":
            wanted = [one for name, others in value.items() if name in present for one in others]
        case _:
            return []
    return [name for name in wanted if name not in present]


def _said(fault: "ValidationError", path: str) -> str:
    if _missing(fault):
        return f"{path} is missing; send it."
    schema: Any = fault.schema
    named = path or "The body"
    if isinstance(schema, Mapping) and "description" in schema:
        return f"{named} {schema['description']}."
    match fault.validator:
        case "type":
            return f"{named} should be {_KINDS.get(str(fault.validator_value), 'of another type')}."
        case "const":
            return f"{named} should be {fault.validator_value}."
        case "maxItems" | "maxLength":
            return f"{named} should have at most {fault.validator_value} {_counted(fault)}."
        case "minItems" | "minLength":
            return f"{named} should have at least {fault.validator_value} {_counted(fault)}."
        case _:
            return f"{named} does not have the form that CDS Hooks asks for."


def _counted(fault: "ValidationError") -> str:
    return "characters" if str(fault.validator).endswith("Length") else "items"
