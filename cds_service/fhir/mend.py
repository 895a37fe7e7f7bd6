"""JSON that breaks FHIR's shapes -> as much of it as can be read, and the places that could not.

A value is wrapped into a list, a list of one is unwrapped, a null is left out: nothing is lost by that. What still does
not fit is dropped and its place noted; whoever reads the resource decides what may be concluded from the rest.
Guided by the types of `shapes` alone, so that a new element needs nothing here.
"""

import json
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

S = TypeVar("S", bound=msgspec.Struct)
MOST_FAULTS = 20  # noted for each resource; more tell nothing new
LONGEST_NUMBER = 40  # characters; a longer number is not one of medicine


class _Dropped:
    """Marks a value that could not be made to fit."""


_DROPPED = _Dropped()


def plain(raw: bytes) -> object:
    """JSON text as plain Python objects, numbers with a fraction as `Decimal`, unreadable ones as NaN.

    Raises:
        ValueError: it is not JSON text.
    """
    try:
        return _decoder().decode(raw)
    except msgspec.DecodeError:  # integers beyond 64 bits, half surrogate pairs: JSON all the same
        return _scrubbed(json.loads(raw, parse_float=_number, parse_int=_whole, parse_constant=_number))


def mended(value: object, shape: type[S]) -> tuple[S | None, tuple[str, ...]]:
    """The value in a shape, and the places (`dosageInstruction.0.text`) of what did not fit.

    Returns:
        `None` when nothing of it fits; places name elements, never contents.
    """
    faults: list[str] = []
    fitting = _fit(value, _info(shape), "", faults)
    if fitting is _DROPPED:
        return None, tuple(faults)
    return msgspec.convert(fitting, shape), tuple(faults[:MOST_FAULTS])


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(float_hook=_number)


@cache
def _info(shape: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(shape)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text) if len(text) <= LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:  # an exponent beyond anything
        return Decimal("NaN")


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= 18 else _number(text)


def _scrubbed(value: object) -> object:
    """The same with half surrogate pairs replaced, so that every text can be written again."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {_scrubbed(key): _scrubbed(item) for key, item in value.items()}
    return value


def _fit(value: object, info: inspect.Type, at: str, faults: list[str]) -> object:
    """The value as `info` wants it; `_DROPPED`, and its place noted, when it cannot be."""
    wanted = _choose(value, info)
    match wanted:
        case inspect.StructType():
            only = value[0] if isinstance(value, list) else value
            assert isinstance(only, dict)  # what `_choose` makes sure of
            return _fit_struct(only, wanted, at, faults)
        case inspect.VarTupleType() | inspect.ListType():
            items = value if isinstance(value, list) else [value]
            fitted = [
                _fit(item, wanted.item_type, f"{at}.{place}", faults)
                for place, item in enumerate(items)
                if item is not None
            ]
            return [item for item in fitted if item is not _DROPPED]
        case None:
            faults.append(at.lstrip("."))
            return _DROPPED
        case _:
            return value[0] if isinstance(value, list) else value


def _fit_struct(value: dict[str, object], info: inspect.StructType, at: str, faults: list[str]) -> dict[str, object]:
    fitted: dict[str, object] = {}
    for field in info.fields:
        item = value.get(field.encode_name)
        if item is None:
            continue
        item = _fit(item, field.type, f"{at}.{field.encode_name}", faults)
        if item is not _DROPPED:
            fitted[field.encode_name] = item
    return fitted


def _choose(value: object, info: inspect.Type) -> inspect.Type | None:
    """The type, of a union the one, that the value can be made to fit; `None` for no such."""
    options = info.types if isinstance(info, inspect.UnionType) else (info,)
    for option in options:
        if _fits(value, option):
            return option
    if isinstance(value, list) and len(value) == 1:
        return next((option for option in options if _fits(value[0], option)), None)
    lists = [option for option in options if isinstance(option, inspect.VarTupleType | inspect.ListType)]
    return next((option for option in lists if _choose(value, option.item_type) is not None), None)


def _fits(value: object, info: inspect.Type) -> bool:
    match info:
        case inspect.StructType():
            return isinstance(value, dict)
        case inspect.VarTupleType() | inspect.ListType():
            return isinstance(value, list)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.DecimalType():
            if isinstance(value, str):
                return not _number(value).is_nan()
            return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        case _:
            return False
