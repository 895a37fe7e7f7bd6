"""The JSON Schema of a hook's context (`hooks/<hook>.toml`) -> a type that decodes and checks a context in one go.

Only the part of JSON Schema that contexts need is known here; a schema that uses more is refused at start, so that
nothing in it is ever silently unchecked.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from cds_service.domain.content import Hook
from cds_service.domain.errors import ContentBroken

_TYPES: Mapping[str, tuple[Any, frozenset[str]]] = {
    "string": (str, frozenset({"pattern", "minLength", "maxLength"})),
    "integer": (int, frozenset()),
    "boolean": (bool, frozenset()),
    "array": (list[Any], frozenset({"items", "minItems", "maxItems"})),
    "object": (dict[str, Any], frozenset({"properties", "required", "dependentRequired"})),
}
_REMARKS = {"type", "title", "description", "$comment"}
_LIMITS = {
    "pattern": "pattern",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
}


class ContextReader:
    """Decodes the context of one hook; the Bundle of orders stays raw.

    Args:
        hook: whose context.

    Raises:
        ContentBroken: its schema asks for what cannot be checked here.
    """

    def __init__(self, hook: Hook) -> None:
        """See the class."""
        self._orders_at = hook.orders_at
        schema = hook.context_schema
        orders = schema.get("properties", {}).get(hook.orders_at, {"type": "object"})
        where = f"{hook.hook}.toml: context"
        self._context = msgspec.json.Decoder(_struct(schema, where, raw=hook.orders_at))
        self._orders = msgspec.json.Decoder(_type(orders, f"{where}.properties.{hook.orders_at}"))
        self._together: Mapping[str, list[str]] = schema.get("dependentRequired", {})

    def read(self, raw: bytes) -> dict[str, Any]:
        """The members that the schema names and the context has.

        Raises:
            msgspec.DecodeError: it does not conform to the schema.
        """
        found: dict[str, Any] = {
            name: value
            for name, value in msgspec.structs.asdict(self._context.decode(raw)).items()
            if value is not UNSET
        }
        if self._orders_at in found:
            self._orders.decode(found[self._orders_at])
        for name, others in self._together.items():
            if name in found and not all(other in found for other in others):
                raise msgspec.ValidationError("members that belong together do not stand together")
        return found


def _struct(schema: Mapping[str, Any], where: str, raw: str = "") -> type[msgspec.Struct]:
    _known(schema, where)
    required = schema.get("required", ())
    properties: dict[str, Mapping[str, Any]] = {**{name: {} for name in required}, **schema.get("properties", {})}
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, subschema in properties.items():
        of = Raw if name == raw else _type(subschema, f"{where}.properties.{name}")
        fields.append((name, of) if name in required else (name, of | UnsetType, UNSET))
    return msgspec.defstruct("Context", sorted(fields, key=len), frozen=True)


def _type(schema: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401 - a type form, which has no type
    if not schema:
        return Any
    if "const" in schema and isinstance(schema["const"], str):
        _only(schema, {"const"}, where)
        return Literal[schema["const"]]
    _known(schema, where)
    kind = schema["type"]
    limits = {_LIMITS[name]: schema[name] for name in _LIMITS.keys() & schema.keys()}
    if kind == "object" and (schema.get("properties") or schema.get("required")):
        return _struct(schema, where)
    of = _TYPES[kind][0]
    if kind == "array" and "items" in schema:
        of = list[_type(schema["items"], f"{where}.items")]  # type: ignore[misc] # a type made at start
    return Annotated[of, Meta(**limits)] if limits else of


def _known(schema: Mapping[str, Any], where: str) -> None:
    kind = str(schema.get("type", ""))
    if kind not in _TYPES:
        raise ContentBroken((f"{where}: type must be one of {', '.join(_TYPES)}",))
    _only(schema, _TYPES[kind][1], where)


def _only(schema: Mapping[str, Any], known: set[str] | frozenset[str], where: str) -> None:
    unknown = sorted(schema.keys() - known - _REMARKS)
    if unknown:
        raise ContentBroken((f"{where}: {', '.join(unknown)} cannot be checked here; use what the other hooks use",))
