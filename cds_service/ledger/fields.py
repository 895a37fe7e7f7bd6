"""What a record of each kind can hold, as a page for auditors: `RECORD.md` is written from it, and a test keeps it so.

It also pins the format: whoever changes a default or takes a field away sees it there, and has to raise
`record.FORMAT`, because older records leave out what had its default.
"""

import dataclasses
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from cds_service.ledger.record import FORMAT, KINDS
from cds_service.ledger.tagged import Hint, kebab

HEADING = f"""# What a record holds

Written by `pytest tests/unit/ledger/test_fields.py --write-golden` from the types of `cds_service/domain/`, where each
field is explained. Format {FORMAT}. A record is one JSON object: `format`, and one member that names its kind. A member
with a default may be left out when it has that value. Where several shapes are possible, `type` says which.
"""


def page() -> str:
    """The whole page, in Markdown."""
    seen: dict[type, None] = {}
    parts = [HEADING]
    for kind, name in KINDS.items():
        parts.append(f"## `{name}`\n")
        parts += [_table(record) for record in _reachable(kind, seen)]
    return "\n".join(parts)


def _reachable(hint: Hint, seen: dict[type, None]) -> Iterator[type]:
    """The records in an annotation, each once, outermost first."""
    origin: Hint = get_origin(hint)
    arguments = get_args(hint)
    record = hint if origin is None else origin
    if isinstance(record, type) and dataclasses.is_dataclass(record) and record not in seen:
        seen[record] = None
        yield record
        for inner in get_type_hints(record).values():
            yield from _reachable(inner, seen)
    for argument in arguments:
        yield from _reachable(argument, seen)


def _table(record: type) -> str:
    hints = get_type_hints(record)
    rows = [
        f"| `{field.name}` | {_named(hints[field.name])} | {_default(field)} |" for field in dataclasses.fields(record)
    ]
    return "\n".join([f"### {record.__name__}\n", "| member | is | default |", "|---|---|---|", *rows, ""])


def _named(hint: Hint) -> str:
    origin: Hint = get_origin(hint)
    arguments = get_args(hint)
    if origin in (Union, types.UnionType):
        records = [one for one in arguments if dataclasses.is_dataclass(get_origin(one) or one)]
        return " or ".join(_tagged(one) if one in records and len(records) > 1 else _named(one) for one in arguments)
    if origin in (tuple, frozenset):
        return f"list of {_named(arguments[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"object of {_named(arguments[1])}"
    if isinstance(hint, TypeVar):
        return "what it is of"
    record: Any = hint if origin is None else origin
    if record in _SIMPLE:
        return _SIMPLE[record]
    if issubclass(record, Enum):
        return ", ".join(f"`{member.value}`" for member in record)
    return f"{record.__name__} of {_named(arguments[0])}" if arguments else str(record.__name__)


def _tagged(hint: Hint) -> str:
    """A member of a union, with what its `type` says."""
    origin: Hint = get_origin(hint)
    record: Any = hint if origin is None else origin
    return f"{_named(hint)} (`{kebab(record.__name__)}`)"


_SIMPLE: Mapping[type, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    bytes: "reduced FHIR resource, beside `resource_sha256` of what was sent",
    type(None): "nothing",
    Decimal: "decimal number, as text",
    date: "date",
    datetime: "moment, UTC",
}


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return "empty"
    if field.default is dataclasses.MISSING:
        return ""
    if field.default is None:
        return "nothing"
    if field.default in ("", (), frozenset()):
        return "empty"
    value = field.default.value if isinstance(field.default, Enum) else field.default
    return f"`{value}`" if not isinstance(value, bool) else f"`{str(value).lower()}`"
