"""The reports by name, as columns and rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cds_service.ledger.extracts.figures import (
    Burden,
    Lessened,
    Overridden,
    SeenCard,
    burden,
    every_card,
    every_page,
    lessened,
    overrides,
)
from cds_service.ledger.extracts.selection import Selection

REPORTS = ("seen", "overrides", "burden", "degraded")


def reported(
    connection: Connection, selection: Selection, what: str, as_of: datetime, ignored_after: timedelta
) -> tuple[tuple[str, ...], Iterable[tuple[Any, ...]]]:
    """The columns and rows of a report.

    Args:
        connection: one snapshot.
        selection: which decisions.
        what: one of `REPORTS`.
        as_of: now, UTC.
        ignored_after: of `burden`.
    """
    match what:
        case "seen":
            return SeenCard._fields, every_card(connection, selection)
        case "overrides":
            return Overridden._fields, overrides(connection, selection)
        case "burden":
            return Burden._fields, burden(connection, selection, as_of, ignored_after)
        case _:
            return Lessened._fields, every_page(lambda below: lessened(connection, selection, below))
