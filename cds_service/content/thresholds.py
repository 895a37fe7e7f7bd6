"""The numbers of a stem: its thresholds, in what they are counted, and how far they may be moved."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from cds_service.domain.catalogue import Threshold
from cds_service.domain.content import Alternative, Rule
from cds_service.domain.provenance import Number

Numbers = Mapping[str, Any]  # name -> Number, or a table of numbers by name


def numbers_of(params: object) -> Numbers:
    """The numbers among the params of a stem, tables of numbers included; words and names of classes are not."""
    if not is_dataclass(params):
        return {}
    values = {one.name: getattr(params, one.name) for one in fields(params)}
    return {name: value for name, value in values.items() if _numeric(value)}


def thresholds_of(stem: Rule | Alternative) -> tuple[Threshold, ...]:
    """Every number of a stem, tables entry by entry."""
    bounds = stem.bounds if isinstance(stem, Rule) else {}
    return tuple(
        Threshold(name=name, of=of, value=str(value), unit=stem.units.get(name, ""), bound=bounds.get(name))
        for name, number in numbers_of(stem.params).items()
        for of, value in _entries(number)
    )


def _entries(number: Number | Mapping[str, Any]) -> Iterator[tuple[str, Number]]:
    if not isinstance(number, Mapping):
        yield "", number
        return
    for name, value in number.items():
        yield from ((" ".join(filter(None, (name, of))), inner) for of, inner in _entries(value))


def _numeric(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(_numeric(one) for one in value.values())
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
