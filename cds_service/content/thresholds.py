"""The numbers of a stem: its thresholds, in what they are counted, and how far they may be moved."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal

from cds_service.content.meanings import meaning_of
from cds_service.domain.catalogue import Threshold
from cds_service.domain.content import Alternative, Rule
from cds_service.domain.provenance import Number


def numbers_of(params: object) -> dict[str, Number]:
    """The numbers among the params of a stem, by path (`kidney.severe_below`); names and lists of classes are none."""
    return dict(_numbers("", params))


def thresholds_of(stem: Rule | Alternative, meanings: Mapping[str, str] | None = None) -> tuple[Threshold, ...]:
    """Every number of a stem, with what it means where that is told."""
    bounds = stem.bounds if isinstance(stem, Rule) else {}
    return tuple(
        Threshold(
            name=name,
            value=f"{Decimal(value):f}",
            unit=unit_of(name, stem.units),
            meaning=meaning_of(name, meanings or {}),
            bound=bounds.get(name),
        )
        for name, value in numbers_of(stem.params).items()
    )


def unit_of(name: str, units: Mapping[str, str]) -> str:
    """In what a number is counted: its own unit, or that of the table it stands in."""
    while name:
        if name in units:
            return units[name]
        name = name.rpartition(".")[0]
    return ""


def _numbers(path: str, value: object) -> Iterator[tuple[str, Number]]:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _numbers(f"{path}.{name}".lstrip("."), inner)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _numbers(f"{path}.{one.name}".lstrip("."), getattr(value, one.name))
