"""Order tables of alternatives become domain orders; which shape an order has follows from the alternative's kind."""

from decimal import Decimal
from typing import Any

import msgspec

from cds_service.content.shapes import Shape
from cds_service.domain.orders import DrugOrder, OrderChange, ServiceOrder
from cds_service.domain.terminology import Coding

Order = DrugOrder | ServiceOrder | OrderChange


class CodingTable(Shape):
    """A coding written out."""

    system: str
    code: str
    display: str = ""


class DrugOrderTable(Shape):
    """`[orders.*]` of a drug: see `domain.orders.DrugOrder`."""

    name: str
    regimen: str
    codings: tuple[CodingTable, ...]
    text: str
    dosage_text: str
    dose_value: Decimal
    dose_unit: str
    frequency: int
    period: int
    period_unit: str
    days: int
    quantity: int
    quantity_unit: str
    route: CodingTable
    note: str
    as_needed: bool = False
    max_dose_per_day: Decimal | None = None
    treats: frozenset[str] = frozenset()


class ServiceOrderTable(Shape):
    """`[orders.*]` of a service: see `domain.orders.ServiceOrder`."""

    coding: CodingTable
    text: str
    treats: frozenset[str] = frozenset()


class OrderChangeTable(Shape):
    """`[orders.*]` of a change or a taper: see `domain.orders.OrderChange`."""

    days: int | None = None
    dose_value: Decimal | None = None
    frequency: int | None = None
    dosage_text: str = ""
    product: CodingTable | None = None
    product_text: str = ""
    note: str = ""


KINDS: dict[str, tuple[type[Shape], type[Order]] | None] = {
    "drug": (DrugOrderTable, DrugOrder),
    "service": (ServiceOrderTable, ServiceOrder),
    "change": (OrderChangeTable, OrderChange),
    "taper": (OrderChangeTable, OrderChange),
    "combination": None,
    "cancel": None,
}


def order_of(kind: str, table: dict[str, Any]) -> Order:
    """One order table in its domain record.

    Args:
        kind: the alternative's kind.
        table: as in the file.

    Raises:
        ValueError: this kind has no orders.
        msgspec.ValidationError: the table does not have the shape of its kind.
    """
    shapes = KINDS[kind]
    if shapes is None:
        raise ValueError(f"an alternative of kind {kind!r} has no orders of its own")
    shape, record = shapes
    written = msgspec.convert(table, shape)
    return written.become(record, **_codings(written))


def _codings(table: Shape) -> dict[str, object]:
    given: dict[str, object] = {}
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, CodingTable):
            given[name] = value.become(Coding)
        elif isinstance(value, tuple):
            given[name] = tuple(each.become(Coding) for each in value)
    return given
